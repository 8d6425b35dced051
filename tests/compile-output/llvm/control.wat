;; Blocks, loops, branches, tables of branches, several results.
(module
  (func $if_without_else (param $x i32) (result i32)
    (if (i32.lt_s (local.get $x) (i32.const 0)) (then (local.set $x (i32.const 0))))
    (local.get $x))
  (func $if_with_else (param $x i32) (result i32)
    (if (result i32) (local.get $x) (then (i32.const 10)) (else (i32.const 20))))
  (func $sum_to (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func $switch (param $x i32) (result i32)
    (block $default
      (block $one
        (block $zero (br_table $zero $one $default (local.get $x)))
        (return (i32.const 100)))
      (return (i32.const 101)))
    (i32.const 102))
  (func $switch_with_values (param $x i32) (result i32)
    (block $b (result i32)
      (block $a (result i32) (br_table $a $b $a (i32.const 7) (local.get $x)))
      (i32.add (i32.const 1))))
  (func $loop_with_parameters (param $n i64) (result i64)
    (i64.const 1)
    (local.get $n)
    (loop $again (param i64 i64) (result i64)
      (local.set $n)
      (i64.mul (local.get $n))
      (local.get $n)
      (i64.const 1)
      (i64.sub)
      (local.tee $n)
      (br_if $again (i64.ne (local.get $n) (i64.const 0)))
      (drop)))
  (func $select (param $x i64) (param $y i64) (result i64)
    (select (local.get $x) (local.get $y) (i64.lt_u (local.get $x) (local.get $y))))
  (func $stop (unreachable)))

;; ---- x86_64
;; if_without_else:
;;   define hidden range(i32 0, -2147483648) i32 @f0(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i32 %1) {
;;     %spec.store.select = call i32 @llvm.smax.i32(i32 %1, i32 0)
;;     ret i32 %spec.store.select
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov eax, esi
;;     sar eax, 0x1f
;;     andn eax, eax, esi
;;     pop rbp
;;     ret
;; if_with_else:
;;   define hidden range(i32 10, 21) i32 @f1(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i32 %1) {
;;     %.not = icmp eq i32 %1, 0
;;     %3 = select i1 %.not, i32 20, i32 10
;;     ret i32 %3
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     test esi, esi
;;     mov ecx, 0x14
;;     mov eax, 0xa
;;     cmove eax, ecx
;;     pop rbp
;;     ret
;; sum_to:
;;   define hidden i32 @f2(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i32 %1) {
;;     %3 = add i32 %1, -1
;;     %4 = mul i32 %3, %3
;;     %5 = add i32 %1, %4
;;     %6 = zext i32 %3 to i33
;;     %7 = add i32 %1, -2
;;     %8 = zext i32 %7 to i33
;;     %9 = mul i33 %6, %8
;;     %10 = lshr i33 %9, 1
;;     %11 = trunc nuw i33 %10 to i32
;;     %12 = sub i32 %5, %11
;;     ret i32 %12
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     lea ecx, [rsi - 1]
;;     mov eax, ecx
;;     imul eax, ecx
;;     add eax, esi
;;     add esi, -2
;;     imul rsi, rcx
;;     shr rsi, 1
;;     sub eax, esi
;;     pop rbp
;;     ret
;; switch:
;;   define hidden range(i32 100, 103) i32 @f3(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i32 %1) {
;;   common.ret:
;;     %switch.selectcmp = icmp eq i32 %1, 1
;;     %switch.select = select i1 %switch.selectcmp, i32 101, i32 102
;;     %switch.selectcmp1 = icmp eq i32 %1, 0
;;     %switch.select2 = select i1 %switch.selectcmp1, i32 100, i32 %switch.select
;;     ret i32 %switch.select2
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     xor ecx, ecx
;;     cmp esi, 1
;;     setne cl
;;     add ecx, 0x65
;;     test esi, esi
;;     mov eax, 0x64
;;     cmovne eax, ecx
;;     pop rbp
;;     ret
;; switch_with_values:
;;   define hidden range(i32 7, 9) i32 @f4(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i32 %1) {
;;     %cond = icmp eq i32 %1, 1
;;     %3 = select i1 %cond, i32 7, i32 8
;;     ret i32 %3
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     xor eax, eax
;;     cmp esi, 1
;;     setne al
;;     add eax, 7
;;     pop rbp
;;     ret
;; loop_with_parameters:
;;   define hidden i64 @f5(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i64 %1) {
;;     %min.iters.check = icmp ult i64 %1, 4
;;     br i1 %min.iters.check, label %scalar.ph.preheader, label %vector.ph
;;   vector.ph:
;;     %n.vec = and i64 %1, -4
;;     %3 = and i64 %1, 3
;;     %broadcast.splatinsert = insertelement <4 x i64> poison, i64 %1, i64 0
;;     %broadcast.splat = shufflevector <4 x i64> %broadcast.splatinsert, <4 x i64> poison, <4 x i32> zeroinitializer
;;     %induction = add <4 x i64> %broadcast.splat, <i64 0, i64 -1, i64 -2, i64 -3>
;;     br label %vector.body
;;   vector.body:
;;     %index = phi i64 [ 0, %vector.ph ], [ %index.next, %vector.body ]
;;     %vec.phi = phi <4 x i64> [ splat (i64 1), %vector.ph ], [ %4, %vector.body ]
;;     %vec.ind = phi <4 x i64> [ %induction, %vector.ph ], [ %vec.ind.next, %vector.body ]
;;     %4 = mul <4 x i64> %vec.ind, %vec.phi
;;     %index.next = add nuw i64 %index, 4
;;     %vec.ind.next = add <4 x i64> %vec.ind, splat (i64 -4)
;;     %5 = icmp eq i64 %index.next, %n.vec
;;     br i1 %5, label %middle.block, label %vector.body
;;   middle.block:
;;     %6 = call i64 @llvm.vector.reduce.mul.v4i64(<4 x i64> %4)
;;     %cmp.n = icmp eq i64 %1, %n.vec
;;     br i1 %cmp.n, label %.loopexit, label %scalar.ph.preheader
;;   scalar.ph.preheader:
;;     %.ph = phi i64 [ 1, %2 ], [ %6, %middle.block ]
;;     %.ph4 = phi i64 [ %1, %2 ], [ %3, %middle.block ]
;;     br label %scalar.ph
;;   scalar.ph:
;;     %7 = phi i64 [ %9, %scalar.ph ], [ %.ph, %scalar.ph.preheader ]
;;     %8 = phi i64 [ %10, %scalar.ph ], [ %.ph4, %scalar.ph.preheader ]
;;     %9 = mul i64 %8, %7
;;     %10 = add i64 %8, -1
;;     %.not = icmp eq i64 %10, 0
;;     br i1 %.not, label %.loopexit, label %scalar.ph
;;   .loopexit:
;;     %.lcssa = phi i64 [ %6, %middle.block ], [ %9, %scalar.ph ]
;;     ret i64 %.lcssa
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov eax, 1
;;     cmp rsi, 4
;;     jae L1
;;     mov rcx, rsi
;;     jmp L3
;; L1:
;;     mov rdx, rsi
;;     and rdx, 0xfffffffffffffffc
;;     mov ecx, esi
;;     vmovq xmm0, rsi
;;     vpbroadcastq ymm0, xmm0
;;     vpaddq ymm1, ymm0, ymmword ptr [L5]
;;     vpbroadcastq ymm0, qword ptr [L6]
;;     and ecx, 3
;;     vpbroadcastq ymm2, qword ptr [L7]
;;     mov rax, rdx
;;     nop word ptr [rax + rax]
;; L2:
;;     vpsrlq ymm3, ymm1, 0x20
;;     vpmuludq ymm3, ymm3, ymm0
;;     vpsrlq ymm4, ymm0, 0x20
;;     vpmuludq ymm4, ymm1, ymm4
;;     vpaddq ymm3, ymm4, ymm3
;;     vpsllq ymm3, ymm3, 0x20
;;     vpmuludq ymm0, ymm1, ymm0
;;     vpaddq ymm0, ymm0, ymm3
;;     vpaddq ymm1, ymm1, ymm2
;;     add rax, -4
;;     jne L2
;;     vextracti128 xmm1, ymm0, 1
;;     vpsrlq xmm2, xmm0, 0x20
;;     vpmuludq xmm2, xmm2, xmm1
;;     vpsrlq xmm3, xmm1, 0x20
;;     vpmuludq xmm3, xmm0, xmm3
;;     vpaddq xmm2, xmm3, xmm2
;;     vpsllq xmm2, xmm2, 0x20
;;     vpmuludq xmm0, xmm0, xmm1
;;     vpaddq xmm0, xmm0, xmm2
;;     vpshufd xmm1, xmm0, 0xee
;;     vpsrlq xmm2, xmm0, 0x20
;;     vpmuludq xmm2, xmm2, xmm1
;;     vpshufd xmm3, xmm0, 0xff
;;     vpmuludq xmm3, xmm0, xmm3
;;     vpaddq xmm2, xmm3, xmm2
;;     vpsllq xmm2, xmm2, 0x20
;;     vpmuludq xmm0, xmm0, xmm1
;;     vpaddq xmm0, xmm0, xmm2
;;     vmovq rax, xmm0
;;     cmp rsi, rdx
;;     je L4
;;     nop dword ptr [rax + rax]
;; L3:
;;     imul rax, rcx
;;     dec rcx
;;     jne L3
;; L4:
;;     pop rbp
;;     vzeroupper
;;     ret
;;     .bytes 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
;; L5:
;;     .bytes 00 00 00 00 00 00 00 00 ff ff ff ff ff ff ff ff fe ff ff ff ff ff ff ff fd ff ff ff ff ff ff ff
;; L6:
;;     .bytes 01 00 00 00 00 00 00 00
;; L7:
;;     .bytes fc ff ff ff ff ff ff ff
;; select:
;;   define hidden i64 @f6(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i64 %1, i64 %2) {
;;     %4 = call i64 @llvm.umin.i64(i64 %1, i64 %2)
;;     ret i64 %4
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov rax, rdx
;;     cmp rsi, rdx
;;     cmovb rax, rsi
;;     pop rbp
;;     ret
;; stop:
;;   define hidden void @f7(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0) {
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     hlt    ; unreachable
;;     nop dword ptr [rax]


;; ---- aarch64
;; if_without_else:
;;   define hidden range(i32 0, -2147483648) i32 @f0(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i32 %1) {
;;     %spec.store.select = call i32 @llvm.smax.i32(i32 %1, i32 0)
;;     ret i32 %spec.store.select
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     bic w0, w1, w1, asr #31
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; if_with_else:
;;   define hidden range(i32 10, 21) i32 @f1(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i32 %1) {
;;     %.not = icmp eq i32 %1, 0
;;     %3 = select i1 %.not, i32 20, i32 10
;;     ret i32 %3
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     mov w8, #0xa
;;     cmp w1, #0
;;     mov w9, #0x14
;;     csel w0, w9, w8, eq
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; sum_to:
;;   define hidden i32 @f2(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i32 %1) {
;;     %3 = add i32 %1, -1
;;     %4 = mul i32 %3, %3
;;     %5 = add i32 %1, %4
;;     %6 = zext i32 %3 to i33
;;     %7 = add i32 %1, -2
;;     %8 = zext i32 %7 to i33
;;     %9 = mul i33 %6, %8
;;     %10 = lshr i33 %9, 1
;;     %11 = trunc nuw i33 %10 to i32
;;     %12 = sub i32 %5, %11
;;     ret i32 %12
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub w8, w1, #1
;;     sub w9, w1, #2
;;     madd w10, w8, w8, w1
;;     umull x8, w8, w9
;;     sub x0, x10, x8, lsr #1
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; switch:
;;   define hidden range(i32 100, 103) i32 @f3(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i32 %1) {
;;   common.ret:
;;     %switch.selectcmp = icmp eq i32 %1, 1
;;     %switch.select = select i1 %switch.selectcmp, i32 101, i32 102
;;     %switch.selectcmp1 = icmp eq i32 %1, 0
;;     %switch.select2 = select i1 %switch.selectcmp1, i32 100, i32 %switch.select
;;     ret i32 %switch.select2
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     mov w8, #0x65
;;     cmp w1, #1
;;     mov w9, #0x64
;;     cinc w8, w8, ne
;;     cmp w1, #0
;;     csel w0, w9, w8, eq
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; switch_with_values:
;;   define hidden range(i32 7, 9) i32 @f4(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i32 %1) {
;;     %cond = icmp eq i32 %1, 1
;;     %3 = select i1 %cond, i32 7, i32 8
;;     ret i32 %3
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     mov w8, #7
;;     cmp w1, #1
;;     cinc w0, w8, ne
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; loop_with_parameters:
;;   define hidden i64 @f5(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i64 %1) {
;;     br label %3
;;   3:
;;     %4 = phi i64 [ 1, %2 ], [ %6, %3 ]
;;     %5 = phi i64 [ %1, %2 ], [ %7, %3 ]
;;     %6 = mul i64 %5, %4
;;     %7 = add i64 %5, -1
;;     %.not = icmp eq i64 %7, 0
;;     br i1 %.not, label %8, label %3
;;   8:
;;     ret i64 %6
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     mov w0, #1
;; L1:
;;     mul x0, x1, x0
;;     subs x1, x1, #1
;;     b.ne L1
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; select:
;;   define hidden i64 @f6(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0, i64 %1, i64 %2) {
;;     %4 = call i64 @llvm.umin.i64(i64 %1, i64 %2)
;;     ret i64 %4
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     cmp x1, x2
;;     csel x0, x1, x2, lo
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; stop:
;;   define hidden void @f7(ptr noundef nonnull readnone align 16 captures(none) dereferenceable(48) %0) {
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     udf #9    ; unreachable
