//! Error numbers of the guest, and their origin in error numbers of the host.

use std::io;

macro_rules! errnos {
    ($($(#[host($host:ident)])? $name:ident = $value:literal, $text:literal;)*) => {
        /// An error number as a call returns it to the guest (`$errno` in `typenames.witx`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
        #[repr(u16)]
        pub enum Errno {
            $(#[doc = concat!("`", stringify!($value), "`: ", $text, ".")]
            #[error($text)]
            $name = $value,)*
        }

        impl Errno {
            /// Every error number, in order: index and value agree.
            pub const ALL: &'static [Errno] = &[$(Errno::$name),*];

            fn from_host(errno: rustix::io::Errno) -> Self {
                $($(if errno == rustix::io::Errno::$host {
                    return Errno::$name;
                })?)*
                // Names that exist twice on the host, or are newer than the interface.
                if errno == rustix::io::Errno::OPNOTSUPP {
                    return Errno::Notsup;
                }
                Errno::Io
            }
        }
    };
}

errnos! {
    Success = 0, "no error";
    #[host(TOOBIG)] Toobig = 1, "argument list too long";
    #[host(ACCESS)] Acces = 2, "permission denied";
    #[host(ADDRINUSE)] Addrinuse = 3, "address in use";
    #[host(ADDRNOTAVAIL)] Addrnotavail = 4, "address not available";
    #[host(AFNOSUPPORT)] Afnosupport = 5, "address family not supported";
    #[host(AGAIN)] Again = 6, "resource unavailable, or operation would block";
    #[host(ALREADY)] Already = 7, "connection already in progress";
    #[host(BADF)] Badf = 8, "bad file descriptor";
    #[host(BADMSG)] Badmsg = 9, "bad message";
    #[host(BUSY)] Busy = 10, "device or resource busy";
    #[host(CANCELED)] Canceled = 11, "operation canceled";
    #[host(CHILD)] Child = 12, "no child processes";
    #[host(CONNABORTED)] Connaborted = 13, "connection aborted";
    #[host(CONNREFUSED)] Connrefused = 14, "connection refused";
    #[host(CONNRESET)] Connreset = 15, "connection reset";
    #[host(DEADLK)] Deadlk = 16, "resource deadlock would occur";
    #[host(DESTADDRREQ)] Destaddrreq = 17, "destination address required";
    #[host(DOM)] Dom = 18, "argument out of domain of function";
    #[host(DQUOT)] Dquot = 19, "disk quota exceeded";
    #[host(EXIST)] Exist = 20, "file exists";
    #[host(FAULT)] Fault = 21, "bad address";
    #[host(FBIG)] Fbig = 22, "file too large";
    #[host(HOSTUNREACH)] Hostunreach = 23, "host is unreachable";
    #[host(IDRM)] Idrm = 24, "identifier removed";
    #[host(ILSEQ)] Ilseq = 25, "illegal byte sequence";
    #[host(INPROGRESS)] Inprogress = 26, "operation in progress";
    #[host(INTR)] Intr = 27, "interrupted function";
    #[host(INVAL)] Inval = 28, "invalid argument";
    #[host(IO)] Io = 29, "i/o error";
    #[host(ISCONN)] Isconn = 30, "socket is connected";
    #[host(ISDIR)] Isdir = 31, "is a directory";
    #[host(LOOP)] Loop = 32, "too many levels of symbolic links";
    #[host(MFILE)] Mfile = 33, "too many open file descriptors";
    #[host(MLINK)] Mlink = 34, "too many links";
    #[host(MSGSIZE)] Msgsize = 35, "message too large";
    #[host(MULTIHOP)] Multihop = 36, "multihop attempted";
    #[host(NAMETOOLONG)] Nametoolong = 37, "file name too long";
    #[host(NETDOWN)] Netdown = 38, "network is down";
    #[host(NETRESET)] Netreset = 39, "connection aborted by network";
    #[host(NETUNREACH)] Netunreach = 40, "network unreachable";
    #[host(NFILE)] Nfile = 41, "too many files open in system";
    #[host(NOBUFS)] Nobufs = 42, "no buffer space available";
    #[host(NODEV)] Nodev = 43, "no such device";
    #[host(NOENT)] Noent = 44, "no such file or directory";
    #[host(NOEXEC)] Noexec = 45, "executable file format error";
    #[host(NOLCK)] Nolck = 46, "no locks available";
    #[host(NOLINK)] Nolink = 47, "link has been severed";
    #[host(NOMEM)] Nomem = 48, "not enough space";
    #[host(NOMSG)] Nomsg = 49, "no message of the desired type";
    #[host(NOPROTOOPT)] Noprotoopt = 50, "protocol not available";
    #[host(NOSPC)] Nospc = 51, "no space left on device";
    #[host(NOSYS)] Nosys = 52, "function not supported";
    #[host(NOTCONN)] Notconn = 53, "the socket is not connected";
    #[host(NOTDIR)] Notdir = 54, "not a directory";
    #[host(NOTEMPTY)] Notempty = 55, "directory not empty";
    #[host(NOTRECOVERABLE)] Notrecoverable = 56, "state not recoverable";
    #[host(NOTSOCK)] Notsock = 57, "not a socket";
    #[host(NOTSUP)] Notsup = 58, "not supported";
    #[host(NOTTY)] Notty = 59, "inappropriate i/o control operation";
    #[host(NXIO)] Nxio = 60, "no such device or address";
    #[host(OVERFLOW)] Overflow = 61, "value too large to be stored in data type";
    #[host(OWNERDEAD)] Ownerdead = 62, "previous owner died";
    #[host(PERM)] Perm = 63, "operation not permitted";
    #[host(PIPE)] Pipe = 64, "broken pipe";
    #[host(PROTO)] Proto = 65, "protocol error";
    #[host(PROTONOSUPPORT)] Protonosupport = 66, "protocol not supported";
    #[host(PROTOTYPE)] Prototype = 67, "protocol wrong type for socket";
    #[host(RANGE)] Range = 68, "result too large";
    #[host(ROFS)] Rofs = 69, "read-only file system";
    #[host(SPIPE)] Spipe = 70, "invalid seek";
    #[host(SRCH)] Srch = 71, "no such process";
    #[host(STALE)] Stale = 72, "stale file handle";
    #[host(TIMEDOUT)] Timedout = 73, "connection timed out";
    #[host(TXTBSY)] Txtbsy = 74, "text file busy";
    #[host(XDEV)] Xdev = 75, "cross-device link";
    Notcapable = 76, "capabilities insufficient";
}

impl From<rustix::io::Errno> for Errno {
    fn from(errno: rustix::io::Errno) -> Self {
        Self::from_host(errno)
    }
}

impl From<io::Error> for Errno {
    /// Errors of the system keep their meaning. A permission error that no system call has made is how
    /// `cap-std` says that a path leads out of its directory: [`Errno::Perm`].
    fn from(error: io::Error) -> Self {
        if let Some(errno) = rustix::io::Errno::from_io_error(&error) {
            return errno.into();
        }
        match error.kind() {
            io::ErrorKind::PermissionDenied => Errno::Perm,
            io::ErrorKind::NotFound => Errno::Noent,
            io::ErrorKind::AlreadyExists => Errno::Exist,
            io::ErrorKind::InvalidInput => Errno::Inval,
            io::ErrorKind::WouldBlock => Errno::Again,
            io::ErrorKind::Interrupted => Errno::Intr,
            io::ErrorKind::BrokenPipe => Errno::Pipe,
            io::ErrorKind::Unsupported => Errno::Notsup,
            io::ErrorKind::OutOfMemory => Errno::Nomem,
            _ => Errno::Io,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_positions_in_the_interface_file() {
        for (index, errno) in Errno::ALL.iter().enumerate() {
            assert_eq!(*errno as usize, index);
        }
        assert_eq!(Errno::ALL.len(), 77);
    }

    #[test]
    fn host_errors_keep_their_meaning() {
        assert_eq!(Errno::from(rustix::io::Errno::NOENT), Errno::Noent);
        assert_eq!(Errno::from(io::Error::from_raw_os_error(libc::ENOTEMPTY)), Errno::Notempty);
        assert_eq!(Errno::from(io::Error::from_raw_os_error(libc::EACCES)), Errno::Acces);
        assert_eq!(Errno::from(io::Error::from(io::ErrorKind::PermissionDenied)), Errno::Perm);
        assert_eq!(Errno::from(io::Error::other("x")), Errno::Io);
        assert_eq!(Errno::from(rustix::io::Errno::OPNOTSUPP), Errno::Notsup);
    }
}
