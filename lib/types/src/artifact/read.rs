//! Reading artifacts.

use std::ops::Range;

use bytes::Bytes;
use cranelift_entity::PrimaryMap;
use object::{LittleEndian, pod};

use super::check::{self, Depth};
use super::codec::Input;
use super::data::MemoryImages;
use super::error::ArtifactError;
use super::header::{ArtifactHeader, MAX_HEADER, machine};
use super::rows;
use super::section::{Extents, Section, SectionHeader, front_length};
use super::write::{ArtifactContents, front};
use crate::image::{AddressMap, CodeImage, FunctionTable, InliningTable, LeafTable, TrapTable};
use crate::indices::{MemoryIndex, TableIndex};
use crate::module::ModuleInfo;
use crate::names::FunctionNames;
use crate::style::{MemoryStyle, TableStyle};

/// Header and section table of an artifact.
#[derive(Clone, Debug)]
pub struct ArtifactHeaders {
    header: ArtifactHeader,
    extents: Extents,
}

/// The bytes of an artifact, of which header and section table are right.
#[derive(Clone, Debug)]
pub struct Artifact {
    bytes: Bytes,
    headers: ArtifactHeaders,
}

/// The description of a module, as read from an artifact.
#[derive(Clone, Debug)]
pub struct DecodedModule {
    /// Types, imports, exports, segments.
    pub info: ModuleInfo,
    /// How each memory was assumed to lie in the address space.
    pub memory_styles: PrimaryMap<MemoryIndex, MemoryStyle>,
    /// How each table is called through.
    pub table_styles: PrimaryMap<TableIndex, TableStyle>,
    /// Where the initial contents of the module's own memories lie in the section of data, if they do.
    pub memory_images: MemoryImages,
}

const _: () = assert!(front_length(MAX_HEADER) <= ArtifactHeaders::MAX_LENGTH);

impl ArtifactHeaders {
    /// They take at most so many bytes at the start of an artifact.
    pub const MAX_LENGTH: usize = 16 << 10;

    /// Reads the headers of an artifact of `length` bytes that begins with `bytes`: all of it, or at least
    /// [`Self::MAX_LENGTH`].
    ///
    /// # Errors
    ///
    /// As for [`Artifact::new`].
    pub fn read(bytes: &[u8], length: u64) -> Result<Self, ArtifactError> {
        let header = ArtifactHeader::read(bytes)?;
        header.check_version()?;
        header.check_length(length)?;
        let (machine, page) = machine(&header.target)?;
        let encoded = ArtifactHeader::section(bytes);

        // The sizes of the sections decide where everything lies, and so does what stands before the first of them.
        let mut sizes = [0; Section::ALL.len()];
        sizes[Section::Header as usize] = encoded.len() as u64;
        let table = Extents::new(sizes, page).map_or(u64::MAX, |extents| extents.table);
        let malformed = |offset| ArtifactError::Malformed {
            section: "the ELF headers",
            offset,
            expected: "what the sizes of the sections imply",
        };
        let start = usize::try_from(table).unwrap_or(usize::MAX);
        let rows = bytes.get(start..).and_then(|rest| {
            pod::slice_from_bytes::<SectionHeader>(rest, Section::ALL.len() + 1).ok()
        });
        let (rows, _) = rows.ok_or_else(|| malformed(start))?;
        for section in Section::ALL {
            sizes[section as usize] = rows[section as usize + 1].sh_size.get(LittleEndian);
        }
        // Sections are in the file from here on, so that what follows is small.
        let extents = Extents::new(sizes, page).filter(|it| it.end == header.file_length);
        let extents = extents.ok_or_else(|| malformed(start))?;
        let expected = front(machine, page, encoded, &extents);
        let found = bytes.get(..expected.len()).ok_or_else(|| malformed(bytes.len()))?;
        if expected != found {
            let same = expected.iter().zip(found).take_while(|(a, b)| a == b).count();
            return Err(malformed(same));
        }
        Ok(Self { header, extents })
    }

    /// Bytes of a section.
    pub fn size(&self, section: Section) -> u64 {
        self.extents.size(section)
    }
}

