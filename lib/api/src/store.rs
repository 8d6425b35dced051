//! Stores: what owns everything that modules make and use while they run.

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use wasmer_types::StoreId;
use wasmer_vm::{
    InterruptHandle, RegisteredType, StoreCounts, StoreLimits, StoreObjects as VMStoreObjects,
    StoreSettings, SuspendedCalls, TrapHandlerFn, VMStoreContext, lookup_type,
};

use crate::asynchronous::{Access, AsStoreAsync, Lock, StoreAsync};
use crate::engine::{AsEngineRef, Engine, EngineRef};
use crate::interrupt::Interrupter;
use crate::objects::{Objects, StoreObjects};
use crate::runtime_error::RuntimeError;

/// What a call does when a handler set by [`StoreMut::on_called`] returns, where there is an example.
#[derive(Debug)]
pub enum OnCalledAction {
    /// Makes the same call again.
    InvokeAgain,
    /// Returns the results.
    Finish,
    /// Fails.
    Trap(Box<dyn Error + Send + Sync>),
}

/// A closure as [`StoreMut::on_called`] takes it, which asks for more: that threads can share it.
pub type OnCalledHandler =
    Box<dyn FnOnce(StoreMut<'_>) -> Result<OnCalledAction, Box<dyn Error + Send + Sync>>>;

/// What [`StoreMut::on_called`] has set.
type Handler = Box<
    dyn FnOnce(StoreMut<'_>) -> Result<OnCalledAction, Box<dyn Error + Send + Sync>> + Send + Sync,
>;

/// What a store is. It stays at one address for life.
pub(crate) struct StoreInner {
    /// What compiled code sees.
    context: VMStoreContext,
    objects: Objects,
    engine: Engine,
    on_called: Option<Handler>,
    /// Types of functions that were called lately, by their number modulo the length.
    types: [Option<Arc<RegisteredType>>; 8],
    interrupt: OnceLock<InterruptHandle>,
    /// What `context` points to.
    settings: StoreSettings,
    sharing: Sharing,
}

/// What the handles to a store share: a [`Store`], or [`StoreAsync`]s.
struct Sharing {
    handles: AtomicUsize,
    /// Held by a [`Store`] as long as there is one.
    lock: Lock,
    suspended: SuspendedCalls,
    /// There is no [`Store`].
    shared: AtomicBool,
    /// That of the objects.
    id: StoreId,
}

/// A pointer to a store, from which all access to it starts.
///
/// Running wasm code is given the address of the store and comes back with it to host functions, which use
/// the store while callers further up the stack still hold a [`StoreMut`]. So handles hold this pointer, and
/// references to parts of the store live only inside of single methods of this crate, or as long as the
/// handle that they come from is borrowed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct StorePtr(NonNull<StoreInner>);

impl StorePtr {
    /// The store that `context` belongs to.
    ///
    /// # Safety
    ///
    /// It is that of a store made by this crate, and alive.
    #[inline(always)]
    unsafe fn from_context(context: NonNull<VMStoreContext>) -> Self {
        // SAFETY: it is alive, and `Store::new` has written the address of its store to it.
        let store = unsafe { (*context.as_ptr()).store };
        // SAFETY: it is not null.
        Self(unsafe { NonNull::new_unchecked(store.cast()) })
    }

    #[inline(always)]
    pub(crate) fn context(self) -> NonNull<VMStoreContext> {
        // SAFETY: the store is alive, so that the field is inside of its allocation.
        unsafe { NonNull::new_unchecked(&raw mut (*self.0.as_ptr()).context) }
    }

    /// # Safety
    ///
    /// The handle that the pointer comes from is borrowed for `'a`.
    #[inline(always)]
    unsafe fn objects<'a>(self) -> &'a VMStoreObjects {
        // SAFETY: the store is alive and not changed during `'a`.
        unsafe { &(*self.0.as_ptr()).objects.vm }
    }

    /// # Safety
    ///
    /// The handle that the pointer comes from is borrowed mutably for `'a`.
    #[inline(always)]
    unsafe fn objects_mut<'a>(self) -> &'a mut VMStoreObjects {
        // SAFETY: the store is alive and not used by others during `'a`.
        unsafe { &mut (*self.0.as_ptr()).objects.vm }
    }

    #[inline(always)]
    fn sharing(self) -> *const Sharing {
        // SAFETY: the store is alive, so that the field is inside of its allocation.
        unsafe { &raw const (*self.0.as_ptr()).sharing }
    }

    /// What keeps users of the store apart.
    ///
    /// # Safety
    ///
    /// The store is alive during `'a`. So for the following methods.
    #[inline(always)]
    pub(crate) unsafe fn lock<'a>(self) -> &'a Lock {
        // SAFETY: as for the caller; it is never borrowed mutably.
        unsafe { &(*self.sharing()).lock }
    }

    /// The asynchronous calls that wait for the host.
    ///
    /// # Safety
    ///
    /// See [`Self::lock`].
    #[inline(always)]
    pub(crate) unsafe fn suspended<'a>(self) -> &'a SuspendedCalls {
        // SAFETY: as for the caller; it is never borrowed mutably.
        unsafe { &(*self.sharing()).suspended }
    }

    /// # Safety
    ///
    /// See [`Self::lock`].
    pub(crate) unsafe fn id(self) -> StoreId {
        // SAFETY: as for the caller.
        unsafe { (*self.sharing()).id }
    }

    /// Whether there is one handle only.
    ///
    /// # Safety
    ///
    /// See [`Self::lock`].
    #[inline(always)]
    pub(crate) unsafe fn is_only_handle(self) -> bool {
        // SAFETY: as for the caller.
        unsafe { (*self.sharing()).handles.load(Ordering::Acquire) == 1 }
    }

    /// Makes it a [`StoreAsync`], or a [`Store`] again.
    ///
    /// # Safety
    ///
    /// See [`Self::lock`].
    pub(crate) unsafe fn set_shared(self, shared: bool) {
        // SAFETY: as for the caller.
        unsafe { (*self.sharing()).shared.store(shared, Ordering::Relaxed) }
    }

    /// Counts another handle.
    ///
    /// # Safety
    ///
    /// See [`Self::lock`].
    #[inline(always)]
    pub(crate) unsafe fn retain(self) {
        // SAFETY: as for the caller.
        let handles = unsafe { (*self.sharing()).handles.fetch_add(1, Ordering::Relaxed) };
        assert!(handles < usize::MAX / 2, "too many handles to a store");
    }

    /// Counts one handle less, and drops the store with the last one.
    ///
    /// # Safety
    ///
    /// See [`Self::lock`]; the handle is not used any more.
    #[inline(always)]
    pub(crate) unsafe fn release(self) {
        // SAFETY: as for the caller; the last one owns the box that `Store::new` has leaked.
        unsafe {
            if self.is_only_handle()
                || (*self.sharing()).handles.fetch_sub(1, Ordering::AcqRel) == 1
            {
                self.delete();
            }
        }
    }

    /// # Safety
    ///
    /// There are no handles.
    #[inline(never)]
    unsafe fn delete(self) {
        // SAFETY: `Store::new` has leaked the box, and nobody uses it any more.
        let inner = unsafe { Box::from_raw(self.0.as_ptr()) };
        if let Some(interrupt) = inner.interrupt.get() {
            interrupt.revoke();
        }
    }

    /// # Safety
    ///
    /// See [`Self::lock`].
    pub(crate) unsafe fn interrupter(self) -> Interrupter {
        // SAFETY: as for the caller; the field is never borrowed mutably.
        let handle = unsafe { &(*self.0.as_ptr()).interrupt };
        let handle = handle.get_or_init(|| {
            // SAFETY: both are live until `delete` revokes the handle.
            let handle =
                unsafe { InterruptHandle::new(self.context(), NonNull::from(self.suspended())) };
            handle.expect("the system lets us handle a signal")
        });
        Interrupter::new(handle.clone())
    }

    /// # Safety
    ///
    /// The handle that the pointer comes from is borrowed for `'a`.
    unsafe fn settings<'a>(self) -> &'a StoreSettings {
        // SAFETY: the store is alive and its settings not changed during `'a`.
        unsafe { &(*self.0.as_ptr()).settings }
    }

    /// # Safety
    ///
    /// The handle that the pointer comes from is borrowed for `'a`.
    #[inline(always)]
    unsafe fn engine<'a>(self) -> &'a Engine {
        // SAFETY: the store is alive and its engine not changed during `'a`.
        unsafe { &(*self.0.as_ptr()).engine }
    }
}

/// What owns the objects that modules make and use: instances, memories, tables, globals, host functions.
///
/// Handles such as [`Function`](crate::Function) only name objects; all that they do needs the store. Objects
/// live as long as their store. A handle that is used with another store than its own panics with *object
/// used with the wrong context*.
///
/// A store is used by one thread at a time, and may move between threads.
///
/// # Example
///
/// ```
/// use wasmer::{Engine, Store};
///
/// let engine = Engine::default();
/// let one = Store::new(engine.clone());
/// let mut two = Store::new(engine);
/// assert!(!Store::same(&one, &two) && one.id() != two.id());
/// assert_eq!(one.engine().id(), two.engine().id());
///
/// // Modules that are compiled for a store are compiled by its engine.
/// *two.engine_mut() = Engine::default();
/// assert_ne!(one.engine().id(), two.engine().id());
/// ```
pub struct Store(StorePtr);

// SAFETY: a store owns everything that it points to. All that users put into it is `Send` (function
// environments) or `Send + Sync` (host functions, external references, tunables), and nothing of the virtual
// machine depends on the thread: wasm stacks are taken by calls and given back when they return.
unsafe impl Send for Store {}
// SAFETY: through `&Store`, nothing changes but the contents of memories, which views access by atomic copies
// only. What users put in is given out as `&T` only when it is `Sync`.
unsafe impl Sync for Store {}

impl Store {
    /// An empty store, in which modules of `engine` are run. Engines are also made from compiler settings
    /// and from [`EngineBuilder`](crate::EngineBuilder)s.
    pub fn new(engine: impl Into<Engine>) -> Self {
        let mut inner = Box::new(StoreInner {
            context: VMStoreContext::default(),
            objects: Objects { vm: VMStoreObjects::default(), store: None },
            engine: engine.into(),
            on_called: None,
            types: Default::default(),
            interrupt: OnceLock::new(),
            settings: StoreSettings::default(),
            sharing: Sharing {
                handles: AtomicUsize::new(1),
                lock: Lock::new_locked(),
                suspended: SuspendedCalls::new(),
                shared: AtomicBool::new(false),
                id: StoreId::default(),
            },
        });
        inner.sharing.id = inner.objects.vm.id();
        let inner = NonNull::from(Box::leak(inner));
        let store = StorePtr(inner);
        // SAFETY: nobody else knows the new store.
        unsafe {
            (*inner.as_ptr()).objects.store = Some(store);
            let context = store.context().as_ptr();
            (*context).store = inner.as_ptr().cast();
            (*context).settings = NonNull::new_unchecked(&raw mut (*inner.as_ptr()).settings);
        }
        let mut store = Self(store);
        store.as_store_mut().read_vmconfig();
        store
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        // SAFETY: `self` is borrowed.
        unsafe { self.0.engine() }
    }

    /// The engine, to change. Modules that were compiled before are not affected.
    pub fn engine_mut(&mut self) -> &mut Engine {
        // SAFETY: `self` is borrowed mutably.
        unsafe { &mut (*self.0.0.as_ptr()).engine }
    }

    /// Whether two stores are one.
    pub fn same(a: &Self, b: &Self) -> bool {
        a.0 == b.0
    }

    /// How much the store may hold.
    pub fn limits(&self) -> &StoreLimits {
        // SAFETY: `self` is borrowed.
        unsafe { &self.0.settings().limits }
    }

    /// Sets how much the store may hold, from now on. What it has already stays.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Instance, Memory, MemoryType, Module, Pages, Store, StoreLimits, imports};
    ///
    /// let mut store = Store::default();
    /// store.set_limits(StoreLimits::new().memory_size(4 << 16).instances(1));
    /// let memory = Memory::new(&mut store, MemoryType::new(1, None, false))?;
    /// assert_eq!(memory.grow(&mut store, 3)?, Pages(1));
    /// assert!(memory.grow(&mut store, 1).is_err());
    ///
    /// let module = Module::new(&store, "(module)")?;
    /// Instance::new(&mut store, &module, &imports! {})?;
    /// assert!(Instance::new(&mut store, &module, &imports! {}).is_err());
    /// # Ok(()) }
    /// ```
    pub fn set_limits(&mut self, limits: StoreLimits) {
        // SAFETY: `self` is borrowed mutably, so that no wasm of the store is running.
        unsafe { (*self.0.0.as_ptr()).settings.limits = limits };
    }

    /// Sets a function that is asked first about signals of the processor (faults and traps) that arrive on a
    /// thread which runs wasm of this store, or a host function that it has called. When it returns `true`, the
    /// instruction is tried again; otherwise the signal is handled as without it.
    ///
    /// It runs in a signal handler: it may only do what is *async-signal-safe*, and must not panic.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use wasmer::{AsStoreRef, Instance, Module, Store, imports};
    ///
    /// static SEEN: AtomicU32 = AtomicU32::new(0);
    /// let mut store = Store::default();
    /// store.set_trap_handler(Some(Box::new(|_signal, _info, _context| {
    ///     SEEN.fetch_add(1, Ordering::Relaxed);
    ///     false
    /// })));
    /// assert!(store.as_store_ref().signal_handler().is_some());
    /// let module = Module::new(&store, r#"(module (func (export "trap") unreachable))"#)?;
    /// let instance = Instance::new(&mut store, &module, &imports! {})?;
    /// let error = instance.exports.get_function("trap")?.call(&mut store, &[]).unwrap_err();
    /// assert_eq!((error.message().as_str(), SEEN.load(Ordering::Relaxed)), ("unreachable", 1));
    /// # Ok(()) }
    /// ```
    pub fn set_trap_handler(&mut self, handler: Option<Box<TrapHandlerFn<'static>>>) {
        // SAFETY: `self` is borrowed mutably, so that no wasm of the store is running.
        unsafe { (*self.0.0.as_ptr()).settings.trap_handler = handler };
    }

    /// What tells this store from all others of the process.
    pub fn id(&self) -> StoreId {
        self.as_store_ref().id()
    }

    /// A handle with which other threads stop what runs in this store.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Instance, Module, Store, imports};
    ///
    /// let mut store = Store::default();
    /// let module = Module::new(&store, r#"(module (func (export "spin") (loop (br 0))))"#)?;
    /// let instance = Instance::new(&mut store, &module, &imports! {})?;
    /// let spin = instance.exports.get_typed_function::<(), ()>(&store, "spin")?;
    ///
    /// let interrupter = store.interrupter();
    /// let timer = std::thread::spawn(move || {
    ///     std::thread::sleep(std::time::Duration::from_millis(20));
    ///     interrupter.interrupt();
    /// });
    /// assert_eq!(spin.call(&mut store).unwrap_err().message(), "interrupted by host");
    /// timer.join().unwrap();
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    ///
    /// When the system refuses the signal handler or the thread that the first interrupter of the process
    /// needs.
    pub fn interrupter(&self) -> Interrupter {
        // SAFETY: `self` is borrowed.
        unsafe { self.0.interrupter() }
    }

    /// # Safety
    ///
    /// The caller has the only handle to the store, has locked it, and gives both away.
    pub(crate) unsafe fn from_ptr(store: StorePtr) -> Self {
        Self(store)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // SAFETY: handles with a lifetime can't outlive the store. An asynchronous host function can have got
        // handles of its own.
        unsafe {
            if !self.0.is_only_handle() {
                self.0.set_shared(true);
                self.0.lock().unlock(Access::Write);
            }
            self.0.release();
        }
    }
}

impl Default for Store {
    /// A store with an engine of its own, with the default compiler.
    fn default() -> Self {
        Self::new(Engine::default())
    }
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        Self::same(self, other)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("id", &self.id()).field("engine", self.engine()).finish()
    }
}

macro_rules! store_handles {
    ($($(#[$doc:meta])* $name:ident $owner:ty;)*) => {$(
        $(#[$doc])*
        pub struct $name<'a> {
            store: StorePtr,
            owner: PhantomData<$owner>,
        }

        impl<'a> $name<'a> {
            #[inline(always)]
            fn from_ptr(store: StorePtr) -> Self {
                Self { store, owner: PhantomData }
            }

            /// # Safety
            ///
            /// The store is alive, and may be used in this way, during `'a`.
            #[inline(always)]
            pub(crate) unsafe fn from_store_ptr(store: StorePtr) -> Self {
                Self::from_ptr(store)
            }

            /// The engine.
            pub fn engine(&self) -> &Engine {
                // SAFETY: `self` is borrowed.
                unsafe { self.store.engine() }
            }

            /// Whether two handles are to the same store.
            pub fn same(a: &Self, b: &Self) -> bool {
                a.store == b.store
            }

            /// What tells the store from all others of the process.
            #[inline(always)]
            pub fn id(&self) -> StoreId {
                self.objects().id()
            }

            /// The function that [`Store::set_trap_handler`] has set.
            pub fn signal_handler(&self) -> Option<*const TrapHandlerFn<'static>> {
                // SAFETY: `self` is borrowed.
                let handler = unsafe { &self.store.settings().trap_handler };
                handler.as_deref().map(std::ptr::from_ref)
            }

            #[inline(always)]
            pub(crate) fn objects(&self) -> &VMStoreObjects {
                // SAFETY: `self` is borrowed.
                unsafe { self.store.objects() }
            }
        }

        impl fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("id", &self.id()).finish()
            }
        }

        impl AsEngineRef for $name<'_> {
            fn as_engine_ref(&self) -> EngineRef<'_> {
                EngineRef::new(self.engine())
            }

            fn maybe_as_store(&self) -> Option<StoreRef<'_>> {
                Some(self.as_store_ref())
            }
        }

        impl AsStoreRef for $name<'_> {
            #[inline(always)]
            fn as_store_ref(&self) -> StoreRef<'_> {
                StoreRef::from_ptr(self.store)
            }
        }
    )*};
}

