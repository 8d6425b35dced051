//! Loops of which no access can trap, as far as can be told before they begin, get a second version, which LLVM may
//! vectorise.
//!
//! What the program writes is written by volatile stores, because a trap must find the memory as it is at that point
//! ([`crate::translator`]), and LLVM leaves loops with those as they are. In the second version, which is called *proved*
//! here, nothing can trap, so that it has plain loads and stores, in the address space of the runtime's own accesses:
//!
//! ```text
//!   before ──▶ count ──(few or endless iterations)──▶ loop as it is ──▶ behind
//!                │                                      ▲               ▲
//!                ▼                                      │               │
//!              check ──(an access may be outside)───────┘               │
//!                │                                                      │
//!                ▼                                                      │
//!             proved loop ──▶ barrier ──────────────────────────────────┘
//! ```
//!
//! - `count` works out how often the loop runs, `check` that the first and the last access of each kind are inside of
//!   the memory and that no index wraps between. Memories never shrink, so that it holds while the loop runs.
//! - Plain stores may be put off, joined or dropped by LLVM, though only between `check` and `barrier`, where nothing
//!   traps and nothing is called: stores are not moved up past a condition, nor down past the barrier, which is assembly
//!   without instructions that may read and write all of memory.
//!
//! This takes place when LLVM has optimised a function, so that the loop as it is stays as good as it was, and functions
//! without such loops cost nothing. What LLVM does not vectorise then loses its second version again.
//!
//! | file | |
//! |---|---|
//! | `recurrence` | values that depend on the iteration before |
//! | `shape` | what a loop does: which of its values change by a constant in each iteration, what it touches, when it ends |
//! | `guard` | the code of `count` and `check` |
//! | `version` | the second version |

mod guard;
mod recurrence;
mod shape;
#[cfg(test)]
mod tests;
mod version;

use inkwell::attributes::AttributeLoc;
use inkwell::basic_block::BasicBlock;
use inkwell::module::Module;
use inkwell::support::LLVMString;
use inkwell::targets::TargetMachine;
use inkwell::values::{FunctionValue, InstructionOpcode, InstructionValue};

use self::shape::Shape;
use self::version::Version;
use crate::builder::Builder;
use crate::passes::options;
use crate::types::Types;

/// For independent operations. It takes long, and elsewhere it found nothing that made a program faster.
const JOIN: &str = "slp-vectorizer,vector-combine";
/// Without several vectors at a time, for which code would be twice as large.
const VECTORIZE: &str = "loop-vectorize<interleave-forced-only>";
/// Leaves away versions that are never entered.
const DISCARD: &str = "simplifycfg,adce";
/// What LLVM's own pipelines have behind its vectoriser, with one `instcombine` of two.
const CLEAN_UP: &str = "early-cse,instcombine<no-verify-fixpoint>,simplifycfg,vector-combine,loop-mssa(licm),simplifycfg";

/// Loops of a function that get a second version at most.
const MOST: usize = 100;

/// Wider vectors than these are slower on many processors that have them.
const WIDTH: (&str, &str) = ("prefer-vector-width", "256");

/// Vectorises loops of the optimised functions of a module.
///
/// `length_offset` is how far behind the base of a memory its length lies, in bytes, if loops with accesses may have a
/// second version.
///
/// # Errors
///
/// Those of LLVM's.
pub(crate) fn vectorize<'c>(
    module: &Module<'c>,
    types: Types<'c>,
    length_offset: Option<i64>,
    machine: &TargetMachine,
    verify: bool,
) -> Result<(), LLVMString> {
    let builder = Builder::new(types);
    let marker = types.context().get_kind_id("wasmer.proved");
    let metadata = types.context().get_kind_id("llvm.loop");
    for function in module.get_functions() {
        let run = |passes: &str| function.run_passes(passes, machine, options(verify));
        if function.get_basic_block_iter().any(recurrence::has_streams) {
            run(JOIN)?;
        }
        let Some(length_offset) = length_offset else { continue };
        let loops: Vec<BasicBlock<'c>> =
            function.get_basic_block_iter().filter(|block| shape::is_candidate(*block)).collect();
        let mut versions: Vec<Version<'c>> = Vec::new();
        for block in loops {
            if versions.len() == MOST {
                break;
            }
            let Some(shape) = Shape::of(block) else { continue };
            let number = types.i32.const_int(versions.len() as u64, false);
            let version = version::add(&builder, function, &shape, length_offset);
            let number = types.context().metadata_node(&[number.into()]);
            version.latch.set_metadata(number, marker).expect("branches take metadata");
            versions.push(version);
        }
        if versions.is_empty() {
            continue;
        }
        let width = types.context().create_string_attribute(WIDTH.0, WIDTH.1);
        function.add_attribute(AttributeLoc::Function, width);
        run(VECTORIZE)?;
        let mut vectorized = versions.len();
        for latch in latches(function) {
            let Some(number) = latch.get_metadata(marker) else { continue };
            if latch.get_metadata(metadata).is_some() {
                continue;
            }
            let number = number.get_node_values().expect("the marker is a node")[0];
            let number = number.into_int_value().get_zero_extended_constant();
            versions[number.expect("the marker is a constant") as usize].discard();
            vectorized -= 1;
        }
        if vectorized == 0 {
            function.remove_string_attribute(AttributeLoc::Function, WIDTH.0);
        }
        run(if vectorized == 0 { DISCARD } else { CLEAN_UP })?;
    }
    Ok(())
}

/// The conditional branches of a function.
fn latches<'c>(function: FunctionValue<'c>) -> Vec<InstructionValue<'c>> {
    function
        .get_basic_block_iter()
        .filter_map(|block| block.get_terminator())
        .filter(|last| last.get_opcode() == InstructionOpcode::Br && last.get_num_operands() == 3)
        .collect()
}
