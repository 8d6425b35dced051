//! Core dumps: what a program was doing when it trapped, as a file for debuggers.
//!
//! The file is a module as the conventions of the tools say (Coredump.md in the repository `tool-conventions` of
//! WebAssembly): custom sections with the module, the instance and the frames, and memories and globals with their
//! contents. `docs/cli.md` says what it does not have.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use wasm_encoder::{
    AbstractHeapType, ConstExpr, CoreDumpInstancesSection, CoreDumpModulesSection, CoreDumpSection,
    CoreDumpStackSection, CoreDumpValue, Encode, GlobalSection, GlobalType, HeapType, Ieee32,
    Ieee64, MemorySection, MemoryType, RefType, Section, SectionId, ValType,
};
use wasmer::{Global, IndexType, Instance, Memory, MemoryView, RuntimeError, Store, Value};

/// What is not zero is written in pieces of this size, so that a large and empty memory is a small file.
const PIECE: usize = 4096;

/// A section can't be larger: its length has 32 bits. What is behind that is left out.
const LARGEST: u64 = (u32::MAX - (1 << 20)) as u64;

/// A part of a memory: which one, where, and how many bytes.
struct Segment {
    memory: u32,
    start: u64,
    length: u64,
}

/// Writes the state of `instance` at `error` to the file `path`; of a program that could not be started there is no
/// instance.
pub(crate) fn write(
    path: &Path,
    program: &str,
    store: &mut Store,
    instance: Option<&Instance>,
    error: &RuntimeError,
) -> anyhow::Result<()> {
    let failure = || format!("unable to write the core dump `{}`", path.display());
    let file = File::create(path).with_context(failure)?;
    let mut out = BufWriter::new(file);
    let written = Dump::of(store, instance).write(&mut out, program, store, error);
    written.and_then(|()| out.flush()).with_context(failure)
}

/// What there is of an instance.
#[derive(Default)]
struct Dump {
    module: String,
    memories: Vec<Memory>,
    globals: Vec<Global>,
}

impl Dump {
    fn of(store: &mut Store, instance: Option<&Instance>) -> Self {
        let Some(instance) = instance else {
            return Self { module: "<module>".to_owned(), ..Self::default() };
        };
        let state = instance.state(store);
        Self {
            module: instance.module().name().unwrap_or("<module>").to_owned(),
            memories: state.memories,
            globals: state.globals,
        }
    }

    fn write(
        &self,
        out: &mut impl Write,
        program: &str,
        store: &mut Store,
        error: &RuntimeError,
    ) -> io::Result<()> {
        let mut bytes = wasm_encoder::Module::HEADER.to_vec();
        CoreDumpSection::new(program).append_to(&mut bytes);
        let mut modules = CoreDumpModulesSection::new();
        modules.module(&self.module);
        modules.append_to(&mut bytes);
        let mut instances = CoreDumpInstancesSection::new();
        instances.instance(0, 0..self.memories.len() as u32, 0..self.globals.len() as u32);
        instances.append_to(&mut bytes);
        frames(error).append_to(&mut bytes);
        self.memory_section(store).append_to(&mut bytes);
        self.global_section(store).append_to(&mut bytes);
        out.write_all(&bytes)?;
        self.write_contents(out, store)
    }

    fn memory_section(&self, store: &Store) -> MemorySection {
        let mut section = MemorySection::new();
        for memory in &self.memories {
            let (ty, format) = (memory.ty(store), memory.format(store));
            let log2 = u32::from(format.page_size_log2);
            section.memory(MemoryType {
                minimum: memory.size(store).0.into(),
                maximum: ty.maximum.map(|pages| pages.0.into()),
                memory64: is_64(memory, store),
                shared: ty.shared,
                page_size_log2: (log2 != 16).then_some(log2),
            });
        }
        section
    }

