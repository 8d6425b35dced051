//! Registers of an interrupted thread, as a signal handler gets them.

#[cfg(target_arch = "x86_64")]
use std::{
    arch::asm,
    arch::x86_64::{__cpuid, __cpuid_count},
    ptr,
    sync::OnceLock,
};

use crate::arch;
use crate::backtrace::{LeafRegisters, Place};

/// The state that a handler was given and that the system restores when the handler returns.
pub(super) struct Registers<'a>(&'a mut libc::ucontext_t);

impl<'a> Registers<'a> {
    /// # Safety
    ///
    /// `context` is the third argument of the running signal handler.
    pub(super) unsafe fn new(context: *mut libc::c_void) -> Self {
        // SAFETY: the system passes a context that is the handler's until it returns.
        Self(unsafe { &mut *context.cast::<libc::ucontext_t>() })
    }
}

impl Registers<'_> {
    /// Makes the thread go on at [`arch::resume`] with the frame pointer `frame`: at once, or when the handler
    /// returns.
    ///
    /// Returning from a handler costs more than all the rest of a trap, and it would restore much that nobody
    /// needs at this place. So it is only done where it matters.
    ///
    /// # Safety
    ///
    /// The running handler owns nothing, blocks no signals, and `frame` is what
    /// [`Activation::end`](crate::enter::Activation::end) has returned.
    pub(super) unsafe fn resume(mut self, frame: usize) {
        if self.restore_control_state() {
            // SAFETY: leaving a handler by a jump is what `siglongjmp` does. The alternate stack is free
            // again when the stack pointer has left it, and no signals need to be unblocked.
            unsafe { arch::resume_at(frame) }
        }
        self.set_resume(frame);
    }
}

/// Finds out what handlers need to know. Call it before they are installed.
pub(super) fn prepare() {
    #[cfg(target_arch = "x86_64")]
    PROTECTION_KEYS_OFFSET.get_or_init(protection_keys_offset);
}

/// The flag in `stack_t` of a stack that is out of use until the handler returns.
#[cfg(target_os = "linux")]
const SS_AUTODISARM: libc::c_int = 1 << 31;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
impl Registers<'_> {
    /// The next instruction, and the registers that lead to its callers.
    pub(super) fn place(&self) -> Place {
        let registers = &self.0.uc_mcontext.gregs;
        Place {
            pc: registers[libc::REG_RIP as usize] as usize,
            frame: registers[libc::REG_RBP as usize] as usize,
            leaf: Some(LeafRegisters {
                stack: registers[libc::REG_RSP as usize] as usize,
                link: None,
            }),
        }
    }

    /// Makes the thread go on at [`arch::resume`] with the frame pointer `frame` when the handler returns.
    pub(super) fn set_resume(&mut self, frame: usize) {
        let registers = &mut self.0.uc_mcontext.gregs;
        registers[libc::REG_RIP as usize] = arch::resume as *const () as i64;
        registers[libc::REG_RBP as usize] = frame as i64;
    }

    /// Gives the thread back what the ABI asks functions to preserve and the system has changed for the
    /// handler: rounding modes and exception masks. Whether that was all there is to restore.
    fn restore_control_state(&mut self) -> bool {
        // SAFETY: the pointer is null or that of the saved floating-point state.
        let Some(saved) = (unsafe { self.0.uc_mcontext.fpregs.as_ref() }) else { return false };
        if self.0.uc_stack.ss_flags & SS_AUTODISARM != 0 || protection_keys_differ(saved) {
            return false;
        }
        // SAFETY: these are the values that the thread had.
        unsafe {
            asm!(
                "ldmxcsr [{mxcsr}]",
                "fldcw [{cwd}]",
                mxcsr = in(reg) &raw const saved.mxcsr,
                cwd = in(reg) &raw const saved.cwd,
                options(nostack, readonly),
            );
        }
        true
    }
}

/// Whether the thread had other memory protection keys than the system gives to handlers.
///
/// They are part of the extended state behind the legacy area (Intel SDM vol. 1, §13.4), if the system says
/// that there is one, by a mark in bytes that the processor leaves to it.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn protection_keys_differ(saved: &libc::_libc_fpstate) -> bool {
    const MARK: usize = 464;
    const MARK_VALUE: u32 = 0x4650_5853;
    const FEATURES: usize = MARK + 8;
    const HEADER: usize = 512;
    const PROTECTION_KEYS: u64 = 1 << 9;

    let Some(&Some(offset)) = PROTECTION_KEYS_OFFSET.get() else { return false };
    let base = ptr::from_ref(saved).cast::<u8>();
    // SAFETY: the legacy area has 512 bytes. When it is marked and the features include the keys, the header
    // and the area of the keys follow.
    unsafe {
        let word = |offset: usize| base.add(offset).cast::<u64>().read_unaligned();
        if base.add(MARK).cast::<u32>().read_unaligned() != MARK_VALUE
            || word(FEATURES) & PROTECTION_KEYS == 0
        {
            return false;
        }
        let thread = match word(HEADER) & PROTECTION_KEYS {
            0 => 0,
            _ => base.add(offset as usize).cast::<u32>().read_unaligned(),
        };
        let handler: u32;
        asm!("rdpkru", out("eax") handler, in("ecx") 0, out("edx") _, options(nomem, nostack));
        thread != handler
    }
}

