//! What is particular to file systems that are not the host's.

use super::*;
use crate::fs::ReadOnly;
use crate::types::Fdflags;

fn names(guest: &Guest, path: &str) -> Vec<String> {
    let fd = guest.open_dir(path).unwrap();
    let mut names = Vec::new();
    let descriptor = guest.ctx.fds.get(fd).unwrap();
    let directory = descriptor.file().as_directory().unwrap();
    directory
        .read_dir(0, &mut |entry| {
            names.push(String::from_utf8(entry.name.to_vec()).unwrap());
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    fd::fd_close(&guest.ctx, fd).unwrap();
    names.sort();
    names.split_off(2)
}

fn read_all(guest: &Guest, path: &str) -> Result<Vec<u8>, Errno> {
    let fd = guest.open_at(ROOT, path, Oflags::empty(), Rights::FD_READ)?;
    let contents = guest.read(fd, 1000);
    fd::fd_close(&guest.ctx, fd).unwrap();
    contents
}

#[test]
fn memory_is_bounded() {
    let root = MemoryDir::with_limit(16 << 10);
    let guest = Guest::with_root(|_| Arc::new(root.clone()));
    let used = root.used();
    let fd = guest.open("f", Oflags::CREAT).unwrap();
    assert_eq!(guest.write(fd, &[1; 20_000]), Ok(14 << 10));
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Nospc));
    assert_eq!(guest.mkdir("d"), Err(Errno::Nospc));
    assert_eq!(guest.link("f", "g"), Err(Errno::Nospc));
    assert_eq!(fd::fd_filestat_set_size(&guest.ctx, fd, 1 << 40), Err(Errno::Fbig));
    assert_eq!(fd::fd_allocate(&guest.ctx, fd, 0, 1 << 40), Err(Errno::Fbig));
    fd::fd_filestat_set_size(&guest.ctx, fd, 0).unwrap();
    assert_eq!(guest.seek(fd, 1 << 50, 0), Ok(1 << 50));
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Nospc), "no room for the zeros before it");
    guest.mkdir("d").unwrap();
    guest.link("f", "g").unwrap();
    // A file that is open lives on without its names, and takes room until it is closed.
    guest.unlink("f").unwrap();
    guest.unlink("g").unwrap();
    guest.seek(fd, 0, 0).unwrap();
    assert_eq!(guest.write(fd, b"x"), Ok(1));
    guest.rmdir("d").unwrap();
    assert!(root.used() > used);
    fd::fd_close(&guest.ctx, fd).unwrap();
    assert_eq!(root.used(), used);
    for _ in 0..15 {
        guest.mkdir("d").unwrap();
        guest.rename("d", "e").unwrap();
        guest.rmdir("e").unwrap();
    }
    assert_eq!(root.used(), used);
}

#[test]
fn memory_for_the_host() {
    let root = MemoryDir::new();
    root.write_file("a/b/c.txt", b"contents").unwrap();
    root.write_file("a/b/c.txt", b"new").unwrap();
    assert_eq!(root.write_file("a/b", b""), Err(Errno::Isdir));
    assert_eq!(root.read_file("a/b/c.txt").unwrap(), b"new");
    assert_eq!(root.read_file("a/b"), Err(Errno::Isdir));
    assert_eq!(root.read_file("a/x"), Err(Errno::Noent));
    assert_eq!(root.create_dir_all("a/b/c.txt/d"), Err(Errno::Notdir));
    let guest = Guest::with_root(|_| Arc::new(root.clone()));
    assert_eq!(read_all(&guest, "a/b/c.txt").unwrap(), b"new");
    let fd = guest.open("a/out", Oflags::CREAT).unwrap();
    guest.write(fd, b"from the guest").unwrap();
    assert_eq!(root.read_file("a/out").unwrap(), b"from the guest");
}

/// Deeper than the stack of the host could follow.
#[test]
fn deep_directories_in_memory() {
    let guest = Guest::with_root(|_| Arc::new(MemoryDir::new()));
    let mut fd = ROOT;
    for _ in 0..100_000 {
        let len = guest.put(PATH, "d");
        path::path_create_directory(&guest.ctx, guest.mem(), fd, GuestPath::new(PATH, len))
            .unwrap();
        let below = guest.open_at(fd, "d", Oflags::DIRECTORY, Rights::DIRECTORY).unwrap();
        if fd != ROOT {
            fd::fd_close(&guest.ctx, fd).unwrap();
        }
        fd = below;
    }
    guest.ctx.fds.clear();
}

