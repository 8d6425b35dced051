//! [`FileSystemCache`]: what it stores it loads, and nothing else.

use std::fs::{self, File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use wasmer::sys::{Cranelift, CraneliftOptLevel, EngineBuilder, Features, NativeEngineExt, Target};
use wasmer::{Engine, Instance, Module, Store, imports};
use wasmer_cache::{Cache, DeserializeError, FileSystemCache, Hash};

/// A module with a function `f` that returns `number`.
fn wat(number: i32) -> String {
    format!("(module (func (export \"f\") (result i32) i32.const {number}))")
}

fn compile(number: i32) -> (Hash, Module) {
    let engine = Engine::default();
    (hash(number), Module::new(&engine, wat(number)).unwrap())
}

fn hash(number: i32) -> Hash {
    Hash::of_module(&Engine::default(), wat(number))
}

/// What `f` returns.
fn call(module: &Module) -> i32 {
    let mut store = Store::new(Engine::headless());
    let instance = Instance::new(&mut store, module, &imports! {}).unwrap();
    instance.exports.get_typed_function::<(), i32>(&store, "f").unwrap().call(&mut store).unwrap()
}

/// An empty cache.
fn cache() -> (TempDir, FileSystemCache) {
    let dir = tempfile::tempdir().unwrap();
    let cache = FileSystemCache::new(dir.path()).unwrap();
    (dir, cache)
}

fn store(cache: &mut FileSystemCache, number: i32) -> PathBuf {
    let (hash, module) = compile(number);
    cache.store(hash, &module).unwrap();
    cache.path().join(hash.to_string())
}

fn load(cache: &FileSystemCache, number: i32) -> Result<Module, DeserializeError> {
    cache.load_checked(&Engine::headless(), hash(number))
}

fn is_missing(result: &Result<Module, DeserializeError>) -> bool {
    matches!(result, Err(DeserializeError::Io(error)) if error.kind() == ErrorKind::NotFound)
}

/// The file is refused, deleted, and then missing; and can be stored again.
#[track_caller]
fn assert_refused(cache: &mut FileSystemCache, number: i32) {
    let error = load(cache, number).expect_err("it should be refused");
    assert!(!matches!(error, DeserializeError::Io(_)), "{error:?}");
    assert!(is_missing(&load(cache, number)));
    store(cache, number);
    assert_eq!(call(&load(cache, number).unwrap()), number);
}

#[test]
fn what_is_stored_is_loaded() {
    let (dir, mut cache) = cache();
    assert!(is_missing(&load(&cache, 7)));
    let (hash, module) = compile(7);
    cache.store(hash, &module).unwrap();
    assert!(dir.path().join(hash.to_string()).is_file());
    // SAFETY: the directory is ours.
    let loaded = unsafe { cache.load(&Engine::default(), hash) }.unwrap();
    assert_eq!(call(&loaded), 7);
    let other = FileSystemCache::new(dir.path()).unwrap();
    assert_eq!(call(&load(&other, 7).unwrap()), 7);

    let mut with_extension = other.clone();
    with_extension.set_cache_extension(Some("bin"));
    assert!(is_missing(&load(&with_extension, 7)));
    with_extension.store(hash, &loaded).unwrap();
    assert!(dir.path().join(format!("{hash}.bin")).is_file());
    assert_eq!(call(&load(&with_extension, 7).unwrap()), 7);

    assert!(cache.size().unwrap() > 0);
    fs::write(dir.path().join("not-ours"), "text").unwrap();
    cache.clear().unwrap();
    assert_eq!(cache.size().unwrap(), 0);
    assert!(is_missing(&load(&cache, 7)) && is_missing(&load(&with_extension, 7)));
    assert!(dir.path().join("not-ours").is_file());
}

#[test]
fn damaged_files_are_refused_and_deleted() {
    let (_dir, mut cache) = cache();
    let path = store(&mut cache, 1);
    let good = fs::read(&path).unwrap();
    let step = good.len() / 200 + 1;
    for at in (0..good.len()).step_by(step).chain([good.len() - 1]) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&path, &bad).unwrap();
        let error = load(&cache, 1).expect_err("a byte was changed");
        assert!(!matches!(error, DeserializeError::Io(_)), "byte {at}: {error:?}");
        assert!(!path.exists(), "byte {at}");
    }
    for len in [0, 1, 63, 64, 100, good.len() / 2, good.len() - 1] {
        fs::write(&path, &good[..len]).unwrap();
        assert!(load(&cache, 1).is_err(), "{len} bytes");
        assert!(!path.exists(), "{len} bytes");
    }
    fs::write(&path, [&good[..], b"x"].concat()).unwrap();
    assert_refused(&mut cache, 1);
}

