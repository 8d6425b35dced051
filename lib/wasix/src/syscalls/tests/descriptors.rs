//! Descriptors: state, attributes, storage, listing and preopened directories.

use super::*;
use crate::types::Fdflags;

/// Entries of a directory, read through a buffer of `buf_len` bytes: names, types and cookies.
fn list(guest: &Guest, fd: Fd, buf_len: u32) -> Vec<(String, u8, u64)> {
    let mut entries = Vec::new();
    let mut cookie = 0;
    loop {
        fd::fd_readdir(&guest.ctx, guest.mem(), fd, DATA, buf_len, cookie, RESULT).unwrap();
        let used = guest.u32_at(RESULT) as usize;
        let bytes = guest.bytes(DATA, used);
        let mut rest = &bytes[..];
        while rest.len() >= 24 {
            let namlen = u32::from_le_bytes(rest[16..20].try_into().unwrap()) as usize;
            let Some(name) = rest.get(24..24 + namlen) else { break };
            cookie = u64::from_le_bytes(rest[..8].try_into().unwrap());
            entries.push((String::from_utf8(name.to_vec()).unwrap(), rest[20], cookie));
            rest = &rest[24 + namlen..];
        }
        if used < buf_len as usize {
            return entries;
        }
    }
}

#[test]
fn listing_with_every_buffer_size() {
    each(|guest| {
        guest.mkdir("sub").unwrap();
        guest.symlink("nowhere", "link").unwrap();
        for index in 0..100 {
            guest.file(&format!("file{index}"), "");
        }
        let fd = guest.open_dir(".").unwrap();
        let mut all = list(guest, fd, 0x8000);
        assert_eq!(all.len(), 104);
        // From each cookie on, the entries that follow.
        for (index, (_, _, cookie)) in all.iter().enumerate().step_by(17) {
            fd::fd_readdir(&guest.ctx, guest.mem(), fd, DATA, 0x8000, *cookie, RESULT).unwrap();
            let used = guest.u32_at(RESULT);
            match all.get(index + 1) {
                Some((name, ..)) => assert_eq!(guest.bytes(DATA + 24, name.len()), name.as_bytes()),
                None => assert_eq!(used, 0),
            }
        }
        for buf_len in [31, 32, 64, 200, 256, 4096] {
            assert_eq!(list(guest, fd, buf_len), all, "buffer of {buf_len}");
        }
        all.sort();
        let find = |name: &str| all.iter().find(|entry| entry.0 == name).map(|entry| entry.1);
        assert_eq!(find("."), Some(DIRECTORY));
        assert_eq!(find(".."), Some(DIRECTORY));
        assert_eq!(find("sub"), Some(DIRECTORY));
        assert_eq!(find("link"), Some(SYMLINK));
        assert_eq!(find("file99"), Some(FILE));
        assert_eq!(list(guest, guest.open_dir("sub").unwrap(), 100).len(), 2);
    });
}

#[test]
fn listing_errors() {
    each(|guest| {
        let file = guest.open("f", Oflags::CREAT).unwrap();
        let readdir = |fd, len, cookie| {
            fd::fd_readdir(&guest.ctx, guest.mem(), fd, DATA, len, cookie, RESULT)
        };
        assert_eq!(readdir(file, 100, 0), Err(Errno::Notdir));
        assert_eq!(readdir(ROOT, 0, 0), Ok(()));
        assert_eq!(readdir(ROOT, 10, 0), Ok(()));
        assert_eq!(guest.u32_at(RESULT), 10, "a buffer too small for one entry is filled");
        // A cookie that was never handed out does no harm, whatever the file system makes of it.
        for cookie in [0x1234_5678, 1 << 40, i64::MAX as u64, 1 << 63, u64::MAX] {
            let result = readdir(ROOT, 100, cookie);
            assert!(matches!(result, Ok(()) | Err(Errno::Inval)), "{cookie}: {result:?}");
        }
        let fd = guest.open_at(ROOT, ".", Oflags::DIRECTORY, Rights::PATH_OPEN).unwrap();
        assert_eq!(readdir(fd, 100, 0), Err(Errno::Notcapable));
    });
}

