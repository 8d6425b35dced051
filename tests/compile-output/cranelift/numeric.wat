;; Arithmetic that traps or is more than an instruction.
(module
  (func $div_s (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func $rem_s (param i64 i64) (result i64) (i64.rem_s (local.get 0) (local.get 1)))
  (func $rotl (param i32 i32) (result i32) (i32.rotl (local.get 0) (local.get 1)))
  (func $counts (param i64) (result i64)
    (i64.add (i64.clz (local.get 0)) (i64.add (i64.ctz (local.get 0)) (i64.popcnt (local.get 0)))))
  (func $trunc (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func $trunc_sat (param f32) (result i64) (i64.trunc_sat_f32_u (local.get 0)))
  (func $nearest (param f32) (result f32) (f32.nearest (local.get 0)))
  (func $min (param f64 f64) (result f64) (f64.min (local.get 0) (local.get 1)))
  (func $copysign (param f32 f32) (result f32) (f32.copysign (local.get 0) (local.get 1)))
  (func $extend (param i32) (result i32) (i32.extend8_s (local.get 0)))
  (func $add128 (param i64 i64 i64 i64) (result i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3))
    (i64.xor))
  (func $mul_wide (param i64 i64) (result i64)
    (i64.mul_wide_u (local.get 0) (local.get 1))
    (i64.xor)))

;; ---- x86_64
;; div_s:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq %rsi, %rax
;;     movq %rdx, %r11
;;     cltd  ;; implicit: %edx, %eax
;;     testl %r11d, %r11d
;;     jz #trap=int_divz
;;     idivl %r11d ;; implicit: %eax, %edx, trap=252
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; rem_s:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq %rsi, %rax
;;     movq %rdx, %r9
;;     cqto  ;; implicit: %rdx, %rax
;;     checked_srem_seq %rax, %rdx, %r9, %rax, %rdx
;;     movq %rdx, %rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; rotl:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq %rdx, %rcx
;;     movq %rsi, %rax
;;     roll %cl, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; counts:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     lzcntq %rsi, %rdi
;;     tzcntq %rsi, %r8
;;     popcntq %rsi, %rsi
;;     leaq (%r8, %rsi), %rsi
;;     leaq (%rdi, %rsi), %rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; trunc:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     cvt_float64_to_sint32_seq %xmm0, %eax, %rsi, %xmm3
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; trunc_sat:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     cvt_float32_to_uint64_sat_seq %xmm0, %rax, %rsi, %xmm3, %xmm4
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; nearest:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     uninit  %xmm2
;;     vxorps %xmm2, %xmm2, %xmm4
;;     vroundss $0x0, %xmm0, %xmm4, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; min:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movdqa %xmm0, %xmm4
;;     movdqa %xmm1, %xmm0
;;     xmm min seq f64 %xmm4, %xmm0, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; copysign:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movl $0x80000000, %esi
;;     vmovd %esi, %xmm5
;;     vandnps %xmm0, %xmm5, %xmm7
;;     vandps %xmm1, %xmm5, %xmm0
;;     vorps %xmm0, %xmm7, %xmm0
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; extend:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movsbl %sil, %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; add128:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     addq %rcx, %rsi
;;     adcq %r8, %rdx
;;     movq %rsi, %rax
;;     xorq %rdx, %rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; mul_wide:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq %rsi, %rax
;;     imulq %rdx, %rax
;;     movq %rdx, %r8
;;     movq %rsi, %rdx
;;     mulxq %r8, %rsi, %rsi ;; implicit: %rdx
;;     xorq %rsi, %rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq


;; ---- aarch64
;; div_s:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     cbz w2, #trap=int_divz
;;     adds wzr, w2, #1
;;     ccmp w1, #1, #nzcv, eq
;;     b.vs #trap=int_ovf
;;     sdiv w0, w1, w2
;;     ldp fp, lr, [sp], #16
;;     ret
;; rem_s:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     cbz x2, #trap=int_divz
;;     sdiv x4, x1, x2
;;     msub x0, x4, x2, x1
;;     ldp fp, lr, [sp], #16
;;     ret
;; rotl:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     sub w3, wzr, w2
;;     extr w0, w1, w3
;;     ldp fp, lr, [sp], #16
;;     ret
;; counts:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     clz x10, x1
;;     rbit x9, x1
;;     clz x11, x9
;;     fmov d7, x1
;;     cnt v16.8b, v7.8b
;;     addv b16, v16.8b
;;     umov w13, v16.b[0]
;;     add x11, x11, x13
;;     add x0, x10, x11
;;     ldp fp, lr, [sp], #16
;;     ret
;; trunc:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     fcmp d0, d0
;;     b.vs #trap=bad_toint
;;     ldr d4, [const(0)]
;;     fcmp d0, d4
;;     b.le #trap=int_ovf
;;     movz x8, #16864, LSL #48
;;     fmov d16, x8
;;     fcmp d0, d16
;;     b.ge #trap=int_ovf
;;     fcvtzs w0, d0
;;     ldp fp, lr, [sp], #16
;;     ret
;; trunc_sat:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     fcvtzu x0, s0
;;     ldp fp, lr, [sp], #16
;;     ret
;; nearest:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     frintn s0, s0
;;     ldp fp, lr, [sp], #16
;;     ret
;; min:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     fmin d0, d0, d1
;;     ldp fp, lr, [sp], #16
;;     ret
;; copysign:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ushr v4.2s, v1.2s, #31
;;     sli v0.2s, v0.2s, v4.2s, #31
;;     ldp fp, lr, [sp], #16
;;     ret
;; extend:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     sxtb w0, w1
;;     ldp fp, lr, [sp], #16
;;     ret
;; add128:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     adds x6, x1, x3
;;     adc x8, x2, x4
;;     eor x0, x6, x8
;;     ldp fp, lr, [sp], #16
;;     ret
;; mul_wide:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     madd x5, x1, x2, xzr
;;     umulh x6, x1, x2
;;     eor x0, x5, x6
;;     ldp fp, lr, [sp], #16
;;     ret
