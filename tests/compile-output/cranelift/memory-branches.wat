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
;;   block0:
;;     movl %esi, %ecx
;;     cmpq 0x48(%rdi), %rcx
;;     jnb #trap=user4
;;     movq 0x40(%rdi), %rdx
;;     movq %rcx, %rsi
;;     shlq $0x5, %rsi
;;     leaq (%rdx, %rsi), %rax
;;     movl 0x18(%rdx, %rsi), %edx
;;     movq 0x10(%rdi), %rsi
;;     movl 8(%rsi), %esi
;;     cmpl %esi, %edx
;;     jnz     label2; j label1
;;   block1:
;;     jmp     label3
;;   block3:
;;     movq 8(%rax), %rcx
;;     movq 0x10(%rax), %rdi
;;     call    *%rcx
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     movq 8(%rdi), %rax
;;     movq 0x70(%rax), %rax
;;     uninit  %rsi
;;     xorl %esi, %esi
;;     movl $0x2, %edx
;;     call    *%rax
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
;;   block0:
;;     mov x2, x1
;;     ldr x1, [x0, #72]
;;     mov w3, w2
;;     subs xzr, x3, x1
;;     b.hs #trap=user4
;;     ldr x1, [x0, #64]
;;     mov x5, x0
;;     add x0, x1, x3, LSL 5
;;     ldr w1, [x0, #24]
;;     mov x2, x5
;;     ldr x4, [x2, #16]
;;     ldr w2, [x4, #8]
;;     subs wzr, w1, w2
;;     b.ne label2 ; b label1
;;   block1:
;;     b label3
;;   block3:
;;     ldr x1, [x0, #8]
;;     ldr x0, [x0, #16]
;;     blr x1
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     mov x0, x5
;;     ldr x1, [x0, #8]
;;     ldr x4, [x1, #112]
;;     movz w1, #0
;;     movz w2, #2
;;     blr x4
;;     b label3
