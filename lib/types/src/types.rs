//! Types of values, functions, memories, tables, globals and tags (WebAssembly 3.0, §2.3).

use std::fmt;

use crate::units::{Pages, WASM_PAGE_SIZE_LOG2};

/// The type of a value.
///
/// # Example
///
/// ```
/// use wasmer_types::Type;
///
/// assert!(Type::V128.is_num() && Type::FuncRef.is_ref());
/// assert_eq!((Type::F32.bit_size(64), Type::ExternRef.bit_size(64)), (32, 64));
/// assert_eq!(Type::I64.to_string(), "I64");
/// ```
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit float (IEEE 754).
    F32,
    /// 64-bit float (IEEE 754).
    F64,
    /// 128-bit vector.
    V128,
    /// Reference to a host value, or null.
    ExternRef,
    /// Reference to a function, or null.
    FuncRef,
    /// Reference to an exception, or null.
    ExceptionRef,
}

impl Type {
    /// Whether this is a number or vector type.
    pub const fn is_num(self) -> bool {
        !self.is_ref()
    }

    /// Whether this is a reference type.
    pub const fn is_ref(self) -> bool {
        matches!(self, Self::ExternRef | Self::FuncRef | Self::ExceptionRef)
    }

    /// Bits of a value of this type in compiled code, for a machine with pointers of `pointer_width` bits.
    pub const fn bit_size(self, pointer_width: usize) -> usize {
        match self {
            Self::I32 | Self::F32 => 32,
            Self::I64 | Self::F64 => 64,
            Self::V128 => 128,
            Self::ExternRef | Self::FuncRef | Self::ExceptionRef => pointer_width,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A 128-bit vector constant, lane 0 first.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct V128(pub(crate) [u8; 16]);

impl V128 {
    /// The bytes, lane 0 first.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Iterates over the bytes, lane 0 first.
    pub fn iter(&self) -> impl Iterator<Item = &u8> {
        self.0.iter()
    }

    /// The bytes as a vector.
    pub fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }

    /// The bytes as a slice.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl From<[u8; 16]> for V128 {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// # Panics
///
/// When the slice does not hold 16 bytes.
impl From<&[u8]> for V128 {
    fn from(slice: &[u8]) -> Self {
        Self(slice.try_into().expect("a v128 has 16 bytes"))
    }
}

/// The type of the indices (addresses, lengths) of a memory or table: the *address type* of the specification.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum IndexType {
    /// 32-bit.
    #[default]
    I32,
    /// 64-bit (memory64).
    I64,
}

impl IndexType {
    /// The value type of such an index.
    pub const fn value_type(self) -> Type {
        match self {
            Self::I32 => Type::I32,
            Self::I64 => Type::I64,
        }
    }

    /// Whether indices have 64 bits.
    pub const fn is_64(self) -> bool {
        matches!(self, Self::I64)
    }
}

/// Whether a global can be written.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mutability {
    /// It cannot.
    Const,
    /// It can.
    Var,
}

impl Mutability {
    /// Whether the global can be written.
    pub const fn is_mutable(self) -> bool {
        matches!(self, Self::Var)
    }
}

impl From<bool> for Mutability {
    fn from(mutable: bool) -> Self {
        if mutable { Self::Var } else { Self::Const }
    }
}

impl From<Mutability> for bool {
    fn from(mutability: Mutability) -> Self {
        mutability.is_mutable()
    }
}

/// The type of a global.
///
/// # Example
///
/// ```
/// use wasmer_types::{GlobalType, Mutability, Type};
///
/// let ty = GlobalType::new(Type::I32, Mutability::Var);
/// assert!(ty.mutability.is_mutable() && bool::from(ty.mutability));
/// assert_eq!(ty.to_string(), "I32 (mutable)");
/// assert_eq!(GlobalType { mutability: false.into(), ..ty }.to_string(), "I32 (constant)");
/// ```
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct GlobalType {
    /// Type of the value.
    pub ty: Type,
    /// Whether it can be written.
    pub mutability: Mutability,
}

impl GlobalType {
    /// A global of type `ty`.
    pub fn new(ty: Type, mutability: Mutability) -> Self {
        Self { ty, mutability }
    }
}

impl fmt::Display for GlobalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mutability = if self.mutability.is_mutable() { "mutable" } else { "constant" };
        write!(f, "{} ({mutability})", self.ty)
    }
}

