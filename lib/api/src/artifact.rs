//! Compiled modules as bytes and files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use wasmer_types::artifact::{ArtifactError, ArtifactHeader, ArtifactHeaders, KEYED_HASH, Section};
use wasmer_types::{DeserializeError, SerializeError, Target};
use wasmer_vm::{ArtifactMemory, LoadError, LoadedModule};

use crate::compiled;
use crate::engine::{AsEngineRef, Engine, NativeEngineExt};
use crate::module::{IntoBytes, Module};
use crate::perf_map;

/// Saving and loading what was compiled.
///
/// An *artifact* has the machine code of a module and all that is needed to run it, as bytes or a file. Any
/// engine for the same kind of machine can load it, also one without a compiler. It holds for the version of this
/// crate that wrote it; others refuse it.
///
/// Machine code can do what the program can do, so that loading it means trusting whoever wrote it. This is why most
/// of the functions are `unsafe`. Those with a key are safe: they accept what [`Module::serialize_keyed`] has made
/// with the same key, and nothing else.
///
/// | function | input | structure is checked | is trusted |
/// |---|---|---|---|
/// | [`Module::deserialize`] | bytes, copied | all of it, at once | the code |
/// | [`Module::deserialize_unchecked`] | bytes, copied | headers at once, the rest at the first use | the code; that tables are sorted |
/// | [`Module::deserialize_from_file`] | file, mapped | likewise | likewise, and that the file stays as it is |
/// | [`Module::deserialize_from_file_unchecked`] | file, mapped | likewise | likewise |
/// | [`Module::deserialize_checked`] | bytes, copied | keyed hash | whoever has the key |
/// | [`Module::deserialize_from_file_checked`] | file, copied | keyed hash | whoever has the key |
///
/// The *first use* is whatever needs more than the code: making an instance, or asking for imports or exports. When
/// the description of the module turns out to be damaged then, [`Module::prepare`] and
/// [`Instance::new`](crate::Instance::new) return an error, in the latter as
/// [`LinkError::Trap`](crate::LinkError::Trap) from which the [`DeserializeError`] can be got by
/// [`RuntimeError::downcast_ref`](crate::RuntimeError::downcast_ref), and the module appears to have neither imports
/// nor exports.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Engine, Instance, Module, NativeEngineExt, Store, imports};
///
/// let module = Module::new(&Store::default(), "(module (func (export \"f\") (result i32) i32.const 7))")?;
/// let key = [3; 32];
/// let bytes = module.serialize_keyed(&key)?;
///
/// let mut store = Store::new(Engine::headless());
/// let module = Module::deserialize_checked(&store, bytes, &key)?;
/// let instance = Instance::new(&mut store, &module, &imports! {})?;
/// let f = instance.exports.get_typed_function::<(), i32>(&store, "f")?;
/// assert_eq!(f.call(&mut store)?, 7);
/// # Ok(()) }
/// ```
impl Module {
    /// The module as an artifact. What was loaded is the same bytes again, unless its name was changed.
    ///
    /// # Errors
    ///
    /// [`SerializeError::Generic`] when a part passes a limit of the format, or the module was loaded and its
    /// description is damaged.
    pub fn serialize(&self) -> Result<Bytes, SerializeError> {
        self.artifact().map(Bytes::from)
    }

    /// As [`Self::serialize`], with a keyed hash of all bytes, for [`Self::deserialize_checked`].
    ///
    /// # Errors
    ///
    /// Those of [`Self::serialize`].
    pub fn serialize_keyed(&self, key: &[u8; 32]) -> Result<Bytes, SerializeError> {
        let mut bytes = self.artifact()?;
        let hash = keyed_hash(&bytes, key);
        bytes[KEYED_HASH].copy_from_slice(hash.as_bytes());
        Ok(bytes.into())
    }

    /// Writes [`Self::serialize`] to a file.
    ///
    /// It is written beside `path` first and then takes its place at once, so that nobody ever reads a part of it, and
    /// what was loaded from the previous file stays as it is.
    ///
    /// # Errors
    ///
    /// Those of [`Self::serialize`], and [`SerializeError::Io`] when the file can't be written.
    pub fn serialize_to_file(&self, path: impl AsRef<Path>) -> Result<(), SerializeError> {
        Ok(replace_file(path.as_ref(), &self.artifact()?)?)
    }

