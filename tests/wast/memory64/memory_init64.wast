;; `memory.init` and `data.drop` with a 64-bit memory: the destination is an i64, source offset and length are
;; i32 whatever the memory is. A dropped or active segment has length 0.

;; All of it and parts of it.
(module
  (memory (export "memory") i64 1 1)
  (data $passive "\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
  (data $active (i64.const 0x100) "\77\78")
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
  (func (export "init") (param i64 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init_active") (param i64 i32 i32)
    (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive))
  (func (export "drop_active") (data.drop $active))
)
(assert_return (invoke "init" (i64.const 0) (i32.const 0) (i32.const 16)))
(assert_return (invoke "init" (i64.const 32) (i32.const 4) (i32.const 4)))
(assert_return (invoke "init" (i64.const 48) (i32.const 15) (i32.const 1)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 16)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 17)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 18)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 19)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 5) (i32.const 20)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 5) (i64.const 6) (i32.const 21)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 6) (i64.const 7) (i32.const 22)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 7) (i64.const 8) (i32.const 23)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 8) (i64.const 9) (i32.const 24)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 9) (i64.const 10) (i32.const 25)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 10) (i64.const 11) (i32.const 26)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 11) (i64.const 12) (i32.const 27)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 12) (i64.const 13) (i32.const 28)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 13) (i64.const 14) (i32.const 29)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 14) (i64.const 15) (i32.const 30)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 15) (i64.const 16) (i32.const 31)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 16) (i64.const 32) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 32) (i64.const 33) (i32.const 20)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 33) (i64.const 34) (i32.const 21)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 34) (i64.const 35) (i32.const 22)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 35) (i64.const 36) (i32.const 23)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 36) (i64.const 48) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 48) (i64.const 49) (i32.const 31)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 49) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 257) (i32.const 119)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 257) (i64.const 258) (i32.const 120)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 258) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; At the ends of memory and segment.
(module
  (memory (export "memory") i64 1 1)
  (data $passive "\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
  (data $active (i64.const 0x100) "\77\78")
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
  (func (export "init") (param i64 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init_active") (param i64 i32 i32)
    (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive))
  (func (export "drop_active") (data.drop $active))
)
(assert_return (invoke "init" (i64.const 65520) (i32.const 0) (i32.const 16)))
(assert_return (invoke "init" (i64.const 65535) (i32.const 3) (i32.const 1)))
(assert_return (invoke "init" (i64.const 65536) (i32.const 0) (i32.const 0)))
(assert_return (invoke "init" (i64.const 0) (i32.const 16) (i32.const 0)))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 257) (i32.const 119)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 257) (i64.const 258) (i32.const 120)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 258) (i64.const 65520) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65520) (i64.const 65521) (i32.const 16)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65521) (i64.const 65522) (i32.const 17)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65522) (i64.const 65523) (i32.const 18)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65523) (i64.const 65524) (i32.const 19)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65524) (i64.const 65525) (i32.const 20)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65525) (i64.const 65526) (i32.const 21)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65526) (i64.const 65527) (i32.const 22)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65527) (i64.const 65528) (i32.const 23)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65528) (i64.const 65529) (i32.const 24)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65529) (i64.const 65530) (i32.const 25)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65530) (i64.const 65531) (i32.const 26)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65531) (i64.const 65532) (i32.const 27)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65532) (i64.const 65533) (i32.const 28)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65533) (i64.const 65534) (i32.const 29)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65534) (i64.const 65535) (i32.const 30)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 65535) (i64.const 65536) (i32.const 19)) (i64.const -1))

