;; What stays known across calls of the runtime's builtins: all but what they touch. With moving memories.
;; with moving memories
(module
  (import "host" "g" (global $imported (mut i64)))
  (memory $a 1)
  (memory $b 1)
  (table $t 1 externref)
  (table $u 2 2 funcref)
  (global $own (mut i64) (i64.const 0))
  (func $f (export "f"))
  ;; One bounds check, one load of the base, one of the bytes.
  (func $bytes_across_fill (param i32 i32) (result i32)
    (i32.load (local.get 0))
    (memory.fill $b (i32.const 0) (local.get 1) (i32.const 1000))
    (i32.add (i32.load (local.get 0))))
  (func $bytes_after_fill (param i32 i32) (result i32)
    (i32.load (local.get 0))
    (memory.fill $a (i32.const 0) (local.get 1) (i32.const 1000))
    (i32.add (i32.load (local.get 0))))
  ;; All memories may be the same in what they touch, but globals are not.
  (func $globals_across_copy (param i32) (result i64)
    (i64.add (global.get $own) (global.get $imported))
    (memory.copy $a $b (i32.const 0) (local.get 0) (i32.const 1000))
    (i64.add (i64.add (global.get $own) (global.get $imported))))
  (func $bytes_across_table_grow (param i32) (result i32)
    (i32.load (local.get 0))
    (drop (table.grow $t (ref.null extern) (i32.const 1)))
    (i32.add (i32.load (local.get 0))))
  ;; The memory may lie elsewhere, elements do not.
  (func $elements_across_memory_grow (param i32) (result externref)
    (drop (table.get $t (local.get 0)))
    (drop (memory.grow $a (i32.const 1)))
    (table.get $t (local.get 0)))
  (func $bytes_across_memory_grow (param i32) (result i32)
    (i32.load (local.get 0))
    (drop (memory.grow $a (i32.const 1)))
    (i32.add (i32.load (local.get 0))))
  ;; A loop that asks for the base once.
  (func $base_in_loop (param $from i32) (param $count i32)
    (loop $next
      (table.fill $t (local.get $count) (ref.null extern) (i32.const 1))
      (i32.store (local.get $from) (local.get $count))
      (local.set $from (i32.add (local.get $from) (i32.const 4)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))
  ;; A reference is asked for once, or not at all.
  (func $reference (result funcref)
    (drop (ref.func $f))
    (table.set $u (i32.const 0) (ref.func $f))
    (table.set $u (i32.const 1) (ref.func $f))
    (ref.func $f)))

;; ---- x86_64
;; f:
;;   define hidden void @f0(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     ret void
;;   }
;;   ; ----
;;     ret
;; bytes_across_fill:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = zext i32 %1 to i64
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %7 = icmp ult i64 %6, %4
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr addrspace(1), ptr %10, align 8
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 %4
;;     %13 = load volatile i32, ptr addrspace(1) %12, align 1
;;     %14 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %15 = load ptr, ptr %14, align 8, !invariant.load
;;     %16 = getelementptr inbounds nuw i8, ptr %15, i64 8
;;     %17 = load ptr, ptr %16, align 8, !invariant.load
;;     call void %17(ptr nonnull %0, i32 1, i64 0, i32 %2, i64 1000)
;;     %18 = shl i32 %13, 1
;;     ret i32 %18
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push rbx
;;     push rax
;;     mov eax, esi
;;     cmp qword ptr [rdi + 0x38], rax
;;     jb L1
;;     mov ecx, edx
;;     mov rdx, qword ptr [rdi + 0x30]
;;     mov ebx, dword ptr [rdx + rax]
;;     mov rax, qword ptr [rdi + 8]
;;     mov r8d, 0x3e8
;;     mov esi, 1
;;     xor edx, edx
;;     call qword ptr [rax + 8]
;;     add ebx, ebx
;;     mov eax, ebx
;;     add rsp, 8
;;     pop rbx
;;     pop rbp
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; bytes_after_fill:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = zext i32 %1 to i64
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %7 = icmp ult i64 %6, %4
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr addrspace(1), ptr %10, align 8
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 %4
;;     %13 = load volatile i32, ptr addrspace(1) %12, align 1
;;     %14 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %15 = load ptr, ptr %14, align 8, !invariant.load
;;     %16 = getelementptr inbounds nuw i8, ptr %15, i64 8
;;     %17 = load ptr, ptr %16, align 8, !invariant.load
;;     call void %17(ptr nonnull %0, i32 0, i64 0, i32 %2, i64 1000)
;;     %18 = load volatile i32, ptr addrspace(1) %12, align 1
;;     %19 = add i32 %13, %18
;;     ret i32 %19
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push r15
;;     push r14
;;     push rbx
;;     push rax
;;     mov r14d, esi
;;     cmp qword ptr [rdi + 0x38], r14
;;     jb L1
;;     mov ecx, edx
;;     mov r15, qword ptr [rdi + 0x30]
;;     mov ebx, dword ptr [r15 + r14]
;;     mov rax, qword ptr [rdi + 8]
;;     mov r8d, 0x3e8
;;     xor esi, esi
;;     xor edx, edx
;;     call qword ptr [rax + 8]
;;     add ebx, dword ptr [r15 + r14]
;;     mov eax, ebx
;;     add rsp, 8
;;     pop rbx
;;     pop r14
;;     pop r15
;;     pop rbp
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; globals_across_copy:
;;   define hidden noundef i64 @f3(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 112
;;     %4 = load i64, ptr %3, align 8
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 128
;;     %6 = load ptr, ptr %5, align 8, !invariant.load
;;     %7 = load i64, ptr %6, align 8
;;     %8 = add i64 %4, %7
;;     %9 = zext i32 %1 to i64
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %11 = load ptr, ptr %10, align 8, !invariant.load
;;     %12 = getelementptr inbounds nuw i8, ptr %11, i64 16
;;     %13 = load ptr, ptr %12, align 8, !invariant.load
;;     call void %13(ptr nonnull %0, i32 0, i32 1, i64 0, i64 %9, i64 1000)
;;     %14 = shl i64 %8, 1
;;     ret i64 %14
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push rbx
;;     push rax
;;     mov rax, qword ptr [rdi + 8]
;;     mov rbx, qword ptr [rdi + 0x70]
;;     mov rcx, qword ptr [rdi + 0x80]
;;     add rbx, qword ptr [rcx]
;;     mov r8d, esi
;;     mov r9d, 0x3e8
;;     xor esi, esi
;;     mov edx, 1
;;     xor ecx, ecx
;;     call qword ptr [rax + 0x10]
;;     add rbx, rbx
;;     mov rax, rbx
;;     add rsp, 8
;;     pop rbx
;;     pop rbp
;;     ret
;; bytes_across_table_grow:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %6 = icmp ult i64 %5, %3
;;     br i1 %6, label %7, label %8
;;   7:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr addrspace(1), ptr %9, align 8
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 %3
;;     %12 = load volatile i32, ptr addrspace(1) %11, align 1
;;     %13 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %14 = load ptr, ptr %13, align 8, !invariant.load
;;     %15 = getelementptr inbounds nuw i8, ptr %14, i64 64
;;     %16 = load ptr, ptr %15, align 8, !invariant.load
;;     %17 = call i64 %16(ptr nonnull %0, i32 0, i64 1, ptr null)
;;     %18 = shl i32 %12, 1
;;     ret i32 %18
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push rbx
;;     push rax
;;     mov eax, esi
;;     cmp qword ptr [rdi + 0x38], rax
;;     jb L1
;;     mov rcx, qword ptr [rdi + 0x30]
;;     mov ebx, dword ptr [rcx + rax]
;;     mov rax, qword ptr [rdi + 8]
;;     mov edx, 1
;;     xor esi, esi
;;     xor ecx, ecx
;;     call qword ptr [rax + 0x40]
;;     add ebx, ebx
;;     mov eax, ebx
;;     add rsp, 8
;;     pop rbx
;;     pop rbp
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; elements_across_memory_grow:
;;   define hidden noundef ptr @f5(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 88
;;     %5 = load i64, ptr %4, align 8
;;     %.not = icmp ugt i64 %5, %3
;;     br i1 %.not, label %7, label %6
;;   6:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   7:
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     %9 = load ptr, ptr %8, align 8
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %11 = load ptr, ptr %10, align 8, !invariant.load
;;     %12 = load ptr, ptr %11, align 8, !invariant.load
;;     %13 = call i64 %12(ptr nonnull %0, i32 0, i64 1)
;;     %14 = shl nuw nsw i64 %3, 3
;;     %15 = getelementptr inbounds nuw i8, ptr %9, i64 %14
;;     %16 = load ptr, ptr %15, align 8
;;     ret ptr %16
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push r14
;;     push rbx
;;     mov ebx, esi
;;     cmp qword ptr [rdi + 0x58], rbx
;;     jbe L1
;;     mov rax, qword ptr [rdi + 8]
;;     mov r14, qword ptr [rdi + 0x50]
;;     mov edx, 1
;;     xor esi, esi
;;     call qword ptr [rax]
;;     mov rax, qword ptr [r14 + rbx*8]
;;     pop rbx
;;     pop r14
;;     pop rbp
;;     ret
;; L1:
;;     hlt    ; table_get_oob
;;     nop dword ptr [rax]
;; bytes_across_memory_grow:
;;   define hidden noundef i32 @f6(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %6 = icmp ult i64 %5, %3
;;     br i1 %6, label %7, label %8
;;   7:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr addrspace(1), ptr %9, align 8
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 %3
;;     %12 = load volatile i32, ptr addrspace(1) %11, align 1
;;     %13 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %14 = load ptr, ptr %13, align 8, !invariant.load
;;     %15 = load ptr, ptr %14, align 8, !invariant.load
;;     %16 = call i64 %15(ptr nonnull %0, i32 0, i64 1)
;;     %17 = load i64, ptr %4, align 8
;;     %18 = icmp ult i64 %17, %3
;;     br i1 %18, label %19, label %20
;;   19:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   20:
;;     %21 = load ptr addrspace(1), ptr %9, align 8
;;     %22 = getelementptr inbounds nuw i8, ptr addrspace(1) %21, i64 %3
;;     %23 = load volatile i32, ptr addrspace(1) %22, align 1
;;     %24 = add i32 %12, %23
;;     ret i32 %24
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push r15
;;     push r14
;;     push rbx
;;     push rax
;;     mov r15d, esi
;;     cmp qword ptr [rdi + 0x38], r15
;;     jb L1
;;     mov rbx, rdi
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov r14d, dword ptr [rax + r15]
;;     mov rax, qword ptr [rdi + 8]
;;     mov edx, 1
;;     xor esi, esi
;;     call qword ptr [rax]
;;     cmp qword ptr [rbx + 0x38], r15
;;     jb L2
;;     mov rax, qword ptr [rbx + 0x30]
;;     add r14d, dword ptr [rax + r15]
;;     mov eax, r14d
;;     add rsp, 8
;;     pop rbx
;;     pop r14
;;     pop r15
;;     pop rbp
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; L2:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; base_in_loop:
;;   define hidden void @f7(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     %6 = getelementptr inbounds nuw i8, ptr %5, i64 72
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %9 = load i64, ptr %8, align 8
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr addrspace(1), ptr %10, align 8
;;     br label %12
;;   12:
;;     %.01 = phi i32 [ %2, %3 ], [ %20, %17 ]
;;     %.0 = phi i32 [ %1, %3 ], [ %19, %17 ]
;;     %13 = zext i32 %.01 to i64
;;     call void %7(ptr nonnull %0, i32 0, i64 %13, ptr null, i64 1)
;;     %14 = zext i32 %.0 to i64
;;     %15 = icmp ult i64 %9, %14
;;     br i1 %15, label %16, label %17
;;   16:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   17:
;;     %18 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 %14
;;     store volatile i32 %.01, ptr addrspace(1) %18, align 1
;;     %19 = add i32 %.0, 4
;;     %20 = add i32 %.01, -1
;;     %.not = icmp eq i32 %20, 0
;;     br i1 %.not, label %21, label %12
;;   21:
;;     ret void
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push r15
;;     push r14
;;     push r13
;;     push r12
;;     push rbx
;;     push rax
;;     mov ebx, edx
;;     mov r15d, esi
;;     mov r14, rdi
;;     mov rax, qword ptr [rdi + 8]
;;     mov rcx, qword ptr [rdi + 0x30]
;;     mov qword ptr [rbp - 0x30], rcx
;;     mov r13, qword ptr [rax + 0x48]
;;     mov r12, qword ptr [rdi + 0x38]
;;     nop word ptr [rax + rax]
;; L1:
;;     mov edx, ebx
;;     mov r8d, 1
;;     mov rdi, r14
;;     xor esi, esi
;;     xor ecx, ecx
;;     call r13
;;     mov eax, r15d
;;     cmp r12, rax
;;     jb L2
;;     mov rcx, qword ptr [rbp - 0x30]
;;     mov dword ptr [rcx + rax], ebx
;;     lea r15d, [rax + 4]
;;     dec ebx
;;     jne L1
;;     add rsp, 8
;;     pop rbx
;;     pop r12
;;     pop r13
;;     pop r14
;;     pop r15
;;     pop rbp
;;     ret
;; L2:
;;     hlt    ; heap_get_oob
;;     nop dword ptr [rax]
;; reference:
;;   define hidden noundef ptr @f8(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 96
;;     %3 = load ptr, ptr %2, align 8, !invariant.load
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     %6 = getelementptr inbounds nuw i8, ptr %5, i64 120
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = call ptr %7(ptr nonnull %0, i32 0)
;;     %9 = getelementptr i8, ptr %8, i64 1
;;     store volatile ptr %9, ptr %3, align 8
;;     %10 = getelementptr inbounds nuw i8, ptr %3, i64 24
;;     store volatile i32 0, ptr %10, align 4
;;     %11 = getelementptr inbounds nuw i8, ptr %3, i64 32
;;     store volatile ptr %9, ptr %11, align 8
;;     %12 = getelementptr inbounds nuw i8, ptr %3, i64 56
;;     store volatile i32 0, ptr %12, align 4
;;     ret ptr %8
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     push rbx
;;     push rax
;;     mov rax, qword ptr [rdi + 8]
;;     mov rbx, qword ptr [rdi + 0x60]
;;     xor esi, esi
;;     call qword ptr [rax + 0x78]
;;     lea rcx, [rax + 1]
;;     mov qword ptr [rbx], rcx
;;     mov dword ptr [rbx + 0x18], 0
;;     mov qword ptr [rbx + 0x20], rcx
;;     mov dword ptr [rbx + 0x38], 0
;;     add rsp, 8
;;     pop rbx
;;     pop rbp
;;     ret


;; ---- aarch64
;; f:
;;   define hidden void @f0(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     ret void
;;   }
;;   ; ----
;;     ret
;; bytes_across_fill:
;;   define hidden noundef i32 @f1(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = zext i32 %1 to i64
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %7 = icmp ult i64 %6, %4
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr addrspace(1), ptr %10, align 8
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 %4
;;     %13 = load volatile i32, ptr addrspace(1) %12, align 1
;;     %14 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %15 = load ptr, ptr %14, align 8, !invariant.load
;;     %16 = getelementptr inbounds nuw i8, ptr %15, i64 8
;;     %17 = load ptr, ptr %16, align 8, !invariant.load
;;     call void %17(ptr nonnull %0, i32 1, i64 0, i32 %2, i64 1000)
;;     %18 = shl i32 %13, 1
;;     ret i32 %18
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x20]!
;;     str x19, [sp, #0x10]
;;     mov x29, sp
;;     ldr x9, [x0, #0x38]
;;     mov w8, w1
;;     cmp x9, x8
;;     b.lo L1
;;     ldr x9, [x0, #0x30]
;;     ldr x10, [x0, #8]
;;     mov w3, w2
;;     mov w1, #1
;;     mov x2, xzr
;;     mov w4, #0x3e8
;;     ldr w19, [x9, x8]
;;     ldr x8, [x10, #8]
;;     blr x8
;;     lsl w0, w19, #1
;;     ldr x19, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x20
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; bytes_after_fill:
;;   define hidden noundef i32 @f2(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = zext i32 %1 to i64
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %7 = icmp ult i64 %6, %4
;;     br i1 %7, label %8, label %9
;;   8:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   9:
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr addrspace(1), ptr %10, align 8
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 %4
;;     %13 = load volatile i32, ptr addrspace(1) %12, align 1
;;     %14 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %15 = load ptr, ptr %14, align 8, !invariant.load
;;     %16 = getelementptr inbounds nuw i8, ptr %15, i64 8
;;     %17 = load ptr, ptr %16, align 8, !invariant.load
;;     call void %17(ptr nonnull %0, i32 0, i64 0, i32 %2, i64 1000)
;;     %18 = load volatile i32, ptr addrspace(1) %12, align 1
;;     %19 = add i32 %13, %18
;;     ret i32 %19
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x30]!
;;     str x21, [sp, #0x10]
;;     stp x20, x19, [sp, #0x20]
;;     mov x29, sp
;;     ldr x8, [x0, #0x38]
;;     mov w19, w1
;;     cmp x8, x19
;;     b.lo L1
;;     ldr x20, [x0, #0x30]
;;     ldr x8, [x0, #8]
;;     mov w3, w2
;;     mov w1, wzr
;;     mov x2, xzr
;;     mov w4, #0x3e8
;;     ldr w21, [x20, x19]
;;     ldr x8, [x8, #8]
;;     blr x8
;;     ldr w8, [x20, x19]
;;     ldp x20, x19, [sp, #0x20]
;;     add w0, w21, w8
;;     ldr x21, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x30
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; globals_across_copy:
;;   define hidden noundef i64 @f3(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1) {
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 112
;;     %4 = load i64, ptr %3, align 8
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 128
;;     %6 = load ptr, ptr %5, align 8, !invariant.load
;;     %7 = load i64, ptr %6, align 8
;;     %8 = add i64 %4, %7
;;     %9 = zext i32 %1 to i64
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %11 = load ptr, ptr %10, align 8, !invariant.load
;;     %12 = getelementptr inbounds nuw i8, ptr %11, i64 16
;;     %13 = load ptr, ptr %12, align 8, !invariant.load
;;     call void %13(ptr nonnull %0, i32 0, i32 1, i64 0, i64 %9, i64 1000)
;;     %14 = shl i64 %8, 1
;;     ret i64 %14
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x20]!
;;     str x19, [sp, #0x10]
;;     mov x29, sp
;;     ldr x8, [x0, #0x80]
;;     ldr x9, [x0, #8]
;;     mov w4, w1
;;     ldr x10, [x0, #0x70]
;;     mov w1, wzr
;;     mov w2, #1
;;     ldr x8, [x8]
;;     ldr x9, [x9, #0x10]
;;     mov x3, xzr
;;     mov w5, #0x3e8
;;     add x19, x10, x8
;;     blr x9
;;     lsl x0, x19, #1
;;     ldr x19, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x20
;;     ret
;; bytes_across_table_grow:
;;   define hidden noundef i32 @f4(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %6 = icmp ult i64 %5, %3
;;     br i1 %6, label %7, label %8
;;   7:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr addrspace(1), ptr %9, align 8
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 %3
;;     %12 = load volatile i32, ptr addrspace(1) %11, align 1
;;     %13 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %14 = load ptr, ptr %13, align 8, !invariant.load
;;     %15 = getelementptr inbounds nuw i8, ptr %14, i64 64
;;     %16 = load ptr, ptr %15, align 8, !invariant.load
;;     %17 = call i64 %16(ptr nonnull %0, i32 0, i64 1, ptr null)
;;     %18 = shl i32 %12, 1
;;     ret i32 %18
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x20]!
;;     str x19, [sp, #0x10]
;;     mov x29, sp
;;     ldr x9, [x0, #0x38]
;;     mov w8, w1
;;     cmp x9, x8
;;     b.lo L1
;;     ldr x9, [x0, #0x30]
;;     ldr x10, [x0, #8]
;;     mov w1, wzr
;;     mov w2, #1
;;     mov x3, xzr
;;     ldr w19, [x9, x8]
;;     ldr x8, [x10, #0x40]
;;     blr x8
;;     lsl w0, w19, #1
;;     ldr x19, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x20
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; elements_across_memory_grow:
;;   define hidden noundef ptr @f5(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 88
;;     %5 = load i64, ptr %4, align 8
;;     %.not = icmp ugt i64 %5, %3
;;     br i1 %.not, label %7, label %6
;;   6:
;;     call void @llvm.ubsantrap(i8 3)
;;     unreachable
;;   7:
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 80
;;     %9 = load ptr, ptr %8, align 8
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %11 = load ptr, ptr %10, align 8, !invariant.load
;;     %12 = load ptr, ptr %11, align 8, !invariant.load
;;     %13 = call i64 %12(ptr nonnull %0, i32 0, i64 1)
;;     %14 = shl nuw nsw i64 %3, 3
;;     %15 = getelementptr inbounds nuw i8, ptr %9, i64 %14
;;     %16 = load ptr, ptr %15, align 8
;;     ret ptr %16
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x20]!
;;     stp x20, x19, [sp, #0x10]
;;     mov x29, sp
;;     ldr x8, [x0, #0x58]
;;     mov w19, w1
;;     cmp x8, x19
;;     b.ls L1
;;     ldr x8, [x0, #8]
;;     ldr x20, [x0, #0x50]
;;     mov w1, wzr
;;     mov w2, #1
;;     ldr x8, [x8]
;;     blr x8
;;     ldr x0, [x20, x19, lsl #3]
;;     ldp x20, x19, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x20
;;     ret
;; L1:
;;     udf #3    ; table_get_oob
;; bytes_across_memory_grow:
;;   define hidden noundef i32 @f6(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %5 = load i64, ptr %4, align 8
;;     %6 = icmp ult i64 %5, %3
;;     br i1 %6, label %7, label %8
;;   7:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %10 = load ptr addrspace(1), ptr %9, align 8
;;     %11 = getelementptr inbounds nuw i8, ptr addrspace(1) %10, i64 %3
;;     %12 = load volatile i32, ptr addrspace(1) %11, align 1
;;     %13 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %14 = load ptr, ptr %13, align 8, !invariant.load
;;     %15 = load ptr, ptr %14, align 8, !invariant.load
;;     %16 = call i64 %15(ptr nonnull %0, i32 0, i64 1)
;;     %17 = load i64, ptr %4, align 8
;;     %18 = icmp ult i64 %17, %3
;;     br i1 %18, label %19, label %20
;;   19:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   20:
;;     %21 = load ptr addrspace(1), ptr %9, align 8
;;     %22 = getelementptr inbounds nuw i8, ptr addrspace(1) %21, i64 %3
;;     %23 = load volatile i32, ptr addrspace(1) %22, align 1
;;     %24 = add i32 %12, %23
;;     ret i32 %24
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x30]!
;;     str x21, [sp, #0x10]
;;     stp x20, x19, [sp, #0x20]
;;     mov x29, sp
;;     ldr x8, [x0, #0x38]
;;     mov w20, w1
;;     cmp x8, x20
;;     b.lo L1
;;     ldr x8, [x0, #0x30]
;;     ldr x9, [x0, #8]
;;     mov w1, wzr
;;     mov w2, #1
;;     mov x19, x0
;;     ldr w21, [x8, x20]
;;     ldr x8, [x9]
;;     blr x8
;;     ldr x8, [x19, #0x38]
;;     cmp x8, x20
;;     b.lo L2
;;     ldr x8, [x19, #0x30]
;;     ldr w8, [x8, x20]
;;     ldp x20, x19, [sp, #0x20]
;;     add w0, w21, w8
;;     ldr x21, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x30
;;     ret
;; L1:
;;     udf #1    ; heap_get_oob
;; L2:
;;     udf #1    ; heap_get_oob
;; base_in_loop:
;;   define hidden void @f7(ptr noundef nonnull align 16 dereferenceable(176) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     %6 = getelementptr inbounds nuw i8, ptr %5, i64 72
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %9 = load i64, ptr %8, align 8
;;     %10 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %11 = load ptr addrspace(1), ptr %10, align 8
;;     br label %12
;;   12:
;;     %.01 = phi i32 [ %2, %3 ], [ %21, %17 ]
;;     %.0 = phi i32 [ %1, %3 ], [ %20, %17 ]
;;     %13 = zext i32 %.01 to i64
;;     call void %7(ptr nonnull %0, i32 0, i64 %13, ptr null, i64 1)
;;     %14 = zext i32 %.0 to i64
;;     %15 = icmp ult i64 %9, %14
;;     br i1 %15, label %16, label %17
;;   16:
;;     call void @llvm.ubsantrap(i8 1)
;;     unreachable
;;   17:
;;     %18 = getelementptr inbounds nuw i8, ptr addrspace(1) %11, i64 %14
;;     %19 = load volatile i32, ptr addrspace(1) %18, align 1
;;     store volatile i32 %.01, ptr addrspace(1) %18, align 1
;;     %20 = add i32 %.0, 4
;;     %21 = add i32 %.01, -1
;;     %.not = icmp eq i32 %21, 0
;;     br i1 %.not, label %22, label %12
;;   22:
;;     ret void
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x40]!
;;     stp x24, x23, [sp, #0x10]
;;     stp x22, x21, [sp, #0x20]
;;     stp x20, x19, [sp, #0x30]
;;     mov x29, sp
;;     ldr x8, [x0, #8]
;;     ldp x24, x23, [x0, #0x30]
;;     mov w19, w2
;;     mov x20, x0
;;     mov w21, w1
;;     ldr x22, [x8, #0x48]
;; L1:
;;     mov w2, w19
;;     mov x0, x20
;;     mov w1, wzr
;;     mov x3, xzr
;;     mov w4, #1
;;     blr x22
;;     mov w8, w21
;;     cmp x23, x8
;;     b.lo L2
;;     ldr wzr, [x24, x8]
;;     str w19, [x24, x8]
;;     subs w19, w19, #1
;;     add w21, w8, #4
;;     b.ne L1
;;     ldp x20, x19, [sp, #0x30]
;;     ldp x22, x21, [sp, #0x20]
;;     ldp x24, x23, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x40
;;     ret
;; L2:
;;     udf #1    ; heap_get_oob
;; reference:
;;   define hidden noundef ptr @f8(ptr noundef nonnull align 16 dereferenceable(176) %0) {
;;     %2 = getelementptr inbounds nuw i8, ptr %0, i64 96
;;     %3 = load ptr, ptr %2, align 8, !invariant.load
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %5 = load ptr, ptr %4, align 8, !invariant.load
;;     %6 = getelementptr inbounds nuw i8, ptr %5, i64 120
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = call ptr %7(ptr nonnull %0, i32 0)
;;     %9 = getelementptr i8, ptr %8, i64 1
;;     store volatile ptr %9, ptr %3, align 8
;;     %10 = getelementptr inbounds nuw i8, ptr %3, i64 24
;;     store volatile i32 0, ptr %10, align 4
;;     %11 = getelementptr inbounds nuw i8, ptr %3, i64 32
;;     store volatile ptr %9, ptr %11, align 8
;;     %12 = getelementptr inbounds nuw i8, ptr %3, i64 56
;;     store volatile i32 0, ptr %12, align 4
;;     ret ptr %8
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x20]!
;;     str x19, [sp, #0x10]
;;     mov x29, sp
;;     ldr x8, [x0, #8]
;;     ldr x19, [x0, #0x60]
;;     mov w1, wzr
;;     ldr x8, [x8, #0x78]
;;     blr x8
;;     add x8, x0, #1
;;     str x8, [x19]
;;     str wzr, [x19, #0x18]
;;     str x8, [x19, #0x20]
;;     str wzr, [x19, #0x38]
;;     ldr x19, [sp, #0x10]
;;     ldp x29, x30, [sp], #0x20
;;     ret
