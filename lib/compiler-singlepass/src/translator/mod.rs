//! From validated operators to machine code, in one pass.
//!
//! [`Translator`] is a visitor of wasmparser's operators. `visit` holds the implementation of the visitor, which is
//! generated from the tables of operators at the head of each file here: a row names the operator and the method that
//! translates its family. The files are groups of operators, as in the other compilers:
//!
//! | file | operators |
//! |---|---|
//! | `control` | blocks, branches, `return`, `unreachable`, `select` |
//! | `call` | calls, and calls of the runtime's builtins |
//! | `variable` | locals and globals |
//! | `numeric` | numbers; `fold` works out what is constant |
//! | `memory` | loads, stores, bulk operations on memories |
//! | `table`, `reference` | tables and references |
//! | `vector` | SIMD, relaxed SIMD |
//! | `atomic` | threads |
//!
//! `stack` keeps track of the values on the operand stack, `frame` of the function's frame, `bounds` emits the checks of
//! memory addresses.
//!
//! # Where values are
//!
//! An operand is a constant, a reference to a local, or in a temporary register or a slot of the frame
//! ([`Place`](crate::operand::Place)). The most used locals have a register for the whole function, the others have a
//! slot, and in straight-line code perhaps a copy in a temporary. Locals are thus at the same place wherever branches
//! meet. Of the operands, those below a block are constants or in slots while it is open; the result of a block is in the
//! register in which the C ABI returns it, two or more results are in slots.
//!
//! The topmost operand may be a [`Recipe`]: an instruction that is not emitted before the next operator is seen. So a
//! comparison becomes a branch, and a sum goes where `local.set` wants it.

mod atomic;
mod bounds;
mod call;
mod control;
mod fold;
mod frame;
mod memory;
mod numeric;
mod reference;
mod stack;
mod table;
mod variable;
mod vector;
mod visit;

use std::collections::HashMap;

use wasmer_compiler::FunctionTranslator;
use wasmer_types::{CompileError, DefinitionLocation, FunctionType, TrapCode, Type};

use crate::buffer::Label;
use crate::environ::Environ;
use crate::masm::{Address, Load, Masm, Ty};
use crate::operand::{Operand, Recipe};
use crate::registers::{Class, Reg, RegSet, Temporaries};
use crate::scan::Uses;
use control::Frame;
pub(crate) use frame::FrameLayout;
use variable::Local;

/// Buffers that are used for function after function.
#[derive(Default)]
pub(crate) struct Buffers {
    operands: Vec<Operand>,
    frames: Vec<Frame>,
    locals: Vec<Local>,
    vectors: Vec<[u8; 16]>,
    /// Code in front of targets of a jump table, by depth.
    stubs: HashMap<u32, Label>,
    pub(crate) uses: Uses,
}

/// Translates the operators of one function.
pub(crate) struct Translator<'e, 'b, M> {
    environ: &'e Environ<'e>,
    masm: M,
    buffers: &'b mut Buffers,
    ty: &'e FunctionType,
    frame: FrameLayout,
    temporaries: Temporaries,
    /// What the topmost operand is, if it is pending, and the byte offset of its operator.
    recipe: Option<(Recipe, u32)>,
    /// Below this place of the stack all operands are constants or in their slots.
    flushed: usize,
    /// Whether control can come to the present operator.
    reachable: bool,
    /// How many blocks were entered since it can't.
    dead_depth: u32,
    /// Byte offset of the present operator.
    position: u32,
    /// What went wrong where nothing could be returned, and at which operator: a defect of the compiler.
    failure: Option<(&'static str, u32)>,
}

impl<'e, 'b, M: Masm> Translator<'e, 'b, M> {
    /// A translator of a function of type `ty`, of which the uses were counted.
    pub(crate) fn new(
        environ: &'e Environ<'e>,
        ty: &'e FunctionType,
        masm: M,
        buffers: &'b mut Buffers,
    ) -> Self {
        buffers.operands.clear();
        buffers.frames.clear();
        buffers.locals.clear();
        buffers.vectors.clear();
        let mut translator = Self {
            environ,
            masm,
            buffers,
            ty,
            frame: FrameLayout::default(),
            temporaries: Temporaries::new(RegSet::EMPTY),
            recipe: None,
            flushed: 0,
            reachable: true,
            dead_depth: 0,
            position: 0,
            failure: None,
        };
        for param in ty.params() {
            translator.declare_local(Ty::new(*param));
        }
        translator
    }

    /// Ends the function, of which the last `end` was translated, and returns the machine.
    ///
    /// # Errors
    ///
    /// [`CompileError::Codegen`] when the compiler has a defect that it has noticed.
    pub(crate) fn finish(mut self) -> Result<(M, FrameLayout), CompileError> {
        if let Some((failure, position)) = self.failure {
            return Err(CompileError::Codegen(format!("{failure} (at offset 0x{position:x})")));
        }
        self.masm.finish(self.frame.size());
        Ok((self.masm, self.frame))
    }

    /// Comes before the translation of each operator.
    fn begin_operator(&mut self) {
        self.settle();
        self.temporaries.release_held();
    }

    /// Comes before the translation of an operator that knows what to do with a pending operand.
    fn begin_fusing(&mut self) {
        if self.recipe.is_none() {
            self.temporaries.release_held();
        }
    }

    /// Ends the block: nothing behind it is reached.
    fn trap(&mut self, code: TrapCode) {
        self.masm.trap(code);
        self.reachable = false;
    }

    /// The address of a definition in or behind the VM context. `to` is used if it is behind it.
    fn definition(
        &mut self,
        location: DefinitionLocation,
        to: impl FnOnce(&mut Self) -> Reg,
    ) -> Address {
        let vmctx = self.masm.machine().vmctx;
        match location {
            DefinitionLocation::Inline(offset) => Address::at(vmctx, offset as i32),
            DefinitionLocation::Indirect(offset) => {
                let to = to(self);
                self.load_pointer(to, Address::at(vmctx, offset as i32));
                Address::at(to, 0)
            }
        }
    }

    /// A field of the definition of pointer size, in a register that is held.
    fn field_of_definition(&mut self, location: DefinitionLocation, field: u32) -> Reg {
        let to = self.allocate(Class::General);
        let definition = self.definition(location, |_| to);
        self.load_pointer(to, field_at(definition, field));
        to
    }

    fn load_pointer(&mut self, to: Reg, from: Address) {
        self.masm.load(Load::whole(Ty::I64), to, from);
    }

    /// The position of the operator for what is emitted from here on.
    fn set_position(&mut self, position: u32) {
        self.masm.buffer().set_position(position);
    }
}

/// The field at `field` of the structure at `address`.
fn field_at(address: Address, field: u32) -> Address {
    Address { offset: address.offset + field as i32, ..address }
}

impl<'a, M: Masm> FunctionTranslator<'a> for Translator<'_, '_, M> {
    fn declare_locals(&mut self, count: u32, ty: Type) -> Result<(), CompileError> {
        for _ in 0..count {
            self.declare_local(Ty::new(ty));
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), CompileError> {
        self.enter_function();
        Ok(())
    }

    fn position(&mut self, position: u32) {
        self.position = position;
        self.set_position(position);
    }
}
