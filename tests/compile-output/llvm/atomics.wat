;; Atomic operators on a shared memory.
(module
  (memory 1 1 shared)
  (func $load (param i32) (result i32) (i32.atomic.load8_u offset=3 (local.get 0)))
  (func $store (param i32 i64) (i64.atomic.store (local.get 0) (local.get 1)))
  (func $add (param i32 i32) (result i32) (i32.atomic.rmw.add offset=4 (local.get 0) (local.get 1)))
  (func $cmpxchg (param i32 i64 i64) (result i64)
    (i64.atomic.rmw16.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
  (func $notify (param i32) (result i32) (memory.atomic.notify offset=8 (local.get 0) (i32.const 1)))
  (func $fence (atomic.fence)))

;; ---- x86_64
;; load:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = icmp ugt i32 %1, -2147418116
;;     br i1 %3, label %4, label %5
;;   4:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   5:
;;     %6 = zext i32 %1 to i64
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %8 = load ptr, ptr %7, align 8, !invariant.load
;;     %9 = load ptr addrspace(1), ptr %8, align 8, !invariant.load
;;     %10 = getelementptr inbounds nuw i8, ptr addrspace(1) %9, i64 %6
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 3
;;     %12 = load atomic volatile i8, ptr addrspace(1) %11 seq_cst, align 1
;;     %13 = zext i8 %12 to i32
;;     ret i32 %13
;;   }
;;   ; ----
;;     cmp esi, 0x8000fffd
;;     jae L1
;;     mov eax, esi
;;     mov rcx, qword ptr [rdi + 0x30]
;;     mov rcx, qword ptr [rcx]
;;     movzx eax, byte ptr [rcx + rax + 3]
;;     movzx eax, al
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; store:
;;   define hidden void @f1(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i64 noundef %2) {
;;     %4 = and i32 %1, 7
;;     %.not = icmp eq i32 %4, 0
;;     br i1 %.not, label %6, label %5
;;   5:
;;     call void @llvm.ubsantrap(i8 10)
;;     unreachable
;;   6:
;;     %7 = icmp ugt i32 %1, -2147418120
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = zext i32 %1 to i64
;;     %11 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %12 = load ptr, ptr %11, align 8, !invariant.load
;;     %13 = load ptr addrspace(1), ptr %12, align 8, !invariant.load
;;     %14 = getelementptr inbounds nuw i8, ptr addrspace(1) %13, i64 %10
;;     store atomic volatile i64 %2, ptr addrspace(1) %14 seq_cst, align 8
;;     ret void
;;   }
;;   ; ----
;;     test sil, 7
;;     jne L1
;;     cmp esi, 0x8000fff9
;;     jae L2
;;     mov eax, esi
;;     mov rcx, qword ptr [rdi + 0x30]
;;     mov rcx, qword ptr [rcx]
;;     xchg qword ptr [rcx + rax], rdx
;;     ret
;; L1:
;;     hlt    ; unalign_atom
;;     nop dword ptr [rax]
;; L2:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; add:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = and i32 %1, 3
;;     %.not = icmp eq i32 %4, 0
;;     br i1 %.not, label %6, label %5
;;   5:
;;     call void @llvm.ubsantrap(i8 10)
;;     unreachable
;;   6:
;;     %7 = icmp ugt i32 %1, -2147418120
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = zext i32 %1 to i64
;;     %11 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %12 = load ptr, ptr %11, align 8, !invariant.load
;;     %13 = load ptr addrspace(1), ptr %12, align 8, !invariant.load
;;     %14 = getelementptr inbounds nuw i8, ptr addrspace(1) %13, i64 %10
;;     %15 = getelementptr inbounds nuw i8, ptr addrspace(1) %14, i64 4
;;     %16 = atomicrmw volatile add ptr addrspace(1) %15, i32 %2 seq_cst, align 4
;;     ret i32 %16
;;   }
;;   ; ----
;;     test sil, 3
;;     jne L1
;;     cmp esi, 0x8000fff9
;;     jae L2
;;     mov eax, esi
;;     mov rcx, qword ptr [rdi + 0x30]
;;     mov rcx, qword ptr [rcx]
;;     lock xadd dword ptr [rcx + rax + 4], edx
;;     mov eax, edx
;;     ret
;; L1:
;;     hlt    ; unalign_atom
;;     nop dword ptr [rax]
;; L2:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; cmpxchg:
;;   define hidden noundef i64 @f3(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i64 noundef %2, i64 noundef %3) {
;;     %5 = and i32 %1, 1
;;     %.not = icmp eq i32 %5, 0
;;     br i1 %.not, label %7, label %6
;;   6:
;;     call void @llvm.ubsantrap(i8 10)
;;     unreachable
;;   7:
;;     %8 = icmp ugt i32 %1, -2147418114
;;     br i1 %8, label %9, label %10
;;   9:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   10:
;;     %11 = zext i32 %1 to i64
;;     %12 = trunc i64 %3 to i16
;;     %13 = trunc i64 %2 to i16
;;     %14 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %15 = load ptr, ptr %14, align 8, !invariant.load
;;     %16 = load ptr addrspace(1), ptr %15, align 8, !invariant.load
;;     %17 = getelementptr inbounds nuw i8, ptr addrspace(1) %16, i64 %11
;;     %18 = cmpxchg volatile ptr addrspace(1) %17, i16 %13, i16 %12 seq_cst seq_cst, align 2
;;     %19 = extractvalue { i16, i1 } %18, 0
;;     %20 = zext i16 %19 to i64
;;     ret i64 %20
;;   }
;;   ; ----
;;     test sil, 1
;;     jne L1
;;     cmp esi, 0x8000ffff
;;     jae L2
;;     mov esi, esi
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov rdi, qword ptr [rax]
;;     mov eax, edx
;;     lock cmpxchg word ptr [rdi + rsi], cx
;;     movzx eax, ax
;;     ret
;; L1:
;;     hlt    ; unalign_atom
;;     nop dword ptr [rax]
;; L2:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; notify:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = and i32 %1, 3
;;     %.not = icmp eq i32 %3, 0
;;     br i1 %.not, label %5, label %4
;;   4:
;;     call void @llvm.ubsantrap(i8 10)
;;     unreachable
;;   5:
;;     %6 = zext i32 %1 to i64
;;     %7 = add nuw nsw i64 %6, 8
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %9 = load ptr, ptr %8, align 8, !invariant.load
;;     %10 = getelementptr inbounds nuw i8, ptr %9, i64 40
;;     %11 = load ptr, ptr %10, align 8, !invariant.load
;;     %12 = call i32 %11(ptr nonnull %0, i32 0, i64 %7, i32 1)
;;     ret i32 %12
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     test sil, 3
;;     jne L1
;;     mov edx, esi
;;     add rdx, 8
;;     mov rax, qword ptr [rdi + 8]
;;     xor esi, esi
;;     mov ecx, 1
;;     call qword ptr [rax + 0x28]
;;     pop rbp
;;     ret
;; L1:
;;     hlt    ; unalign_atom
;;     nop dword ptr [rax]
;; fence:
;;   define hidden void @f5(ptr noundef nonnull align 16 dereferenceable(64) %0) {
;;     fence seq_cst
;;     ret void
;;   }
;;   ; ----
;;     lock or dword ptr [rsp - 0x40], 0
;;     ret


