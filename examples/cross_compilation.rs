//! Compile for other machines, with the CPU features that they have, and see what happens on the wrong one.

use std::error::Error;
use std::str::FromStr;

use wasmer::sys::{ArtifactMetadata, CpuFeature, Cranelift, EngineBuilder, Target, Triple};
use wasmer::{DeserializeError, Engine, Instance, InstantiationError, Module, Store, imports};

const MODULE: &str =
    r#"(module (func (export "f") (param f64) (result f64) (f64.floor (local.get 0))))"#;

/// An engine that compiles for the machines `triple` that have all of `features`.
fn engine(triple: &str, features: &[&str]) -> Result<Engine, Box<dyn Error>> {
    let triple = Triple::from_str(triple).map_err(|error| format!("{triple}: {error}"))?;
    let mut set = CpuFeature::set();
    for name in features {
        set.insert(CpuFeature::from_str(name)?);
    }
    let target = Target::new(triple, set);
    Ok(EngineBuilder::new(Cranelift::default()).set_target(Some(target)).engine())
}

fn main() -> Result<(), Box<dyn Error>> {
    // With more features code is better, and runs on fewer machines. What every machine of an architecture has need
    // not be named. An engine without a target compiles for this machine, with everything that it has.
    let engines = [
        engine("aarch64-unknown-linux-gnu", &["lse"])?,
        engine("x86_64-unknown-linux-gnu", &[])?,
        engine("x86_64-unknown-linux-gnu", &["sse3", "ssse3", "sse4.1", "avx", "avx2"])?,
    ];
    let mut artifacts = Vec::new();
    for engine in &engines {
        artifacts.push(Module::new(engine, MODULE)?.serialize()?);
    }

    // What an artifact is for can be read without loading it, on any machine.
    for artifact in &artifacts {
        let metadata = ArtifactMetadata::read(artifact)?;
        let target = metadata.target();
        let features: Vec<_> = target.cpu_features().iter().map(|f| f.to_string()).collect();
        println!("for {} with {features:?}", target.triple());
        assert!(metadata.section_size(".text").is_some_and(|bytes| bytes > 0));
    }

    // Code for another architecture is loaded, so that tools can look at it, but it gets no instance.
    let engine = Engine::default();
    for artifact in &artifacts[..2] {
        // SAFETY: it was serialized above, and has not been out of this program's hands.
        let module = unsafe { Module::deserialize(&engine, artifact.clone())? };
        let native = ArtifactMetadata::read(artifact)?.target().is_native();
        let mut store = Store::new(&engine);
        match Instance::new(&mut store, &module, &imports! {}) {
            Ok(_) => assert!(native),
            Err(InstantiationError::DifferentArchOS) => assert!(!native),
            Err(error) => return Err(error.into()),
        }
    }
    println!("error: {}", InstantiationError::DifferentArchOS);

    // An engine loads nothing that needs more than its target has: here the second engine and the third artifact.
    //
    // SAFETY: as above.
    let error = unsafe { Module::deserialize(&engines[1], artifacts[2].clone()) }.unwrap_err();
    println!("error: {error}");
    assert!(matches!(error, DeserializeError::Incompatible(_)));
    Ok(())
}

// Prints:
// for aarch64-unknown-linux-gnu with ["lse"]
// for x86_64-unknown-linux-gnu with []
// for x86_64-unknown-linux-gnu with ["sse3", "ssse3", "sse4.1", "avx", "avx2"]
// error: incorrect OS or architecture
// error: incompatible binary: Some CPU Features needed for the artifact are missing: sse3, ssse3, sse4.1, avx, avx2
