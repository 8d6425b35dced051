;; Hints of which way branches go: the other way is moved behind the rest.
(module
  (import "host" "f" (func $f (param i32) (result i32)))
  (func $if_unlikely (param i32) (result i32)
    (@metadata.code.branch_hint "\00")
    (if (result i32) (local.get 0)
      (then (call $f (local.get 0)))
      (else (i32.const 3))))
  (func $if_likely (param i32) (result i32)
    (@metadata.code.branch_hint "\01")
    (if (result i32) (local.get 0)
      (then (i32.const 3))
      (else (call $f (local.get 0)))))
  (func $without_else (param i32 i32) (result i32)
    (local.get 0)
    (@metadata.code.branch_hint "\00")
    (if (then (local.set 1 (call $f (local.get 1)))))
    (local.get 1))
  ;; What is skipped mostly is cold, with all in it.
  (func $skip (param i32 i32) (result i32)
    (block $end
      (local.get 0)
      (@metadata.code.branch_hint "\01")
      br_if $end
      (if (local.get 1) (then (local.set 1 (call $f (i32.const 1)))))
      (drop (call $f (i32.const 2))))
    (local.get 1))
  ;; Two ways to a place that is hardly ever reached.
  (func $error (param i32 i32) (result i32)
    (block $error
      (local.get 0)
      (@metadata.code.branch_hint "\00")
      br_if $error
      (local.get 1)
      (@metadata.code.branch_hint "\00")
      br_if $error
      (return (i32.const 0)))
    (call $f (local.get 0)))
  ;; Not a hint: the last branch has none.
  (func $sometimes (param i32 i32) (result i32)
    (block $error
      (local.get 0)
      (@metadata.code.branch_hint "\00")
      br_if $error
      (br_if $error (local.get 1))
      (return (i32.const 0)))
    (call $f (local.get 0)))
  ;; What is behind a loop is not cold.
  (func $loop (param i32) (result i32)
    (loop $next
      (local.tee 0 (call $f (local.get 0)))
      (@metadata.code.branch_hint "\01")
      br_if $next)
    (call $f (i32.const 1)))
  ;; A branch that is predicted waits for less than a conditional move.
  (func $clamp (param i32 i32) (result i32)
      (i32.lt_s (local.get 0) (local.get 1))
      (@metadata.code.branch_hint "\00")
      (if (then (local.set 0 (i32.add (local.get 1) (i32.const 3)))))
    (local.get 0)))

