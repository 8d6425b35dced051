//! Machine code that is ready to run.

use std::ops::Range;
use std::ptr::{self, NonNull};
use std::sync::{Arc, LazyLock, OnceLock};

use thiserror::Error;
use wasmer_types::artifact::ArtifactError;
use wasmer_types::image::CodeImage;
use wasmer_types::{LocalFunctionIndex, ModuleInfo, TrapCode};

use crate::arch;
use crate::code_map;
use crate::names::GivenNames;
use crate::sys::mmap::{Mmap, MmapError, Protection, page_size};

/// Code could not be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The system has no room.
    #[error("could not load the code of the module: {0}")]
    Mmap(#[from] MmapError),
    /// The system mapped the code where it can't be registered.
    #[error("the code of the module was mapped at {address:#x}, above the supported address space")]
    Address {
        /// Where it is.
        address: usize,
    },
    /// The artifact, or the image from a compiler, can't be used.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
}

/// Where instructions lie.
#[derive(Debug)]
pub(crate) struct Text {
    /// What they are a part of, or nothing when there are no functions.
    map: Option<Arc<Mmap>>,
    /// Which bytes of it. They begin at a page.
    range: Range<usize>,
    /// Whether the pages are made executable when the code is registered.
    deferred: bool,
}

impl Text {
    /// Copies code to pages that can be executed and no longer be written.
    pub(crate) fn copy(bytes: &[u8]) -> Result<Self, MmapError> {
        if bytes.is_empty() {
            return Ok(Self { map: None, range: 0..0, deferred: false });
        }
        let map = Mmap::zeroed(bytes.len())?;
        // SAFETY: the fresh mapping is writable, as long as the text, and nobody else knows it. Once it is
        // executable nothing refers to it as writable memory.
        unsafe {
            ptr::copy_nonoverlapping(bytes.as_ptr(), map.start().as_ptr(), bytes.len());
            map.protect(0..map.len(), Protection::ReadExecute)?;
        }
        arch::publish_code(map.addresses());
        Ok(Self { map: Some(Arc::new(map)), range: 0..bytes.len(), deferred: false })
    }

    /// The bytes `range` of `map`, which can be read and which nobody writes any more. They become executable where
    /// they lie when the code is registered, if they begin at a page, and are copied otherwise.
    ///
    /// # Panics
    ///
    /// When the range is not in the mapping.
    pub(crate) fn part(map: &Arc<Mmap>, range: Range<usize>) -> Result<Self, MmapError> {
        assert!(range.start <= range.end && range.end <= map.len(), "{range:?} is in the mapping");
        if range.is_empty() || !range.start.is_multiple_of(page_size()) {
            // SAFETY: the range is in the mapping, of which all bytes can be read.
            let bytes = unsafe {
                std::slice::from_raw_parts(map.start().add(range.start).as_ptr(), range.len())
            };
            return Self::copy(bytes);
        }
        Ok(Self { map: Some(map.clone()), range, deferred: true })
    }

    /// The bytes `range` of `map`, which can be read but will never be executed.
    ///
    /// # Panics
    ///
    /// When the range is not in the mapping.
    pub(crate) fn readable(map: &Arc<Mmap>, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= map.len(), "{range:?} is in the mapping");
        Self { map: Some(map.clone()), range, deferred: false }
    }

    /// Makes the pages executable if that was put off.
    fn make_executable(&self) -> Result<(), MmapError> {
        if let (Some(map), true) = (&self.map, self.deferred) {
            let end = self.range.end.next_multiple_of(page_size()).min(map.len());
            // SAFETY: whoever refers to these bytes reads them, and they stay readable.
            unsafe { map.protect(self.range.start..end, Protection::ReadExecute)? };
            arch::publish_code(self.addresses());
        }
        Ok(())
    }

    fn start(&self) -> NonNull<u8> {
        // SAFETY: the range is in the mapping.
        self.map
            .as_ref()
            .map_or(NonNull::dangling(), |map| unsafe { map.start().add(self.range.start) })
    }

    fn addresses(&self) -> Range<usize> {
        let start = self.start().as_ptr() as usize;
        start..start + self.range.len()
    }
}

