//! Arguments, environment, clocks, random numbers, processes and sockets.

use super::*;
use crate::types::ExitCode;

#[test]
fn arguments_and_environment() {
    let mut guest = Guest::new();
    for arg in ["prog", "", "ä b"] {
        guest.ctx.args.push(&[arg.as_bytes()]).unwrap();
    }
    guest.ctx.env.push(&[b"K", b"=", b"v"]).unwrap();
    assert_eq!(guest.ctx.args.push(&[b"a\0"]), Err(Errno::Inval));
    let (ctx, mem) = (&guest.ctx, guest.mem());

    environ::args_sizes_get(ctx, mem, RESULT, RESULT + 4).unwrap();
    assert_eq!((guest.u32_at(RESULT), guest.u32_at(RESULT + 4)), (3, 11));
    environ::args_get(ctx, mem, DATA, DATA + 100).unwrap();
    assert_eq!(guest.bytes(DATA + 100, 11), "prog\0\0ä b\0".as_bytes());
    let starts = [0, 4, 8].map(|at| u64::from(guest.u32_at(DATA + at)) - DATA);
    assert_eq!(starts, [100, 105, 106]);

    environ::environ_sizes_get(ctx, mem, RESULT, RESULT + 4).unwrap();
    assert_eq!((guest.u32_at(RESULT), guest.u32_at(RESULT + 4)), (1, 4));
    environ::environ_get(ctx, mem, DATA, DATA + 4).unwrap();
    assert_eq!(guest.bytes(DATA + 4, 4), b"K=v\0");

    for (pointers, buf) in [(WILD, DATA), (DATA, WILD), (DATA, SIZE as u64 - 10)] {
        assert_eq!(environ::args_get(ctx, mem, pointers, buf), Err(Errno::Fault));
    }
}

#[test]
fn clocks_tell_the_time() {
    let guest = Guest::new();
    let (ctx, mem) = (&guest.ctx, guest.mem());
    for id in 0..4 {
        clock::clock_time_get(ctx, mem, id, 0, RESULT).unwrap();
        let first = guest.u64_at(RESULT);
        clock::clock_time_get(ctx, mem, id, u64::MAX, RESULT).unwrap();
        assert!(guest.u64_at(RESULT) >= first);
        clock::clock_res_get(ctx, mem, id, RESULT).unwrap();
        assert!((1..=1_000_000_000).contains(&guest.u64_at(RESULT)));
    }
    clock::clock_time_get(ctx, mem, 0, 0, RESULT).unwrap();
    let now = UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    assert!(now - guest.u64_at(RESULT) < 60_000_000_000);
    for id in [4, u32::MAX] {
        assert_eq!(clock::clock_time_get(ctx, mem, id, 0, RESULT), Err(Errno::Inval));
        assert_eq!(clock::clock_res_get(ctx, mem, id, RESULT), Err(Errno::Inval));
    }
}

#[test]
fn random_bytes_fill_exactly_the_buffer() {
    let guest = Guest::new();
    environ::random_get(&guest.ctx, guest.mem(), DATA, 5000).unwrap();
    let bytes = guest.bytes(DATA, 5000);
    // Both ends and the seam between two pieces; each is zero by chance once in 2^128.
    for part in [0..16, 1016..1032, 4984..5000] {
        assert!(bytes[part].iter().any(|byte| *byte != 0));
    }
    assert_eq!(guest.bytes(DATA + 5000, 8), [0; 8]);
    environ::random_get(&guest.ctx, guest.mem(), SIZE as u64, 0).unwrap();
}

#[test]
fn signals_and_exit() {
    assert_eq!(proc::proc_exit(3), ExitCode::from(3));
    assert_eq!(proc::proc_exit(u32::MAX), ExitCode::from(-1));
    assert_eq!(proc::proc_raise(0), Ok(None));
    assert_eq!(proc::proc_raise(6), Ok(Some(ExitCode::from(134))));
    assert_eq!(proc::proc_raise(18), Err(Errno::Notsup));
    assert_eq!(proc::proc_raise(31), Err(Errno::Inval));
    assert_eq!(proc::sched_yield(), Ok(()));
}

