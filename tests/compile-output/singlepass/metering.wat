;; What metering makes of code: runs are paid from a global that is kept in a register, too. What only traps is out of
;; the way. Behind calls, the global is read again.
;; with frequent global 0
(module
  (import "host" "f" (func $host))
  (memory 1)
  (global $points (mut i64) (i64.const 1000))
  (global $exhausted (mut i32) (i32.const 0))
  (func $sum (param $at i32) (param $end i32) (result i32) (local $sum i32)
    (if (i64.lt_u (global.get $points) (i64.const 3))
      (then (global.set $exhausted (i32.const 1)) (unreachable)))
    (global.set $points (i64.add (global.get $points) (i64.const -3)))
    (loop $next
      (if (i64.lt_u (global.get $points) (i64.const 12))
        (then (global.set $exhausted (i32.const 1)) (unreachable)))
      (global.set $points (i64.add (global.get $points) (i64.const -12)))
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (if (i64.lt_u (global.get $points) (i64.const 1))
      (then (global.set $exhausted (i32.const 1)) (unreachable)))
    (global.set $points (i64.add (global.get $points) (i64.const -1)))
    (local.get $sum))
  (func $calls
    (if (i64.lt_u (global.get $points) (i64.const 1))
      (then (global.set $exhausted (i32.const 1)) (unreachable)))
    (global.set $points (i64.add (global.get $points) (i64.const -1)))
    (call $host)
    (if (i64.lt_u (global.get $points) (i64.const 2))
      (then (global.set $exhausted (i32.const 1)) (unreachable)))
    (global.set $points (i64.add (global.get $points) (i64.const -2)))
    (call $host)))

;; ---- x86_64
;; sum:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x40
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], r14
;;     mov qword ptr [rbp - 0x18], rbx
;;     mov qword ptr [rbp - 0x20], r12
;;     mov qword ptr [rbp - 0x28], r13
;;     mov r15, rdi
;;     mov r13d, edx
;;     mov ebx, esi
;;     mov r12d, 0
;;     mov r14, qword ptr [r15 + 0x30]
;;     mov rax, qword ptr [r15 + 0x40]
;;     cmp rax, 3
;;     jae L1
;;     mov dword ptr [r15 + 0x50], 1
;;     hlt    ; unreachable
;; L1:
;;     mov rax, qword ptr [r15 + 0x40]
;;     add rax, -3
;;     mov qword ptr [r15 + 0x40], rax
;; L2:
;;     mov rax, qword ptr [r15 + 0x40]
;;     cmp rax, 0xc
;;     jae L3
;;     mov dword ptr [r15 + 0x50], 1
;;     hlt    ; unreachable
;; L3:
;;     mov rax, qword ptr [r15 + 0x40]
;;     add rax, -0xc
;;     mov qword ptr [r15 + 0x40], rax
;;     mov eax, dword ptr [r14 + rbx]    ; heap_get_oob
;;     add r12d, eax
;;     add ebx, 4
;;     cmp ebx, r13d
;;     jb L2
;;     mov rax, qword ptr [r15 + 0x40]
;;     cmp rax, 1
;;     jae L4
;;     mov dword ptr [r15 + 0x50], 1
;;     hlt    ; unreachable
;; L4:
;;     mov rax, qword ptr [r15 + 0x40]
;;     add rax, -1
;;     mov qword ptr [r15 + 0x40], rax
;;     mov eax, r12d
;;     mov r15, qword ptr [rbp - 8]
;;     mov r14, qword ptr [rbp - 0x10]
;;     mov rbx, qword ptr [rbp - 0x18]
;;     mov r12, qword ptr [rbp - 0x20]
;;     mov r13, qword ptr [rbp - 0x28]
;;     leave
;;     ret
;; calls:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x20
;;     mov qword ptr [rbp - 8], r15
;;     mov r15, rdi
;;     mov rax, qword ptr [r15 + 0x40]
;;     cmp rax, 1
;;     jae L1
;;     mov dword ptr [r15 + 0x50], 1
;;     hlt    ; unreachable
;; L1:
;;     mov rax, qword ptr [r15 + 0x40]
;;     add rax, -1
;;     mov qword ptr [r15 + 0x40], rax
;;     mov rax, qword ptr [r15 + 0x68]
;;     mov rdi, rax
;;     mov r11, qword ptr [r15 + 0x60]
;;     call r11
;;     mov rax, qword ptr [r15 + 0x40]
;;     cmp rax, 2
;;     jae L2
;;     mov dword ptr [r15 + 0x50], 1
;;     hlt    ; unreachable
;; L2:
;;     mov rax, qword ptr [r15 + 0x40]
;;     add rax, -2
;;     mov qword ptr [r15 + 0x40], rax
;;     mov rax, qword ptr [r15 + 0x68]
;;     mov rdi, rax
;;     mov r11, qword ptr [r15 + 0x60]
;;     call r11
;;     mov r15, qword ptr [rbp - 8]
;;     leave
;;     ret


