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
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x40(%rdi), %r8
;;     cmpq $0x3, %r8
;;     jb      label2; j label1
;;   block1:
;;     jmp     label3
;;   block3:
;;     leaq -3(%r8), %r8
;;     movq %r8, 0x40(%rdi)
;;     uninit  %rax
;;     xorl %eax, %eax
;;     movq 0x30(%rdi), %rcx
;;     jmp     label4
;;   block4:
;;     cmpq $0xc, %r8
;;     jb      label6; j label5
;;   block5:
;;     jmp     label7
;;   block7:
;;     leaq -0xc(%r8), %r9
;;     movq %r9, 0x40(%rdi)
;;     movl %esi, %r10d
;;     movl (%rcx, %r10), %r10d
;;     leal 4(%rsi), %esi
;;     leal (%rax, %r10), %eax
;;     cmpl %edx, %esi
;;     jb      label8; j label9
;;   block8:
;;     movq %r9, %r8
;;     jmp     label4
;;   block9:
;;     cmpq $0xc, %r8
;;     jz      label11; j label10
;;   block10:
;;     jmp     label12
;;   block12:
;;     leaq -1(%r9), %rcx
;;     movq %rcx, 0x40(%rdi)
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     movl $0x1, 0x50(%rdi)
;;     testq %rdi, %rdi
;;     jnz #trap=user10
;;     movq %rdi, %r8
;;     jmp     label3
;;   block6:
;;     movl $0x1, 0x50(%rdi)
;;     testq %rdi, %rdi
;;     jnz #trap=user10
;;     movq %rdi, %r8
;;     jmp     label7
;;   block11:
;;     movl $0x1, 0x50(%rdi)
;;     testq %rdi, %rdi
;;     jnz #trap=user10
;;     movq %rdi, %r9
;;     jmp     label12
;; calls:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x20, %rsp
;;     movq %rbx, (%rsp)
;;     movq %r12, 8(%rsp)
;;     movq %r13, 0x10(%rsp)
;;   block0:
;;     movq 0x40(%rdi), %rdx
;;     testq %rdx, %rdx
;;     jz      label2; j label1
;;   block1:
;;     jmp     label3
;;   block3:
;;     leaq -1(%rdx), %rax
;;     movq %rax, 0x40(%rdi)
;;     movq 0x60(%rdi), %rbx
;;     movq 0x68(%rdi), %r12
;;     movq %rdi, %r13
;;     movq %r12, %rdi
;;     call    *%rbx
;;     movq 0x40(%r13), %rax
;;     cmpq $0x2, %rax
;;     jb      label5; j label4
;;   block4:
;;     jmp     label6
;;   block6:
;;     leaq -2(%rax), %rax
;;     movq %rax, 0x40(%r13)
;;     movq %r12, %rdi
;;     call    *%rbx
;;     movq 0x40(%r13), %rax
;;     movq (%rsp), %rbx
;;     movq 8(%rsp), %r12
;;     movq 0x10(%rsp), %r13
;;     addq $0x20, %rsp
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     movl $0x1, 0x50(%rdi)
;;     testq %rdi, %rdi
;;     jnz #trap=user10
;;     movq %rdi, %rdx
;;     jmp     label3
;;   block5:
;;     movl $0x1, 0x50(%r13)
;;     testq %r13, %r13
;;     jnz #trap=user10
;;     movq %r13, %rax
;;     jmp     label6


;; ---- aarch64
;; sum:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x4, [x0, #64]
;;     subs xzr, x4, #3
;;     b.lo label2 ; b label1
;;   block1:
;;     b label3
;;   block3:
;;     sub x5, x4, #3
;;     str x5, [x0, #64]
;;     movz w3, #0
;;     mov x9, x3
;;     movz w3, #1
;;     ldr x4, [x0, #48]
;;     b label4
;;   block4:
;;     subs xzr, x5, #12
;;     b.lo label6 ; b label5
;;   block5:
;;     mov x6, x0
;;     b label7
;;   block7:
;;     sub x7, x5, #12
;;     str x7, [x6, #64]
;;     ldr w8, [x4, w1, UXTW]
;;     add w1, w1, #4
;;     mov x0, x9
;;     add w0, w0, w8
;;     subs wzr, w1, w2
;;     b.lo label8 ; b label9
;;   block8:
;;     mov x9, x0
;;     mov x5, x7
;;     mov x0, x6
;;     b label4
;;   block9:
;;     subs xzr, x5, #12
;;     b.eq label11 ; b label10
;;   block10:
;;     b label12
;;   block12:
;;     sub x1, x7, #1
;;     str x1, [x6, #64]
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     movz w3, #1
;;     str w3, [x0, #80]
;;     cbnz x0, #trap=user10
;;     mov x4, x0
;;     b label3
;;   block6:
;;     mov x6, x0
;;     str w3, [x6, #80]
;;     cbnz x6, #trap=user10
;;     mov x5, x6
;;     b label7
;;   block11:
;;     str w3, [x6, #80]
;;     cbnz x6, #trap=user10
;;     mov x7, x6
;;     b label12
;; calls:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;     str x25, [sp, #-16]!
;;     stp x19, x20, [sp, #-16]!
;;   block0:
;;     ldr x2, [x0, #64]
;;     cbz x2, label2 ; b label1
;;   block1:
;;     b label3
;;   block3:
;;     sub x1, x2, #1
;;     str x1, [x0, #64]
;;     ldr x19, [x0, #96]
;;     ldr x20, [x0, #104]
;;     mov x25, x0
;;     mov x0, x20
;;     blr x19
;;     ldr x15, [x25, #64]
;;     subs xzr, x15, #2
;;     b.lo label5 ; b label4
;;   block4:
;;     b label6
;;   block6:
;;     sub x0, x15, #2
;;     str x0, [x25, #64]
;;     mov x0, x20
;;     blr x19
;;     ldr x0, [x25, #64]
;;     ldp x19, x20, [sp], #16
;;     ldr x25, [sp], #16
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     movz w14, #1
;;     str w14, [x0, #80]
;;     cbnz x0, #trap=user10
;;     mov x2, x0
;;     b label3
;;   block5:
;;     movz w0, #1
;;     str w0, [x25, #80]
;;     cbnz x25, #trap=user10
;;     mov x15, x25
;;     b label6
