//! Modules made for the benchmarks; the same bytes on every machine.

use crate::report::Goal;
use anyhow::Result;
use std::fmt::Write;
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, ImportSection, InstructionSink, MemArg,
    MemArgTarget, MemorySection, MemoryType, Module, TypeSection, ValType,
};

/// The module of the call benchmarks. `host.f` is what the runtime under test provides.
pub(crate) const CALLS: &str = r#"
(module
  (import "host" "f" (func $f (param i32 i32) (result i32)))
  (func (export "nop"))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "loop") (param $n i32) (result i32)
    (local $sum i32)
    (loop $next
      (local.set $sum (call $f (local.get $sum) (local.get $n)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func $deep (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then unreachable))
    (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
  (func (export "trap") (param i32) (result i32) (call $deep (local.get 0))))
"#;

/// What `loop` of [`CALLS`] returns when `host.f` adds.
pub(crate) fn loop_result(repetitions: i32) -> i32 {
    let n = i64::from(repetitions);
    (n * (n + 1) / 2) as i32
}

/// How deep `trap` goes before it traps: the backtrace has two frames more.
pub(crate) const TRAP_DEPTH: i32 = 2;

/// A module whose instantiation is measured.
pub(crate) struct InstanceCase {
    /// The name in the table.
    pub(crate) name: &'static str,
    pub(crate) wasm: Vec<u8>,
    /// What `run` returns in an instance that nobody has used before.
    pub(crate) expected: i32,
}

/// The modules whose instantiation is measured. `run` uses what the module is about; where there is a memory, it
/// reads a word and then changes it, so that a memory which was used before and not reset is found out.
///
/// # Errors
/// When the text is not a module.
pub(crate) fn instances() -> Result<Vec<InstanceCase>> {
    const PLACE: usize = 70_000;
    let touch = format!(
        r#"(func (export "run") (result i32)
          (i32.load (i32.const {PLACE})) (i32.store (i32.const {PLACE}) (i32.const -1)))"#
    );
    let tiny = r#"(module (func (export "run") (result i32) i32.const 42))"#.to_owned();
    let memory = format!("(module (memory 17) {touch})");
    let mut random = Random(1);
    let bytes: Vec<u8> = (0..1 << 20).map(|_| random.below(256) as u8).collect();
    let mut text = String::with_capacity(3 * bytes.len());
    for byte in &bytes {
        write!(text, "\\{byte:02x}")?;
    }
    let data = format!(r#"(module (memory 17) (data (i32.const 0) "{text}") {touch})"#);
    let word = [bytes[PLACE], bytes[PLACE + 1], bytes[PLACE + 2], bytes[PLACE + 3]];
    let table = format!(
        r#"(module (table 10000 funcref) (elem (i32.const 0) {})
          (func $a (result i32) i32.const 1) (func $b (result i32) i32.const 2)
          (func (export "run") (result i32) (call_indirect (result i32) (i32.const 5001))))"#,
        "$a $b ".repeat(5000)
    );
    [
        ("tiny", tiny, 42),
        ("17 pages", memory, 0),
        ("1 MiB data", data, i32::from_le_bytes(word)),
        ("10,000 entries", table, 2),
    ]
    .into_iter()
    .map(|(name, text, expected)| Ok(InstanceCase { name, wasm: wat::parse_str(text)?, expected }))
    .collect()
}

/// How large a synthetic module is.
pub(crate) struct Shape {
    /// The name in the table.
    pub(crate) name: &'static str,
    functions: u32,
    /// Whether compilers do the same work. A function of half a megabyte is where one may give up optimising to
    /// bound its time and another does not: such a line tells about bounds and not about speed.
    pub(crate) comparable: bool,
    /// Statements of a function; about 11 operators and 29 bytes each.
    statements: u32,
}

/// Modules of several megabytes that stress different parts of a compiler.
pub(crate) const SHAPES: &[Shape] = &[
    Shape { name: "many small functions", functions: 12_000, statements: 6, comparable: true },
    Shape { name: "medium functions", functions: 800, statements: 90, comparable: true },
    Shape { name: "large functions", functions: 40, statements: 1_800, comparable: true },
    Shape { name: "extreme functions", functions: 8, statements: 9_000, comparable: false },
];

/// Modules to be saved and loaded, with their names: one with functions as large as those of C programs usually are, one
/// that is ten times as large, and two with a memory full of data.
pub(crate) const ARTIFACTS: &[Artifact] = &[
    ("2,000 functions", Goal::Ratio(0.3), || synthetic(&functions(2_000))),
    ("20,000 functions", Goal::Ratio(0.3), || synthetic(&functions(20_000))),
    ("1 MiB data", Goal::None, || data(1 << 20)),
    ("16 MiB data", Goal::None, || data(16 << 20)),
];

/// The name in the table, the goal for loading, and what makes the module.
type Artifact = (&'static str, Goal, fn() -> Vec<u8>);

const fn functions(functions: u32) -> Shape {
    Shape { name: "", functions, statements: 8, comparable: true }
}

/// A module with a memory of `bytes` (a multiple of 64 KiB) that one segment fills, and the import of the others.
fn data(bytes: usize) -> Vec<u8> {
    let mut random = Random(1);
    let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
    types.ty().function([ValType::I32], [ValType::I32]);
    imports.import("host", "f", EntityType::Function(0));
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: (bytes >> 16) as u64,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut segments = DataSection::new();
    let contents = (0..bytes).map(|_| random.below(256) as u8);
    segments.active(0, &ConstExpr::i32_const(0), contents);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&memories).section(&segments);
    module.finish()
}

const TYPES: [ValType; 5] = [ValType::I32, ValType::I64, ValType::F32, ValType::F64, ValType::V128];
/// Locals of each type, parameters included.
const LOCALS: u32 = 6;
/// The parameter types that occur; every function returns one i32 and is of type `index % SIGNATURES.len()`.
const SIGNATURES: &[&[ValType]] = &[
    &[ValType::I32],
    &[ValType::I32, ValType::I64],
    &[ValType::F64, ValType::I32],
    &[ValType::I32, ValType::I32, ValType::I32, ValType::I32],
    &[],
    &[ValType::F32, ValType::V128],
];

/// A valid module of that shape: locals, memory, calls, branches and arithmetic of all types. It is for compiling:
/// nobody has looked whether it ends when run.
pub(crate) fn synthetic(shape: &Shape) -> Vec<u8> {
    let mut random = Random(0x5eed + u64::from(shape.functions));
    let (mut types, mut functions, mut code) =
        (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    for params in SIGNATURES {
        types.ty().function(params.iter().copied(), [ValType::I32]);
    }
    let mut imports = ImportSection::new();
    imports.import("host", "f", EntityType::Function(0));
    for index in 1..=shape.functions {
        let signature = index % SIGNATURES.len() as u32;
        functions.function(signature);
        code.function(&Body::new(shape, SIGNATURES[signature as usize], &mut random).finish());
    }
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 2,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    globals.global(
        GlobalType { val_type: ValType::I32, mutable: true, shared: false },
        &ConstExpr::i32_const(0),
    );
    let mut exports = ExportSection::new();
    exports.export("run", ExportKind::Func, 1);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&memories);
    module.section(&globals).section(&exports).section(&code);
    module.finish()
}

/// A function body under construction.
struct Body<'a> {
    bytes: Vec<u8>,
    random: &'a mut Random,
    functions: u32,
    params: &'a [ValType],
    /// Index of the loop counter that the next loop may use.
    counters: u32,
}

