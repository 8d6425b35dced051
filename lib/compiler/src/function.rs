//! What a backend makes of a function.

use wasmer_types::image::{InlinedBody, ReturnAddress};
use wasmer_types::{LocalFunctionIndex, TrapCode};

/// Bytes of code within which processors predict branches best.
///
/// A switch in a loop ran at half the speed when it lay across the end of a page (Zen 4, the benchmark
/// `interpreter`: 0.30 s within a page, up to 0.58 s across two, by which of its branches lead into the other).
pub const CODE_PAGE: usize = 4096;

/// A compiled function, not yet at its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompiledFunction {
    /// Instructions and constants; the entry point with the C ABI is at offset 0.
    pub body: Vec<u8>,
    /// Alignment that the body needs, in bytes; a power of two of at most 4096.
    pub alignment: u32,
    /// Whether it lies right behind the function before it in the text, with which it was compiled: both refer to
    /// each other, and to constants that may lie in the last of such functions, by distance. A function and the joined
    /// ones behind it are a *unit*: they stay together, or none can be used.
    pub joined: bool,
    /// Whether it jumps through tables. Then the body lies within one page of [`CODE_PAGE`] bytes if it fits.
    pub has_jump_tables: bool,
    /// Places to fill in when the function has found its place, in increasing order of offsets.
    pub relocations: Vec<Relocation>,
    /// Offsets of instructions that may trap, increasing, with the reason.
    pub traps: Vec<(u32, TrapCode)>,
    /// What a fault on an access to memory means at instructions that are not in `traps`. `None` when all that may
    /// fault are.
    pub memory_faults: Option<TrapCode>,
    /// Offset of the first instruction of each piece of code and the byte offset in the module of the operator
    /// that it comes from ([`wasmer_types::image::AddressMap::NONE`] for none), in increasing order.
    pub addresses: Vec<(u32, u32)>,
    /// Bodies of functions that stand in place of calls in it, in increasing order of positions. The first begins behind
    /// all offsets in the module; the linker gives each function positions of its own from there on.
    pub inlined: Vec<InlinedBody>,
    /// Where the caller goes on, at code without a frame: offsets of the first instruction of each piece and the place
    /// of the return address, in increasing order; `None` where there is a frame, as everywhere before the first. Such a
    /// function is a leaf, and leaves the frame pointer alone.
    pub leaf: Vec<(u32, Option<ReturnAddress>)>,
    /// How to unwind its frame. `None` when the backend does not say.
    pub unwind: Option<UnwindInfo>,
}

/// DWARF call frame instructions of one function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnwindInfo {
    /// Length of the code in bytes.
    pub length: u32,
    /// Offset of the instruction behind which each rule holds, and the rule.
    pub rules: Vec<(u32, FrameRule)>,
}

/// A change of the rules by which a caller's registers are found (DWARF 5, §6.4.2). Registers have DWARF numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameRule {
    /// The canonical frame address is `register + offset`.
    Cfa {
        /// Base.
        register: u16,
        /// Bytes.
        offset: i32,
    },
    /// The canonical frame address is at another offset from the same register.
    CfaOffset(i32),
    /// The canonical frame address is at the same offset from another register.
    CfaRegister(u16),
    /// The caller's value of a register is stored at `cfa + offset`.
    Saved {
        /// Which register.
        register: u16,
        /// Bytes.
        offset: i32,
    },
    /// A register holds the caller's value.
    Same(u16),
}

/// A place in a function that depends on where the function and its target lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relocation {
    /// Offset of the place in the body.
    pub offset: u32,
    /// How the place is filled in.
    pub kind: RelocationKind,
    /// What it refers to.
    pub target: RelocationTarget,
    /// Number to add to the address of the target.
    pub addend: i64,
}

/// How a relocated place is filled in. All are relative to the program counter: the text is position-independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelocationKind {
    /// 32-bit difference `target + addend - place` (`R_X86_64_PC32`, `R_X86_64_PLT32`).
    X86PcRel4,
    /// 26-bit word difference in a `b` or `bl` (`R_AARCH64_CALL26`).
    Aarch64Call26,
}

/// What a relocation refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelocationTarget {
    /// The entry point of a function of the same module.
    Function(LocalFunctionIndex),
}
