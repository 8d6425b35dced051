//! Modules that are ready to be instantiated.

use std::alloc::Layout;
use std::mem::offset_of;
use std::ptr::NonNull;
use std::sync::{Arc, LazyLock, OnceLock};

use bytes::Bytes;
use wasmer_types::artifact::{
    Artifact, ArtifactContents, DecodedModule, Depth, KEYED_HASH, MemoryImageExtent, Section, check,
};
use wasmer_types::entity::{EntityRef, PrimaryMap};
use wasmer_types::image::ModuleImage;
use wasmer_types::{
    DataIndex, DefinitionLocation, ElemIndex, ElementItems, ElementPlacement, FunctionIndex,
    GlobalInit, ImportIndex, InitExpr, InitExprOp, LocalFunctionIndex, LocalGlobalIndex,
    LocalMemoryIndex, LocalTableIndex, MemoryIndex, MemoryStyle, ModuleInfo, RawValue,
    SignatureIndex, TableIndex, TableStyle, Target, Type, VM_CONTEXT_ALIGN, VMOffsets,
};

use crate::artifact::{ArtifactMemory, KeptFile};
use crate::builtins;
use crate::code::{LoadError, LoadedCode, Text};
use crate::instance::VMInstance;
use crate::memory::{MemoryImage, VMMemory};
use crate::shard::Shared;
use crate::table::{TableImage, VMTable};
use crate::type_registry::{RegisteredType, register};
use crate::vmcontext::{VMContext, VMTagDefinition};

/// A module in memory: its code, and all that its instances have in common.
///
/// It has no state, belongs to no store, and may be used by several threads. What a module from an artifact has
/// beside its code is made when it is first used.
#[derive(Debug)]
pub struct LoadedModule {
    code: Arc<LoadedCode>,
    data: OnceLock<Result<Shared<ModuleData>, Arc<LoadError>>>,
    origin: Origin,
}

/// Where a module comes from.
#[derive(Debug)]
enum Origin {
    /// It was compiled in this process.
    Compiler { target: Target, id: String },
    /// It was loaded, from a file that stays open if memories are to be mapped from it.
    Artifact(Box<Artifact>, Option<Arc<KeptFile>>),
}

/// What instances keep of their module.
//
// The alignment keeps what instances read apart from a reference count, which threads write.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct ModuleData {
    info: Arc<ModuleInfo>,
    #[cfg_attr(not(test), expect(dead_code, reason = "it is kept alive"))]
    pub(crate) code: Arc<LoadedCode>,
    pub(crate) offsets: VMOffsets,
    pub(crate) memory_styles: PrimaryMap<MemoryIndex, MemoryStyle>,
    pub(crate) table_styles: PrimaryMap<TableIndex, TableStyle>,
    data: Bytes,
    types: Box<[Arc<RegisteredType>]>,
    /// Numbers of `types`.
    type_ids: Box<[u32]>,
    /// Entry points, for calls through slots.
    function_slots: Box<[CodePointer]>,
    pub(crate) block: BlockLayout,
    /// What a VM context begins with: all that is the same in every instance.
    template: Box<[RawValue]>,
    /// Globals of which the value depends on the instance.
    pub(crate) computed_globals: Box<[LocalGlobalIndex]>,
    /// What imports have to be, in order.
    pub(crate) imports: Box<[ImportIndex]>,
    /// What the elements of each own function table are at the start.
    pub(crate) table_images: PrimaryMap<LocalTableIndex, Box<TableImage>>,
    /// The active element segments that are not in the table images.
    pub(crate) active_elements: Box<[ElemIndex]>,
    /// The active data segments, and how many of the first of them are in the memory images.
    active_data: Box<[DataIndex]>,
    imaged_data: usize,
    /// What a file has of the memory images.
    file: Option<FileImages>,
    memory_images: OnceLock<MemoryImages>,
}

/// The file of an artifact, with where the contents of own memories lie in it, if they do. The addresses were checked.
#[derive(Debug)]
struct FileImages {
    file: Arc<KeptFile>,
    places: PrimaryMap<LocalMemoryIndex, Option<MemoryImageExtent>>,
}

