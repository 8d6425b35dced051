//! The section `.wasmer.header`: what decides whether an artifact can be used.
//!
//! It lies at byte 64 of the file. Magic and format version stay where they are in every format:
//!
//! | bytes | what |
//! |---|---|
//! | 0–7 | magic |
//! | 8–11 | format version |
//! | 12–15 | length of this section |
//! | 16–23 | hash of what code and runtime agree on |
//! | 24–31 | length of the file |
//! | 32–39 | CPU features, a bit each |
//! | 40–71 | keyed hash, or zeros |
//! | 72–77 | lengths of three strings, 2 bytes each |
//! | 78–79 | zero |
//! | 80– | the strings: version, target triple, compiler |
//!
//! Numbers are little-endian.

use std::ops::Range;
use std::str::FromStr;

use enumset::EnumSet;
use object::elf;

use super::error::ArtifactError;
use super::rows;
use super::section::HEADER_OFFSET;
use crate::target::{Architecture, CpuFeature, Target, Triple};
use crate::{VERSION, builtins, layout, target, trap};

/// Number of the format that this version writes and reads. It changes when the meaning of the sections does, or
/// that of [`crate::VMOffsets`], or the layout of what VM contexts lead to.
pub const FORMAT_VERSION: u32 = 5;

const MAGIC: [u8; 8] = *b"\0wasmer\n";
const FIXED: usize = 80;
/// Most bytes of the section.
pub(super) const MAX_HEADER: usize = FIXED + MAX_STRINGS;
/// Most bytes of the three strings.
const MAX_STRINGS: usize = 8 << 10;

/// Bytes of the file that hold the keyed hash. They are zero when there is none, and while it is computed.
pub const KEYED_HASH: Range<usize> = HEADER_OFFSET as usize + 40..HEADER_OFFSET as usize + 72;

/// What decides whether an artifact can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactHeader {
    /// Version of the crate that wrote it.
    pub version: String,
    /// Hash of the version and of what code and runtime agree on in it.
    pub hash: u64,
    /// The machine that the code is for, with the CPU features that it needs.
    pub target: Target,
    /// Id of the compiler and the settings that made it.
    pub compiler: String,
    /// Bytes of the file.
    pub file_length: u64,
    /// The keyed hash, or zeros.
    pub keyed_hash: [u8; 32],
}

impl ArtifactHeader {
    /// A header of this version, for a file of which the length is not known yet.
    pub(super) fn new(target: &Target, compiler: &str) -> Self {
        Self {
            version: VERSION.to_owned(),
            hash: HASH,
            target: target.clone(),
            compiler: compiler.to_owned(),
            file_length: 0,
            keyed_hash: [0; 32],
        }
    }

    /// Whether `bytes` begin as an artifact does, of whatever version.
    pub fn is_at_start_of(bytes: &[u8]) -> bool {
        let magic = bytes.get(HEADER_OFFSET as usize..).and_then(|rest| rest.get(..MAGIC.len()));
        bytes.starts_with(&elf::ELFMAG) && magic == Some(&MAGIC)
    }

