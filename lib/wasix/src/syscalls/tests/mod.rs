//! Tests of the system calls, called the way a guest calls them: with numbers and a memory.

mod arguments;
mod bad_input;
mod descriptors;
mod file_systems;
mod interrupted;
mod lockstep;
mod paths;
mod sandbox;
mod transfers;
mod waiting;

use std::cell::Cell;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::ctx::WasiCtx;
use crate::fd_table::Descriptor;
use crate::fs::{Buffer, Directory, HostDir, MemoryDir, OverlayDir, VirtualFile};
use crate::memory::{GuestMemory, GuestPath};
use crate::types::{Abi, Fd, Filetype, Oflags, Rights};

/// Where the harness puts things in guest memory.
const RESULT: u64 = 0x100;
const IOVS: u64 = 0x200;
const PATH: u64 = 0x1000;
const PATH2: u64 = 0x2800;
const DATA: u64 = 0x8000;
const SIZE: usize = 0x20000;

/// An address outside of the memory.
const WILD: u64 = 0xffff_fff0;

/// The preopened directory.
const ROOT: Fd = 3;

/// A guest with a directory of its own, preopened as `/`, and buffers for standard streams.
struct Guest {
    ctx: WasiCtx,
    cells: Vec<Cell<u8>>,
    dir: TempDir,
    stdin: Buffer,
    stdout: Buffer,
}

/// Makes the root of a guest, with a directory of the host for it.
type MakeRoot = fn(&TempDir) -> Arc<dyn Directory>;

/// Runs a test in a guest of every file system.
fn each(test: impl Fn(&Guest)) {
    let kinds: [(&str, MakeRoot); 4] = [
        ("host", |dir| Arc::new(HostDir::open_ambient(dir).unwrap())),
        ("memory", |_| Arc::new(MemoryDir::new())),
        ("overlay, upper layer in memory", |dir| {
            let lower = Arc::new(HostDir::open_ambient(dir).unwrap());
            Arc::new(OverlayDir::new(lower, Arc::new(MemoryDir::new())))
        }),
        ("overlay, upper layer of the host", |dir| {
            let upper = Arc::new(HostDir::open_ambient(dir).unwrap());
            Arc::new(OverlayDir::new(Arc::new(MemoryDir::new()), upper))
        }),
    ];
    for (kind, root) in kinds {
        eprintln!("file system: {kind}");
        test(&Guest::with_root(root));
    }
}

impl Guest {
    fn new() -> Self {
        Self::with_root(|dir| Arc::new(HostDir::open_ambient(dir).unwrap()))
    }

    fn with_root(root: impl Fn(&TempDir) -> Arc<dyn Directory>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let guest = Self {
            ctx: WasiCtx::default(),
            cells: vec![Cell::new(0); SIZE],
            stdin: Buffer::new(),
            stdout: Buffer::new(),
            dir,
        };
        guest.add(Arc::new(guest.stdin.clone()), Rights::FD_READ);
        guest.add(Arc::new(guest.stdout.clone()), Rights::FD_WRITE);
        guest.add(Arc::new(Buffer::new()), Rights::FD_WRITE);
        let root = Descriptor::preopen(root(&guest.dir), "/", Rights::all());
        guest.ctx.fds.insert(root).unwrap();
        guest
    }

    fn add(&self, file: Arc<dyn VirtualFile>, rights: Rights) -> Fd {
        self.ctx.fds.insert(Descriptor::new(file, rights, Rights::empty())).unwrap()
    }