store_handles! {
    /// A temporary shared handle to a [`Store`], from [`AsStoreRef`].
    StoreRef &'a Store;
    /// A temporary exclusive handle to a [`Store`]. Host functions get theirs from
    /// [`FunctionEnvMut`](crate::FunctionEnvMut).
    StoreMut &'a mut Store;
}

impl<'a> StoreRef<'a> {
    /// A handle of its own, when the store is one for asynchronous calls.
    pub(crate) fn shared(&self) -> Option<StoreAsync> {
        // SAFETY: the store is alive as long as `self` is borrowed.
        unsafe {
            let shared = (*self.store.sharing()).shared.load(Ordering::Relaxed);
            shared.then(|| StoreAsync::new(self.store))
        }
    }

    /// The objects, for as long as the store is borrowed.
    #[inline(always)]
    pub(crate) fn into_objects(self) -> &'a VMStoreObjects {
        // SAFETY: the handle was made from a borrow for `'a`.
        unsafe { self.store.objects() }
    }
}

impl<'a> StoreMut<'a> {
    /// The store that runs the code that called the host.
    ///
    /// # Safety
    ///
    /// `context` is that of a store made by this crate, and nothing but this handle is used to access the
    /// store during `'a`.
    #[inline(always)]
    pub(crate) unsafe fn from_context(context: NonNull<VMStoreContext>) -> Self {
        // SAFETY: as the caller promised.
        Self::from_ptr(unsafe { StorePtr::from_context(context) })
    }

