//! Sockets. Preview 1 cannot make any; a guest has one only when a standard stream is a socket.

use std::sync::Arc;

use crate::ctx::WasiCtx;
use crate::fd_table::Descriptor;
use crate::memory::{GuestMemory, GuestPtr};
use crate::types::{Errno, Fd, Fdflags, Filetype, Riflags, Rights, Sdflags};

/// The descriptor of a socket, or [`Errno::Notsock`].
fn socket(ctx: &WasiCtx, fd: Fd) -> Result<Arc<Descriptor>, Errno> {
    let descriptor = ctx.fds.get(fd)?;
    match descriptor.file().filetype() {
        Filetype::SocketStream | Filetype::SocketDgram => Ok(descriptor),
        _ => Err(Errno::Notsock),
    }
}

/// Accepts a connection. No descriptor of a guest is a listening socket.
pub fn sock_accept(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    flags: u32,
    opened: GuestPtr,
) -> Result<(), Errno> {
    mem.check(opened, 4)?;
    Fdflags::try_from(u64::from(flags))?;
    socket(ctx, fd)?.require(Rights::SOCK_ACCEPT)?;
    Err(Errno::Notsup)
}

/// Receives data; with flags it is not supported.
#[expect(clippy::too_many_arguments, reason = "the parameters are those of the interface")]
pub fn sock_recv(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    data: GuestPtr,
    data_len: u32,
    flags: u32,
    received: GuestPtr,
    received_flags: GuestPtr,
) -> Result<(), Errno> {
    mem.check(received, 4)?;
    mem.check(received_flags, 2)?;
    let descriptor = socket(ctx, fd)?;
    descriptor.require(Rights::FD_READ)?;
    if Riflags::try_from(u64::from(flags))? != Riflags::empty() {
        return Err(Errno::Notsup);
    }
    let count = descriptor.file().read(&mem.slices(data, data_len)?)?;
    mem.write(received_flags, &0u16.to_le_bytes())?;
    mem.write_u32(received, count as u32)
}

/// Sends data; there are no flags.
pub fn sock_send(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    data: GuestPtr,
    data_len: u32,
    flags: u32,
    sent: GuestPtr,
) -> Result<(), Errno> {
    mem.check(sent, 4)?;
    let descriptor = socket(ctx, fd)?;
    descriptor.require(Rights::FD_WRITE)?;
    if flags != 0 {
        return Err(Errno::Inval);
    }
    let count = descriptor.file().write(&mem.slices(data, data_len)?)?;
    mem.write_u32(sent, count as u32)
}

/// Closes one or both directions; not supported for the sockets a guest can have.
pub fn sock_shutdown(ctx: &WasiCtx, fd: Fd, how: u32) -> Result<(), Errno> {
    let descriptor = socket(ctx, fd)?;
    descriptor.require(Rights::SOCK_SHUTDOWN)?;
    if Sdflags::try_from(u64::from(how))? == Sdflags::empty() {
        return Err(Errno::Inval);
    }
    Err(Errno::Notsup)
}
