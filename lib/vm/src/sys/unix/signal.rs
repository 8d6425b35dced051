//! Signal handlers.
//!
//! The processor reports traps of compiled code as signals. Ours look first at where the thread was; what is
//! not wasm goes on to the handler that was there before, as if we were not in between.

use std::io;
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use libc::{c_int, c_void, sigaction, siginfo_t};

use super::mmap::{Mmap, page_size};
use super::ucontext::{self, Registers};
use crate::fault;

/// Signals for faults of the processor.
const TRAP_SIGNALS: [c_int; 4] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE];

/// The signal that stops a computation. It is ignored where nobody handles it.
const INTERRUPT_SIGNAL: c_int = libc::SIGURG;

/// A size of alternate stack that leaves room for the handlers behind ours.
const ALTERNATE_STACK_SIZE: usize = 128 << 10;

/// One more than any signal number that we handle.
const SIGNALS: usize = 32;

/// What was there before our handlers.
static PREVIOUS: [OnceLock<sigaction>; SIGNALS] = [const { OnceLock::new() }; SIGNALS];

/// Bit by signal: the previous handler wanted to run once (`SA_RESETHAND`), and has.
static USED_UP: AtomicU32 = AtomicU32::new(0);

/// Installs the handlers for traps, once for the process.
pub(crate) fn install_trap_handlers() -> io::Result<()> {
    // Nothing is blocked, so that the handler can be left by a jump.
    TRAP_SIGNALS.iter().try_for_each(|&signal| install(signal, on_trap_signal, libc::SA_NODEFER))
}

/// Installs the handler for interruptions, once for the process.
pub(crate) fn install_interrupt_handler() -> io::Result<()> {
    install(INTERRUPT_SIGNAL, on_interrupt_signal, 0)
}

/// A function that the embedder wants to be asked about signals of the processor that arrive while wasm of a
/// store is active: given number, information and context of the signal (see `sigaction`), it says whether it has
/// removed the cause, so that the instruction can be tried again.
///
/// It runs in a signal handler: it may only do what is *async-signal-safe*, and must not panic.
pub type TrapHandlerFn<'a> =
    dyn Fn(c_int, *const siginfo_t, *const c_void) -> bool + Send + Sync + 'a;

type Handler = extern "C" fn(c_int, *mut siginfo_t, *mut c_void);

/// Makes `handler` the handler of `signal`, unless it was installed before.
fn install(signal: c_int, handler: Handler, flags: c_int) -> io::Result<()> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let previous = &PREVIOUS[signal as usize];
    if previous.get().is_some() {
        return Ok(());
    }
    let _installing = INSTALLING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if previous.get().is_some() {
        return Ok(());
    }
    ucontext::prepare();
    // The handler must know its predecessor when the first signal arrives.
    // SAFETY: zeros are a valid `sigaction`.
    let mut old: sigaction = unsafe { mem::zeroed() };
    // SAFETY: it only asks.
    check(unsafe { sigaction(signal, ptr::null(), &mut old) })?;
    let _ = previous.set(old);
    // SAFETY: as above.
    let mut new: sigaction = unsafe { mem::zeroed() };
    new.sa_sigaction = handler as *const () as usize;
    new.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART | flags;
    // SAFETY: the mask is ours to write.
    check(unsafe { libc::sigemptyset(&mut new.sa_mask) })?;
    // SAFETY: the handler has the type that the flags say, is async-signal-safe, and passes on what is not
    // its own.
    check(unsafe { sigaction(signal, &new, ptr::null_mut()) })
}

