;; Loads and stores of memories that move: compared with the present length.
;; with moving memories
(module
  (memory $narrow 1)
  (memory $wide i64 1)
  (func $in_the_guard (param $i i32) (result i32) (i32.load offset=16 (local.get $i)))
  (func $within_the_minimum (param $i i32) (result i32) (i32.load offset=0xfffc (local.get $i)))
  (func $anywhere (param $i i32) (result i32) (i32.load offset=0x20000 (local.get $i)))
  (func $wide_index (param $i i64) (result i32) (i32.load $wide offset=16 (local.get $i)))
  (func $wide_offset (param $i i64) (result i32)
    (i32.load $wide offset=0x1_0000_0000 (local.get $i)))
  (func $constant_address (result i64) (i64.load offset=8 (i32.const 1024)))
  (func $two_accesses (param $i i32) (result i32)
    (i32.store offset=4 (local.get $i) (i32.load (local.get $i)))
    (i32.load offset=8 (local.get $i))))

;; ---- x86_64
;; in_the_guard:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov rcx, qword ptr [r15 + 0x38]
;;     cmp rax, rcx
;;     mov rcx, qword ptr [r15 + 0x30]
;;     lea rcx, [rcx + rax + 0x10]
;;     mov r11d, 0
;;     cmova rcx, r11
;;     mov ecx, dword ptr [rcx + riz]    ; heap_get_oob
;;     mov eax, ecx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; within_the_minimum:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov rcx, qword ptr [r15 + 0x38]
;;     cmp rax, rcx
;;     mov rcx, qword ptr [r15 + 0x30]
;;     lea rcx, [rcx + rax + 0xfffc]
;;     mov r11d, 0
;;     cmova rcx, r11
;;     mov ecx, dword ptr [rcx + riz]    ; heap_get_oob
;;     mov eax, ecx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; anywhere:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     lea rcx, [rax + riz + 0x20004]
;;     mov rdx, qword ptr [r15 + 0x38]
;;     cmp rcx, rdx
;;     mov rcx, qword ptr [r15 + 0x30]
;;     lea rcx, [rcx + rax + 0x20000]
;;     mov r11d, 0
;;     cmova rcx, r11
;;     mov ecx, dword ptr [rcx + riz]    ; heap_get_oob
;;     mov eax, ecx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; wide_index:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rsi
;;     mov r15, rdi
;;     mov rax, qword ptr [rbp - 0x10]
;;     mov rcx, qword ptr [r15 + 0x48]
;;     cmp rax, rcx
;;     mov rcx, qword ptr [r15 + 0x40]
;;     lea rcx, [rcx + rax + 0x10]
;;     mov r11d, 0
;;     cmova rcx, r11
;;     mov ecx, dword ptr [rcx + riz]    ; heap_get_oob
;;     mov eax, ecx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; wide_offset:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rsi
;;     mov r15, rdi
;;     mov rax, qword ptr [rbp - 0x10]
;;     movabs rdx, 0x100000004
;;     lea rcx, [rax + rdx]
;;     cmp rcx, rax
;;     jb L1
;;     mov rdx, qword ptr [r15 + 0x48]
;;     cmp rcx, rdx
;;     mov rcx, qword ptr [r15 + 0x40]
;;     movabs rdx, 0x100000000
;;     lea rdx, [rcx + rdx]
;;     lea rdx, [rdx + rax]
;;     mov r11d, 0
;;     cmova rdx, r11
;;     mov edx, dword ptr [rdx + riz]    ; heap_get_oob
;;     mov eax, edx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; L1:
;;     hlt    ; heap_get_oob
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
;; two_accesses:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rbx
;;     mov r15, rdi
;;     mov ebx, esi
;;     mov rax, qword ptr [r15 + 0x38]
;;     cmp rbx, rax
;;     mov rax, qword ptr [r15 + 0x30]
;;     lea rax, [rax + rbx]
;;     mov r11d, 0
;;     cmova rax, r11
;;     mov eax, dword ptr [rax + riz]    ; heap_get_oob
;;     mov rcx, qword ptr [r15 + 0x38]
;;     cmp rbx, rcx
;;     mov rcx, qword ptr [r15 + 0x30]
;;     lea rcx, [rcx + rbx + 4]
;;     mov r11d, 0
;;     cmova rcx, r11
;;     mov dword ptr [rcx + riz], eax    ; heap_get_oob
;;     mov rax, qword ptr [r15 + 0x38]
;;     cmp rbx, rax
;;     mov rax, qword ptr [r15 + 0x30]
;;     lea rax, [rax + rbx + 8]
;;     mov r11d, 0
;;     cmova rax, r11
;;     mov eax, dword ptr [rax + riz]    ; heap_get_oob
;;     mov r15, qword ptr [rbp - 8]
;;     mov rbx, qword ptr [rbp - 0x10]
;;     leave
;;     ret


