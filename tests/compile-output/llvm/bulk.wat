;; Few bytes are moved and filled without the runtime; memories that are shared or have long indices are its matter.
(module
  (memory 1)
  (func $copy_known (param i32 i32) (memory.copy (local.get 0) (local.get 1) (i32.const 12)))
  (func $fill_known (param i32) (memory.fill (local.get 0) (i32.const 0) (i32.const 20)))
  (func $copy_many (param i32 i32) (memory.copy (local.get 0) (local.get 1) (i32.const 65)))
  (func $copy (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2))))

;; ---- x86_64
;; copy_known:
;;   define hidden void @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr addrspace(1), ptr %4, align 8, !invariant.load
;;     %6 = zext i32 %1 to i64
;;     %7 = zext i32 %2 to i64
;;     %8 = add nuw nsw i64 %6, 12
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %10 = load i64, ptr %9, align 8
;;     %11 = icmp ugt i64 %8, %10
;;     %12 = add nuw nsw i64 %7, 12
;;     %13 = icmp ugt i64 %12, %10
;;     %or.cond = select i1 %11, i1 true, i1 %13
;;     br i1 %or.cond, label %14, label %20
;;   14:
;;     %15 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %16 = load ptr, ptr %15, align 8, !invariant.load
;;     %17 = getelementptr inbounds nuw i8, ptr %16, i64 16
;;     %18 = load ptr, ptr %17, align 8, !invariant.load
;;     call void %18(ptr nonnull %0, i32 0, i32 0, i64 %6, i64 %7, i64 12)
;;     br label %19
;;   19:
;;     ret void
;;   20:
;;     %21 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %7
;;     %22 = load volatile i64, ptr addrspace(1) %21, align 1
;;     %23 = getelementptr inbounds nuw i8, ptr addrspace(1) %21, i64 4
;;     %24 = load volatile i64, ptr addrspace(1) %23, align 1
;;     %25 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %6
;;     store volatile i64 %22, ptr addrspace(1) %25, align 1
;;     %26 = getelementptr inbounds nuw i8, ptr addrspace(1) %25, i64 4
;;     store volatile i64 %24, ptr addrspace(1) %26, align 1
;;     br label %19
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov r9, qword ptr [rdi + 0x38]
;;     mov ecx, esi
;;     mov r8d, edx
;;     lea rdx, [rcx + 0xc]
;;     lea rax, [r8 + 0xc]
;;     cmp rax, r9
;;     seta al
;;     cmp rdx, r9
;;     ja L2
;;     test al, al
;;     jne L3
;; L1:
;;     mov rax, qword ptr [rdi + 0x30]
;;     mov rdx, qword ptr [rax + r8]
;;     mov rsi, qword ptr [rax + r8 + 4]
;;     mov qword ptr [rax + rcx], rdx
;;     mov qword ptr [rax + rcx + 4], rsi
;;     pop rbp
;;     ret
;; L2:
;;     mov al, 1
;;     test al, al
;;     je L1
;; L3:
;;     mov rax, qword ptr [rdi + 8]
;;     mov r9d, 0xc
;;     xor esi, esi
;;     xor edx, edx
;;     call qword ptr [rax + 0x10]
;;     pop rbp
;;     ret
;; fill_known:
;;   define hidden void @f1(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = add nuw nsw i64 %3, 20
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %7 = icmp ugt i64 %4, %6
;;     br i1 %7, label %8, label %14
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %10 = load ptr, ptr %9, align 8, !invariant.load
;;     %11 = getelementptr inbounds nuw i8, ptr %10, i64 8
;;     %12 = load ptr, ptr %11, align 8, !invariant.load
;;     call void %12(ptr nonnull %0, i32 0, i64 %3, i32 0, i64 20)
;;     br label %13
;;   13:
;;     ret void
;;   14:
;;     %15 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %16 = load ptr addrspace(1), ptr %15, align 8, !invariant.load
;;     %17 = getelementptr inbounds nuw i8, ptr addrspace(1) %16, i64 %3
;;     store volatile <16 x i8> zeroinitializer, ptr addrspace(1) %17, align 1
;;     %18 = getelementptr inbounds nuw i8, ptr addrspace(1) %17, i64 4
;;     store volatile <16 x i8> zeroinitializer, ptr addrspace(1) %18, align 1
;;     br label %13
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov edx, esi
;;     lea rax, [rdx + 0x14]
;;     cmp rax, qword ptr [rdi + 0x38]
;;     ja L1
;;     mov rax, qword ptr [rdi + 0x30]
;;     vxorps xmm0, xmm0, xmm0
;;     vmovups xmmword ptr [rax + rdx], xmm0
;;     vmovups xmmword ptr [rax + rdx + 4], xmm0
;;     pop rbp
;;     ret
;; L1:
;;     mov rax, qword ptr [rdi + 8]
;;     mov r8d, 0x14
;;     xor esi, esi
;;     xor ecx, ecx
;;     call qword ptr [rax + 8]
;;     pop rbp
;;     ret
;; copy_many:
;;   define hidden void @f2(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = zext i32 %1 to i64
;;     %5 = zext i32 %2 to i64
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = getelementptr inbounds nuw i8, ptr %7, i64 16
;;     %9 = load ptr, ptr %8, align 8, !invariant.load
;;     call void %9(ptr nonnull %0, i32 0, i32 0, i64 %4, i64 %5, i64 65)
;;     ret void
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov ecx, esi
;;     mov r8d, edx
;;     mov rax, qword ptr [rdi + 8]
;;     mov r9d, 0x41
;;     xor esi, esi
;;     xor edx, edx
;;     call qword ptr [rax + 0x10]
;;     pop rbp
;;     ret
;; copy:
;;   define hidden void @f3(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2, i32 noundef %3) {
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %6 = load ptr addrspace(1), ptr %5, align 8, !invariant.load
;;     %7 = zext i32 %1 to i64
;;     %8 = zext i32 %2 to i64
;;     %9 = zext i32 %3 to i64
;;     %10 = icmp ugt i32 %3, 32
;;     br i1 %10, label %11, label %17
;;   11:
;;     %12 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %13 = load ptr, ptr %12, align 8, !invariant.load
;;     %14 = getelementptr inbounds nuw i8, ptr %13, i64 16
;;     %15 = load ptr, ptr %14, align 8, !invariant.load
;;     call void %15(ptr nonnull %0, i32 0, i32 0, i64 %7, i64 %8, i64 %9)
;;     br label %16
;;   16:
;;     ret void
;;   17:
;;     %18 = add nuw nsw i64 %7, %9
;;     %19 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %20 = load i64, ptr %19, align 8
;;     %21 = icmp ugt i64 %18, %20
;;     %22 = add nuw nsw i64 %8, %9
;;     %23 = icmp ugt i64 %22, %20
;;     %or.cond = select i1 %21, i1 true, i1 %23
;;     br i1 %or.cond, label %11, label %24
;;   24:
;;     %25 = icmp ult i32 %3, 16
;;     br i1 %25, label %26, label %28
;;   26:
;;     %27 = icmp ult i32 %3, 8
;;     br i1 %27, label %36, label %38
;;   28:
;;     %29 = add nsw i64 %9, -16
;;     %30 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %8
;;     %31 = load volatile <16 x i8>, ptr addrspace(1) %30, align 1
;;     %32 = getelementptr inbounds i8, ptr addrspace(1) %30, i64 %29
;;     %33 = load volatile <16 x i8>, ptr addrspace(1) %32, align 1
;;     %34 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %7
;;     store volatile <16 x i8> %31, ptr addrspace(1) %34, align 1
;;     %35 = getelementptr inbounds i8, ptr addrspace(1) %34, i64 %29
;;     store volatile <16 x i8> %33, ptr addrspace(1) %35, align 1
;;     br label %16
;;   36:
;;     %37 = icmp ult i32 %3, 4
;;     br i1 %37, label %46, label %48
;;   38:
;;     %39 = add nsw i64 %9, -8
;;     %40 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %8
;;     %41 = load volatile i64, ptr addrspace(1) %40, align 1
;;     %42 = getelementptr inbounds i8, ptr addrspace(1) %40, i64 %39
;;     %43 = load volatile i64, ptr addrspace(1) %42, align 1
;;     %44 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %7
;;     store volatile i64 %41, ptr addrspace(1) %44, align 1
;;     %45 = getelementptr inbounds i8, ptr addrspace(1) %44, i64 %39
;;     store volatile i64 %43, ptr addrspace(1) %45, align 1
;;     br label %16
;;   46:
;;     %47 = icmp ult i32 %3, 2
;;     br i1 %47, label %56, label %58
;;   48:
;;     %49 = add nsw i64 %9, -4
;;     %50 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %8
;;     %51 = load volatile i32, ptr addrspace(1) %50, align 1
;;     %52 = getelementptr inbounds i8, ptr addrspace(1) %50, i64 %49
;;     %53 = load volatile i32, ptr addrspace(1) %52, align 1
;;     %54 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %7
;;     store volatile i32 %51, ptr addrspace(1) %54, align 1
;;     %55 = getelementptr inbounds i8, ptr addrspace(1) %54, i64 %49
;;     store volatile i32 %53, ptr addrspace(1) %55, align 1
;;     br label %16
;;   56:
;;     %57 = icmp eq i32 %3, 0
;;     br i1 %57, label %16, label %66
;;   58:
;;     %59 = add nsw i64 %9, -2
;;     %60 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %8
;;     %61 = load volatile i16, ptr addrspace(1) %60, align 1
;;     %62 = getelementptr inbounds i8, ptr addrspace(1) %60, i64 %59
;;     %63 = load volatile i16, ptr addrspace(1) %62, align 1
;;     %64 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %7
;;     store volatile i16 %61, ptr addrspace(1) %64, align 1
;;     %65 = getelementptr inbounds i8, ptr addrspace(1) %64, i64 %59
;;     store volatile i16 %63, ptr addrspace(1) %65, align 1
;;     br label %16
;;   66:
;;     %67 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %8
;;     %68 = load volatile i8, ptr addrspace(1) %67, align 1
;;     %69 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %7
;;     store volatile i8 %68, ptr addrspace(1) %69, align 1
;;     br label %16
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov eax, ecx
;;     mov ecx, esi
;;     mov r8d, edx
;;     mov r9d, eax
;;     cmp eax, 0x21
;;     jb L3
;; L1:
;;     mov rax, qword ptr [rdi + 8]
;;     xor esi, esi
;;     xor edx, edx
;;     call qword ptr [rax + 0x10]
;; L2:
;;     pop rbp
;;     ret
;; L3:
;;     lea rsi, [rcx + r9]
;;     mov r10, qword ptr [rdi + 0x38]
;;     lea rdx, [r8 + r9]
;;     cmp rdx, r10
;;     seta dl
;;     cmp rsi, r10
;;     ja L9
;;     test dl, dl
;;     jne L1
;; L4:
;;     mov rdx, qword ptr [rdi + 0x30]
;;     cmp eax, 0xf
;;     ja L5
;;     cmp eax, 8
;;     jae L6
;;     cmp eax, 4
;;     jae L7
;;     cmp eax, 2
;;     jae L8
;;     test eax, eax
;;     je L2
;;     movzx eax, byte ptr [rdx + r8]
;;     mov byte ptr [rdx + rcx], al
;;     pop rbp
;;     ret
;; L5:
;;     lea rax, [rdx + r8]
;;     vmovups xmm0, xmmword ptr [rdx + r8]
;;     vmovups xmm1, xmmword ptr [r9 + rax - 0x10]
;;     lea rax, [rdx + rcx]
;;     vmovups xmmword ptr [rdx + rcx], xmm0
;;     vmovups xmmword ptr [r9 + rax - 0x10], xmm1
;;     pop rbp
;;     ret
;; L6:
;;     lea rax, [rdx + r8]
;;     mov rsi, qword ptr [rdx + r8]
;;     mov rax, qword ptr [r9 + rax - 8]
;;     lea rdi, [rdx + rcx]
;;     mov qword ptr [rdx + rcx], rsi
;;     mov qword ptr [r9 + rdi - 8], rax
;;     pop rbp
;;     ret
;; L7:
;;     lea rax, [rdx + r8]
;;     mov esi, dword ptr [rdx + r8]
;;     mov eax, dword ptr [r9 + rax - 4]
;;     lea rdi, [rdx + rcx]
;;     mov dword ptr [rdx + rcx], esi
;;     mov dword ptr [r9 + rdi - 4], eax
;;     pop rbp
;;     ret
;; L8:
;;     lea rax, [rdx + r8]
;;     movzx esi, word ptr [rdx + r8]
;;     movzx eax, word ptr [r9 + rax - 2]
;;     lea rdi, [rdx + rcx]
;;     mov word ptr [rdx + rcx], si
;;     mov word ptr [r9 + rdi - 2], ax
;;     pop rbp
;;     ret
;; L9:
;;     mov dl, 1
;;     test dl, dl
;;     je L4
;;     jmp L1


;; ---- aarch64
;; copy_known:
;;   define hidden void @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %5 = load ptr addrspace(1), ptr %4, align 8, !invariant.load
;;     %6 = zext i32 %1 to i64
;;     %7 = zext i32 %2 to i64
;;     %8 = add nuw nsw i64 %6, 12
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %10 = load i64, ptr %9, align 8
;;     %11 = icmp ugt i64 %8, %10
;;     %12 = add nuw nsw i64 %7, 12
;;     %13 = icmp ugt i64 %12, %10
;;     %or.cond = select i1 %11, i1 true, i1 %13
;;     br i1 %or.cond, label %14, label %20
;;   14:
;;     %15 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %16 = load ptr, ptr %15, align 8, !invariant.load
;;     %17 = getelementptr inbounds nuw i8, ptr %16, i64 16
;;     %18 = load ptr, ptr %17, align 8, !invariant.load
;;     call void %18(ptr nonnull %0, i32 0, i32 0, i64 %6, i64 %7, i64 12)
;;     br label %19
;;   19:
;;     ret void
;;   20:
;;     %21 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %7
;;     %22 = load volatile i64, ptr addrspace(1) %21, align 1
;;     %23 = getelementptr inbounds nuw i8, ptr addrspace(1) %21, i64 4
;;     %24 = load volatile i64, ptr addrspace(1) %23, align 1
;;     %25 = getelementptr inbounds nuw i8, ptr addrspace(1) %5, i64 %6
;;     store volatile i64 %22, ptr addrspace(1) %25, align 1
;;     %26 = getelementptr inbounds nuw i8, ptr addrspace(1) %25, i64 4
;;     store volatile i64 %24, ptr addrspace(1) %26, align 1
;;     br label %19
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     mov w3, w1
;;     ldr x8, [x0, #0x38]
;;     mov w4, w2
;;     add x9, x3, #0xc
;;     cmp x9, x8
;;     b.hi L1
;;     add x9, x4, #0xc
;;     cmp x9, x8
;;     b.hi L1
;;     ldr x8, [x0, #0x30]
;;     add x9, x8, x4
;;     add x8, x8, x3
;;     ldr x10, [x9]
;;     ldur x9, [x9, #4]
;;     str x10, [x8]
;;     stur x9, [x8, #4]
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     ldr x8, [x0, #8]
;;     mov w1, wzr
;;     mov w2, wzr
;;     mov w5, #0xc
;;     ldr x8, [x8, #0x10]
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; fill_known:
;;   define hidden void @f1(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1) {
;;     %3 = zext i32 %1 to i64
;;     %4 = add nuw nsw i64 %3, 20
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %6 = load i64, ptr %5, align 8
;;     %7 = icmp ugt i64 %4, %6
;;     br i1 %7, label %8, label %14
;;   8:
;;     %9 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %10 = load ptr, ptr %9, align 8, !invariant.load
;;     %11 = getelementptr inbounds nuw i8, ptr %10, i64 8
;;     %12 = load ptr, ptr %11, align 8, !invariant.load
;;     call void %12(ptr nonnull %0, i32 0, i64 %3, i32 0, i64 20)
;;     br label %13
;;   13:
;;     ret void
;;   14:
;;     %15 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %16 = load ptr addrspace(1), ptr %15, align 8, !invariant.load
;;     %17 = getelementptr inbounds nuw i8, ptr addrspace(1) %16, i64 %3
;;     store volatile <16 x i8> zeroinitializer, ptr addrspace(1) %17, align 1
;;     %18 = getelementptr inbounds nuw i8, ptr addrspace(1) %17, i64 4
;;     store volatile <16 x i8> zeroinitializer, ptr addrspace(1) %18, align 1
;;     br label %13
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     mov w2, w1
;;     ldr x8, [x0, #0x38]
;;     add x9, x2, #0x14
;;     cmp x9, x8
;;     b.hi L1
;;     movi v0.2d, #0000000000000000
;;     ldr x8, [x0, #0x30]
;;     add x8, x8, x2
;;     str q0, [x8]
;;     stur q0, [x8, #4]
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     ldr x8, [x0, #8]
;;     mov w1, wzr
;;     mov w3, wzr
;;     mov w4, #0x14
;;     ldr x8, [x8, #8]
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; copy_many:
;;   define hidden void @f2(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2) {
;;     %4 = zext i32 %1 to i64
;;     %5 = zext i32 %2 to i64
;;     %6 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %7 = load ptr, ptr %6, align 8, !invariant.load
;;     %8 = getelementptr inbounds nuw i8, ptr %7, i64 16
;;     %9 = load ptr, ptr %8, align 8, !invariant.load
;;     call void %9(ptr nonnull %0, i32 0, i32 0, i64 %4, i64 %5, i64 65)
;;     ret void
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     ldr x8, [x0, #8]
;;     mov w3, w1
;;     mov w4, w2
;;     mov w1, wzr
;;     mov w2, wzr
;;     mov w5, #0x41
;;     ldr x8, [x8, #0x10]
;;     blr x8
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; copy:
;;   define hidden void @f3(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2, i32 noundef %3) {
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %6 = load ptr addrspace(1), ptr %5, align 8, !invariant.load
;;     %7 = zext i32 %1 to i64
;;     %8 = zext i32 %2 to i64
;;     %9 = zext i32 %3 to i64
;;     %10 = icmp ugt i32 %3, 32
;;     br i1 %10, label %11, label %17
;;   11:
;;     %12 = getelementptr inbounds nuw i8, ptr %0, i64 8
;;     %13 = load ptr, ptr %12, align 8, !invariant.load
;;     %14 = getelementptr inbounds nuw i8, ptr %13, i64 16
;;     %15 = load ptr, ptr %14, align 8, !invariant.load
;;     call void %15(ptr nonnull %0, i32 0, i32 0, i64 %7, i64 %8, i64 %9)
;;     br label %16
;;   16:
;;     ret void
;;   17:
;;     %18 = add nuw nsw i64 %7, %9
;;     %19 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %20 = load i64, ptr %19, align 8
;;     %21 = icmp ugt i64 %18, %20
;;     %22 = add nuw nsw i64 %8, %9
;;     %23 = icmp ugt i64 %22, %20
;;     %or.cond = select i1 %21, i1 true, i1 %23
;;     br i1 %or.cond, label %11, label %24
;;   24:
;;     %25 = icmp ult i32 %3, 16
;;     br i1 %25, label %26, label %28
;;   26:
;;     %27 = icmp ult i32 %3, 8
;;     br i1 %27, label %36, label %38
;;   28:
;;     %29 = add nsw i64 %9, -16
;;     %30 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %8
;;     %31 = load volatile <16 x i8>, ptr addrspace(1) %30, align 1
;;     %32 = getelementptr inbounds i8, ptr addrspace(1) %30, i64 %29
;;     %33 = load volatile <16 x i8>, ptr addrspace(1) %32, align 1
;;     %34 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %7
;;     store volatile <16 x i8> %31, ptr addrspace(1) %34, align 1
;;     %35 = getelementptr inbounds i8, ptr addrspace(1) %34, i64 %29
;;     store volatile <16 x i8> %33, ptr addrspace(1) %35, align 1
;;     br label %16
;;   36:
;;     %37 = icmp ult i32 %3, 4
;;     br i1 %37, label %46, label %48
;;   38:
;;     %39 = add nsw i64 %9, -8
;;     %40 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %8
;;     %41 = load volatile i64, ptr addrspace(1) %40, align 1
;;     %42 = getelementptr inbounds i8, ptr addrspace(1) %40, i64 %39
;;     %43 = load volatile i64, ptr addrspace(1) %42, align 1
;;     %44 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %7
;;     store volatile i64 %41, ptr addrspace(1) %44, align 1
;;     %45 = getelementptr inbounds i8, ptr addrspace(1) %44, i64 %39
;;     store volatile i64 %43, ptr addrspace(1) %45, align 1
;;     br label %16
;;   46:
;;     %47 = icmp ult i32 %3, 2
;;     br i1 %47, label %56, label %58
;;   48:
;;     %49 = add nsw i64 %9, -4
;;     %50 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %8
;;     %51 = load volatile i32, ptr addrspace(1) %50, align 1
;;     %52 = getelementptr inbounds i8, ptr addrspace(1) %50, i64 %49
;;     %53 = load volatile i32, ptr addrspace(1) %52, align 1
;;     %54 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %7
;;     store volatile i32 %51, ptr addrspace(1) %54, align 1
;;     %55 = getelementptr inbounds i8, ptr addrspace(1) %54, i64 %49
;;     store volatile i32 %53, ptr addrspace(1) %55, align 1
;;     br label %16
;;   56:
;;     %57 = icmp eq i32 %3, 0
;;     br i1 %57, label %16, label %66
;;   58:
;;     %59 = add nsw i64 %9, -2
;;     %60 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %8
;;     %61 = load volatile i16, ptr addrspace(1) %60, align 1
;;     %62 = getelementptr inbounds i8, ptr addrspace(1) %60, i64 %59
;;     %63 = load volatile i16, ptr addrspace(1) %62, align 1
;;     %64 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %7
;;     store volatile i16 %61, ptr addrspace(1) %64, align 1
;;     %65 = getelementptr inbounds i8, ptr addrspace(1) %64, i64 %59
;;     store volatile i16 %63, ptr addrspace(1) %65, align 1
;;     br label %16
;;   66:
;;     %67 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %8
;;     %68 = load volatile i8, ptr addrspace(1) %67, align 1
;;     %69 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %7
;;     store volatile i8 %68, ptr addrspace(1) %69, align 1
;;     br label %16
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     mov w8, w3
;;     cmp w3, #0x21
;;     mov w3, w1
;;     mov w4, w2
;;     mov w5, w8
;;     b.lo L3
;; L1:
;;     ldr x8, [x0, #8]
;;     mov w1, wzr
;;     mov w2, wzr
;;     ldr x8, [x8, #0x10]
;;     blr x8
;; L2:
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L3:
;;     ldr x9, [x0, #0x38]
;;     add x10, x3, x5
;;     cmp x10, x9
;;     b.hi L1
;;     add x10, x4, x5
;;     cmp x10, x9
;;     b.hi L1
;;     ldr x9, [x0, #0x30]
;;     cmp w8, #0xf
;;     b.hi L4
;;     cmp w8, #8
;;     b.hs L5
;;     cmp w8, #4
;;     b.hs L6
;;     cmp w8, #2
;;     b.hs L7
;;     cbz w8, L2
;;     ldrb w8, [x9, x4]
;;     strb w8, [x9, x3]
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L4:
;;     add x8, x9, x4
;;     sub x10, x5, #0x10
;;     add x9, x9, x3
;;     ldr q0, [x8]
;;     ldr q1, [x8, x10]
;;     str q0, [x9]
;;     str q1, [x9, x10]
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L5:
;;     add x8, x9, x4
;;     sub x11, x5, #8
;;     add x9, x9, x3
;;     ldr x10, [x8]
;;     ldr x8, [x8, x11]
;;     str x10, [x9]
;;     str x8, [x9, x11]
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L6:
;;     add x8, x9, x4
;;     sub x11, x5, #4
;;     add x9, x9, x3
;;     ldr w10, [x8]
;;     ldr w8, [x8, x11]
;;     str w10, [x9]
;;     str w8, [x9, x11]
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L7:
;;     add x8, x9, x4
;;     sub x11, x5, #2
;;     add x9, x9, x3
;;     ldrh w10, [x8]
;;     ldrh w8, [x8, x11]
;;     strh w10, [x9]
;;     strh w8, [x9, x11]
;;     ldp x29, x30, [sp], #0x10
;;     ret