/// An entry point.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
struct CodePointer(*const u8);

// SAFETY: it points to code, which nobody writes.
unsafe impl Send for CodePointer {}
// SAFETY: as above.
unsafe impl Sync for CodePointer {}

/// The initial contents of memories, made when the first instance is.
#[derive(Debug)]
pub(crate) struct MemoryImages {
    images: PrimaryMap<LocalMemoryIndex, Option<MemoryImage>>,
    /// How many of the active data segments they contain.
    segments: usize,
}

/// Where the parts of an instance lie, in bytes from its start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlockLayout {
    /// `NonNull<VMMemory>` of each imported memory; likewise the next three.
    pub(crate) imported_memories: usize,
    pub(crate) imported_tables: usize,
    pub(crate) imported_globals: usize,
    pub(crate) imported_tags: usize,
    /// [`VMMemory`] of each own memory.
    pub(crate) memories: usize,
    /// [`VMTable`] of each own table.
    pub(crate) tables: usize,
    /// The VM context.
    pub(crate) context: usize,
    /// Size and alignment of the whole.
    pub(crate) layout: Layout,
}

impl BlockLayout {
    fn new(info: &ModuleInfo, offsets: &VMOffsets) -> Self {
        let mut end = size_of::<VMInstance>();
        let mut array = |count: usize, layout: Layout| {
            let start = end.next_multiple_of(layout.align());
            end = start + count * layout.size();
            start
        };
        let pointer = Layout::new::<NonNull<()>>();
        let imported_memories = array(info.num_imported_memories, pointer);
        let imported_tables = array(info.num_imported_tables, pointer);
        let imported_globals = array(info.num_imported_globals, pointer);
        let imported_tags = array(info.num_imported_tags, pointer);
        let own_memories = info.memories.len() - info.num_imported_memories;
        let memories = array(own_memories, Layout::new::<VMMemory>());
        let own_tables = info.tables.len() - info.num_imported_tables;
        let tables = array(own_tables, Layout::new::<VMTable>());
        let align = VM_CONTEXT_ALIGN as usize;
        let byte = Layout::from_size_align(1, align).expect("a power of two");
        let context = array(offsets.size() as usize, byte);
        let align = align.max(align_of::<VMInstance>());
        // Sizes are numbers of definitions in a module, times something small.
        let layout = Layout::from_size_align(end, align).expect("an instance fits into memory");
        Self {
            imported_memories,
            imported_tables,
            imported_globals,
            imported_tags,
            memories,
            tables,
            context,
            layout: layout.pad_to_align(),
        }
    }
}

impl LoadedModule {
    /// Makes the code of a module executable and prepares what its instances share.
    ///
    /// # Errors
    ///
    /// When memory runs out or the image contradicts itself.
    ///
    /// # Safety
    ///
    /// As for [`LoadedCode::new`].
    pub unsafe fn new(image: ModuleImage) -> Result<Arc<Self>, LoadError> {
        check(&image.contents(), Depth::Description)?;
        let ModuleImage { info, target, compiler, memory_styles, table_styles, code, data } = image;
        // SAFETY: as for the caller.
        let code = unsafe { LoadedCode::new(code, info.clone())? };
        let data = ModuleData::new(info, &code, memory_styles, table_styles, data.into(), None);
        let origin = Origin::Compiler { target, id: compiler };
        Ok(Arc::new(Self { code, data: OnceLock::from(Ok(Shared::new(data))), origin }))
    }

