//! Ways out of the sandbox that other hosts of WASI have had, and those that suggest themselves: none is one.
//!
//! | what was published | the way | test |
//! |---|---|---|
//! | CVE-2023-51661 (wasmer) | files of the host without a directory being given | [`nothing_is_mounted_by_default`] |
//! | CVE-2024-38358 (wasmer) | links of the host, opened to create and write; a crash by links of the guest | [`links_of_the_host_that_lead_out`], [`links_that_the_guest_makes`] |
//! | wazero issue 2321, CVE-2025-43853 (WAMR) | links that the guest makes, also to files that do not exist | [`links_that_the_guest_makes`] |
//! | GHSA-vqjp-4c8c-hfgg (wasmtime), GHSA-hp8f-xmx4-4qrg (cap-std) | slashes at the ends of names and of links | [`slashes_behind_links`] |
//! | CVE-2026-47261 (wasmtime) | truncating what is to be read only | [`read_only_directories_have_no_back_door`] |
//! | GHSA-4ch3-9j33-3pmj (wasmtime) | a second name, or a new one, in a directory that can be written | [`read_only_directories_have_no_back_door`] |
//! | CVE-2025-53901 (wasmtime) | a panic by `fd_renumber` | [`renumbering_and_reuse`] |
//! | CVE-2024-51745, CVE-2024-51756 (wasmtime, cap-std) | names of devices | [`odd_names`] |
//! | CVE-2026-27204 (wasmtime) | descriptors and buffers without bounds | [`descriptors_run_out`], the tests of bad input |
//! | uvwasi and others | a path that begins as the directory's does; changes between check and use | [`directories_with_a_common_prefix`], [`races`] |

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

use super::*;
use crate::WasiEnvBuilder;
use crate::fs::ReadOnly;

const FOLLOW: u32 = 1;
const SECRET: &str = "secret";

/// Makes the root of a guest from the directory that it is in.
type MakeJail = fn(&Path) -> Arc<dyn Directory>;

/// Runs a test in guests that have the directory `inside` of the directory that the test gets, which has a file
/// `secret`, too: plain, as the lower layer of an overlay, and as its upper layer.
fn each_jail(test: impl Fn(&Path, &Guest)) {
    fn host(outside: &Path) -> Arc<dyn Directory> {
        Arc::new(HostDir::open_ambient(outside.join("inside")).unwrap())
    }
    let kinds: [MakeJail; 3] = [
        host,
        |dir| Arc::new(OverlayDir::new(host(dir), Arc::new(MemoryDir::new()))),
        |dir| Arc::new(OverlayDir::new(Arc::new(MemoryDir::new()), host(dir))),
    ];
    for kind in kinds {
        let outside = tempfile::tempdir().unwrap();
        std::fs::create_dir(outside.path().join("inside")).unwrap();
        std::fs::write(outside.path().join(SECRET), SECRET).unwrap();
        let guest = Guest::with_root(|_| kind(outside.path()));
        test(outside.path(), &guest);
        let mut names: Vec<_> =
            std::fs::read_dir(&outside).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["inside", SECRET], "nothing is made outside");
        assert_eq!(std::fs::read(outside.path().join(SECRET)).unwrap(), SECRET.as_bytes());
    }
}

impl Guest {
    fn open_with(&self, dir: Fd, path: &str, oflags: Oflags, rights: Rights) -> Result<Fd, Errno> {
        let len = self.put(PATH, path);
        let path = GuestPath::new(PATH, len);
        let (oflags, rights) = (oflags.bits().into(), rights.bits());
        let all = Rights::all().bits();
        path::path_open(&self.ctx, self.mem(), dir, FOLLOW, path, oflags, rights, all, 0, RESULT)?;
        Ok(self.u32_at(RESULT))
    }

