//! Sockets. Preview 1 cannot make any: a guest has those that it was given, and what it accepts from them.

use std::sync::Arc;

use crate::ctx::WasiCtx;
use crate::fd_table::Descriptor;
use crate::fs::Socket;
use crate::memory::{GuestMemory, GuestPtr};
use crate::types::{Errno, Fd, Fdflags, Riflags, Rights, Roflags, Sdflags};

type Result<T = ()> = std::result::Result<T, Errno>;

/// Calls `f` with the socket of a descriptor that has the `rights`; [`Errno::Notsock`] if it is something else.
fn with_socket<R>(
    ctx: &WasiCtx,
    fd: Fd,
    rights: Rights,
    f: impl FnOnce(&Arc<Descriptor>, &dyn Socket) -> Result<R>,
) -> Result<R> {
    let descriptor = ctx.fds.get(fd)?;
    let socket = descriptor.file().as_socket().ok_or(Errno::Notsock)?;
    descriptor.require(rights)?;
    f(&descriptor, socket)
}

/// Accepts a connection and writes its descriptor, which has the rights of the listening socket, but for accepting.
/// Of the flags, only `NONBLOCK` means something for it: others are [`Errno::Inval`].
pub fn sock_accept(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    flags: u32,
    opened: GuestPtr,
) -> Result {
    mem.check(opened, 4)?;
    let flags = Fdflags::try_from(u64::from(flags))?;
    let new = with_socket(ctx, fd, Rights::SOCK_ACCEPT, |descriptor, socket| {
        if flags.difference(Fdflags::NONBLOCK) != Fdflags::empty() {
            return Err(Errno::Inval);
        }
        let rights = descriptor.rights().difference(Rights::SOCK_ACCEPT);
        Ok(Descriptor::new(socket.accept(flags)?, rights, Rights::empty()))
    })?;
    mem.write_u32(opened, ctx.fds.insert(new)?)
}

/// Receives data.
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
) -> Result {
    mem.check(received, 4)?;
    mem.check(received_flags, 2)?;
    let found = with_socket(ctx, fd, Rights::FD_READ, |_, socket| {
        let flags = Riflags::try_from(u64::from(flags))?;
        let limit = ctx.limits.receive_size.unwrap_or(u64::MAX);
        socket.receive(&mem.slices(data, data_len)?.up_to(limit), flags)
    })?;
    let truncated = if found.truncated { Roflags::RECV_DATA_TRUNCATED } else { Roflags::empty() };
    mem.write(received_flags, &truncated.bits().to_le_bytes())?;
    mem.write_u32(received, found.len as u32)
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
) -> Result {
    mem.check(sent, 4)?;
    let count = with_socket(ctx, fd, Rights::FD_WRITE, |descriptor, _| {
        if flags != 0 {
            return Err(Errno::Inval);
        }
        descriptor.file().write(&mem.slices(data, data_len)?)
    })?;
    mem.write_u32(sent, count as u32)
}

/// Closes one or both directions.
pub fn sock_shutdown(ctx: &WasiCtx, fd: Fd, how: u32) -> Result {
    with_socket(ctx, fd, Rights::SOCK_SHUTDOWN, |_, socket| {
        match Sdflags::try_from(u64::from(how))? {
            none if none == Sdflags::empty() => Err(Errno::Inval),
            how => socket.shutdown(how),
        }
    })
}