    /// Writes [`Self::serialize_keyed`] to a file, as [`Self::serialize_to_file`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Self::serialize_to_file`].
    pub fn serialize_to_file_keyed(
        &self,
        path: impl AsRef<Path>,
        key: &[u8; 32],
    ) -> Result<(), SerializeError> {
        Ok(replace_file(path.as_ref(), &self.serialize_keyed(key)?)?)
    }

    fn artifact(&self) -> Result<Vec<u8>, SerializeError> {
        let bytes = self.loaded().serialize(self.new_name());
        bytes.map_err(|error| SerializeError::Generic(error.to_string()))
    }

    /// Loads an artifact from bytes, and checks all of its structure. The bytes are copied.
    ///
    /// # Errors
    ///
    /// - [`DeserializeError::Incompatible`] when the bytes are not an artifact, or one of another version, or for an
    ///   unknown target, or use CPU features that the engine's target does not have;
    /// - [`DeserializeError::InvalidByteLength`] when there are too few or too many of them;
    /// - [`DeserializeError::CorruptedBinary`] when something can't be read or contradicts the rest;
    /// - [`DeserializeError::Generic`] when there is no memory.
    ///
    /// A module for another architecture can be loaded, looked at and serialized, but not instantiated.
    ///
    /// # Safety
    ///
    /// The machine code was made by this crate's compilers from a WebAssembly module, and is unchanged: the bytes come
    /// from [`Self::serialize`], by way of places where nobody else can write.
    pub unsafe fn deserialize(
        engine: &impl AsEngineRef,
        bytes: impl IntoBytes,
    ) -> Result<Self, DeserializeError> {
        // SAFETY: as for the caller.
        let module = unsafe { Self::deserialize_unchecked(engine, bytes)? };
        module.loaded().check().map_err(|error| deserialize_error(&error))?;
        Ok(module)
    }

    /// As [`Self::deserialize`], but of the structure only the headers are checked at once. The rest is checked at the
    /// first use, except whether the tables of traps and source positions are sorted.
    ///
    /// # Errors
    ///
    /// Those of [`Self::deserialize`].
    ///
    /// # Safety
    ///
    /// That of [`Self::deserialize`].
    pub unsafe fn deserialize_unchecked(
        engine: &impl AsEngineRef,
        bytes: impl IntoBytes,
    ) -> Result<Self, DeserializeError> {
        let memory = ArtifactMemory::copy(&bytes.into_bytes());
        let memory = memory.map_err(|error| DeserializeError::Generic(error.to_string()))?;
        // SAFETY: as for the caller.
        unsafe { Self::from_memory(engine, &memory) }
    }

    /// Loads an artifact from bytes if it was made with `key` by [`Self::serialize_keyed`]. The bytes are copied.
    ///
    /// This is safe as long as the key is a secret: whoever has it can make bytes that are accepted.
    ///
    /// # Errors
    ///
    /// [`DeserializeError::CorruptedBinary`] when any byte was changed or the key is another one; else those of
    /// [`Self::deserialize`].
    pub fn deserialize_checked(
        engine: &impl AsEngineRef,
        bytes: impl IntoBytes,
        key: &[u8; 32],
    ) -> Result<Self, DeserializeError> {
        let memory = ArtifactMemory::copy(&bytes.into_bytes());
        let memory = memory.map_err(|error| DeserializeError::Generic(error.to_string()))?;
        Self::from_keyed_memory(engine, &memory, key)
    }

    /// Loads an artifact from a file by mapping it: nothing is copied, and the time does not depend on its size. The
    /// headers are checked at once and the rest at the first use, as for [`Self::deserialize_unchecked`].
    ///
    /// Memories of instances have their initial contents mapped from the file, too, privately: the file is never written.
    /// It may be deleted, or replaced by another, as long as the module exists. If the module has data, it stays open.
    ///
    /// # Errors
    ///
    /// [`DeserializeError::Io`] when the file can't be read, and those of [`Self::deserialize`].
    ///
    /// # Safety
    ///
    /// That of [`Self::deserialize`]; and nobody writes to the file or truncates it as long as the module, a clone or
    /// an instance of it, exists.
    pub unsafe fn deserialize_from_file(
        engine: &impl AsEngineRef,
        path: impl AsRef<Path>,
    ) -> Result<Self, DeserializeError> {
        let file = File::open(path)?;
        // SAFETY: as for the caller.
        let memory = unsafe { ArtifactMemory::map(file)? };
        // SAFETY: as for the caller.
        unsafe { Self::from_memory(engine, &memory) }
    }

