//! Writing artifacts.

use cranelift_entity::{EntityRef, PrimaryMap};
use object::{LittleEndian, U16, U32, U64, elf, pod};

use super::data::DataLayout;
use super::error::ArtifactError;
use super::header::{ArtifactHeader, machine};
use super::rows;
use super::section::{
    Extents, FileHeader, HEADER_OFFSET, NAMES, PROGRAM_HEADERS, ProgramHeader, Section,
    SectionHeader, Symbol,
};
use crate::image::{
    AddressMap, CodeImage, FunctionTable, InliningTable, LeafTable, ModuleImage, TableParts,
    TrapTable,
};
use crate::indices::{MemoryIndex, TableIndex};
use crate::module::ModuleInfo;
use crate::style::{MemoryStyle, TableStyle};
use crate::target::Target;

/// What an artifact is made of: the parts of a [`ModuleImage`], wherever they are.
#[derive(Clone, Copy, Debug)]
pub struct ArtifactContents<'a> {
    /// Types, imports, exports, segments.
    pub info: &'a ModuleInfo,
    /// Machine that the code is for, with the CPU features that it needs.
    pub target: &'a Target,
    /// Id of the compiler and the settings that made it.
    pub compiler: &'a str,
    /// How each memory was assumed to lie in the address space.
    pub memory_styles: &'a PrimaryMap<MemoryIndex, MemoryStyle>,
    /// How each table is called through.
    pub table_styles: &'a PrimaryMap<TableIndex, TableStyle>,
    /// Machine code.
    pub text: &'a [u8],
    /// Where each function lies in it.
    pub functions: &'a FunctionTable,
    /// Which instructions may trap.
    pub traps: &'a TrapTable,
    /// Which operator an instruction comes from.
    pub addresses: &'a AddressMap,
    /// Which function bodies stand in place of calls.
    pub inlined: &'a InliningTable,
    /// Which functions have no frame.
    pub leaves: &'a LeafTable,
    /// DWARF call frame information; see [`CodeImage::eh_frame`].
    pub eh_frame: &'a [u8],
    /// The bytes of all data segments, one after the other.
    pub data: &'a [u8],
}

impl ModuleImage {
    /// The parts of which an artifact is made.
    pub fn contents(&self) -> ArtifactContents<'_> {
        let CodeImage { text, functions, traps, addresses, inlined, leaves, eh_frame } = &self.code;
        ArtifactContents {
            info: &self.info,
            target: &self.target,
            compiler: &self.compiler,
            memory_styles: &self.memory_styles,
            table_styles: &self.table_styles,
            text,
            functions,
            traps,
            addresses,
            inlined,
            leaves,
            eh_frame,
            data: &self.data,
        }
    }
}

