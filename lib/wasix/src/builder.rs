//! Describing a guest: arguments, environment, standard streams and directories.

use std::ffi::OsStr;
use std::fmt;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::capabilities::Capabilities;
use crate::ctx::{StringTable, WasiCtx};
use crate::errors::WasiStateCreationError;
use crate::fd_table::{Descriptor, FdTable};
use crate::fs::{Directory, HostDir, HostFile, HostStdio, ReadOnly, StdioStream, VirtualFile};
use crate::host::{Clocks, Random};
use crate::types::{Filetype, Rights};

/// A standard stream of the guest, supplied by the embedder.
type Stream = Box<dyn VirtualFile + Send + Sync + 'static>;

/// Describes a guest before it runs.
///
/// A guest gets what it is given here and nothing else: the program's name as its only argument, an empty
/// environment, the standard streams of this process, and no directory.
#[derive(Default)]
pub struct WasiEnvBuilder {
    args: Vec<String>,
    envs: Vec<(String, Vec<u8>)>,
    stdin: Option<Stream>,
    stdout: Option<Stream>,
    stderr: Option<Stream>,
    preopens: Vec<Preopen>,
    sockets: Vec<HostFile>,
    capabilities: Capabilities,
    clocks: Option<Box<dyn Clocks>>,
    random: Option<Box<dyn Random>>,
    #[cfg(feature = "sys")]
    pub(crate) entry_function: Option<String>,
    #[cfg(feature = "sys")]
    pub(crate) imports: Vec<((String, String), wasmer::Extern)>,
}

impl fmt::Debug for WasiEnvBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WasiEnvBuilder")
            .field("args", &self.args)
            .field("envs", &self.envs)
            .field("preopens", &self.preopens)
            .field("sockets", &self.sockets)
            .field("capabilities", &self.capabilities)
            .finish_non_exhaustive()
    }
}

/// A directory that is open for the guest when it starts.
#[derive(Debug)]
struct Preopen {
    name: String,
    directory: Arc<dyn Directory>,
    rights: Rights,
}

