;; The alignment of every memory access to a 64-bit memory: each power of two up to the size is right, the one
;; above it is not. Atomic accesses must say exactly their size. Offsets have 64 bits.

(module
  (memory i64 1)
  (func (drop (i32.load align=1 (i64.const 0))))
  (func (drop (i32.load align=2 (i64.const 0))))
  (func (drop (i32.load align=4 (i64.const 0))))
  (func (drop (i64.load align=1 (i64.const 0))))
  (func (drop (i64.load align=2 (i64.const 0))))
  (func (drop (i64.load align=4 (i64.const 0))))
  (func (drop (i64.load align=8 (i64.const 0))))
  (func (drop (f32.load align=1 (i64.const 0))))
  (func (drop (f32.load align=2 (i64.const 0))))
  (func (drop (f32.load align=4 (i64.const 0))))
  (func (drop (f64.load align=1 (i64.const 0))))
  (func (drop (f64.load align=2 (i64.const 0))))
  (func (drop (f64.load align=4 (i64.const 0))))
  (func (drop (f64.load align=8 (i64.const 0))))
  (func (drop (i32.load8_s align=1 (i64.const 0))))
  (func (drop (i32.load8_u align=1 (i64.const 0))))
  (func (drop (i32.load16_s align=1 (i64.const 0))))
  (func (drop (i32.load16_s align=2 (i64.const 0))))
  (func (drop (i32.load16_u align=1 (i64.const 0))))
  (func (drop (i32.load16_u align=2 (i64.const 0))))
  (func (drop (i64.load8_s align=1 (i64.const 0))))
  (func (drop (i64.load8_u align=1 (i64.const 0))))
  (func (drop (i64.load16_s align=1 (i64.const 0))))
  (func (drop (i64.load16_s align=2 (i64.const 0))))
  (func (drop (i64.load16_u align=1 (i64.const 0))))
  (func (drop (i64.load16_u align=2 (i64.const 0))))
  (func (drop (i64.load32_s align=1 (i64.const 0))))
  (func (drop (i64.load32_s align=2 (i64.const 0))))
  (func (drop (i64.load32_s align=4 (i64.const 0))))
  (func (drop (i64.load32_u align=1 (i64.const 0))))
  (func (drop (i64.load32_u align=2 (i64.const 0))))
  (func (drop (i64.load32_u align=4 (i64.const 0))))
  (func (i32.store align=1 (i64.const 0) (i32.const 0)))
  (func (i32.store align=2 (i64.const 0) (i32.const 0)))
  (func (i32.store align=4 (i64.const 0) (i32.const 0)))
  (func (i64.store align=1 (i64.const 0) (i64.const 0)))
  (func (i64.store align=2 (i64.const 0) (i64.const 0)))
  (func (i64.store align=4 (i64.const 0) (i64.const 0)))
  (func (i64.store align=8 (i64.const 0) (i64.const 0)))
  (func (f32.store align=1 (i64.const 0) (f32.const 0)))
  (func (f32.store align=2 (i64.const 0) (f32.const 0)))
  (func (f32.store align=4 (i64.const 0) (f32.const 0)))
  (func (f64.store align=1 (i64.const 0) (f64.const 0)))
  (func (f64.store align=2 (i64.const 0) (f64.const 0)))
  (func (f64.store align=4 (i64.const 0) (f64.const 0)))
  (func (f64.store align=8 (i64.const 0) (f64.const 0)))
  (func (i32.store8 align=1 (i64.const 0) (i32.const 0)))
  (func (i32.store16 align=1 (i64.const 0) (i32.const 0)))
  (func (i32.store16 align=2 (i64.const 0) (i32.const 0)))
  (func (i64.store8 align=1 (i64.const 0) (i64.const 0)))
  (func (i64.store16 align=1 (i64.const 0) (i64.const 0)))
  (func (i64.store16 align=2 (i64.const 0) (i64.const 0)))
  (func (i64.store32 align=1 (i64.const 0) (i64.const 0)))
  (func (i64.store32 align=2 (i64.const 0) (i64.const 0)))
  (func (i64.store32 align=4 (i64.const 0) (i64.const 0)))
  (func (drop (v128.load align=1 (i64.const 0))))
  (func (drop (v128.load align=2 (i64.const 0))))
  (func (drop (v128.load align=4 (i64.const 0))))
  (func (drop (v128.load align=8 (i64.const 0))))
  (func (drop (v128.load align=16 (i64.const 0))))
  (func (drop (v128.load8x8_s align=1 (i64.const 0))))
  (func (drop (v128.load8x8_s align=2 (i64.const 0))))
  (func (drop (v128.load8x8_s align=4 (i64.const 0))))
  (func (drop (v128.load8x8_s align=8 (i64.const 0))))
  (func (drop (v128.load8x8_u align=1 (i64.const 0))))
  (func (drop (v128.load8x8_u align=2 (i64.const 0))))
  (func (drop (v128.load8x8_u align=4 (i64.const 0))))
  (func (drop (v128.load8x8_u align=8 (i64.const 0))))
  (func (drop (v128.load16x4_s align=1 (i64.const 0))))
  (func (drop (v128.load16x4_s align=2 (i64.const 0))))
  (func (drop (v128.load16x4_s align=4 (i64.const 0))))
  (func (drop (v128.load16x4_s align=8 (i64.const 0))))
  (func (drop (v128.load16x4_u align=1 (i64.const 0))))
  (func (drop (v128.load16x4_u align=2 (i64.const 0))))
  (func (drop (v128.load16x4_u align=4 (i64.const 0))))
  (func (drop (v128.load16x4_u align=8 (i64.const 0))))
  (func (drop (v128.load32x2_s align=1 (i64.const 0))))
  (func (drop (v128.load32x2_s align=2 (i64.const 0))))
  (func (drop (v128.load32x2_s align=4 (i64.const 0))))
  (func (drop (v128.load32x2_s align=8 (i64.const 0))))
  (func (drop (v128.load32x2_u align=1 (i64.const 0))))
  (func (drop (v128.load32x2_u align=2 (i64.const 0))))
  (func (drop (v128.load32x2_u align=4 (i64.const 0))))
  (func (drop (v128.load32x2_u align=8 (i64.const 0))))
  (func (drop (v128.load8_splat align=1 (i64.const 0))))
  (func (drop (v128.load16_splat align=1 (i64.const 0))))
  (func (drop (v128.load16_splat align=2 (i64.const 0))))
  (func (drop (v128.load32_splat align=1 (i64.const 0))))
  (func (drop (v128.load32_splat align=2 (i64.const 0))))
  (func (drop (v128.load32_splat align=4 (i64.const 0))))
  (func (drop (v128.load64_splat align=1 (i64.const 0))))
  (func (drop (v128.load64_splat align=2 (i64.const 0))))
  (func (drop (v128.load64_splat align=4 (i64.const 0))))
  (func (drop (v128.load64_splat align=8 (i64.const 0))))
  (func (drop (v128.load32_zero align=1 (i64.const 0))))
  (func (drop (v128.load32_zero align=2 (i64.const 0))))
  (func (drop (v128.load32_zero align=4 (i64.const 0))))
  (func (drop (v128.load64_zero align=1 (i64.const 0))))
  (func (drop (v128.load64_zero align=2 (i64.const 0))))
  (func (drop (v128.load64_zero align=4 (i64.const 0))))
  (func (drop (v128.load64_zero align=8 (i64.const 0))))
  (func (v128.store align=1 (i64.const 0) (v128.const i64x2 0 0)))
  (func (v128.store align=2 (i64.const 0) (v128.const i64x2 0 0)))
  (func (v128.store align=4 (i64.const 0) (v128.const i64x2 0 0)))
  (func (v128.store align=8 (i64.const 0) (v128.const i64x2 0 0)))
  (func (v128.store align=16 (i64.const 0) (v128.const i64x2 0 0)))
  (func (drop (v128.load8_lane align=1 0 (i64.const 0) (v128.const i64x2 0 0))))
  (func (v128.store8_lane align=1 0 (i64.const 0) (v128.const i64x2 0 0)))
  (func (drop (v128.load16_lane align=1 0 (i64.const 0) (v128.const i64x2 0 0))))
  (func (drop (v128.load16_lane align=2 0 (i64.const 0) (v128.const i64x2 0 0))))
  (func (v128.store16_lane align=1 0 (i64.const 0) (v128.const i64x2 0 0)))
  (func (v128.store16_lane align=2 0 (i64.const 0) (v128.const i64x2 0 0)))
  (func (drop (v128.load32_lane align=1 0 (i64.const 0) (v128.const i64x2 0 0))))
  (func (drop (v128.load32_lane align=2 0 (i64.const 0) (v128.const i64x2 0 0))))
  (func (drop (v128.load32_lane align=4 0 (i64.const 0) (v128.const i64x2 0 0))))
  (func (v128.store32_lane align=1 0 (i64.const 0) (v128.const i64x2 0 0)))
  (func (v128.store32_lane align=2 0 (i64.const 0) (v128.const i64x2 0 0)))
  (func (v128.store32_lane align=4 0 (i64.const 0) (v128.const i64x2 0 0)))
  (func (drop (v128.load64_lane align=1 0 (i64.const 0) (v128.const i64x2 0 0))))
  (func (drop (v128.load64_lane align=2 0 (i64.const 0) (v128.const i64x2 0 0))))
  (func (drop (v128.load64_lane align=4 0 (i64.const 0) (v128.const i64x2 0 0))))
  (func (drop (v128.load64_lane align=8 0 (i64.const 0) (v128.const i64x2 0 0))))
  (func (v128.store64_lane align=1 0 (i64.const 0) (v128.const i64x2 0 0)))
  (func (v128.store64_lane align=2 0 (i64.const 0) (v128.const i64x2 0 0)))
  (func (v128.store64_lane align=4 0 (i64.const 0) (v128.const i64x2 0 0)))
  (func (v128.store64_lane align=8 0 (i64.const 0) (v128.const i64x2 0 0)))
)

