//! Why running wasm failed.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, OnceLock};

use wasmer_types::TrapCode;
use wasmer_vm::{Backtrace, Trap, VMExceptionRef};

use crate::exception::Exception;
use crate::frame_info::{FrameInfo, SourceLoc};
use crate::function::wrong_store;
use crate::memory::MemoryAccessError;
use crate::store::{AsStoreMut, AsStoreRef};
use crate::trap::{BackendTrap, RuntimeErrorDisplay};

/// Running wasm failed: it trapped, a host function failed, or a call was not possible.
///
/// It prints as the message and a line per active wasm function, innermost first:
///
/// ```text
/// RuntimeError: unreachable
///     at inner (example[1]:0x3c)
///     at outer (example[0]:0x37)
/// ```
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Function, Instance, Module, RuntimeError, Store, TrapCode, imports};
///
/// let mut store = Store::default();
/// let module = Module::new(&store, r#"(module $m
///     (import "host" "read" (func $read))
///     (func $inner unreachable)
///     (func (export "trap") (call $inner))
///     (func (export "read") (call $read)))"#)?;
/// let missing = || -> Result<(), std::io::Error> { Err(std::io::ErrorKind::NotFound.into()) };
/// let read = Function::new_typed(&mut store, missing);
/// let instance = Instance::new(&mut store, &module, &imports! { "host" => { "read" => read } })?;
///
/// let trap = instance.exports.get_function("trap")?.call(&mut store, &[]).unwrap_err();
/// assert_eq!(trap.message(), "unreachable");
/// let names: Vec<_> = trap.trace().iter().map(|frame| frame.function_name()).collect();
/// assert_eq!(names, [Some("inner"), None]);
/// assert_eq!(trap.to_trap(), Some(TrapCode::UnreachableCodeReached));
///
/// // The error of a host function comes back as it was.
/// let error = instance.exports.get_function("read")?.call(&mut store, &[]).unwrap_err();
/// assert!(error.is::<std::io::Error>() && !error.is::<std::fmt::Error>());
/// assert_eq!(error.downcast::<std::io::Error>()?.kind(), std::io::ErrorKind::NotFound);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RuntimeError {
    inner: Arc<Inner>,
}

struct Inner {
    source: Source,
    /// What `trace` is made from when it is first asked for.
    backtrace: Backtrace,
    trace: OnceLock<Vec<FrameInfo>>,
    code: Option<TrapCode>,
}

#[derive(Debug)]
enum Source {
    /// A message of this crate or of the user.
    Message(String),
    /// A trap of wasm code or of a builtin.
    Trap(TrapCode),
    /// An error of a host function.
    User(Box<dyn Error + Send + Sync>),
    /// An exception that was not caught.
    Exception(VMExceptionRef),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(message) => f.write_str(message),
            Self::Trap(code) => f.write_str(code.message()),
            Self::User(error) => error.fmt(f),
            Self::Exception(_) => f.write_str(TrapCode::UncaughtException.message()),
        }
    }
}

impl RuntimeError {
    fn from_parts(source: Source, backtrace: Backtrace, code: Option<TrapCode>) -> Self {
        Self { inner: Arc::new(Inner { source, backtrace, trace: OnceLock::new(), code }) }
    }

    /// An error with a message.
    #[cold]
    pub fn new<I: Into<String>>(message: I) -> Self {
        Self::from_parts(Source::Message(message.into()), Backtrace::default(), None)
    }

    /// An error with a cause, a trace and a reason that are known already.
    ///
    /// `source` is a [`vm::Trap`](crate::vm::Trap) or a [`BackendTrap`].
    pub fn new_from_source(
        source: impl Into<BackendTrap>,
        wasm_trace: Vec<FrameInfo>,
        trap_code: Option<TrapCode>,
    ) -> Self {
        let source = match source.into().into_vm() {
            Trap::Wasm { code, .. } => Source::Trap(code),
            Trap::User { error, .. } => Source::User(error),
            Trap::UncaughtException { exnref, .. } => Source::Exception(exnref),
        };
        let trace = OnceLock::from(wasm_trace);
        let backtrace = Backtrace::default();
        Self { inner: Arc::new(Inner { source, backtrace, trace, code: trap_code }) }
    }

    /// An error of the host, which can be got back by [`Self::downcast`]. A `RuntimeError` stays as it is.
    #[cold]
    pub fn user(error: Box<dyn Error + Send + Sync>) -> Self {
        match error.downcast::<Self>() {
            Ok(error) => *error,
            Err(error) => Self::from_parts(Source::User(error), Backtrace::default(), None),
        }
    }

    /// An exception: what a host function returns to throw it.
    ///
    /// # Panics
    ///
    /// When it belongs to another store than `ctx`.
    #[cold]
    pub fn exception(ctx: &impl AsStoreRef, exception: Exception) -> Self {
        if !exception.is_from_store(ctx) {
            wrong_store();
        }
        let source = Source::Exception(exception.vm_exceptionref());
        Self::from_parts(source, Backtrace::default(), Some(TrapCode::UncaughtException))
    }

    /// Whether this is an exception that was not caught.
    pub fn is_exception(&self) -> bool {
        matches!(self.inner.source, Source::Exception(_))
    }

    /// The exception that was not caught, if this is one.
    pub fn to_exception(&self) -> Option<Exception> {
        match self.inner.source {
            Source::Exception(exnref) => Some(Exception::from_vm_exceptionref(exnref)),
            _ => None,
        }
    }

