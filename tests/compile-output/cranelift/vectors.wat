;; SIMD: lanes, shuffles, products, relaxed operators.
(module
  (memory 1)
  (func $add (param v128 v128) (result v128) (i32x4.add (local.get 0) (local.get 1)))
  (func $mixed_lanes (param v128 v128) (result v128)
    (f32x4.mul (i16x8.sub (local.get 0) (local.get 1)) (local.get 1)))
  (func $shuffle (param v128 v128) (result v128)
    (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get 0) (local.get 1)))
  (func $swizzle (param v128 v128) (result v128) (i8x16.swizzle (local.get 0) (local.get 1)))
  (func $relaxed_swizzle (param v128 v128) (result v128)
    (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))
  (func $dot (param v128 v128) (result v128) (i32x4.dot_i16x8_s (local.get 0) (local.get 1)))
  (func $bitmask (param v128) (result i32) (i8x16.bitmask (local.get 0)))
  (func $splat_load (param i32) (result v128) (v128.load32_splat offset=4 (local.get 0)))
  (func $widening_load (param i32) (result v128) (v128.load8x8_s (local.get 0)))
  (func $lane_store (param i32 v128) (v128.store16_lane offset=2 3 (local.get 0) (local.get 1)))
  (func $pmin (param v128 v128) (result v128) (f64x2.pmin (local.get 0) (local.get 1)))
  (func $relaxed_madd (param v128 v128 v128) (result v128)
    (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2))))

;; ---- x86_64
;; add:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     vpaddd %xmm1, %xmm0, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; mixed_lanes:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     vpsubw %xmm1, %xmm0, %xmm4
;;     vmulps %xmm1, %xmm4, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; shuffle:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     vpunpcklbw %xmm1, %xmm0, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; swizzle:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     vpaddusb (%rip), %xmm1, %xmm3
;;     vpshufb %xmm3, %xmm0, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; relaxed_swizzle:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     vpshufb %xmm1, %xmm0, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; dot:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     vpmaddwd %xmm1, %xmm0, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; bitmask:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     vpmovmskb %xmm0, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; splat_load:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq %rsi, %r8
;;     movq 0x30(%rdi), %rsi
;;     movq %r8, %rdi
;;     movl %edi, %edi
;;     vbroadcastss 4(%rsi, %rdi), %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; widening_load:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq %rsi, %r8
;;     movq 0x30(%rdi), %rsi
;;     movq %r8, %rdi
;;     movl %edi, %edi
;;     vpmovsxbw (%rsi, %rdi), %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; lane_store:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq %rsi, %r8
;;     movq 0x30(%rdi), %rsi
;;     movq %r8, %rdi
;;     movl %edi, %edi
;;     vpextrw $0x3, %xmm0, 2(%rsi, %rdi)
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; pmin:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     vminpd %xmm0, %xmm1, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; relaxed_madd:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     vfmadd213ps %xmm2, %xmm1, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq


;; ---- aarch64
;; add:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     add v0.4s, v0.4s, v1.4s
;;     ldp fp, lr, [sp], #16
;;     ret
;; mixed_lanes:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     sub v4.8h, v0.8h, v1.8h
;;     fmul v0.4s, v4.4s, v1.4s
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
;; relaxed_swizzle:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     tbl v0.16b, { v0.16b }, v1.16b
;;     ldp fp, lr, [sp], #16
;;     ret
;; dot:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     smull v5.4s, v0.4h, v1.4h
;;     smull2 v6.4s, v0.8h, v1.8h
;;     addp v0.4s, v5.4s, v6.4s
;;     ldp fp, lr, [sp], #16
;;     ret
;; bitmask:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     sshr v2.16b, v0.16b, #7
;;     movz x7, #513
;;     movk x7, x7, #2052, LSL #16
;;     movk x7, x7, #8208, LSL #32
;;     movk x7, x7, #32832, LSL #48
;;     dup v16.2d, x7
;;     and v16.16b, v2.16b, v16.16b
;;     ext v17.16b, v16.16b, v16.16b, #8
;;     zip1 v18.16b, v16.16b, v17.16b
;;     addv h20, v18.8h
;;     umov w0, v20.h[0]
;;     ldp fp, lr, [sp], #16
;;     ret
;; splat_load:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x6, [x0, #48]
;;     add x6, x6, x1, UXTW
;;     add x5, x6, #4
;;     ld1r { v0.4s }, [x5]
;;     ldp fp, lr, [sp], #16
;;     ret
;; widening_load:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x5, [x0, #48]
;;     ldr d4, [x5, w1, UXTW]
;;     sxtl v0.8h, v4.8b
;;     ldp fp, lr, [sp], #16
;;     ret
;; lane_store:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x7, [x0, #48]
;;     add x7, x7, x1, UXTW
;;     ldrh w8, [x7, #2]
;;     umov w8, v0.h[3]
;;     strh w8, [x7, #2]
;;     ldp fp, lr, [sp], #16
;;     ret
;; pmin:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     mov v6.16b, v0.16b
;;     fcmgt v0.2d, v6.2d, v1.2d
;;     bsl v0.16b, v0.16b, v1.16b, v6.16b
;;     ldp fp, lr, [sp], #16
;;     ret
;; relaxed_madd:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     mov v5.16b, v0.16b
;;     mov v0.16b, v2.16b
;;     fmla v0.4s, v0.4s, v5.4s, v1.4s
;;     ldp fp, lr, [sp], #16
;;     ret
