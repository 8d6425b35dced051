//! Paths: what they lead to, and that they lead nowhere else.

use super::*;

const FOLLOW: u32 = 1;

/// A guest in a directory whose parent has a file and a directory that it must not reach; `inside` is its
/// preopened directory.
fn prisoner() -> (TempDir, Guest) {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "secret").unwrap();
    std::fs::create_dir(outside.path().join("target")).unwrap();
    let inside = outside.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    let guest = Guest::new();
    fd::fd_close(&guest.ctx, ROOT).unwrap();
    let root = Arc::new(HostDir::open_ambient(&inside).unwrap());
    let root = Descriptor::preopen(root, "/", Rights::all());
    assert_eq!(guest.ctx.fds.insert(root), Ok(ROOT));
    (outside, guest)
}

#[test]
fn open_flags() {
    each(|guest| {
        let creat = Oflags::CREAT;
        assert_eq!(guest.open("f", Oflags::empty()), Err(Errno::Noent));
        let fd = guest.open("f", creat | Oflags::EXCL).unwrap();
        assert_eq!(fd, 4, "the lowest number that is free");
        guest.write(fd, b"contents").unwrap();
        assert_eq!(guest.open("f", creat | Oflags::EXCL), Err(Errno::Exist));
        assert_eq!(
            guest.open("f", creat).and_then(|fd| guest.read(fd, 9)),
            Ok(b"contents".to_vec())
        );
        assert_eq!(guest.open("f", Oflags::DIRECTORY), Err(Errno::Notdir));
        guest.open("f", Oflags::TRUNC).unwrap();
        assert_eq!(guest.stat("f", 0).unwrap().2, 0);
        assert_eq!(guest.open("d", creat | Oflags::DIRECTORY), Err(Errno::Inval));

        guest.mkdir("d").unwrap();
        assert_eq!(
            guest.open("d", Oflags::empty()),
            Err(Errno::Isdir),
            "a directory cannot be written"
        );
        assert_eq!(guest.open_at(ROOT, "d", Oflags::empty(), Rights::empty()), Ok(7));
        assert_eq!(guest.open("d", creat), Err(Errno::Isdir));
        assert_eq!(guest.open("missing/f", creat), Err(Errno::Noent));
        assert_eq!(guest.open("f/x", creat), Err(Errno::Notdir));
        assert_eq!(guest.open_at(fd, "x", creat, Rights::FILE), Err(Errno::Notdir));
        assert_eq!(guest.open(".", Oflags::DIRECTORY), Err(Errno::Isdir));

        let raw = |flags, oflags| {
            let len = guest.put(PATH, "f");
            path::path_open(
                &guest.ctx,
                guest.mem(),
                ROOT,
                flags,
                GuestPath::new(PATH, len),
                oflags,
                0,
                0,
                0,
                RESULT,
            )
        };
        assert_eq!(raw(2, 0), Err(Errno::Inval));
        assert_eq!(raw(0, 1 << 4), Err(Errno::Inval));
        assert_eq!(raw(0, 1 << 16), Err(Errno::Inval));
    });
}

#[test]
fn files_without_permission() {
    let guest = Guest::new();
    guest.host_file("f", "x");
    let path = guest.dir.path().join("f");
    let mode = |mode| {
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap()
    };
    mode(0o444);
    let read = Rights::FD_READ;
    // An existing file that may only be read can be opened for reading, also with CREAT.
    assert!(guest.open_at(ROOT, "f", Oflags::CREAT, read).is_ok());
    if !rustix::process::geteuid().is_root() {
        assert_eq!(guest.open("f", Oflags::empty()), Err(Errno::Acces));
        mode(0);
        assert_eq!(guest.open_at(ROOT, "f", Oflags::empty(), read), Err(Errno::Acces));
    }
}

