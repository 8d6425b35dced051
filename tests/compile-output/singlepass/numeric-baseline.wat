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
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     movss dword ptr [rbp - 0x10], xmm0
;;     mov r15, rdi
;;     mov rdi, r15
;;     movss xmm0, dword ptr [rbp - 0x10]
;;     mov r11, qword ptr [r15 + 8]
;;     mov r11, qword ptr [r11 + riz + 0xa0]
;;     call r11
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; ceil_lanes:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     movups xmmword ptr [rbp - 0x18], xmm0
;;     mov r15, rdi
;;     movups xmm15, xmmword ptr [rbp - 0x18]
;;     movups xmmword ptr [rbp - 0x28], xmm15
;;     mov rdi, r15
;;     movsd xmm0, qword ptr [rbp - 0x28]
;;     mov r11, qword ptr [r15 + 8]
;;     mov r11, qword ptr [r11 + riz + 0xa8]
;;     call r11
;;     movsd qword ptr [rbp - 0x28], xmm0
;;     mov rdi, r15
;;     movsd xmm0, qword ptr [rbp - 0x20]
;;     mov r11, qword ptr [r15 + 8]
;;     mov r11, qword ptr [r11 + riz + 0xa8]
;;     call r11
;;     movsd qword ptr [rbp - 0x20], xmm0
;;     movups xmm1, xmmword ptr [rbp - 0x28]
;;     movaps xmm0, xmm1
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; shuffle:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x50
;;     mov qword ptr [rbp - 8], r15
;;     movups xmmword ptr [rbp - 0x18], xmm0
;;     movups xmmword ptr [rbp - 0x28], xmm1
;;     mov r15, rdi
;;     movups xmm0, xmmword ptr [rbp - 0x18]
;;     movups xmm1, xmmword ptr [rbp - 0x28]
;;     movaps xmm2, xmm0
;;     punpcklbw xmm2, xmm1
;;     movaps xmm0, xmm2
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; swizzle:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x50
;;     mov qword ptr [rbp - 8], r15
;;     movups xmmword ptr [rbp - 0x18], xmm0
;;     movups xmmword ptr [rbp - 0x28], xmm1
;;     mov r15, rdi
;;     movups xmm15, xmmword ptr [rbp - 0x18]
;;     movups xmmword ptr [rbp - 0x38], xmm15
;;     movups xmm15, xmmword ptr [rbp - 0x28]
;;     movups xmmword ptr [rbp - 0x48], xmm15
;;     lea rax, [rbp - 0x38]
;;     movzx ecx, byte ptr [rax + riz - 0x10]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 0x10], dl
;;     movzx ecx, byte ptr [rax + riz - 0xf]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 0xf], dl
;;     movzx ecx, byte ptr [rax + riz - 0xe]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 0xe], dl
;;     movzx ecx, byte ptr [rax + riz - 0xd]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 0xd], dl
;;     movzx ecx, byte ptr [rax + riz - 0xc]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 0xc], dl
;;     movzx ecx, byte ptr [rax + riz - 0xb]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 0xb], dl
;;     movzx ecx, byte ptr [rax + riz - 0xa]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 0xa], dl
;;     movzx ecx, byte ptr [rax + riz - 9]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 9], dl
;;     movzx ecx, byte ptr [rax + riz - 8]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 8], dl
;;     movzx ecx, byte ptr [rax + riz - 7]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 7], dl
;;     movzx ecx, byte ptr [rax + riz - 6]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 6], dl
;;     movzx ecx, byte ptr [rax + riz - 5]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 5], dl
;;     movzx ecx, byte ptr [rax + riz - 4]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 4], dl
;;     movzx ecx, byte ptr [rax + riz - 3]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 3], dl
;;     movzx ecx, byte ptr [rax + riz - 2]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 2], dl
;;     movzx ecx, byte ptr [rax + riz - 1]
;;     mov edx, ecx
;;     and edx, 0xf
;;     movzx edx, byte ptr [rax + rdx]
;;     cmp ecx, 0xf
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov byte ptr [rax + riz - 1], dl
;;     movups xmm0, xmmword ptr [rbp - 0x48]
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; madd:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x70
;;     mov qword ptr [rbp - 8], r15
;;     movups xmmword ptr [rbp - 0x18], xmm0
;;     movups xmmword ptr [rbp - 0x28], xmm1
;;     movups xmmword ptr [rbp - 0x38], xmm2
;;     mov r15, rdi
;;     movups xmm0, xmmword ptr [rbp - 0x18]
;;     movups xmm1, xmmword ptr [rbp - 0x28]
;;     movups xmm2, xmmword ptr [rbp - 0x38]
;;     movaps xmm15, xmm0
;;     mulps xmm15, xmm1
;;     movaps xmm3, xmm2
;;     addps xmm3, xmm15
;;     movaps xmm0, xmm3
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret


;; ---- aarch64
;; nearest:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur s0, [x29, #-0x10]
;;     mov x28, x0
;;     ldur s0, [x29, #-0x10]
;;     frintn s1, s0
;;     fmov s0, s1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; ceil_lanes:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur q0, [x29, #-0x18]
;;     mov x28, x0
;;     ldur q0, [x29, #-0x18]
;;     frintp v1.2d, v0.2d
;;     mov v0.16b, v1.16b
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; shuffle:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x50
;;     stur x28, [x29, #-8]
;;     stur q0, [x29, #-0x18]
;;     stur q1, [x29, #-0x28]
;;     mov x28, x0
;;     ldur q0, [x29, #-0x18]
;;     ldur q1, [x29, #-0x28]
;;     mov v30.16b, v0.16b
;;     mov v31.16b, v1.16b
;;     ldr q2, L1
;;     tbl v2.16b, {v30.16b, v31.16b}, v2.16b
;;     mov v0.16b, v2.16b
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;;     .bytes 00 00 00 00 00 00 00 00
;; L1:
;;     .bytes 00 10 01 11 02 12 03 13 04 14 05 15 06 16 07 17
;; swizzle:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x50
;;     stur x28, [x29, #-8]
;;     stur q0, [x29, #-0x18]
;;     stur q1, [x29, #-0x28]
;;     mov x28, x0
;;     ldur q0, [x29, #-0x18]
;;     ldur q1, [x29, #-0x28]
;;     tbl v2.16b, {v0.16b}, v1.16b
;;     mov v0.16b, v2.16b
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; madd:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x70
;;     stur x28, [x29, #-8]
;;     stur q0, [x29, #-0x18]
;;     stur q1, [x29, #-0x28]
;;     stur q2, [x29, #-0x38]
;;     mov x28, x0
;;     ldur q0, [x29, #-0x18]
;;     ldur q1, [x29, #-0x28]
;;     ldur q2, [x29, #-0x38]
;;     mov v3.16b, v2.16b
;;     fmla v3.4s, v0.4s, v1.4s
;;     mov v0.16b, v3.16b
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