/// The code of a module in memory: executable, never writable again, and known to the signal handler.
///
/// It is used through an [`Arc`]; whoever can run the code, or has frames of it on a stack, holds one.
#[derive(Debug)]
pub struct LoadedCode {
    text: Text,
    /// Set when the code is registered, before it is first run.
    known: OnceLock<Known>,
    /// Names that the host gave to the module.
    names: GivenNames,
}

/// What is known of code that may run.
#[derive(Debug)]
struct Known {
    info: Arc<ModuleInfo>,
    /// The tables. Its own text is empty.
    image: CodeImage,
}

impl LoadedCode {
    /// Maps the text of `image` and registers it. `info` describes the module that it belongs to.
    ///
    /// # Errors
    ///
    /// When there is no memory.
    ///
    /// # Safety
    ///
    /// The image comes from a compiler that this crate may trust: its functions follow the ABI of
    /// [`wasmer_types::image`], keep frame pointers, and trap only where the image says so.
    pub unsafe fn new(mut image: CodeImage, info: Arc<ModuleInfo>) -> Result<Arc<Self>, LoadError> {
        let bytes = std::mem::take(&mut image.text);
        let text = Text::copy(&bytes)?;
        // SAFETY: as for the caller.
        let code = unsafe { Self::unregistered(text)? };
        code.register(info, image)?;
        Ok(code)
    }

    /// The code `text`, which must be registered before it runs.
    ///
    /// # Safety
    ///
    /// As for [`LoadedCode::new`].
    pub(crate) unsafe fn unregistered(text: Text) -> Result<Arc<Self>, LoadError> {
        let addresses = text.addresses();
        if !code_map::covers(&addresses) {
            return Err(LoadError::Address { address: addresses.start });
        }
        Ok(Arc::new(Self { text, known: OnceLock::new(), names: GivenNames::default() }))
    }

    /// Makes the code executable and known to the signal handler, as that of the module which `info` describes, with
    /// the tables of `image`. Only the first time counts.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub(crate) fn register(
        self: &Arc<Self>,
        info: Arc<ModuleInfo>,
        image: CodeImage,
    ) -> Result<(), LoadError> {
        self.text.make_executable()?;
        let mut is_first = false;
        self.known.get_or_init(|| {
            is_first = true;
            Known { info, image }
        });
        if is_first {
            code_map::set(self.addresses(), Arc::as_ptr(self));
        }
        Ok(())
    }

    /// The entry point with the C ABI of a function.
    ///
    /// # Panics
    ///
    /// When there is no such function.
    pub fn entry(&self, function: LocalFunctionIndex) -> *const u8 {
        let extent = self.image().functions.get(function).expect("the function exists");
        self.text.start().as_ptr().wrapping_add(extent.offset as usize)
    }

    /// The bytes of the text.
    pub fn text(&self) -> &[u8] {
        // SAFETY: it is a part of a readable mapping which lives as long as `self` and is never written, or
        // dangling with a length of 0.
        unsafe { std::slice::from_raw_parts(self.text.start().as_ptr(), self.text.range.len()) }
    }

    /// The tables of the code. Their offsets count from the start of [`LoadedCode::text`]; the `text` in it
    /// is empty. They are empty, too, as long as the module has not been used.
    pub fn image(&self) -> &CodeImage {
        static UNKNOWN: LazyLock<CodeImage> = LazyLock::new(CodeImage::default);
        self.known.get().map_or_else(|| &*UNKNOWN, |known| &known.image)
    }

    /// The module that the code belongs to. Known for all code that has ever run.
    pub fn info(&self) -> Option<&Arc<ModuleInfo>> {
        self.known.get().map(|known| &known.info)
    }

    /// Gives the module another name, which appears in traces of all its code.
    pub fn rename(&self, name: String) {
        self.names.push(name);
    }

    /// What [`Self::rename`] has set.
    pub fn given_name(&self) -> Option<&str> {
        self.names.last()
    }

    /// The name of the module: the given one, that of the `name` section, or `<module>`.
    pub fn module_name(&self) -> &str {
        let own = || self.info()?.name.as_deref();
        self.given_name().or_else(own).unwrap_or("<module>")
    }

    /// The addresses of the text.
    pub fn addresses(&self) -> Range<usize> {
        self.text.addresses()
    }

    /// The offset in the text of an address.
    pub fn offset_of(&self, address: usize) -> Option<u32> {
        let range = self.addresses();
        range.contains(&address).then(|| (address - range.start) as u32)
    }

    /// Why the instruction at `pc` may trap, or fault if it was an access to memory. Does not allocate: it is called in
    /// signal handlers.
    pub(crate) fn trap_at(&self, pc: usize, is_access: bool) -> Option<TrapCode> {
        let (traps, offset) = (&self.known.get()?.image.traps, self.offset_of(pc)?);
        match is_access {
            true => traps.lookup_memory_fault(offset),
            false => traps.lookup(offset),
        }
    }
}

