;; Loads and stores of a memory whose address space is reserved: no checks, except past the guard.
(module
  (memory 1)
  (func $loads (param $i i32) (result i32)
    (i32.add
      (i32.load offset=16 (local.get $i))
      (i32.add (i32.load8_s (local.get $i)) (i32.load16_u offset=2 (local.get $i)))))
  (func $store (param $i i32) (param $v f64)
    (f64.store offset=8 (local.get $i) (local.get $v)))
  (func $constant_address (result i64) (i64.load offset=8 (i32.const 1024)))
  (func $past_the_guard (param $i i32) (result i32) (i32.load offset=0xc0000000 (local.get $i)))
  (func $always_outside (param $i i32) (result i32) (i32.load offset=0xfffffffd (local.get $i)))
  (func $size_and_grow (result i32) (i32.add (memory.size) (memory.grow (i32.const 1)))))

;; ---- x86_64
;; loads:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], r14
;;     mov qword ptr [rbp - 0x18], rbx
;;     mov r15, rdi
;;     mov ebx, esi
;;     mov r14, qword ptr [r15 + 0x30]
;;     mov eax, dword ptr [r14 + rbx + 0x10]    ; heap_get_oob
;;     movsx ecx, byte ptr [r14 + rbx]    ; heap_get_oob
;;     movzx edx, word ptr [r14 + rbx + 2]    ; heap_get_oob
;;     add ecx, edx
;;     add eax, ecx
;;     mov r15, qword ptr [rbp - 8]
;;     mov r14, qword ptr [rbp - 0x10]
;;     mov rbx, qword ptr [rbp - 0x18]
;;     leave
;;     ret
;; store:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     movsd qword ptr [rbp - 0x18], xmm0
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov rcx, qword ptr [r15 + 0x30]
;;     movsd xmm0, qword ptr [rbp - 0x18]
;;     movsd qword ptr [rcx + rax + 8], xmm0    ; heap_get_oob
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; constant_address:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x10
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov rax, qword ptr [r15 + 0x30]
;;     mov rax, qword ptr [rax + riz + 0x408]    ; heap_get_oob
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; past_the_guard:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov ecx, 0xbffffffc
;;     cmp rax, rcx
;;     mov rcx, qword ptr [r15 + 0x30]
;;     mov edx, 0xc0000000
;;     lea rdx, [rcx + rdx]
;;     lea rdx, [rdx + rax]
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov edx, dword ptr [rdx + riz]    ; heap_get_oob
;;     mov eax, edx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; always_outside:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     hlt    ; heap_get_oob
;; size_and_grow:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov rax, qword ptr [r15 + 0x38]
;;     shr rax, 0x10
;;     mov eax, eax
;;     mov dword ptr [rbp - 0x10], eax
;;     mov rdi, r15
;;     mov esi, 0
;;     mov edx, 1
;;     mov r11, qword ptr [r15 + 8]
;;     mov r11, qword ptr [r11 + riz]
;;     call r11
;;     mov eax, eax
;;     add eax, dword ptr [rbp - 0x10]
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret


;; ---- aarch64
;; loads:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur x27, [x29, #-0x10]
;;     stur x19, [x29, #-0x18]
;;     mov x28, x0
;;     mov w19, w1
;;     ldr x27, [x28, #0x30]
;;     add x16, x27, x19, uxtx
;;     ldr w0, [x16, #0x10]    ; heap_get_oob
;;     ldrsb w1, [x27, x19]    ; heap_get_oob
;;     add x16, x27, x19, uxtx
;;     ldrh w2, [x16, #2]    ; heap_get_oob
;;     add w1, w1, w2
;;     add w0, w0, w1
;;     ldur x28, [x29, #-8]
;;     ldur x27, [x29, #-0x10]
;;     ldur x19, [x29, #-0x18]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; store:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     stur d0, [x29, #-0x18]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     ldr x1, [x28, #0x30]
;;     add x16, x1, x0, uxtx
;;     ldr x17, [x16, #8]    ; heap_get_oob
;;     ldur d0, [x29, #-0x18]
;;     add x16, x1, x0, uxtx
;;     str d0, [x16, #8]    ; heap_get_oob
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; constant_address:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x10
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     ldr x0, [x28, #0x30]
;;     ldr x0, [x0, #0x408]    ; heap_get_oob
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; past_the_guard:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     mov w1, #0xfffc
;;     movk w1, #0xbfff, lsl #16
;;     cmp x0, x1
;;     ldr x1, [x28, #0x30]
;;     mov w2, #-0x40000000
;;     add x2, x1, x2
;;     add x2, x2, x0
;;     csel x2, xzr, x2, hi
;;     ldr w2, [x2]    ; heap_get_oob
;;     mov w0, w2
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; always_outside:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     udf #0    ; heap_get_oob
;; size_and_grow:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     ldr x0, [x28, #0x38]
;;     lsr x0, x0, #0x10
;;     mov w0, w0
;;     stur w0, [x29, #-0x10]
;;     mov x0, x28
;;     mov w1, #0
;;     mov w2, #1
;;     ldr x17, [x28, #8]
;;     ldr x17, [x17]
;;     blr x17
;;     mov w0, w0
;;     ldur w1, [x29, #-0x10]
;;     add w0, w0, w1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
