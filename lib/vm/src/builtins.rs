//! The functions that compiled code calls in the runtime.
//!
//! The list is [`for_each_builtin!`](wasmer_types::for_each_builtin); from each row this file makes an entry
//! point with the stub of host functions, and an entry in the table that VM contexts point to. What a builtin
//! does is a function of the same name in [`semantics`]. It may do no more to what compiled code sees than its row says
//! ([`wasmer_types::BuiltinEffect`]).

use std::ptr::NonNull;

use wasmer_types::{BuiltinFunction, for_each_builtin};

use crate::host::host_call;
use crate::host_entry;
use crate::instance::VMInstance;
use crate::vmcontext::VMContext;

/// The Rust type of a [`wasmer_types::BuiltinType`].
macro_rules! rust_type {
    (I32) => {
        u32
    };
    (I64) => {
        u64
    };
    (F32) => {
        f32
    };
    (F64) => {
        f64
    };
    (Ref) => {
        usize
    };
    () => {
        ()
    };
}

macro_rules! define_builtins {
    ($($(#[$doc:meta])*
        ($name:ident ($($param:ident: $ty:ident),*) -> ($($result:ident)?), $effect:expr)
    )*) => {
        /// What compiled code calls.
        mod entry {
            use super::*;

            $(#[unsafe(naked)]
            pub(super) unsafe extern "C" fn $name(
                _vmctx: NonNull<VMContext>,
                $($param: rust_type!($ty)),*
            ) -> rust_type!($($result)?) {
                host_entry!(super::body::$name)
            })*
        }

        /// What goes on behind the stubs.
        mod body {
            use super::*;

            $(pub(super) unsafe extern "C" fn $name(
                vmctx: NonNull<VMContext>,
                $($param: rust_type!($ty)),*
            ) -> rust_type!($($result)?) {
                // SAFETY: compiled code passes its VM context, and runs inside of `enter`. The stub is a host
                // entry, and nothing here owns anything.
                unsafe {
                    let instance = VMInstance::of(vmctx);
                    host_call(instance.store(), || semantics::$name(instance, $($param),*))
                }
            })*
        }

        /// Entry points by [`BuiltinFunction::index`].
        static TABLE: Table = Table([$(entry::$name as *const ()),*]);
    };
}
for_each_builtin!(define_builtins);

struct Table([*const (); BuiltinFunction::ALL.len()]);

// SAFETY: the pointers are those of functions.
unsafe impl Sync for Table {}

/// The table of entry points for VM contexts.
pub(crate) fn table() -> *const () {
    TABLE.0.as_ptr().cast()
}

/// What the builtins do. Those that trap return the trap.
mod semantics {
    use std::time::Duration;

    use wasmer_types::{
        AtomicsError, DataIndex, ElemIndex, FunctionIndex, MemoryIndex, Pages, SignatureIndex,
        TableIndex, TrapCode,
    };

    use super::VMInstance;
    use crate::interrupt;
    use crate::memory::bulk::Bytes;
    use crate::memory::{ExpectedValue, LinearMemory, NotifyLocation, WaiterError};
    use crate::settings::StoreSettings;
    use crate::trap::Trap;

    type Result<T> = std::result::Result<T, Trap>;

    /// The failure of `grow` operators.
    const FAILED: u64 = u64::MAX;

    pub(super) fn memory_grow(instance: &VMInstance, memory: u32, delta: u64) -> Result<u64> {
        let Ok(delta) = u32::try_from(delta) else { return Ok(FAILED) };
        // SAFETY: memories live as long as the store, and nobody else uses this one during the call.
        let memory = unsafe { instance.memory(MemoryIndex::from_u32(memory)).as_mut() };
        // SAFETY: the store is alive as long as its code runs.
        let limits = unsafe { &StoreSettings::of(instance.store()).limits };
        Ok(limits.grow_memory(memory, Pages(delta)).map_or(FAILED, |old| old.0.into()))
    }

    pub(super) fn memory_fill(
        instance: &VMInstance,
        memory: u32,
        start: u64,
        value: u32,
        len: u64,
    ) -> Result<()> {
        Ok(instance.bytes(MemoryIndex::from_u32(memory)).fill(start, value as u8, len)?)
    }

    pub(super) fn memory_copy(
        instance: &VMInstance,
        to_memory: u32,
        from_memory: u32,
        to: u64,
        from: u64,
        len: u64,
    ) -> Result<()> {
        let source = instance.bytes(MemoryIndex::from_u32(from_memory));
        Ok(instance.bytes(MemoryIndex::from_u32(to_memory)).copy_from(to, source, from, len)?)
    }

    pub(super) fn memory_init(
        instance: &VMInstance,
        memory: u32,
        segment: u32,
        to: u64,
        from: u32,
        len: u32,
    ) -> Result<()> {
        let (memory, segment) = (MemoryIndex::from_u32(memory), DataIndex::from_u32(segment));
        Ok(instance.memory_init(memory, segment, to, from, len)?)
    }

    pub(super) fn data_drop(instance: &VMInstance, segment: u32) -> Result<()> {
        instance.data_drop(DataIndex::from_u32(segment));
        Ok(())
    }

    pub(super) fn memory_atomic_notify(
        instance: &VMInstance,
        memory: u32,
        address: u64,
        count: u32,
    ) -> Result<u32> {
        let memory = MemoryIndex::from_u32(memory);
        instance.bytes(memory).check_atomic(address, 4)?;
        // SAFETY: memories live as long as the store.
        let memory = unsafe { instance.memory(memory).as_ref() };
        match memory.thread_conditions() {
            // Nobody can wait on a memory that is not shared.
            None => Ok(0),
            Some(conditions) => {
                conditions.notify(NotifyLocation { address }, count).map_err(not_possible)
            }
        }
    }

    pub(super) fn memory_atomic_wait32(
        instance: &VMInstance,
        memory: u32,
        address: u64,
        expected: u32,
        timeout: u64,
    ) -> Result<u32> {
        wait(instance, memory, address, ExpectedValue::U32(expected), timeout)
    }

    pub(super) fn memory_atomic_wait64(
        instance: &VMInstance,
        memory: u32,
        address: u64,
        expected: u64,
        timeout: u64,
    ) -> Result<u32> {
        wait(instance, memory, address, ExpectedValue::U64(expected), timeout)
    }

    fn wait(
        instance: &VMInstance,
        memory: u32,
        address: u64,
        expected: ExpectedValue,
        timeout: u64,
    ) -> Result<u32> {
        let size = match expected {
            ExpectedValue::U32(_) => 4,
            ExpectedValue::U64(_) => 8,
        };
        let index = MemoryIndex::from_u32(memory);
        let at = instance.bytes(index).check_atomic(address, size)?;
        // SAFETY: memories live as long as the store.
        let memory = unsafe { instance.memory(index).as_ref() };
        let Some(conditions) = memory.thread_conditions() else {
            return Err(TrapCode::ExpectedSharedMemory.into());
        };
        let timeout = u64::try_from(timeout as i64).ok().map(Duration::from_nanos);
        // SAFETY: the store is alive as long as its code runs.
        let interrupted = unsafe { &(*instance.store().as_ptr()).interrupted };
        let is_expected = || Bytes::is_expected(at, expected);
        let location = NotifyLocation { address };
        match conditions.wait(location, timeout, Some(interrupted), is_expected) {
            Ok(outcome) => Ok(outcome),
            Err(WaiterError::Interrupted) => {
                interrupt::take(interrupted);
                Err(TrapCode::HostInterrupt.into())
            }
            Err(error) => Err(not_possible(error)),
        }
    }

    /// The error as hosts know it.
    fn not_possible(error: WaiterError) -> Trap {
        Trap::user(AtomicsError::from(error))
    }

    pub(super) fn table_grow(
        instance: &VMInstance,
        table: u32,
        delta: u64,
        value: usize,
    ) -> Result<u64> {
        // SAFETY: tables live as long as the store, and nobody else uses this one during the call.
        let table = unsafe { instance.table(TableIndex::from_u32(table)).as_mut() };
        // SAFETY: the store is alive as long as its code runs.
        let limits = unsafe { &StoreSettings::of(instance.store()).limits };
        Ok(limits.grow_table_raw(table, delta, value).map_or(FAILED, u64::from))
    }

    pub(super) fn table_fill(
        instance: &VMInstance,
        table: u32,
        start: u64,
        value: usize,
        len: u64,
    ) -> Result<()> {
        Ok(instance.table_ref(TableIndex::from_u32(table)).fill(start, value, len)?)
    }

    pub(super) fn table_copy(
        instance: &VMInstance,
        to_table: u32,
        from_table: u32,
        to: u64,
        from: u64,
        len: u64,
    ) -> Result<()> {
        let source = instance.table_ref(TableIndex::from_u32(from_table));
        Ok(instance.table_ref(TableIndex::from_u32(to_table)).copy_from(to, source, from, len)?)
    }

    pub(super) fn table_init(
        instance: &VMInstance,
        table: u32,
        segment: u32,
        to: u64,
        from: u32,
        len: u32,
    ) -> Result<()> {
        let (table, segment) = (TableIndex::from_u32(table), ElemIndex::from_u32(segment));
        Ok(instance.table_init(table, segment, to, from, len)?)
    }

    pub(super) fn elem_drop(instance: &VMInstance, segment: u32) -> Result<()> {
        instance.elem_drop(ElemIndex::from_u32(segment));
        Ok(())
    }

    pub(super) fn table_resolve(instance: &VMInstance, table: u32, index: u64) -> Result<usize> {
        let table = instance.table_ref(TableIndex::from_u32(table));
        table.check_range(index, 1)?;
        Ok(table.read(index as usize))
    }

    pub(super) fn table_callee(
        instance: &VMInstance,
        table: u32,
        signature: u32,
        index: u64,
    ) -> Result<usize> {
        let table = instance.table_ref(TableIndex::from_u32(table));
        table.check_range(index, 1)?;
        let type_id = instance.type_id(SignatureIndex::from_u32(signature));
        // SAFETY: a table refers to what is in its store, which is alive as long as its code runs.
        Ok(unsafe { table.callee(index as usize, type_id) }?)
    }

    pub(super) fn ref_func(instance: &VMInstance, function: u32) -> Result<usize> {
        let function = FunctionIndex::from_u32(function);
        Ok(instance.func_ref(function).as_ptr().expose_provenance())
    }

    pub(super) fn raise_trap(_: &VMInstance, code: u32) -> Result<()> {
        let known = u8::try_from(code).ok().and_then(TrapCode::from_u8);
        Err(known.unwrap_or(TrapCode::UnreachableCodeReached).into())
    }

    macro_rules! arithmetic {
        ($($name:ident($($arg:ident),*): $ty:ident = $value:expr;)*) => {$(
            pub(super) fn $name(_: &VMInstance, $($arg: $ty),*) -> Result<$ty> {
                Ok($value)
            }
        )*};
    }

    /// The result of rounding: what the library does not have to do is to make a NaN quiet, as arithmetic on
    /// it does (WebAssembly 3.0, §4.3.3 *NaN propagation*).
    macro_rules! rounded {
        ($x:ident $ty:ident $round:ident) => {
            if $x.is_nan() {
                const QUIET: u32 = $ty::MANTISSA_DIGITS - 2;
                $ty::from_bits($x.to_bits() | 1 << QUIET)
            } else {
                $x.$round()
            }
        };
    }

    arithmetic! {
        f32_ceil(x): f32 = rounded!(x f32 ceil);
        f32_floor(x): f32 = rounded!(x f32 floor);
        f32_trunc(x): f32 = rounded!(x f32 trunc);
        f32_nearest(x): f32 = rounded!(x f32 round_ties_even);
        f64_ceil(x): f64 = rounded!(x f64 ceil);
        f64_floor(x): f64 = rounded!(x f64 floor);
        f64_trunc(x): f64 = rounded!(x f64 trunc);
        f64_nearest(x): f64 = rounded!(x f64 round_ties_even);
        f32_fma(a, b, c): f32 = a.mul_add(b, c);
        f64_fma(a, b, c): f64 = a.mul_add(b, c);
    }
}