    fn mem(&self) -> GuestMemory<'_> {
        GuestMemory::from_cells(&self.cells)
    }

    fn bytes(&self, at: u64, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.mem().read(at, &mut bytes).unwrap();
        bytes
    }

    fn u32_at(&self, at: u64) -> u32 {
        self.mem().read_u32(at).unwrap()
    }

    fn u64_at(&self, at: u64) -> u64 {
        u64::from_le_bytes(self.bytes(at, 8).try_into().unwrap())
    }

    /// Puts a string into memory; returns its length.
    fn put(&self, at: u64, string: impl AsRef<[u8]>) -> u32 {
        self.mem().write(at, string.as_ref()).unwrap();
        string.as_ref().len() as u32
    }

    /// Puts one iovec into memory.
    fn iov(&self, buf: u64, len: u32) {
        self.mem().write_u32(IOVS, buf as u32).unwrap();
        self.mem().write_u32(IOVS + 4, len).unwrap();
    }

    fn open_at(
        &self,
        dir: Fd,
        path: impl AsRef<[u8]>,
        oflags: Oflags,
        rights: Rights,
    ) -> Result<Fd, Errno> {
        let len = self.put(PATH, path);
        let (oflags, inheriting) = (oflags.bits().into(), Rights::all().bits());
        path::path_open(
            &self.ctx,
            self.mem(),
            dir,
            0,
            GuestPath::new(PATH, len),
            oflags,
            rights.bits(),
            inheriting,
            0,
            RESULT,
        )?;
        Ok(self.u32_at(RESULT))
    }

    /// Opens with all rights to read and write.
    fn open(&self, path: &str, oflags: Oflags) -> Result<Fd, Errno> {
        self.open_at(ROOT, path, oflags, Rights::FILE)
    }

    fn open_dir(&self, path: &str) -> Result<Fd, Errno> {
        self.open_at(ROOT, path, Oflags::DIRECTORY, Rights::DIRECTORY)
    }

    fn write(&self, fd: Fd, data: &[u8]) -> Result<u32, Errno> {
        let len = self.put(DATA, data);
        self.iov(DATA, len);
        fd_io::fd_write(&self.ctx, self.mem(), fd, IOVS, 1, RESULT)?;
        Ok(self.u32_at(RESULT))
    }

    fn read(&self, fd: Fd, len: u32) -> Result<Vec<u8>, Errno> {
        self.iov(DATA, len);
        fd_io::fd_read(&self.ctx, self.mem(), fd, IOVS, 1, RESULT)?;
        Ok(self.bytes(DATA, self.u32_at(RESULT) as usize))
    }

    fn seek(&self, fd: Fd, offset: i64, whence: u32) -> Result<u64, Errno> {
        fd_io::fd_seek(&self.ctx, self.mem(), Abi::Preview1, fd, offset, whence, RESULT)?;
        Ok(self.u64_at(RESULT))
    }

    fn tell(&self, fd: Fd) -> Result<u64, Errno> {
        fd_io::fd_tell(&self.ctx, self.mem(), fd, RESULT)?;
        Ok(self.u64_at(RESULT))
    }

    fn mkdir(&self, path: impl AsRef<[u8]>) -> Result<(), Errno> {
        let len = self.put(PATH, path);
        path::path_create_directory(&self.ctx, self.mem(), ROOT, GuestPath::new(PATH, len))
    }

    fn rmdir(&self, path: impl AsRef<[u8]>) -> Result<(), Errno> {
        let len = self.put(PATH, path);
        path::path_remove_directory(&self.ctx, self.mem(), ROOT, GuestPath::new(PATH, len))
    }

    fn unlink(&self, path: impl AsRef<[u8]>) -> Result<(), Errno> {
        let len = self.put(PATH, path);
        path::path_unlink_file(&self.ctx, self.mem(), ROOT, GuestPath::new(PATH, len))
    }

    fn symlink(&self, contents: impl AsRef<[u8]>, path: impl AsRef<[u8]>) -> Result<(), Errno> {
        let contents_len = self.put(PATH2, contents);
        let len = self.put(PATH, path);
        path::path_symlink(
            &self.ctx,
            self.mem(),
            GuestPath::new(PATH2, contents_len),
            ROOT,
            GuestPath::new(PATH, len),
        )
    }

    fn readlink(&self, path: impl AsRef<[u8]>, buf_len: u32) -> Result<Vec<u8>, Errno> {
        let len = self.put(PATH, path);
        path::path_readlink(
            &self.ctx,
            self.mem(),
            ROOT,
            GuestPath::new(PATH, len),
            DATA,
            buf_len,
            RESULT,
        )?;
        Ok(self.bytes(DATA, self.u32_at(RESULT) as usize))
    }

    fn rename(&self, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) -> Result<(), Errno> {
        let from_len = self.put(PATH, from);
        let to_len = self.put(PATH2, to);
        path::path_rename(
            &self.ctx,
            self.mem(),
            ROOT,
            GuestPath::new(PATH, from_len),
            ROOT,
            GuestPath::new(PATH2, to_len),
        )
    }

    fn link(&self, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) -> Result<(), Errno> {
        let from_len = self.put(PATH, from);
        let to_len = self.put(PATH2, to);
        path::path_link(
            &self.ctx,
            self.mem(),
            ROOT,
            0,
            GuestPath::new(PATH, from_len),
            ROOT,
            GuestPath::new(PATH2, to_len),
        )
    }

    /// The attributes of a path: type, links, size, modification time.
    fn stat(&self, path: impl AsRef<[u8]>, flags: u32) -> Result<(u8, u64, u64, u64), Errno> {
        let len = self.put(PATH, path);
        path::path_filestat_get(
            &self.ctx,
            self.mem(),
            Abi::Preview1,
            ROOT,
            flags,
            GuestPath::new(PATH, len),
            RESULT,
        )?;
        let bytes = self.bytes(RESULT, 64);
        Ok((
            bytes[16],
            self.u64_at(RESULT + 24),
            self.u64_at(RESULT + 32),
            self.u64_at(RESULT + 48),
        ))
    }

    /// A file on the host with contents, below the preopened directory.
    fn host_file(&self, name: &str, contents: &str) {
        std::fs::write(self.dir.path().join(name), contents).unwrap();
    }

    /// A file with contents, made by the guest.
    fn file(&self, name: &str, contents: &str) {
        let fd = self.open(name, Oflags::CREAT | Oflags::EXCL).unwrap();
        self.write(fd, contents.as_bytes()).unwrap();
        fd::fd_close(&self.ctx, fd).unwrap();
    }
}