(module
  (memory i64 1 1 shared)
  (func (drop (memory.atomic.notify align=4 (i64.const 0) (i32.const 0))))
  (func (drop (memory.atomic.wait32 align=4 (i64.const 0) (i32.const 0) (i64.const 0))))
  (func (drop (memory.atomic.wait64 align=8 (i64.const 0) (i64.const 0) (i64.const 0))))
  (func (drop (i32.atomic.load align=4 (i64.const 0))))
  (func (i32.atomic.store align=4 (i64.const 0) (i32.const 0)))
  (func (drop (i32.atomic.rmw.add align=4 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw.sub align=4 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw.and align=4 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw.or align=4 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw.xor align=4 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw.xchg align=4 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw.cmpxchg align=4 (i64.const 0) (i32.const 0) (i32.const 0))))
  (func (drop (i64.atomic.load align=8 (i64.const 0))))
  (func (i64.atomic.store align=8 (i64.const 0) (i64.const 0)))
  (func (drop (i64.atomic.rmw.add align=8 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw.sub align=8 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw.and align=8 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw.or align=8 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw.xor align=8 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw.xchg align=8 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw.cmpxchg align=8 (i64.const 0) (i64.const 0) (i64.const 0))))
  (func (drop (i32.atomic.load8_u align=1 (i64.const 0))))
  (func (i32.atomic.store8 align=1 (i64.const 0) (i32.const 0)))
  (func (drop (i32.atomic.rmw8.add_u align=1 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw8.sub_u align=1 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw8.and_u align=1 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw8.or_u align=1 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw8.xor_u align=1 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw8.xchg_u align=1 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw8.cmpxchg_u align=1 (i64.const 0) (i32.const 0) (i32.const 0))))
  (func (drop (i32.atomic.load16_u align=2 (i64.const 0))))
  (func (i32.atomic.store16 align=2 (i64.const 0) (i32.const 0)))
  (func (drop (i32.atomic.rmw16.add_u align=2 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw16.sub_u align=2 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw16.and_u align=2 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw16.or_u align=2 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw16.xor_u align=2 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw16.xchg_u align=2 (i64.const 0) (i32.const 0))))
  (func (drop (i32.atomic.rmw16.cmpxchg_u align=2 (i64.const 0) (i32.const 0) (i32.const 0))))
  (func (drop (i64.atomic.load8_u align=1 (i64.const 0))))
  (func (i64.atomic.store8 align=1 (i64.const 0) (i64.const 0)))
  (func (drop (i64.atomic.rmw8.add_u align=1 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw8.sub_u align=1 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw8.and_u align=1 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw8.or_u align=1 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw8.xor_u align=1 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw8.xchg_u align=1 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw8.cmpxchg_u align=1 (i64.const 0) (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.load16_u align=2 (i64.const 0))))
  (func (i64.atomic.store16 align=2 (i64.const 0) (i64.const 0)))
  (func (drop (i64.atomic.rmw16.add_u align=2 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw16.sub_u align=2 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw16.and_u align=2 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw16.or_u align=2 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw16.xor_u align=2 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw16.xchg_u align=2 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw16.cmpxchg_u align=2 (i64.const 0) (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.load32_u align=4 (i64.const 0))))
  (func (i64.atomic.store32 align=4 (i64.const 0) (i64.const 0)))
  (func (drop (i64.atomic.rmw32.add_u align=4 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw32.sub_u align=4 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw32.and_u align=4 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw32.or_u align=4 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw32.xor_u align=4 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw32.xchg_u align=4 (i64.const 0) (i64.const 0))))
  (func (drop (i64.atomic.rmw32.cmpxchg_u align=4 (i64.const 0) (i64.const 0) (i64.const 0))))
)

;; Larger than the size.
(assert_invalid
  (module (memory i64 1) (func (drop (i32.load align=8 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load align=16 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (f32.load align=8 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (f64.load align=16 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (i32.load8_s align=2 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (i32.load8_u align=2 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (i32.load16_s align=4 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (i32.load16_u align=4 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load8_s align=2 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load8_u align=2 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load16_s align=4 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load16_u align=4 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load32_s align=8 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (i64.load32_u align=8 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (i32.store align=8 (i64.const 0) (i32.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (i64.store align=16 (i64.const 0) (i64.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (f32.store align=8 (i64.const 0) (f32.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (f64.store align=16 (i64.const 0) (f64.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (i32.store8 align=2 (i64.const 0) (i32.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (i32.store16 align=4 (i64.const 0) (i32.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (i64.store8 align=2 (i64.const 0) (i64.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (i64.store16 align=4 (i64.const 0) (i64.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (i64.store32 align=8 (i64.const 0) (i64.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load align=32 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load8x8_s align=16 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load8x8_u align=16 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load16x4_s align=16 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load16x4_u align=16 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load32x2_s align=16 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load32x2_u align=16 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load8_splat align=2 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load16_splat align=4 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load32_splat align=8 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load64_splat align=16 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load32_zero align=8 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load64_zero align=16 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (v128.store align=32 (i64.const 0) (v128.const i64x2 0 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load8_lane align=2 0 (i64.const 0) (v128.const i64x2 0 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (v128.store8_lane align=2 0 (i64.const 0) (v128.const i64x2 0 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load16_lane align=4 0 (i64.const 0) (v128.const i64x2 0 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (v128.store16_lane align=4 0 (i64.const 0) (v128.const i64x2 0 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load32_lane align=8 0 (i64.const 0) (v128.const i64x2 0 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (v128.store32_lane align=8 0 (i64.const 0) (v128.const i64x2 0 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (drop (v128.load64_lane align=16 0 (i64.const 0) (v128.const i64x2 0 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1) (func (v128.store64_lane align=16 0 (i64.const 0) (v128.const i64x2 0 0))))
  "alignment must not be larger than natural")

;; Atomic accesses: neither larger nor smaller.
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (memory.atomic.notify align=2 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (memory.atomic.notify align=8 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (memory.atomic.wait32 align=2 (i64.const 0) (i32.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (memory.atomic.wait32 align=8 (i64.const 0) (i32.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (memory.atomic.wait64 align=4 (i64.const 0) (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (memory.atomic.wait64 align=16 (i64.const 0) (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.load align=2 (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.load align=8 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i32.atomic.store align=2 (i64.const 0) (i32.const 0))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i32.atomic.store align=8 (i64.const 0) (i32.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.add align=2 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.add align=8 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.sub align=2 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.sub align=8 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.and align=2 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.and align=8 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.or align=2 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.or align=8 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.xor align=2 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.xor align=8 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.xchg align=2 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.xchg align=8 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.cmpxchg align=2 (i64.const 0) (i32.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw.cmpxchg align=8 (i64.const 0) (i32.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.load align=4 (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.load align=16 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i64.atomic.store align=4 (i64.const 0) (i64.const 0))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i64.atomic.store align=16 (i64.const 0) (i64.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.add align=4 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.add align=16 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.sub align=4 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.sub align=16 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.and align=4 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.and align=16 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.or align=4 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.or align=16 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.xor align=4 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.xor align=16 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.xchg align=4 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.xchg align=16 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.cmpxchg align=4 (i64.const 0) (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw.cmpxchg align=16 (i64.const 0) (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.load8_u align=2 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i32.atomic.store8 align=2 (i64.const 0) (i32.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.add_u align=2 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.sub_u align=2 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.and_u align=2 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.or_u align=2 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.xor_u align=2 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.xchg_u align=2 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw8.cmpxchg_u align=2 (i64.const 0) (i32.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.load16_u align=1 (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.load16_u align=4 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i32.atomic.store16 align=1 (i64.const 0) (i32.const 0))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i32.atomic.store16 align=4 (i64.const 0) (i32.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.add_u align=1 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.add_u align=4 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.sub_u align=1 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.sub_u align=4 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.and_u align=1 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.and_u align=4 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.or_u align=1 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.or_u align=4 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.xor_u align=1 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.xor_u align=4 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.xchg_u align=1 (i64.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.xchg_u align=4 (i64.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.cmpxchg_u align=1 (i64.const 0) (i32.const 0) (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i32.atomic.rmw16.cmpxchg_u align=4 (i64.const 0) (i32.const 0) (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.load8_u align=2 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i64.atomic.store8 align=2 (i64.const 0) (i64.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.add_u align=2 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.sub_u align=2 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.and_u align=2 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.or_u align=2 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.xor_u align=2 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.xchg_u align=2 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw8.cmpxchg_u align=2 (i64.const 0) (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.load16_u align=1 (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.load16_u align=4 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i64.atomic.store16 align=1 (i64.const 0) (i64.const 0))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i64.atomic.store16 align=4 (i64.const 0) (i64.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.add_u align=1 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.add_u align=4 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.sub_u align=1 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.sub_u align=4 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.and_u align=1 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.and_u align=4 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.or_u align=1 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.or_u align=4 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.xor_u align=1 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.xor_u align=4 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.xchg_u align=1 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.xchg_u align=4 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.cmpxchg_u align=1 (i64.const 0) (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw16.cmpxchg_u align=4 (i64.const 0) (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.load32_u align=2 (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.load32_u align=8 (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i64.atomic.store32 align=2 (i64.const 0) (i64.const 0))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (i64.atomic.store32 align=8 (i64.const 0) (i64.const 0))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.add_u align=2 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.add_u align=8 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.sub_u align=2 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.sub_u align=8 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.and_u align=2 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.and_u align=8 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.or_u align=2 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.or_u align=8 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.xor_u align=2 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.xor_u align=8 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.xchg_u align=2 (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.xchg_u align=8 (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.cmpxchg_u align=2 (i64.const 0) (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory i64 1 1 shared) (func (drop (i64.atomic.rmw32.cmpxchg_u align=8 (i64.const 0) (i64.const 0) (i64.const 0)))))
  "alignment must not be larger than natural")

;; Not a power of two.
(assert_malformed
  (module quote "(memory i64 1) (func (drop (i64.load align=0 (i64.const 0))))")
  "alignment")
(assert_malformed
  (module quote "(memory i64 1) (func (drop (i64.load align=3 (i64.const 0))))")
  "alignment")
(assert_malformed
  (module quote "(memory i64 1) (func (drop (i64.load align=5 (i64.const 0))))")
  "alignment")
(assert_malformed
  (module quote "(memory i64 1) (func (drop (i64.load align=6 (i64.const 0))))")
  "alignment")
(assert_malformed
  (module quote "(memory i64 1) (func (drop (i64.load align=7 (i64.const 0))))")
  "alignment")
(assert_malformed
  (module quote "(memory i64 1) (func (drop (i64.load align=12 (i64.const 0))))")
  "alignment")
(assert_malformed
  (module quote "(memory i64 1) (func (drop (i64.load align=-1 (i64.const 0))))")
  "alignment")
(assert_malformed
  (module quote "(memory i64 1) (func (drop (i64.load align=0x11 (i64.const 0))))")
  "alignment")

;; An exponent that no size has, and the bit that announces a memory index with none behind it.
(assert_invalid
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"             ;; type: [] -> []
    "\03\02\01\00"                   ;; one function
    "\05\03\01\04\01"                ;; memory i64 1
    "\0a\0a\01" "\08\00"             ;; its body
    "\42\00" "\29\20\00" "\1a" "\0b" ;; i64.const 0, i64.load align=2**32, drop, end
  )
  "alignment must not be larger than natural")

;; Unaligned accesses work whatever alignment they claim.
(module
  (memory i64 1)
  (data (i64.const 0) "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\10\11\12\13\14\15\16\17")
  (func (export "i16") (param i64) (result i64) (i64.load16_u align=2 (local.get 0)))
  (func (export "i32") (param i64) (result i64) (i64.load32_u align=4 (local.get 0)))
  (func (export "i64") (param i64) (result i64) (i64.load align=8 (local.get 0)))
  (func (export "v128") (param i64) (result v128) (v128.load align=16 (local.get 0)))
)
(assert_return (invoke "i16" (i64.const 0)) (i64.const 0x0100))
(assert_return (invoke "i32" (i64.const 0)) (i64.const 0x03020100))
(assert_return (invoke "i64" (i64.const 0)) (i64.const 0x0706050403020100))
(assert_return (invoke "v128" (i64.const 0)) (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))
(assert_return (invoke "i16" (i64.const 1)) (i64.const 0x0201))
(assert_return (invoke "i32" (i64.const 1)) (i64.const 0x04030201))
(assert_return (invoke "i64" (i64.const 1)) (i64.const 0x0807060504030201))
(assert_return (invoke "v128" (i64.const 1)) (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16))
(assert_return (invoke "i16" (i64.const 2)) (i64.const 0x0302))
(assert_return (invoke "i32" (i64.const 2)) (i64.const 0x05040302))
(assert_return (invoke "i64" (i64.const 2)) (i64.const 0x0908070605040302))
(assert_return (invoke "v128" (i64.const 2)) (v128.const i8x16 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17))
(assert_return (invoke "i16" (i64.const 3)) (i64.const 0x0403))
(assert_return (invoke "i32" (i64.const 3)) (i64.const 0x06050403))
(assert_return (invoke "i64" (i64.const 3)) (i64.const 0x0a09080706050403))
(assert_return (invoke "v128" (i64.const 3)) (v128.const i8x16 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18))
(assert_return (invoke "i16" (i64.const 4)) (i64.const 0x0504))
(assert_return (invoke "i32" (i64.const 4)) (i64.const 0x07060504))
(assert_return (invoke "i64" (i64.const 4)) (i64.const 0x0b0a090807060504))
(assert_return (invoke "v128" (i64.const 4)) (v128.const i8x16 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19))
(assert_return (invoke "i16" (i64.const 5)) (i64.const 0x0605))
(assert_return (invoke "i32" (i64.const 5)) (i64.const 0x08070605))
(assert_return (invoke "i64" (i64.const 5)) (i64.const 0x0c0b0a0908070605))
(assert_return (invoke "v128" (i64.const 5)) (v128.const i8x16 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20))
(assert_return (invoke "i16" (i64.const 6)) (i64.const 0x0706))
(assert_return (invoke "i32" (i64.const 6)) (i64.const 0x09080706))
(assert_return (invoke "i64" (i64.const 6)) (i64.const 0x0d0c0b0a09080706))
(assert_return (invoke "v128" (i64.const 6)) (v128.const i8x16 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21))
(assert_return (invoke "i16" (i64.const 7)) (i64.const 0x0807))
(assert_return (invoke "i32" (i64.const 7)) (i64.const 0x0a090807))
(assert_return (invoke "i64" (i64.const 7)) (i64.const 0x0e0d0c0b0a090807))
(assert_return (invoke "v128" (i64.const 7)) (v128.const i8x16 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22))
