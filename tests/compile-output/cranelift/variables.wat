;; Locals, and globals of the module and imported.
(module
  (import "host" "g" (global $imported (mut i32)))
  (global $own (mut i64) (i64.const 5))
  (global $constant i32 (i32.const 42))
  (func $zeros (result i32) (local i32 i64 f32 f64 v128) (local.get 0))
  (func $imported (result i32)
    (global.set $imported (i32.add (global.get $imported) (i32.const 1)))
    (global.get $imported))
  (func $own (global.set $own (i64.add (global.get $own) (i64.const 1))))
  (func $constant (result i32) (global.get $constant)))

;; ---- x86_64
;; zeros:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     uninit  %rax
;;     xorl %eax, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; imported:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x50(%rdi), %rsi
;;     movl (%rsi), %edi
;;     leal 1(%rdi), %eax
;;     movl %eax, (%rsi)
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; own:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     addq $0x1, 0x30(%rdi)
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; constant:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movl $0x2a, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq


;; ---- aarch64
;; zeros:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     movz w0, #0
;;     ldp fp, lr, [sp], #16
;;     ret
;; imported:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x4, [x0, #80]
;;     ldr w5, [x4]
;;     add w0, w5, #1
;;     str w0, [x4]
;;     ldp fp, lr, [sp], #16
;;     ret
;; own:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x3, [x0, #48]
;;     add x3, x3, #1
;;     str x3, [x0, #48]
;;     ldp fp, lr, [sp], #16
;;     ret
;; constant:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     movz w0, #42
;;     ldp fp, lr, [sp], #16
;;     ret
