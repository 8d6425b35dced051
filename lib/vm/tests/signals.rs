//! Signals that are not traps of wasm go on to who handled them before.
//!
//! Handlers belong to a whole process, so each case is a process of its own: a child that is forked before
//! anything of the crate has run.

use std::ffi::c_int;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{mem, process};

use libc::{c_void, sigaction, siginfo_t};
use wasmer_types::image::{CodeImage, FunctionExtent};
use wasmer_types::{FunctionType, LocalFunctionIndex, TrapCode};
use wasmer_vm::{
    DynamicHostFunction, LoadedCode, Trap, VMHostContext, VMStoreContext, dynamic_host_entry,
    enter, register_type, stack_size,
};

/// Functions of two instructions each: a trap; a load from the second argument that may trap; one that may
/// not; a call of the second argument with the third; in a range of memory faults, a load, an illegal instruction that
/// is a trap, and one that is not.
#[cfg(target_arch = "x86_64")]
const CODE: &[(&[u8], Option<TrapCode>)] = &[
    (&[0x0f, 0x0b], Some(TrapCode::UnreachableCodeReached)),
    (&[0x48, 0x8b, 0x06, 0xc3], Some(TrapCode::HeapAccessOutOfBounds)),
    (&[0x48, 0x8b, 0x06, 0xc3], None),
    // push rbp; mov rbp, rsp; mov rdi, rdx; call rsi; pop rbp; ret
    (&[0x55, 0x48, 0x89, 0xe5, 0x48, 0x89, 0xd7, 0xff, 0xd6, 0x5d, 0xc3], None),
    (&[0x48, 0x8b, 0x06, 0xc3], None),
    (&[0x0f, 0x0b], Some(TrapCode::BadSignature)),
    (&[0x0f, 0x0b], None),
];
#[cfg(target_arch = "aarch64")]
const CODE: &[(&[u8], Option<TrapCode>)] = &[
    (&[0, 0, 0, 0], Some(TrapCode::UnreachableCodeReached)),
    (&[0x20, 0, 0x40, 0xf9, 0xc0, 0x03, 0x5f, 0xd6], Some(TrapCode::HeapAccessOutOfBounds)),
    (&[0x20, 0, 0x40, 0xf9, 0xc0, 0x03, 0x5f, 0xd6], None),
    // stp x29, x30, [sp, -16]!; mov x29, sp; mov x0, x2; blr x1; ldp x29, x30, [sp], 16; ret
    (
        &[
            0xfd, 0x7b, 0xbf, 0xa9, 0xfd, 0x03, 0x00, 0x91, 0xe0, 0x03, 0x02, 0xaa, 0x20, 0x00,
            0x3f, 0xd6, 0xfd, 0x7b, 0xc1, 0xa8, 0xc0, 0x03, 0x5f, 0xd6,
        ],
        None,
    ),
    (&[0x20, 0, 0x40, 0xf9, 0xc0, 0x03, 0x5f, 0xd6], None),
    (&[0, 0, 0, 0], Some(TrapCode::BadSignature)),
    (&[0, 0, 0, 0], None),
];

const TRAP: u32 = 0;
const LOAD: u32 = 1;
const UNKNOWN_LOAD: u32 = 2;
const CALL: u32 = 3;
const LOAD_IN_RANGE: u32 = 4;
const TRAP_IN_RANGE: u32 = 5;
const ILLEGAL_IN_RANGE: u32 = 6;

/// An address at which nothing is ever mapped.
const NOWHERE: usize = 0x100;

struct Store {
    context: Box<VMStoreContext>,
    code: Arc<LoadedCode>,
}

impl Store {
    fn new() -> Self {
        let mut image = CodeImage::default();
        for &(bytes, trap) in CODE {
            let offset = image.text.len().next_multiple_of(16) as u32;
            image.text.resize(offset as usize, 0xcc);
            image.text.extend(bytes);
            let length = bytes.len() as u32;
            image.functions.push(FunctionExtent { offset, length, wasm_offset: 0 });
            if image.functions.len() as u32 == LOAD_IN_RANGE + 1 {
                image.traps.push_range(offset, Some(TrapCode::HeapAccessOutOfBounds), trap);
            } else if let Some(trap) = trap {
                image.traps.push(offset, trap);
            }
        }
        let context = Box::new(VMStoreContext::default());
        // SAFETY: the functions follow the rules, but for frame pointers, which are not needed here.
        let code = unsafe { LoadedCode::new(image, Arc::default()) }.unwrap();
        Self { context, code }
    }

    fn call(&mut self, function: u32, a: usize, b: usize) -> Result<usize, Trap> {
        let entry = self.code.entry(LocalFunctionIndex::from_u32(function));
        // SAFETY: all functions have this signature.
        unsafe {
            let entry =
                mem::transmute::<*const u8, extern "C" fn(*const (), usize, usize) -> usize>(entry);
            enter(NonNull::from(&mut *self.context), || entry(ptr::null(), a, b))
        }
    }

