//! Which WebAssembly proposals are on.

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $default:literal;)*) => {
        /// The WebAssembly proposals that a module may use. Mutable globals, sign extension and saturating
        /// conversions are always on.
        ///
        /// # Example
        ///
        /// ```
        /// use wasmer_types::Features;
        ///
        /// let mut features = Features::default();
        /// assert!(features.simd && !features.memory64);
        /// features.memory64(true).threads(false);
        /// assert!(features.memory64 && !features.threads);
        ///
        /// let mut needed = Features::none();
        /// needed.threads(true);
        /// assert!(!features.contains_features(&needed) && Features::all().contains_features(&needed));
        /// features.extend(&needed);
        /// assert!(features.threads);
        /// let names: Vec<_> = needed.iter().filter(|(_, on)| *on).map(|(name, _)| name).collect();
        /// assert_eq!(names, ["threads"]);
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct Features {$(
            $(#[$doc])*
            pub $name: bool,
        )*}

        impl Features {
            /// The default set.
            pub fn new() -> Self {
                Self { $($name: $default,)* }
            }

            /// Everything on.
            pub fn all() -> Self {
                Self { $($name: true,)* }
            }

            /// Everything off: WebAssembly 1.0 and what is always on.
            pub fn none() -> Self {
                Self { $($name: false,)* }
            }

            $(
                $(#[$doc])*
                pub fn $name(&mut self, enable: bool) -> &mut Self {
                    self.$name = enable;
                    self
                }
            )*

            /// Name and state of each proposal, in the order of the fields.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, bool)> {
                [$((stringify!($name), self.$name),)*].into_iter()
            }

            /// Whether everything that is on in `required` is on here.
            pub fn contains_features(&self, required: &Self) -> bool {
                $((self.$name || !required.$name))&&*
            }

            /// Turns on what is on in `other`.
            pub fn extend(&mut self, other: &Self) {
                $(self.$name |= other.$name;)*
            }
        }
    };
}

features! {
    /// Threads: atomic operators and shared memories.
    threads = true;
    /// Reference types: `externref`, `funcref` as values, several tables.
    reference_types = true;
    /// Fixed-width 128-bit SIMD.
    simd = true;
    /// Bulk operations on memories and tables.
    bulk_memory = true;
    /// Several results for functions and blocks.
    multi_value = true;
    /// Tail calls.
    tail_call = false;
    /// Module linking (withdrawn; kept for its name).
    module_linking = false;
    /// Several memories in a module.
    multi_memory = true;
    /// Memories and tables with 64-bit indices.
    memory64 = false;
    /// Exceptions with `exnref` and `try_table`.
    exceptions = false;
    /// Relaxed SIMD.
    relaxed_simd = false;
    /// Arithmetic in constant expressions.
    extended_const = true;
    /// 128-bit integer addition, subtraction and multiplication.
    wide_arithmetic = false;
    /// Typed function references.
    function_references = false;
    /// Garbage-collected structs and arrays.
    gc = false;
    /// Memories whose pages have one byte.
    custom_page_sizes = false;
}

impl Default for Features {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let mut features = Features::none();
        assert!(Features::all().contains_features(&Features::new()));
        assert!(!features.contains_features(&Features::new()));
        features.extend(&Features::new());
        assert_eq!(features, Features::new());
        features.simd(false).memory64(true);
        assert!(!features.simd && features.memory64);
        assert_eq!(features.iter().filter(|(name, on)| *name == "memory64" && *on).count(), 1);
    }
}
