;; Memories and tables with 64-bit addresses as imports: limits are compared as with 32 bits, and the address types
;; must be equal.

(module $exporter
  (memory (export "memory") i64 2 5)
  (memory (export "unlimited") i64 2)
  (memory (export "huge maximum") i64 2 0x1_0000_0000)
  (memory (export "memory32") i32 2 5)
  (memory (export "shared") i64 2 5 shared)
  (table (export "table") i64 2 5 funcref)
  (table (export "externs") i64 2 5 externref)
  (table (export "unlimited table") i64 2 funcref)
  (table (export "table32") i32 2 5 funcref)
  (data (i64.const 0) "\2a")
  (func (export "size") (result i64) (memory.size))
)
(register "e" $exporter)

;; The same limits, a smaller minimum, a larger maximum, none.
(module (import "e" "memory" (memory i64 2 5)))
(module (import "e" "memory" (memory i64 1 5)))
(module (import "e" "memory" (memory i64 0 6)))
(module (import "e" "memory" (memory i64 0)))
(module (import "e" "memory" (memory i64 2 0x1_0000_0000_0000)))
(module (import "e" "unlimited" (memory i64 2)))
(module (import "e" "huge maximum" (memory i64 2 0x1_0000_0000)))
(module (import "e" "huge maximum" (memory i64 2)))
(module (import "e" "shared" (memory i64 2 5 shared)))
(module (import "e" "table" (table i64 2 5 funcref)))
(module (import "e" "table" (table i64 1 6 funcref)))
(module (import "e" "table" (table i64 0 funcref)))
(module (import "e" "unlimited table" (table i64 2 funcref)))
(module (import "e" "table" (table i64 2 0xffff_ffff_ffff_ffff funcref)))
(module (import "e" "externs" (table i64 2 5 externref)))

;; A larger minimum, a smaller maximum, a maximum where there is none.
(assert_unlinkable (module (import "e" "memory" (memory i64 3))) "incompatible import type")
(assert_unlinkable (module (import "e" "memory" (memory i64 2 4))) "incompatible import type")
(assert_unlinkable (module (import "e" "unlimited" (memory i64 2 5))) "incompatible import type")
(assert_unlinkable (module (import "e" "unlimited" (memory i64 2 0x1_0000_0000_0000))) "incompatible import type")
(assert_unlinkable (module (import "e" "huge maximum" (memory i64 2 5))) "incompatible import type")
(assert_unlinkable (module (import "e" "table" (table i64 3 funcref))) "incompatible import type")
(assert_unlinkable (module (import "e" "table" (table i64 2 4 funcref))) "incompatible import type")
(assert_unlinkable (module (import "e" "unlimited table" (table i64 2 5 funcref))) "incompatible import type")
;; A minimum of which the low 32 bits would fit.
(assert_unlinkable (module (import "e" "memory" (memory i64 0x1_0000_0000))) "incompatible import type")
(assert_unlinkable (module (import "e" "table" (table i64 0x1_0000_0001 funcref))) "incompatible import type")

;; The other address type.
(assert_unlinkable (module (import "e" "memory" (memory 2 5))) "incompatible import type")
(assert_unlinkable (module (import "e" "memory32" (memory i64 2 5))) "incompatible import type")
(assert_unlinkable (module (import "e" "table" (table 2 5 funcref))) "incompatible import type")
(assert_unlinkable (module (import "e" "table32" (table i64 2 5 funcref))) "incompatible import type")
(assert_unlinkable (module (import "spectest" "memory" (memory i64 1 2))) "incompatible import type")
(assert_unlinkable (module (import "spectest" "table" (table i64 10 20 funcref))) "incompatible import type")
(assert_unlinkable (module (import "spectest" "table64" (table 10 20 funcref))) "incompatible import type")
(module (import "spectest" "table64" (table i64 10 20 funcref)))

;; Shared or not, element types, kinds, names.
(assert_unlinkable (module (import "e" "shared" (memory i64 2 5))) "incompatible import type")
(assert_unlinkable (module (import "e" "memory" (memory i64 2 5 shared))) "incompatible import type")
(assert_unlinkable (module (import "e" "table" (table i64 2 5 externref))) "incompatible import type")
(assert_unlinkable (module (import "e" "table" (memory i64 2 5))) "incompatible import type")
(assert_unlinkable (module (import "e" "memory" (table i64 2 5 funcref))) "incompatible import type")
(assert_unlinkable (module (import "e" "size" (memory i64 2 5))) "incompatible import type")
(assert_unlinkable (module (import "e" "none" (memory i64 2 5))) "unknown import")
(assert_unlinkable (module (import "e" "none" (table i64 2 5 funcref))) "unknown import")

;; One memory, seen from two modules: contents and size.
(module
  (import "e" "memory" (memory i64 1))
  (func (export "load") (param i64) (result i32) (i32.load8_u (local.get 0)))
  (func (export "store") (param i64 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
  (func (export "size") (result i64) (memory.size))
)
(assert_return (invoke "load" (i64.const 0)) (i32.const 0x2a))
(assert_return (invoke "grow" (i64.const 2)) (i64.const 2))
(assert_return (invoke $exporter "size") (i64.const 4))
(assert_return (invoke "store" (i64.const 0x3_ffff) (i32.const 7)))
(assert_return (invoke "grow" (i64.const 2)) (i64.const -1))
;; Its size counts as the minimum now.
(module
  (import "e" "memory" (memory i64 4))
  (func (export "load") (param i64) (result i32) (i32.load8_u (local.get 0)))
)
(assert_return (invoke "load" (i64.const 0x3_ffff)) (i32.const 7))
(assert_unlinkable (module (import "e" "memory" (memory i64 5))) "incompatible import type")