#[test]
fn nothing_escapes() {
    let (outside, guest) = prisoner();
    guest.mkdir("sub").unwrap();
    guest.host_symlinks(&outside);
    let absolute = outside.path().join("secret").to_str().unwrap().to_owned();
    let targets = [
        "..",
        "../",
        "../secret",
        "sub/../../secret",
        "./../secret",
        "sub/../../inside/f",
        "/",
        "/etc/passwd",
        "out",
        "out/",
        "out/secret",
        "out/target",
        "secret_link",
        "absolute_link",
        "root/etc/passwd",
        absolute.as_str(),
    ];
    let before = snapshot(outside.path());
    for path in targets {
        let attempts = [
            ("open", guest.open_follow(path, Oflags::empty()).map(drop)),
            ("create", guest.open_follow(&format!("{path}/new"), Oflags::CREAT).map(drop)),
            ("truncate", guest.open_follow(path, Oflags::TRUNC).map(drop)),
            ("stat", guest.stat(path, FOLLOW).map(drop)),
            ("stat below", guest.stat(format!("{path}/secret"), 0).map(drop)),
            ("mkdir", guest.mkdir(format!("{path}/new"))),
            ("rmdir", guest.rmdir(format!("{path}/target"))),
            ("unlink", guest.unlink(format!("{path}/secret"))),
            ("rename from", guest.rename(format!("{path}/secret"), "got")),
            ("rename to", guest.rename("sub", format!("{path}/got"))),
            ("link from", guest.link(format!("{path}/secret"), "got")),
            ("link to", guest.link("sub", format!("{path}/got"))),
            ("symlink", guest.symlink("x", format!("{path}/got"))),
            ("readlink", guest.readlink(format!("{path}/secret"), 99).map(drop)),
            ("times", guest.set_times(path, FOLLOW)),
        ];
        for (what, result) in attempts {
            // A link to a file that is asked for something below it is not a directory.
            let file =
                path.ends_with("_link") || path.ends_with("secret") || path.ends_with("passwd");
            match result {
                Err(Errno::Perm) => {}
                Err(Errno::Notdir | Errno::Noent) if file => {}
                other => panic!("{what} {path}: {other:?}"),
            }
        }
    }
    assert_eq!(snapshot(outside.path()), before);
}

/// All names below a directory, with sizes and modification times.
fn snapshot(path: &std::path::Path) -> Vec<(std::path::PathBuf, u64, std::time::SystemTime)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        found.push((entry.path(), metadata.len(), metadata.modified().unwrap()));
        if metadata.is_dir() {
            found.extend(snapshot(&entry.path()));
        }
    }
    found.sort();
    found
}

impl Guest {
    /// Links in the preopened directory that lead out of it, made by the host.
    fn host_symlinks(&self, outside: &TempDir) {
        use std::os::unix::fs::symlink;
        let inside = outside.path().join("inside");
        symlink("..", inside.join("out")).unwrap();
        symlink("../secret", inside.join("secret_link")).unwrap();
        symlink(outside.path().join("secret"), inside.join("absolute_link")).unwrap();
        symlink("/", inside.join("root")).unwrap();
    }

    fn open_follow(&self, path: &str, oflags: Oflags) -> Result<Fd, Errno> {
        let len = self.put(PATH, path);
        let all = Rights::FD_READ.bits();
        path::path_open(
            &self.ctx,
            self.mem(),
            ROOT,
            FOLLOW,
            GuestPath::new(PATH, len),
            oflags.bits().into(),
            all,
            all,
            0,
            RESULT,
        )?;
        Ok(self.u32_at(RESULT))
    }

    pub(super) fn set_times(&self, path: &str, flags: u32) -> Result<(), Errno> {
        let len = self.put(PATH, path);
        path::path_filestat_set_times(
            &self.ctx,
            self.mem(),
            ROOT,
            flags,
            GuestPath::new(PATH, len),
            5,
            6,
            0b101,
        )
    }
}

#[test]
fn dots_inside_are_fine() {
    each(|guest| {
        guest.mkdir("dir").unwrap();
        guest.mkdir("dir/nested").unwrap();
        guest.open("dir/nested/f", Oflags::CREAT).unwrap();
        for path in ["dir/.//nested/../../dir/nested/../nested///./f", "./dir/nested/f"] {
            assert!(guest.open(path, Oflags::empty()).is_ok(), "{path}");
            assert_eq!(guest.stat(path, 0).unwrap().0, FILE, "{path}");
        }
        guest.symlink("../dir/nested/f", "dir/link").unwrap();
        assert_eq!(guest.stat("dir/link", FOLLOW).unwrap().0, FILE);
        assert_eq!(guest.stat("dir/link", 0).unwrap().0, SYMLINK);
        let nested = guest.open_dir("dir/nested").unwrap();
        let up = guest.open_at(nested, "../nested", Oflags::DIRECTORY, Rights::empty());
        assert_eq!(up, Err(Errno::Perm), "a directory that was opened is a boundary as well");
    });
}

