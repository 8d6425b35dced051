//! WASI programs in C and C++, run by the engine and, built for this machine, by the system: both must do the same.
//!
//! A program is a file of `tests/wasi`, one per area. It gets the same arguments, environment, input and an empty
//! directory on both sides; its output, its errors and its exit code are compared: with every compiler, and with
//! directories of the host, in memory, and overlays.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};

use tempfile::TempDir;
use wasmer::sys::Features;
use wasmer::{BackendKind, Module, Store};
use wasmer_tests::backend::{self, COMPILERS, Memories};
use wasmer_wasix::fs::{Directory, HostDir, MemoryDir, OverlayDir};
use wasmer_wasix::{Pipe, WasiEnv, WasiEnvBuilder};

/// What a run of a program depends on.
#[derive(Clone, Copy, Default)]
struct Run<'a> {
    args: &'a [&'a str],
    env: &'a [(&'a str, &'a str)],
    stdin: &'a [u8],
}

/// What a program leaves behind.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

/// What a program is built for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Target {
    Wasi,
    Host,
}

/// Options for C++: a library of it for WebAssembly is seldom installed.
const CPP: &[&str] = &[
    "-fno-exceptions",
    "-fno-rtti",
    "-fno-threadsafe-statics",
    "-nostdlib++",
    "-Wno-unused-command-line-argument",
];

/// Runs the C compiler: the one that `CLANG` names, or one that knows WebAssembly.
fn compile(name: &str, target: Target) -> PathBuf {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("wasi");
    let source = sources.join(name).with_extension("c");
    let cpp = !source.exists();
    let source = if cpp { source.with_extension("cc") } else { source };
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wasi");
    std::fs::create_dir_all(&dir).unwrap();
    let (extension, flags): (_, &[&str]) = match target {
        Target::Wasi => ("wasm", &["--target=wasm32-wasi", "-Wno-deprecated", "--no-wasm-opt"]),
        Target::Host => ("native", &[]),
    };
    let output = dir.join(name).with_extension(extension);
    let given = std::env::var("CLANG").ok();
    let compilers = given.as_deref().map_or(vec!["clang-22", "clang"], |clang| vec![clang]);
    for compiler in &compilers {
        let run = Command::new(compiler)
            .args(flags)
            .args(if cpp { CPP } else { &[] })
            .args(["-O2", "-Wno-unused-result", "-Wno-unused-function", "-o"])
            .args([&output, &source])
            .output();
        match run {
            Err(_) => {}
            Ok(run) if run.status.success() => return output,
            Ok(run) => panic!("{name}: {}", String::from_utf8_lossy(&run.stderr)),
        }
    }
    panic!("none of {compilers:?} runs: install clang and wasi-libc, or set CLANG");
}