/// The type of a table, but for that of its indices (see [`ModuleInfo::table_indices`](crate::ModuleInfo)).
///
/// # Example
///
/// ```
/// use wasmer_types::{TableType, Type};
///
/// let ty = TableType::new(Type::FuncRef, 2, Some(4));
/// assert_eq!(ty, TableType { ty: Type::FuncRef, minimum: 2, maximum: Some(4) });
/// assert_eq!(ty.to_string(), "FuncRef (2..4)");
/// assert!(TableType { minimum: 4, ..ty }.is_fixed_funcref_table());
/// ```
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableType {
    /// Type of the elements.
    pub ty: Type,
    /// Elements at the start.
    pub minimum: u32,
    /// Elements that it can have at most. A declared maximum above `u32::MAX` (table64) is kept as `u32::MAX`.
    pub maximum: Option<u32>,
}

impl TableType {
    /// A table of `minimum` to `maximum` elements of type `ty`.
    pub fn new(ty: Type, minimum: u32, maximum: Option<u32>) -> Self {
        Self { ty, minimum, maximum }
    }

    /// Whether it is a function table that can't grow.
    pub fn is_fixed_funcref_table(&self) -> bool {
        self.ty == Type::FuncRef && self.maximum == Some(self.minimum)
    }
}

impl fmt::Display for TableType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.maximum {
            Some(maximum) => write!(f, "{} ({}..{maximum})", self.ty, self.minimum),
            None => write!(f, "{} ({}..)", self.ty, self.minimum),
        }
    }
}

/// The type of a linear memory, but for its [`MemoryFormat`].
///
/// # Example
///
/// ```
/// use wasmer_types::{MemoryType, Pages};
///
/// let ty = MemoryType::new(1, Some(3), false);
/// assert_eq!(ty, MemoryType { minimum: Pages(1), maximum: Some(Pages(3)), shared: false });
/// assert_eq!(ty.to_string(), "not shared (1 pages..3 pages)");
/// ```
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct MemoryType {
    /// Pages at the start.
    pub minimum: Pages,
    /// Pages that it can have at most. A declared maximum above `u32::MAX` (memory64) is kept as `u32::MAX`.
    pub maximum: Option<Pages>,
    /// Whether threads may share it.
    pub shared: bool,
}

impl MemoryType {
    /// A memory of `minimum` to `maximum` pages.
    pub fn new<IntoPages>(minimum: IntoPages, maximum: Option<IntoPages>, shared: bool) -> Self
    where
        IntoPages: Into<Pages>,
    {
        Self { minimum: minimum.into(), maximum: maximum.map(Into::into), shared }
    }
}

impl fmt::Display for MemoryType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.shared { "shared" } else { "not shared" })?;
        match self.maximum {
            Some(maximum) => write!(f, " ({:?}..{:?})", self.minimum, maximum),
            None => write!(f, " ({:?}..)", self.minimum),
        }
    }
}

/// What is the same for nearly all memories: the type of addresses and the size of pages.
///
/// It is a part of a memory's type in the specification, and not of [`MemoryType`], which programs write as a
/// literal of its three fields. It travels beside it as a part of the [`MemoryStyle`](crate::MemoryStyle).
///
/// ```
/// use wasmer_types::{IndexType, MemoryFormat, MemoryStyle, Pages};
///
/// let wide = MemoryFormat { index: IndexType::I64, ..MemoryFormat::default() };
/// assert_eq!(wide.bytes(Pages(3)), 3 << 16);
/// assert_eq!(MemoryStyle::Dynamic { offset_guard_size: 0 }.with_format(wide).format(), wide);
/// ```
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct MemoryFormat {
    /// Type of its addresses: `I64` with the memory64 proposal.
    pub index: IndexType,
    /// log2 of the bytes in one of its pages: 16, or 0 with the custom-page-sizes proposal.
    pub page_size_log2: u8,
}

impl Default for MemoryFormat {
    /// 32-bit addresses and pages of 64 KiB.
    fn default() -> Self {
        Self { index: IndexType::I32, page_size_log2: WASM_PAGE_SIZE_LOG2 }
    }
}

impl MemoryFormat {
    /// Bytes of so many pages.
    pub const fn bytes(self, pages: Pages) -> u64 {
        (pages.0 as u64) << self.page_size_log2
    }

