;; Encodings of memory indices that are longer than necessary.

(module binary
  "\00asm" "\01\00\00\00"
  "\01\05\01\60\00\01\7f"                ;; type: [] -> [i32]
  "\03\02\01\00"                         ;; one function
  "\05\05\02\00\01\00\02"                ;; memories of one and of two pages
  "\07\05\01\01f\00\00"                  ;; export "f"
  "\0a\1d\01\1b\00"                       ;; its body
  "\41\00\28\42\81\80\80\80\00\00"       ;; i32.const 0, i32.load align=4 memory 1 in five bytes
  "\3f\81\80\00"                         ;; memory.size 1 in three bytes
  "\6a"                                  ;; i32.add
  "\41\00\41\00\41\00"                  ;; i32.const 0, three times
  "\fc\0b\81\00"                         ;; memory.fill 1 in two bytes
  "\0b"
  "\0b\07\01\00\41\00\0b\01x"             ;; data (i32.const 0) "x"
)
(assert_return (invoke "f") (i32.const 2))

;; Six bytes are too many; so are bits above the 32nd.
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\05\01\60\00\01\7f"
    "\03\02\01\00"
    "\05\05\02\00\01\00\02"
    "\0a\0c\01\0a\00\3f\81\80\80\80\80\00\0b"
  )
  "integer representation too long")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\05\01\60\00\01\7f"
    "\03\02\01\00"
    "\05\05\02\00\01\00\02"
    "\0a\0b\01\09\00\3f\81\80\80\80\10\0b"
  )
  "integer too large")
(assert_invalid (module (memory 1) (func (drop (i32.load 1 (i32.const 0))))) "unknown memory")
(assert_invalid (module (memory 1) (func (memory.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 0)))) "unknown memory")
(assert_invalid (module (memory 1) (func (memory.copy 1 0 (i32.const 0) (i32.const 0) (i32.const 0)))) "unknown memory")
(assert_invalid (module (memory 1) (data (memory 1) (i32.const 0) "")) "unknown memory")
(assert_invalid (module (memory 1) (export "m" (memory 1))) "unknown memory")
