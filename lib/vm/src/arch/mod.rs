//! What depends on the processor: a few routines in assembly, and the registers of the C ABI.
//!
//! Each processor has a file with the same items in the same order.

#[cfg(target_arch = "x86_64")]
#[path = "x86_64.rs"]
mod imp;

#[cfg(target_arch = "aarch64")]
#[path = "aarch64.rs"]
mod imp;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("wasmer-vm has no stubs for this processor");

pub(crate) use self::imp::{
    INTEGER_REGISTERS, STACK_ARGUMENTS, VECTOR_REGISTERS, VECTORS, call_with_image,
    dynamic_host_entry, publish_code, restore_registers, resume, resume_at, resume_suspended,
    save_registers, suspend, switch, switch_resumable,
};
pub use self::imp::{raise_stack_overflow, stack_pointer};
