//! Options of other versions of wasmer: those without effect, and those that can't be used.

use crate::{Dir, EXIT_7, MATH, assert_error, assert_output};

#[test]
fn what_is_always_so_is_accepted() {
    let dir = Dir::new(&[("exit.wat", EXIT_7)]);
    for option in [
        "--offline",
        "--no-tty",
        "--enable-cpu-backoff=10",
        "--enable-async-threads",
        "--enable-async-threads=false",
        "--hash-algorithm=xxhash",
    ] {
        assert_output(&dir.wasmer(&["run", option, "exit.wat"]), 7, "");
    }
}

#[test]
fn what_can_not_be_is_refused_with_the_reason() {
    let dir = Dir::new(&[("exit.wat", EXIT_7)]);
    let cases: [(&[&str], &str, &str); 15] = [
        (&["--net"], "`--net` can't be used: programs of WASI preview 1", "--listen HOST:PORT"),
        (&["--net=ipv4:allow=*:80"], "`--net` can't be used", "--listen HOST:PORT"),
        (&["--http-client"], "`--http-client` can't be used", "--listen"),
        (&["--map-command", "sh=/bin/sh"], "can't start others", "pipes of the shell"),
        (&["--use", "python/python"], "there is no registry", "--volume HOST:GUEST"),
        (&["--include-webc", "x.webc"], "`--include-webc` can't be used", "--volume"),
        (&["--registry", "wasmer.io"], "there is no registry", "--volume"),
        (&["--token", "x"], "`--token` can't be used", "--volume"),
        (&["-e", "main"], "`--entrypoint` can't be used", "--invoke NAME"),
        (&["--command-name", "main"], "`--entrypoint` can't be used", "--invoke NAME"),
        (&["--addr", "127.0.0.1:80"], "WCGI", "--listen"),
        (&["--experimental-napi"], "no JavaScript engine", "Node.js"),
        (&["--journal", "x"], "there are no journals", "leave it out"),
        (&["--snapshot-on", "idle"], "there are no journals", "leave it out"),
        (&["--v8"], "`--v8` is of other versions", "--cranelift"),
    ];
    for (options, why, instead) in cases {
        for run in [&["run"][..], &[]] {
            // The short form begins with the file.
            let line = match run {
                [] => [&["exit.wat"], options].concat(),
                _ => [run, options, &["exit.wat"]].concat(),
            };
            assert_error(&dir.wasmer(&line), 2, &[why, "help: ", instead]);
        }
    }
}

#[test]
fn sockets_have_two_names() {
    let dir = Dir::new(&[("math.wat", MATH), ("exit.wat", EXIT_7)]);
    assert_output(&dir.wasmer(&["run", "--tcplisten", "127.0.0.1:0", "exit.wat"]), 7, "");
}
