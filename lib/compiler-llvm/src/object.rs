//! From the ELF object that LLVM makes of a unit to [`CompiledFunction`]s.
//!
//! The code of a unit and the constants that it refers to become one block, in which all references are resolved here,
//! as all of them are distances. Only calls of functions of other units are left to the linker. The block is cut into
//! functions again: each has the code from its symbol to the next, and the last one has the constants, too.
//!
//! ```text
//! │ f3 │ f4 │ f5 │ .rodata │ .rodata.cst16 │
//! └ 3 ─┴ 4 ─┴───────────── 5 ──────────────┘
//! ```
//!
//! A function with jump tables lies within a page, if it fits (see [`CODE_PAGE`]).
//!
//! An object that is not what the translator asked LLVM for is an error, never a panic.

mod relocation;
mod unwind;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ::object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOTE, SHT_PROGBITS};
use ::object::read::elf::{ElfFile64, ElfSection64, ElfSymbol64};
use ::object::{
    LittleEndian, Object, ObjectSection, ObjectSymbol, SectionFlags, SectionIndex, SymbolKind,
    SymbolSection,
};
use wasmer_compiler::{CODE_PAGE, CompiledFunction, Relocation, RelocationTarget};
use wasmer_types::image::AddressMap;
use wasmer_types::target::Architecture;
use wasmer_types::{CompileError, LocalFunctionIndex, TrapCode};

use self::relocation::{Form, Reference};
use self::unwind::Description;
use crate::lines::{self, Machine, Places, Row};
use crate::unit::section;

type Elf<'data> = ElfFile64<'data, LittleEndian>;
type Section<'data, 'file> = ElfSection64<'data, 'file, LittleEndian>;
type Symbol<'data, 'file> = ElfSymbol64<'data, 'file, LittleEndian>;

/// Alignment at which the pages of `adrp` are those of the offsets in the block.
const PAGE: u64 = 4096;

/// Takes the functions of a unit, which have consecutive indices, out of the object that LLVM made of it. Function `n`
/// is the symbol `fn` in a section of its own. The line of an instruction in `.debug_line` is the byte offset of its
/// operator in the module, and a column other than 0 says that a trap is there ([`lines`]). `.eh_frame` describes
/// functions without frames, and all if `want_unwind` asks for unwind information.
///
/// # Errors
///
/// [`CompileError::Codegen`] when the object has anything but these functions and their constants, for example a call
/// of a function of the C library: there is nothing in the text to resolve it.
pub(crate) fn compiled_functions(
    object: &[u8],
    architecture: Architecture,
    functions: &[LocalFunctionIndex],
    want_unwind: bool,
) -> Result<Vec<CompiledFunction>, CompileError> {
    Unit::read(object, architecture, functions)
        .and_then(|unit| unit.functions(want_unwind))
        .map_err(|what| CompileError::Codegen(format!("the object file of LLVM: {what}")))
}

/// The error of a part of the object that can't be read.
fn damaged(what: &str) -> impl Fn(::object::Error) -> String {
    move |error| format!("{what}: {error}")
}

/// The name of a function's symbol.
fn function_of(name: &str) -> Option<LocalFunctionIndex> {
    let digits = name.strip_prefix('f')?;
    let number: u32 = digits.parse().ok()?;
    // Neither `+7` nor `07`, so that names are unique; and the last number is no index.
    let is_own = number != u32::MAX && number.to_string() == digits;
    is_own.then(|| LocalFunctionIndex::from_u32(number))
}

/// An object with the places of what it consists of.
struct Unit<'data, 'names> {
    elf: Elf<'data>,
    machine: Machine,
    block: Block,
    /// Indices of the functions.
    indices: &'names [LocalFunctionIndex],
    /// Where the code of each function lies in the block.
    ranges: Vec<Range<usize>>,
}

/// Code and constants of a unit.
struct Block {
    bytes: Vec<u8>,
    /// How many of the bytes are code.
    text: usize,
    /// What the block must be aligned to.
    alignment: u64,
    /// Where each section lies in the block, by its index.
    places: BTreeMap<usize, u64>,
}

