//! aarch64 with the AAPCS64, as on Linux.

use std::arch::{asm, naked_asm};
use std::ops::Range;

use wasmer_types::layout::{VMFuncRef, VMStoreContext};

use crate::coroutine::{RESUMPTION_BASE, RESUMPTION_STACK_POINTER, Resumption};
use crate::dynamic::{fill_image, run_dynamic_host_function};
use crate::enter::{ACTIVATION_FRAME, ACTIVATION_OUTCOME, Activation, Outcome};
use crate::sys;

/// General registers that carry arguments.
pub(crate) const INTEGER_REGISTERS: usize = 8;
/// Vector registers that carry arguments.
pub(crate) const VECTOR_REGISTERS: usize = 8;
/// Offset of the vector registers in an image of the arguments: behind the general ones.
pub(crate) const VECTORS: usize = 8 * INTEGER_REGISTERS;
/// Offset of the stack arguments in an image of the arguments: behind the registers and a frame record.
pub(crate) const STACK_ARGUMENTS: usize = VECTORS + 16 * VECTOR_REGISTERS + 16;

const STORE: VMStoreContext = VMStoreContext::HOST;

// `host_entry` stores both with one instruction.
const _: () = assert!(STORE.exit_pc() == STORE.exit_frame() + 8);

/// Stores the callee-saved registers in a frame of 160 bytes, which begins with `x29` and `x30`.
macro_rules! save_registers {
    () => {
        concat!(
            "stp x19, x20, [sp, 16]\n",
            "stp x21, x22, [sp, 32]\n",
            "stp x23, x24, [sp, 48]\n",
            "stp x25, x26, [sp, 64]\n",
            "stp x27, x28, [sp, 80]\n",
            "stp d8, d9, [sp, 96]\n",
            "stp d10, d11, [sp, 112]\n",
            "stp d12, d13, [sp, 128]\n",
            "stp d14, d15, [sp, 144]\n",
        )
    };
}
pub(crate) use save_registers;

/// Loads what [`save_registers`] has stored.
macro_rules! restore_registers {
    () => {
        concat!(
            "ldp x19, x20, [sp, 16]\n",
            "ldp x21, x22, [sp, 32]\n",
            "ldp x23, x24, [sp, 48]\n",
            "ldp x25, x26, [sp, 64]\n",
            "ldp x27, x28, [sp, 80]\n",
            "ldp d8, d9, [sp, 96]\n",
            "ldp d10, d11, [sp, 112]\n",
            "ldp d12, d13, [sp, 128]\n",
            "ldp d14, d15, [sp, 144]\n",
        )
    };
}
pub(crate) use restore_registers;

/// The body of a naked `extern "C" fn(call, activation, stack_top) -> usize`: calls `$body(call, activation)`
/// on the stack that ends at `stack_top`, or on the present one when that is 0.
///
/// Callee-saved registers are only read back when a trap ends the call ([`resume`]). The unwinder and
/// debuggers find the caller through `x29`, which stays in the caller's stack.
macro_rules! switch {
    ($body:path) => {
        ::core::arch::naked_asm!(
            ".cfi_startproc",
            "stp x29, x30, [sp, -160]!",
            ".cfi_def_cfa_offset 160",
            ".cfi_offset x29, -160",
            ".cfi_offset x30, -152",
            "mov x29, sp",
            ".cfi_def_cfa_register x29",
            $crate::arch::save_registers!(),
            "str x29, [x1, {frame}]",
            "cmp x2, 0",
            "csel x9, x29, x2, eq",
            "mov sp, x9",
            "bl {body}",
            "mov sp, x29",
            "ldp x29, x30, [sp], 160",
            ".cfi_def_cfa sp, 0",
            ".cfi_restore x29",
            ".cfi_restore x30",
            "ret",
            ".cfi_endproc",
            frame = const $crate::enter::ACTIVATION_FRAME,
            body = sym $body,
        )
    };
}
pub(crate) use switch;

/// The body of a naked `extern "C" fn(call, resumption, stack_top, activation) -> usize`: as [`switch`], always on
/// another stack, for calls that [`suspend`].
///
/// What goes on with the call later has its frame elsewhere. So the base of the stack is a frame record of its
/// own, which is linked to that frame. Both frames look alike (`x29` points to the caller's `x29` and the return
/// address), so that one rule leads unwinders through both.
macro_rules! switch_resumable {
    ($body:path) => {
        ::core::arch::naked_asm!(
            ".cfi_startproc",
            "stp x29, x30, [sp, -160]!",
            ".cfi_def_cfa_offset 160",
            ".cfi_offset x29, -160",
            ".cfi_offset x30, -152",
            "mov x29, sp",
            ".cfi_def_cfa_register x29",
            $crate::arch::save_registers!(),
            "str x29, [x3, {frame}]",
            "adr x9, 2f",
            "stp x29, x9, [x2, -16]!",
            "str x2, [x1, {base}]",
            "mov sp, x2",
            "mov x29, x2",
            "mov x1, x3",
            "bl {body}",
            "2: ldr x29, [x29]",
            "mov sp, x29",
            $crate::arch::restore_registers!(),
            "ldp x29, x30, [sp], 160",
            ".cfi_def_cfa sp, 0",
            ".cfi_restore x29",
            ".cfi_restore x30",
            "ret",
            ".cfi_endproc",
            frame = const $crate::enter::ACTIVATION_FRAME,
            base = const $crate::coroutine::RESUMPTION_BASE,
            body = sym $body,
        )
    };
}
pub(crate) use switch_resumable;

