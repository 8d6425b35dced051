//! Sockets of the host.
//!
//! A guest cannot make any. It gets listening or connected ones from the embedder, and what it accepts from those.

use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::Arc;

use rustix::net::{Shutdown, SocketFlags, SocketType};

use super::sys::{count, vec_count};
use super::{FsResult, HostFile, Received, Socket, VirtualFile};
use crate::memory::GuestSlices;
use crate::types::{Errno, Fdflags, Filetype, Riflags, Sdflags};

/// The type of a descriptor that is a socket.
pub(super) fn filetype(fd: BorrowedFd<'_>) -> Filetype {
    match rustix::net::sockopt::socket_type(fd) {
        Ok(SocketType::DGRAM) => Filetype::SocketDgram,
        _ => Filetype::SocketStream,
    }
}

impl Socket for HostFile {
    fn accept(&self, flags: Fdflags) -> FsResult<Arc<dyn VirtualFile>> {
        let mut host = SocketFlags::CLOEXEC;
        if flags.contains(Fdflags::NONBLOCK) {
            host |= SocketFlags::NONBLOCK;
        }
        let connection = rustix::net::accept_with(self.host_fd(), host)?;
        Ok(Arc::new(HostFile::new(connection)?))
    }

    fn receive(&self, bufs: &GuestSlices<'_>, flags: Riflags) -> FsResult<Received> {
        let vecs = bufs.as_iovecs();
        // SAFETY: all zero bytes are a valid `msghdr`: null pointers, and lengths of zero.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        message.msg_iov = vecs.as_ptr().cast_mut();
        message.msg_iovlen = vec_count(vecs) as _;
        let mut host = 0;
        for (flag, host_flag) in
            [(Riflags::RECV_PEEK, libc::MSG_PEEK), (Riflags::RECV_WAITALL, libc::MSG_WAITALL)]
        {
            if flags.contains(flag) {
                host |= host_flag;
            }
        }
        // SAFETY: the descriptor is open for the call; `message` names the ranges of `bufs`, which are valid for
        // writes by others than Rust code for as long as it lives, and nothing else.
        let len = count(unsafe { libc::recvmsg(self.host_fd().as_raw_fd(), &mut message, host) })?;
        Ok(Received { len, truncated: message.msg_flags & libc::MSG_TRUNC != 0 })
    }

    fn shutdown(&self, how: Sdflags) -> FsResult<()> {
        let how = match (how.contains(Sdflags::RD), how.contains(Sdflags::WR)) {
            (true, true) => Shutdown::Both,
            (true, false) => Shutdown::Read,
            (false, true) => Shutdown::Write,
            (false, false) => return Err(Errno::Inval),
        };
        Ok(rustix::net::shutdown(self.host_fd(), how)?)
    }
}
