//! The system calls as functions of the crate `wasmer`: the one place that knows the engine.
//!
//! [`for_each_syscall`] lists all calls, a row each: the name that modules import, the function that implements
//! it with what that function takes besides the parameters (the context, the memory, the interface version), and
//! the parameters with their types. From it come the import objects of both namespaces.

use wasmer::{AsStoreMut, Extern, Function, FunctionEnv, FunctionEnvMut, Imports, Module};

use crate::ctx::WasiCtx;
use crate::env::WasiEnv;
use crate::errors::WasiError;
use crate::memory::{GuestMemory, GuestPath};
use crate::syscalls::{clock, environ, fd, fd_io, path, poll, proc, sock};
use crate::types::{Abi, Errno};
use crate::version::WasiVersion;

/// Calls `$reader!` with the table of system calls. A `ptr` is an address, which the implementation takes widened
/// to 64 bits; a `path` is an address and a length, which it takes as one. Those of `only_preview1` do not exist
/// in `wasi_unstable`.
macro_rules! for_each_syscall {
    ($reader:ident) => {
        $reader! {
            both {
                args_get = environ::args_get(ctx mem)(argv: ptr, argv_buf: ptr);
                args_sizes_get = environ::args_sizes_get(ctx mem)(count: ptr, size: ptr);
                environ_get = environ::environ_get(ctx mem)(environ: ptr, environ_buf: ptr);
                environ_sizes_get = environ::environ_sizes_get(ctx mem)(count: ptr, size: ptr);
                clock_res_get = clock::clock_res_get(ctx mem)(clock: u32, resolution: ptr);
                clock_time_get = clock::clock_time_get(ctx mem)(clock: u32, precision: u64, time: ptr);
                fd_advise = fd::fd_advise(ctx)(fd: u32, offset: u64, len: u64, advice: u32);
                fd_allocate = fd::fd_allocate(ctx)(fd: u32, offset: u64, len: u64);
                fd_close = fd::fd_close(ctx)(fd: u32);
                fd_datasync = fd::fd_datasync(ctx)(fd: u32);
                fd_fdstat_get = fd::fd_fdstat_get(ctx mem)(fd: u32, stat: ptr);
                fd_fdstat_set_flags = fd::fd_fdstat_set_flags(ctx)(fd: u32, flags: u32);
                fd_fdstat_set_rights = fd::fd_fdstat_set_rights(ctx)(fd: u32, base: u64, inheriting: u64);
                fd_filestat_get = fd::fd_filestat_get(ctx mem abi)(fd: u32, stat: ptr);
                fd_filestat_set_size = fd::fd_filestat_set_size(ctx)(fd: u32, size: u64);
                fd_filestat_set_times = fd::fd_filestat_set_times(ctx)(
                    fd: u32, atim: u64, mtim: u64, flags: u32);
                fd_pread = fd_io::fd_pread(ctx mem)(
                    fd: u32, iovs: ptr, iovs_len: u32, offset: u64, nread: ptr);
                fd_prestat_get = fd::fd_prestat_get(ctx mem)(fd: u32, stat: ptr);
                fd_prestat_dir_name = fd::fd_prestat_dir_name(ctx mem)(fd: u32, path: ptr, path_len: u32);
                fd_pwrite = fd_io::fd_pwrite(ctx mem)(
                    fd: u32, iovs: ptr, iovs_len: u32, offset: u64, nwritten: ptr);
                fd_read = fd_io::fd_read(ctx mem)(fd: u32, iovs: ptr, iovs_len: u32, nread: ptr);
                fd_readdir = fd::fd_readdir(ctx mem)(
                    fd: u32, buf: ptr, buf_len: u32, cookie: u64, used: ptr);
                fd_renumber = fd::fd_renumber(ctx)(from: u32, to: u32);
                fd_seek = fd_io::fd_seek(ctx mem abi)(fd: u32, offset: i64, whence: u32, position: ptr);
                fd_sync = fd::fd_sync(ctx)(fd: u32);
                fd_tell = fd_io::fd_tell(ctx mem)(fd: u32, position: ptr);
                fd_write = fd_io::fd_write(ctx mem)(fd: u32, iovs: ptr, iovs_len: u32, nwritten: ptr);
                path_create_directory = path::path_create_directory(ctx mem)(
                    fd: u32, path + path_len: path);
                path_filestat_get = path::path_filestat_get(ctx mem abi)(
                    fd: u32, flags: u32, path + path_len: path, stat: ptr);
                path_filestat_set_times = path::path_filestat_set_times(ctx mem)(
                    fd: u32, flags: u32, path + path_len: path, atim: u64, mtim: u64, fst_flags: u32);
                path_link = path::path_link(ctx mem)(
                    old_fd: u32, old_flags: u32, old_path + old_path_len: path,
                    new_fd: u32, new_path + new_path_len: path);
                path_open = path::path_open(ctx mem)(
                    fd: u32, flags: u32, path + path_len: path, oflags: u32,
                    rights_base: u64, rights_inheriting: u64, fdflags: u32, opened: ptr);
                path_readlink = path::path_readlink(ctx mem)(
                    fd: u32, path + path_len: path, buf: ptr, buf_len: u32, used: ptr);
                path_remove_directory = path::path_remove_directory(ctx mem)(
                    fd: u32, path + path_len: path);
                path_rename = path::path_rename(ctx mem)(
                    old_fd: u32, old_path + old_path_len: path,
                    new_fd: u32, new_path + new_path_len: path);
                path_symlink = path::path_symlink(ctx mem)(
                    contents + contents_len: path, fd: u32, path + path_len: path);
                path_unlink_file = path::path_unlink_file(ctx mem)(fd: u32, path + path_len: path);
                poll_oneoff = poll::poll_oneoff(ctx mem abi)(
                    input: ptr, output: ptr, nsubscriptions: u32, nevents: ptr);
                random_get = environ::random_get(ctx mem)(buf: ptr, len: u32);
                sched_yield = proc::sched_yield()();
                sock_recv = sock::sock_recv(ctx mem)(
                    fd: u32, data: ptr, data_len: u32, flags: u32, received: ptr, received_flags: ptr);
                sock_send = sock::sock_send(ctx mem)(
                    fd: u32, data: ptr, data_len: u32, flags: u32, sent: ptr);
                sock_shutdown = sock::sock_shutdown(ctx)(fd: u32, how: u32);
            }
            only_preview1 {
                sock_accept = sock::sock_accept(ctx mem)(fd: u32, flags: u32, opened: ptr);
            }
        }
    };
}

