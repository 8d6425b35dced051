//! Runs the directives of a script, one after the other.

use std::collections::HashMap;
use std::thread::{self, Scope, ScopedJoinHandle};

use wasmer::{
    CompileError, Exports, Extern, Instance, InstantiationError, Module, RuntimeError, Value,
};
use wast::parser::{self};
use wast::token::{Id, Span};
use wast::{
    QuoteWat, QuoteWatTest, WastDirective, WastExecute, WastInvoke, WastRet, WastThread, Wat,
};

use super::{LeftOut, Outcome, Step, Unmet, Wast, lex};
use crate::error::DirectiveError;
use crate::link::{self, Absence, Slot};
use crate::{trap, values};

/// Threads that the script started and did not wait for yet, by name.
type Threads<'scope> = HashMap<String, ScopedJoinHandle<'scope, Outcome>>;

impl Wast {
    /// Runs `directives` of the script `text` and returns the failures.
    pub(super) fn run_script<'a>(
        &mut self,
        text: &'a str,
        directives: Vec<WastDirective<'a>>,
    ) -> Vec<DirectiveError> {
        let outcome = self.run_directives(text, directives);
        self.left_out.extend(outcome.left_out);
        self.ran += outcome.ran;
        outcome.errors
    }

    fn run_directives<'a>(&mut self, text: &'a str, directives: Vec<WastDirective<'a>>) -> Outcome {
        let mut outcome = Outcome::default();
        thread::scope(|scope| {
            let mut threads = Threads::new();
            for directive in directives {
                let span = directive.span();
                let result = self.run_directive(directive, text, scope, &mut threads, &mut outcome);
                let result = self.tolerate(text, span, result);
                outcome.add(text, span, result);
                if self.fail_fast && !outcome.errors.is_empty() {
                    break;
                }
            }
            for (_, thread) in threads {
                outcome.join(thread);
            }
        });
        outcome
    }

    /// Makes a failure that is allowed in its line a directive that was left out.
    fn tolerate(&self, text: &str, span: Span, result: Step) -> Step {
        match result {
            Err(Unmet::Failed(message))
                if self.allowed_lines.contains(&(span.linecol_in(text).0 + 1)) =>
            {
                Err(Absence::LeftOut(message).into())
            }
            other => other,
        }
    }

    fn run_directive<'scope, 'a: 'scope>(
        &mut self,
        directive: WastDirective<'a>,
        text: &'a str,
        scope: &'scope Scope<'scope, '_>,
        threads: &mut Threads<'scope>,
        outcome: &mut Outcome,
    ) -> Step {
        match directive {
            WastDirective::Module(module) => self.module(module),
            WastDirective::ModuleDefinition(module) => self.module_definition(module),
            WastDirective::ModuleInstance { instance, module, .. } => {
                self.module_instance(instance, module)
            }
            WastDirective::Register { name, module, .. } => self.register(name, module),
            WastDirective::Invoke(call) => self.invoke(&call)?.map(drop).map_err(unexpected_trap),
            WastDirective::AssertReturn { exec, results, .. } => self.assert_return(exec, &results),
            WastDirective::AssertTrap { exec, message, .. } => self.assert_trap(exec, message),
            WastDirective::AssertExhaustion { call, message, .. } => {
                self.assert_trap(WastExecute::Invoke(call), message)
            }
            WastDirective::AssertException { exec, .. } => self.assert_exception(exec),
            WastDirective::AssertMalformed { module, message, .. }
            | WastDirective::AssertInvalid { module, message, .. } => {
                self.assert_rejected(module, message)
            }
            WastDirective::AssertMalformedCustom { module, message, .. }
            | WastDirective::AssertInvalidCustom { module, message, .. } => {
                assert_annotation_rejected(module, message)
            }
            WastDirective::AssertUnlinkable { module, message, .. } => {
                self.assert_unlinkable(module, message)
            }
            WastDirective::AssertSuspension { .. } => {
                Err("`assert_suspension` is of stack switching, which is not supported".to_owned())?
            }
            WastDirective::Thread(script) => self.thread(script, text, scope, threads),
            WastDirective::Wait { thread, .. } => {
                let Some(thread) = threads.remove(thread.name()) else {
                    return Err(format!("no thread `${}` was started", thread.name()).into());
                };
                outcome.join(thread);
                Ok(())
            }
        }
    }

    // Modules

    /// Compiles the module; it must be valid.
    fn compile(&self, module: QuoteWat<'_>) -> Step<Module> {
        let bytes = encode(module).map_err(|error| format!("the text is malformed: {error}"))?;
        self.check_filter(&bytes)?;
        Module::from_binary(&self.store, &bytes)
            .map_err(|error| Unmet::Failed(format!("the module is valid but rejected: {error}")))
    }

    fn check_filter(&self, bytes: &[u8]) -> Step {
        match self.filter.as_ref().and_then(|filter| filter(bytes)) {
            Some(reason) => Err(Absence::LeftOut(reason).into()),
            None => Ok(()),
        }
    }

    /// Instantiates the module; the inner error is the engine's.
    fn instantiate(&mut self, module: &Module) -> Step<Result<Exports, InstantiationError>> {
        let imports = self.linker.imports(module)?;
        Ok(Instance::new(&mut self.store, module, &imports).map(|instance| instance.exports))
    }

    /// Instantiates the module; it must succeed.
    fn instance(&mut self, module: &Module) -> Step<Exports> {
        self.instantiate(module)?.map_err(|error| {
            let text = error.to_string();
            if self.allowed_instantiation_failures.iter().any(|allowed| text.contains(allowed)) {
                return Absence::LeftOut(text).into();
            }
            format!("the module can't be instantiated: {text}").into()
        })
    }

    fn module(&mut self, module: QuoteWat<'_>) -> Step {
        let name = module.name();
        let exports = self.compile(module).and_then(|module| self.instance(&module));
        let (slot, result) = split(exports);
        self.bind(name.map(|id| id.name()), slot);
        result
    }

    fn module_definition(&mut self, module: QuoteWat<'_>) -> Step {
        let name = module.name().map(|id| id.name().to_owned());
        let (slot, result) = split(self.compile(module));
        if name.is_some() {
            self.definitions.insert(name, slot.clone());
        }
        self.definitions.insert(None, slot);
        result
    }

    fn module_instance(&mut self, instance: Option<Id<'_>>, module: Option<Id<'_>>) -> Step {
        let key = module.map(|id| id.name().to_owned());
        let Some(module) = self.definitions.get(&key).cloned() else {
            let name = key.map_or_else(String::new, |name| format!(" `${name}`"));
            return Err(format!("no module{name} was defined").into());
        };
        let exports = module.map_err(Unmet::Absent).and_then(|module| self.instance(&module));
        let (slot, result) = split(exports);
        self.bind(instance.map(|id| id.name()), slot);
        result
    }

    /// The exports of the instance called `name`, or of the current one.
    fn exports(&self, name: Option<Id<'_>>) -> Step<Exports> {
        let found = match name {
            Some(id) => self.instances.get(id.name()),
            None => self.current.as_ref(),
        };
        match (found, name) {
            (Some(slot), _) => Ok(slot.clone()?),
            (None, Some(id)) => Err(format!("there is no instance `${}`", id.name()).into()),
            (None, None) => Err("there is no instance yet".to_owned().into()),
        }
    }

    fn register(&mut self, name: &str, module: Option<Id<'_>>) -> Step {
        let (slot, result) = split(self.exports(module));
        self.linker.register(name, slot);
        result
    }

    // Actions

    /// The item that the instance called `module`, or the current one, exports as `name`.
    fn export(&self, module: Option<Id<'_>>, name: &str) -> Step<Extern> {
        let exports = self.exports(module)?;
        let export = exports.get_extern(name).cloned();
        export.ok_or_else(|| format!("the instance has no export {name:?}").into())
    }

    /// Calls a function; the inner error is the trap.
    fn invoke(&mut self, call: &WastInvoke<'_>) -> Step<Result<Vec<Value>, RuntimeError>> {
        let Extern::Function(function) = self.export(call.module, call.name)? else {
            return Err(format!("the export {:?} is not a function", call.name).into());
        };
        let mut args = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            args.push(values::argument(&mut self.store, arg)?);
        }
        Ok(function.call(&mut self.store, &args).map(Vec::from))
    }

    fn execute(&mut self, exec: WastExecute<'_>) -> Step<Result<Vec<Value>, RuntimeError>> {
        match exec {
            WastExecute::Invoke(call) => self.invoke(&call),
            WastExecute::Get { module, global, .. } => match self.export(module, global)? {
                Extern::Global(global) => Ok(Ok(vec![global.get(&mut self.store)])),
                _ => Err(format!("the export {global:?} is not a global").into()),
            },
            WastExecute::Wat(module) => {
                let module = self.compile(QuoteWat::Wat(module))?;
                match self.instantiate(&module)? {
                    Ok(_) => Ok(Ok(Vec::new())),
                    Err(InstantiationError::Start(trap)) => Ok(Err(trap)),
                    Err(error) => Err(format!("the module can't be linked: {error}").into()),
                }
            }
        }
    }

    fn assert_return(&mut self, exec: WastExecute<'_>, expected: &[WastRet<'_>]) -> Step {
        let found = self.execute(exec)?.map_err(unexpected_trap)?;
        let store = &self.store;
        if found.len() == expected.len()
            && found.iter().zip(expected).all(|(value, ret)| values::matches(store, value, ret))
        {
            return Ok(());
        }
        let found = values::describe(store, &found, expected);
        let expected = values::describe_expected(expected);
        Err(format!("expected `{expected}`, found `{found}`").into())
    }

    fn assert_trap(&mut self, exec: WastExecute<'_>, expected: &str) -> Step {
        if self.skip_exhaustion {
            return Err(Absence::LeftOut("traps are not tested".to_owned()).into());
        }
        match self.execute(exec)? {
            Err(error) if trap::is_named(&error, expected) => Ok(()),
            Err(error) if self.is_allowed_trap(&error, expected) => Ok(()),
            Err(error) => {
                Err(format!("expected the trap `{expected}`, found {}", trap::describe(&error))
                    .into())
            }
            Ok(found) => {
                let found = values::describe(&self.store, &found, &[]);
                Err(format!("expected the trap `{expected}`, found the results `{found}`").into())
            }
        }
    }

    fn is_allowed_trap(&self, error: &RuntimeError, expected: &str) -> bool {
        let message = error.message();
        self.allowed_trap_messages
            .iter()
            .any(|(sentence, allowed)| sentence == expected && message.contains(allowed))
    }

    fn assert_exception(&mut self, exec: WastExecute<'_>) -> Step {
        if self.skip_exceptions {
            return Err(Absence::LeftOut("exceptions are not tested".to_owned()).into());
        }
        use wasmer_types::TrapCode::UncaughtException;
        match self.execute(exec)? {
            Err(error) if error.clone().to_trap() == Some(UncaughtException) => Ok(()),
            Err(error) => {
                Err(format!("expected an exception, found {}", trap::describe(&error)).into())
            }
            Ok(found) => {
                let found = values::describe(&self.store, &found, &[]);
                Err(format!("expected an exception, found the results `{found}`").into())
            }
        }
    }

    // Modules that are not right

    /// The module must be refused as malformed or invalid: by the parser of the text format, by
    /// `Module::validate` and by the compiler.
    fn assert_rejected(&mut self, module: QuoteWat<'_>, expected: &str) -> Step {
        let Ok(bytes) = encode(module) else {
            return Ok(());
        };
        self.check_filter(&bytes)?;
        let results = [
            ("compiled", Module::from_binary(&self.store, &bytes).map(drop)),
            ("validated", Module::validate(&self.store, &bytes)),
        ];
        for (done, result) in results {
            match result {
                Ok(()) => {
                    return Err(format!(
                        "expected the error `{expected}`, but the module is {done}"
                    )
                    .into());
                }
                Err(
                    error @ (CompileError::Codegen(_)
                    | CompileError::UnsupportedTarget(_)
                    | CompileError::Resource(_)),
                ) => {
                    return Err(format!("expected the error `{expected}`, found `{error}`").into());
                }
                Err(_) => {}
            }
        }
        Ok(())
    }

    fn assert_unlinkable(&mut self, module: Wat<'_>, expected: &str) -> Step {
        let module = self.compile(QuoteWat::Wat(module))?;
        match self.instantiate(&module)? {
            Err(error) if link::is_named(&error, expected) => Ok(()),
            Err(error) => {
                Err(format!("expected the link error `{expected}`, found `{error}`").into())
            }
            Ok(_) => {
                Err(format!("expected the link error `{expected}`, but the module is instantiated")
                    .into())
            }
        }
    }

    // Threads

    fn thread<'scope, 'a: 'scope>(
        &mut self,
        script: WastThread<'a>,
        text: &'a str,
        scope: &'scope Scope<'scope, '_>,
        threads: &mut Threads<'scope>,
    ) -> Step {
        let mut runner = self.for_thread();
        if let Some(id) = script.shared_module {
            let mut shared = Exports::new();
            for (name, export) in self.exports(Some(id))? {
                let Extern::Memory(memory) = export else {
                    return Err(format!("threads can't share the export {name:?}").into());
                };
                let memory = memory
                    .share_in_store(&self.store, &mut runner.store)
                    .map_err(|error| format!("threads can't share the export {name:?}: {error}"))?;
                shared.insert(name, memory);
            }
            runner.instances.insert(id.name().to_owned(), Ok(shared));
        }
        let thread = scope.spawn(move || runner.run_directives(text, script.directives));
        if let Some(previous) = threads.insert(script.name.name().to_owned(), thread) {
            previous.join().expect("a panic of a thread is one of the script");
            return Err(format!("there is a thread `${}` already", script.name.name()).into());
        }
        Ok(())
    }
}