/// A program, built once however many tests run it.
fn program(name: &'static str, target: Target) -> PathBuf {
    type Built = Mutex<HashMap<(&'static str, Target), PathBuf>>;
    static BUILT: LazyLock<Built> = LazyLock::new(Built::default);
    let mut built = BUILT.lock().unwrap_or_else(|error| error.into_inner());
    built.entry((name, target)).or_insert_with(|| compile(name, target)).clone()
}

/// A file system for a guest.
type Root = Arc<dyn Directory>;

/// Runs a program in the default engine; it finds `dir` under the name `preopen`.
fn run_guest(name: &'static str, run: Run<'_>, preopen: &str, dir: &Path) -> Outcome {
    run_with(COMPILERS[0], name, run, preopen, Arc::new(HostDir::open_ambient(dir).unwrap()))
}

/// Runs a program in an engine with a compiler; it finds `root` under the name `preopen`.
fn run_with(
    compiler: BackendKind,
    name: &'static str,
    run: Run<'_>,
    preopen: &str,
    root: Root,
) -> Outcome {
    run_in(compiler, name, run, |builder| builder.map_fs(preopen, root).unwrap())
}

/// Runs a program in an engine with a compiler; `give` adds what it has beside its streams.
fn run_in(
    compiler: BackendKind,
    name: &'static str,
    run: Run<'_>,
    give: impl FnOnce(WasiEnvBuilder) -> WasiEnvBuilder,
) -> Outcome {
    let engine = backend::engine(compiler, Memories::Static, &Features::default());
    let mut store = Store::new(engine);
    let wasm = std::fs::read(program(name, Target::Wasi)).unwrap();
    let module = Module::new(&store, wasm).unwrap();
    let (stdin, mut to_stdin) = Pipe::channel();
    let (stdout, mut from_stdout) = Pipe::channel();
    let (stderr, mut from_stderr) = Pipe::channel();
    to_stdin.write_all(run.stdin).unwrap();
    drop(to_stdin);
    let builder = WasiEnv::builder(name).args(run.args).envs(run.env.iter().copied());
    let result = give(builder)
        .stdin(Box::new(stdin))
        .stdout(Box::new(stdout))
        .stderr(Box::new(stderr))
        .run_with_store(module, &mut store);
    let code = match result {
        Ok(()) => 0,
        Err(error) => match error.as_exit_code() {
            Some(code) => code.raw(),
            None => panic!("{name}: {error}"),
        },
    };
    let mut outcome = Outcome { code, stdout: String::new(), stderr: String::new() };
    from_stdout.read_to_string(&mut outcome.stdout).unwrap();
    from_stderr.read_to_string(&mut outcome.stderr).unwrap();
    outcome
}

/// Runs a program on this machine, in the directory `dir`.
fn run_native(name: &'static str, run: Run<'_>, dir: &Path) -> Outcome {
    let mut child = Command::new(program(name, Target::Host))
        .args(run.args)
        .env_clear()
        .envs(run.env.iter().copied())
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        // A program that ends before it has read all its input is fine.
        scope.spawn(move || drop(stdin.write_all(run.stdin)));
        child.wait_with_output().unwrap()
    });
    Outcome {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A kind of directory: what it is called, and what makes one of a directory of the host that is empty.
type Kind = (&'static str, fn(&Path) -> Root);

/// The kinds of directories that a program runs in.
const ROOTS: [Kind; 3] = [
    ("host", |dir| Arc::new(HostDir::open_ambient(dir).unwrap())),
    ("memory", |_| Arc::new(MemoryDir::new())),
    ("overlay", |dir| {
        let lower = Arc::new(HostDir::open_ambient(dir).unwrap());
        Arc::new(OverlayDir::new(lower, Arc::new(MemoryDir::new())))
    }),
];

/// Compares line by line, since there may be many.
fn assert_same(found: &Outcome, native: &Outcome, context: &str) {
    let pairs = found.stdout.lines().zip(native.stdout.lines());
    let different: Vec<_> = pairs.filter(|(found, native)| found != native).take(20).collect();
    assert!(different.is_empty(), "{context}: (found, expected) {different:#?}");
    assert_eq!(found, native, "{context}");
}

/// Checks that a program does the same on both sides, with every compiler, whatever its directory is and what name it
/// has, and leaves nothing behind.
fn check(name: &'static str, run: Run<'_>) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let native = run_native(name, run, dir.path());
    let with = |compiler: BackendKind, preopen: &str, (kind, root): Kind| {
        let dir = tempfile::tempdir().unwrap();
        let outcome = run_with(compiler, name, run, preopen, root(dir.path()));
        assert_same(&outcome, &native, &format!("{compiler:?}, {kind}, directory `{preopen}`"));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "{name} leaves files");
    };
    for compiler in COMPILERS {
        with(*compiler, ".", ROOTS[0]);
    }
    for root in ROOTS {
        with(COMPILERS[0], "/", root);
    }
    native
}

#[test]
fn arguments_and_environment() {
    // A native program gets its variables in alphabetical order.
    let env = [("EMPTY", ""), ("GREETING", "hello")];
    let outcome = check("args_env", Run { args: &["a", "", "ä b"], env: &env, stdin: b"" });
    assert!(outcome.stdout.contains("argv[3] 4 \"ä b\""), "{outcome:?}");
    check("args_env", Run::default());
}

#[test]
fn files() {
    assert!(check("files", Run::default()).stdout.contains("300000 values, difference 0"));
}

#[test]
fn directories() {
    assert!(check("dirs", Run::default()).stdout.contains("top/sub: 502 entries (502)"));
}

#[test]
fn links_and_renaming() {
    assert!(check("links", Run::default()).stdout.contains("soft: A, 1 links"));
}

#[test]
fn standard_streams() {
    check("stdio", Run { stdin: "hello\nwörld\nno end".as_bytes(), ..Run::default() });
    check("stdio", Run::default());
    let large: String = (0..50_000).map(|line| format!("line {line} of many\n")).collect();
    let outcome = check("stdio", Run { stdin: large.as_bytes(), ..Run::default() });
    assert!(outcome.stderr.starts_with("50000 lines"), "{}", outcome.stderr);
}

#[test]
fn clocks_and_polling() {
    check("clocks", Run { stdin: b"line\n", ..Run::default() });
}

#[test]
fn positions_and_sizes() {
    assert!(check("positions", Run::default()).stdout.contains("appended at 18"));
}

#[test]
fn time_stamps() {
    assert!(check("times", Run::default()).stdout.contains("accessed 4000000000.999999999"));
}

#[test]
fn names_and_ways_to_open_them() {
    assert!(check("names", Run::default()).stdout.contains("to-dir: read ok, write EISDIR"));
}

#[test]
fn waiting() {
    check("polling", Run { stdin: b"line\n", ..Run::default() });
}

