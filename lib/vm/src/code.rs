//! Machine code that is ready to run.

use std::ops::Range;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use thiserror::Error;
use wasmer_types::entity::EntityRef;
use wasmer_types::image::CodeImage;
use wasmer_types::{LocalFunctionIndex, ModuleInfo, TrapCode};

use crate::arch;
use crate::code_map;
use crate::sys::mmap::{Mmap, MmapError, Protection};

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
    /// The image contradicts itself.
    #[error("corrupted code image: {0}")]
    Corrupted(String),
}

/// The code of a module in memory: executable, never writable again, and known to the signal handler.
///
/// It is used through an [`Arc`]; whoever can run the code, or has frames of it on a stack, holds one.
#[derive(Debug)]
pub struct LoadedCode {
    /// The text, or nothing when there are no functions.
    text: Option<Mmap>,
    text_len: usize,
    /// The tables. Its own text is empty: it has moved to `text`.
    image: CodeImage,
    info: Arc<ModuleInfo>,
}

impl LoadedCode {
    /// Maps the text of `image` and registers it. `info` describes the module that it belongs to.
    ///
    /// # Errors
    ///
    /// When there is no memory or a function lies outside of the text.
    ///
    /// # Safety
    ///
    /// The image comes from a compiler that this crate may trust: its functions follow the ABI of
    /// [`wasmer_types::image`], keep frame pointers, and trap only where the image says so.
    pub unsafe fn new(mut image: CodeImage, info: Arc<ModuleInfo>) -> Result<Arc<Self>, LoadError> {
        let bytes = std::mem::take(&mut image.text);
        check_extents(&image, bytes.len())?;
        let text = match bytes.is_empty() {
            true => None,
            false => Some(map_text(&bytes)?),
        };
        let code = Arc::new(Self { text, text_len: bytes.len(), image, info });
        if let Some(text) = &code.text {
            let addresses = text.addresses();
            if !code_map::covers(&addresses) {
                return Err(LoadError::Address { address: addresses.start });
            }
            code_map::set(addresses, Arc::as_ptr(&code));
        }
        Ok(code)
    }

    /// The entry point with the C ABI of a function.
    ///
    /// # Panics
    ///
    /// When there is no such function.
    #[inline]
    pub fn entry(&self, function: LocalFunctionIndex) -> *const u8 {
        let extent = self.image.functions[function];
        self.start().as_ptr().wrapping_add(extent.offset as usize)
    }

    /// The bytes of the text.
    pub fn text(&self) -> &[u8] {
        // SAFETY: `start` is that of a readable mapping of at least `text_len` bytes which lives as long as
        // `self` and is never written, or dangling with a length of 0.
        unsafe { std::slice::from_raw_parts(self.start().as_ptr(), self.text_len) }
    }

    /// The tables of the code. Their offsets count from the start of [`LoadedCode::text`]; the `text` in it
    /// is empty.
    pub fn image(&self) -> &CodeImage {
        &self.image
    }

    /// The module that the code belongs to.
    pub fn info(&self) -> &Arc<ModuleInfo> {
        &self.info
    }

    /// The addresses of the text.
    pub fn addresses(&self) -> Range<usize> {
        let start = self.start().as_ptr() as usize;
        start..start + self.text_len
    }

    /// The offset in the text of an address.
    pub(crate) fn offset_of(&self, address: usize) -> Option<u32> {
        self.addresses().contains(&address).then(|| (address - self.addresses().start) as u32)
    }

    /// Why the instruction at `pc` may trap. Does not allocate: it is called in signal handlers.
    pub(crate) fn trap_at(&self, pc: usize) -> Option<TrapCode> {
        self.image.traps.lookup(self.offset_of(pc)?)
    }

    fn start(&self) -> NonNull<u8> {
        self.text.as_ref().map_or(NonNull::dangling(), Mmap::start)
    }
}

impl Drop for LoadedCode {
    fn drop(&mut self) {
        if let Some(text) = &self.text
            && code_map::covers(&text.addresses())
        {
            code_map::set(text.addresses(), ptr::null());
        }
    }
}

/// Checks that functions lie in the text, in order.
fn check_extents(image: &CodeImage, text_len: usize) -> Result<(), LoadError> {
    let mut end = 0;
    if u32::try_from(text_len).is_err() {
        let message = format!("{text_len} bytes of code, expected less than 2^32");
        return Err(LoadError::Corrupted(message));
    }
    for (function, extent) in image.functions.iter() {
        let range = extent.range();
        if range.start < end || range.end > text_len {
            let index = function.index();
            let message = format!(
                "function {index} at {range:?}, expected it between {end} and the end of the code at {text_len}"
            );
            return Err(LoadError::Corrupted(message));
        }
        end = range.end;
    }
    Ok(())
}

/// Copies code to pages that can be executed and no longer be written.
fn map_text(bytes: &[u8]) -> Result<Mmap, LoadError> {
    let map = Mmap::zeroed(bytes.len())?;
    // SAFETY: the fresh mapping is writable, as long as the text, and nobody else knows it. Once it is
    // executable nothing refers to it as writable memory.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), map.start().as_ptr(), bytes.len());
        map.protect(0..map.len(), Protection::ReadExecute)?;
    }
    arch::publish_code(map.addresses());
    Ok(map)
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
        let code = load(image).unwrap();
        assert_eq!(code.text(), [1, 2, 3, 4]);
        let entry = code.entry(function) as usize;
        assert_eq!(entry, code.addresses().start + 1);
        assert_eq!(code_map::lookup(entry).unwrap().as_ptr().cast_const(), Arc::as_ptr(&code));
        assert_eq!(code.trap_at(entry + 1), Some(TrapCode::BadSignature));
        assert_eq!((code.trap_at(entry), code.trap_at(entry + 9)), (None, None));
        assert_eq!(code.offset_of(entry + 3), None);
    }

    #[test]
    fn bad_images_are_errors() {
        let mut image = CodeImage { text: vec![0; 8], ..Default::default() };
        image.functions.push(FunctionExtent { offset: 4, length: 4, wasm_offset: 0 });
        assert!(load(image.clone()).is_ok());
        image.functions.push(FunctionExtent { offset: 6, length: 1, wasm_offset: 0 });
        let error = load(image).unwrap_err().to_string();
        assert!(error.contains("function 1 at 6..7"), "{error}");
        let mut image = CodeImage::default();
        assert!(load(image.clone()).is_ok(), "a module without functions");
        image.functions.push(FunctionExtent { offset: 0, length: u32::MAX, wasm_offset: 0 });
        assert!(load(image).is_err());
    }
}
