;; A memory with pages of one byte is checked exactly, wherever it lies.
(module
  (memory 1 (pagesize 1))
  (func $load (param $i i32) (result i32) (i32.load (local.get $i)))
  (func $size (result i32) (memory.size)))

;; ---- x86_64
;; load:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     lea rcx, [rax + riz + 4]
;;     mov rdx, qword ptr [r15 + 0x38]
;;     cmp rcx, rdx
;;     mov rcx, qword ptr [r15 + 0x30]
;;     lea rcx, [rcx + rax]
;;     mov r11d, 0
;;     cmova rcx, r11
;;     mov ecx, dword ptr [rcx + riz]    ; heap_get_oob
;;     mov eax, ecx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; size:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x10
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov rax, qword ptr [r15 + 0x38]
;;     mov eax, eax
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
;;     add x1, x0, #4
;;     ldr x2, [x28, #0x38]
;;     cmp x1, x2
;;     ldr x1, [x28, #0x30]
;;     add x1, x1, x0
;;     csel x1, xzr, x1, hi
;;     ldr w1, [x1]    ; heap_get_oob
;;     mov w0, w1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; size:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x10
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     ldr x0, [x28, #0x38]
;;     mov w0, w0
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
