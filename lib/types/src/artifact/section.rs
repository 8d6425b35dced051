//! The sections of an artifact and where they lie.

use object::elf;

const NONE: elf::SectionFlags = elf::SectionFlags(0);
const LOADED: elf::SectionFlags = elf::SHF_ALLOC;
const CODE: elf::SectionFlags = elf::SectionFlags(elf::SHF_ALLOC.0 | elf::SHF_EXECINSTR.0);

macro_rules! sections {
    ($($(#[$doc:meta])* $Section:ident $name:literal $kind:ident $flags:ident, $align:ident, $entry:literal;)*) => {
        /// A section of an artifact, in the order in which they lie in the file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Section {$(
            $(#[$doc])*
            $Section,
        )*}

        impl Section {
            /// All of them.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$Section),*];

            /// Its name in the section table.
            pub const fn name(self) -> &'static str {
                match self {$(Self::$Section => $name,)*}
            }

            /// Type, flags, alignment and bytes of an entry.
            pub(super) const fn shape(self) -> Shape {
                match self {$(
                    Self::$Section => Shape {
                        kind: elf::$kind,
                        flags: $flags,
                        align: Align::$align,
                        entry: $entry,
                    },
                )*}
            }
        }

        /// The names, as a string table.
        pub(super) const NAMES: &str = concat!("\0", $($name, "\0"),*);
    };
}

/// What a section table says about a section.
pub(super) struct Shape {
    pub(super) kind: elf::SectionType,
    pub(super) flags: elf::SectionFlags,
    pub(super) align: Align,
    pub(super) entry: u64,
}

/// Alignment of a section that is not empty.
#[derive(Clone, Copy)]
pub(super) enum Align {
    One,
    Word,
    Double,
    /// The largest page of the machine.
    Page,
}

impl Align {
    pub(super) fn bytes(self, page: u64) -> u64 {
        match self {
            Self::One => 1,
            Self::Word => 4,
            Self::Double => 8,
            Self::Page => page,
        }
    }
}

sections! {
    /// What decides whether the artifact can be used.
    Header ".wasmer.header" SHT_PROGBITS NONE, Double, 0;
    /// The names of the sections.
    SectionNames ".shstrtab" SHT_STRTAB NONE, One, 0;
    /// Types, imports, exports, segments, styles.
    Info ".wasmer.info" SHT_PROGBITS NONE, One, 0;
    /// [`crate::image::FunctionTable`]
    Functions ".wasmer.functions" SHT_PROGBITS NONE, Word, 0;
    /// Machine code.
    Text ".text" SHT_PROGBITS CODE, Page, 0;
    /// DWARF call frame information.
    EhFrame ".eh_frame" SHT_PROGBITS LOADED, Double, 0;
    /// [`crate::image::TrapTable`]
    Traps ".wasmer.traps" SHT_PROGBITS NONE, Word, 0;
    /// [`crate::image::AddressMap`]
    Addresses ".wasmer.addresses" SHT_PROGBITS NONE, Word, 0;
    /// [`crate::image::InliningTable`]
    Inlined ".wasmer.inlined" SHT_PROGBITS NONE, Word, 0;
    /// [`crate::image::LeafTable`]
    Leaves ".wasmer.leaves" SHT_PROGBITS NONE, Word, 0;
    /// Which parts of the string table are names of functions.
    FunctionNames ".wasmer.names" SHT_PROGBITS NONE, Word, 0;
    /// Names of functions and symbols.
    Strings ".strtab" SHT_STRTAB NONE, One, 0;
    /// A symbol for each function.
    Symbols ".symtab" SHT_SYMTAB NONE, Double, 24;
    /// Contents of custom sections.
    Custom ".wasmer.custom" SHT_PROGBITS NONE, One, 0;
    /// Contents of data segments, and images of memories.
    Data ".wasmer.data" SHT_PROGBITS NONE, Page, 0;
}

/// Sizes of all sections, and where they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extents {
    /// Offset in the file and size, in bytes.
    pub(super) of: [(u64, u64); Section::ALL.len()],
    /// Where the section table lies.
    pub(super) table: u64,
    /// Bytes of the file.
    pub(super) end: u64,
}

/// Bytes of an ELF header, behind which the header of ours follows, of which the place never changes.
pub(super) const HEADER_OFFSET: u64 = size_of::<FileHeader>() as u64;
/// How many program headers there are.
pub(super) const PROGRAM_HEADERS: u64 = 2;

pub(super) type Little = object::LittleEndian;
pub(super) type FileHeader = elf::FileHeader64<Little>;
pub(super) type ProgramHeader = elf::ProgramHeader64<Little>;
pub(super) type SectionHeader = elf::SectionHeader64<Little>;
pub(super) type Symbol = elf::Sym64<Little>;

/// Bytes before the first section behind the names of sections when the header has `header` bytes, at most.
pub(super) const fn front_length(header: usize) -> usize {
    let tables = PROGRAM_HEADERS as usize * size_of::<ProgramHeader>()
        + (Section::ALL.len() + 1) * size_of::<SectionHeader>();
    HEADER_OFFSET as usize + header.next_multiple_of(8) + tables + NAMES.len()
}

impl Extents {
    /// Lays out sections of these sizes for a machine with pages of `page` bytes; `None` when the file would have
    /// more than 2^62 bytes.
    pub(super) fn new(sizes: [u64; Section::ALL.len()], page: u64) -> Option<Self> {
        let mut extents = Self { of: [(0, 0); Section::ALL.len()], table: 0, end: HEADER_OFFSET };
        for section in Section::ALL {
            let size = sizes[section as usize];
            let align = if size == 0 { 1 } else { section.shape().align.bytes(page) };
            let offset = extents.end.checked_next_multiple_of(align)?;
            extents.of[section as usize] = (offset, size);
            extents.end = offset.checked_add(size).filter(|&end| end < 1 << 62)?;
            if section == Section::Header {
                let table = extents.end.next_multiple_of(8);
                extents.table = table + PROGRAM_HEADERS * size_of::<ProgramHeader>() as u64;
                let sections = Section::ALL.len() as u64 + 1;
                extents.end = extents.table + sections * size_of::<SectionHeader>() as u64;
            }
        }
        Some(extents)
    }

    pub(super) fn offset(&self, section: Section) -> u64 {
        self.of[section as usize].0
    }

    pub(super) fn size(&self, section: Section) -> u64 {
        self.of[section as usize].1
    }

    /// Where the program headers lie.
    pub(super) fn program_headers(&self) -> u64 {
        self.table - PROGRAM_HEADERS * size_of::<ProgramHeader>() as u64
    }
}