/// Bytes as text; what is not UTF-8 is replaced.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl WasiEnvBuilder {
    /// A guest with this name, which is its argument 0.
    pub fn new(program_name: impl Into<String>) -> Self {
        Self { args: vec![program_name.into()], ..Self::default() }
    }

    /// Adds an argument.
    pub fn add_arg<V: AsRef<[u8]>>(&mut self, arg: V) {
        self.args.push(text(arg.as_ref()));
    }

    /// Adds arguments.
    pub fn add_args<I, Arg>(&mut self, args: I)
    where
        I: IntoIterator<Item = Arg>,
        Arg: AsRef<[u8]>,
    {
        args.into_iter().for_each(|arg| self.add_arg(arg));
    }

    /// Adds an argument.
    pub fn arg<V: AsRef<[u8]>>(mut self, arg: V) -> Self {
        self.add_arg(arg);
        self
    }

    /// Adds arguments.
    pub fn args<I, Arg>(mut self, args: I) -> Self
    where
        I: IntoIterator<Item = Arg>,
        Arg: AsRef<[u8]>,
    {
        self.add_args(args);
        self
    }

    /// The arguments, with the program's name first.
    pub fn get_args(&self) -> &[String] {
        &self.args
    }

    /// The arguments, with the program's name first.
    pub fn get_args_mut(&mut self) -> &mut Vec<String> {
        &mut self.args
    }

    /// Adds an environment variable. One that is there already is kept: the guest gets both.
    pub fn add_env<Key: AsRef<[u8]>, Value: AsRef<[u8]>>(&mut self, key: Key, value: Value) {
        self.envs.push((text(key.as_ref()), value.as_ref().to_vec()));
    }

    /// Adds environment variables.
    pub fn add_envs<I, Key, Value>(&mut self, env_pairs: I)
    where
        I: IntoIterator<Item = (Key, Value)>,
        Key: AsRef<[u8]>,
        Value: AsRef<[u8]>,
    {
        env_pairs.into_iter().for_each(|(key, value)| self.add_env(key, value));
    }

    /// Adds an environment variable.
    pub fn env<Key: AsRef<[u8]>, Value: AsRef<[u8]>>(mut self, key: Key, value: Value) -> Self {
        self.add_env(key, value);
        self
    }

    /// Adds environment variables.
    pub fn envs<I, Key, Value>(mut self, env_pairs: I) -> Self
    where
        I: IntoIterator<Item = (Key, Value)>,
        Key: AsRef<[u8]>,
        Value: AsRef<[u8]>,
    {
        self.add_envs(env_pairs);
        self
    }

    /// The environment variables.
    pub fn get_env(&self) -> &[(String, Vec<u8>)] {
        &self.envs
    }

    /// The environment variables.
    pub fn get_env_mut(&mut self) -> &mut Vec<(String, Vec<u8>)> {
        &mut self.envs
    }

    /// Sets standard input. Without it the guest reads that of this process.
    pub fn set_stdin(&mut self, new_file: Stream) {
        self.stdin = Some(new_file);
    }

    /// Sets standard output. Without it the guest writes to that of this process.
    pub fn set_stdout(&mut self, new_file: Stream) {
        self.stdout = Some(new_file);
    }

    /// Sets standard error. Without it the guest writes to that of this process.
    pub fn set_stderr(&mut self, new_file: Stream) {
        self.stderr = Some(new_file);
    }

    /// Sets standard input. Without it the guest reads that of this process.
    pub fn stdin(mut self, new_file: Stream) -> Self {
        self.set_stdin(new_file);
        self
    }

    /// Sets standard output. Without it the guest writes to that of this process.
    pub fn stdout(mut self, new_file: Stream) -> Self {
        self.set_stdout(new_file);
        self
    }

    /// Sets standard error. Without it the guest writes to that of this process.
    pub fn stderr(mut self, new_file: Stream) -> Self {
        self.set_stderr(new_file);
        self
    }

    /// Preopens a directory of the host; the guest sees it under the same name.
    ///
    /// The directory is opened now: it may be renamed or removed before the guest runs.
    ///
    /// # Errors
    ///
    /// When it does not exist, is not a directory or cannot be read.
    pub fn add_preopen_dir<P: AsRef<Path>>(
        &mut self,
        po_dir: P,
    ) -> Result<(), WasiStateCreationError> {
        self.add_preopen_build(|preopen| {
            preopen.directory(&po_dir).read(true).write(true).create(true)
        })
    }

    /// Preopens a directory of the host; the guest sees it under exactly the name `alias`.
    ///
    /// # Errors
    ///
    /// Those of [`add_preopen_dir`](Self::add_preopen_dir), or when the name has a zero byte.
    pub fn add_map_dir<P: AsRef<Path>>(
        &mut self,
        alias: &str,
        po_dir: P,
    ) -> Result<(), WasiStateCreationError> {
        self.add_preopen_build(|preopen| {
            preopen.directory(&po_dir).alias(alias).read(true).write(true).create(true)
        })
    }

    /// Preopens a directory with name and permissions of choice.
    ///
    /// # Errors
    ///
    /// Those of [`add_map_dir`](Self::add_map_dir), or when no directory or no permission is given.
    pub fn add_preopen_build<F>(&mut self, inner: F) -> Result<(), WasiStateCreationError>
    where
        F: Fn(&mut PreopenDirBuilder) -> &mut PreopenDirBuilder,
    {
        let mut preopen = PreopenDirBuilder::default();
        inner(&mut preopen);
        self.preopens.push(preopen.build()?);
        Ok(())
    }

    /// Preopens a directory of the host: see [`add_preopen_dir`](Self::add_preopen_dir).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn preopen_dir<P: AsRef<Path>>(
        mut self,
        po_dir: P,
    ) -> Result<Self, WasiStateCreationError> {
        self.add_preopen_dir(po_dir)?;
        Ok(self)
    }

    /// Preopens directories of the host: see [`add_preopen_dir`](Self::add_preopen_dir).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn preopen_dirs<I, P>(mut self, dirs: I) -> Result<Self, WasiStateCreationError>
    where
        I: IntoIterator<Item = P>,
        P: AsRef<Path>,
    {
        dirs.into_iter().try_for_each(|dir| self.add_preopen_dir(dir))?;
        Ok(self)
    }

    /// Preopens a directory with name and permissions of choice: see
    /// [`add_preopen_build`](Self::add_preopen_build).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn preopen_build<F>(mut self, inner: F) -> Result<Self, WasiStateCreationError>
    where
        F: Fn(&mut PreopenDirBuilder) -> &mut PreopenDirBuilder,
    {
        self.add_preopen_build(inner)?;
        Ok(self)
    }

    /// Preopens a directory under another name: see [`add_map_dir`](Self::add_map_dir).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn map_dir<P: AsRef<Path>>(
        mut self,
        alias: &str,
        po_dir: P,
    ) -> Result<Self, WasiStateCreationError> {
        self.add_map_dir(alias, po_dir)?;
        Ok(self)
    }

    /// Preopens directories under other names: see [`add_map_dir`](Self::add_map_dir).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn map_dirs<I, P>(mut self, mapped_dirs: I) -> Result<Self, WasiStateCreationError>
    where
        I: IntoIterator<Item = (String, P)>,
        P: AsRef<Path>,
    {
        mapped_dirs.into_iter().try_for_each(|(alias, dir)| self.add_map_dir(&alias, dir))?;
        Ok(self)
    }

    /// Preopens a directory of any file system under the name `alias`: one in memory ([`MemoryDir`]), an overlay
    /// ([`OverlayDir`]), one for reading only ([`ReadOnly`]), or an embedder's own [`Directory`].
    ///
    /// # Errors
    ///
    /// When the name has a zero byte.
    ///
    /// [`MemoryDir`]: crate::fs::MemoryDir
    /// [`OverlayDir`]: crate::fs::OverlayDir
    pub fn add_map_fs(
        &mut self,
        alias: &str,
        directory: Arc<dyn Directory>,
    ) -> Result<(), WasiStateCreationError> {
        let name = checked_alias(alias.to_owned())?;
        self.preopens.push(Preopen { name, directory, rights: Rights::all() });
        Ok(())
    }

    /// Preopens a directory of any file system: see [`add_map_fs`](Self::add_map_fs).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn map_fs(
        mut self,
        alias: &str,
        directory: Arc<dyn Directory>,
    ) -> Result<Self, WasiStateCreationError> {
        self.add_map_fs(alias, directory)?;
        Ok(self)
    }

    /// Gives the guest a socket that listens or is connected, such as a `TcpListener`: its descriptors follow those of
    /// the directories, in the order in which they are added.
    ///
    /// # Errors
    ///
    /// When it is no socket.
    pub fn add_preopen_socket(
        &mut self,
        socket: impl Into<OwnedFd>,
    ) -> Result<(), WasiStateCreationError> {
        use WasiStateCreationError::WasiFsCreationError as Error;
        let file = HostFile::new(socket).map_err(|error| Error(error.to_string()))?;
        if file.as_socket().is_none() {
            return Err(Error("expected a socket, found another kind of file".to_owned()));
        }
        self.sockets.push(file);
        Ok(())
    }

    /// Gives the guest a socket: see [`add_preopen_socket`](Self::add_preopen_socket).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn preopen_socket(
        mut self,
        socket: impl Into<OwnedFd>,
    ) -> Result<Self, WasiStateCreationError> {
        self.add_preopen_socket(socket)?;
        Ok(self)
    }

    /// Sets the limits of the guest.
    pub fn set_capabilities(&mut self, capabilities: Capabilities) {
        self.capabilities = capabilities;
    }

    /// Sets the limits of the guest.
    pub fn capabilities(mut self, capabilities: Capabilities) -> Self {
        self.set_capabilities(capabilities);
        self
    }

    /// The limits of the guest.
    pub fn capabilities_mut(&mut self) -> &mut Capabilities {
        &mut self.capabilities
    }

    /// Sets the clocks. Without them the guest has those of the system.
    pub fn clocks(mut self, clocks: impl Clocks + 'static) -> Self {
        self.clocks = Some(Box::new(clocks));
        self
    }

    /// Sets the source of random bytes. Without one the guest has that of the system.
    pub fn random(mut self, random: impl Random + 'static) -> Self {
        self.random = Some(Box::new(random));
        self
    }

    /// Makes the state that the guest's system calls work on.
    ///
    /// # Errors
    ///
    /// When an argument or environment variable is malformed, or there are too many directories.
    pub fn build_ctx(self) -> Result<WasiCtx, WasiStateCreationError> {
        let mut ctx =
            WasiCtx { args: self.arg_table()?, env: self.env_table()?, ..WasiCtx::default() };
        ctx.limits = self.capabilities.limits();
        if let Some(limit) = ctx.limits.descriptors {
            ctx.fds = FdTable::with_limit(limit);
        }
        if let Some(clocks) = self.clocks {
            ctx.clocks = clocks;
        }
        if let Some(random) = self.random {
            ctx.random = random;
        }
        let insert = |descriptor| match ctx.fds.insert(descriptor) {
            Ok(_) => Ok(()),
            Err(error) => Err(WasiStateCreationError::WasiFsCreationError(error.to_string())),
        };
        let output = Rights::FILE.difference(Rights::FD_READ);
        for (given, stream, rights) in [
            (self.stdin, StdioStream::Stdin, Rights::FILE.difference(Rights::FD_WRITE)),
            (self.stdout, StdioStream::Stdout, output),
            (self.stderr, StdioStream::Stderr, output),
        ] {
            let file: Arc<dyn VirtualFile> = match given {
                Some(file) => Arc::from(file as Box<dyn VirtualFile>),
                None => Arc::new(HostStdio::new(stream)),
            };
            insert(Descriptor::new(file.clone(), stream_rights(&*file, rights), Rights::empty()))?;
        }
        for Preopen { name, directory, rights } in self.preopens {
            insert(Descriptor::preopen(directory, name, rights))?;
        }
        for socket in self.sockets {
            insert(Descriptor::new(Arc::new(socket), Rights::SOCKET, Rights::empty()))?;
        }
        Ok(ctx)
    }

    fn arg_table(&self) -> Result<StringTable, WasiStateCreationError> {
        let mut table = StringTable::default();
        for arg in &self.args {
            table
                .push(&[arg.as_bytes()])
                .map_err(|_| WasiStateCreationError::ArgumentContainsNulByte(arg.clone()))?;
        }
        Ok(table)
    }

    fn env_table(&self) -> Result<StringTable, WasiStateCreationError> {
        use WasiStateCreationError::EnvironmentVariableFormatError as Malformed;
        let mut table = StringTable::default();
        for (key, value) in &self.envs {
            if key.is_empty() || key.contains('=') {
                return Err(Malformed(format!(
                    "the name must not be empty or have a `=`: {key:?}"
                )));
            }
            table.push(&[key.as_bytes(), b"=", value]).map_err(|error| {
                Malformed(format!("name and value must not have a zero byte: {key:?} ({error})"))
            })?;
        }
        Ok(table)
    }
}