    /// Takes a module from an artifact, of which the code is to be run where it lies. Header and section table are
    /// checked, and nothing else is read; the time does not depend on the size of the module. The rest is done by
    /// [`Self::prepare`].
    ///
    /// # Errors
    ///
    /// When the bytes are not an artifact of this version, or the system has no room.
    ///
    /// # Safety
    ///
    /// As for [`LoadedCode::new`], for the code that the artifact contains.
    pub unsafe fn from_artifact(memory: &ArtifactMemory) -> Result<Arc<Self>, LoadError> {
        let artifact = Artifact::new(memory.bytes().clone())?;
        let text = match artifact.header().target.is_native() {
            true => Text::part(memory.map_of(), artifact.range(Section::Text))?,
            // It can be written again, but not run.
            false => Text::readable(memory.map_of(), artifact.range(Section::Text)),
        };
        // SAFETY: as for the caller.
        let code = unsafe { LoadedCode::unregistered(text)? };
        let has_data = !artifact.range(Section::Data).is_empty();
        let file = has_data.then(|| memory.keep_file()).flatten().map(Arc::new);
        let origin = Origin::Artifact(Box::new(artifact), file);
        Ok(Arc::new(Self { code, data: OnceLock::new(), origin }))
    }

    /// What instances keep, made now if this is the first use.
    ///
    /// # Errors
    ///
    /// When the description of the module in its artifact is damaged; the same each time.
    #[inline]
    pub(crate) fn data(&self) -> Result<&Shared<ModuleData>, &Arc<LoadError>> {
        match self.data.get() {
            Some(data) => data.as_ref(),
            None => self.data.get_or_init(|| self.decode().map_err(Arc::new)).as_ref(),
        }
    }

    /// Reads the description of a module from its artifact.
    #[cold]
    fn decode(&self) -> Result<Shared<ModuleData>, LoadError> {
        let Origin::Artifact(artifact, file) = &self.origin else {
            unreachable!("modules from a compiler are complete")
        };
        let DecodedModule { info, memory_styles, table_styles, mut memory_images } =
            artifact.decode(Depth::Description)?;
        // From here on places are those in the file.
        let section = artifact.range(Section::Data);
        for image in memory_images.values_mut().flatten() {
            image.data = section.start + image.data.start..section.start + image.data.end;
        }
        let file = file.clone().map(|file| FileImages { file, places: memory_images });
        let info = Arc::new(info);
        self.code.register(info.clone(), artifact.code()?)?;
        let data = artifact.section(Section::Data);
        let data = ModuleData::new(info, &self.code, memory_styles, table_styles, data, file);
        Ok(Shared::new(data))
    }

    /// Does now what the first use would do: reads and checks the description of a module from an artifact.
    ///
    /// # Errors
    ///
    /// When it is damaged.
    pub fn prepare(&self) -> Result<(), &Arc<LoadError>> {
        self.data().map(|_| ())
    }

    /// [`Self::prepare`], and checks the tables of a module from an artifact, too. That they are not sorted would
    /// only show in traps that are not recognised and in wrong traces.
    ///
    /// # Errors
    ///
    /// When the description or a table is damaged.
    pub fn check(&self) -> Result<(), Arc<LoadError>> {
        self.prepare().map_err(Arc::clone)?;
        match self.contents(None) {
            Some(contents) => {
                check(&contents, Depth::Everything).map_err(|error| Arc::new(error.into()))
            }
            None => Ok(()),
        }
    }

    /// Types, imports, exports, segments; those of an empty module when the description is damaged, which
    /// [`Self::prepare`] tells.
    #[inline]
    pub fn info(&self) -> &Arc<ModuleInfo> {
        static EMPTY: LazyLock<Arc<ModuleInfo>> = LazyLock::new(Arc::default);
        self.data().map_or_else(|_| &*EMPTY, |data| data.info())
    }

    /// The code.
    #[inline]
    pub fn code(&self) -> &Arc<LoadedCode> {
        &self.code
    }

    /// The machine that the code is for, with the CPU features that it needs.
    pub fn target(&self) -> &Target {
        match &self.origin {
            Origin::Compiler { target, .. } => target,
            Origin::Artifact(artifact, _) => &artifact.header().target,
        }
    }

    /// Id of the compiler and its settings.
    pub fn compiler(&self) -> &str {
        match &self.origin {
            Origin::Compiler { id, .. } => id,
            Origin::Artifact(artifact, _) => &artifact.header().compiler,
        }
    }

