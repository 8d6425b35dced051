//! The contents of a file in memory.

use super::{FsResult, SeekTo};
use crate::memory::GuestSlices;
use crate::types::Errno;

/// The contents from a position on.
pub(super) fn rest(data: &[u8], position: u64) -> &[u8] {
    usize::try_from(position).ok().and_then(|at| data.get(at..)).unwrap_or_default()
}

/// Writes at a position, after zeros if that is beyond the end. `limit` is the size that the contents may grow to;
/// without room for a single byte, [`Errno::Nospc`].
pub(super) fn write(
    data: &mut Vec<u8>,
    limit: u64,
    bufs: &GuestSlices<'_>,
    at: u64,
) -> FsResult<usize> {
    if bufs.is_empty() {
        return Ok(0);
    }
    let at = usize::try_from(at).map_err(|_| Errno::Fbig)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let len = bufs.len().min(limit.saturating_sub(at));
    if len == 0 {
        return Err(Errno::Nospc);
    }
    let end = at + len;
    if data.len() < end {
        let missing = end - data.len();
        data.try_reserve(missing).map_err(|_| Errno::Nospc)?;
        data.resize(end, 0);
    }
    Ok(bufs.gather(0, &mut data[at..end]))
}

/// Sets the size; new bytes are zero.
pub(super) fn resize(data: &mut Vec<u8>, limit: u64, size: u64) -> FsResult<()> {
    if size > limit {
        return Err(Errno::Fbig);
    }
    let size = usize::try_from(size).map_err(|_| Errno::Fbig)?;
    let missing = size.saturating_sub(data.len());
    data.try_reserve_exact(missing).map_err(|_| Errno::Nospc)?;
    data.resize(size, 0);
    Ok(())
}

/// The position that a seek leads to; [`Errno::Inval`] when that is before the start.
pub(super) fn seek(to: SeekTo, position: u64, len: usize) -> FsResult<u64> {
    let new = match to {
        SeekTo::Start(offset) => Some(offset),
        SeekTo::Current(offset) => position.checked_add_signed(offset),
        SeekTo::End(offset) => (len as u64).checked_add_signed(offset),
    };
    new.filter(|at| *at <= i64::MAX as u64).ok_or(Errno::Inval)
}
