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
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x40
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov qword ptr [rbp - 0x38], 0
;;     mov qword ptr [rbp - 0x30], 0
;;     mov qword ptr [rbp - 0x28], 0
;;     mov qword ptr [rbp - 0x20], 0
;;     mov qword ptr [rbp - 0x18], 0
;;     mov qword ptr [rbp - 0x10], 0
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; imported:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov rax, qword ptr [r15 + 0x50]
;;     mov eax, dword ptr [rax + riz]
;;     add eax, 1
;;     mov rcx, qword ptr [r15 + 0x50]
;;     mov dword ptr [rcx + riz], eax
;;     mov rax, qword ptr [r15 + 0x50]
;;     mov eax, dword ptr [rax + riz]
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; own:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov rax, qword ptr [r15 + 0x30]
;;     add rax, 1
;;     mov qword ptr [r15 + 0x30], rax
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; constant:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x10
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov eax, 0x2a
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret


;; ---- aarch64
;; zeros:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x40
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     stur xzr, [x29, #-0x38]
;;     stur xzr, [x29, #-0x30]
;;     stur xzr, [x29, #-0x28]
;;     stur xzr, [x29, #-0x20]
;;     stur xzr, [x29, #-0x18]
;;     stur xzr, [x29, #-0x10]
;;     ldur w0, [x29, #-0x10]
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; imported:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     ldr x0, [x28, #0x50]
;;     ldr w0, [x0]
;;     add w0, w0, #1
;;     ldr x1, [x28, #0x50]
;;     str w0, [x1]
;;     ldr x0, [x28, #0x50]
;;     ldr w0, [x0]
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; own:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     ldr x0, [x28, #0x30]
;;     add x0, x0, #1
;;     str x0, [x28, #0x30]
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; constant:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x10
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     mov w0, #0x2a
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
