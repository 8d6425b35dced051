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
;;   define hidden noundef <16 x i8> @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = bitcast <16 x i8> %1 to <4 x i32>
;;     %5 = bitcast <16 x i8> %2 to <4 x i32>
;;     %6 = add <4 x i32> %4, %5
;;     %7 = bitcast <4 x i32> %6 to <16 x i8>
;;     ret <16 x i8> %7
;;   }
;;   ; ----
;;     vpaddd xmm0, xmm0, xmm1
;;     ret
;; mixed_lanes:
;;   define hidden noundef <16 x i8> @f1(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = bitcast <16 x i8> %1 to <8 x i16>
;;     %5 = bitcast <16 x i8> %2 to <8 x i16>
;;     %6 = sub <8 x i16> %4, %5
;;     %7 = bitcast <8 x i16> %6 to <4 x float>
;;     %8 = bitcast <16 x i8> %2 to <4 x float>
;;     %9 = fmul <4 x float> %7, %8
;;     %10 = bitcast <4 x float> %9 to <16 x i8>
;;     ret <16 x i8> %10
;;   }
;;   ; ----
;;     vpsubw xmm0, xmm0, xmm1
;;     vmulps xmm0, xmm0, xmm1
;;     ret
;; shuffle:
;;   define hidden noundef <16 x i8> @f2(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = shufflevector <16 x i8> %1, <16 x i8> %2, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 2, i32 18, i32 3, i32 19, i32 4, i32 20, i32 5, i32 21, i32 6, i32 22, i32 7, i32 23>
;;     ret <16 x i8> %4
;;   }
;;   ; ----
;;     vpunpcklbw xmm0, xmm0, xmm1
;;     ret
;; swizzle:
;;   define hidden noundef <16 x i8> @f3(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = call <16 x i8> @llvm.uadd.sat.v16i8(<16 x i8> %2, <16 x i8> splat (i8 112))
;;     %5 = call <16 x i8> @llvm.x86.ssse3.pshuf.b.128(<16 x i8> %1, <16 x i8> %4)
;;     ret <16 x i8> %5
;;   }
;;   ; ----
;;     vpaddusb xmm1, xmm1, xmmword ptr [L1]
;;     vpshufb xmm0, xmm0, xmm1
;;     ret
;;     .bytes 00 00
;; L1:
;;     .bytes 70 70 70 70 70 70 70 70 70 70 70 70 70 70 70 70
;; relaxed_swizzle:
;;   define hidden noundef <16 x i8> @f4(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = call <16 x i8> @llvm.x86.ssse3.pshuf.b.128(<16 x i8> %1, <16 x i8> %2)
;;     ret <16 x i8> %4
;;   }
;;   ; ----
;;     vpshufb xmm0, xmm0, xmm1
;;     ret
;; dot:
;;   define hidden noundef <16 x i8> @f5(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = bitcast <16 x i8> %1 to <8 x i16>
;;     %5 = bitcast <16 x i8> %2 to <8 x i16>
;;     %6 = sext <8 x i16> %4 to <8 x i32>
;;     %7 = sext <8 x i16> %5 to <8 x i32>
;;     %8 = mul nsw <8 x i32> %6, %7
;;     %9 = shufflevector <8 x i32> %8, <8 x i32> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
;;     %10 = shufflevector <8 x i32> %8, <8 x i32> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
;;     %11 = add <4 x i32> %9, %10
;;     %12 = bitcast <4 x i32> %11 to <16 x i8>
;;     ret <16 x i8> %12
;;   }
;;   ; ----
;;     vpmaddwd xmm0, xmm0, xmm1
;;     ret
;; bitmask:
;;   define hidden noundef i32 @f6(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1) {
;;     %3 = icmp slt <16 x i8> %1, zeroinitializer
;;     %4 = bitcast <16 x i1> %3 to i16
;;     %5 = zext i16 %4 to i32
;;     ret i32 %5
;;   }
;;   ; ----
;;     vpmovmskb eax, xmm0
;;     ret
;; splat_load:
;;   define hidden noundef <16 x i8> @f7(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %4 = load ptr addrspace(1), ptr %3, align 8, !invariant.load
;;     %5 = zext i32 %1 to i64
;;     %6 = getelementptr inbounds nuw i8, ptr addrspace(1) %4, i64 %5
;;     %7 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 4
;;     %8 = load volatile i32, ptr addrspace(1) %7, align 1
;;     %9 = insertelement <4 x i32> poison, i32 %8, i64 0
;;     %10 = bitcast <4 x i32> %9 to <16 x i8>
;;     %11 = shufflevector <16 x i8> %10, <16 x i8> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 0, i32 1, i32 2, i32 3, i32 0, i32 1, i32 2, i32 3, i32 0, i32 1, i32 2, i32 3>
;;     ret <16 x i8> %11
;;   }
;;   ; ----
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov ecx, esi
;;     vbroadcastss xmm0, dword ptr [rax + rcx + 4]
;;     ret
;; widening_load:
;;   define hidden noundef <16 x i8> @f8(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %4 = load ptr addrspace(1), ptr %3, align 8, !invariant.load
;;     %5 = zext i32 %1 to i64
;;     %6 = getelementptr inbounds nuw i8, ptr addrspace(1) %4, i64 %5
;;     %7 = load volatile <8 x i8>, ptr addrspace(1) %6, align 1
;;     %8 = sext <8 x i8> %7 to <8 x i16>
;;     %9 = bitcast <8 x i16> %8 to <16 x i8>
;;     ret <16 x i8> %9
;;   }
;;   ; ----
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov ecx, esi
;;     vpmovsxbw xmm0, qword ptr [rax + rcx]
;;     ret
;; lane_store:
;;   define hidden void @f9(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, <16 x i8> noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr addrspace(1), ptr %4, align 8, !invariant.load
;;     %6 = bitcast <16 x i8> %2 to <8 x i16>
;;     %7 = extractelement <8 x i16> %6, i64 3
;;     %8 = zext i32 %1 to i64
;;     %9 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %8
;;     %10 = getelementptr inbounds nuw i8, ptr addrspace(1) %9, i64 2
;;     store volatile i16 %7, ptr addrspace(1) %10, align 1
;;     ret void
;;   }
;;   ; ----
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov ecx, esi
;;     vpextrw word ptr [rax + rcx + 2], xmm0, 3
;;     ret
;; pmin:
;;   define hidden noundef <16 x i8> @f10(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = bitcast <16 x i8> %1 to <2 x double>
;;     %5 = bitcast <16 x i8> %2 to <2 x double>
;;     %6 = fcmp olt <2 x double> %5, %4
;;     %7 = select <2 x i1> %6, <2 x double> %5, <2 x double> %4
;;     %8 = bitcast <2 x double> %7 to <16 x i8>
;;     ret <16 x i8> %8
;;   }
;;   ; ----
;;     vminpd xmm0, xmm1, xmm0
;;     ret
;; relaxed_madd:
;;   define hidden noundef <16 x i8> @f11(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2, <16 x i8> noundef %3) {
;;     %5 = bitcast <16 x i8> %1 to <4 x float>
;;     %6 = bitcast <16 x i8> %2 to <4 x float>
;;     %7 = bitcast <16 x i8> %3 to <4 x float>
;;     %8 = call <4 x float> @llvm.fma.v4f32(<4 x float> %5, <4 x float> %6, <4 x float> %7)
;;     %9 = bitcast <4 x float> %8 to <16 x i8>
;;     ret <16 x i8> %9
;;   }
;;   ; ----
;;     vfmadd213ps xmm0, xmm1, xmm2
;;     ret


