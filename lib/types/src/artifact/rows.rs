//! The parts of a module description, a row for each type: the order of its fields, or the numbers of its variants.
//!
//! The rows are part of the hash in the header, so that a change of them makes older artifacts incompatible.

use bytes::Bytes;
use cranelift_entity::{EntityRef, PrimaryMap};

use super::codec::{Coded, Input};
use super::data::{MemoryImageExtent, MemoryImages};
use super::error::ArtifactError;
use crate::indices::{
    CustomSectionIndex, ExportIndex, FuncRefIndex, FunctionIndex, GlobalIndex, ImportIndex,
    MemoryIndex, SignatureIndex, TableIndex, TagIndex,
};
use crate::init::{
    DataPlacement, DataSegment, ElementItems, ElementPlacement, ElementSegment, GlobalInit,
    InitExpr, InitExprOp,
};
use crate::module::{ImportKey, ModuleInfo};
use crate::names::FunctionNames;
use crate::style::{MemoryStyle, TableStyle};
use crate::types::{
    FunctionType, GlobalType, IndexType, MemoryFormat, MemoryType, Mutability, TableType, Type,
    V128,
};
use crate::units::Pages;

macro_rules! rows {
    (
        indices { $($Index:ident)* }
        structures { $($Struct:ident { $($field:ident)* })* }
        enumerations { $($Enum:ident { $($number:literal $Variant:ident $(($value:ident))? $({ $($part:ident)* })?)* })* }
        module { $($module_field:ident)* }
    ) => {
        /// The rows as text.
        pub(super) const DESCRIPTION: &str = concat!(
            $(stringify!($Struct { $($field)* }),)*
            $(stringify!($Enum { $($number $Variant $(($value))? $({ $($part)* })?)* }),)*
            stringify!($($module_field)*),
        );

        $(impl Coded for $Index {
            fn encode(&self, out: &mut Vec<u8>) {
                self.as_u32().encode(out);
            }

            fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
                match u32::decode(input)? {
                    u32::MAX => Err(input.malformed("an index")),
                    index => Ok(Self::from_u32(index)),
                }
            }
        })*

        $(impl Coded for $Struct {
            fn encode(&self, out: &mut Vec<u8>) {
                $(self.$field.encode(out);)*
            }

            fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
                Ok(Self { $($field: Coded::decode(input)?,)* })
            }
        })*

        $(impl Coded for $Enum {
            fn encode(&self, out: &mut Vec<u8>) {
                match self {$(
                    Self::$Variant $(($value))? $({ $($part),* })? => {
                        out.push($number);
                        $($value.encode(out);)?
                        $($($part.encode(out);)*)?
                    }
                )*}
            }

            fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
                Ok(match input.byte()? {
                    $($number => {
                        $(let $value = Coded::decode(input)?;)?
                        $($(let $part = Coded::decode(input)?;)*)?
                        Self::$Variant $(($value))? $({ $($part),* })?
                    })*
                    _ => return Err(input.malformed(concat!("the number of a ", stringify!($Enum)))),
                })
            }
        })*

        fn encode_fields(info: &ModuleInfo, out: &mut Vec<u8>) {
            $(info.$module_field.encode(out);)*
        }

        fn decode_fields(input: &mut Input<'_>) -> Result<ModuleInfo, ArtifactError> {
            let mut info = ModuleInfo::new();
            $(info.$module_field = Coded::decode(input)?;)*
            Ok(info)
        }
    };
}