    /// The same as [`Self::deserialize_from_file`], which leaves nothing out that takes time.
    ///
    /// # Errors
    ///
    /// Those of [`Self::deserialize_from_file`].
    ///
    /// # Safety
    ///
    /// That of [`Self::deserialize_from_file`].
    pub unsafe fn deserialize_from_file_unchecked(
        engine: &impl AsEngineRef,
        path: impl AsRef<Path>,
    ) -> Result<Self, DeserializeError> {
        // SAFETY: as for the caller.
        unsafe { Self::deserialize_from_file(engine, path) }
    }

    /// Loads an artifact from a file if it was made with `key` by [`Self::serialize_to_file_keyed`]. The file is copied
    /// to memory, so that it may change afterwards.
    ///
    /// # Errors
    ///
    /// [`DeserializeError::Io`] when the file can't be read, and those of [`Self::deserialize_checked`].
    pub fn deserialize_from_file_checked(
        engine: &impl AsEngineRef,
        path: impl AsRef<Path>,
        key: &[u8; 32],
    ) -> Result<Self, DeserializeError> {
        let memory = ArtifactMemory::read(&File::open(path)?)?;
        Self::from_keyed_memory(engine, &memory, key)
    }

    /// Whether the bytes are an artifact that `engine` can load, as far as the header tells: made by this version, for
    /// a machine that the engine has, and complete.
    pub fn is_deserializable(engine: &impl AsEngineRef, bytes: impl AsRef<[u8]>) -> bool {
        let bytes = bytes.as_ref();
        ArtifactHeader::read(bytes).is_ok_and(|header| {
            header.check_version().is_ok()
                && header.check_length(bytes.len() as u64).is_ok()
                && check_target(engine.as_engine_ref().engine(), &header.target).is_ok()
        })
    }

    /// Does now what the first use of a loaded module would do: reads and checks its description.
    ///
    /// # Errors
    ///
    /// [`DeserializeError::CorruptedBinary`] when it is damaged.
    pub fn prepare(&self) -> Result<(), DeserializeError> {
        self.loaded().prepare().map_err(deserialize_error)
    }

    fn from_keyed_memory(
        engine: &impl AsEngineRef,
        memory: &ArtifactMemory,
        key: &[u8; 32],
    ) -> Result<Self, DeserializeError> {
        let header = ArtifactHeader::read(memory.bytes())?;
        if keyed_hash(memory.bytes(), key) != header.keyed_hash {
            // These say more about it.
            header.check_version()?;
            header.check_length(memory.bytes().len() as u64)?;
            return Err(ArtifactError::Key.into());
        }
        // SAFETY: whoever has the key vouches for the code, and the memory is ours.
        unsafe { Self::from_memory(engine, memory) }
    }

    /// # Safety
    ///
    /// The code in the artifact can be trusted.
    unsafe fn from_memory(
        engine: &impl AsEngineRef,
        memory: &ArtifactMemory,
    ) -> Result<Self, DeserializeError> {
        let engine = engine.as_engine_ref();
        // SAFETY: as for the caller.
        let loaded = unsafe { LoadedModule::from_artifact(memory) };
        let loaded = loaded.map_err(|error| deserialize_error(&Arc::new(error)))?;
        check_target(engine.engine(), loaded.target())?;
        let artifact = compiled::Artifact::from_loaded(loaded);
        perf_map::add(engine.engine(), &artifact)?;
        Ok(Self::from_artifact(artifact))
    }
}

/// Checks that a machine as the engine has it has the CPU features that code for `target` needs. Code for other
/// machines is not run anyway.
fn check_target(engine: &Engine, target: &Target) -> Result<(), ArtifactError> {
    let own = engine.target();
    if own.triple().architecture != target.triple().architecture {
        return Ok(());
    }
    match *target.cpu_features() - *own.cpu_features() {
        missing if missing.is_empty() => Ok(()),
        missing => Err(ArtifactError::CpuFeatures(missing)),
    }
}

/// What is wrong with an artifact.
pub(crate) fn deserialize_error(error: &Arc<LoadError>) -> DeserializeError {
    match &**error {
        LoadError::Artifact(error) => error.clone().into(),
        other => DeserializeError::Generic(other.to_string()),
    }
}

/// The hash of an artifact with this key, computed as if it had none. There is room for it in it.
fn keyed_hash(bytes: &[u8], key: &[u8; 32]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(&bytes[..KEYED_HASH.start]);
    hasher.update(&[0; KEYED_HASH.end - KEYED_HASH.start]);
    hasher.update(&bytes[KEYED_HASH.end..]);
    hasher.finalize()
}