;; ---- aarch64
;; add:
;;   define hidden noundef <16 x i8> @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = bitcast <16 x i8> %1 to <4 x i32>
;;     %5 = bitcast <16 x i8> %2 to <4 x i32>
;;     %6 = add <4 x i32> %4, %5
;;     %7 = bitcast <4 x i32> %6 to <16 x i8>
;;     ret <16 x i8> %7
;;   }
;;   ; ----
;;     add v0.4s, v0.4s, v1.4s
;;     ret
;; mixed_lanes:
;;   define hidden noundef <16 x i8> @f1(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = bitcast <16 x i8> %1 to <8 x i16>
;;     %5 = bitcast <16 x i8> %2 to <8 x i16>
;;     %6 = sub <8 x i16> %4, %5
;;     %7 = bitcast <8 x i16> %6 to <4 x float>
;;     %8 = bitcast <16 x i8> %2 to <4 x float>
;;     %9 = fmul <4 x float> %7, %8
;;     %10 = bitcast <4 x float> %9 to <16 x i8>
;;     ret <16 x i8> %10
;;   }
;;   ; ----
;;     sub v0.8h, v0.8h, v1.8h
;;     fmul v0.4s, v0.4s, v1.4s
;;     ret
;; shuffle:
;;   define hidden noundef <16 x i8> @f2(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = shufflevector <16 x i8> %1, <16 x i8> %2, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 2, i32 18, i32 3, i32 19, i32 4, i32 20, i32 5, i32 21, i32 6, i32 22, i32 7, i32 23>
;;     ret <16 x i8> %4
;;   }
;;   ; ----
;;     zip1 v0.16b, v0.16b, v1.16b
;;     ret
;; swizzle:
;;   define hidden noundef <16 x i8> @f3(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = call <16 x i8> @llvm.aarch64.neon.tbl1.v16i8(<16 x i8> %1, <16 x i8> %2)
;;     ret <16 x i8> %4
;;   }
;;   ; ----
;;     tbl v0.16b, {v0.16b}, v1.16b
;;     ret
;; relaxed_swizzle:
;;   define hidden noundef <16 x i8> @f4(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = call <16 x i8> @llvm.aarch64.neon.tbl1.v16i8(<16 x i8> %1, <16 x i8> %2)
;;     ret <16 x i8> %4
;;   }
;;   ; ----
;;     tbl v0.16b, {v0.16b}, v1.16b
;;     ret
;; dot:
;;   define hidden noundef <16 x i8> @f5(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = bitcast <16 x i8> %1 to <8 x i16>
;;     %5 = bitcast <16 x i8> %2 to <8 x i16>
;;     %6 = sext <8 x i16> %4 to <8 x i32>
;;     %7 = sext <8 x i16> %5 to <8 x i32>
;;     %8 = mul nsw <8 x i32> %6, %7
;;     %9 = shufflevector <8 x i32> %8, <8 x i32> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
;;     %10 = shufflevector <8 x i32> %8, <8 x i32> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
;;     %11 = add <4 x i32> %9, %10
;;     %12 = bitcast <4 x i32> %11 to <16 x i8>
;;     ret <16 x i8> %12
;;   }
;;   ; ----
;;     smull2 v2.4s, v0.8h, v1.8h
;;     smull v0.4s, v0.4h, v1.4h
;;     addp v0.4s, v0.4s, v2.4s
;;     ret
;; bitmask:
;;   define hidden noundef i32 @f6(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1) {
;;     %3 = icmp slt <16 x i8> %1, zeroinitializer
;;     %4 = bitcast <16 x i1> %3 to i16
;;     %5 = zext i16 %4 to i32
;;     ret i32 %5
;;   }
;;   ; ----
;;     adrp x8, #0
;;     cmlt v0.16b, v0.16b, #0
;;     ldr q1, [x8, #0x30]
;;     and v0.16b, v0.16b, v1.16b
;;     ext v1.16b, v0.16b, v0.16b, #8
;;     zip1 v0.16b, v0.16b, v1.16b
;;     addv h0, v0.8h
;;     fmov w0, s0
;;     ret
;;     udf #0
;;     udf #0
;;     udf #0
;;     stxrb w4, w1, [x16]
;;     .bytes 10 20 40 80
;;     stxrb w4, w1, [x16]
;;     .bytes 10 20 40 80
;; splat_load:
;;   define hidden noundef <16 x i8> @f7(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %4 = load ptr addrspace(1), ptr %3, align 8, !invariant.load
;;     %5 = zext i32 %1 to i64
;;     %6 = getelementptr inbounds nuw i8, ptr addrspace(1) %4, i64 %5
;;     %7 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 4
;;     %8 = load volatile i32, ptr addrspace(1) %7, align 1
;;     %9 = insertelement <4 x i32> poison, i32 %8, i64 0
;;     %10 = shufflevector <4 x i32> %9, <4 x i32> poison, <4 x i32> zeroinitializer
;;     %11 = bitcast <4 x i32> %10 to <16 x i8>
;;     ret <16 x i8> %11
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x30]
;;     add x8, x8, w1, uxtw
;;     add x8, x8, #4
;;     ld1r {v0.4s}, [x8]
;;     ret
;; widening_load:
;;   define hidden noundef <16 x i8> @f8(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %4 = load ptr addrspace(1), ptr %3, align 8, !invariant.load
;;     %5 = zext i32 %1 to i64
;;     %6 = getelementptr inbounds nuw i8, ptr addrspace(1) %4, i64 %5
;;     %7 = load volatile <8 x i8>, ptr addrspace(1) %6, align 1
;;     %8 = sext <8 x i8> %7 to <8 x i16>
;;     %9 = bitcast <8 x i16> %8 to <16 x i8>
;;     ret <16 x i8> %9
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x30]
;;     ldr d0, [x8, w1, uxtw]
;;     sshll v0.8h, v0.8b, #0
;;     ret
;; lane_store:
;;   define hidden void @f9(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, <16 x i8> noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr addrspace(1), ptr %4, align 8, !invariant.load
;;     %6 = bitcast <16 x i8> %2 to <8 x i16>
;;     %7 = extractelement <8 x i16> %6, i64 3
;;     %8 = zext i32 %1 to i64
;;     %9 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %8
;;     %10 = getelementptr inbounds nuw i8, ptr addrspace(1) %9, i64 2
;;     %11 = load volatile i16, ptr addrspace(1) %10, align 1
;;     store volatile i16 %7, ptr addrspace(1) %10, align 1
;;     ret void
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x30]
;;     mov h0, v0.h[3]
;;     add x8, x8, w1, uxtw
;;     ldrh wzr, [x8, #2]
;;     str h0, [x8, #2]
;;     ret
;; pmin:
;;   define hidden noundef <16 x i8> @f10(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2) {
;;     %4 = bitcast <16 x i8> %1 to <2 x double>
;;     %5 = bitcast <16 x i8> %2 to <2 x double>
;;     %6 = fcmp olt <2 x double> %5, %4
;;     %7 = select <2 x i1> %6, <2 x double> %5, <2 x double> %4
;;     %8 = bitcast <2 x double> %7 to <16 x i8>
;;     ret <16 x i8> %8
;;   }
;;   ; ----
;;     fcmgt v2.2d, v0.2d, v1.2d
;;     bit v0.16b, v1.16b, v2.16b
;;     ret
;; relaxed_madd:
;;   define hidden noundef <16 x i8> @f11(ptr noundef nonnull align 16 dereferenceable(64) %0, <16 x i8> noundef %1, <16 x i8> noundef %2, <16 x i8> noundef %3) {
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
