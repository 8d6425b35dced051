//! What a guest runs with: arguments, environment, descriptors, clocks and random numbers.

use crate::capabilities::Limits;
use crate::fd_table::FdTable;
use crate::host::{Clocks, Random, SystemClocks, SystemRandom};
use crate::memory::{GuestMemory, GuestPtr};
use crate::types::Errno;

/// The state of a guest that its system calls work on. All calls take it by shared reference, so that the
/// threads of a guest can share one.
#[derive(Debug)]
pub struct WasiCtx {
    /// Arguments, the name of the program first.
    pub args: StringTable,
    /// Environment variables, each as `key=value`.
    pub env: StringTable,
    /// Open files.
    pub fds: FdTable,
    /// Clocks.
    pub clocks: Box<dyn Clocks>,
    /// Random numbers.
    pub random: Box<dyn Random>,
    /// How much of a resource it may use.
    pub limits: Limits,
}

impl Default for WasiCtx {
    fn default() -> Self {
        Self {
            args: StringTable::default(),
            env: StringTable::default(),
            fds: FdTable::default(),
            clocks: Box::new(SystemClocks),
            random: Box::new(SystemRandom),
            limits: Limits::default(),
        }
    }
}

/// Strings the way the guest gets them: one behind the other, each ended by a zero byte.
#[derive(Clone, Debug, Default)]
pub struct StringTable {
    bytes: Vec<u8>,
    /// Where each string begins.
    starts: Vec<u32>,
}

impl StringTable {
    /// Adds a string.
    ///
    /// # Errors
    ///
    /// [`Errno::Inval`] when it contains a zero byte, [`Errno::Toobig`] when the table gets larger than the
    /// guest can count.
    pub fn push(&mut self, parts: &[&[u8]]) -> Result<(), Errno> {
        if parts.iter().any(|part| part.contains(&0)) {
            return Err(Errno::Inval);
        }
        let added: usize = parts.iter().map(|part| part.len()).sum();
        if u32::try_from(self.bytes.len() + added + 1).is_err() {
            return Err(Errno::Toobig);
        }
        self.starts.push(self.bytes.len() as u32);
        self.bytes.extend(parts.iter().copied().flatten());
        self.bytes.push(0);
        Ok(())
    }

    /// Number of strings.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Size of all strings in bytes, with their zeros.
    pub fn size(&self) -> u32 {
        self.bytes.len() as u32
    }

    /// Writes the strings to `buf` and their addresses, 32 bits each, to `pointers`.
    pub fn write_to(
        &self,
        mem: GuestMemory<'_>,
        pointers: GuestPtr,
        buf: GuestPtr,
    ) -> Result<(), Errno> {
        mem.check(pointers, 4 * u64::from(self.count()))?;
        mem.write(buf, &self.bytes)?;
        for (pointer, start) in (pointers..).step_by(4).zip(&self.starts) {
            let address = u32::try_from(buf + u64::from(*start)).map_err(|_| Errno::Fault)?;
            mem.write_u32(pointer, address)?;
        }
        Ok(())
    }
}