#[test]
fn listing_in_memory_while_entries_come_and_go() {
    each(|guest| {
        guest.mkdir("d").unwrap();
        for index in 0..50 {
            guest.file(&format!("d/{index}"), "");
        }
        let fd = guest.open_dir("d").unwrap();
        let (mut cookie, mut seen) = (0, Vec::new());
        loop {
            fd::fd_readdir(&guest.ctx, guest.mem(), fd, DATA, 60, cookie, RESULT).unwrap();
            if guest.u32_at(RESULT) < 25 {
                break;
            }
            cookie = guest.u64_at(DATA);
            let namlen = guest.u32_at(DATA + 16) as usize;
            let name = String::from_utf8(guest.bytes(DATA + 24, namlen)).unwrap();
            // What was told is removed, and others are made.
            if let Ok(number) = name.parse::<u32>()
                && number < 50
            {
                guest.unlink(format!("d/{name}")).unwrap();
                guest.file(&format!("d/{}", 1000 + number), "");
                seen.push(number);
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..50).collect::<Vec<_>>(), "each of the first ones, once");
    });
}

/// An overlay with a lower layer that has files, a directory and a link, and both layers.
fn overlay() -> (MemoryDir, MemoryDir, Guest) {
    let (lower, upper) = (MemoryDir::new(), MemoryDir::new());
    lower.write_file("file", b"lower").unwrap();
    lower.write_file("dir/one", b"1").unwrap();
    lower.write_file("dir/two", b"2").unwrap();
    lower.symlink("dir/one", "link").unwrap();
    let guest = Guest::with_root(|_| {
        Arc::new(OverlayDir::new(Arc::new(lower.clone()), Arc::new(upper.clone())))
    });
    (lower, upper, guest)
}

#[test]
fn overlay_copies_what_is_written() {
    let (lower, upper, guest) = overlay();
    assert_eq!(names(&guest, "."), ["dir", "file", "link"]);
    assert_eq!(read_all(&guest, "file").unwrap(), b"lower");
    assert_eq!(upper.read_file("file"), Err(Errno::Noent), "reading copies nothing");
    let before = guest.stat("file", 0).unwrap();
    let reader = guest.open_at(ROOT, "file", Oflags::empty(), Rights::FD_READ).unwrap();
    let times = fd::fd_filestat_set_times(&guest.ctx, reader, 1, 1, 5);
    assert_eq!(times, Err(Errno::Notcapable));

    let fd = guest.open("file", Oflags::empty()).unwrap();
    assert_eq!(guest.stat("file", 0), Ok(before), "size and time are copied");
    fd::fd_fdstat_set_flags(&guest.ctx, fd, Fdflags::APPEND.bits().into()).unwrap();
    guest.write(fd, b" and upper").unwrap();
    assert_eq!(read_all(&guest, "file").unwrap(), b"lower and upper");
    assert_eq!(guest.read(reader, 99).unwrap(), b"lower", "opened before");
    assert_eq!(lower.read_file("file").unwrap(), b"lower");

    // Through a link of the lower layer, into a directory that the upper one does not have yet.
    let len = guest.put(PATH, "link");
    let path = GuestPath::new(PATH, len);
    let (trunc, rights) = (Oflags::TRUNC.bits().into(), Rights::FILE.bits());
    path::path_open(&guest.ctx, guest.mem(), ROOT, 1, path, trunc, rights, 0, 0, RESULT).unwrap();
    assert_eq!(lower.read_file("dir/one").unwrap(), b"1");
    assert_eq!(upper.read_file("dir/one").unwrap(), b"");
    assert_eq!(names(&guest, "dir"), ["one", "two"]);
}

#[test]
fn overlay_hides_what_is_removed() {
    let (lower, upper, guest) = overlay();
    guest.unlink("file").unwrap();
    assert_eq!(guest.stat("file", 0), Err(Errno::Noent));
    assert_eq!(guest.unlink("file"), Err(Errno::Noent));
    assert_eq!(names(&guest, "."), ["dir", "link"]);
    assert_eq!(upper.read_file(".wh.file").unwrap(), b"");
    guest.file("file", "again");
    assert_eq!(read_all(&guest, "file").unwrap(), b"again");
    assert_eq!(upper.read_file(".wh.file"), Err(Errno::Noent));

    assert_eq!(guest.rmdir("dir"), Err(Errno::Notempty));
    guest.unlink("dir/one").unwrap();
    assert_eq!(guest.rmdir("dir"), Err(Errno::Notempty));
    guest.unlink("dir/two").unwrap();
    let open = guest.open_dir("dir").unwrap();
    guest.rmdir("dir").unwrap();
    assert_eq!(guest.stat("dir/one", 0), Err(Errno::Noent));
    assert_eq!(guest.open_at(open, "x", Oflags::CREAT, Rights::FILE), Err(Errno::Noent));
    // A directory of the same name is a new one.
    guest.mkdir("dir").unwrap();
    assert_eq!(names(&guest, "dir"), [""; 0]);
    guest.file("dir/one", "new");
    assert_eq!(names(&guest, "dir"), ["one"]);
    assert_eq!(lower.read_file("dir/two").unwrap(), b"2");

    // What was changed is found again by another overlay of the same layers.
    let (lower, upper) = (Arc::new(lower), Arc::new(upper));
    let guest = Guest::with_root(|_| Arc::new(OverlayDir::new(lower.clone(), upper.clone())));
    assert_eq!(names(&guest, "."), ["dir", "file", "link"]);
    assert_eq!(names(&guest, "dir"), ["one"]);
}

