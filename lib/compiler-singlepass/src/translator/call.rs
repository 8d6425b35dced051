//! Calls (WebAssembly 3.0, §4.6.5), and calls of the runtime's builtins.
//!
//! Arguments go where the C ABI wants them, all at once: a register may have to be read before another value comes into
//! it. A call may change all temporaries and some registers of locals.

use smallvec::SmallVec;
use wasmer_compiler::CallMode;
use wasmer_types::layout::VALUE_SLOT_SIZE;
use wasmer_types::{BuiltinFunction, FunctionIndex, LocalFunctionIndex, SignatureIndex};

use super::Translator;
use crate::environ::POINTER_SIZE;
use crate::masm::{Address, Machine, Masm, Slot, Ty};
use crate::operand::{Operand, Place};
use crate::registers::{Class, Owner, Reg};

/// Where a parameter is by the C ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    Reg(Reg),
    /// Bytes from the lowest argument on the stack.
    Stack(u32),
}

/// Hands out the places of parameters, from the first to the last (System V AMD64, §3.2.3; AAPCS64, §6.8).
pub(super) struct Assigner {
    registers: [&'static [Reg]; 2],
    stack: u32,
}

impl Assigner {
    pub(super) fn new(machine: &'static Machine) -> Self {
        Self { registers: machine.params, stack: 0 }
    }

    pub(super) fn next(&mut self, ty: Ty) -> Where {
        let registers = &mut self.registers[ty.class() as usize];
        if let [reg, rest @ ..] = *registers {
            *registers = rest;
            return Where::Reg(*reg);
        }
        let size = ty.slot_size() as u32;
        let offset = self.stack.next_multiple_of(size);
        self.stack = offset + size;
        Where::Stack(offset)
    }

    /// Bytes on the stack so far.
    fn stack(&self) -> u32 {
        self.stack
    }
}

/// Where an argument comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source {
    Reg(Reg),
    Slot(Slot),
    Constant(u64),
    Vector(u32),
    /// The address of a slot.
    SlotAddress(Slot),
}

/// A register that is to be set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub(super) to: Reg,
    pub(super) ty: Ty,
    pub(super) from: Source,
}

type Arguments = SmallVec<[(Ty, Source); 8]>;

/// What is called.
#[derive(Clone, Copy)]
pub(super) enum Callee {
    /// A function of the module.
    Local(LocalFunctionIndex),
    /// The code whose address is at this address, which a register that never changes leads to.
    At(Address),
    /// The code whose address is at the second address, from the pointer at the first.
    Behind(Address, u32),
    /// The code whose address is at the first address. The context is at the second one; both start from the same
    /// register, which the operator holds, and which is the source of the context among the arguments.
    Element(Address, Address),
}

impl<M: Masm> Translator<'_, '_, M> {
    /// Sets registers at the same time. No destination is a source of a value that is not a register.
    pub(super) fn carry_out_moves(&mut self, moves: &mut SmallVec<[Move; 16]>) {
        let mut from_registers: SmallVec<[(Reg, Ty, Reg); 16]> = moves
            .iter()
            .filter_map(|Move { to, ty, from }| match from {
                Source::Reg(from) if from != to => Some((*to, *ty, *from)),
                // Its upper half may have to be cleared.
                Source::Reg(from) if *ty == Ty::I32 => Some((*to, *ty, *from)),
                _ => None,
            })
            .collect();
        while !from_registers.is_empty() {
            let is_read = |to: Reg, but: usize| {
                let others = from_registers.iter().enumerate();
                others.into_iter().any(|(at, (_, _, from))| at != but && *from == to)
            };
            let next = (0..from_registers.len()).find(|at| !is_read(from_registers[*at].0, *at));
            match next {
                Some(at) => {
                    let (to, ty, from) = from_registers.swap_remove(at);
                    self.masm.mov(ty, to, from);
                }
                None => {
                    // All that are left form cycles.
                    let (to, _, from) = from_registers[0];
                    self.masm.exchange(to, from);
                    for (_, _, source) in &mut from_registers {
                        *source = match *source {
                            reg if reg == to => from,
                            reg if reg == from => to,
                            reg => reg,
                        };
                    }
                    from_registers.retain(|(to, ty, from)| to != from || *ty == Ty::I32);
                }
            }
        }
        for entry in moves.drain(..) {
            self.set_register(entry);
        }
    }

    fn source(&self, operand: &Operand) -> Source {
        match operand.place {
            Place::Constant(bits) => Source::Constant(bits),
            Place::Vector(number) => Source::Vector(number),
            Place::Reg(reg) => Source::Reg(reg),
            Place::Local(local) => {
                let local = &self.buffers.locals[local as usize];
                local.register.or(local.copy).map_or(Source::Slot(local.slot), Source::Reg)
            }
            Place::Slot | Place::Pending => Source::Slot(operand.slot),
        }
    }

