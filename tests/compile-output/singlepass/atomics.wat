;; Atomic operators on a shared memory.
(module
  (memory 1 1 shared)
  (func $load (param i32) (result i32) (i32.atomic.load8_u offset=3 (local.get 0)))
  (func $store (param i32 i64) (i64.atomic.store (local.get 0) (local.get 1)))
  (func $add (param i32 i32) (result i32) (i32.atomic.rmw.add offset=4 (local.get 0) (local.get 1)))
  (func $cmpxchg (param i32 i64 i64) (result i64)
    (i64.atomic.rmw16.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
  (func $notify (param i32) (result i32) (memory.atomic.notify offset=8 (local.get 0) (i32.const 1)))
  (func $fence (atomic.fence)))

;; ---- x86_64
;; load:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov ecx, 0x8000fffc
;;     cmp rax, rcx
;;     mov rcx, qword ptr [r15 + 0x30]
;;     mov rcx, qword ptr [rcx + riz]
;;     lea rcx, [rcx + rax + 3]
;;     mov r11d, 0
;;     cmova rcx, r11
;;     movzx edx, byte ptr [rcx + riz]    ; heap_get_oob
;;     mov eax, edx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; store:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov qword ptr [rbp - 0x18], rdx
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     test eax, 7
;;     jne L1
;;     mov ecx, 0x8000fff8
;;     cmp rax, rcx
;;     mov rcx, qword ptr [r15 + 0x30]
;;     mov rcx, qword ptr [rcx + riz]
;;     lea rcx, [rcx + rax]
;;     mov r11d, 0
;;     cmova rcx, r11
;;     mov rdx, qword ptr [rbp - 0x18]
;;     mov r11, rdx
;;     xchg qword ptr [rcx + riz], r11    ; heap_get_oob
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; L1:
;;     hlt    ; unalign_atom
;; add:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov dword ptr [rbp - 0x18], edx
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     test eax, 3
;;     jne L1
;;     mov ecx, 0x8000fff8
;;     cmp rax, rcx
;;     mov rcx, qword ptr [r15 + 0x30]
;;     mov rcx, qword ptr [rcx + riz]
;;     lea rcx, [rcx + rax + 4]
;;     mov r11d, 0
;;     cmova rcx, r11
;;     mov esi, dword ptr [rbp - 0x18]
;;     mov rdx, rsi
;;     lock xadd dword ptr [rcx + riz], edx    ; heap_get_oob
;;     mov edx, edx
;;     mov eax, edx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; L1:
;;     hlt    ; unalign_atom
;; cmpxchg:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x40
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov qword ptr [rbp - 0x18], rdx
;;     mov qword ptr [rbp - 0x20], rcx
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     test eax, 1
;;     jne L1
;;     mov ecx, 0x8000fffe
;;     cmp rax, rcx
;;     mov rcx, qword ptr [r15 + 0x30]
;;     mov rcx, qword ptr [rcx + riz]
;;     lea rcx, [rcx + rax]
;;     mov r11d, 0
;;     cmova rcx, r11
;;     mov rax, qword ptr [rbp - 0x18]
;;     mov rdx, qword ptr [rbp - 0x20]
;;     lock cmpxchg word ptr [rcx + riz], dx    ; heap_get_oob
;;     movzx eax, ax
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; L1:
;;     hlt    ; unalign_atom
;; notify:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     test eax, 3
;;     jne L1
;;     lea rcx, [rax + riz + 8]
;;     mov rdi, r15
;;     mov rdx, rcx
;;     mov esi, 0
;;     mov ecx, 1
;;     mov r11, qword ptr [r15 + 8]
;;     mov r11, qword ptr [r11 + riz + 0x28]
;;     call r11
;;     mov eax, eax
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; L1:
;;     hlt    ; unalign_atom
;; fence:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x10
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mfence
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret


;; ---- aarch64
;; load:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     mov w1, #0xfffc
;;     movk w1, #0x8000, lsl #16
;;     cmp x0, x1
;;     ldr x1, [x28, #0x30]
;;     ldr x1, [x1]
;;     add x1, x1, x0
;;     add x1, x1, #3
;;     csel x1, xzr, x1, hi
;;     ldarb w2, [x1]    ; heap_get_oob
;;     mov w0, w2
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; store:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     stur x2, [x29, #-0x18]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     tst w0, #7
;;     b.ne L1
;;     mov w1, #0xfff8
;;     movk w1, #0x8000, lsl #16
;;     cmp x0, x1
;;     ldr x1, [x28, #0x30]
;;     ldr x1, [x1]
;;     add x1, x1, x0
;;     csel x1, xzr, x1, hi
;;     ldur x2, [x29, #-0x18]
;;     stlr x2, [x1]    ; heap_get_oob
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     udf #0    ; unalign_atom
;; add:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     stur w2, [x29, #-0x18]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     tst w0, #3
;;     b.ne L2
;;     mov w1, #0xfff8
;;     movk w1, #0x8000, lsl #16
;;     cmp x0, x1
;;     ldr x1, [x28, #0x30]
;;     ldr x1, [x1]
;;     add x1, x1, x0
;;     add x1, x1, #4
;;     csel x1, xzr, x1, hi
;;     ldur w3, [x29, #-0x18]
;; L1:
;;     ldaxr w2, [x1]    ; heap_get_oob
;;     add w16, w2, w3
;;     stlxr w17, w16, [x1]    ; heap_get_oob
;;     cbnz w17, L1
;;     mov w0, w2
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L2:
;;     udf #0    ; unalign_atom
;; cmpxchg:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x40
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     stur x2, [x29, #-0x18]
;;     stur x3, [x29, #-0x20]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     tst w0, #1
;;     b.ne L3
;;     mov w1, #0xfffe
;;     movk w1, #0x8000, lsl #16
;;     cmp x0, x1
;;     ldr x1, [x28, #0x30]
;;     ldr x1, [x1]
;;     add x1, x1, x0
;;     csel x1, xzr, x1, hi
;;     ldur x2, [x29, #-0x18]
;;     ldur x3, [x29, #-0x20]
;; L1:
;;     ldaxrh w16, [x1]    ; heap_get_oob
;;     cmp w16, w2, uxth
;;     b.ne L2
;;     stlxrh w17, w3, [x1]    ; heap_get_oob
;;     cbnz w17, L1
;; L2:
;;     mov x2, x16
;;     mov x0, x2
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L3:
;;     udf #0    ; unalign_atom
;; notify:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     tst w0, #3
;;     b.ne L1
;;     add x1, x0, #8
;;     mov x0, x28
;;     mov x2, x1
;;     mov w1, #0
;;     mov w3, #1
;;     ldr x17, [x28, #8]
;;     ldr x17, [x17, #0x28]
;;     blr x17
;;     mov w0, w0
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     udf #0    ; unalign_atom
;; fence:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x10
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     dmb ish
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
