//! What tests ask of their own process.

use std::process::Command;

/// What Cargo starts AArch64 programs with where the machine can't run them: an emulator and its arguments.
const RUNNER: &str = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER";

/// The emulator that runs this process, with its arguments.
pub(crate) fn emulator() -> Option<Vec<String>> {
    let runner = std::env::var(RUNNER).ok().filter(|_| cfg!(target_arch = "aarch64"))?;
    Some(runner.split_whitespace().map(str::to_owned).collect())
}

/// A command that runs this program.
pub(crate) fn this_program() -> Command {
    let program = std::env::current_exe().expect("tests are run from files");
    let mut words = emulator().unwrap_or_default().into_iter();
    let mut command = match words.next() {
        Some(emulator) => Command::new(emulator),
        None => return Command::new(program),
    };
    command.args(words).arg(program);
    command
}

/// How many parts of the address space of this process differ from what is below them.
///
/// The system merges neighbours that are alike. Emulators list some of them one by one, such as a heap by the steps
/// in which it has grown.
pub(crate) fn mappings() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux lists mappings");
    count_mappings(&maps)
}

fn count_mappings(maps: &str) -> usize {
    let (mut count, mut before) = (0, ("", "", ""));
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let range = words.next().and_then(|range| range.split_once('-'));
        let (start, end) = range.unwrap_or_default();
        let access = words.next().unwrap_or_default();
        let file = words.nth(3).unwrap_or_default();
        let goes_on = before == (start, access, file) && file.is_empty();
        count += usize::from(!goes_on);
        before = (end, access, file);
    }
    count
}

#[test]
fn neighbours_are_counted_once() {
    let maps = "1000-2000 rw-p 00000000 00:00 0\n2000-3000 rw-p 00000000 00:00 0\n\
                3000-4000 r--p 00000000 00:00 0\n5000-6000 r--p 00000000 00:00 0\n\
                6000-7000 r--p 00000000 00:01 7   /lib\n7000-8000 r--p 00001000 00:01 7   /lib\n";
    assert_eq!(count_mappings(maps), 5);
}
