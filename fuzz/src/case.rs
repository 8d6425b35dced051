//! Modules, and what to call in them.

use std::ops::Range;

use anyhow::{Context, Result, bail};
use arbitrary::Unstructured;
use wasm_encoder::{ExportKind, ExportSection, RawSection};
use wasmer_tests::rng::Rng;
use wasmparser::types::EntityType;
use wasmparser::{
    ExternalKind, Operator, Parser, Payload, RefType, TypeRef, ValType, Validator, WasmFeatures,
};

use crate::machine::{Import, Kind, Value};

/// Loops and functions that a call may enter before it traps.
pub(crate) const FUEL: i32 = 500;

/// Name of the export that holds what is left of [`FUEL`].
pub(crate) const FUEL_EXPORT: &str = "what is left of the fuel";

/// How it is made sure that NaNs have the same bits everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nans {
    /// The module looks at each result and replaces NaNs.
    InModule,
    /// The compiler's setting does.
    ByCompiler,
}

/// A module and what to call in it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it was made from.
    pub seed: u64,
    /// The module.
    pub wasm: Vec<u8>,
    /// Who makes NaNs canonical.
    pub nans: Nans,
    /// Whether it uses a proposal that the interpreter does not have.
    pub ours_only: bool,
    /// Exports to call, in order, with their arguments.
    pub calls: Vec<(String, Vec<Value>)>,
    /// The global that is exported as [`FUEL_EXPORT`].
    pub(crate) fuel: Option<u32>,
    /// What the host must hand in, in order.
    pub(crate) imports: Vec<Import>,
    /// What can be looked at.
    pub(crate) exports: Exports,
}

/// Names of what a module exports, by kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exports {
    /// With parameters.
    pub(crate) functions: Vec<(String, Vec<Kind>)>,
    pub(crate) globals: Vec<String>,
    pub(crate) memories: Vec<String>,
    pub(crate) tables: Vec<String>,
    fuel: Option<u32>,
}

impl Case {
    /// The case with that number: the same one in every run.
    ///
    /// # Errors
    ///
    /// When the generator makes no module: an error of ours or its own.
    pub fn new(seed: u64) -> Result<Self> {
        let mut rng = Rng::new(seed);
        let nans = if rng.below(2) == 0 { Nans::InModule } else { Nans::ByCompiler };
        let threads = rng.below(8) == 0;
        for _ in 0..100 {
            let config = config(&mut rng, threads, nans);
            let bytes: Vec<u8> = (0..2048 + rng.below(8192)).map(|_| rng.byte()).collect();
            // Not every sequence of bytes becomes a module under every configuration.
            let module = wasm_smith::Module::new(config, &mut Unstructured::new(&bytes));
            let Ok(mut module) = module else { continue };
            let fuel = module.ensure_termination(FUEL as u32)?;
            let wasm = export_global(&module.to_bytes(), fuel)?;
            // A thread that waits for others waits forever.
            let waits = contains(&wasm, |operator| {
                use Operator as O;
                matches!(operator, O::MemoryAtomicWait32 { .. } | O::MemoryAtomicWait64 { .. })
            })?;
            // The generator does not look at the results of these.
            let converts = contains(&wasm, |operator| {
                use Operator as O;
                matches!(
                    operator,
                    O::F32DemoteF64
                        | O::F64PromoteF32
                        | O::F32x4DemoteF64x2Zero
                        | O::F64x2PromoteLowF32x4
                )
            })?;
            if !waits {
                let nans = if converts { Nans::ByCompiler } else { nans };
                return Self::with_module(seed, wasm, nans, threads);
            }
        }
        bail!("no sequence of bytes becomes a module")
    }

