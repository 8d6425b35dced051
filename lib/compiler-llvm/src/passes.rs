//! What LLVM does to the intermediate representation, and what is done to it behind that.

use std::collections::HashMap;

use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::context::Context;
use inkwell::module::Module;
use inkwell::passes::PassBuilderOptions;
use inkwell::support::LLVMString;
use inkwell::targets::TargetMachine;
use inkwell::values::{
    BasicValue, BasicValueEnum, BasicValueUse, CallSiteValue, FunctionValue, InstructionOpcode,
    InstructionValue, IntValue, PointerValue,
};
use wasmer_types::CompileError;

use crate::builder::instruction;
use crate::config::LLVMOptLevel;
use crate::effort::Effort;
use crate::types::is_heap;

/// Passes of the levels above [`LLVMOptLevel::None`], in LLVM's notation. They are what pays of LLVM's own pipelines
/// (`docs/llvm.md`, *Passes*). Loads are known by `early-cse`, so that `gvn` does not look for them again, which takes
/// it four times as long. That `simplifycfg` comes before `early-cse` keeps functions of nothing but branches on the
/// same condition cheap.
macro_rules! passes {
    (less) => {
        "mem2reg,simplifycfg,early-cse<memssa>,instcombine<no-verify-fixpoint>"
    };
    (linear) => {
        "mem2reg,simplifycfg,instcombine<no-verify-fixpoint>,simplifycfg"
    };
    (default) => {
        concat!(passes!(less), ",loop(loop-rotate),loop-mssa(licm),gvn<no-memdep>")
    };
    (aggressive) => {
        concat!(passes!(default), ",simplifycfg,vector-combine")
    };
}

/// Passes by level and effort, if there are any.
fn pipeline(level: LLVMOptLevel, effort: Effort) -> Option<&'static str> {
    Some(match (effort, level) {
        (Effort::Least, _) => return None,
        (_, LLVMOptLevel::None) => "function(mem2reg)",
        (Effort::Linear, _) => concat!("function<eager-inv>(", passes!(linear), ")"),
        (_, LLVMOptLevel::Less) => concat!("function<eager-inv>(", passes!(less), ",simplifycfg)"),
        (_, LLVMOptLevel::Default) => {
            concat!("function<eager-inv>(", passes!(default), ",simplifycfg)")
        }
        (_, LLVMOptLevel::Aggressive) => concat!("function<eager-inv>(", passes!(aggressive), ")"),
    })
}

/// The mark of functions that set a global in a loop.
const CARRIER: &str = "wasmer-carrier";
/// What is done for them: a value that one iteration leaves in a global for the next is kept in a register as well. That
/// is a matter of loads, which the `gvn` of the other functions does not look for.
const CARRY: &str = "gvn,simplifycfg";

/// Whether a level has `gvn`.
fn has_values(level: LLVMOptLevel) -> bool {
    matches!(level, LLVMOptLevel::Default | LLVMOptLevel::Aggressive)
}

/// Marks a function as one that sets a global in a loop, such as a counter of a middleware.
pub(crate) fn mark_carrier<'c>(context: &'c Context, function: FunctionValue<'c>) {
    let mark = context.create_string_attribute(CARRIER, "");
    function.add_attribute(AttributeLoc::Function, mark);
}

/// How passes are run: with a look at what each has made if it is to be verified.
pub(crate) fn options(verify: bool) -> PassBuilderOptions {
    let options = PassBuilderOptions::create();
    options.set_verify_each(verify);
    options
}

/// Optimises a module.
///
/// # Errors
///
/// [`CompileError::Codegen`] when LLVM fails.
pub(crate) fn optimize(
    module: &Module<'_>,
    machine: &TargetMachine,
    level: LLVMOptLevel,
    effort: Effort,
    verify: bool,
) -> Result<(), CompileError> {
    let Some(pipeline) = pipeline(level, effort) else { return Ok(()) };
    module.run_passes(pipeline, machine, options(verify)).map_err(failed)?;
    for function in module.get_functions() {
        if function.get_string_attribute(AttributeLoc::Function, CARRIER).is_none() {
            continue;
        }
        function.remove_string_attribute(AttributeLoc::Function, CARRIER);
        if effort == Effort::Full && has_values(level) {
            function.run_passes(CARRY, machine, options(verify)).map_err(failed)?;
        }
    }
    Ok(())
}

/// An error of LLVM's.
pub(crate) fn failed(error: LLVMString) -> CompileError {
    CompileError::Codegen(error.to_string())
}