    /// That a path, its last link followed, cannot be opened in any way.
    fn assert_closed(&self, path: &str, error: Errno) {
        let (creat, trunc) = (Oflags::CREAT, Oflags::TRUNC);
        let ways = [
            (Oflags::empty(), Rights::FD_READ),
            (Oflags::empty(), Rights::FILE),
            (creat, Rights::FD_WRITE),
            (trunc, Rights::FD_WRITE),
            (creat | trunc, Rights::FILE),
            (Oflags::DIRECTORY, Rights::DIRECTORY),
        ];
        for (oflags, rights) in ways {
            let result = self.open_with(ROOT, path, oflags, rights);
            // Some hosts look at the slash before they look at the path.
            let slash = path.ends_with('/') && oflags.contains(creat);
            let as_expected = result == Err(error) || slash && result == Err(Errno::Isdir);
            assert!(as_expected, "{path}: {oflags:?} {rights:?}: {result:?}");
        }
        assert_eq!(self.stat(path, FOLLOW), Err(error), "{path}");
    }
}

/// A guest without directories has none: not the root, not the working directory of the host.
#[test]
fn nothing_is_mounted_by_default() {
    let mut guest = Guest::new();
    guest.ctx = WasiEnvBuilder::new("prog").build_ctx().unwrap();
    for fd in 0..3 {
        for path in [".", "/", "Cargo.toml", "/etc/passwd"] {
            let result = guest.open_with(fd, path, Oflags::empty(), Rights::FD_READ);
            assert_eq!(result, Err(Errno::Notdir));
        }
    }
    for fd in 3..100 {
        assert_eq!(guest.ctx.fds.get(fd).unwrap_err(), Errno::Badf);
    }
}

/// Creating and writing went through links that opening for reading did not.
#[test]
fn links_of_the_host_that_lead_out() {
    each_jail(|outside, guest| {
        let inside = outside.join("inside");
        symlink("../secret", inside.join("relative")).unwrap();
        symlink(outside.join(SECRET), inside.join("absolute")).unwrap();
        symlink("../new", inside.join("dangling")).unwrap();
        symlink("..", inside.join("up")).unwrap();
        symlink("up/secret", inside.join("chain")).unwrap();
        symlink("/", inside.join("root")).unwrap();
        symlink("/proc/self/root", inside.join("magic")).unwrap();
        symlink("/proc/self/cwd", inside.join("cwd")).unwrap();
        for path in [
            "relative",
            "absolute",
            "dangling",
            "up",
            "chain",
            "root",
            "magic",
            "cwd",
            "up/secret",
            "up/new",
            "root/etc/passwd",
            "magic/etc/passwd",
            "up/inside/relative",
            "up/",
            "up/.",
            "up//",
            "root/",
            "magic/",
            "./up",
            "up/../inside",
            "relative/..",
        ] {
            guest.assert_closed(path, Errno::Perm);
        }
    });
}

#[test]
fn links_that_the_guest_makes() {
    each_jail(|outside, guest| {
        for target in ["/", "/etc/passwd", "//etc", outside.to_str().unwrap()] {
            assert_eq!(guest.symlink(target, "absolute"), Err(Errno::Perm), "{target}");
        }
        guest.mkdir("a").unwrap();
        guest.mkdir("a/b").unwrap();
        for (target, link) in [
            ("..", "up"),
            ("../secret", "out"),
            ("a/b/../../../secret", "long"),
            ("up/secret", "chain"),
            ("b/up3/secret", "a/through"),
            ("../../..", "a/b/up3"),
            ("../new", "dangling"),
        ] {
            // To make one is allowed, to follow it is not.
            guest.symlink(target, link).unwrap();
        }
        for path in ["up", "out", "long", "chain", "a/through", "a/b/up3", "dangling", "up/secret"]
        {
            guest.assert_closed(path, Errno::Perm);
        }
        // A link that stays inside where it is made, and leads out where it is moved to.
        guest.symlink("../secret", "a/moved").unwrap();
        guest.file(SECRET, "inside");
        guest.stat("a/moved", FOLLOW).unwrap();
        guest.rename("a/moved", "moved").unwrap();
        guest.assert_closed("moved", Errno::Perm);
    });
}