rows! {
    indices {
        CustomSectionIndex FunctionIndex GlobalIndex MemoryIndex SignatureIndex TableIndex TagIndex
    }
    structures {
        DataSegment { placement data }
        ElementSegment { placement ty items }
        GlobalType { ty mutability }
        ImportKey { module field import_idx }
        InitExpr { ops }
        MemoryFormat { index page_size_log2 }
        MemoryImageExtent { address data }
        MemoryType { minimum maximum shared }
        TableType { ty minimum maximum }
    }
    enumerations {
        DataPlacement { 0 Active { memory offset } 1 Passive }
        ElementItems { 0 Functions(items) 1 Expressions(items) }
        ElementPlacement { 0 Active { table offset } 1 Passive 2 Declared }
        ExportIndex { 0 Function(index) 1 Table(index) 2 Memory(index) 3 Tag(index) 4 Global(index) }
        GlobalInit {
            0 I32Const(value) 1 I64Const(value) 2 F32Const(value) 3 F64Const(value) 4 V128Const(value)
            5 GetGlobal(global) 6 RefNullConst 7 RefFunc(function) 8 Expr(expr)
        }
        ImportIndex { 0 Function(index) 1 Table(index) 2 Memory(index) 3 Tag(index) 4 Global(index) }
        IndexType { 0 I32 1 I64 }
        InitExprOp {
            0 I32Const(value) 1 I64Const(value) 2 F32Const(bits) 3 F64Const(bits) 4 V128Const(value)
            5 GlobalGet(global) 6 RefNull(ty) 7 RefFunc(function)
            8 I32Add 9 I32Sub 10 I32Mul 11 I64Add 12 I64Sub 13 I64Mul
        }
        MemoryStyle { 0 Dynamic { offset_guard_size } 1 Static { bound offset_guard_size }
            2 Extended { offset_guard_size format } }
        Mutability { 0 Const 1 Var }
        TableStyle { 0 CallerChecksSignature }
        Type { 0 I32 1 I64 2 F32 3 F64 4 V128 5 ExternRef 6 FuncRef 7 ExceptionRef }
    }
    module {
        name imports exports start_function element_segments data_segments global_initializers
        signatures functions tables table_indices memories memory_formats globals tags
        custom_sections num_imported_functions
        num_imported_tables num_imported_memories num_imported_globals num_imported_tags no_table_set
    }
}

impl Coded for FunctionType {
    fn encode(&self, out: &mut Vec<u8>) {
        for types in [self.params(), self.results()] {
            types.len().encode(out);
            types.iter().for_each(|ty| ty.encode(out));
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        let params = Vec::decode(input)?;
        Ok(Self::new(params, Vec::decode(input)?))
    }
}

impl Coded for Pages {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        u32::decode(input).map(Self)
    }
}

impl Coded for V128 {
    fn encode(&self, out: &mut Vec<u8>) {
        self.bytes().encode(out);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, ArtifactError> {
        <[u8; 16]>::decode(input).map(Self::from)
    }
}

/// How memories and tables are laid out, and where memories lie in the section of data.
pub(super) type Layouts =
    (PrimaryMap<MemoryIndex, MemoryStyle>, PrimaryMap<TableIndex, TableStyle>, MemoryImages);

/// Appends everything about a module but the names of functions and the contents of custom sections.
pub(super) fn encode_module(
    out: &mut Vec<u8>,
    info: &ModuleInfo,
    memory_styles: &PrimaryMap<MemoryIndex, MemoryStyle>,
    table_styles: &PrimaryMap<TableIndex, TableStyle>,
    memory_images: &MemoryImages,
) {
    encode_fields(info, out);
    info.func_refs.encode(out);
    let custom: Vec<usize> = info.custom_sections_data.values().map(|data| data.len()).collect();
    custom.encode(out);
    memory_styles.encode(out);
    table_styles.encode(out);
    memory_images.encode(out);
}

/// Reads what [`encode_module`] has written, and takes the rest from `names` and `custom`, which has the contents
/// of the custom sections one after the other.
pub(super) fn decode_module(
    input: &mut Input<'_>,
    names: FunctionNames,
    custom: &Bytes,
) -> Result<(ModuleInfo, Layouts), ArtifactError> {
    let mut info = decode_fields(input)?;
    info.function_names = names;
    let func_refs: PrimaryMap<FuncRefIndex, FunctionIndex> = Coded::decode(input)?;
    for &function in func_refs.values() {
        // The index is checked first: `escape` makes room for all functions up to it.
        if function.index() >= info.functions.len() || info.func_ref(function).is_some() {
            return Err(input.malformed("functions before this that exist and do not repeat"));
        }
        info.escape(function);
    }
    let mut start = 0usize;
    for len in Vec::<usize>::decode(input)? {
        let end = start.checked_add(len).filter(|&end| end <= custom.len());
        let end = end.ok_or_else(|| input.malformed("lengths of custom sections before this"))?;
        info.custom_sections_data.push(custom.slice(start..end));
        start = end;
    }
    if start != custom.len() {
        return Err(input.malformed("all custom sections before this"));
    }
    let layouts = (Coded::decode(input)?, Coded::decode(input)?, Coded::decode(input)?);
    input.finish()?;
    Ok((info, layouts))
}
