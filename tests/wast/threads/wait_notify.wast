;; Threads that share a memory: what one writes another sees, and waiting ends by notification.

(module $shared
  (memory (export "memory") 1 2 shared)
)
(register "m" $shared)

(thread $waiter (shared (module $shared))
  (register "m" $shared)
  (module
    (import "m" "memory" (memory 1 2 shared))
    ;; Says that it is here, then waits for the flag to change.
    (func (export "run") (result i32)
      (i32.atomic.store (i32.const 4) (i32.const 1))
      (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
    (func (export "read") (result i32) (i32.atomic.load (i32.const 8)))
  )
  ;; Woken, or the flag was set before it came to wait.
  (assert_return (invoke "run") (either (i32.const 0) (i32.const 1)))
  (assert_return (invoke "read") (i32.const 42))
)

(thread $notifier (shared (module $shared))
  (register "m" $shared)
  (module
    (import "m" "memory" (memory 1 2 shared))
    (func (export "run")
      (loop $until_it_is_here
        (br_if $until_it_is_here (i32.eqz (i32.atomic.load (i32.const 4)))))
      (i32.atomic.store (i32.const 8) (i32.const 42))
      (i32.atomic.store (i32.const 0) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
  )
  (assert_return (invoke "run"))
)
(wait $waiter)
(wait $notifier)

;; Two threads count to twenty thousand together.
(thread $a (shared (module $shared))
  (register "m" $shared)
  (module
    (import "m" "memory" (memory 1 2 shared))
    (func (export "run") (local $i i32)
      (loop $again
        (drop (i64.atomic.rmw.add (i32.const 16) (i64.const 1)))
        (br_if $again
          (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10000)))))
  )
  (assert_return (invoke "run"))
)
(thread $b (shared (module $shared))
  (register "m" $shared)
  (module
    (import "m" "memory" (memory 1 2 shared))
    (func (export "run") (local $i i32)
      (loop $again
        (drop (i64.atomic.rmw.add (i32.const 16) (i64.const 1)))
        (br_if $again
          (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10000)))))
  )
  (assert_return (invoke "run"))
)
(wait $a)
(wait $b)

;; A thread grows the memory; the size and the new page are seen here.
(thread $grower (shared (module $shared))
  (register "m" $shared)
  (module
    (import "m" "memory" (memory 1 2 shared))
    (func (export "grow") (result i32)
      (memory.grow (i32.const 1))
      (i32.atomic.store (i32.const 0x1_fffc) (i32.const 7)))
  )
  (assert_return (invoke "grow") (i32.const 1))
)
(wait $grower)

(module
  (import "m" "memory" (memory 1 2 shared))
  (func (export "count") (result i64) (i64.atomic.load (i32.const 16)))
  (func (export "last") (result i32) (i32.atomic.load (i32.const 0x1_fffc)))
  (func (export "size") (result i32) (memory.size))
  (func (export "wait32") (param i32 i64) (result i32) (memory.atomic.wait32 (i32.const 64) (local.get 0) (local.get 1)))
  (func (export "wait64") (param i64 i64) (result i32) (memory.atomic.wait64 (i32.const 64) (local.get 0) (local.get 1)))
  (func (export "notify") (result i32) (memory.atomic.notify (i32.const 64) (i32.const -1)))
)
(assert_return (invoke "count") (i64.const 20000))
(assert_return (invoke "last") (i32.const 7))
(assert_return (invoke "size") (i32.const 2))

;; Not equal, timed out at once, timed out after a microsecond; nobody to notify.
(assert_return (invoke "wait32" (i32.const 1) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait64" (i64.const 1) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait32" (i32.const 0) (i64.const 0)) (i32.const 2))
(assert_return (invoke "wait64" (i64.const 0) (i64.const 1000)) (i32.const 2))
(assert_return (invoke "notify") (i32.const 0))
