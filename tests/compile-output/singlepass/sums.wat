;; Sums of two locals into a third, and of a local and a constant.
(module
  (func $sums (param i32 i32 i64 i64) (result i64) (local i32 i64)
    (loop
      (local.set 4 (i32.add (local.get 0) (local.get 1)))
      (local.set 5 (i64.add (local.get 2) (local.get 3)))
      (local.set 0 (i32.add (local.get 1) (local.get 4)))
      (local.set 1 (i32.add (local.get 4) (i32.const 1000)))
      (local.set 2 (i64.add (local.get 5) (local.get 2)))
      (local.set 3 (i64.add (local.get 5) (i64.const 1)))
      (br_if 0 (local.get 0)))
    (i64.add (local.get 2) (local.get 3))))

;; ---- x86_64
;; sums:
;;     push rbp
;;     mov rbp, rsp
;;     sub rsp, 0x50
;;     mov qword ptr [rbp - 8], r15
;;     mov qword ptr [rbp - 0x10], rbx
;;     mov qword ptr [rbp - 0x18], r12
;;     mov qword ptr [rbp - 0x20], r13
;;     mov r15, rdi
;;     mov r10, r8
;;     mov rbx, rcx
;;     mov r13d, edx
;;     mov r12d, esi
;;     mov r8d, 0
;;     mov r9d, 0
;; L1:
;;     lea r8d, [r12 + r13]
;;     lea r9, [rbx + r10]
;;     lea r12d, [r8 + r13]
;;     lea r13d, [r8 + riz + 0x3e8]
;;     add rbx, r9
;;     lea r10, [r9 + riz + 1]
;;     test r12d, r12d
;;     jne L1
;;     lea rax, [rbx + r10]
;;     mov r15, qword ptr [rbp - 8]
;;     mov rbx, qword ptr [rbp - 0x10]
;;     mov r12, qword ptr [rbp - 0x18]
;;     mov r13, qword ptr [rbp - 0x20]
;;     leave
;;     ret


;; ---- aarch64
;; sums:
;;     stp x29, x30, [sp, #-0x10]!
;;     mov x29, sp
;;     sub sp, sp, #0x50
;;     stur x28, [x29, #-8]
;;     stur x19, [x29, #-0x10]
;;     stur x20, [x29, #-0x18]
;;     stur x21, [x29, #-0x20]
;;     stur x22, [x29, #-0x28]
;;     stur x23, [x29, #-0x30]
;;     stur x24, [x29, #-0x38]
;;     mov x28, x0
;;     mov x24, x4
;;     mov x19, x3
;;     mov w21, w2
;;     mov w20, w1
;;     mov w22, #0
;;     mov w23, #0
;; L1:
;;     add w22, w20, w21
;;     add x23, x19, x24
;;     add w20, w21, w22
;;     add w21, w22, #0x3e8
;;     add x19, x23, x19
;;     add x24, x23, #1
;;     cbnz w20, L1
;;     add x0, x19, x24
;;     ldur x28, [x29, #-8]
;;     ldur x19, [x29, #-0x10]
;;     ldur x20, [x29, #-0x18]
;;     ldur x21, [x29, #-0x20]
;;     ldur x22, [x29, #-0x28]
;;     ldur x23, [x29, #-0x30]
;;     ldur x24, [x29, #-0x38]
;;     mov sp, x29
;;     ldp x29, x30, [sp], #0x10
;;     ret
