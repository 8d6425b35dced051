//! Every call of the table with arguments that no honest guest passes: wild and misaligned addresses, lengths that wrap
//! or overlap, descriptors that are closed or huge, numbers that mean nothing.
//!
//! A call may do what it is asked to or fail, but it returns, and what the host allocates for it does not depend on
//! the numbers that were passed.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use super::*;
use crate::host::Clocks;
use crate::syscalls::table::{abi_type, argument, for_each_syscall};
use crate::types::{ClockId, ExitCode, Subscription};

thread_local! {
    /// The largest allocation of this thread since it was last set to 0.
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

/// The allocator of the system, which notes how much is asked for.
struct Noting;

#[global_allocator]
static ALLOCATOR: Noting = Noting;

/// Notes the size of an allocation. A thread that is ending has nowhere to note it.
fn note(size: usize) {
    let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(size)));
}

// SAFETY: all calls go to the allocator of the system, which keeps the contract; `note` does not allocate, since the
// thread-local has a constant initial value and no destructor.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller's contract is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: likewise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        // SAFETY: likewise.
        unsafe { System.realloc(ptr, layout, size) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: likewise.
        unsafe { System.dealloc(ptr, layout) }
    }
}

/// Most that one call may allocate at once: the memory of the guest has 128 KiB, its file system 1 MiB.
const MOST: usize = 4 << 20;

/// A call of the table, with the types of its parameters, a path counting as `ptr` and `u32`.
struct Call {
    name: &'static str,
    params: Vec<&'static str>,
    call: fn(&WasiCtx, GuestMemory<'_>, Abi, &[u64]) -> Result<(), Errno>,
}

macro_rules! besides {
    (() $ctx:ident $mem:ident $abi:ident $call:path, $($arg:expr),*) => { $call($($arg),*) };
    ((ctx) $ctx:ident $mem:ident $abi:ident $call:path, $($arg:expr),*) => { $call($ctx, $($arg),*) };
    ((ctx mem) $ctx:ident $mem:ident $abi:ident $call:path, $($arg:expr),*) => {
        $call($ctx, $mem, $($arg),*)
    };
    ((ctx mem abi) $ctx:ident $mem:ident $abi:ident $call:path, $($arg:expr),*) => {
        $call($ctx, $mem, $abi, $($arg),*)
    };
}

macro_rules! define_table {
    ($($versions:ident {$(
        $name:ident = $module:ident :: $call:ident($($besides:ident)*)(
            $($param:ident $(+ $len:ident)?: $type:ident),*);
    )*})*) => {
        fn table() -> Vec<Call> {
            vec![$($(Call {
                name: stringify!($name),
                params: vec![$(stringify!($type) $(, { let _ = stringify!($len); "u32" })?),*],
                call: |_ctx, _mem, _abi, args| {
                    let mut _args = args.iter().copied();
                    $(
                        let $param = _args.next().unwrap() as abi_type!($type);
                        $(let $len = _args.next().unwrap() as u32;)?
                    )*
                    besides!(($($besides)*) _ctx _mem _abi $module::$call,
                        $(argument!($param $($len)?: $type)),*)
                },
            },)*)*]
        }
    };
}

for_each_syscall!(define_table);

const ADDRESSES: [u64; 14] = [
    0,
    1,
    7,
    RESULT,
    RESULT + 3,
    IOVS,
    PATH,
    DATA,
    SIZE as u64 - 8,
    SIZE as u64 - 1,
    SIZE as u64,
    0x8000_0000,
    WILD,
    0xffff_ffff,
];

const NUMBERS: [u64; 18] = [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    8,
    77,
    1024,
    4096,
    0xffff,
    0x1_0000,
    0x1_0001,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fff0,
    0xffff_ffff,
];

const LARGE: [u64; 10] =
    [0, 1, 4, 1 << 31, 1 << 32, 1 << 40, i64::MAX as u64, 1 << 63, u64::MAX - 1, u64::MAX];

fn candidates(param: &str) -> &'static [u64] {
    match param {
        "ptr" | "path" => &ADDRESSES,
        "u32" => &NUMBERS,
        "u64" | "i64" => &LARGE,
        other => panic!("unknown type {other}"),
    }
}

