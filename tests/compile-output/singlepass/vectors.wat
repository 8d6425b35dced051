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
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x50
;;     mov qword ptr [rbp - 8], r15
;;     movups xmmword ptr [rbp - 0x18], xmm0
;;     movups xmmword ptr [rbp - 0x28], xmm1
;;     mov r15, rdi
;;     movups xmm0, xmmword ptr [rbp - 0x18]
;;     movups xmm1, xmmword ptr [rbp - 0x28]
;;     vpaddd xmm2, xmm0, xmm1
;;     movaps xmm0, xmm2
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; mixed_lanes:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x50
;;     mov qword ptr [rbp - 8], r15
;;     movups xmmword ptr [rbp - 0x18], xmm0
;;     mov r15, rdi
;;     movaps xmm6, xmm1
;;     movups xmm0, xmmword ptr [rbp - 0x18]
;;     vpsubw xmm1, xmm0, xmm6
;;     mulps xmm1, xmm6
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
;;     vpunpcklbw xmm2, xmm0, xmm1
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
;;     movups xmm0, xmmword ptr [rbp - 0x18]
;;     movups xmm1, xmmword ptr [rbp - 0x28]
;;     movaps xmm14, xmm1
;;     paddusb xmm14, xmmword ptr [L1]
;;     vpshufb xmm2, xmm0, xmm14
;;     movaps xmm0, xmm2
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;;     .bytes 00 00 00
;; L1:
;;     .bytes 70 70 70 70 70 70 70 70 70 70 70 70 70 70 70 70
;; relaxed_swizzle:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x50
;;     mov qword ptr [rbp - 8], r15
;;     movups xmmword ptr [rbp - 0x18], xmm0
;;     movups xmmword ptr [rbp - 0x28], xmm1
;;     mov r15, rdi
;;     movups xmm0, xmmword ptr [rbp - 0x18]
;;     movups xmm1, xmmword ptr [rbp - 0x28]
;;     vpshufb xmm2, xmm0, xmm1
;;     movaps xmm0, xmm2
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; dot:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x50
;;     mov qword ptr [rbp - 8], r15
;;     movups xmmword ptr [rbp - 0x18], xmm0
;;     movups xmmword ptr [rbp - 0x28], xmm1
;;     mov r15, rdi
;;     movups xmm0, xmmword ptr [rbp - 0x18]
;;     movups xmm1, xmmword ptr [rbp - 0x28]
;;     vpmaddwd xmm2, xmm0, xmm1
;;     movaps xmm0, xmm2
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; bitmask:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     movups xmmword ptr [rbp - 0x18], xmm0
;;     mov r15, rdi
;;     movups xmm0, xmmword ptr [rbp - 0x18]
;;     pmovmskb eax, xmm0
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; splat_load:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov rcx, qword ptr [r15 + 0x30]
;;     vbroadcastss xmm0, dword ptr [rcx + rax + 4]    ; heap_get_oob
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; widening_load:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov rcx, qword ptr [r15 + 0x30]
;;     pmovsxbw xmm0, qword ptr [rcx + rax]    ; heap_get_oob
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; lane_store:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x40
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     movups xmmword ptr [rbp - 0x20], xmm0
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov rcx, qword ptr [r15 + 0x30]
;;     movups xmm0, xmmword ptr [rbp - 0x20]
;;     pextrw word ptr [rcx + rax + 2], xmm0, 3    ; heap_get_oob
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; pmin:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x50
;;     mov qword ptr [rbp - 8], r15
;;     movups xmmword ptr [rbp - 0x18], xmm0
;;     movups xmmword ptr [rbp - 0x28], xmm1
;;     mov r15, rdi
;;     movups xmm0, xmmword ptr [rbp - 0x18]
;;     movups xmm1, xmmword ptr [rbp - 0x28]
;;     vminpd xmm2, xmm1, xmm0
;;     movaps xmm0, xmm2
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; relaxed_madd:
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
;;     movaps xmm3, xmm2
;;     vfmadd231ps xmm3, xmm0, xmm1
;;     movaps xmm0, xmm3
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret


;; ---- aarch64
;; add:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x50
;;     stur x28, [x29, #-8]
;;     stur q0, [x29, #-0x18]
;;     stur q1, [x29, #-0x28]
;;     mov x28, x0
;;     ldur q0, [x29, #-0x18]
;;     ldur q1, [x29, #-0x28]
;;     add v2.4s, v0.4s, v1.4s
;;     mov v0.16b, v2.16b
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; mixed_lanes:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x50
;;     stur x28, [x29, #-8]
;;     stur q0, [x29, #-0x18]
;;     mov x28, x0
;;     mov v16.16b, v1.16b
;;     ldur q0, [x29, #-0x18]
;;     sub v1.8h, v0.8h, v16.8h
;;     fmul v1.4s, v1.4s, v16.4s
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
;; relaxed_swizzle:
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
;; dot:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x50
;;     stur x28, [x29, #-8]
;;     stur q0, [x29, #-0x18]
;;     stur q1, [x29, #-0x28]
;;     mov x28, x0
;;     ldur q0, [x29, #-0x18]
;;     ldur q1, [x29, #-0x28]
;;     smull v30.4s, v0.4h, v1.4h
;;     smull2 v31.4s, v0.8h, v1.8h
;;     addp v2.4s, v30.4s, v31.4s
;;     mov v0.16b, v2.16b
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; bitmask:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur q0, [x29, #-0x18]
;;     mov x28, x0
;;     ldur q0, [x29, #-0x18]
;;     sshr v30.16b, v0.16b, #7
;;     ldr q31, L1
;;     and v30.16b, v30.16b, v31.16b
;;     ext v31.16b, v30.16b, v30.16b, #8
;;     zip1 v30.16b, v30.16b, v31.16b
;;     addv h30, v30.8h
;;     umov w0, v30.h[0]
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;;     .bytes 00 00 00 00 00 00 00 00
;; L1:
;;     .bytes 01 02 04 08 10 20 40 80 01 02 04 08 10 20 40 80
;; splat_load:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     ldr x1, [x28, #0x30]
;;     add x16, x1, #4
;;     add x16, x16, x0
;;     ld1r {v0.4s}, [x16]    ; heap_get_oob
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; widening_load:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     ldr x1, [x28, #0x30]
;;     ldr d0, [x1, x0]    ; heap_get_oob
;;     sshll v0.8h, v0.8b, #0
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; lane_store:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x40
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     stur q0, [x29, #-0x20]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     ldr x1, [x28, #0x30]
;;     add x16, x1, x0, uxtx
;;     ldrh w17, [x16, #2]    ; heap_get_oob
;;     ldur q0, [x29, #-0x20]
;;     add x16, x1, #2
;;     add x16, x16, x0
;;     st1 {v0.h}[3], [x16]    ; heap_get_oob
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; pmin:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x50
;;     stur x28, [x29, #-8]
;;     stur q0, [x29, #-0x18]
;;     stur q1, [x29, #-0x28]
;;     mov x28, x0
;;     ldur q0, [x29, #-0x18]
;;     ldur q1, [x29, #-0x28]
;;     fcmgt v30.2d, v0.2d, v1.2d
;;     bsl v30.16b, v1.16b, v0.16b
;;     mov v2.16b, v30.16b
;;     mov v0.16b, v2.16b
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; relaxed_madd:
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