    #[inline(always)]
    pub(crate) fn ptr(&self) -> StorePtr {
        self.store
    }

    /// The objects as users see them.
    pub(crate) fn into_objects_mut(self) -> &'a mut StoreObjects {
        // SAFETY: the handle was made from a mutable borrow for `'a`, and is used up.
        StoreObjects::new(unsafe { &mut (*self.store.0.as_ptr()).objects })
    }

    /// The objects, for as long as the store is borrowed.
    #[inline(always)]
    pub(crate) fn into_vm_objects_mut(self) -> &'a mut VMStoreObjects {
        // SAFETY: the handle was made from a mutable borrow for `'a`, and is used up.
        unsafe { self.store.objects_mut() }
    }

    #[inline(always)]
    pub(crate) fn vm_objects_mut(&mut self) -> &mut VMStoreObjects {
        self.as_store_mut().into_vm_objects_mut()
    }

    /// How much the store may hold, and what it has.
    pub(crate) fn limits(&self) -> (&StoreLimits, StoreCounts) {
        // SAFETY: `self` is borrowed.
        unsafe { (&self.store.settings().limits, self.store.objects().counts()) }
    }

    /// The limits together with the objects, for as long as the store is borrowed.
    pub(crate) fn into_limits_and_objects(self) -> (&'a StoreLimits, &'a mut VMStoreObjects) {
        // SAFETY: the handle was made from a mutable borrow for `'a` and is used up; they are different fields.
        unsafe { (&self.store.settings().limits, self.store.objects_mut()) }
    }

    /// Takes over the settings of the engine for the virtual machine, which may have changed.
    pub(crate) fn read_vmconfig(&mut self) {
        let size = self.engine().shared_tunables().vmconfig().wasm_stack_size;
        // SAFETY: `self` is borrowed mutably, and what runs looks at it only when it begins.
        unsafe { (*self.store.0.as_ptr()).settings.wasm_stack_size = size };
    }

    /// The engine together with the objects.
    pub(crate) fn engine_and_objects(&mut self) -> (&Engine, &mut VMStoreObjects) {
        // SAFETY: `self` is borrowed mutably, and they are different fields.
        unsafe { (self.store.engine(), self.store.objects_mut()) }
    }

    /// The type with number `id`.
    ///
    /// # Safety
    ///
    /// It is the type of a function of this store.
    #[inline]
    pub(crate) unsafe fn function_type(&mut self, id: u32) -> &'a RegisteredType {
        // SAFETY: `self` is borrowed mutably, and the reference ends in this function.
        let types = unsafe { &mut (*self.store.0.as_ptr()).types };
        let place = &mut types[id as usize % types.len()];
        if place.as_ref().is_none_or(|ty| ty.id() != id) {
            *place = Some(lookup_type(id).expect("functions keep their types"));
        }
        let ty: *const RegisteredType = &**place.as_ref().expect("it was just written");
        // SAFETY: the function keeps its type, and the store its functions.
        unsafe { &*ty }
    }

    /// Sets what is called when the outermost call of this store returns. It decides what the call does
    /// next. It is called once, and replaces one that was set before.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{AsStoreMut, Function, FunctionEnv, FunctionEnvMut, OnCalledAction, Store};
    ///
    /// let mut store = Store::default();
    /// let calls = FunctionEnv::new(&mut store, 0);
    /// // Wants to be called until it has been called three times.
    /// let f = Function::new_typed_with_env(&mut store, &calls, |mut calls: FunctionEnvMut<'_, i32>| {
    ///     *calls.data_mut() += 1;
    ///     if *calls.data() < 3 {
    ///         calls.as_store_mut().on_called(|_| Ok(OnCalledAction::InvokeAgain));
    ///     }
    /// });
    /// f.call(&mut store, &[])?;
    /// assert_eq!(*calls.as_ref(&store), 3);
    ///
    /// store.as_store_mut().on_called(|_| Ok(OnCalledAction::Trap("not now".into())));
    /// assert_eq!(f.call(&mut store, &[]).unwrap_err().message(), "not now");
    /// # Ok(()) }
    /// ```
    pub fn on_called<F>(&mut self, callback: F)
    where
        F: FnOnce(StoreMut<'_>) -> Result<OnCalledAction, Box<dyn Error + Send + Sync>>
            + Send
            + Sync
            + 'static,
    {
        // SAFETY: `self` is borrowed mutably.
        unsafe { (*self.store.0.as_ptr()).on_called = Some(Box::new(callback)) };
    }

    /// Whether a call that has just returned must do something before it hands on its results.
    #[inline(always)]
    pub(crate) fn has_on_called(&self) -> bool {
        // SAFETY: `self` is borrowed.
        unsafe { (*self.store.0.as_ptr()).on_called.is_some() }
    }

    /// Runs the handler if the outermost call has returned, and says whether the call is to be repeated.
    #[cold]
    pub(crate) fn finish_call(&mut self) -> Result<bool, RuntimeError> {
        // SAFETY: `self` is borrowed mutably; the store is alive.
        let handler = unsafe {
            if (*self.store.context().as_ptr()).is_active() {
                return Ok(false);
            }
            (*self.store.0.as_ptr()).on_called.take()
        };
        let Some(handler) = handler else { return Ok(false) };
        match handler(self.as_store_mut()).map_err(RuntimeError::user)? {
            OnCalledAction::InvokeAgain => Ok(true),
            OnCalledAction::Finish => Ok(false),
            OnCalledAction::Trap(error) => Err(RuntimeError::user(error)),
        }
    }
}

