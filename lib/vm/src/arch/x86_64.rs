//! x86-64 with the System V ABI.

use std::arch::{asm, naked_asm};
use std::ops::Range;

use wasmer_types::layout::{VMFuncRef, VMStoreContext};

use crate::coroutine::{RESUMPTION_BASE, RESUMPTION_STACK_POINTER, Resumption};
use crate::dynamic::{fill_image, run_dynamic_host_function};
use crate::enter::{ACTIVATION_FRAME, ACTIVATION_OUTCOME, Activation, Outcome};

/// General registers that carry arguments.
pub(crate) const INTEGER_REGISTERS: usize = 6;
/// Vector registers that carry arguments.
pub(crate) const VECTOR_REGISTERS: usize = 8;
/// Offset of the vector registers in an image of the arguments: behind the general ones.
pub(crate) const VECTORS: usize = 8 * INTEGER_REGISTERS;
/// Offset of the stack arguments in an image of the arguments: behind the registers and a frame record.
pub(crate) const STACK_ARGUMENTS: usize = VECTORS + 16 * VECTOR_REGISTERS + 16;

const STORE: VMStoreContext = VMStoreContext::HOST;

/// Pushes the callee-saved registers, behind `rbp`.
macro_rules! save_registers {
    () => {
        concat!("push rbx\n", "push r12\n", "push r13\n", "push r14\n", "push r15\n",)
    };
}
pub(crate) use save_registers;

/// Pops what [`save_registers`] has pushed.
macro_rules! restore_registers {
    () => {
        concat!("pop r15\n", "pop r14\n", "pop r13\n", "pop r12\n", "pop rbx\n",)
    };
}
pub(crate) use restore_registers;

