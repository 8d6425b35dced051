;; Loads and stores of memories that move: compared with the present length.
;; with moving memories
(module
  (memory $narrow 1)
  (memory $wide i64 1)
  (func $in_the_guard (param $i i32) (result i32) (i32.load offset=16 (local.get $i)))
  (func $within_the_minimum (param $i i32) (result i32) (i32.load offset=0xfffc (local.get $i)))
  (func $anywhere (param $i i32) (result i32) (i32.load offset=0x20000 (local.get $i)))
  (func $wide_index (param $i i64) (result i32) (i32.load $wide offset=16 (local.get $i)))
  (func $wide_offset (param $i i64) (result i32)
    (i32.load $wide offset=0x1_0000_0000 (local.get $i)))
  (func $constant_address (result i64) (i64.load offset=8 (i32.const 1024)))
  (func $two_accesses (param $i i32) (result i32)
    (i32.store offset=4 (local.get $i) (i32.load (local.get $i)))
    (i32.load offset=8 (local.get $i))))

;; ---- x86_64
;; in_the_guard:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %6 = icmp ult i64 %5, %3
;;     br i1 %6, label %7, label %8
;;   7:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr addrspace(1), ptr %9, align 8
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 %3
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 16
;;     %13 = load volatile i32, ptr addrspace(1) %12, align 1
;;     ret i32 %13
;;   }
;;   ; ----
;;     mov eax, esi
;;     cmp qword ptr [rdi + 0x38], rax
;;     jb L1
;;     mov rcx, qword ptr [rdi + 0x30]
;;     mov eax, dword ptr [rcx + rax + 0x10]
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; within_the_minimum:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %6 = icmp ult i64 %5, %3
;;     br i1 %6, label %7, label %8
;;   7:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr addrspace(1), ptr %9, align 8
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 %3
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 65532
;;     %13 = load volatile i32, ptr addrspace(1) %12, align 1
;;     ret i32 %13
;;   }
;;   ; ----
;;     mov eax, esi
;;     cmp qword ptr [rdi + 0x38], rax
;;     jb L1
;;     mov rcx, qword ptr [rdi + 0x30]
;;     mov eax, dword ptr [rcx + rax + 0xfffc]
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; anywhere:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = add nuw nsw i64 %3, 131076
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %7 = icmp ugt i64 %4, %6
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr addrspace(1), ptr %10, align 8
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 %3
;;     %13 = getelementptr inbounds nuw i8, ptr addrspace(1) %12, i64 131072
;;     %14 = load volatile i32, ptr addrspace(1) %13, align 1
;;     ret i32 %14
;;   }
;;   ; ----
;;     mov eax, esi
;;     lea rcx, [rax + 0x20004]
;;     cmp rcx, qword ptr [rdi + 0x38]
;;     ja L1
;;     mov rcx, qword ptr [rdi + 0x30]
;;     mov eax, dword ptr [rcx + rax + 0x20000]
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; wide_index:
;;   define hidden noundef i32 @f3(ptr noundef nonnull align 16 dereferenceable(80) %0, i64 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 72
;;     %4 = load i64, ptr %3, align 8
;;     %5 = icmp ugt i64 %1, %4
;;     br i1 %5, label %6, label %7
;;   6:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   7:
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %9 = load ptr addrspace(1), ptr %8, align 8
;;     %10 = getelementptr inbounds i8, ptr addrspace(1) %9, i64 %1
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 16
;;     %12 = load volatile i32, ptr addrspace(1) %11, align 1
;;     ret i32 %12
;;   }
;;   ; ----
;;     cmp rsi, qword ptr [rdi + 0x48]
;;     ja L1
;;     mov rax, qword ptr [rdi + 0x40]
;;     mov eax, dword ptr [rax + rsi + 0x10]
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; wide_offset:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(80) %0, i64 noundef %1) {
;;     %3 = icmp ugt i64 %1, -4294967301
;;     br i1 %3, label %4, label %5
;;   4:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   5:
;;     %6 = add i64 %1, 4294967300
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 72
;;     %8 = load i64, ptr %7, align 8
;;     %9 = icmp ugt i64 %6, %8
;;     br i1 %9, label %10, label %11
;;   10:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   11:
;;     %12 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %13 = load ptr addrspace(1), ptr %12, align 8
;;     %14 = getelementptr inbounds i8, ptr addrspace(1) %13, i64 %1
;;     %15 = getelementptr inbounds nuw i8, ptr addrspace(1) %14, i64 4294967296
;;     %16 = load volatile i32, ptr addrspace(1) %15, align 1
;;     ret i32 %16
;;   }
;;   ; ----
;;     movabs rax, 0xfffffffefffffffc
;;     cmp rsi, rax
;;     jae L1
;;     movabs rax, 0x100000004
;;     add rax, rsi
;;     cmp rax, qword ptr [rdi + 0x48]
;;     ja L2
;;     add rsi, qword ptr [rdi + 0x40]
;;     movabs rax, 0x100000000
;;     mov eax, dword ptr [rax + rsi]
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; L2:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; constant_address:
;;   define hidden noundef i64 @f5(ptr noundef nonnull align 16 dereferenceable(80) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %3 = load ptr addrspace(1), ptr %2, align 8
;;     %4 = getelementptr inbounds nuw i8, ptr addrspace(1) %3, i64 1032
;;     %5 = load volatile i64, ptr addrspace(1) %4, align 1
;;     ret i64 %5
;;   }
;;   ; ----
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov rax, qword ptr [rax + 0x408]
;;     ret
;; two_accesses:
;;   define hidden noundef i32 @f6(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %6 = icmp ult i64 %5, %3
;;     br i1 %6, label %7, label %8
;;   7:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr addrspace(1), ptr %9, align 8
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 %3
;;     %12 = load volatile i32, ptr addrspace(1) %11, align 1
;;     %13 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 4
;;     store volatile i32 %12, ptr addrspace(1) %13, align 1
;;     %14 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 8
;;     %15 = load volatile i32, ptr addrspace(1) %14, align 1
;;     ret i32 %15
;;   }
;;   ; ----
;;     mov eax, esi
;;     cmp qword ptr [rdi + 0x38], rax
;;     jb L1
;;     mov rcx, qword ptr [rdi + 0x30]
;;     mov edx, dword ptr [rcx + rax]
;;     mov dword ptr [rcx + rax + 4], edx
;;     mov eax, dword ptr [rcx + rax + 8]
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]


