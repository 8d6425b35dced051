//! Memories of modules that are loaded from files: mapped from there, and written by nobody else.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use wasmer::{Engine, Instance, Memory, Module, Store, imports};

const KEY: [u8; 32] = [7; 32];
/// Where the data of the tests begins, and how much it is.
const START: usize = 1024;
const LEN: usize = 900_000;

fn byte(at: usize) -> u8 {
    (at % 251) as u8
}

/// A module with two segments without a gap, `kind` of which tests can tell it from others.
fn module(kind: u8) -> Module {
    let text = |range: std::ops::Range<usize>| -> String {
        range.map(|at| format!("\\{:02x}", byte(at) ^ kind)).collect()
    };
    let source = format!(
        r#"(module (memory (export "memory") 20 30)
            (data (i32.const {START}) "{}") (data (i32.const {}) "{}")
            (data $passive "some more")
            (func (export "init") (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 9))))"#,
        text(0..1000),
        START + 1000,
        text(1000..LEN),
    );
    Module::new(&Engine::default(), source).unwrap()
}

fn saved(module: &Module) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("module.wasmu");
    module.serialize_to_file_keyed(&path, &KEY).unwrap();
    (folder, path)
}

fn load(path: &Path) -> Module {
    // SAFETY: the file was made by this, and nobody changes it while the module exists.
    unsafe { Module::deserialize_from_file(&Engine::default(), path) }.unwrap()
}

fn instance(module: &Module) -> (Store, Memory) {
    let mut store = Store::default();
    let instance = Instance::new(&mut store, module, &imports! {}).unwrap();
    let memory = instance.exports.get_memory("memory").unwrap().clone();
    (store, memory)
}

/// Checks that a memory is as an instance of `module(kind)` begins.
fn check_fresh(store: &Store, memory: &Memory, kind: u8) {
    let contents = memory.view(store).copy_to_vec().unwrap();
    assert_eq!(contents.len(), 20 << 16);
    for (at, &found) in contents.iter().enumerate() {
        let place = at.checked_sub(START).filter(|&place| place < LEN);
        assert_eq!(found, place.map_or(0, |place| byte(place) ^ kind), "byte {at}");
    }
}

/// Whether a part of the file can be written to in the address space of this process (and stays private).
fn is_mapped_writable(path: &Path) -> bool {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let path = path.to_str().unwrap();
    maps.lines().any(|line| line.contains(path) && line.contains("rw-p"))
}

#[test]
fn memories_are_mapped_from_the_file_and_do_not_change_it() {
    let (_folder, path) = saved(&module(0));
    let before = fs::read(&path).unwrap();
    let module = load(&path);
    assert!(!is_mapped_writable(&path));
    // Little is written, so that it is written over; and so much that pages are given back.
    for written in [START..START + 1, 0..20 << 16, 300_000..1_000_000] {
        let (store, memory) = instance(&module);
        check_fresh(&store, &memory, 0);
        assert!(is_mapped_writable(&path));
        let (other_store, other) = instance(&module);
        for at in written.step_by(97) {
            memory.view(&store).write_u8(at as u64, 0xee).unwrap();
        }
        check_fresh(&other_store, &other, 0);
    }
    let (mut store, memory) = instance(&module);
    let grown = memory.grow(&mut store, 5).unwrap();
    assert_eq!(grown.0, 20);
    assert_eq!(memory.view(&store).read_u8((START + 5) as u64).unwrap(), byte(5));
    drop(store);
    let (store, memory) = instance(&module);
    check_fresh(&store, &memory, 0);
    assert!(fs::read(&path).unwrap() == before, "the file is as it was");
}

#[test]
fn other_segments_are_still_there() {
    let (_folder, path) = saved(&module(0));
    let module = load(&path);
    let mut store = Store::default();
    let instance = Instance::new(&mut store, &module, &imports! {}).unwrap();
    instance.exports.get_function("init").unwrap().call(&mut store, &[]).unwrap();
    let memory = instance.exports.get_memory("memory").unwrap();
    let mut found = [0; 9];
    memory.view(&store).read(0, &mut found).unwrap();
    assert_eq!(&found, b"some more");
}

/// The safe loaders must not depend on what happens to the file.
#[test]
fn safe_loaders_copy() {
    let (_folder, path) = saved(&module(0));
    let module = Module::deserialize_from_file_checked(&Engine::default(), &path, &KEY).unwrap();
    let (store, memory) = instance(&module);
    assert!(!is_mapped_writable(&path));
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(0).unwrap();
    check_fresh(&store, &memory, 0);
    let (store, memory) = instance(&module);
    check_fresh(&store, &memory, 0);
}

#[test]
fn the_file_may_be_replaced_or_deleted() {
    let (_folder, path) = saved(&module(0));
    let module = load(&path);
    self::module(1).serialize_to_file(&path).unwrap();
    let (store, memory) = instance(&module);
    check_fresh(&store, &memory, 0);
    let replaced = load(&path);
    fs::remove_file(&path).unwrap();
    let (store, memory) = instance(&replaced);
    check_fresh(&store, &memory, 1);
}

/// Memory that waits for the next instance may have the file mapped that a module was loaded from which is gone, and
/// does not need it.
#[test]
fn the_file_may_change_when_the_module_is_gone() {
    let (_folder, path) = saved(&module(0));
    let module = load(&path);
    drop(instance(&module));
    drop(module);
    File::create(&path).unwrap();
    for kind in [2, 3] {
        let compiled = self::module(kind);
        let (store, memory) = instance(&compiled);
        check_fresh(&store, &memory, kind);
    }
}

#[test]
fn a_loaded_module_is_written_again() {
    let first = module(0);
    let (_folder, path) = saved(&first);
    let mut renamed = load(&path);
    let same = renamed.serialize().unwrap();
    assert_eq!(same, first.serialize().unwrap());
    assert!(renamed.set_name("other"));
    let bytes = renamed.serialize().unwrap();
    // SAFETY: the bytes were made by `serialize`.
    let module = unsafe { Module::deserialize(&Engine::default(), bytes) }.unwrap();
    assert_eq!(module.name(), Some("other"));
    let (store, memory) = instance(&module);
    check_fresh(&store, &memory, 0);
}