#[test]
fn malformed_paths() {
    each(|guest| {
        let long = "x".repeat(256);
        let too_long = "x/".repeat(2100);
        let cases: [(&[u8], Errno); 6] = [
            (b"", Errno::Noent),
            (b"f\0", Errno::Inval),
            (b"\0", Errno::Inval),
            (b"\xff\xfe", Errno::Ilseq),
            (long.as_bytes(), Errno::Nametoolong),
            (too_long.as_bytes(), Errno::Nametoolong),
        ];
        guest.file("f", "");
        for (path, error) in cases {
            let results = [
                guest.open_at(ROOT, path, Oflags::CREAT, Rights::FILE).map(drop),
                guest.stat(path, 0).map(drop),
                guest.mkdir(path),
                guest.rmdir(path),
                guest.unlink(path),
                guest.readlink(path, 9).map(drop),
                guest.symlink("f", path),
                guest.rename("f", path),
                guest.rename(path, "g"),
                guest.link("f", path),
                guest.link(path, "g"),
            ];
            for (index, result) in results.into_iter().enumerate() {
                assert_eq!(
                    result,
                    Err(error),
                    "call {index} of {:?}",
                    String::from_utf8_lossy(path)
                );
            }
        }
        assert_eq!(guest.symlink("", "l"), Err(Errno::Noent));
        assert_eq!(guest.symlink("a\0b", "l"), Err(Errno::Inval));
        let huge =
            path::path_unlink_file(&guest.ctx, guest.mem(), ROOT, GuestPath::new(0, u32::MAX));
        assert_eq!(huge, Err(Errno::Nametoolong));
    });
}

#[test]
fn trailing_slashes() {
    each(|guest| {
        guest.file("f", "");
        guest.mkdir("d/").unwrap();
        for path in ["f/", "f///", "f/."] {
            assert_eq!(guest.open(path, Oflags::empty()), Err(Errno::Notdir), "{path}");
            assert_eq!(guest.stat(path, 0), Err(Errno::Notdir), "{path}");
            assert_eq!(guest.unlink(path), Err(Errno::Notdir), "{path}");
        }
        assert!(guest.open_dir("d/").is_ok());
        assert!(guest.open_dir("d///").is_ok());
        assert_eq!(guest.stat("d/", 0).unwrap().0, DIRECTORY);
        assert_eq!(guest.rmdir("f/"), Err(Errno::Notdir));
        assert_eq!(guest.link("f", "new/"), Err(Errno::Noent));
        assert_eq!(guest.symlink("x", "new/"), Err(Errno::Noent));
        assert_eq!(guest.symlink("x", "d/"), Err(Errno::Exist));
        assert!(matches!(guest.symlink("x", "f/"), Err(Errno::Notdir | Errno::Exist)));
        assert_eq!(guest.rename("f", "g/"), Err(Errno::Notdir));
        guest.rename("d/", "e/").unwrap();
        guest.symlink("e", "l").unwrap();
        assert_eq!(guest.stat("l/", 0).unwrap().0, DIRECTORY, "a slash follows the link");
        guest.rmdir("e/").unwrap();
    });
}

#[test]
fn directories() {
    each(|guest| {
        guest.mkdir("d").unwrap();
        assert_eq!(guest.mkdir("d"), Err(Errno::Exist));
        assert_eq!(guest.mkdir("x/y"), Err(Errno::Noent));
        assert_eq!(guest.unlink("d"), Err(Errno::Isdir));
        guest.open("d/f", Oflags::CREAT).unwrap();
        assert_eq!(guest.rmdir("d"), Err(Errno::Notempty));
        assert_eq!(guest.rmdir("d/f"), Err(Errno::Notdir));
        guest.unlink("d/f").unwrap();
        assert_eq!(guest.unlink("d/f"), Err(Errno::Noent));
        // A directory that is open can be removed; then it is empty and takes nothing.
        let fd = guest.open_dir("d").unwrap();
        guest.rmdir("d").unwrap();
        assert_eq!(guest.rmdir("d"), Err(Errno::Noent));
        assert_eq!(guest.open_at(fd, "f", Oflags::CREAT, Rights::FILE), Err(Errno::Noent));
        assert_eq!(guest.rmdir("."), Err(Errno::Inval));
        guest.file("f", "");
        guest.symlink("none", "l").unwrap();
        for (path, error) in [
            ("f/", Errno::Exist),
            ("l/", Errno::Exist),
            ("none/.", Errno::Noent),
            ("./.", Errno::Exist),
        ] {
            assert_eq!(guest.mkdir(path), Err(error), "{path}");
        }
    });
}