    /// The globals by their indices. A reference is null here: nothing in the file could be meant by it.
    fn global_section(&self, store: &mut Store) -> GlobalSection {
        let mut section = GlobalSection::new();
        for global in &self.globals {
            let ty = global.ty(store);
            let (val_type, value) = match global.get(store) {
                Value::I32(value) => (ValType::I32, ConstExpr::i32_const(value)),
                Value::I64(value) => (ValType::I64, ConstExpr::i64_const(value)),
                Value::F32(value) => (ValType::F32, ConstExpr::f32_const(Ieee32::from(value))),
                Value::F64(value) => (ValType::F64, ConstExpr::f64_const(Ieee64::from(value))),
                Value::V128(value) => (ValType::V128, ConstExpr::v128_const(value as i128)),
                Value::FuncRef(_) => null(HeapType::FUNC),
                Value::ExternRef(_) => null(HeapType::EXTERN),
                Value::ExceptionRef(_) => {
                    null(HeapType::Abstract { shared: false, ty: AbstractHeapType::Exn })
                }
            };
            let mutable = ty.mutability.is_mutable();
            section.global(GlobalType { val_type, mutable, shared: false }, &value);
        }
        section
    }

    /// Writes the data section, piece by piece: memories can be as large as that of the machine.
    fn write_contents(&self, out: &mut impl Write, store: &Store) -> io::Result<()> {
        let segments = self.segments(store);
        let mut heads = Vec::with_capacity(segments.len());
        let mut length = 0_u64;
        for segment in &segments {
            let head = self.head(segment, store);
            length += head.len() as u64 + segment.length;
            heads.push(head);
        }
        let mut count = Vec::new();
        (segments.len() as u32).encode(&mut count);
        let mut start = vec![SectionId::Data as u8];
        ((count.len() as u64 + length) as u32).encode(&mut start);
        out.write_all(&start)?;
        out.write_all(&count)?;
        let mut piece = [0; PIECE];
        for (segment, head) in segments.iter().zip(heads) {
            out.write_all(&head)?;
            let view = self.memories[segment.memory as usize].view(store);
            let mut at = segment.start;
            let end = segment.start + segment.length;
            while at < end {
                let piece = &mut piece[..PIECE.min((end - at) as usize)];
                read(&view, at, piece)?;
                out.write_all(piece)?;
                at += piece.len() as u64;
            }
        }
        Ok(())
    }

    /// What is not zero, of all memories.
    fn segments(&self, store: &Store) -> Vec<Segment> {
        let mut segments: Vec<Segment> = Vec::new();
        let mut total = 0;
        for (memory, handle) in (0..).zip(&self.memories) {
            let view = handle.view(store);
            let (size, mut at) = (view.data_size(), 0);
            let mut piece = [0; PIECE];
            while at < size && total < LARGEST {
                let piece = &mut piece[..PIECE.min((size - at) as usize)];
                let length = piece.len() as u64;
                if read(&view, at, piece).is_ok() && piece.iter().any(|byte| *byte != 0) {
                    total += length;
                    match segments.last_mut() {
                        Some(last) if last.memory == memory && last.start + last.length == at => {
                            last.length += length;
                        }
                        _ => segments.push(Segment { memory, start: at, length }),
                    }
                }
                at += length;
            }
        }
        segments
    }

    /// What precedes the bytes of a segment: its memory, address and length.
    fn head(&self, segment: &Segment, store: &Store) -> Vec<u8> {
        let address = match is_64(&self.memories[segment.memory as usize], store) {
            true => ConstExpr::i64_const(segment.start as i64),
            false => ConstExpr::i32_const(segment.start as u32 as i32),
        };
        let mut head = Vec::new();
        match segment.memory {
            0 => head.push(0),
            memory => {
                head.push(2);
                memory.encode(&mut head);
            }
        }
        address.encode(&mut head);
        (segment.length as u32).encode(&mut head);
        head
    }
}

fn is_64(memory: &Memory, store: &Store) -> bool {
    memory.format(store).index == IndexType::I64
}

fn read(view: &MemoryView<'_>, at: u64, piece: &mut [u8]) -> io::Result<()> {
    view.read(at, piece).map_err(io::Error::other)
}

/// The frames, innermost first. Locals and operands are not known.
fn frames(error: &RuntimeError) -> CoreDumpStackSection {
    let mut stack = CoreDumpStackSection::new("main");
    for frame in error.trace() {
        let none: [CoreDumpValue; 0] = [];
        let offset = frame.func_offset() as u32;
        stack.frame(0, frame.func_index(), offset, none.clone(), none);
    }
    stack
}

/// The type of nullable references to something, and its null.
fn null(heap_type: HeapType) -> (ValType, ConstExpr) {
    (ValType::Ref(RefType { nullable: true, heap_type }), ConstExpr::ref_null(heap_type))
}
