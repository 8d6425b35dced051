//! Stopping what runs in a store, from other threads and by the clock.

use std::time::{Duration, Instant};

use wasmer_vm::InterruptHandle;

/// Stops what runs in a store, from any thread. It may outlive the store. See
/// [`Store::interrupter`](crate::Store::interrupter).
///
/// What is interrupted fails with [`TrapCode::HostInterrupt`](crate::TrapCode::HostInterrupt). That happens at
/// once in wasm code, whatever it does, also while it waits in `memory.atomic.wait`. A host function is not
/// disturbed: the call fails when it returns. A suspended asynchronous call is woken and fails when it is polled: what its
/// host function waits for is dropped. The store can be used as before then; what the call has changed stays.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::{thread, time::Duration};
///
/// use wasmer::{Instance, Module, Store, TrapCode, imports};
///
/// let mut store = Store::default();
/// let wat = r#"(module (func (export "spin") (loop (br 0))) (func (export "nop")))"#;
/// let module = Module::new(&store, wat)?;
/// let instance = Instance::new(&mut store, &module, &imports! {})?;
/// let spin = instance.exports.get_typed_function::<(), ()>(&store, "spin")?;
/// let nop = instance.exports.get_typed_function::<(), ()>(&store, "nop")?;
///
/// let interrupter = store.interrupter();
/// let other = interrupter.clone();
/// let thread = thread::spawn(move || {
///     thread::sleep(Duration::from_millis(10));
///     other.interrupt();
/// });
/// assert_eq!(spin.call(&mut store).unwrap_err().to_trap(), Some(TrapCode::HostInterrupt));
/// thread.join().unwrap();
///
/// // The call that was meant has ended, and the next is not to be hit.
/// interrupter.interrupt();
/// interrupter.cancel();
/// nop.call(&mut store)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Interrupter(InterruptHandle);

impl Interrupter {
    pub(crate) fn new(handle: InterruptHandle) -> Self {
        Self(handle)
    }

    /// Makes the call that is running in the store fail or, when none is, one that is suspended or the next one, whichever
    /// goes on first.
    ///
    /// It does not wait for that. Of calls that are nested in one another, the innermost fails. Of several that are
    /// suspended, one fails; a [`Deadline`] ends all.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }

    /// Takes back [`Self::interrupt`], unless a call has failed from it: the next call is not affected.
    ///
    /// Whoever interrupts a call that may just be returning can so protect the one that comes after it.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Makes every call fail that runs or is suspended in the store after `time`, until the [`Deadline`] is dropped.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use wasmer::{Instance, Module, Store, TrapCode, imports};
    ///
    /// let mut store = Store::default();
    /// let wat = r#"(module (func (export "spin") (loop (br 0))) (func (export "nop")))"#;
    /// let module = Module::new(&store, wat)?;
    /// let instance = Instance::new(&mut store, &module, &imports! {})?;
    /// let spin = instance.exports.get_typed_function::<(), ()>(&store, "spin")?;
    /// let nop = instance.exports.get_typed_function::<(), ()>(&store, "nop")?;
    ///
    /// let deadline = store.interrupter().after(Duration::from_millis(20));
    /// let error = spin.call(&mut store).unwrap_err();
    /// assert_eq!(error.to_trap(), Some(TrapCode::HostInterrupt));
    /// assert!(deadline.has_passed());
    /// assert!(nop.call(&mut store).is_err(), "there is no time left");
    ///
    /// drop(deadline);
    /// nop.call(&mut store)?;
    /// # Ok(()) }
    /// ```
    pub fn after(&self, time: Duration) -> Deadline {
        // A time too far away to be expressed never comes.
        const NEVER: Duration = Duration::from_secs(u32::MAX as u64);
        let now = Instant::now();
        Deadline(self.0.deadline(now.checked_add(time).unwrap_or_else(|| now + NEVER)))
    }
}

/// A limit to the time that calls in a store may take, made by [`Interrupter::after`]. It ends when it is
/// dropped: calls that are made after that are not affected, however close the time was.
///
/// All deadlines of the process share one thread. One that is dropped in time costs a fraction of a
/// microsecond.
#[derive(Debug)]
#[must_use = "a deadline that is dropped does nothing"]
pub struct Deadline(wasmer_vm::Deadline);

impl Deadline {
    /// Whether the time is over. Together with a failed call, it says that this may be why.
    pub fn has_passed(&self) -> bool {
        self.0.has_passed()
    }
}
