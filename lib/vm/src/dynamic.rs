//! Calls of which the types are only known at run time, in both directions.
//!
//! The C ABI puts arguments into registers by their class and the rest on the stack. A [`CallShape`] says for
//! a function type where each value goes, as an offset in an *image*: the argument registers, a gap as large
//! as a frame record, and the stack arguments. One stub per direction turns an image into a call and back.
//!
//! ```text
//! ┌───────────────────┬──────────────────┬────────────┬─────────────────┐
//! │ general registers │ vector registers │ (16 bytes) │ stack arguments │
//! └───────────────────┴──────────────────┴────────────┴─────────────────┘
//! 0                   VECTORS                         STACK_ARGUMENTS
//! ```
//!
//! System V x86-64 ABI §3.2.3 and AAPCS64 §6.8.2; for the classes that wasm has, both say the same but for
//! the numbers of registers: classes are counted separately, stack arguments take 8 bytes each, or 16,
//! aligned, for a vector.

use std::fmt;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use wasmer_types::{FunctionType, RawValue, Type};

use crate::arch::{self, INTEGER_REGISTERS, STACK_ARGUMENTS, VECTOR_REGISTERS, VECTORS};
use crate::coroutine::wait_for;
use crate::host::host_call;
use crate::trap::Trap;
use crate::type_registry::RegisteredType;
use crate::vmcontext::{VMFuncRef, VMHostContext, VMStoreContext};

/// How many bytes of a register or slot a value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    W4,
    W8,
    W16,
}

/// Whether a value travels in general or in vector registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Integer,
    Vector,
}

/// How a value is passed.
const fn classify(ty: Type) -> (Class, Width) {
    match ty {
        Type::I32 => (Class::Integer, Width::W4),
        Type::I64 | Type::ExternRef | Type::FuncRef | Type::ExceptionRef => {
            (Class::Integer, Width::W8)
        }
        Type::F32 => (Class::Vector, Width::W4),
        Type::F64 => (Class::Vector, Width::W8),
        Type::V128 => (Class::Vector, Width::W16),
    }
}

/// Where a parameter lies in the image.
#[derive(Clone, Copy, Debug)]
struct Slot {
    offset: u32,
    width: Width,
}

/// Where results are returned.
#[derive(Clone, Debug)]
enum Results {
    None,
    /// In the first register of the class.
    One(Class, Width),
    /// In a return area, of which the address follows the VM context.
    Area(Box<[Width]>),
}

/// How the C ABI passes the values of a function type.
#[derive(Clone, Debug)]
pub struct CallShape {
    params: Box<[Slot]>,
    results: Results,
    /// Bytes of the image, a multiple of 16.
    image_size: u32,
}

impl CallShape {
    /// The shape of calls to functions of type `ty`.
    pub fn new(ty: &FunctionType) -> Self {
        let results = match ty.results() {
            [] => Results::None,
            &[ty] => {
                let (class, width) = classify(ty);
                Results::One(class, width)
            }
            several => Results::Area(several.iter().map(|&ty| classify(ty).1).collect()),
        };
        // The VM context and the return area come first.
        let mut integers = 1 + matches!(results, Results::Area(_)) as usize;
        let mut vectors = 0;
        let mut stack = STACK_ARGUMENTS;
        let mut place = |&ty: &Type| {
            let (class, width) = classify(ty);
            let (used, registers, start, size) = match class {
                Class::Integer => (&mut integers, INTEGER_REGISTERS, 0, 8),
                Class::Vector => (&mut vectors, VECTOR_REGISTERS, VECTORS, 16),
            };
            let offset = if *used < registers {
                *used += 1;
                start + (*used - 1) * size
            } else {
                let size = if width == Width::W16 { 16 } else { 8 };
                let offset = stack.next_multiple_of(size);
                stack = offset + size;
                offset
            };
            Slot { offset: offset as u32, width }
        };
        let params = ty.params().iter().map(&mut place).collect();
        Self { params, results, image_size: stack.next_multiple_of(16) as u32 }
    }

    /// How many values the array of a call must hold: the larger of the numbers of parameters and results.
    #[inline]
    pub fn values(&self) -> usize {
        let results = match &self.results {
            Results::None => 0,
            Results::One(..) => 1,
            Results::Area(widths) => widths.len(),
        };
        self.params.len().max(results)
    }
}

impl Width {
    /// Reads a value; what the slot holds behind it is not part of it.
    ///
    /// # Safety
    ///
    /// `from` points to as many readable bytes.
    #[inline]
    unsafe fn read(self, from: *const u8) -> RawValue {
        // SAFETY: as for the caller.
        unsafe {
            match self {
                Self::W4 => from.cast::<u32>().read_unaligned().into(),
                Self::W8 => from.cast::<u64>().read_unaligned().into(),
                Self::W16 => from.cast::<u128>().read_unaligned().into(),
            }
        }
    }