impl ArtifactContents<'_> {
    /// The artifact, without a keyed hash. Equal contents give equal bytes.
    ///
    /// # Errors
    ///
    /// [`ArtifactError::Target`] when there is no ELF machine for the target, and [`ArtifactError::TooLarge`] when
    /// a part passes a limit of the format.
    pub fn write(&self) -> Result<Vec<u8>, ArtifactError> {
        let (machine, page) = machine(self.target)?;
        let mut header = ArtifactHeader::new(self.target, self.compiler);
        let data = DataLayout::new(self.info, self.data.len(), page);
        let mut info = Vec::new();
        let (memory_styles, table_styles) = (self.memory_styles, self.table_styles);
        rows::encode_module(&mut info, &data.info, memory_styles, table_styles, &data.images);
        let mut symbols = Symbols::new(self);
        let names = &self.info.function_names;
        let strings = names.text().len() + symbols.strings.len();
        if u32::try_from(strings).is_err() {
            return Err(ArtifactError::TooLarge("the table of names"));
        }
        let header_len = header.encode()?.len();
        let custom = self.info.custom_sections_data.values();
        let tables = [self.traps.parts(), self.addresses.parts(), self.leaves.parts()];
        let [traps, addresses, leaves] = tables.each_ref().map(TableParts::as_slices);
        let length = |parts: [&[u8]; 3]| parts.iter().map(|part| part.len()).sum();
        let size = |section: Section| match section {
            Section::Header => header_len,
            Section::SectionNames => NAMES.len(),
            Section::Info => info.len(),
            Section::Functions => self.functions.as_bytes().len(),
            Section::Text => self.text.len(),
            Section::EhFrame => self.eh_frame.len(),
            Section::Traps => length(traps),
            Section::Addresses => length(addresses),
            Section::Inlined => self.inlined.as_bytes().len(),
            Section::Leaves => length(leaves),
            Section::FunctionNames => names.ends().len(),
            Section::Strings => strings,
            Section::Symbols => size_of_val(&*symbols.entries),
            Section::Custom => custom.clone().map(|contents| contents.len()).sum(),
            Section::Data => data.len,
        };
        let sizes = Section::ALL.map(|section| size(section) as u64);
        let extents = Extents::new(sizes, page).ok_or(ArtifactError::TooLarge("the module"))?;
        header.file_length = extents.end;
        symbols.place(extents.offset(Section::Text));

        let mut out = Vec::with_capacity(extents.end as usize);
        out.extend(front(machine, page, &header.encode()?, &extents));
        let mut put = |section: Section, parts: &[&[u8]]| {
            out.resize(extents.offset(section) as usize, 0);
            parts.iter().for_each(|part| out.extend_from_slice(part));
        };
        for section in Section::ALL {
            match section {
                Section::Header | Section::SectionNames => {}
                Section::Info => put(section, &[&info]),
                Section::Functions => put(section, &[self.functions.as_bytes()]),
                Section::Text => put(section, &[self.text]),
                Section::EhFrame => put(section, &[self.eh_frame]),
                Section::Traps => put(section, &traps),
                Section::Addresses => put(section, &addresses),
                Section::Inlined => put(section, &[self.inlined.as_bytes()]),
                Section::Leaves => put(section, &leaves),
                Section::FunctionNames => put(section, &[names.ends()]),
                Section::Strings => put(section, &[names.text(), &symbols.strings]),
                Section::Symbols => put(section, &[pod::bytes_of_slice(&symbols.entries)]),
                Section::Custom => {
                    let contents: Vec<&[u8]> = custom.clone().map(|data| &data[..]).collect();
                    put(section, &contents);
                }
                Section::Data => {}
            }
        }
        if data.len > 0 {
            out.resize(extents.offset(Section::Data) as usize, 0);
            data.write(self.data, &mut out);
        }
        Ok(out)
    }
}

/// A symbol for each function.
struct Symbols {
    entries: Vec<Symbol>,
    /// Names of those that have none in the module, which lie behind those that have.
    strings: Vec<u8>,
}

impl Symbols {
    fn new(contents: &ArtifactContents<'_>) -> Self {
        let info = contents.info;
        let (names, base) = (&info.function_names, info.function_names.text().len());
        let mut strings = Vec::new();
        let text = elf::SymbolSection(Section::Text as u16 + 1);
        let null = (0, elf::STT_NOTYPE, elf::SymbolSection(0), 0, 0);
        let functions = contents.functions.iter().map(|(local, extent)| {
            let function = info.func_index(local);
            let name = names.offset(function).unwrap_or_else(|| {
                let offset = base + strings.len();
                strings.extend(format!("wasm[0]::function[{}]\0", function.index()).bytes());
                // The size of the whole is checked before it is written.
                offset as u32
            });
            (name, elf::STT_FUNC, text, extent.offset, extent.length)
        });
        let entry = |(name, kind, section, offset, length): (u32, _, _, u32, u32)| Symbol {
            st_name: U32::new(LittleEndian, name),
            st_info: elf::SymbolInfo::new(elf::STB_LOCAL, kind),
            st_other: elf::STV_DEFAULT.into(),
            st_shndx: U16::new(LittleEndian, section),
            st_value: U64::new(LittleEndian, offset.into()),
            st_size: U64::new(LittleEndian, length.into()),
        };
        let entries = std::iter::once(null).chain(functions).map(entry).collect();
        Self { entries, strings }
    }

    /// Moves all functions to where the text lies.
    fn place(&mut self, text: u64) {
        for symbol in self.entries.iter_mut().skip(1) {
            symbol.st_value.set(LittleEndian, text + symbol.st_value.get(LittleEndian));
        }
    }
}

