//! Calls (WebAssembly 3.0, §4.6.5), and calls of the runtime's builtins.
//!
//! Functions take the callee's VM context, then the address for their results when there are two or more, then
//! the parameters. `call_indirect` and the layout of tables are described in `table`.

use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::values::{
    BasicMetadataValueEnum, BasicValue, CallSiteValue, FunctionValue, PointerValue, ValueKind,
};
use smallvec::SmallVec;
use wasmer_compiler::CallMode;
use wasmer_types::layout::VALUE_SLOT_SIZE;
use wasmer_types::{BuiltinFunction, CompileError, FunctionIndex, SignatureIndex, Type};

use super::alias::Region;
use super::{HeaderPointer, POINTER_SIZE, Translator};
use crate::builder::Value;

/// Whom to call.
pub(super) enum Callee<'c> {
    /// A function of the module, by its place.
    Local(FunctionValue<'c>),
    /// A function at an address.
    Address(PointerValue<'c>),
}

/// Attributes of calls of pure builtins, with their values. They touch no memory.
const PURE: [(&str, u64); 3] = [("memory", 0), ("nounwind", 0), ("willreturn", 0)];

/// Arguments of a call.
type Args<'c> = SmallVec<[BasicMetadataValueEnum<'c>; 16]>;

impl<'c> Translator<'_, '_, 'c> {
    pub(super) fn call(&mut self, function: FunctionIndex) -> Result<(), CompileError> {
        let environ = self.environ();
        let pointer = self.types().pointer;
        let signature = environ.module.functions[function];
        let (callee, vmctx) = match environ.module.local_func_index(function) {
            None => {
                let import = environ.offsets.function_import(function);
                let layout = environ.layouts.import;
                let field = |field: u32| {
                    self.load_constant(pointer, self.vmctx, import + field).into_pointer_value()
                };
                (Callee::Address(field(layout.code())), field(layout.vmctx()))
            }
            Some(local) => match environ.call_mode {
                CallMode::Direct => {
                    if let Some(body) = self.body_for_call(local) {
                        return self.inline(body);
                    }
                    (Callee::Local(self.unit.function(local)), self.vmctx)
                }
                CallMode::Slots => {
                    let slots = self.header_pointer(HeaderPointer::FunctionSlots);
                    let offset = local.as_u32() * POINTER_SIZE;
                    let code = self.load_field(pointer, slots, offset, Region::FunctionSlots);
                    (Callee::Address(code.into_pointer_value()), self.vmctx)
                }
            },
        };
        self.emit_call(signature, callee, vmctx);
        Ok(())
    }

    /// Calls with the topmost values as arguments, and pushes the results.
    pub(super) fn emit_call(
        &mut self,
        signature: SignatureIndex,
        callee: Callee<'c>,
        vmctx: PointerValue<'c>,
    ) {
        let ty = &self.environ().module.signatures[signature];
        let area = (ty.results().len() >= 2).then(|| self.results_area(ty.results().len()));
        let first = self.values.len() - ty.params().len();
        let mut args = Args::new();
        args.push(vmctx.into());
        args.extend(area.map(BasicMetadataValueEnum::from));
        args.extend(
            self.values[first..]
                .iter()
                .map(|value| BasicMetadataValueEnum::from(self.canonical(*value))),
        );
        self.values.truncate(first);
        self.locate();
        let call = match callee {
            Callee::Local(function) => self.builder().call(function, &args),
            Callee::Address(code) => {
                let ty = self.unit.function_type(ty);
                self.builder().call_pointer(ty, code, &args)
            }
        };
        match area {
            None => self.values.extend(call.try_as_basic_value().basic()),
            Some(area) => self.load_results(ty.results(), area),
        }
    }

    /// The address of this function's space for so many results of a callee.
    fn results_area(&mut self, results: usize) -> PointerValue<'c> {
        match self.callee_area {
            Some((area, fits)) if results <= fits => area,
            _ => {
                let ty = self.types().int(128).array_type(results as u32);
                let area = self.at_entry(|builder| builder.alloca(ty, VALUE_SLOT_SIZE));
                self.callee_area = Some((area, results));
                area
            }
        }
    }

    fn load_results(&mut self, results: &[Type], area: PointerValue<'c>) {
        for (at, ty) in results.iter().enumerate() {
            let offset = at as u32 * VALUE_SLOT_SIZE;
            let value = self.load_field(self.types().value(*ty), area, offset, Region::Results);
            self.push(value);
        }
    }

    /// Calls a builtin and returns its result, if it has one.
    pub(super) fn builtin(
        &mut self,
        builtin: BuiltinFunction,
        args: &[Value<'c>],
    ) -> Option<Value<'c>> {
        // Loaded here, not at the entry: most builtins are called where hardly any call of a function comes.
        let table = self.environ().layouts.header.builtins();
        let table =
            self.load_constant(self.types().pointer, self.vmctx, table).into_pointer_value();
        let offset = builtin.offset(self.environ().layouts.pointer_size);
        let code = self.load_constant(self.types().pointer, table, offset).into_pointer_value();
        let mut all = Args::new();
        all.push(self.vmctx.into());
        all.extend(args.iter().map(|arg| BasicMetadataValueEnum::from(*arg)));
        self.locate();
        let ty = self.unit.builtin_type(builtin);
        let call = self.builder().call_pointer(ty, code, &all);
        self.mark_builtin(call, builtin, args);
        call.try_as_basic_value().basic()
    }

    /// Says of a call of a builtin what it touches. Only of pure ones it is said that they return: LLVM keeps the other
    /// calls in order with all that may trap or be seen.
    fn mark_builtin(&self, call: CallSiteValue<'c>, builtin: BuiltinFunction, args: &[Value<'c>]) {
        if let Some(region) = self.touched(builtin.effect(), args) {
            let instruction = match call.try_as_basic_value() {
                ValueKind::Basic(value) => value.as_instruction_value(),
                ValueKind::Instruction(instruction) => Some(instruction),
            };
            return self.in_region(instruction.expect("a call is an instruction"), region);
        }
        for (name, value) in PURE {
            let kind = Attribute::get_named_enum_kind_id(name);
            let attribute = self.types().context().create_enum_attribute(kind, value);
            call.add_attribute(AttributeLoc::Function, attribute);
        }
    }

    /// Calls a builtin that has a result.
    pub(super) fn builtin_value(
        &mut self,
        builtin: BuiltinFunction,
        args: &[Value<'c>],
    ) -> Value<'c> {
        self.builtin(builtin, args).expect("the builtin has a result")
    }
}
