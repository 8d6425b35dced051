;; Elements of tables, and references.
(module
  (import "host" "f" (func $imported))
  (table $functions 4 funcref)
  (table $externs i64 4 externref)
  (elem declare func $imported $own)
  (func $own)
  (func $get (param i32) (result funcref) (table.get $functions (local.get 0)))
  (func $set (param i32 funcref) (table.set $functions (local.get 0) (local.get 1)))
  (func $get_extern (param i64) (result externref) (table.get $externs (local.get 0)))
  (func $size (result i32) (table.size $functions))
  (func $is_null (param externref) (result i32) (ref.is_null (local.get 0)))
  (func $ref_imported (result funcref) (ref.func $imported))
  (func $ref_own (result funcref) (ref.func $own)))

;; ---- x86_64
;; own:
;;   define hidden void @f0(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     ret void
;;   }
;;   ; ----
;;     ret
;; get:
;;   define hidden noundef ptr @f1(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %.not = icmp ugt i64 %5, %3
;;     br i1 %.not, label %7, label %6
;;   6:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   7:
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %9 = load ptr, ptr %8, align 8
;;     %10 = shl nuw nsw i64 %3, 5
;;     %11 = getelementptr inbounds nuw i8, ptr %9, i64 %10
;;     %12 = load ptr, ptr %11, align 8
;;     %13 = icmp eq ptr %12, null
;;     br i1 %13, label %14, label %21
;;   14:
;;     %15 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %16 = load ptr, ptr %15, align 8, !invariant.load
;;     %17 = getelementptr inbounds nuw i8, ptr %16, i64 104
;;     %18 = load ptr, ptr %17, align 8, !invariant.load
;;     %19 = call ptr %18(ptr nonnull %0, i32 0, i64 %3)
;;     %20 = getelementptr i8, ptr %19, i64 1
;;     br label %21
;;   21:
;;     %22 = phi ptr [ %12, %7 ], [ %20, %14 ]
;;     %23 = getelementptr i8, ptr %22, i64 -1
;;     ret ptr %23
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov edx, esi
;;     cmp qword ptr [rdi + 0x38], rdx
;;     jbe L1
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov rcx, rdx
;;     shl rcx, 5
;;     mov rax, qword ptr [rax + rcx]
;;     test rax, rax
;;     je L2
;;     dec rax
;;     pop rbp
;;     ret
;; L1:
;;     hlt    ; table_get_oob
;;     nop dword ptr [rax]
;; L2:
;;     mov rax, qword ptr [rdi + 8]
;;     xor esi, esi
;;     call qword ptr [rax + 0x68]
;;     inc rax
;;     dec rax
;;     pop rbp
;;     ret
;; set:
;;   define hidden void @f2(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1, ptr noundef %2) {
;;     %4 = zext i32 %1 to i64
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %.not = icmp ugt i64 %6, %4
;;     br i1 %.not, label %8, label %7
;;   7:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr, ptr %9, align 8
;;     %11 = shl nuw nsw i64 %4, 5
;;     %12 = getelementptr inbounds nuw i8, ptr %10, i64 %11
;;     %13 = getelementptr i8, ptr %2, i64 1
;;     store volatile ptr %13, ptr %12, align 8
;;     %14 = getelementptr inbounds nuw i8, ptr %12, i64 24
;;     store volatile i32 0, ptr %14, align 4
;;     ret void
;;   }
;;   ; ----
;;     mov eax, esi
;;     cmp qword ptr [rdi + 0x38], rax
;;     jbe L1
;;     mov rcx, qword ptr [rdi + 0x30]
;;     shl rax, 5
;;     inc rdx
;;     mov qword ptr [rcx + rax], rdx
;;     mov dword ptr [rcx + rax + 0x18], 0
;;     ret
;; L1:
;;     hlt    ; table_get_oob
;;     nop dword ptr [rax]
;; get_extern:
;;   define hidden noundef ptr @f3(ptr noundef nonnull align 16 dereferenceable(176) %0, i64 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 72
;;     %4 = load i64, ptr %3, align 8
;;     %.not = icmp ult i64 %1, %4
;;     br i1 %.not, label %6, label %5
;;   5:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   6:
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %8 = load ptr, ptr %7, align 8
;;     %9 = shl i64 %1, 3
;;     %10 = getelementptr inbounds i8, ptr %8, i64 %9
;;     %11 = load ptr, ptr %10, align 8
;;     ret ptr %11
;;   }
;;   ; ----
;;     cmp rsi, qword ptr [rdi + 0x48]
;;     jae L1
;;     mov rax, qword ptr [rdi + 0x40]
;;     mov rax, qword ptr [rax + rsi*8]
;;     ret
;; L1:
;;     hlt    ; table_get_oob
;;     nop dword ptr [rax]
;; size:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %3 = load i64, ptr %2, align 8
;;     %4 = trunc i64 %3 to i32
;;     ret i32 %4
;;   }
;;   ; ----
;;     mov eax, dword ptr [rdi + 0x38]
;;     ret
;; is_null:
;;   define hidden noundef i32 @f5(ptr noundef nonnull align 16 dereferenceable(176) %0, ptr noundef %1) {
;;     %3 = icmp eq ptr %1, null
;;     %4 = zext i1 %3 to i32
;;     ret i32 %4
;;   }
;;   ; ----
;;     xor eax, eax
;;     test rsi, rsi
;;     sete al
;;     ret
;; ref_imported:
;;   define hidden noundef ptr @f6(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 96
;;     %3 = load ptr, ptr %2, align 8, !invariant.load
;;     ret ptr %3
;;   }
;;   ; ----
;;     mov rax, qword ptr [rdi + 0x60]
;;     ret
;; ref_own:
;;   define hidden noundef ptr @f7(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %3 = load ptr, ptr %2, align 8, !invariant.load
;;     %4 = getelementptr inbounds nuw i8, ptr %3, i64 120
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     %6 = call ptr %5(ptr nonnull %0, i32 1)
;;     ret ptr %6
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov rax, qword ptr [rdi + 8]
;;     mov esi, 1
;;     call qword ptr [rax + 0x78]
;;     pop rbp
;;     ret


;; ---- aarch64
;; own:
;;   define hidden void @f0(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     ret void
;;   }
;;   ; ----
;;     ret
;; get:
;;   define hidden noundef ptr @f1(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %.not = icmp ugt i64 %5, %3
;;     br i1 %.not, label %7, label %6
;;   6:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   7:
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %9 = load ptr, ptr %8, align 8
;;     %10 = shl nuw nsw i64 %3, 5
;;     %11 = getelementptr inbounds nuw i8, ptr %9, i64 %10
;;     %12 = load ptr, ptr %11, align 8
;;     %13 = icmp eq ptr %12, null
;;     br i1 %13, label %14, label %21
;;   14:
;;     %15 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %16 = load ptr, ptr %15, align 8, !invariant.load
;;     %17 = getelementptr inbounds nuw i8, ptr %16, i64 104
;;     %18 = load ptr, ptr %17, align 8, !invariant.load
;;     %19 = call ptr %18(ptr nonnull %0, i32 0, i64 %3)
;;     %20 = getelementptr i8, ptr %19, i64 1
;;     br label %21
;;   21:
;;     %22 = phi ptr [ %12, %7 ], [ %20, %14 ]
;;     %23 = getelementptr i8, ptr %22, i64 -1
;;     ret ptr %23
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     ldr x8, [x0, #0x38]
;;     mov w2, w1
;;     cmp x8, x2
;;     b.ls L1
;;     ldr x8, [x0, #0x30]
;;     lsl x9, x2, #5
;;     ldr x8, [x8, x9]
;;     cbz x8, L2
;;     sub x0, x8, #1
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     udf #3    ; table_get_oob
;; L2:
;;     ldr x8, [x0, #8]
;;     mov w1, wzr
;;     ldr x8, [x8, #0x68]
;;     blr x8
;;     add x8, x0, #1
;;     sub x0, x8, #1
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; set:
;;   define hidden void @f2(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1, ptr noundef %2) {
;;     %4 = zext i32 %1 to i64
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %.not = icmp ugt i64 %6, %4
;;     br i1 %.not, label %8, label %7
;;   7:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr, ptr %9, align 8
;;     %11 = shl nuw nsw i64 %4, 5
;;     %12 = getelementptr inbounds nuw i8, ptr %10, i64 %11
;;     %13 = getelementptr i8, ptr %2, i64 1
;;     store volatile ptr %13, ptr %12, align 8
;;     %14 = getelementptr inbounds nuw i8, ptr %12, i64 24
;;     store volatile i32 0, ptr %14, align 4
;;     ret void
;;   }
;;   ; ----
;;     ldr x9, [x0, #0x38]
;;     mov w8, w1
;;     cmp x9, x8
;;     b.ls L1
;;     ldr x9, [x0, #0x30]
;;     add x8, x9, x8, lsl #5
;;     add x9, x2, #1
;;     str x9, [x8]
;;     str wzr, [x8, #0x18]
;;     ret
;; L1:
;;     udf #3    ; table_get_oob
;; get_extern:
;;   define hidden noundef ptr @f3(ptr noundef nonnull align 16 dereferenceable(176) %0, i64 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 72
;;     %4 = load i64, ptr %3, align 8
;;     %.not = icmp ult i64 %1, %4
;;     br i1 %.not, label %6, label %5
;;   5:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   6:
;;     %7 = getelementptr inbounds nuw i8, ptr %0, i64 64
;;     %8 = load ptr, ptr %7, align 8
;;     %9 = shl i64 %1, 3
;;     %10 = getelementptr inbounds i8, ptr %8, i64 %9
;;     %11 = load ptr, ptr %10, align 8
;;     ret ptr %11
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x48]
;;     cmp x1, x8
;;     b.hs L1
;;     ldr x8, [x0, #0x40]
;;     ldr x0, [x8, x1, lsl #3]
;;     ret
;; L1:
;;     udf #3    ; table_get_oob
;; size:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %3 = load i64, ptr %2, align 8
;;     %4 = trunc i64 %3 to i32
;;     ret i32 %4
;;   }
;;   ; ----
;;     ldr w0, [x0, #0x38]
;;     ret
;; is_null:
;;   define hidden noundef i32 @f5(ptr noundef nonnull align 16 dereferenceable(176) %0, ptr noundef %1) {
;;     %3 = icmp eq ptr %1, null
;;     %4 = zext i1 %3 to i32
;;     ret i32 %4
;;   }
;;   ; ----
;;     cmp x1, #0
;;     cset w0, eq
;;     ret
;; ref_imported:
;;   define hidden noundef ptr @f6(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 96
;;     %3 = load ptr, ptr %2, align 8, !invariant.load
;;     ret ptr %3
;;   }
;;   ; ----
;;     ldr x0, [x0, #0x60]
;;     ret
;; ref_own:
;;   define hidden noundef ptr @f7(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %3 = load ptr, ptr %2, align 8, !invariant.load
;;     %4 = getelementptr inbounds nuw i8, ptr %3, i64 120
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     %6 = call ptr %5(ptr nonnull %0, i32 1)
;;     ret ptr %6
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     ldr x8, [x0, #8]
;;     mov w1, #1
;;     ldr x8, [x8, #0x78]
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