/// The rights of a standard stream. What cannot seek lacks the rights to: a character device without them is what
/// C libraries take for a terminal.
fn stream_rights(file: &dyn VirtualFile, rights: Rights) -> Rights {
    let seeks = file.filetype() == Filetype::RegularFile
        || (file.filetype() == Filetype::CharacterDevice && !is_terminal(file));
    if seeks { rights } else { rights.difference(Rights::FD_SEEK | Rights::FD_TELL) }
}

fn is_terminal(file: &dyn VirtualFile) -> bool {
    use std::io::IsTerminal;
    file.poll_fd().is_some_and(|fd| fd.is_terminal())
}

/// Describes a directory to preopen, with permissions: all are off at first.
#[derive(Debug, Default)]
pub struct PreopenDirBuilder {
    path: Option<PathBuf>,
    alias: Option<String>,
    read: bool,
    write: bool,
    create: bool,
}

impl PreopenDirBuilder {
    /// The directory on the host.
    pub fn directory<P: AsRef<Path>>(&mut self, po_dir: P) -> &mut Self {
        self.path = Some(po_dir.as_ref().to_owned());
        self
    }

    /// The name that the guest sees; without it, that of the host.
    pub fn alias(&mut self, alias: &str) -> &mut Self {
        self.alias = Some(alias.to_owned());
        self
    }

