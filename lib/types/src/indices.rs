//! Index spaces of a module, each with a type of its own.
//!
//! An index that counts imports and definitions together is `XIndex`; one that counts only the module's own
//! definitions is `LocalXIndex`.

use cranelift_entity::entity_impl;

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct $name(u32);
        entity_impl!($name);
    )*};
}

indices! {
    /// A function: imported functions first, then the module's own.
    FunctionIndex
    /// A function that the module defines itself.
    ///
    /// ```
    /// use wasmer_types::LocalFunctionIndex;
    /// use wasmer_types::entity::{EntityRef, PrimaryMap};
    ///
    /// let mut names: PrimaryMap<LocalFunctionIndex, &str> = PrimaryMap::new();
    /// let first = names.push("first");
    /// let second = names.push("second");
    /// assert_eq!((first.as_u32(), second), (0, LocalFunctionIndex::from_u32(1)));
    /// assert_eq!((names[second], second.index()), ("second", 1));
    /// ```
    LocalFunctionIndex
    /// A table: imported ones first.
    TableIndex
    /// A table that the module defines itself.
    LocalTableIndex
    /// A linear memory: imported ones first.
    MemoryIndex
    /// A linear memory that the module defines itself.
    LocalMemoryIndex
    /// A global: imported ones first.
    GlobalIndex
    /// A global that the module defines itself.
    LocalGlobalIndex
    /// An exception tag: imported ones first.
    TagIndex
    /// An exception tag that the module defines itself.
    LocalTagIndex
    /// A function type of the type section.
    SignatureIndex
    /// A data segment.
    DataIndex
    /// An element segment.
    ElemIndex
    /// A custom section.
    CustomSectionIndex
    /// A function whose address can leave the module (exported, in an element segment, or taken by
    /// `ref.func`), and which therefore has a place for its `VMFuncRef` in the VM context.
    FuncRefIndex
}

/// What an export refers to.
#[derive(Copy, Clone, Debug, Hash, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ExportIndex {
    /// A function.
    Function(FunctionIndex),
    /// A table.
    Table(TableIndex),
    /// A memory.
    Memory(MemoryIndex),
    /// An exception tag.
    Tag(TagIndex),
    /// A global.
    Global(GlobalIndex),
}

/// What an import becomes in the module's index spaces.
#[derive(Copy, Clone, Debug, Hash, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ImportIndex {
    /// A function.
    Function(FunctionIndex),
    /// A table.
    Table(TableIndex),
    /// A memory.
    Memory(MemoryIndex),
    /// An exception tag.
    Tag(TagIndex),
    /// A global.
    Global(GlobalIndex),
}
