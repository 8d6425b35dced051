;; Calls of functions of the module through its table of entry points.
;; with slots
(module
  (func $add_one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $call (param i32) (result i32) (call $add_one (local.get 0))))

;; ---- x86_64
;; add_one:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     leal 1(%rsi), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; call:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x18(%rdi), %r8
;;     movq (%r8), %r8
;;     call    *%r8
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq


;; ---- aarch64
;; add_one:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     add w0, w1, #1
;;     ldp fp, lr, [sp], #16
;;     ret
;; call:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x5, [x0, #24]
;;     ldr x5, [x5]
;;     blr x5
;;     ldp fp, lr, [sp], #16
;;     ret
