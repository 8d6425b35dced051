;; Every operator that takes an address, length or index of a 64-bit memory or table refuses an i32, and those
;; of 32-bit ones refuse an i64.

;; Loads and stores.
(assert_invalid
  (module (memory i64 1) (func (drop (i32.load (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i32.load (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i64.load (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (f32.load (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (f32.load (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (f64.load (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (f64.load (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (i32.load8_s (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i32.load8_s (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (i32.load8_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i32.load8_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (i32.load16_s (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i32.load16_s (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (i32.load16_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i32.load16_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load8_s (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i64.load8_s (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load8_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i64.load8_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load16_s (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i64.load16_s (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load16_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i64.load16_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load32_s (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i64.load32_s (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load32_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i64.load32_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (i32.store (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (i32.store (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (i64.store (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (i64.store (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (f32.store (i32.const 0) (f32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (f32.store (i64.const 0) (f32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (f64.store (i32.const 0) (f64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (f64.store (i64.const 0) (f64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (i32.store8 (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (i32.store8 (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (i32.store16 (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (i32.store16 (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (i64.store8 (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (i64.store8 (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (i64.store16 (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (i64.store16 (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (i64.store32 (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (i64.store32 (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load8x8_s (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load8x8_s (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load8x8_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load8x8_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load16x4_s (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load16x4_s (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load16x4_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load16x4_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load32x2_s (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load32x2_s (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load32x2_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load32x2_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load8_splat (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load8_splat (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load16_splat (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load16_splat (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load32_splat (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load32_splat (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load64_splat (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load64_splat (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load32_zero (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load32_zero (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load64_zero (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load64_zero (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (v128.store (i32.const 0) (v128.const i64x2 0 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (v128.store (i64.const 0) (v128.const i64x2 0 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load8_lane 0 (i32.const 0) (v128.const i64x2 0 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load8_lane 0 (i64.const 0) (v128.const i64x2 0 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (v128.store8_lane 0 (i32.const 0) (v128.const i64x2 0 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (v128.store8_lane 0 (i64.const 0) (v128.const i64x2 0 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load16_lane 0 (i32.const 0) (v128.const i64x2 0 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load16_lane 0 (i64.const 0) (v128.const i64x2 0 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (v128.store16_lane 0 (i32.const 0) (v128.const i64x2 0 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (v128.store16_lane 0 (i64.const 0) (v128.const i64x2 0 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load32_lane 0 (i32.const 0) (v128.const i64x2 0 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load32_lane 0 (i64.const 0) (v128.const i64x2 0 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (v128.store32_lane 0 (i32.const 0) (v128.const i64x2 0 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (v128.store32_lane 0 (i64.const 0) (v128.const i64x2 0 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load64_lane 0 (i32.const 0) (v128.const i64x2 0 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (v128.load64_lane 0 (i64.const 0) (v128.const i64x2 0 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (v128.store64_lane 0 (i32.const 0) (v128.const i64x2 0 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (v128.store64_lane 0 (i64.const 0) (v128.const i64x2 0 0))))
  "type mismatch")

;; Atomic accesses.
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (memory.atomic.notify (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (memory.atomic.notify (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (memory.atomic.wait32 (i64.const 0) (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (memory.atomic.wait64 (i32.const 0) (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (memory.atomic.wait64 (i64.const 0) (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.load (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.load (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i32.atomic.store (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (i32.atomic.store (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw.add (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.sub (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw.sub (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.and (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw.and (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.or (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw.or (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.xor (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw.xor (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.xchg (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw.xchg (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw.cmpxchg (i64.const 0) (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.load (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.load (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i64.atomic.store (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (i64.atomic.store (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.add (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw.add (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.sub (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw.sub (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.and (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw.and (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.or (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw.or (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.xor (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw.xor (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.xchg (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw.xchg (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.cmpxchg (i32.const 0) (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw.cmpxchg (i64.const 0) (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.load8_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.load8_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i32.atomic.store8 (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (i32.atomic.store8 (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.add_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw8.add_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.sub_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw8.sub_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.and_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw8.and_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.or_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw8.or_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.xor_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw8.xor_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.xchg_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw8.xchg_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.cmpxchg_u (i32.const 0) (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw8.cmpxchg_u (i64.const 0) (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.load16_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.load16_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i32.atomic.store16 (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (i32.atomic.store16 (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.add_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw16.add_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.sub_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw16.sub_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.and_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw16.and_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.or_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw16.or_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.xor_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw16.xor_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.xchg_u (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw16.xchg_u (i64.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.cmpxchg_u (i32.const 0) (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.rmw16.cmpxchg_u (i64.const 0) (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.load8_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.load8_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i64.atomic.store8 (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (i64.atomic.store8 (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.add_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw8.add_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.sub_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw8.sub_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.and_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw8.and_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.or_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw8.or_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.xor_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw8.xor_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.xchg_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw8.xchg_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.cmpxchg_u (i32.const 0) (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw8.cmpxchg_u (i64.const 0) (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.load16_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.load16_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i64.atomic.store16 (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (i64.atomic.store16 (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.add_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw16.add_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.sub_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw16.sub_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.and_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw16.and_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.or_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw16.or_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.xor_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw16.xor_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.xchg_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw16.xchg_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.cmpxchg_u (i32.const 0) (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw16.cmpxchg_u (i64.const 0) (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.load32_u (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.load32_u (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i64.atomic.store32 (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (i64.atomic.store32 (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.add_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw32.add_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.sub_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw32.sub_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.and_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw32.and_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.or_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw32.or_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.xor_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw32.xor_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.xchg_u (i32.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw32.xchg_u (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.cmpxchg_u (i32.const 0) (i64.const 0) (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i64.atomic.rmw32.cmpxchg_u (i64.const 0) (i64.const 0) (i64.const 0)))))
  "type mismatch")

;; Operators on whole memories: one wrong operand at a time.
(assert_invalid
  (module (memory i64 1) (func (drop (memory.grow (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (memory.fill (i32.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (memory.fill (i64.const 0) (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (memory.fill (i64.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (memory.copy (i32.const 0) (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (memory.copy (i64.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (memory.copy (i64.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (data "x") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (data "x") (func (memory.init 0 (i64.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (data "x") (func (memory.init 0 (i64.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch")

;; Copies between memories of two kinds: each address is of its own memory's type, the length is an i64 only if both
;; are 64-bit.
(assert_invalid
  (module (memory $a i64 1) (memory $b 1) (func (memory.copy $a $b (i32.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory $a i64 1) (memory $b 1) (func (memory.copy $a $b (i64.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory $a i64 1) (memory $b 1) (func (memory.copy $a $b (i64.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory $a i64 1) (memory $b 1) (func (memory.copy $b $a (i64.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory $a i64 1) (memory $b 1) (func (memory.copy $b $a (i32.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory $a i64 1) (memory $b 1) (func (memory.copy $b $a (i32.const 0) (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory $a i64 1) (memory $b 1) (memory $c i64 1) (func (memory.copy $a $c (i32.const 0) (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory $a i64 1) (memory $b 1) (memory $c i64 1) (func (memory.copy $a $c (i64.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory $a i64 1) (memory $b 1) (memory $c i64 1) (func (memory.copy $a $c (i64.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch")

;; Results.
(assert_invalid
  (module (memory i64 1) (func (result i32) (memory.size)))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (result i32) (memory.grow (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (func (result i32) (table.size)))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (func (result i32) (table.grow (ref.null func) (i64.const 0))))
  "type mismatch")

;; Tables.
(assert_invalid
  (module (table i64 1 funcref) (func (drop (table.get (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (table 1 funcref) (func (drop (table.get (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (func (table.set (i32.const 0) (ref.null func))))
  "type mismatch")
(assert_invalid
  (module (table 1 funcref) (func (table.set (i64.const 0) (ref.null func))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (func (drop (table.grow (ref.null func) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (func (table.fill (i32.const 0) (ref.null func) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (func (table.fill (i64.const 0) (ref.null func) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (func (call_indirect (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (table 1 funcref) (func (call_indirect (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (func (table.copy (i32.const 0) (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (func (table.copy (i64.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (func (table.copy (i64.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (elem func) (func (table.init 0 (i32.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (elem func) (func (table.init 0 (i64.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (table i64 1 funcref) (elem func) (func (table.init 0 (i64.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (table $a i64 1 funcref) (table $b 1 funcref) (func (table.copy $a $b (i32.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (table $a i64 1 funcref) (table $b 1 funcref) (func (table.copy $a $b (i64.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (table $a i64 1 funcref) (table $b 1 funcref) (func (table.copy $a $b (i64.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (table $a i64 1 funcref) (table $b 1 funcref) (func (table.copy $b $a (i64.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (table $a i64 1 funcref) (table $b 1 funcref) (func (table.copy $b $a (i32.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (table $a i64 1 funcref) (table $b 1 funcref) (func (table.copy $b $a (i32.const 0) (i64.const 0) (i64.const 0))))
  "type mismatch")

;; Offsets of active segments.
(assert_invalid (module (memory i64 1) (data (i32.const 0) "x")) "type mismatch")
(assert_invalid (module (memory 1) (data (i64.const 0) "x")) "type mismatch")
(assert_invalid (module (table i64 1 funcref) (elem (i32.const 0) func)) "type mismatch")
(assert_invalid (module (table 1 funcref) (elem (i64.const 0) func)) "type mismatch")
(assert_invalid (module (global (import "m" "g") i32) (memory i64 1) (data (global.get 0) "x")) "type mismatch")
(assert_invalid (module (global (import "m" "g") i32) (table i64 1 funcref) (elem (global.get 0) func)) "type mismatch")
