;; Elements of tables, and references.
(module
  (import "host" "f" (func $imported))
  (table $functions 4 funcref)
  (table $externs i64 4 externref)
  (elem declare func $imported $own)
  (func $own)
  (func $get (param i32) (result funcref) (table.get $functions (local.get 0)))
  (func $set (param i32 funcref) (table.set $functions (local.get 0) (local.get 1)))
  (func $get_extern (param i64) (result externref) (table.get $externs (local.get 0)))
  (func $size (result i32) (table.size $functions))
  (func $is_null (param externref) (result i32) (ref.is_null (local.get 0)))
  (func $ref_imported (result funcref) (ref.func $imported))
  (func $ref_own (result funcref) (ref.func $own)))

;; ---- x86_64
;; own:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; get:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x38(%rdi), %rax
;;     movq 0x30(%rdi), %r8
;;     movl %esi, %edx
;;     uninit  %rcx
;;     xorq %rcx, %rcx
;;     movq %rdx, %rsi
;;     shlq $0x5, %rsi
;;     leaq (%r8, %rsi), %rsi
;;     cmpq %rax, %rdx
;;     cmovaeq %rcx, %rsi
;;     movq (%rsi), %rax
;;     testq %rax, %rax
;;     jnz     label1; j label2
;;   block1:
;;     jmp     label3
;;   block3:
;;     andq $0xfffffffffffffffe, %rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;;   block2:
;;     movq 8(%rdi), %rax
;;     movq 0x68(%rax), %rax
;;     uninit  %rsi
;;     xorl %esi, %esi
;;     call    *%rax
;;     orq $0x1, %rax
;;     jmp     label3
;; set:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x38(%rdi), %rax
;;     movq 0x30(%rdi), %rcx
;;     orq $0x1, %rdx
;;     movl %esi, %edi
;;     uninit  %rsi
;;     xorq %rsi, %rsi
;;     movq %rdi, %r8
;;     shlq $0x5, %r8
;;     leaq (%rcx, %r8), %r11
;;     cmpq %rax, %rdi
;;     cmovaeq %rsi, %r11
;;     movq %rdx, (%r11)
;;     movl $0x0, 0x18(%r11)
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; get_extern:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x48(%rdi), %r10
;;     uninit  %r9
;;     xorq %r9, %r9
;;     movq %rsi, %r8
;;     shlq $0x3, %r8
;;     addq 0x40(%rdi), %r8
;;     cmpq %r10, %rsi
;;     cmovaeq %r9, %r8
;;     movq (%r8), %rax
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
;; is_null:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testq %rsi, %rsi
;;     sete %sil
;;     movzbl %sil, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; ref_imported:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x60(%rdi), %rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; ref_own:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 8(%rdi), %rsi
;;     movq 0x78(%rsi), %r8
;;     movl $0x1, %esi
;;     call    *%r8
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq


;; ---- aarch64
;; own:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldp fp, lr, [sp], #16
;;     ret
;; get:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x5, [x0, #56]
;;     ldr x3, [x0, #48]
;;     mov w2, w1
;;     movz x4, #0
;;     add x1, x3, x2, LSL 5
;;     subs xzr, x2, x5
;;     csel x1, x4, x1, hs
;;     ldr x10, [x1]
;;     cbnz x10, label1 ; b label2
;;   block1:
;;     b label3
;;   block3:
;;     and x0, x10, #18446744073709551614
;;     ldp fp, lr, [sp], #16
;;     ret
;;   block2:
;;     ldr x1, [x0, #8]
;;     ldr x3, [x1, #104]
;;     movz w1, #0
;;     blr x3
;;     orr x10, x0, #1
;;     b label3
;; set:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x11, [x0, #56]
;;     ldr x13, [x0, #48]
;;     orr x12, x2, #1
;;     mov w14, w1
;;     movz x15, #0
;;     add x13, x13, x14, LSL 5
;;     subs xzr, x14, x11
;;     csel x13, x15, x13, hs
;;     str x12, [x13]
;;     movz w14, #0
;;     str w14, [x13, #24]
;;     ldp fp, lr, [sp], #16
;;     ret
;; get_extern:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x8, [x0, #72]
;;     ldr x10, [x0, #64]
;;     movz x9, #0
;;     add x10, x10, x1, LSL 3
;;     subs xzr, x1, x8
;;     csel x9, x9, x10, hs
;;     ldr x0, [x9]
;;     ldp fp, lr, [sp], #16
;;     ret
;; size:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x0, [x0, #56]
;;     ldp fp, lr, [sp], #16
;;     ret
;; is_null:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     subs xzr, x1, #0
;;     cset x4, eq
;;     uxtb w0, w4
;;     ldp fp, lr, [sp], #16
;;     ret
;; ref_imported:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x0, [x0, #96]
;;     ldp fp, lr, [sp], #16
;;     ret
;; ref_own:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x5, [x0, #8]
;;     ldr x5, [x5, #120]
;;     movz w1, #1
;;     blr x5
;;     ldp fp, lr, [sp], #16
;;     ret