#[test]
fn preopened_directories() {
    let guest = Guest::new();
    let (ctx, mem) = (&guest.ctx, guest.mem());
    fd::fd_prestat_get(ctx, mem, ROOT, RESULT).unwrap();
    assert_eq!((guest.u32_at(RESULT), guest.u32_at(RESULT + 4)), (0, 1));
    fd::fd_prestat_dir_name(ctx, mem, ROOT, DATA, 1).unwrap();
    assert_eq!(guest.bytes(DATA, 2), b"/\0");
    fd::fd_prestat_dir_name(ctx, mem, ROOT, DATA, 9).unwrap();
    assert_eq!(fd::fd_prestat_dir_name(ctx, mem, ROOT, DATA, 0), Err(Errno::Nametoolong));
    for fd in [0, guest.open_dir(".").unwrap(), guest.open("f", Oflags::CREAT).unwrap()] {
        assert_eq!(fd::fd_prestat_get(ctx, mem, fd, RESULT), Err(Errno::Badf));
        assert_eq!(fd::fd_prestat_dir_name(ctx, mem, fd, DATA, 9), Err(Errno::Badf));
    }
    fd::fd_close(ctx, ROOT).unwrap();
    assert_eq!(fd::fd_prestat_get(ctx, mem, ROOT, RESULT), Err(Errno::Badf));
}

#[test]
fn state_and_rights() {
    each(|guest| {
        let (ctx, mem) = (&guest.ctx, guest.mem());
        let wanted = Rights::FD_READ | Rights::FD_WRITE | Rights::FD_SEEK | Rights::PATH_OPEN;
        let fd = guest.open_at(ROOT, "f", Oflags::CREAT, wanted).unwrap();
        let stat = || {
            fd::fd_fdstat_get(ctx, mem, fd, RESULT).unwrap();
            (guest.bytes(RESULT, 4), guest.u64_at(RESULT + 8))
        };
        let granted = wanted.difference(Rights::PATH_OPEN);
        assert_eq!(stat(), (vec![FILE, 0, 0, 0], granted.bits()));
        assert_eq!(fd::fd_sync(ctx, fd), Err(Errno::Notcapable));
        assert_eq!(
            fd::fd_filestat_get(ctx, mem, Abi::Preview1, fd, RESULT),
            Err(Errno::Notcapable)
        );

        let set = |rights: Rights| fd::fd_fdstat_set_rights(ctx, fd, rights.bits(), 0);
        assert_eq!(set(granted | Rights::FD_SYNC), Err(Errno::Notcapable));
        assert_eq!(fd::fd_fdstat_set_rights(ctx, fd, 1 << 40, 0), Err(Errno::Notcapable));
        assert_eq!(set(Rights::FD_READ), Ok(()));
        assert_eq!(stat().1, Rights::FD_READ.bits());
        assert_eq!(guest.write(fd, b"x"), Err(Errno::Notcapable));
        assert_eq!(guest.seek(fd, 1, 0), Err(Errno::Notcapable));
        assert_eq!(set(granted), Err(Errno::Notcapable), "rights do not come back");

        // What a directory does not pass on, files opened through it do not have.
        let dir = guest.open_dir(".").unwrap();
        let all = Rights::all();
        let keep = all.difference(Rights::FD_WRITE | Rights::FD_SYNC);
        fd::fd_fdstat_set_rights(ctx, dir, Rights::PATH_OPEN.bits(), keep.bits()).unwrap();
        assert_eq!(guest.open_at(dir, "f", Oflags::empty(), all), Err(Errno::Notcapable));
        let open = |oflags| guest.open_at(dir, "f", oflags, all.difference(Rights::FD_WRITE));
        assert_eq!(open(Oflags::CREAT), Err(Errno::Notcapable));
        assert_eq!(open(Oflags::TRUNC), Err(Errno::Notcapable));
        let file = open(Oflags::empty()).unwrap();
        assert_eq!(fd::fd_sync(ctx, file), Err(Errno::Notcapable));
        assert_eq!(fd::fd_datasync(ctx, file), Ok(()));
        assert_eq!(fd::fd_filestat_set_size(ctx, file, 0), Err(Errno::Notcapable));
    });
}