#[test]
fn planted_files_are_refused_and_deleted() {
    let (_dir, mut cache) = cache();
    let path = store(&mut cache, 1);

    // Without a key, and with that of another directory.
    let (_, evil) = compile(666);
    fs::write(&path, evil.serialize().unwrap()).unwrap();
    assert_refused(&mut cache, 1);
    fs::write(&path, evil.serialize_keyed(&[0; 32]).unwrap()).unwrap();
    assert_refused(&mut cache, 1);
    let (_other_dir, mut other) = self::cache();
    other.store(hash(1), &evil).unwrap();
    fs::copy(other.path().join(hash(1).to_string()), &path).unwrap();
    assert_refused(&mut cache, 1);

    // Of this cache, but stored under another hash.
    let second = store(&mut cache, 2);
    fs::copy(second, &path).unwrap();
    assert_refused(&mut cache, 1);

    // Things that are no files, or too large.
    fs::rename(&path, cache.path().join("elsewhere")).unwrap();
    symlink("elsewhere", &path).unwrap();
    assert_refused(&mut cache, 1);
    fs::remove_file(&path).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert_refused(&mut cache, 1);
    File::create(&path).unwrap().set_len(1 << 42).unwrap();
    assert_refused(&mut cache, 1);

    // A directory is not deleted, and nothing can be stored there.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    fs::write(path.join("file"), "text").unwrap();
    assert!(load(&cache, 1).is_err());
    let (hash, module) = compile(1);
    assert!(cache.store(hash, &module).is_err());
    assert!(path.join("file").is_file());
}

#[test]
fn the_key_is_a_secret() {
    let (dir, mut cache) = cache();
    let key = dir.path().join("key");
    let mode = || fs::metadata(&key).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    let first = fs::read(&key).unwrap();
    assert_eq!(first.len(), 32);
    assert!(!format!("{cache:?}").contains(&format!("{}, {}", first[0], first[1])));
    store(&mut cache, 1);

    // Others may know the key: there is a new one, and what was stored is refused.
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let mut again = FileSystemCache::new(dir.path()).unwrap();
    assert_eq!(mode(), 0o600);
    assert_ne!(fs::read(&key).unwrap(), first);
    assert_refused(&mut again, 1);

    for planted in [&b""[..], &[7; 31], &[7; 33]] {
        fs::write(&key, planted).unwrap();
        FileSystemCache::new(dir.path()).unwrap();
        assert_eq!(fs::read(&key).unwrap().len(), 32);
        assert_ne!(fs::read(&key).unwrap()[..31], [7; 31]);
    }
    fs::rename(&key, dir.path().join("elsewhere")).unwrap();
    symlink("elsewhere", &key).unwrap();
    FileSystemCache::new(dir.path()).unwrap();
    assert!(fs::symlink_metadata(&key).unwrap().is_file());
    fs::remove_file(&key).unwrap();
    assert!(Command::new("mkfifo").arg(&key).status().unwrap().success());
    FileSystemCache::new(dir.path()).unwrap();
    assert!(fs::symlink_metadata(&key).unwrap().is_file());
}

