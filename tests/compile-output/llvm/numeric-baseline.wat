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
;;   define hidden noundef float @f0(ptr noundef nonnull align 16 dereferenceable(48) %0, float noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %4 = load ptr, ptr %3, align 8, !invariant.load
;;     %5 = getelementptr inbounds nuw i8, ptr %4, i64 160
;;     %6 = load ptr, ptr %5, align 8, !invariant.load
;;     %7 = call float %6(ptr nonnull %0, float %1)
;;     ret float %7
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov rax, qword ptr [rdi + 8]
;;     call qword ptr [rax + 0xa0]
;;     pop rbp
;;     ret
;; ceil_lanes:
;;   define hidden noundef <16 x i8> @f1(ptr noundef nonnull align 16 dereferenceable(48) %0, <16 x i8> noundef %1) {
;;     %3 = bitcast <16 x i8> %1 to <2 x double>
;;     %4 = extractelement <2 x double> %3, i64 0
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %6 = load ptr, ptr %5, align 8, !invariant.load
;;     %7 = getelementptr inbounds nuw i8, ptr %6, i64 168
;;     %8 = load ptr, ptr %7, align 8, !invariant.load
;;     %9 = call double %8(ptr nonnull %0, double %4)
;;     %10 = insertelement <2 x double> poison, double %9, i64 0
;;     %11 = extractelement <2 x double> %3, i64 1
;;     %12 = call double %8(ptr nonnull %0, double %11)
;;     %13 = insertelement <2 x double> %10, double %12, i64 1
;;     %14 = bitcast <2 x double> %13 to <16 x i8>
;;     ret <16 x i8> %14
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push r14
;;     push rbx
;;     sub rsp, 0x20
;;     movaps xmmword ptr [rbp - 0x20], xmm0
;;     mov rbx, rdi
;;     mov rax, qword ptr [rdi + 8]
;;     mov r14, qword ptr [rax + 0xa8]
;;     call r14
;;     movaps xmmword ptr [rbp - 0x30], xmm0
;;     pshufd xmm0, xmmword ptr [rbp - 0x20], 0xee
;;     mov rdi, rbx
;;     call r14
;;     movdqa xmm1, xmmword ptr [rbp - 0x30]
;;     punpcklqdq xmm1, xmm0
;;     movdqa xmm0, xmm1
;;     add rsp, 0x20
;;     pop rbx
;;     pop r14
;;     pop rbp
;;     ret
;; shuffle:
;;   define hidden noundef <16 x i8> @f2(ptr noundef nonnull align 16 dereferenceable(48) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = shufflevector <16 x i8> %1, <16 x i8> %2, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 2, i32 18, i32 3, i32 19, i32 4, i32 20, i32 5, i32 21, i32 6, i32 22, i32 7, i32 23>
;;     ret <16 x i8> %4
;;   }
;;   ; ----
;;     punpcklbw xmm0, xmm1
;;     ret
;; swizzle:
;;   define hidden noundef <16 x i8> @f3(ptr noundef nonnull align 16 dereferenceable(48) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = icmp eq <16 x i8> %2, zeroinitializer
;;     %5 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> zeroinitializer
;;     %6 = select <16 x i1> %4, <16 x i8> %5, <16 x i8> zeroinitializer
;;     %7 = icmp eq <16 x i8> %2, splat (i8 1)
;;     %8 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1>
;;     %9 = select <16 x i1> %7, <16 x i8> %8, <16 x i8> zeroinitializer
;;     %10 = or <16 x i8> %6, %9
;;     %11 = icmp eq <16 x i8> %2, splat (i8 2)
;;     %12 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 2, i32 2, i32 2, i32 2, i32 2, i32 2, i32 2, i32 2, i32 2, i32 2, i32 2, i32 2, i32 2, i32 2, i32 2, i32 2>
;;     %13 = select <16 x i1> %11, <16 x i8> %12, <16 x i8> zeroinitializer
;;     %14 = or <16 x i8> %10, %13
;;     %15 = icmp eq <16 x i8> %2, splat (i8 3)
;;     %16 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 3, i32 3, i32 3, i32 3, i32 3, i32 3, i32 3, i32 3, i32 3, i32 3, i32 3, i32 3, i32 3, i32 3, i32 3, i32 3>
;;     %17 = select <16 x i1> %15, <16 x i8> %16, <16 x i8> zeroinitializer
;;     %18 = or <16 x i8> %14, %17
;;     %19 = icmp eq <16 x i8> %2, splat (i8 4)
;;     %20 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 4, i32 4, i32 4, i32 4, i32 4, i32 4, i32 4, i32 4, i32 4, i32 4, i32 4, i32 4, i32 4, i32 4, i32 4, i32 4>
;;     %21 = select <16 x i1> %19, <16 x i8> %20, <16 x i8> zeroinitializer
;;     %22 = or <16 x i8> %18, %21
;;     %23 = icmp eq <16 x i8> %2, splat (i8 5)
;;     %24 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 5, i32 5, i32 5, i32 5, i32 5, i32 5, i32 5, i32 5, i32 5, i32 5, i32 5, i32 5, i32 5, i32 5, i32 5, i32 5>
;;     %25 = select <16 x i1> %23, <16 x i8> %24, <16 x i8> zeroinitializer
;;     %26 = or <16 x i8> %22, %25
;;     %27 = icmp eq <16 x i8> %2, splat (i8 6)
;;     %28 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 6, i32 6, i32 6, i32 6, i32 6, i32 6, i32 6, i32 6, i32 6, i32 6, i32 6, i32 6, i32 6, i32 6, i32 6, i32 6>
;;     %29 = select <16 x i1> %27, <16 x i8> %28, <16 x i8> zeroinitializer
;;     %30 = or <16 x i8> %26, %29
;;     %31 = icmp eq <16 x i8> %2, splat (i8 7)
;;     %32 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 7, i32 7, i32 7, i32 7, i32 7, i32 7, i32 7, i32 7, i32 7, i32 7, i32 7, i32 7, i32 7, i32 7, i32 7, i32 7>
;;     %33 = select <16 x i1> %31, <16 x i8> %32, <16 x i8> zeroinitializer
;;     %34 = or <16 x i8> %30, %33
;;     %35 = icmp eq <16 x i8> %2, splat (i8 8)
;;     %36 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 8, i32 8, i32 8, i32 8, i32 8, i32 8, i32 8, i32 8, i32 8, i32 8, i32 8, i32 8, i32 8, i32 8, i32 8, i32 8>
;;     %37 = select <16 x i1> %35, <16 x i8> %36, <16 x i8> zeroinitializer
;;     %38 = or <16 x i8> %34, %37
;;     %39 = icmp eq <16 x i8> %2, splat (i8 9)
;;     %40 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 9, i32 9, i32 9, i32 9, i32 9, i32 9, i32 9, i32 9, i32 9, i32 9, i32 9, i32 9, i32 9, i32 9, i32 9, i32 9>
;;     %41 = select <16 x i1> %39, <16 x i8> %40, <16 x i8> zeroinitializer
;;     %42 = or <16 x i8> %38, %41
;;     %43 = icmp eq <16 x i8> %2, splat (i8 10)
;;     %44 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 10, i32 10, i32 10, i32 10, i32 10, i32 10, i32 10, i32 10, i32 10, i32 10, i32 10, i32 10, i32 10, i32 10, i32 10, i32 10>
;;     %45 = select <16 x i1> %43, <16 x i8> %44, <16 x i8> zeroinitializer
;;     %46 = or <16 x i8> %42, %45
;;     %47 = icmp eq <16 x i8> %2, splat (i8 11)
;;     %48 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 11, i32 11, i32 11, i32 11, i32 11, i32 11, i32 11, i32 11, i32 11, i32 11, i32 11, i32 11, i32 11, i32 11, i32 11, i32 11>
;;     %49 = select <16 x i1> %47, <16 x i8> %48, <16 x i8> zeroinitializer
;;     %50 = or <16 x i8> %46, %49
;;     %51 = icmp eq <16 x i8> %2, splat (i8 12)
;;     %52 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 12, i32 12, i32 12, i32 12, i32 12, i32 12, i32 12, i32 12, i32 12, i32 12, i32 12, i32 12, i32 12, i32 12, i32 12, i32 12>
;;     %53 = select <16 x i1> %51, <16 x i8> %52, <16 x i8> zeroinitializer
;;     %54 = or <16 x i8> %50, %53
;;     %55 = icmp eq <16 x i8> %2, splat (i8 13)
;;     %56 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 13, i32 13, i32 13, i32 13, i32 13, i32 13, i32 13, i32 13, i32 13, i32 13, i32 13, i32 13, i32 13, i32 13, i32 13, i32 13>
;;     %57 = select <16 x i1> %55, <16 x i8> %56, <16 x i8> zeroinitializer
;;     %58 = or <16 x i8> %54, %57
;;     %59 = icmp eq <16 x i8> %2, splat (i8 14)
;;     %60 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 14, i32 14, i32 14, i32 14, i32 14, i32 14, i32 14, i32 14, i32 14, i32 14, i32 14, i32 14, i32 14, i32 14, i32 14, i32 14>
;;     %61 = select <16 x i1> %59, <16 x i8> %60, <16 x i8> zeroinitializer
;;     %62 = or <16 x i8> %58, %61
;;     %63 = icmp eq <16 x i8> %2, splat (i8 15)
;;     %64 = shufflevector <16 x i8> %1, <16 x i8> poison, <16 x i32> <i32 15, i32 15, i32 15, i32 15, i32 15, i32 15, i32 15, i32 15, i32 15, i32 15, i32 15, i32 15, i32 15, i32 15, i32 15, i32 15>
;;     %65 = select <16 x i1> %63, <16 x i8> %64, <16 x i8> zeroinitializer
;;     %66 = or <16 x i8> %62, %65
;;     ret <16 x i8> %66
;;   }
;;   ; ----
;;     pxor xmm3, xmm3
;;     pcmpeqb xmm3, xmm1
;;     movdqa xmm2, xmm0
;;     punpcklbw xmm2, xmm0
;;     pshuflw xmm4, xmm2, 0
;;     pshufd xmm4, xmm4, 0x44
;;     pand xmm4, xmm3
;;     movdqa xmm3, xmmword ptr [L1]
;;     pcmpeqb xmm3, xmm1
;;     pshuflw xmm5, xmm2, 0x55
;;     pshufd xmm5, xmm5, 0x44
;;     pand xmm5, xmm3
;;     por xmm5, xmm4
;;     movdqa xmm3, xmmword ptr [L2]
;;     pcmpeqb xmm3, xmm1
;;     pshuflw xmm4, xmm2, 0xaa
;;     pshufd xmm6, xmm4, 0x44
;;     pand xmm6, xmm3
;;     movdqa xmm3, xmmword ptr [L3]
;;     pcmpeqb xmm3, xmm1
;;     pshuflw xmm4, xmm2, 0xff
;;     pshufd xmm4, xmm4, 0x44
;;     pand xmm4, xmm3
;;     por xmm4, xmm6
;;     por xmm4, xmm5
;;     movdqa xmm3, xmmword ptr [L4]
;;     pcmpeqb xmm3, xmm1
;;     pshufhw xmm5, xmm2, 0
;;     pshufd xmm5, xmm5, 0xee
;;     pand xmm5, xmm3
;;     movdqa xmm3, xmmword ptr [L5]
;;     pcmpeqb xmm3, xmm1
;;     pshufhw xmm6, xmm2, 0x55
;;     pshufd xmm6, xmm6, 0xee
;;     pand xmm6, xmm3
;;     por xmm6, xmm5
;;     movdqa xmm5, xmmword ptr [L6]
;;     pcmpeqb xmm5, xmm1
;;     pshufhw xmm3, xmm2, 0xaa
;;     pshufd xmm3, xmm3, 0xee
;;     pand xmm3, xmm5
;;     por xmm3, xmm6
;;     por xmm3, xmm4
;;     movdqa xmm4, xmmword ptr [L7]
;;     pcmpeqb xmm4, xmm1
;;     pshufhw xmm2, xmm2, 0xff
;;     pshufd xmm2, xmm2, 0xee
;;     pand xmm2, xmm4
;;     movdqa xmm4, xmmword ptr [L8]
;;     pcmpeqb xmm4, xmm1
;;     punpckhbw xmm0, xmm0
;;     pshuflw xmm5, xmm0, 0
;;     pshufd xmm5, xmm5, 0x44
;;     pand xmm5, xmm4
;;     por xmm5, xmm2
;;     movdqa xmm2, xmmword ptr [L9]
;;     pcmpeqb xmm2, xmm1
;;     pshuflw xmm4, xmm0, 0x55
;;     pshufd xmm4, xmm4, 0x44
;;     pand xmm4, xmm2
;;     por xmm4, xmm5
;;     movdqa xmm5, xmmword ptr [L10]
;;     pcmpeqb xmm5, xmm1
;;     pshuflw xmm2, xmm0, 0xaa
;;     pshufd xmm2, xmm2, 0x44
;;     pand xmm2, xmm5
;;     por xmm2, xmm4
;;     por xmm2, xmm3
;;     movdqa xmm3, xmmword ptr [L11]
;;     pcmpeqb xmm3, xmm1
;;     pshuflw xmm4, xmm0, 0xff
;;     pshufd xmm4, xmm4, 0x44
;;     pand xmm4, xmm3
;;     movdqa xmm3, xmmword ptr [L12]
;;     pcmpeqb xmm3, xmm1
;;     pshufhw xmm5, xmm0, 0
;;     pshufd xmm5, xmm5, 0xee
;;     pand xmm5, xmm3
;;     por xmm5, xmm4
;;     movdqa xmm3, xmmword ptr [L13]
;;     pcmpeqb xmm3, xmm1
;;     pshufhw xmm4, xmm0, 0x55
;;     pshufd xmm4, xmm4, 0xee
;;     pand xmm4, xmm3
;;     por xmm4, xmm5
;;     movdqa xmm3, xmmword ptr [L14]
;;     pcmpeqb xmm3, xmm1
;;     pshufhw xmm5, xmm0, 0xaa
;;     pshufd xmm5, xmm5, 0xee
;;     pand xmm5, xmm3
;;     por xmm5, xmm4
;;     pcmpeqb xmm1, xmmword ptr [L15]
;;     pshufhw xmm0, xmm0, 0xff
;;     pshufd xmm0, xmm0, 0xee
;;     pand xmm0, xmm1
;;     por xmm0, xmm5
;;     por xmm0, xmm2
;;     ret
;;     .bytes 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
;; L1:
;;     .bytes 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01
;; L2:
;;     .bytes 02 02 02 02 02 02 02 02 02 02 02 02 02 02 02 02
;; L3:
;;     .bytes 03 03 03 03 03 03 03 03 03 03 03 03 03 03 03 03
;; L4:
;;     .bytes 04 04 04 04 04 04 04 04 04 04 04 04 04 04 04 04
;; L5:
;;     .bytes 05 05 05 05 05 05 05 05 05 05 05 05 05 05 05 05
;; L6:
;;     .bytes 06 06 06 06 06 06 06 06 06 06 06 06 06 06 06 06
;; L7:
;;     .bytes 07 07 07 07 07 07 07 07 07 07 07 07 07 07 07 07
;; L8:
;;     .bytes 08 08 08 08 08 08 08 08 08 08 08 08 08 08 08 08
;; L9:
;;     .bytes 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09
;; L10:
;;     .bytes 0a 0a 0a 0a 0a 0a 0a 0a 0a 0a 0a 0a 0a 0a 0a 0a
;; L11:
;;     .bytes 0b 0b 0b 0b 0b 0b 0b 0b 0b 0b 0b 0b 0b 0b 0b 0b
;; L12:
;;     .bytes 0c 0c 0c 0c 0c 0c 0c 0c 0c 0c 0c 0c 0c 0c 0c 0c
;; L13:
;;     .bytes 0d 0d 0d 0d 0d 0d 0d 0d 0d 0d 0d 0d 0d 0d 0d 0d
;; L14:
;;     .bytes 0e 0e 0e 0e 0e 0e 0e 0e 0e 0e 0e 0e 0e 0e 0e 0e
;; L15:
;;     .bytes 0f 0f 0f 0f 0f 0f 0f 0f 0f 0f 0f 0f 0f 0f 0f 0f
;; madd:
;;   define hidden noundef <16 x i8> @f4(ptr noundef nonnull align 16 dereferenceable(48) %0, <16 x i8> noundef %1, <16 x i8> noundef %2, <16 x i8> noundef %3) {
;;     %5 = bitcast <16 x i8> %1 to <4 x float>
;;     %6 = bitcast <16 x i8> %2 to <4 x float>
;;     %7 = bitcast <16 x i8> %3 to <4 x float>
;;     %8 = fmul <4 x float> %5, %6
;;     %9 = fadd <4 x float> %8, %7
;;     %10 = bitcast <4 x float> %9 to <16 x i8>
;;     ret <16 x i8> %10
;;   }
;;   ; ----
;;     mulps xmm0, xmm1
;;     addps xmm0, xmm2
;;     ret


;; ---- aarch64
;; nearest:
;;   define hidden noundef float @f0(ptr noundef nonnull align 16 dereferenceable(48) %0, float noundef %1) {
;;     %3 = call float @llvm.roundeven.f32(float %1)
;;     ret float %3
;;   }
;;   ; ----
;;     frintn s0, s0
;;     ret
;; ceil_lanes:
;;   define hidden noundef <16 x i8> @f1(ptr noundef nonnull align 16 dereferenceable(48) %0, <16 x i8> noundef %1) {
;;     %3 = bitcast <16 x i8> %1 to <2 x double>
;;     %4 = call <2 x double> @llvm.ceil.v2f64(<2 x double> %3)
;;     %5 = bitcast <2 x double> %4 to <16 x i8>
;;     ret <16 x i8> %5
;;   }
;;   ; ----
;;     frintp v0.2d, v0.2d
;;     ret
;; shuffle:
;;   define hidden noundef <16 x i8> @f2(ptr noundef nonnull align 16 dereferenceable(48) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = shufflevector <16 x i8> %1, <16 x i8> %2, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 2, i32 18, i32 3, i32 19, i32 4, i32 20, i32 5, i32 21, i32 6, i32 22, i32 7, i32 23>
;;     ret <16 x i8> %4
;;   }
;;   ; ----
;;     zip1 v0.16b, v0.16b, v1.16b
;;     ret
;; swizzle:
;;   define hidden noundef <16 x i8> @f3(ptr noundef nonnull align 16 dereferenceable(48) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = call <16 x i8> @llvm.aarch64.neon.tbl1.v16i8(<16 x i8> %1, <16 x i8> %2)
;;     ret <16 x i8> %4
;;   }
;;   ; ----
;;     tbl v0.16b, {v0.16b}, v1.16b
;;     ret
;; madd:
;;   define hidden noundef <16 x i8> @f4(ptr noundef nonnull align 16 dereferenceable(48) %0, <16 x i8> noundef %1, <16 x i8> noundef %2, <16 x i8> noundef %3) {
;;     %5 = bitcast <16 x i8> %1 to <4 x float>
;;     %6 = bitcast <16 x i8> %2 to <4 x float>
;;     %7 = bitcast <16 x i8> %3 to <4 x float>
;;     %8 = call <4 x float> @llvm.fma.v4f32(<4 x float> %5, <4 x float> %6, <4 x float> %7)
;;     %9 = bitcast <4 x float> %8 to <16 x i8>
;;     ret <16 x i8> %9
;;   }
;;   ; ----
;;     fmla v2.4s, v1.4s, v0.4s
;;     mov v0.16b, v2.16b
;;     ret
