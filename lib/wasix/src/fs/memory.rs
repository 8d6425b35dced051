//! Files in the memory of this process: [`Buffer`], [`Pipe`] and [`Null`].
//!
//! They let a program feed the standard streams of a guest and read what it writes. What a guest can make them
//! hold is bounded by a limit.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use super::bytes::{self, rest};
use super::{FsResult, Interest, Readiness, SeekTo, SyncKind, VirtualFile};
use crate::memory::GuestSlices;
use crate::types::{Advice, Errno, Fdflags, Filestat, Filetype};

/// Bytes that a [`Buffer`] or one direction of a [`Pipe`] holds unless told otherwise.
const DEFAULT_LIMIT: usize = 256 << 20;

/// Locks; a thread that panicked while it held the lock has left nothing half-done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file without contents: reading finds its end, writing takes everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Null;

impl VirtualFile for Null {
    fn filetype(&self) -> Filetype {
        Filetype::CharacterDevice
    }

    fn read(&self, _bufs: &GuestSlices<'_>) -> FsResult<usize> {
        Ok(0)
    }

    fn write(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
        Ok(bufs.len())
    }

    fn poll(&self, interest: Interest, _waker: &Waker) -> Poll<FsResult<Readiness>> {
        let end = interest == Interest::Read;
        Poll::Ready(Ok(Readiness { nbytes: u64::from(!end), hangup: end }))
    }
}

/// A regular file in memory, with one position for all who use it. Clones are the same file.
///
/// As standard output it collects what the guest writes; made from bytes, it is a standard input that ends.
#[derive(Clone, Debug)]
pub struct Buffer {
    state: Arc<Mutex<BufferState>>,
    limit: usize,
}

#[derive(Debug, Default)]
struct BufferState {
    data: Vec<u8>,
    position: u64,
    append: bool,
}

impl Default for Buffer {
    fn default() -> Self {
        Self::with_limit(DEFAULT_LIMIT)
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(data: Vec<u8>) -> Self {
        let state = BufferState { data, ..BufferState::default() };
        Self { state: Arc::new(Mutex::new(state)), limit: DEFAULT_LIMIT }
    }
}

impl Buffer {
    /// An empty file.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty file that grows to at most `limit` bytes; more is [`Errno::Nospc`].
    pub fn with_limit(limit: usize) -> Self {
        Self { state: Arc::default(), limit }
    }

    /// A copy of the contents.
    pub fn contents(&self) -> Vec<u8> {
        lock(&self.state).data.clone()
    }

    /// Removes and returns the contents; the position is then the start.
    pub fn take(&self) -> Vec<u8> {
        let mut state = lock(&self.state);
        state.position = 0;
        std::mem::take(&mut state.data)
    }

    fn write_to(
        &self,
        state: &mut BufferState,
        bufs: &GuestSlices<'_>,
        at: u64,
    ) -> FsResult<usize> {
        bytes::write(&mut state.data, self.limit as u64, bufs, at)
    }
}

impl VirtualFile for Buffer {
    fn filetype(&self) -> Filetype {
        Filetype::RegularFile
    }

    fn filestat(&self) -> FsResult<Filestat> {
        let size = lock(&self.state).data.len() as u64;
        Ok(Filestat { size, ..Filestat::of_type(Filetype::RegularFile) })
    }

    fn read(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
        let mut state = lock(&self.state);
        let done = bufs.scatter(rest(&state.data, state.position));
        state.position += done as u64;
        Ok(done)
    }

    fn write(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
        let mut state = lock(&self.state);
        let at = if state.append { state.data.len() as u64 } else { state.position };
        let done = self.write_to(&mut state, bufs, at)?;
        state.position = at + done as u64;
        Ok(done)
    }

    fn read_at(&self, bufs: &GuestSlices<'_>, offset: u64) -> FsResult<usize> {
        Ok(bufs.scatter(rest(&lock(&self.state).data, offset)))
    }

    fn write_at(&self, bufs: &GuestSlices<'_>, offset: u64) -> FsResult<usize> {
        self.write_to(&mut lock(&self.state), bufs, offset)
    }

    fn seek(&self, to: SeekTo) -> FsResult<u64> {
        let mut state = lock(&self.state);
        state.position = bytes::seek(to, state.position, state.data.len())?;
        Ok(state.position)
    }

    fn set_size(&self, size: u64) -> FsResult<()> {
        bytes::resize(&mut lock(&self.state).data, self.limit as u64, size)
    }

    fn advise(&self, _offset: u64, _len: u64, _advice: Advice) -> FsResult<()> {
        Ok(())
    }

    fn sync(&self, _what: SyncKind) -> FsResult<()> {
        Ok(())
    }

    fn flags(&self) -> FsResult<Fdflags> {
        Ok(if lock(&self.state).append { Fdflags::APPEND } else { Fdflags::empty() })
    }

    fn set_flags(&self, flags: Fdflags) -> FsResult<()> {
        lock(&self.state).append = flags.contains(Fdflags::APPEND);
        Ok(())
    }

