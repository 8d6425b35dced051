//! The functions that stand in for compiled ones. They have frame pointers as compiled functions have, but for three
//! leaves.

use std::arch::global_asm;
use std::sync::Arc;

use wasmer_types::entity::EntityRef;
use wasmer_types::image::{CodeImage, FunctionExtent, ReturnAddress};
use wasmer_types::{LocalFunctionIndex, TrapCode};

use super::Entry;
use crate::LoadedCode;

// Each function takes (vmctx, a, b, c, d).
#[cfg(target_arch = "x86_64")]
global_asm!(
    "wasmer_test_start:",
    "wasmer_test_nop:",
    "push rbp",
    "mov rbp, rsp",
    "pop rbp",
    "ret",
    // a + b, 32 bits
    "wasmer_test_add:",
    "push rbp",
    "mov rbp, rsp",
    "lea eax, [rsi + rdx]",
    "pop rbp",
    "ret",
    // traps
    "wasmer_test_trap:",
    "push rbp",
    "mov rbp, rsp",
    "wasmer_test_trap_site: ud2",
    // a / b, 32 bits
    "wasmer_test_div:",
    "push rbp",
    "mov rbp, rsp",
    "mov rcx, rdx",
    "mov eax, esi",
    "cdq",
    "wasmer_test_div_site: idiv ecx",
    "pop rbp",
    "ret",
    // the word at a
    "wasmer_test_load:",
    "push rbp",
    "mov rbp, rsp",
    "wasmer_test_load_site: mov rax, [rsi]",
    "pop rbp",
    "ret",
    // the word at a, not known as a trap site
    "wasmer_test_fault:",
    "push rbp",
    "mov rbp, rsp",
    "mov rax, [rsi]",
    "pop rbp",
    "ret",
    // recurses for ever
    "wasmer_test_recurse:",
    "push rbp",
    "mov rbp, rsp",
    "call wasmer_test_recurse",
    "pop rbp",
    "ret",
    // a(b, c)
    "wasmer_test_call:",
    "push rbp",
    "mov rbp, rsp",
    "mov rax, rsi",
    "mov rdi, rdx",
    "mov rsi, rcx",
    "call rax",
    "pop rbp",
    "ret",
    // recurses c times, then a(b)
    "wasmer_test_deep:",
    "push rbp",
    "mov rbp, rsp",
    "test rcx, rcx",
    "jz 1f",
    "dec rcx",
    "call wasmer_test_deep",
    "pop rbp",
    "ret",
    "1:",
    "mov rdi, rdx",
    "call rsi",
    "pop rbp",
    "ret",
    // loops for ever
    "wasmer_test_spin:",
    "push rbp",
    "mov rbp, rsp",
    "1: jmp 1b",
    // a(b) c times
    "wasmer_test_repeat:",
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "push r13",
    "mov rbx, rsi",
    "mov r12, rdx",
    "mov r13, rcx",
    "1: mov rdi, r12",
    "call rbx",
    "dec r13",
    "jnz 1b",
    "pop r13",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    // changes all registers that a function must keep, then a(b)
    "wasmer_test_clobber:",
    "push rbp",
    "mov rbp, rsp",
    "mov rax, rsi",
    "mov rdi, rdx",
    "mov rbx, -1",
    "mov r12, -1",
    "mov r13, -1",
    "mov r14, -1",
    "mov r15, -1",
    "call rax",
    "wasmer_test_clobber_site: ud2",
    // traps without a frame
    "wasmer_test_leaf: ud2",
    // traps without a frame, but with something on the stack
    "wasmer_test_spill: sub rsp, 32",
    "wasmer_test_spill_site: ud2",
    // traps without a frame, and nothing right is said about the return address
    "wasmer_test_lost: ud2",
    "wasmer_test_end:",
);