/// A link that leads out has a name with a slash behind it, in a path or in another link: some calls followed it that
/// follow no links.
#[test]
fn slashes_behind_links() {
    each_jail(|outside, guest| {
        let inside = outside.join("inside");
        std::fs::create_dir_all(inside.join("a")).unwrap();
        symlink(outside, inside.join("a/absolute")).unwrap();
        symlink("absolute/", inside.join("a/to-absolute")).unwrap();
        guest.file("harmless", "");
        guest.mkdir("empty").unwrap();
        for (target, link) in [
            ("../..", "a/evil"),
            ("../../", "a/slash"),
            ("evil/", "a/to-evil"),
            ("evil//", "a/twice"),
            ("evil/.", "a/dot"),
            ("a/to-evil/", "chain"),
            ("a/slash/./", "chain2"),
        ] {
            guest.symlink(target, link).unwrap();
        }
        let links = [
            "a/evil",
            "a/slash",
            "a/to-evil",
            "a/twice",
            "a/dot",
            "a/absolute",
            "a/to-absolute",
            "chain",
            "chain2",
        ];
        for link in links {
            for end in
                ["", "/", "//", "/.", "/secret", "/secret/", "/new", "/new/", "/./new", "//new/"]
            {
                guest.assert_out_of_reach(&format!("{link}{end}"));
            }
        }
    });
}

impl Guest {
    /// That no call reaches anything by a path that leads out. (A call may do something to the link itself, if that
    /// is the last component; that it is still there is checked.)
    fn assert_out_of_reach(&self, path: &str) {
        let link = path
            .rsplit('/')
            .next()
            .is_some_and(|last| !matches!(last, "" | "." | "secret" | "new"));
        let follow = |flags: u32| {
            let len = self.put(PATH, path);
            let path = GuestPath::new(PATH, len);
            let (creat, all) = (Oflags::CREAT.bits().into(), Rights::all().bits());
            let (ctx, mem, write) = (&self.ctx, self.mem(), Rights::FILE.bits());
            path::path_open(ctx, mem, ROOT, flags, path, creat, write, all, 0, RESULT)
        };
        let mut results = vec![
            ("open", self.open_with(ROOT, path, Oflags::empty(), Rights::FD_READ).map(drop)),
            ("list", self.open_with(ROOT, path, Oflags::DIRECTORY, Rights::DIRECTORY).map(drop)),
            ("create, following", follow(FOLLOW)),
            ("create", follow(0)),
            ("stat, following", self.stat(path, FOLLOW).map(drop)),
            ("set times, following", self.set_times_of(path)),
            ("mkdir", self.mkdir(path)),
            ("rmdir", self.rmdir(path)),
            ("symlink", self.symlink("harmless", path)),
            ("link to it", self.link("harmless", path)),
        ];
        if !link {
            results.extend([
                ("stat", self.stat(path, 0).map(drop)),
                ("set times", self.set_times(path, 0)),
                ("unlink", self.unlink(path)),
                ("link", self.link(path, "got")),
                ("rename", self.rename(path, "got")),
                ("rename a file to it", self.rename("harmless", path)),
                ("rename a directory to it", self.rename("empty", path)),
                ("readlink", self.readlink(path, 99).map(drop)),
            ]);
        }
        for (call, result) in results {
            assert!(result.is_err(), "{call} {path}");
        }
        assert_eq!(self.stat("got", 0), Err(Errno::Noent), "{path}");
        assert_eq!(self.stat("harmless", 0).unwrap().0, FILE, "{path}");
        assert_eq!(self.stat("empty", 0).unwrap().0, DIRECTORY, "{path}");
    }
}

#[test]
fn directories_with_a_common_prefix() {
    let outside = tempfile::tempdir().unwrap();
    for name in ["inside", "inside-not"] {
        std::fs::create_dir(outside.path().join(name)).unwrap();
        std::fs::write(outside.path().join(name).join(SECRET), name).unwrap();
    }
    let guest = Guest::with_root(|_| {
        Arc::new(HostDir::open_ambient(outside.path().join("inside")).unwrap())
    });
    guest.symlink("../inside-not/secret", "link").unwrap();
    guest.symlink("../inside/secret", "back").unwrap();
    let absolute = outside.path().join("inside/secret");
    for path in [
        "../inside-not/secret",
        "x/../../inside-not/secret",
        "link",
        // Out and in again is out.
        "back",
        "../inside/secret",
        absolute.to_str().unwrap(),
    ] {
        let error = if path.starts_with("x/") { Errno::Noent } else { Errno::Perm };
        guest.assert_closed(path, error);
    }
}

