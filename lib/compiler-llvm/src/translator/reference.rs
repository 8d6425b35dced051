//! References (WebAssembly 3.0, §4.6.4). Null is zero.

use inkwell::IntPredicate;
use wasmer_types::{BuiltinFunction, FunctionIndex};

use super::Translator;

macro_rules! reference_operators {
    ($reader:ident) => {
        $reader! {
            visit_ref_null(_hty: HeapType) => ref_null();
            visit_ref_is_null() => ref_is_null();
            visit_ref_func(function_index: u32) => ref_func(FunctionIndex::from_u32(function_index));
        }
    };
}
pub(super) use reference_operators as operators;

impl Translator<'_, '_, '_> {
    pub(super) fn ref_null(&mut self) {
        self.push(self.types().pointer.const_null().into());
    }

    pub(super) fn ref_is_null(&mut self) {
        let reference = self.pop();
        let null = self.types().pointer.const_null();
        let is_null = self.builder().icmp(IntPredicate::EQ, reference, null.into());
        self.push_bool(is_null);
    }

    pub(super) fn ref_func(&mut self, function: FunctionIndex) {
        let environ = self.environ();
        let reference = match environ.module.is_imported_function(function) {
            true => {
                let offset =
                    environ.offsets.function_import(function) + environ.layouts.import.func_ref();
                self.load_constant(self.types().pointer, self.vmctx, offset)
            }
            // The runtime fills in the function reference on first use.
            false => {
                let number = self.builder().i32(function.as_u32());
                self.builtin_value(BuiltinFunction::ref_func, &[number])
            }
        };
        self.push(reference);
    }
}