    /// The artifact that it was loaded from.
    pub fn artifact(&self) -> Option<&Artifact> {
        match &self.origin {
            Origin::Compiler { .. } => None,
            Origin::Artifact(artifact, _) => Some(artifact),
        }
    }

    /// The parts of which an artifact is made, described by `info` if given. `None` when the description is
    /// damaged.
    fn contents<'a>(&'a self, info: Option<&'a ModuleInfo>) -> Option<ArtifactContents<'a>> {
        let data = self.data().ok()?;
        let tables = self.code.image();
        Some(ArtifactContents {
            info: info.unwrap_or(&data.info),
            target: self.target(),
            compiler: self.compiler(),
            memory_styles: &data.memory_styles,
            table_styles: &data.table_styles,
            text: self.code.text(),
            functions: &tables.functions,
            traps: &tables.traps,
            addresses: &tables.addresses,
            inlined: &tables.inlined,
            leaves: &tables.leaves,
            eh_frame: &tables.eh_frame,
            data: &data.data,
        })
    }

    /// Writes an artifact from which the module can be loaded, without a keyed hash. If the module was loaded from
    /// one, it is that. `name` is the name of the module, if it has another one than it had.
    ///
    /// # Errors
    ///
    /// When a part passes a limit of the format, or the description of the module is damaged.
    pub fn serialize(&self, name: Option<&str>) -> Result<Vec<u8>, Arc<LoadError>> {
        if let (Origin::Artifact(artifact, _), None) = (&self.origin, name) {
            let mut bytes = artifact.bytes().to_vec();
            bytes[KEYED_HASH].fill(0);
            return Ok(bytes);
        }
        let data = self.data().map_err(Arc::clone)?;
        let renamed = name.map(|name| {
            let mut info = ModuleInfo::clone(&data.info);
            info.name = Some(name.to_owned());
            info
        });
        let contents = self.contents(renamed.as_ref()).expect("the description was read above");
        contents.write().map_err(|error| Arc::new(error.into()))
    }
}

impl ModuleData {
    /// What instances of a module share. Its description was checked.
    fn new(
        info: Arc<ModuleInfo>,
        code: &Arc<LoadedCode>,
        memory_styles: PrimaryMap<MemoryIndex, MemoryStyle>,
        table_styles: PrimaryMap<TableIndex, TableStyle>,
        data: Bytes,
        file: Option<FileImages>,
    ) -> Self {
        let offsets = VMOffsets::new(size_of::<usize>() as u8, &info);
        let types: Box<[_]> = info.signatures.values().map(register).collect();
        let type_ids: Box<[u32]> = types.iter().map(|ty| ty.id()).collect();
        let slots: Box<[_]> = (0..info.local_func_count())
            .map(|index| CodePointer(code.entry(LocalFunctionIndex::new(index))))
            .collect();
        let (template, computed_globals) = template(&info, &offsets, &type_ids, &slots);
        let (table_images, active_elements) = table_images(&info);
        let active_data = info.active_data().collect();
        let imaged_data = info.initial_data().count();
        Self {
            block: BlockLayout::new(&info, &offsets),
            imports: info.imports.values().copied().collect(),
            info,
            code: code.clone(),
            offsets,
            memory_styles,
            table_styles,
            data,
            types,
            type_ids,
            function_slots: slots,
            template,
            computed_globals,
            table_images,
            active_elements,
            active_data,
            imaged_data,
            file,
            memory_images: OnceLock::new(),
        }
    }

    /// Types, imports, exports, segments.
    #[inline]
    pub(crate) fn info(&self) -> &Arc<ModuleInfo> {
        &self.info
    }

    /// The entry point of a function.
    #[inline]
    pub(crate) fn entry(&self, function: LocalFunctionIndex) -> *const u8 {
        self.function_slots[function.index()].0
    }

    /// The canonical number of a type.
    #[inline]
    pub(crate) fn type_id(&self, signature: SignatureIndex) -> u32 {
        self.type_ids[signature.index()]
    }

