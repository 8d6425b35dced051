//! From validated operators to Cranelift IR.
//!
//! [`Translator`] is a visitor of wasmparser's operators. `visit` holds the implementation of the visitor, which is
//! generated from the tables of operators at the head of each file here: a row names the operator and the method that
//! translates its family. The files are groups of operators:
//!
//! | file | operators |
//! |---|---|
//! | `control` | blocks, branches, `return`, `unreachable`, `select` |
//! | `call` | calls, and calls of the runtime's builtins |
//! | `variable` | locals and globals |
//! | `numeric` | numbers |
//! | `memory` | loads, stores, bulk operations on memories |
//! | `table`, `reference` | tables and references |
//! | `vector` | SIMD, relaxed SIMD |
//! | `atomic` | threads |
//!
//! `bounds` decides and emits the checks of memory addresses, `alias` tells Cranelift which accesses can't meet.
//!
//! Values of type v128 are on the stack with whichever lanes the operator that made them has; they are cast where the
//! lanes matter. In locals, globals, block parameters and calls they are `i8x16`.

mod alias;
mod atomic;
mod bounds;
mod call;
mod control;
mod memory;
mod numeric;
mod reference;
mod table;
mod variable;
mod vector;
mod visit;

use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{
    self, Block, Endianness, FuncRef, InstBuilder, MemFlagsData, Opcode, SigRef, StackSlot, Value,
    ValueDef, types,
};
use cranelift_codegen::packed_option::PackedOption;
use cranelift_frontend::{FunctionBuilder, Variable};
use smallvec::SmallVec;
use wasmer_compiler::FunctionTranslator;
use wasmer_types::{
    BuiltinFunction, CompileError, DefinitionLocation, FunctionIndex, FunctionType, GlobalIndex,
    MemoryIndex, SignatureIndex, Type,
};

use crate::environ::{Environ, POINTER, ir_type};
use crate::stamped::Stamped;
use crate::traps;
use alias::Region;
use control::Frame;
use memory::HeapHandles;
use variable::Locals;

/// Buffers that are used for function after function.
pub(crate) struct Buffers {
    values: Vec<Value>,
    frames: Vec<Frame>,
    /// Branch blocks of a `br_table`, by depth.
    branch_blocks: Stamped<Depth, Block>,
    functions: Stamped<FunctionIndex, FuncRef>,
    signatures: Stamped<SignatureIndex, SigRef>,
    heaps: Stamped<MemoryIndex, HeapHandles>,
}

/// How many globals are kept in variables at most; each takes a register in loops.
const MIRRORS: usize = 2;

/// How many blocks a branch leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Depth(u32);
cranelift_entity::entity_impl!(Depth);

impl Buffers {
    pub(crate) fn new() -> Self {
        Self {
            values: Vec::new(),
            frames: Vec::new(),
            branch_blocks: Stamped::new(),
            functions: Stamped::new(),
            signatures: Stamped::new(),
            heaps: Stamped::new(),
        }
    }

    fn clear(&mut self) {
        self.values.clear();
        self.frames.clear();
        self.functions.clear();
        self.signatures.clear();
        self.heaps.clear();
    }
}

/// Translates the operators of one function.
pub(crate) struct Translator<'e, 'f> {
    environ: &'e Environ<'e>,
    builder: FunctionBuilder<'f>,
    buffers: &'f mut Buffers,
    ty: &'e FunctionType,
    entry: Block,
    vmctx: Value,
    /// Where the caller wants two or more results.
    return_area: Option<Value>,
    locals: Locals,
    /// Globals that are kept in variables, too.
    mirrors: SmallVec<[(GlobalIndex, Variable); 1]>,
    /// Where callees put two or more results; as large as the longest list of results.
    callee_area: Option<StackSlot>,
    /// Whether control can come to the present operator.
    reachable: bool,
    /// How many blocks were entered since it can't.
    dead_depth: u32,
    /// Whether the condition of the present operator mostly holds, if there is a hint.
    hint: Option<bool>,
    /// Code is hardly ever run as long as so many blocks are open at least.
    cold: Option<usize>,
    /// Pointers of the VM context's header that were loaded at the entry, by field.
    header_pointers: [PackedOption<Value>; HeaderPointer::COUNT],
    builtin_signatures: [PackedOption<SigRef>; BuiltinFunction::ALL.len()],
    /// Zeros of types of locals, made at the entry.
    zeros: [PackedOption<Value>; 5],
}

/// A pointer in the header of a VM context that never changes.
#[derive(Clone, Copy)]
enum HeaderPointer {
    Builtins,
    TypeIds,
    FunctionSlots,
}

impl HeaderPointer {
    const COUNT: usize = 3;
}