#[test]
fn overlay_renames() {
    let (lower, upper, guest) = overlay();
    guest.rename("file", "dir/moved").unwrap();
    assert_eq!(guest.stat("file", 0), Err(Errno::Noent));
    assert_eq!(read_all(&guest, "dir/moved").unwrap(), b"lower");
    guest.rename("dir/moved", "dir/one").unwrap();
    assert_eq!(names(&guest, "dir"), ["one", "two"]);
    assert_eq!(read_all(&guest, "dir/one").unwrap(), b"lower");
    guest.rename("link", "file").unwrap();
    assert_eq!(guest.readlink("file", 99).unwrap(), b"dir/one");
    guest.link("dir/two", "hard").unwrap();
    assert_eq!(guest.stat("hard", 0).unwrap().1, 2);

    // A directory that is new can be renamed, also while it is open.
    guest.mkdir("new").unwrap();
    guest.mkdir("new/sub").unwrap();
    let open = guest.open_dir("new/sub").unwrap();
    guest.unlink("dir/one").unwrap();
    guest.unlink("dir/two").unwrap();
    guest.rename("new", "dir").unwrap();
    assert_eq!(names(&guest, "dir"), ["sub"], "nothing of the lower layer shows through");
    assert!(guest.open_at(open, "x", Oflags::CREAT, Rights::FILE).is_ok());
    assert_eq!(names(&guest, "dir/sub"), ["x"]);
    assert_eq!(upper.read_file("dir/sub/x").unwrap(), b"");
    assert_eq!(lower.read_file("dir/one").unwrap(), b"1");
}

/// A directory of the lower layer is copied with all that is in it.
#[test]
fn overlay_renames_directories_of_the_lower_layer() {
    let (lower, upper, guest) = overlay();
    lower.write_file("dir/sub/deep/three", b"3").unwrap();
    lower.symlink("one", "dir/to-one").unwrap();
    let time = |path: &str| {
        guest.set_times(path, 0).unwrap();
        guest.stat(path, 0).unwrap().3
    };
    let times = ["dir/one", "dir/to-one"].map(time);
    let open = guest.open_dir("dir/sub").unwrap();
    let reader = guest.open_at(ROOT, "dir/two", Oflags::empty(), Rights::FD_READ).unwrap();
    let writer = guest.open("dir/one", Oflags::empty()).unwrap();
    guest.unlink("dir/two").unwrap();
    guest.rename("dir", "moved").unwrap();
    assert_eq!(names(&guest, "."), ["file", "link", "moved"]);
    assert_eq!(names(&guest, "moved"), ["one", "sub", "to-one"]);
    assert_eq!(read_all(&guest, "moved/sub/deep/three").unwrap(), b"3");
    assert_eq!(["moved/one", "moved/to-one"].map(|path| guest.stat(path, 0).unwrap().3), times);
    // What is open goes along.
    guest.write(writer, b"new").unwrap();
    assert_eq!(read_all(&guest, "moved/one").unwrap(), b"new");
    assert_eq!(guest.read(reader, 9).unwrap(), b"2");
    guest.open_at(open, "here", Oflags::CREAT, Rights::FILE).unwrap();
    assert_eq!(names(&guest, "moved/sub"), ["deep", "here"]);
    // And back, where nothing of the lower layer shows through, twice.
    for (from, to) in [("moved", "dir"), ("dir", "again"), ("again", "dir")] {
        guest.rename(from, to).unwrap();
        assert_eq!(names(&guest, to), ["one", "sub", "to-one"]);
    }
    assert_eq!(lower.read_file("dir/one").unwrap(), b"1");
    let (lower, upper) = (Arc::new(lower), Arc::new(upper));
    let guest = Guest::with_root(|_| Arc::new(OverlayDir::new(lower.clone(), upper.clone())));
    assert_eq!(names(&guest, "dir"), ["one", "sub", "to-one"]);
}