const FILE: u8 = Filetype::RegularFile as u8;
const DIRECTORY: u8 = Filetype::Directory as u8;
const SYMLINK: u8 = Filetype::SymbolicLink as u8;

/// Descriptors that are not open.
const CLOSED: [Fd; 4] = [77, 1 << 16, 1 << 31, u32::MAX];

#[test]
fn every_call_refuses_closed_descriptors() {
    let guest = Guest::new();
    let (ctx, mem) = (&guest.ctx, guest.mem());
    let len = guest.put(PATH, "x");
    let path = GuestPath::new(PATH, len);
    for fd in CLOSED {
        let results = [
            fd::fd_advise(ctx, fd, 0, 0, 0),
            fd::fd_allocate(ctx, fd, 0, 0),
            fd::fd_close(ctx, fd),
            fd::fd_datasync(ctx, fd),
            fd::fd_sync(ctx, fd),
            fd::fd_fdstat_get(ctx, mem, fd, RESULT),
            fd::fd_fdstat_set_flags(ctx, fd, 0),
            fd::fd_fdstat_set_rights(ctx, fd, 0, 0),
            fd::fd_filestat_get(ctx, mem, Abi::Preview1, fd, RESULT),
            fd::fd_filestat_set_size(ctx, fd, 0),
            fd::fd_filestat_set_times(ctx, fd, 0, 0, 0),
            fd::fd_prestat_get(ctx, mem, fd, RESULT),
            fd::fd_prestat_dir_name(ctx, mem, fd, DATA, 9),
            fd::fd_readdir(ctx, mem, fd, DATA, 9, 0, RESULT),
            fd::fd_renumber(ctx, fd, ROOT),
            fd::fd_renumber(ctx, ROOT, fd),
            fd_io::fd_read(ctx, mem, fd, IOVS, 0, RESULT),
            fd_io::fd_write(ctx, mem, fd, IOVS, 0, RESULT),
            fd_io::fd_pread(ctx, mem, fd, IOVS, 0, 0, RESULT),
            fd_io::fd_pwrite(ctx, mem, fd, IOVS, 0, 0, RESULT),
            fd_io::fd_seek(ctx, mem, Abi::Preview1, fd, 0, 1, RESULT),
            fd_io::fd_tell(ctx, mem, fd, RESULT),
            path::path_create_directory(ctx, mem, fd, path),
            path::path_filestat_get(ctx, mem, Abi::Unstable, fd, 0, path, RESULT),
            path::path_filestat_set_times(ctx, mem, fd, 0, path, 0, 0, 0),
            path::path_link(ctx, mem, fd, 0, path, ROOT, path),
            path::path_link(ctx, mem, ROOT, 0, path, fd, path),
            path::path_open(ctx, mem, fd, 0, path, 0, 0, 0, 0, RESULT),
            path::path_readlink(ctx, mem, fd, path, DATA, 9, RESULT),
            path::path_remove_directory(ctx, mem, fd, path),
            path::path_rename(ctx, mem, fd, path, ROOT, path),
            path::path_rename(ctx, mem, ROOT, path, fd, path),
            path::path_symlink(ctx, mem, path, fd, path),
            path::path_unlink_file(ctx, mem, fd, path),
            sock::sock_accept(ctx, mem, fd, 0, RESULT),
            sock::sock_recv(ctx, mem, fd, IOVS, 0, 0, RESULT, RESULT),
            sock::sock_send(ctx, mem, fd, IOVS, 0, 0, RESULT),
            sock::sock_shutdown(ctx, fd, 1),
        ];
        for (index, result) in results.into_iter().enumerate() {
            assert_eq!(result, Err(Errno::Badf), "call {index}, descriptor {fd}");
        }
    }
}

