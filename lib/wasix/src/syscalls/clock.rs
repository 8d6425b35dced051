//! Clocks.

use crate::ctx::WasiCtx;
use crate::memory::{GuestMemory, GuestPtr};
use crate::types::{ClockId, Errno, Timestamp};

/// Writes the resolution of a clock in nanoseconds.
pub fn clock_res_get(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    clock: u32,
    resolution: GuestPtr,
) -> Result<(), Errno> {
    mem.write_u64(resolution, ctx.clocks.resolution(ClockId::try_from(clock)?)?)
}

/// Writes the time of a clock in nanoseconds. The precision that the guest could do with is not needed.
pub fn clock_time_get(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    clock: u32,
    _precision: Timestamp,
    time: GuestPtr,
) -> Result<(), Errno> {
    mem.write_u64(time, ctx.clocks.now(ClockId::try_from(clock)?)?)
}