/// The type of a parameter as the engine passes it.
macro_rules! abi_type {
    (ptr) => {
        u32
    };
    (path) => {
        u32
    };
    ($other:ident) => {
        $other
    };
}

/// A parameter as an implementation takes it.
macro_rules! argument {
    ($name:ident $len:ident: path) => {
        GuestPath::new(u64::from($name), $len)
    };
    ($name:ident: ptr) => {
        u64::from($name)
    };
    ($name:ident: $other:ident) => {
        $name
    };
}

/// Calls an implementation with what it takes besides the parameters.
macro_rules! call {
    ($env:ident, $abi:expr, $call:path, (), ($($arg:expr),*)) => { $call($($arg),*) };
    ($env:ident, $abi:expr, $call:path, (ctx), ($($arg:expr),*)) => {
        $call($env.data().ctx(), $($arg),*)
    };
    ($env:ident, $abi:expr, $call:path, (ctx mem), ($($arg:expr),*)) => {
        with_memory(&mut $env, |ctx, mem| $call(ctx, mem, $($arg),*))
    };
    ($env:ident, $abi:expr, $call:path, (ctx mem abi), ($($arg:expr),*)) => {
        with_memory(&mut $env, |ctx, mem| $call(ctx, mem, $abi, $($arg),*))
    };
}

/// Whether a group of the table belongs to a namespace.
macro_rules! in_namespace {
    (both, $unstable:expr) => {
        true
    };
    (only_preview1, $unstable:expr) => {
        !$unstable
    };
}

/// Defines `returning_call`.
macro_rules! define_calls {
    ($(
        $versions:ident {$(
            $name:ident = $module:ident :: $call:ident($($besides:ident)*)(
                $($param:ident $(+ $len:ident)?: $type:ident),*);
        )*}
    )*) => {
        /// Makes the function of a name, if it is a system call of the namespace that returns an error number.
        ///
        /// The version is a constant so that the functions capture nothing: each is plain code.
        fn returning_call<const UNSTABLE: bool>(
            store: &mut impl AsStoreMut,
            env: &FunctionEnv<WasiEnv>,
            name: &str,
        ) -> Option<Function> {
            $(if in_namespace!($versions, UNSTABLE) {
                match name {
                    $(stringify!($name) => return Some(Function::new_typed_with_env(
                        store,
                        env,
                        |mut _env: FunctionEnvMut<'_, WasiEnv>,
                         $($param: abi_type!($type) $(, $len: u32)?),*|
                         -> i32 {
                            errno(call!(_env, abi(UNSTABLE), $module::$call, ($($besides)*),
                                ($(argument!($param $($len)?: $type)),*)))
                        },
                    )),)*
                    _ => {}
                }
            })*
            None
        }
    };
}