/// Loops at most this deep, each with a counter local of its own.
const LOOPS: u32 = 4;

impl<'a> Body<'a> {
    fn new(shape: &Shape, params: &'a [ValType], random: &'a mut Random) -> Self {
        let mut body =
            Body { bytes: Vec::new(), random, functions: shape.functions, params, counters: 0 };
        for _ in 0..shape.statements {
            body.statement(0);
        }
        body.value(ValType::I32, 3);
        body
    }

    fn finish(mut self) -> Function {
        self.emit().end();
        let mut locals = TYPES.map(|t| (LOCALS, t)).to_vec();
        locals.push((LOOPS, ValType::I32));
        let mut function = Function::new(locals);
        function.raw(self.bytes);
        function
    }

    fn emit(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.bytes)
    }

    /// A random local of that type.
    fn local(&mut self, ty: ValType) -> u32 {
        let group = TYPES.iter().position(|t| *t == ty).map_or(0, |i| i as u32);
        self.params.len() as u32 + group * LOCALS + self.random.below(LOCALS)
    }

    fn any_type(&mut self) -> ValType {
        // Integers more often than the rest, as in real programs.
        TYPES[[0, 0, 0, 0, 0, 1, 1, 2, 3, 3, 4][self.random.below(11) as usize]]
    }

    fn statement(&mut self, depth: u32) {
        let kind = if depth < 4 { self.random.below(16) } else { self.random.below(10) };
        match kind {
            0..=5 => {
                let ty = self.any_type();
                self.value(ty, 3);
                let local = self.local(ty);
                self.emit().local_set(local);
            }
            6..=8 => {
                let ty = self.any_type();
                self.address();
                self.value(ty, 2);
                let at = self.place(ty);
                match ty {
                    ValType::I64 => self.emit().i64_store(at),
                    ValType::F32 => self.emit().f32_store(at),
                    ValType::F64 => self.emit().f64_store(at),
                    ValType::V128 => self.emit().v128_store(at),
                    _ => self.emit().i32_store(at),
                };
            }
            9 => {
                self.call(2);
                self.emit().global_set(0);
            }
            10 | 11 => {
                self.value(ValType::I32, 2);
                self.emit().if_(BlockType::Empty);
                self.statements(depth);
                self.emit().else_();
                self.statements(depth);
                self.emit().end();
            }
            12 if self.counters < LOOPS => self.counted_loop(depth),
            13 => self.switch(depth),
            _ => {
                self.emit().block(BlockType::Empty);
                self.value(ValType::I32, 2);
                self.emit().br_if(0);
                self.statements(depth);
                self.emit().end();
            }
        }
    }

    fn statements(&mut self, depth: u32) {
        for _ in 0..1 + self.random.below(2) {
            self.statement(depth + 1);
        }
    }

    fn counted_loop(&mut self, depth: u32) {
        let counter = self.params.len() as u32 + TYPES.len() as u32 * LOCALS + self.counters;
        self.counters += 1;
        self.emit().i32_const(10).local_set(counter).loop_(BlockType::Empty);
        self.statements(depth);
        self.emit().local_get(counter).i32_const(1).i32_sub().local_tee(counter).br_if(0).end();
        self.counters -= 1;
    }

    fn switch(&mut self, depth: u32) {
        const ARMS: u32 = 4;
        for _ in 0..ARMS {
            self.emit().block(BlockType::Empty);
        }
        self.value(ValType::I32, 1);
        self.emit().br_table(0..ARMS - 1, ARMS - 1);
        for _ in 0..ARMS {
            self.emit().end();
            self.statement(depth + 2);
        }
    }

    fn call(&mut self, depth: u32) {
        let callee = self.random.below(self.functions + 1);
        let signature = if callee == 0 { 0 } else { callee as usize % SIGNATURES.len() };
        for param in SIGNATURES[signature] {
            self.value(*param, depth.saturating_sub(1));
        }
        self.emit().call(callee);
    }

    /// An address within the first 64 KiB.
    fn address(&mut self) {
        let local = self.local(ValType::I32);
        self.emit().local_get(local).i32_const(0xfff0).i32_and();
    }

    fn place(&mut self, ty: ValType) -> MemArg {
        let align = match ty {
            ValType::I64 | ValType::F64 => 3,
            ValType::V128 => 4,
            _ => 2,
        };
        MemArg {
            offset: u64::from(self.random.below(64) * 16),
            align,
            target: MemArgTarget::Memory(0),
            ordering: None,
        }
    }

    /// Pushes a value; `depth` bounds the nesting of operators.
    fn value(&mut self, ty: ValType, depth: u32) {
        match if depth == 0 { self.random.below(4) } else { self.random.below(12) } {
            0..=2 => {
                let local = self.local(ty);
                self.emit().local_get(local);
            }
            3 => self.constant(ty),
            4 => {
                self.address();
                let at = self.place(ty);
                match ty {
                    ValType::I64 => self.emit().i64_load(at),
                    ValType::F32 => self.emit().f32_load(at),
                    ValType::F64 => self.emit().f64_load(at),
                    ValType::V128 => self.emit().v128_load(at),
                    _ => self.emit().i32_load(at),
                };
            }
            5 => self.converted(ty, depth - 1),
            6 if ty == ValType::I32 && depth > 1 => self.call(depth),
            7 => {
                self.value(ty, depth - 1);
                self.value(ty, depth - 1);
                self.value(ValType::I32, depth - 1);
                // `select` without a type is for numbers and vectors alike.
                self.emit().select();
            }
            _ => {
                self.value(ty, depth - 1);
                self.value(ty, depth - 1);
                self.binary(ty);
            }
        }
    }

    fn constant(&mut self, ty: ValType) {
        let bits = self.random.next();
        match ty {
            // Mostly small numbers.
            ValType::I32 => self.emit().i32_const(bits as i32 >> (bits >> 59)),
            ValType::I64 => self.emit().i64_const(bits as i64 >> (bits >> 58)),
            ValType::F32 => self.emit().f32_const((f32::from(bits as i16) / 8.0).into()),
            ValType::F64 => self.emit().f64_const((f64::from(bits as i32) / 64.0).into()),
            _ => self.emit().v128_const(i128::from(bits as i64)),
        };
    }

    /// A value of another type, converted.
    fn converted(&mut self, ty: ValType, depth: u32) {
        let from = match ty {
            ValType::I32 => {
                [ValType::I64, ValType::F64, ValType::V128][self.random.below(3) as usize]
            }
            ValType::F32 => ValType::F64,
            _ => ValType::I32,
        };
        self.value(from, depth);
        let mut e = self.emit();
        match (from, ty) {
            (ValType::I64, _) => e.i32_wrap_i64(),
            (ValType::F64, ValType::I32) => e.i32_trunc_sat_f64_s(),
            (ValType::V128, _) => e.i8x16_bitmask(),
            (ValType::F64, _) => e.f32_demote_f64(),
            (_, ValType::I64) => e.i64_extend_i32_u(),
            (_, ValType::F64) => e.f64_convert_i32_s(),
            _ => e.i32x4_splat(),
        };
    }

    fn binary(&mut self, ty: ValType) {
        let kind = self.random.below(8);
        let mut e = self.emit();
        match (ty, kind) {
            (ValType::I32, 0) => e.i32_sub(),
            (ValType::I32, 1) => e.i32_mul(),
            (ValType::I32, 2) => e.i32_and(),
            (ValType::I32, 3) => e.i32_xor(),
            (ValType::I32, 4) => e.i32_shl(),
            (ValType::I32, 5) => e.i32_lt_s(),
            (ValType::I32, 6) => e.i32_eq(),
            (ValType::I32, _) => e.i32_add(),
            (ValType::I64, 0) => e.i64_sub(),
            (ValType::I64, 1) => e.i64_mul(),
            (ValType::I64, 2) => e.i64_or(),
            (ValType::I64, 3) => e.i64_shr_u(),
            (ValType::I64, _) => e.i64_add(),
            (ValType::F32, 0) => e.f32_div(),
            (ValType::F32, 1..=3) => e.f32_mul(),
            (ValType::F32, _) => e.f32_add(),
            (ValType::F64, 0) => e.f64_sub(),
            (ValType::F64, 1..=3) => e.f64_mul(),
            (ValType::F64, 4) => e.f64_max(),
            (ValType::F64, _) => e.f64_add(),
            (_, 0) => e.f32x4_mul(),
            (_, 1) => e.i16x8_mul(),
            (_, 2) => e.v128_xor(),
            (_, 3) => e.i8x16_add_sat_u(),
            (_, 4) => e.i32x4_gt_s(),
            _ => e.i32x4_add(),
        };
    }
}

/// A xorshift generator.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 to below `n`.
    fn below(&mut self, n: u32) -> u32 {
        (((self.next() >> 32) * u64::from(n)) >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_valid_and_large() -> Result<()> {
        let engine = ::wasmtime::Engine::default();
        for shape in SHAPES {
            let wasm = synthetic(shape);
            ::wasmtime::Module::validate(&engine, &wasm)?;
            assert!(wasm.len() > 2 << 20, "{}: {}", shape.name, wasm.len());
            assert_eq!(wasm, synthetic(shape));
        }
        for InstanceCase { wasm, .. } in instances()? {
            ::wasmtime::Module::validate(&engine, &wasm)?;
        }
        ::wasmtime::Module::validate(&engine, &wat::parse_str(CALLS)?)?;
        Ok(())
    }
}
