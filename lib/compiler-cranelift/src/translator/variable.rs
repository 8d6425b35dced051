//! Locals and globals (WebAssembly 3.0, §4.6.6).
//!
//! Locals are variables of Cranelift's frontend, which finds the value that reaches each use. That takes time and
//! memory in proportion to the number of locals times the number of blocks. A small function can be written for which
//! that is hours and gigabytes, so the work is counted, and a function that needs too much of it is translated again
//! with its locals in memory on the stack.
//!
//! A global that can't change and whose value is in the module is a constant.
//!
//! A global that a middleware uses all over is a variable too: what is written goes to both, and only calls can
//! write to it elsewhere. So it is read from memory at the entry and behind calls, and loops have it in a register.

use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{
    Block, InstBuilder, MemFlagsData, StackSlot, StackSlotData, StackSlotKind, Value, types,
};
use cranelift_frontend::Variable;
use wasmer_types::layout::VALUE_SLOT_SIZE;
use wasmer_types::{CompileError, GlobalIndex, GlobalInit, Type};

use super::Translator;
use super::alias::Region;
use crate::environ::{POINTER, ir_type};

/// log2 of the alignment of locals in memory.
const LOCAL_ALIGN_LOG2: u8 = VALUE_SLOT_SIZE.trailing_zeros() as u8;

/// Locals times blocks that Cranelift's frontend can have: it keeps an entry for each pair.
const TABLE_ENTRIES: usize = 256 << 20;
/// Block parameters that the frontend can make for locals.
const PARAMETERS: u64 = 512 << 10;
/// Block parameters times the loops around them: Cranelift goes over the parameters of nested loops as often.
const PARAMETER_WORK: u64 = 64 << 20;
/// Parameters of a loop times the blocks in it: when the loop ends, each is looked for in every block.
const LOOP_WORK: usize = 32 << 20;

/// Where locals are.
pub(super) struct Locals {
    /// Types of the locals that are in memory: all of them or none.
    in_memory: Option<Vec<Type>>,
    /// How many locals there are.
    count: usize,
    /// Space for the locals that are in memory.
    area: Option<StackSlot>,
    /// Block parameters made so far.
    parameters: u64,
    /// As [`PARAMETER_WORK`].
    work: u64,
    /// How many loops are open.
    loops: u64,
    /// Whether a limit was passed.
    too_complex: bool,
}

impl Locals {
    pub(super) fn new(in_memory: bool) -> Self {
        Self {
            in_memory: in_memory.then(Vec::new),
            count: 0,
            area: None,
            parameters: 0,
            work: 0,
            loops: 0,
            too_complex: false,
        }
    }

    pub(super) fn are_too_complex(&self) -> bool {
        self.too_complex
    }
}

impl Translator<'_, '_> {
    /// Keeps a mutable global in a variable too. No locals may be declared any more.
    pub(super) fn mirror_global(&mut self, global: GlobalIndex) {
        if self.locals.in_memory.is_some() || self.mirror(global).is_some() {
            return;
        }
        self.locals.count += 1;
        let ty = ir_type(self.environ.module.globals[global].ty);
        let variable = self.builder.declare_var(ty);
        self.mirrors.push((global, variable));
        self.reload_mirror(global, variable);
    }

    /// The variable that has the value of a global, too.
    fn mirror(&self, global: GlobalIndex) -> Option<Variable> {
        self.mirrors.iter().find(|(mirrored, _)| *mirrored == global).map(|(_, variable)| *variable)
    }

    fn reload_mirror(&mut self, global: GlobalIndex, variable: Variable) {
        let value = self.load_global(global);
        self.builder.def_var(variable, value);
    }

    /// Reads the mirrored globals again, wherever control comes from another function: a callee may have written to
    /// them. Cranelift removes those that are not used.
    pub(super) fn reload_mirrors(&mut self) {
        for at in 0..self.mirrors.len() {
            let (global, variable) = self.mirrors[at];
            self.reload_mirror(global, variable);
        }
    }

    /// Gives the variables of mirrored globals values that nothing is known about.
    pub(super) fn forget_mirrors(&mut self) {
        for at in 0..self.mirrors.len() {
            let (global, variable) = self.mirrors[at];
            let ty = self.environ.module.globals[global].ty;
            // A value that is at hand: a constant would be made outside of loops, and take a register.
            let value = if ir_type(ty) == POINTER { self.vmctx } else { self.zero(ty) };
            self.builder.def_var(variable, value);
        }
    }