;; ---- aarch64
;; sum:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x40
;;     stur x28, [x29, #-8]
;;     stur x27, [x29, #-0x10]
;;     stur x19, [x29, #-0x18]
;;     stur x20, [x29, #-0x20]
;;     stur x21, [x29, #-0x28]
;;     mov x28, x0
;;     mov w21, w2
;;     mov w19, w1
;;     mov w20, #0
;;     ldr x27, [x28, #0x30]
;;     ldr x0, [x28, #0x40]
;;     cmp x0, #3
;;     b.hs L1
;;     mov w0, #1
;;     str w0, [x28, #0x50]
;;     udf #0    ; unreachable
;; L1:
;;     ldr x0, [x28, #0x40]
;;     sub x0, x0, #3
;;     str x0, [x28, #0x40]
;; L2:
;;     ldr x0, [x28, #0x40]
;;     cmp x0, #0xc
;;     b.hs L3
;;     mov w0, #1
;;     str w0, [x28, #0x50]
;;     udf #0    ; unreachable
;; L3:
;;     ldr x0, [x28, #0x40]
;;     sub x0, x0, #0xc
;;     str x0, [x28, #0x40]
;;     ldr w0, [x27, x19]    ; heap_get_oob
;;     add w20, w0, w20
;;     add w19, w19, #4
;;     cmp w19, w21
;;     b.lo L2
;;     ldr x0, [x28, #0x40]
;;     cmp x0, #1
;;     b.hs L4
;;     mov w0, #1
;;     str w0, [x28, #0x50]
;;     udf #0    ; unreachable
;; L4:
;;     ldr x0, [x28, #0x40]
;;     sub x0, x0, #1
;;     str x0, [x28, #0x40]
;;     mov w0, w20
;;     ldur x28, [x29, #-8]
;;     ldur x27, [x29, #-0x10]
;;     ldur x19, [x29, #-0x18]
;;     ldur x20, [x29, #-0x20]
;;     ldur x21, [x29, #-0x28]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
;; calls:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x20
;;     stur x28, [x29, #-8]
;;     mov x28, x0
;;     ldr x0, [x28, #0x40]
;;     cmp x0, #1
;;     b.hs L1
;;     mov w0, #1
;;     str w0, [x28, #0x50]
;;     udf #0    ; unreachable
;; L1:
;;     ldr x0, [x28, #0x40]
;;     sub x0, x0, #1
;;     str x0, [x28, #0x40]
;;     ldr x0, [x28, #0x68]
;;     ldr x17, [x28, #0x60]
;;     blr x17
;;     ldr x0, [x28, #0x40]
;;     cmp x0, #2
;;     b.hs L2
;;     mov w0, #1
;;     str w0, [x28, #0x50]
;;     udf #0    ; unreachable
;; L2:
;;     ldr x0, [x28, #0x40]
;;     sub x0, x0, #2
;;     str x0, [x28, #0x40]
;;     ldr x0, [x28, #0x68]
;;     ldr x17, [x28, #0x60]
;;     blr x17
;;     ldur x28, [x29, #-8]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
