;; Explicit bounds checks by branches, as without mitigations of speculation.
;; with moving memories
;; with no-spectre
(module
  (memory 1)
  (table $t 10 funcref)
  (func $load (param $i i32) (result i32) (i32.load offset=16 (local.get $i)))
  (func $call (param $i i32) (call_indirect $t (local.get $i))))

;; ---- x86_64
;; load:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movl %esi, %esi
;;     cmpq 0x38(%rdi), %rsi
;;     jnbe #trap=heap_oob
;;     movq 0x30(%rdi), %rdi
;;     movl 0x10(%rdi, %rsi), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; call:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x10, %rsp
;;     movq %rbx, (%rsp)
;;   block0:
;;     movl %esi, %edx
;;     cmpq 0x48(%rdi), %rdx
;;     jnb #trap=user4
;;     movq 0x40(%rdi), %rax
;;     movq (%rax, %rdx, 8), %rax
;;     testq %rax, %rax
;;     jnz     label1; j label2
;;   block1:
;;     movq %rdi, %rbx
;;     jmp     label3
;;   block3:
;;     movl 0xf(%rax), %ecx
;;     movq 0x10(%rbx), %rdx
;;     cmpl 8(%rdx), %ecx
;;     jnz #trap=user6
;;     movq -1(%rax), %rcx
;;     movq 7(%rax), %rdi
;;     call    *%rcx
;;     movq (%rsp), %rbx
;;     addq $0x10, %rsp
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     movq 8(%rdi), %rax
;;     movq %rdi, %rbx
;;     movq 0x68(%rax), %rax
;;     uninit  %rsi
;;     xorl %esi, %esi
;;     call    *%rax
;;     orq $0x1, %rax
;;     jmp     label3


;; ---- aarch64
;; load:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x7, [x0, #56]
;;     mov w8, w1
;;     subs xzr, x8, x7
;;     b.hi #trap=heap_oob
;;     ldr x9, [x0, #48]
;;     add x9, x9, x1, UXTW
;;     ldr w0, [x9, #16]
;;     ldp fp, lr, [sp], #16
;;     ret
;; call:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;     str x19, [sp, #-16]!
;;   block0:
;;     ldr x3, [x0, #72]
;;     mov w2, w1
;;     subs xzr, x2, x3
;;     b.hs #trap=user4
;;     ldr x3, [x0, #64]
;;     ldr x8, [x3, w1, UXTW #3]
;;     cbnz x8, label1 ; b label2
;;   block1:
;;     mov x19, x0
;;     b label3
;;   block3:
;;     ldur w0, [x8, #15]
;;     ldr x1, [x19, #16]
;;     ldr w1, [x1, #8]
;;     subs wzr, w0, w1
;;     b.ne #trap=user6
;;     ldur x1, [x8, #-1]
;;     ldur x0, [x8, #7]
;;     blr x1
;;     ldr x19, [sp], #16
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     ldr x1, [x0, #8]
;;     mov x19, x0
;;     ldr x3, [x1, #104]
;;     movz w1, #0
;;     blr x3
;;     orr x8, x0, #1
;;     b label3