impl<'e, 'f> Translator<'e, 'f> {
    /// A translator of a function of type `ty`, whose signature `builder` has. Its locals can be in memory, for
    /// functions for which [`Self::needs_locals_in_memory`].
    pub(crate) fn new(
        environ: &'e Environ<'e>,
        ty: &'e FunctionType,
        locals_in_memory: bool,
        mut builder: FunctionBuilder<'f>,
        buffers: &'f mut Buffers,
    ) -> Self {
        buffers.clear();
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        builder.seal_block(entry);
        builder.ensure_inserted_block();
        let vmctx = builder.block_params(entry)[0];
        let has_return_area = ty.results().len() >= 2;
        let return_area = has_return_area.then(|| builder.block_params(entry)[1]);
        let first = 1 + usize::from(has_return_area);
        let mut translator = Self {
            environ,
            builder,
            buffers,
            ty,
            entry,
            vmctx,
            return_area,
            locals: Locals::new(locals_in_memory),
            mirrors: SmallVec::new(),
            callee_area: None,
            reachable: true,
            dead_depth: 0,
            hint: None,
            cold: None,
            header_pointers: Default::default(),
            builtin_signatures: [PackedOption::default(); BuiltinFunction::ALL.len()],
            zeros: Default::default(),
        };
        for (i, param) in ty.params().iter().enumerate() {
            let value = translator.builder.block_params(entry)[first + i];
            translator.declare_local(*param, value);
        }
        translator.push_function_frame();
        translator
    }

    /// Ends the function, of which the last `end` was translated.
    pub(crate) fn finish(self) {
        self.builder.finalize(self.environ.isa.frontend_config());
    }

    /// Whether the translation failed because the function should be translated with its locals in memory.
    pub(crate) fn needs_locals_in_memory(&self) -> bool {
        self.locals.are_too_complex()
    }

    fn push(&mut self, value: Value) {
        self.buffers.values.push(value);
    }

    fn pop(&mut self) -> Value {
        self.buffers.values.pop().expect("validated operators find their operands")
    }

    /// The two topmost values, the deeper one first.
    fn pop2(&mut self) -> (Value, Value) {
        let b = self.pop();
        (self.pop(), b)
    }

    /// The three topmost values, the deepest first.
    fn pop3(&mut self) -> (Value, Value, Value) {
        let c = self.pop();
        let (a, b) = self.pop2();
        (a, b, c)
    }

    fn ty(&self, value: Value) -> ir::Type {
        self.builder.func.dfg.value_type(value)
    }

    /// The result of an instruction of Cranelift's format *unary*, of which `ty` is the controlling type.
    fn ins_unary(&mut self, opcode: Opcode, ty: ir::Type, a: Value) -> Value {
        let (inst, dfg) = self.builder.ins().Unary(opcode, ty, a);
        dfg.first_result(inst)
    }

    /// The result of an instruction of Cranelift's format *binary*.
    fn ins_binary(&mut self, opcode: Opcode, a: Value, b: Value) -> Value {
        let ty = self.ty(a);
        let (inst, dfg) = self.builder.ins().Binary(opcode, ty, a, b);
        dfg.first_result(inst)
    }

    fn iconst(&mut self, ty: ir::Type, value: u64) -> Value {
        self.builder.ins().iconst(ty, value as i64)
    }

    /// The value of `value` if it is a constant of an integer type.
    fn constant(&self, value: Value) -> Option<u64> {
        let dfg = &self.builder.func.dfg;
        let ValueDef::Result(inst, _) = dfg.value_def(value) else { return None };
        match dfg.insts[inst] {
            ir::InstructionData::UnaryImm { opcode: Opcode::Iconst, imm } => {
                let mask = u64::MAX >> (64 - dfg.value_type(value).bits());
                Some(imm.bits() as u64 & mask)
            }
            _ => None,
        }
    }

    /// A value that is zero exactly when the i32 `value` is: the operand of a widened comparison, or itself.
    fn condition(&self, value: Value) -> Value {
        let dfg = &self.builder.func.dfg;
        if let ValueDef::Result(inst, _) = dfg.value_def(value)
            && let ir::InstructionData::Unary { opcode: Opcode::Uextend, arg } = dfg.insts[inst]
        {
            return arg;
        }
        value
    }

    /// `value` as the vector type `ty`.
    fn cast(&mut self, value: Value, ty: ir::Type) -> Value {
        if self.ty(value) == ty {
            return value;
        }
        let flags = MemFlagsData::new().with_endianness(Endianness::Little);
        self.builder.ins().bitcast(ty, flags, value)
    }

    /// `value` in the form that locals, globals, block parameters and calls have.
    fn canonical(&mut self, value: Value) -> Value {
        match self.ty(value).is_vector() {
            true => self.cast(value, types::I8X16),
            false => value,
        }
    }

