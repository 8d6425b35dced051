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
    (call $f (i32.const 1))))

;; ---- x86_64
;; if_unlikely:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testl %esi, %esi
;;     jnz     label2; j label1
;;   block1:
;;     movl $0x3, %eax
;;     jmp     label3
;;   block3:
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     movq 0x30(%rdi), %r10
;;     movq 0x38(%rdi), %rdi
;;     call    *%r10
;;     jmp     label3
;; if_likely:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testl %esi, %esi
;;     jnz     label2; j label1
;;   block2:
;;     movl $0x3, %eax
;;     jmp     label3
;;   block3:
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block1:
;;     movq 0x30(%rdi), %r9
;;     movq 0x38(%rdi), %rdi
;;     call    *%r9
;;     jmp     label3
;; without_else:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testl %esi, %esi
;;     jnz     label2; j label1
;;   block1:
;;     movq %rdx, %rax
;;     jmp     label3
;;   block3:
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     movq 0x30(%rdi), %r10
;;     movq 0x38(%rdi), %rdi
;;     movq %rdx, %rsi
;;     call    *%r10
;;     jmp     label3
;; skip:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x10, %rsp
;;     movq %rbx, (%rsp)
;;     movq %r14, 8(%rsp)
;;   block0:
;;     testl %esi, %esi
;;     jnz     label1; j label2
;;   block1:
;;     movq %rdx, %rax
;;     jmp     label6
;;   block6:
;;     movq (%rsp), %rbx
;;     movq 8(%rsp), %r14
;;     addq $0x10, %rsp
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     testl %edx, %edx
;;     movq %rdx, %r14
;;     jnz     label4; j label3
;;   block3:
;;     jmp     label5
;;   block4:
;;     movq 0x30(%rdi), %rax
;;     movq %rdi, %rcx
;;     movq 0x38(%rcx), %rdi
;;     movq %rcx, %rbx
;;     movl $0x1, %esi
;;     call    *%rax
;;     movq %rbx, %rdi
;;     movq %rax, %r14
;;     jmp     label5
;;   block5:
;;     movq 0x30(%rdi), %rax
;;     movq 0x38(%rdi), %rdi
;;     movl $0x2, %esi
;;     call    *%rax
;;     movq %r14, %rax
;;     jmp     label6
;; error:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testl %esi, %esi
;;     jnz     label1; j label2
;;   block2:
;;     testl %edx, %edx
;;     jnz     label3; j label4
;;   block4:
;;     uninit  %rax
;;     xorl %eax, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block1:
;;     jmp     label5
;;   block3:
;;     jmp     label5
;;   block5:
;;     movq 0x30(%rdi), %rax
;;     movq 0x38(%rdi), %rdi
;;     call    *%rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; sometimes:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testl %esi, %esi
;;     jnz     label1; j label2
;;   block1:
;;     jmp     label5
;;   block2:
;;     testl %edx, %edx
;;     jnz     label3; j label4
;;   block3:
;;     jmp     label5
;;   block4:
;;     uninit  %rax
;;     xorl %eax, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block5:
;;     movq 0x30(%rdi), %rax
;;     movq 0x38(%rdi), %rdi
;;     call    *%rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; loop:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x10, %rsp
;;     movq %r12, (%rsp)
;;     movq %r13, 8(%rsp)
;;   block0:
;;     movq 0x30(%rdi), %r13
;;     movq 0x38(%rdi), %r12
;;     jmp     label1
;;   block1:
;;     movq %r12, %rdi
;;     call    *%r13
;;     testl %eax, %eax
;;     jnz     label2; j label3
;;   block2:
;;     movq %rax, %rsi
;;     jmp     label1
;;   block3:
;;     movl $0x1, %esi
;;     movq %r12, %rdi
;;     call    *%r13
;;     movq (%rsp), %r12
;;     movq 8(%rsp), %r13
;;     addq $0x10, %rsp
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq


;; ---- aarch64
;; if_unlikely:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     cbnz w1, label2 ; b label1
;;   block1:
;;     movz w0, #3
;;     b label3
;;   block3:
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     ldr x9, [x0, #48]
;;     ldr x0, [x0, #56]
;;     blr x9
;;     b label3
;; if_likely:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     cbnz w1, label2 ; b label1
;;   block2:
;;     movz w0, #3
;;     b label3
;;   block3:
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block1:
;;     ldr x8, [x0, #48]
;;     ldr x0, [x0, #56]
;;     blr x8
;;     b label3
;; without_else:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     cbnz w1, label2 ; b label1
;;   block1:
;;     mov x0, x2
;;     b label3
;;   block3:
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     ldr x9, [x0, #48]
;;     ldr x0, [x0, #56]
;;     mov x1, x2
;;     blr x9
;;     b label3
;; skip:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;     str x19, [sp, #-16]!
;;   block0:
;;     cbnz w1, label1 ; b label2
;;   block1:
;;     mov x0, x2
;;     b label6
;;   block6:
;;     ldr x19, [sp], #16
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     cbnz w2, label4 ; b label3
;;   block3:
;;     mov x19, x2
;;     b label5
;;   block4:
;;     ldr x3, [x0, #48]
;;     mov x2, x0
;;     ldr x0, [x2, #56]
;;     mov x19, x2
;;     movz w1, #1
;;     blr x3
;;     mov x1, x0
;;     mov x0, x19
;;     mov x19, x1
;;     b label5
;;   block5:
;;     ldr x2, [x0, #48]
;;     ldr x0, [x0, #56]
;;     movz w1, #2
;;     blr x2
;;     mov x0, x19
;;     b label6
;; error:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     cbnz w1, label1 ; b label2
;;   block2:
;;     cbnz w2, label3 ; b label4
;;   block4:
;;     movz w0, #0
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block1:
;;     b label5
;;   block3:
;;     b label5
;;   block5:
;;     ldr x12, [x0, #48]
;;     ldr x0, [x0, #56]
;;     blr x12
;;     ldp fp, lr, [sp], #16
;;     ret
;; sometimes:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     cbnz w1, label1 ; b label2
;;   block1:
;;     b label5
;;   block2:
;;     cbnz w2, label3 ; b label4
;;   block3:
;;     b label5
;;   block4:
;;     movz w0, #0
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block5:
;;     ldr x12, [x0, #48]
;;     ldr x0, [x0, #56]
;;     blr x12
;;     ldp fp, lr, [sp], #16
;;     ret
;; loop:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;     stp x19, x20, [sp, #-16]!
;;   block0:
;;     ldr x19, [x0, #48]
;;     ldr x20, [x0, #56]
;;     b label1
;;   block1:
;;     mov x0, x20
;;     blr x19
;;     cbnz w0, label2 ; b label3
;;   block2:
;;     mov x1, x0
;;     b label1
;;   block3:
;;     movz w1, #1
;;     mov x0, x20
;;     blr x19
;;     ldp x19, x20, [sp], #16
;;     ldp fp, lr, [sp], #16
;;     ret
