//! Signals, as programs of the system treat them.

/// Lets this process end by SIGPIPE when it writes to a pipe or socket that nobody reads, which is what the system does
/// unless a program says otherwise, and Rust does.
///
/// A guest does not know signals. So it ends as quietly as any other program in `wasmer run … | head`, in place of
/// complaining of an error that its C library has no code for.
pub(crate) fn end_at_closed_pipes() {
    // SAFETY: the signal gets its default action, which runs no code of ours.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}
