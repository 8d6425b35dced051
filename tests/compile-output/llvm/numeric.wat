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
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = icmp eq i32 %2, 0
;;     br i1 %4, label %5, label %6
;;   5:
;;     call void @llvm.ubsantrap(i8 7)
;;     unreachable
;;   6:
;;     %7 = icmp eq i32 %1, -2147483648
;;     %8 = icmp eq i32 %2, -1
;;     %9 = and i1 %7, %8
;;     br i1 %9, label %10, label %11
;;   10:
;;     call void @llvm.ubsantrap(i8 6)
;;     unreachable
;;   11:
;;     %12 = sdiv i32 %1, %2
;;     ret i32 %12
;;   }
;;   ; ----
;;     test edx, edx
;;     je L1
;;     mov ecx, edx
;;     lea eax, [rsi - 0x80000000]
;;     not edx
;;     or edx, eax
;;     je L2
;;     mov eax, esi
;;     cdq
;;     idiv ecx
;;     ret
;; L1:
;;     hlt    ; int_divz
;;     nop dword ptr [rax]
;; L2:
;;     hlt    ; int_ovf
;;     nop dword ptr [rax]
;; rem_s:
;;   define hidden noundef i64 @f1(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1, i64 noundef %2) {
;;     %4 = icmp eq i64 %2, 0
;;     br i1 %4, label %5, label %6
;;   5:
;;     call void @llvm.ubsantrap(i8 7)
;;     unreachable
;;   6:
;;     %7 = icmp eq i64 %2, -1
;;     %8 = select i1 %7, i64 1, i64 %2
;;     %9 = srem i64 %1, %8
;;     ret i64 %9
;;   }
;;   ; ----
;;     test rdx, rdx
;;     je L2
;;     cmp rdx, -1
;;     mov ecx, 1
;;     cmovne rcx, rdx
;;     mov rax, rsi
;;     or rax, rcx
;;     shr rax, 0x20
;;     je L1
;;     mov rax, rsi
;;     cqo
;;     idiv rcx
;;     mov rax, rdx
;;     ret
;; L1:
;;     mov eax, esi
;;     xor edx, edx
;;     div ecx
;;     mov eax, edx
;;     ret
;; L2:
;;     hlt    ; int_divz
;;     nop dword ptr [rax]
;; rotl:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = call i32 @llvm.fshl.i32(i32 %1, i32 %1, i32 %2)
;;     ret i32 %4
;;   }
;;   ; ----
;;     mov ecx, edx
;;     mov eax, esi
;;     rol eax, cl
;;     ret
;; counts:
;;   define hidden noundef i64 @f3(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1) {
;;     %3 = call range(i64 0, 65) i64 @llvm.ctlz.i64(i64 %1, i1 false)
;;     %4 = call range(i64 0, 65) i64 @llvm.cttz.i64(i64 %1, i1 false)
;;     %5 = call range(i64 0, 65) i64 @llvm.ctpop.i64(i64 %1)
;;     %6 = add nuw nsw i64 %4, %5
;;     %7 = add nuw nsw i64 %3, %6
;;     ret i64 %7
;;   }
;;   ; ----
;;     lzcnt rcx, rsi
;;     tzcnt rdx, rsi
;;     popcnt rax, rsi
;;     add rax, rdx
;;     add rax, rcx
;;     ret
;; trunc:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(48) %0, double noundef %1) {
;;     %3 = fcmp ule double %1, 0xC1E0000000200000
;;     %4 = fcmp uge double %1, 0x41E0000000000000
;;     %.not2 = or i1 %3, %4
;;     br i1 %.not2, label %5, label %7
;;   5:
;;     %6 = fcmp uno double %1, 0.000000e+00
;;     br i1 %6, label %9, label %10
;;   7:
;;     %8 = fptosi double %1 to i32
;;     ret i32 %8
;;   9:
;;     call void @llvm.ubsantrap(i8 8)
;;     unreachable
;;   10:
;;     call void @llvm.ubsantrap(i8 6)
;;     unreachable
;;   }
;;   ; ----
;;     vucomisd xmm0, qword ptr [L3]
;;     jbe L1
;;     vmovsd xmm1, qword ptr [L4]
;;     vucomisd xmm1, xmm0
;;     jbe L1
;;     vcvttsd2si eax, xmm0
;;     ret
;; L1:
;;     vucomisd xmm0, xmm0
;;     jp L2
;;     hlt    ; int_ovf
;;     nop dword ptr [rax]
;; L2:
;;     hlt    ; bad_toint
;;     nop dword ptr [rax]
;;     .bytes 00 00 00
;; L3:
;;     .bytes 00 00 20 00 00 00 e0 c1
;; L4:
;;     .bytes 00 00 00 00 00 00 e0 41
;; trunc_sat:
;;   define hidden noundef i64 @f5(ptr noundef nonnull align 16 dereferenceable(48) %0, float noundef %1) {
;;     %3 = call i64 @llvm.fptoui.sat.i64.f32(float %1)
;;     ret i64 %3
;;   }
;;   ; ----
;;     vcvttss2si rax, xmm0
;;     mov rcx, rax
;;     sar rcx, 0x3f
;;     vsubss xmm1, xmm0, dword ptr [L1]
;;     vcvttss2si rdx, xmm1
;;     and rdx, rcx
;;     or rdx, rax
;;     xor ecx, ecx
;;     vxorps xmm1, xmm1, xmm1
;;     vucomiss xmm0, xmm1
;;     cmovae rcx, rdx
;;     vucomiss xmm0, dword ptr [L2]
;;     mov rax, 0xffffffffffffffff
;;     cmovbe rax, rcx
;;     ret
;;     .bytes 00 00 00
;; L1:
;;     .bytes 00 00 00 5f
;; L2:
;;     .bytes ff ff 7f 5f
;; nearest:
;;   define hidden noundef float @f6(ptr noundef nonnull align 16 dereferenceable(48) %0, float noundef %1) {
;;     %3 = call float @llvm.roundeven.f32(float %1)
;;     ret float %3
;;   }
;;   ; ----
;;     vroundss xmm0, xmm0, xmm0, 8
;;     ret
;; min:
;;   define hidden noundef double @f7(ptr noundef nonnull align 16 dereferenceable(48) %0, double noundef %1, double noundef %2) {
;;     %4 = fcmp olt double %1, %2
;;     %5 = select i1 %4, double %1, double %2
;;     %6 = bitcast double %5 to i64
;;     %7 = fcmp olt double %2, %1
;;     %8 = select i1 %7, double %2, double %1
;;     %9 = bitcast double %8 to i64
;;     %10 = or i64 %6, %9
;;     %11 = bitcast i64 %10 to double
;;     %12 = fcmp uno double %1, %2
;;     %13 = fadd double %1, %2
;;     %14 = select i1 %12, double %13, double %11
;;     ret double %14
;;   }
;;   ; ----
;;     vminsd xmm2, xmm0, xmm1
;;     vminsd xmm3, xmm1, xmm0
;;     vorpd xmm2, xmm2, xmm3
;;     vaddsd xmm3, xmm0, xmm1
;;     vcmpunordsd xmm0, xmm0, xmm1
;;     vblendvpd xmm0, xmm2, xmm3, xmm0
;;     ret
;; copysign:
;;   define hidden noundef float @f8(ptr noundef nonnull align 16 dereferenceable(48) %0, float noundef %1, float noundef %2) {
;;     %4 = call float @llvm.copysign.f32(float %1, float %2)
;;     ret float %4
;;   }
;;   ; ----
;;     vbroadcastss xmm2, dword ptr [L1]
;;     vbroadcastss xmm3, dword ptr [L2]
;;     vandps xmm1, xmm1, xmm2
;;     vandps xmm0, xmm0, xmm3
;;     vorps xmm0, xmm0, xmm1
;;     ret
;;     .bytes 00
;; L1:
;;     .bytes 00 00 00 80
;; L2:
;;     .bytes ff ff ff 7f
;; extend:
;;   define hidden noundef i32 @f9(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %sext = shl i32 %1, 24
;;     %3 = ashr exact i32 %sext, 24
;;     ret i32 %3
;;   }
;;   ; ----
;;     movsx eax, sil
;;     ret
;; add128:
;;   define hidden noundef i64 @f10(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1, i64 noundef %2, i64 noundef %3, i64 noundef %4) {
;;     %6 = zext i64 %1 to i128
;;     %7 = zext i64 %2 to i128
;;     %8 = shl nuw i128 %7, 64
;;     %9 = or disjoint i128 %8, %6
;;     %10 = zext i64 %3 to i128
;;     %11 = zext i64 %4 to i128
;;     %12 = shl nuw i128 %11, 64
;;     %13 = or disjoint i128 %12, %10
;;     %14 = add i128 %9, %13
;;     %15 = lshr i128 %14, 64
;;     %16 = xor i128 %14, %15
;;     %17 = trunc i128 %16 to i64
;;     ret i64 %17
;;   }
;;   ; ----
;;     mov rax, rdx
;;     add rsi, rcx
;;     adc rax, r8
;;     xor rax, rsi
;;     ret
;; mul_wide:
;;   define hidden noundef i64 @f11(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1, i64 noundef %2) {
;;     %4 = zext i64 %1 to i128
;;     %5 = zext i64 %2 to i128
;;     %6 = mul nuw i128 %4, %5
;;     %7 = lshr i128 %6, 64
;;     %8 = xor i128 %6, %7
;;     %9 = trunc i128 %8 to i64
;;     ret i64 %9
;;   }
;;   ; ----
;;     mov rax, rdx
;;     mov rdx, rsi
;;     mulx rcx, rax, rax
;;     xor rax, rcx
;;     ret


