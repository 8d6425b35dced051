;; A loop of which no access can trap has vectors; which it is, is found out before.
(module
  (memory 1)
  (func $scale (param $to i32) (param $from i32) (param $n i32)
    (loop $next
      (i32.store (local.get $to) (i32.mul (i32.load (local.get $from)) (i32.const 3)))
      (local.set $to (i32.add (local.get $to) (i32.const 4)))
      (local.set $from (i32.add (local.get $from) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $chain (param $p i32) (param $n i32)
    (loop $next
      (i32.store offset=4 (local.get $p) (i32.rotl (i32.load (local.get $p)) (i32.const 3)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))

;; ---- x86_64
;; scale:
;;   define hidden void @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2, i32 noundef %3) {
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %6 = load ptr addrspace(1), ptr %5, align 8, !invariant.load
;;     %7 = icmp ugt i32 %3, 7
;;     br i1 %7, label %21, label %.preheader
;;   8:
;;     %9 = phi i32 [ %20, %8 ], [ %3, %.preheader ]
;;     %10 = phi i32 [ %19, %8 ], [ %2, %.preheader ]
;;     %11 = phi i32 [ %18, %8 ], [ %1, %.preheader ]
;;     %12 = zext i32 %10 to i64
;;     %13 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %12
;;     %14 = load volatile i32, ptr addrspace(1) %13, align 1
;;     %15 = mul i32 %14, 3
;;     %16 = zext i32 %11 to i64
;;     %17 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %16
;;     store volatile i32 %15, ptr addrspace(1) %17, align 1
;;     %18 = add i32 %11, 4
;;     %19 = add i32 %10, 4
;;     %20 = add i32 %9, -1
;;     %.not = icmp eq i32 %20, 0
;;     br i1 %.not, label %.loopexit, label %8
;;   21:
;;     %22 = add i32 %3, -1
;;     %23 = zext i32 %22 to i64
;;     %24 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %25 = load i64, ptr %24, align 8
;;     %26 = zext i32 %2 to i64
;;     %27 = icmp uge i64 %25, %26
;;     %28 = shl nuw nsw i64 %23, 2
;;     %29 = add nuw nsw i64 %28, %26
;;     %30 = add nuw nsw i64 %29, 4
;;     %31 = icmp ule i64 %30, %25
;;     %32 = zext i32 %1 to i64
;;     %33 = icmp uge i64 %25, %32
;;     %34 = add nuw nsw i64 %28, %32
;;     %35 = add nuw nsw i64 %34, 4
;;     %36 = icmp ule i64 %35, %25
;;     %37 = and i1 %27, %31
;;     %38 = and i1 %37, %33
;;     %39 = and i1 %38, %36
;;     br i1 %39, label %vector.memcheck, label %.preheader
;;   .preheader:
;;     br label %8
;;   vector.memcheck:
;;     %40 = addrspacecast ptr addrspace(1) %6 to ptr
;;     %41 = getelementptr inbounds nuw i8, ptr %40, i64 %26
;;     %42 = getelementptr inbounds nuw i8, ptr %40, i64 %32
;;     %43 = zext i32 %3 to i64
;;     %44 = sub nsw i64 %32, %26
;;     %diff.check = icmp ult i64 %44, 128
;;     br i1 %diff.check, label %scalar.ph, label %vector.ph
;;   vector.ph:
;;     %n.vec = and i64 %43, 4294967288
;;     br label %vector.body
;;   vector.body:
;;     %index = phi i64 [ 0, %vector.ph ], [ %index.next, %vector.body ]
;;     %45 = shl nsw i64 %index, 2
;;     %46 = getelementptr inbounds i8, ptr %41, i64 %45
;;     %47 = getelementptr inbounds i8, ptr %42, i64 %45
;;     %wide.load = load <8 x i32>, ptr %46, align 1
;;     %48 = mul <8 x i32> %wide.load, splat (i32 3)
;;     store <8 x i32> %48, ptr %47, align 1
;;     %index.next = add nuw i64 %index, 8
;;     %49 = icmp eq i64 %index.next, %n.vec
;;     br i1 %49, label %middle.block, label %vector.body
;;   middle.block:
;;     %cmp.n = icmp eq i64 %n.vec, %43
;;     br i1 %cmp.n, label %.loopexit3, label %scalar.ph
;;   scalar.ph:
;;     %bc.resume.val = phi i64 [ %n.vec, %middle.block ], [ 0, %vector.memcheck ]
;;     br label %50
;;   50:
;;     %51 = phi i64 [ %bc.resume.val, %scalar.ph ], [ %57, %50 ]
;;     %52 = shl nsw i64 %51, 2
;;     %53 = getelementptr inbounds nuw i8, ptr %41, i64 %52
;;     %54 = getelementptr inbounds nuw i8, ptr %42, i64 %52
;;     %55 = load i32, ptr %53, align 1
;;     %56 = mul i32 %55, 3
;;     store i32 %56, ptr %54, align 1
;;     %57 = add nuw nsw i64 %51, 1
;;     %58 = icmp eq i64 %57, %43
;;     br i1 %58, label %.loopexit3, label %50
;;   .loopexit3:
;;     call void asm sideeffect "", "~{memory}"()
;;     br label %.loopexit
;;   .loopexit:
;;     ret void
;;   }
;;   ; ----
;;     push rbp
;;     mov rbp, rsp
;;     mov rax, qword ptr [rdi + 0x30]
;;     cmp ecx, 7
;;     jbe L1
;;     mov r8, qword ptr [rdi + 0x38]
;;     mov edi, edx
;;     cmp r8, rdi
;;     jb L1
;;     lea r10d, [rcx - 1]
;;     lea r9, [rdi + r10*4]
;;     add r9, 4
;;     cmp r9, r8
;;     ja L1
;;     mov r9d, esi
;;     cmp r8, r9
;;     jb L1
;;     lea r10, [r9 + r10*4]
;;     add r10, 4
;;     cmp r10, r8
;;     ja L1
;;     lea rdx, [rax + rdi]
;;     add rax, r9
;;     mov ecx, ecx
;;     sub r9, rdi
;;     cmp r9, 0x80
;;     jae L2
;;     xor esi, esi
;;     jmp L4
;;     nop word ptr [rax + rax]
;; L1:
;;     mov edi, edx
;;     mov edi, dword ptr [rax + rdi]
;;     lea edi, [rdi + rdi*2]
;;     mov r8d, esi
;;     mov dword ptr [rax + r8], edi
;;     add esi, 4
;;     add edx, 4
;;     dec ecx
;;     jne L1
;;     pop rbp
;;     ret
;; L2:
;;     mov esi, ecx
;;     and esi, 0xfffffff8
;;     lea rdi, [rcx*4]
;;     and rdi, 0xffffffffffffffe0
;;     xor r8d, r8d
;;     nop
;; L3:
;;     vmovdqu ymm0, ymmword ptr [rdx + r8]
;;     vpaddd ymm1, ymm0, ymm0
;;     vpaddd ymm0, ymm0, ymm1
;;     vmovdqu ymmword ptr [rax + r8], ymm0
;;     add r8, 0x20
;;     cmp rdi, r8
;;     jne L3
;;     cmp esi, ecx
;;     je L5
;;     nop word ptr cs:[rax + rax]
;; L4:
;;     mov edi, dword ptr [rdx + rsi*4]
;;     lea edi, [rdi + rdi*2]
;;     mov dword ptr [rax + rsi*4], edi
;;     inc rsi
;;     cmp rcx, rsi
;;     jne L4
;; L5:
;;     pop rbp
;;     vzeroupper
;;     ret
;; chain:
;;   define hidden void @f1(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2) {
;;   .preheader:
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %4 = load ptr addrspace(1), ptr %3, align 8, !invariant.load
;;     br label %5
;;   5:
;;     %6 = phi i32 [ %14, %5 ], [ %2, %.preheader ]
;;     %7 = phi i32 [ %13, %5 ], [ %1, %.preheader ]
;;     %8 = zext i32 %7 to i64
;;     %9 = getelementptr inbounds nuw i8, ptr addrspace(1) %4, i64 %8
;;     %10 = load volatile i32, ptr addrspace(1) %9, align 1
;;     %11 = call i32 @llvm.fshl.i32(i32 %10, i32 %10, i32 3)
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %9, i64 4
;;     store volatile i32 %11, ptr addrspace(1) %12, align 1
;;     %13 = add i32 %7, 4
;;     %14 = add i32 %6, -1
;;     %.not = icmp eq i32 %14, 0
;;     br i1 %.not, label %.loopexit, label %5
;;   .loopexit:
;;     ret void
;;   }
;;   ; ----
;;     mov rax, qword ptr [rdi + 0x30]
;;     nop word ptr cs:[rax + rax]
;; L1:
;;     mov ecx, esi
;;     rorx edi, dword ptr [rax + rcx], 0x1d
;;     mov dword ptr [rax + rcx + 4], edi
;;     add esi, 4
;;     dec edx
;;     jne L1
;;     ret


;; ---- aarch64
;; scale:
;;   define hidden void @f0(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2, i32 noundef %3) {
;;     %5 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %6 = load ptr addrspace(1), ptr %5, align 8, !invariant.load
;;     %7 = icmp ugt i32 %3, 7
;;     br i1 %7, label %22, label %.preheader
;;   8:
;;     %9 = phi i32 [ %21, %8 ], [ %3, %.preheader ]
;;     %10 = phi i32 [ %20, %8 ], [ %2, %.preheader ]
;;     %11 = phi i32 [ %19, %8 ], [ %1, %.preheader ]
;;     %12 = zext i32 %10 to i64
;;     %13 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %12
;;     %14 = load volatile i32, ptr addrspace(1) %13, align 1
;;     %15 = mul i32 %14, 3
;;     %16 = zext i32 %11 to i64
;;     %17 = getelementptr inbounds nuw i8, ptr addrspace(1) %6, i64 %16
;;     %18 = load volatile i32, ptr addrspace(1) %17, align 1
;;     store volatile i32 %15, ptr addrspace(1) %17, align 1
;;     %19 = add i32 %11, 4
;;     %20 = add i32 %10, 4
;;     %21 = add i32 %9, -1
;;     %.not = icmp eq i32 %21, 0
;;     br i1 %.not, label %.loopexit, label %8
;;   22:
;;     %23 = add i32 %3, -1
;;     %24 = zext i32 %23 to i64
;;     %25 = getelementptr inbounds nuw i8, ptr %0, i64 56
;;     %26 = load i64, ptr %25, align 8
;;     %27 = zext i32 %2 to i64
;;     %28 = icmp uge i64 %26, %27
;;     %29 = shl nuw nsw i64 %24, 2
;;     %30 = add nuw nsw i64 %29, %27
;;     %31 = add nuw nsw i64 %30, 4
;;     %32 = icmp ule i64 %31, %26
;;     %33 = zext i32 %1 to i64
;;     %34 = icmp uge i64 %26, %33
;;     %35 = add nuw nsw i64 %29, %33
;;     %36 = add nuw nsw i64 %35, 4
;;     %37 = icmp ule i64 %36, %26
;;     %38 = and i1 %28, %32
;;     %39 = and i1 %38, %34
;;     %40 = and i1 %39, %37
;;     br i1 %40, label %vector.memcheck, label %.preheader
;;   .preheader:
;;     br label %8
;;   vector.memcheck:
;;     %41 = addrspacecast ptr addrspace(1) %6 to ptr
;;     %42 = getelementptr inbounds nuw i8, ptr %41, i64 %27
;;     %43 = getelementptr inbounds nuw i8, ptr %41, i64 %33
;;     %44 = zext i32 %3 to i64
;;     %45 = sub nsw i64 %33, %27
;;     %diff.check = icmp ult i64 %45, 32
;;     br i1 %diff.check, label %scalar.ph, label %vector.ph
;;   vector.ph:
;;     %n.vec = and i64 %44, 4294967292
;;     br label %vector.body
;;   vector.body:
;;     %index = phi i64 [ 0, %vector.ph ], [ %index.next, %vector.body ]
;;     %46 = phi i64 [ 0, %vector.ph ], [ %52, %vector.body ]
;;     %47 = shl nsw i64 %index, 2
;;     %48 = getelementptr inbounds i8, ptr %42, i64 %47
;;     %49 = shl nsw i64 %46, 2
;;     %50 = getelementptr inbounds nuw i8, ptr %43, i64 %49
;;     %wide.load = load <4 x i32>, ptr %48, align 1
;;     %51 = mul <4 x i32> %wide.load, splat (i32 3)
;;     store <4 x i32> %51, ptr %50, align 1
;;     %index.next = add nuw i64 %index, 4
;;     %52 = add nuw nsw i64 %46, 4
;;     %53 = icmp eq i64 %index.next, %n.vec
;;     br i1 %53, label %middle.block, label %vector.body
;;   middle.block:
;;     %cmp.n = icmp eq i64 %n.vec, %44
;;     br i1 %cmp.n, label %.loopexit3, label %scalar.ph
;;   scalar.ph:
;;     %bc.resume.val = phi i64 [ %n.vec, %middle.block ], [ 0, %vector.memcheck ]
;;     br label %54
;;   54:
;;     %55 = phi i64 [ %bc.resume.val, %scalar.ph ], [ %61, %54 ]
;;     %56 = shl nsw i64 %55, 2
;;     %57 = getelementptr inbounds nuw i8, ptr %42, i64 %56
;;     %58 = getelementptr inbounds nuw i8, ptr %43, i64 %56
;;     %59 = load i32, ptr %57, align 1
;;     %60 = mul i32 %59, 3
;;     store i32 %60, ptr %58, align 1
;;     %61 = add nuw nsw i64 %55, 1
;;     %62 = icmp eq i64 %61, %44
;;     br i1 %62, label %.loopexit3, label %54
;;   .loopexit3:
;;     call void asm sideeffect "", "~{memory}"()
;;     br label %.loopexit
;;   .loopexit:
;;     ret void
;;   }
;;   ; ----
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     ldr x8, [x0, #0x30]
;;     cmp w3, #7
;;     b.ls L1
;;     ldr x11, [x0, #0x38]
;;     mov w9, w2
;;     cmp x11, x9
;;     b.lo L1
;;     sub w10, w3, #1
;;     ubfiz x12, x10, #2, #0x20
;;     add x10, x12, x9
;;     add x10, x10, #4
;;     cmp x10, x11
;;     b.hi L1
;;     mov w10, w1
;;     cmp x11, x10
;;     b.lo L1
;;     add x12, x12, x10
;;     add x12, x12, #4
;;     cmp x12, x11
;;     b.hi L1
;;     sub x11, x10, x9
;;     cmp x11, #0x20
;;     mov w11, w3
;;     b.hs L2
;;     mov x12, xzr
;;     b L4
;; L1:
;;     ldr w9, [x8, w2, uxtw]
;;     ldr wzr, [x8, w1, uxtw]
;;     subs w3, w3, #1
;;     add w2, w2, #4
;;     add w9, w9, w9, lsl #1
;;     str w9, [x8, w1, uxtw]
;;     add w1, w1, #4
;;     b.ne L1
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L2:
;;     movi v0.4s, #3
;;     add x13, x8, x9
;;     add x14, x8, x10
;;     and x12, x11, #0xfffffffc
;;     and x15, x11, #0xfffffffc
;; L3:
;;     ldr q1, [x13], #0x10
;;     subs x15, x15, #4
;;     mul v1.4s, v1.4s, v0.4s
;;     str q1, [x14], #0x10
;;     b.ne L3
;;     cmp x12, x11
;;     b.eq L6
;; L4:
;;     lsl x13, x12, #2
;;     add x9, x13, x9
;;     add x10, x13, x10
;;     add x9, x8, x9
;;     add x8, x8, x10
;;     sub x10, x11, x12
;; L5:
;;     ldr w11, [x9], #4
;;     subs x10, x10, #1
;;     add w11, w11, w11, lsl #1
;;     str w11, [x8], #4
;;     b.ne L5
;; L6:
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; chain:
;;   define hidden void @f1(ptr noundef nonnull align 16 dereferenceable(64) %0, i32 noundef %1, i32 noundef %2) {
;;   .preheader:
;;     %3 = getelementptr inbounds nuw i8, ptr %0, i64 48
;;     %4 = load ptr addrspace(1), ptr %3, align 8, !invariant.load
;;     br label %5
;;   5:
;;     %6 = phi i32 [ %15, %5 ], [ %2, %.preheader ]
;;     %7 = phi i32 [ %14, %5 ], [ %1, %.preheader ]
;;     %8 = zext i32 %7 to i64
;;     %9 = getelementptr inbounds nuw i8, ptr addrspace(1) %4, i64 %8
;;     %10 = load volatile i32, ptr addrspace(1) %9, align 1
;;     %11 = call i32 @llvm.fshl.i32(i32 %10, i32 %10, i32 3)
;;     %12 = getelementptr inbounds nuw i8, ptr addrspace(1) %9, i64 4
;;     %13 = load volatile i32, ptr addrspace(1) %12, align 1
;;     store volatile i32 %11, ptr addrspace(1) %12, align 1
;;     %14 = add i32 %7, 4
;;     %15 = add i32 %6, -1
;;     %.not = icmp eq i32 %15, 0
;;     br i1 %.not, label %.loopexit, label %5
;;   .loopexit:
;;     ret void
;;   }
;;   ; ----
;;     ldr x8, [x0, #0x30]
;; L1:
;;     add x9, x8, w1, uxtw
;;     subs w2, w2, #1
;;     add w1, w1, #4
;;     ldr w10, [x9]
;;     ldr wzr, [x9, #4]
;;     ror w10, w10, #0x1d
;;     str w10, [x9, #4]
;;     b.ne L1
;;     ret
