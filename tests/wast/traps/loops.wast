;; Loops leave what they did up to a trap, and nothing else, whatever a compiler makes of them.

(module
  (memory (export "memory") 1 1)

  (func (export "reset") (param $value i32) (memory.fill (i32.const 0) (local.get $value) (i32.const 65536)))
  (func (export "read") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "read64") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "sum") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Stores 1, 2, 3 … from $p on; a number of times, at least once.
  (func (export "count") (param $p i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store (local.get $p) (local.tee $i (i32.add (local.get $i) (i32.const 1))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (i32.ne (local.get $i) (local.get $n)))))
  ;; The same downwards.
  (func (export "count down") (param $p i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store (local.get $p) (local.tee $i (i32.add (local.get $i) (i32.const 1))))
      (local.set $p (i32.sub (local.get $p) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))))
  ;; Two stores of each iteration, of which the second traps first.
  (func (export "two") (param $p i32) (param $q i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store8 (i32.add (local.get $p) (local.get $i)) (i32.const 5))
      (i32.store8 offset=8 (i32.add (local.get $q) (local.get $i)) (i32.const 6))
      (br_if $next (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
  ;; Each element is what the one $by bytes before was, plus one.
  (func (export "chain") (param $p i32) (param $by i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store
        (i32.add (i32.add (local.get $p) (local.get $by)) (i32.shl (local.get $i) (i32.const 2)))
        (i32.add (i32.const 1) (i32.load (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2))))))
      (br_if $next (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
  ;; What the loop stores is stored again, but not before a load that may trap.
  (func (export "then") (param $p i32) (param $q i32) (local $i i32)
    (loop $next
      (i32.store (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2))) (i32.const 7))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16))))
    (drop (i32.load (local.get $q)))
    (v128.store (local.get $p) (v128.const i64x2 0 0))
    (v128.store offset=16 (local.get $p) (v128.const i64x2 0 0))
    (v128.store offset=32 (local.get $p) (v128.const i64x2 0 0))
    (v128.store offset=48 (local.get $p) (v128.const i64x2 0 0)))
)

;; To the last byte, and then beyond it by one byte up to a whole element.
(invoke "reset" (i32.const 0))
(assert_return (invoke "count" (i32.const 65136) (i32.const 100)))
(assert_return (invoke "read" (i32.const 65532)) (i32.const 100))
(invoke "reset" (i32.const 0))
(assert_trap (invoke "count" (i32.const 65137) (i32.const 100)) "out of bounds memory access")
(assert_return (invoke "read" (i32.const 65529)) (i32.const 99))
(assert_return (invoke "read" (i32.const 65532)) (i32.const 0))
(invoke "reset" (i32.const 0))
(assert_trap (invoke "count" (i32.const 65139) (i32.const 100)) "out of bounds memory access")
(assert_return (invoke "read" (i32.const 65531)) (i32.const 99))
(invoke "reset" (i32.const 0))
(assert_trap (invoke "count" (i32.const 65140) (i32.const 100)) "out of bounds memory access")
(assert_return (invoke "read" (i32.const 65532)) (i32.const 99))
;; Endless, and once.
(assert_trap (invoke "count" (i32.const 0) (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "read" (i32.const 65532)) (i32.const 16384))
(assert_return (invoke "count" (i32.const 65532) (i32.const 1)))
(assert_return (invoke "read" (i32.const 65532)) (i32.const 1))
;; The index wraps.
(invoke "reset" (i32.const 0))
(assert_trap (invoke "count" (i32.const 0xfffffff0) (i32.const 100)) "out of bounds memory access")
(assert_return (invoke "read" (i32.const 0)) (i32.const 0))
(assert_trap (invoke "count down" (i32.const 60) (i32.const 100)) "out of bounds memory access")
(assert_return (invoke "read" (i32.const 0)) (i32.const 16))
(assert_return (invoke "count down" (i32.const 396) (i32.const 100)))
(assert_return (invoke "read" (i32.const 0)) (i32.const 100))
(assert_trap (invoke "count down" (i32.const 65533) (i32.const 100)) "out of bounds memory access")
(assert_return (invoke "read" (i32.const 65529)) (i32.const 0))

(invoke "reset" (i32.const 0))
(assert_trap (invoke "two" (i32.const 1000) (i32.const 65500) (i32.const 64)) "out of bounds memory access")
(assert_return (invoke "read" (i32.const 1028)) (i32.const 5))
(assert_return (invoke "read" (i32.const 65532)) (i32.const 0x06060606))
(invoke "reset" (i32.const 0))
(assert_return (invoke "two" (i32.const 1000) (i32.const 990) (i32.const 64)))
(assert_return (invoke "read" (i32.const 998)) (i32.const 0x06060606))
(assert_return (invoke "read" (i32.const 1060)) (i32.const 0x05050606))

;; Each reads what was written so many bytes before.
(invoke "reset" (i32.const 0))
(assert_return (invoke "chain" (i32.const 1000) (i32.const 4) (i32.const 64)))
(assert_return (invoke "read" (i32.const 1256)) (i32.const 64))
(invoke "reset" (i32.const 0))
(assert_return (invoke "chain" (i32.const 1000) (i32.const 12) (i32.const 64)))
(assert_return (invoke "read" (i32.const 1264)) (i32.const 22))
(invoke "reset" (i32.const 0))
(assert_return (invoke "chain" (i32.const 1000) (i32.const 1) (i32.const 16)))
(assert_return (invoke "read64" (i32.const 1000)) (i64.const 0x0000010000000100))
(invoke "reset" (i32.const 0))
(assert_return (invoke "chain" (i32.const 1000) (i32.const 32) (i32.const 64)))
(assert_return (invoke "read" (i32.const 1284)) (i32.const 8))
(invoke "reset" (i32.const 0))
(assert_return (invoke "chain" (i32.const 1000) (i32.const -4) (i32.const 64)))
(assert_return (invoke "read" (i32.const 1248)) (i32.const 1))

(invoke "reset" (i32.const 0))
(assert_trap (invoke "then" (i32.const 1000) (i32.const 65533)) "out of bounds memory access")
(assert_return (invoke "read" (i32.const 1000)) (i32.const 7))
(assert_return (invoke "read" (i32.const 1060)) (i32.const 7))
(assert_return (invoke "then" (i32.const 1000) (i32.const 65532)))
(assert_return (invoke "read" (i32.const 1060)) (i32.const 0))

(invoke "reset" (i32.const 1))
(assert_return (invoke "sum" (i32.const 65136) (i32.const 100)) (i32.const 0x64646464))
(assert_trap (invoke "sum" (i32.const 65137) (i32.const 100)) "out of bounds memory access")