impl Drop for LoadedCode {
    fn drop(&mut self) {
        if self.known.get().is_some() {
            code_map::set(self.addresses(), ptr::null());
        }
    }
}

#[cfg(test)]
mod tests {
    use wasmer_types::image::FunctionExtent;

    use super::*;

    fn load(image: CodeImage) -> Result<Arc<LoadedCode>, LoadError> {
        // SAFETY: nobody runs the code.
        unsafe { LoadedCode::new(image, Arc::default()) }
    }

    #[test]
    fn text_is_mapped_and_registered() {
        let mut image = CodeImage { text: vec![1, 2, 3, 4], ..Default::default() };
        let function =
            image.functions.push(FunctionExtent { offset: 1, length: 3, wasm_offset: 0 });
        image.traps.push(2, TrapCode::BadSignature);
        image.traps.push_range(3, Some(TrapCode::HeapAccessOutOfBounds), None);
        let code = load(image).unwrap();
        assert_eq!(code.text(), [1, 2, 3, 4]);
        let entry = code.entry(function) as usize;
        assert_eq!(entry, code.addresses().start + 1);
        assert_eq!(code_map::lookup(entry).unwrap().as_ptr().cast_const(), Arc::as_ptr(&code));
        for (is_access, range) in [(false, None), (true, Some(TrapCode::HeapAccessOutOfBounds))] {
            let at = |offset| code.trap_at(entry + offset, is_access);
            assert_eq!((at(0), at(1)), (None, Some(TrapCode::BadSignature)));
            assert_eq!((at(2), at(3), at(9)), (range, None, None));
        }
        assert_eq!(code.offset_of(entry + 3), None);
    }

    #[test]
    fn parts_of_mappings_run_where_they_lie() {
        let page = page_size();
        let map = Arc::new(Mmap::zeroed(2 * page + 1).unwrap());
        // SAFETY: the byte is in the mapping, which is writable.
        unsafe { map.start().add(page).write(9) };
        let text = Text::part(&map, page..page + 3).unwrap();
        assert_eq!(text.start().addr().get(), map.addresses().start + page);
        let copy = Text::part(&map, page + 1..page + 3).unwrap();
        assert!(!map.addresses().contains(&copy.start().addr().get()));
        // SAFETY: nobody runs the code.
        let code = unsafe { LoadedCode::unregistered(text) }.unwrap();
        drop(map);
        assert_eq!(code.text(), [9, 0, 0]);
        let address = code.addresses().start;
        assert!(code_map::lookup(address).is_none() && code.info().is_none());
        code.register(Arc::default(), CodeImage::default()).unwrap();
        assert!(code_map::lookup(address).is_some() && code.info().is_some());
        drop(code);
        assert!(code_map::lookup(address).is_none());
    }

    #[test]
    fn no_code_is_code() {
        let code = load(CodeImage::default()).unwrap();
        assert!(code.text().is_empty() && code.addresses().is_empty());
    }
}
