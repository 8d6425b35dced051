//! The public items of memories, globals, tables, values, errors and tunables have the types that programs for `wasmer`
//! 4 and 7 expect, under the paths that they import. What the items do is tested elsewhere.

#![allow(clippy::type_complexity, reason = "the types are what is tested")]

use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::hash::Hash;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::ptr::NonNull;
use std::str::FromStr;
use std::time::Duration;

use wasmer::sys::vm::TrapCode as SysTrapCode;
use wasmer::sys::{BaseTunables, drain_stack_pool, get_stack_size, set_stack_size};
use wasmer::vm::{
    LinearMemory, TableElement, Trap, VMConfig as VmVMConfig, VMExceptionRef, VMGlobal,
    VMGlobalDefinition, VMMemory, VMMemoryDefinition, VMOwnedMemory, VMSharedMemory, VMTable,
    VMTableDefinition, VMTag,
};
use wasmer::{
    AtomicsError, BackendTrap, Bytes, CompileError, DeserializeError, Exception, Exportable,
    Extern, ExternRef, FrameInfo, Function, FunctionType, Global, GlobalType, ImportError,
    InstantiationError, LinkError, Memory, Memory32, Memory64, MemoryAccessError, MemoryError,
    MemoryLocation, MemoryOps, MemorySize, MemoryStyle, MemoryType, MemoryView, MiddlewareError,
    Mutability, PageCountOutOfRange, Pages, ParseCpuFeatureError, RawValue, RuntimeError,
    RuntimeErrorDisplay, SerializeError, SharedMemory, SourceLoc, Store, Table, TableStyle,
    TableType, Tag, TagKind, TagType, Target, TrapCode, Tunables, Type, UserAbort, VMConfig, Value,
    ValueType, WasmError, WasmPtr, WasmPtr64, WasmRef, WasmSlice, WasmSliceAccess, WasmSliceIter,
};
use wasmer_types::PreInstantiationError;
use wasmer_types::error::TrapCode as ErrorsTrapCode;

fn is_debug<T: Debug>() {}
fn is_error<T: Error + Send + Sync + 'static>() {}
fn is_type<T: Debug + Clone + PartialEq + Eq + Hash + Send + Sync>() {}
fn is_shown<T: Debug + Display>() {}
fn is_copy<T: Copy>() {}
fn is_handle<T: Clone + Debug + PartialEq + Eq + Send + Sync + Into<Extern>>() {}
fn is_exportable<T: for<'a> Exportable<'a>>() {}
fn from<A: Into<B>, B>() {}
fn try_from<A, B: TryFrom<A, Error = E>, E>() {}
fn is_value_type<T: ValueType>() {}
fn is_memory<T: LinearMemory + Into<VMMemory>>() {}
fn is_tunables<T: Tunables>() {}

/// Does not compile unless each expression, a path or a closure, is a function of its type.
macro_rules! signatures {
    ($($function:expr => $ty:ty;)*) => {$({ let _: $ty = $function; })*};
}

type Access<T> = Result<T, MemoryAccessError>;