fn check(result: c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

extern "C" fn on_trap_signal(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    if fault::ask_embedder(|handler| handler(signal, info, context)) {
        return;
    }
    // SAFETY: these are the arguments of the running handler.
    let (registers, address) = unsafe {
        let has_address = signal == libc::SIGSEGV || signal == libc::SIGBUS;
        (Registers::new(context), has_address.then(|| (*info).si_addr() as usize))
    };
    // A signal that somebody sent says nothing about the instruction at which it arrived.
    let resume = match was_sent(info) {
        true => None,
        false => fault::on_fault(registers.place(), address),
    };
    match resume {
        // SAFETY: the frame is that of the present activation; the handler owns nothing and blocks nothing.
        Some(frame) => unsafe { registers.resume(frame) },
        // SAFETY: as above.
        None => unsafe { pass_on(signal, info, context) },
    }
}

extern "C" fn on_interrupt_signal(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: these are the arguments of the running handler.
    let mut registers = unsafe { Registers::new(context) };
    match fault::on_interrupt(registers.place()) {
        // The signal is blocked meanwhile, so that many requests at once do not fill the alternate stack.
        Some(frame) => registers.set_resume(frame),
        // SAFETY: as above.
        None => unsafe { pass_on(signal, info, context) },
    }
}

/// Whether a signal comes from a process and not from the processor.
fn was_sent(info: *const siginfo_t) -> bool {
    // SAFETY: handlers are given valid information.
    unsafe { (*info).si_code <= 0 }
}

/// Does what would have happened without our handler.
///
/// # Safety
///
/// The arguments are those of the running handler.
unsafe fn pass_on(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let Some(previous) = PREVIOUS[signal as usize].get() else { return };
    let bit = 1 << signal;
    let used_up = match previous.sa_flags & libc::SA_RESETHAND {
        0 => false,
        _ => USED_UP.fetch_or(bit, Ordering::Relaxed) & bit != 0,
    };
    let handler = if used_up { libc::SIG_DFL } else { previous.sa_sigaction };
    if handler == libc::SIG_DFL || handler == libc::SIG_IGN {
        if signal == INTERRUPT_SIGNAL || (handler == libc::SIG_IGN && was_sent(info)) {
            return;
        }
        // The system does not ignore faults. When we return, the instruction faults again and the default
        // action ends the process; a signal that was sent must be sent again.
        // SAFETY: the calls are async-signal-safe and their arguments valid.
        unsafe {
            let mut default: sigaction = mem::zeroed();
            default.sa_sigaction = libc::SIG_DFL;
            sigaction(signal, &default, ptr::null_mut());
            if was_sent(info) {
                libc::raise(signal);
            }
        }
        return;
    }
    // SAFETY: `previous` is what the system had for this signal, so its mask is valid and its handler has
    // the type that its flags say. The mask is restored when our handler returns.
    unsafe {
        let mut mask = previous.sa_mask;
        if previous.sa_flags & libc::SA_NODEFER == 0 {
            libc::sigaddset(&mut mask, signal);
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, &mask, ptr::null_mut());
        if previous.sa_flags & libc::SA_SIGINFO != 0 {
            mem::transmute::<usize, Handler>(handler)(signal, info, context);
        } else {
            mem::transmute::<usize, extern "C" fn(c_int)>(handler)(signal);
        }
    }
}

/// The system's number of this thread.
pub(crate) fn thread_id() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get() as u32
}

/// Sends the signal for interruptions to a thread of this process. Nothing happens when it has ended.
pub(crate) fn interrupt_thread(thread: u32) {
    // SAFETY: the handler was installed by `install_interrupt_handler`, and it does nothing in a thread that
    // has nothing to interrupt.
    unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread as c_int, INTERRUPT_SIGNAL) };
}

/// The stack of this thread's signal handlers: a stack overflow leaves no other.
#[derive(Debug)]
pub(crate) struct AlternateStack {
    /// Ours and what was there before, or nothing when that was large enough.
    installed: Option<(Mmap, libc::stack_t)>,
}

impl AlternateStack {
    /// Gives this thread a stack for signal handlers, if it has none of sufficient size.
    pub(crate) fn install() -> io::Result<Self> {
        // SAFETY: zeros are a valid `stack_t`, and the call only asks.
        let old = unsafe {
            let mut old: libc::stack_t = mem::zeroed();
            check(libc::sigaltstack(ptr::null(), &mut old))?;
            old
        };
        if old.ss_flags & libc::SS_DISABLE == 0 && old.ss_size >= ALTERNATE_STACK_SIZE {
            return Ok(Self { installed: None });
        }
        // What the kernel itself stores grows with the registers of the processor.
        // SAFETY: a plain question, answered by 0 when it is unknown.
        let frame = unsafe { libc::getauxval(libc::AT_MINSIGSTKSZ) } as usize;
        let guard = page_size();
        let map = Mmap::reserve(guard + ALTERNATE_STACK_SIZE + frame).map_err(io::Error::other)?;
        // SAFETY: nobody refers to the fresh mapping.
        unsafe { map.make_accessible(guard..map.len()) }.map_err(io::Error::other)?;
        let new = libc::stack_t {
            ss_sp: map.start().as_ptr().wrapping_add(guard).cast(),
            ss_flags: 0,
            ss_size: map.len() - guard,
        };
        // SAFETY: the memory is accessible and stays until `drop`, which takes it out of use.
        check(unsafe { libc::sigaltstack(&new, ptr::null_mut()) })?;
        Ok(Self { installed: Some((map, old)) })
    }
}

impl Drop for AlternateStack {
    fn drop(&mut self) {
        let Some((map, old)) = &self.installed else { return };
        // SAFETY: zeros are a valid `stack_t`. The stack is only replaced when it is still ours: by what was
        // there before, whose owner would have replaced ours if it had gone.
        unsafe {
            let mut now: libc::stack_t = mem::zeroed();
            if libc::sigaltstack(ptr::null(), &mut now) == 0
                && map.addresses().contains(&(now.ss_sp as usize))
            {
                libc::sigaltstack(old, ptr::null_mut());
            }
        }
    }
}
