//! Starting the command line with a program that was compiled before: what a user waits for each time.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection,
    MemorySection, MemoryType, Module, TypeSection, ValType,
};

use crate::measure::{Subject, interleave};
use crate::report::{Goal, Metric, Report, Unit};
use crate::suite::Plan;
use crate::{process, programs, tools};

/// Bytes of code and of data in the program that is made for this: 20 MB together.
const CODE: usize = 10_000_000;
const DATA: usize = 10_000_000;

/// How long a file must not have changed before what was found out about it is kept.
const SETTLED: Duration = Duration::from_secs(5);

/// The two command lines, each with its cache, on a program of 20 MB that does nothing, and on modules of the user's.
pub(crate) fn warm(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "start";
    const METRICS: &[Metric] = &[
        Metric { suffix: ", wall", unit: Unit::Seconds, goal: Goal::Ratio(0.5) },
        Metric { suffix: ", processor", unit: Unit::Seconds, goal: Goal::None },
        Metric { suffix: ", peak memory", unit: Unit::Bytes, goal: Goal::None },
    ];
    report.begin_suite(SUITE);
    let mut modules: Vec<(&str, Option<&Path>)> = vec![("20 MB", None)];
    modules.extend(plan.modules.iter().map(|path| (programs::name(path), Some(path.as_path()))));
    for (name, path) in modules {
        // Building the command lines takes too long for a quick look.
        if !plan.wants(SUITE, name)? || plan.quick {
            continue;
        }
        let path = match path {
            Some(path) => path.to_owned(),
            None => large_program()?,
        };
        let mut subjects = Vec::new();
        for (subject, command) in commands(&path)? {
            if !plan.includes(subject) {
                continue;
            }
            // Compiles; notes that neither the module nor what was made of it has changed.
            process::run(&command)?;
            std::thread::sleep(SETTLED);
            process::run(&command)?;
            let round = move || Ok(process::launch(&command)?.values());
            subjects.push(Subject { name: subject, round: Box::new(round) });
        }
        report.add(name, METRICS, &interleave(subjects, plan.many_rounds())?)?;
    }
    report.end_suite(&[])
}

/// The command lines, by the names of the columns.
fn commands(program: &Path) -> Result<[(&'static str, Vec<OsString>); 2]> {
    let cache = programs::output_folder()?.join("start-cache");
    let theirs = [tools::wasmtime()?.into(), "run".into(), "-C".into(), "cache=y".into()];
    let ours = [tools::wasmer()?.into(), "run".into(), "--cache-dir".into(), OsString::from(cache)];
    let with_program =
        |command: [OsString; 4]| command.into_iter().chain([program.into()]).collect::<Vec<_>>();
    let [first, second] = crate::runtime::ALL else { unreachable!("two runtimes are compared") };
    Ok([(first.name(), with_program(theirs)), (second.name(), with_program(ours))])
}

/// A program of many functions and much data, of which `_start` needs nothing.
fn large_program() -> Result<PathBuf> {
    const LENGTH: usize = 1000;
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([], []);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for number in 0..CODE / LENGTH {
        functions.function(0);
        let mut body = Function::new([]);
        let mut sink = body.instructions();
        sink.local_get(0);
        // Eight bytes each.
        for step in 0..LENGTH / 8 {
            sink.i32_const(0x10_0000 + (number + step) as i32).i32_mul().local_get(0).i32_add();
        }
        sink.end();
        code.function(&body);
    }
    let start = (CODE / LENGTH) as u32;
    functions.function(1);
    let mut body = Function::new([]);
    body.instructions().end();
    code.function(&body);

    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: (DATA / 65536 + 2) as u64,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0).export("_start", ExportKind::Func, start);
    let mut data = DataSection::new();
    let bytes = (0..DATA).map(|at| (at % 251) as u8 + 1);
    data.active(0, &ConstExpr::i32_const(1024), bytes);

    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&exports);
    module.section(&code).section(&data);
    let path = programs::output_folder()?.join("start-20MB.wasm");
    std::fs::write(&path, module.finish())?;
    Ok(path)
}
