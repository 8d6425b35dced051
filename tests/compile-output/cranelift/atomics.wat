;; Atomic operators on a shared memory.
(module
  (memory 1 1 shared)
  (func $load (param i32) (result i32) (i32.atomic.load8_u offset=3 (local.get 0)))
  (func $store (param i32 i64) (i64.atomic.store (local.get 0) (local.get 1)))
  (func $add (param i32 i32) (result i32) (i32.atomic.rmw.add offset=4 (local.get 0) (local.get 1)))
  (func $cmpxchg (param i32 i64 i64) (result i64)
    (i64.atomic.rmw16.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
  (func $notify (param i32) (result i32) (memory.atomic.notify offset=8 (local.get 0) (i32.const 1)))
  (func $fence (atomic.fence)))

;; ---- x86_64
;; load:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movl %esi, %eax
;;     uninit  %r11
;;     xorq %r11, %r11
;;     movq 0x30(%rdi), %rcx
;;     movq (%rcx), %rcx
;;     leaq 3(%rcx, %rax), %r10
;;     cmpq (%rip), %rax
;;     cmovaq %r11, %r10
;;     movzbq (%r10), %rax
;;     movzbl %al, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; store:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testl $0x7, %esi
;;     jnz #trap=user11
;;     movl %esi, %eax
;;     uninit  %r11
;;     xorq %r11, %r11
;;     movq 0x30(%rdi), %rcx
;;     movq %rax, %r10
;;     addq (%rcx), %r10
;;     cmpq (%rip), %rax
;;     cmovaq %r11, %r10
;;     movq %rdx, (%r10)
;;     mfence
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; add:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testl $0x3, %esi
;;     jnz #trap=user11
;;     movl %esi, %ecx
;;     uninit  %rax
;;     xorq %rax, %rax
;;     movq 0x30(%rdi), %rsi
;;     movq (%rsi), %rsi
;;     leaq 4(%rsi, %rcx), %rsi
;;     cmpq (%rip), %rcx
;;     cmovaq %rax, %rsi
;;     movq %rdx, %rax
;;     lock xaddl %eax, (%rsi)
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; cmpxchg:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testl $0x1, %esi
;;     jnz #trap=user11
;;     movl %esi, %esi
;;     uninit  %rax
;;     xorq %rax, %rax
;;     movq 0x30(%rdi), %r8
;;     movq %rsi, %rdi
;;     addq (%r8), %rdi
;;     cmpq (%rip), %rsi
;;     cmovaq %rax, %rdi
;;     movq %rdx, %rax
;;     lock cmpxchgw %cx, (%rdi) ;; implicit: %ax
;;     movzwq %ax, %rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; notify:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     testl $0x3, %esi
;;     movq %rsi, %rcx
;;     jnz #trap=user11
;;     movq 8(%rdi), %rax
;;     movq 0x28(%rax), %rax
;;     uninit  %rsi
;;     xorl %esi, %esi
;;     movl %ecx, %ecx
;;     leaq 8(%rcx), %rdx
;;     movl $0x1, %ecx
;;     call    *%rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; fence:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     mfence
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq


;; ---- aarch64
;; load:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     mov w12, w1
;;     movz w13, #65532
;;     movk w13, w13, #32768, LSL #16
;;     movz x14, #0
;;     ldr x15, [x0, #48]
;;     ldr x15, [x15]
;;     add x15, x15, x1, UXTW
;;     add x15, x15, #3
;;     subs xzr, x12, x13
;;     csel x13, x14, x15, hi
;;     ldarb w0, [x13]
;;     ldp fp, lr, [sp], #16
;;     ret
;; store:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     and w12, w1, #7
;;     cbnz w12, #trap=user11
;;     mov w13, w1
;;     movz w14, #65528
;;     movk w14, w14, #32768, LSL #16
;;     movz x15, #0
;;     ldr x0, [x0, #48]
;;     ldr x0, [x0]
;;     add x0, x0, x1, UXTW
;;     subs xzr, x13, x14
;;     csel x14, x15, x0, hi
;;     stlr x2, [x14]
;;     ldp fp, lr, [sp], #16
;;     ret
;; add:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     mov x4, x0
;;     and w14, w1, #3
;;     cbnz w14, #trap=user11
;;     mov w15, w1
;;     movz w0, #65528
;;     movk w0, w0, #32768, LSL #16
;;     movz x3, #0
;;     ldr x4, [x4, #48]
;;     ldr x4, [x4]
;;     add x1, x4, x1, UXTW
;;     add x1, x1, #4
;;     subs xzr, x15, x0
;;     csel x0, x3, x1, hi
;;     ldaddal w2, w0, [x0]
;;     ldp fp, lr, [sp], #16
;;     ret
;; cmpxchg:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     mov x6, x0
;;     and w15, w1, #1
;;     cbnz w15, #trap=user11
;;     mov w0, w1
;;     movz w4, #65534
;;     movk w4, w4, #32768, LSL #16
;;     movz x5, #0
;;     ldr x6, [x6, #48]
;;     ldr x6, [x6]
;;     add x1, x6, x1, UXTW
;;     subs xzr, x0, x4
;;     csel x0, x5, x1, hi
;;     casalh w2, w2, w3, [x0]
;;     uxth w0, w2
;;     ldp fp, lr, [sp], #16
;;     ret
;; notify:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     and w10, w1, #3
;;     mov x2, x1
;;     cbnz w10, #trap=user11
;;     ldr x11, [x0, #8]
;;     ldr x11, [x11, #40]
;;     movz w1, #0
;;     mov w12, w2
;;     add x2, x12, #8
;;     movz w3, #1
;;     blr x11
;;     ldp fp, lr, [sp], #16
;;     ret
;; fence:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     dmb ish
;;     ldp fp, lr, [sp], #16
;;     ret
