//! The system calls as functions of the crate `wasmer`: the one place that knows the engine.
//!
//! The import objects of both namespaces come from the table [`for_each_syscall`].

use wasmer::{AsStoreMut, Extern, Function, FunctionEnv, FunctionEnvMut, Imports, Module};

use crate::ctx::WasiCtx;
use crate::env::WasiEnv;
use crate::errors::WasiError;
use crate::memory::{GuestMemory, GuestPath};
use crate::syscalls::table::{abi_type, argument, for_each_syscall, in_namespace};
use crate::syscalls::{clock, environ, fd, fd_io, path, poll, proc, sock};
use crate::types::{Abi, Errno};
use crate::version::WasiVersion;

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
pub(crate) fn with_memory<R>(
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
    let function = ending_call(store, env, name).or_else(|| match version {
        WasiVersion::Snapshot0 => returning_call::<true>(store, env, name),
        _ => returning_call::<false>(store, env, name),
    });
    #[cfg(feature = "tracing")]
    let function = function.map(|function| crate::trace::traced(store, env, name, function));
    function
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