    /// The `i32` that is 1 when the condition holds.
    fn push_bool(&mut self, condition: Value) {
        let value = self.builder.ins().uextend(types::I32, condition);
        self.push(value);
    }

    /// An address or length of 32 or 64 bits as 64 bits.
    fn widen(&mut self, value: Value) -> Value {
        match self.ty(value) == types::I64 {
            true => value,
            false => self.builder.ins().uextend(types::I64, value),
        }
    }

    /// A 64-bit result as an address or length of type `index`.
    fn narrow(&mut self, value: Value, index: wasmer_types::IndexType) -> Value {
        match index.is_64() {
            true => value,
            false => self.builder.ins().ireduce(types::I32, value),
        }
    }

    /// Ends the block: nothing behind it is reached.
    fn trap(&mut self, code: wasmer_types::TrapCode) {
        self.builder.ins().trap(traps::to_ir(code));
        self.reachable = false;
    }

    /// Inserts an instruction at the start of the function, where its operands are at hand.
    ///
    /// What is pure is moved by Cranelift to where it is needed, so this saves making it twice and costs nothing.
    fn at_entry<R>(&mut self, insert: impl FnOnce(&mut FuncCursor<'_>) -> R) -> R {
        let mut cursor = FuncCursor::new(self.builder.func).at_first_insertion_point(self.entry);
        insert(&mut cursor)
    }

    /// The flags of a load of something that never changes while the function runs and that can be read at any time.
    fn constant_load() -> MemFlagsData {
        MemFlagsData::trusted().with_readonly().with_can_move()
    }

    /// The address of a definition in or behind the VM context: a base and an offset.
    fn definition(&mut self, location: DefinitionLocation) -> (Value, i32) {
        match location {
            DefinitionLocation::Inline(offset) => (self.vmctx, offset as i32),
            DefinitionLocation::Indirect(offset) => {
                let (flags, vmctx) = (Self::constant_load(), self.vmctx);
                (self.builder.ins().load(POINTER, flags, vmctx, offset as i32), 0)
            }
        }
    }

    /// A pointer of the VM context's header.
    fn header_pointer(&mut self, pointer: HeaderPointer) -> Value {
        if let Some(value) = self.header_pointers[pointer as usize].expand() {
            return value;
        }
        let header = self.environ.layouts.header;
        let offset = match pointer {
            HeaderPointer::Builtins => header.builtins(),
            HeaderPointer::TypeIds => header.type_ids(),
            HeaderPointer::FunctionSlots => header.function_slots(),
        };
        let (flags, vmctx) = (Self::constant_load(), self.vmctx);
        let value = self.at_entry(|c| c.ins().load(POINTER, flags, vmctx, offset as i32));
        self.header_pointers[pointer as usize] = value.into();
        value
    }

    /// Flags of an access to the runtime's structures in `region`: aligned, and never faulting.
    fn trusted(&mut self, region: Region) -> MemFlagsData {
        MemFlagsData::trusted().with_alias_region(Some(self.region(region)))
    }

    /// The zero of a local's type.
    fn zero(&mut self, ty: Type) -> Value {
        let slot = match ir_type(ty) {
            types::I32 => 0,
            types::I64 => 1,
            types::F32 => 2,
            types::F64 => 3,
            _ => 4,
        };
        if let Some(value) = self.zeros[slot].expand() {
            return value;
        }
        let value = self.at_entry(|c| match ir_type(ty) {
            types::F32 => c.ins().f32const(0.0),
            types::F64 => c.ins().f64const(0.0),
            types::I8X16 => {
                let zeros = c.func.dfg.constants.insert([0; 16].as_slice().into());
                c.ins().vconst(types::I8X16, zeros)
            }
            int => c.ins().iconst(int, 0),
        });
        self.zeros[slot] = value.into();
        value
    }
}

impl<'a> FunctionTranslator<'a> for Translator<'_, '_> {
    fn declare_locals(&mut self, count: u32, ty: Type) -> Result<(), CompileError> {
        if count == 0 {
            return Ok(());
        }
        let zero = self.zero(ty);
        for _ in 0..count {
            self.declare_local(ty, zero);
        }
        Ok(())
    }

    fn frequent_global(&mut self, global: GlobalIndex) -> Result<(), CompileError> {
        if self.mirrors.len() < MIRRORS {
            self.mirror_global(global);
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), CompileError> {
        Ok(())
    }

    fn position(&mut self, position: u32) {
        self.hint = None;
        self.builder.set_srcloc(ir::SourceLoc::new(position));
    }

    fn branch_hint(&mut self, is_taken: bool) {
        self.hint = Some(is_taken);
    }
}
