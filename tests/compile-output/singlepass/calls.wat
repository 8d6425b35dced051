;; Calls of functions of the module, of imports, and through tables.
(module
  (type $f (func (param i32) (result i32)))
  (import "host" "log" (func $log (param i32 f64)))
  (table $fixed 10 10 funcref)
  (table $growing 10 funcref)
  (func $add_one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $direct (param i32) (result i32) (call $add_one (call $add_one (local.get 0))))
  (func $import (call $log (i32.const 1) (f64.const 2)))
  (func $through_fixed_table (param $x i32) (param $i i32) (result i32)
    (call_indirect $fixed (type $f) (local.get $x) (local.get $i)))
  (func $through_growing_table (param $x i32) (param $i i32) (result i32)
    (call_indirect $growing (type $f) (local.get $x) (local.get $i)))
  (func $three (param i32) (result i32 i64 f64) (local.get 0) (i64.const 2) (f64.const 3))
  (func $call_three (result f64) (local $x f64) (call $three (i32.const 1)) (local.set $x) (drop) (drop) (local.get $x)))

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
;; direct:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov rdi, r15
;;     mov esi, dword ptr [rbp - 0x10]
;;     call add_one
;;     mov eax, eax
;;     mov rdi, r15
;;     mov esi, eax
;;     call add_one
;;     mov eax, eax
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; import:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov rax, qword ptr [r15 + 0x58]
;;     mov rdi, rax
;;     mov esi, 1
;;     movsd xmm0, qword ptr [L1]
;;     mov r11, qword ptr [r15 + 0x50]
;;     call r11
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;;     .bytes 00 00 00 00 00 00 00 00 00 00 00 00 00
;; L1:
;;     .bytes 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00 00
;; through_fixed_table:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov dword ptr [rbp - 0x18], edx
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x18]
;;     mov rcx, rax
;;     shl rcx, 5
;;     mov rdx, qword ptr [r15 + 0x30]
;;     add rcx, rdx
;;     cmp rax, 0xa
;;     mov r11d, 0
;;     cmovae rcx, r11
;;     mov edx, dword ptr [rcx + riz + 0x18]    ; table_get_oob
;;     mov rsi, qword ptr [r15 + 0x10]
;;     mov esi, dword ptr [rsi + riz]
;;     cmp edx, esi
;;     je L1
;;     mov rdi, r15
;;     mov rcx, rax
;;     mov esi, 0
;;     mov edx, 0
;;     mov r11, qword ptr [r15 + 8]
;;     mov r11, qword ptr [r11 + riz + 0x70]
;;     call r11
;;     mov rcx, rax
;;     mov eax, dword ptr [rbp - 0x18]
;; L1:
;;     mov r11, qword ptr [rcx + riz + 8]
;;     mov rcx, qword ptr [rcx + riz + 0x10]
;;     mov rdi, rcx
;;     mov esi, dword ptr [rbp - 0x10]
;;     call r11
;;     mov eax, eax
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; through_growing_table:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov dword ptr [rbp - 0x18], edx
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x18]
;;     mov rcx, rax
;;     shl rcx, 5
;;     mov rdx, qword ptr [r15 + 0x40]
;;     add rcx, rdx
;;     mov rdx, qword ptr [r15 + 0x48]
;;     cmp rax, rdx
;;     mov r11d, 0
;;     cmovae rcx, r11
;;     mov edx, dword ptr [rcx + riz + 0x18]    ; table_get_oob
;;     mov rsi, qword ptr [r15 + 0x10]
;;     mov esi, dword ptr [rsi + riz]
;;     cmp edx, esi
;;     je L1
;;     mov rdi, r15
;;     mov rcx, rax
;;     mov esi, 1
;;     mov edx, 0
;;     mov r11, qword ptr [r15 + 8]
;;     mov r11, qword ptr [r11 + riz + 0x70]
;;     call r11
;;     mov rcx, rax
;;     mov eax, dword ptr [rbp - 0x18]
;; L1:
;;     mov r11, qword ptr [rcx + riz + 8]
;;     mov rcx, qword ptr [rcx + riz + 0x10]
;;     mov rdi, rcx
;;     mov esi, dword ptr [rbp - 0x10]
;;     call r11
;;     mov eax, eax
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; three:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rsi
;;     mov dword ptr [rbp - 0x18], edx
;;     mov r15, rdi
;;     mov r15, qword ptr [rbp - 0x10]
;;     mov r11d, dword ptr [rbp - 0x18]
;;     mov dword ptr [r15], r11d
;;     mov r11d, 2
;;     mov qword ptr [r15 + 0x10], r11
;;     movsd xmm15, qword ptr [L1]
;;     movsd qword ptr [r15 + 0x20], xmm15
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;;     .bytes 00 00 00 00 00 00 00 00 00 00 00 00
;; L1:
;;     .bytes 00 00 00 00 00 00 08 40 00 00 00 00 00 00 00 00
;; call_three:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x60
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov qword ptr [rbp - 0x10], 0
;;     mov rdi, r15
;;     lea rsi, [rbp - 0x60]
;;     mov edx, 1
;;     call three
;;     mov r11d, dword ptr [rbp - 0x60]
;;     mov dword ptr [rbp - 0x18], r11d
;;     mov r11, qword ptr [rbp - 0x50]
;;     mov qword ptr [rbp - 0x20], r11
;;     movsd xmm15, qword ptr [rbp - 0x40]
;;     movsd qword ptr [rbp - 0x28], xmm15
;;     movsd xmm0, qword ptr [rbp - 0x28]
;;     movsd qword ptr [rbp - 0x10], xmm0
;;     movsd xmm0, qword ptr [rbp - 0x10]
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
;; direct:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     mov x0, x28
;;     ldur w1, [x29, #-0x10]
;;     bl add_one
;;     mov w0, w0
;;     mov w1, w0
;;     mov x0, x28
;;     bl add_one
;;     mov w0, w0
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; import:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     ldr x0, [x28, #0x58]
;;     mov w1, #1
;;     fmov d0, #2.00000000
;;     ldr x17, [x28, #0x50]
;;     blr x17
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; through_fixed_table:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     stur w2, [x29, #-0x18]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x18]
;;     lsl x1, x0, #5
;;     ldr x2, [x28, #0x30]
;;     add x1, x1, x2
;;     cmp x0, #0xa
;;     csel x1, xzr, x1, hs
;;     ldr w2, [x1, #0x18]    ; table_get_oob
;;     ldr x3, [x28, #0x10]
;;     ldr w3, [x3]
;;     cmp w2, w3
;;     b.eq L1
;;     mov x3, x0
;;     mov x0, x28
;;     mov w1, #0
;;     mov w2, #0
;;     ldr x17, [x28, #8]
;;     ldr x17, [x17, #0x70]
;;     blr x17
;;     mov x1, x0
;;     ldur w0, [x29, #-0x18]
;; L1:
;;     ldr x17, [x1, #8]
;;     ldr x1, [x1, #0x10]
;;     mov x0, x1
;;     ldur w1, [x29, #-0x10]
;;     blr x17
;;     mov w0, w0
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; through_growing_table:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     stur w2, [x29, #-0x18]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x18]
;;     lsl x1, x0, #5
;;     ldr x2, [x28, #0x40]
;;     add x1, x1, x2
;;     ldr x2, [x28, #0x48]
;;     cmp x0, x2
;;     csel x1, xzr, x1, hs
;;     ldr w2, [x1, #0x18]    ; table_get_oob
;;     ldr x3, [x28, #0x10]
;;     ldr w3, [x3]
;;     cmp w2, w3
;;     b.eq L1
;;     mov x3, x0
;;     mov x0, x28
;;     mov w1, #1
;;     mov w2, #0
;;     ldr x17, [x28, #8]
;;     ldr x17, [x17, #0x70]
;;     blr x17
;;     mov x1, x0
;;     ldur w0, [x29, #-0x18]
;; L1:
;;     ldr x17, [x1, #8]
;;     ldr x1, [x1, #0x10]
;;     mov x0, x1
;;     ldur w1, [x29, #-0x10]
;;     blr x17
;;     mov w0, w0
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; three:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur x1, [x29, #-0x10]
;;     stur w2, [x29, #-0x18]
;;     mov x28, x0
;;     ldur x28, [x29, #-0x10]
;;     ldur w17, [x29, #-0x18]
;;     str w17, [x28]
;;     mov w17, #2
;;     str x17, [x28, #0x10]
;;     fmov d31, #3.00000000
;;     str d31, [x28, #0x20]
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; call_three:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x60
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     stur xzr, [x29, #-0x10]
;;     mov x0, x28
;;     sub x1, x29, #0x60
;;     mov w2, #1
;;     bl three
;;     ldur w17, [x29, #-0x60]
;;     stur w17, [x29, #-0x18]
;;     ldur x17, [x29, #-0x50]
;;     stur x17, [x29, #-0x20]
;;     ldur d31, [x29, #-0x40]
;;     stur d31, [x29, #-0x28]
;;     ldur d0, [x29, #-0x28]
;;     stur d0, [x29, #-0x10]
;;     ldur d0, [x29, #-0x10]
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