#[test]
fn chains_and_loops_of_links() {
    each_jail(|_, guest| {
        guest.file("end", "");
        guest.symlink("end", "l0").unwrap();
        for index in 1..60 {
            guest.symlink(format!("l{}", index - 1), format!("l{index}")).unwrap();
        }
        guest.stat("l30", FOLLOW).unwrap();
        assert_eq!(guest.stat("l59", FOLLOW), Err(Errno::Loop));
        guest.symlink("b", "a").unwrap();
        guest.symlink("a", "b").unwrap();
        guest.symlink("self/self/self", "self").unwrap();
        for path in ["a", "b", "self", "a/x", "self/x"] {
            guest.assert_closed(path, Errno::Loop);
        }
    });
}

/// The files of the process that the host is.
#[test]
fn magic_links() {
    let mut guest = Guest::new();
    let builder = WasiEnvBuilder::new("prog").map_dir("/", "/proc/self").unwrap();
    guest.ctx = builder.build_ctx().unwrap();
    for path in ["root", "cwd", "exe", "fd/0", "fd/3", "root/etc/passwd", "cwd/Cargo.toml"] {
        let result = guest.open_with(ROOT, path, Oflags::empty(), Rights::FD_READ);
        assert!(result.is_err(), "{path}: {result:?}");
        assert!(guest.stat(path, FOLLOW).is_err(), "{path}");
    }
    assert!(guest.open_with(ROOT, "status", Oflags::empty(), Rights::FD_READ).is_ok());
}

/// Directories that are open do not move the boundary when they are moved themselves.
#[test]
fn directories_that_move() {
    let (outside, _guard) = (tempfile::tempdir().unwrap(), ());
    let inside = outside.path().join("inside");
    std::fs::create_dir_all(inside.join("a/b")).unwrap();
    std::fs::write(outside.path().join(SECRET), SECRET).unwrap();
    let guest = Guest::with_root(|_| Arc::new(HostDir::open_ambient(&inside).unwrap()));
    let fd = guest.open_dir("a/b").unwrap();
    for step in 0..3 {
        match step {
            0 => {}
            1 => guest.rename("a/b", "b").unwrap(),
            // The host moves it out of the directory that the guest has.
            _ => std::fs::rename(inside.join("b"), outside.path().join("b")).unwrap(),
        }
        for path in ["..", "../secret", "../..", "../../secret", "x/../../secret"] {
            let result = guest.open_with(fd, path, Oflags::empty(), Rights::FD_READ);
            assert!(matches!(result, Err(Errno::Perm | Errno::Noent)), "{step} {path}: {result:?}");
        }
    }
}

/// Between the check of a path and its use, the host (or another guest) puts a link in place of a directory.
#[test]
fn races() {
    each_jail(|outside, guest| {
        let inside = outside.join("inside");
        let (place, real, link) = (inside.join("d"), inside.join("real"), inside.join("link"));
        std::fs::create_dir(&place).unwrap();
        std::fs::write(place.join(SECRET), "harmless").unwrap();
        symlink("..", &link).unwrap();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Relaxed) {
                    std::fs::rename(&place, &real).unwrap();
                    std::fs::rename(&link, &place).unwrap();
                    std::fs::rename(&place, &link).unwrap();
                    std::fs::rename(&real, &place).unwrap();
                }
            });
            let start = Instant::now();
            while start.elapsed() < Duration::from_millis(150) {
                let read = guest.open_with(ROOT, "d/secret", Oflags::empty(), Rights::FD_READ);
                if let Ok(fd) = read {
                    assert_eq!(guest.read(fd, 99).unwrap(), b"harmless");
                    fd::fd_close(&guest.ctx, fd).unwrap();
                }
                let made = guest.open_with(ROOT, "d/new", Oflags::CREAT, Rights::FD_WRITE);
                if let Ok(fd) = made {
                    fd::fd_close(&guest.ctx, fd).unwrap();
                }
                let _ = guest.mkdir("d/dir");
                let _ = guest.rename("d/new", "d/other");
                let _ = guest.link("d/secret", "d/linked");
                let _ = guest.symlink("x", "d/symlink");
                let _ = guest.unlink("d/symlink");
                let _ = guest.set_times_of("d/secret");
            }
            stop.store(true, Relaxed);
        });
    });
}