;; ---- aarch64
;; div_s:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = icmp eq i32 %2, 0
;;     br i1 %4, label %5, label %6
;;   5:
;;     call void @llvm.ubsantrap(i8 7)
;;     unreachable
;;   6:
;;     %7 = icmp eq i32 %1, -2147483648
;;     %8 = icmp eq i32 %2, -1
;;     %9 = and i1 %7, %8
;;     br i1 %9, label %10, label %11
;;   10:
;;     call void @llvm.ubsantrap(i8 6)
;;     unreachable
;;   11:
;;     %12 = sdiv i32 %1, %2
;;     ret i32 %12
;;   }
;;   ; ----
;;     cbz w2, L2
;;     mov w8, #-0x80000000
;;     cmp w1, w8
;;     b.ne L1
;;     cmn w2, #1
;;     b.eq L3
;; L1:
;;     sdiv w0, w1, w2
;;     ret
;; L2:
;;     udf #7    ; int_divz
;; L3:
;;     udf #6    ; int_ovf
;; rem_s:
;;   define hidden noundef i64 @f1(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1, i64 noundef %2) {
;;     %4 = icmp eq i64 %2, 0
;;     br i1 %4, label %5, label %6
;;   5:
;;     call void @llvm.ubsantrap(i8 7)
;;     unreachable
;;   6:
;;     %7 = icmp eq i64 %2, -1
;;     %8 = select i1 %7, i64 1, i64 %2
;;     %9 = srem i64 %1, %8
;;     ret i64 %9
;;   }
;;   ; ----
;;     cbz x2, L1
;;     cmn x2, #1
;;     csinc x8, x2, xzr, ne
;;     sdiv x9, x1, x8
;;     msub x0, x9, x8, x1
;;     ret
;; L1:
;;     udf #7    ; int_divz
;; rotl:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = call i32 @llvm.fshl.i32(i32 %1, i32 %1, i32 %2)
;;     ret i32 %4
;;   }
;;   ; ----
;;     neg w8, w2
;;     ror w0, w1, w8
;;     ret
;; counts:
;;   define hidden noundef i64 @f3(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1) {
;;     %3 = call range(i64 0, 65) i64 @llvm.ctlz.i64(i64 %1, i1 false)
;;     %4 = call range(i64 0, 65) i64 @llvm.cttz.i64(i64 %1, i1 false)
;;     %5 = call range(i64 0, 65) i64 @llvm.ctpop.i64(i64 %1)
;;     %6 = add nuw nsw i64 %4, %5
;;     %7 = add nuw nsw i64 %3, %6
;;     ret i64 %7
;;   }
;;   ; ----
;;     fmov d0, x1
;;     rbit x8, x1
;;     clz x10, x1
;;     clz x8, x8
;;     cnt v0.8b, v0.8b
;;     addv b0, v0.8b
;;     fmov x9, d0
;;     add x8, x8, x9
;;     add x0, x10, x8
;;     ret
;; trunc:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(48) %0, double noundef %1) {
;;     %3 = fcmp ule double %1, 0xC1E0000000200000
;;     %4 = fcmp uge double %1, 0x41E0000000000000
;;     %.not2 = or i1 %3, %4
;;     br i1 %.not2, label %5, label %7
;;   5:
;;     %6 = fcmp uno double %1, 0.000000e+00
;;     br i1 %6, label %9, label %10
;;   7:
;;     %8 = fptosi double %1 to i32
;;     ret i32 %8
;;   9:
;;     call void @llvm.ubsantrap(i8 8)
;;     unreachable
;;   10:
;;     call void @llvm.ubsantrap(i8 6)
;;     unreachable
;;   }
;;   ; ----
;;     mov x8, #0x200000
;;     movk x8, #0xc1e0, lsl #48
;;     fmov d1, x8
;;     mov x8, #0x41e0000000000000
;;     fcmp d0, d1
;;     fmov d1, x8
;;     fccmp d0, d1, #0, gt
;;     b.pl L1
;;     fcvtzs w0, d0
;;     ret
;; L1:
;;     fcmp d0, d0
;;     b.vs L2
;;     udf #6    ; int_ovf
;; L2:
;;     udf #8    ; bad_toint
;; trunc_sat:
;;   define hidden noundef i64 @f5(ptr noundef nonnull align 16 dereferenceable(48) %0, float noundef %1) {
;;     %3 = call i64 @llvm.fptoui.sat.i64.f32(float %1)
;;     ret i64 %3
;;   }
;;   ; ----
;;     fcvtzu x0, s0
;;     ret
;; nearest:
;;   define hidden noundef float @f6(ptr noundef nonnull align 16 dereferenceable(48) %0, float noundef %1) {
;;     %3 = call float @llvm.roundeven.f32(float %1)
;;     ret float %3
;;   }
;;   ; ----
;;     frintn s0, s0
;;     ret
;; min:
;;   define hidden noundef double @f7(ptr noundef nonnull align 16 dereferenceable(48) %0, double noundef %1, double noundef %2) {
;;     %4 = call double @llvm.minimum.f64(double %1, double %2)
;;     ret double %4
;;   }
;;   ; ----
;;     fmin d0, d0, d1
;;     ret
;; copysign:
;;   define hidden noundef float @f8(ptr noundef nonnull align 16 dereferenceable(48) %0, float noundef %1, float noundef %2) {
;;     %4 = call float @llvm.copysign.f32(float %1, float %2)
;;     ret float %4
;;   }
;;   ; ----
;;     mvni v2.4s, #0x80, lsl #24
;;     bif v0.16b, v1.16b, v2.16b
;;     ret
;; extend:
;;   define hidden noundef i32 @f9(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %sext = shl i32 %1, 24
;;     %3 = ashr exact i32 %sext, 24
;;     ret i32 %3
;;   }
;;   ; ----
;;     sxtb w0, w1
;;     ret
;; add128:
;;   define hidden noundef i64 @f10(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1, i64 noundef %2, i64 noundef %3, i64 noundef %4) {
;;     %6 = zext i64 %1 to i128
;;     %7 = zext i64 %2 to i128
;;     %8 = shl nuw i128 %7, 64
;;     %9 = or disjoint i128 %8, %6
;;     %10 = zext i64 %3 to i128
;;     %11 = zext i64 %4 to i128
;;     %12 = shl nuw i128 %11, 64
;;     %13 = or disjoint i128 %12, %10
;;     %14 = add i128 %9, %13
;;     %15 = lshr i128 %14, 64
;;     %16 = xor i128 %14, %15
;;     %17 = trunc i128 %16 to i64
;;     ret i64 %17
;;   }
;;   ; ----
;;     adds x8, x1, x3
;;     adc x9, x2, x4
;;     eor x0, x8, x9
;;     ret
;; mul_wide:
;;   define hidden noundef i64 @f11(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1, i64 noundef %2) {
;;     %4 = zext i64 %1 to i128
;;     %5 = zext i64 %2 to i128
;;     %6 = mul nuw i128 %4, %5
;;     %7 = lshr i128 %6, 64
;;     %8 = xor i128 %6, %7
;;     %9 = trunc i128 %8 to i64
;;     ret i64 %9
;;   }
;;   ; ----
;;     mul x8, x1, x2
;;     umulh x9, x1, x2
;;     eor x0, x8, x9
;;     ret