    /// Calls a host function from wasm.
    fn call_host(&mut self, f: impl Fn() + Send + Sync + 'static) {
        let ty = register_type(&FunctionType::default());
        let function = DynamicHostFunction::new(ty, move |_, _| {
            f();
            Ok(())
        });
        let context = VMHostContext {
            store_context: NonNull::from(&mut *self.context),
            data: ptr::from_ref(&function).cast(),
        };
        let context = ptr::from_ref(&context) as usize;
        self.call(CALL, dynamic_host_entry() as usize, context).unwrap();
    }

    /// Traps of all kinds still work.
    fn check(&mut self) {
        let trap = self.call(TRAP, 0, 0).unwrap_err();
        assert_eq!(trap.code(), Some(TrapCode::UnreachableCodeReached));
        for load in [LOAD, LOAD_IN_RANGE] {
            let trap = self.call(load, NOWHERE, 0).unwrap_err();
            assert_eq!(trap.code(), Some(TrapCode::HeapAccessOutOfBounds));
        }
        let trap = self.call(TRAP_IN_RANGE, 0, 0).unwrap_err();
        assert_eq!(trap.code(), Some(TrapCode::BadSignature));
    }
}

/// A load in the embedder's own code.
fn fault() {
    // SAFETY: none: this is the mistake that the tests are about.
    unsafe { (NOWHERE as *const u64).read_volatile() };
}

static CALLS: AtomicUsize = AtomicUsize::new(0);

/// Sets the disposition of a signal before the crate does.
fn handle(signal: c_int, handler: usize, flags: c_int) {
    // SAFETY: the handlers of this file have the types that go with the flags.
    unsafe {
        let mut action: sigaction = mem::zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = flags;
        assert_eq!(sigaction(signal, &action, ptr::null_mut()), 0);
    }
}

fn send(signal: c_int) {
    // SAFETY: plain call.
    assert_eq!(unsafe { libc::raise(signal) }, 0);
}

fn is_blocked(signal: c_int) -> bool {
    // SAFETY: the set is ours.
    unsafe {
        let mut mask = mem::zeroed();
        libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), &mut mask);
        libc::sigismember(&mask, signal) == 1
    }
}

/// Exits with 42 if it was called for the fault of the tests.
extern "C" fn exit_on_fault(signal: c_int, info: *mut siginfo_t, _: *mut c_void) {
    // SAFETY: the arguments of a handler.
    let address = unsafe { (*info).si_addr() } as usize;
    let right = signal == libc::SIGSEGV && address == NOWHERE && is_blocked(libc::SIGSEGV);
    // SAFETY: plain call.
    unsafe { libc::_exit(if right { 42 } else { 1 }) }
}

extern "C" fn count_signal(_: c_int) {
    CALLS.fetch_add(1, Ordering::Relaxed);
}

/// Goes on behind the faulting load, as a garbage collector or a JVM does.
extern "C" fn skip_load(_: c_int, _: *mut siginfo_t, context: *mut c_void) {
    CALLS.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the arguments of a handler; the load is that of `UNKNOWN_LOAD`.
    unsafe {
        let registers = &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext;
        #[cfg(target_arch = "x86_64")]
        {
            registers.gregs[libc::REG_RIP as usize] += 3;
        }
        #[cfg(target_arch = "aarch64")]
        {
            registers.pc += 4;
        }
    }
}

/// How a child ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Exit(c_int),
    Signal(c_int),
}

fn run_case(case: fn()) -> End {
    // SAFETY: there is one thread, so the child can do what it likes.
    match unsafe { libc::fork() } {
        -1 => panic!("no child"),
        0 => {
            // SAFETY: plain calls. A case that hangs ends.
            unsafe {
                libc::alarm(60);
                libc::setrlimit(libc::RLIMIT_CORE, &libc::rlimit { rlim_cur: 0, rlim_max: 0 });
            }
            let result = std::panic::catch_unwind(case);
            process::exit(if result.is_ok() { 0 } else { 101 });
        }
        child => {
            let mut status = 0;
            // SAFETY: plain call.
            assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
            match libc::WIFSIGNALED(status) {
                true => End::Signal(libc::WTERMSIG(status)),
                false => End::Exit(libc::WEXITSTATUS(status)),
            }
        }
    }
}

