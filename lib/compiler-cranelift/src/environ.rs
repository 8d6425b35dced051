//! What the translation of every function of a module needs to know, worked out once.

use cranelift_codegen::ir::{AbiParam, Signature, Type as IrType, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use wasmer_compiler::{CallMode, CompileRequest, HeapBounds};
use wasmer_types::entity::PrimaryMap;
use wasmer_types::layout::Layouts;
use wasmer_types::target::Architecture;
use wasmer_types::{
    BuiltinFunction, BuiltinType, CompileError, FunctionType, MemoryIndex, ModuleInfo, Target,
    Type, VMOffsets,
};

use crate::config::{Cranelift, call_conv};

/// The machine type of an address. Every machine that Cranelift generates code for has 64-bit addresses.
pub(crate) const POINTER: IrType = types::I64;

/// The machine type of a wasm value.
pub(crate) const fn ir_type(ty: Type) -> IrType {
    match ty {
        Type::I32 => types::I32,
        Type::I64 => types::I64,
        Type::F32 => types::F32,
        Type::F64 => types::F64,
        Type::V128 => types::I8X16,
        Type::ExternRef | Type::FuncRef | Type::ExceptionRef => POINTER,
    }
}

/// The machine type of a parameter or result of a builtin.
const fn builtin_type(ty: BuiltinType) -> IrType {
    match ty {
        BuiltinType::I32 => types::I32,
        BuiltinType::I64 => types::I64,
        BuiltinType::F32 => types::F32,
        BuiltinType::F64 => types::F64,
        BuiltinType::Ref => POINTER,
    }
}

/// The module and machine that functions are compiled for.
pub(crate) struct Environ<'a> {
    pub(crate) target: &'a Target,
    pub(crate) module: &'a ModuleInfo,
    pub(crate) offsets: &'a VMOffsets,
    pub(crate) layouts: Layouts,
    pub(crate) isa: &'a dyn TargetIsa,
    pub(crate) call_conv: CallConv,
    pub(crate) call_mode: CallMode,
    /// What is known of the bounds of each memory.
    pub(crate) bounds: PrimaryMap<MemoryIndex, HeapBounds>,
    pub(crate) spectre_mitigations: bool,
    /// Whether relaxed operators must give the same results on all machines.
    pub(crate) deterministic: bool,
    pub(crate) is_x86: bool,
}

impl<'a> Environ<'a> {
    /// # Errors
    ///
    /// [`CompileError::UnsupportedTarget`] when addresses of the machine do not have 64 bits.
    pub(crate) fn new(
        config: &Cranelift,
        isa: &'a dyn TargetIsa,
        request: &CompileRequest<'a>,
    ) -> Result<Self, CompileError> {
        Ok(Self {
            target: request.target,
            module: request.module,
            offsets: request.offsets,
            layouts: request.layouts_64()?,
            isa,
            call_conv: call_conv(request.target),
            call_mode: request.call_mode,
            bounds: request.heap_bounds(),
            spectre_mitigations: config.spectre_mitigations,
            deterministic: config.canonicalize_nans,
            is_x86: request.target.triple().architecture == Architecture::X86_64,
        })
    }

    /// The signature of compiled functions of type `ty`: context, return area when there are two or more results,
    /// parameters.
    pub(crate) fn signature(&self, ty: &FunctionType) -> Signature {
        let mut signature = Signature::new(self.call_conv);
        signature.params.reserve_exact(ty.params().len() + 2);
        signature.params.push(AbiParam::new(POINTER));
        match ty.results() {
            [] => {}
            [result] => signature.returns.push(AbiParam::new(ir_type(*result))),
            _ => signature.params.push(AbiParam::new(POINTER)),
        }
        signature.params.extend(ty.params().iter().map(|ty| AbiParam::new(ir_type(*ty))));
        signature
    }

    /// The signature of a builtin.
    pub(crate) fn builtin_signature(&self, builtin: BuiltinFunction) -> Signature {
        let mut signature = Signature::new(self.call_conv);
        signature.params.push(AbiParam::new(POINTER));
        let params = builtin.params().iter();
        signature.params.extend(params.map(|ty| AbiParam::new(builtin_type(*ty))));
        signature.returns.extend(builtin.result().map(|ty| AbiParam::new(builtin_type(ty))));
        signature
    }
}
