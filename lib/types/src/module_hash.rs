//! Hashes that tell modules apart.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;

use hex::FromHexError;
use sha2::{Digest, Sha256};

/// How the bytes of a module are hashed.
///
/// # Example
///
/// ```
/// use wasmer_types::{HashAlgorithm, ModuleHash};
///
/// assert_eq!(HashAlgorithm::Sha256.hash(b"\0asm"), ModuleHash::sha256(b"\0asm"));
/// assert_eq!(HashAlgorithm::XXHash.hash(b"\0asm"), ModuleHash::xxhash(b"\0asm"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// SHA-256 (FIPS 180-4): nobody can make two modules of one hash.
    Sha256,
    /// XXH64: several times as fast, for modules that nobody makes to deceive.
    XXHash,
}

impl HashAlgorithm {
    /// The hash of `wasm`.
    pub fn hash(self, wasm: impl AsRef<[u8]>) -> ModuleHash {
        match self {
            Self::Sha256 => ModuleHash::sha256(wasm),
            Self::XXHash => ModuleHash::xxhash(wasm),
        }
    }
}

/// The hash of the bytes of a module.
///
/// It is printed in hexadecimal digits, with capital letters.
///
/// # Example
///
/// ```
/// use wasmer_types::ModuleHash;
///
/// let hash = ModuleHash::new(b"\0asm\x01\0\0\0");
/// assert_eq!(hash, ModuleHash::sha256(b"\0asm\x01\0\0\0"));
/// assert_eq!(ModuleHash::sha256_parse_hex(&hash.to_string())?, hash);
/// assert_eq!((hash.as_bytes().len(), hash.short_hash().as_str()), (32, "93A44BBB"));
///
/// let fast = ModuleHash::xxhash(b"\0asm\x01\0\0\0");
/// assert_eq!(ModuleHash::xxhash_parse_hex(&fast.to_string())?, fast);
/// assert_eq!(fast.as_bytes().len(), 8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ModuleHash {
    /// XXH64 with seed 0, in the byte order of the machine.
    XXHash([u8; 8]),
    /// SHA-256.
    Sha256([u8; 32]),
}

impl ModuleHash {
    /// The SHA-256 hash of `wasm`.
    pub fn new(wasm: impl AsRef<[u8]>) -> Self {
        Self::sha256(wasm)
    }

    /// The SHA-256 hash of `wasm`.
    pub fn sha256(wasm: impl AsRef<[u8]>) -> Self {
        Self::Sha256(Sha256::digest(wasm.as_ref()).into())
    }

    /// The XXH64 hash of `wasm`.
    pub fn xxhash(wasm: impl AsRef<[u8]>) -> Self {
        Self::XXHash(xxhash_rust::xxh64::xxh64(wasm.as_ref(), 0).to_ne_bytes())
    }

    /// A SHA-256 hash that was computed before.
    pub fn from_bytes(hash: [u8; 32]) -> Self {
        Self::Sha256(hash)
    }

    /// A SHA-256 hash that was computed before.
    pub fn sha256_from_bytes(key: [u8; 32]) -> Self {
        Self::Sha256(key)
    }

    /// An XXH64 hash that was computed before.
    pub fn xxhash_from_bytes(key: [u8; 8]) -> Self {
        Self::XXHash(key)
    }

    /// A hash as of a module that no one has, to tell things apart. Nothing is kept secret by it.
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        for (number, part) in bytes.chunks_exact_mut(8).enumerate() {
            // The keys of a `RandomState` come from the system.
            part.copy_from_slice(&RandomState::new().hash_one(number).to_ne_bytes());
        }
        Self::Sha256(bytes)
    }

    /// The SHA-256 hash that is written in 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// When there are fewer or more, or something else than digits.
    pub fn sha256_parse_hex(hex_str: &str) -> Result<Self, FromHexError> {
        parse(hex_str).map(Self::Sha256)
    }

    /// The XXH64 hash that is written in 16 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// When there are fewer or more, or something else than digits.
    pub fn xxhash_parse_hex(hex_str: &str) -> Result<Self, FromHexError> {
        parse(hex_str).map(Self::XXHash)
    }

    /// The bytes: 32 of SHA-256, 8 of XXH64.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::XXHash(bytes) => bytes,
            Self::Sha256(bytes) => bytes,
        }
    }

    /// The first eight digits, for people.
    pub fn short_hash(&self) -> String {
        hex::encode_upper(&self.as_bytes()[..4])
    }
}

fn parse<const N: usize>(hex_str: &str) -> Result<[u8; N], FromHexError> {
    let mut bytes = [0; N];
    hex::decode_to_slice(hex_str, &mut bytes)?;
    Ok(bytes)
}

impl fmt::Display for ModuleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode_upper(self.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_the_known_ones() {
        let sha = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
        assert_eq!(ModuleHash::new(b"").to_string(), sha);
        assert_eq!(
            ModuleHash::xxhash(b""),
            ModuleHash::XXHash(0xef46_db37_51d8_e999u64.to_ne_bytes())
        );
        assert_ne!(ModuleHash::random(), ModuleHash::random());
    }

    #[test]
    fn digits_are_checked() {
        assert!(ModuleHash::sha256_parse_hex("00").is_err());
        assert!(ModuleHash::xxhash_parse_hex("00000000000000zz").is_err());
        assert_eq!(
            ModuleHash::xxhash_parse_hex("00000000000000fF"),
            Ok(ModuleHash::XXHash([0, 0, 0, 0, 0, 0, 0, 0xff]))
        );
    }
}