    /// Pops the topmost `count` operands as arguments.
    fn pop_arguments(&mut self, count: usize, arguments: &mut Arguments) {
        let first = arguments.len();
        for _ in 0..count {
            let operand = self.pop();
            let source = self.source(&operand);
            arguments.push((operand.ty, source));
        }
        arguments[first..].reverse();
    }

    /// Brings operands in registers to their slots. The arguments of the call were popped.
    fn save_operands(&mut self) {
        for reg in self.temporaries.owned().iter() {
            if let Owner::Operand(at) = self.temporaries.owner(reg) {
                self.spill(at as usize);
            }
        }
    }

    /// Stores the locals that the call changes.
    fn save_locals(&mut self) {
        for at in 0..self.frame.unsaved_locals.len() {
            let local = self.buffers.locals[self.frame.unsaved_locals[at] as usize];
            if let Some(reg) = local.register {
                self.masm.store_slot(local.ty, local.slot, reg);
            }
        }
    }

    fn restore_locals(&mut self) {
        for at in 0..self.frame.unsaved_locals.len() {
            let local = self.buffers.locals[self.frame.unsaved_locals[at] as usize];
            if let Some(reg) = local.register {
                self.masm.load_slot(local.ty, reg, local.slot);
            }
        }
    }

    /// Calls with `arguments`, the context first, after everything was brought to safety.
    fn emit_call(&mut self, arguments: &Arguments, callee: Callee) {
        self.save_operands();
        self.save_locals();
        self.emit_bare_call(arguments, callee);
        self.forget_copies();
        self.temporaries.release_held();
        self.restore_locals();
    }

    /// Calls with `arguments`, the context first.
    fn emit_bare_call(&mut self, arguments: &Arguments, callee: Callee) {
        let machine = self.masm.machine();
        let mut assigner = Assigner::new(machine);
        let mut moves = SmallVec::<[Move; 16]>::new();
        for (ty, from) in arguments {
            match assigner.next(*ty) {
                Where::Reg(to) => moves.push(Move { to, ty: *ty, from: *from }),
                Where::Stack(offset) => self.store_argument(*ty, offset, *from),
            }
        }
        self.frame.reach_arguments(assigner.stack());
        // Arguments on the stack have gone through the register that is now the callee's.
        if let Callee::Element(code, vmctx) = callee {
            self.load_pointer(machine.callee, code);
            self.load_pointer(vmctx.base, vmctx);
        }
        self.carry_out_moves(&mut moves);
        match callee {
            Callee::Local(function) => self.masm.call_function(function),
            Callee::Element(..) => self.masm.call(machine.callee),
            Callee::At(address) => {
                self.load_pointer(machine.callee, address);
                self.masm.call(machine.callee);
            }
            Callee::Behind(pointer, offset) => {
                self.load_pointer(machine.callee, pointer);
                self.load_pointer(machine.callee, Address::at(machine.callee, offset as i32));
                self.masm.call(machine.callee);
            }
        }
    }

    /// Calls a builtin on a path beside the usual one, so that behind it everything is where it was before. The operator
    /// holds `to`, which gets the result.
    pub(super) fn call_aside(
        &mut self,
        builtin: BuiltinFunction,
        constants: &[u32],
        (ty, argument): (Ty, Reg),
        to: Reg,
    ) {
        let owned = self.temporaries.owned();
        for reg in owned.iter() {
            if let Owner::Operand(at) = self.temporaries.owner(reg) {
                let Operand { ty, slot, .. } = self.buffers.operands[at as usize];
                self.masm.store_slot(ty, slot, reg);
            }
        }
        self.save_locals();
        let mut arguments = self.builtin_arguments(constants);
        arguments.push((ty, Source::Reg(argument)));
        self.emit_bare_call(&arguments, self.builtin_callee(builtin));
        self.masm.mov(Ty::I64, to, self.masm.machine().result(Class::General));
        self.restore_locals();
        for reg in owned.iter() {
            let (ty, slot) = match self.temporaries.owner(reg) {
                Owner::Operand(at) => {
                    let operand = &self.buffers.operands[at as usize];
                    (operand.ty, operand.slot)
                }
                Owner::Local(local) => {
                    let local = &self.buffers.locals[local as usize];
                    (local.ty, local.slot)
                }
                Owner::None => continue,
            };
            self.masm.load_slot(ty, reg, slot);
        }
    }

    fn builtin_callee(&self, builtin: BuiltinFunction) -> Callee {
        let builtins = self.environ.layouts.header.builtins();
        let table = Address::at(self.masm.machine().vmctx, builtins as i32);
        Callee::Behind(table, builtin.offset(POINTER_SIZE))
    }

    /// The first arguments of a builtin: the context, and constants.
    fn builtin_arguments(&self, constants: &[u32]) -> Arguments {
        let mut arguments = Arguments::new();
        arguments.push((Ty::I64, Source::Reg(self.masm.machine().vmctx)));
        let constants =
            constants.iter().map(|value| (Ty::I32, Source::Constant(u64::from(*value))));
        arguments.extend(constants);
        arguments
    }

