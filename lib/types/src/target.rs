//! The machine that code is generated for.

use std::fmt;
use std::str::FromStr;

use enumset::{EnumSet, EnumSetType};
pub use target_lexicon::{
    Aarch64Architecture, Architecture, BinaryFormat, CallingConvention, Endianness, Environment,
    HOST, OperatingSystem, PointerWidth, Triple, Vendor,
};

use crate::error::ParseCpuFeatureError;

macro_rules! cpu_features {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $arch:tt, $detect:tt;)*) => {
        /// The list as text, for the hash of an artifact.
        pub(crate) const DESCRIPTION: &str = concat!($($text, ",",)*);

        /// An extension of an instruction set that code may use.
        ///
        /// Sets of them are [`EnumSet`]s, which operators make too.
        ///
        /// # Example
        ///
        /// ```
        /// use wasmer_types::CpuFeature;
        ///
        /// let sse: CpuFeature = "sse4.1".parse()?;
        /// assert_eq!((sse, sse.to_string().as_str()), (CpuFeature::SSE41, "sse4.1"));
        /// let set = CpuFeature::set() | CpuFeature::SSE41 | CpuFeature::AVX;
        /// assert_eq!((set - CpuFeature::AVX).iter().collect::<Vec<_>>(), [CpuFeature::SSE41]);
        /// assert!(CpuFeature::all().is_superset(CpuFeature::for_host()));
        /// # Ok::<(), wasmer_types::ParseCpuFeatureError>(())
        /// ```
        #[derive(EnumSetType, Debug, Hash)]
        #[enumset(repr = "u64")]
        pub enum CpuFeature {$(
            $(#[$doc])*
            $name,
        )*}

        impl CpuFeature {
            /// What the processor that runs this program has.
            pub fn for_host() -> EnumSet<Self> {
                #[allow(unused_mut, reason = "stays empty on machines of other architectures")]
                let mut features = EnumSet::new();
                $(
                    #[cfg(target_arch = $arch)]
                    if cpu_features!(@detect $arch, $detect) {
                        features |= Self::$name;
                    }
                )*
                features
            }

            /// The empty set, to add to.
            pub fn set() -> EnumSet<Self> {
                EnumSet::new()
            }

            /// Every feature, of all architectures.
            pub fn all() -> EnumSet<Self> {
                EnumSet::all()
            }

            /// The names of `features` in the order of the list, with `, ` between them, for messages.
            pub fn names(features: EnumSet<Self>) -> String {
                features.iter().map(|feature| feature.to_string()).collect::<Vec<_>>().join(", ")
            }
        }

        impl fmt::Display for CpuFeature {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {$(Self::$name => $text,)*})
            }
        }

        impl FromStr for CpuFeature {
            type Err = ParseCpuFeatureError;

            fn from_str(text: &str) -> Result<Self, ParseCpuFeatureError> {
                match text {
                    $($text => Ok(Self::$name),)*
                    _ => Err(ParseCpuFeatureError::Missing(text.to_owned())),
                }
            }
        }
    };
    (@detect "x86_64", $detect:tt) => { std::arch::is_x86_feature_detected!($detect) };
    (@detect "aarch64", $detect:tt) => { std::arch::is_aarch64_feature_detected!($detect) };
}

