;; Loads and stores of a memory whose address space is reserved: no checks, except past the guard.
(module
  (memory 1)
  (func $loads (param $i i32) (result i32)
    (i32.add
      (i32.load offset=16 (local.get $i))
      (i32.add (i32.load8_s (local.get $i)) (i32.load16_u offset=2 (local.get $i)))))
  (func $store (param $i i32) (param $v f64)
    (f64.store offset=8 (local.get $i) (local.get $v)))
  (func $set_and_clear_bit (param $i i32) (param $bit i64)
    (i64.store (local.get $i)
      (i64.or (i64.load (local.get $i)) (i64.shl (i64.const 1) (local.get $bit))))
    (i64.store offset=8 (local.get $i)
      (i64.and (i64.load offset=8 (local.get $i)) (i64.rotl (i64.const -2) (local.get $bit)))))
  (func $constant_address (result i64) (i64.load offset=8 (i32.const 1024)))
  (func $past_the_guard (param $i i32) (result i32) (i32.load offset=0xc0000000 (local.get $i)))
  (func $always_outside (param $i i32) (result i32) (i32.load offset=0xfffffffd (local.get $i)))
  (func $size_and_grow (result i32) (i32.add (memory.size) (memory.grow (i32.const 1)))))

;; ---- x86_64
;; loads:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %4 = load ptr addrspace(1), ptr %3, align 8, !invariant.load
;;     %5 = zext i32 %1 to i64
;;     %6 = getelementptr inbounds nuw i8, ptr addrspace(1) %4, i64 %5
;;     %7 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 16
;;     %8 = load volatile i32, ptr addrspace(1) %7, align 1
;;     %9 = load volatile i8, ptr addrspace(1) %6, align 1
;;     %10 = sext i8 %9 to i32
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 2
;;     %12 = load volatile i16, ptr addrspace(1) %11, align 1
;;     %13 = zext i16 %12 to i32
;;     %14 = add nsw i32 %10, %13
;;     %15 = add i32 %8, %14
;;     ret i32 %15
;;   }
;;   ; ----
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov ecx, esi
;;     mov edx, dword ptr [rax + rcx + 0x10]
;;     movsx esi, byte ptr [rax + rcx]
;;     movzx eax, word ptr [rax + rcx + 2]
;;     add eax, esi
;;     add eax, edx
;;     ret
;; store:
;;   define hidden void @f1(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, double noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr addrspace(1), ptr %4, align 8, !invariant.load
;;     %6 = zext i32 %1 to i64
;;     %7 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %6
;;     %8 = getelementptr inbounds nuw i8, ptr addrspace(1) %7, i64 8
;;     store volatile double %2, ptr addrspace(1) %8, align 1
;;     ret void
;;   }
;;   ; ----
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov ecx, esi
;;     vmovsd qword ptr [rax + rcx + 8], xmm0
;;     ret
;; set_and_clear_bit:
;;   define hidden void @f2(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i64 noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr addrspace(1), ptr %4, align 8, !invariant.load
;;     %6 = zext i32 %1 to i64
;;     %7 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %6
;;     %8 = load volatile i64, ptr addrspace(1) %7, align 1
;;     %9 = and i64 %2, 63
;;     %10 = shl nuw i64 1, %9
;;     %11 = or i64 %8, %10
;;     store volatile i64 %11, ptr addrspace(1) %7, align 1
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %7, i64 8
;;     %13 = load volatile i64, ptr addrspace(1) %12, align 1
;;     call void (...) @llvm.fake.use(i64 %13)
;;     %14 = call i64 @llvm.fshl.i64(i64 -2, i64 -2, i64 %2)
;;     %15 = and i64 %13, %14
;;     store volatile i64 %15, ptr addrspace(1) %12, align 1
;;     ret void
;;   }
;;   ; ----
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov ecx, esi
;;     mov esi, 1
;;     shlx rsi, rsi, rdx
;;     or qword ptr [rax + rcx], rsi
;;     mov rsi, qword ptr [rax + rcx + 8]
;;     btr rsi, rdx
;;     mov qword ptr [rax + rcx + 8], rsi
;;     ret
;; constant_address:
;;   define hidden noundef i64 @f3(ptr noundef nonnull align 16 dereferenceable(64) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %3 = load ptr addrspace(1), ptr %2, align 8, !invariant.load
;;     %4 = getelementptr inbounds nuw i8, ptr addrspace(1) %3, i64 1032
;;     %5 = load volatile i64, ptr addrspace(1) %4, align 1
;;     ret i64 %5
;;   }
;;   ; ----
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov rax, qword ptr [rax + 0x408]
;;     ret
;; past_the_guard:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = icmp ugt i32 %1, -1073741828
;;     br i1 %3, label %4, label %5
;;   4:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   5:
;;     %6 = zext i32 %1 to i64
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %8 = load ptr addrspace(1), ptr %7, align 8, !invariant.load
;;     %9 = getelementptr inbounds nuw i8, ptr addrspace(1) %8, i64 %6
;;     %10 = getelementptr inbounds nuw i8, ptr addrspace(1) %9, i64 3221225472
;;     %11 = load volatile i32, ptr addrspace(1) %10, align 1
;;     ret i32 %11
;;   }
;;   ; ----
;;     cmp esi, 0xbffffffd
;;     jae L1
;;     mov eax, esi
;;     add rax, qword ptr [rdi + 0x30]
;;     mov ecx, 0xc0000000
;;     mov eax, dword ptr [rcx + rax]
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; always_outside:
;;   define hidden noundef i32 @f5(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   }
;;   ; ----
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; size_and_grow:
;;   define hidden noundef i32 @f6(ptr noundef nonnull align 16 dereferenceable(64) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %3 = load i64, ptr %2, align 8
;;     %4 = lshr i64 %3, 16
;;     %5 = trunc i64 %4 to i32
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = load ptr, ptr %7, align 8, !invariant.load
;;     %9 = call i64 %8(ptr nonnull %0, i32 0, i64 1)
;;     %10 = trunc i64 %9 to i32
;;     %11 = add i32 %5, %10
;;     ret i32 %11
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push rbx
;;     push rax
;;     mov ebx, dword ptr [rdi + 0x3a]
;;     mov rax, qword ptr [rdi + 8]
;;     mov edx, 1
;;     xor esi, esi
;;     call qword ptr [rax]
;;     add eax, ebx
;;     add rsp, 8
;;     pop rbx
;;     pop rbp
;;     ret


;; ---- aarch64
;; loads:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %4 = load ptr addrspace(1), ptr %3, align 8, !invariant.load
;;     %5 = zext i32 %1 to i64
;;     %6 = getelementptr inbounds nuw i8, ptr addrspace(1) %4, i64 %5
;;     %7 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 16
;;     %8 = load volatile i32, ptr addrspace(1) %7, align 1
;;     %9 = load volatile i8, ptr addrspace(1) %6, align 1
;;     %10 = sext i8 %9 to i32
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 2
;;     %12 = load volatile i16, ptr addrspace(1) %11, align 1
;;     %13 = zext i16 %12 to i32
;;     %14 = add nsw i32 %10, %13
;;     %15 = add i32 %8, %14
;;     ret i32 %15
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x30]
;;     add x8, x8, w1, uxtw
;;     ldr w9, [x8, #0x10]
;;     ldrsb w10, [x8]
;;     ldrh w8, [x8, #2]
;;     add w8, w10, w8
;;     add w0, w9, w8
;;     ret
;; store:
;;   define hidden void @f1(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, double noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr addrspace(1), ptr %4, align 8, !invariant.load
;;     %6 = zext i32 %1 to i64
;;     %7 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %6
;;     %8 = getelementptr inbounds nuw i8, ptr addrspace(1) %7, i64 8
;;     %9 = load volatile double, ptr addrspace(1) %8, align 1
;;     store volatile double %2, ptr addrspace(1) %8, align 1
;;     ret void
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x30]
;;     add x8, x8, w1, uxtw
;;     ldr d1, [x8, #8]
;;     str d0, [x8, #8]
;;     ret
;; set_and_clear_bit:
;;   define hidden void @f2(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i64 noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr addrspace(1), ptr %4, align 8, !invariant.load
;;     %6 = zext i32 %1 to i64
;;     %7 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %6
;;     %8 = load volatile i64, ptr addrspace(1) %7, align 1
;;     %9 = and i64 %2, 63
;;     %10 = shl nuw i64 1, %9
;;     %11 = or i64 %8, %10
;;     %12 = load volatile i64, ptr addrspace(1) %7, align 1
;;     store volatile i64 %11, ptr addrspace(1) %7, align 1
;;     %13 = getelementptr inbounds nuw i8, ptr addrspace(1) %7, i64 8
;;     %14 = load volatile i64, ptr addrspace(1) %13, align 1
;;     call void (...) @llvm.fake.use(i64 %14)
;;     %15 = call i64 @llvm.fshl.i64(i64 -2, i64 -2, i64 %2)
;;     %16 = and i64 %14, %15
;;     %17 = load volatile i64, ptr addrspace(1) %13, align 1
;;     store volatile i64 %16, ptr addrspace(1) %13, align 1
;;     ret void
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x30]
;;     mov w9, #1
;;     lsl x9, x9, x2
;;     add x8, x8, w1, uxtw
;;     ldr x10, [x8]
;;     ldr xzr, [x8]
;;     orr x9, x10, x9
;;     str x9, [x8]
;;     ldr x9, [x8, #8]
;;     neg w10, w2
;;     mov x11, #-2
;;     ldr xzr, [x8, #8]
;;     ror x10, x11, x10
;;     and x9, x9, x10
;;     str x9, [x8, #8]
;;     ret
;; constant_address:
;;   define hidden noundef i64 @f3(ptr noundef nonnull align 16 dereferenceable(64) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %3 = load ptr addrspace(1), ptr %2, align 8, !invariant.load
;;     %4 = getelementptr inbounds nuw i8, ptr addrspace(1) %3, i64 1032
;;     %5 = load volatile i64, ptr addrspace(1) %4, align 1
;;     ret i64 %5
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x30]
;;     ldr x0, [x8, #0x408]
;;     ret
;; past_the_guard:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = icmp ugt i32 %1, -1073741828
;;     br i1 %3, label %4, label %5
;;   4:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   5:
;;     %6 = zext i32 %1 to i64
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %8 = load ptr addrspace(1), ptr %7, align 8, !invariant.load
;;     %9 = getelementptr inbounds nuw i8, ptr addrspace(1) %8, i64 %6
;;     %10 = getelementptr inbounds nuw i8, ptr addrspace(1) %9, i64 3221225472
;;     %11 = load volatile i32, ptr addrspace(1) %10, align 1
;;     ret i32 %11
;;   }
;;   ; ----
;;     mov w8, #0xfffd
;;     movk w8, #0xbfff, lsl #16
;;     cmp w1, w8
;;     b.hs L1
;;     ldr x8, [x0, #0x30]
;;     mov w9, #-0x40000000
;;     add x8, x8, w1, uxtw
;;     ldr w0, [x8, x9]
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; always_outside:
;;   define hidden noundef i32 @f5(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   }
;;   ; ----
;;     udf #1    ; heap_get_oob
;; size_and_grow:
;;   define hidden noundef i32 @f6(ptr noundef nonnull align 16 dereferenceable(64) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %3 = load i64, ptr %2, align 8
;;     %4 = lshr i64 %3, 16
;;     %5 = trunc i64 %4 to i32
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = load ptr, ptr %7, align 8, !invariant.load
;;     %9 = call i64 %8(ptr nonnull %0, i32 0, i64 1)
;;     %10 = trunc i64 %9 to i32
;;     %11 = add i32 %5, %10
;;     ret i32 %11
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x20]!
;;     str x19, [sp, #0x10]
;;     mov x29, sp
;;     ldr x8, [x0, #8]
;;     ldur w19, [x0, #0x3a]
;;     mov w1, wzr
;;     mov w2, #1
;;     ldr x8, [x8]
;;     blr x8
;;     add w0, w19, w0
;;     ldr x19, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x20
;;     ret
