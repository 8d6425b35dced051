;; Calls of functions of the module through its table of entry points.
;; with slots
(module
  (func $add_one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $call (param i32) (result i32) (call $add_one (local.get 0))))

;; ---- x86_64
;; add_one:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     lea ecx, [rax + riz + 1]
;;     mov eax, ecx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; call:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov rdi, r15
;;     mov esi, dword ptr [rbp - 0x10]
;;     mov r11, qword ptr [r15 + 0x18]
;;     mov r11, qword ptr [r11 + riz]
;;     call r11
;;     mov eax, eax
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret


;; ---- aarch64
;; add_one:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     add w1, w0, #1
;;     mov w0, w1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; call:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     mov x0, x28
;;     ldur w1, [x29, #-0x10]
;;     ldr x17, [x28, #0x18]
;;     ldr x17, [x17]
;;     blr x17
;;     mov w0, w0
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