#[test]
fn objects_of_cpp() {
    let run = Run { args: &["3"], stdin: b"a\nb", ..Run::default() };
    let outcome = check("objects", run);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (3, "2 a\n1 b"));
}

#[test]
fn every_call_on_every_kind_of_file() {
    let outcome = check("combinations", Run::default());
    assert!(outcome.stdout.contains("rename full dir to empty dir: ok --df"), "{}", outcome.stdout);
}

#[test]
fn attributes() {
    let outcome = check("attributes", Run::default());
    assert!(outcome.stdout.contains("second name: same 1, links 2 2"), "{}", outcome.stdout);
}

#[test]
fn listing() {
    let outcome = check("listing", Run::default());
    assert!(outcome.stdout.starts_with("302 entries, all found again 1"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("\n255 lengths\n"), "{}", outcome.stdout);
}

#[test]
fn descriptors() {
    let outcome = check("descriptors", Run { stdin: b"line", ..Run::default() });
    assert!(outcome.stdout.contains("\nfirst 65\n"), "{}", outcome.stdout);
}

#[test]
fn storage() {
    let outcome = check("storage", Run::default());
    assert!(outcome.stdout.contains("write after a hole 3, 1048579 bytes"), "{}", outcome.stdout);
}

#[test]
fn random_bytes() {
    assert!(check("random", Run::default()).stdout.contains("odd 0, repeated 0"));
}

#[test]
fn selecting() {
    assert!(check("selecting", Run::default()).stdout.contains("ready 4: 1 1 1 1"));
}

/// What the client of the program `sockets` does; the answer that it gets.
fn ask(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"hello world").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    stream.write_all(b"bye").unwrap();
    answer
}

/// Runs a server and a client, which must both have done what they do.
fn serve(server: impl FnOnce(TcpListener) -> Outcome) -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::scope(|scope| {
        let client = scope.spawn(move || ask(address));
        let outcome = server(listener);
        assert_eq!(client.join().unwrap(), "answer!");
        outcome
    })
}

#[test]
fn sockets() {
    let dir = TempDir::new().unwrap();
    let native = serve(|listener| {
        let mut command = Command::new(program("sockets", Target::Host));
        let output = command.arg("0").current_dir(&dir).stdin(OwnedFd::from(listener)).output();
        let output = output.unwrap();
        Outcome {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    });
    assert!(native.stdout.contains("all 11 hello world"), "{}", native.stdout);
    for compiler in COMPILERS {
        let outcome = serve(|listener| {
            // The descriptors of sockets follow those of directories.
            run_in(*compiler, "sockets", Run { args: &["4"], ..Run::default() }, |builder| {
                builder.map_dir(".", &dir).unwrap().preopen_socket(listener).unwrap()
            })
        });
        assert_same(&outcome, &native, &format!("{compiler:?}"));
    }
}

#[test]
fn exit_codes() {
    let ways: [(&[&str], i32); 6] = [
        (&[], 0),
        (&["return", "5"], 5),
        (&["exit", "0"], 0),
        (&["exit", "3"], 3),
        (&["exit", "255"], 255),
        (&["_exit", "4"], 4),
    ];
    for (args, code) in ways {
        assert_eq!(check("exit", Run { args, ..Run::default() }).code, code, "{args:?}");
    }
}

#[test]
fn a_directory_with_a_name_of_its_own() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("file"), "contents").unwrap();
    for (preopen, path) in
        [("data", "data/file"), ("/", "/file"), (".", "./file"), ("/a/b", "/a/b/file")]
    {
        let outcome =
            run_guest("cat", Run { args: &[path], ..Run::default() }, preopen, dir.path());
        assert_eq!((outcome.code, outcome.stdout.as_str()), (0, "contents"), "{preopen}");
    }
    let outcome = run_guest("cat", Run { args: &["/file"], ..Run::default() }, "data", dir.path());
    assert_eq!(outcome.code, 1, "nothing is there but what was given");
}

#[test]
fn nothing_outside_of_the_directory() {
    use std::os::unix::fs::symlink;
    let outside = TempDir::new().unwrap();
    let secret = outside.path().join("secret");
    std::fs::write(&secret, "secret").unwrap();
    let inside = outside.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    symlink("..", inside.join("out")).unwrap();
    symlink("../secret", inside.join("link")).unwrap();
    symlink(&secret, inside.join("absolute")).unwrap();
    symlink("/", inside.join("root")).unwrap();

    let args = [secret.to_str().unwrap()];
    for preopen in [".", "/"] {
        let outcome = run_guest("escape", Run { args: &args, ..Run::default() }, preopen, &inside);
        assert_eq!(outcome.stdout.lines().count(), 10, "{}", outcome.stdout);
        assert!(!outcome.stdout.contains("SUCCEEDED"), "{}", outcome.stdout);
    }
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), "secret");
    let mut names: Vec<_> = std::fs::read_dir(outside.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["inside", "secret"]);
}