/// Everything before the section `.wasmer.info`: the ELF header, the header of ours, the tables of segments and
/// sections, and the names of the sections.
///
/// Addresses are offsets in the file.
pub(super) fn front(machine: elf::Machine, page: u64, header: &[u8], extents: &Extents) -> Vec<u8> {
    let mut out = Vec::with_capacity(extents.offset(Section::Info) as usize);
    out.extend(pod::bytes_of(&file_header(machine, extents)));
    out.extend(header);
    out.resize(extents.program_headers() as usize, 0);
    let [text, eh_frame] = [Section::Text, Section::EhFrame]
        .map(|section| (extents.offset(section), extents.size(section)));
    let code = text.0..eh_frame.0 + eh_frame.1;
    let segments: [_; PROGRAM_HEADERS as usize] = [
        (elf::PT_LOAD, elf::PF_R | elf::PF_X, code, page),
        // Whoever loads the file as a library needs no executable stack.
        (elf::PT_GNU_STACK, elf::PF_R | elf::PF_W, 0..0, 16),
    ];
    for (kind, flags, range, align) in segments {
        let [start, size, align] =
            [range.start, range.end - range.start, align].map(|n| U64::new(LittleEndian, n));
        let segment = ProgramHeader {
            p_type: U32::new(LittleEndian, kind),
            p_flags: U32::new(LittleEndian, flags),
            p_offset: start,
            p_vaddr: start,
            p_paddr: start,
            p_filesz: size,
            p_memsz: size,
            p_align: align,
        };
        out.extend(pod::bytes_of(&segment));
    }
    out.extend([0; size_of::<SectionHeader>()]);
    for section in Section::ALL {
        out.extend(pod::bytes_of(&section_header(section, page, extents)));
    }
    out.extend(NAMES.as_bytes());
    out
}

fn file_header(machine: elf::Machine, extents: &Extents) -> FileHeader {
    let half = |number: usize| U16::new(LittleEndian, number as u16);
    let double = |number: u64| U64::new(LittleEndian, number);
    FileHeader {
        e_ident: elf::Ident {
            magic: elf::ELFMAG,
            class: elf::ELFCLASS64,
            data: elf::ELFDATA2LSB,
            version: elf::EV_CURRENT,
            os_abi: elf::ELFOSABI_NONE,
            abi_version: 0,
            padding: [0; 7],
        },
        e_type: U16::new(LittleEndian, elf::ET_DYN),
        e_machine: U16::new(LittleEndian, machine),
        e_version: U32::new(LittleEndian, elf::EV_CURRENT.0.into()),
        e_entry: double(0),
        e_phoff: double(extents.program_headers()),
        e_shoff: double(extents.table),
        e_flags: U32::new(LittleEndian, elf::FileFlags(0)),
        e_ehsize: half(HEADER_OFFSET as usize),
        e_phentsize: half(size_of::<ProgramHeader>()),
        e_phnum: half(PROGRAM_HEADERS as usize),
        e_shentsize: half(size_of::<SectionHeader>()),
        e_shnum: half(Section::ALL.len() + 1),
        e_shstrndx: U16::new(LittleEndian, elf::SymbolSection(Section::SectionNames as u16 + 1)),
    }
}

fn section_header(section: Section, page: u64, extents: &Extents) -> SectionHeader {
    let word = |number: u32| U32::new(LittleEndian, number);
    let double = |number: u64| U64::new(LittleEndian, number);
    let shape = section.shape();
    let (offset, size) = (extents.offset(section), extents.size(section));
    let is_loaded = shape.flags.0 & elf::SHF_ALLOC.0 != 0;
    // Symbols are local, so that the first that is not comes behind the last.
    let (link, info) = match section {
        Section::Symbols => (Section::Strings as u32 + 1, (size / shape.entry) as u32),
        _ => (0, 0),
    };
    let before = Section::ALL.iter().take(section as usize);
    let name = 1 + before.map(|section| section.name().len() + 1).sum::<usize>();
    SectionHeader {
        sh_name: word(name as u32),
        sh_type: U32::new(LittleEndian, shape.kind),
        sh_flags: U64::new(LittleEndian, shape.flags),
        sh_addr: double(if is_loaded { offset } else { 0 }),
        sh_offset: double(offset),
        sh_size: double(size),
        sh_link: word(link),
        sh_info: word(info),
        sh_addralign: double(shape.align.bytes(page)),
        sh_entsize: double(shape.entry),
    }
}
