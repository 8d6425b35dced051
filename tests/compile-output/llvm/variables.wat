;; Locals, and globals of the module and imported.
(module
  (import "host" "g" (global $imported (mut i32)))
  (global $own (mut i64) (i64.const 5))
  (global $constant i32 (i32.const 42))
  (func $zeros (result i32) (local i32 i64 f32 f64 v128) (local.get 0))
  (func $imported (result i32)
    (global.set $imported (i32.add (global.get $imported) (i32.const 1)))
    (global.get $imported))
  (func $own (global.set $own (i64.add (global.get $own) (i64.const 1))))
  (func $constant (result i32) (global.get $constant)))

;; ---- x86_64
;; zeros:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(96) %0) {
;;     ret i32 0
;;   }
;;   ; ----
;;     xor eax, eax
;;     ret
;; imported:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(96) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     %3 = load ptr, ptr %2, align 8, !invariant.load
;;     %4 = load i32, ptr %3, align 4
;;     %5 = add i32 %4, 1
;;     store volatile i32 %5, ptr %3, align 4
;;     ret i32 %5
;;   }
;;   ; ----
;;     mov rcx, qword ptr [rdi + 0x50]
;;     mov eax, dword ptr [rcx]
;;     inc eax
;;     mov dword ptr [rcx], eax
;;     ret
;; own:
;;   define hidden void @f2(ptr noundef nonnull align 16 dereferenceable(96) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %3 = load i64, ptr %2, align 8
;;     %4 = add i64 %3, 1
;;     store volatile i64 %4, ptr %2, align 8
;;     ret void
;;   }
;;   ; ----
;;     inc qword ptr [rdi + 0x30]
;;     ret
;; constant:
;;   define hidden noundef i32 @f3(ptr noundef nonnull align 16 dereferenceable(96) %0) {
;;     ret i32 42
;;   }
;;   ; ----
;;     mov eax, 0x2a
;;     ret


;; ---- aarch64
;; zeros:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(96) %0) {
;;     ret i32 0
;;   }
;;   ; ----
;;     mov w0, wzr
;;     ret
;; imported:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(96) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     %3 = load ptr, ptr %2, align 8, !invariant.load
;;     %4 = load i32, ptr %3, align 4
;;     %5 = add i32 %4, 1
;;     store volatile i32 %5, ptr %3, align 4
;;     ret i32 %5
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x50]
;;     ldr w9, [x8]
;;     add w0, w9, #1
;;     str w0, [x8]
;;     ret
;; own:
;;   define hidden void @f2(ptr noundef nonnull align 16 dereferenceable(96) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %3 = load i64, ptr %2, align 8
;;     %4 = add i64 %3, 1
;;     store volatile i64 %4, ptr %2, align 8
;;     ret void
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x30]
;;     add x8, x8, #1
;;     str x8, [x0, #0x30]
;;     ret
;; constant:
;;   define hidden noundef i32 @f3(ptr noundef nonnull align 16 dereferenceable(96) %0) {
;;     ret i32 42
;;   }
;;   ; ----
;;     mov w0, #0x2a
;;     ret
