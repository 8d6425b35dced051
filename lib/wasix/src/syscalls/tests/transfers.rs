//! Reading, writing and positions.

use super::*;
use crate::fs::{HostFile, Pipe};
use crate::types::Fdflags;

#[test]
fn read_write_seek() {
    each(|guest| {
        let fd = guest.open("f", Oflags::CREAT).unwrap();
        assert_eq!(guest.write(fd, b"hello world"), Ok(11));
        assert_eq!(guest.tell(fd), Ok(11));
        assert_eq!(guest.seek(fd, 6, 0), Ok(6));
        assert_eq!(guest.read(fd, 100).unwrap(), b"world");
        assert_eq!(guest.read(fd, 100).unwrap(), b"");
        assert_eq!(guest.seek(fd, -5, 1), Ok(6));
        assert_eq!(guest.seek(fd, -1, 2), Ok(10));
        assert_eq!(guest.read(fd, 1).unwrap(), b"d");
        assert_eq!(guest.seek(fd, 100, 2), Ok(111), "beyond the end");
        assert_eq!(guest.seek(fd, -112, 1), Err(Errno::Inval));
        assert_eq!(guest.seek(fd, -1, 0), Err(Errno::Inval));
        assert_eq!(guest.seek(fd, i64::MIN, 2), Err(Errno::Inval));
        assert!(matches!(guest.seek(fd, i64::MAX, 2), Err(Errno::Inval | Errno::Overflow)));
        assert_eq!(guest.seek(fd, 0, 3), Err(Errno::Inval));
        guest.seek(fd, 111, 0).unwrap();
        assert_eq!(guest.write(fd, b"x"), Ok(1));
        assert_eq!(guest.stat("f", 0).unwrap().2, 112);
    });
}

#[test]
fn whence_of_the_older_interface() {
    let guest = Guest::new();
    guest.host_file("f", "0123456789");
    let fd = guest.open("f", Oflags::empty()).unwrap();
    let seek = |offset, whence| {
        fd_io::fd_seek(&guest.ctx, guest.mem(), Abi::Unstable, fd, offset, whence, RESULT)?;
        Ok(guest.u64_at(RESULT))
    };
    assert_eq!(seek(3, 2), Ok(3));
    assert_eq!(seek(3, 0), Ok(6));
    assert_eq!(seek(0, 0), Ok(6));
    assert_eq!(seek(-1, 1), Ok(9));
    assert_eq!(seek(0, 3), Err(Errno::Inval));
}

#[test]
fn positioned_transfers_leave_the_position() {
    each(|guest| {
        guest.file("f", "0123456789");
        let fd = guest.open("f", Oflags::empty()).unwrap();
        let (ctx, mem) = (&guest.ctx, guest.mem());
        guest.iov(DATA, 4);
        fd_io::fd_pread(ctx, mem, fd, IOVS, 1, 5, RESULT).unwrap();
        assert_eq!((guest.u32_at(RESULT), guest.bytes(DATA, 4)), (4, b"5678".to_vec()));
        fd_io::fd_pread(ctx, mem, fd, IOVS, 1, 8, RESULT).unwrap();
        assert_eq!(guest.u32_at(RESULT), 2);
        fd_io::fd_pread(ctx, mem, fd, IOVS, 1, 1 << 40, RESULT).unwrap();
        assert_eq!(guest.u32_at(RESULT), 0);
        guest.put(DATA, "abcd");
        fd_io::fd_pwrite(ctx, mem, fd, IOVS, 1, 2, RESULT).unwrap();
        assert_eq!(guest.tell(fd), Ok(0));
        assert_eq!(guest.read(fd, 100).unwrap(), b"01abcd6789");
        for offset in [1 << 63, u64::MAX] {
            assert_eq!(fd_io::fd_pread(ctx, mem, fd, IOVS, 1, offset, RESULT), Err(Errno::Inval));
            assert_eq!(fd_io::fd_pwrite(ctx, mem, fd, IOVS, 1, offset, RESULT), Err(Errno::Inval));
        }
    });
}

#[test]
fn scattered_transfers() {
    each(|guest| {
        let fd = guest.open("f", Oflags::CREAT).unwrap();
        let (ctx, mem) = (&guest.ctx, guest.mem());
        let iovs = |parts: &[(u64, u32)]| {
            for (at, (buf, len)) in (IOVS..).step_by(8).zip(parts) {
                mem.write_u32(at, *buf as u32).unwrap();
                mem.write_u32(at + 4, *len).unwrap();
            }
        };
        guest.put(DATA, "abcdef");
        iovs(&[(DATA, 2), (WILD, 0), (DATA + 4, 2), (DATA, 1)]);
        fd_io::fd_write(ctx, mem, fd, IOVS, 4, RESULT).unwrap();
        assert_eq!(guest.u32_at(RESULT), 5);
        guest.seek(fd, 0, 0).unwrap();
        assert_eq!(guest.read(fd, 9).unwrap(), b"abefa");

        // Ranges that overlap are filled in order.
        guest.seek(fd, 0, 0).unwrap();
        iovs(&[(DATA + 16, 3), (DATA + 17, 2)]);
        fd_io::fd_read(ctx, mem, fd, IOVS, 2, RESULT).unwrap();
        assert_eq!((guest.u32_at(RESULT), guest.bytes(DATA + 16, 3)), (5, b"afa".to_vec()));

        // One bad range: nothing is written.
        iovs(&[(DATA, 3), (WILD, 100)]);
        assert_eq!(fd_io::fd_write(ctx, mem, fd, IOVS, 2, RESULT), Err(Errno::Fault));
        iovs(&[(DATA, 3), (16, u32::MAX)]);
        assert_eq!(fd_io::fd_write(ctx, mem, fd, IOVS, 2, RESULT), Err(Errno::Fault));
        assert_eq!(guest.stat("f", 0).unwrap().2, 5);

        // More ranges than the system takes at once make a short transfer.
        let many: Vec<_> = (0..2000).map(|_| (DATA, 1)).collect();
        iovs(&many);
        fd_io::fd_write(ctx, mem, fd, IOVS, 2000, RESULT).unwrap();
        assert_eq!(guest.u32_at(RESULT), 1024);
    });
}