    /// The most pages that the address type and page size allow, and that [`Pages`] can count.
    pub const fn index_limit_pages(self) -> u32 {
        let limit: u64 = match self.index {
            IndexType::I32 => (1 << 32) >> self.page_size_log2,
            IndexType::I64 => u64::MAX >> self.page_size_log2,
        };
        if limit > u32::MAX as u64 { u32::MAX } else { limit as u32 }
    }

    /// The most pages that a memory of type `ty` may grow to: its maximum, or what its address type allows.
    pub fn limit_pages(self, ty: &MemoryType) -> u32 {
        let limit = self.index_limit_pages();
        ty.maximum.map_or(limit, |maximum| maximum.0.min(limit))
    }
}

impl fmt::Display for MemoryFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = if self.index.is_64() { 64 } else { 32 };
        write!(f, "{bits}-bit addresses and pages of 2^{} bytes", self.page_size_log2)
    }
}

/// The type of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FunctionType {
    params: Box<[Type]>,
    results: Box<[Type]>,
}

impl FunctionType {
    /// A function from `params` to `results`.
    pub fn new<P, R>(params: P, results: R) -> Self
    where
        P: Into<Box<[Type]>>,
        R: Into<Box<[Type]>>,
    {
        Self { params: params.into(), results: results.into() }
    }

    /// Types of the parameters.
    pub fn params(&self) -> &[Type] {
        &self.params
    }

    /// Types of the results.
    pub fn results(&self) -> &[Type] {
        &self.results
    }
}

impl fmt::Display for FunctionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} -> {:?}", self.params, self.results)
    }
}

impl From<&FunctionType> for FunctionType {
    fn from(ty: &FunctionType) -> Self {
        ty.clone()
    }
}

impl<const N: usize, const M: usize> From<([Type; N], [Type; M])> for FunctionType {
    fn from((params, results): ([Type; N], [Type; M])) -> Self {
        Self::new(params, results)
    }
}

/// What a tag is for.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum TagKind {
    /// Exceptions.
    Exception,
}

/// The type of a tag.
///
/// # Example
///
/// ```
/// use wasmer_types::{FunctionType, TagKind, TagType, Type};
///
/// let ty = TagType::new(TagKind::Exception, [Type::I32]);
/// assert_eq!(ty.params(), [Type::I32]);
/// let function = FunctionType::new([Type::I32], []);
/// assert_eq!(TagType::from_fn_type(TagKind::Exception, function), ty);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TagType {
    /// What it is for.
    pub kind: TagKind,
    /// Types of the values that it carries.
    pub params: Box<[Type]>,
}

impl TagType {
    /// A tag that carries values of types `params`.
    pub fn new<P: Into<Box<[Type]>>>(kind: TagKind, params: P) -> Self {
        Self { kind, params: params.into() }
    }

    /// Types of the values that it carries.
    pub fn params(&self) -> &[Type] {
        &self.params
    }

    /// A tag that carries the parameters of `ty`.
    pub fn from_fn_type(kind: TagKind, ty: FunctionType) -> Self {
        Self { kind, params: ty.params }
    }
}

impl fmt::Display for TagType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({:?}) {:?}", self.kind, self.params)
    }
}

/// The type of something that can be imported or exported.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ExternType {
    /// A function.
    Function(FunctionType),
    /// A global.
    Global(GlobalType),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A tag.
    Tag(TagType),
}

macro_rules! extern_type_accessors {
    ($($get:ident $unwrap:ident $variant:ident($ty:ident) $what:literal)*) => {$(
        #[doc = concat!("The type if this is a ", $what, ".")]
        pub fn $get(&self) -> Option<&$ty> {
            match self {
                Self::$variant(ty) => Some(ty),
                _ => None,
            }
        }

        #[doc = concat!("The type, which must be that of a ", $what, ".\n\n# Panics\n\nWhen it is not.")]
        pub fn $unwrap(&self) -> &$ty {
            self.$get().expect(concat!("not a ", $what))
        }
    )*};
}

impl ExternType {
    extern_type_accessors! {
        func unwrap_func Function(FunctionType) "function"
        global unwrap_global Global(GlobalType) "global"
        table unwrap_table Table(TableType) "table"
        memory unwrap_memory Memory(MemoryType) "memory"
    }

