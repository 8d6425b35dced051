//! Runs a case on several machines and compares what is seen.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmer::BackendKind;
use wasmer_tests::backend::{COMPILERS, Memories};

use crate::case::{Case, FUEL};
use crate::interpreter::Interpreter;
use crate::machine::{End, Machine, State};
use crate::ours::Ours;

/// What cases are run by.
pub struct Machines(Vec<Box<dyn Machine>>);

impl Machines {
    /// The interpreter, and every compiler with every kind of memories.
    pub fn all() -> Self {
        Self::of(COMPILERS.iter().copied())
    }

    /// Those of [`Self::all`] that do not take long to compile: without LLVM.
    pub fn quick() -> Self {
        Self::of(COMPILERS.iter().copied().filter(|compiler| compiler.name() != "llvm"))
    }

    fn of(compilers: impl Iterator<Item = BackendKind>) -> Self {
        let mut machines: Vec<Box<dyn Machine>> = vec![Box::new(Interpreter::new())];
        for compiler in compilers {
            for memories in Memories::ALL {
                machines.push(Box::new(Ours::new(compiler, memories)));
            }
        }
        Self(machines)
    }

    /// These ones. The first that can run a case is what the others are compared with.
    pub fn new(machines: Vec<Box<dyn Machine>>) -> Self {
        Self(machines)
    }
}

/// What there is to say of a case in which all machines did the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Calls that returned values, on each machine.
    pub returned: usize,
    /// Calls that trapped.
    pub trapped: usize,
    /// Machines that did not have a proposal.
    pub unsupported: usize,
    /// Machines of others that panicked. The rest was compared all the same.
    pub panicked: usize,
    /// Whether a stack was full on some machine, so that the rest was not compared.
    pub stack_overflow: bool,
}

/// Two machines did different things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The names of both.
    pub machines: [String; 2],
    /// What was done last.
    pub step: String,
    /// How each ended, if that differs, or what each looked like then.
    pub seen: [String; 2],
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.step)?;
        for (machine, seen) in self.machines.iter().zip(&self.seen) {
            write!(f, "\n  {machine}: {seen}")?;
        }
        Ok(())
    }
}

/// How a step ended, and what was seen then, if there was an instance.
type Step = (End, Option<State>);

/// Runs the case on all machines that can.
///
/// # Errors
///
/// The first difference.
pub fn check(case: &Case, machines: &Machines) -> Result<Verdict, Box<Difference>> {
    let mut reference: Option<(&str, Vec<Step>)> = None;
    let mut verdict =
        Verdict { returned: 0, trapped: 0, unsupported: 0, panicked: 0, stack_overflow: false };
    for machine in machines.0.iter().filter(|machine| machine.can_run(case)) {
        let steps = match catch_unwind(AssertUnwindSafe(|| run(case, &**machine))) {
            Ok(steps) => steps,
            Err(_) if machine.is_foreign() => {
                verdict.panicked += 1;
                continue;
            }
            Err(panic) => vec![(End::Failed(message(&*panic)), None)],
        };
        if matches!(steps.last(), Some((End::Unsupported, _))) {
            verdict.unsupported += 1;
            continue;
        }
        verdict.stack_overflow |= steps.last().is_some_and(|(end, _)| *end == End::StackOverflow);
        match &reference {
            Some((name, expected)) => compare(case, name, expected, machine.name(), &steps)?,
            None => reference = Some((machine.name(), steps)),
        }
    }
    for (end, _) in reference.iter().flat_map(|(_, steps)| steps) {
        match end {
            End::Values(_) => verdict.returned += 1,
            _ => verdict.trapped += 1,
        }
    }
    Ok(verdict)
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("without words"))
}

/// Instantiates and makes the calls; ends early when the stack is full.
fn run(case: &Case, machine: &dyn Machine) -> Vec<Step> {
    let mut instance = match machine.instantiate(case) {
        Ok(instance) => instance,
        Err(end) => return vec![(end, None)],
    };
    let mut steps = vec![(End::Values(Vec::new()), Some(instance.state()))];
    for (function, arguments) in &case.calls {
        instance.set_fuel(FUEL);
        let end = instance.call(function, arguments);
        let full = end == End::StackOverflow;
        steps.push((end, Some(instance.state())));
        if full {
            break;
        }
    }
    steps
}

fn compare(
    case: &Case,
    name: &str,
    expected: &[Step],
    other: &str,
    steps: &[Step],
) -> Result<(), Box<Difference>> {
    for (number, (expected, found)) in expected.iter().zip(steps).enumerate() {
        let ends = [&expected.0, &found.0];
        if ends.contains(&&End::StackOverflow) {
            return Ok(());
        }
        // A failure is never right, even if it is the same everywhere.
        let same_end = ends[0] == ends[1] && !matches!(ends[0], End::Failed(_));
        if same_end && expected.1 == found.1 {
            continue;
        }
        let step = match number.checked_sub(1).map(|call| &case.calls[call]) {
            None => "instantiation".to_owned(),
            Some((function, arguments)) => {
                format!("call {number}, of {function:?} with {arguments:?}")
            }
        };
        let seen = if same_end {
            states([&expected.1, &found.1])
        } else {
            ends.map(|end| format!("{end:?}"))
        };
        let machines = [name.to_owned(), other.to_owned()];
        return Err(Box::new(Difference { machines, step, seen }));
    }
    Ok(())
}

/// The part that differs.
fn states(states: [&Option<State>; 2]) -> [String; 2] {
    let [Some(a), Some(b)] = states else { return states.map(|state| format!("{state:?}")) };
    if a.globals != b.globals {
        [a, b].map(|state| format!("globals {:?}", state.globals))
    } else if a.memories != b.memories {
        [a, b].map(|state| format!("memories (size, hash) {:x?}", state.memories))
    } else if a.tables != b.tables {
        [a, b].map(|state| format!("null entries of tables {:?}", state.tables))
    } else {
        [a, b].map(|state| format!("calls of the host {:?}", state.log))
    }
}
