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
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x38(%rdi), %r10
;;     movq 0x30(%rdi), %rax
;;     movl %esi, %ecx
;;     uninit  %r11
;;     xorq %r11, %r11
;;     leaq 0x10(%rax, %rcx), %r9
;;     cmpq %r10, %rcx
;;     cmovaq %r11, %r9
;;     movl (%r9), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; within_the_minimum:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x38(%rdi), %r10
;;     movq 0x30(%rdi), %rax
;;     movl %esi, %ecx
;;     uninit  %r11
;;     xorq %r11, %r11
;;     leaq 0xfffc(%rax, %rcx), %r9
;;     cmpq %r10, %rcx
;;     cmovaq %r11, %r9
;;     movl (%r9), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; anywhere:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x38(%rdi), %r11
;;     movq 0x30(%rdi), %rax
;;     movl %esi, %edx
;;     leaq 0x20004(%rdx), %rsi
;;     uninit  %rcx
;;     xorq %rcx, %rcx
;;     leaq 0x20000(%rax, %rdx), %r10
;;     cmpq %r11, %rsi
;;     cmovaq %rcx, %r10
;;     movl (%r10), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; wide_index:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x48(%rdi), %r9
;;     movq 0x40(%rdi), %r11
;;     uninit  %r10
;;     xorq %r10, %r10
;;     leaq 0x10(%r11, %rsi), %r8
;;     cmpq %r9, %rsi
;;     cmovaq %r10, %r8
;;     movl (%r8), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; wide_offset:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq %rsi, %r11
;;     addq (%rip), %r11
;;     jb #trap=heap_oob
;;     movq 0x48(%rdi), %rcx
;;     uninit  %rax
;;     xorq %rax, %rax
;;     addq 0x40(%rdi), %rsi
;;     movabsq $0x100000000, %rdx
;;     leaq (%rsi, %rdx), %rdx
;;     cmpq %rcx, %r11
;;     cmovaq %rax, %rdx
;;     movl (%rdx), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; constant_address:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x30(%rdi), %rsi
;;     movq 0x408(%rsi), %rax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq
;; two_accesses:
;;     pushq %rbp
;;     movq %rsp, %rbp
;;   block0:
;;     movq 0x38(%rdi), %rax
;;     movq 0x30(%rdi), %rdx
;;     movl %esi, %esi
;;     uninit  %rcx
;;     xorq %rcx, %rcx
;;     leaq (%rdx, %rsi), %rdi
;;     cmpq %rax, %rsi
;;     cmovaq %rcx, %rdi
;;     movl (%rdi), %edi
;;     leaq 4(%rdx, %rsi), %r8
;;     cmpq %rax, %rsi
;;     cmovaq %rcx, %r8
;;     movl %edi, (%r8)
;;     leaq 8(%rdx, %rsi), %rdx
;;     cmpq %rax, %rsi
;;     cmovaq %rcx, %rdx
;;     movl (%rdx), %eax
;;     movq %rbp, %rsp
;;     popq %rbp
;;     retq


;; ---- aarch64
;; in_the_guard:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x10, [x0, #56]
;;     ldr x13, [x0, #48]
;;     mov w11, w1
;;     movz x12, #0
;;     add x13, x13, x1, UXTW
;;     add x13, x13, #16
;;     subs xzr, x11, x10
;;     csel x11, x12, x13, hi
;;     ldr w0, [x11]
;;     ldp fp, lr, [sp], #16
;;     ret
;; within_the_minimum:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x11, [x0, #56]
;;     ldr x14, [x0, #48]
;;     mov w12, w1
;;     movz x13, #0
;;     add x14, x14, x1, UXTW
;;     movz x15, #65532
;;     add x14, x14, x15
;;     subs xzr, x12, x11
;;     csel x12, x13, x14, hi
;;     ldr w0, [x12]
;;     ldp fp, lr, [sp], #16
;;     ret
;; anywhere:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x12, [x0, #56]
;;     ldr x13, [x0, #48]
;;     movz w14, #4
;;     movk w14, w14, #2, LSL #16
;;     add x14, x14, x1, UXTW
;;     movz x15, #0
;;     add x13, x13, x1, UXTW
;;     add x13, x13, #131072
;;     subs xzr, x14, x12
;;     csel x13, x15, x13, hi
;;     ldr w0, [x13]
;;     ldp fp, lr, [sp], #16
;;     ret
;; wide_index:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x9, [x0, #72]
;;     ldr x11, [x0, #64]
;;     movz x10, #0
;;     add x11, x11, x1
;;     add x11, x11, #16
;;     subs xzr, x1, x9
;;     csel x10, x10, x11, hi
;;     ldr w0, [x10]
;;     ldp fp, lr, [sp], #16
;;     ret
;; wide_offset:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     movz x13, #4
;;     movk x13, x13, #1, LSL #32
;;     adds x13, x1, x13
;;     b.hs #trap=heap_oob
;;     ldr x14, [x0, #72]
;;     ldr x0, [x0, #64]
;;     movz x15, #0
;;     add x0, x0, x1
;;     movz x1, #1, LSL #32
;;     add x0, x0, x1
;;     subs xzr, x13, x14
;;     csel x15, x15, x0, hi
;;     ldr w0, [x15]
;;     ldp fp, lr, [sp], #16
;;     ret
;; constant_address:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x3, [x0, #48]
;;     ldr x0, [x3, #1032]
;;     ldp fp, lr, [sp], #16
;;     ret
;; two_accesses:
;;     stp fp, lr, [sp, #-16]!
;;     mov fp, sp
;;   block0:
;;     ldr x15, [x0, #56]
;;     ldr x2, [x0, #48]
;;     mov w0, w1
;;     movz x4, #0
;;     add x2, x2, x1, UXTW
;;     subs xzr, x0, x15
;;     csel x1, x4, x2, hi
;;     ldr w3, [x1]
;;     add x1, x2, #4
;;     subs xzr, x0, x15
;;     csel x1, x4, x1, hi
;;     ldr w5, [x1]
;;     str w3, [x1]
;;     add x1, x2, #8
;;     subs xzr, x0, x15
;;     csel x0, x4, x1, hi
;;     ldr w0, [x0]
;;     ldp fp, lr, [sp], #16
;;     ret