/// Leaves a call made by [`switch_resumable`], of which the stack and the registers stay as they are; the
/// call, or that of [`resume_suspended`], returns 2.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn suspend(resumption: *const Resumption) {
    naked_asm!(
        "stp x29, x30, [sp, -160]!",
        save_registers!(),
        "mov x9, sp",
        "str x9, [x0, {stack_pointer}]",
        "ldr x9, [x0, {base}]",
        "ldr x29, [x9]",
        "mov sp, x29",
        restore_registers!(),
        "mov x0, 2",
        "ldp x29, x30, [sp], 160",
        "ret",
        stack_pointer = const RESUMPTION_STACK_POINTER,
        base = const RESUMPTION_BASE,
    )
}

/// Goes on with a call that was left by [`suspend`], which returns there; returns as [`switch_resumable`].
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn resume_suspended(
    activation: *const Activation,
    resumption: *const Resumption,
) -> usize {
    naked_asm!(
        "stp x29, x30, [sp, -160]!",
        "mov x29, sp",
        save_registers!(),
        "str x29, [x0, {frame}]",
        "ldr x9, [x1, {base}]",
        "str x29, [x9]",
        "ldr x9, [x1, {stack_pointer}]",
        "mov sp, x9",
        restore_registers!(),
        "ldp x29, x30, [sp], 160",
        "ret",
        frame = const ACTIVATION_FRAME,
        stack_pointer = const RESUMPTION_STACK_POINTER,
        base = const RESUMPTION_BASE,
    )
}

/// Ends a call made by [`switch`], which returns 1, from wherever the thread is.
///
/// It is jumped to with the frame pointer of that call in `x29`; it does not use the stack before it is
/// back on the right one.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn resume() -> ! {
    naked_asm!("mov sp, x29", restore_registers!(), "mov x0, 1", "ldp x29, x30, [sp], 160", "ret",)
}

/// As [`resume`], for the call with frame pointer `frame`.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn resume_at(frame: usize) -> ! {
    naked_asm!("mov x29, x0", "b {resume}", resume = sym resume)
}

/// Ends the present activation with a stack overflow, without using the stack. It is jumped to by
/// [`host_entry`](crate::host_entry) with the store's context in `x9` (not in `x16` or `x17`, which a linker may
/// use between a branch and its target).
#[doc(hidden)]
#[unsafe(naked)]
pub unsafe extern "C" fn raise_stack_overflow() -> ! {
    naked_asm!(
        "ldr x10, [x9, {activation}]",
        "mov w11, {overflow}",
        "str w11, [x10, {outcome}]",
        "ldr x29, [x10, {frame}]",
        "b {resume}",
        activation = const STORE.activation(),
        outcome = const ACTIVATION_OUTCOME,
        overflow = const Outcome::STACK_OVERFLOW.0,
        frame = const ACTIVATION_FRAME,
        resume = sym resume,
    )
}

/// The body of a naked `extern "C"` function that compiled code calls: the entry of a host function or
/// builtin. Its first argument is a context that begins with a pointer to the store's context, and all
/// arguments go to the `extern "C"` function `$body` as they are.
///
/// When there is no room for code of the host on the stack, the caller traps. Otherwise the frame and the
/// address of the caller are noted in the store, for backtraces.
///
/// ```ignore
/// #[unsafe(naked)]
/// unsafe extern "C" fn entry<T: Host>(context: *mut VMHostContext, value: i32) -> i32 {
///     host_entry!(body::<T>)
/// }
/// ```
#[macro_export]
macro_rules! host_entry {
    ($body:path) => {
        ::core::arch::naked_asm!(
            "ldr x9, [x0]",
            "ldr x10, [x9, {limit}]",
            "cmp sp, x10",
            "b.lo 2f",
            "stp x29, x30, [x9, {exit_frame}]",
            "b {body}",
            "2: b {overflow}",
            limit = const $crate::layout::VMStoreContext::HOST.stack_limit(),
            exit_frame = const $crate::layout::VMStoreContext::HOST.exit_frame(),
            overflow = sym $crate::arch::raise_stack_overflow,
            body = sym $body,
        )
    };
}

