//! The table of system calls.
//!
//! [`for_each_syscall`] lists all calls, a row each: the name that modules import, the function that implements
//! it with what that function takes besides the parameters (the context, the memory, the interface version), and
//! the parameters with their types. What must exist for every call is made from it: the functions that modules
//! import, and the tests that call each with bad input.

/// Calls `$reader!` with the table of system calls. A `ptr` is an address, which the implementation takes widened
/// to 64 bits; a `path` is an address and a length, which it takes as one. Those of `only_preview1` do not exist
/// in `wasi_unstable`.
macro_rules! for_each_syscall {
    ($reader:ident) => {
        $reader! {
            both {
                args_get = environ::args_get(ctx mem)(argv: ptr, argv_buf: ptr);
                args_sizes_get = environ::args_sizes_get(ctx mem)(count: ptr, size: ptr);
                environ_get = environ::environ_get(ctx mem)(environ: ptr, environ_buf: ptr);
                environ_sizes_get = environ::environ_sizes_get(ctx mem)(count: ptr, size: ptr);
                clock_res_get = clock::clock_res_get(ctx mem)(clock: u32, resolution: ptr);
                clock_time_get = clock::clock_time_get(ctx mem)(clock: u32, precision: u64, time: ptr);
                fd_advise = fd::fd_advise(ctx)(fd: u32, offset: u64, len: u64, advice: u32);
                fd_allocate = fd::fd_allocate(ctx)(fd: u32, offset: u64, len: u64);
                fd_close = fd::fd_close(ctx)(fd: u32);
                fd_datasync = fd::fd_datasync(ctx)(fd: u32);
                fd_fdstat_get = fd::fd_fdstat_get(ctx mem)(fd: u32, stat: ptr);
                fd_fdstat_set_flags = fd::fd_fdstat_set_flags(ctx)(fd: u32, flags: u32);
                fd_fdstat_set_rights = fd::fd_fdstat_set_rights(ctx)(fd: u32, base: u64, inheriting: u64);
                fd_filestat_get = fd::fd_filestat_get(ctx mem abi)(fd: u32, stat: ptr);
                fd_filestat_set_size = fd::fd_filestat_set_size(ctx)(fd: u32, size: u64);
                fd_filestat_set_times = fd::fd_filestat_set_times(ctx)(
                    fd: u32, atim: u64, mtim: u64, flags: u32);
                fd_pread = fd_io::fd_pread(ctx mem)(
                    fd: u32, iovs: ptr, iovs_len: u32, offset: u64, nread: ptr);
                fd_prestat_get = fd::fd_prestat_get(ctx mem)(fd: u32, stat: ptr);
                fd_prestat_dir_name = fd::fd_prestat_dir_name(ctx mem)(fd: u32, path: ptr, path_len: u32);
                fd_pwrite = fd_io::fd_pwrite(ctx mem)(
                    fd: u32, iovs: ptr, iovs_len: u32, offset: u64, nwritten: ptr);
                fd_read = fd_io::fd_read(ctx mem)(fd: u32, iovs: ptr, iovs_len: u32, nread: ptr);
                fd_readdir = fd::fd_readdir(ctx mem)(
                    fd: u32, buf: ptr, buf_len: u32, cookie: u64, used: ptr);
                fd_renumber = fd::fd_renumber(ctx)(from: u32, to: u32);
                fd_seek = fd_io::fd_seek(ctx mem abi)(fd: u32, offset: i64, whence: u32, position: ptr);
                fd_sync = fd::fd_sync(ctx)(fd: u32);
                fd_tell = fd_io::fd_tell(ctx mem)(fd: u32, position: ptr);
                fd_write = fd_io::fd_write(ctx mem)(fd: u32, iovs: ptr, iovs_len: u32, nwritten: ptr);
                path_create_directory = path::path_create_directory(ctx mem)(
                    fd: u32, path + path_len: path);
                path_filestat_get = path::path_filestat_get(ctx mem abi)(
                    fd: u32, flags: u32, path + path_len: path, stat: ptr);
                path_filestat_set_times = path::path_filestat_set_times(ctx mem)(
                    fd: u32, flags: u32, path + path_len: path, atim: u64, mtim: u64, fst_flags: u32);
                path_link = path::path_link(ctx mem)(
                    old_fd: u32, old_flags: u32, old_path + old_path_len: path,
                    new_fd: u32, new_path + new_path_len: path);
                path_open = path::path_open(ctx mem)(
                    fd: u32, flags: u32, path + path_len: path, oflags: u32,
                    rights_base: u64, rights_inheriting: u64, fdflags: u32, opened: ptr);
                path_readlink = path::path_readlink(ctx mem)(
                    fd: u32, path + path_len: path, buf: ptr, buf_len: u32, used: ptr);
                path_remove_directory = path::path_remove_directory(ctx mem)(
                    fd: u32, path + path_len: path);
                path_rename = path::path_rename(ctx mem)(
                    old_fd: u32, old_path + old_path_len: path,
                    new_fd: u32, new_path + new_path_len: path);
                path_symlink = path::path_symlink(ctx mem)(
                    contents + contents_len: path, fd: u32, path + path_len: path);
                path_unlink_file = path::path_unlink_file(ctx mem)(fd: u32, path + path_len: path);
                poll_oneoff = poll::poll_oneoff(ctx mem abi)(
                    input: ptr, output: ptr, nsubscriptions: u32, nevents: ptr);
                random_get = environ::random_get(ctx mem)(buf: ptr, len: u32);
                sched_yield = proc::sched_yield()();
                sock_recv = sock::sock_recv(ctx mem)(
                    fd: u32, data: ptr, data_len: u32, flags: u32, received: ptr, received_flags: ptr);
                sock_send = sock::sock_send(ctx mem)(
                    fd: u32, data: ptr, data_len: u32, flags: u32, sent: ptr);
                sock_shutdown = sock::sock_shutdown(ctx)(fd: u32, how: u32);
            }
            only_preview1 {
                sock_accept = sock::sock_accept(ctx mem)(fd: u32, flags: u32, opened: ptr);
            }
        }
    };
}

/// The type of a parameter as the engine passes it.
macro_rules! abi_type {
    (ptr) => {
        u32
    };
    (path) => {
        u32
    };
    ($other:ident) => {
        $other
    };
}

/// A parameter as an implementation takes it.
macro_rules! argument {
    ($name:ident $len:ident: path) => {
        GuestPath::new(u64::from($name), $len)
    };
    ($name:ident: ptr) => {
        u64::from($name)
    };
    ($name:ident: $other:ident) => {
        $name
    };
}

/// Whether a group of the table belongs to a namespace.
#[cfg(feature = "sys")]
macro_rules! in_namespace {
    (both, $unstable:expr) => {
        true
    };
    (only_preview1, $unstable:expr) => {
        !$unstable
    };
}

#[cfg(feature = "sys")]
pub(crate) use in_namespace;
pub(crate) use {abi_type, argument, for_each_syscall};
