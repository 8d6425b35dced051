//! Arguments, environment and random bytes.

use crate::ctx::WasiCtx;
use crate::memory::{GuestMemory, GuestPtr};
use crate::types::Errno;

type Result = std::result::Result<(), Errno>;

/// Writes the arguments to `argv_buf` and their addresses to `argv`.
pub fn args_get(ctx: &WasiCtx, mem: GuestMemory<'_>, argv: GuestPtr, argv_buf: GuestPtr) -> Result {
    ctx.args.write_to(mem, argv, argv_buf)
}

/// Writes the number of arguments and the size of all of them.
pub fn args_sizes_get(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    count: GuestPtr,
    size: GuestPtr,
) -> Result {
    mem.write_u32(count, ctx.args.count())?;
    mem.write_u32(size, ctx.args.size())
}

/// Writes the environment variables to `environ_buf` and their addresses to `environ`.
pub fn environ_get(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    environ: GuestPtr,
    environ_buf: GuestPtr,
) -> Result {
    ctx.env.write_to(mem, environ, environ_buf)
}

/// Writes the number of environment variables and the size of all of them.
pub fn environ_sizes_get(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    count: GuestPtr,
    size: GuestPtr,
) -> Result {
    mem.write_u32(count, ctx.env.count())?;
    mem.write_u32(size, ctx.env.size())
}

/// Fills a buffer with random bytes.
pub fn random_get(ctx: &WasiCtx, mem: GuestMemory<'_>, buf: GuestPtr, len: u32) -> Result {
    let end = buf.saturating_add(u64::from(len));
    mem.check(buf, u64::from(len))?;
    let mut bytes = [0; 1024];
    let mut at = buf;
    while at < end {
        let part = (end - at).min(bytes.len() as u64);
        let part = &mut bytes[..part as usize];
        ctx.random.fill(part)?;
        mem.write(at, part)?;
        at += part.len() as u64;
    }
    Ok(())
}