#[test]
fn symbolic_links() {
    each(|guest| {
        guest.file("f", "contents");
        guest.symlink("f", "l").unwrap();
        assert_eq!(guest.readlink("l", 9).unwrap(), b"f");
        assert_eq!(guest.symlink("f", "l"), Err(Errno::Exist));
        assert_eq!(guest.stat("l", 0).unwrap().0, SYMLINK);
        assert_eq!(guest.stat("l", FOLLOW).unwrap(), guest.stat("f", 0).unwrap());
        assert_eq!(guest.open("l", Oflags::empty()), Err(Errno::Loop), "not followed unless asked");
        assert!(guest.open_follow("l", Oflags::empty()).is_ok());
        guest.symlink("target", "long").unwrap();
        assert_eq!(guest.readlink("long", 4).unwrap(), b"targ", "cut off");
        assert_eq!(guest.readlink("long", 0).unwrap(), b"");
        assert_eq!(guest.open_follow("long", Oflags::empty()), Err(Errno::Noent), "dangling");
        assert_eq!(guest.readlink("f", 9), Err(Errno::Inval));
        assert_eq!(guest.readlink("missing", 9), Err(Errno::Noent));
        guest.symlink("loop", "loop").unwrap();
        assert_eq!(guest.open_follow("loop", Oflags::empty()), Err(Errno::Loop));
        assert_eq!(guest.stat("loop", FOLLOW), Err(Errno::Loop));
        assert_eq!(guest.symlink("/etc", "abs"), Err(Errno::Perm), "absolute targets lead out");
        guest.unlink("l").unwrap();
        assert_eq!(guest.stat("f", 0).unwrap().0, FILE, "the link is removed, not the file");
    });
}

#[test]
fn hard_links() {
    each(|guest| {
        guest.file("f", "contents");
        guest.mkdir("d").unwrap();
        guest.link("f", "d/g").unwrap();
        assert_eq!(guest.stat("f", 0).unwrap().1, 2);
        assert_eq!(guest.link("f", "d/g"), Err(Errno::Exist));
        assert_eq!(guest.link("f", "f"), Err(Errno::Exist));
        assert_eq!(guest.link("f", "d"), Err(Errno::Exist));
        assert_eq!(guest.link("d", "e"), Err(Errno::Perm));
        assert_eq!(guest.link("missing", "e"), Err(Errno::Noent));
        guest.symlink("nowhere", "l").unwrap();
        guest.link("l", "l2").unwrap();
        assert_eq!(guest.stat("l2", 0).unwrap().0, SYMLINK, "the link itself");
        let follow = {
            let (from, to) = (guest.put(PATH, "l"), guest.put(PATH2, "l3"));
            path::path_link(
                &guest.ctx,
                guest.mem(),
                ROOT,
                FOLLOW,
                GuestPath::new(PATH, from),
                ROOT,
                GuestPath::new(PATH2, to),
            )
        };
        assert_eq!(follow, Err(Errno::Inval));
    });
}

#[test]
fn renaming() {
    each(|guest| {
        guest.file("a", "A");
        guest.file("b", "B!");
        guest.mkdir("d").unwrap();
        guest.mkdir("d/sub").unwrap();
        guest.mkdir("empty").unwrap();
        guest.rename("a", "b").unwrap();
        assert_eq!(guest.stat("a", 0), Err(Errno::Noent));
        assert_eq!(guest.stat("b", 0).unwrap().2, 1, "replaced");
        guest.rename("b", "d/c").unwrap();
        assert_eq!(guest.rename("d/c", "empty"), Err(Errno::Isdir));
        assert_eq!(guest.rename("empty", "d/c"), Err(Errno::Notdir));
        assert_eq!(guest.rename("empty", "d"), Err(Errno::Notempty));
        assert_eq!(guest.rename("d", "d/sub/x"), Err(Errno::Inval));
        guest.rename("d/sub", "empty").unwrap();
        assert_eq!(guest.rename("missing", "x"), Err(Errno::Noent));
    });
}

