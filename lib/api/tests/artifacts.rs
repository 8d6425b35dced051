//! Modules that are saved and loaded.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::thread;

use wasmer::sys::{
    ArtifactMetadata, CpuFeature, Cranelift, EngineBuilder, NativeEngineExt, Target, Triple,
};
use wasmer::{
    DeserializeError, Engine, Function, Instance, InstantiationError, LinkError, Module,
    RuntimeError, SerializeError, Store, Value, imports,
};
use wasmer_types::artifact::{Artifact, KEYED_HASH, Section};

const SOURCE: &str = r#"(module $sample
    (import "host" "add" (func $add (param i32 i32) (result i32)))
    (memory (export "memory") 2 5)
    (data (i32.const 70000) "some data")
    (data $late "passive")
    (table (export "table") 3 funcref)
    (elem (i32.const 1) $first $second)
    (global $counter (export "counter") (mut i32) (i32.const 40))
    (global (export "big") i64 (i64.const -5000000000))
    (func $first (result i32) i32.const 1)
    (func $second (result i32) i32.const 2)
    (func $inner (param i32)
        (if (i32.eqz (local.get 0)) (then unreachable)) (call $outer (i32.sub (local.get 0) (i32.const 1))))
    (func $outer (export "trap") (param i32) (call $inner (local.get 0)))
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "init") (memory.init $late (i32.const 0) (i32.const 0) (i32.const 7)))
    (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))
    (func (export "count") (result i32)
        (global.set $counter (call $add (global.get $counter) (i32.const 2))) (global.get $counter))
    (@custom "note" "text"))"#;

const KEY: [u8; 32] = [0x5a; 32];

fn module() -> Module {
    Module::new(&Store::default(), SOURCE).unwrap()
}

fn temporary() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("module.wasmu");
    (folder, path)
}

fn from_bytes(engine: &Engine, bytes: &[u8]) -> Result<Module, DeserializeError> {
    // SAFETY: the tests run no code of bytes that were changed.
    unsafe { Module::deserialize(engine, bytes) }
}

fn from_file(engine: &Engine, path: &Path) -> Result<Module, DeserializeError> {
    // SAFETY: likewise, and the files are not changed.
    unsafe { Module::deserialize_from_file(engine, path) }
}

fn instantiate(store: &mut Store, module: &Module) -> Result<Instance, InstantiationError> {
    let add = Function::new_typed(store, |a: i32, b: i32| a + b);
    Instance::new(store, module, &imports! { "host" => { "add" => add } })
}

fn call(
    store: &mut Store,
    instance: &Instance,
    name: &str,
    args: &[i32],
) -> Result<Vec<i32>, RuntimeError> {
    let args: Vec<Value> = args.iter().map(|&arg| arg.into()).collect();
    let results = instance.exports.get_function(name).unwrap().call(store, &args)?;
    Ok(results.iter().map(Value::unwrap_i32).collect())
}

/// Everything that a module does, as text.
fn behaviour(engine: Engine, module: &Module) -> String {
    let mut store = Store::new(engine);
    let instance = instantiate(&mut store, module).unwrap();
    let mut calls = Vec::new();
    let cases: &[(&str, &[i32])] = &[
        ("count", &[]),
        ("count", &[]),
        ("load", &[70000]),
        ("load", &[1 << 20]),
        ("init", &[]),
        ("load", &[0]),
        ("call", &[1]),
        ("call", &[2]),
        ("call", &[0]),
        ("call", &[3]),
        ("trap", &[2]),
    ];
    for (name, args) in cases {
        let result = call(&mut store, &instance, name, args);
        calls.push(result.map_err(|error| format!("{error} {:?}", error.trace())));
    }
    let imports: Vec<_> = module.imports().collect();
    let exports: Vec<_> = module.exports().collect();
    let custom: Vec<_> = module.custom_sections("note").collect();
    let big = instance.exports.get_global("big").unwrap().get(&mut store);
    format!("{:?} {imports:?} {exports:?} {custom:?} {big:?} {calls:#?}", module.name())
}

