//! Bit sets of the interface: one row per set, one line per bit.

use super::Errno;

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident($repr:ty) { $($flag:ident = $bit:literal $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name($repr);

        impl $name {
            $(#[doc = $text] pub const $flag: Self = Self(1 << $bit);)*
            const NAMED: $repr = 0 $(| (1 << $bit))*;

            /// No bit set.
            pub const fn empty() -> Self {
                Self(0)
            }

            /// Every bit that has a name.
            pub const fn all() -> Self {
                Self(Self::NAMED)
            }

            /// The bits as a number.
            pub const fn bits(self) -> $repr {
                self.0
            }

            /// The bits of a number; those without a name are dropped.
            pub const fn from_bits_truncate(bits: $repr) -> Self {
                Self(bits & Self::NAMED)
            }

            /// Whether all bits of `other` are set.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether any bit of `other` is set.
            pub const fn intersects(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// The bits of either.
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The bits of both.
            pub const fn intersection(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// These bits without those of `other`.
            pub const fn difference(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }
        }

        impl std::fmt::Display for $name {
            /// Writes the names of the bits as the interface has them, with `|` between them; 0 if there is none.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let names: Vec<String> = [$((Self::$flag, stringify!($flag))),*]
                    .into_iter()
                    .filter(|(flag, _)| self.contains(*flag))
                    .map(|(_, name)| name.to_lowercase())
                    .collect();
                f.pad(if names.is_empty() { "0".to_owned() } else { names.join("|") }.as_str())
            }
        }

        impl std::ops::BitOr for $name {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                self.union(other)
            }
        }

        impl TryFrom<u64> for $name {
            type Error = Errno;

            /// The set of a number from the guest; [`Errno::Inval`] when a bit has no name.
            fn try_from(bits: u64) -> Result<Self, Errno> {
                match <$repr>::try_from(bits) {
                    Ok(bits) if bits & !Self::NAMED == 0 => Ok(Self(bits)),
                    _ => Err(Errno::Inval),
                }
            }
        }
    )*};
}

flags! {
    /// What may be done with a descriptor (`$rights`).
    Rights(u64) {
        FD_DATASYNC = 0 "`fd_datasync`; with `PATH_OPEN`, opening with `Fdflags::DSYNC`.",
        FD_READ = 1 "`fd_read`, `sock_recv`; with `FD_SEEK`, `fd_pread`.",
        FD_SEEK = 2 "`fd_seek`; includes `FD_TELL`.",
        FD_FDSTAT_SET_FLAGS = 3 "`fd_fdstat_set_flags`.",
        FD_SYNC = 4 "`fd_sync`; with `PATH_OPEN`, opening with `Fdflags::RSYNC` and `DSYNC`.",
        FD_TELL = 5 "`fd_tell`, and `fd_seek` that stays where it is.",
        FD_WRITE = 6 "`fd_write`, `sock_send`; with `FD_SEEK`, `fd_pwrite`.",
        FD_ADVISE = 7 "`fd_advise`.",
        FD_ALLOCATE = 8 "`fd_allocate`.",
        PATH_CREATE_DIRECTORY = 9 "`path_create_directory`.",
        PATH_CREATE_FILE = 10 "With `PATH_OPEN`, opening with `Oflags::CREAT`.",
        PATH_LINK_SOURCE = 11 "`path_link` from here.",
        PATH_LINK_TARGET = 12 "`path_link` to here.",
        PATH_OPEN = 13 "`path_open`.",
        FD_READDIR = 14 "`fd_readdir`.",
        PATH_READLINK = 15 "`path_readlink`.",
        PATH_RENAME_SOURCE = 16 "`path_rename` from here.",
        PATH_RENAME_TARGET = 17 "`path_rename` to here.",
        PATH_FILESTAT_GET = 18 "`path_filestat_get`.",
        PATH_FILESTAT_SET_SIZE = 19 "Opening with `Oflags::TRUNC`.",
        PATH_FILESTAT_SET_TIMES = 20 "`path_filestat_set_times`.",
        FD_FILESTAT_GET = 21 "`fd_filestat_get`.",
        FD_FILESTAT_SET_SIZE = 22 "`fd_filestat_set_size`.",
        FD_FILESTAT_SET_TIMES = 23 "`fd_filestat_set_times`.",
        PATH_SYMLINK = 24 "`path_symlink`.",
        PATH_REMOVE_DIRECTORY = 25 "`path_remove_directory`.",
        PATH_UNLINK_FILE = 26 "`path_unlink_file`.",
        POLL_FD_READWRITE = 27 "`poll_oneoff` on the descriptor.",
        SOCK_SHUTDOWN = 28 "`sock_shutdown`.",
        SOCK_ACCEPT = 29 "`sock_accept`.",
    }

    /// Flags of a descriptor (`$fdflags`).
    Fdflags(u16) {
        APPEND = 0 "Writes go to the end of the file.",
        DSYNC = 1 "A write returns when its data are stored.",
        NONBLOCK = 2 "Calls return `Errno::Again` instead of waiting.",
        RSYNC = 3 "A read returns when pending writes are stored.",
        SYNC = 4 "A write returns when data and metadata are stored.",
    }

    /// Flags of opening (`$oflags`).
    Oflags(u16) {
        CREAT = 0 "Create the file if it does not exist.",
        DIRECTORY = 1 "Fail if it is not a directory.",
        EXCL = 2 "Fail if the file exists.",
        TRUNC = 3 "Truncate the file to size 0.",
    }

    /// How paths are resolved (`$lookupflags`).
    Lookupflags(u32) {
        SYMLINK_FOLLOW = 0 "Follow a symbolic link in the last component.",
    }

    /// Which time stamps to set (`$fstflags`).
    Fstflags(u16) {
        ATIM = 0 "The access time, to the value given.",
        ATIM_NOW = 1 "The access time, to now.",
        MTIM = 2 "The modification time, to the value given.",
        MTIM_NOW = 3 "The modification time, to now.",
    }

    /// Flags of a clock subscription (`$subclockflags`).
    SubclockFlags(u16) {
        ABSTIME = 0 "The time is a point of the clock, not a span from now.",
    }

    /// Flags of a descriptor event (`$eventrwflags`).
    EventRwFlags(u16) {
        HANGUP = 0 "The other end has closed, or the file is at its end.",
    }

    /// Flags of `sock_recv` (`$riflags`).
    Riflags(u16) {
        RECV_PEEK = 0 "Leave the data in the queue.",
        RECV_WAITALL = 1 "Wait until the buffers are full.",
    }

    /// What `sock_recv` tells of the data (`$roflags`).
    Roflags(u16) {
        RECV_DATA_TRUNCATED = 0 "The message was longer than the buffers.",
    }

    /// Channels of `sock_shutdown` (`$sdflags`).
    Sdflags(u8) {
        RD = 0 "Receiving.",
        WR = 1 "Sending.",
    }
}

