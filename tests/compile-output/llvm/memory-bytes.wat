;; A memory with pages of one byte is checked exactly, wherever it lies.
(module
  (memory 1 (pagesize 1))
  (func $load (param $i i32) (result i32) (i32.load (local.get $i)))
  (func $size (result i32) (memory.size)))

;; ---- x86_64
;; load:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = add nuw nsw i64 %3, 4
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %7 = icmp ugt i64 %4, %6
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr addrspace(1), ptr %10, align 8
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 %3
;;     %13 = load volatile i32, ptr addrspace(1) %12, align 1
;;     ret i32 %13
;;   }
;;   ; ----
;;     mov eax, esi
;;     lea rcx, [rax + 4]
;;     cmp rcx, qword ptr [rdi + 0x38]
;;     ja L1
;;     mov rcx, qword ptr [rdi + 0x30]
;;     mov eax, dword ptr [rcx + rax]
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; size:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(64) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %3 = load i64, ptr %2, align 8
;;     %4 = trunc i64 %3 to i32
;;     ret i32 %4
;;   }
;;   ; ----
;;     mov eax, dword ptr [rdi + 0x38]
;;     ret


;; ---- aarch64
;; load:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = add nuw nsw i64 %3, 4
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %7 = icmp ugt i64 %4, %6
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr addrspace(1), ptr %10, align 8
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 %3
;;     %13 = load volatile i32, ptr addrspace(1) %12, align 1
;;     ret i32 %13
;;   }
;;   ; ----
;;     mov w8, w1
;;     ldr x9, [x0, #0x38]
;;     add x10, x8, #4
;;     cmp x10, x9
;;     b.hi L1
;;     ldr x9, [x0, #0x30]
;;     ldr w0, [x9, x8]
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; size:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(64) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %3 = load i64, ptr %2, align 8
;;     %4 = trunc i64 %3 to i32
;;     ret i32 %4
;;   }
;;   ; ----
;;     ldr w0, [x0, #0x38]
;;     ret