#[test]
fn every_call_refuses_wild_addresses() {
    let guest = Guest::new();
    guest.host_file("f", "contents");
    let file = guest.open("f", Oflags::empty()).unwrap();
    let (ctx, mem) = (&guest.ctx, guest.mem());
    guest.put(DATA, "g");
    let len = guest.put(PATH, "f");
    let path = GuestPath::new(PATH, len);
    let all = Rights::all().bits();
    guest.iov(DATA, 4);
    let results = [
        environ::args_sizes_get(ctx, mem, WILD, RESULT),
        environ::args_sizes_get(ctx, mem, RESULT, WILD),
        environ::environ_sizes_get(ctx, mem, WILD, RESULT),
        environ::environ_sizes_get(ctx, mem, RESULT, WILD),
        environ::random_get(ctx, mem, WILD, 16),
        environ::random_get(ctx, mem, 16, u32::MAX),
        clock::clock_res_get(ctx, mem, 0, WILD),
        clock::clock_time_get(ctx, mem, 0, 0, WILD),
        fd::fd_fdstat_get(ctx, mem, file, WILD),
        fd::fd_filestat_get(ctx, mem, Abi::Preview1, file, WILD),
        fd::fd_filestat_get(ctx, mem, Abi::Unstable, file, SIZE as u64 - 55),
        fd::fd_prestat_get(ctx, mem, ROOT, WILD),
        fd::fd_prestat_dir_name(ctx, mem, ROOT, WILD, 10),
        fd::fd_readdir(ctx, mem, ROOT, WILD, 100, 0, RESULT),
        fd::fd_readdir(ctx, mem, ROOT, DATA, u32::MAX, 0, RESULT),
        fd::fd_readdir(ctx, mem, ROOT, DATA, 100, 0, WILD),
        fd_io::fd_read(ctx, mem, file, WILD, 1, RESULT),
        fd_io::fd_read(ctx, mem, file, IOVS, u32::MAX, RESULT),
        fd_io::fd_read(ctx, mem, file, IOVS, 1, WILD),
        fd_io::fd_write(ctx, mem, file, WILD, 1, RESULT),
        fd_io::fd_write(ctx, mem, file, IOVS, 1, WILD),
        fd_io::fd_pread(ctx, mem, file, IOVS, 1, 0, WILD),
        fd_io::fd_pwrite(ctx, mem, file, IOVS, 1, 0, WILD),
        fd_io::fd_seek(ctx, mem, Abi::Preview1, file, 3, 0, WILD),
        fd_io::fd_tell(ctx, mem, file, WILD),
        path::path_create_directory(ctx, mem, ROOT, GuestPath::new(WILD, 20)),
        path::path_filestat_get(ctx, mem, Abi::Preview1, ROOT, 0, path, WILD),
        path::path_filestat_get(ctx, mem, Abi::Preview1, ROOT, 0, GuestPath::new(WILD, 20), RESULT),
        path::path_filestat_set_times(ctx, mem, ROOT, 0, GuestPath::new(WILD, 20), 0, 0, 0),
        path::path_link(ctx, mem, ROOT, 0, path, ROOT, GuestPath::new(WILD, 20)),
        path::path_link(ctx, mem, ROOT, 0, GuestPath::new(WILD, 20), ROOT, GuestPath::new(DATA, 1)),
        path::path_open(ctx, mem, ROOT, 0, path, 0, all, all, 0, WILD),
        path::path_open(ctx, mem, ROOT, 0, GuestPath::new(WILD, 20), 0, all, all, 0, RESULT),
        path::path_readlink(ctx, mem, ROOT, path, WILD, 20, RESULT),
        path::path_readlink(ctx, mem, ROOT, path, DATA, 20, WILD),
        path::path_remove_directory(ctx, mem, ROOT, GuestPath::new(WILD, 20)),
        path::path_rename(ctx, mem, ROOT, path, ROOT, GuestPath::new(WILD, 20)),
        path::path_rename(ctx, mem, ROOT, GuestPath::new(WILD, 20), ROOT, GuestPath::new(DATA, 1)),
        path::path_symlink(ctx, mem, GuestPath::new(WILD, 20), ROOT, GuestPath::new(DATA, 1)),
        path::path_symlink(ctx, mem, path, ROOT, GuestPath::new(WILD, 20)),
        path::path_unlink_file(ctx, mem, ROOT, GuestPath::new(WILD, 20)),
        poll::poll_oneoff(ctx, mem, Abi::Preview1, WILD, DATA, 1, RESULT),
        poll::poll_oneoff(ctx, mem, Abi::Preview1, DATA, WILD, 1, RESULT),
        poll::poll_oneoff(ctx, mem, Abi::Preview1, DATA, DATA, 1, WILD),
        sock::sock_accept(ctx, mem, file, 0, WILD),
        sock::sock_recv(ctx, mem, file, IOVS, 1, 0, WILD, RESULT),
        sock::sock_send(ctx, mem, file, IOVS, 1, 0, WILD),
    ];
    for (index, result) in results.into_iter().enumerate() {
        assert_eq!(result, Err(Errno::Fault), "call {index}");
    }
    // Nothing was done: the position, the contents and the descriptors are as before.
    assert_eq!(guest.tell(file), Ok(0));
    assert_eq!(std::fs::read_to_string(guest.dir.path().join("f")).unwrap(), "contents");
    assert_eq!(guest.open("f", Oflags::empty()), Ok(file + 1));
}