;; Nothing, but behind an end.
(module
  (memory (export "memory") i64 1 1)
  (data $passive "\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
  (data $active (i64.const 0x100) "\77\78")
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
  (func (export "init") (param i64 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init_active") (param i64 i32 i32)
    (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive))
  (func (export "drop_active") (data.drop $active))
)
(assert_trap (invoke "init" (i64.const 65537) (i32.const 0) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0) (i32.const 17) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0x100000000) (i32.const 0) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0xffffffffffffffff) (i32.const 0) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0) (i32.const -1) (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 257) (i32.const 119)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 257) (i64.const 258) (i32.const 120)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 258) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; One byte too many, in the memory and in the segment: nothing is written.
(module
  (memory (export "memory") i64 1 1)
  (data $passive "\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
  (data $active (i64.const 0x100) "\77\78")
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
  (func (export "init") (param i64 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init_active") (param i64 i32 i32)
    (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive))
  (func (export "drop_active") (data.drop $active))
)
(assert_trap (invoke "init" (i64.const 65521) (i32.const 0) (i32.const 16)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 65536) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0) (i32.const 0) (i32.const 17)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0) (i32.const 1) (i32.const 16)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0) (i32.const 16) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 257) (i32.const 119)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 257) (i64.const 258) (i32.const 120)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 258) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; Addresses of which the low 32 bits alone would be in bounds.
(module
  (memory (export "memory") i64 1 1)
  (data $passive "\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
  (data $active (i64.const 0x100) "\77\78")
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
  (func (export "init") (param i64 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init_active") (param i64 i32 i32)
    (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive))
  (func (export "drop_active") (data.drop $active))
)
(assert_trap (invoke "init" (i64.const 0x100000000) (i32.const 0) (i32.const 4)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0x100000008) (i32.const 0) (i32.const 4)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0x8000000000000000) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0xffffffffffff0000) (i32.const 0) (i32.const 4)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 257) (i32.const 119)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 257) (i64.const 258) (i32.const 120)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 258) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; Sums that wrap around.
(module
  (memory (export "memory") i64 1 1)
  (data $passive "\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
  (data $active (i64.const 0x100) "\77\78")
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
  (func (export "init") (param i64 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init_active") (param i64 i32 i32)
    (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive))
  (func (export "drop_active") (data.drop $active))
)
(assert_trap (invoke "init" (i64.const 0xffffffffffffffff) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0xfffffffffffffffc) (i32.const 0) (i32.const 8)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0) (i32.const -1) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0) (i32.const 8) (i32.const -8)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0) (i32.const 0) (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "find_other" (i64.const 0) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 257) (i32.const 119)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 257) (i64.const 258) (i32.const 120)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 258) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; A dropped segment is empty, and may be dropped again.
(module
  (memory (export "memory") i64 1 1)
  (data $passive "\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
  (data $active (i64.const 0x100) "\77\78")
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
  (func (export "init") (param i64 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init_active") (param i64 i32 i32)
    (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive))
  (func (export "drop_active") (data.drop $active))
)
(assert_return (invoke "init" (i64.const 0) (i32.const 0) (i32.const 4)))
(assert_return (invoke "drop"))
(assert_trap (invoke "init" (i64.const 8) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "init" (i64.const 8) (i32.const 0) (i32.const 0)))
(assert_return (invoke "init" (i64.const 65536) (i32.const 0) (i32.const 0)))
(assert_trap (invoke "init" (i64.const 65537) (i32.const 0) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 8) (i32.const 1) (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "drop"))
(assert_return (invoke "find_other" (i64.const 0) (i64.const 1) (i32.const 16)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 1) (i64.const 2) (i32.const 17)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 2) (i64.const 3) (i32.const 18)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 3) (i64.const 4) (i32.const 19)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 4) (i64.const 256) (i32.const 0)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 256) (i64.const 257) (i32.const 119)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 257) (i64.const 258) (i32.const 120)) (i64.const -1))
(assert_return (invoke "find_other" (i64.const 258) (i64.const 65536) (i32.const 0)) (i64.const -1))

;; An active segment is empty once it is written.
(module
  (memory (export "memory") i64 1 1)
  (data $passive "\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
  (data $active (i64.const 0x100) "\77\78")
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
  (func (export "init") (param i64 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init_active") (param i64 i32 i32)
    (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive))
  (func (export "drop_active") (data.drop $active))
)
(assert_return (invoke "find_other" (i64.const 0x101) (i64.const 0x102) (i32.const 0x78)) (i64.const -1))
(assert_trap (invoke "init_active" (i64.const 0) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "init_active" (i64.const 0) (i32.const 0) (i32.const 0)))
(assert_return (invoke "drop_active"))
(assert_return (invoke "init_active" (i64.const 0) (i32.const 0) (i32.const 0)))

;; Indices of segments are checked.
(assert_invalid
  (module
    (memory i64 1)
    (data "x")
    (func (memory.init 1 (i64.const 0) (i32.const 0) (i32.const 0))))
  "unknown data segment")
(assert_invalid
  (module
    (data "x")
    (func (memory.init 0 (i64.const 0) (i32.const 0) (i32.const 0))))
  "unknown memory")
(assert_invalid
  (module
    (memory i64 1)
    (func (data.drop 0)))
  "unknown data segment")
