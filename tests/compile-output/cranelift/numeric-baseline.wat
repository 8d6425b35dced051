;; Machines without SSE4.1 and FMA call the runtime to round; the text never refers to a C library.
;; with baseline
(module
  (func $nearest (param f32) (result f32) (f32.nearest (local.get 0)))
  (func $ceil_lanes (param v128) (result v128) (f64x2.ceil (local.get 0)))
  (func $shuffle (param v128 v128) (result v128)
    (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get 0) (local.get 1)))
  (func $swizzle (param v128 v128) (result v128) (i8x16.swizzle (local.get 0) (local.get 1)))
  (func $madd (param v128 v128 v128) (result v128)
    (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2))))

;; ---- x86_64
;; nearest:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 8(%rdi), %rsi
;;     movq 0xa0(%rsi), %rsi
;;     call    *%rsi
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; ceil_lanes:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x30, %rsp
;;     movq %r12, 0x20(%rsp)
;;     movq %r14, 0x28(%rsp)
;;   block0:
;;     movdqu %xmm0, <offset:1>+(%rsp)
;;     movq 8(%rdi), %r9
;;     movq %rdi, %r14
;;     movq 0xa8(%r9), %r12
;;     call    *%r12
;;     movdqu %xmm0, <offset:1>+0x10(%rsp)
;;     movdqu <offset:1>+(%rsp), %xmm0
;;     pshufd $0xee, %xmm0, %xmm0
;;     movq %r14, %rdi
;;     call    *%r12
;;     movdqa %xmm0, %xmm2
;;     movdqu <offset:1>+0x10(%rsp), %xmm1
;;     movdqu <offset:1>+(%rsp), %xmm0
;;     movsd %xmm1, %xmm0
;;     movdqa %xmm2, %xmm1
;;     movdqu %xmm0, <offset:1>+(%rsp)
;;     movlhps %xmm1, %xmm0
;;     movdqu %xmm0, <offset:1>+(%rsp)
;;     movq 0x20(%rsp), %r12
;;     movq 0x28(%rsp), %r14
;;     addq $0x30, %rsp
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; shuffle:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     pextrw $0x0, %xmm0, %eax
;;     movdqa %xmm0, %xmm2
;;     pand (%rip), %xmm2
;;     movdqa %xmm0, %xmm3
;;     movdqa %xmm2, %xmm4
;;     movzbl %al, %eax
;;     shll $0x0, %eax
;;     movd %eax, %xmm0
;;     pshufd $0x54, %xmm0, %xmm2
;;     movdqa %xmm4, %xmm0
;;     por %xmm2, %xmm0
;;     pextrw $0x0, %xmm1, %eax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x8, %eax
;;     movd %eax, %xmm2
;;     pshufd $0x54, %xmm2, %xmm2
;;     por %xmm2, %xmm0
;;     movdqa %xmm3, %xmm2
;;     pextrw $0x0, %xmm2, %eax
;;     shrw $0x8, %ax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x10, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x54, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x0, %xmm1, %eax
;;     shrw $0x8, %ax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x18, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x54, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x1, %xmm2, %eax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x0, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x51, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x1, %xmm1, %eax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x8, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x51, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x1, %xmm2, %eax
;;     shrw $0x8, %ax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x10, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x51, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x1, %xmm1, %eax
;;     shrw $0x8, %ax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x18, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x51, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x2, %xmm2, %eax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x0, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x45, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x2, %xmm1, %eax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x8, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x45, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x2, %xmm2, %eax
;;     shrw $0x8, %ax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x10, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x45, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x2, %xmm1, %eax
;;     shrw $0x8, %ax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x18, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x45, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x3, %xmm2, %eax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x0, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x15, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x3, %xmm1, %eax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x8, %eax
;;     movd %eax, %xmm3
;;     pshufd $0x15, %xmm3, %xmm3
;;     por %xmm3, %xmm0
;;     pextrw $0x3, %xmm2, %eax
;;     shrw $0x8, %ax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x10, %eax
;;     movd %eax, %xmm2
;;     pshufd $0x15, %xmm2, %xmm2
;;     por %xmm2, %xmm0
;;     pextrw $0x3, %xmm1, %eax
;;     shrw $0x8, %ax
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x18, %eax
;;     movd %eax, %xmm1
;;     pshufd $0x15, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; swizzle:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;     subq $0x70, %rsp
;;     movq %rbx, 0x40(%rsp)
;;     movq %r12, 0x48(%rsp)
;;     movq %r13, 0x50(%rsp)
;;     movq %r14, 0x58(%rsp)
;;     movq %r15, 0x60(%rsp)
;;   block0:
;;     leaq <offset:1>+(%rsp), %rax
;;     movdqu %xmm0, <offset:1>+(%rsp)
;;     uninit  %xmm0
;;     pxor %xmm0, %xmm0
;;     movdqu %xmm0, <offset:1>+0x10(%rsp)
;;     movdqu (%rip), %xmm2
;;     pminub %xmm2, %xmm1
;;     pextrw $0x0, %xmm1, %ecx
;;     movzbq %cl, %rcx
;;     movzbq (%rax, %rcx), %rdx
;;     pextrw $0x0, %xmm1, %ecx
;;     shrw $0x8, %cx
;;     movzbq %cl, %rcx
;;     movzbq (%rax, %rcx), %rcx
;;     pextrw $0x1, %xmm1, %esi
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %r15
;;     pextrw $0x1, %xmm1, %esi
;;     shrw $0x8, %si
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %r14
;;     pextrw $0x2, %xmm1, %esi
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %r13
;;     pextrw $0x2, %xmm1, %esi
;;     shrw $0x8, %si
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %r12
;;     pextrw $0x3, %xmm1, %esi
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %rbx
;;     pextrw $0x3, %xmm1, %esi
;;     shrw $0x8, %si
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %r11
;;     pextrw $0x4, %xmm1, %esi
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %r10
;;     pextrw $0x4, %xmm1, %esi
;;     shrw $0x8, %si
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %r9
;;     pextrw $0x5, %xmm1, %esi
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %r8
;;     pextrw $0x5, %xmm1, %esi
;;     shrw $0x8, %si
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %rdi
;;     pextrw $0x6, %xmm1, %esi
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %rsi
;;     movq %rsi, <offset:1>+0x30(%rsp)
;;     pextrw $0x6, %xmm1, %esi
;;     shrw $0x8, %si
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %rsi
;;     movq %rsi, <offset:1>+0x28(%rsp)
;;     pextrw $0x7, %xmm1, %esi
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %rsi
;;     movq %rsi, <offset:1>+0x20(%rsp)
;;     pextrw $0x7, %xmm1, %esi
;;     shrw $0x8, %si
;;     movzbq %sil, %rsi
;;     movzbq (%rax, %rsi), %rax
;;     pand (%rip), %xmm0
;;     movzbl %dl, %edx
;;     shll $0x0, %edx
;;     movd %edx, %xmm1
;;     pshufd $0x54, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %cl, %ecx
;;     shll $0x8, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x54, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %r15b, %ecx
;;     shll $0x10, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x54, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %r14b, %ecx
;;     shll $0x18, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x54, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %r13b, %ecx
;;     shll $0x0, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x51, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %r12b, %ecx
;;     shll $0x8, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x51, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %bl, %ecx
;;     shll $0x10, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x51, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %r11b, %ecx
;;     shll $0x18, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x51, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %r10b, %ecx
;;     shll $0x0, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x45, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %r9b, %ecx
;;     shll $0x8, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x45, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %r8b, %ecx
;;     shll $0x10, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x45, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %dil, %ecx
;;     shll $0x18, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x45, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movq <offset:1>+0x30(%rsp), %rdi
;;     movzbl %dil, %ecx
;;     shll $0x0, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x15, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movq <offset:1>+0x28(%rsp), %rsi
;;     movzbl %sil, %ecx
;;     shll $0x8, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x15, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movq <offset:1>+0x20(%rsp), %rdx
;;     movzbl %dl, %ecx
;;     shll $0x10, %ecx
;;     movd %ecx, %xmm1
;;     pshufd $0x15, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     pand (%rip), %xmm0
;;     movzbl %al, %eax
;;     shll $0x18, %eax
;;     movd %eax, %xmm1
;;     pshufd $0x15, %xmm1, %xmm1
;;     por %xmm1, %xmm0
;;     movq 0x40(%rsp), %rbx
;;     movq 0x48(%rsp), %r12
;;     movq 0x50(%rsp), %r13
;;     movq 0x58(%rsp), %r14
;;     movq 0x60(%rsp), %r15
;;     addq $0x70, %rsp
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; madd:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     mulps %xmm1, %xmm0
;;     addps %xmm2, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq


;; ---- aarch64
;; nearest:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     frintn s0, s0
;;     ldp fp, lr, [sp], #16
;;     ret
;; ceil_lanes:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     frintp v0.2d, v0.2d
;;     ldp fp, lr, [sp], #16
;;     ret
;; shuffle:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     zip1 v0.16b, v0.16b, v1.16b
;;     ldp fp, lr, [sp], #16
;;     ret
;; swizzle:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     tbl v0.16b, { v0.16b }, v1.16b
;;     ldp fp, lr, [sp], #16
;;     ret
;; madd:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     mov v5.16b, v0.16b
;;     mov v0.16b, v2.16b
;;     fmla v0.4s, v0.4s, v5.4s, v1.4s
;;     ldp fp, lr, [sp], #16
;;     ret