/// xorshift64.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// What the memory of a guest may hold.
fn fill(guest: &Guest, pattern: u64, seed: &mut u64) {
    let bytes: Vec<u8> = match pattern % 6 {
        0 => vec![0; SIZE],
        1 => vec![0xff; SIZE],
        2 => (0..SIZE).map(|at| at as u8).collect(),
        3 => b"../".iter().copied().cycle().take(SIZE).collect(),
        // Ranges that overlap one another and what describes them.
        4 => (0..SIZE / 8)
            .flat_map(|at| [(0x90 + at as u32 % 0x1000).to_le_bytes(), 0x800u32.to_le_bytes()])
            .flatten()
            .collect(),
        _ => (0..SIZE / 8).flat_map(|_| random(seed).to_le_bytes()).collect(),
    };
    guest.mem().write(0, &bytes).unwrap();
    if !random(seed).is_multiple_of(4) {
        guest.put(PATH, "f");
        guest.iov(DATA, 100);
    }
}

/// Clocks at the end of time: whatever a guest asks to wait for has come.
#[derive(Debug)]
struct EndOfTime;

impl Clocks for EndOfTime {
    fn now(&self, _clock: ClockId) -> Result<u64, Errno> {
        Ok(u64::MAX)
    }

    fn resolution(&self, _clock: ClockId) -> Result<u64, Errno> {
        Ok(1)
    }
}

/// A guest with a file and a directory that are open.
fn victim() -> Guest {
    let mut guest = Guest::with_root(|_| Arc::new(MemoryDir::with_limit(1 << 20)));
    guest.ctx.clocks = Box::new(EndOfTime);
    guest.file("f", "contents");
    guest.mkdir("d").unwrap();
    guest.open("f", Oflags::empty()).unwrap();
    guest.open_dir("d").unwrap();
    for fd in [1, 2] {
        fd::fd_close(&guest.ctx, fd).unwrap();
        assert_eq!(guest.add(Arc::new(Buffer::with_limit(1 << 20)), Rights::FD_WRITE), fd);
    }
    guest
}

fn check(call: &Call, guest: &Guest, abi: Abi, args: &[u64]) {
    LARGEST.set(0);
    let result = (call.call)(&guest.ctx, guest.mem(), abi, args);
    let largest = LARGEST.get();
    assert!(largest <= MOST, "{}{args:x?}: allocates {largest} bytes ({result:?})", call.name);
}

#[test]
fn every_call_survives_any_arguments() {
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    let calls = table();
    assert_eq!(calls.len(), 44, "with `proc_exit` and `proc_raise`, all 46 of the interface");
    for (index, call) in calls.iter().enumerate() {
        for round in 0..48 {
            let guest = victim();
            fill(&guest, round, &mut seed);
            for _ in 0..10 {
                let args: Vec<u64> = call
                    .params
                    .iter()
                    .map(|param| {
                        let from = candidates(param);
                        from[random(&mut seed) as usize % from.len()]
                    })
                    .collect();
                let abi = if round % 4 == 3 { Abi::Unstable } else { Abi::Preview1 };
                check(call, &guest, abi, &args);
            }
        }
        eprintln!("{index}: {}", call.name);
    }
}

#[test]
fn calls_in_any_order() {
    let mut seed = 0xdead_beef_cafe_f00d;
    let calls = table();
    for round in 0..24 {
        let guest = victim();
        for _ in 0..200 {
            let call = &calls[random(&mut seed) as usize % calls.len()];
            if random(&mut seed).is_multiple_of(8) {
                fill(&guest, round, &mut seed);
            }
            let args: Vec<u64> = call
                .params
                .iter()
                .map(|param| {
                    let from = candidates(param);
                    // Small numbers are descriptors and lengths that lead further.
                    let len = if random(&mut seed).is_multiple_of(3) { from.len() } else { 8 };
                    from[random(&mut seed) as usize % len]
                })
                .collect();
            check(call, &guest, Abi::Preview1, &args);
        }
    }
}

#[test]
fn every_signal_and_none() {
    for signal in NUMBERS.into_iter().map(|number| number as u32).chain(0..40) {
        match proc::proc_raise(signal) {
            Ok(None) | Err(Errno::Inval | Errno::Notsup) => {}
            Ok(Some(code)) => assert_eq!(code, ExitCode::from(128 + signal.cast_signed())),
            other => panic!("{signal}: {other:?}"),
        }
    }
}

/// All memory is subscriptions, as many as there can be.
#[test]
fn many_subscriptions() {
    let guest = Guest::new();
    let count = (SIZE / (Subscription::size(Abi::Preview1) + 32)) as u32;
    let output = u64::from(count) * Subscription::size(Abi::Preview1) as u64;
    LARGEST.set(0);
    let result = SIZE as u64 - 8;
    poll::poll_oneoff(&guest.ctx, guest.mem(), Abi::Preview1, 0, output, count, result).unwrap();
    assert_eq!(guest.u32_at(result), count);
    assert!(LARGEST.get() <= MOST);
}
