//! The machines. Each has the same files, which implement the traits of their subjects ([`crate::masm`]):
//!
//! | file | what |
//! |---|---|
//! | `mod` | the machine: registers, features, how its frames are unwound |
//! | `asm` | how instructions with an address or an immediate are written |
//! | `integer`, `float`, `vector`, `atomic` | instructions, by the type of their operands |
//! | `memory` | moves, constants, loads, stores, slots |
//! | `control` | frames, jumps, calls, traps |

#[expect(
    clippy::useless_conversion,
    reason = "dynasm converts the numbers of registers to u8, which they are"
)]
pub(crate) mod aarch64;
#[expect(
    clippy::useless_conversion,
    reason = "dynasm converts the numbers of registers to u8, which they are"
)]
pub(crate) mod x64;

use wasmer_compiler::FrameRule;

use crate::buffer::CodeBuffer;
use crate::masm::Masm;
use crate::translator::FrameLayout;

/// A machine with certain CPU features.
pub(crate) trait Isa: Sync {
    type Masm: Masm;

    /// Emits into `buffer` the code of a function whose body has `size` bytes; [`usize::MAX`] says that it was tried
    /// before and became too large for the distances that were expected.
    fn masm(&self, buffer: CodeBuffer, size: usize) -> Self::Masm;

    /// The buffer, and whether jump tables were emitted.
    fn buffer(&self, masm: Self::Masm) -> (CodeBuffer, bool);

    /// Alignment of functions in bytes.
    fn alignment(&self) -> u32;

    /// How the frame of a function is unwound.
    fn unwind_rules(&self, frame: &FrameLayout) -> Vec<(u32, FrameRule)>;
}
