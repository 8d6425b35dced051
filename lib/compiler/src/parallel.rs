//! Work on the functions of a module, on all processors.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use wasmer_types::CompileError;

use crate::compiler::CompileRequest;
use crate::function::CompiledFunction;
use crate::progress::Phase;
use crate::translate::FunctionInput;

/// Bytes of function bodies below which other threads are not worth their start: about as much as a fast compiler
/// does while a thread wakes up.
const PARALLEL_SIZE: usize = 8 << 10;

/// As many threads as there are processors.
pub(crate) const ALL: NonZero<usize> = NonZero::<usize>::MAX;

/// Compiles each of `functions` by `compile_one`, on up to `threads` threads when there is enough to do, and returns the
/// results in the order of `functions`.
///
/// Each thread makes one scratch by `make_scratch` and hands it to all its calls, so buffers are
/// allocated once per thread. Large functions are begun first, which keeps the threads busy to the end.
///
/// # Errors
///
/// The error of the first function, in the order of `functions`, that has one, whatever the number of threads; or
/// [`CompileError::Aborted`] when the request's callback for the progress stops it.
pub fn compile_in_parallel<'a, S>(
    request: &CompileRequest<'_>,
    threads: NonZero<usize>,
    functions: &[FunctionInput<'a>],
    make_scratch: impl Fn() -> S + Sync,
    compile_one: impl Fn(&mut S, &FunctionInput<'a>) -> Result<CompiledFunction, CompileError> + Sync,
) -> Result<Vec<CompiledFunction>, CompileError> {
    let Some(callback) = request.progress else {
        return map_functions(threads, functions, make_scratch, compile_one);
    };
    let phase = Phase::begin(callback, "Compiling functions", functions.len())?;
    map_functions(threads, functions, make_scratch, |scratch, function| {
        let compiled = compile_one(scratch, function)?;
        phase.step(compiled.body.len())?;
        Ok(compiled)
    })
}

/// As [`compile_in_parallel`], for backends that compile several functions together. `units` has the number of functions
/// of each unit; together they are as many as `functions`.
///
/// # Errors
///
/// As [`compile_in_parallel`].
pub fn compile_units_in_parallel<'a, S>(
    request: &CompileRequest<'_>,
    threads: NonZero<usize>,
    functions: &[FunctionInput<'a>],
    units: &[usize],
    make_scratch: impl Fn() -> S + Sync,
    compile_unit: impl Fn(&mut S, &[FunctionInput<'a>]) -> Result<Vec<CompiledFunction>, CompileError>
    + Sync,
) -> Result<Vec<CompiledFunction>, CompileError> {
    let mut rest = functions;
    let units: Vec<&[FunctionInput<'a>]> = units
        .iter()
        .map(|count| {
            let (unit, behind) = rest.split_at(*count);
            rest = behind;
            unit
        })
        .collect();
    let phase = match request.progress {
        Some(callback) => Some(Phase::begin(callback, "Compiling functions", functions.len())?),
        None => None,
    };
    let compiled = map_items(threads, &units, make_scratch, |scratch, unit| {
        let compiled = compile_unit(scratch, unit)?;
        if let Some(phase) = &phase {
            for function in &compiled {
                phase.step(function.body.len())?;
            }
        }
        Ok(compiled)
    })?;
    Ok(compiled.into_iter().flatten().collect())
}

/// [`compile_in_parallel`] for any kind of result.
pub(crate) fn map_functions<'a, S, R: Send>(
    threads: NonZero<usize>,
    functions: &[FunctionInput<'a>],
    make_scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &FunctionInput<'a>) -> Result<R, CompileError> + Sync,
) -> Result<Vec<R>, CompileError> {
    map_items(threads, functions, make_scratch, work)
}

/// What is compiled by one thread.
trait Item: Sync {
    /// Bytes of function bodies.
    fn size(&self) -> usize;
}

impl Item for FunctionInput<'_> {
    fn size(&self) -> usize {
        self.size()
    }
}

impl Item for &[FunctionInput<'_>] {
    fn size(&self) -> usize {
        self.iter().map(FunctionInput::size).sum()
    }
}

fn map_items<T: Item, S, R: Send>(
    threads: NonZero<usize>,
    items: &[T],
    make_scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &T) -> Result<R, CompileError> + Sync,
) -> Result<Vec<R>, CompileError> {
    let size: usize = items.iter().map(Item::size).sum();
    let threads = match items.len() > 1 && size >= PARALLEL_SIZE {
        true => processors().min(threads.get()).min(items.len()),
        false => 1,
    };
    if threads == 1 {
        let mut scratch = make_scratch();
        return items.iter().map(|item| work(&mut scratch, item)).collect();
    }
    let run = Run::new(items, make_scratch, work);
    rayon::in_place_scope(|scope| {
        for _ in 1..threads.min(rayon::current_num_threads()) {
            scope.spawn(|_| run.worker());
        }
        run.worker();
    });
    run.finish()
}

/// How many threads can run at once. Asking rayon would start its threads, and asking the system takes a while.
fn processors() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    *PROCESSORS.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// Work that several threads share.
struct Run<'f, T, M, W, R> {
    items: &'f [T],
    make_scratch: M,
    work: W,
    /// Positions in `items`, large ones first.
    order: Vec<u32>,
    /// Position in `order` of the next to take.
    next: AtomicUsize,
    /// Position of the first that is known to be bad. Those behind it need no work.
    bad: AtomicUsize,
    /// Position in `items` and result of what is done.
    done: Mutex<Vec<(u32, Result<R, CompileError>)>>,
}

impl<'f, T, S, R, M, W> Run<'f, T, M, W, R>
where
    T: Item,
    R: Send,
    M: Fn() -> S + Sync,
    W: Fn(&mut S, &T) -> Result<R, CompileError> + Sync,
{
    fn new(items: &'f [T], make_scratch: M, work: W) -> Self {
        let mut order: Vec<u32> = (0..items.len() as u32).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(items[at as usize].size()));
        Self {
            items,
            make_scratch,
            work,
            order,
            next: AtomicUsize::new(0),
            bad: AtomicUsize::new(usize::MAX),
            done: Mutex::new(Vec::with_capacity(items.len())),
        }
    }

    /// Takes items until there are none left.
    fn worker(&self) {
        let mut scratch = None;
        while let Some(&at) = self.order.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if at as usize > self.bad.load(Ordering::Relaxed) {
                continue;
            }
            let scratch = scratch.get_or_insert_with(&self.make_scratch);
            let result = (self.work)(scratch, &self.items[at as usize]);
            if result.is_err() {
                self.bad.fetch_min(at as usize, Ordering::Relaxed);
            }
            if matches!(result, Err(CompileError::Aborted(_))) {
                self.next.store(self.order.len(), Ordering::Relaxed);
            }
            // Nothing that can panic is done under the lock.
            self.done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
        }
    }

    /// The results in order. Without an error there is one for each function; with one, for each before the first
    /// bad one.
    fn finish(self) -> Result<Vec<R>, CompileError> {
        let mut done = self.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|(at, _)| *at);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;
    use crate::proposals::Proposals;
    use crate::testing::wasm;
    use crate::translate::ModuleTranslation;

    /// Runs `check` with the bodies of a module of `count` functions of `size` operators.
    fn with_functions(count: usize, size: usize, check: impl Fn(&[FunctionInput<'_>])) {
        let bytes =
            wasm(&format!("(module {})", format!("(func {})", "nop ".repeat(size)).repeat(count)));
        let proposals = Proposals::new(&Default::default());
        check(&ModuleTranslation::new(&bytes, proposals).unwrap().functions);
    }

    #[test]
    fn small_modules_stay_on_the_calling_thread() {
        with_functions(100, 10, |functions| {
            let scratches = AtomicUsize::new(0);
            let make = || scratches.fetch_add(1, Ordering::Relaxed);
            let threads =
                map_functions(ALL, functions, make, |_, _| Ok(thread::current().id())).unwrap();
            assert_eq!(
                threads.into_iter().collect::<HashSet<_>>(),
                [thread::current().id()].into()
            );
            assert_eq!(scratches.into_inner(), 1);
        });
    }

    #[test]
    fn each_thread_makes_one_scratch() {
        with_functions(2_000, 100, |functions| {
            let scratches = AtomicUsize::new(0);
            let make = || scratches.fetch_add(1, Ordering::Relaxed);
            let results = map_functions(ALL, functions, make, |scratch, function| {
                thread::yield_now();
                Ok((function.index().as_u32(), *scratch, thread::current().id()))
            });
            let results = results.unwrap();
            assert!(results.iter().map(|result| result.0).eq(0..2_000));
            let pairs: HashSet<_> = results.iter().map(|result| (result.1, result.2)).collect();
            assert_eq!(pairs.len(), scratches.into_inner());
            assert!(pairs.len() <= processors());
        });
    }

    #[test]
    fn no_more_threads_work_than_are_wanted() {
        with_functions(2_000, 100, |functions| {
            let one = NonZero::<usize>::MIN;
            let threads =
                map_functions(one, functions, || (), |(), _| Ok(thread::current().id())).unwrap();
            assert!(threads.iter().all(|id| *id == thread::current().id()));
        });
    }

    #[test]
    fn the_first_error_wins_whatever_the_order_of_work() {
        with_functions(2_000, 100, |functions| {
            let result = map_functions(
                ALL,
                functions,
                || (),
                |(), function| match function.index().as_u32() {
                    index if index >= 700 => Err(CompileError::Codegen(index.to_string())),
                    index => Ok(index),
                },
            );
            assert!(matches!(result, Err(CompileError::Codegen(index)) if index == "700"));
        });
    }

    #[test]
    fn a_panic_reaches_the_caller() {
        with_functions(2_000, 100, |functions| {
            let run = || {
                map_functions(
                    ALL,
                    functions,
                    || (),
                    |(), function| match function.index().as_u32() {
                        1_000 => panic!("a bug in a compiler"),
                        _ => Ok(()),
                    },
                )
            };
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
            assert!(caught.is_err());
        });
    }
}
