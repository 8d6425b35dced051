;; Elements of tables, and references.
(module
  (import "host" "f" (func $imported))
  (table $functions 4 funcref)
  (table $externs i64 4 externref)
  (elem declare func $imported $own)
  (func $own)
  (func $get (param i32) (result funcref) (table.get $functions (local.get 0)))
  (func $set (param i32 funcref) (table.set $functions (local.get 0) (local.get 1)))
  (func $get_extern (param i64) (result externref) (table.get $externs (local.get 0)))
  (func $size (result i32) (table.size $functions))
  (func $is_null (param externref) (result i32) (ref.is_null (local.get 0)))
  (func $ref_imported (result funcref) (ref.func $imported))
  (func $ref_own (result funcref) (ref.func $own)))

;; ---- x86_64
;; own:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x10
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; get:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov rcx, rax
;;     shl rcx, 5
;;     mov rdx, qword ptr [r15 + 0x30]
;;     add rcx, rdx
;;     mov rdx, qword ptr [r15 + 0x38]
;;     cmp rax, rdx
;;     mov r11d, 0
;;     cmovae rcx, r11
;;     mov rcx, qword ptr [rcx + riz]    ; table_get_oob
;;     test rcx, rcx
;;     jne L1
;;     mov rdi, r15
;;     mov rdx, rax
;;     mov esi, 0
;;     mov r11, qword ptr [r15 + 8]
;;     mov r11, qword ptr [r11 + riz + 0x68]
;;     call r11
;;     mov rcx, rax
;;     mov eax, dword ptr [rbp - 0x10]
;;     or rcx, 1
;; L1:
;;     xor rcx, 1
;;     mov rax, rcx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; set:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov qword ptr [rbp - 0x18], rdx
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov rcx, rax
;;     shl rcx, 5
;;     mov rdx, qword ptr [r15 + 0x30]
;;     add rcx, rdx
;;     mov rdx, qword ptr [r15 + 0x38]
;;     cmp rax, rdx
;;     mov r11d, 0
;;     cmovae rcx, r11
;;     mov rdx, qword ptr [rbp - 0x18]
;;     or rdx, 1
;;     mov qword ptr [rcx + riz], rdx    ; table_get_oob
;;     mov dword ptr [rcx + riz + 0x18], 0
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; get_extern:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rsi
;;     mov r15, rdi
;;     mov rax, qword ptr [rbp - 0x10]
;;     mov rcx, rax
;;     shl rcx, 3
;;     mov rdx, qword ptr [r15 + 0x40]
;;     add rcx, rdx
;;     mov rdx, qword ptr [r15 + 0x48]
;;     cmp rax, rdx
;;     mov r11d, 0
;;     cmovae rcx, r11
;;     mov rcx, qword ptr [rcx + riz]    ; table_get_oob
;;     mov rax, rcx
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
;; is_null:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rsi
;;     mov r15, rdi
;;     mov rax, qword ptr [rbp - 0x10]
;;     test rax, rax
;;     sete cl
;;     movzx ecx, cl
;;     mov eax, ecx
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; ref_imported:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x10
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov rax, qword ptr [r15 + 0x60]
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; ref_own:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x10
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov rdi, r15
;;     mov esi, 1
;;     mov r11, qword ptr [r15 + 8]
;;     mov r11, qword ptr [r11 + riz + 0x78]
;;     call r11
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret


;; ---- aarch64
;; own:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x10
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; get:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     lsl x1, x0, #5
;;     ldr x2, [x28, #0x30]
;;     add x1, x1, x2
;;     ldr x2, [x28, #0x38]
;;     cmp x0, x2
;;     csel x1, xzr, x1, hs
;;     ldr x1, [x1]    ; table_get_oob
;;     cbnz x1, L1
;;     mov x2, x0
;;     mov x0, x28
;;     mov w1, #0
;;     ldr x17, [x28, #8]
;;     ldr x17, [x17, #0x68]
;;     blr x17
;;     mov x1, x0
;;     ldur w0, [x29, #-0x10]
;;     orr x1, x1, #1
;; L1:
;;     eor x1, x1, #1
;;     mov x0, x1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; set:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     stur x2, [x29, #-0x18]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     lsl x1, x0, #5
;;     ldr x2, [x28, #0x30]
;;     add x1, x1, x2
;;     ldr x2, [x28, #0x38]
;;     cmp x0, x2
;;     csel x1, xzr, x1, hs
;;     ldur x2, [x29, #-0x18]
;;     orr x2, x2, #1
;;     str x2, [x1]    ; table_get_oob
;;     str wzr, [x1, #0x18]
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; get_extern:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur x1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur x0, [x29, #-0x10]
;;     lsl x1, x0, #3
;;     ldr x2, [x28, #0x40]
;;     add x1, x1, x2
;;     ldr x2, [x28, #0x48]
;;     cmp x0, x2
;;     csel x1, xzr, x1, hs
;;     ldr x1, [x1]    ; table_get_oob
;;     mov x0, x1
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
;; is_null:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur x1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur x0, [x29, #-0x10]
;;     tst x0, x0
;;     cset w1, eq
;;     mov w0, w1
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; ref_imported:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x10
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     ldr x0, [x28, #0x60]
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; ref_own:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x10
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     mov x0, x28
;;     mov w1, #1
;;     ldr x17, [x28, #8]
;;     ldr x17, [x17, #0x78]
;;     blr x17
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