    /// Writes a value to a register or slot, zero-extended to 8 bytes.
    ///
    /// # Safety
    ///
    /// `to` points to 16 writable bytes for [`Width::W16`], to 8 otherwise.
    #[inline]
    unsafe fn write(self, value: RawValue, to: *mut u8) {
        // SAFETY: as for the caller.
        unsafe {
            match self {
                Self::W4 => to.cast::<u64>().write_unaligned(value.as_u32().into()),
                Self::W8 => to.cast::<u64>().write_unaligned(value.as_u64()),
                Self::W16 => to.cast::<u128>().write_unaligned(value.as_u128()),
            }
        }
    }
}

/// The registers that a result is returned in.
#[repr(C, align(16))]
pub(crate) struct ResultRegisters {
    integer: [u8; 16],
    vector: [u8; 16],
}

impl ResultRegisters {
    const ZERO: Self = Self { integer: [0; 16], vector: [0; 16] };

    fn of(&mut self, class: Class) -> &mut [u8; 16] {
        match class {
            Class::Integer => &mut self.integer,
            Class::Vector => &mut self.vector,
        }
    }
}

/// What [`fill_image`] writes.
pub(crate) struct DynamicCall<'a> {
    shape: &'a CallShape,
    vmctx: *mut (),
    values: *mut RawValue,
}

/// Calls a function: its arguments are the first of `values`, and its results replace them from the start.
///
/// # Panics
///
/// When there are fewer than [`CallShape::values`] values.
///
/// # Safety
///
/// It is called inside [`crate::enter`] for the store of `func`, which is live and of the type of `shape`,
/// with arguments of its types; references among them belong to that store.
#[inline]
pub unsafe fn call_dynamic(func: NonNull<VMFuncRef>, shape: &CallShape, values: &mut [RawValue]) {
    assert!(values.len() >= shape.values(), "too few values for a call");
    let values = values.as_mut_ptr();
    let mut registers = ResultRegisters::ZERO;
    // SAFETY: the image has the size that the shape asks for, and the caller answers for the rest.
    unsafe {
        let call = DynamicCall { shape, vmctx: (*func.as_ptr()).vmctx.cast(), values };
        arch::call_with_image(&call, func.as_ptr(), &mut registers, shape.image_size as usize);
    }
    match &shape.results {
        Results::None => {}
        // SAFETY: there is room for a result, and a register has the bytes of every width.
        &Results::One(class, width) => unsafe {
            values.write(width.read(registers.of(class).as_ptr()));
        },
        Results::Area(widths) => {
            for (index, width) in widths.iter().enumerate() {
                // SAFETY: the values are the return area, and there are as many as results. The callee has
                // left what was in the slots behind narrow results.
                unsafe {
                    let slot = values.add(index);
                    slot.write(width.read(slot.cast()));
                }
            }
        }
    }
}

/// Writes the arguments of a call to `image`.
pub(crate) unsafe extern "C" fn fill_image(image: *mut u8, call: &DynamicCall<'_>) {
    // SAFETY: the image is as large as the shape says, and there is a value for each parameter.
    unsafe {
        image.cast::<*mut ()>().write(call.vmctx);
        if matches!(call.shape.results, Results::Area(_)) {
            image.cast::<*mut RawValue>().add(1).write(call.values);
        }
        for (index, slot) in call.shape.params.iter().enumerate() {
            slot.width.write(call.values.add(index).read(), image.add(slot.offset as usize));
        }
    }
}

/// A host function of which the type is only known at run time. Its context's `data` points to this, and its
/// entry point is [`dynamic_host_entry`].
pub struct DynamicHostFunction {
    ty: Arc<RegisteredType>,
    function: DynamicFunction,
}

/// What a dynamic host function does.
enum DynamicFunction {
    /// Takes arguments from the start of the array and leaves results there.
    Returns(Box<Returns>),
    /// Takes arguments and makes a task.
    Waits(Box<Waits>),
}

type Returns = dyn Fn(NonNull<VMStoreContext>, &mut [RawValue]) -> Result<(), Trap> + Send + Sync;
type Waits = dyn Fn(NonNull<VMStoreContext>, &[RawValue]) -> Result<Task, Trap> + Send + Sync;

/// What a dynamic host function waits for: see [`DynamicHostFunction::new_waiting`].
pub type Task = Pin<Box<dyn DynamicTask>>;

/// A future that has the results of a host function when it is ready.
pub trait DynamicTask: Future<Output = ()> {
    /// Writes the results to the start of the array. It is called once, when the future is ready.
    ///
    /// # Errors
    ///
    /// Why the host function fails.
    fn finish(
        self: Pin<&mut Self>,
        store: NonNull<VMStoreContext>,
        results: &mut [RawValue],
    ) -> Result<(), Trap>;
}

