//! Places in wasm code, as they appear in traces.

use std::fmt;

/// A byte offset in a wasm module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceLoc(u32);

impl SourceLoc {
    /// Byte `bits` of the module.
    pub fn new(bits: u32) -> Self {
        Self(bits)
    }

    /// Whether no place is known.
    pub fn is_default(self) -> bool {
        self == Self::default()
    }

    /// The offset.
    pub fn bits(self) -> u32 {
        self.0
    }
}

impl Default for SourceLoc {
    /// No place.
    fn default() -> Self {
        Self(u32::MAX)
    }
}

impl fmt::Display for SourceLoc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_default() {
            true => f.write_str("@-"),
            false => write!(f, "@{:04x}", self.0),
        }
    }
}

/// A wasm function that was active when a trap happened.
///
/// # Example
///
/// ```
/// use wasmer::{FrameInfo, SourceLoc};
///
/// let (start, at) = (SourceLoc::new(0x20), SourceLoc::new(0x2a));
/// let frame = FrameInfo::new("shop".to_owned(), 3, Some("pay".to_owned()), start, at);
/// assert_eq!((frame.module_name(), frame.func_index(), frame.function_name()), ("shop", 3, Some("pay")));
/// assert_eq!((frame.module_offset(), frame.func_offset()), (0x2a, 10));
/// assert_eq!(frame.to_string(), "pay (shop[3]:0x2a)");
/// assert!(SourceLoc::default().is_default());
/// ```
#[derive(Clone, Debug)]
pub struct FrameInfo {
    module_name: String,
    func_index: u32,
    function_name: Option<String>,
    func_start: SourceLoc,
    instr: SourceLoc,
}

impl FrameInfo {
    /// The function with index `func_index`, of which the body starts at `func_start`, at the operator at
    /// `instr`.
    pub fn new(
        module_name: String,
        func_index: u32,
        function_name: Option<String>,
        func_start: SourceLoc,
        instr: SourceLoc,
    ) -> Self {
        Self { module_name, func_index, function_name, func_start, instr }
    }

    /// Index of the function in the module's function index space (imports first).
    pub fn func_index(&self) -> u32 {
        self.func_index
    }

    /// Name of the module, `<module>` when it has none.
    pub fn module_name(&self) -> &str {
        &self.module_name
    }

    /// Name of the function in the module's `name` section, as written there.
    pub fn function_name(&self) -> Option<&str> {
        self.function_name.as_deref()
    }

    /// Byte offset of the operator in the module.
    pub fn module_offset(&self) -> usize {
        self.instr.bits() as usize
    }

    /// Byte offset of the operator in the function's body, which starts with the declarations of locals.
    pub fn func_offset(&self) -> usize {
        self.instr.bits().saturating_sub(self.func_start.bits()) as usize
    }
}

/// `name (module[index]:0xoffset)`, with the name demangled.
impl fmt::Display for FrameInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.function_name() {
            Some(name) => write!(f, "{}", rustc_demangle::demangle(name))?,
            None => f.write_str("<unnamed>")?,
        }
        write!(f, " ({}[{}]:0x{:x})", self.module_name, self.func_index, self.module_offset())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display() {
        let frame = |name: Option<&str>| {
            let name = name.map(str::to_owned);
            FrameInfo::new("m".into(), 3, name, SourceLoc::new(0x20), SourceLoc::new(0x2a))
        };
        assert_eq!(frame(Some("f")).to_string(), "f (m[3]:0x2a)");
        assert_eq!(frame(None).to_string(), "<unnamed> (m[3]:0x2a)");
        let mangled = frame(Some("_ZN4core3fmt5Write9write_str17h0123456789abcdefE"));
        assert!(mangled.to_string().starts_with("core::fmt::Write::write_str"));
        assert_eq!((mangled.module_offset(), mangled.func_offset()), (0x2a, 10));
    }
}
