//! What is done, as lines on standard error for who looks for the reason of something.

use std::io;

use clap::{ArgAction, Args, ValueEnum};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;

use crate::report;

/// How much is told of what is done.
#[derive(Args, Debug)]
#[command(next_help_heading = "Logging")]
pub(crate) struct Logging {
    /// Tell what is done; -vv what was compiled or cached, -vvv why, -vvvv each WASI call of the guest
    ///
    /// Each one adds a level: warnings, information, debugging, tracing. The variable RUST_LOG chooses levels by parts
    /// of the program, and counts in place of this: `RUST_LOG=wasmer_wasix=trace` shows the WASI calls and nothing else.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// How the lines look: as text, or as JSON, one object a line
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        env = "LOG_FORMAT",
        default_value = "text",
        hide_env_values = true
    )]
    log_format: Format,

    /// What of a piece of work is a line: `new` its start, `close` its end with the time it took, `all` every step
    #[arg(
        long,
        global = true,
        value_name = "EVENTS",
        env = "LOG_EVENTS",
        default_value = "close",
        hide_env_values = true
    )]
    log_events: Events,
}

/// How lines look.
#[derive(ValueEnum, Clone, Copy, Debug)]
#[value(rename_all = "lower")]
enum Format {
    Text,
    Json,
}

/// What of a span is a line.
#[derive(ValueEnum, Clone, Copy, Debug)]
#[value(rename_all = "lower")]
enum Events {
    New,
    Close,
    All,
}

impl Logging {
    /// Begins to log, if anything is to be logged. Otherwise nothing is set up, and logging costs a comparison.
    pub(crate) fn start(&self, colored: bool) {
        let Some(filter) = self.filter() else { return };
        let events = match self.log_events {
            Events::New => FmtSpan::NEW,
            Events::Close => FmtSpan::CLOSE,
            Events::All => FmtSpan::FULL,
        };
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(io::stderr)
            .with_ansi(colored)
            .with_span_events(events);
        let registry = tracing_subscriber::registry().with(filter);
        // It fails only if somebody else logs already.
        let _ = match self.log_format {
            Format::Text => tracing::subscriber::set_global_default(registry.with(lines)),
            Format::Json => tracing::subscriber::set_global_default(registry.with(lines.json())),
        };
    }

    /// What is to be logged: what RUST_LOG says, or all of a level.
    fn filter(&self) -> Option<Targets> {
        let variable = std::env::var("RUST_LOG").unwrap_or_default();
        if !variable.is_empty() {
            match variable.parse() {
                Ok(filter) => return Some(filter),
                Err(error) => report::note(format_args!("warning: RUST_LOG is ignored: {error}")),
            }
        }
        let level = match self.verbose {
            0 => return None,
            1 => LevelFilter::WARN,
            2 => LevelFilter::INFO,
            3 => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        };
        Some(Targets::new().with_default(level))
    }
}
