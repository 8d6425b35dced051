;; Calls of functions of the module, of imports, and through tables.
(module
  (type $f (func (param i32) (result i32)))
  (import "host" "log" (func $log (param i32 f64)))
  (table $fixed 10 10 funcref)
  (table $growing 10 funcref)
  (func $add_one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $direct (param i32) (result i32) (call $add_one (call $add_one (local.get 0))))
  (func $import (call $log (i32.const 1) (f64.const 2)))
  (func $through_fixed_table (param $x i32) (param $i i32) (result i32)
    (call_indirect $fixed (type $f) (local.get $x) (local.get $i)))
  (func $through_growing_table (param $x i32) (param $i i32) (result i32)
    (call_indirect $growing (type $f) (local.get $x) (local.get $i)))
  (func $three (param i32) (result i32 i64 f64) (local.get 0) (i64.const 2) (f64.const 3))
  (func $call_three (result f64) (local $x f64) (call $three (i32.const 1)) (local.set $x) (drop) (drop) (local.get $x)))

;; ---- x86_64
;; add_one:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(112) %0, i32 noundef %1) {
;;     %3 = add i32 %1, 1
;;     ret i32 %3
;;   }
;;   ; ----
;;     lea eax, [rsi + 1]
;;     ret
;; direct:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(112) %0, i32 noundef %1) {
;;     %3 = call i32 @f0(ptr %0, i32 %1)
;;     %4 = call i32 @f0(ptr %0, i32 %3)
;;     ret i32 %4
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push rbx
;;     push rax
;;     mov rbx, rdi
;;     call add_one
;;     mov rdi, rbx
;;     mov esi, eax
;;     call add_one
;;     add rsp, 8
;;     pop rbx
;;     pop rbp
;;     ret
;; import:
;;   define hidden void @f2(ptr noundef nonnull align 16 dereferenceable(112) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     %3 = load ptr, ptr %2, align 8, !invariant.load
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 88
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     call void %3(ptr %5, i32 1, double 2.000000e+00)
;;     ret void
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov rax, rdi
;;     mov rdi, qword ptr [rdi + 0x58]
;;     vmovsd xmm0, qword ptr [L1]
;;     mov esi, 1
;;     call qword ptr [rax + 0x50]
;;     pop rbp
;;     ret
;;     .bytes 00 00 00
;; L1:
;;     .bytes 00 00 00 00 00 00 00 40
;; through_fixed_table:
;;   define hidden noundef i32 @f3(ptr noundef nonnull align 16 dereferenceable(112) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = zext i32 %2 to i64
;;     %5 = icmp ugt i32 %2, 9
;;     br i1 %5, label %6, label %7
;;   6:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   7:
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 16
;;     %9 = load ptr, ptr %8, align 8, !invariant.load
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr, ptr %10, align 8, !invariant.load
;;     %12 = shl nuw nsw i64 %4, 5
;;     %13 = getelementptr inbounds nuw i8, ptr %11, i64 %12
;;     %14 = getelementptr inbounds nuw i8, ptr %13, i64 24
;;     %15 = load i32, ptr %14, align 4
;;     %16 = load i32, ptr %9, align 4, !invariant.load
;;     %.not = icmp eq i32 %15, %16
;;     br i1 %.not, label %23, label %17
;;   17:
;;     %18 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %19 = load ptr, ptr %18, align 8, !invariant.load
;;     %20 = getelementptr inbounds nuw i8, ptr %19, i64 112
;;     %21 = load ptr, ptr %20, align 8, !invariant.load
;;     %22 = call ptr %21(ptr nonnull %0, i32 0, i32 0, i64 %4)
;;     br label %23
;;   23:
;;     %24 = phi ptr [ %13, %7 ], [ %22, %17 ]
;;     %25 = getelementptr inbounds nuw i8, ptr %24, i64 8
;;     %26 = load ptr, ptr %25, align 8
;;     %27 = getelementptr inbounds nuw i8, ptr %24, i64 16
;;     %28 = load ptr, ptr %27, align 8
;;     %29 = call i32 %26(ptr %28, i32 %1)
;;     ret i32 %29
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push rbx
;;     push rax
;;     cmp edx, 0xa
;;     jae L2
;;     mov ecx, edx
;;     mov r8, qword ptr [rdi + 0x10]
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov rdx, rcx
;;     shl rdx, 5
;;     mov r9d, dword ptr [rax + rdx + 0x18]
;;     cmp r9d, dword ptr [r8]
;;     jne L3
;;     add rax, rdx
;; L1:
;;     mov rdi, qword ptr [rax + 0x10]
;;     call qword ptr [rax + 8]
;;     add rsp, 8
;;     pop rbx
;;     pop rbp
;;     ret
;; L2:
;;     hlt    ; table_get_oob
;;     nop dword ptr [rax]
;; L3:
;;     mov rax, qword ptr [rdi + 8]
;;     mov ebx, esi
;;     xor esi, esi
;;     xor edx, edx
;;     call qword ptr [rax + 0x70]
;;     mov esi, ebx
;;     jmp L1
;; through_growing_table:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(112) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = zext i32 %2 to i64
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 72
;;     %6 = load i64, ptr %5, align 8
;;     %.not = icmp ugt i64 %6, %4
;;     br i1 %.not, label %8, label %7
;;   7:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 16
;;     %10 = load ptr, ptr %9, align 8, !invariant.load
;;     %11 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %12 = load ptr, ptr %11, align 8
;;     %13 = shl nuw nsw i64 %4, 5
;;     %14 = getelementptr inbounds nuw i8, ptr %12, i64 %13
;;     %15 = getelementptr inbounds nuw i8, ptr %14, i64 24
;;     %16 = load i32, ptr %15, align 4
;;     %17 = load i32, ptr %10, align 4, !invariant.load
;;     %.not1 = icmp eq i32 %16, %17
;;     br i1 %.not1, label %24, label %18
;;   18:
;;     %19 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %20 = load ptr, ptr %19, align 8, !invariant.load
;;     %21 = getelementptr inbounds nuw i8, ptr %20, i64 112
;;     %22 = load ptr, ptr %21, align 8, !invariant.load
;;     %23 = call ptr %22(ptr nonnull %0, i32 1, i32 0, i64 %4)
;;     br label %24
;;   24:
;;     %25 = phi ptr [ %14, %8 ], [ %23, %18 ]
;;     %26 = getelementptr inbounds nuw i8, ptr %25, i64 8
;;     %27 = load ptr, ptr %26, align 8
;;     %28 = getelementptr inbounds nuw i8, ptr %25, i64 16
;;     %29 = load ptr, ptr %28, align 8
;;     %30 = call i32 %27(ptr %29, i32 %1)
;;     ret i32 %30
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push rbx
;;     push rax
;;     mov ecx, edx
;;     cmp qword ptr [rdi + 0x48], rcx
;;     jbe L2
;;     mov r8, qword ptr [rdi + 0x10]
;;     mov rax, qword ptr [rdi + 0x40]
;;     mov rdx, rcx
;;     shl rdx, 5
;;     mov r9d, dword ptr [rax + rdx + 0x18]
;;     cmp r9d, dword ptr [r8]
;;     jne L3
;;     add rax, rdx
;; L1:
;;     mov rdi, qword ptr [rax + 0x10]
;;     call qword ptr [rax + 8]
;;     add rsp, 8
;;     pop rbx
;;     pop rbp
;;     ret
;; L2:
;;     hlt    ; table_get_oob
;;     nop dword ptr [rax]
;; L3:
;;     mov rax, qword ptr [rdi + 8]
;;     mov ebx, esi
;;     mov esi, 1
;;     xor edx, edx
;;     call qword ptr [rax + 0x70]
;;     mov esi, ebx
;;     jmp L1
;; three:
;;   define hidden void @f5(ptr noundef nonnull align 16 dereferenceable(112) %0, ptr noundef %1, i32 noundef %2) {
;;     store i32 %2, ptr %1, align 4
;;     %4 = getelementptr inbounds nuw i8, ptr %1, i64 16
;;     store i64 2, ptr %4, align 8
;;     %5 = getelementptr inbounds nuw i8, ptr %1, i64 32
;;     store double 3.000000e+00, ptr %5, align 8
;;     ret void
;;   }
;;   ; ----
;;     mov dword ptr [rsi], edx
;;     mov qword ptr [rsi + 0x10], 2
;;     movabs rax, 0x4008000000000000
;;     mov qword ptr [rsi + 0x20], rax
;;     ret
;; call_three:
;;   define hidden noundef double @f6(ptr noundef nonnull align 16 dereferenceable(112) %0) {
;;     %2 = alloca [3 x i128], align 16
;;     call void @f5(ptr %0, ptr nonnull %2, i32 1)
;;     %3 = getelementptr inbounds nuw i8, ptr %2, i64 32
;;     %4 = load double, ptr %3, align 8
;;     ret double %4
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     lea rsi, [rbp - 0x30]
;;     mov edx, 1
;;     call three
;;     vmovsd xmm0, qword ptr [rbp - 0x10]
;;     add rsp, 0x30
;;     pop rbp
;;     ret


;; ---- aarch64
;; add_one:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(112) %0, i32 noundef %1) {
;;     %3 = add i32 %1, 1
;;     ret i32 %3
;;   }
;;   ; ----
;;     add w0, w1, #1
;;     ret
;; direct:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(112) %0, i32 noundef %1) {
;;     %3 = call i32 @f0(ptr %0, i32 %1)
;;     %4 = call i32 @f0(ptr %0, i32 %3)
;;     ret i32 %4
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x20]!
;;     str x19, [sp, #0x10]
;;     mov x29, sp
;;     mov x19, x0
;;     bl add_one
;;     mov w1, w0
;;     mov x0, x19
;;     bl add_one
;;     ldr x19, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x20
;;     ret
;; import:
;;   define hidden void @f2(ptr noundef nonnull align 16 dereferenceable(112) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     %3 = load ptr, ptr %2, align 8, !invariant.load
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 88
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     call void %3(ptr %5, i32 1, double 2.000000e+00)
;;     ret void
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     ldp x8, x0, [x0, #0x50]
;;     fmov d0, #2.00000000
;;     mov w1, #1
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; through_fixed_table:
;;   define hidden noundef i32 @f3(ptr noundef nonnull align 16 dereferenceable(112) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = zext i32 %2 to i64
;;     %5 = icmp ugt i32 %2, 9
;;     br i1 %5, label %6, label %7
;;   6:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   7:
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 16
;;     %9 = load ptr, ptr %8, align 8, !invariant.load
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr, ptr %10, align 8, !invariant.load
;;     %12 = shl nuw nsw i64 %4, 5
;;     %13 = getelementptr inbounds nuw i8, ptr %11, i64 %12
;;     %14 = getelementptr inbounds nuw i8, ptr %13, i64 24
;;     %15 = load i32, ptr %14, align 4
;;     %16 = load i32, ptr %9, align 4, !invariant.load
;;     %.not = icmp eq i32 %15, %16
;;     br i1 %.not, label %23, label %17
;;   17:
;;     %18 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %19 = load ptr, ptr %18, align 8, !invariant.load
;;     %20 = getelementptr inbounds nuw i8, ptr %19, i64 112
;;     %21 = load ptr, ptr %20, align 8, !invariant.load
;;     %22 = call ptr %21(ptr nonnull %0, i32 0, i32 0, i64 %4)
;;     br label %23
;;   23:
;;     %24 = phi ptr [ %13, %7 ], [ %22, %17 ]
;;     %25 = getelementptr inbounds nuw i8, ptr %24, i64 8
;;     %26 = load ptr, ptr %25, align 8
;;     %27 = getelementptr inbounds nuw i8, ptr %24, i64 16
;;     %28 = load ptr, ptr %27, align 8
;;     %29 = call i32 %26(ptr %28, i32 %1)
;;     ret i32 %29
;;   }
;;   ; ----
;;     sub sp, sp, #0x20
;;     stp x29, x30, [sp, #0x10]
;;     add x29, sp, #0x10
;;     cmp w2, #0xa
;;     b.hs L1
;;     ldr x8, [x0, #0x30]
;;     mov w3, w2
;;     ldr x9, [x0, #0x10]
;;     add x8, x8, x3, lsl #5
;;     ldr w9, [x9]
;;     ldr w10, [x8, #0x18]
;;     cmp w10, w9
;;     b.ne L2
;;     ldp x9, x0, [x8, #8]
;;     blr x9
;;     ldp x29, x30, [sp, #0x10]
;;     add sp, sp, #0x20
;;     ret
;; L1:
;;     udf #3    ; table_get_oob
;; L2:
;;     ldr x8, [x0, #8]
;;     stur w1, [x29, #-4]
;;     mov w1, wzr
;;     mov w2, wzr
;;     ldr x8, [x8, #0x70]
;;     blr x8
;;     ldur w1, [x29, #-4]
;;     ldp x9, x0, [x0, #8]
;;     blr x9
;;     ldp x29, x30, [sp, #0x10]
;;     add sp, sp, #0x20
;;     ret
;; through_growing_table:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(112) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = zext i32 %2 to i64
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 72
;;     %6 = load i64, ptr %5, align 8
;;     %.not = icmp ugt i64 %6, %4
;;     br i1 %.not, label %8, label %7
;;   7:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 16
;;     %10 = load ptr, ptr %9, align 8, !invariant.load
;;     %11 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %12 = load ptr, ptr %11, align 8
;;     %13 = shl nuw nsw i64 %4, 5
;;     %14 = getelementptr inbounds nuw i8, ptr %12, i64 %13
;;     %15 = getelementptr inbounds nuw i8, ptr %14, i64 24
;;     %16 = load i32, ptr %15, align 4
;;     %17 = load i32, ptr %10, align 4, !invariant.load
;;     %.not1 = icmp eq i32 %16, %17
;;     br i1 %.not1, label %24, label %18
;;   18:
;;     %19 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %20 = load ptr, ptr %19, align 8, !invariant.load
;;     %21 = getelementptr inbounds nuw i8, ptr %20, i64 112
;;     %22 = load ptr, ptr %21, align 8, !invariant.load
;;     %23 = call ptr %22(ptr nonnull %0, i32 1, i32 0, i64 %4)
;;     br label %24
;;   24:
;;     %25 = phi ptr [ %14, %8 ], [ %23, %18 ]
;;     %26 = getelementptr inbounds nuw i8, ptr %25, i64 8
;;     %27 = load ptr, ptr %26, align 8
;;     %28 = getelementptr inbounds nuw i8, ptr %25, i64 16
;;     %29 = load ptr, ptr %28, align 8
;;     %30 = call i32 %27(ptr %29, i32 %1)
;;     ret i32 %30
;;   }
;;   ; ----
;;     sub sp, sp, #0x20
;;     stp x29, x30, [sp, #0x10]
;;     add x29, sp, #0x10
;;     ldr x8, [x0, #0x48]
;;     mov w3, w2
;;     cmp x8, x3
;;     b.ls L1
;;     ldr x8, [x0, #0x40]
;;     ldr x9, [x0, #0x10]
;;     add x8, x8, x3, lsl #5
;;     ldr w9, [x9]
;;     ldr w10, [x8, #0x18]
;;     cmp w10, w9
;;     b.ne L2
;;     ldp x9, x0, [x8, #8]
;;     blr x9
;;     ldp x29, x30, [sp, #0x10]
;;     add sp, sp, #0x20
;;     ret
;; L1:
;;     udf #3    ; table_get_oob
;; L2:
;;     ldr x8, [x0, #8]
;;     stur w1, [x29, #-4]
;;     mov w1, #1
;;     mov w2, wzr
;;     ldr x8, [x8, #0x70]
;;     blr x8
;;     ldur w1, [x29, #-4]
;;     ldp x9, x0, [x0, #8]
;;     blr x9
;;     ldp x29, x30, [sp, #0x10]
;;     add sp, sp, #0x20
;;     ret
;; three:
;;   define hidden void @f5(ptr noundef nonnull align 16 dereferenceable(112) %0, ptr noundef %1, i32 noundef %2) {
;;     store i32 %2, ptr %1, align 4
;;     %4 = getelementptr inbounds nuw i8, ptr %1, i64 16
;;     store i64 2, ptr %4, align 8
;;     %5 = getelementptr inbounds nuw i8, ptr %1, i64 32
;;     store double 3.000000e+00, ptr %5, align 8
;;     ret void
;;   }
;;   ; ----
;;     mov w8, #2
;;     mov x9, #0x4008000000000000
;;     str w2, [x1]
;;     str x8, [x1, #0x10]
;;     str x9, [x1, #0x20]
;;     ret
;; call_three:
;;   define hidden noundef double @f6(ptr noundef nonnull align 16 dereferenceable(112) %0) {
;;     %2 = alloca [3 x i128], align 16
;;     call void @f5(ptr %0, ptr nonnull %2, i32 1)
;;     %3 = getelementptr inbounds nuw i8, ptr %2, i64 32
;;     %4 = load double, ptr %3, align 8
;;     ret double %4
;;   }
;;   ; ----
;;     sub sp, sp, #0x40
;;     stp x29, x30, [sp, #0x30]
;;     add x29, sp, #0x30
;;     mov x1, sp
;;     mov w2, #1
;;     bl three
;;     ldp x29, x30, [sp, #0x30]
;;     ldr d0, [sp, #0x20]
;;     add sp, sp, #0x40
;;     ret
