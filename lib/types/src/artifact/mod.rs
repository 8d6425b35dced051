//! Compiled modules as files.
//!
//! An artifact is an ELF shared object for the target, so that debuggers, profilers and disassemblers read it, with
//! sections of ours. Everything has one place, which follows from the sizes of the sections:
//!
//! ```text
//! ELF header
//! .wasmer.header      what decides whether the artifact can be used           header
//! segment table, section table, names of sections
//! .wasmer.info        types, imports, exports, segments, styles               rows, codec
//! .wasmer.functions   offset, length and wasm offset of each function
//! .text               machine code, at a page boundary
//! .eh_frame           call frame information, right behind the code
//! .wasmer.traps       offsets of instructions that may trap, then the reasons
//! .wasmer.addresses   offsets of instructions, then of their operators in wasm
//! .wasmer.inlined     function bodies that stand in place of calls
//! .wasmer.leaves      where functions without frames return to
//! .wasmer.names       which parts of .strtab are names of functions
//! .strtab, .symtab    a symbol for each function
//! .wasmer.custom      contents of custom sections
//! .wasmer.data        contents of data segments, images of memories, at a page boundary   data
//! ```
//!
//! [`Artifact::new`] looks at what stands before `.wasmer.info` and nothing else, and so takes the same time for every
//! module. The tables are read where they lie. The description in `.wasmer.info` is decoded by [`Artifact::decode`],
//! and checked there.
//!
//! Nothing here trusts a byte. What can't be checked is the machine code: see the functions that load it.

mod check;
mod codec;
mod data;
mod error;
mod header;
mod read;
mod rows;
mod section;
#[cfg(test)]
mod tests;
mod write;

pub use self::check::{Depth, check};
pub use self::data::MemoryImageExtent;
pub use self::error::ArtifactError;
pub use self::header::{ArtifactHeader, FORMAT_VERSION, KEYED_HASH};
pub use self::read::{Artifact, ArtifactHeaders, DecodedModule};
pub use self::section::Section;
pub use self::write::ArtifactContents;