impl Guest {
    fn set_times_of(&self, path: &str) -> Result<(), Errno> {
        let len = self.put(PATH, path);
        let path = GuestPath::new(PATH, len);
        path::path_filestat_set_times(&self.ctx, self.mem(), ROOT, FOLLOW, path, 5, 6, 0b101)
    }
}

/// A descriptor in the place of a preopened directory or a standard stream is only itself.
#[test]
fn renumbering_and_reuse() {
    each_jail(|_, guest| {
        guest.file("f", "contents");
        let file = guest.open("f", Oflags::empty()).unwrap();
        // Standard output is closed; what takes its number is a file, and the host's stream is left alone.
        fd::fd_close(&guest.ctx, 1).unwrap();
        assert_eq!(guest.open("f", Oflags::empty()), Ok(1));
        guest.write(1, b"CONTENTS").unwrap();
        assert_eq!(guest.stdout.contents(), b"");
        assert_eq!(guest.read(file, 99).unwrap(), b"CONTENTS");

        let dir = guest.open_dir(".").unwrap();
        fd::fd_renumber(&guest.ctx, file, ROOT).unwrap();
        assert_eq!(guest.open("f", Oflags::empty()), Err(Errno::Notdir));
        let prestat = fd::fd_prestat_get(&guest.ctx, guest.mem(), ROOT, RESULT);
        assert_eq!(prestat, Err(Errno::Badf), "the name of the directory is gone with it");
        assert_eq!(fd::fd_renumber(&guest.ctx, dir, 1 << 31), Err(Errno::Badf));
        assert_eq!(fd::fd_renumber(&guest.ctx, u32::MAX, dir), Err(Errno::Badf));
        fd::fd_renumber(&guest.ctx, dir, ROOT).unwrap();
        let above = guest.open_with(ROOT, "..", Oflags::DIRECTORY, Rights::DIRECTORY);
        assert_eq!(above, Err(Errno::Perm));
    });
}