    /// Reads the header at the start of an artifact, which may be compatible with this version or not.
    ///
    /// # Errors
    ///
    /// When `bytes` is no artifact, is cut off within the header, is of another format version, or has a target
    /// that is not known.
    pub fn read(bytes: &[u8]) -> Result<Self, ArtifactError> {
        if !Self::is_at_start_of(bytes) {
            return Err(ArtifactError::NotAnArtifact {
                expected: "an ELF file with a header of wasmer",
            });
        }
        let section = &bytes[HEADER_OFFSET as usize..];
        let cut = |expected: usize| {
            let (expected, got) = (HEADER_OFFSET + expected as u64, bytes.len() as u64);
            move || ArtifactError::Length { expected, got }
        };
        // Format versions differ in the rest.
        let version = section.get(8..12).ok_or_else(cut(FIXED))?;
        let found = u32::from_le_bytes(array(version));
        if found != FORMAT_VERSION {
            return Err(ArtifactError::Version { found, expected: FORMAT_VERSION });
        }
        let fixed = section.first_chunk::<FIXED>().ok_or_else(cut(FIXED))?;
        let word = |at: usize| u64::from_le_bytes(array(&fixed[at..at + 8]));
        let lengths =
            [72, 74, 76].map(|at| usize::from(u16::from_le_bytes(array(&fixed[at..at + 2]))));
        let length = u32::from_le_bytes(array(&fixed[12..16])) as usize;
        let strings: usize = lengths.iter().sum();
        if length != FIXED + strings || fixed[78..80] != [0; 2] || strings > MAX_STRINGS {
            return Err(malformed(12, "the lengths of the header and its strings"));
        }
        let mut rest = section.get(FIXED..length).ok_or_else(cut(length))?;
        let mut at = FIXED;
        let mut string = |index: usize| {
            let (text, behind) = rest.split_at(lengths[index]);
            let text = std::str::from_utf8(text).map_err(|_| malformed(at, "UTF-8"));
            rest = behind;
            at += lengths[index];
            text
        };
        let (version, triple, compiler) = (string(0)?, string(1)?, string(2)?);
        let unknown = |_| ArtifactError::Target(triple.to_owned());
        let triple = Triple::from_str(triple).map_err(unknown)?;
        let features = EnumSet::<CpuFeature>::try_from_repr(word(32))
            .ok_or_else(|| malformed(32, "CPU features that are known"))?;
        Ok(Self {
            version: version.to_owned(),
            hash: word(16),
            target: Target::new(triple, features),
            compiler: compiler.to_owned(),
            file_length: word(24),
            keyed_hash: array(&fixed[40..72]),
        })
    }

    /// Checks that the artifact was made by this version.
    ///
    /// # Errors
    ///
    /// [`ArtifactError::Hash`] when it was not.
    pub fn check_version(&self) -> Result<(), ArtifactError> {
        match self.hash == HASH && self.version == VERSION {
            true => Ok(()),
            false => Err(ArtifactError::Hash {
                version: self.version.clone(),
                found: self.hash,
                own_version: VERSION,
                expected: HASH,
            }),
        }
    }

    /// Checks that nothing is missing at the end of a file of `length` bytes, and nothing too many.
    ///
    /// # Errors
    ///
    /// [`ArtifactError::Length`] when it is not so.
    pub fn check_length(&self, length: u64) -> Result<(), ArtifactError> {
        match self.file_length == length {
            true => Ok(()),
            false => Err(ArtifactError::Length { expected: self.file_length, got: length }),
        }
    }

    /// The section that [`Self::read`] has read.
    pub(super) fn section(bytes: &[u8]) -> &[u8] {
        let section = bytes.get(HEADER_OFFSET as usize..).unwrap_or_default();
        let length = section.get(12..16).map_or(0, |length| u32::from_le_bytes(array(length)));
        section.get(..length as usize).unwrap_or_default()
    }

    /// The section.
    pub(super) fn encode(&self) -> Result<Vec<u8>, ArtifactError> {
        let triple = self.target.triple().to_string();
        let strings = [&self.version, &triple, &self.compiler];
        let length = FIXED + strings.iter().map(|string| string.len()).sum::<usize>();
        if length > FIXED + MAX_STRINGS {
            return Err(ArtifactError::TooLarge("the id of the compiler"));
        }
        let mut out = Vec::with_capacity(length);
        out.extend(MAGIC);
        out.extend(FORMAT_VERSION.to_le_bytes());
        out.extend((length as u32).to_le_bytes());
        for word in [self.hash, self.file_length, self.target.cpu_features().as_repr()] {
            out.extend(word.to_le_bytes());
        }
        out.extend(self.keyed_hash);
        out.extend(strings.iter().flat_map(|string| (string.len() as u16).to_le_bytes()));
        out.extend([0; 2]);
        strings.iter().for_each(|string| out.extend(string.as_bytes()));
        Ok(out)
    }
}

fn malformed(offset: usize, expected: &'static str) -> ArtifactError {
    ArtifactError::Malformed { section: super::Section::Header.name(), offset, expected }
}