/// The body of a naked `extern "C" fn(call, activation, stack_top) -> usize`: calls `$body(call, activation)`
/// on the stack that ends at `stack_top`, or on the present one when that is 0.
///
/// Callee-saved registers are only read back when a trap ends the call ([`resume`]). The unwinder and
/// debuggers find the caller through `rbp`, which stays in the caller's stack.
macro_rules! switch {
    ($body:path) => {
        ::core::arch::naked_asm!(
            ".cfi_startproc",
            "push rbp",
            ".cfi_def_cfa_offset 16",
            ".cfi_offset rbp, -16",
            "mov rbp, rsp",
            ".cfi_def_cfa_register rbp",
            $crate::arch::save_registers!(),
            "mov [rsi + {frame}], rbp",
            "lea rax, [rsp - 8]",
            "test rdx, rdx",
            "cmovz rdx, rax",
            "mov rsp, rdx",
            "call {body}",
            "leave",
            ".cfi_def_cfa rsp, 8",
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
/// own, which is linked to that frame. Both frames look alike (`rbp` points to the caller's `rbp` and the return
/// address), so that one rule leads unwinders through both.
macro_rules! switch_resumable {
    ($body:path) => {
        ::core::arch::naked_asm!(
            ".cfi_startproc",
            "push rbp",
            ".cfi_def_cfa_offset 16",
            ".cfi_offset rbp, -16",
            "mov rbp, rsp",
            ".cfi_def_cfa_register rbp",
            $crate::arch::save_registers!(),
            "mov [rcx + {frame}], rbp",
            "lea rax, [rip + 2f]",
            "mov [rdx - 8], rax",
            "mov [rdx - 16], rbp",
            "lea rbp, [rdx - 16]",
            "mov [rsi + {base}], rbp",
            "mov rsp, rbp",
            "mov rsi, rcx",
            "call {body}",
            "2:",
            "mov rbp, [rbp]",
            "lea rsp, [rbp - 40]",
            $crate::arch::restore_registers!(),
            "pop rbp",
            ".cfi_def_cfa rsp, 8",
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
        "push rbp",
        save_registers!(),
        "mov [rdi + {stack_pointer}], rsp",
        "mov rax, [rdi + {base}]",
        "mov rbp, [rax]",
        "lea rsp, [rbp - 40]",
        restore_registers!(),
        "pop rbp",
        "mov eax, 2",
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
        "push rbp",
        "mov rbp, rsp",
        save_registers!(),
        "mov [rdi + {frame}], rbp",
        "mov rax, [rsi + {base}]",
        "mov [rax], rbp",
        "mov rsp, [rsi + {stack_pointer}]",
        restore_registers!(),
        "pop rbp",
        "ret",
        frame = const ACTIVATION_FRAME,
        stack_pointer = const RESUMPTION_STACK_POINTER,
        base = const RESUMPTION_BASE,
    )
}

/// Ends a call made by [`switch`], which returns 1, from wherever the thread is.
///
/// It is jumped to with the frame pointer of that call in `rbp`; it does not use the stack before it is
/// back on the right one.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn resume() -> ! {
    naked_asm!("lea rsp, [rbp - 40]", restore_registers!(), "pop rbp", "mov eax, 1", "ret",)
}

/// As [`resume`], for the call with frame pointer `frame`.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn resume_at(frame: usize) -> ! {
    naked_asm!("mov rbp, rdi", "jmp {resume}", resume = sym resume)
}

/// Ends the present activation with a stack overflow, without using the stack. It is jumped to by
/// [`host_entry`](crate::host_entry) with the store's context in `r10`.
#[doc(hidden)]
#[unsafe(naked)]
pub unsafe extern "C" fn raise_stack_overflow() -> ! {
    naked_asm!(
        "mov rax, [r10 + {activation}]",
        "mov dword ptr [rax + {outcome}], {overflow}",
        "mov rbp, [rax + {frame}]",
        "jmp {resume}",
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
            "mov r10, [rdi]",
            "cmp rsp, [r10 + {limit}]",
            "jb {overflow}",
            "mov [r10 + {exit_frame}], rbp",
            "mov r11, [rsp]",
            "mov [r10 + {exit_pc}], r11",
            "jmp {body}",
            limit = const $crate::layout::VMStoreContext::HOST.stack_limit(),
            exit_frame = const $crate::layout::VMStoreContext::HOST.exit_frame(),
            exit_pc = const $crate::layout::VMStoreContext::HOST.exit_pc(),
            overflow = sym $crate::arch::raise_stack_overflow,
            body = sym $body,
        )
    };
}

/// Calls a function with arguments that are only known at run time: `fill_image(image, call)` writes them to
/// an image of the argument registers and the stack, `image_size` bytes long (a multiple of 16), and
/// `results` gets `rax` and `xmm0`.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn call_with_image(
    call: *const crate::dynamic::DynamicCall,
    func_ref: *const crate::vmcontext::VMFuncRef,
    results: *mut crate::dynamic::ResultRegisters,
    image_size: usize,
) {
    naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rbx",
        "push r12",
        "mov rbx, rdx",
        "mov r12, rsi",
        "sub rsp, rcx",
        "mov rsi, rdi",
        "mov rdi, rsp",
        "call {fill_image}",
        "movaps xmm0, [rsp + {vectors}]",
        "movaps xmm1, [rsp + {vectors} + 16]",
        "movaps xmm2, [rsp + {vectors} + 32]",
        "movaps xmm3, [rsp + {vectors} + 48]",
        "movaps xmm4, [rsp + {vectors} + 64]",
        "movaps xmm5, [rsp + {vectors} + 80]",
        "movaps xmm6, [rsp + {vectors} + 96]",
        "movaps xmm7, [rsp + {vectors} + 112]",
        "mov rdi, [rsp]",
        "mov rsi, [rsp + 8]",
        "mov rdx, [rsp + 16]",
        "mov rcx, [rsp + 24]",
        "mov r8, [rsp + 32]",
        "mov r9, [rsp + 40]",
        "add rsp, {stack_arguments}",
        "call [r12 + {code}]",
        "mov [rbx], rax",
        "movups [rbx + 16], xmm0",
        "lea rsp, [rbp - 16]",
        "pop r12",
        "pop rbx",
        "pop rbp",
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
        "push rbp",
        "mov rbp, rsp",
        "sub rsp, {image_size} + 32",
        "mov [rsp + 32], rdi",
        "mov [rsp + 40], rsi",
        "mov [rsp + 48], rdx",
        "mov [rsp + 56], rcx",
        "mov [rsp + 64], r8",
        "mov [rsp + 72], r9",
        "movaps [rsp + {vectors} + 32], xmm0",
        "movaps [rsp + {vectors} + 48], xmm1",
        "movaps [rsp + {vectors} + 64], xmm2",
        "movaps [rsp + {vectors} + 80], xmm3",
        "movaps [rsp + {vectors} + 96], xmm4",
        "movaps [rsp + {vectors} + 112], xmm5",
        "movaps [rsp + {vectors} + 128], xmm6",
        "movaps [rsp + {vectors} + 144], xmm7",
        "lea rsi, [rsp + 32]",
        "mov rdx, rsp",
        "call {run}",
        "mov rax, [rsp]",
        "movaps xmm0, [rsp + 16]",
        "leave",
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
    unsafe { asm!("mov {}, rsp", out(reg) pointer, options(nomem, nostack, preserves_flags)) };
    pointer
}

/// Makes code that was just written visible to instruction fetches of all threads: nothing to do here.
pub(crate) fn publish_code(_addresses: Range<usize>) {}
