//! The files that `…Callbacks` of compilers write.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use wasmer_compiler::{CallMode, CompileOptions, CompilerConfig, compile_module};
use wasmer_types::image::ModuleImage;
use wasmer_types::target::Architecture;
use wasmer_types::{CompileError, HashAlgorithm};

use crate::compile::options;
use crate::machines::{self, Machine, features, reserved};

/// The module: functions with and without a name, a call and a trap. The first has no calls.
const TEXT: &str = r#"(module
    (import "env" "f" (func))
    (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func $add_again (param i32) (result i32) (call $add (local.get 0) (i32.const 7)))
    (func $divide (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
    (func (call 0)))"#;

/// The functions, as files are called.
const FUNCTIONS: [&str; 4] = ["add_0", "add_again_1", "divide_2", "function_4_3"];

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// For which machine.
    pub machine: &'static Machine,
    /// The module that was compiled. Its first function has no calls.
    pub image: ModuleImage,
    files: BTreeMap<String, Vec<u8>>,
}

impl Written {
    /// The text of a file.
    ///
    /// # Panics
    ///
    /// When it was not written, or is no text.
    pub fn text(&self, name: &str) -> &str {
        str::from_utf8(&self.files[name]).expect("a text")
    }
}

/// Compiles a module with settings that write files to a directory, for each machine. `suffixes` are those of the
/// stages; object files are among them, and are looked into here.
///
/// # Panics
///
/// When files are missing, or others are there; when the code is not that of the settings as they are without files.
pub fn write_stages<C: CompilerConfig + Default + 'static>(
    config: impl Fn(PathBuf) -> io::Result<C>,
    suffixes: &[&str],
) -> Vec<Written> {
    let write = |machine| {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("new").join("directory");
        let config = config(path.clone()).expect("the directory is made");
        let image = compile(config, machine, Some(HashAlgorithm::Sha256)).expect("it is compiled");
        let plain = compile(C::default(), machine, None).expect("it is compiled");
        assert_eq!(plain.code.text, image.code.text);
        assert_eq!(plain.compiler, image.compiler);

        let hash = image.info.hash_string().expect("the module was hashed");
        let files = files(&path.join(hash));
        let names = FUNCTIONS
            .iter()
            .flat_map(|function| suffixes.iter().map(move |suffix| format!("{function}{suffix}")));
        let mut names: Vec<_> = names.collect();
        names.sort();
        assert_eq!(files.keys().cloned().collect::<Vec<_>>(), names);
        check_object(machine, &files["add_again_1.o"]);
        Written { machine, image, files }
    };
    machines::ALL.each_ref().map(write).into()
}

fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(directory).expect("the directory of the module");
    entries
        .map(|entry| {
            let entry = entry.expect("the directory can be read");
            let name = entry.file_name().into_string().expect("plain letters");
            (name, fs::read(entry.path()).expect("the file can be read"))
        })
        .collect()
}

/// The object file of a function that calls `add`.
fn check_object(machine: &Machine, object: &[u8]) {
    let elf_machine = match machine.target(None).triple().architecture {
        Architecture::X86_64 => 62,
        _ => 183,
    };
    assert_eq!((&object[..4], object[18]), (&b"\x7fELF"[..], elf_machine));
    assert!(object.windows(5).any(|window| window == b"\0add\0"), "the name of the callee");
}

/// Compiles with settings that write files to a directory, in the place of which is a file.
///
/// # Panics
///
/// Unless the compilation fails, with the name of the file that ends with `suffix`: the first of the first function.
pub fn fail_to_write<C: CompilerConfig + 'static>(
    config: impl Fn(PathBuf) -> io::Result<C>,
    suffix: &str,
) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("files");
    let settings = config(path.clone()).expect("the directory is made");
    fs::remove_dir(&path).expect("it is empty");
    fs::write(&path, b"a file").expect("a file in its place");
    let error = compile(settings, &machines::X86_64, None).expect_err("nothing can be written");
    let name = format!("{}{suffix}", FUNCTIONS[0]);
    assert!(matches!(&error, CompileError::Resource(text) if text.contains(&name)), "{error}");
    assert!(config(path.join("below")).is_err());
}

fn compile(
    config: impl CompilerConfig + 'static,
    machine: &Machine,
    hash_algorithm: Option<HashAlgorithm>,
) -> Result<ModuleImage, CompileError> {
    let bytes = wat::parse_str(TEXT).expect("a module in text form");
    let options = CompileOptions { hash_algorithm, ..options(&reserved, CallMode::Direct) };
    let compiler = Box::new(config).compiler();
    compile_module(&*compiler, &features(), &machine.target(None), &options, &bytes)
}
