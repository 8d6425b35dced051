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
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov dword ptr [rbp - 0x18], edx
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov ecx, dword ptr [rbp - 0x18]
;;     test ecx, ecx
;;     je L1
;;     cdq
;;     idiv ecx    ; int_ovf
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; L1:
;;     hlt    ; int_divz
;; rem_s:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rsi
;;     mov qword ptr [rbp - 0x18], rdx
;;     mov r15, rdi
;;     mov rax, qword ptr [rbp - 0x10]
;;     mov rcx, qword ptr [rbp - 0x18]
;;     test rcx, rcx
;;     je L3
;;     cmp rcx, -1
;;     jne L1
;;     xor edx, edx
;;     jmp L2
;; L1:
;;     cqo
;;     idiv rcx    ; int_ovf
;; L2:
;;     mov rax, rdx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; L3:
;;     hlt    ; int_divz
;; rotl:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov dword ptr [rbp - 0x18], edx
;;     mov r15, rdi
;;     mov ecx, dword ptr [rbp - 0x18]
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov edx, eax
;;     rol edx, cl
;;     mov eax, edx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; counts:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rbx
;;     mov r15, rdi
;;     mov rbx, rsi
;;     lzcnt rax, rbx
;;     tzcnt rcx, rbx
;;     popcnt rdx, rbx
;;     add rcx, rdx
;;     add rax, rcx
;;     mov r15, qword ptr [rbp - 8]
;;     mov rbx, qword ptr [rbp - 0x10]
;;     leave
;;     ret
;; trunc:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     movsd qword ptr [rbp - 0x10], xmm0
;;     mov r15, rdi
;;     movsd xmm0, qword ptr [rbp - 0x10]
;;     cvttsd2si eax, xmm0
;;     cmp eax, 1
;;     jno L1
;;     movsd xmm15, qword ptr [L4]
;;     ucomisd xmm0, xmm15
;;     jp L2
;;     jbe L3
;;     xorps xmm15, xmm15
;;     ucomisd xmm0, xmm15
;;     ja L3
;; L1:
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; L2:
;;     hlt    ; bad_toint
;; L3:
;;     hlt    ; int_ovf
;;     .bytes 00 00 00 00 00 00
;; L4:
;;     .bytes 00 00 20 00 00 00 e0 c1 00 00 00 00 00 00 00 00
;; trunc_sat:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     movss dword ptr [rbp - 0x10], xmm0
;;     mov r15, rdi
;;     movss xmm0, dword ptr [rbp - 0x10]
;;     movss xmm15, dword ptr [L6]
;;     ucomiss xmm0, xmm15
;;     jae L1
;;     cvttss2si rax, xmm0
;;     test rax, rax
;;     jns L5
;;     jmp L2
;; L1:
;;     movaps xmm14, xmm0
;;     subss xmm14, xmm15
;;     cvttss2si rax, xmm14
;;     test rax, rax
;;     js L2
;;     btc rax, 0x3f
;;     jmp L5
;; L2:
;;     xorps xmm15, xmm15
;;     ucomiss xmm0, xmm15
;;     jp L3
;;     ja L4
;; L3:
;;     mov eax, 0
;;     jmp L5
;; L4:
;;     mov rax, 0xffffffffffffffff
;; L5:
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;;     .bytes 00 00
;; L6:
;;     .bytes 00 00 00 5f 00 00 00 00 00 00 00 00 00 00 00 00
;; nearest:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     movss dword ptr [rbp - 0x10], xmm0
;;     mov r15, rdi
;;     movss xmm0, dword ptr [rbp - 0x10]
;;     xorps xmm1, xmm1
;;     roundss xmm1, xmm0, 8
;;     movaps xmm0, xmm1
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; min:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     movsd qword ptr [rbp - 0x10], xmm0
;;     movsd qword ptr [rbp - 0x18], xmm1
;;     mov r15, rdi
;;     movsd xmm0, qword ptr [rbp - 0x10]
;;     movsd xmm1, qword ptr [rbp - 0x18]
;;     movaps xmm2, xmm0
;;     ucomisd xmm2, xmm1
;;     jne L2
;;     jp L1
;;     orpd xmm2, xmm1
;;     jmp L3
;; L1:
;;     addsd xmm2, xmm1
;;     jmp L3
;; L2:
;;     minsd xmm2, xmm1
;; L3:
;;     movaps xmm0, xmm2
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; copysign:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     movss dword ptr [rbp - 0x10], xmm0
;;     movss dword ptr [rbp - 0x18], xmm1
;;     mov r15, rdi
;;     movss xmm0, dword ptr [rbp - 0x10]
;;     movss xmm1, dword ptr [rbp - 0x18]
;;     movaps xmm2, xmm0
;;     pcmpeqd xmm14, xmm14
;;     psrld xmm14, 1
;;     andps xmm2, xmm14
;;     andnps xmm14, xmm1
;;     orps xmm2, xmm14
;;     movaps xmm0, xmm2
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; extend:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     movsx ecx, al
;;     mov eax, ecx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; add128:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x50
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rsi
;;     mov qword ptr [rbp - 0x18], rdx
;;     mov qword ptr [rbp - 0x20], rcx
;;     mov qword ptr [rbp - 0x28], r8
;;     mov r15, rdi
;;     mov rax, qword ptr [rbp - 0x10]
;;     mov rcx, qword ptr [rbp - 0x18]
;;     mov rdx, qword ptr [rbp - 0x20]
;;     mov rsi, qword ptr [rbp - 0x28]
;;     add rax, rdx
;;     adc rcx, rsi
;;     xor rax, rcx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; mul_wide:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rsi
;;     mov qword ptr [rbp - 0x18], rdx
;;     mov r15, rdi
;;     mov rax, qword ptr [rbp - 0x10]
;;     mov rcx, qword ptr [rbp - 0x18]
;;     mul rcx
;;     xor rax, rdx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret


;; ---- aarch64
;; div_s:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     stur w2, [x29, #-0x18]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     ldur w1, [x29, #-0x18]
;;     cbz w1, L1
;;     cmn w1, #1
;;     ccmp w0, #1, #0, eq
;;     b.vs L2
;;     sdiv w2, w0, w1
;;     mov w0, w2
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     udf #0    ; int_divz
;; L2:
;;     udf #0    ; int_ovf
;; rem_s:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur x1, [x29, #-0x10]
;;     stur x2, [x29, #-0x18]
;;     mov x28, x0
;;     ldur x0, [x29, #-0x10]
;;     ldur x1, [x29, #-0x18]
;;     cbz x1, L1
;;     sdiv x16, x0, x1
;;     msub x2, x16, x1, x0
;;     mov x0, x2
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     udf #0    ; int_divz
;; rotl:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     stur w2, [x29, #-0x18]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     ldur w1, [x29, #-0x18]
;;     neg w16, w1
;;     ror w2, w0, w16
;;     mov w0, w2
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; counts:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur x19, [x29, #-0x10]
;;     mov x28, x0
;;     mov x19, x1
;;     clz x0, x19
;;     rbit x1, x19
;;     clz x1, x1
;;     fmov d30, x19
;;     cnt v30.8b, v30.8b
;;     addv b30, v30.8b
;;     fmov w2, s30
;;     add x1, x1, x2
;;     add x0, x0, x1
;;     ldur x28, [x29, #-8]
;;     ldur x19, [x29, #-0x10]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; trunc:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur d0, [x29, #-0x10]
;;     mov x28, x0
;;     ldur d0, [x29, #-0x10]
;;     mov x16, #0x200000
;;     movk x16, #0xc1e0, lsl #48
;;     fmov d30, x16
;;     fcmp d0, d30
;;     b.vs L1
;;     b.ls L2
;;     mov x16, #0x41e0000000000000
;;     fmov d30, x16
;;     fcmp d0, d30
;;     b.ge L2
;;     fcvtzs w0, d0
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     udf #0    ; bad_toint
;; L2:
;;     udf #0    ; int_ovf
;; trunc_sat:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur s0, [x29, #-0x10]
;;     mov x28, x0
;;     ldur s0, [x29, #-0x10]
;;     fcvtzu x0, s0
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
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
;; min:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur d0, [x29, #-0x10]
;;     stur d1, [x29, #-0x18]
;;     mov x28, x0
;;     ldur d0, [x29, #-0x10]
;;     ldur d1, [x29, #-0x18]
;;     fmin d2, d0, d1
;;     fmov d0, d2
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; copysign:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur s0, [x29, #-0x10]
;;     stur s1, [x29, #-0x18]
;;     mov x28, x0
;;     ldur s0, [x29, #-0x10]
;;     ldur s1, [x29, #-0x18]
;;     movi v30.4s, #0x80, lsl #24
;;     fmov s2, s0
;;     bit v2.16b, v1.16b, v30.16b
;;     fmov s0, s2
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; extend:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     sxtb w1, w0
;;     mov w0, w1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; add128:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x50
;;     stur x28, [x29, #-8]
;;     stur x1, [x29, #-0x10]
;;     stur x2, [x29, #-0x18]
;;     stur x3, [x29, #-0x20]
;;     stur x4, [x29, #-0x28]
;;     mov x28, x0
;;     ldur x0, [x29, #-0x10]
;;     ldur x1, [x29, #-0x18]
;;     ldur x2, [x29, #-0x20]
;;     ldur x3, [x29, #-0x28]
;;     adds x0, x0, x2
;;     adc x1, x1, x3
;;     eor x0, x0, x1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; mul_wide:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur x1, [x29, #-0x10]
;;     stur x2, [x29, #-0x18]
;;     mov x28, x0
;;     ldur x2, [x29, #-0x10]
;;     ldur x3, [x29, #-0x18]
;;     mul x16, x2, x3
;;     umulh x1, x2, x3
;;     mov x0, x16
;;     eor x0, x0, x1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
