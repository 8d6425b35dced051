;; LEB128 encodings of what has 64 bits with memory64: limits, and offsets of memory accesses. They may be longer than
;; necessary, up to ten bytes.

;; Limits in one byte, in ten bytes, and with values of more than 32 bits.
(module binary
  "\00asm" "\01\00\00\00"
  "\05\03\01\04\02"                                ;; memory i64 2
)
(module binary
  "\00asm" "\01\00\00\00"
  "\05\0c\01\04\82\80\80\80\80\80\80\80\80\00"     ;; memory i64 2, in ten bytes
)
(module binary
  "\00asm" "\01\00\00\00"
  "\05\16\01\05\82\80\80\80\80\80\80\80\80\00"     ;; memory i64 2 ...
  "\83\80\80\80\80\80\80\80\80\00"                 ;; ... 3, in ten bytes each
)
(module binary
  "\00asm" "\01\00\00\00"
  "\05\0a\01\05\00\80\80\80\80\80\80\40"           ;; memory i64 0 2**48
)
(module binary
  "\00asm" "\01\00\00\00"
  "\04\0d\01\70\04\82\80\80\80\80\80\80\80\80\00"  ;; table i64 2 funcref, in ten bytes
)
(module binary
  "\00asm" "\01\00\00\00"
  "\04\0e\01\70\05\00\ff\ff\ff\ff\ff\ff\ff\ff\ff\01" ;; table i64 0 2**64-1 funcref
)

;; Eleven bytes.
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\05\0d\01\04\82\80\80\80\80\80\80\80\80\80\00"
  )
  "integer representation too long")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\04\0e\01\70\04\82\80\80\80\80\80\80\80\80\80\00"
  )
  "integer representation too long")
;; Ten bytes, but 65 bits.
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\05\0c\01\04\82\80\80\80\80\80\80\80\80\02"
  )
  "integer too large")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\05\0d\01\05\00\82\80\80\80\80\80\80\80\80\70"
  )
  "integer too large")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\04\0d\01\70\04\80\80\80\80\80\80\80\80\80\7e"
  )
  "integer too large")
;; Above 2**48 pages: encoded well, but not valid.
(assert_invalid
  (module binary
    "\00asm" "\01\00\00\00"
    "\05\0a\01\05\00\81\80\80\80\80\80\40"         ;; memory i64 0 2**48+1
  )
  "memory size")
;; The end comes too early.
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\05\05\01\04\82\80\80"
  )
  "unexpected end")

;; Flags of limits: 4 is 64-bit, 5 has a maximum too, 7 is shared; 6 (shared without a maximum) is not valid.
(module binary
  "\00asm" "\01\00\00\00"
  "\05\04\01\07\01\02"                             ;; memory i64 1 2 shared
)
(assert_invalid
  (module binary
    "\00asm" "\01\00\00\00"
    "\05\03\01\06\01"
  )
  "shared memory must have maximum")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\05\03\01\10\01"
  )
  "malformed limits flags")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\04\04\01\70\08\01"
  )
  "malformed limits flags")

;; An offset in ten bytes: 2**64-1, 0 and 1.
(module binary
  "\00asm" "\01\00\00\00"
  "\01\06\01\60\01\7e\01\7f"                       ;; type: [i64] -> [i32]
  "\03\04\03\00\00\00"                             ;; three functions of it
  "\05\03\01\04\01"                                ;; memory i64 1
  "\07\0d\03\01a\00\00\01b\00\01\01c\00\02"        ;; exports "a", "b", "c"
  "\0a\34\03"
  "\10\00\20\00\2d\00\ff\ff\ff\ff\ff\ff\ff\ff\ff\01\0b" ;; i32.load8_u offset=2**64-1
  "\10\00\20\00\2d\00\80\80\80\80\80\80\80\80\80\00\0b" ;; i32.load8_u offset=0
  "\10\00\20\00\2d\00\81\80\80\80\80\80\80\80\80\00\0b" ;; i32.load8_u offset=1
  "\0b\08\01\00\42\00\0b\02\37\38"                 ;; data (i64.const 0) "78"
)
(assert_trap (invoke "a" (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "a" (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "a" (i64.const -1)) "out of bounds memory access")
(assert_return (invoke "b" (i64.const 0)) (i32.const 0x37))
(assert_return (invoke "b" (i64.const 1)) (i32.const 0x38))
(assert_return (invoke "c" (i64.const 0)) (i32.const 0x38))

;; Eleven bytes, and 65 bits.
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\06\01\60\01\7e\01\7f"
    "\03\02\01\00"
    "\05\03\01\04\01"
    "\0a\13\01"
    "\11\00\20\00\2d\00\80\80\80\80\80\80\80\80\80\80\00\0b"
  )
  "integer representation too long")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\06\01\60\01\7e\01\7f"
    "\03\02\01\00"
    "\05\03\01\04\01"
    "\0a\12\01"
    "\10\00\20\00\2d\00\80\80\80\80\80\80\80\80\80\02\0b"
  )
  "integer too large")
;; An offset of more than 32 bits on a 32-bit memory is not valid.
(assert_invalid
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\06\01\60\01\7f\01\7f"                     ;; type: [i32] -> [i32]
    "\03\02\01\00"
    "\05\03\01\00\01"                              ;; memory 1
    "\0a\0d\01"
    "\0b\00\20\00\2d\00\80\80\80\80\10\0b"         ;; i32.load8_u offset=2**32
  )
  "offset out of range")
(assert_invalid
  (module (memory 1) (func (drop (i32.load offset=0x1_0000_0000 (i32.const 0)))))
  "offset out of range")
(module (memory i64 1) (func (drop (i32.load offset=0x1_0000_0000 (i64.const 0)))))
(assert_malformed
  (module quote "(memory i64 1) (func (drop (i32.load offset=0x1_0000_0000_0000_0000 (i64.const 0))))")
  "i64 constant")