    /// Whether files may be read and directories listed.
    pub fn read(&mut self, toggle: bool) -> &mut Self {
        self.read = toggle;
        self
    }

    /// Whether files and directories may be changed.
    pub fn write(&mut self, toggle: bool) -> &mut Self {
        self.write = toggle;
        self
    }

    /// Whether files and directories may be made.
    pub fn create(&mut self, toggle: bool) -> &mut Self {
        self.create = toggle;
        self
    }

    fn rights(&self) -> Rights {
        let mut rights = Rights::all();
        for (allowed, covered) in [
            (self.read, Rights::FD_READ | Rights::FD_READDIR),
            (self.write, Rights::MODIFYING),
            (self.create, Rights::CREATING),
        ] {
            if !allowed {
                rights = rights.difference(covered);
            }
        }
        rights
    }

    fn build(self) -> Result<Preopen, WasiStateCreationError> {
        use WasiStateCreationError as Error;
        let rights = self.rights();
        if !(self.read || self.write || self.create) {
            let message = "one of read, write and create must be allowed";
            return Err(Error::PreopenedDirectoryError(message.to_owned()));
        }
        let Some(path) = self.path else {
            let message = "the directory on the host must be given";
            return Err(Error::PreopenedDirectoryError(message.to_owned()));
        };
        let name = match self.alias {
            Some(alias) => alias,
            None => utf8(path.as_os_str())?,
        };
        let name = checked_alias(name)?;
        match HostDir::open_ambient(&path) {
            // Rights say what the guest may do, this is what holds whatever it does.
            Ok(directory) if !(self.write || self.create) => {
                let directory = Arc::new(ReadOnly::new(Arc::new(directory)));
                Ok(Preopen { name, directory, rights })
            }
            Ok(directory) => Ok(Preopen { name, directory: Arc::new(directory), rights }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(Error::PreopenedDirectoryNotFound(path))
            }
            Err(error) => {
                Err(Error::PreopenedDirectoryError(format!("{}: {error}", path.display())))
            }
        }
    }
}