#[test]
fn memories() {
    is_handle::<Memory>();
    is_exportable::<Memory>();
    signatures! {
        |s, ty| Memory::new(s, ty) => fn(&mut Store, MemoryType) -> Result<Memory, MemoryError>;
        |s, m| Memory::new_from_existing(s, m) => fn(&mut Store, VMMemory) -> Memory;
        |s, m| Memory::new_from_existing(s, m) => fn(&mut Store, VMSharedMemory) -> Memory;
        |m, s| m.ty(s) => fn(&Memory, &Store) -> MemoryType;
        |m, s| m.view(s) => for<'a> fn(&Memory, &'a Store) -> MemoryView<'a>;
        |m, s| m.size(s) => fn(&Memory, &Store) -> Pages;
        |m, s, d| m.grow(s, d) => fn(&Memory, &mut Store, u32) -> Result<Pages, MemoryError>;
        |m, s, d| m.grow(s, d) => fn(&Memory, &mut Store, Pages) -> Result<Pages, MemoryError>;
        |m, s, n| m.grow_at_least(s, n) => fn(&Memory, &mut Store, u64) -> Result<(), MemoryError>;
        |m, s| m.reset(s) => fn(&Memory, &mut Store) -> Result<(), MemoryError>;
        |m, s, t| m.copy_to_store(s, t) => fn(&Memory, &Store, &mut Store) -> Result<Memory, MemoryError>;
        |m, s, t| m.share_in_store(s, t) => fn(&Memory, &Store, &mut Store) -> Result<Memory, MemoryError>;
        |m, s| m.is_from_store(s) => fn(&Memory, &Store) -> bool;
        |m, s| m.copy(s) => fn(&Memory, &Store) -> Result<SharedMemory, MemoryError>;
        |m, s| m.as_shared(s) => fn(&Memory, &Store) -> Option<SharedMemory>;
        |m, s| m.try_clone(s) => fn(&Memory, &Store) -> Result<VMMemory, MemoryError>;
    }
    type View = MemoryView<'static>;
    is_debug::<View>();
    signatures! {
        MemoryView::data_ptr => fn(&View) -> *mut u8;
        MemoryView::data_size => fn(&View) -> u64;
        MemoryView::data_unchecked => unsafe fn(&View) -> & [u8];
        MemoryView::data_unchecked_mut => unsafe fn(&View) -> & mut [u8];
        MemoryView::size => fn(&View) -> Pages;
        MemoryView::read => fn(&View, u64, &mut [u8]) -> Access<()>;
        MemoryView::read_u8 => fn(&View, u64) -> Access<u8>;
        MemoryView::read_uninit => for<'b> fn(&View, u64, &'b mut [MaybeUninit<u8>]) -> Access<&'b mut [u8]>;
        MemoryView::write => fn(&View, u64, &[u8]) -> Access<()>;
        MemoryView::write_u8 => fn(&View, u64, u8) -> Access<()>;
        MemoryView::copy_to_vec => fn(&View) -> Access<Vec<u8>>;
        MemoryView::copy_range_to_vec => fn(&View, Range<u64>) -> Access<Vec<u8>>;
        |a, n, b| a.copy_to_memory(n, b) => for<'a> fn(&MemoryView<'a>, u64, &MemoryView<'a>) -> Access<()>;
        |a, from, to, n, b| a.copy_range_to_memory(from, to, n, b)
            => for<'a> fn(&MemoryView<'a>, u64, u64, u64, &MemoryView<'a>) -> Access<()>;
    }
}

#[test]
fn shared_memories() {
    is_debug::<SharedMemory>();
    is_type::<MemoryLocation>();
    from::<u32, MemoryLocation>();
    from::<SharedMemory, MemoryOps>();
    signatures! {
        |m, s| m.attach(s) => fn(SharedMemory, &mut Store) -> Memory;
        SharedMemory::ops => fn(&SharedMemory) -> MemoryOps;
        SharedMemory::memory => fn(&SharedMemory) -> &Memory;
        SharedMemory::notify => fn(&SharedMemory, MemoryLocation, u32) -> Result<u32, AtomicsError>;
        SharedMemory::wait => fn(&SharedMemory, MemoryLocation, Option<Duration>) -> Result<u32, AtomicsError>;
        SharedMemory::disable_atomics => fn(&SharedMemory) -> Result<(), MemoryError>;
        SharedMemory::wake_all_atomic_waiters => fn(&SharedMemory) -> Result<(), MemoryError>;
        MemoryOps::notify => fn(&MemoryOps, MemoryLocation, u32) -> Result<u32, AtomicsError>;
        MemoryOps::wait => fn(&MemoryOps, MemoryLocation, Option<Duration>) -> Result<u32, AtomicsError>;
        MemoryOps::disable_atomics => fn(&MemoryOps) -> Result<(), AtomicsError>;
        MemoryOps::wake_all_atomic_waiters => fn(&MemoryOps) -> Result<(), AtomicsError>;
        MemoryLocation::new_32 => fn(u32) -> MemoryLocation;
    }
}

