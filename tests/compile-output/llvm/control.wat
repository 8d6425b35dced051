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
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %.0 = call i32 @llvm.smax.i32(i32 %1, i32 0)
;;     ret i32 %.0
;;   }
;;   ; ----
;;     mov eax, esi
;;     sar eax, 0x1f
;;     andn eax, eax, esi
;;     ret
;; if_with_else:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %.not = icmp eq i32 %1, 0
;;     %3 = select i1 %.not, i32 20, i32 10
;;     ret i32 %3
;;   }
;;   ; ----
;;     test esi, esi
;;     mov ecx, 0x14
;;     mov eax, 0xa
;;     cmove eax, ecx
;;     ret
;; sum_to:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     br label %3
;;   3:
;;     %.01 = phi i32 [ 0, %2 ], [ %4, %3 ]
;;     %.0 = phi i32 [ %1, %2 ], [ %5, %3 ]
;;     %4 = add i32 %.01, %.0
;;     %5 = add i32 %.0, -1
;;     %.not = icmp eq i32 %5, 0
;;     br i1 %.not, label %6, label %3
;;   6:
;;     ret i32 %4
;;   }
;;   ; ----
;;     xor eax, eax
;;     nop word ptr cs:[rax + rax]
;; L1:
;;     add eax, esi
;;     dec esi
;;     jne L1
;;     ret
;; switch:
;;   define hidden noundef i32 @f3(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;   common.ret:
;;     %switch.selectcmp = icmp eq i32 %1, 1
;;     %switch.select = select i1 %switch.selectcmp, i32 101, i32 102
;;     %switch.selectcmp1 = icmp eq i32 %1, 0
;;     %switch.select2 = select i1 %switch.selectcmp1, i32 100, i32 %switch.select
;;     ret i32 %switch.select2
;;   }
;;   ; ----
;;     xor ecx, ecx
;;     cmp esi, 1
;;     setne cl
;;     add ecx, 0x65
;;     test esi, esi
;;     mov eax, 0x64
;;     cmovne eax, ecx
;;     ret
;; switch_with_values:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %cond = icmp eq i32 %1, 1
;;     %3 = select i1 %cond, i32 7, i32 8
;;     ret i32 %3
;;   }
;;   ; ----
;;     xor eax, eax
;;     cmp esi, 1
;;     setne al
;;     add eax, 7
;;     ret
;; loop_with_parameters:
;;   define hidden noundef i64 @f5(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1) {
;;     br label %3
;;   3:
;;     %4 = phi i64 [ 1, %2 ], [ %6, %3 ]
;;     %5 = phi i64 [ %1, %2 ], [ %7, %3 ]
;;     %6 = mul i64 %4, %5
;;     %7 = add i64 %5, -1
;;     %.not = icmp eq i64 %7, 0
;;     br i1 %.not, label %8, label %3
;;   8:
;;     ret i64 %6
;;   }
;;   ; ----
;;     mov eax, 1
;;     nop word ptr cs:[rax + rax]
;; L1:
;;     imul rax, rsi
;;     dec rsi
;;     jne L1
;;     ret
;; select:
;;   define hidden noundef i64 @f6(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1, i64 noundef %2) {
;;     %4 = call i64 @llvm.umin.i64(i64 %1, i64 %2)
;;     ret i64 %4
;;   }
;;   ; ----
;;     mov rax, rdx
;;     cmp rsi, rdx
;;     cmovb rax, rsi
;;     ret
;; stop:
;;   define hidden void @f7(ptr noundef nonnull align 16 dereferenceable(48) %0) {
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   }
;;   ; ----
;;     hlt    ; unreachable
;;     nop dword ptr [rax]


;; ---- aarch64
;; if_without_else:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %.0 = call i32 @llvm.smax.i32(i32 %1, i32 0)
;;     ret i32 %.0
;;   }
;;   ; ----
;;     bic w0, w1, w1, asr #31
;;     ret
;; if_with_else:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %.not = icmp eq i32 %1, 0
;;     %3 = select i1 %.not, i32 20, i32 10
;;     ret i32 %3
;;   }
;;   ; ----
;;     mov w8, #0xa
;;     cmp w1, #0
;;     mov w9, #0x14
;;     csel w0, w9, w8, eq
;;     ret
;; sum_to:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     br label %3
;;   3:
;;     %.01 = phi i32 [ 0, %2 ], [ %4, %3 ]
;;     %.0 = phi i32 [ %1, %2 ], [ %5, %3 ]
;;     %4 = add i32 %.01, %.0
;;     %5 = add i32 %.0, -1
;;     %.not = icmp eq i32 %5, 0
;;     br i1 %.not, label %6, label %3
;;   6:
;;     ret i32 %4
;;   }
;;   ; ----
;;     mov w0, wzr
;; L1:
;;     add w0, w0, w1
;;     subs w1, w1, #1
;;     b.ne L1
;;     ret
;; switch:
;;   define hidden noundef i32 @f3(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;   common.ret:
;;     %switch.selectcmp = icmp eq i32 %1, 1
;;     %switch.select = select i1 %switch.selectcmp, i32 101, i32 102
;;     %switch.selectcmp1 = icmp eq i32 %1, 0
;;     %switch.select2 = select i1 %switch.selectcmp1, i32 100, i32 %switch.select
;;     ret i32 %switch.select2
;;   }
;;   ; ----
;;     mov w8, #0x65
;;     cmp w1, #1
;;     mov w9, #0x64
;;     cinc w8, w8, ne
;;     cmp w1, #0
;;     csel w0, w9, w8, eq
;;     ret
;; switch_with_values:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %cond = icmp eq i32 %1, 1
;;     %3 = select i1 %cond, i32 7, i32 8
;;     ret i32 %3
;;   }
;;   ; ----
;;     mov w8, #7
;;     cmp w1, #1
;;     cinc w0, w8, ne
;;     ret
;; loop_with_parameters:
;;   define hidden noundef i64 @f5(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1) {
;;     br label %3
;;   3:
;;     %4 = phi i64 [ 1, %2 ], [ %6, %3 ]
;;     %5 = phi i64 [ %1, %2 ], [ %7, %3 ]
;;     %6 = mul i64 %4, %5
;;     %7 = add i64 %5, -1
;;     %.not = icmp eq i64 %7, 0
;;     br i1 %.not, label %8, label %3
;;   8:
;;     ret i64 %6
;;   }
;;   ; ----
;;     mov w0, #1
;; L1:
;;     mul x0, x0, x1
;;     subs x1, x1, #1
;;     b.ne L1
;;     ret
;; select:
;;   define hidden noundef i64 @f6(ptr noundef nonnull align 16 dereferenceable(48) %0, i64 noundef %1, i64 noundef %2) {
;;     %4 = call i64 @llvm.umin.i64(i64 %1, i64 %2)
;;     ret i64 %4
;;   }
;;   ; ----
;;     cmp x1, x2
;;     csel x0, x1, x2, lo
;;     ret
;; stop:
;;   define hidden void @f7(ptr noundef nonnull align 16 dereferenceable(48) %0) {
;;     call void @llvm.ubsantrap(i8 9)
;;     unreachable
;;   }
;;   ; ----
;;     udf #9    ; unreachable