;; ---- x86_64
;; if_unlikely:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %.not = icmp eq i32 %1, 0
;;     br i1 %.not, label %9, label %3
;;   3:
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = call i32 %5(ptr %7, i32 %1)
;;     br label %9
;;   9:
;;     %10 = phi i32 [ %8, %3 ], [ 3, %2 ]
;;     ret i32 %10
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov eax, 3
;;     test esi, esi
;;     jne L1
;;     pop rbp
;;     ret
;; L1:
;;     mov rax, qword ptr [rdi + 0x38]
;;     mov rcx, rdi
;;     mov rdi, rax
;;     call qword ptr [rcx + 0x30]
;;     pop rbp
;;     ret
;; if_likely:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %.not = icmp eq i32 %1, 0
;;     br i1 %.not, label %3, label %9
;;   3:
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = call i32 %5(ptr %7, i32 0)
;;     br label %9
;;   9:
;;     %10 = phi i32 [ %8, %3 ], [ 3, %2 ]
;;     ret i32 %10
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov eax, 3
;;     test esi, esi
;;     je L1
;;     pop rbp
;;     ret
;; L1:
;;     mov rax, qword ptr [rdi + 0x38]
;;     mov rcx, rdi
;;     mov rdi, rax
;;     xor esi, esi
;;     call qword ptr [rcx + 0x30]
;;     pop rbp
;;     ret
;; without_else:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1, i32 noundef %2) {
;;     %.not = icmp eq i32 %1, 0
;;     br i1 %.not, label %10, label %4
;;   4:
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %6 = load ptr, ptr %5, align 8, !invariant.load
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %8 = load ptr, ptr %7, align 8, !invariant.load
;;     %9 = call i32 %6(ptr %8, i32 %2)
;;     br label %10
;;   10:
;;     %.0 = phi i32 [ %9, %4 ], [ %2, %3 ]
;;     ret i32 %.0
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov eax, edx
;;     test esi, esi
;;     jne L1
;;     pop rbp
;;     ret
;; L1:
;;     mov rcx, qword ptr [rdi + 0x38]
;;     mov rdx, rdi
;;     mov rdi, rcx
;;     mov esi, eax
;;     call qword ptr [rdx + 0x30]
;;     pop rbp
;;     ret
;; skip:
;;   define hidden noundef i32 @f3(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1, i32 noundef %2) {
;;     %.not = icmp eq i32 %1, 0
;;     br i1 %.not, label %5, label %4
;;   4:
;;     %.0 = phi i32 [ %2, %3 ], [ %.1, %12 ]
;;     ret i32 %.0
;;   5:
;;     %.not1 = icmp eq i32 %2, 0
;;     br i1 %.not1, label %12, label %6
;;   6:
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %8 = load ptr, ptr %7, align 8, !invariant.load
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %10 = load ptr, ptr %9, align 8, !invariant.load
;;     %11 = call i32 %8(ptr %10, i32 1)
;;     br label %12
;;   12:
;;     %.1 = phi i32 [ %11, %6 ], [ 0, %5 ]
;;     %13 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %14 = load ptr, ptr %13, align 8, !invariant.load
;;     %15 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %16 = load ptr, ptr %15, align 8, !invariant.load
;;     %17 = call i32 %14(ptr %16, i32 2)
;;     br label %4
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push rbx
;;     push rax
;;     mov eax, edx
;;     test esi, esi
;;     je L1
;;     add rsp, 8
;;     pop rbx
;;     pop rbp
;;     ret
;; L1:
;;     test eax, eax
;;     je L2
;;     mov rax, qword ptr [rdi + 0x38]
;;     mov rbx, rdi
;;     mov rdi, rax
;;     mov esi, 1
;;     call qword ptr [rbx + 0x30]
;;     mov rdi, rbx
;;     mov ebx, eax
;;     jmp L3
;; L2:
;;     xor ebx, ebx
;; L3:
;;     mov rax, qword ptr [rdi + 0x38]
;;     mov rcx, rdi
;;     mov rdi, rax
;;     mov esi, 2
;;     call qword ptr [rcx + 0x30]
;;     mov eax, ebx
;;     add rsp, 8
;;     pop rbx
;;     pop rbp
;;     ret
;; error:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = or i32 %1, %2
;;     %or.cond.not = icmp eq i32 %4, 0
;;     br i1 %or.cond.not, label %common.ret, label %5
;;   common.ret:
;;     %common.ret.op = phi i32 [ %10, %5 ], [ 0, %3 ]
;;     ret i32 %common.ret.op
;;   5:
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %9 = load ptr, ptr %8, align 8, !invariant.load
;;     %10 = call i32 %7(ptr %9, i32 %1)
;;     br label %common.ret
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     xor eax, eax
;;     or edx, esi
;;     jne L1
;;     pop rbp
;;     ret
;; L1:
;;     mov rax, qword ptr [rdi + 0x38]
;;     mov rcx, rdi
;;     mov rdi, rax
;;     call qword ptr [rcx + 0x30]
;;     pop rbp
;;     ret
;; sometimes:
;;   define hidden noundef i32 @f5(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = or i32 %1, %2
;;     %or.cond.not = icmp eq i32 %4, 0
;;     br i1 %or.cond.not, label %common.ret, label %5
;;   common.ret:
;;     %common.ret.op = phi i32 [ %10, %5 ], [ 0, %3 ]
;;     ret i32 %common.ret.op
;;   5:
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %9 = load ptr, ptr %8, align 8, !invariant.load
;;     %10 = call i32 %7(ptr %9, i32 %1)
;;     br label %common.ret
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     xor eax, eax
;;     or edx, esi
;;     je L1
;;     mov rax, qword ptr [rdi + 0x38]
;;     mov rcx, rdi
;;     mov rdi, rax
;;     call qword ptr [rcx + 0x30]
;; L1:
;;     pop rbp
;;     ret
;; loop:
;;   define hidden noundef i32 @f6(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %4 = load ptr, ptr %3, align 8, !invariant.load
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load ptr, ptr %5, align 8, !invariant.load
;;     br label %7
;;   7:
;;     %.0 = phi i32 [ %1, %2 ], [ %8, %7 ]
;;     %8 = call i32 %4(ptr %6, i32 %.0)
;;     %.not = icmp eq i32 %8, 0
;;     br i1 %.not, label %9, label %7
;;   9:
;;     %10 = call i32 %4(ptr %6, i32 1)
;;     ret i32 %10
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push r14
;;     push rbx
;;     mov eax, esi
;;     mov r14, qword ptr [rdi + 0x30]
;;     mov rbx, qword ptr [rdi + 0x38]
;;     nop word ptr cs:[rax + rax]
;; L1:
;;     mov rdi, rbx
;;     mov esi, eax
;;     call r14
;;     test eax, eax
;;     jne L1
;;     mov rdi, rbx
;;     mov esi, 1
;;     call r14
;;     pop rbx
;;     pop r14
;;     pop rbp
;;     ret
;; clamp:
;;   define hidden noundef i32 @f7(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = icmp slt i32 %1, %2
;;     br i1 %4, label %5, label %7
;;   5:
;;     %6 = add i32 %2, 3
;;     br label %7
;;   7:
;;     %.0 = phi i32 [ %6, %5 ], [ %1, %3 ]
;;     ret i32 %.0
;;   }
;;   ; ----
;;     mov eax, esi
;;     cmp esi, edx
;;     jl L1
;;     ret
;; L1:
;;     add edx, 3
;;     mov eax, edx
;;     ret


;; ---- aarch64
;; if_unlikely:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %.not = icmp eq i32 %1, 0
;;     br i1 %.not, label %9, label %3
;;   3:
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = call i32 %5(ptr %7, i32 %1)
;;     br label %9
;;   9:
;;     %10 = phi i32 [ %8, %3 ], [ 3, %2 ]
;;     ret i32 %10
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     cbnz w1, L1
;;     mov w0, #3
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     ldp x8, x0, [x0, #0x30]
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; if_likely:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %.not = icmp eq i32 %1, 0
;;     br i1 %.not, label %3, label %9
;;   3:
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = call i32 %5(ptr %7, i32 0)
;;     br label %9
;;   9:
;;     %10 = phi i32 [ %8, %3 ], [ 3, %2 ]
;;     ret i32 %10
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     cbz w1, L1
;;     mov w0, #3
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     ldp x8, x0, [x0, #0x30]
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; without_else:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1, i32 noundef %2) {
;;     %.not = icmp eq i32 %1, 0
;;     br i1 %.not, label %10, label %4
;;   4:
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %6 = load ptr, ptr %5, align 8, !invariant.load
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %8 = load ptr, ptr %7, align 8, !invariant.load
;;     %9 = call i32 %6(ptr %8, i32 %2)
;;     br label %10
;;   10:
;;     %.0 = phi i32 [ %9, %4 ], [ %2, %3 ]
;;     ret i32 %.0
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     cbnz w1, L1
;;     mov w0, w2
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     ldp x8, x0, [x0, #0x30]
;;     mov w1, w2
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; skip:
;;   define hidden noundef i32 @f3(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1, i32 noundef %2) {
;;     %.not = icmp eq i32 %1, 0
;;     br i1 %.not, label %5, label %4
;;   4:
;;     %.0 = phi i32 [ %2, %3 ], [ %.1, %12 ]
;;     ret i32 %.0
;;   5:
;;     %.not1 = icmp eq i32 %2, 0
;;     br i1 %.not1, label %12, label %6
;;   6:
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %8 = load ptr, ptr %7, align 8, !invariant.load
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %10 = load ptr, ptr %9, align 8, !invariant.load
;;     %11 = call i32 %8(ptr %10, i32 1)
;;     br label %12
;;   12:
;;     %.1 = phi i32 [ %11, %6 ], [ 0, %5 ]
;;     %13 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %14 = load ptr, ptr %13, align 8, !invariant.load
;;     %15 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %16 = load ptr, ptr %15, align 8, !invariant.load
;;     %17 = call i32 %14(ptr %16, i32 2)
;;     br label %4
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x20]!
;;     stp x20, x19, [sp, #0x10]
;;     mov x29, sp
;;     mov w19, w2
;;     cbz w1, L1
;;     mov w0, w19
;;     ldp x20, x19, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x20
;;     ret
;; L1:
;;     cbz w19, L2
;;     ldp x9, x8, [x0, #0x30]
;;     mov x20, x0
;;     mov w1, #1
;;     mov x0, x8
;;     blr x9
;;     mov w19, w0
;;     mov x0, x20
;; L2:
;;     ldp x8, x0, [x0, #0x30]
;;     mov w1, #2
;;     blr x8
;;     mov w0, w19
;;     ldp x20, x19, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x20
;;     ret
;; error:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = or i32 %1, %2
;;     %or.cond.not = icmp eq i32 %4, 0
;;     br i1 %or.cond.not, label %common.ret, label %5
;;   common.ret:
;;     %common.ret.op = phi i32 [ %10, %5 ], [ 0, %3 ]
;;     ret i32 %common.ret.op
;;   5:
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %9 = load ptr, ptr %8, align 8, !invariant.load
;;     %10 = call i32 %7(ptr %9, i32 %1)
;;     br label %common.ret
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     orr w8, w1, w2
;;     cbnz w8, L1
;;     mov w0, wzr
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     ldp x8, x0, [x0, #0x30]
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; sometimes:
;;   define hidden noundef i32 @f5(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = or i32 %1, %2
;;     %or.cond.not = icmp eq i32 %4, 0
;;     br i1 %or.cond.not, label %common.ret, label %5
;;   common.ret:
;;     %common.ret.op = phi i32 [ %10, %5 ], [ 0, %3 ]
;;     ret i32 %common.ret.op
;;   5:
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %9 = load ptr, ptr %8, align 8, !invariant.load
;;     %10 = call i32 %7(ptr %9, i32 %1)
;;     br label %common.ret
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     orr w8, w1, w2
;;     cbz w8, L1
;;     ldp x8, x0, [x0, #0x30]
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     mov w0, wzr
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; loop:
;;   define hidden noundef i32 @f6(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %4 = load ptr, ptr %3, align 8, !invariant.load
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load ptr, ptr %5, align 8, !invariant.load
;;     br label %7
;;   7:
;;     %.0 = phi i32 [ %1, %2 ], [ %8, %7 ]
;;     %8 = call i32 %4(ptr %6, i32 %.0)
;;     %.not = icmp eq i32 %8, 0
;;     br i1 %.not, label %9, label %7
;;   9:
;;     %10 = call i32 %4(ptr %6, i32 1)
;;     ret i32 %10
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x20]!
;;     stp x20, x19, [sp, #0x10]
;;     mov x29, sp
;;     ldp x20, x19, [x0, #0x30]
;; L1:
;;     mov x0, x19
;;     blr x20
;;     mov w1, w0
;;     cbnz w0, L1
;;     mov x0, x19
;;     mov w1, #1
;;     blr x20
;;     ldp x20, x19, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x20
;;     ret
;; clamp:
;;   define hidden noundef i32 @f7(ptr noundef nonnull align 16 dereferenceable(80) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = icmp slt i32 %1, %2
;;     br i1 %4, label %5, label %7
;;   5:
;;     %6 = add i32 %2, 3
;;     br label %7
;;   7:
;;     %.0 = phi i32 [ %6, %5 ], [ %1, %3 ]
;;     ret i32 %.0
;;   }
;;   ; ----
;;     cmp w1, w2
;;     add w8, w2, #3
;;     csel w0, w1, w8, ge
;;     ret
