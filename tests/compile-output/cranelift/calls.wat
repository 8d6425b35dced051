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
;;     movq %r12, 8(%rsp)
;;   block0:
;;     movq %rsi, %r12
;;     movl %edx, %edx
;;     uninit  %rax
;;     xorq %rax, %rax
;;     movq 0x30(%rdi), %rcx
;;     leaq (%rcx, %rdx, 8), %rcx
;;     cmpq $0xa, %rdx
;;     cmovaeq %rax, %rcx
;;     movq (%rcx), %rax
;;     testq %rax, %rax
;;     jnz     label1; j label2
;;   block1:
;;     movq %rdi, %rbx
;;     jmp     label3
;;   block3:
;;     movl 0xf(%rax), %ecx
;;     movq 0x10(%rbx), %rdx
;;     cmpl (%rdx), %ecx
;;     jnz #trap=user6
;;     movq -1(%rax), %rcx
;;     movq 7(%rax), %rdi
;;     movq %r12, %rsi
;;     call    *%rcx
;;     movq (%rsp), %rbx
;;     movq 8(%rsp), %r12
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
;; through_growing_table:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x10, %rsp
;;     movq %rbx, (%rsp)
;;     movq %r12, 8(%rsp)
;;   block0:
;;     movq %rsi, %r12
;;     movq 0x48(%rdi), %rax
;;     movq 0x40(%rdi), %rsi
;;     movl %edx, %edx
;;     uninit  %rcx
;;     xorq %rcx, %rcx
;;     leaq (%rsi, %rdx, 8), %rsi
;;     cmpq %rax, %rdx
;;     cmovaeq %rcx, %rsi
;;     movq (%rsi), %rax
;;     testq %rax, %rax
;;     jnz     label1; j label2
;;   block1:
;;     movq %rdi, %rbx
;;     jmp     label3
;;   block3:
;;     movl 0xf(%rax), %ecx
;;     movq 0x10(%rbx), %rdx
;;     cmpl (%rdx), %ecx
;;     jnz #trap=user6
;;     movq -1(%rax), %rcx
;;     movq 7(%rax), %rdi
;;     movq %r12, %rsi
;;     call    *%rcx
;;     movq (%rsp), %rbx
;;     movq 8(%rsp), %r12
;;     addq $0x10, %rsp
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     movq 8(%rdi), %rax
;;     movq %rdi, %rbx
;;     movq 0x68(%rax), %rax
;;     movl $0x1, %esi
;;     call    *%rax
;;     orq $0x1, %rax
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
;;     stp x19, x23, [sp, #-16]!
;;   block0:
;;     mov x23, x1
;;     mov w2, w2
;;     movz x1, #0
;;     ldr x3, [x0, #48]
;;     add x3, x3, x2, LSL 3
;;     subs xzr, x2, #10
;;     csel x1, x1, x3, hs
;;     ldr x10, [x1]
;;     cbnz x10, label1 ; b label2
;;   block1:
;;     mov x19, x0
;;     b label3
;;   block3:
;;     ldur w0, [x10, #15]
;;     ldr x1, [x19, #16]
;;     ldr w1, [x1]
;;     subs wzr, w0, w1
;;     b.ne #trap=user6
;;     ldur x2, [x10, #-1]
;;     ldur x0, [x10, #7]
;;     mov x1, x23
;;     blr x2
;;     ldp x19, x23, [sp], #16
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     ldr x1, [x0, #8]
;;     mov x19, x0
;;     ldr x3, [x1, #104]
;;     movz w1, #0
;;     blr x3
;;     orr x10, x0, #1
;;     b label3
;; through_growing_table:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;     stp x19, x24, [sp, #-16]!
;;   block0:
;;     mov x24, x1
;;     ldr x1, [x0, #72]
;;     ldr x3, [x0, #64]
;;     mov w2, w2
;;     movz x4, #0
;;     add x3, x3, x2, LSL 3
;;     subs xzr, x2, x1
;;     csel x1, x4, x3, hs
;;     ldr x11, [x1]
;;     cbnz x11, label1 ; b label2
;;   block1:
;;     mov x19, x0
;;     b label3
;;   block3:
;;     ldur w0, [x11, #15]
;;     ldr x1, [x19, #16]
;;     ldr w1, [x1]
;;     subs wzr, w0, w1
;;     b.ne #trap=user6
;;     ldur x2, [x11, #-1]
;;     ldur x0, [x11, #7]
;;     mov x1, x24
;;     blr x2
;;     ldp x19, x24, [sp], #16
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     ldr x1, [x0, #8]
;;     mov x19, x0
;;     ldr x3, [x1, #104]
;;     movz w1, #1
;;     blr x3
;;     orr x11, x0, #1
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