#[test]
fn sockets() {
    let guest = Guest::new();
    let (ctx, mem) = (&guest.ctx, guest.mem());
    assert_eq!(sock::sock_accept(ctx, mem, 0, 0, RESULT), Err(Errno::Notsock));
    assert_eq!(sock::sock_shutdown(ctx, ROOT, 1), Err(Errno::Notsock));

    let (near, far) = std::os::unix::net::UnixStream::pair().unwrap();
    let near = Arc::new(crate::fs::HostFile::new(near).unwrap());
    let fd = guest.add(near, Rights::all());
    let len = guest.put(DATA, "ping");
    guest.iov(DATA, len);
    sock::sock_send(ctx, mem, fd, IOVS, 1, 0, RESULT).unwrap();
    assert_eq!(guest.u32_at(RESULT), 4);
    let mut buf = [0; 4];
    std::io::Read::read_exact(&mut &far, &mut buf).unwrap();
    std::io::Write::write_all(&mut &far, b"pong").unwrap();
    guest.mem().write_u32(RESULT + 4, 9).unwrap();
    sock::sock_recv(ctx, mem, fd, IOVS, 1, 0, RESULT, RESULT + 4).unwrap();
    assert_eq!(guest.bytes(DATA, 4), b"pong");
    assert_eq!((guest.u32_at(RESULT), guest.u32_at(RESULT + 4)), (4, 0));

    // Looking at data leaves them there.
    std::io::Write::write_all(&mut &far, b"again").unwrap();
    for _ in 0..2 {
        sock::sock_recv(ctx, mem, fd, IOVS, 1, 1, RESULT, RESULT + 4).unwrap();
        assert_eq!((guest.bytes(DATA, 4), guest.u32_at(RESULT)), (b"agai".to_vec(), 4));
    }
    sock::sock_recv(ctx, mem, fd, IOVS, 1, 2, RESULT, RESULT + 4).unwrap();
    assert_eq!(guest.u32_at(RESULT), 4);
    assert_eq!(guest.read(fd, 9).unwrap(), b"n");
    assert_eq!(sock::sock_recv(ctx, mem, fd, IOVS, 1, 4, RESULT, RESULT), Err(Errno::Inval));
    assert_eq!(sock::sock_send(ctx, mem, fd, IOVS, 1, 1, RESULT), Err(Errno::Inval));
    assert_eq!(sock::sock_shutdown(ctx, fd, 0), Err(Errno::Inval));
    assert_eq!(sock::sock_shutdown(ctx, fd, 4), Err(Errno::Inval));
    sock::sock_shutdown(ctx, fd, 2).unwrap();
    guest.iov(DATA, 4);
    assert_eq!(sock::sock_send(ctx, mem, fd, IOVS, 1, 0, RESULT), Err(Errno::Pipe));
    assert_eq!(std::io::Read::read(&mut &far, &mut buf).unwrap(), 0, "the end");
    sock::sock_shutdown(ctx, fd, 1).unwrap();
    assert_eq!(guest.read(fd, 9).unwrap(), b"");
}

#[test]
fn messages_longer_than_the_buffers() {
    let guest = Guest::new();
    let (near, far) = std::os::unix::net::UnixDatagram::pair().unwrap();
    let near = crate::fs::HostFile::new(near).unwrap();
    let fd = guest.add(Arc::new(near), Rights::all());
    let recv = |len| {
        guest.iov(DATA, len);
        sock::sock_recv(&guest.ctx, guest.mem(), fd, IOVS, 1, 0, RESULT, RESULT + 4).unwrap();
        (guest.u32_at(RESULT), guest.u32_at(RESULT + 4) & 0xffff)
    };
    for _ in 0..2 {
        far.send(b"message").unwrap();
    }
    assert_eq!(recv(4), (4, 1));
    assert_eq!(recv(9), (7, 0));
    fd::fd_fdstat_get(&guest.ctx, guest.mem(), fd, RESULT).unwrap();
    assert_eq!(guest.bytes(RESULT, 1), [Filetype::SocketDgram as u8]);
}

#[test]
fn listening_sockets() {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    let builder = crate::WasiEnvBuilder::new("server");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut guest = Guest::new();
    assert!(crate::WasiEnvBuilder::new("x").preopen_socket(tempfile::tempfile().unwrap()).is_err());
    guest.ctx = builder.preopen_socket(listener).unwrap().build_ctx().unwrap();
    guest.ctx.limits.receive_size = Some(3);
    let (ctx, mem, fd) = (&guest.ctx, guest.mem(), 3);
    let accept = |flags| {
        sock::sock_accept(ctx, mem, fd, flags, RESULT)?;
        Ok(guest.u32_at(RESULT))
    };
    fd::fd_fdstat_set_flags(ctx, fd, 4).unwrap();
    assert_eq!(accept(0), Err(Errno::Again));
    assert_eq!(accept(1), Err(Errno::Inval));
    assert_eq!(accept(32), Err(Errno::Inval));
    fd::fd_fdstat_set_flags(ctx, fd, 0).unwrap();

    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"hello").unwrap();
    let connection = accept(4).unwrap();
    assert_eq!(connection, 4);
    guest.iov(DATA, 100);
    sock::sock_recv(ctx, mem, connection, IOVS, 1, 2, RESULT, RESULT + 4).unwrap();
    assert_eq!((guest.bytes(DATA, 3), guest.u32_at(RESULT)), (b"hel".to_vec(), 3), "the limit");
    assert_eq!(guest.read(connection, 9).unwrap(), b"lo");
    assert_eq!(guest.read(connection, 9), Err(Errno::Again), "it was to be non-blocking");
    assert_eq!(guest.write(connection, b"bye"), Ok(3));
    assert_eq!(sock::sock_accept(ctx, mem, connection, 0, RESULT), Err(Errno::Notcapable));
    assert_eq!(guest.seek(connection, 0, 0), Err(Errno::Spipe));
    fd::fd_close(ctx, connection).unwrap();
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    assert_eq!(text, "bye");
    assert_eq!(guest.read(fd, 1), Err(Errno::Notconn), "it only listens");
}