#[test]
fn directories_that_cant_be_used() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "text").unwrap();
    let error = FileSystemCache::new(&file).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(FileSystemCache::new(file.join("below")).is_err());

    let read_only = dir.path().join("read-only");
    fs::create_dir(&read_only).unwrap();
    fs::set_permissions(&read_only, Permissions::from_mode(0o555)).unwrap();
    let error = FileSystemCache::new(&read_only).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);

    let new = dir.path().join("a/b");
    FileSystemCache::new(&new).unwrap();
    assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o700);

    // It disappears.
    let mut cache = FileSystemCache::new(&new).unwrap();
    fs::remove_dir_all(&new).unwrap();
    assert!(is_missing(&load(&cache, 1)));
    let (hash, module) = compile(1);
    assert!(cache.store(hash, &module).is_err());
}

#[test]
fn what_was_not_used_for_the_longest_time_is_deleted() {
    let (_dir, mut cache) = cache();
    let size = fs::metadata(store(&mut cache, 10)).unwrap().len();
    let hours_ago = |path: &PathBuf, hours: u64| {
        let time = SystemTime::now() - Duration::from_secs(hours * 3600);
        File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    };
    cache.clear().unwrap();
    let paths: Vec<PathBuf> = (10..18).map(|number| store(&mut cache, number)).collect();
    for (path, hours) in paths.iter().zip(10..) {
        hours_ago(path, hours);
    }
    let being_written = paths[0].with_extension("1-1.tmp");
    let abandoned = paths[0].with_extension("1-2.tmp");
    fs::write(&being_written, "x").unwrap();
    fs::write(&abandoned, "x").unwrap();
    hours_ago(&abandoned, 2);
    // The oldest is used now.
    load(&cache, 17).unwrap();

    cache.set_max_size(Some(8 * size + size / 2));
    store(&mut cache, 18);
    let left: Vec<usize> = (0..8).filter(|&index| paths[index].exists()).collect();
    assert_eq!(left, [0, 1, 2, 3, 4, 7]);
    assert!(load(&cache, 18).is_ok());
    assert!(being_written.exists() && !abandoned.exists());
    assert_eq!(cache.size().unwrap(), 7 * size + 1);

    // Larger than all of it: not stored, and nothing else is deleted for it.
    cache.set_max_size(Some(size - 1));
    store(&mut cache, 19);
    assert!(is_missing(&load(&cache, 19)));
    cache.set_max_size(None);
    assert!(load(&cache, 18).is_ok());
}

/// Stores and loads modules in a directory that others use at once, some of whom damage files.
fn hammer(directory: &str, seed: u64) {
    let modules: Vec<(Hash, Module)> = (0..4).map(compile).collect();
    let mut loaded = 0;
    for round in 0..100 {
        let number = (seed + round * 7) as usize % modules.len();
        let mut cache = FileSystemCache::new(directory).unwrap();
        cache.set_max_size(if round % 10 == 0 { Some(20_000) } else { None });
        match load(&cache, number as i32) {
            Ok(module) => {
                assert_eq!(call(&module), number as i32);
                loaded += 1;
            }
            Err(DeserializeError::Io(error)) => assert_eq!(error.kind(), ErrorKind::NotFound),
            Err(error) => assert!(error.to_string().contains("not a Wasmer"), "{error}"),
        }
        let (hash, module) = &modules[number];
        cache.store(*hash, module).unwrap();
        if round % 25 == 24 {
            let path = cache.path().join(hash.to_string());
            fs::write(cache.path().join("damaged"), "x").unwrap();
            let _ = fs::rename(cache.path().join("damaged"), path);
        }
    }
    assert!(loaded > 10, "loaded {loaded} of 100");
}

#[test]
fn threads() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new").display().to_string();
    thread::scope(|scope| {
        for seed in 0..4 {
            let path = &path;
            scope.spawn(move || hammer(path, seed));
        }
    });
    assert_no_temporary_files(&path);
}

const DIRECTORY: &str = "WASMER_CACHE_TEST_DIRECTORY";

