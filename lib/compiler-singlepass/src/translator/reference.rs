//! References (WebAssembly 3.0, §4.6.4). Null is zero.

use wasmer_types::{BuiltinFunction, FunctionIndex};

use super::Translator;
use crate::masm::{Address, Masm, Ty};
use crate::operand::Place;
use crate::registers::Class;

macro_rules! reference_operators {
    ($reader:ident) => {
        $reader! {
            visit_ref_null(_hty: HeapType) => push_constant(I64, 0);
            visit_ref_is_null() => zero_test(S64);
            visit_ref_func(function_index: u32) => ref_func(FunctionIndex::from_u32(function_index));
        }
    };
}
pub(super) use reference_operators as operators;

impl<M: Masm> Translator<'_, '_, M> {
    pub(super) fn ref_func(&mut self, function: FunctionIndex) {
        let environ = self.environ;
        if environ.module.is_imported_function(function) {
            let import = environ.offsets.function_import(function);
            let offset = import + environ.layouts.import.func_ref();
            let to = self.allocate(Class::General);
            self.load_pointer(to, Address::at(self.masm.machine().vmctx, offset as i32));
            return self.push(Ty::I64, Place::Reg(to));
        }
        // The runtime fills in the function reference on first use.
        self.builtin(BuiltinFunction::ref_func, &[function.as_u32()], &[], Some(Ty::I64));
    }
}
