//! Types of wasmparser as ours, and back.

use wasmer_types::{
    CompileError, FunctionType, GlobalType, IndexType, MemoryFormat, MemoryType, Pages, TableType,
    Type, WASM_PAGE_SIZE_LOG2,
};
use wasmparser::{RefType, ValType};

use crate::proposals::unsupported;

/// The type of a value. `offset` is its place in the module, for errors.
///
/// # Errors
///
/// For references of the proposals for typed function references and garbage collection.
pub(crate) fn value_type(ty: ValType, offset: u64) -> Result<Type, CompileError> {
    Ok(match ty {
        ValType::I32 => Type::I32,
        ValType::I64 => Type::I64,
        ValType::F32 => Type::F32,
        ValType::F64 => Type::F64,
        ValType::V128 => Type::V128,
        ValType::Ref(ty) => reference_type(ty, offset)?,
    })
}

/// Like [`value_type`].
pub(crate) fn reference_type(ty: RefType, offset: u64) -> Result<Type, CompileError> {
    match ty {
        RefType::FUNCREF => Ok(Type::FuncRef),
        RefType::EXTERNREF => Ok(Type::ExternRef),
        RefType::EXNREF => Ok(Type::ExceptionRef),
        _ if ty.is_concrete_type_ref() || !ty.is_nullable() => {
            Err(unsupported(&format!("type {ty}"), "function-references", offset))
        }
        _ => Err(unsupported(&format!("type {ty}"), "gc", offset)),
    }
}

/// The type of a function.
pub(crate) fn function_type(
    ty: &wasmparser::FuncType,
    offset: u64,
) -> Result<FunctionType, CompileError> {
    let list = |types: &[ValType]| -> Result<Box<[Type]>, CompileError> {
        types.iter().map(|&ty| value_type(ty, offset)).collect()
    };
    Ok(FunctionType::new(list(ty.params())?, list(ty.results())?))
}

/// The type of a global.
pub(crate) fn global_type(
    ty: wasmparser::GlobalType,
    offset: u64,
) -> Result<GlobalType, CompileError> {
    Ok(GlobalType::new(value_type(ty.content_type, offset)?, ty.mutable.into()))
}

/// The type of a table. One with 2³² elements or more at the start is described as one of 2³² - 1, which can't be
/// made either.
pub(crate) fn table_type(
    ty: wasmparser::TableType,
    offset: u64,
) -> Result<TableType, CompileError> {
    Ok(TableType {
        ty: reference_type(ty.element_type, offset)?,
        minimum: saturate(ty.initial),
        maximum: ty.maximum.map(saturate),
    })
}

/// The type of a memory. One with 2³² pages or more at the start is described as one of 2³² - 1, which is never made.
pub(crate) fn memory_type(ty: wasmparser::MemoryType) -> MemoryType {
    MemoryType {
        minimum: Pages(saturate(ty.initial)),
        maximum: ty.maximum.map(|pages| Pages(saturate(pages))),
        shared: ty.shared,
    }
}

/// The rest of the type of a memory.
pub(crate) fn memory_format(ty: wasmparser::MemoryType) -> MemoryFormat {
    let page_size_log2 = ty.page_size_log2.map_or(WASM_PAGE_SIZE_LOG2, |log2| log2 as u8);
    MemoryFormat { index: index_type(ty.memory64), page_size_log2 }
}

fn saturate(count: u64) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}

/// The type of indices or addresses.
pub(crate) fn index_type(is_64: bool) -> IndexType {
    if is_64 { IndexType::I64 } else { IndexType::I32 }
}

/// Types of ours as wasmparser's.
pub(crate) mod back {
    use super::*;

    pub(crate) fn value_type(ty: Type) -> ValType {
        match ty {
            Type::I32 => ValType::I32,
            Type::I64 => ValType::I64,
            Type::F32 => ValType::F32,
            Type::F64 => ValType::F64,
            Type::V128 => ValType::V128,
            Type::FuncRef | Type::ExternRef | Type::ExceptionRef => reference_type(ty).into(),
        }
    }

    /// `funcref` for what is no reference.
    pub(crate) fn reference_type(ty: Type) -> RefType {
        match ty {
            Type::ExternRef => RefType::EXTERNREF,
            Type::ExceptionRef => RefType::EXNREF,
            _ => RefType::FUNCREF,
        }
    }

    pub(crate) fn function_type(ty: &FunctionType) -> wasmparser::FuncType {
        let list = |types: &[Type]| types.iter().map(|&ty| value_type(ty)).collect::<Vec<_>>();
        wasmparser::FuncType::new(list(ty.params()), list(ty.results()))
    }

    pub(crate) fn global_type(ty: GlobalType) -> wasmparser::GlobalType {
        wasmparser::GlobalType {
            content_type: value_type(ty.ty),
            mutable: ty.mutability.is_mutable(),
            shared: false,
        }
    }

    pub(crate) fn table_type(ty: TableType, index: IndexType) -> wasmparser::TableType {
        wasmparser::TableType {
            element_type: reference_type(ty.ty),
            table64: index.is_64(),
            initial: ty.minimum.into(),
            maximum: ty.maximum.map(u64::from),
            shared: false,
        }
    }

    pub(crate) fn memory_type(ty: MemoryType, format: MemoryFormat) -> wasmparser::MemoryType {
        wasmparser::MemoryType {
            memory64: format.index.is_64(),
            shared: ty.shared,
            initial: ty.minimum.0.into(),
            maximum: ty.maximum.map(|pages| pages.0.into()),
            page_size_log2: match format.page_size_log2 {
                WASM_PAGE_SIZE_LOG2 => None,
                log2 => Some(log2.into()),
            },
        }
    }
}
