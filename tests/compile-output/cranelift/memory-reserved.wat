;; Loads and stores of a memory whose address space is reserved: no checks, except past the guard.
(module
  (memory 1)
  (func $loads (param $i i32) (result i32)
    (i32.add
      (i32.load offset=16 (local.get $i))
      (i32.add (i32.load8_s (local.get $i)) (i32.load16_u offset=2 (local.get $i)))))
  (func $store (param $i i32) (param $v f64)
    (f64.store offset=8 (local.get $i) (local.get $v)))
  (func $constant_address (result i64) (i64.load offset=8 (i32.const 1024)))
  (func $past_the_guard (param $i i32) (result i32) (i32.load offset=0xc0000000 (local.get $i)))
  (func $always_outside (param $i i32) (result i32) (i32.load offset=0xfffffffd (local.get $i)))
  (func $size_and_grow (result i32) (i32.add (memory.size) (memory.grow (i32.const 1)))))

;; ---- x86_64
;; loads:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x30(%rdi), %r9
;;     movl %esi, %r11d
;;     movl 0x10(%r9, %r11), %r10d
;;     movsbq (%r9, %r11), %rax
;;     movzwq 2(%r9, %r11), %r9
;;     leal (%rax, %r9), %r9d
;;     leal (%r10, %r9), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; store:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq %rsi, %r8
;;     movq 0x30(%rdi), %rsi
;;     movq %r8, %rdi
;;     movl %edi, %edi
;;     vmovsd %xmm0, 8(%rsi, %rdi)
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; constant_address:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x30(%rdi), %rsi
;;     movq 0x408(%rsi), %rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; past_the_guard:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movl %esi, %r11d
;;     uninit  %r10
;;     xorq %r10, %r10
;;     movq %r11, %rax
;;     addq 0x30(%rdi), %rax
;;     movl $0xc0000000, %ecx
;;     leaq (%rax, %rcx), %r9
;;     cmpq (%rip), %r11
;;     cmovaq %r10, %r9
;;     movl (%r9), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; always_outside:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     ud2
;; size_and_grow:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x10, %rsp
;;     movq %rbx, (%rsp)
;;   block0:
;;     movq 0x38(%rdi), %rbx
;;     movq 8(%rdi), %r10
;;     movq (%r10), %r10
;;     uninit  %rsi
;;     xorl %esi, %esi
;;     movl $0x1, %edx
;;     call    *%r10
;;     shrq $0x10, %rbx
;;     leal (%rbx, %rax), %eax
;;     movq (%rsp), %rbx
;;     addq $0x10, %rsp
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq


;; ---- aarch64
;; loads:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x10, [x0, #48]
;;     add x11, x10, x1, UXTW
;;     ldr w9, [x11, #16]
;;     ldrsb x10, [x10, w1, UXTW]
;;     ldrh w11, [x11, #2]
;;     add w10, w10, w11
;;     add w0, w9, w10
;;     ldp fp, lr, [sp], #16
;;     ret
;; store:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x6, [x0, #48]
;;     add x6, x6, x1, UXTW
;;     ldr d6, [x6, #8]
;;     str d0, [x6, #8]
;;     ldp fp, lr, [sp], #16
;;     ret
;; constant_address:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x3, [x0, #48]
;;     ldr x0, [x3, #1032]
;;     ldp fp, lr, [sp], #16
;;     ret
;; past_the_guard:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     mov w12, w1
;;     movz w13, #65532
;;     movk w13, w13, #49151, LSL #16
;;     movz x14, #0
;;     ldr x15, [x0, #48]
;;     add x15, x15, x1, UXTW
;;     movz x0, #49152, LSL #16
;;     add x15, x15, x0
;;     subs xzr, x12, x13
;;     csel x13, x14, x15, hi
;;     ldr w0, [x13]
;;     ldp fp, lr, [sp], #16
;;     ret
;; always_outside:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     udf #0xc11f
;; size_and_grow:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;     str x19, [sp, #-16]!
;;   block0:
;;     ldr x19, [x0, #56]
;;     ldr x9, [x0, #8]
;;     ldr x9, [x9]
;;     movz w1, #0
;;     movz x2, #1
;;     blr x9
;;     lsr x9, x19, #16
;;     add w0, w9, w0
;;     ldr x19, [sp], #16
;;     ldp fp, lr, [sp], #16
;;     ret
