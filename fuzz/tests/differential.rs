//! Random modules do the same on every compiler as in an interpreter.
//!
//! `WASMER_FUZZ_SEED=N cargo test -p wasmer-fuzz` runs module `N` alone. `cargo xtask fuzz` goes on for hours, and makes
//! a module that shows a difference small.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, fs, thread};

use wasmer_fuzz::{Case, End, Instance, Kind, Machine, Machines, Trap, Value, check};

/// How many modules.
const MODULES: u64 = 3_000;
/// Every which of them is compiled by the compilers that take long, too.
const SLOW: u64 = 15;

#[derive(Default)]
struct Counts {
    returned: usize,
    trapped: usize,
    unsupported: usize,
    panicked: usize,
    overflows: u64,
    failures: Vec<String>,
}

#[test]
fn compilers_agree_with_an_interpreter() {
    let one = env::var("WASMER_FUZZ_SEED").ok().map(|seed| seed.parse().expect("a number"));
    let seeds = one.map_or(0..MODULES, |seed: u64| seed..seed + 1);
    let next = AtomicU64::new(seeds.start);
    let (all, quick) = (Machines::all(), Machines::quick());
    let counts = Mutex::new(Counts::default());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            let case = Case::new(seed).expect("the generator makes modules of anything");
            let is_slow = one.is_some() || seed.is_multiple_of(SLOW);
            let result = check(&case, if is_slow { &all } else { &quick });
            let mut counts = counts.lock().expect("nothing panics with it");
            match result {
                Ok(verdict) => {
                    counts.returned += verdict.returned;
                    counts.trapped += verdict.trapped;
                    counts.unsupported += verdict.unsupported;
                    counts.panicked += verdict.panicked;
                    counts.overflows += u64::from(verdict.stack_overflow);
                }
                Err(difference) => counts.failures.push(format!(
                    "module {seed}: {difference}\n  (WASMER_FUZZ_SEED={seed}; written to {})",
                    write(&case)
                )),
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let Counts { returned, trapped, unsupported, panicked, overflows, failures } =
        counts.into_inner().expect("nothing panicked with it");
    eprintln!(
        "modules {seeds:?}: {returned} calls returned, {trapped} trapped, \
         {unsupported} not supported, {overflows} stacks full"
    );
    assert!(failures.is_empty(), "{} modules:\n{}", failures.len(), failures.join("\n"));
    if one.is_none() {
        // Modules that only trap would prove little.
        assert!(returned as u64 > MODULES, "only {returned} calls returned");
        assert!(trapped as u64 > MODULES, "only {trapped} calls trapped");
        assert_eq!(unsupported, 0, "every compiler has every proposal that the generator uses");
        assert_eq!(panicked, 0, "the interpreter panicked");
        assert!(overflows < MODULES / 100, "{overflows} modules filled a stack");
    }
}

/// Writes the module in text form to the temporary folder; where it is.
fn write(case: &Case) -> String {
    let path = env::temp_dir().join(format!("wasmer-differential-{}.wat", case.seed));
    match fs::write(&path, case.text()) {
        Ok(()) => path.display().to_string(),
        Err(error) => error.to_string(),
    }
}

/// Returns what it is told for each call.
struct Parrot(&'static str, End, u8);

impl Machine for Parrot {
    fn name(&self) -> &str {
        self.0
    }

    fn can_run(&self, _: &Case) -> bool {
        true
    }

    fn instantiate(&self, _: &Case) -> Result<Box<dyn Instance>, End> {
        Ok(Box::new(Parrot(self.0, self.1.clone(), self.2)))
    }
}

impl Instance for Parrot {
    fn set_fuel(&mut self, _: i32) {}

    fn call(&mut self, _: &str, _: &[Value]) -> End {
        self.1.clone()
    }

    fn state(&mut self) -> wasmer_fuzz::State {
        wasmer_fuzz::State { memories: vec![(1, self.2.into())], ..Default::default() }
    }
}

#[test]
fn differences_are_seen() {
    let case = Case::new(0).unwrap();
    assert!(!case.calls.is_empty());
    let differ = |a: (End, u8), b: (End, u8)| {
        let machines: Vec<Box<dyn Machine>> =
            vec![Box::new(Parrot("a", a.0, a.1)), Box::new(Parrot("b", b.0, b.1))];
        check(&case, &Machines::new(machines)).err().map(|difference| difference.to_string())
    };
    let one = End::Values(vec![Value::I32(1)]);
    assert_eq!(differ((one.clone(), 0), (one.clone(), 0)), None);
    assert_eq!(differ((one.clone(), 0), (End::StackOverflow, 1)).as_deref(), {
        // The state at the start counts.
        Some(
            "instantiation:\n  a: memories (size, hash) [(1, 0)]\n  b: memories (size, hash) [(1, 1)]",
        )
    });
    assert_eq!(differ((one.clone(), 0), (End::StackOverflow, 0)), None);
    for other in [
        End::Values(vec![Value::I64(1)]),
        End::Values(vec![Value::Null(Kind::FuncRef)]),
        End::Trap(Trap::Unreachable),
        End::Failed(String::new()),
    ] {
        assert!(differ((one.clone(), 0), (other, 0)).is_some());
    }
    assert!(differ((End::Trap(Trap::Overflow), 0), (End::Trap(Trap::DivideByZero), 0)).is_some());
    let failed = End::Failed("both".to_owned());
    assert!(differ((failed.clone(), 0), (failed, 0)).is_some(), "a failure is never right");
}