    /// Another module under the same circumstances.
    ///
    /// # Errors
    ///
    /// When the module is not valid.
    pub fn with_module(seed: u64, wasm: Vec<u8>, nans: Nans, ours_only: bool) -> Result<Self> {
        let (imports, exports) = interface(&wasm)?;
        let mut rng = Rng::new(!seed);
        let mut calls = Vec::new();
        for _ in 0..2 {
            for (name, parameters) in &exports.functions {
                let arguments = parameters.iter().map(|kind| argument(*kind, &mut rng)).collect();
                calls.push((name.clone(), arguments));
            }
        }
        Ok(Self { seed, wasm, nans, ours_only, calls, fuel: exports.fuel, imports, exports })
    }

    /// The module in text form.
    pub fn text(&self) -> String {
        wasmprinter::print_bytes(&self.wasm).unwrap_or_else(|error| format!(";; {error}"))
    }
}

/// What the generator may use: proposals that are off in one module and on in the next find more than all at once.
fn config(rng: &mut Rng, threads: bool, nans: Nans) -> wasm_smith::Config {
    const PAGE: u64 = 1 << 16;
    let mut on = || rng.below(4) != 0;
    let (simd, memory64, multi_value, floats) = (on(), on(), on(), on());
    let (wide_arithmetic_enabled, custom_page_sizes_enabled) = (on(), !threads && on());
    let many = on();
    wasm_smith::Config {
        max_imports: if on() { 6 } else { 0 },
        min_types: 4,
        min_funcs: 2,
        max_funcs: 6,
        max_instructions: [60, 200, 600][rng.below(3)],
        max_nesting_depth: 12,
        max_memories: if many { 3 } else { 1 },
        min_memories: 1,
        max_tables: if many { 3 } else { 1 },
        max_globals: 8,
        max_types: 10,
        max_memory32_bytes: 3 * PAGE,
        max_memory64_bytes: u128::from(3 * PAGE),
        memory_max_size_required: true,
        max_table_elements: 40,
        table_max_size_required: true,
        max_data_segments: 4,
        max_element_segments: 6,
        max_elements: 12,
        max_type_size: 20,
        export_everything: true,
        canonicalize_nans: nans == Nans::InModule,
        allow_floats: floats,
        simd_enabled: simd,
        memory64_enabled: memory64,
        multi_value_enabled: multi_value,
        threads_enabled: threads,
        wide_arithmetic_enabled,
        custom_page_sizes_enabled,
        // Results differ between machines, as they may.
        relaxed_simd_enabled: false,
        // Not there yet.
        exceptions_enabled: false,
        gc_enabled: false,
        tail_call_enabled: false,
        compact_imports_enabled: false,
        shared_everything_threads_enabled: false,
        acquire_release_atomics_enabled: false,
        multibyte_array_access_enabled: false,
        ..wasm_smith::Config::default()
    }
}

/// The same module with the global exported as [`FUEL_EXPORT`].
fn export_global(wasm: &[u8], global: u32) -> Result<Vec<u8>> {
    let mut module = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if let Payload::ExportSection(section) = payload {
            let mut exports = ExportSection::new();
            for export in section {
                let export = export?;
                exports.export(export.name, export_kind(export.kind)?, export.index);
            }
            exports.export(FUEL_EXPORT, ExportKind::Global, global);
            module.section(&exports);
        } else if let Some((id, range)) = payload.as_section() {
            module.section(&RawSection { id, data: &wasm[places(range)] });
        }
    }
    Ok(module.finish())
}

/// The range as an index.
pub(crate) fn places(range: Range<u64>) -> Range<usize> {
    range.start as usize..range.end as usize
}

fn export_kind(kind: ExternalKind) -> Result<ExportKind> {
    Ok(match kind {
        ExternalKind::Func => ExportKind::Func,
        ExternalKind::Table => ExportKind::Table,
        ExternalKind::Memory => ExportKind::Memory,
        ExternalKind::Global => ExportKind::Global,
        other => bail!("an export of a kind that is off: {other:?}"),
    })
}