#[test]
fn append_and_other_flags() {
    each(|guest| {
        let (ctx, mem) = (&guest.ctx, guest.mem());
        let len = guest.put(PATH, "f");
        let open = |fdflags: u32| {
            let (creat, all) = (Oflags::CREAT.bits().into(), Rights::FILE.bits());
            path::path_open(
                ctx,
                mem,
                ROOT,
                0,
                GuestPath::new(PATH, len),
                creat,
                all,
                0,
                fdflags,
                RESULT,
            )?;
            Ok(guest.u32_at(RESULT))
        };
        let append = Fdflags::APPEND.bits().into();
        let fd = open(append).unwrap();
        guest.write(fd, b"one").unwrap();
        guest.seek(fd, 0, 0).unwrap();
        guest.write(fd, b"two").unwrap();
        assert_eq!(fd::fd_fdstat_set_flags(ctx, fd, 0), Ok(()));
        guest.seek(fd, 0, 0).unwrap();
        guest.write(fd, b"X").unwrap();
        guest.seek(fd, 0, 0).unwrap();
        assert_eq!(guest.read(fd, 9).unwrap(), b"Xnetwo");

        let both = (Fdflags::APPEND | Fdflags::NONBLOCK).bits();
        assert_eq!(fd::fd_fdstat_set_flags(ctx, fd, both.into()), Ok(()));
        fd::fd_fdstat_get(ctx, mem, fd, RESULT).unwrap();
        assert_eq!(guest.bytes(RESULT + 2, 2), both.to_le_bytes());
        for flags in [Fdflags::SYNC, Fdflags::DSYNC, Fdflags::RSYNC] {
            assert_eq!(fd::fd_fdstat_set_flags(ctx, fd, flags.bits().into()), Err(Errno::Inval));
        }
        assert_eq!(fd::fd_fdstat_set_flags(ctx, fd, 1 << 5), Err(Errno::Inval));
        guest.put(PATH, "f");
        let synchronous = open(Fdflags::SYNC.bits().into()).unwrap();
        fd::fd_fdstat_get(ctx, mem, synchronous, RESULT).unwrap();
        assert_ne!(u32::from(guest.bytes(RESULT + 2, 1)[0]) & u32::from(Fdflags::SYNC.bits()), 0);
        guest.put(PATH, "f");
        assert_eq!(open(1 << 5), Err(Errno::Inval));
    });
}