;; ---- aarch64
;; load:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = icmp ugt i32 %1, -2147418116
;;     br i1 %3, label %4, label %5
;;   4:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   5:
;;     %6 = zext i32 %1 to i64
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %8 = load ptr, ptr %7, align 8, !invariant.load
;;     %9 = load ptr addrspace(1), ptr %8, align 8, !invariant.load
;;     %10 = getelementptr inbounds nuw i8, ptr addrspace(1) %9, i64 %6
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 3
;;     %12 = load atomic volatile i8, ptr addrspace(1) %11 seq_cst, align 1
;;     %13 = zext i8 %12 to i32
;;     ret i32 %13
;;   }
;;   ; ----
;;     mov w8, #0xfffd
;;     movk w8, #0x8000, lsl #16
;;     cmp w1, w8
;;     b.hs L1
;;     ldr x8, [x0, #0x30]
;;     ldr x8, [x8]
;;     add x8, x8, w1, uxtw
;;     add x8, x8, #3
;;     ldarb w0, [x8]
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; store:
;;   define hidden void @f1(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i64 noundef %2) {
;;     %4 = and i32 %1, 7
;;     %.not = icmp eq i32 %4, 0
;;     br i1 %.not, label %6, label %5
;;   5:
;;     call void @llvm.ubsantrap(i8 10)
;;     unreachable
;;   6:
;;     %7 = icmp ugt i32 %1, -2147418120
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = zext i32 %1 to i64
;;     %11 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %12 = load ptr, ptr %11, align 8, !invariant.load
;;     %13 = load ptr addrspace(1), ptr %12, align 8, !invariant.load
;;     %14 = getelementptr inbounds nuw i8, ptr addrspace(1) %13, i64 %10
;;     store atomic volatile i64 %2, ptr addrspace(1) %14 seq_cst, align 8
;;     ret void
;;   }
;;   ; ----
;;     tst w1, #7
;;     b.ne L1
;;     mov w8, #0xfff9
;;     movk w8, #0x8000, lsl #16
;;     cmp w1, w8
;;     b.hs L2
;;     ldr x8, [x0, #0x30]
;;     ldr x8, [x8]
;;     add x8, x8, w1, uxtw
;;     stlr x2, [x8]
;;     ret
;; L1:
;;     udf #0xa    ; unalign_atom
;; L2:
;;     udf #1    ; heap_get_oob
;; add:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = and i32 %1, 3
;;     %.not = icmp eq i32 %4, 0
;;     br i1 %.not, label %6, label %5
;;   5:
;;     call void @llvm.ubsantrap(i8 10)
;;     unreachable
;;   6:
;;     %7 = icmp ugt i32 %1, -2147418120
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = zext i32 %1 to i64
;;     %11 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %12 = load ptr, ptr %11, align 8, !invariant.load
;;     %13 = load ptr addrspace(1), ptr %12, align 8, !invariant.load
;;     %14 = getelementptr inbounds nuw i8, ptr addrspace(1) %13, i64 %10
;;     %15 = getelementptr inbounds nuw i8, ptr addrspace(1) %14, i64 4
;;     %16 = atomicrmw volatile add ptr addrspace(1) %15, i32 %2 seq_cst, align 4
;;     ret i32 %16
;;   }
;;   ; ----
;;     tst w1, #3
;;     b.ne L1
;;     mov w8, #0xfff9
;;     movk w8, #0x8000, lsl #16
;;     cmp w1, w8
;;     b.hs L2
;;     ldr x8, [x0, #0x30]
;;     ldr x8, [x8]
;;     add x8, x8, w1, uxtw
;;     add x8, x8, #4
;;     ldaddal w2, w0, [x8]
;;     ret
;; L1:
;;     udf #0xa    ; unalign_atom
;; L2:
;;     udf #1    ; heap_get_oob
;; cmpxchg:
;;   define hidden noundef i64 @f3(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i64 noundef %2, i64 noundef %3) {
;;     %5 = and i32 %1, 1
;;     %.not = icmp eq i32 %5, 0
;;     br i1 %.not, label %7, label %6
;;   6:
;;     call void @llvm.ubsantrap(i8 10)
;;     unreachable
;;   7:
;;     %8 = icmp ugt i32 %1, -2147418114
;;     br i1 %8, label %9, label %10
;;   9:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   10:
;;     %11 = zext i32 %1 to i64
;;     %12 = trunc i64 %3 to i16
;;     %13 = trunc i64 %2 to i16
;;     %14 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %15 = load ptr, ptr %14, align 8, !invariant.load
;;     %16 = load ptr addrspace(1), ptr %15, align 8, !invariant.load
;;     %17 = getelementptr inbounds nuw i8, ptr addrspace(1) %16, i64 %11
;;     %18 = cmpxchg volatile ptr addrspace(1) %17, i16 %13, i16 %12 seq_cst seq_cst, align 2
;;     %19 = extractvalue { i16, i1 } %18, 0
;;     %20 = zext i16 %19 to i64
;;     ret i64 %20
;;   }
;;   ; ----
;;     tbnz w1, #0, L1
;;     mov w8, #-0x7fff0001
;;     cmp w1, w8
;;     b.hs L2
;;     ldr x8, [x0, #0x30]
;;     mov w0, w2
;;     ldr x8, [x8]
;;     add x8, x8, w1, uxtw
;;     casalh w0, w3, [x8]
;;     ret
;; L1:
;;     udf #0xa    ; unalign_atom
;; L2:
;;     udf #1    ; heap_get_oob
;; notify:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = and i32 %1, 3
;;     %.not = icmp eq i32 %3, 0
;;     br i1 %.not, label %5, label %4
;;   4:
;;     call void @llvm.ubsantrap(i8 10)
;;     unreachable
;;   5:
;;     %6 = zext i32 %1 to i64
;;     %7 = add nuw nsw i64 %6, 8
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %9 = load ptr, ptr %8, align 8, !invariant.load
;;     %10 = getelementptr inbounds nuw i8, ptr %9, i64 40
;;     %11 = load ptr, ptr %10, align 8, !invariant.load
;;     %12 = call i32 %11(ptr nonnull %0, i32 0, i64 %7, i32 1)
;;     ret i32 %12
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     tst w1, #3
;;     b.ne L1
;;     ldr x8, [x0, #8]
;;     mov w9, w1
;;     mov w1, wzr
;;     add x2, x9, #8
;;     mov w3, #1
;;     ldr x8, [x8, #0x28]
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     udf #0xa    ; unalign_atom
;; fence:
;;   define hidden void @f5(ptr noundef nonnull align 16 dereferenceable(64) %0) {
;;     fence seq_cst
;;     ret void
;;   }
;;   ; ----
;;     dmb ish
;;     ret
