//! Options of other versions of wasmer.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::report::Refusal;

/// Options for what is always so here. They are accepted, as scripts for other versions name them.
#[derive(Args, Debug)]
pub(crate) struct WithoutEffect {
    #[arg(long, hide = true)]
    offline: bool,
    #[arg(long, hide = true)]
    no_tty: bool,
    #[arg(long, hide = true, value_name = "MS")]
    enable_cpu_backoff: Option<u64>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    enable_async_threads: Option<bool>,
}

/// Why options can't be used, and what to do instead.
struct Reason {
    why: &'static str,
    instead: &'static str,
}

const NETWORK: Reason = Reason {
    why: "programs of WASI preview 1 can't open connections, whatever is allowed",
    instead: "give the guest a listening socket with `--listen HOST:PORT`, or standard streams that are connected",
};
const COMMANDS: Reason = Reason {
    why: "programs of WASI preview 1 can't start others",
    instead: "run the programs one after the other, or connect them with pipes of the shell",
};
const PACKAGES: Reason = Reason {
    why: "there is no registry and there are no packages: programs are run from files",
    instead: "give the guest the files with `--volume HOST:GUEST`, and run its module",
};
const ENTRYPOINT: Reason = Reason {
    why: "it names a command of a package, and a file has one program",
    instead: "to call another function of a module than `_start`, name it with `--invoke NAME`",
};
const JOURNAL: Reason = Reason {
    why: "there are no journals",
    instead: "leave it out; what a guest writes to its directories stays",
};
const SERVER: Reason = Reason {
    why: "there are no WCGI packages",
    instead: "give the guest a listening socket with `--listen HOST:PORT`",
};
const NAPI: Reason =
    Reason { why: "there is no JavaScript engine", instead: "run the module with Node.js" };

/// Whether an option takes a value.
#[derive(Clone, Copy)]
enum Takes {
    Nothing,
    /// `--option` or `--option=VALUE`.
    Perhaps,
    AValue,
}
use Takes::{AValue, Nothing, Perhaps};

/// An option that can't be used.
struct Refused {
    name: &'static str,
    short: Option<char>,
    aliases: &'static [&'static str],
    takes: Takes,
    reason: &'static Reason,
}

const fn option(name: &'static str, takes: Takes, reason: &'static Reason) -> Refused {
    Refused { name, short: None, aliases: &[], takes, reason }
}

const REFUSED: &[Refused] = &[
    option("net", Perhaps, &NETWORK),
    option("http-client", Nothing, &NETWORK),
    option("map-command", AValue, &COMMANDS),
    option("use", AValue, &PACKAGES),
    option("include-webc", AValue, &PACKAGES),
    option("registry", AValue, &PACKAGES),
    option("token", AValue, &PACKAGES),
    Refused {
        short: Some('e'),
        aliases: &["command", "command-name"],
        ..option("entrypoint", AValue, &ENTRYPOINT)
    },
    Refused { short: Some('a'), ..option("addr", AValue, &SERVER) },
    option("experimental-napi", Nothing, &NAPI),
    option("journal", AValue, &JOURNAL),
    option("journal-writable", AValue, &JOURNAL),
    option("snapshot-on", AValue, &JOURNAL),
    option("snapshot-period", AValue, &JOURNAL),
    option("stop-after-snapshot", Nothing, &JOURNAL),
    option("enable-compaction", Nothing, &JOURNAL),
];

/// Those of [`REFUSED`] that were given.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    given: Option<usize>,
}

impl Elsewhere {
    /// Fails with the reason if there is one.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let Some(Refused { name, reason, .. }) = self.given.map(|index| &REFUSED[index]) else {
            return Ok(());
        };
        Err(Refusal::error(format!("`--{name}` can't be used: {}", reason.why), reason.instead))
    }
}

impl Args for Elsewhere {
    fn augment_args(command: Command) -> Command {
        REFUSED.iter().fold(command, |command, refused| {
            let arg = Arg::new(refused.name).long(refused.name).aliases(refused.aliases).hide(true);
            let arg = match refused.short {
                Some(short) => arg.short(short),
                None => arg,
            };
            command.arg(match refused.takes {
                Nothing => arg.action(ArgAction::SetTrue),
                Perhaps => arg.action(ArgAction::Append).num_args(0..=1).require_equals(true),
                AValue => arg.action(ArgAction::Append),
            })
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Elsewhere {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let is_given =
            |it: &Refused| matches.value_source(it.name) == Some(ValueSource::CommandLine);
        Ok(Self { given: REFUSED.iter().position(is_given) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