/// The guest's name of a directory.
fn checked_alias(name: String) -> Result<String, WasiStateCreationError> {
    if name.contains('\0') {
        return Err(WasiStateCreationError::MappedDirAliasFormattingError(name));
    }
    Ok(name)
}

/// A name on the host as one that the guest can have.
fn utf8(name: &OsStr) -> Result<String, WasiStateCreationError> {
    name.to_str().map(str::to_owned).ok_or_else(|| {
        let message = format!("{}: without an alias, the name must be UTF-8", name.display());
        WasiStateCreationError::PreopenedDirectoryError(message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::{Buffer, Null};
    use crate::types::Errno;

    fn names(ctx: &WasiCtx) -> Vec<String> {
        (3..)
            .map_while(|fd| ctx.fds.get(fd).ok())
            .map(|descriptor| descriptor.preopen_name().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn directories_have_exactly_the_names_given() {
        let dir = tempfile::tempdir().unwrap();
        let host = dir.path().to_str().unwrap();
        let mut builder = WasiEnvBuilder::new("prog").preopen_dir(host).unwrap();
        for alias in [".", "/", "data", "/a/../b/", "", "ä"] {
            builder = builder.map_dir(alias, host).unwrap();
        }
        let ctx = builder.build_ctx().unwrap();
        assert_eq!(names(&ctx), [host, ".", "/", "data", "/a/../b/", "", "ä"]);
    }

    #[test]
    fn bad_directories() {
        use WasiStateCreationError as Error;
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("missing");
        let builder = || WasiEnvBuilder::new("prog");
        assert_eq!(
            builder().preopen_dir(&missing).unwrap_err(),
            Error::PreopenedDirectoryNotFound(missing)
        );
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        for result in [
            builder().preopen_dir(&file),
            builder().preopen_build(|p| p.directory(&dir).alias("x")),
            builder().preopen_build(|p| p.alias("x").read(true)),
        ] {
            assert!(matches!(result.unwrap_err(), Error::PreopenedDirectoryError(_)));
        }
        assert!(matches!(
            builder().map_dir("a\0b", &dir).unwrap_err(),
            Error::MappedDirAliasFormattingError(_)
        ));
    }

    #[test]
    fn malformed_strings() {
        use WasiStateCreationError as Error;
        let builder = || WasiEnvBuilder::new("prog");
        assert!(matches!(
            builder().arg("a\0").build_ctx().unwrap_err(),
            Error::ArgumentContainsNulByte(_)
        ));
        for (key, value) in [("", "v"), ("a=b", "v"), ("a\0", "v"), ("a", "v\0")] {
            assert!(matches!(
                builder().env(key, value).build_ctx().unwrap_err(),
                Error::EnvironmentVariableFormatError(_)
            ));
        }
        let ctx = builder().env("A", "=").env("A", b"\xff").args(["x", ""]).build_ctx().unwrap();
        assert_eq!((ctx.args.count(), ctx.args.size()), (3, 8));
        assert_eq!((ctx.env.count(), ctx.env.size()), (2, 8));
    }

    #[test]
    fn permissions_of_directories() {
        let dir = tempfile::tempdir().unwrap();
        let rights = |read, write, create| {
            let ctx = WasiEnvBuilder::new("prog")
                .preopen_build(|p| p.directory(&dir).read(read).write(write).create(create))
                .unwrap()
                .build_ctx()
                .unwrap();
            ctx.fds.get(3).unwrap().inheriting()
        };
        assert!(rights(true, true, true).contains(Rights::all()));
        let read_only = rights(true, false, false);
        assert!(read_only.contains(Rights::FD_READ | Rights::FD_READDIR | Rights::PATH_OPEN));
        assert!(!read_only.intersects(Rights::MODIFYING | Rights::CREATING));
        assert!(!rights(false, true, false).intersects(Rights::FD_READ | Rights::CREATING));
    }

    #[test]
    fn streams_that_do_not_seek_have_no_right_to() {
        let ctx = WasiEnvBuilder::new("prog")
            .stdin(Box::new(Buffer::new()))
            .stdout(Box::new(crate::fs::Pipe::channel().0))
            .stderr(Box::new(Null))
            .build_ctx()
            .unwrap();
        let rights = |fd| ctx.fds.get(fd).unwrap().rights();
        assert!(rights(0).contains(Rights::FD_READ | Rights::FD_SEEK));
        assert!(!rights(0).intersects(Rights::FD_WRITE));
        assert!(!rights(1).intersects(Rights::FD_READ | Rights::FD_SEEK | Rights::FD_TELL));
        assert!(rights(2).contains(Rights::FD_WRITE | Rights::FD_SEEK));
        assert_eq!(ctx.fds.get(3).unwrap_err(), Errno::Badf);
    }
}
