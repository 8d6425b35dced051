//! What the fields of [`Features`] mean to the validator, and which of them a module needs.

use wasmparser::{BinaryReaderError, Validator, WasmFeatures};

use crate::features::Features;

/// The flags of wasmparser for each field of [`Features`] that stands for a proposal.
macro_rules! proposals {
    ($($field:ident => $($flag:ident)|+;)*) => {
        impl Features {
            /// What the validator may accept: the proposals that are on, and what always is.
            ///
            /// # Example
            ///
            /// ```
            /// use wasmer_types::Features;
            /// use wasmparser::WasmFeatures;
            ///
            /// let mut features = Features::none();
            /// features.tail_call(true);
            /// let flags = features.validator_flags();
            /// assert!(flags.contains(WasmFeatures::TAIL_CALL | WasmFeatures::SIGN_EXTENSION));
            /// assert!(!flags.contains(WasmFeatures::SIMD));
            /// ```
            pub fn validator_flags(&self) -> WasmFeatures {
                let mut flags = ALWAYS_ON;
                $(flags.set($(WasmFeatures::$flag)|+, self.$field);)*
                flags
            }

            /// Turns on the proposals of `flags`.
            fn turn_on(&mut self, flags: WasmFeatures) {
                $(self.$field |= flags.intersects($(WasmFeatures::$flag)|+);)*
            }

            /// Turns off every proposal of which `is_needed` does not say that it is needed by those that are left.
            fn reduce(&mut self, is_needed: impl Fn(&Self) -> bool) {
                $(if self.$field {
                    self.$field = false;
                    self.$field = is_needed(self);
                })*
            }
        }
    };
}

proposals! {
    threads => THREADS;
    reference_types => REFERENCE_TYPES;
    simd => SIMD;
    bulk_memory => BULK_MEMORY;
    multi_value => MULTI_VALUE;
    tail_call => TAIL_CALL;
    multi_memory => MULTI_MEMORY;
    memory64 => MEMORY64;
    exceptions => EXCEPTIONS;
    relaxed_simd => RELAXED_SIMD;
    extended_const => EXTENDED_CONST;
    wide_arithmetic => WIDE_ARITHMETIC;
    function_references => FUNCTION_REFERENCES;
    gc => GC;
    custom_page_sizes => CUSTOM_PAGE_SIZES;
}

/// What every module may use. `GC_TYPES` and `FLOATS` are no proposals: they would forbid `externref` and floats.
const ALWAYS_ON: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::FLOATS)
    .union(WasmFeatures::GC_TYPES);

/// Beginnings of errors for proposals that are off, with which wasmparser does not say which one it is.
const UNFLAGGED: &[(&str, WasmFeatures)] = &[
    ("multiple memories", WasmFeatures::MULTI_MEMORY),
    ("multiple tables", WasmFeatures::REFERENCE_TYPES),
    ("data count section requires", WasmFeatures::BULK_MEMORY),
];

/// The proposals of which `error` says that they are off, if it is about that.
pub fn missing_proposals(error: &BinaryReaderError) -> Option<WasmFeatures> {
    error.missing_wasm_feature().or_else(|| {
        let known = UNFLAGGED.iter().find(|(start, _)| error.message().starts_with(start));
        known.map(|(_, flags)| *flags)
    })
}

impl Features {
    /// The proposals that a module in the binary format needs: those, and no others, without which it is not valid.
    ///
    /// The module is validated once for each of them and once more; a program that asks this of modules that it is
    /// going to compile pays more than the compiler does for it.
    ///
    /// # Errors
    ///
    /// When the module is not valid whatever proposals are on.
    ///
    /// # Example
    ///
    /// ```
    /// use wasmer_types::Features;
    ///
    /// let module = wat::parse_str("(module (func (param v128)) (memory 1) (memory 1))")?;
    /// let needed = Features::detect_from_wasm(&module)?;
    /// assert!(needed.simd && needed.multi_memory && !needed.threads);
    /// assert!(Features::default().contains_features(&needed));
    ///
    /// assert!(Features::detect_from_wasm(b"\0asm").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn detect_from_wasm(wasm_bytes: &[u8]) -> Result<Self, BinaryReaderError> {
        let validate = |features: &Self| {
            Validator::new_with_features(features.validator_flags())
                .validate_all(wasm_bytes)
                .map(drop)
        };
        let mut needed = Self::none();
        while let Err(error) = validate(&needed) {
            let before = needed.clone();
            needed.turn_on(missing_proposals(&error).unwrap_or(WasmFeatures::empty()));
            if needed == before {
                // The error does not say what is missing, if something is.
                needed = Self::all();
                needed.module_linking(false);
                validate(&needed)?;
                needed.reduce(|features| validate(features).is_err());
            }
        }
        Ok(needed)
    }
}
