;; `memory.fill` on a memory with 64-bit addresses: ranges at and around the ends of the memory, lengths and
;; addresses of more than 32 bits, sums that wrap around 2^64, and no byte written when it traps.

(module
  (memory (export "memory") i64 1 2)
  ;; Index of the first byte in [from, to) that is not `value`, or -1.
  (func (export "find_other") (param $from i64) (param $to i64) (param $value i32) (result i64)
    (loop $next
      (if (i64.lt_u (local.get $from) (local.get $to))
        (then
          (if (i32.eq (i32.load8_u (local.get $from)) (local.get $value))
            (then
              (local.set $from (i64.add (local.get $from) (i64.const 1)))
              (br $next)))
          (return (local.get $from)))))
    (i64.const -1))
  (func (export "fill") (param i64 i32 i64)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "grow") (result i64)
    (memory.grow (i64.const 1)))
)

;; A range in the middle; the value is taken modulo 256.
(assert_return (invoke "fill" (i64.const 256) (i32.const 426) (i64.const 256)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 512) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 512) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; A single byte, the first and the last ones.
(assert_return (invoke "fill" (i64.const 0) (i32.const 1) (i64.const 1)))
(assert_return (invoke "fill" (i64.const 65535) (i32.const 2) (i64.const 1)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 512) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 512) (i64.const 65535) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65535) (i64.const 65536) (i32.const 2)) (i64.const -1))

;; Nothing, also right at the end.
(assert_return (invoke "fill" (i64.const 512) (i32.const 9) (i64.const 0)))
(assert_return (invoke "fill" (i64.const 65536) (i32.const 9) (i64.const 0)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 512) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 512) (i64.const 65535) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65535) (i64.const 65536) (i32.const 2)) (i64.const -1))

;; Overlapping what was filled before.
(assert_return (invoke "fill" (i64.const 384) (i32.const 187) (i64.const 256)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 384) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 384) (i64.const 640) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 640) (i64.const 65535) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65535) (i64.const 65536) (i32.const 2)) (i64.const -1))

;; Nothing, but behind the end: out of bounds all the same.
(assert_trap (invoke "fill" (i64.const 65537) (i32.const 9) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 0x100000000) (i32.const 9) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 0xffffffffffffffff) (i32.const 9) (i64.const 0)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 384) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 384) (i64.const 640) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 640) (i64.const 65535) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65535) (i64.const 65536) (i32.const 2)) (i64.const -1))

;; A range that ends one byte behind the end leaves the memory as it is.
(assert_trap (invoke "fill" (i64.const 65535) (i32.const 7) (i64.const 2)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 65280) (i32.const 7) (i64.const 257)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 0) (i32.const 7) (i64.const 65537)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 384) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 384) (i64.const 640) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 640) (i64.const 65535) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65535) (i64.const 65536) (i32.const 2)) (i64.const -1))

;; Addresses of which the low 32 bits alone would be in bounds.
(assert_trap (invoke "fill" (i64.const 0x100000000) (i32.const 7) (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 0x100000100) (i32.const 7) (i64.const 16)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 0x8000000000000000) (i32.const 7) (i64.const 1)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 384) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 384) (i64.const 640) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 640) (i64.const 65535) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65535) (i64.const 65536) (i32.const 2)) (i64.const -1))

;; Lengths of which the low 32 bits alone would be in bounds.
(assert_trap (invoke "fill" (i64.const 256) (i32.const 7) (i64.const 0x100000000)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 256) (i32.const 7) (i64.const 0x100000010)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 0) (i32.const 7) (i64.const 0x8000000000000000)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 384) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 384) (i64.const 640) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 640) (i64.const 65535) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65535) (i64.const 65536) (i32.const 2)) (i64.const -1))

;; Sums that wrap around.
(assert_trap (invoke "fill" (i64.const 0xffffffffffffffff) (i32.const 7) (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 0xffffffffffffffff) (i32.const 7) (i64.const 0xffffffffffffffff)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 256) (i32.const 7) (i64.const 0xffffffffffffff00)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 256) (i32.const 7) (i64.const 0xffffffffffffffff)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 0x8000000000000000) (i32.const 7) (i64.const 0x8000000000000000)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 384) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 384) (i64.const 640) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 640) (i64.const 65535) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65535) (i64.const 65536) (i32.const 2)) (i64.const -1))

;; The end moves with `memory.grow`.
(assert_return (invoke "grow") (i64.const 1))
(assert_return (invoke "fill" (i64.const 65528) (i32.const 85) (i64.const 16)))
(assert_return (invoke "fill" (i64.const 0x1fffc) (i32.const 102) (i64.const 4)))
(assert_trap (invoke "fill" (i64.const 0x1fffc) (i32.const 119) (i64.const 5)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 65280) (i64.const 65528) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65528) (i64.const 65544) (i32.const 85)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65544) (i64.const 0x1fffc) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 0x1fffc) (i64.const 0x20000) (i32.const 102)) (i64.const -1))

;; The stack behind the operator is what it was.
(module
  (memory i64 1)
  (func (export "between") (result i32 i64)
    (i32.const 1)
    (memory.fill (i64.const 0xfffe) (i32.const 0xff) (i64.const 2))
    (i64.load16_u (i64.const 0xfffe)))
)
(assert_return (invoke "between") (i32.const 1) (i64.const 0xffff))