impl Artifact {
    /// Reads header and section table. The time that it takes does not depend on the size of the module.
    ///
    /// # Errors
    ///
    /// When the bytes are not an artifact of this version, or not as many as there should be, or when the section
    /// table is not as this version writes it.
    pub fn new(bytes: Bytes) -> Result<Self, ArtifactError> {
        let headers = ArtifactHeaders::read(&bytes, bytes.len() as u64)?;
        Ok(Self { bytes, headers })
    }

    /// What decides whether it can be used.
    pub fn header(&self) -> &ArtifactHeader {
        &self.headers.header
    }

    /// All bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Where a section lies in the file.
    pub fn range(&self, section: Section) -> Range<usize> {
        // `new` has found that the sections end where the file does.
        let extents = &self.headers.extents;
        let start = extents.offset(section) as usize;
        start..start + extents.size(section) as usize
    }

    /// The contents of a section.
    pub fn section(&self, section: Section) -> Bytes {
        self.bytes.slice(self.range(section))
    }

    /// The tables of the code, without the text. Only their lengths are checked: looking something up in them is
    /// safe whatever they contain.
    ///
    /// # Errors
    ///
    /// When a table has an impossible length.
    pub fn code(&self) -> Result<CodeImage, ArtifactError> {
        Ok(CodeImage {
            text: Vec::new(),
            functions: self.table(Section::Functions, FunctionTable::from_bytes)?,
            traps: self.table(Section::Traps, TrapTable::from_bytes)?,
            addresses: self.table(Section::Addresses, AddressMap::from_bytes)?,
            inlined: self.table(Section::Inlined, InliningTable::from_bytes)?,
            leaves: self.table(Section::Leaves, LeafTable::from_bytes)?,
            eh_frame: self.section(Section::EhFrame),
        })
    }

    fn table<T>(
        &self,
        section: Section,
        from_bytes: impl FnOnce(Bytes) -> Option<T>,
    ) -> Result<T, ArtifactError> {
        from_bytes(self.section(section)).ok_or(ArtifactError::Malformed {
            section: section.name(),
            offset: self.range(section).len(),
            expected: "a whole number of entries",
        })
    }

    /// Reads the description of the module, and checks everything that the runtime relies on, to the `depth` asked
    /// for.
    ///
    /// # Errors
    ///
    /// When something can't be read, or the parts contradict each other.
    pub fn decode(&self, depth: Depth) -> Result<DecodedModule, ArtifactError> {
        let names = FunctionNames::from_bytes(
            self.section(Section::Strings),
            self.section(Section::FunctionNames),
        );
        let names = names.ok_or(ArtifactError::Malformed {
            section: Section::FunctionNames.name(),
            offset: 0,
            expected: "functions and ends of names, ordered",
        })?;
        let section = self.section(Section::Info);
        let mut input = Input::new(Section::Info, &section);
        let custom = self.section(Section::Custom);
        let (info, (memory_styles, table_styles, memory_images)) =
            rows::decode_module(&mut input, names, &custom)?;
        let module = DecodedModule { info, memory_styles, table_styles, memory_images };
        let code = self.code()?;
        let data = self.section(Section::Data);
        let text = self.section(Section::Text);
        check::check(&self.contents(&module, &code, &text, &data), depth)?;
        let (_, page) = machine(&self.header().target)?;
        check::check_images(&module.info, data.len(), page, &module.memory_images)?;
        Ok(module)
    }

    /// The parts of which it could be written again.
    pub fn contents<'a>(
        &'a self,
        module: &'a DecodedModule,
        code: &'a CodeImage,
        text: &'a [u8],
        data: &'a [u8],
    ) -> ArtifactContents<'a> {
        ArtifactContents {
            info: &module.info,
            target: &self.header().target,
            compiler: &self.header().compiler,
            memory_styles: &module.memory_styles,
            table_styles: &module.table_styles,
            text,
            functions: &code.functions,
            traps: &code.traps,
            addresses: &code.addresses,
            inlined: &code.inlined,
            leaves: &code.leaves,
            eh_frame: &code.eh_frame,
            data,
        }
    }
}
