//! What modules are stored under.

use std::fmt;
use std::str::FromStr;

use wasmer::sys::NativeEngineExt;
use wasmer::{AsEngineRef, DeserializeError};

/// Name of a module in a [`Cache`](crate::Cache): 32 bytes, as text 64 hexadecimal digits.
///
/// # Example
///
/// ```
/// use wasmer::Engine;
/// use wasmer_cache::Hash;
///
/// let hash = Hash::generate(b"the bytes of a module");
/// assert_eq!(hash.to_string().parse::<Hash>()?, hash);
/// assert_eq!(Hash::new(*hash.as_bytes()), hash);
///
/// // The same module is compiled to other code by another engine.
/// let (engine, headless) = (Engine::default(), wasmer::sys::EngineBuilder::headless().engine());
/// let of_module = Hash::of_module(&engine, b"the bytes of a module");
/// assert_ne!(of_module, hash);
/// assert_ne!(of_module, Hash::of_module(&headless, b"the bytes of a module"));
/// # Ok::<(), wasmer::DeserializeError>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

/// Separates hashes with a structure from those of bytes.
const OF_MODULE: &str = "wasmer-cache 2026-11 module and engine";
const WITH: &str = "wasmer-cache 2026-11 hash and bytes";

impl Hash {
    /// A hash that was computed elsewhere.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The BLAKE3 hash of `bytes`.
    ///
    /// If these are a module, use it only where all engines are alike; else see [`Self::of_module`].
    pub fn generate(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).into())
    }

    /// The hash of the module `wasm` (binary or text, as it is compiled) for `engine`: it also covers the version of
    /// wasmer, the compiler with its settings and middlewares, the target with its CPU features, and the proposals that
    /// are on. With a middleware that does not say what it does, no other engine gives the same hash.
    ///
    /// It does not cover [`Tunables`](wasmer::sys::Tunables) other than the default. Where modules of one cache differ in
    /// these, add them by [`Self::with`].
    pub fn of_module(engine: &impl AsEngineRef, wasm: impl AsRef<[u8]>) -> Self {
        let engine = engine.as_engine_ref();
        let engine = engine.engine();
        let target = engine.target();
        let mut hasher = blake3::Hasher::new_derive_key(OF_MODULE);
        for part in [
            wasmer::VERSION,
            engine.deterministic_id(),
            &target.triple().to_string(),
            &format!("{:?}", target.cpu_features()),
            &format!("{:?}", engine.features()),
        ] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.update(wasm.as_ref());
        Self(hasher.finalize().into())
    }

    /// A hash of this one and `bytes`: of what is not in the module and yet decides what its code does.
    ///
    /// ```
    /// # use wasmer_cache::Hash;
    /// let module = Hash::generate(b"the bytes of a module");
    /// assert_ne!(module.with(b"tunables: guards"), module.with(b"tunables: no guards"));
    /// ```
    #[must_use]
    pub fn with(self, bytes: impl AsRef<[u8]>) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(WITH);
        hasher.update(&self.0).update(bytes.as_ref());
        Self(hasher.finalize().into())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    /// 64 hexadecimal digits in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(blake3::Hash::from(self.0).to_hex().as_str())
    }
}

impl FromStr for Hash {
    type Err = DeserializeError;

    /// # Errors
    ///
    /// [`DeserializeError::Generic`] when `text` is not 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, DeserializeError> {
        let hash = blake3::Hash::from_hex(text).map_err(|error| {
            DeserializeError::Generic(format!("expected a hash of 64 hexadecimal digits: {error}"))
        })?;
        Ok(Self(hash.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text() {
        // From the test vectors of BLAKE3: no input.
        let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        let hash = Hash::generate(b"");
        assert_eq!(hash.to_string(), empty);
        assert_eq!(empty.parse::<Hash>().unwrap(), hash);
        assert_eq!(Hash::new(*hash.as_bytes()), hash);
        for bad in ["", "af13", &empty[1..], &empty.replace('a', "g"), &format!("{empty}0"), "é"] {
            let error = bad.parse::<Hash>().unwrap_err();
            assert!(matches!(error, DeserializeError::Generic(_)), "{bad}: {error:?}");
        }
    }

    #[test]
    fn parts_are_told_apart() {
        let hash = Hash::generate(b"a");
        assert_ne!(hash.with(b""), hash);
        assert_ne!(hash.with(b"b"), Hash::generate(b"ab"));
        assert_ne!(hash.with(b"b").with(b"c"), hash.with(b"bc"));
    }
}
