//! `--listen`: sockets that a guest is given.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::{Dir, assert_error, assert_output};

/// Accepts a connection, and writes to it.
const SERVER: &str = r#"(module
    (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 100) "hello")
    (func (export "_start")
        (if (call $accept (i32.const 3) (i32.const 0) (i32.const 0)) (then (unreachable)))
        (i32.store (i32.const 8) (i32.const 100))
        (i32.store (i32.const 12) (i32.const 5))
        (if (call $send (i32.load (i32.const 0)) (i32.const 8) (i32.const 1) (i32.const 0) (i32.const 16))
            (then (unreachable)))))"#;

#[test]
fn a_server() {
    let dir = Dir::new(&[("server.wat", SERVER)]);
    // A port that is free now.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let run = ["run", "--timeout", "30s", "--listen", &address, "server.wat"];
    let child = dir.command(&run).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    let mut connection = loop {
        match TcpStream::connect(&address) {
            Ok(connection) => break connection,
            Err(error) => assert!(start.elapsed() < Duration::from_secs(20), "{error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let mut text = String::new();
    connection.read_to_string(&mut text).unwrap();
    assert_eq!(text, "hello");
    assert_output(&child.wait_with_output().unwrap(), 0, "");
}

#[test]
fn addresses_that_cant_be_used() {
    let dir = Dir::new(&[("server.wat", SERVER)]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let listen = |address: &str| dir.wasmer(&["run", "--listen", address, "server.wat"]);
    assert_error(&listen(&address), 1, &[&format!("unable to listen at `{address}`"), "in use"]);
    assert_error(&listen("nonsense"), 1, &["unable to listen at `nonsense`"]);
}

#[test]
fn several_versions_of_wasi() {
    let both = r#"(module
        (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
        (import "wasi_unstable" "random_get" (func (param i32 i32) (result i32)))
        (memory (export "memory") 1) (func (export "_start")))"#;
    let dir = Dir::new(&[("both.wat", both)]);
    assert_output(&dir.wasmer(&["run-unstable", "both.wat"]), 0, "");
    let denied = dir.wasmer(&["run", "--deny-multiple-wasi-versions", "both.wat"]);
    assert_error(&denied, 1, &["`both.wat` imports from 2 versions of WASI", "help: "]);
}