#[test]
fn loaded_modules_do_what_the_compiled_one_does() {
    let module = module();
    let expected = behaviour(Engine::default(), &module);
    assert!(expected.contains("inner (sample[3]:0x"), "{expected}");
    let bytes = module.serialize().unwrap();
    let (_folder, path) = temporary();
    module.serialize_to_file(&path).unwrap();
    assert!(fs::read(&path).unwrap() == bytes);
    let headless = Engine::headless();
    let keyed = module.serialize_keyed(&KEY).unwrap();
    let (_folder, keyed_path) = temporary();
    module.serialize_to_file_keyed(&keyed_path, &KEY).unwrap();
    // SAFETY: the bytes and files come from `serialize`, and stay.
    let loaded = unsafe {
        [
            Module::deserialize(&headless, &bytes[..]),
            Module::deserialize_unchecked(&headless, bytes.clone()),
            Module::deserialize_from_file(&headless, &path),
            Module::deserialize_from_file_unchecked(&headless, &path),
            headless.deserialize_from_mmapped_file(&path),
            headless.deserialize_from_mmapped_file_unchecked(&path),
            Module::deserialize_checked(&headless, keyed, &KEY),
            Module::deserialize_from_file_checked(&headless, &keyed_path, &KEY),
        ]
    };
    for (way, loaded) in loaded.into_iter().enumerate() {
        let loaded = loaded.unwrap();
        assert_ne!(loaded, module);
        assert!(loaded.serialize().unwrap() == bytes, "way {way}, before it is used");
        assert_eq!(behaviour(headless.clone(), &loaded), expected, "way {way}");
        assert!(loaded.serialize().unwrap() == bytes, "way {way}, after");
    }
}

#[test]
fn the_file_may_go_and_threads_share_the_module() {
    let (folder, path) = temporary();
    module().serialize_to_file(&path).unwrap();
    let loaded = from_file(&Engine::headless(), &path).unwrap();
    // Replaced, and then deleted.
    Module::new(&Store::default(), "(module)").unwrap().serialize_to_file(&path).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    folder.close().unwrap();
    let expected = behaviour(Engine::headless(), &module());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(behaviour(Engine::headless(), &loaded), expected));
        }
    });
    let mut store = Store::new(Engine::headless());
    let instance = instantiate(&mut store, &loaded).unwrap();
    drop(loaded);
    assert_eq!(call(&mut store, &instance, "count", &[]).unwrap(), [42]);
    let error = call(&mut store, &instance, "trap", &[0]).unwrap_err();
    drop((store, instance));
    assert_eq!(error.trace()[0].function_name(), Some("inner"), "{error}");
}

#[test]
fn names_are_saved() {
    let mut module = module();
    assert!(module.set_name("other"));
    let bytes = module.serialize().unwrap();
    let mut loaded = from_bytes(&Engine::headless(), &bytes).unwrap();
    assert_eq!(loaded.name(), Some("other"));
    assert!(loaded.set_name("third"));
    let again = from_bytes(&Engine::headless(), &loaded.serialize().unwrap()).unwrap();
    assert_eq!(again.name(), Some("third"));
    let mut store = Store::new(Engine::headless());
    let instance = instantiate(&mut store, &again).unwrap();
    let error = call(&mut store, &instance, "trap", &[0]).unwrap_err();
    assert!(error.to_string().contains("inner (third[3]:"), "{error}");
}

#[test]
fn metadata() {
    let keyed = module().serialize_keyed(&KEY).unwrap();
    let metadata = ArtifactMetadata::read(&keyed).unwrap();
    assert!(metadata.is_compatible() && metadata.is_keyed());
    assert!(metadata.target().is_native());
    assert_eq!(metadata.version(), wasmer::VERSION);
    assert_eq!(metadata.size(), keyed.len() as u64);
    assert!(metadata.compiler().contains("cranelift"), "{}", metadata.compiler());
    assert!(metadata.section_size(".text").unwrap() > 100);
    assert!(metadata.section_size(".wasmer.data").unwrap() >= 16);
    let sum: u64 = metadata.sections().map(|(_, size)| size).sum();
    assert!(sum < metadata.size());
    let (_folder, path) = temporary();
    module().serialize_to_file(&path).unwrap();
    let from_file = ArtifactMetadata::from_file(&path).unwrap();
    assert!(!from_file.is_keyed());
    assert!(from_file.sections().eq(metadata.sections()));
    assert!(ArtifactMetadata::is_artifact(&keyed));
    assert!(!ArtifactMetadata::is_artifact(b"\0asm\x01\0\0\0"));
    let engine = Engine::headless();
    assert!(Module::is_deserializable(&engine, &keyed));
    assert!(!Module::is_deserializable(&engine, &keyed[1..]));
    assert!(!Module::is_deserializable(&engine, &keyed[..keyed.len() - 1]));
}

