//! How far the compiler has come, on the terminal.

use std::io::IsTerminal;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use wasmer::{CompilationProgress, CompilationProgressCallback, CompileError, Engine, Module};

use crate::report;

/// Nobody needs to see how something is done that takes less.
const PATIENCE: Duration = Duration::from_secs(1);

/// Compiles `bytes`. If this takes long, and standard error is a terminal, there is a bar that shows the progress, unless
/// it is to be left out.
pub(crate) fn compile(engine: &Engine, bytes: &[u8]) -> Result<Module, CompileError> {
    if report::is_quiet() || !std::io::stderr().is_terminal() {
        return Module::new(engine, bytes);
    }
    let bar = Arc::new(Bar { start: Instant::now(), shown: OnceLock::new() });
    let on_progress = {
        let bar = Arc::clone(&bar);
        CompilationProgressCallback::new(move |progress| {
            bar.show(&progress);
            Ok(())
        })
    };
    let module = Module::new_with_progress(engine, bytes, on_progress);
    if let Some(shown) = bar.shown.get() {
        shown.finish_and_clear();
    }
    module
}

struct Bar {
    start: Instant,
    shown: OnceLock<ProgressBar>,
}

impl Bar {
    fn show(&self, progress: &CompilationProgress) {
        if self.start.elapsed() < PATIENCE {
            return;
        }
        let name = progress.phase_name().unwrap_or_default();
        let steps = progress.phase_step_count().unwrap_or(0);
        let bar = self.shown.get_or_init(|| new_bar(name, steps));
        // Each of these may draw the bar.
        if bar.length() != Some(steps) {
            bar.set_length(steps);
        }
        if bar.message() != name {
            bar.set_message(name.to_owned());
        }
        bar.set_position(progress.phase_step().unwrap_or(0));
    }
}

fn new_bar(name: &str, steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} ({eta})")
        .expect("the template is correct")
        .progress_chars("=> ");
    ProgressBar::new(steps).with_style(style).with_message(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_appears_when_it_takes_long() {
        let steps = |done| CompilationProgress::new(Some("Compiling".into()), Some(9), Some(done));
        let mut bar = Bar { start: Instant::now(), shown: OnceLock::new() };
        bar.show(&steps(1));
        assert!(bar.shown.get().is_none());
        bar.start -= PATIENCE;
        bar.show(&steps(2));
        let shown = bar.shown.get().expect("a second has passed");
        assert_eq!((shown.position(), shown.length()), (2, Some(9)));
        assert_eq!(shown.message(), "Compiling");
    }
}
