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
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     leal 1(%rsi), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; direct:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x10, %rsp
;;     movq %r12, (%rsp)
;;   block0:
;;     movq %rdi, %r12
;;     call    User(userextname0)
;;     movq %rax, %rsi
;;     movq %r12, %rdi
;;     call    User(userextname0)
;;     movq (%rsp), %r12
;;     addq $0x10, %rsp
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; import:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x50(%rdi), %r8
;;     movq 0x58(%rdi), %rdi
;;     movl $0x1, %esi
;;     movabsq $0x4000000000000000, %r9
;;     vmovq %r9, %xmm0
;;     call    *%r8
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; through_fixed_table:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x10, %rsp
;;     movq %rbx, (%rsp)
;;   block0:
;;     movq %rsi, %rbx
;;     movl %edx, %ecx
;;     uninit  %rdx
;;     xorq %rdx, %rdx
;;     movq 0x30(%rdi), %rax
;;     movq %rcx, %rsi
;;     shlq $0x5, %rsi
;;     leaq (%rax, %rsi), %rax
;;     cmpq $0xa, %rcx
;;     cmovaeq %rdx, %rax
;;     movl 0x18(%rax), %edx
;;     movq 0x10(%rdi), %rsi
;;     movl (%rsi), %esi
;;     cmpl %esi, %edx
;;     jnz     label2; j label1
;;   block1:
;;     jmp     label3
;;   block3:
;;     movq 8(%rax), %rcx
;;     movq 0x10(%rax), %rdi
;;     movq %rbx, %rsi
;;     call    *%rcx
;;     movq (%rsp), %rbx
;;     addq $0x10, %rsp
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     movq 8(%rdi), %rax
;;     movq 0x70(%rax), %rax
;;     uninit  %rdx
;;     xorl %edx, %edx
;;     movq %rdx, %rsi
;;     call    *%rax
;;     jmp     label3
;; through_growing_table:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x10, %rsp
;;     movq %rbx, (%rsp)
;;   block0:
;;     movq %rsi, %rbx
;;     movq 0x48(%rdi), %r8
;;     movq 0x40(%rdi), %rax
;;     movl %edx, %ecx
;;     uninit  %rsi
;;     xorq %rsi, %rsi
;;     movq %rcx, %rdx
;;     shlq $0x5, %rdx
;;     leaq (%rax, %rdx), %rax
;;     cmpq %r8, %rcx
;;     cmovaeq %rsi, %rax
;;     movl 0x18(%rax), %edx
;;     movq 0x10(%rdi), %rsi
;;     movl (%rsi), %esi
;;     cmpl %esi, %edx
;;     jnz     label2; j label1
;;   block1:
;;     jmp     label3
;;   block3:
;;     movq 8(%rax), %rcx
;;     movq 0x10(%rax), %rdi
;;     movq %rbx, %rsi
;;     call    *%rcx
;;     movq (%rsp), %rbx
;;     addq $0x10, %rsp
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     movq 8(%rdi), %rax
;;     movq 0x70(%rax), %rax
;;     movl $0x1, %esi
;;     uninit  %rdx
;;     xorl %edx, %edx
;;     call    *%rax
;;     jmp     label3
;; three:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movl %edx, (%rsi)
;;     movq $0x2, 0x10(%rsi)
;;     movabsq $0x4008000000000000, %rdi
;;     vmovq %rdi, %xmm7
;;     vmovsd %xmm7, 0x20(%rsi)
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; call_three:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x30, %rsp
;;   block0:
;;     leaq <offset:1>+(%rsp), %rsi
;;     movl $0x1, %edx
;;     call    User(userextname0)
;;     movl <offset:1>+(%rsp), %edi
;;     movq <offset:1>+0x10(%rsp), %rdi
;;     vmovsd <offset:1>+0x20(%rsp), %xmm0
;;     addq $0x30, %rsp
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
;; direct:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;     str x19, [sp, #-16]!
;;   block0:
;;     mov x19, x0
;;     bl 0
;;     mov x1, x0
;;     mov x0, x19
;;     bl 0
;;     ldr x19, [sp], #16
;;     ldp fp, lr, [sp], #16
;;     ret
;; import:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x5, [x0, #80]
;;     ldr x0, [x0, #88]
;;     movz w1, #1
;;     fmov d0, #2
;;     blr x5
;;     ldp fp, lr, [sp], #16
;;     ret
;; through_fixed_table:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;     str x21, [sp, #-16]!
;;   block0:
;;     mov x5, x0
;;     mov x21, x1
;;     mov w3, w2
;;     movz x0, #0
;;     mov x1, x5
;;     ldr x1, [x1, #48]
;;     add x1, x1, x3, LSL 5
;;     subs xzr, x3, #10
;;     csel x0, x0, x1, hs
;;     ldr w1, [x0, #24]
;;     mov x2, x5
;;     ldr x4, [x2, #16]
;;     ldr w2, [x4]
;;     subs wzr, w1, w2
;;     b.ne label2 ; b label1
;;   block1:
;;     b label3
;;   block3:
;;     ldr x2, [x0, #8]
;;     ldr x0, [x0, #16]
;;     mov x1, x21
;;     blr x2
;;     ldr x21, [sp], #16
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     mov x0, x5
;;     ldr x1, [x0, #8]
;;     ldr x4, [x1, #112]
;;     movz w2, #0
;;     mov x1, x2
;;     blr x4
;;     b label3
;; through_growing_table:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;     str x23, [sp, #-16]!
;;   block0:
;;     mov x23, x1
;;     ldr x4, [x0, #72]
;;     ldr x1, [x0, #64]
;;     mov x5, x0
;;     mov w3, w2
;;     movz x2, #0
;;     add x0, x1, x3, LSL 5
;;     subs xzr, x3, x4
;;     csel x0, x2, x0, hs
;;     ldr w1, [x0, #24]
;;     mov x2, x5
;;     ldr x4, [x2, #16]
;;     ldr w2, [x4]
;;     subs wzr, w1, w2
;;     b.ne label2 ; b label1
;;   block1:
;;     b label3
;;   block3:
;;     ldr x2, [x0, #8]
;;     ldr x0, [x0, #16]
;;     mov x1, x23
;;     blr x2
;;     ldr x23, [sp], #16
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     mov x0, x5
;;     ldr x1, [x0, #8]
;;     ldr x4, [x1, #112]
;;     movz w1, #1
;;     movz w2, #0
;;     blr x4
;;     b label3
;; three:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     str w2, [x1]
;;     movz x5, #2
;;     str x5, [x1, #16]
;;     fmov d6, #3
;;     str d6, [x1, #32]
;;     ldp fp, lr, [sp], #16
;;     ret
;; call_three:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;     sub sp, sp, #48
;;   block0:
;;     mov x1, sp
;;     movz w2, #1
;;     bl 0
;;     ldr w7, [sp]
;;     ldr x7, [sp, #16]
;;     ldr d0, [sp, #32]
;;     add sp, sp, #48
;;     ldp fp, lr, [sp], #16
;;     ret