#[test]
fn pointers() {
    type Ptr = WasmPtr<u32>;
    let _: fn(WasmPtr<u32, Memory64>) -> WasmPtr64<u32> = |pointer| pointer;
    signatures! {
        Ptr::new => fn(u32) -> Ptr;
        WasmPtr64::<u8>::new => fn(u64) -> WasmPtr64<u8>;
        Ptr::offset => fn(&Ptr) -> u32;
        Ptr::cast => fn(Ptr) -> WasmPtr<u8>;
        Ptr::null => fn() -> Ptr;
        Ptr::is_null => fn(&Ptr) -> bool;
        Ptr::add_offset => fn(Ptr, u32) -> Access<Ptr>;
        Ptr::sub_offset => fn(Ptr, u32) -> Access<Ptr>;
        |p, v| p.deref(v) => for<'a> fn(&Ptr, &'a MemoryView<'_>) -> WasmRef<'a, u32>;
        |p, v| p.read(v) => fn(&Ptr, &MemoryView<'_>) -> Access<u32>;
        |p, v, x| p.write(v, x) => fn(&Ptr, &MemoryView<'_>, u32) -> Access<()>;
        |p, v, n| p.slice(v, n) => for<'a> fn(&Ptr, &'a MemoryView<'_>, u32) -> Access<WasmSlice<'a, u32>>;
        |p, v, end| p.read_until(v, end) => fn(&Ptr, &MemoryView<'_>, fn(&u32) -> bool) -> Access<Vec<u32>>;
        |p, v, n| p.read_utf8_string(v, n) => fn(&WasmPtr<u8>, &MemoryView<'_>, u32) -> Access<String>;
        |p, v| p.read_utf8_string_with_nul(v) => fn(&WasmPtr<u8>, &MemoryView<'_>) -> Access<String>;
    }
    let _ = |pointer: Ptr, view: &MemoryView<'_>| -> Access<()> {
        let mut access = pointer.access(view)?;
        let (_, _): (&u32, &mut MaybeUninit<u32>) = (&access.read(), access.as_mut_uninit());
        access.write(1);
        Ok(())
    };
    type Ref<'a> = WasmRef<'a, u16>;
    signatures! {
        |v, at| WasmRef::new(v, at) => for<'a> fn(&'a MemoryView<'_>, u64) -> Ref<'a>;
        Ref::offset => fn(Ref<'static>) -> u64;
        Ref::as_ptr32 => fn(Ref<'static>) -> WasmPtr<u16>;
        Ref::as_ptr64 => fn(Ref<'static>) -> WasmPtr64<u16>;
        Ref::as_ptr::<Memory64> => fn(Ref<'static>) -> WasmPtr<u16, Memory64>;
        Ref::read => fn(Ref<'static>) -> Access<u16>;
        Ref::write => fn(Ref<'static>, u16) -> Access<()>;
    }
    type Slice<'a> = WasmSlice<'a, u16>;
    signatures! {
        |v, at, n| WasmSlice::new(v, at, n) => for<'a> fn(&'a MemoryView<'_>, u64, u64) -> Access<Slice<'a>>;
        Slice::offset => fn(Slice<'static>) -> u64;
        Slice::as_ptr32 => fn(Slice<'static>) -> WasmPtr<u16>;
        Slice::as_ptr64 => fn(Slice<'static>) -> WasmPtr64<u16>;
        Slice::len => fn(Slice<'static>) -> u64;
        Slice::is_empty => fn(Slice<'static>) -> bool;
        Slice::is_owned => fn(Slice<'static>) -> bool;
        Slice::index => fn(Slice<'static>, u64) -> WasmRef<'static, u16>;
        Slice::subslice => fn(Slice<'static>, Range<u64>) -> Slice<'static>;
        Slice::iter => fn(Slice<'static>) -> WasmSliceIter<'static, u16>;
        Slice::access => fn(Slice<'static>) -> Access<WasmSliceAccess<'static, u16>>;
        Slice::read => fn(Slice<'static>, u64) -> Access<u16>;
        Slice::write => fn(Slice<'static>, u64, u16) -> Access<()>;
        Slice::read_slice => fn(Slice<'static>, &mut [u16]) -> Access<()>;
        Slice::write_slice => fn(Slice<'static>, &[u16]) -> Access<()>;
        |s, b| s.read_slice_uninit(b) => for<'b> fn(Slice<'_>, &'b mut [MaybeUninit<u16>]) -> Access<&'b mut [u16]>;
        |s, b| s.read_to_slice(b) => fn(Slice<'_>, &mut [MaybeUninit<u8>]) -> Access<usize>;
        Slice::read_to_vec => fn(Slice<'static>) -> Access<Vec<u16>>;
        |s| s.read_to_bytes() => fn(Slice<'_>) -> Access<bytes::BytesMut>;
    }
    fn is_iterator<'a, I>()
    where
        I: DoubleEndedIterator + ExactSizeIterator<Item = WasmRef<'a, u8>>,
    {
    }
    is_iterator::<WasmSliceIter<'_, u8>>();
    is_copy::<Slice<'_>>();
    is_copy::<Ref<'_>>();
    is_debug::<Slice<'_>>();
    is_value_type::<WasmPtr<String>>();
    is_value_type::<[[bool; 3]; 2]>();
    is_value_type::<std::marker::PhantomData<String>>();
    signatures! {
        Memory32::offset_to_native => fn(u32) -> i32;
        Memory64::native_to_offset => fn(i64) -> u64;
        Memory32::is_64bit => fn() -> bool;
    }
}

#[test]
fn types() {
    is_type::<MemoryType>();
    is_type::<TableType>();
    is_type::<GlobalType>();
    is_type::<TagType>();
    is_type::<TagKind>();
    is_type::<Mutability>();
    is_type::<Type>();
    is_type::<MemoryStyle>();
    is_type::<TableStyle>();
    is_type::<Pages>();
    is_type::<Bytes>();
    is_shown::<MemoryType>();
    is_shown::<TableType>();
    is_shown::<GlobalType>();
    is_shown::<TagType>();
    is_shown::<Type>();
    from::<bool, Mutability>();
    from::<Mutability, bool>();
    from::<u32, Pages>();
    from::<Pages, Bytes>();
    from::<usize, Bytes>();
    from::<u32, Bytes>();
    try_from::<Bytes, Pages, PageCountOutOfRange>();
    is_error::<PageCountOutOfRange>();
    const PAGES: Pages = Pages::max_value();
    const BITS: usize = Type::FuncRef.bit_size(64);
    const STYLE: (Pages, u64) =
        (MemoryStyle::static_bound(), MemoryStyle::static_offset_guard_size());
    assert_eq!((PAGES, BITS, STYLE), (Pages(wasmer::WASM_MAX_PAGES), 64, (PAGES, 2 << 30)));
    assert_eq!((wasmer::WASM_MIN_PAGES, wasmer::WASM_PAGE_SIZE), (256u32, 65_536usize));
    assert_eq!(Bytes(5) - 1u32 + Pages(1), Bytes(65_540));
    assert_eq!(Pages(5) - Pages(1) - 1u32, Pages(3));
    let _ = MemoryStyle::Static { bound: Pages(1), offset_guard_size: 0 };
    signatures! {
        |a, b, c| MemoryType::new(a, b, c) => fn(Pages, Option<Pages>, bool) -> MemoryType;
        TableType::new => fn(Type, u32, Option<u32>) -> TableType;
        TableType::is_fixed_funcref_table => fn(&TableType) -> bool;
        GlobalType::new => fn(Type, Mutability) -> GlobalType;
        Mutability::is_mutable => fn(Mutability) -> bool;
        |kind, params| TagType::new(kind, params) => fn(TagKind, Vec<Type>) -> TagType;
        TagType::from_fn_type => fn(TagKind, FunctionType) -> TagType;
        TagType::params => fn(&TagType) -> &[Type];
        Type::is_num => fn(Type) -> bool;
        Type::is_ref => fn(Type) -> bool;
        Pages::checked_add => fn(Pages, Pages) -> Option<Pages>;
        Pages::bytes => fn(Pages) -> Bytes;
        Pages::from_bytes_rounded_up => fn(u64) -> Option<Pages>;
        MemoryStyle::offset_guard_size => fn(&MemoryStyle) -> u64;
    }
}

#[test]
fn globals_tables_and_tags() {
    is_handle::<Global>();
    is_exportable::<Global>();
    is_handle::<Table>();
    is_exportable::<Table>();
    is_handle::<Tag>();
    is_exportable::<Tag>();
    signatures! {
        |s, v| Global::new(s, v) => fn(&mut Store, Value) -> Global;
        |s, v| Global::new_mut(s, v) => fn(&mut Store, Value) -> Global;
        |g, s| g.ty(s) => fn(&Global, &Store) -> GlobalType;
        |g, s| g.get(s) => fn(&Global, &mut Store) -> Value;
        |g, s, v| g.set(s, v) => fn(&Global, &mut Store, Value) -> Result<(), RuntimeError>;
        |g, s| g.is_from_store(s) => fn(&Global, &Store) -> bool;
        |s, ty, v| Table::new(s, ty, v) => fn(&mut Store, TableType, Value) -> Result<Table, RuntimeError>;
        |t, s| t.ty(s) => fn(&Table, &Store) -> TableType;
        |t, s, i| t.get(s, i) => fn(&Table, &mut Store, u32) -> Option<Value>;
        |t, s, i, v| t.set(s, i, v) => fn(&Table, &mut Store, u32, Value) -> Result<(), RuntimeError>;
        |t, s| t.size(s) => fn(&Table, &Store) -> u32;
        |t, s, n, v| t.grow(s, n, v) => fn(&Table, &mut Store, u32, Value) -> Result<u32, RuntimeError>;
        |s, a, i, b, j, n| Table::copy(s, a, i, b, j, n)
            => fn(&mut Store, &Table, u32, &Table, u32, u32) -> Result<(), RuntimeError>;
        |t, s| t.is_from_store(s) => fn(&Table, &Store) -> bool;
        |s, params| Tag::new(s, params) => fn(&mut Store, Box<[Type]>) -> Tag;
        |t, s| t.ty(s) => fn(&Tag, &Store) -> TagType;
        |t, s| t.is_from_store(s) => fn(&Tag, &Store) -> bool;
    }
}

#[test]
fn values_and_references() {
    fn is_value<T: Clone + Debug + Display + PartialEq + Send + Sync>() {}
    is_value::<Value>();
    fn is_reference<T: Clone + Debug + Send + Sync + Into<Value>>() {}
    is_reference::<ExternRef>();
    is_reference::<Function>();
    is_reference::<Exception>();
    macro_rules! converts {
        ($($ty:ty)*) => {$( from::<$ty, Value>(); try_from::<Value, $ty, &'static str>(); )*};
    }
    converts! { i32 u32 i64 u64 f32 f64 Option<Function> Option<ExternRef> Option<Exception> }
    macro_rules! raw {
        ($($ty:ty)*) => {$( assert_eq!(RawValue::default(), 0 as $ty); )*};
    }
    raw! { i32 u32 i64 u64 f32 f64 i128 u128 }
    from::<f64, RawValue>();
    signatures! {
        Value::null => fn() -> Value;
        Value::ty => fn(&Value) -> Type;
        |v, s| v.as_raw(s) => fn(&Value, &Store) -> RawValue;
        |v, s| v.is_from_store(s) => fn(&Value, &Store) -> bool;
        Value::i32 => fn(&Value) -> Option<i32>;
        Value::unwrap_i64 => fn(&Value) -> i64;
        Value::f32 => fn(&Value) -> Option<f32>;
        Value::unwrap_f64 => fn(&Value) -> f64;
        Value::v128 => fn(&Value) -> Option<u128>;
        Value::externref => fn(&Value) -> Option<&Option<ExternRef>>;
        Value::unwrap_funcref => fn(&Value) -> &Option<Function>;
        |s, v| ExternRef::new(s, v) => fn(&mut Store, String) -> ExternRef;
        |r, s| r.downcast(s) => for<'a> fn(&ExternRef, &'a Store) -> Option<&'a String>;
        |r, s| r.is_from_store(s) => fn(&ExternRef, &Store) -> bool;
        ExternRef::ptr_eq => fn(&ExternRef, &ExternRef) -> bool;
        |s, t, p| Exception::new(s, t, p) => fn(&mut Store, &Tag, &[Value]) -> Exception;
        |e, s| e.is_from_store(s) => fn(&Exception, &Store) -> bool;
        |e, s| e.tag(s) => fn(&Exception, &Store) -> Tag;
        |e, s| e.payload(s) => fn(&Exception, &mut Store) -> Vec<Value>;
        Exception::vm_exceptionref => fn(&Exception) -> VMExceptionRef;
        Exception::from_vm_exceptionref => fn(VMExceptionRef) -> Exception;
    }
    let _ = |store: &mut Store, raw| {
        // SAFETY: it is not called.
        unsafe { Value::from_raw(store, Type::I32, raw) }
    };
}

#[test]
fn errors() {
    is_error::<RuntimeError>();
    is_error::<InstantiationError>();
    is_error::<LinkError>();
    is_error::<ImportError>();
    is_error::<CompileError>();
    is_error::<WasmError>();
    is_error::<MiddlewareError>();
    is_error::<SerializeError>();
    is_error::<DeserializeError>();
    is_error::<MemoryError>();
    is_error::<AtomicsError>();
    is_error::<ParseCpuFeatureError>();
    is_error::<PreInstantiationError>();
    is_error::<MemoryAccessError>();
    is_error::<TrapCode>();
    is_error::<BackendTrap>();
    is_type::<MemoryError>();
    is_type::<AtomicsError>();
    is_type::<TrapCode>();
    is_copy::<AtomicsError>();
    is_copy::<MemoryAccessError>();
    is_copy::<SourceLoc>();
    is_shown::<SourceLoc>();
    from::<MemoryAccessError, RuntimeError>();
    from::<Box<dyn Error + Send + Sync>, RuntimeError>();
    from::<Trap, RuntimeError>();
    from::<Trap, BackendTrap>();
    from::<std::string::FromUtf8Error, MemoryAccessError>();
    from::<WasmError, CompileError>();
    from::<UserAbort, CompileError>();
    from::<MiddlewareError, CompileError>();
    from::<MiddlewareError, WasmError>();
    from::<std::io::Error, SerializeError>();
    from::<std::io::Error, DeserializeError>();
    from::<CompileError, DeserializeError>();
    fn parses<T: FromStr<Err = ()>>() {}
    parses::<TrapCode>();
    let _: (ErrorsTrapCode, SysTrapCode) = (TrapCode::HostInterrupt, TrapCode::BadSignature);
    assert_eq!(TrapCode::ReadonlyTableModified as u32, 15);
    signatures! {
        |m| RuntimeError::new(m) => fn(&str) -> RuntimeError;
        |t, frames, code| RuntimeError::new_from_source(t, frames, code)
            => fn(Trap, Vec<FrameInfo>, Option<TrapCode>) -> RuntimeError;
        |t, frames, code| RuntimeError::new_from_source(t, frames, code)
            => fn(BackendTrap, Vec<FrameInfo>, Option<TrapCode>) -> RuntimeError;
        RuntimeError::user => fn(Box<dyn Error + Send + Sync>) -> RuntimeError;
        |s, e| RuntimeError::exception(s, e) => fn(&Store, Exception) -> RuntimeError;
        RuntimeError::message => fn(&RuntimeError) -> String;
        RuntimeError::trace => fn(&RuntimeError) -> &[FrameInfo];
        RuntimeError::to_trap => fn(RuntimeError) -> Option<TrapCode>;
        RuntimeError::downcast::<fmt::Error> => fn(RuntimeError) -> Result<fmt::Error, RuntimeError>;
        RuntimeError::downcast_ref::<fmt::Error> => fn(&RuntimeError) -> Option<&fmt::Error>;
        RuntimeError::is::<fmt::Error> => fn(&RuntimeError) -> bool;
        RuntimeError::is_exception => fn(&RuntimeError) -> bool;
        RuntimeError::to_exception => fn(&RuntimeError) -> Option<Exception>;
        |e, s| e.display(s) => for<'a> fn(&'a RuntimeError, &'a mut Store) -> RuntimeErrorDisplay<'a>;
        RuntimeError::write_trace => fn(&[FrameInfo], &mut fmt::Formatter<'_>) -> fmt::Result;
        BackendTrap::user => fn(Box<dyn Error + Send + Sync>) -> RuntimeError;
        BackendTrap::downcast::<fmt::Error> => fn(BackendTrap) -> Result<fmt::Error, BackendTrap>;
        BackendTrap::to_exception => fn(&BackendTrap) -> Option<Exception>;
        FrameInfo::new => fn(String, u32, Option<String>, SourceLoc, SourceLoc) -> FrameInfo;
        TrapCode::message => fn(&TrapCode) -> &str;
        |name, message| MiddlewareError::new(name, message) => fn(&str, String) -> MiddlewareError;
    }
    let missing = PreInstantiationError::CpuFeature("{AVX512F}".to_owned());
    assert_eq!(missing.to_string(), r#"missing required CPU features: "{AVX512F}""#);
    let error = InstantiationError::from(missing);
    assert!(matches!(error, InstantiationError::CpuFeature(missing) if missing == "{AVX512F}"));
}

#[test]
fn tunables_and_objects_of_the_virtual_machine() {
    type Place = NonNull<VMMemoryDefinition>;
    is_tunables::<BaseTunables>();
    is_tunables::<Box<dyn Tunables + Send + Sync>>();
    is_tunables::<std::sync::Arc<dyn Tunables + Send + Sync>>();
    is_memory::<VMOwnedMemory>();
    is_memory::<VMSharedMemory>();
    is_memory::<VMMemory>();
    from::<Box<dyn LinearMemory>, VMMemory>();
    fn is_cloned<T: Clone + Send + Sync>() {}
    is_cloned::<VMSharedMemory>();
    is_cloned::<BaseTunables>();
    let _: VmVMConfig = VMConfig { wasm_stack_size: Some(1 << 20) };
    let _: BaseTunables = BaseTunables {
        static_memory_bound: Pages(1),
        static_memory_offset_guard_size: 0,
        dynamic_memory_offset_guard_size: 0,
    };
    let _: (fn(usize), fn() -> usize, fn()) = (set_stack_size, get_stack_size, drain_stack_pool);
    signatures! {
        BaseTunables::new => fn() -> BaseTunables;
        BaseTunables::for_target => fn(&Target) -> BaseTunables;
        <BaseTunables as Tunables>::vmconfig => fn(&BaseTunables) -> &VMConfig;
        <BaseTunables as Tunables>::create_global => fn(&BaseTunables, GlobalType) -> Result<VMGlobal, String>;
        <BaseTunables as Tunables>::create_tag => fn(&BaseTunables, TagKind, FunctionType) -> Result<VMTag, String>;
        <BaseTunables as Tunables>::create_vm_global
            => unsafe fn(&BaseTunables, GlobalType, NonNull<VMGlobalDefinition>) -> Result<VMGlobal, String>;
        VMMemory::new => fn(&MemoryType, &MemoryStyle) -> Result<VMMemory, MemoryError>;
        VMMemory::from_definition => unsafe fn(&MemoryType, &MemoryStyle, Place) -> Result<VMMemory, MemoryError>;
        VMMemory::get_runtime_size => fn(&VMMemory) -> u32;
        VMMemory::copy => fn(&mut VMMemory) -> Result<Box<dyn LinearMemory>, MemoryError>;
        VMOwnedMemory::new => fn(&MemoryType, &MemoryStyle) -> Result<VMOwnedMemory, MemoryError>;
        VMOwnedMemory::from_definition
            => unsafe fn(&MemoryType, &MemoryStyle, Place) -> Result<VMOwnedMemory, MemoryError>;
        VMOwnedMemory::to_shared => fn(VMOwnedMemory) -> VMSharedMemory;
        VMOwnedMemory::copy => fn(&VMOwnedMemory) -> Result<VMOwnedMemory, MemoryError>;
        VMSharedMemory::new => fn(&MemoryType, &MemoryStyle) -> Result<VMSharedMemory, MemoryError>;
        VMSharedMemory::copy => fn(&VMSharedMemory) -> Result<VMSharedMemory, MemoryError>;
        <VMSharedMemory as LinearMemory>::as_shared => fn(&VMSharedMemory) -> Result<VMSharedMemory, MemoryError>;
        <VMMemory as LinearMemory>::try_clone => fn(&VMMemory) -> Result<Box<dyn LinearMemory>, MemoryError>;
        <VMMemory as LinearMemory>::vmmemory => fn(&VMMemory) -> Place;
        VMTable::new => fn(&TableType, &TableStyle) -> Result<VMTable, String>;
        VMTable::from_definition
            => unsafe fn(&TableType, &TableStyle, NonNull<VMTableDefinition>) -> Result<VMTable, String>;
        VMTable::ty => fn(&VMTable) -> &TableType;
        VMTable::style => fn(&VMTable) -> &TableStyle;
        VMTable::grow => fn(&mut VMTable, u32, TableElement) -> Option<u32>;
        VMTable::get => fn(&VMTable, u32) -> Option<TableElement>;
        VMTable::set => fn(&mut VMTable, u32, TableElement) -> Result<(), Trap>;
        VMTable::copy => fn(&mut VMTable, &VMTable, u32, u32, u32) -> Result<(), Trap>;
        VMTable::copy_within => fn(&mut VMTable, u32, u32, u32) -> Result<(), Trap>;
        VMTable::copy_on_write => fn(&VMTable) -> Result<VMTable, String>;
        VMGlobal::new => fn(GlobalType) -> VMGlobal;
        VMGlobal::new_instance => unsafe fn(GlobalType, NonNull<VMGlobalDefinition>) -> VMGlobal;
        VMGlobal::ty => fn(&VMGlobal) -> &GlobalType;
        VMGlobal::copy_on_write => fn(&VMGlobal) -> VMGlobal;
    }
}