impl Block {
    /// Puts the code of `functions` and the constants of an object side by side.
    fn gather(
        elf: &Elf<'_>,
        machine: Machine,
        functions: &[LocalFunctionIndex],
    ) -> Result<Self, String> {
        let mut block = Self { bytes: Vec::new(), text: 0, alignment: 1, places: BTreeMap::new() };
        let with_jump_tables = sections_of_jump_tables(elf)?;
        for function in functions {
            let name = section(*function);
            let code = elf.section_by_name(&name).ok_or_else(|| format!("it has no {name}"))?;
            let size = code.size() as usize;
            let start = block.start_of(&code)?;
            block.bytes.resize(start, machine.filler());
            if with_jump_tables.contains(&code.index().0) && size <= CODE_PAGE {
                // Then the places in the block are those in pages.
                block.alignment = PAGE;
                if block.bytes.len() % CODE_PAGE + size > CODE_PAGE {
                    let next = block.bytes.len().next_multiple_of(CODE_PAGE);
                    block.bytes.resize(next, machine.filler());
                }
            }
            block.add(&code)?;
        }
        block.text = block.bytes.len();
        for section in elf.sections() {
            let SectionFlags::Elf { sh_type, sh_flags } = section.flags() else { continue };
            let name = section.name().map_err(damaged("a name"))?;
            let is_loaded = sh_flags.0 & SHF_ALLOC.0 != 0 && sh_type != SHT_NOTE;
            let is_known = block.places.contains_key(&section.index().0) || name == ".eh_frame";
            if !is_loaded || is_known || section.size() == 0 {
                continue;
            }
            if sh_flags.0 & (SHF_EXECINSTR.0 | SHF_WRITE.0) != 0 || sh_type != SHT_PROGBITS {
                return Err(format!("it has a section {name}, which is neither code nor constant"));
            }
            let start = block.start_of(&section)?;
            block.bytes.resize(start, 0);
            block.add(&section)?;
        }
        Ok(block)
    }

    /// Where a section can begin that is added now.
    fn start_of(&mut self, section: &Section<'_, '_>) -> Result<usize, String> {
        let align = section.align().max(1);
        if !align.is_power_of_two() || align > PAGE {
            return Err(format!("a section is aligned to {align}"));
        }
        self.alignment = self.alignment.max(align);
        Ok(self.bytes.len().next_multiple_of(align as usize))
    }

    /// Adds a section at the end.
    fn add(&mut self, section: &Section<'_, '_>) -> Result<(), String> {
        self.places.insert(section.index().0, self.bytes.len() as u64);
        self.bytes.extend_from_slice(section.data().map_err(damaged("a section"))?);
        // So offsets are below 2^31.
        match self.bytes.len() > wasmer_compiler::limits::TEXT_SIZE {
            true => Err(format!("it has {} bytes of code", self.bytes.len())),
            false => Ok(()),
        }
    }

    /// Where a symbol that is defined in code or constants lies.
    fn place_of(&self, symbol: &Symbol<'_, '_>) -> Option<u64> {
        let SymbolSection::Section(section) = symbol.section() else { return None };
        self.places.get(&section.0)?.checked_add(symbol.address())
    }
}

impl<'data, 'names> Unit<'data, 'names> {
    fn read(
        object: &'data [u8],
        architecture: Architecture,
        indices: &'names [LocalFunctionIndex],
    ) -> Result<Self, String> {
        let machine = Machine::new(architecture)?;
        let elf = Elf::parse(object).map_err(damaged("it is no ELF object"))?;
        if elf.architecture() != machine.in_elf() {
            return Err(format!("it is for {:?}", elf.architecture()));
        }
        let block = Block::gather(&elf, machine, indices)?;
        let ranges = function_ranges(&elf, &block, indices)?;
        Ok(Self { elf, machine, block, indices, ranges })
    }

    fn functions(mut self, want_unwind: bool) -> Result<Vec<CompiledFunction>, String> {
        let mut relocations = self.relocate()?.into_iter().peekable();
        let rows = self.rows()?;
        let mut frames = self.frames()?;
        let alignment = self.machine.alignment();
        let mut made = Vec::with_capacity(self.ranges.len());
        for (number, range) in self.ranges.iter().enumerate() {
            let code = &mut self.block.bytes[range.clone()];
            let Places { traps, mut addresses } =
                lines::places(self.machine, code, range.start, &rows)
                    .map_err(|what| format!("{:?}: {what}", self.indices[number]))?;
            let is_last = number + 1 == self.ranges.len();
            let end = if is_last { self.block.bytes.len() } else { range.end };
            if range.end < end && addresses.last().is_some_and(|last| last.1 != AddressMap::NONE) {
                addresses.push((range.len() as u32, AddressMap::NONE));
            }
            let own = std::iter::from_fn(|| {
                let found = relocations.next_if(|found| (found.offset as usize) < end)?;
                Some(Relocation { offset: found.offset - range.start as u32, ..found })
            });
            let (unwind, leaf) = match frames.remove(&range.start) {
                Some(Description { unwind, leaf }) => (want_unwind.then_some(unwind), leaf),
                None => (None, Vec::new()),
            };
            made.push(CompiledFunction {
                body: self.block.bytes[range.start..end].to_vec(),
                alignment: if number == 0 { self.block.alignment as u32 } else { alignment },
                joined: number > 0,
                relocations: own.collect(),
                traps,
                memory_faults: Some(TrapCode::HeapAccessOutOfBounds),
                addresses,
                leaf,
                unwind,
                ..CompiledFunction::default()
            });
        }
        Ok(made)
    }