#[cfg(target_arch = "aarch64")]
global_asm!(
    "wasmer_test_start:",
    "wasmer_test_nop:",
    "stp x29, x30, [sp, -16]!",
    "mov x29, sp",
    "ldp x29, x30, [sp], 16",
    "ret",
    "wasmer_test_add:",
    "stp x29, x30, [sp, -16]!",
    "mov x29, sp",
    "add w0, w1, w2",
    "ldp x29, x30, [sp], 16",
    "ret",
    "wasmer_test_trap:",
    "stp x29, x30, [sp, -16]!",
    "mov x29, sp",
    "wasmer_test_trap_site: udf 0",
    // No fault of the processor: compiled code compares.
    "wasmer_test_div:",
    "stp x29, x30, [sp, -16]!",
    "mov x29, sp",
    "cbnz w2, 1f",
    "wasmer_test_div_site: udf 0",
    "1: sdiv w0, w1, w2",
    "ldp x29, x30, [sp], 16",
    "ret",
    "wasmer_test_load:",
    "stp x29, x30, [sp, -16]!",
    "mov x29, sp",
    "wasmer_test_load_site: ldr x0, [x1]",
    "ldp x29, x30, [sp], 16",
    "ret",
    "wasmer_test_fault:",
    "stp x29, x30, [sp, -16]!",
    "mov x29, sp",
    "ldr x0, [x1]",
    "ldp x29, x30, [sp], 16",
    "ret",
    "wasmer_test_recurse:",
    "stp x29, x30, [sp, -16]!",
    "mov x29, sp",
    "bl wasmer_test_recurse",
    "ldp x29, x30, [sp], 16",
    "ret",
    "wasmer_test_call:",
    "stp x29, x30, [sp, -16]!",
    "mov x29, sp",
    "mov x9, x1",
    "mov x0, x2",
    "mov x1, x3",
    "blr x9",
    "ldp x29, x30, [sp], 16",
    "ret",
    "wasmer_test_deep:",
    "stp x29, x30, [sp, -16]!",
    "mov x29, sp",
    "cbz x3, 1f",
    "sub x3, x3, 1",
    "bl wasmer_test_deep",
    "ldp x29, x30, [sp], 16",
    "ret",
    "1:",
    "mov x0, x2",
    "blr x1",
    "ldp x29, x30, [sp], 16",
    "ret",
    "wasmer_test_spin:",
    "stp x29, x30, [sp, -16]!",
    "mov x29, sp",
    "1: b 1b",
    "wasmer_test_repeat:",
    "stp x29, x30, [sp, -48]!",
    "mov x29, sp",
    "stp x19, x20, [sp, 16]",
    "str x21, [sp, 32]",
    "mov x19, x1",
    "mov x20, x2",
    "mov x21, x3",
    "1: mov x0, x20",
    "blr x19",
    "subs x21, x21, 1",
    "b.ne 1b",
    "ldr x21, [sp, 32]",
    "ldp x19, x20, [sp, 16]",
    "ldp x29, x30, [sp], 48",
    "ret",
    "wasmer_test_clobber:",
    "stp x29, x30, [sp, -16]!",
    "mov x29, sp",
    "mov x0, x2",
    "mov x19, -1",
    "mov x20, -1",
    "mov x21, -1",
    "mov x22, -1",
    "mov x23, -1",
    "mov x24, -1",
    "mov x25, -1",
    "mov x26, -1",
    "mov x27, -1",
    "mov x28, -1",
    "fmov d8, 1.0",
    "fmov d9, 1.0",
    "fmov d10, 1.0",
    "fmov d11, 1.0",
    "fmov d12, 1.0",
    "fmov d13, 1.0",
    "fmov d14, 1.0",
    "fmov d15, 1.0",
    "blr x1",
    "wasmer_test_clobber_site: udf 0",
    "wasmer_test_leaf: udf 0",
    "wasmer_test_spill: str x30, [sp, -32]!",
    "mov x30, xzr",
    "wasmer_test_spill_site: udf 0",
    "wasmer_test_lost: udf 0",
    "wasmer_test_end:",
);

macro_rules! symbols {
    ($($symbol:ident)*) => {
        unsafe extern "C" { $(static $symbol: u8;)* }
    };
}

