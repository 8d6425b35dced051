//! What runs a module, and what is seen of it.

use std::fmt;

use crate::case::Case;

/// A type of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// `v128`
    V128,
    /// `funcref`
    FuncRef,
    /// `externref`
    ExternRef,
}

impl Kind {
    /// As in the text format.
    pub const fn name(self) -> &'static str {
        match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::V128 => "v128",
            Self::FuncRef => "funcref",
            Self::ExternRef => "externref",
        }
    }
}

/// A value, as far as it can be compared between runtimes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// An `i32`.
    I32(i32),
    /// An `i64`.
    I64(i64),
    /// The bits of an `f32`.
    F32(u32),
    /// The bits of an `f64`.
    F64(u64),
    /// A `v128`.
    V128(u128),
    /// A null reference of this type.
    Null(Kind),
    /// A reference to something.
    Reference,
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I32(v) => write!(f, "i32 {v:#x}"),
            Self::I64(v) => write!(f, "i64 {v:#x}"),
            Self::F32(v) => write!(f, "f32 {v:#x} ({})", f32::from_bits(*v)),
            Self::F64(v) => write!(f, "f64 {v:#x} ({})", f64::from_bits(*v)),
            Self::V128(v) => write!(f, "v128 {v:#034x}"),
            Self::Null(kind) => write!(f, "{} null", kind.name()),
            Self::Reference => write!(f, "a reference"),
        }
    }
}

/// Why a call was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trap {
    /// `unreachable`, and fuel that ran out.
    Unreachable,
    /// An access outside of a memory.
    MemoryBounds,
    /// An access outside of a table.
    TableBounds,
    /// A null function was called.
    CallOfNull,
    /// A function of another type was called.
    Signature,
    /// Division by zero.
    DivideByZero,
    /// An integer that does not fit.
    Overflow,
    /// A NaN has no integer.
    Conversion,
    /// An atomic access that is not aligned.
    Misaligned,
    /// A host function said so.
    Host,
}

/// How a call, or the instantiation, ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It returned these values; none for the instantiation.
    Values(Vec<Value>),
    /// It trapped.
    Trap(Trap),
    /// The stack was full, which may happen in one runtime and not in another.
    StackOverflow,
    /// The module uses a proposal that the machine does not have.
    Unsupported,
    /// The module was refused, or something else happened that should not.
    Failed(String),
}

/// What can be seen of an instance between calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// In the order of the exports.
    pub globals: Vec<Value>,
    /// Number of bytes and hash of the contents.
    pub memories: Vec<(u64, u64)>,
    /// For each entry, whether it is null.
    pub tables: Vec<Vec<bool>>,
    /// Calls of host functions so far: which import, and with what.
    pub log: Log,
}

/// Calls of host functions: number of the import, arguments.
pub type Log = Vec<(usize, Vec<Value>)>;

/// A runtime with its settings.
pub trait Machine: Send + Sync {
    /// What to call it in messages.
    fn name(&self) -> &str;

    /// Whether it has the proposals that the module may use.
    fn can_run(&self, case: &Case) -> bool;

    /// Whether it is a runtime of others, of which a panic is no finding.
    fn is_foreign(&self) -> bool {
        false
    }

    /// Instantiates the module.
    ///
    /// # Errors
    ///
    /// How it ended if not with an instance.
    fn instantiate(&self, case: &Case) -> Result<Box<dyn Instance>, End>;
}

/// An instance of a case's module.
pub trait Instance {
    /// Sets the fuel that calls may use.
    fn set_fuel(&mut self, fuel: i32);

    /// Calls an exported function.
    fn call(&mut self, function: &str, arguments: &[Value]) -> End;

    /// What there is to be seen now.
    fn state(&mut self) -> State;
}

/// What a module asks the host for.
#[derive(Clone, Debug)]
pub(crate) enum Import {
    Function { params: Vec<Kind>, results: Vec<Kind> },
    Global { kind: Kind, mutable: bool },
    Memory(wasmparser::MemoryType),
    Table { kind: Kind, ty: wasmparser::TableType },
}

/// What the host function that is import number `import` does with these arguments; `None` if it fails.
pub(crate) fn host_function(
    import: usize,
    arguments: &[Value],
    results: &[Kind],
) -> Option<Vec<Value>> {
    let mut bits = arguments.iter().fold(import as u64 + 1, |bits, value| {
        let value = match *value {
            Value::I32(v) => u64::from(v as u32),
            Value::I64(v) => v as u64,
            Value::F32(v) => u64::from(v),
            Value::F64(v) => v,
            Value::V128(v) => v as u64 ^ (v >> 64) as u64,
            Value::Null(_) => 1,
            Value::Reference => 2,
        };
        (bits ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
    });
    let mut result = |kind: &Kind| {
        bits = bits.wrapping_mul(0x5851_f42d_4c95_7f2d).rotate_left(17);
        match kind {
            Kind::I32 => Value::I32(bits as i32 >> (bits >> 59)),
            Kind::I64 => Value::I64(bits as i64 >> (bits >> 58)),
            Kind::F32 => Value::F32((bits as i16 as f32).to_bits()),
            Kind::F64 => Value::F64((bits as i32 as f64).to_bits()),
            Kind::V128 => Value::V128(u128::from(bits) << 50),
            Kind::FuncRef | Kind::ExternRef => Value::Null(*kind),
        }
    };
    let results = results.iter().map(&mut result).collect();
    (bits % 8 != 7).then_some(results)
}

/// The value of an imported global.
pub(crate) fn host_global(kind: Kind) -> Value {
    match kind {
        Kind::I32 => Value::I32(3),
        Kind::I64 => Value::I64(-4),
        Kind::F32 => Value::F32(1.5_f32.to_bits()),
        Kind::F64 => Value::F64((-0.0_f64).to_bits()),
        Kind::V128 => Value::V128(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10),
        Kind::FuncRef | Kind::ExternRef => Value::Null(kind),
    }
}

/// A number for the contents of a memory.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add =
        |word: u64| hash = (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
    words.iter().for_each(|word| add(u64::from_le_bytes(*word)));
    rest.iter().for_each(|byte| add(u64::from(*byte)));
    hash
}