/// Calls a function with arguments that are only known at run time: `fill_image(image, call)` writes them to
/// an image of the argument registers and the stack, `image_size` bytes long (a multiple of 16), and
/// `results` gets `x0` and `q0`.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn call_with_image(
    call: *const crate::dynamic::DynamicCall,
    func_ref: *const crate::vmcontext::VMFuncRef,
    results: *mut crate::dynamic::ResultRegisters,
    image_size: usize,
) {
    naked_asm!(
        "stp x29, x30, [sp, -32]!",
        "mov x29, sp",
        "stp x19, x20, [sp, 16]",
        "mov x19, x2",
        "mov x20, x1",
        "sub sp, sp, x3",
        "mov x1, x0",
        "mov x0, sp",
        "bl {fill_image}",
        "ldp q0, q1, [sp, {vectors}]",
        "ldp q2, q3, [sp, {vectors} + 32]",
        "ldp q4, q5, [sp, {vectors} + 64]",
        "ldp q6, q7, [sp, {vectors} + 96]",
        "ldp x0, x1, [sp]",
        "ldp x2, x3, [sp, 16]",
        "ldp x4, x5, [sp, 32]",
        "ldp x6, x7, [sp, 48]",
        "ldr x9, [x20, {code}]",
        "add sp, sp, {stack_arguments}",
        "blr x9",
        "str x0, [x19]",
        "str q0, [x19, 16]",
        "mov sp, x29",
        "ldp x19, x20, [sp, 16]",
        "ldp x29, x30, [sp], 32",
        "ret",
        fill_image = sym fill_image,
        vectors = const VECTORS,
        stack_arguments = const STACK_ARGUMENTS,
        code = const VMFuncRef::HOST.code(),
    )
}

/// The entry point of every host function of which the type is only known at run time.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn dynamic_host_entry() {
    crate::host_entry!(gather_arguments)
}

/// Makes an image of the arguments and calls `run_dynamic_host_function(context, image, results)`.
#[unsafe(naked)]
unsafe extern "C" fn gather_arguments() {
    naked_asm!(
        "stp x29, x30, [sp, -16]!",
        "mov x29, sp",
        "sub sp, sp, {image_size} + 32",
        "stp x0, x1, [sp, 32]",
        "stp x2, x3, [sp, 48]",
        "stp x4, x5, [sp, 64]",
        "stp x6, x7, [sp, 80]",
        "stp q0, q1, [sp, {vectors} + 32]",
        "stp q2, q3, [sp, {vectors} + 64]",
        "stp q4, q5, [sp, {vectors} + 96]",
        "stp q6, q7, [sp, {vectors} + 128]",
        "add x1, sp, 32",
        "mov x2, sp",
        "bl {run}",
        "ldr x0, [sp]",
        "ldr q0, [sp, 16]",
        "mov sp, x29",
        "ldp x29, x30, [sp], 16",
        "ret",
        image_size = const STACK_ARGUMENTS - 16,
        vectors = const VECTORS,
        run = sym run_dynamic_host_function,
    )
}

/// The stack pointer, about here.
#[inline(always)]
pub fn stack_pointer() -> usize {
    let pointer: usize;
    // SAFETY: it only reads a register.
    unsafe { asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags)) };
    pointer
}

/// Makes code that was just written visible to instruction fetches of all threads.
///
/// Arm Architecture Reference Manual, B2.4.4: clean the data cache, invalidate the instruction cache, line
/// by line, then have every processor that runs this process fetch anew.
pub(crate) fn publish_code(addresses: Range<usize>) {
    let cache_type: u64;
    // SAFETY: Linux lets programs read this register.
    unsafe {
        asm!("mrs {}, ctr_el0", out(reg) cache_type, options(nomem, nostack, preserves_flags))
    };
    let line = |shift: u32| 4usize << (cache_type >> shift & 0xf);
    let (data, instructions) = (line(16), line(0));
    for address in (addresses.start & !(data - 1)..addresses.end).step_by(data) {
        // SAFETY: cache maintenance on mapped memory.
        unsafe { asm!("dc cvau, {}", in(reg) address, options(nostack, preserves_flags)) };
    }
    // SAFETY: a barrier.
    unsafe { asm!("dsb ish", options(nostack, preserves_flags)) };
    for address in (addresses.start & !(instructions - 1)..addresses.end).step_by(instructions) {
        // SAFETY: as above.
        unsafe { asm!("ic ivau, {}", in(reg) address, options(nostack, preserves_flags)) };
    }
    // SAFETY: barriers.
    unsafe { asm!("dsb ish", "isb", options(nostack, preserves_flags)) };
    sys::synchronize_instruction_fetches();
}