impl DynamicHostFunction {
    /// A host function of type `ty`. The array that `function` gets has room for the arguments and for the
    /// results; those of its values that are not arguments are 0.
    pub fn new(
        ty: Arc<RegisteredType>,
        function: impl Fn(NonNull<VMStoreContext>, &mut [RawValue]) -> Result<(), Trap>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { ty, function: DynamicFunction::Returns(Box::new(function)) }
    }

    /// A host function of type `ty` that waits, as [`wait_for`] does, for the task that `function` makes of its
    /// arguments.
    pub fn new_waiting(
        ty: Arc<RegisteredType>,
        function: impl Fn(NonNull<VMStoreContext>, &[RawValue]) -> Result<Task, Trap>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { ty, function: DynamicFunction::Waits(Box::new(function)) }
    }

    /// Its type.
    pub fn ty(&self) -> &Arc<RegisteredType> {
        &self.ty
    }
}

impl fmt::Debug for DynamicHostFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamicHostFunction").field("ty", &self.ty).finish_non_exhaustive()
    }
}

/// The entry point with the C ABI of every [`DynamicHostFunction`].
pub fn dynamic_host_entry() -> *const u8 {
    arch::dynamic_host_entry as *const u8
}

/// Values that fit on the stack of a call.
const INLINE_VALUES: usize = 16;

/// Runs a dynamic host function on an image of its arguments.
pub(crate) unsafe extern "C" fn run_dynamic_host_function(
    context: &VMHostContext,
    image: *mut u8,
    registers: &mut ResultRegisters,
) {
    let store = context.store_context;
    // SAFETY: the code pointer that leads here is only paired with data of this type.
    let host = unsafe { &*context.data.cast::<DynamicHostFunction>() };
    let shape = host.ty.shape();
    let call = || match &host.function {
        DynamicFunction::Returns(function) => with_values(shape, |values| {
            // SAFETY: the stub has made an image for this shape, and there is a value for each parameter.
            unsafe { read_arguments(shape, image, values) };
            function(store, values)?;
            // SAFETY: as above.
            unsafe { write_results(shape, values, image, registers) };
            Ok(())
        }),
        DynamicFunction::Waits(function) => {
            let task = with_values(shape, |values| {
                // SAFETY: as above.
                unsafe { read_arguments(shape, image, values) };
                function(store, &values[..shape.params.len()])
            })?;
            // SAFETY: only the task, which is given away, is owned by this and the frames up to wasm.
            let mut task = unsafe { wait_for(store, task)? };
            with_values(shape, |values| {
                task.as_mut().finish(store, values)?;
                // SAFETY: as above.
                unsafe { write_results(shape, values, image, registers) };
                Ok(())
            })
        }
    };
    // SAFETY: the stub is a host entry, and it and this function own nothing.
    unsafe { host_call(store, call) }
}

/// Lends an array of as many zeros as a call has values.
#[inline(always)]
fn with_values<R>(shape: &CallShape, f: impl FnOnce(&mut [RawValue]) -> R) -> R {
    let mut inline = [const { MaybeUninit::<RawValue>::uninit() }; INLINE_VALUES];
    let mut heap = Vec::new();
    let len = shape.values();
    let values = match inline.get_mut(..len) {
        Some(values) => values,
        None => {
            heap.resize(len, MaybeUninit::uninit());
            &mut heap[..]
        }
    };
    values.iter_mut().for_each(|value| _ = value.write(RawValue::default()));
    // SAFETY: all of them have been written.
    f(unsafe { &mut *(ptr::from_mut(values) as *mut [RawValue]) })
}

/// # Safety
///
/// The image is one of a call of this shape, and there is a value for each parameter.
#[inline(always)]
unsafe fn read_arguments(shape: &CallShape, image: *const u8, values: &mut [RawValue]) {
    for (slot, value) in shape.params.iter().zip(values) {
        // SAFETY: as for the caller.
        *value = unsafe { slot.width.read(image.add(slot.offset as usize)) };
    }
}

/// # Safety
///
/// As for [`read_arguments`], and there is a value for each result.
#[inline(always)]
unsafe fn write_results(
    shape: &CallShape,
    values: &[RawValue],
    image: *const u8,
    registers: &mut ResultRegisters,
) {
    match &shape.results {
        Results::None => {}
        // SAFETY: a register has the bytes of every width.
        &Results::One(class, width) => unsafe {
            width.write(values[0], registers.of(class).as_mut_ptr());
        },
        Results::Area(widths) => {
            // SAFETY: the caller has passed a return area with a slot for each result.
            let area = unsafe { image.cast::<*mut RawValue>().add(1).read() };
            for (index, (width, &value)) in widths.iter().zip(values).enumerate() {
                // SAFETY: as above.
                unsafe { width.write(value, area.add(index).cast()) };
            }
        }
    }
}
