//! Linux and other Unix-like systems.

pub mod mmap;
pub(crate) mod pagemap;
pub(crate) mod signal;
mod ucontext;

pub use self::signal::TrapHandlerFn;

/// Makes every thread of this process forget instructions that it has fetched in advance.
///
/// Where the system can't, it does not matter in practice: code is loaded at addresses at which no thread has
/// executed anything since they were mapped.
#[cfg(target_arch = "aarch64")]
pub(crate) fn synchronize_instruction_fetches() {
    const SYNC_CORE: libc::c_int = 1 << 5;
    const REGISTER_SYNC_CORE: libc::c_int = 1 << 6;
    // SAFETY: the calls take no pointers.
    unsafe {
        if libc::syscall(libc::SYS_membarrier, SYNC_CORE, 0, 0) != 0
            && libc::syscall(libc::SYS_membarrier, REGISTER_SYNC_CORE, 0, 0) == 0
        {
            libc::syscall(libc::SYS_membarrier, SYNC_CORE, 0, 0);
        }
    }
}
