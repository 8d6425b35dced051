;; A memory with pages of one byte is checked exactly, wherever it lies.
(module
  (memory 1 (pagesize 1))
  (func $load (param $i i32) (result i32) (i32.load (local.get $i)))
  (func $size (result i32) (memory.size)))

;; ---- x86_64
;; load:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x38(%rdi), %r10
;;     movl %esi, %esi
;;     leaq 4(%rsi), %rax
;;     uninit  %r11
;;     xorq %r11, %r11
;;     addq 0x30(%rdi), %rsi
;;     cmpq %r10, %rax
;;     cmovaq %r11, %rsi
;;     movl (%rsi), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; size:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x38(%rdi), %rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq


;; ---- aarch64
;; load:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x10, [x0, #56]
;;     ldr x11, [x0, #48]
;;     mov w12, w1
;;     add x12, x12, #4
;;     movz x13, #0
;;     add x11, x11, x1, UXTW
;;     subs xzr, x12, x10
;;     csel x11, x13, x11, hi
;;     ldr w0, [x11]
;;     ldp fp, lr, [sp], #16
;;     ret
;; size:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x0, [x0, #56]
;;     ldp fp, lr, [sp], #16
;;     ret