const CASES: &[(&str, End, fn())] = &[
    ("a fault of the host reaches a handler with information", End::Exit(42), || {
        handle(libc::SIGSEGV, exit_on_fault as *const () as usize, libc::SA_SIGINFO);
        Store::new().check();
        fault();
    }),
    ("so does one in a host function on the wasm stack", End::Exit(42), || {
        handle(
            libc::SIGSEGV,
            exit_on_fault as *const () as usize,
            libc::SA_SIGINFO | libc::SA_ONSTACK,
        );
        let mut store = Store::new();
        store.check();
        store.call_host(fault);
    }),
    ("and one of wasm that is no trap", End::Exit(42), || {
        handle(libc::SIGSEGV, exit_on_fault as *const () as usize, libc::SA_SIGINFO);
        let mut store = Store::new();
        store.check();
        let _ = store.call(UNKNOWN_LOAD, NOWHERE, 0);
    }),
    ("and an illegal one where only accesses may fault", End::Signal(libc::SIGILL), || {
        let mut store = Store::new();
        store.check();
        let _ = store.call(ILLEGAL_IN_RANGE, 0, 0);
    }),
    ("a handler can repair and go on", End::Exit(0), || {
        handle(libc::SIGSEGV, skip_load as *const () as usize, libc::SA_SIGINFO);
        let mut store = Store::new();
        for round in 1..=10 {
            store.check();
            store.call(UNKNOWN_LOAD, NOWHERE, 0).unwrap();
            assert_eq!(CALLS.load(Ordering::Relaxed), round);
        }
        assert!(!is_blocked(libc::SIGSEGV));
    }),
    ("a handler without information is called", End::Exit(0), || {
        for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE] {
            handle(signal, count_signal as *const () as usize, 0);
        }
        let mut store = Store::new();
        store.check();
        for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE] {
            send(signal);
        }
        assert_eq!(CALLS.load(Ordering::Relaxed), 4, "signals that were sent, and no traps");
        store.check();
    }),
    ("a handler that is used up is followed by the default", End::Signal(libc::SIGFPE), || {
        handle(libc::SIGFPE, count_signal as *const () as usize, libc::SA_RESETHAND);
        Store::new().check();
        send(libc::SIGFPE);
        assert_eq!(CALLS.load(Ordering::Relaxed), 1);
        send(libc::SIGFPE);
    }),
    ("the default action ends the process at a fault", End::Signal(libc::SIGSEGV), || {
        handle(libc::SIGSEGV, libc::SIG_DFL, 0);
        Store::new().check();
        fault();
    }),
    ("and at a signal that was sent", End::Signal(libc::SIGBUS), || {
        handle(libc::SIGBUS, libc::SIG_DFL, 0);
        Store::new().check();
        send(libc::SIGBUS);
    }),
    ("an ignored signal that was sent is ignored", End::Exit(0), || {
        handle(libc::SIGSEGV, libc::SIG_IGN, 0);
        let mut store = Store::new();
        store.check();
        send(libc::SIGSEGV);
        store.check();
    }),
    ("but not an ignored fault", End::Signal(libc::SIGSEGV), || {
        handle(libc::SIGSEGV, libc::SIG_IGN, 0);
        Store::new().check();
        fault();
    }),
    ("a stack overflow of the host is reported as ever", End::Signal(libc::SIGABRT), || {
        fn overflow(depth: usize) -> usize {
            let frame = std::hint::black_box([depth; 64]);
            if depth == usize::MAX { 0 } else { overflow(depth + 1) + frame[1] }
        }
        // The standard library explains; that is not for this test's output.
        // SAFETY: plain calls.
        unsafe { libc::dup2(libc::open(c"/dev/null".as_ptr(), libc::O_WRONLY), 2) };
        Store::new().check();
        overflow(0);
    }),
    ("other users of the interrupt signal keep it", End::Exit(0), || {
        handle(libc::SIGURG, count_signal as *const () as usize, 0);
        let mut store = Store::new();
        let calls = wasmer_vm::SuspendedCalls::new();
        let context = NonNull::from(&mut *store.context);
        // SAFETY: the handle is revoked before the store goes.
        let interrupt = unsafe { wasmer_vm::InterruptHandle::new(context, NonNull::from(&calls)) };
        send(libc::SIGURG);
        assert_eq!(CALLS.load(Ordering::Relaxed), 1);
        interrupt.unwrap().revoke();
    }),
    ("calls can be made in a handler of the embedder", End::Exit(0), || {
        extern "C" fn call(_: c_int) {
            Store::new().check();
            CALLS.fetch_add(1, Ordering::Relaxed);
        }
        handle(libc::SIGUSR1, call as *const () as usize, 0);
        let mut store = Store::new();
        store.check();
        send(libc::SIGUSR1);
        store.call_host(|| send(libc::SIGUSR1));
        assert_eq!(CALLS.load(Ordering::Relaxed), 2);
        store.check();
    }),
    ("the size of stacks can be changed", End::Exit(0), || {
        let mut store = Store::new();
        store.check();
        wasmer_vm::set_stack_size(64 << 10);
        assert_eq!(stack_size(), 64 << 10);
        store.check();
        wasmer_vm::set_stack_size(usize::MAX);
        let error = store.call(TRAP, 0, 0).unwrap_err().to_string();
        assert!(error.starts_with("no stack for WebAssembly"), "{error}");
        wasmer_vm::set_stack_size(8 << 20);
        store.check();
    }),
];

fn main() {
    let mut failed = 0;
    for &(name, want, case) in CASES {
        let end = run_case(case);
        if end != want {
            failed += 1;
            eprintln!("{name}: expected {want:?}, found {end:?}");
        }
    }
    eprintln!("{} cases, {failed} failed", CASES.len());
    process::exit(failed.min(1));
}