/// Makes what the optimisations have left of the loads of the program stay where it is: they become volatile, and the
/// uses that kept them go.
///
/// Two kinds of uses stay, so that the loaded value is in a register:
///
/// - That of a load that a `select` uses, because LLVM 22 does not respect volatile loads everywhere: it takes a load of
///   which one operand of a `select` is all that comes into a conditional move, on x86, and then puts that move and its
///   load behind a branch.
/// - That of a load of which one bit is cleared. That is one instruction on registers of x86, `btr`, where `and` of memory
///   would need the mask: a rotation by a variable, which is slow on Intel's processors.
pub(crate) fn pin_loads(module: &Module<'_>) {
    let keep = module.get_function("llvm.fake.use");
    // A load may have as many uses as the function has operators.
    let mut in_register = HashMap::new();
    for function in module.get_functions() {
        // The places of loads are those of their uses, before these go; and then loads have the users that stay.
        let mut loads = Vec::new();
        for block in function.get_basic_block_iter() {
            let mut next = block.get_first_instruction();
            while let Some(instruction) = next {
                next = instruction.get_next_instruction();
                match instruction.get_opcode() {
                    InstructionOpcode::Load => {
                        place_load(instruction, keep);
                        loads.push(instruction);
                    }
                    InstructionOpcode::Call if is_call_of(instruction, keep) => {
                        let stays = operand_load(instruction).is_some_and(|load| {
                            *in_register.entry(load).or_insert_with(|| is_for_register(load))
                        });
                        if !stays {
                            instruction.erase_from_basic_block();
                        }
                    }
                    _ => {}
                }
            }
        }
        loads.into_iter().for_each(pin_load);
    }
}

/// Says which functions make frames. A trap may be anywhere, and its trace begins with the function that it is in, so
/// there must be a way from there to the caller.
///
/// Functions make their frames before all else, if they have one. LLVM makes a frame only where a path needs one, which
/// is called shrink-wrapping, unless something looks at the stack where a program fails. Sanitizers do. The attribute of
/// one means nothing else to what generates code.
///
/// Those that call nothing, the leaves, need none, unless they align their stack, and don't use the frame pointer. Call frame information says of each instruction where
/// their return address is ([`LeafTable`](wasmer_types::image::LeafTable)).
pub(crate) fn choose_frames(module: &Module<'_>) {
    let context = module.get_context();
    let attribute =
        |name, value| context.create_enum_attribute(Attribute::get_named_enum_kind_id(name), value);
    let begins_with_frame = attribute("sanitize_thread", 0);
    let is_leaf = [
        context.create_string_attribute("frame-pointer", "non-leaf"),
        attribute("uwtable", UNWIND_ANYWHERE),
    ];
    for function in module.get_functions().filter(|function| function.count_basic_blocks() > 0) {
        function.add_attribute(AttributeLoc::Function, begins_with_frame);
        if !has_calls(function) {
            for attribute in is_leaf {
                function.add_attribute(AttributeLoc::Function, attribute);
            }
        }
    }
}

/// Whether a function calls others. Intrinsics are instructions.
fn has_calls(function: FunctionValue<'_>) -> bool {
    let is_call = |instruction: InstructionValue<'_>| {
        let Ok(call) = CallSiteValue::try_from(instruction) else { return false };
        call.get_called_fn_value().is_none_or(|callee| callee.get_intrinsic_id() == 0)
    };
    function.get_basic_block_iter().any(|block| block.get_instructions().any(is_call))
}

/// The load that the operand of a use without code is.
fn operand_load(keep: InstructionValue<'_>) -> Option<InstructionValue<'_>> {
    let load = keep.get_operand(0)?.value()?.as_instruction_value()?;
    (load.get_opcode() == InstructionOpcode::Load).then_some(load)
}

/// Whether the value of a load should be in a register (see [`pin_loads`]).
fn is_for_register(load: InstructionValue<'_>) -> bool {
    let mut next = load.get_first_use();
    while let Some(usage) = next {
        next = usage.get_next_use();
        let Some(user) = instruction(usage.get_user()) else { continue };
        match user.get_opcode() {
            InstructionOpcode::Select => return true,
            InstructionOpcode::And if (0..2).any(|at| is_all_but_one_bit(user, at)) => return true,
            _ => {}
        }
    }
    false
}

/// Whether an operand is a mask of all bits but one: -2, rotated.
fn is_all_but_one_bit(instruction: InstructionValue<'_>, at: u32) -> bool {
    let rotation = integer_operand(instruction, at).and_then(|value| value.as_instruction_value());
    let Some(rotation) = rotation else { return false };
    let is_mask = |at| {
        let operand = integer_operand(rotation, at);
        operand.is_some_and(|value| value.get_sign_extended_constant() == Some(-2))
    };
    rotation.get_opcode() == InstructionOpcode::Call && is_mask(0) && is_mask(1)
}

/// An operand of an instruction, if it is an integer.
fn integer_operand<'c>(instruction: InstructionValue<'c>, at: u32) -> Option<IntValue<'c>> {
    match instruction.get_operand(at)?.value()? {
        BasicValueEnum::IntValue(value) => Some(value),
        _ => None,
    }
}

