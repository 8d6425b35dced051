;; `memory.copy` within a memory with 64-bit addresses: overlapping ranges in both directions, ranges at and
;; around the ends, lengths and addresses of more than 32 bits, sums that wrap around 2^64.

;; Apart, forwards and backwards.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_return (invoke "copy" (i64.const 256) (i64.const 0) (i64.const 4)))
(assert_return (invoke "copy" (i64.const 16) (i64.const 65504) (i64.const 4)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 16) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 16) (i64.const 17) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 17) (i64.const 18) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 18) (i64.const 19) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 19) (i64.const 20) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 20) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 257) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 257) (i64.const 258) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 258) (i64.const 259) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 259) (i64.const 260) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 260) (i64.const 65504) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65505) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65505) (i64.const 65506) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65506) (i64.const 65507) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65507) (i64.const 65508) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65508) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; Overlapping, to higher addresses.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_return (invoke "copy" (i64.const 1) (i64.const 0) (i64.const 4)))
(assert_return (invoke "copy" (i64.const 2) (i64.const 0) (i64.const 8)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 4) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 5) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 5) (i64.const 6) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 6) (i64.const 7) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 7) (i64.const 65504) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65505) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65505) (i64.const 65506) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65506) (i64.const 65507) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65507) (i64.const 65508) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65508) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; Overlapping, to lower addresses.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_return (invoke "copy" (i64.const 65503) (i64.const 65504) (i64.const 4)))
(assert_return (invoke "copy" (i64.const 65496) (i64.const 65500) (i64.const 16)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 65499) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65499) (i64.const 65500) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65500) (i64.const 65501) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65501) (i64.const 65502) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65502) (i64.const 65504) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; Onto itself.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_return (invoke "copy" (i64.const 0) (i64.const 0) (i64.const 4)))
(assert_return (invoke "copy" (i64.const 0) (i64.const 0) (i64.const 65536)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 65504) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65505) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65505) (i64.const 65506) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65506) (i64.const 65507) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65507) (i64.const 65508) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65508) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; Longer than a machine word and a vector register, overlapping by one and by all but one.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_return (invoke "copy" (i64.const 64) (i64.const 0) (i64.const 65)))
(assert_return (invoke "copy" (i64.const 65) (i64.const 64) (i64.const 128)))
(assert_return (invoke "copy" (i64.const 63) (i64.const 64) (i64.const 128)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 63) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 63) (i64.const 65) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65) (i64.const 66) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 66) (i64.const 67) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 67) (i64.const 68) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 68) (i64.const 65504) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65505) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65505) (i64.const 65506) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65506) (i64.const 65507) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65507) (i64.const 65508) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65508) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; The whole memory but one byte, each way.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_return (invoke "copy" (i64.const 1) (i64.const 0) (i64.const 65535)))
(assert_return (invoke "copy" (i64.const 0) (i64.const 1) (i64.const 65535)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 65504) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65505) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65505) (i64.const 65506) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65506) (i64.const 65507) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65507) (i64.const 65508) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65508) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; Nothing, at both ends.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_return (invoke "copy" (i64.const 0) (i64.const 0) (i64.const 0)))
(assert_return (invoke "copy" (i64.const 65536) (i64.const 0) (i64.const 0)))
(assert_return (invoke "copy" (i64.const 0) (i64.const 65536) (i64.const 0)))
(assert_return (invoke "copy" (i64.const 65536) (i64.const 65536) (i64.const 0)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 65504) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65505) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65505) (i64.const 65506) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65506) (i64.const 65507) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65507) (i64.const 65508) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65508) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; Nothing, but behind the end.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_trap (invoke "copy" (i64.const 65537) (i64.const 0) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 65537) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0x100000000) (i64.const 0) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0x100000000) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0xffffffffffffffff) (i64.const 0xffffffffffffffff) (i64.const 0)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 65504) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65505) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65505) (i64.const 65506) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65506) (i64.const 65507) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65507) (i64.const 65508) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65508) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; One byte behind the end, as destination and as source.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_trap (invoke "copy" (i64.const 65532) (i64.const 0) (i64.const 5)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 65532) (i64.const 5)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 65536) (i64.const 0) (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 65536) (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0) (i64.const 65537)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 65504) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65505) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65505) (i64.const 65506) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65506) (i64.const 65507) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65507) (i64.const 65508) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65508) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; The last bytes.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_return (invoke "copy" (i64.const 65532) (i64.const 0) (i64.const 4)))
(assert_return (invoke "copy" (i64.const 8) (i64.const 65532) (i64.const 4)))
(assert_return (invoke "copy" (i64.const 65535) (i64.const 2) (i64.const 1)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 8) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 8) (i64.const 9) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 9) (i64.const 10) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 10) (i64.const 11) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 11) (i64.const 12) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 12) (i64.const 65504) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65505) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65505) (i64.const 65506) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65506) (i64.const 65507) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65507) (i64.const 65508) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65508) (i64.const 65532) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65532) (i64.const 65533) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65533) (i64.const 65534) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65534) (i64.const 65536) (i32.const 204)) (i64.const -1))

;; Addresses and lengths of which the low 32 bits alone would be in bounds.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_trap (invoke "copy" (i64.const 0x100000000) (i64.const 0) (i64.const 4)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0x100000000) (i64.const 4)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0x100000010) (i64.const 0) (i64.const 4)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0x100000010) (i64.const 4)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 16) (i64.const 0x100000000)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 16) (i64.const 0x100000004)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0x8000000000000000) (i64.const 0) (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0x8000000000000000) (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0) (i64.const 0x8000000000000000)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 65504) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65505) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65505) (i64.const 65506) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65506) (i64.const 65507) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65507) (i64.const 65508) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65508) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; Sums that wrap around.
(module
  (memory (export "memory") i64 1 1)
  (data (i64.const 0) "\aa\bb\cc\dd")
  (data (i64.const 0xffe0) "\01\02\03\04")
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
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
(assert_trap (invoke "copy" (i64.const 0xffffffffffffffff) (i64.const 0) (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0xffffffffffffffff) (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0xffffffffffffffff) (i64.const 0xffffffffffffffff) (i64.const 2)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 16) (i64.const 0) (i64.const 0xfffffffffffffff0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 16) (i64.const 0xfffffffffffffff0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0xfffffffffffffffc) (i64.const 0) (i64.const 4)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0xfffffffffffffffc) (i64.const 4)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0) (i64.const 0xffffffffffffffff)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 170)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 187)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 204)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 221)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 65504) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65504) (i64.const 65505) (i32.const 1)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65505) (i64.const 65506) (i32.const 2)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65506) (i64.const 65507) (i32.const 3)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65507) (i64.const 65508) (i32.const 4)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65508) (i64.const 65536) (i32.const 0)) (i64.const -1))
