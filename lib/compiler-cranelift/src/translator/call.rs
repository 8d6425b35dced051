//! Calls (WebAssembly 3.0, §4.6.5), and calls of the runtime's builtins.
//!
//! Functions take the callee's VM context, then the address for their results when there are two or more, then
//! the parameters. `call_indirect` and the layout of tables are described in `table`.

use cranelift_codegen::ir::{
    ExtFuncData, ExternalName, FuncRef, InstBuilder, SigRef, StackSlotData, StackSlotKind,
    UserExternalName, Value,
};
use smallvec::SmallVec;
use wasmer_compiler::CallMode;
use wasmer_types::layout::VALUE_SLOT_SIZE;
use wasmer_types::{
    BuiltinFunction, FunctionIndex, FunctionType, LocalFunctionIndex, SignatureIndex, Type,
};

use super::alias::Region;
use super::{HeaderPointer, Translator};
use crate::environ::{POINTER, ir_type};

/// Whom to call.
pub(super) enum Callee {
    /// A function of the module, by its place.
    Local(FuncRef),
    /// A function at an address.
    Address(Value),
}

/// log2 of the alignment of result slots.
const RESULT_ALIGN_LOG2: u8 = VALUE_SLOT_SIZE.trailing_zeros() as u8;

impl<'e> Translator<'e, '_> {
    /// The signature of functions of a type of the module.
    pub(super) fn signature(&mut self, index: SignatureIndex) -> SigRef {
        if let Some(signature) = self.buffers.signatures.get(index) {
            return signature;
        }
        let signature = self.environ.signature(&self.environ.module.signatures[index]);
        let signature = self.builder.import_signature(signature);
        self.buffers.signatures.set(index, signature);
        signature
    }

    fn local_function(&mut self, function: FunctionIndex, local: LocalFunctionIndex) -> FuncRef {
        if let Some(func_ref) = self.buffers.functions.get(function) {
            return func_ref;
        }
        let signature = self.signature(self.environ.module.functions[function]);
        let name = UserExternalName { namespace: 0, index: local.as_u32() };
        let name = self.builder.func.declare_imported_user_function(name);
        let func_ref = self.builder.import_function(ExtFuncData {
            name: ExternalName::user(name),
            signature,
            colocated: true,
            patchable: false,
        });
        self.buffers.functions.set(function, func_ref);
        func_ref
    }

    pub(super) fn call(&mut self, function: FunctionIndex) {
        let environ = self.environ;
        let signature = environ.module.functions[function];
        let (callee, vmctx) = match environ.module.local_func_index(function) {
            None => {
                let import = environ.offsets.function_import(function);
                let layout = environ.layouts.import;
                let (flags, vmctx) = (Self::constant_load(), self.vmctx);
                let mut field = |field: u32| {
                    self.builder.ins().load(POINTER, flags, vmctx, (import + field) as i32)
                };
                let code = field(layout.code());
                (Callee::Address(code), field(layout.vmctx()))
            }
            Some(local) => match environ.call_mode {
                CallMode::Direct => {
                    (Callee::Local(self.local_function(function, local)), self.vmctx)
                }
                CallMode::Slots => {
                    let slots = self.header_pointer(HeaderPointer::FunctionSlots);
                    let flags = self.trusted(Region::FunctionSlots);
                    let offset = local.as_u32() as i32 * i32::from(environ.layouts.pointer_size);
                    let code = self.builder.ins().load(POINTER, flags, slots, offset);
                    (Callee::Address(code), self.vmctx)
                }
            },
        };
        self.emit_call(signature, callee, vmctx);
    }

    /// Calls with the topmost values as arguments, and pushes the results.
    pub(super) fn emit_call(&mut self, signature: SignatureIndex, callee: Callee, vmctx: Value) {
        let ty = &self.environ.module.signatures[signature];
        let area = (ty.results().len() >= 2).then(|| self.results_area(ty));
        let mut args: SmallVec<[Value; 16]> = SmallVec::new();
        args.push(vmctx);
        args.extend(area);
        let first = self.buffers.values.len() - ty.params().len();
        for at in first..self.buffers.values.len() {
            let value = self.buffers.values[at];
            args.push(self.canonical(value));
        }
        self.buffers.values.truncate(first);
        let call = match callee {
            Callee::Local(function) => self.builder.ins().call(function, &args),
            Callee::Address(code) => {
                let signature = self.signature(signature);
                self.builder.ins().call_indirect(signature, code, &args)
            }
        };
        match area {
            None => self.buffers.values.extend_from_slice(self.builder.inst_results(call)),
            Some(area) => self.load_results(ty.results(), area),
        }
        self.reload_mirrors();
    }

    /// The address of this function's space for the results of a callee.
    fn results_area(&mut self, ty: &FunctionType) -> Value {
        let size = ty.results().len() as u32 * VALUE_SLOT_SIZE;
        let slot = *self.callee_area.get_or_insert_with(|| {
            let kind = StackSlotKind::ExplicitSlot;
            let slot = StackSlotData::new(kind, size, RESULT_ALIGN_LOG2);
            self.builder.create_sized_stack_slot(slot)
        });
        let slot_size = &mut self.builder.func.sized_stack_slots[slot].size;
        *slot_size = size.max(*slot_size);
        self.builder.ins().stack_addr(POINTER, slot, 0)
    }

    fn load_results(&mut self, results: &[Type], area: Value) {
        let flags = self.trusted(Region::Results);
        for (at, ty) in results.iter().enumerate() {
            let offset = at as i32 * VALUE_SLOT_SIZE as i32;
            let value = self.builder.ins().load(ir_type(*ty), flags, area, offset);
            self.push(value);
        }
    }

    /// Calls a builtin and returns its result, if it has one.
    pub(super) fn builtin(&mut self, builtin: BuiltinFunction, args: &[Value]) -> Option<Value> {
        let index = builtin.index() as usize;
        let signature = match self.builtin_signatures[index].expand() {
            Some(signature) => signature,
            None => {
                let signature = self.environ.builtin_signature(builtin);
                let signature = self.builder.import_signature(signature);
                self.builtin_signatures[index] = signature.into();
                signature
            }
        };
        let table = self.header_pointer(HeaderPointer::Builtins);
        let offset = builtin.offset(self.environ.layouts.pointer_size) as i32;
        let code = self.builder.ins().load(POINTER, Self::constant_load(), table, offset);
        let mut all: SmallVec<[Value; 6]> = SmallVec::new();
        all.push(self.vmctx);
        all.extend_from_slice(args);
        let call = self.builder.ins().call_indirect(signature, code, &all);
        self.builder.inst_results(call).first().copied()
    }

    /// Calls a builtin that has a result.
    pub(super) fn builtin_value(&mut self, builtin: BuiltinFunction, args: &[Value]) -> Value {
        self.builtin(builtin, args).expect("the builtin has a result")
    }
}