;; ---- aarch64
;; in_the_guard:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %6 = icmp ult i64 %5, %3
;;     br i1 %6, label %7, label %8
;;   7:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr addrspace(1), ptr %9, align 8
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 %3
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 16
;;     %13 = load volatile i32, ptr addrspace(1) %12, align 1
;;     ret i32 %13
;;   }
;;   ; ----
;;     ldr x9, [x0, #0x38]
;;     mov w8, w1
;;     cmp x9, x8
;;     b.lo L1
;;     ldr x9, [x0, #0x30]
;;     add x8, x9, x8
;;     ldr w0, [x8, #0x10]
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; within_the_minimum:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %6 = icmp ult i64 %5, %3
;;     br i1 %6, label %7, label %8
;;   7:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr addrspace(1), ptr %9, align 8
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 %3
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 65532
;;     %13 = load volatile i32, ptr addrspace(1) %12, align 1
;;     ret i32 %13
;;   }
;;   ; ----
;;     ldr x9, [x0, #0x38]
;;     mov w8, w1
;;     cmp x9, x8
;;     b.lo L1
;;     ldr x9, [x0, #0x30]
;;     add x8, x9, x8
;;     mov w9, #0xfffc
;;     ldr w0, [x8, x9]
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; anywhere:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = add nuw nsw i64 %3, 131076
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %7 = icmp ugt i64 %4, %6
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr addrspace(1), ptr %10, align 8
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 %3
;;     %13 = getelementptr inbounds nuw i8, ptr addrspace(1) %12, i64 131072
;;     %14 = load volatile i32, ptr addrspace(1) %13, align 1
;;     ret i32 %14
;;   }
;;   ; ----
;;     mov w8, w1
;;     ldr x10, [x0, #0x38]
;;     add x9, x8, #0x20, lsl #12
;;     add x9, x9, #4
;;     cmp x9, x10
;;     b.hi L1
;;     ldr x9, [x0, #0x30]
;;     add x8, x9, x8
;;     mov w9, #0x20000
;;     ldr w0, [x8, x9]
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; wide_index:
;;   define hidden noundef i32 @f3(ptr noundef nonnull align 16 dereferenceable(80) %0, i64 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 72
;;     %4 = load i64, ptr %3, align 8
;;     %5 = icmp ugt i64 %1, %4
;;     br i1 %5, label %6, label %7
;;   6:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   7:
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %9 = load ptr addrspace(1), ptr %8, align 8
;;     %10 = getelementptr inbounds i8, ptr addrspace(1) %9, i64 %1
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 16
;;     %12 = load volatile i32, ptr addrspace(1) %11, align 1
;;     ret i32 %12
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x48]
;;     cmp x1, x8
;;     b.hi L1
;;     ldr x8, [x0, #0x40]
;;     add x8, x8, x1
;;     ldr w0, [x8, #0x10]
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; wide_offset:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(80) %0, i64 noundef %1) {
;;     %3 = icmp ugt i64 %1, -4294967301
;;     br i1 %3, label %4, label %5
;;   4:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   5:
;;     %6 = add i64 %1, 4294967300
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 72
;;     %8 = load i64, ptr %7, align 8
;;     %9 = icmp ugt i64 %6, %8
;;     br i1 %9, label %10, label %11
;;   10:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   11:
;;     %12 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %13 = load ptr addrspace(1), ptr %12, align 8
;;     %14 = getelementptr inbounds i8, ptr addrspace(1) %13, i64 %1
;;     %15 = getelementptr inbounds nuw i8, ptr addrspace(1) %14, i64 4294967296
;;     %16 = load volatile i32, ptr addrspace(1) %15, align 1
;;     ret i32 %16
;;   }
;;   ; ----
;;     mov x8, #-4
;;     movk x8, #0xfffe, lsl #32
;;     cmp x1, x8
;;     b.hs L1
;;     mov x8, #4
;;     ldr x9, [x0, #0x48]
;;     movk x8, #1, lsl #32
;;     add x8, x1, x8
;;     cmp x8, x9
;;     b.hi L2
;;     ldr x8, [x0, #0x40]
;;     mov x9, #0x100000000
;;     add x8, x8, x1
;;     ldr w0, [x8, x9]
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; L2:
;;     udf #1    ; heap_get_oob
;; constant_address:
;;   define hidden noundef i64 @f5(ptr noundef nonnull align 16 dereferenceable(80) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %3 = load ptr addrspace(1), ptr %2, align 8
;;     %4 = getelementptr inbounds nuw i8, ptr addrspace(1) %3, i64 1032
;;     %5 = load volatile i64, ptr addrspace(1) %4, align 1
;;     ret i64 %5
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x30]
;;     ldr x0, [x8, #0x408]
;;     ret
;; two_accesses:
;;   define hidden noundef i32 @f6(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %6 = icmp ult i64 %5, %3
;;     br i1 %6, label %7, label %8
;;   7:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr addrspace(1), ptr %9, align 8
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 %3
;;     %12 = load volatile i32, ptr addrspace(1) %11, align 1
;;     %13 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 4
;;     %14 = load volatile i32, ptr addrspace(1) %13, align 1
;;     store volatile i32 %12, ptr addrspace(1) %13, align 1
;;     %15 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 8
;;     %16 = load volatile i32, ptr addrspace(1) %15, align 1
;;     ret i32 %16
;;   }
;;   ; ----
;;     ldr x9, [x0, #0x38]
;;     mov w8, w1
;;     cmp x9, x8
;;     b.lo L1
;;     ldr x9, [x0, #0x30]
;;     add x8, x9, x8
;;     ldr w9, [x8]
;;     ldr wzr, [x8, #4]
;;     str w9, [x8, #4]
;;     ldr w0, [x8, #8]
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