    /// The error to print: of an exception of `store`, with the values that it carries.
    ///
    /// # Example
    ///
    /// ```
    /// use wasmer::{Exception, RuntimeError, Store, Tag, Type, Value};
    ///
    /// let mut store = Store::default();
    /// let tag = Tag::new(&mut store, [Type::I32]);
    /// let exception = Exception::new(&mut store, &tag, &[Value::I32(9)]);
    /// let error = RuntimeError::exception(&store, exception);
    /// assert_eq!(error.to_string(), "RuntimeError: uncaught exception");
    /// assert_eq!(error.display(&mut store).to_string(), "Uncaught exception with payload: [I32(9)]");
    ///
    /// let error = RuntimeError::new("another error");
    /// assert_eq!(error.display(&mut store).to_string(), "RuntimeError: another error");
    /// ```
    pub fn display<'a>(&'a self, store: &'a mut impl AsStoreMut) -> RuntimeErrorDisplay<'a> {
        match self.to_exception() {
            Some(exception) if exception.is_from_store(store) => {
                RuntimeErrorDisplay::Exception(exception.payload(store), self.trace())
            }
            _ => RuntimeErrorDisplay::Other(self),
        }
    }

    #[cold]
    pub(crate) fn cross_store() -> Self {
        Self::new("cross-`Store` values are not supported")
    }

    /// What to make the caller of a host function trap with.
    pub(crate) fn into_vm_trap(self) -> Trap {
        match self.inner.source {
            // With the place where it was thrown, if a host function passes it on.
            Source::Exception(exnref) => {
                Trap::UncaughtException { exnref, backtrace: self.inner.backtrace.clone() }
            }
            _ => Trap::user(self),
        }
    }

    /// The reason of the trap in words, or the message of the error.
    pub fn message(&self) -> String {
        match self.inner.code {
            Some(code) => code.message().to_owned(),
            None => self.inner.source.to_string(),
        }
    }

    /// The wasm functions that were active, innermost first. Empty after a stack overflow, and for errors of
    /// the host.
    pub fn trace(&self) -> &[FrameInfo] {
        self.inner.trace.get_or_init(|| frames(&self.inner.backtrace))
    }

    /// The reason, if this is a trap of wasm.
    pub fn to_trap(self) -> Option<TrapCode> {
        self.inner.code
    }

    /// The error of the host behind this one.
    ///
    /// # Errors
    ///
    /// This error, when there is none of type `T`, or when another clone of this error exists.
    pub fn downcast<T: Error + 'static>(self) -> Result<T, Self> {
        if !self.is::<T>() {
            return Err(self);
        }
        match Arc::try_unwrap(self.inner) {
            Ok(Inner { source: Source::User(error), backtrace, trace, code }) => {
                error.downcast().map(|error| *error).map_err(|error| {
                    let source = Source::User(error);
                    Self { inner: Arc::new(Inner { source, backtrace, trace, code }) }
                })
            }
            Ok(inner) => Err(Self { inner: Arc::new(inner) }),
            Err(inner) => Err(Self { inner }),
        }
    }

    /// The error of the host behind this one, if there is one of type `T`.
    pub fn downcast_ref<T: Error + 'static>(&self) -> Option<&T> {
        match &self.inner.source {
            Source::User(error) => error.downcast_ref(),
            _ => None,
        }
    }

    /// Whether there is an error of the host of type `T` behind this one.
    pub fn is<T: Error + 'static>(&self) -> bool {
        self.downcast_ref::<T>().is_some()
    }

    /// Writes a line per frame, each behind a line break.
    ///
    /// # Errors
    ///
    /// When `f` fails.
    pub fn write_trace(trace: &[FrameInfo], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        trace.iter().try_for_each(|frame| write!(f, "\n    at {frame}"))
    }
}

/// Looks up functions, names and offsets.
fn frames(backtrace: &Backtrace) -> Vec<FrameInfo> {
    let frame_info = |frame: wasmer_vm::Frame<'_>| {
        let info = frame.code.info()?;
        let function = info.func_index(frame.function);
        let start = frame.code.image().functions.get(frame.function)?.wasm_offset;
        Some(FrameInfo::new(
            frame.code.module_name().to_owned(),
            function.as_u32(),
            info.function_names.get(function).map(str::to_owned),
            SourceLoc::new(start),
            SourceLoc::new(frame.wasm_offset.unwrap_or(start)),
        ))
    };
    backtrace.frames().filter_map(frame_info).collect()
}

impl From<Trap> for RuntimeError {
    #[cold]
    fn from(trap: Trap) -> Self {
        match trap {
            Trap::Wasm { code, backtrace } => {
                Self::from_parts(Source::Trap(code), backtrace, Some(code))
            }
            Trap::User { error, .. } => Self::user(error),
            Trap::UncaughtException { exnref, backtrace } => {
                let code = TrapCode::UncaughtException;
                Self::from_parts(Source::Exception(exnref), backtrace, Some(code))
            }
        }
    }
}

impl From<MemoryAccessError> for RuntimeError {
    fn from(error: MemoryAccessError) -> Self {
        Self::user(Box::new(error))
    }
}

impl From<Box<dyn Error + Send + Sync>> for RuntimeError {
    fn from(error: Box<dyn Error + Send + Sync>) -> Self {
        Self::user(error)
    }
}

impl fmt::Display for RuntimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuntimeError: {}", self.message())?;
        Self::write_trace(self.trace(), f)
    }
}

impl fmt::Debug for RuntimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeError")
            .field("source", &self.inner.source)
            .field("wasm_trace", &self.trace())
            .finish()
    }
}

impl Error for RuntimeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.inner.source {
            Source::Message(_) | Source::Exception(_) => None,
            Source::Trap(code) => Some(code),
            Source::User(error) => Some(&**error),
        }
    }
}