#[test]
fn standard_streams() {
    let guest = Guest::new();
    assert_eq!(guest.write(1, b"out"), Ok(3));
    assert_eq!(guest.write(1, &[7; 10_000]), Ok(10_000));
    assert_eq!(guest.stdout.contents().len(), 10_003);
    assert_eq!(guest.read(0, 9).unwrap(), b"");
    assert_eq!(guest.read(1, 9), Err(Errno::Notcapable));
    assert_eq!(guest.write(0, b"x"), Err(Errno::Notcapable));
}

#[test]
fn pipes_between_guest_and_host() {
    use std::io::{Read, Write};
    let guest = Guest::new();
    let (near, mut far) = Pipe::channel();
    let fd = guest.add(Arc::new(near), Rights::all());
    far.write_all(b"to guest").unwrap();
    assert_eq!(guest.read(fd, 2).unwrap(), b"to");
    assert_eq!(guest.read(fd, 100).unwrap(), b" guest");
    guest.write(fd, b"to host").unwrap();
    assert_eq!(guest.seek(fd, 1, 0), Err(Errno::Spipe));
    assert_eq!(fd::fd_fdstat_set_flags(&guest.ctx, fd, Fdflags::NONBLOCK.bits().into()), Ok(()));
    assert_eq!(guest.read(fd, 100), Err(Errno::Again));
    assert_eq!(fd::fd_fdstat_set_flags(&guest.ctx, fd, 0), Ok(()));

    // The guest waits for another thread.
    let writer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        far.write_all(b"late").unwrap();
        far
    });
    assert_eq!(guest.read(fd, 100).unwrap(), b"late");
    let mut far = writer.join().unwrap();
    fd::fd_close(&guest.ctx, fd).unwrap();
    let mut all = String::new();
    far.read_to_string(&mut all).unwrap();
    assert_eq!(all, "to host");
    assert_eq!(Write::write(&mut far, b"x").unwrap_err().kind(), std::io::ErrorKind::BrokenPipe);

    let (near, far) = Pipe::channel_with_limit(4);
    let fd = guest.add(Arc::new(near), Rights::all());
    assert_eq!(guest.write(fd, b"12345"), Ok(4));
    assert_eq!(guest.write(fd, b"5"), Err(Errno::Nospc));
    drop(far);
    assert_eq!(guest.write(fd, b"5"), Err(Errno::Pipe));
    assert_eq!(guest.read(fd, 5).unwrap(), b"", "the other end is gone");
}

#[test]
fn host_pipes_do_not_seek() {
    let guest = Guest::new();
    let (reader, writer) = std::io::pipe().unwrap();
    let reader = guest.add(Arc::new(HostFile::new(reader).unwrap()), Rights::FILE);
    let writer = guest.add(Arc::new(HostFile::new(writer).unwrap()), Rights::FILE);
    assert_eq!(guest.write(writer, b"abc"), Ok(3));
    assert_eq!(guest.read(reader, 9).unwrap(), b"abc");
    assert_eq!(guest.tell(reader), Err(Errno::Spipe));
    guest.iov(DATA, 1);
    let pread = fd_io::fd_pread(&guest.ctx, guest.mem(), reader, IOVS, 1, 0, RESULT);
    assert_eq!(pread, Err(Errno::Spipe));
    fd::fd_close(&guest.ctx, reader).unwrap();
    assert_eq!(guest.write(writer, b"abc"), Err(Errno::Pipe));
}

#[test]
fn buffers_are_files() {
    let guest = Guest::new();
    let fd = guest.add(Arc::new(Buffer::with_limit(8)), Rights::FILE);
    assert_eq!(guest.write(fd, b"abcdef"), Ok(6));
    assert_eq!(guest.write(fd, b"ghij"), Ok(2), "the limit");
    assert_eq!(guest.write(fd, b"k"), Err(Errno::Nospc));
    assert_eq!(guest.seek(fd, 2, 0), Ok(2));
    assert_eq!(guest.read(fd, 3).unwrap(), b"cde");
    assert_eq!(guest.seek(fd, i64::MAX, 0).unwrap(), i64::MAX as u64);
    assert_eq!(guest.read(fd, 3).unwrap(), b"");
    assert_eq!(guest.write(fd, b"k"), Err(Errno::Nospc));
    assert_eq!(fd::fd_filestat_set_size(&guest.ctx, fd, 9), Err(Errno::Fbig));
    assert_eq!(fd::fd_filestat_set_size(&guest.ctx, fd, 3), Ok(()));
    assert_eq!(fd::fd_fdstat_set_flags(&guest.ctx, fd, Fdflags::APPEND.bits().into()), Ok(()));
    assert_eq!(guest.write(fd, b"X"), Ok(1));
    guest.seek(fd, 0, 0).unwrap();
    assert_eq!(guest.read(fd, 9).unwrap(), b"abcX");
}