/// The only bytes of a slice of `N`.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

/// The ELF machine and the largest page size of an architecture.
pub(super) fn machine(target: &Target) -> Result<(elf::Machine, u64), ArtifactError> {
    match target.triple().architecture {
        Architecture::X86_64 => Ok((elf::EM_X86_64, 4 << 10)),
        Architecture::Aarch64(_) => Ok((elf::EM_AARCH64, 64 << 10)),
        _ => Err(ArtifactError::Target(target.triple().to_string())),
    }
}

/// What code and runtime agree on.
const HASH: u64 = {
    let parts = [
        VERSION,
        layout::DESCRIPTION,
        builtins::DESCRIPTION,
        trap::DESCRIPTION,
        target::DESCRIPTION,
        rows::DESCRIPTION,
    ];
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut part = 0;
    while part < parts.len() {
        hash = fnv_1a(hash, parts[part].as_bytes());
        part += 1;
    }
    hash
};

/// The hash function FNV-1a, with a mark behind the text.
const fn fnv_1a(mut hash: u64, text: &[u8]) -> u64 {
    const PRIME: u64 = 0x100_0000_01b3;
    let mut at = 0;
    while at < text.len() {
        hash = (hash ^ text[at] as u64).wrapping_mul(PRIME);
        at += 1;
    }
    (hash ^ 0xff).wrapping_mul(PRIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> (ArtifactHeader, Vec<u8>) {
        let triple = Triple::from_str("aarch64-unknown-linux-gnu").unwrap();
        let target = Target::new(triple, CpuFeature::NEON | CpuFeature::LSE);
        let header = ArtifactHeader { file_length: 7, ..ArtifactHeader::new(&target, "c-1") };
        let mut bytes = vec![0; HEADER_OFFSET as usize];
        bytes[..4].copy_from_slice(&elf::ELFMAG);
        bytes.extend(header.encode().unwrap());
        (header, bytes)
    }

    #[test]
    fn headers_survive() {
        let (header, bytes) = sample();
        assert_eq!(ArtifactHeader::read(&bytes).unwrap(), header);
        header.check_version().unwrap();
        header.check_length(7).unwrap();
        assert_eq!(header.check_length(8), Err(ArtifactError::Length { expected: 7, got: 8 }));
        assert_eq!(bytes[KEYED_HASH], [0; 32]);
        let other = ArtifactHeader { hash: 1, ..header.clone() };
        assert!(matches!(other.check_version(), Err(ArtifactError::Hash { found: 1, .. })));
        let long = ArtifactHeader { compiler: "x".repeat(9000), ..header };
        assert!(matches!(long.encode(), Err(ArtifactError::TooLarge(_))));
    }

    #[test]
    fn damage_is_told_apart() {
        let (header, bytes) = sample();
        let with = |at: usize, byte: u8| {
            let mut bytes = bytes.clone();
            bytes[at] = byte;
            ArtifactHeader::read(&bytes)
        };
        assert!(matches!(with(0, 1), Err(ArtifactError::NotAnArtifact { .. })));
        assert!(matches!(with(65, 1), Err(ArtifactError::NotAnArtifact { .. })));
        for found in (1..FORMAT_VERSION).chain([9]) {
            let error = ArtifactError::Version { found, expected: FORMAT_VERSION };
            assert_eq!(with(72, found as u8), Err(error));
        }
        assert!(matches!(with(76, 1), Err(ArtifactError::Malformed { .. })));
        assert!(with(64 + 39, 0xff).unwrap_err().to_string().contains("CPU features"));
        let triple = 64 + FIXED + VERSION.len();
        assert!(matches!(with(triple, b'z'), Err(ArtifactError::Target(_))));
        for (at, byte) in bytes.iter().enumerate().skip(64) {
            assert_ne!(with(at, !byte).ok(), Some(header.clone()), "byte {at}");
        }
        for len in 0..bytes.len() {
            assert!(ArtifactHeader::read(&bytes[..len]).is_err());
        }
    }
}
