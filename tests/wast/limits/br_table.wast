;; `br_table` with many targets: in order, in a mix, with the default in the middle, with values, and indices behind the
;; end.

(module
  ;; Target i is block i modulo 5.
  (func (export "mixed") (param i32) (result i32)
    (block $4 (block $3 (block $2 (block $1 (block $0
      (br_table
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4 $0 $1 $2 $3 $4
        $4
        (local.get 0)))
      (return (i32.const 100)))
      (return (i32.const 101)))
      (return (i32.const 102)))
      (return (i32.const 103)))
    (i32.const 104))
  ;; All to one place, with a value.
  (func (export "same") (param i32) (result i32)
    (block $out (result i32)
      (br_table
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out $out
        $out
        (i32.mul (local.get 0) (i32.const 3)) (local.get 0))))
  ;; To the function, out of a loop, and around it.
  (func (export "loop") (param i32) (result i32) (local $n i32)
    (block $out
      (loop $again
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_table $out $again $again $again $out $again (local.get 0))))
    (local.get $n))
)
(assert_return (invoke "mixed" (i32.const 0)) (i32.const 100))
(assert_return (invoke "mixed" (i32.const 1)) (i32.const 101))
(assert_return (invoke "mixed" (i32.const 2)) (i32.const 102))
(assert_return (invoke "mixed" (i32.const 3)) (i32.const 103))
(assert_return (invoke "mixed" (i32.const 4)) (i32.const 104))
(assert_return (invoke "mixed" (i32.const 5)) (i32.const 100))
(assert_return (invoke "mixed" (i32.const 6)) (i32.const 101))
(assert_return (invoke "mixed" (i32.const 767)) (i32.const 102))
(assert_return (invoke "mixed" (i32.const 1499)) (i32.const 104))
(assert_return (invoke "mixed" (i32.const 1500)) (i32.const 104))
(assert_return (invoke "mixed" (i32.const 1501)) (i32.const 104))
(assert_return (invoke "mixed" (i32.const 0x7fffffff)) (i32.const 104))
(assert_return (invoke "mixed" (i32.const 0x80000000)) (i32.const 104))
(assert_return (invoke "mixed" (i32.const 0xffffffff)) (i32.const 104))
(assert_return (invoke "same" (i32.const 0)) (i32.const 0))
(assert_return (invoke "same" (i32.const 1)) (i32.const 3))
(assert_return (invoke "same" (i32.const 1499)) (i32.const 4497))
(assert_return (invoke "same" (i32.const 1500)) (i32.const 4500))
(assert_return (invoke "same" (i32.const 100000)) (i32.const 300000))
(assert_return (invoke "same" (i32.const -1)) (i32.const -3))
(assert_return (invoke "loop" (i32.const 1)) (i32.const 1))
(assert_return (invoke "loop" (i32.const 2)) (i32.const 2))
(assert_return (invoke "loop" (i32.const 5)) (i32.const 1))
(assert_return (invoke "loop" (i32.const 6)) (i32.const 2))
(assert_return (invoke "loop" (i32.const 20)) (i32.const 16))

;; One target for each of 300 nested blocks; each adds to a count on the way out.
(module
  (func (export "nested") (param i32) (result i32) (local $n i32)
(block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block 
      (br_table
        0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24
        25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49
        50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74
        75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99
        100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 121 122 123 124
        125 126 127 128 129 130 131 132 133 134 135 136 137 138 139 140 141 142 143 144 145 146 147 148 149
        150 151 152 153 154 155 156 157 158 159 160 161 162 163 164 165 166 167 168 169 170 171 172 173 174
        175 176 177 178 179 180 181 182 183 184 185 186 187 188 189 190 191 192 193 194 195 196 197 198 199
        200 201 202 203 204 205 206 207 208 209 210 211 212 213 214 215 216 217 218 219 220 221 222 223 224
        225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 244 245 246 247 248 249
        250 251 252 253 254 255 256 257 258 259 260 261 262 263 264 265 266 267 268 269 270 271 272 273 274
        275 276 277 278 279 280 281 282 283 284 285 286 287 288 289 290 291 292 293 294 295 296 297 298 299
        (local.get 0))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    ) (local.set $n (i32.add (local.get $n) (i32.const 1))) ) (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (local.get $n))
)
(assert_return (invoke "nested" (i32.const 0)) (i32.const 300))
(assert_return (invoke "nested" (i32.const 1)) (i32.const 299))
(assert_return (invoke "nested" (i32.const 2)) (i32.const 298))
(assert_return (invoke "nested" (i32.const 150)) (i32.const 150))
(assert_return (invoke "nested" (i32.const 298)) (i32.const 2))
(assert_return (invoke "nested" (i32.const 299)) (i32.const 1))
(assert_return (invoke "nested" (i32.const 300)) (i32.const 1))
(assert_return (invoke "nested" (i32.const -1)) (i32.const 1))