fn is_call_of(instruction: InstructionValue<'_>, function: Option<FunctionValue<'_>>) -> bool {
    let Ok(call) = CallSiteValue::try_from(instruction) else { return false };
    function.is_some() && call.get_called_fn_value() == function
}

/// The operand of an instruction.
fn pointer_operand<'c>(instruction: InstructionValue<'c>, at: u32) -> Option<PointerValue<'c>> {
    match instruction.get_operand(at)?.value()? {
        BasicValueEnum::PointerValue(pointer) => Some(pointer),
        _ => None,
    }
}

/// Whether an instruction belongs to an operator.
fn has_place(instruction: InstructionValue<'_>) -> bool {
    instruction.get_debug_location().is_some_and(|location| location.get_line() > 0)
}

/// Gives a load the place of the first use that keeps it. It has lost its own where it was moved out of a loop.
fn place_load(load: InstructionValue<'_>, keep: Option<FunctionValue<'_>>) {
    if has_place(load) {
        return;
    }
    let mut next = load.get_first_use();
    // The latest use comes first.
    let mut first = None;
    while let Some(usage) = next {
        next = usage.get_next_use();
        let user = instruction(usage.get_user());
        first = user.filter(|user| is_call_of(*user, keep) && has_place(*user)).or(first);
    }
    if let Some(usage) = first {
        load.set_debug_location(usage.get_debug_location());
    }
}

fn pin_load(load: InstructionValue<'_>) {
    let Some(pointer) = pointer_operand(load, 0) else { return };
    if is_heap(pointer.get_type()) {
        load.set_volatile(true).expect("loads can be volatile");
        place_users(load, pointer);
    }
}

/// The value of `uwtable` that asks for call frame information that holds at each instruction, also between prologue and
/// epilogue.
pub(crate) const UNWIND_ANYWHERE: u64 = 2;

/// How many operations, conversions aside, are one instruction together with a load at most: such as an `and` and a
/// comparison of its result with zero, on which a branch depends.
const FOLDED: usize = 3;

/// Gives an instruction that may take the loaded value from memory itself the place of the load, where its fault
/// belongs. It does not trap on its own account.
fn place_users<'c>(load: InstructionValue<'c>, pointer: PointerValue<'c>) {
    let (mut value, mut operations) = (load, 0);
    while let Some(user) = only_user(value) {
        match user.get_opcode() {
            InstructionOpcode::Call | InstructionOpcode::Phi | InstructionOpcode::Load => break,
            InstructionOpcode::Store => {
                if pointer_operand(user, 1) == Some(pointer) {
                    user.set_debug_location(load.get_debug_location());
                }
                break;
            }
            _ => user.set_debug_location(load.get_debug_location()),
        }
        operations += usize::from(!is_conversion(user.get_opcode()));
        // A comparison takes its place from the branch.
        if user.is_terminator() || operations == FOLDED {
            break;
        }
        value = user;
    }
}

/// Whether an operation makes the same value in another form.
fn is_conversion(opcode: InstructionOpcode) -> bool {
    use InstructionOpcode as Op;
    let casts = [Op::ZExt, Op::SExt, Op::Trunc, Op::FPExt, Op::FPTrunc, Op::BitCast];
    let lanes = [Op::ExtractElement, Op::InsertElement, Op::ShuffleVector];
    casts.contains(&opcode) || lanes.contains(&opcode)
}

/// The instruction that uses a value, if there is just one and it is in the same block.
fn only_user<'c>(value: InstructionValue<'c>) -> Option<InstructionValue<'c>> {
    let first = value.get_first_use()?;
    let is_only = BasicValueUse::get_next_use(first).is_none();
    let user = instruction(first.get_user())?;
    (is_only && user.get_parent() == value.get_parent()).then_some(user)
}