/// A file that does not fit into memory is not read.
#[test]
fn metadata_of_a_file_is_all_that_is_read() {
    let (_folder, path) = temporary();
    module().serialize_to_file(&path).unwrap();
    let size = fs::metadata(&path).unwrap().len();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(1 << 42).unwrap();
    let error = ArtifactMetadata::from_file(&path).unwrap_err();
    let expected = (size as usize, 1 << 42);
    assert!(
        matches!(error, DeserializeError::InvalidByteLength { expected: e, got } if (e, got) == expected),
        "{error:?}"
    );
    file.set_len(size - 1).unwrap();
    assert!(ArtifactMetadata::from_file(&path).is_err());
    for start in [0, 60, 70, 200] {
        file.set_len(start).unwrap();
        assert!(ArtifactMetadata::from_file(&path).is_err(), "{start} bytes");
    }
}

#[test]
fn other_machines() {
    let native = Triple::from_str(&Target::default().triple().to_string()).unwrap();
    let other = match native.to_string().starts_with("x86_64") {
        true => "aarch64-unknown-linux-gnu",
        false => "x86_64-unknown-linux-gnu",
    };
    let features = match other.starts_with("x86_64") {
        true => CpuFeature::SSE2.into(),
        false => CpuFeature::NEON.into(),
    };
    let target = Target::new(Triple::from_str(other).unwrap(), features);
    let engine = EngineBuilder::new(Cranelift::default()).set_target(Some(target)).engine();
    let bytes = Module::new(&engine, SOURCE).unwrap().serialize().unwrap();
    let (_folder, path) = temporary();
    fs::write(&path, &bytes).unwrap();
    for loaded in [from_bytes(&Engine::headless(), &bytes), from_file(&engine, &path)] {
        let loaded = loaded.unwrap();
        assert_eq!(loaded.exports().count(), 9);
        assert!(loaded.serialize().unwrap() == bytes);
        let error = instantiate(&mut Store::default(), &loaded).unwrap_err();
        assert!(matches!(error, InstantiationError::DifferentArchOS), "{error}");
    }
}

#[test]
fn missing_cpu_features() {
    // A feature of another architecture is in no machine.
    let absent = if cfg!(target_arch = "x86_64") { CpuFeature::NEON } else { CpuFeature::AVX };
    let host = Target::default();
    let more = Target::new(host.triple().clone(), *host.cpu_features() | absent);
    let mut bytes = module().serialize().unwrap().to_vec();
    let header = Artifact::new(bytes.clone().into()).unwrap().range(Section::Header).start;
    let needed = (CpuFeature::set() | absent).as_repr().to_le_bytes();
    bytes[header + 32..header + 40].copy_from_slice(&needed);
    let error = from_bytes(&Engine::headless(), &bytes).unwrap_err();
    let expected = "incompatible binary: Some CPU Features needed for the artifact are missing";
    assert_eq!(error.to_string(), format!("{expected}: {absent}"));
    assert!(matches!(error, DeserializeError::Incompatible(_)));
    assert!(!Module::is_deserializable(&Engine::headless(), &bytes));
    let engine = EngineBuilder::headless().set_target(Some(more)).engine();
    let loaded = from_bytes(&engine, &bytes).unwrap();
    let error = instantiate(&mut Store::default(), &loaded).unwrap_err();
    assert!(matches!(error, InstantiationError::CpuFeature(_)), "{error}");
}