/// Something through which a store can be read: a [`Store`], a handle to one, a [`FunctionEnvMut`], or a
/// pointer to these.
///
/// # Example
///
/// ```
/// use wasmer::{AsStoreMut, AsStoreRef, Global, Store, Value};
///
/// /// Takes whatever leads to a store.
/// fn increment(store: &mut impl AsStoreMut, global: &Global) {
///     let Value::I32(value) = global.get(store) else { panic!() };
///     global.set(store, Value::I32(value + 1)).unwrap();
/// }
///
/// let mut store = Box::new(Store::default());
/// let global = Global::new_mut(&mut store, Value::I32(0));
/// increment(&mut store, &global);
/// increment(&mut store.as_store_mut(), &global);
/// assert_eq!(global.get(&mut store), Value::I32(2));
/// assert_eq!(store.as_store_ref().id(), store.id());
/// ```
///
/// [`FunctionEnvMut`]: crate::FunctionEnvMut
pub trait AsStoreRef {
    /// A shared handle to the store.
    fn as_store_ref(&self) -> StoreRef<'_>;

    /// The store as one for asynchronous calls, when it is one.
    fn as_store_async(&self) -> Option<impl AsStoreAsync + 'static>
    where
        Self: Sized,
    {
        self.as_store_ref().shared()
    }
}