for_each_syscall!(define_calls);

const fn abi(unstable: bool) -> Abi {
    if unstable { Abi::Unstable } else { Abi::Preview1 }
}

/// What a system call returns to the guest.
fn errno(result: Result<(), Errno>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(errno) => errno as i32,
    }
}

/// Calls `f` with the state and the memory of the guest. A guest without memory has one of size 0.
fn with_memory<R>(
    env: &mut FunctionEnvMut<'_, WasiEnv>,
    f: impl FnOnce(&WasiCtx, GuestMemory<'_>) -> R,
) -> R {
    let (data, store) = env.data_and_store_mut();
    let Some((memory, shared)) = data.guest_memory() else {
        return f(data.ctx(), GuestMemory::from_cells(&[]));
    };
    let view = memory.view(&store);
    let len = usize::try_from(view.data_size()).unwrap_or(usize::MAX);
    // SAFETY: the view says that `len` bytes at `data_ptr` are the memory of the guest, mapped and writable, and
    // they stay so while the store is borrowed: `f` cannot reach the store, so it can neither run the guest nor
    // grow the memory. Rust references to guest memory do not exist outside of calls into `wasmer`. Other threads
    // access the memory only if it is shared, and they are the guest's.
    let mem = unsafe { GuestMemory::from_raw(view.data_ptr(), len, shared) };
    f(data.ctx(), mem)
}

/// The calls that end the program, or may.
fn ending_call(
    store: &mut impl AsStoreMut,
    env: &FunctionEnv<WasiEnv>,
    name: &str,
) -> Option<Function> {
    Some(match name {
        "proc_exit" => Function::new_typed_with_env(
            store,
            env,
            |_env: FunctionEnvMut<'_, WasiEnv>, code: u32| -> Result<(), WasiError> {
                Err(WasiError::Exit(proc::proc_exit(code)))
            },
        ),
        "proc_raise" => Function::new_typed_with_env(
            store,
            env,
            |_env: FunctionEnvMut<'_, WasiEnv>, signal: u32| -> Result<i32, WasiError> {
                match proc::proc_raise(signal) {
                    Ok(Some(code)) => Err(WasiError::Exit(code)),
                    Ok(None) => Ok(0),
                    Err(error) => Ok(error as i32),
                }
            },
        ),
        _ => return None,
    })
}

/// The function of a system call.
fn function(
    store: &mut impl AsStoreMut,
    env: &FunctionEnv<WasiEnv>,
    version: WasiVersion,
    name: &str,
) -> Option<Function> {
    ending_call(store, env, name).or_else(|| match version {
        WasiVersion::Snapshot0 => returning_call::<true>(store, env, name),
        _ => returning_call::<false>(store, env, name),
    })
}

/// All functions of a namespace that a module imports; others of the module's imports are left out.
pub(crate) fn imports_of_module(
    store: &mut impl AsStoreMut,
    env: &FunctionEnv<WasiEnv>,
    module: &Module,
    versions: &[WasiVersion],
) -> Imports {
    let mut imports = Imports::new();
    for import in module.imports().functions() {
        let version =
            versions.iter().find(|version| version.get_namespace_str() == import.module());
        if let Some(version) = version
            && let Some(function) = function(store, env, *version, import.name())
        {
            imports.define(import.module(), import.name(), function);
        }
    }
    imports
}

/// The functions of a namespace, all of them.
///
/// [`WasiVersion::Latest`] is preview 1. To supply only what a module imports, use
/// [`WasiFunctionEnv::import_object`](crate::WasiFunctionEnv::import_object).
pub fn generate_import_object_from_env(
    store: &mut impl AsStoreMut,
    ctx: &FunctionEnv<WasiEnv>,
    version: WasiVersion,
) -> Imports {
    let mut imports = Imports::new();
    let namespace = version.get_namespace_str();
    for name in all_names() {
        if let Some(function) = function(store, ctx, version, name) {
            imports.define(namespace, name, Extern::from(function));
        }
    }
    imports
}

/// Defines `all_names`.
macro_rules! define_names {
    ($($versions:ident {$(
        $name:ident = $module:ident :: $call:ident($($besides:ident)*)(
            $($param:ident $(+ $len:ident)?: $type:ident),*);
    )*})*) => {
        /// Names of all system calls, of whichever namespace.
        fn all_names() -> impl Iterator<Item = &'static str> {
            [$($(stringify!($name),)*)* "proc_exit", "proc_raise"].into_iter()
        }
    };
}

for_each_syscall!(define_names);