/// Puts a file with these contents in the place of `path`, at once.
fn replace_file(path: &Path, contents: &[u8]) -> io::Result<()> {
    let is_special = fs::metadata(path).is_ok_and(|found| !found.is_file());
    let Some(name) = path.file_name().filter(|_| !is_special) else {
        // A pipe or the like.
        return OpenOptions::new().write(true).open(path)?.write_all(contents);
    };
    let (beside, mut file) = loop {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut unique = name.to_owned();
        unique.push(format!(".{}.{number}.tmp", process::id()));
        let beside: PathBuf = path.with_file_name(unique);
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Ok(file) => break (beside, file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    };
    let written = file.write_all(contents).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The error that counts is the first.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// What the headers of an artifact say, without loading it.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Module, Store, sys::ArtifactMetadata};
///
/// let module = Module::new(&Store::default(), "(module (func))")?;
/// let metadata = ArtifactMetadata::read(&module.serialize()?)?;
/// assert!(metadata.is_compatible());
/// assert_eq!(metadata.version(), wasmer::VERSION);
/// println!("{} of code for {}", metadata.section_size(".text").unwrap(), metadata.target().triple());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct ArtifactMetadata {
    header: ArtifactHeader,
    sections: Vec<(&'static str, u64)>,
}

impl ArtifactMetadata {
    /// Reads the headers of the artifact `bytes`.
    ///
    /// # Errors
    ///
    /// As [`Module::deserialize`], but an artifact of another version with the same format has metadata, too.
    pub fn read(bytes: &[u8]) -> Result<Self, DeserializeError> {
        Self::read_start(bytes, bytes.len() as u64)
    }

    /// Reads the headers of an artifact of `length` bytes from its first.
    fn read_start(bytes: &[u8], length: u64) -> Result<Self, DeserializeError> {
        let header = ArtifactHeader::read(bytes)?;
        header.check_length(length)?;
        let mut sections = Vec::new();
        if header.check_version().is_ok() {
            let headers = ArtifactHeaders::read(bytes, length)?;
            sections.extend(Section::ALL.map(|it| (it.name(), headers.size(it))));
        }
        Ok(Self { header, sections })
    }

    /// Reads the headers of the artifact in a file, and nothing else of it.
    ///
    /// # Errors
    ///
    /// [`DeserializeError::Io`] when it can't be read, and those of [`Self::read`].
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, DeserializeError> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        let mut bytes = Vec::new();
        if !metadata.is_file() {
            // Of a pipe or the like, only reading tells the length.
            file.read_to_end(&mut bytes)?;
            return Self::read(&bytes);
        }
        file.take(ArtifactHeaders::MAX_LENGTH as u64).read_to_end(&mut bytes)?;
        Self::read_start(&bytes, metadata.len())
    }

    /// Whether `bytes` begin as an artifact does, of whatever version.
    pub fn is_artifact(bytes: impl AsRef<[u8]>) -> bool {
        ArtifactHeader::is_at_start_of(bytes.as_ref())
    }

    /// Whether it was made by this version.
    pub fn is_compatible(&self) -> bool {
        self.header.check_version().is_ok()
    }

    /// Version of the crate that made it.
    pub fn version(&self) -> &str {
        &self.header.version
    }

    /// The machine that its code is for, with the CPU features that it needs.
    ///
    /// That can be fewer than the target had for which it was compiled: what every machine of the architecture
    /// has (SSE2, Neon) is not recorded, nor is what the compiler makes no use of.
    pub fn target(&self) -> &Target {
        &self.header.target
    }

    /// Id of the compiler and the settings that made it.
    pub fn compiler(&self) -> &str {
        &self.header.compiler
    }

    /// Bytes of the whole.
    pub fn size(&self) -> u64 {
        self.header.file_length
    }

    /// Whether it has a keyed hash.
    pub fn is_keyed(&self) -> bool {
        self.header.keyed_hash != [0; 32]
    }

    /// Names and sizes of its sections, in bytes; none if it was made by another version.
    pub fn sections(&self) -> impl ExactSizeIterator<Item = (&'static str, u64)> + '_ {
        self.sections.iter().copied()
    }

    /// Size of the section `name`, in bytes.
    pub fn section_size(&self, name: &str) -> Option<u64> {
        self.sections.iter().find(|(known, _)| *known == name).map(|(_, size)| *size)
    }
}