/// What every machine of the architecture has, and what the compiler makes no use of, is not needed.
#[test]
fn cpu_features_are_those_that_code_needs() {
    let named = CpuFeature::SSE2 | CpuFeature::AVX | CpuFeature::BMI1 | CpuFeature::NEON;
    let target = Target::new("x86_64-unknown-linux-gnu".parse().unwrap(), named);
    let engine = EngineBuilder::new(Cranelift::default()).set_target(Some(target)).engine();
    let bytes = Module::new(&engine, "(module)").unwrap().serialize().unwrap();
    let metadata = ArtifactMetadata::read(&bytes).unwrap();
    assert_eq!(*metadata.target().cpu_features(), CpuFeature::AVX | CpuFeature::BMI1);
}

#[test]
fn errors_say_what_is_wrong() {
    let engine = Engine::headless();
    let bytes = module().serialize().unwrap();
    for not_artifact in [&b""[..], b"\0asm\x01\0\0\0", b"\x7fELF", &[0xff; 9999], &bytes[..71]] {
        let error = from_bytes(&engine, not_artifact).unwrap_err();
        assert!(matches!(error, DeserializeError::Incompatible(_)), "{error}");
        assert!(error.to_string().contains("not a Wasmer engine artifact"), "{error}");
        let keyed = Module::deserialize_checked(&engine, not_artifact, &KEY).unwrap_err();
        assert_eq!(keyed.to_string(), error.to_string());
    }
    let with = |at: usize, byte: u8| {
        let mut bytes = bytes.to_vec();
        bytes[at] = byte;
        from_bytes(&engine, &bytes).unwrap_err()
    };
    let header = KEYED_HASH.start - 40;
    let expected = "incompatible binary: The provided bytes were serialized by an incompatible \
                    version of Wasmer: ";
    let version = with(header + 8, 0xee).to_string();
    assert!(version.starts_with(expected) && version.contains("format 238"), "{version}");
    let hash = with(header + 16, bytes[header + 16] ^ 1).to_string();
    assert!(hash.starts_with(expected) && hash.contains("with hash"), "{hash}");
    let target = with(header + 80 + wasmer::VERSION.len(), b'?');
    assert!(target.to_string().starts_with("incompatible binary: unknown target: ?"), "{target}");
    let cut = from_bytes(&engine, &bytes[..bytes.len() - 1]).unwrap_err();
    let (expected, got) = (bytes.len(), bytes.len() - 1);
    assert!(
        matches!(cut, DeserializeError::InvalidByteLength { expected: e, got: g } if (e, g) == (expected, got))
    );
    let info = Artifact::new(bytes.clone()).unwrap().range(Section::Info);
    let structure = with(info.start, 7).to_string();
    let expected = "corrupted binary: offset 1 of `.wasmer.info`: expected 0 or 1";
    assert_eq!(structure, expected);
    let (_folder, path) = temporary();
    assert!(matches!(from_file(&engine, &path), Err(DeserializeError::Io(_))));
    let error = Module::deserialize_from_file_checked(&engine, &path, &KEY);
    assert!(matches!(error, Err(DeserializeError::Io(_))));
    fs::write(&path, b"").unwrap();
    assert!(matches!(from_file(&engine, &path), Err(DeserializeError::Incompatible(_))));
    let nowhere = path.join("in").join("no folder");
    assert!(matches!(module().serialize_to_file(nowhere), Err(SerializeError::Io(_))));
}