#[test]
fn sizes_and_times() {
    each(|guest| {
        let (ctx, mem) = (&guest.ctx, guest.mem());
        let fd = guest.open("f", Oflags::CREAT).unwrap();
        fd::fd_filestat_set_size(ctx, fd, 100).unwrap();
        fd::fd_allocate(ctx, fd, 50, 100).unwrap();
        fd::fd_filestat_get(ctx, mem, Abi::Preview1, fd, RESULT).unwrap();
        assert_eq!(guest.bytes(RESULT + 16, 1), [FILE]);
        assert_eq!((guest.u64_at(RESULT + 24), guest.u64_at(RESULT + 32)), (1, 150));
        fd::fd_filestat_get(ctx, mem, Abi::Unstable, fd, RESULT).unwrap();
        assert_eq!((guest.u32_at(RESULT + 20), guest.u64_at(RESULT + 24)), (1, 150));
        assert_eq!(fd::fd_filestat_set_size(ctx, fd, u64::MAX), Err(Errno::Fbig));
        assert_eq!(fd::fd_allocate(ctx, fd, u64::MAX, 1), Err(Errno::Fbig));
        assert_eq!(fd::fd_allocate(ctx, fd, 0, 0), Err(Errno::Inval));
        assert_eq!(fd::fd_allocate(ctx, ROOT, 0, 1), Err(Errno::Isdir));
        assert_eq!(fd::fd_filestat_set_size(ctx, ROOT, 1), Err(Errno::Isdir));

        let times = |atim, mtim, flags| {
            fd::fd_filestat_set_times(ctx, fd, atim, mtim, flags)?;
            fd::fd_filestat_get(ctx, mem, Abi::Preview1, fd, RESULT)?;
            Ok((guest.u64_at(RESULT + 40), guest.u64_at(RESULT + 48)))
        };
        assert_eq!(times(1_000_000_007, 2_000_000_009, 0b101), Ok((1_000_000_007, 2_000_000_009)));
        assert_eq!(times(5, 6, 0b100), Ok((1_000_000_007, 6)), "the other one stays");
        let (_, now) = times(0, 0, 0b1000).unwrap();
        assert!(now > 1_600_000_000_000_000_000);
        for flags in [0b11, 0b1100, 0b1_0000] {
            assert_eq!(times(0, 0, flags), Err(Errno::Inval));
        }
        assert_eq!(fd::fd_filestat_set_times(ctx, ROOT, 7, 7, 0b101), Ok(()));
        assert_eq!(guest.stat(".", 0).unwrap().3, 7);
    });
}

#[test]
fn advice_and_storage() {
    each(|guest| {
        let ctx = &guest.ctx;
        let fd = guest.open("f", Oflags::CREAT).unwrap();
        for advice in 0..6 {
            assert_eq!(fd::fd_advise(ctx, fd, 0, 100, advice), Ok(()));
        }
        assert_eq!(fd::fd_advise(ctx, fd, 10, 0, 0), Ok(()));
        assert_eq!(fd::fd_advise(ctx, fd, 0, 0, 6), Err(Errno::Inval));
        assert_eq!(fd::fd_advise(ctx, fd, u64::MAX, 0, 0), Err(Errno::Inval));
        assert_eq!(fd::fd_advise(ctx, ROOT, 0, 0, 0), Err(Errno::Isdir));
        assert_eq!(fd::fd_sync(ctx, fd), Ok(()));
        assert_eq!(fd::fd_datasync(ctx, fd), Ok(()));
        assert_eq!(fd::fd_sync(ctx, ROOT), Ok(()));
    });
}

#[test]
fn directories_are_not_files() {
    each(|guest| {
        let fd = guest.open_dir(".").unwrap();
        assert_eq!(guest.read(fd, 1), Err(Errno::Isdir));
        assert_eq!(guest.write(fd, b"x"), Err(Errno::Isdir));
        for whence in 0..3 {
            assert_eq!(guest.seek(fd, 0, whence), Err(Errno::Isdir));
        }
        assert_eq!(guest.tell(fd), Err(Errno::Isdir));
        guest.iov(DATA, 1);
        let pread = fd_io::fd_pread(&guest.ctx, guest.mem(), fd, IOVS, 1, 0, RESULT);
        assert_eq!(pread, Err(Errno::Isdir));
    });
}

#[test]
fn renumber_replaces() {
    each(|guest| {
        guest.file("a", "A");
        guest.file("b", "B");
        let a = guest.open("a", Oflags::empty()).unwrap();
        let b = guest.open("b", Oflags::empty()).unwrap();
        fd::fd_renumber(&guest.ctx, a, b).unwrap();
        assert_eq!(guest.read(b, 9).unwrap(), b"A");
        assert_eq!(fd::fd_close(&guest.ctx, a), Err(Errno::Badf));
        assert_eq!(guest.open("b", Oflags::empty()), Ok(a));
        assert_eq!(fd::fd_renumber(&guest.ctx, a, a), Ok(()));
    });
}