cpu_features! {
    /// x86 SSE2 (part of every x86-64).
    SSE2 = "sse2", "x86_64", "sse2";
    /// x86 SSE3.
    SSE3 = "sse3", "x86_64", "sse3";
    /// x86 SSSE3.
    SSSE3 = "ssse3", "x86_64", "ssse3";
    /// x86 SSE4.1.
    SSE41 = "sse4.1", "x86_64", "sse4.1";
    /// x86 SSE4.2.
    SSE42 = "sse4.2", "x86_64", "sse4.2";
    /// x86 `popcnt`.
    POPCNT = "popcnt", "x86_64", "popcnt";
    /// x86 AVX.
    AVX = "avx", "x86_64", "avx";
    /// x86 bit manipulation, first part.
    BMI1 = "bmi", "x86_64", "bmi1";
    /// x86 bit manipulation, second part.
    BMI2 = "bmi2", "x86_64", "bmi2";
    /// x86 AVX2.
    AVX2 = "avx2", "x86_64", "avx2";
    /// x86 AVX-512 DQ.
    AVX512DQ = "avx512dq", "x86_64", "avx512dq";
    /// x86 AVX-512 VL.
    AVX512VL = "avx512vl", "x86_64", "avx512vl";
    /// x86 AVX-512 F.
    AVX512F = "avx512f", "x86_64", "avx512f";
    /// x86 `lzcnt`.
    LZCNT = "lzcnt", "x86_64", "lzcnt";
    /// x86 fused multiply-add.
    FMA = "fma", "x86_64", "fma";
    /// x86 AVX-512 VBMI.
    AVX512VBMI = "avx512vbmi", "x86_64", "avx512vbmi";
    /// x86 AVX-512 BITALG.
    AVX512BITALG = "avx512bitalg", "x86_64", "avx512bitalg";
    /// x86 `cmpxchg16b`.
    CMPXCHG16B = "cmpxchg16b", "x86_64", "cmpxchg16b";
    /// Arm Advanced SIMD (part of every AArch64 that we run on).
    NEON = "neon", "aarch64", "neon";
    /// Arm large system extensions: atomic read-modify-write instructions.
    LSE = "lse", "aarch64", "lse";
    /// Arm half-precision arithmetic.
    FP16 = "fp16", "aarch64", "fp16";
}

/// A kind of machine: instruction set with extensions, operating system, calling convention.
///
/// # Example
///
/// ```
/// use wasmer_types::{CpuFeature, Target};
///
/// let arm = Target::new("aarch64-unknown-linux-gnu".parse().unwrap(), CpuFeature::NEON.into());
/// assert_eq!(arm.triple().to_string(), "aarch64-unknown-linux-gnu");
/// assert!(arm.cpu_features().contains(CpuFeature::NEON));
/// assert_eq!(arm.pointer_size(), 8);
///
/// let here = Target::default();
/// assert!(here.is_native());
/// assert_eq!(*here.cpu_features(), CpuFeature::for_host());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    triple: Triple,
    cpu_features: EnumSet<CpuFeature>,
}

impl Target {
    /// The machines `triple` that have at least `cpu_features`.
    pub fn new(triple: Triple, cpu_features: EnumSet<CpuFeature>) -> Self {
        Self { triple, cpu_features }
    }

    /// Architecture, operating system and environment.
    pub fn triple(&self) -> &Triple {
        &self.triple
    }

    /// Extensions that code may use.
    pub fn cpu_features(&self) -> &EnumSet<CpuFeature> {
        &self.cpu_features
    }

    /// Whether architecture and operating system are those of this process.
    pub fn is_native(&self) -> bool {
        self.triple.architecture == HOST.architecture
            && self.triple.operating_system == HOST.operating_system
    }

    /// Bytes in a pointer. Every machine that we know how to compile for has 8.
    pub fn pointer_size(&self) -> u8 {
        self.triple.pointer_width().map_or(8, PointerWidth::bytes)
    }
}

impl Default for Target {
    /// This machine with everything that it has.
    fn default() -> Self {
        Self::new(HOST, CpuFeature::for_host())
    }
}

/// What a user would like of a compiler, which does it if it can. None of it changes what a program computes.
///
/// # Example
///
/// ```
/// use wasmer_types::UserCompilerOptimizations;
///
/// let wishes = UserCompilerOptimizations { pass_params: Some(true) };
/// assert_ne!(wishes, UserCompilerOptimizations::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct UserCompilerOptimizations {
    /// Whether functions get what they use of the VM context as parameters. `None` leaves it to the compiler.
    pub pass_params: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_reversible() {
        for feature in CpuFeature::all() {
            assert_eq!(feature.to_string().parse::<CpuFeature>().unwrap(), feature);
        }
        assert!("sse5".parse::<CpuFeature>().is_err());
        assert_eq!(CpuFeature::names(CpuFeature::AVX | CpuFeature::SSE3), "sse3, avx");
        assert_eq!(CpuFeature::names(CpuFeature::set()), "");
    }

    #[test]
    fn the_host_is_native_and_has_its_baseline() {
        let host = Target::default();
        assert!(host.is_native());
        assert_eq!(host.pointer_size() as usize, size_of::<usize>());
        #[cfg(target_arch = "x86_64")]
        assert!(host.cpu_features().contains(CpuFeature::SSE2));
    }
}