    fn poll(&self, interest: Interest, _waker: &Waker) -> Poll<FsResult<Readiness>> {
        let state = lock(&self.state);
        Poll::Ready(Ok(match interest {
            Interest::Write => Readiness { nbytes: 1, hangup: false },
            Interest::Read => {
                let nbytes = rest(&state.data, state.position).len() as u64;
                Readiness { nbytes, hangup: nbytes == 0 }
            }
        }))
    }
}

/// One end of a connection between two: what one end writes, the other reads. Clones are the same end.
///
/// Reading waits for data, and finds the end of the stream when the other end is gone. Writing never waits;
/// when the other end has left too much unread, it is [`Errno::Nospc`]. For the host, an end is a
/// [`Read`](io::Read) and a [`Write`](io::Write).
#[derive(Clone, Debug)]
pub struct Pipe {
    end: Arc<End>,
}

#[derive(Debug)]
struct End {
    incoming: Arc<Queue>,
    outgoing: Arc<Queue>,
    nonblock: std::sync::atomic::AtomicBool,
}

/// One direction of a [`Pipe`].
#[derive(Debug)]
struct Queue {
    state: Mutex<QueueState>,
    changed: Condvar,
    limit: usize,
}

#[derive(Debug, Default)]
struct QueueState {
    data: VecDeque<u8>,
    /// Either end is gone.
    closed: bool,
    /// Those who want to hear of data or of the end.
    wakers: Vec<Waker>,
}

impl Queue {
    fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), changed: Condvar::new(), limit })
    }

    /// Changes the state and tells everybody.
    fn update<T>(&self, f: impl FnOnce(&mut QueueState) -> T) -> T {
        let mut state = lock(&self.state);
        let result = f(&mut state);
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        self.changed.notify_all();
        wakers.into_iter().for_each(Waker::wake);
        result
    }

    /// Takes data with `f`, waiting for some if `wait`.
    fn read(&self, wait: bool, f: impl FnOnce(&mut VecDeque<u8>) -> usize) -> FsResult<usize> {
        let mut state = lock(&self.state);
        while state.data.is_empty() {
            if state.closed {
                return Ok(0);
            }
            if !wait {
                return Err(Errno::Again);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(f(&mut state.data))
    }

    /// Adds data; `Errno::Pipe` if nobody is going to read them.
    fn write(&self, data: &[u8]) -> FsResult<usize> {
        if data.is_empty() {
            return Ok(0);
        }
        self.update(|state| {
            if state.closed {
                return Err(Errno::Pipe);
            }
            let len = data.len().min(self.limit.saturating_sub(state.data.len()));
            if len == 0 || state.data.try_reserve(len).is_err() {
                return Err(Errno::Nospc);
            }
            state.data.extend(&data[..len]);
            Ok(len)
        })
    }
}

impl Drop for End {
    fn drop(&mut self) {
        for queue in [&self.incoming, &self.outgoing] {
            queue.update(|state| state.closed = true);
        }
    }
}

impl Pipe {
    /// The two ends of a new connection.
    pub fn channel() -> (Pipe, Pipe) {
        Self::channel_with_limit(DEFAULT_LIMIT)
    }

    /// The two ends of a new connection that holds at most `limit` unread bytes in each direction.
    pub fn channel_with_limit(limit: usize) -> (Pipe, Pipe) {
        let (one, two) = (Queue::new(limit), Queue::new(limit));
        let end = |incoming: &Arc<Queue>, outgoing: &Arc<Queue>| Pipe {
            end: Arc::new(End {
                incoming: incoming.clone(),
                outgoing: outgoing.clone(),
                nonblock: false.into(),
            }),
        };
        (end(&one, &two), end(&two, &one))
    }

    fn waits(&self) -> bool {
        !self.end.nonblock.load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl VirtualFile for Pipe {
    fn filetype(&self) -> Filetype {
        Filetype::Unknown
    }

    fn read(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
        if bufs.is_empty() {
            return Ok(0);
        }
        self.end.incoming.read(self.waits(), |data| {
            let (front, _) = data.as_slices();
            let done = bufs.scatter(front);
            data.drain(..done);
            done
        })
    }

    fn write(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
        bufs.drain_to(|data| self.end.outgoing.write(data))
    }

    fn flags(&self) -> FsResult<Fdflags> {
        Ok(if self.waits() { Fdflags::empty() } else { Fdflags::NONBLOCK })
    }

    fn set_flags(&self, flags: Fdflags) -> FsResult<()> {
        let nonblock = flags.contains(Fdflags::NONBLOCK);
        self.end.nonblock.store(nonblock, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    fn poll(&self, interest: Interest, waker: &Waker) -> Poll<FsResult<Readiness>> {
        let queue = match interest {
            Interest::Read => &self.end.incoming,
            Interest::Write => &self.end.outgoing,
        };
        let mut state = lock(&queue.state);
        let nbytes = match interest {
            Interest::Read => state.data.len() as u64,
            Interest::Write => 1,
        };
        if nbytes > 0 || state.closed {
            return Poll::Ready(Ok(Readiness { nbytes, hangup: state.closed }));
        }
        if !state.wakers.iter().any(|known| known.will_wake(waker)) {
            state.wakers.push(waker.clone());
        }
        Poll::Pending
    }
}

impl io::Read for Pipe {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let read = self.end.incoming.read(self.waits(), |data| {
            let (front, _) = data.as_slices();
            let len = front.len().min(buf.len());
            buf[..len].copy_from_slice(&front[..len]);
            data.drain(..len);
            len
        });
        read.map_err(|_| io::ErrorKind::WouldBlock.into())
    }
}

impl io::Write for Pipe {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.end.outgoing.write(buf).map_err(|error| match error {
            Errno::Pipe => io::ErrorKind::BrokenPipe.into(),
            other => io::Error::other(other),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