/// Something through which a store can be changed, and code be run in it. There is an example at [`AsStoreRef`].
pub trait AsStoreMut: AsStoreRef {
    /// An exclusive handle to the store.
    fn as_store_mut(&mut self) -> StoreMut<'_>;

    /// What the store owns.
    fn objects_mut(&mut self) -> &mut StoreObjects;
}

impl AsStoreRef for Store {
    #[inline(always)]
    fn as_store_ref(&self) -> StoreRef<'_> {
        StoreRef::from_ptr(self.0)
    }
}

impl AsStoreMut for Store {
    #[inline(always)]
    fn as_store_mut(&mut self) -> StoreMut<'_> {
        StoreMut::from_ptr(self.0)
    }

    fn objects_mut(&mut self) -> &mut StoreObjects {
        self.as_store_mut().into_objects_mut()
    }
}

impl AsEngineRef for Store {
    fn as_engine_ref(&self) -> EngineRef<'_> {
        EngineRef::new(self.engine())
    }

    fn maybe_as_store(&self) -> Option<StoreRef<'_>> {
        Some(self.as_store_ref())
    }
}

impl AsStoreMut for StoreMut<'_> {
    #[inline(always)]
    fn as_store_mut(&mut self) -> StoreMut<'_> {
        StoreMut::from_ptr(self.store)
    }

    fn objects_mut(&mut self) -> &mut StoreObjects {
        self.as_store_mut().into_objects_mut()
    }
}

impl<P> AsStoreRef for P
where
    P: Deref,
    P::Target: AsStoreRef,
{
    #[inline(always)]
    fn as_store_ref(&self) -> StoreRef<'_> {
        (**self).as_store_ref()
    }
}

impl<P> AsStoreMut for P
where
    P: DerefMut,
    P::Target: AsStoreMut,
{
    #[inline(always)]
    fn as_store_mut(&mut self) -> StoreMut<'_> {
        (**self).as_store_mut()
    }

    fn objects_mut(&mut self) -> &mut StoreObjects {
        (**self).objects_mut()
    }
}
