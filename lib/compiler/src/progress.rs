//! Telling how far the compilation of a module has come.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use wasmer_types::{CompilationProgress, CompilationProgressCallback, CompileError};

/// Counts the steps of a phase.
pub(crate) struct Phase<'p> {
    callback: &'p CompilationProgressCallback,
    name: &'static str,
    steps: u64,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    done: u64,
    /// Bytes of code since the last time that they were told.
    bytes: usize,
    /// Somebody wanted to stop: nothing more is told.
    stopped: bool,
}

impl<'p> Phase<'p> {
    /// Begins a phase of so many steps.
    ///
    /// # Errors
    ///
    /// [`CompileError::Aborted`] when the compilation is to stop.
    pub(crate) fn begin(
        callback: &'p CompilationProgressCallback,
        name: &'static str,
        steps: usize,
    ) -> Result<Self, CompileError> {
        let phase = Self { callback, name, steps: steps as u64, counts: Mutex::default() };
        phase.tell(0)?;
        Ok(phase)
    }

    /// A step is done, which has made so many bytes of code.
    ///
    /// # Errors
    ///
    /// [`CompileError::Aborted`] when the compilation is to stop.
    pub(crate) fn step(&self, bytes: usize) -> Result<(), CompileError> {
        // Steps are told one by one, in order.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.stopped {
            return Ok(());
        }
        counts.done += 1;
        counts.bytes += bytes;
        let chunk = self.callback.reserve_size_chunk_size();
        let told = match chunk.is_some_and(|chunk| counts.bytes >= chunk.get()) {
            true => self.callback.reserve_size(std::mem::take(&mut counts.bytes)),
            false => Ok(()),
        };
        let told = told.map_err(CompileError::from).and_then(|()| self.tell(counts.done));
        counts.stopped = told.is_err();
        told
    }

    fn tell(&self, done: u64) -> Result<(), CompileError> {
        let name = Some(Cow::Borrowed(self.name));
        let progress = CompilationProgress::new(name, Some(self.steps), Some(done));
        Ok(self.callback.notify(progress)?)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use wasmer_types::UserAbort;

    use super::*;
    use crate::testing::{Scribe, compile_with_progress, wasm};

    fn module(functions: usize) -> Vec<u8> {
        wasm(&format!("(module {})", format!("(func {})", "nop ".repeat(200)).repeat(functions)))
    }

    #[test]
    fn every_step_is_told_in_order() {
        for functions in [0, 1, 3, 500] {
            let steps = Arc::new(Mutex::new(Vec::new()));
            let told = steps.clone();
            let grown = Arc::new(AtomicUsize::new(0));
            let sum = grown.clone();
            let callback = CompilationProgressCallback::new(move |progress| {
                assert_eq!(progress.phase_name(), Some("Compiling functions"));
                assert_eq!(progress.phase_step_count(), Some(functions as u64));
                told.lock().unwrap().push(progress.phase_step().unwrap());
                Ok(())
            })
            .with_reserve_size_callback(
                move |bytes| {
                    assert!(bytes >= 1000);
                    sum.fetch_add(bytes, Ordering::Relaxed);
                    Ok(())
                },
                NonZeroUsize::new(1000).unwrap(),
            );
            let bytes = module(functions);
            let image = compile_with_progress(&Scribe::default(), &bytes, &callback).unwrap();
            assert!(steps.lock().unwrap().iter().copied().eq(0..=functions as u64));
            let grown = grown.load(Ordering::Relaxed);
            assert!(grown <= image.code.text.len() && (functions < 3 || grown > 0));
        }
    }

    #[test]
    fn nothing_is_begun_after_an_abort() {
        for stop_at in [0, 1, 20, 500] {
            let calls = Arc::new(AtomicUsize::new(0));
            let count = calls.clone();
            let callback = CompilationProgressCallback::new(move |progress| {
                count.fetch_add(1, Ordering::Relaxed);
                match progress.phase_step().unwrap() == stop_at {
                    true => Err(UserAbort::new("enough")),
                    false => Ok(()),
                }
            });
            let result = compile_with_progress(&Scribe::default(), &module(500), &callback);
            let Err(CompileError::Aborted(abort)) = result else { panic!("{result:?}") };
            assert_eq!(abort.reason(), "enough");
            assert_eq!(calls.load(Ordering::Relaxed) as u64, stop_at + 1);
        }
        let callback = CompilationProgressCallback::new(|_| Ok(())).with_reserve_size_callback(
            |_| Err(UserAbort::new("too large")),
            NonZeroUsize::new(1).unwrap(),
        );
        let error = compile_with_progress(&Scribe::default(), &module(500), &callback).unwrap_err();
        assert_eq!(error.to_string(), "compilation was stopped: too large");
    }
}