/// Rights that the directory does not pass on cannot be had by opening it anew, through another one, or by moving files.
#[test]
fn read_only_directories_have_no_back_door() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("f"), "contents").unwrap();
    std::fs::create_dir(outside.path().join("d")).unwrap();
    symlink("f", outside.path().join("l")).unwrap();
    let writable = tempfile::tempdir().unwrap();
    let mut guest = Guest::new();
    let builder = WasiEnvBuilder::new("prog")
        .preopen_build(|dir| dir.directory(&outside).alias("ro").read(true))
        .unwrap()
        .map_dir("rw", &writable)
        .unwrap();
    guest.ctx = builder.build_ctx().unwrap();
    let (ctx, rw) = (&guest.ctx, 4);
    let again = guest.open_with(ROOT, ".", Oflags::DIRECTORY, Rights::all()).unwrap_err();
    assert_eq!(again, Errno::Notcapable);
    let all_but_write = Rights::all().difference(Rights::FD_WRITE);
    let again = guest.open_with(ROOT, ".", Oflags::DIRECTORY, all_but_write).unwrap();
    let below = guest.open_with(again, "d", Oflags::DIRECTORY, all_but_write).unwrap();
    for dir in [ROOT, again, below] {
        for (path, oflags) in [
            ("f", Oflags::TRUNC),
            ("../f", Oflags::TRUNC),
            ("l", Oflags::TRUNC),
            ("g", Oflags::CREAT),
        ] {
            assert!(guest.open_with(dir, path, oflags, all_but_write).is_err(), "{dir} {path}");
        }
    }
    let file = guest.open_with(again, "f", Oflags::empty(), all_but_write).unwrap();
    assert_eq!(guest.write(file, b"x"), Err(Errno::Notcapable));
    assert_eq!(fd::fd_filestat_set_size(ctx, file, 0), Err(Errno::Notcapable));
    assert_eq!(fd::fd_allocate(ctx, file, 0, 99), Err(Errno::Notcapable));
    assert_eq!(fd::fd_filestat_set_times(ctx, file, 0, 0, 0b1010), Err(Errno::Notcapable));
    let (from, to) = (guest.put(PATH, "f"), guest.put(PATH2, "f"));
    let (from, to) = (GuestPath::new(PATH, from), GuestPath::new(PATH2, to));
    for (a, b) in [(again, rw), (rw, again)] {
        assert!(path::path_rename(ctx, guest.mem(), a, from, b, to).is_err());
        // A second name in a directory that can be written would be a way to write.
        assert!(path::path_link(ctx, guest.mem(), a, 0, from, b, to).is_err());
    }
    assert_eq!(std::fs::read(outside.path().join("f")).unwrap(), b"contents");
    assert_eq!(std::fs::read_dir(&writable).unwrap().count(), 0);

    // The wrapper holds when the descriptor has every right.
    let host = Arc::new(HostDir::open_ambient(&outside).unwrap());
    let root = Descriptor::preopen(Arc::new(ReadOnly::new(host)), "ro", Rights::all());
    let fd = ctx.fds.insert(root).unwrap();
    for oflags in [Oflags::empty(), Oflags::CREAT, Oflags::TRUNC] {
        assert_eq!(guest.open_with(fd, "f", oflags, Rights::all()), Err(Errno::Rofs));
    }
    let (from, to) = (guest.put(PATH, "f"), guest.put(PATH2, "f"));
    let (from, to) = (GuestPath::new(PATH, from), GuestPath::new(PATH2, to));
    assert_eq!(path::path_link(ctx, guest.mem(), fd, 0, from, rw, to), Err(Errno::Rofs));
}

/// Names that mean something elsewhere, and names of the host that no guest can pass.
#[test]
fn odd_names() {
    each_jail(|outside, guest| {
        for name in ["COM1", "COM\u{b9}", "NUL", "c:", "a\\..\\..\\secret", "...", "~", "%2e%2e"] {
            guest.file(name, "x");
            assert_eq!(guest.stat(name, 0).unwrap().0, FILE, "{name}");
        }
        assert_eq!(guest.stat("a\\..\\..\\secret/x", 0), Err(Errno::Notdir));
        use std::os::unix::ffi::OsStrExt;
        let odd = std::ffi::OsStr::from_bytes(b"\xff\xfe");
        std::fs::write(outside.join("inside").join(odd), "").unwrap();
        assert_eq!(guest.stat(b"\xff\xfe", 0), Err(Errno::Ilseq));
        let fd = guest.open_dir(".").unwrap();
        fd::fd_readdir(&guest.ctx, guest.mem(), fd, DATA, 0x4000, 0, RESULT).unwrap();
        let listing = guest.bytes(DATA, guest.u32_at(RESULT) as usize);
        assert!(listing.windows(2).any(|bytes| bytes == b"\xff\xfe"));
        for path in ["secret\0", "\0", "../secret\0", "x\0/../../secret"] {
            guest.assert_closed(path, Errno::Inval);
        }
        assert_eq!(guest.stat("a/".repeat(5000), 0), Err(Errno::Nametoolong));
    });
}

#[test]
fn descriptors_run_out() {
    let mut guest = Guest::new();
    let mut builder = WasiEnvBuilder::new("prog").map_fs("/", Arc::new(MemoryDir::new())).unwrap();
    builder.capabilities_mut().max_descriptors = Some(10);
    guest.ctx = builder.build_ctx().unwrap();
    for fd in 4..10 {
        assert_eq!(guest.open("f", Oflags::CREAT), Ok(fd));
    }
    assert_eq!(guest.open("f", Oflags::CREAT), Err(Errno::Mfile));
    fd::fd_close(&guest.ctx, 5).unwrap();
    assert_eq!(guest.open("f", Oflags::CREAT), Ok(5));
}
