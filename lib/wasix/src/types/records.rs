//! Records of the interface and their layouts in guest memory.
//!
//! A layout is a table of offsets; bytes that no field covers are zero, so that nothing of the host leaks
//! into the guest. All numbers are little-endian.

use super::{
    Abi, ClockId, Errno, EventRwFlags, EventType, Fd, Fdflags, Filetype, Rights, SubclockFlags,
    Timestamp,
};

/// Size of `$iovec` and `$ciovec`: address and length, 32 bits each.
pub const IOVEC_SIZE: u32 = 8;
/// Size of `$dirent`.
pub const DIRENT_SIZE: usize = 24;
/// Size of `$event`.
pub const EVENT_SIZE: usize = 32;
/// Size of `$fdstat`.
pub const FDSTAT_SIZE: usize = 24;
/// Size of `$prestat`.
pub const PRESTAT_SIZE: usize = 8;

/// The bytes of a record: `size; offset => value, …`.
macro_rules! encode {
    ($size:expr; $($offset:literal => $value:expr),* $(,)?) => {{
        let mut bytes = [0u8; $size];
        $({
            let value = $value.to_le_bytes();
            bytes[$offset..$offset + value.len()].copy_from_slice(&value);
        })*
        bytes
    }};
}

/// The number of a type at an offset of a record's bytes.
macro_rules! decode {
    ($bytes:expr, $type:ty, $offset:expr) => {{
        let mut value = [0u8; size_of::<$type>()];
        value.copy_from_slice(&$bytes[$offset..$offset + size_of::<$type>()]);
        <$type>::from_le_bytes(value)
    }};
}

/// Attributes of a file (`$filestat`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filestat {
    /// Device the file is on.
    pub dev: u64,
    /// Number of the file on its device.
    pub ino: u64,
    /// Type of the file.
    pub filetype: Filetype,
    /// Number of hard links.
    pub nlink: u64,
    /// Size in bytes; of a symbolic link, that of its contents.
    pub size: u64,
    /// Last access.
    pub atim: Timestamp,
    /// Last modification of the data.
    pub mtim: Timestamp,
    /// Last change of the status.
    pub ctim: Timestamp,
}

impl Filestat {
    /// Attributes of something that has a type and nothing else.
    pub fn of_type(filetype: Filetype) -> Self {
        Self { dev: 0, ino: 0, filetype, nlink: 1, size: 0, atim: 0, mtim: 0, ctim: 0 }
    }

    /// The record of preview 1: 64 bytes.
    pub fn encode_preview1(&self) -> [u8; 64] {
        encode! { 64;
            0 => self.dev, 8 => self.ino, 16 => (self.filetype as u8), 24 => self.nlink, 32 => self.size,
            40 => self.atim, 48 => self.mtim, 56 => self.ctim,
        }
    }

    /// The record of `wasi_unstable`: 56 bytes, with a link count of 32 bits (saturated).
    pub fn encode_unstable(&self) -> [u8; 56] {
        let nlink = u32::try_from(self.nlink).unwrap_or(u32::MAX);
        encode! { 56;
            0 => self.dev, 8 => self.ino, 16 => (self.filetype as u8), 20 => nlink, 24 => self.size,
            32 => self.atim, 40 => self.mtim, 48 => self.ctim,
        }
    }
}

/// State of a descriptor (`$fdstat`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fdstat {
    /// Type of the file.
    pub filetype: Filetype,
    /// Flags of the descriptor.
    pub flags: Fdflags,
    /// Rights of the descriptor.
    pub rights_base: Rights,
    /// The most that descriptors opened through this one can have.
    pub rights_inheriting: Rights,
}

impl Fdstat {
    /// The record.
    pub fn encode(&self) -> [u8; FDSTAT_SIZE] {
        encode! { FDSTAT_SIZE;
            0 => (self.filetype as u8), 2 => self.flags.bits(),
            8 => self.rights_base.bits(), 16 => self.rights_inheriting.bits(),
        }
    }
}

/// What `fd_prestat_get` tells of a preopened directory (`$prestat`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prestat {
    /// Length of the directory's name in bytes.
    pub name_len: u32,
}

impl Prestat {
    /// The record: the tag is that of a directory, the only kind there is.
    pub fn encode(&self) -> [u8; PRESTAT_SIZE] {
        encode! { PRESTAT_SIZE; 0 => 0u8, 4 => self.name_len }
    }
}

/// The head of a directory entry (`$dirent`); the name follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dirent {
    /// Cookie of the entry after this one.
    pub next: u64,
    /// Number of the file.
    pub ino: u64,
    /// Length of the name in bytes.
    pub namlen: u32,
    /// Type of the file.
    pub filetype: Filetype,
}

