//! The runner: its settings, and what it keeps from directive to directive.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use wasmer::{Exports, Imports, Module, Store};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};

use crate::error::{DirectiveError, DirectiveErrors};
use crate::link::{Absence, Linker, Slot};
use crate::spectest_importobject;

mod directives;

/// A directive that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Line of the directive, the first being 1.
    pub line: usize,
    /// Why.
    pub reason: String,
}

/// Says of the bytes of a module why it is to be left out, if it is.
type Filter = Arc<dyn Fn(&[u8]) -> Option<String> + Send + Sync>;

/// Runs scripts. Instances, registered names and the store are kept from one script to the next.
pub struct Wast {
    store: Store,
    linker: Linker,
    current: Option<Slot<Exports>>,
    instances: HashMap<String, Slot<Exports>>,
    definitions: HashMap<Option<String>, Slot<Module>>,

    allowed_instantiation_failures: HashSet<String>,
    allowed_trap_messages: HashSet<(String, String)>,
    allowed_lines: HashSet<usize>,
    skip_exhaustion: bool,
    skip_exceptions: bool,
    filter: Option<Filter>,
    left_out: Vec<LeftOut>,
    ran: usize,

    /// Whether to stop at the first directive that fails. Otherwise all are run and all failures reported.
    pub fail_fast: bool,
}

impl Wast {
    /// A runner whose modules can import `import_object`, of which the items belong to `store`.
    pub fn new(store: Store, import_object: Imports) -> Self {
        Self {
            store,
            linker: Linker::new(import_object),
            current: None,
            instances: HashMap::new(),
            definitions: HashMap::new(),
            allowed_instantiation_failures: HashSet::new(),
            allowed_trap_messages: HashSet::new(),
            allowed_lines: HashSet::new(),
            skip_exhaustion: false,
            skip_exceptions: false,
            filter: None,
            left_out: Vec::new(),
            ran: 0,
            fail_fast: false,
        }
    }

    /// A runner whose modules can import the module `spectest` of the specification's tests
    /// ([`spectest_importobject`]).
    pub fn new_with_spectest(mut store: Store) -> Self {
        let imports = spectest_importobject(&mut store);
        Self::new(store, imports)
    }

    /// Tolerates modules that can't be instantiated because of an error whose text contains one of
    /// `failures`. They and the directives that refer to them count as left out.
    pub fn allow_instantiation_failures(&mut self, failures: &[&str]) {
        self.allowed_instantiation_failures.extend(failures.iter().map(|text| (*text).to_owned()));
    }

    /// Where a script expects the trap `expected`, accepts a trap whose message contains `allowed` too.
    pub fn allow_trap_message(&mut self, expected: &str, allowed: &str) {
        self.allowed_trap_messages.insert((expected.to_owned(), allowed.to_owned()));
    }

    /// Tolerates a failure of the directive that begins in `line`, the first being 1, of every script that is run. It
    /// counts as left out then.
    pub fn allow_directive_failures_at_line(&mut self, line: usize) {
        self.allowed_lines.insert(line);
    }

    /// Leaves out `assert_exception`, for engines without exceptions.
    pub fn disable_assert_exception(&mut self) {
        self.skip_exceptions = true;
    }

    /// Leaves out `assert_exhaustion` and `assert_trap`, for machines where traps can't be caught.
    pub fn disable_assert_and_exhaustion(&mut self) {
        self.skip_exhaustion = true;
    }

    /// Leaves out the modules for which `reason` returns one, and every directive that refers to them.
    /// It is asked about the bytes of each module of the script that the text format can express, also of
    /// those that a script expects to be rejected.
    pub fn leave_out(&mut self, reason: impl Fn(&[u8]) -> Option<String> + Send + Sync + 'static) {
        self.filter = Some(Arc::new(reason));
    }

    /// The directives that were left out so far.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// How many directives were run so far, failures included.
    pub fn ran(&self) -> usize {
        self.ran
    }

    /// Runs the script in the file `path`.
    ///
    /// # Errors
    ///
    /// When the file can't be read, is not a script (the error has the place), or directives of it fail:
    /// then the error is [`DirectiveErrors`].
    pub fn run_file(&mut self, path: &Path) -> anyhow::Result<()> {
        let bytes =
            fs::read(path).with_context(|| format!("can't read the script {}", path.display()))?;
        self.run_buffer(path, &bytes)
    }

    /// Runs the script `wast`, which is called `filename` in errors.
    ///
    /// # Errors
    ///
    /// As [`run_file`](Self::run_file).
    pub fn run_buffer(&mut self, filename: &Path, wast: &[u8]) -> anyhow::Result<()> {
        let text = std::str::from_utf8(wast)
            .with_context(|| format!("the script {} is not UTF-8", filename.display()))?;
        let located = |mut error: wast::Error| {
            error.set_path(filename);
            error.set_text(text);
            error
        };
        let buffer = lex(text).map_err(located)?;
        let script = parser::parse::<wast::Wast<'_>>(&buffer).map_err(located)?;
        let errors = self.run_script(text, script.directives);
        if errors.is_empty() {
            return Ok(());
        }
        Err(DirectiveErrors { filename: filename.to_owned(), errors }.into())
    }

    /// A runner for a `thread` directive: another store of the same engine, the same settings.
    fn for_thread(&self) -> Self {
        let mut runner = Self::new_with_spectest(Store::new(self.store.engine().clone()));
        runner.allowed_instantiation_failures = self.allowed_instantiation_failures.clone();
        runner.allowed_trap_messages = self.allowed_trap_messages.clone();
        runner.allowed_lines = self.allowed_lines.clone();
        runner.skip_exhaustion = self.skip_exhaustion;
        runner.skip_exceptions = self.skip_exceptions;
        runner.filter = self.filter.clone();
        runner.fail_fast = self.fail_fast;
        runner
    }

    /// Makes `exports` the current instance, also under `name` if there is one.
    fn bind(&mut self, name: Option<&str>, exports: Slot<Exports>) {
        if let Some(name) = name {
            self.instances.insert(name.to_owned(), exports.clone());
        }
        self.current = Some(exports);
    }
}

/// Splits a script or module into tokens. Characters that look like others are the business of the tests.
fn lex(text: &str) -> Result<ParseBuffer<'_>, wast::Error> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    ParseBuffer::new_with_lexer(lexer)
}

/// Why a directive is not fulfilled.
enum Unmet {
    /// It refers to something that is not there.
    Absent(Absence),
    /// It failed.
    Failed(String),
}

impl From<Absence> for Unmet {
    fn from(absence: Absence) -> Self {
        Self::Absent(absence)
    }
}

impl From<String> for Unmet {
    fn from(message: String) -> Self {
        Self::Failed(message)
    }
}

/// Result of a directive or a step of one.
type Step<T = ()> = Result<T, Unmet>;

/// What the directives of a script or thread came to.
#[derive(Default)]
struct Outcome {
    errors: Vec<DirectiveError>,
    left_out: Vec<LeftOut>,
    ran: usize,
}