#[test]
fn renaming_between_directories() {
    let guest = Guest::new();
    guest.mkdir("d").unwrap();
    guest.file("d/c", "A");
    let other = tempfile::tempdir().unwrap();
    let dir = Arc::new(HostDir::open_ambient(other.path()).unwrap());
    let fd = guest.ctx.fds.insert(Descriptor::preopen(dir, "other", Rights::all())).unwrap();
    let (from, to) = (guest.put(PATH, "d/c"), guest.put(PATH2, "moved"));
    path::path_rename(
        &guest.ctx,
        guest.mem(),
        ROOT,
        GuestPath::new(PATH, from),
        fd,
        GuestPath::new(PATH2, to),
    )
    .unwrap();
    assert_eq!(std::fs::read(other.path().join("moved")).unwrap(), b"A");
}

#[test]
fn times_of_paths() {
    each(|guest| {
        guest.file("f", "");
        guest.symlink("f", "l").unwrap();
        guest.set_times("l", FOLLOW).unwrap();
        assert_eq!(guest.stat("f", 0).unwrap().3, 6);
        let link = guest.stat("l", 0).unwrap().3;
        assert_ne!(link, 6);
        guest.set_times("l", 0).unwrap();
        assert_eq!(guest.stat("l", 0).unwrap().3, 6);
        for flags in [0, FOLLOW] {
            guest.set_times("f", 0).unwrap();
            let len = guest.put(PATH, "f");
            let (path, mem) = (GuestPath::new(PATH, len), guest.mem());
            path::path_filestat_set_times(&guest.ctx, mem, ROOT, flags, path, 0, 0, 0b1010)
                .unwrap();
            assert!(guest.stat("f", 0).unwrap().3 > 1_600_000_000_000_000_000, "to now");
        }
        assert_eq!(guest.set_times("missing", 0), Err(Errno::Noent));
        assert_eq!(guest.set_times("f", 2), Err(Errno::Inval));
        let len = guest.put(PATH, "f");
        let both = path::path_filestat_set_times(
            &guest.ctx,
            guest.mem(),
            ROOT,
            0,
            GuestPath::new(PATH, len),
            0,
            0,
            3,
        );
        assert_eq!(both, Err(Errno::Inval));
    });
}

#[test]
fn read_only_directories() {
    let guest = Guest::new();
    guest.host_file("f", "contents");
    let dir = Arc::new(HostDir::open_ambient(guest.dir.path()).unwrap());
    let rights = Rights::all().difference(Rights::MODIFYING | Rights::CREATING);
    let fd = guest.ctx.fds.insert(Descriptor::preopen(dir, "ro", rights)).unwrap();
    let read = Rights::FD_READ | Rights::FD_SYNC;
    let file = guest.open_at(fd, "f", Oflags::empty(), read).unwrap();
    assert_eq!(guest.read(file, 9).unwrap(), b"contents");
    assert_eq!(guest.open_at(fd, "f", Oflags::empty(), Rights::all()), Err(Errno::Notcapable));
    assert_eq!(guest.open_at(fd, "g", Oflags::CREAT, read), Err(Errno::Notcapable));
    assert_eq!(guest.open_at(fd, "f", Oflags::TRUNC, read), Err(Errno::Notcapable));
    let len = guest.put(PATH, "f");
    let (ctx, mem) = (&guest.ctx, guest.mem());
    let path = GuestPath::new(PATH, len);
    let results = [
        path::path_unlink_file(ctx, mem, fd, path),
        path::path_create_directory(ctx, mem, fd, path),
        path::path_link(ctx, mem, fd, 0, path, ROOT, path),
        path::path_rename(ctx, mem, fd, path, ROOT, path),
        path::path_filestat_set_times(ctx, mem, fd, 0, path, 0, 0, 0),
    ];
    assert_eq!(results, [Err(Errno::Notcapable); 5]);
}