    /// Declares the next local, with its first value.
    pub(super) fn declare_local(&mut self, ty: Type, value: Value) {
        let local = self.locals.count as u32;
        self.locals.count += 1;
        match &mut self.locals.in_memory {
            None => {
                let variable = self.builder.declare_var(ir_type(ty));
                self.builder.def_var(variable, value);
            }
            Some(types) => {
                types.push(ty);
                let area = *self.locals.area.get_or_insert_with(|| {
                    let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, 0, LOCAL_ALIGN_LOG2);
                    self.builder.create_sized_stack_slot(slot)
                });
                self.builder.func.sized_stack_slots[area].size += VALUE_SLOT_SIZE;
                self.store_local(local, value);
            }
        }
    }

    /// The address and flags of a local that is in memory.
    fn local_address(&mut self, local: u32) -> (Value, MemFlagsData) {
        let area = self.locals.area.expect("the local was declared in memory");
        let offset = local * VALUE_SLOT_SIZE;
        let flags = self.trusted(Region::Locals);
        (self.builder.ins().stack_addr(POINTER, area, offset as i32), flags)
    }

    fn store_local(&mut self, local: u32, value: Value) {
        let (address, flags) = self.local_address(local);
        self.builder.ins().store(flags, value, address, 0);
    }

    /// Gives up locals as variables. The function is translated again, with its locals in memory.
    #[cold]
    fn too_complex(&mut self) -> Result<(), CompileError> {
        self.locals.too_complex = true;
        Err(CompileError::Resource("a function has too many locals and blocks".to_owned()))
    }

    /// Counts a loop that is entered.
    pub(super) fn enter_loop(&mut self) {
        self.locals.loops += 1;
    }

    /// Makes the blocks that jump to a loop's head known: all of them exist. The frontend then looks for the locals
    /// that were used in the loop.
    pub(super) fn leave_loop(&mut self, header: Block) -> Result<(), CompileError> {
        self.locals.loops -= 1;
        let blocks = self.builder.func.dfg.num_blocks() - header.as_u32() as usize;
        let work = blocks.saturating_mul(self.builder.block_params(header).len());
        if self.locals.in_memory.is_none() && work > LOOP_WORK {
            return self.too_complex();
        }
        let before = self.builder.func.dfg.num_values();
        self.builder.seal_block(header);
        self.count_parameters(before)
    }

    /// Counts the block parameters that the frontend has made since there were `before` values.
    fn count_parameters(&mut self, before: usize) -> Result<(), CompileError> {
        let made = (self.builder.func.dfg.num_values() - before) as u64;
        self.locals.parameters += made;
        self.locals.work += made * self.locals.loops;
        if self.locals.parameters > PARAMETERS || self.locals.work > PARAMETER_WORK {
            return self.too_complex();
        }
        Ok(())
    }

    pub(super) fn local_get(&mut self, local: u32) -> Result<(), CompileError> {
        let value = match &self.locals.in_memory {
            None => self.use_variable(Variable::from_u32(local))?,
            Some(types) => {
                let ty = types[local as usize];
                let (address, flags) = self.local_address(local);
                self.builder.ins().load(ir_type(ty), flags, address, 0)
            }
        };
        self.push(value);
        Ok(())
    }

    /// The value of a variable here.
    fn use_variable(&mut self, variable: Variable) -> Result<Value, CompileError> {
        self.check_table()?;
        let before = self.builder.func.dfg.num_values();
        let value = self.builder.use_var(variable);
        self.count_parameters(before)?;
        Ok(value)
    }

    fn check_table(&mut self) -> Result<(), CompileError> {
        match self.builder.func.dfg.num_blocks().saturating_mul(self.locals.count) > TABLE_ENTRIES {
            true => self.too_complex(),
            false => Ok(()),
        }
    }

    fn define_local(&mut self, local: u32, value: Value) -> Result<(), CompileError> {
        let value = self.canonical(value);
        match self.locals.in_memory {
            None => {
                self.check_table()?;
                self.builder.def_var(Variable::from_u32(local), value);
            }
            Some(_) => self.store_local(local, value),
        }
        Ok(())
    }

    pub(super) fn local_set(&mut self, local: u32) -> Result<(), CompileError> {
        let value = self.pop();
        self.define_local(local, value)
    }

    pub(super) fn local_tee(&mut self, local: u32) -> Result<(), CompileError> {
        let value = *self.buffers.values.last().expect("`local.tee` has an operand");
        self.define_local(local, value)
    }

    pub(super) fn global_get(&mut self, global: GlobalIndex) -> Result<(), CompileError> {
        let value = match self.mirror(global) {
            Some(variable) => self.use_variable(variable)?,
            None => match self.constant_global(global) {
                Some(value) => value,
                None => self.load_global(global),
            },
        };
        self.push(value);
        Ok(())
    }

    fn load_global(&mut self, global: GlobalIndex) -> Value {
        let ty = self.environ.module.globals[global];
        let (base, offset) = self.definition(self.environ.offsets.global(global));
        let flags = match ty.mutability.is_mutable() {
            true => self.trusted(Region::Global(global)),
            false => Self::constant_load(),
        };
        self.builder.ins().load(ir_type(ty.ty), flags, base, offset)
    }

    pub(super) fn global_set(&mut self, global: GlobalIndex) -> Result<(), CompileError> {
        let value = self.pop();
        let value = self.canonical(value);
        let (base, offset) = self.definition(self.environ.offsets.global(global));
        let flags = self.trusted(Region::Global(global));
        self.builder.ins().store(flags, value, base, offset);
        if let Some(variable) = self.mirror(global) {
            self.check_table()?;
            self.builder.def_var(variable, value);
        }
        Ok(())
    }

    /// The value of a global that is known from the module.
    fn constant_global(&mut self, global: GlobalIndex) -> Option<Value> {
        let module = self.environ.module;
        if module.globals[global].mutability.is_mutable() {
            return None;
        }
        let local = module.local_global_index(global)?;
        let ins = self.builder.ins();
        Some(match module.global_initializers.get(local)? {
            GlobalInit::I32Const(value) => ins.iconst(types::I32, i64::from(*value as u32)),
            GlobalInit::I64Const(value) => ins.iconst(types::I64, *value),
            GlobalInit::F32Const(value) => ins.f32const(Ieee32::with_bits(value.to_bits())),
            GlobalInit::F64Const(value) => ins.f64const(Ieee64::with_bits(value.to_bits())),
            _ => return None,
        })
    }
}