impl Outcome {
    fn add(&mut self, text: &str, span: Span, result: Step) {
        let (line, col) = span.linecol_in(text);
        let (line, col) = (line + 1, col + 1);
        match result {
            Ok(()) => self.ran += 1,
            Err(Unmet::Failed(message)) => {
                self.ran += 1;
                self.errors.push(DirectiveError { line, col, message });
            }
            Err(Unmet::Absent(Absence::LeftOut(reason))) => {
                self.left_out.push(LeftOut { line, reason });
            }
            // Reported where it failed.
            Err(Unmet::Absent(Absence::Failed)) => {}
        }
    }

    /// Waits for a thread and takes over what it came to.
    fn join(&mut self, thread: ScopedJoinHandle<'_, Self>) {
        let other = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        self.errors.extend(other.errors);
        self.left_out.extend(other.left_out);
        self.ran += other.ran;
    }
}

/// What later directives find, and what this one reports.
fn split<T>(made: Step<T>) -> (Slot<T>, Step) {
    match made {
        Ok(made) => (Ok(made), Ok(())),
        Err(Unmet::Absent(absence)) => (Err(absence.clone()), Err(absence.into())),
        Err(failure) => (Err(Absence::Failed), Err(failure)),
    }
}

fn unexpected_trap(error: RuntimeError) -> Unmet {
    Unmet::Failed(format!("expected results, found {}", trap::describe(&error)))
}

/// The module in the binary format, or why its text is malformed.
fn encode(mut module: QuoteWat<'_>) -> Result<Vec<u8>, String> {
    let text = match module.to_test().map_err(|error| error.message())? {
        QuoteWatTest::Binary(bytes) => return Ok(bytes),
        QuoteWatTest::Text(text) => text,
    };
    let text = std::str::from_utf8(&text).map_err(|error| error.to_string())?;
    let encoded = lex(text).and_then(|buffer| parser::parse::<Wat<'_>>(&buffer)?.encode());
    encoded.map_err(|error| error.message())
}

/// Annotations that become custom sections (`@custom`, `@name`, …) are checked by the parser of the text
/// format; the sections themselves are not the engine's business.
fn assert_annotation_rejected(module: QuoteWat<'_>, expected: &str) -> Step {
    match encode(module) {
        Err(_) => Ok(()),
        Ok(_) => Err(format!("expected the error `{expected}`, but the text is accepted").into()),
    }
}