/// A listing is kept for as long as its directory is open, so there can only be so many.
#[test]
fn overlay_listings_are_bounded() {
    let lower = MemoryDir::with_limit(1 << 30);
    for index in 0..2000 {
        lower.write_file(&format!("dir/{index}"), b"").unwrap();
    }
    let guest = Guest::with_root(|_| {
        Arc::new(OverlayDir::new(Arc::new(lower.clone()), Arc::new(MemoryDir::new())))
    });
    let list = |fd| fd::fd_readdir(&guest.ctx, guest.mem(), fd, DATA, 100, 0, RESULT);
    let mut open = Vec::new();
    let error = loop {
        let fd = guest.open_dir("dir").unwrap();
        open.push(fd);
        if let Err(error) = list(fd) {
            break error;
        }
        assert!(open.len() < 3000);
    };
    assert_eq!(error, Errno::Nomem);
    // The first one of those that could be listed makes room again.
    fd::fd_close(&guest.ctx, open[0]).unwrap();
    assert_eq!(list(*open.last().unwrap()), Ok(()));
    assert_eq!(list(open[1]), Ok(()), "once more, in the place of the first time");
}

#[test]
fn overlay_marks_are_not_names() {
    let (_, upper, guest) = overlay();
    for name in [".wh.file", ".wh..wh..opq", "dir/.wh.x"] {
        assert_eq!(guest.open(name, Oflags::CREAT), Err(Errno::Inval), "{name}");
        assert_eq!(guest.mkdir(name), Err(Errno::Inval), "{name}");
        assert_eq!(guest.rename("file", name), Err(Errno::Inval), "{name}");
        assert_eq!(guest.symlink("x", name), Err(Errno::Inval), "{name}");
        assert_eq!(guest.unlink(name), Err(Errno::Inval), "{name}");
    }
    assert_eq!(upper.read_file("dir"), Err(Errno::Noent));
}

#[test]
fn read_only_whatever_the_rights() {
    let root = MemoryDir::new();
    root.write_file("d/f", b"contents").unwrap();
    root.symlink("d/f", "l").unwrap();
    let used = root.used();
    let read_only = ReadOnly::new(Arc::new(root.clone()));
    let guest = Guest::with_root(|_| Arc::new(read_only.clone()));
    let (ctx, creat) = (&guest.ctx, Oflags::CREAT);
    assert_eq!(read_all(&guest, "d/f").unwrap(), b"contents");
    let fd = guest.open_at(ROOT, "d/f", creat, Rights::FILE.difference(Rights::FD_WRITE)).unwrap();
    assert_eq!(fd::fd_filestat_set_times(ctx, fd, 0, 0, 0b1010), Err(Errno::Rofs));
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Notcapable));
    assert_eq!(fd::fd_sync(ctx, fd), Ok(()));

    assert_eq!(guest.open("d/f", Oflags::empty()), Err(Errno::Rofs));
    assert_eq!(guest.open("d/f", Oflags::TRUNC), Err(Errno::Rofs));
    assert_eq!(guest.open("d/f", creat | Oflags::EXCL), Err(Errno::Exist));
    assert_eq!(guest.open("l", creat | Oflags::EXCL), Err(Errno::Exist));
    assert_eq!(guest.open("d/g", creat), Err(Errno::Rofs));
    assert_eq!(guest.open("d/g", Oflags::empty()), Err(Errno::Noent));
    assert_eq!(guest.open("d", Oflags::empty()), Err(Errno::Isdir));
    // Directories that are opened are no way around it, nor are `..` in them.
    let dir = guest.open_dir("d").unwrap();
    for path in ["f", "g", "../d/f"] {
        let result = guest.open_at(dir, path, creat, Rights::FILE);
        assert!(matches!(result, Err(Errno::Rofs | Errno::Perm)), "{path}: {result:?}");
    }
    assert_eq!(fd::fd_filestat_set_times(ctx, dir, 0, 0, 0b1010), Err(Errno::Rofs));
    let refused = [
        guest.mkdir("new"),
        guest.rmdir("d"),
        guest.unlink("d/f"),
        guest.symlink("x", "new"),
        guest.link("d/f", "new"),
        guest.rename("d/f", "new"),
    ];
    assert_eq!(refused, [Err(Errno::Rofs); 6]);
    assert_eq!(guest.mkdir("d"), Err(Errno::Exist));
    assert_eq!(guest.unlink("missing"), Err(Errno::Noent));
    // From another directory that can be written.
    let other = MemoryDir::new();
    other.write_file("f", b"").unwrap();
    let fd = Descriptor::preopen(Arc::new(other), "other", Rights::all());
    let fd = guest.ctx.fds.insert(fd).unwrap();
    let (from, to) = (guest.put(PATH, "f"), guest.put(PATH2, "d/f"));
    let (from, to) = (GuestPath::new(PATH, from), GuestPath::new(PATH2, to));
    assert_eq!(path::path_rename(ctx, guest.mem(), fd, from, ROOT, to), Err(Errno::Xdev));
    assert_eq!(path::path_link(ctx, guest.mem(), fd, 0, from, ROOT, to), Err(Errno::Xdev));
    assert_eq!(root.used(), used);
}