    /// Whether an item of type `self` can be given for an import of type `other` (WebAssembly 3.0, §3.4
    /// *import subtyping*). `runtime_size` is the present size of a memory or table, which counts in place
    /// of its declared minimum. The formats of memories and the types of indices of tables must be equal too,
    /// which is not looked at here.
    pub fn is_compatible_with(&self, other: &Self, runtime_size: Option<u32>) -> bool {
        let limits = |have: (u32, Option<u32>), want: (u32, Option<u32>)| {
            runtime_size.unwrap_or(have.0) >= want.0
                && match (have.1, want.1) {
                    (_, None) => true,
                    (Some(have), Some(want)) => have <= want,
                    (None, Some(_)) => false,
                }
        };
        match (self, other) {
            (Self::Function(have), Self::Function(want)) => have == want,
            (Self::Global(have), Self::Global(want)) => have == want,
            (Self::Tag(have), Self::Tag(want)) => have == want,
            (Self::Table(have), Self::Table(want)) => {
                have.ty == want.ty
                    && limits((have.minimum, have.maximum), (want.minimum, want.maximum))
            }
            (Self::Memory(have), Self::Memory(want)) => {
                have.shared == want.shared
                    && limits(
                        (have.minimum.0, have.maximum.map(|p| p.0)),
                        (want.minimum.0, want.maximum.map(|p| p.0)),
                    )
            }
            _ => false,
        }
    }
}

/// An import of a module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImportType<T = ExternType> {
    module: String,
    name: String,
    ty: T,
}

impl<T> ImportType<T> {
    /// The import `module`.`name`.
    pub fn new(module: &str, name: &str, ty: T) -> Self {
        Self { module: module.to_owned(), name: name.to_owned(), ty }
    }

    /// First name, the *module* of the specification.
    pub fn module(&self) -> &str {
        &self.module
    }

    /// Second name, the *field*.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is expected.
    pub fn ty(&self) -> &T {
        &self.ty
    }
}

/// An export of a module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExportType<T = ExternType> {
    name: String,
    ty: T,
}

impl<T> ExportType<T> {
    /// The export `name`.
    pub fn new(name: &str, ty: T) -> Self {
        Self { name: name.to_owned(), ty }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its type.
    pub fn ty(&self) -> &T {
        &self.ty
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display() {
        assert_eq!(
            FunctionType::new([Type::I32, Type::I32], [Type::I32]).to_string(),
            "[I32, I32] -> [I32]"
        );
        assert_eq!(GlobalType::new(Type::I32, Mutability::Const).to_string(), "I32 (constant)");
        assert_eq!(GlobalType::new(Type::I32, Mutability::Var).to_string(), "I32 (mutable)");
        assert_eq!(TableType::new(Type::FuncRef, 2, Some(4)).to_string(), "FuncRef (2..4)");
        assert_eq!(TableType::new(Type::FuncRef, 2, None).to_string(), "FuncRef (2..)");
        assert_eq!(MemoryType::new(1, Some(3), false).to_string(), "not shared (1 pages..3 pages)");
        assert_eq!(MemoryType::new(1, Some(3), true).to_string(), "shared (1 pages..3 pages)");
    }

    #[test]
    fn formats() {
        let wide = MemoryFormat { index: IndexType::I64, ..MemoryFormat::default() };
        let bytes = MemoryFormat { page_size_log2: 0, ..MemoryFormat::default() };
        let limits = [MemoryFormat::default(), wide, bytes].map(MemoryFormat::index_limit_pages);
        assert_eq!(limits, [1 << 16, u32::MAX, u32::MAX]);
        let ty = MemoryType { minimum: Pages(1), maximum: Some(Pages(1 << 20)), shared: false };
        assert_eq!(MemoryFormat::default().limit_pages(&ty), 1 << 16);
        assert_eq!((wide.limit_pages(&ty), bytes.bytes(Pages(7))), (1 << 20, 7));
        assert_eq!(wide.to_string(), "64-bit addresses and pages of 2^16 bytes");
    }

    #[test]
    fn import_subtyping_of_limits() {
        let memory = |min, max| ExternType::Memory(MemoryType::new(min, max, false));
        assert!(memory(2, Some(3)).is_compatible_with(&memory(1, None), None));
        assert!(memory(2, Some(3)).is_compatible_with(&memory(1, Some(3)), None));
        assert!(!memory(2, None).is_compatible_with(&memory(1, Some(3)), None));
        assert!(!memory(2, Some(4)).is_compatible_with(&memory(1, Some(3)), None));
        assert!(!memory(0, Some(3)).is_compatible_with(&memory(1, Some(3)), None));
        assert!(memory(0, Some(3)).is_compatible_with(&memory(1, Some(3)), Some(1)));
    }
}
