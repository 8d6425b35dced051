;; A function that calls one far behind it.
(module
  (func (export "first") (result i32) (call $last))
  (func $second (export "second") (result i32) (i32.add (call $third) (i32.const 1)))
  (func $third (result i32) (i32.const 10))
  (func $last (result i32) (i32.add (call $second) (i32.const 100))))
(assert_return (invoke "first") (i32.const 111))
(assert_return (invoke "second") (i32.const 11))
