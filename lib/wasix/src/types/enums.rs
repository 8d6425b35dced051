//! Enumerations of the interface: one row per enum, the variants numbered from zero in the order of
//! `typenames.witx`.

use super::{Abi, Errno};

macro_rules! enums {
    ($($(#[$doc:meta])* $name:ident($repr:ty) { $($variant:ident = $value:literal $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr($repr)]
        pub enum $name {
            $(#[doc = $text] $variant = $value,)*
        }

        impl TryFrom<u32> for $name {
            type Error = Errno;

            /// The variant of a number from the guest; [`Errno::Inval`] when there is none.
            fn try_from(value: u32) -> Result<Self, Errno> {
                match value {
                    $($value => Ok($name::$variant),)*
                    _ => Err(Errno::Inval),
                }
            }
        }
    )*};
}

enums! {
    /// A clock (`$clockid`).
    ClockId(u32) {
        Realtime = 0 "Time since 1970-01-01T00:00:00Z.",
        Monotonic = 1 "Time that never goes back, from an unspecified start.",
        ProcessCputime = 2 "Processor time of the process.",
        ThreadCputime = 3 "Processor time of the thread.",
    }

    /// The type of a file (`$filetype`).
    Filetype(u8) {
        Unknown = 0 "Not known, or none of the others (a pipe for instance).",
        BlockDevice = 1 "A block device.",
        CharacterDevice = 2 "A character device, such as a terminal.",
        Directory = 3 "A directory.",
        RegularFile = 4 "A regular file.",
        SocketDgram = 5 "A datagram socket.",
        SocketStream = 6 "A byte-stream socket.",
        SymbolicLink = 7 "A symbolic link.",
    }

    /// How a program is going to use a part of a file (`$advice`).
    Advice(u8) {
        Normal = 0 "No advice.",
        Sequential = 1 "From low to high offsets.",
        Random = 2 "In random order.",
        Willneed = 3 "Soon.",
        Dontneed = 4 "Not soon.",
        Noreuse = 5 "Once.",
    }

    /// What a subscription waits for (`$eventtype`).
    EventType(u8) {
        Clock = 0 "A clock reaches a time.",
        FdRead = 1 "A descriptor has data to read, or is at its end.",
        FdWrite = 2 "A descriptor takes data.",
    }

    /// A signal (`$signal`).
    Signal(u8) {
        None = 0 "No signal: does nothing.",
        Hup = 1 "Hangup.",
        Int = 2 "Terminate, interrupt.",
        Quit = 3 "Terminate, quit.",
        Ill = 4 "Illegal instruction.",
        Trap = 5 "Trace trap.",
        Abrt = 6 "Process abort.",
        Bus = 7 "Access to an undefined part of memory.",
        Fpe = 8 "Erroneous arithmetic operation.",
        Kill = 9 "Kill.",
        Usr1 = 10 "User-defined 1.",
        Segv = 11 "Invalid memory reference.",
        Usr2 = 12 "User-defined 2.",
        Pipe = 13 "Write to a pipe without a reader; ignored unless handled.",
        Alrm = 14 "Alarm clock.",
        Term = 15 "Terminate.",
        Chld = 16 "Child ended; ignored unless handled.",
        Cont = 17 "Continue; ignored unless handled.",
        Stop = 18 "Stop.",
        Tstp = 19 "Terminal stop.",
        Ttin = 20 "Background read.",
        Ttou = 21 "Background write.",
        Urg = 22 "Urgent data at a socket; ignored unless handled.",
        Xcpu = 23 "Processor time limit exceeded.",
        Xfsz = 24 "File size limit exceeded.",
        Vtalrm = 25 "Virtual timer expired.",
        Prof = 26 "Profiling timer expired.",
        Winch = 27 "Window changed; ignored unless handled.",
        Poll = 28 "Input or output possible.",
        Pwr = 29 "Power failure.",
        Sys = 30 "Bad system call.",
    }
}

/// Where a seek counts from (`$whence`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// From the start of the file.
    Set,
    /// From the current position.
    Cur,
    /// From the end of the file.
    End,
}

impl Whence {
    /// Decodes a number from the guest: the order is set, cur, end in preview 1 and cur, end, set before.
    pub fn decode(abi: Abi, value: u32) -> Result<Self, Errno> {
        match (abi, value) {
            (Abi::Preview1, 0) | (Abi::Unstable, 2) => Ok(Whence::Set),
            (Abi::Preview1, 1) | (Abi::Unstable, 0) => Ok(Whence::Cur),
            (Abi::Preview1, 2) | (Abi::Unstable, 1) => Ok(Whence::End),
            _ => Err(Errno::Inval),
        }
    }
}

impl Signal {
    /// What the signal does to a program that has no handler for it (preview 1 has no handlers at all).
    pub fn default_action(self) -> SignalAction {
        match self {
            Signal::None | Signal::Chld | Signal::Cont | Signal::Urg | Signal::Winch => {
                SignalAction::Ignore
            }
            Signal::Stop | Signal::Tstp | Signal::Ttin | Signal::Ttou => SignalAction::Stop,
            _ => SignalAction::Terminate,
        }
    }
}

/// What a signal does by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalAction {
    /// Nothing.
    Ignore,
    /// Ends the program.
    Terminate,
    /// Stops the program until it is continued.
    Stop,
}
