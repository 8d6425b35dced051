;; Calls of functions of the module through its table of entry points.
;; with slots
(module
  (func $add_one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $call (param i32) (result i32) (call $add_one (local.get 0))))

;; ---- x86_64
;; add_one:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %3 = add i32 %1, 1
;;     ret i32 %3
;;   }
;;   ; ----
;;     lea eax, [rsi + 1]
;;     ret
;; call:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 24
;;     %4 = load ptr, ptr %3, align 8, !invariant.load
;;     %5 = load ptr, ptr %4, align 8
;;     %6 = call i32 %5(ptr nonnull %0, i32 %1)
;;     ret i32 %6
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov rax, qword ptr [rdi + 0x18]
;;     call qword ptr [rax]
;;     pop rbp
;;     ret


;; ---- aarch64
;; add_one:
;;   define hidden noundef i32 @f0(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %3 = add i32 %1, 1
;;     ret i32 %3
;;   }
;;   ; ----
;;     add w0, w1, #1
;;     ret
;; call:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(48) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 24
;;     %4 = load ptr, ptr %3, align 8, !invariant.load
;;     %5 = load ptr, ptr %4, align 8
;;     %6 = call i32 %5(ptr nonnull %0, i32 %1)
;;     ret i32 %6
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     ldr x8, [x0, #0x18]
;;     ldr x8, [x8]
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