    fn store_argument(&mut self, ty: Ty, offset: u32, from: Source) {
        let scratch = self.masm.machine().scratch[ty.class() as usize];
        let reg = match from {
            Source::Reg(reg) => reg,
            _ => {
                self.set_register(Move { to: scratch, ty, from });
                scratch
            }
        };
        self.masm.store_argument(ty, offset, reg);
    }

    /// Sets a register to a value that is in no register.
    fn set_register(&mut self, Move { to, ty, from }: Move) {
        match from {
            Source::Reg(_) => {}
            Source::Slot(slot) => self.masm.load_slot(ty, to, slot),
            Source::Constant(bits) => self.masm.constant(ty, to, bits),
            Source::Vector(number) => {
                let bytes = self.buffers.vectors[number as usize];
                self.masm.vector_constant(to, bytes);
            }
            Source::SlotAddress(slot) => self.masm.slot_address(to, slot),
        }
    }

    pub(super) fn call(&mut self, function: FunctionIndex) {
        let environ = self.environ;
        let signature = environ.module.functions[function];
        let machine = self.masm.machine();
        let at = |offset: u32| Address::at(machine.vmctx, offset as i32);
        let (callee, vmctx) = match environ.module.local_func_index(function) {
            None => {
                let import = environ.offsets.function_import(function);
                let layout = environ.layouts.import;
                let vmctx = self.allocate(Class::General);
                self.load_pointer(vmctx, at(import + layout.vmctx()));
                (Callee::At(at(import + layout.code())), vmctx)
            }
            Some(local) => match environ.call_mode {
                CallMode::Direct => (Callee::Local(local), machine.vmctx),
                CallMode::Slots => {
                    let slots = at(environ.layouts.header.function_slots());
                    let offset = local.as_u32() * u32::from(POINTER_SIZE);
                    (Callee::Behind(slots, offset), machine.vmctx)
                }
            },
        };
        self.call_signature(signature, callee, vmctx);
    }

    /// Calls with the topmost operands as arguments, and pushes the results.
    pub(super) fn call_signature(&mut self, signature: SignatureIndex, callee: Callee, vmctx: Reg) {
        let ty = &self.environ.module.signatures[signature];
        let mut arguments = Arguments::new();
        arguments.push((Ty::I64, Source::Reg(vmctx)));
        let has_area = ty.results().len() >= 2;
        if has_area {
            // Filled in when it is known where the operands below the arguments end.
            arguments.push((Ty::I64, Source::Constant(0)));
        }
        self.pop_arguments(ty.params().len(), &mut arguments);
        if !has_area {
            self.emit_call(&arguments, callee);
            if let [result] = ty.results() {
                self.push_result(Ty::new(*result));
            }
            return;
        }
        let results = ty.results().iter().map(|ty| Ty::new(*ty));
        let deepest = self.deepest_argument(&arguments);
        let end = self.top_slot() - results.clone().map(Ty::slot_size).sum::<i32>();
        let size = ty.results().len() as i32 * VALUE_SLOT_SIZE as i32;
        let area = (end.min(deepest) - size) & -(VALUE_SLOT_SIZE as i32);
        self.frame.reach(area);
        arguments[1].1 = Source::SlotAddress(Slot(area));
        self.emit_call(&arguments, callee);
        for (at, ty) in results.enumerate() {
            self.push(ty, Place::Slot);
            let scratch = self.masm.machine().scratch[ty.class() as usize];
            self.masm.load_slot(ty, scratch, Slot(area + at as i32 * VALUE_SLOT_SIZE as i32));
            self.masm.store_slot(ty, Slot(self.top_slot()), scratch);
        }
    }

    /// The lowest slot of an argument.
    fn deepest_argument(&self, arguments: &Arguments) -> i32 {
        let slots = arguments.iter().filter_map(|(_, source)| match source {
            Source::Slot(slot) => Some(slot.0),
            _ => None,
        });
        slots.min().unwrap_or(0)
    }

    /// Pushes the result of a call.
    fn push_result(&mut self, ty: Ty) {
        let reg = self.masm.machine().result(ty.class());
        if ty == Ty::I32 {
            // The C ABI says nothing of the upper half.
            self.masm.mov(ty, reg, reg);
        }
        self.temporaries.hold(reg);
        self.push(ty, Place::Reg(reg));
    }

    /// Calls a builtin with constants, then `operands` that were popped, as arguments, and pushes its result as one of
    /// type `ty`.
    pub(super) fn builtin(
        &mut self,
        builtin: BuiltinFunction,
        constants: &[u32],
        operands: &[Operand],
        ty: Option<Ty>,
    ) {
        let mut arguments = self.builtin_arguments(constants);
        for operand in operands {
            let source = self.source(operand);
            arguments.push((operand.ty, source));
        }
        debug_assert_eq!(arguments.len(), builtin.params().len() + 1);
        self.emit_call(&arguments, self.builtin_callee(builtin));
        debug_assert_eq!(ty.is_some(), builtin.result().is_some());
        if let Some(ty) = ty {
            self.push_result(ty);
        }
    }
}