    /// A type.
    pub(crate) fn registered_type(&self, signature: SignatureIndex) -> &Arc<RegisteredType> {
        &self.types[signature.index()]
    }

    /// The bytes of a data segment.
    pub(crate) fn segment(&self, segment: DataIndex) -> &[u8] {
        // `check` has found that it is a part of the data.
        &self.data[self.info.data_segments[segment].data.clone()]
    }

    /// What a VM context begins with.
    #[inline]
    pub(crate) fn template(&self) -> &[RawValue] {
        &self.template
    }

    /// The contents of memories at the start.
    #[inline]
    pub(crate) fn memory_images(&self) -> &MemoryImages {
        self.memory_images.get_or_init(|| self.make_memory_images())
    }

    /// The active data segments that are not in the images.
    #[inline]
    pub(crate) fn active_data_after(&self, images: &MemoryImages) -> &[DataIndex] {
        &self.active_data[images.segments..]
    }

    #[cold]
    fn make_memory_images(&self) -> MemoryImages {
        let own = self.info.memories.len() - self.info.num_imported_memories;
        let mut writes: PrimaryMap<LocalMemoryIndex, Vec<(usize, &[u8])>> =
            (0..own).map(|_| Vec::new()).collect();
        for (segment, memory, offset) in self.info.initial_data() {
            writes[memory].push((offset, self.segment(segment)));
        }
        let image = |(memory, writes): (_, &Vec<_>)| {
            let file = self.file.as_ref().and_then(|file| file.get(memory));
            file.or_else(|| MemoryImage::new(writes))
        };
        let images: PrimaryMap<_, _> = writes.iter().map(image).collect();
        let is_made = |(index, image): (LocalMemoryIndex, &Option<MemoryImage>)| {
            image.is_some() || writes[index].iter().all(|(_, bytes)| bytes.is_empty())
        };
        match images.iter().all(is_made) {
            true => MemoryImages { images, segments: self.imaged_data },
            // Then all segments are copied.
            false => MemoryImages { images: (0..own).map(|_| None).collect(), segments: 0 },
        }
    }
}

impl FileImages {
    /// That of one memory.
    fn get(&self, memory: LocalMemoryIndex) -> Option<MemoryImage> {
        let place = self.places[memory].as_ref()?;
        MemoryImage::in_artifact(
            &self.file,
            place.data.clone(),
            usize::try_from(place.address).ok()?,
        )
    }
}

impl MemoryImages {
    /// That of one memory.
    #[inline]
    pub(crate) fn get(&self, memory: LocalMemoryIndex) -> Option<&MemoryImage> {
        self.images[memory].as_ref()
    }
}

/// The first part of a VM context, as it is in every instance, and the globals that are missing in it.
fn template(
    info: &ModuleInfo,
    offsets: &VMOffsets,
    type_ids: &[u32],
    slots: &[CodePointer],
) -> (Box<[RawValue]>, Box<[LocalGlobalIndex]>) {
    const SLOT: usize = size_of::<RawValue>();
    let len = (offsets.func_refs_begin() as usize).div_ceil(SLOT);
    let mut template = vec![RawValue::default(); len].into_boxed_slice();
    let base = template.as_mut_ptr().cast::<u8>();
    let mut computed = Vec::new();
    // SAFETY: the template is zeroed, aligned, and reaches to the end of what `VMOffsets` gives places to
    // before the func refs, so that each of these places is inside of it.
    unsafe {
        base.add(offset_of!(VMContext, builtins)).cast::<*const ()>().write(builtins::table());
        base.add(offset_of!(VMContext, type_ids)).cast::<*const u32>().write(type_ids.as_ptr());
        base.add(offset_of!(VMContext, function_slots))
            .cast::<*const CodePointer>()
            .write(slots.as_ptr());
        for (local, init) in info.global_initializers.iter() {
            let DefinitionLocation::Inline(at) = offsets.global(info.global_index(local)) else {
                continue;
            };
            match constant(init) {
                Some(value) => base.add(at as usize).cast::<RawValue>().write(value),
                None => computed.push(local),
            }
        }
        for (tag, &signature) in info.tags.iter() {
            if let DefinitionLocation::Inline(at) = offsets.tag(tag) {
                let type_id = type_ids[signature.index()];
                let definition = VMTagDefinition { type_id, reserved: 0 };
                base.add(at as usize).cast::<VMTagDefinition>().write(definition);
            }
        }
    }
    (template, computed.into())
}

