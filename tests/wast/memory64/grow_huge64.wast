;; Growing 64-bit memories and tables by what nothing can hold: -1, and all stays as it is.

(module
  (memory (export "memory") i64 1)
  (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
  (func (export "size") (result i64) (memory.size))
)
(assert_return (invoke "grow" (i64.const 0x1_0000_0000_0000)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 0xffff_ffff_ffff)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 0x7fff_ffff_ffff_ffff)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 0x8000_0000_0000_0000)) (i64.const -1))
(assert_return (invoke "grow" (i64.const -1)) (i64.const -1))
;; One more than fits when the present size is added; the low 32 bits are small.
(assert_return (invoke "grow" (i64.const -2)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 0x4000_0000_0000_0001)) (i64.const -1))
(assert_return (invoke "size") (i64.const 1))
(assert_return (invoke "grow" (i64.const 0)) (i64.const 1))
(assert_return (invoke "grow" (i64.const 1)) (i64.const 1))
(assert_return (invoke "size") (i64.const 2))

;; A maximum of more than 32 bits.
(module
  (memory i64 0 0x1_0000_0003)
  (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
  (func (export "size") (result i64) (memory.size))
)
(assert_return (invoke "grow" (i64.const 3)) (i64.const 0))
(assert_return (invoke "grow" (i64.const 0x1_0000_0001)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 4)) (i64.const 3))
(assert_return (invoke "size") (i64.const 7))

;; A function table.
(module
  (table $t i64 5 funcref)
  (func $f)
  (elem declare func $f)
  (func (export "grow") (param i64) (result i64) (table.grow $t (ref.func $f) (local.get 0)))
  (func (export "grow_null") (param i64) (result i64) (table.grow $t (ref.null func) (local.get 0)))
  (func (export "size") (result i64) (table.size $t))
)
(assert_return (invoke "grow" (i64.const 0x7fff_ffff_ffff_ffff)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 0x1000_0000_0000_0000)) (i64.const -1))
(assert_return (invoke "grow" (i64.const -1)) (i64.const -1))
(assert_return (invoke "grow_null" (i64.const -4)) (i64.const -1))
(assert_return (invoke "size") (i64.const 5))
(assert_return (invoke "grow" (i64.const 1)) (i64.const 5))
(assert_return (invoke "size") (i64.const 6))
