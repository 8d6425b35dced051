//! From validated operators to LLVM's intermediate representation.
//!
//! [`Translator`] is a visitor of wasmparser's operators. `visit` holds the implementation of the visitor, which is
//! generated from the tables of operators at the head of each file here: a row names the operator and the method that
//! translates its family. The files are groups of operators:
//!
//! | file | operators |
//! |---|---|
//! | `control` | blocks, branches, `return`, `unreachable`, `select`; traps |
//! | `call` | calls, and calls of the runtime's builtins |
//! | `inline` | function bodies in place of calls |
//! | `variable` | locals and globals |
//! | `numeric` | numbers |
//! | `memory` | loads, stores, operations on whole memories |
//! | `bulk` | `memory.copy`, `memory.fill` |
//! | `table`, `reference` | tables and references |
//! | `vector` | SIMD, relaxed SIMD |
//! | `atomic` | threads |
//!
//! `bounds` decides and emits the checks of memory addresses, `alias` tells LLVM which accesses can't meet.
//!
//! Values of type v128 are on the stack with whichever lanes the operator that made them has; they are cast where the
//! lanes matter. In locals, globals, block parameters and calls they are bytes. References are pointers. Locals are on
//! LLVM's stack; its first optimisation finds the values.
//!
//! # What can be seen
//!
//! A trap is not the end of everything: the host sees memories, globals and tables as they were, and calls
//! again. So nothing that the program writes may be missing when it traps, and nothing that it would have written later
//! may be there. LLVM takes it that a plain load or store does not trap, and may drop, join and move them
//! accordingly. Here,
//!
//! - what the program writes is written by *volatile* stores. They are not dropped and stay in order; and because they
//!   are not guaranteed to return (LLVM Language Reference, *Volatile Memory Accesses*), no load that might fault
//!   is moved up past one;
//! - a load from a memory is a plain load, which LLVM joins with others and moves out of loops where it executes
//!   anyway, but a use of it that has no code (`llvm.fake.use`) follows, so that it is not dropped, nor moved down past
//!   what comes next;
//! - when the optimisations are done, the loads that are left become volatile, and the uses go ([`crate::passes`]):
//!   a use whose load was replaced by an earlier access to the same place was not needed, because that one would
//!   have trapped.
//!
//! Loops that can't trap get a version without volatile accesses before that ([`crate::loops`]).

mod alias;
mod atomic;
mod bounds;
mod bulk;
mod call;
mod control;
mod inline;
mod memory;
mod numeric;
mod reference;
mod table;
mod variable;
mod vector;
mod visit;

use std::collections::HashMap;
use std::mem;

use inkwell::attributes::AttributeLoc;
use inkwell::basic_block::BasicBlock;
use inkwell::debug_info::DIScope;
use inkwell::types::{BasicType, BasicTypeEnum};
use inkwell::values::{FunctionValue, InstructionOpcode, InstructionValue, PointerValue};
use wasmer_compiler::{FunctionInput, FunctionTranslator};
use wasmer_types::image::InlinedBody;
use wasmer_types::{
    CompileError, DefinitionLocation, FunctionType, IndexType, MemoryIndex, TrapCode, Type,
};

use crate::builder::{Builder, Value};
use crate::effort::Weight;
use crate::environ::Environ;
use crate::inline::Bodies;
use crate::types::{Lanes, Types};
use crate::unit::Unit;
pub(crate) use alias::ClassName;
use alias::Region;
use control::Frame;
use inline::{Body, Inlined};
use variable::Local;

/// Bytes of a pointer of the machines that are compiled for.
const POINTER_SIZE: u32 = 8;

