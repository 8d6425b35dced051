//! Waiting.

use std::time::Instant;

use super::*;
use crate::fs::{HostFile, Null, Pipe};

/// One event, decoded: user data, error, type, bytes, flags.
type Event = (u64, u16, u8, u64, u16);

enum Sub {
    Clock { id: u32, timeout: u64, flags: u16 },
    Fd { tag: u8, fd: Fd },
}

fn relative(millis: u64) -> Sub {
    Sub::Clock { id: 1, timeout: millis * 1_000_000, flags: 0 }
}

fn readable(fd: Fd) -> Sub {
    Sub::Fd { tag: 1, fd }
}

fn poll_as(abi: Abi, guest: &Guest, subs: &[Sub]) -> Result<Vec<Event>, Errno> {
    let (size, clock) = match abi {
        Abi::Preview1 => (48, 16),
        Abi::Unstable => (56, 24),
    };
    for (index, sub) in (0u64..).zip(subs) {
        let mut bytes = vec![0u8; size];
        bytes[..8].copy_from_slice(&(100 + index).to_le_bytes());
        match sub {
            Sub::Clock { id, timeout, flags } => {
                bytes[clock..clock + 4].copy_from_slice(&id.to_le_bytes());
                bytes[clock + 8..clock + 16].copy_from_slice(&timeout.to_le_bytes());
                bytes[clock + 24..clock + 26].copy_from_slice(&flags.to_le_bytes());
            }
            Sub::Fd { tag, fd } => {
                bytes[8] = *tag;
                bytes[16..20].copy_from_slice(&fd.to_le_bytes());
            }
        }
        guest.mem().write(DATA + index * size as u64, &bytes).unwrap();
    }
    let (out, count) = (DATA + 0x4000, subs.len() as u32);
    poll::poll_oneoff(&guest.ctx, guest.mem(), abi, DATA, out, count, RESULT)?;
    Ok((0..u64::from(guest.u32_at(RESULT)))
        .map(|index| {
            let at = out + index * 32;
            let bytes = guest.bytes(at, 32);
            let u16_at = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
            (guest.u64_at(at), u16_at(8), bytes[10], guest.u64_at(at + 16), u16_at(24))
        })
        .collect())
}

fn poll(guest: &Guest, subs: &[Sub]) -> Result<Vec<Event>, Errno> {
    poll_as(Abi::Preview1, guest, subs)
}

#[test]
fn clocks() {
    let guest = Guest::new();
    for abi in [Abi::Preview1, Abi::Unstable] {
        let start = Instant::now();
        let events = poll_as(abi, &guest, &[relative(10_000), relative(20)]).unwrap();
        assert_eq!(events, [(101, 0, 0, 0, 0)]);
        assert!((20..5000).contains(&start.elapsed().as_millis()));
    }
    let now = UNIX_EPOCH.elapsed().unwrap() + Duration::from_millis(20);
    let at = Sub::Clock { id: 0, timeout: now.as_nanos() as u64, flags: 1 };
    assert_eq!(poll(&guest, &[at]), Ok(vec![(100, 0, 0, 0, 0)]));
    assert!(UNIX_EPOCH.elapsed().unwrap() >= now);
    // Times that have passed, of both clocks.
    for id in [0, 1] {
        let past = Sub::Clock { id, timeout: 1, flags: 1 };
        assert_eq!(poll(&guest, &[past]), Ok(vec![(100, 0, 0, 0, 0)]));
    }
    // A time that never comes does not overflow.
    let never = || Sub::Clock { id: 0, timeout: u64::MAX, flags: 0 };
    assert_eq!(poll(&guest, &[never(), relative(1)]), Ok(vec![(101, 0, 0, 0, 0)]));
}

#[test]
fn errors_of_subscriptions_are_events() {
    let guest = Guest::new();
    let bad = [
        (Sub::Clock { id: 9, timeout: 0, flags: 0 }, Errno::Inval, 0),
        (Sub::Clock { id: 2, timeout: 0, flags: 0 }, Errno::Notsup, 0),
        (Sub::Clock { id: 1, timeout: 0, flags: 2 }, Errno::Inval, 0),
        (readable(1 << 31), Errno::Badf, 1),
        (Sub::Fd { tag: 2, fd: 99 }, Errno::Badf, 2),
        (readable(1), Errno::Notcapable, 1),
    ];
    for (sub, error, tag) in bad {
        let events = poll(&guest, &[relative(60_000), sub]).unwrap();
        assert_eq!(events, [(101, error as u16, tag, 0, 0)]);
    }
    assert_eq!(poll(&guest, &[]), Err(Errno::Inval));
    assert_eq!(poll(&guest, &[Sub::Fd { tag: 3, fd: 0 }]), Err(Errno::Inval));
    let (ctx, mem) = (&guest.ctx, guest.mem());
    for count in [(1 << 16) + 1, u32::MAX] {
        let result = poll::poll_oneoff(ctx, mem, Abi::Preview1, 0, 0, count, RESULT);
        assert_eq!(result, Err(Errno::Inval));
    }
}

#[test]
fn files_are_ready() {
    let guest = Guest::new();
    guest.host_file("f", "12345");
    let fd = guest.open("f", Oflags::empty()).unwrap();
    let subs = || [readable(fd), Sub::Fd { tag: 2, fd }];
    assert_eq!(poll(&guest, &subs()), Ok(vec![(100, 0, 1, 5, 0), (101, 0, 2, 1, 0)]));
    guest.read(fd, 5).unwrap();
    assert_eq!(poll(&guest, &subs()[..1]), Ok(vec![(100, 0, 1, 0, 1)]), "at the end");
    let null = guest.add(Arc::new(Null), Rights::FILE);
    assert_eq!(poll(&guest, &[readable(null)]), Ok(vec![(100, 0, 1, 0, 1)]));
}

#[test]
fn pipes_of_the_host() {
    let guest = Guest::new();
    let (reader, writer) = std::io::pipe().unwrap();
    let fd = guest.add(Arc::new(HostFile::new(reader).unwrap()), Rights::FILE);
    assert_eq!(poll(&guest, &[readable(fd), relative(10)]), Ok(vec![(101, 0, 0, 0, 0)]));
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        std::io::Write::write_all(&mut &writer, b"abc").unwrap();
        writer
    });
    assert_eq!(poll(&guest, &[readable(fd), relative(60_000)]), Ok(vec![(100, 0, 1, 3, 0)]));
    guest.read(fd, 3).unwrap();
    drop(thread.join().unwrap());
    assert_eq!(poll(&guest, &[readable(fd)]), Ok(vec![(100, 0, 1, 0, 1)]), "hangup");
}

#[test]
fn pipes_in_memory() {
    let guest = Guest::new();
    let (near, mut far) = Pipe::channel();
    let fd = guest.add(Arc::new(near), Rights::FILE);
    for _ in 0..5 {
        assert_eq!(poll(&guest, &[readable(fd), relative(1)]), Ok(vec![(101, 0, 0, 0, 0)]));
    }
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        std::io::Write::write_all(&mut far, b"abc").unwrap();
        far
    });
    assert_eq!(poll(&guest, &[readable(fd), relative(60_000)]), Ok(vec![(100, 0, 1, 3, 0)]));
    guest.read(fd, 3).unwrap();
    let far = thread.join().unwrap();
    let thread = std::thread::spawn(move || drop(far));
    assert_eq!(poll(&guest, &[readable(fd)]), Ok(vec![(100, 0, 1, 0, 1)]), "hangup");
    thread.join().unwrap();
}