impl Rights {
    /// Rights that mean something for a directory.
    pub const DIRECTORY: Self = Self(
        Self::PATH_CREATE_DIRECTORY.0
            | Self::PATH_CREATE_FILE.0
            | Self::PATH_LINK_SOURCE.0
            | Self::PATH_LINK_TARGET.0
            | Self::PATH_OPEN.0
            | Self::FD_READDIR.0
            | Self::PATH_READLINK.0
            | Self::PATH_RENAME_SOURCE.0
            | Self::PATH_RENAME_TARGET.0
            | Self::PATH_SYMLINK.0
            | Self::PATH_REMOVE_DIRECTORY.0
            | Self::PATH_UNLINK_FILE.0
            | Self::PATH_FILESTAT_GET.0
            | Self::PATH_FILESTAT_SET_SIZE.0
            | Self::PATH_FILESTAT_SET_TIMES.0
            | Self::FD_FILESTAT_GET.0
            | Self::FD_FILESTAT_SET_TIMES.0
            | Self::FD_FDSTAT_SET_FLAGS.0
            | Self::FD_SYNC.0
            | Self::FD_DATASYNC.0,
    );

    /// Rights that mean something for a file, device or pipe.
    pub const FILE: Self = Self(
        Self::FD_DATASYNC.0
            | Self::FD_READ.0
            | Self::FD_SEEK.0
            | Self::FD_FDSTAT_SET_FLAGS.0
            | Self::FD_SYNC.0
            | Self::FD_TELL.0
            | Self::FD_WRITE.0
            | Self::FD_ADVISE.0
            | Self::FD_ALLOCATE.0
            | Self::FD_FILESTAT_GET.0
            | Self::FD_FILESTAT_SET_SIZE.0
            | Self::FD_FILESTAT_SET_TIMES.0
            | Self::POLL_FD_READWRITE.0,
    );

    /// Rights that mean something for a socket.
    pub const SOCKET: Self = Self(
        Self::FD_READ.0
            | Self::FD_WRITE.0
            | Self::FD_FDSTAT_SET_FLAGS.0
            | Self::FD_FILESTAT_GET.0
            | Self::POLL_FD_READWRITE.0
            | Self::SOCK_SHUTDOWN.0
            | Self::SOCK_ACCEPT.0,
    );

    /// Rights that change a file or what a directory holds: not given below a read-only directory.
    pub const MODIFYING: Self = Self(
        Self::FD_WRITE.0
            | Self::FD_ALLOCATE.0
            | Self::FD_FILESTAT_SET_SIZE.0
            | Self::FD_FILESTAT_SET_TIMES.0
            | Self::PATH_FILESTAT_SET_SIZE.0
            | Self::PATH_FILESTAT_SET_TIMES.0
            | Self::PATH_LINK_SOURCE.0
            | Self::PATH_LINK_TARGET.0
            | Self::PATH_RENAME_SOURCE.0
            | Self::PATH_RENAME_TARGET.0
            | Self::PATH_SYMLINK.0
            | Self::PATH_REMOVE_DIRECTORY.0
            | Self::PATH_UNLINK_FILE.0,
    );

    /// Rights that make new files and directories.
    pub const CREATING: Self = Self(Self::PATH_CREATE_FILE.0 | Self::PATH_CREATE_DIRECTORY.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unnamed_bits_are_refused_or_dropped() {
        assert_eq!(Oflags::try_from(0b1001), Ok(Oflags::CREAT | Oflags::TRUNC));
        assert_eq!(Oflags::try_from(16), Err(Errno::Inval));
        assert_eq!(Fdflags::try_from(1 << 40), Err(Errno::Inval));
        assert_eq!(Rights::from_bits_truncate(u64::MAX), Rights::all());
        assert_eq!(Rights::all().bits(), (1 << 30) - 1);
    }
}