macro_rules! functions {
    ($($name:literal $symbol:ident)*) => {
        symbols! { $($symbol)* wasmer_test_start wasmer_test_end }

        const NAMES: &[&str] = &[$($name),*];

        /// Offsets of the functions and of the end.
        fn offsets() -> Vec<u32> {
            vec![$(offset(&raw const $symbol),)* offset(&raw const wasmer_test_end)]
        }
    };
}

functions! {
    "nop" wasmer_test_nop
    "add" wasmer_test_add
    "trap" wasmer_test_trap
    "div" wasmer_test_div
    "load" wasmer_test_load
    "fault" wasmer_test_fault
    "recurse" wasmer_test_recurse
    "call" wasmer_test_call
    "deep" wasmer_test_deep
    "spin" wasmer_test_spin
    "repeat" wasmer_test_repeat
    "clobber" wasmer_test_clobber
    "leaf" wasmer_test_leaf
    "spill" wasmer_test_spill
    "lost" wasmer_test_lost
}

symbols! {
    wasmer_test_trap_site wasmer_test_div_site wasmer_test_load_site wasmer_test_clobber_site wasmer_test_spill_site
}

fn offset(symbol: *const u8) -> u32 {
    (symbol as usize - &raw const wasmer_test_start as usize) as u32
}

/// The name of a function.
pub(super) fn name(function: LocalFunctionIndex) -> &'static str {
    NAMES[function.index()]
}

/// All functions, as a compiler would deliver them. Wasm offset `n` belongs to byte `n` of the text.
pub(super) fn image() -> CodeImage {
    let mut image = CodeImage::default();
    let offsets = offsets();
    let len = *offsets.last().unwrap() as usize;
    // SAFETY: start and end are the ends of one block of code.
    image.text = unsafe { std::slice::from_raw_parts(&raw const wasmer_test_start, len) }.to_vec();
    for pair in offsets.windows(2) {
        let length = pair[1] - pair[0];
        image.functions.push(FunctionExtent { offset: pair[0], length, wasm_offset: pair[0] });
    }
    let sites = [
        (&raw const wasmer_test_trap_site, TrapCode::UnreachableCodeReached),
        (&raw const wasmer_test_div_site, TrapCode::IntegerDivisionByZero),
        (&raw const wasmer_test_load_site, TrapCode::HeapAccessOutOfBounds),
        (&raw const wasmer_test_clobber_site, TrapCode::BadSignature),
        (&raw const wasmer_test_leaf, TrapCode::NullReference),
        (&raw const wasmer_test_spill_site, TrapCode::NullReference),
        (&raw const wasmer_test_lost, TrapCode::NullReference),
    ];
    for (site, code) in sites {
        image.traps.push(offset(site), code);
    }
    let (called, spilled) = match cfg!(target_arch = "x86_64") {
        true => (ReturnAddress::Stack(0), ReturnAddress::Stack(32)),
        false => (ReturnAddress::Link, ReturnAddress::Stack(0)),
    };
    let leaves = [
        (&raw const wasmer_test_leaf, called),
        (&raw const wasmer_test_spill_site, spilled),
        (&raw const wasmer_test_lost, ReturnAddress::Stack(1 << 30)),
    ];
    for (start, place) in leaves {
        image.leaves.push(offset(start), Some(place));
    }
    for byte in 0..len as u32 {
        image.addresses.push(byte, byte);
    }
    image
}

/// The loaded functions.
pub(super) struct TestCode {
    pub(super) code: Arc<LoadedCode>,
}

impl TestCode {
    pub(super) fn load() -> Self {
        // SAFETY: the functions follow the rules.
        Self { code: unsafe { LoadedCode::new(image(), Arc::default()) }.unwrap() }
    }

    pub(super) fn function(&self, name: &str) -> Entry {
        let index = NAMES.iter().position(|&known| known == name).unwrap();
        let entry = self.code.entry(LocalFunctionIndex::new(index));
        // SAFETY: all test functions have this signature or ignore some of it.
        unsafe { std::mem::transmute::<*const u8, Entry>(entry) }
    }
}
