;; Blocks, loops, branches, tables of branches, several results.
(module
  (func $if_without_else (param $x i32) (result i32)
    (if (i32.lt_s (local.get $x) (i32.const 0)) (then (local.set $x (i32.const 0))))
    (local.get $x))
  (func $if_with_else (param $x i32) (result i32)
    (if (result i32) (local.get $x) (then (i32.const 10)) (else (i32.const 20))))
  (func $sum_to (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func $switch (param $x i32) (result i32)
    (block $default
      (block $one
        (block $zero (br_table $zero $one $default (local.get $x)))
        (return (i32.const 100)))
      (return (i32.const 101)))
    (i32.const 102))
  (func $switch_with_values (param $x i32) (result i32)
    (block $b (result i32)
      (block $a (result i32) (br_table $a $b $a (i32.const 7) (local.get $x)))
      (i32.add (i32.const 1))))
  (func $loop_with_parameters (param $n i64) (result i64)
    (i64.const 1)
    (local.get $n)
    (loop $again (param i64 i64) (result i64)
      (local.set $n)
      (i64.mul (local.get $n))
      (local.get $n)
      (i64.const 1)
      (i64.sub)
      (local.tee $n)
      (br_if $again (i64.ne (local.get $n) (i64.const 0)))
      (drop)))
  (func $select (param $x i64) (param $y i64) (result i64)
    (select (local.get $x) (local.get $y) (i64.lt_u (local.get $x) (local.get $y))))
  (func $stop (unreachable)))

;; ---- x86_64
;; if_without_else:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rbx
;;     mov r15, rdi
;;     mov ebx, esi
;;     cmp ebx, 0
;;     jge L1
;;     mov ebx, 0
;; L1:
;;     mov eax, ebx
;;     mov r15, qword ptr [rbp - 8]
;;     mov rbx, qword ptr [rbp - 0x10]
;;     leave
;;     ret
;; if_with_else:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     test eax, eax
;;     je L1
;;     mov eax, 0xa
;;     jmp L2
;; L1:
;;     mov eax, 0x14
;; L2:
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; sum_to:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rbx
;;     mov qword ptr [rbp - 0x18], r12
;;     mov r15, rdi
;;     mov ebx, esi
;;     mov r12d, 0
;; L1:
;;     add r12d, ebx
;;     add ebx, -1
;;     test ebx, ebx
;;     jne L1
;;     mov eax, r12d
;;     mov r15, qword ptr [rbp - 8]
;;     mov rbx, qword ptr [rbp - 0x10]
;;     mov r12, qword ptr [rbp - 0x18]
;;     leave
;;     ret
;; switch:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, dword ptr [rbp - 0x10]
;;     mov r11d, 2
;;     cmp eax, r11d
;;     cmova rax, r11
;;     lea r11, [L1]
;;     movsxd rax, dword ptr [r11 + rax*4]
;;     add r11, rax
;;     jmp r11
;; L1:
;;     .table L2 L3 L4
;; L2:
;;     mov eax, 0x64
;;     jmp L5
;; L3:
;;     mov eax, 0x65
;;     jmp L5
;; L4:
;;     mov eax, 0x66
;; L5:
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; switch_with_values:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov dword ptr [rbp - 0x10], esi
;;     mov r15, rdi
;;     mov eax, 7
;;     mov ecx, dword ptr [rbp - 0x10]
;;     mov r11d, 2
;;     cmp ecx, r11d
;;     cmova rcx, r11
;;     lea r11, [L1]
;;     movsxd rcx, dword ptr [r11 + rcx*4]
;;     add r11, rcx
;;     jmp r11
;; L1:
;;     .table L2 L3 L2
;; L2:
;;     add eax, 1
;; L3:
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; loop_with_parameters:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x30
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rbx
;;     mov r15, rdi
;;     mov rbx, rsi
;;     mov qword ptr [rbp - 0x20], rbx
;;     mov qword ptr [rbp - 0x18], 1
;; L1:
;;     mov rbx, qword ptr [rbp - 0x20]
;;     mov rax, qword ptr [rbp - 0x18]
;;     imul rax, rbx
;;     add rbx, -1
;;     test rbx, rbx
;;     je L2
;;     mov qword ptr [rbp - 0x18], rax
;;     mov qword ptr [rbp - 0x20], rbx
;;     jmp L1
;; L2:
;;     mov r15, qword ptr [rbp - 8]
;;     mov rbx, qword ptr [rbp - 0x10]
;;     leave
;;     ret
;; select:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x40
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov r9, rdx
;;     mov r8, rsi
;;     cmp r8, r9
;;     mov rax, r9
;;     cmovb rax, r8
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret
;; stop:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x10
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     hlt    ; unreachable


;; ---- aarch64
;; if_without_else:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur x19, [x29, #-0x10]
;;     mov x28, x0
;;     mov w19, w1
;;     cmp w19, #0
;;     b.ge L1
;;     mov w19, #0
;; L1:
;;     mov w0, w19
;;     ldur x28, [x29, #-8]
;;     ldur x19, [x29, #-0x10]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; if_with_else:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     cbz w0, L1
;;     mov w0, #0xa
;;     b L2
;; L1:
;;     mov w0, #0x14
;; L2:
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; sum_to:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur x19, [x29, #-0x10]
;;     stur x20, [x29, #-0x18]
;;     mov x28, x0
;;     mov w19, w1
;;     mov w20, #0
;; L1:
;;     add w20, w20, w19
;;     sub w19, w19, #1
;;     cbnz w19, L1
;;     mov w0, w20
;;     ldur x28, [x29, #-8]
;;     ldur x19, [x29, #-0x10]
;;     ldur x20, [x29, #-0x18]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; switch:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     ldur w0, [x29, #-0x10]
;;     cmp w0, #2
;;     mov w16, #2
;;     csel x0, x0, x16, lo
;;     adr x16, L1
;;     ldrsw x0, [x16, x0, lsl #2]
;;     add x16, x16, x0
;;     br x16
;; L1:
;;     .table L2 L3 L4
;; L2:
;;     mov w0, #0x64
;;     b L5
;; L3:
;;     mov w0, #0x65
;;     b L5
;; L4:
;;     mov w0, #0x66
;; L5:
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; switch_with_values:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     stur w1, [x29, #-0x10]
;;     mov x28, x0
;;     mov w0, #7
;;     ldur w1, [x29, #-0x10]
;;     cmp w1, #2
;;     mov w16, #2
;;     csel x1, x1, x16, lo
;;     adr x16, L1
;;     ldrsw x1, [x16, x1, lsl #2]
;;     add x16, x16, x1
;;     br x16
;; L1:
;;     .table L2 L3 L2
;; L2:
;;     add w0, w0, #1
;; L3:
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; loop_with_parameters:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x30
;;     stur x28, [x29, #-8]
;;     stur x19, [x29, #-0x10]
;;     mov x28, x0
;;     mov x19, x1
;;     stur x19, [x29, #-0x20]
;;     mov w17, #1
;;     stur x17, [x29, #-0x18]
;; L1:
;;     ldur x19, [x29, #-0x20]
;;     ldur x0, [x29, #-0x18]
;;     mul x0, x0, x19
;;     sub x19, x19, #1
;;     cbz x19, L2
;;     stur x0, [x29, #-0x18]
;;     stur x19, [x29, #-0x20]
;;     b L1
;; L2:
;;     ldur x28, [x29, #-8]
;;     ldur x19, [x29, #-0x10]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; select:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x40
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     mov x9, x2
;;     mov x8, x1
;;     cmp x8, x9
;;     csel x0, x8, x9, lo
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; stop:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x10
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     udf #0    ; unreachable