/// Translates the operators of one function.
pub(crate) struct Translator<'u, 'e, 'c> {
    unit: &'u Unit<'e, 'c>,
    function: FunctionValue<'c>,
    ty: &'e FunctionType,
    /// What locations are in.
    scope: DIScope<'c>,
    /// Position of the present operator: its offset in the module, but for those of bodies in place of calls.
    position: u32,
    /// Whether its instructions have a place.
    is_located: bool,
    /// Where space on the stack and what never changes are made. It leads to the second block.
    entry: BasicBlock<'c>,
    body: BasicBlock<'c>,
    vmctx: PointerValue<'c>,
    /// Where the caller wants two or more results.
    return_area: Option<PointerValue<'c>>,
    values: Vec<Value<'c>>,
    frames: Vec<Frame<'e, 'c>>,
    /// How many of them are loops.
    open_loops: u32,
    locals: Vec<Local<'c>>,
    /// Bodies that may stand in place of calls.
    bodies: Option<&'e Bodies<'e>>,
    /// The one that is being translated.
    present: Body,
    inlined: Inlined,
    /// Where callees put two or more results, and how many fit.
    callee_area: Option<(PointerValue<'c>, usize)>,
    /// Whether control can come to the present operator.
    reachable: bool,
    /// How many blocks were entered since it can't.
    dead_depth: u32,
    /// Whether the condition of the present operator mostly holds, if there is a hint.
    hint: Option<bool>,
    /// Pointers of the VM context's header that were loaded at the entry, by field.
    header_pointers: [Option<PointerValue<'c>>; HeaderPointer::COUNT],
    /// Bases of memories that do not move.
    bases: HashMap<MemoryIndex, PointerValue<'c>>,
    weight: Weight,
    /// How many operators there were since the last block.
    operators: usize,
}

/// A pointer in the header of a VM context that never changes.
#[derive(Clone, Copy)]
enum HeaderPointer {
    TypeIds,
    FunctionSlots,
}

impl HeaderPointer {
    const COUNT: usize = 2;
}

impl<'u, 'e, 'c> Translator<'u, 'e, 'c> {
    /// A translator of `function`, in which `bodies` may stand in place of calls.
    pub(crate) fn new(
        unit: &'u Unit<'e, 'c>,
        function: &FunctionInput<'_>,
        bodies: Option<&'e Bodies<'e>>,
    ) -> Self {
        let ty = unit.environ.module.function_type(function.function_index());
        let value = unit.function(function.index());
        let scope = unit.define(value, function.index());
        let builder = &unit.builder;
        let (entry, body) = (builder.append_block(value), builder.append_block(value));
        let params: Vec<Value<'c>> = value.get_params();
        let has_return_area = ty.results().len() >= 2;
        let mut translator = Self {
            unit,
            function: value,
            ty,
            scope,
            position: 0,
            is_located: false,
            entry,
            body,
            vmctx: params[0].into_pointer_value(),
            return_area: has_return_area.then(|| params[1].into_pointer_value()),
            values: Vec::new(),
            frames: Vec::new(),
            open_loops: 0,
            locals: Vec::with_capacity(ty.params().len()),
            bodies,
            present: Body::new(function.index()),
            inlined: Inlined::new(bodies.map_or(0, |bodies| bodies.end)),
            callee_area: None,
            reachable: true,
            dead_depth: 0,
            hint: None,
            header_pointers: Default::default(),
            bases: HashMap::new(),
            weight: Weight::default(),
            operators: 0,
        };
        builder.set_location(None);
        builder.enter(body);
        for (ty, value) in ty.params().iter().zip(&params[1 + usize::from(has_return_area)..]) {
            translator.declare_local(*ty, *value);
        }
        translator.push_function_frame();
        translator
    }

    /// Ends the function, of which the last `end` was translated. What it takes to compile is returned, and the bodies
    /// in place of calls.
    pub(crate) fn finish(self) -> (Weight, Vec<InlinedBody>) {
        self.builder().set_location(None);
        self.builder().enter(self.entry);
        self.builder().jump(self.body);
        let blocks = self.function.count_basic_blocks() as usize;
        (Weight { blocks, ..self.weight }, self.inlined.bodies)
    }

    fn builder(&self) -> &'u Builder<'c> {
        &self.unit.builder
    }

    fn types(&self) -> &'u Types<'c> {
        &self.unit.types
    }

    fn environ(&self) -> &'e Environ<'e> {
        self.unit.environ
    }

    fn push(&mut self, value: Value<'c>) {
        self.values.push(value);
        self.weight.operands = self.weight.operands.max(self.values.len());
    }

    fn pop(&mut self) -> Value<'c> {
        self.values.pop().expect("validated operators find their operands")
    }

    /// The two topmost values, the deeper one first.
    fn pop2(&mut self) -> (Value<'c>, Value<'c>) {
        let b = self.pop();
        (self.pop(), b)
    }

    /// The three topmost values, the deepest first.
    fn pop3(&mut self) -> (Value<'c>, Value<'c>, Value<'c>) {
        let c = self.pop();
        let (a, b) = self.pop2();
        (a, b, c)
    }

    /// `value` in the form that locals, globals, block parameters and calls have.
    fn canonical(&self, value: Value<'c>) -> Value<'c> {
        match value.is_vector_value() {
            true => self.builder().lanes(value, Lanes::I8X16),
            false => value,
        }
    }

    /// The `i32` that is 1 when the condition holds.
    fn push_bool(&mut self, condition: Value<'c>) {
        let value = self.builder().cast(InstructionOpcode::ZExt, condition, self.types().i32);
        self.push(value);
    }

    /// Whether the i32 or i64 `value` is not zero.
    fn is_not_zero(&self, value: Value<'c>) -> Value<'c> {
        let zero = self.builder().zero(value.get_type());
        self.builder().icmp(inkwell::IntPredicate::NE, value, zero)
    }

    /// A 64-bit result as an address or length of type `index`.
    fn narrow(&self, value: Value<'c>, index: IndexType) -> Value<'c> {
        match index.is_64() {
            true => value,
            false => self.builder().cast(InstructionOpcode::Trunc, value, self.types().i32),
        }
    }

    /// Inserts instructions at the start of the function. They belong to no operator.
    fn at_entry<R>(&self, insert: impl FnOnce(&Builder<'c>) -> R) -> R {
        let builder = self.builder();
        let (block, location) = (builder.block(), builder.location());
        builder.set_location(None);
        builder.enter(self.entry);
        let result = insert(builder);
        builder.enter(block);
        builder.set_location(location);
        result
    }

    /// Marks an access to the runtime's structures.
    fn in_region(&self, access: InstructionValue<'c>, region: Region) {
        let metadata = self.unit.region(region);
        access.set_metadata(metadata, self.unit.kinds.tbaa).expect("an access takes metadata");
    }

    /// Loads something of the runtime's structures that changes only at known places.
    fn load_field(
        &self,
        ty: impl BasicType<'c>,
        base: PointerValue<'c>,
        offset: u32,
        region: Region,
    ) -> Value<'c> {
        let builder = self.builder();
        let ty = ty.as_basic_type_enum();
        let (value, load) = builder.load(ty, builder.field(base, offset), align_of(ty));
        self.in_region(load, region);
        value
    }

    /// Loads something that never changes while the function runs and that can be read at any time.
    fn load_constant(
        &self,
        ty: impl BasicType<'c>,
        base: PointerValue<'c>,
        offset: u32,
    ) -> Value<'c> {
        let builder = self.builder();
        let ty = ty.as_basic_type_enum();
        let (value, load) = builder.load(ty, builder.field(base, offset), align_of(ty));
        self.in_region(load, Region::Constants);
        load.set_metadata(self.unit.empty, self.unit.kinds.invariant_load)
            .expect("a load takes metadata");
        value
    }

    /// The address of a definition in or behind the VM context: a base and an offset.
    fn definition(&self, location: DefinitionLocation) -> (PointerValue<'c>, u32) {
        match location {
            DefinitionLocation::Inline(offset) => (self.vmctx, offset),
            DefinitionLocation::Indirect(offset) => {
                let pointer = self.load_constant(self.types().pointer, self.vmctx, offset);
                (pointer.into_pointer_value(), 0)
            }
        }
    }

    /// A pointer of the VM context's header.
    fn header_pointer(&mut self, pointer: HeaderPointer) -> PointerValue<'c> {
        if let Some(value) = self.header_pointers[pointer as usize] {
            return value;
        }
        let header = self.environ().layouts.header;
        let offset = match pointer {
            HeaderPointer::TypeIds => header.type_ids(),
            HeaderPointer::FunctionSlots => header.function_slots(),
        };
        let value = self.at_entry(|_| self.load_constant(self.types().pointer, self.vmctx, offset));
        let value = value.into_pointer_value();
        self.header_pointers[pointer as usize] = Some(value);
        value
    }

    /// The result of an intrinsic that exists for the type of its first operand.
    fn intrinsic(&self, name: &str, args: &[Value<'c>]) -> Value<'c> {
        self.intrinsic_of(name, &[args[0].get_type()], args)
    }

    /// The result of an intrinsic that exists for the types `overload`.
    fn intrinsic_of(
        &self,
        name: &str,
        overload: &[BasicTypeEnum<'c>],
        args: &[Value<'c>],
    ) -> Value<'c> {
        let call = self.builder().intrinsic(&self.unit.module, name, overload, args);
        call.try_as_basic_value().basic().expect("the intrinsic has a result")
    }

    /// Gives the instructions that follow the place of the present operator. What may fault and calls need one; a place
    /// for each operator would take a thirtieth of the time of compiling.
    fn locate(&mut self) {
        if !mem::replace(&mut self.is_located, true) {
            self.builder().set_location(Some(self.unit.location(self.position, 0, self.scope)));
        }
    }

    /// Ends what [`Self::locate`] has begun, but that from the first body in place of a call on each instruction says
    /// whether it is in one: a program may be interrupted anywhere.
    fn leave_place(&mut self) {
        if mem::take(&mut self.is_located) && !self.has_bodies() {
            self.builder().set_location(None);
        }
    }

    /// Traps here: nothing behind it is reached.
    fn trap(&mut self, code: TrapCode) {
        let builder = self.builder();
        let number = code as u8;
        let location = builder.location();
        let column = u32::from(number) + 1;
        builder.set_location(Some(self.unit.location(self.position, column, self.scope)));
        let number = builder.int(8, u64::from(number));
        let call = builder.intrinsic(&self.unit.module, "llvm.ubsantrap", &[], &[number]);
        call.add_attribute(AttributeLoc::Function, self.unit.no_merge);
        builder.unreachable();
        builder.set_location(location);
        self.reachable = false;
    }

    /// Traps if the condition holds.
    fn trap_if(&mut self, condition: Value<'c>, code: TrapCode) {
        let next = self.branch_unlikely(condition);
        self.trap(code);
        self.enter(next);
    }

    /// Goes on where the condition holds, which is unlikely; the block that is returned is where it does not.
    fn branch_unlikely(&mut self, condition: Value<'c>) -> BasicBlock<'c> {
        let builder = self.builder();
        let then = builder.append_block(self.function);
        let next = builder.append_block(self.function);
        let branch = builder.branch(condition, then, next);
        branch
            .set_metadata(self.unit.unlikely, self.unit.kinds.prof)
            .expect("a branch takes metadata");
        builder.enter(then);
        next
    }

    fn enter(&mut self, block: BasicBlock<'c>) {
        self.builder().enter(block);
        if self.has_bodies() {
            self.locate();
        }
        self.reachable = true;
        self.operators = 0;
    }
}

/// The alignment of a value in the runtime's structures and on the stack.
fn align_of(ty: BasicTypeEnum<'_>) -> u32 {
    match ty {
        BasicTypeEnum::IntType(ty) => ty.get_bit_width().div_ceil(8),
        BasicTypeEnum::FloatType(ty) => ty.get_bit_width() / 8,
        BasicTypeEnum::VectorType(_) => 16,
        _ => POINTER_SIZE,
    }
}

impl<'a> FunctionTranslator<'a> for Translator<'_, '_, '_> {
    fn declare_locals(&mut self, count: u32, ty: Type) -> Result<(), CompileError> {
        let zero = self.builder().zero(self.types().value(ty));
        for _ in 0..count {
            self.declare_local(ty, zero);
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), CompileError> {
        Ok(())
    }

    fn position(&mut self, offset: u32) {
        let position = offset.wrapping_add(self.present.shift);
        self.position = position;
        self.hint = None;
        self.operators += usize::from(self.reachable);
        self.weight.operators = self.weight.operators.max(self.operators);
        self.leave_place();
    }

    fn branch_hint(&mut self, is_taken: bool) {
        self.hint = Some(is_taken);
    }
}