    /// Resolves the references within the block. Those to other functions are returned, in the order of their places.
    fn relocate(&mut self) -> Result<Vec<Relocation>, String> {
        let mut external = Vec::new();
        for (&index, &base) in &self.block.places {
            let section =
                self.elf.section_by_index(SectionIndex(index)).map_err(damaged("a section"))?;
            for (offset, relocation) in section.relocations() {
                let Reference { form, symbol, addend } =
                    Reference::read(&self.elf, self.machine, &relocation)?;
                let place = base.checked_add(offset).ok_or("a relocation is at no place")?;
                if let Some(target) = self.block.place_of(&symbol) {
                    if form == Form::AdrPage {
                        self.block.alignment = PAGE;
                    }
                    let target = target.wrapping_add_signed(addend);
                    form.fill_in(&mut self.block.bytes, place, target)?;
                    continue;
                }
                let name = symbol.name().map_err(damaged("a name"))?;
                let callee =
                    function_of(name).filter(|callee| self.indices.binary_search(callee).is_err());
                let is_code = place < self.block.text as u64;
                match (callee, self.machine.call(&relocation)) {
                    (Some(callee), Some(kind)) if symbol.is_undefined() && is_code => {
                        let target = RelocationTarget::Function(callee);
                        external.push(Relocation { offset: place as u32, kind, target, addend });
                    }
                    _ => return Err(format!("generated code refers to {name:?} at {place:#x}")),
                }
            }
        }
        external.sort_by_key(|relocation| relocation.offset);
        Ok(external)
    }

    /// The bytes of a section that describes the code, as if it lay at `base` behind the start of the block. Its
    /// references to other such sections are left alone.
    fn description(&self, name: &str, base: u64) -> Result<Vec<u8>, String> {
        let Some(section) = self.elf.section_by_name(name) else { return Ok(Vec::new()) };
        let mut bytes = section.data().map_err(damaged(name))?.to_vec();
        for (offset, relocation) in section.relocations() {
            let symbol = relocation::symbol(&self.elf, &relocation)?;
            let Some(target) = self.block.place_of(&symbol) else { continue };
            let Reference { form, addend, .. } =
                Reference::read(&self.elf, self.machine, &relocation)?;
            let target = target.wrapping_add_signed(addend);
            form.fill_in_at(&mut bytes, base, offset, target)?;
        }
        Ok(bytes)
    }

    fn rows(&self) -> Result<Vec<Row>, String> {
        lines::rows(&self.description(".debug_line", 0)?, self.block.text)
    }

    /// Call frame information of the functions that have any, by where they begin.
    fn frames(&self) -> Result<BTreeMap<usize, Description>, String> {
        let base = self.block.bytes.len().next_multiple_of(8) as u64;
        unwind::read(&self.description(".eh_frame", base)?, base, self.machine)
    }
}

/// The sections of code to which there are references among the constants.
fn sections_of_jump_tables(elf: &Elf<'_>) -> Result<BTreeSet<usize>, String> {
    let mut found = BTreeSet::new();
    let constants = |section: &Section<'_, '_>| match section.flags() {
        SectionFlags::Elf { sh_flags, .. } => {
            sh_flags.0 & SHF_ALLOC.0 != 0
                && sh_flags.0 & SHF_EXECINSTR.0 == 0
                && section.name() != Ok(".eh_frame")
        }
        _ => false,
    };
    for section in elf.sections().filter(constants) {
        for (_, relocation) in section.relocations() {
            if let SymbolSection::Section(index) = relocation::symbol(elf, &relocation)?.section() {
                found.insert(index.0);
            }
        }
    }
    Ok(found)
}

/// Where the code of each function lies, up to the next one.
fn function_ranges(
    elf: &Elf<'_>,
    block: &Block,
    indices: &[LocalFunctionIndex],
) -> Result<Vec<Range<usize>>, String> {
    if indices.windows(2).any(|pair| pair[0].as_u32() + 1 != pair[1].as_u32()) {
        return Err("its functions are not consecutive".to_owned());
    }
    let mut starts = vec![None; indices.len()];
    for symbol in elf.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text) {
        let Some(place) = block.place_of(&symbol) else { continue };
        let name = symbol.name().map_err(damaged("a name"))?;
        let number = function_of(name)
            .and_then(|index| index.as_u32().checked_sub(indices.first()?.as_u32()));
        match number.and_then(|number| starts.get_mut(number as usize)) {
            Some(start @ None) => *start = Some(place),
            _ => return Err(format!("it has an unknown function {name:?}")),
        }
    }
    let mut ranges: Vec<Range<usize>> = Vec::with_capacity(starts.len());
    let mut behind = 0;
    for (index, start) in indices.iter().zip(starts) {
        let start = start.ok_or_else(|| format!("{index:?} is missing"))?;
        let is_next = match ranges.last_mut() {
            None => start == 0,
            Some(last) => {
                last.end = start.min(block.text as u64) as usize;
                start > behind
            }
        };
        if !is_next || start >= block.text as u64 {
            return Err(format!("{index:?} lies at {start:#x}, not behind the one before"));
        }
        behind = start;
        ranges.push(start as usize..block.text);
    }
    Ok(ranges)
}

#[cfg(test)]
mod tests;
