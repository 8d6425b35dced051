//! References (WebAssembly 3.0, §4.6.4). Null is zero.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, types};
use wasmer_types::{BuiltinFunction, FunctionIndex};

use super::Translator;
use crate::environ::POINTER;

macro_rules! reference_operators {
    ($reader:ident) => {
        $reader! {
            visit_ref_null(_hty: HeapType) => int_const(POINTER, 0);
            visit_ref_is_null() => ref_is_null();
            visit_ref_func(function_index: u32) => ref_func(FunctionIndex::from_u32(function_index));
        }
    };
}
pub(super) use reference_operators as operators;

impl Translator<'_, '_> {
    pub(super) fn ref_is_null(&mut self) {
        let reference = self.pop();
        let null = self.iconst(POINTER, 0);
        let is_null = self.builder.ins().icmp(IntCC::Equal, reference, null);
        self.push_bool(is_null);
    }

    pub(super) fn ref_func(&mut self, function: FunctionIndex) {
        let environ = self.environ;
        let reference = match environ.module.is_imported_function(function) {
            true => {
                let offset =
                    environ.offsets.function_import(function) + environ.layouts.import.func_ref();
                let (flags, vmctx) = (Self::constant_load(), self.vmctx);
                self.builder.ins().load(POINTER, flags, vmctx, offset as i32)
            }
            // The runtime fills in the function reference on first use.
            false => {
                let number = self.iconst(types::I32, u64::from(function.as_u32()));
                self.builtin_value(BuiltinFunction::ref_func, &[number])
            }
        };
        self.push(reference);
    }
}