/// Whether there is such an operator in the module.
fn contains(wasm: &[u8], is: impl Fn(&Operator<'_>) -> bool) -> Result<bool> {
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CodeSectionEntry(body) = payload? {
            for operator in body.get_operators_reader()? {
                if is(&operator?) {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

/// Validates the module; what it imports and exports.
fn interface(wasm: &[u8]) -> Result<(Vec<Import>, Exports)> {
    let types = Validator::new_with_features(WasmFeatures::all()).validate_all(wasm)?;
    let types = types.as_ref();
    let signature = |ty: Option<EntityType>| {
        let Some(EntityType::Func(id) | EntityType::FuncExact(id)) = ty else {
            bail!("expected the type of a function, found {ty:?}")
        };
        let ty = types[id].unwrap_func();
        Ok((kinds(ty.params())?, kinds(ty.results())?))
    };
    let (mut imports, mut exports) = (Vec::new(), Exports::default());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    imports.push(match import.ty {
                        TypeRef::Func(_) => {
                            let (params, results) =
                                signature(types.entity_type_from_import(&import))?;
                            Import::Function { params, results }
                        }
                        TypeRef::Global(ty) => {
                            Import::Global { kind: kind(ty.content_type)?, mutable: ty.mutable }
                        }
                        TypeRef::Memory(ty) => Import::Memory(ty),
                        TypeRef::Table(ty) => {
                            Import::Table { kind: kind(ValType::Ref(ty.element_type))?, ty }
                        }
                        other => bail!("an import of a kind that is off: {other:?}"),
                    });
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    let name = export.name.to_owned();
                    match export.kind {
                        ExternalKind::Func => {
                            let (params, _) = signature(types.entity_type_from_export(&export))?;
                            exports.functions.push((name, params));
                        }
                        ExternalKind::Global if name == FUEL_EXPORT => {
                            exports.fuel = Some(export.index);
                        }
                        ExternalKind::Global => exports.globals.push(name),
                        ExternalKind::Memory => exports.memories.push(name),
                        ExternalKind::Table => exports.tables.push(name),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

fn kinds(types: &[ValType]) -> Result<Vec<Kind>> {
    types.iter().map(|ty| kind(*ty)).collect()
}

fn kind(ty: ValType) -> Result<Kind> {
    Ok(match ty {
        ValType::I32 => Kind::I32,
        ValType::I64 => Kind::I64,
        ValType::F32 => Kind::F32,
        ValType::F64 => Kind::F64,
        ValType::V128 => Kind::V128,
        ValType::Ref(RefType::FUNCREF) => Kind::FuncRef,
        ValType::Ref(ty) => {
            (ty == RefType::EXTERNREF).then_some(Kind::ExternRef).context("a type that is off")?
        }
    })
}

/// Bounds of types more often than what lies between them.
fn argument(kind: Kind, rng: &mut Rng) -> Value {
    const INTEGERS: [i64; 12] = [
        0,
        1,
        -1,
        7,
        i32::MIN as i64,
        i32::MAX as i64,
        i64::MIN,
        i64::MAX,
        u32::MAX as i64,
        0xffff,
        0x1_0000,
        -128,
    ];
    const FLOATS: [f64; 10] = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        -2_147_483_649.0,
        9.3e18,
        1e-310,
    ];
    let integer = match rng.below(3) {
        0 => rng.next_u64() as i64,
        _ => INTEGERS[rng.below(INTEGERS.len())],
    };
    let float = match rng.below(3) {
        0 => integer as f64 / 3.0,
        _ => FLOATS[rng.below(FLOATS.len())],
    };
    match kind {
        Kind::I32 => Value::I32(integer as i32),
        Kind::I64 => Value::I64(integer),
        Kind::F32 => Value::F32((float as f32).to_bits()),
        Kind::F64 => Value::F64(float.to_bits()),
        Kind::V128 => Value::V128(u128::from(rng.next_u64()) << 64 | u128::from(integer as u64)),
        Kind::FuncRef | Kind::ExternRef => Value::Null(kind),
    }
}