/// See [`protection_keys_offset`]. Set before there are handlers.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
static PROTECTION_KEYS_OFFSET: OnceLock<Option<u32>> = OnceLock::new();

/// Where protection keys lie in the extended state, when the processor and the system have them.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn protection_keys_offset() -> Option<u32> {
    const ENABLED_BY_SYSTEM: u32 = 1 << 4;
    if __cpuid(0).eax < 0xd || __cpuid_count(7, 0).ecx & ENABLED_BY_SYSTEM == 0 {
        return None;
    }
    Some(__cpuid_count(0xd, 9).ebx).filter(|&offset| offset != 0)
}

#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
impl Registers<'_> {
    /// The next instruction, and the registers that lead to its callers.
    pub(super) fn place(&self) -> Place {
        let registers = &self.0.uc_mcontext;
        let link = Some(registers.regs[30] as usize);
        Place {
            pc: registers.pc as usize,
            frame: registers.regs[29] as usize,
            leaf: Some(LeafRegisters { stack: registers.sp as usize, link }),
        }
    }

    /// Makes the thread go on at [`arch::resume`] with the frame pointer `frame` when the handler returns.
    pub(super) fn set_resume(&mut self, frame: usize) {
        let registers = &mut self.0.uc_mcontext;
        registers.pc = arch::resume as *const () as u64;
        registers.regs[29] = frame as u64;
    }

    /// Whether there is nothing to restore: the system has changed nothing for the handler that the ABI asks
    /// functions to preserve (`FPCR` stays).
    ///
    /// That is certain of the state that is listed here. Of what a thread has more, some is turned off for
    /// handlers: SME's matrix, memory protection keys.
    fn restore_control_state(&mut self) -> bool {
        const ADVANCED_SIMD: u32 = 0x4650_8001;
        const SVE: u32 = 0x5356_4501;
        const SYNDROME: u32 = 0x4553_5201;

        let context = std::ptr::from_ref(&self.0.uc_mcontext);
        // SAFETY: the structure ends with that many bytes for further records, which the system has written
        // for the handler and nobody changes meanwhile.
        let records = unsafe { &*context.add(1).cast::<[u8; RECORDS]>().sub(1) };
        self.0.uc_stack.ss_flags & SS_AUTODISARM == 0
            && kinds(records).all(|kind| matches!(kind, ADVANCED_SIMD | SVE | SYNDROME))
    }
}

/// Bytes for records about further registers (`__reserved` of `struct sigcontext`).
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
const RECORDS: usize = 4096;

/// The kinds of the records (`struct _aarch64_ctx`: kind and size, up to a kind of 0). What can't be read has the
/// kind 0.
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
fn kinds(records: &[u8; RECORDS]) -> impl Iterator<Item = u32> {
    let mut rest = &records[..];
    std::iter::from_fn(move || {
        let (kind, size) = rest.split_first_chunk::<4>()?;
        let (size, _) = size.split_first_chunk::<4>()?;
        let (kind, size) = (u32::from_le_bytes(*kind), u32::from_le_bytes(*size) as usize);
        if kind == 0 && size == 0 {
            return None;
        }
        let next = if size >= 8 { rest.get(size..) } else { None };
        rest = next.unwrap_or_default();
        Some(if next.is_some() { kind } else { 0 })
    })
}

#[cfg(all(test, target_os = "linux", target_arch = "aarch64"))]
mod tests {
    use super::*;

    #[test]
    fn records_are_listed() {
        let with = |words: &[(usize, u32)]| {
            let mut records = [0; RECORDS];
            for &(at, word) in words {
                records[at..at + 4].copy_from_slice(&word.to_le_bytes());
            }
            kinds(&records).collect::<Vec<_>>()
        };
        assert_eq!(with(&[]), []);
        assert_eq!(with(&[(0, 7), (4, 32), (32, 9), (36, 16)]), [7, 9]);
        assert_eq!(with(&[(0, 7), (4, 0)]), [0], "it would be followed by itself");
        assert_eq!(with(&[(0, 7), (4, 5000)]), [0], "it does not end in the context");
        assert_eq!(with(&[(0, 7), (4, 4096)]), [7]);
    }
}