/// The value of an initialiser that does not depend on the instance.
fn constant(init: &GlobalInit) -> Option<RawValue> {
    Some(match *init {
        GlobalInit::I32Const(value) => value.into(),
        GlobalInit::I64Const(value) => value.into(),
        GlobalInit::F32Const(value) => value.to_bits().into(),
        GlobalInit::F64Const(value) => value.to_bits().into(),
        GlobalInit::V128Const(value) => RawValue::from_bytes(*value.bytes()),
        GlobalInit::RefNullConst => RawValue::default(),
        GlobalInit::GetGlobal(_) | GlobalInit::RefFunc(_) | GlobalInit::Expr(_) => return None,
    })
}

/// Functions in the tables that the module makes, as far as they are known for all instances; and the other
/// active element segments.
///
/// Segments are applied in order, and one that does not fit ends it. So the images have the first segments,
/// up to one that depends on an import.
fn table_images(
    info: &ModuleInfo,
) -> (PrimaryMap<LocalTableIndex, Box<TableImage>>, Box<[ElemIndex]>) {
    let own = info.tables.len() - info.num_imported_tables;
    let mut images: PrimaryMap<LocalTableIndex, Vec<_>> = (0..own).map(|_| Vec::new()).collect();
    let active = info.element_segments.iter().filter_map(|(index, segment)| {
        matches!(segment.placement, ElementPlacement::Active { .. }).then_some(index)
    });
    // An image has all elements from the first on. It should not be much larger than what is in it.
    let items: usize = info.element_segments.values().map(|segment| segment.items.len()).sum();
    let limit = MAX_GAPS + 8 * items;
    let is_missing = |&segment: &ElemIndex| match fixed_functions(info, segment, limit) {
        Some((table, offset, functions)) => {
            let image = &mut images[table];
            image.resize(image.len().max(offset + functions.len()), None);
            image[offset..][..functions.len()].copy_from_slice(&functions);
            false
        }
        None => true,
    };
    let rest = active.skip_while({
        let mut is_missing = is_missing;
        move |segment| !is_missing(segment)
    });
    let rest = rest.collect();
    (images.into_iter().map(|(_, image)| image.into_boxed_slice()).collect(), rest)
}

/// Elements that are in no segment, but in the image of their table, at most; and seven for each that is in one.
const MAX_GAPS: usize = 1 << 16;

/// Table, offset and contents of an element segment that is the same in every instance, fits, and ends before `limit`.
fn fixed_functions(
    info: &ModuleInfo,
    segment: ElemIndex,
    limit: usize,
) -> Option<(LocalTableIndex, usize, Vec<Option<FunctionIndex>>)> {
    let segment = &info.element_segments[segment];
    let ElementPlacement::Active { table, offset } = &segment.placement else { return None };
    let (ty, local) = (info.tables[*table], info.local_table_index(*table)?);
    let offset = usize::try_from(offset.as_constant_index()?).ok()?;
    let end = offset.checked_add(segment.items.len())?;
    if ty.ty != Type::FuncRef || end > limit.min(ty.minimum as usize) {
        return None;
    }
    let functions = match &segment.items {
        ElementItems::Functions(functions) => functions.iter().copied().map(Some).collect(),
        ElementItems::Expressions(items) => {
            let function = |item: &InitExpr| match *item.ops {
                [InitExprOp::RefFunc(function)] => Some(Some(function)),
                [InitExprOp::RefNull(_)] => Some(None),
                _ => None,
            };
            items.iter().map(function).collect::<Option<_>>()?
        }
    };
    Some((local, offset, functions))
}

const _: () = assert!(size_of::<CodePointer>() == size_of::<*const u8>());
