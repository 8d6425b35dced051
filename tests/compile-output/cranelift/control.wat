;; Blocks, loops, branches, tables of branches, several results.
(module
  (func $if_without_else (param $x i32) (result i32)
    (if (i32.lt_s (local.get $x) (i32.const 0)) (then (local.set $x (i32.const 0))))
    (local.get $x))
  (func $if_with_else (param $x i32) (result i32)
    (if (result i32) (local.get $x) (then (i32.const 10)) (else (i32.const 20))))
  (func $sum_to (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func $switch (param $x i32) (result i32)
    (block $default
      (block $one
        (block $zero (br_table $zero $one $default (local.get $x)))
        (return (i32.const 100)))
      (return (i32.const 101)))
    (i32.const 102))
  (func $switch_with_values (param $x i32) (result i32)
    (block $b (result i32)
      (block $a (result i32) (br_table $a $b $a (i32.const 7) (local.get $x)))
      (i32.add (i32.const 1))))
  (func $loop_with_parameters (param $n i64) (result i64)
    (i64.const 1)
    (local.get $n)
    (loop $again (param i64 i64) (result i64)
      (local.set $n)
      (i64.mul (local.get $n))
      (local.get $n)
      (i64.const 1)
      (i64.sub)
      (local.tee $n)
      (br_if $again (i64.ne (local.get $n) (i64.const 0)))
      (drop)))
  (func $select (param $x i64) (param $y i64) (result i64)
    (select (local.get $x) (local.get $y) (i64.lt_u (local.get $x) (local.get $y))))
  (func $stop (unreachable)))

;; ---- x86_64
;; if_without_else:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testl %esi, %esi
;;     jl      label2; j label1
;;   block1:
;;     movq %rsi, %rax
;;     jmp     label3
;;   block2:
;;     uninit  %rax
;;     xorl %eax, %eax
;;     jmp     label3
;;   block3:
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; if_with_else:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testl %esi, %esi
;;     jnz     label2; j label1
;;   block1:
;;     movl $0x14, %eax
;;     jmp     label3
;;   block2:
;;     movl $0xa, %eax
;;     jmp     label3
;;   block3:
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; sum_to:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     uninit  %rax
;;     xorl %eax, %eax
;;     jmp     label1
;;   block1:
;;     movq %rsi, %r8
;;     subl $0x1, %r8d
;;     leal (%rax, %rsi), %eax
;;     testl %r8d, %r8d
;;     jnz     label2; j label3
;;   block2:
;;     movq %r8, %rsi
;;     jmp     label1
;;   block3:
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; switch:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movl $0x2, %edi
;;     movl %esi, %r8d
;;     cmpl %edi, %r8d
;;     cmovbl %r8d, %edi
;;     br_table %rdi, %rcx, %rax
;;   block1:
;;     movl $0x65, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     movl $0x64, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block3:
;;     movl $0x66, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; switch_with_values:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movl $0x2, %edi
;;     movl %esi, %r8d
;;     cmpl %edi, %r8d
;;     cmovbl %r8d, %edi
;;     br_table %rdi, %rcx, %rax
;;   block1:
;;     jmp     label4
;;   block2:
;;     jmp     label4
;;   block3:
;;     movl $0x7, %eax
;;     jmp     label6
;;   block4:
;;     jmp     label5
;;   block5:
;;     movl $0x8, %eax
;;     jmp     label6
;;   block6:
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; loop_with_parameters:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movl $0x1, %eax
;;     jmp     label1
;;   block1:
;;     movq %rsi, %rdi
;;     subq $0x1, %rdi
;;     imulq %rsi, %rax
;;     testq %rdi, %rdi
;;     jnz     label2; j label3
;;   block2:
;;     movq %rdi, %rsi
;;     jmp     label1
;;   block3:
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; select:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     cmpq %rsi, %rdx
;;     movq %rsi, %rax
;;     cmovbq %rdx, %rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; stop:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     ud2


;; ---- aarch64
;; if_without_else:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     subs wzr, w1, #0
;;     b.lt label2 ; b label1
;;   block1:
;;     mov x0, x1
;;     b label3
;;   block2:
;;     movz w0, #0
;;     b label3
;;   block3:
;;     ldp fp, lr, [sp], #16
;;     ret
;; if_with_else:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     cbnz w1, label2 ; b label1
;;   block1:
;;     movz w0, #20
;;     b label3
;;   block2:
;;     movz w0, #10
;;     b label3
;;   block3:
;;     ldp fp, lr, [sp], #16
;;     ret
;; sum_to:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     movz w0, #0
;;     b label1
;;   block1:
;;     sub w7, w1, #1
;;     add w0, w0, w1
;;     cbnz w7, label2 ; b label3
;;   block2:
;;     mov x1, x7
;;     b label1
;;   block3:
;;     ldp fp, lr, [sp], #16
;;     ret
;; switch:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     emit_island 44
;;     subs wzr, w1, #2
;;     mov x8, #2 ; csel x8, x1, x8, lo ; csdb ; adr x7, pc+16 ; ldrsw x8, [x7, x8, uxtw #2] ; add x7, x7, x8 ; br x7 ; jt_entries [MachLabel(2), MachLabel(1)] ; default label3
;;   block1:
;;     movz w0, #101
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     movz w0, #100
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block3:
;;     movz w0, #102
;;     ldp fp, lr, [sp], #16
;;     ret
;; switch_with_values:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     emit_island 44
;;     subs wzr, w1, #2
;;     mov x8, #2 ; csel x8, x1, x8, lo ; csdb ; adr x7, pc+16 ; ldrsw x8, [x7, x8, uxtw #2] ; add x7, x7, x8 ; br x7 ; jt_entries [MachLabel(2), MachLabel(3)] ; default label1
;;   block1:
;;     b label4
;;   block2:
;;     b label4
;;   block3:
;;     movz w0, #7
;;     b label6
;;   block4:
;;     b label5
;;   block5:
;;     movz w0, #8
;;     b label6
;;   block6:
;;     ldp fp, lr, [sp], #16
;;     ret
;; loop_with_parameters:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     movz x0, #1
;;     b label1
;;   block1:
;;     sub x7, x1, #1
;;     madd x0, x0, x1, xzr
;;     cbnz x7, label2 ; b label3
;;   block2:
;;     mov x1, x7
;;     b label1
;;   block3:
;;     ldp fp, lr, [sp], #16
;;     ret
;; select:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     subs xzr, x1, x2
;;     csel x0, x1, x2, lo
;;     ldp fp, lr, [sp], #16
;;     ret
;; stop:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     udf #0xc11f
