//! Asynchronous calls and host functions.
//!
//! A host function made by [`Function::new_typed_async`] and its like returns a future. A call made by
//! [`Function::call_async`] is a future too: when wasm calls such a host function, it is suspended until the
//! future is ready, and the thread is free for other work.
//!
//! The pages of this module, from the bottom: a lock for tasks, the store behind it, the environments of host
//! functions, host functions, calls.
//!
//! [`Function::new_typed_async`]: crate::Function::new_typed_async
//! [`Function::call_async`]: crate::Function::call_async

mod call;
mod env;
mod host;
mod lock;
mod store;

pub use self::env::{
    AsyncFunctionEnv, AsyncFunctionEnvHandle, AsyncFunctionEnvHandleMut, AsyncFunctionEnvMut,
};
pub use self::host::{AsyncEntry, AsyncHostFunction, SendAsyncHostFunction};
pub use self::store::{AsStoreAsync, StoreAsync, StoreAsyncReadLock, StoreAsyncWriteLock};

pub(crate) use self::call::{AsyncCall, call_values};
pub(crate) use self::lock::{Access, Lock};