;; ---- aarch64
;; in_the_guard:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     ldr x1, [x28, #0x38]
;;     cmp x0, x1
;;     ldr x1, [x28, #0x30]
;;     add x1, x1, x0
;;     add x1, x1, #0x10
;;     csel x1, xzr, x1, hi
;;     ldr w1, [x1]    ; heap_get_oob
;;     mov w0, w1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; within_the_minimum:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     ldr x1, [x28, #0x38]
;;     cmp x0, x1
;;     ldr x1, [x28, #0x30]
;;     add x1, x1, x0
;;     add x1, x1, #0xffc
;;     add x1, x1, #0xf, lsl #12
;;     csel x1, xzr, x1, hi
;;     ldr w1, [x1]    ; heap_get_oob
;;     mov w0, w1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; anywhere:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     mov w2, #4
;;     movk w2, #2, lsl #16
;;     add x1, x0, x2
;;     ldr x2, [x28, #0x38]
;;     cmp x1, x2
;;     ldr x1, [x28, #0x30]
;;     add x1, x1, x0
;;     add x1, x1, #0x20, lsl #12
;;     csel x1, xzr, x1, hi
;;     ldr w1, [x1]    ; heap_get_oob
;;     mov w0, w1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; wide_index:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur x1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur x0, [x29, #-0x10]
;;     ldr x1, [x28, #0x48]
;;     cmp x0, x1
;;     ldr x1, [x28, #0x40]
;;     add x1, x1, x0
;;     add x1, x1, #0x10
;;     csel x1, xzr, x1, hi
;;     ldr w1, [x1]    ; heap_get_oob
;;     mov w0, w1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; wide_offset:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur x1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur x0, [x29, #-0x10]
;;     mov x2, #4
;;     movk x2, #1, lsl #32
;;     add x1, x0, x2
;;     cmp x1, x0
;;     b.lo L1
;;     ldr x2, [x28, #0x48]
;;     cmp x1, x2
;;     ldr x1, [x28, #0x40]
;;     mov x2, #0x100000000
;;     add x2, x1, x2
;;     add x2, x2, x0
;;     csel x2, xzr, x2, hi
;;     ldr w2, [x2]    ; heap_get_oob
;;     mov w0, w2
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; L1:
;;     udf #0    ; heap_get_oob
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
;; two_accesses:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur x19, [x29, #-0x10]
;;     mov x28, x0
;;     mov w19, w1
;;     ldr x0, [x28, #0x38]
;;     cmp x19, x0
;;     ldr x0, [x28, #0x30]
;;     add x0, x0, x19
;;     csel x0, xzr, x0, hi
;;     ldr w0, [x0]    ; heap_get_oob
;;     ldr x1, [x28, #0x38]
;;     cmp x19, x1
;;     ldr x1, [x28, #0x30]
;;     add x1, x1, x19
;;     add x1, x1, #4
;;     csel x1, xzr, x1, hi
;;     ldr w17, [x1]    ; heap_get_oob
;;     str w0, [x1]    ; heap_get_oob
;;     ldr x0, [x28, #0x38]
;;     cmp x19, x0
;;     ldr x0, [x28, #0x30]
;;     add x0, x0, x19
;;     add x0, x0, #8
;;     csel x0, xzr, x0, hi
;;     ldr w0, [x0]    ; heap_get_oob
;;     ldur x28, [x29, #-8]
;;     ldur x19, [x29, #-0x10]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