#[test]
fn keyed_loaders_accept_what_was_made_with_the_key_and_nothing_else() {
    let engine = Engine::headless();
    let source = r#"(module (func (export "f") (result i32) i32.const 7) (data "x"))"#;
    let module = Module::new(&Store::default(), source).unwrap();
    let bytes = module.serialize_keyed(&KEY).unwrap();
    let load = |bytes: &[u8], key| Module::deserialize_checked(&engine, bytes, key);
    load(&bytes, &KEY).unwrap();
    for (bytes, key) in [(&bytes, &[1; 32]), (&module.serialize().unwrap(), &KEY)] {
        let error = load(bytes, key).unwrap_err();
        assert!(error.to_string().contains("the keyed hash does not fit"), "{error}");
        assert!(matches!(error, DeserializeError::CorruptedBinary(_)));
    }
    let mut damaged = bytes.to_vec();
    for at in 0..bytes.len() {
        damaged[at] ^= 1 << (at % 8);
        assert!(load(&damaged, &KEY).is_err(), "byte {at}");
        damaged[at] = !bytes[at];
        assert!(load(&damaged, &KEY).is_err(), "byte {at}");
        damaged[at] = bytes[at];
    }
    for len in 0..bytes.len() {
        assert!(load(&bytes[..len], &KEY).is_err(), "{len} bytes");
    }
    assert!(load(&[&bytes[..], &[0]].concat(), &KEY).is_err());
    let (_folder, path) = temporary();
    fs::write(&path, &bytes[1..]).unwrap();
    assert!(Module::deserialize_from_file_checked(&engine, &path, &KEY).is_err());
}

/// No change of a byte outside of the code makes loading, looking at or instantiating a module do anything wrong.
#[test]
fn structure_is_checked() {
    let engine = Engine::headless();
    let bytes = module().serialize().unwrap();
    let artifact = Artifact::new(bytes.clone()).unwrap();
    let (text, data) = (artifact.range(Section::Text), artifact.range(Section::Data));
    // Zeros between sections are left out.
    let interesting: Vec<usize> = Section::ALL
        .iter()
        .filter(|&&section| section != Section::Text && section != Section::Data)
        .flat_map(|&section| artifact.range(section))
        .chain(0..artifact.range(Section::Info).start)
        .collect();
    assert!(interesting.len() > 1000 && !text.is_empty() && !data.is_empty());
    let mut damaged = bytes.to_vec();
    let mut accepted = 0;
    for &at in &interesting {
        for byte in [bytes[at] ^ 1 << (at % 8), !bytes[at], 0x7f, 0] {
            damaged[at] = byte;
            // SAFETY: no code is run.
            let lazy = unsafe { Module::deserialize_unchecked(&engine, &damaged[..]) };
            let eager = from_bytes(&engine, &damaged);
            if let Ok(module) = &lazy {
                let counts = (module.imports().count(), module.exports().count());
                assert!(module.prepare().is_ok() || counts == (0, 0));
                let _ = (module.name(), module.custom_sections("note").count());
                let _ = instantiate(&mut Store::new(engine.clone()), module);
            }
            if let Ok(module) = eager {
                accepted += 1;
                assert!(lazy.unwrap().prepare().is_ok());
                // The keyed hash is left out.
                assert!(
                    module.serialize().unwrap() == damaged || KEYED_HASH.contains(&at),
                    "byte {at}"
                );
            }
        }
        damaged[at] = bytes[at];
    }
    assert!(accepted > 0, "names, for example, may be anything");
    for len in 0..bytes.len() {
        assert!(from_bytes(&engine, &bytes[..len]).is_err(), "{len} bytes");
    }
}

#[test]
fn damage_is_told_at_the_first_use() {
    let mut bytes = module().serialize().unwrap().to_vec();
    let info = Artifact::new(bytes.clone().into()).unwrap().range(Section::Info);
    bytes[info.end - 1] ^= 0xff;
    let (_folder, path) = temporary();
    fs::write(&path, &bytes).unwrap();
    let engine = Engine::headless();
    let module = from_file(&engine, &path).unwrap();
    assert_eq!((module.name(), module.exports().count()), (None, 0));
    let expected = module.prepare().unwrap_err().to_string();
    assert!(expected.starts_with("corrupted binary: offset"), "{expected}");
    let mut store = Store::new(engine);
    match instantiate(&mut store, &module) {
        Err(InstantiationError::Link(LinkError::Trap(error))) => {
            let cause = error.downcast_ref::<DeserializeError>().unwrap();
            assert_eq!(cause.to_string(), expected);
        }
        other => panic!("{other:?}"),
    }
    // It can still be copied as it is.
    assert!(module.serialize().unwrap() == bytes);
    assert_eq!(from_bytes(store.engine(), &bytes).unwrap_err().to_string(), expected);
}
