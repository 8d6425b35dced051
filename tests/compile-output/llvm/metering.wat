;; What metering makes of code: runs are paid from a global that is kept in a register, too. What only traps is out of
;; the way. Behind calls, the global is read again.
;; with frequent global 0
(module
  (import "host" "f" (func $host))
  (memory 1)
  (global $points (mut i64) (i64.const 1000))
  (global $exhausted (mut i32) (i32.const 0))
  (func $sum (param $at i32) (param $end i32) (result i32) (local $sum i32)
    (if (i64.lt_u (global.get $points) (i64.const 3))
      (then (global.set $exhausted (i32.const 1)) (unreachable)))
    (global.set $points (i64.add (global.get $points) (i64.const -3)))
    (loop $next
      (if (i64.lt_u (global.get $points) (i64.const 12))
        (then (global.set $exhausted (i32.const 1)) (unreachable)))
      (global.set $points (i64.add (global.get $points) (i64.const -12)))
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (if (i64.lt_u (global.get $points) (i64.const 1))
      (then (global.set $exhausted (i32.const 1)) (unreachable)))
    (global.set $points (i64.add (global.get $points) (i64.const -1)))
    (local.get $sum))
  (func $calls
    (if (i64.lt_u (global.get $points) (i64.const 1))
      (then (global.set $exhausted (i32.const 1)) (unreachable)))
    (global.set $points (i64.add (global.get $points) (i64.const -1)))
    (call $host)
    (if (i64.lt_u (global.get $points) (i64.const 2))
      (then (global.set $exhausted (i32.const 1)) (unreachable)))
    (global.set $points (i64.add (global.get $points) (i64.const -2)))
    (call $host)))

;; ---- x86_64
;; sum:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(128) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr addrspace(1), ptr %4, align 8, !invariant.load
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %7 = load i64, ptr %6, align 8
;;     %8 = icmp ult i64 %7, 3
;;     br i1 %8, label %9, label %11
;;   9:
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     store volatile i32 1, ptr %10, align 4
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   11:
;;     %12 = add i64 %7, -3
;;     store volatile i64 %12, ptr %6, align 8
;;     br label %13
;;   13:
;;     %14 = phi i64 [ %12, %11 ], [ %19, %18 ]
;;     %.01 = phi i32 [ 0, %11 ], [ %23, %18 ]
;;     %.0 = phi i32 [ %1, %11 ], [ %24, %18 ]
;;     %15 = icmp ult i64 %14, 12
;;     br i1 %15, label %16, label %18
;;   16:
;;     %17 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     store volatile i32 1, ptr %17, align 4
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   18:
;;     %19 = add i64 %14, -12
;;     store volatile i64 %19, ptr %6, align 8
;;     %20 = zext i32 %.0 to i64
;;     %21 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %20
;;     %22 = load volatile i32, ptr addrspace(1) %21, align 1
;;     %23 = add i32 %.01, %22
;;     %24 = add i32 %.0, 4
;;     %25 = icmp ult i32 %24, %2
;;     br i1 %25, label %13, label %26
;;   26:
;;     %27 = icmp eq i64 %19, 0
;;     br i1 %27, label %28, label %30
;;   28:
;;     %29 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     store volatile i32 1, ptr %29, align 4
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   30:
;;     %31 = add i64 %14, -13
;;     store volatile i64 %31, ptr %6, align 8
;;     ret i32 %23
;;   }
;;   ; ----
;;     mov rcx, qword ptr [rdi + 0x40]
;;     cmp rcx, 2
;;     jbe L3
;;     mov r8, qword ptr [rdi + 0x30]
;;     lea rax, [rcx - 3]
;;     mov qword ptr [rdi + 0x40], rax
;;     add rcx, -4
;;     xor eax, eax
;;     nop dword ptr [rax]
;; L1:
;;     lea r9, [rcx + 1]
;;     cmp r9, 0xb
;;     jbe L2
;;     lea r9, [rcx - 0xb]
;;     mov qword ptr [rdi + 0x40], r9
;;     mov r9d, esi
;;     add eax, dword ptr [r8 + r9]
;;     add esi, 4
;;     add rcx, -0xc
;;     cmp esi, edx
;;     jb L1
;;     cmp rcx, -1
;;     je L4
;;     mov qword ptr [rdi + 0x40], rcx
;;     ret
;; L2:
;;     mov dword ptr [rdi + 0x50], 1
;;     hlt    ; unreachable
;;     nop dword ptr [rax]
;; L3:
;;     mov dword ptr [rdi + 0x50], 1
;;     hlt    ; unreachable
;;     nop dword ptr [rax]
;; L4:
;;     mov dword ptr [rdi + 0x50], 1
;;     hlt    ; unreachable
;;     nop dword ptr [rax]
;; calls:
;;   define hidden void @f1(ptr noundef nonnull align 16 dereferenceable(128) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %3 = load i64, ptr %2, align 8
;;     %4 = icmp eq i64 %3, 0
;;     br i1 %4, label %5, label %7
;;   5:
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     store volatile i32 1, ptr %6, align 4
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   7:
;;     %8 = add i64 %3, -1
;;     store volatile i64 %8, ptr %2, align 8
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 96
;;     %10 = load ptr, ptr %9, align 8, !invariant.load
;;     %11 = getelementptr inbounds nuw i8, ptr %0, i64 104
;;     %12 = load ptr, ptr %11, align 8, !invariant.load
;;     call void %10(ptr %12)
;;     %13 = load i64, ptr %2, align 8
;;     %14 = icmp ult i64 %13, 2
;;     br i1 %14, label %15, label %17
;;   15:
;;     %16 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     store volatile i32 1, ptr %16, align 4
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   17:
;;     %18 = add i64 %13, -2
;;     store volatile i64 %18, ptr %2, align 8
;;     call void %10(ptr %12)
;;     ret void
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push r15
;;     push r14
;;     push rbx
;;     push rax
;;     mov rbx, rdi
;;     mov rax, qword ptr [rdi + 0x40]
;;     test rax, rax
;;     je L1
;;     dec rax
;;     mov qword ptr [rbx + 0x40], rax
;;     mov r15, qword ptr [rbx + 0x60]
;;     mov r14, qword ptr [rbx + 0x68]
;;     mov rdi, r14
;;     call r15
;;     mov rax, qword ptr [rbx + 0x40]
;;     cmp rax, 1
;;     jbe L2
;;     add rax, -2
;;     mov qword ptr [rbx + 0x40], rax
;;     mov rdi, r14
;;     call r15
;;     add rsp, 8
;;     pop rbx
;;     pop r14
;;     pop r15
;;     pop rbp
;;     ret
;; L1:
;;     mov dword ptr [rbx + 0x50], 1
;;     hlt    ; unreachable
;;     nop dword ptr [rax]
;; L2:
;;     mov dword ptr [rbx + 0x50], 1
;;     hlt    ; unreachable
;;     nop dword ptr [rax]


;; ---- aarch64
;; sum:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(128) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr addrspace(1), ptr %4, align 8, !invariant.load
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %7 = load i64, ptr %6, align 8
;;     %8 = icmp ult i64 %7, 3
;;     br i1 %8, label %9, label %11
;;   9:
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     store volatile i32 1, ptr %10, align 4
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   11:
;;     %12 = add i64 %7, -3
;;     store volatile i64 %12, ptr %6, align 8
;;     br label %13
;;   13:
;;     %14 = phi i64 [ %12, %11 ], [ %19, %18 ]
;;     %.01 = phi i32 [ 0, %11 ], [ %23, %18 ]
;;     %.0 = phi i32 [ %1, %11 ], [ %24, %18 ]
;;     %15 = icmp ult i64 %14, 12
;;     br i1 %15, label %16, label %18
;;   16:
;;     %17 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     store volatile i32 1, ptr %17, align 4
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   18:
;;     %19 = add i64 %14, -12
;;     store volatile i64 %19, ptr %6, align 8
;;     %20 = zext i32 %.0 to i64
;;     %21 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %20
;;     %22 = load volatile i32, ptr addrspace(1) %21, align 1
;;     %23 = add i32 %.01, %22
;;     %24 = add i32 %.0, 4
;;     %25 = icmp ult i32 %24, %2
;;     br i1 %25, label %13, label %26
;;   26:
;;     %27 = icmp eq i64 %19, 0
;;     br i1 %27, label %28, label %30
;;   28:
;;     %29 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     store volatile i32 1, ptr %29, align 4
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   30:
;;     %31 = add i64 %14, -13
;;     store volatile i64 %31, ptr %6, align 8
;;     ret i32 %23
;;   }
;;   ; ----
;;     ldr x9, [x0, #0x40]
;;     mov x8, x0
;;     cmp x9, #2
;;     b.ls L3
;;     ldr x10, [x8, #0x30]
;;     mov w0, wzr
;;     sub x11, x9, #3
;;     sub x9, x9, #4
;;     str x11, [x8, #0x40]
;; L1:
;;     add x11, x9, #1
;;     cmp x11, #0xb
;;     b.ls L2
;;     sub x11, x9, #0xb
;;     sub x9, x9, #0xc
;;     str x11, [x8, #0x40]
;;     ldr w11, [x10, w1, uxtw]
;;     add w1, w1, #4
;;     cmp w1, w2
;;     add w0, w0, w11
;;     b.lo L1
;;     cmn x9, #1
;;     b.eq L4
;;     str x9, [x8, #0x40]
;;     ret
;; L2:
;;     mov w9, #1
;;     str w9, [x8, #0x50]
;;     udf #9    ; unreachable
;; L3:
;;     mov w9, #1
;;     str w9, [x8, #0x50]
;;     udf #9    ; unreachable
;; L4:
;;     mov w9, #1
;;     str w9, [x8, #0x50]
;;     udf #9    ; unreachable
;; calls:
;;   define hidden void @f1(ptr noundef nonnull align 16 dereferenceable(128) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %3 = load i64, ptr %2, align 8
;;     %4 = icmp eq i64 %3, 0
;;     br i1 %4, label %5, label %7
;;   5:
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     store volatile i32 1, ptr %6, align 4
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   7:
;;     %8 = add i64 %3, -1
;;     store volatile i64 %8, ptr %2, align 8
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 96
;;     %10 = load ptr, ptr %9, align 8, !invariant.load
;;     %11 = getelementptr inbounds nuw i8, ptr %0, i64 104
;;     %12 = load ptr, ptr %11, align 8, !invariant.load
;;     call void %10(ptr %12)
;;     %13 = load i64, ptr %2, align 8
;;     %14 = icmp ult i64 %13, 2
;;     br i1 %14, label %15, label %17
;;   15:
;;     %16 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     store volatile i32 1, ptr %16, align 4
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   17:
;;     %18 = add i64 %13, -2
;;     store volatile i64 %18, ptr %2, align 8
;;     call void %10(ptr %12)
;;     ret void
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x30]!
;;     str x21, [sp, #0x10]
;;     stp x20, x19, [sp, #0x20]
;;     mov x29, sp
;;     ldr x8, [x0, #0x40]
;;     mov x19, x0
;;     cbz x8, L1
;;     ldp x21, x20, [x19, #0x60]
;;     sub x8, x8, #1
;;     str x8, [x19, #0x40]
;;     mov x0, x20
;;     blr x21
;;     ldr x8, [x19, #0x40]
;;     cmp x8, #1
;;     b.ls L2
;;     sub x8, x8, #2
;;     mov x0, x20
;;     str x8, [x19, #0x40]
;;     blr x21
;;     ldp x20, x19, [sp, #0x20]
;;     ldr x21, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x30
;;     ret
;; L1:
;;     mov w8, #1
;;     str w8, [x19, #0x50]
;;     udf #9    ; unreachable
;; L2:
;;     mov w8, #1
;;     str w8, [x19, #0x50]
;;     udf #9    ; unreachable