#[test]
fn processes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new").display().to_string();
    let this = std::env::current_exe().unwrap();
    let children = [(); 3].map(|()| {
        Command::new(&this)
            .args(["--exact", "one_of_the_processes", "--ignored"])
            .env(DIRECTORY, &path)
            .spawn()
            .unwrap()
    });
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_no_temporary_files(&path);
}

#[test]
#[ignore = "run by `processes`"]
fn one_of_the_processes() {
    if let Ok(directory) = std::env::var(DIRECTORY) {
        hammer(&directory, u64::from(std::process::id()));
    }
}

#[track_caller]
fn assert_no_temporary_files(path: &str) {
    let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| name.to_string_lossy().ends_with("tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn hashes_of_modules_cover_the_engine() {
    let wasm = wat(1);
    let of = |engine: Engine| Hash::of_module(&engine, &wasm);
    let default = of(Engine::default());
    assert_eq!(default, of(Cranelift::default().into()));
    assert_ne!(default, Hash::of_module(&Engine::default(), wat(2)));
    let mut fast = Cranelift::default();
    fast.opt_level(CraneliftOptLevel::None);
    let mut features = Features::default();
    features.threads(false);
    let plain = Target::new(Target::default().triple().clone(), Default::default());
    let others = [
        fast.into(),
        EngineBuilder::new(Cranelift::default()).set_features(Some(features)).engine(),
        EngineBuilder::new(Cranelift::default()).set_target(Some(plain)).engine(),
        Engine::headless(),
    ];
    for other in others {
        assert_ne!(default, of(other));
    }
}

/// What was checked is mapped the next time, unless its file has changed in any way.
#[test]
fn what_was_checked_is_not_read_again() {
    let (dir, mut cache) = cache();
    let path = store(&mut cache, 1);
    let checked = path.with_extension("checked");
    load(&cache, 1).unwrap();
    assert!(!checked.exists(), "it was written just now, and could be written again");
    let source = dir.path().join("source.wat");
    fs::write(&source, wat(1)).unwrap();
    let engine = Engine::default();
    let metadata = || fs::metadata(&source).unwrap();
    cache.remember_source(&engine, &metadata(), hash(1)).unwrap();
    assert_eq!(cache.hash_of_source(&engine, &metadata()), None, "the same for the source");

    thread::sleep(Duration::from_millis(4500));
    let is_mapped = || {
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        maps.contains(path.to_str().unwrap())
    };
    load(&cache, 1).unwrap();
    assert!(checked.exists() && !is_mapped());
    let module = load(&cache, 1).unwrap();
    assert!(is_mapped());
    assert_eq!(call(&module), 1);
    cache.remember_source(&engine, &metadata(), hash(1)).unwrap();
    assert_eq!(cache.hash_of_source(&engine, &metadata()), Some(hash(1)));
    let headless = EngineBuilder::headless().engine();
    assert_eq!(cache.hash_of_source(&headless, &metadata()), None, "another engine");

    // A note for one module does not hold for another, nor one that somebody else has made.
    let good = fs::read(&checked).unwrap();
    let second = store(&mut cache, 2);
    fs::write(second.with_extension("checked"), &good).unwrap();
    assert_eq!(call(&load(&cache, 2).unwrap()), 2);
    fs::write(&checked, [0; 32]).unwrap();
    assert_eq!(call(&load(&cache, 1).unwrap()), 1);
    assert_eq!(fs::read(&checked).unwrap(), good);

    drop(module);
    // The same length and times, but other contents; and a source with the times of before.
    let found = fs::metadata(&path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, &bytes).unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(found.modified().unwrap())
        .unwrap();
    assert_refused(&mut cache, 1);
    let found = metadata();
    fs::write(&source, wat(3)).unwrap();
    File::options()
        .write(true)
        .open(&source)
        .unwrap()
        .set_modified(found.modified().unwrap())
        .unwrap();
    assert_eq!(cache.hash_of_source(&engine, &metadata()), None);

    cache.clear().unwrap();
    let left: Vec<_> =
        fs::read_dir(cache.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name == "key" || name == "source.wat"), "{left:?}");
}