impl Dirent {
    /// The record, without the name.
    pub fn encode(&self) -> [u8; DIRENT_SIZE] {
        encode! { DIRENT_SIZE;
            0 => self.next, 8 => self.ino, 16 => self.namlen, 20 => (self.filetype as u8),
        }
    }
}

/// Something that happened (`$event`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What the subscription said.
    pub userdata: u64,
    /// Whether waiting went wrong.
    pub error: Errno,
    /// What kind of subscription this answers.
    pub kind: EventType,
    /// Bytes that can be read or written, of a descriptor event.
    pub nbytes: u64,
    /// Flags of a descriptor event.
    pub flags: EventRwFlags,
}

impl Event {
    /// The record.
    pub fn encode(&self) -> [u8; EVENT_SIZE] {
        encode! { EVENT_SIZE;
            0 => self.userdata, 8 => (self.error as u16), 10 => (self.kind as u8),
            16 => self.nbytes, 24 => self.flags.bits(),
        }
    }
}

/// Something to wait for (`$subscription`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Comes back in the event.
    pub userdata: u64,
    /// What to wait for; an unknown clock or flag is an error of this subscription alone.
    pub kind: SubscriptionKind,
}

/// What a subscription waits for (`$subscription_u`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionKind {
    /// A clock reaches a time.
    Clock {
        /// The clock.
        clock: Result<ClockId, Errno>,
        /// The time, relative to now unless `flags` says that it is absolute.
        timeout: Timestamp,
        /// Flags.
        flags: Result<SubclockFlags, Errno>,
    },
    /// A descriptor can be read.
    FdRead(Fd),
    /// A descriptor can be written.
    FdWrite(Fd),
}

impl Subscription {
    /// Size of the largest of the two layouts.
    pub const MAX_SIZE: usize = 56;

    /// Size of the record: 48 bytes, and 56 in `wasi_unstable`, where a clock has one field more.
    pub fn size(abi: Abi) -> usize {
        match abi {
            Abi::Preview1 => 48,
            Abi::Unstable => 56,
        }
    }

    /// Decodes a record of [`size`](Self::size) bytes.
    ///
    /// # Errors
    ///
    /// [`Errno::Inval`] when the tag is unknown or `bytes` is too short.
    pub fn decode(abi: Abi, bytes: &[u8]) -> Result<Self, Errno> {
        if bytes.len() < Self::size(abi) {
            return Err(Errno::Inval);
        }
        let userdata = decode!(bytes, u64, 0);
        let kind = match EventType::try_from(u32::from(bytes[8]))? {
            EventType::Clock => {
                // `wasi_unstable` has an identifier of 8 bytes before the clock; nothing reads it.
                let clock = match abi {
                    Abi::Preview1 => 16,
                    Abi::Unstable => 24,
                };
                SubscriptionKind::Clock {
                    clock: ClockId::try_from(decode!(bytes, u32, clock)),
                    timeout: decode!(bytes, u64, clock + 8),
                    flags: SubclockFlags::try_from(u64::from(decode!(bytes, u16, clock + 24))),
                }
            }
            EventType::FdRead => SubscriptionKind::FdRead(decode!(bytes, u32, 16)),
            EventType::FdWrite => SubscriptionKind::FdWrite(decode!(bytes, u32, 16)),
        };
        Ok(Self { userdata, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filestat_layouts() {
        let stat = Filestat {
            dev: 1,
            ino: 2,
            filetype: Filetype::RegularFile,
            nlink: 1 << 40,
            size: 5,
            atim: 6,
            mtim: 7,
            ctim: 8,
        };
        let new = stat.encode_preview1();
        let old = stat.encode_unstable();
        assert_eq!((new[0], new[8], new[16], new[29], new[32], new[56]), (1, 2, 4, 1, 5, 8));
        assert_eq!((old[0], old[8], old[16], old[24], old[48]), (1, 2, 4, 5, 8));
        assert_eq!(old[20..24], u32::MAX.to_le_bytes());
    }

    #[test]
    fn subscription_layouts() {
        for abi in [Abi::Preview1, Abi::Unstable] {
            let clock = Subscription::size(abi) - 32;
            let mut bytes = vec![0; Subscription::size(abi)];
            bytes[0] = 9;
            bytes[clock] = 1;
            bytes[clock + 8] = 77;
            bytes[clock + 24] = 1;
            let subscription = Subscription::decode(abi, &bytes).unwrap();
            assert_eq!(subscription.userdata, 9);
            assert_eq!(
                subscription.kind,
                SubscriptionKind::Clock {
                    clock: Ok(ClockId::Monotonic),
                    timeout: 77,
                    flags: Ok(SubclockFlags::ABSTIME)
                }
            );
            bytes[8] = 3;
            assert_eq!(Subscription::decode(abi, &bytes), Err(Errno::Inval));
            assert_eq!(Subscription::decode(abi, &[0; 10]), Err(Errno::Inval));
        }
    }
}
