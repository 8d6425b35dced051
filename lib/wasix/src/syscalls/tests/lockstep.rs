//! Random calls on every file system at once: each must come to the same results.
//!
//! The guests begin on plain directories, of the host and in memory. Then two of them go on with what they have made
//! as the lower layer of an overlay, where everything must look and go on as if nothing had happened. The variable
//! `WASMER_LOCKSTEP_SEED` chooses other calls.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use super::*;

/// Guests, by the names of their file systems.
type Lanes = Vec<(&'static str, Guest)>;

/// xorshift64, with what is chosen by it.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// A path of few names, so that calls meet.
    fn path(&mut self) -> String {
        const NAMES: [&str; 6] = ["a", "b", "c", "d", "x", "y"];
        let mut path = String::new();
        for index in 0..self.of(&[1, 1, 1, 2, 2, 2, 3, 4]) {
            let name = match self.below(24) {
                0 => ".",
                1 => "..",
                _ => self.of(&NAMES),
            };
            let _ = write!(path, "{}{name}", if index > 0 { "/" } else { "" });
        }
        match self.below(40) {
            0..3 => path + "/",
            3 => path + "/.",
            4 => path + "/..",
            _ => path,
        }
    }
}

/// A call, with what it is given. A directory is an index into [`Guest::bases`].
#[derive(Debug)]
enum Call {
    Open { path: String, oflags: Oflags, write: bool, follow: bool, text: String },
    Enter(String),
    Mkdir(String),
    Rmdir(String),
    Unlink(String),
    Symlink { contents: String, path: String },
    Link { from: String, to: String },
    Rename { from: String, to: String },
    Stat { path: String, follow: bool },
    Readlink(String),
    SetTimes { path: String, follow: bool, time: u64 },
}

impl Call {
    fn any(random: &mut Random, step: usize, links: bool) -> Self {
        let path = random.path();
        let follow = random.below(2) == 0;
        match random.below(20) {
            0..5 => {
                let oflags = random.of(&[
                    Oflags::empty(),
                    Oflags::CREAT,
                    Oflags::CREAT,
                    Oflags::CREAT | Oflags::EXCL,
                    Oflags::CREAT | Oflags::TRUNC,
                    Oflags::TRUNC,
                    Oflags::DIRECTORY,
                ]);
                let write = random.below(3) > 0;
                Self::Open { path, oflags, write, follow, text: format!("{step} ") }
            }
            5 => Self::Enter(path),
            6..9 => Self::Mkdir(path),
            9 => Self::Rmdir(path),
            10 => Self::Unlink(path),
            11 => Self::Symlink { contents: random.path(), path },
            12 if links => Self::Link { from: path, to: random.path() },
            13..17 => Self::Rename { from: path, to: random.path() },
            17 => Self::Readlink(path),
            18 => Self::SetTimes { path, follow, time: step as u64 },
            _ => Self::Stat { path, follow },
        }
    }
}

impl Call {
    /// Whether it is told why the call fails: with two paths, or a slash where there can be none (behind the path, or in
    /// a link that is followed), something else may be told first.
    fn has_one_reason(&self) -> bool {
        match self {
            Self::Link { .. } | Self::Rename { .. } => false,
            Self::Open { path, oflags, follow, .. } => {
                !oflags.contains(Oflags::CREAT) || !follow && !path.ends_with(['/', '.'])
            }
            _ => true,
        }
    }
}

/// The directory of a guest that calls are relative to, beside its root.
const INSIDE: Fd = 4;

impl Guest {
    fn path(&self, at: u64, path: &str) -> GuestPath {
        GuestPath::new(at, self.put(at, path))
    }

    /// Makes a call relative to `base`; what it finds.
    fn make(&self, call: &Call, base: Fd) -> Result<String, Errno> {
        let (ctx, mem, none) = (&self.ctx, self.mem(), String::new());
        match call {
            Call::Open { path, oflags, write, follow, text } => {
                return self.open_and_use(base, path, *oflags, *write, *follow, text);
            }
            Call::Enter(path) => {
                let fd = self.open_at(base, path, Oflags::DIRECTORY, Rights::DIRECTORY)?;
                fd::fd_renumber(ctx, fd, INSIDE)?;
            }
            Call::Mkdir(path) => {
                path::path_create_directory(ctx, mem, base, self.path(PATH, path))?;
            }
            Call::Rmdir(path) => {
                path::path_remove_directory(ctx, mem, base, self.path(PATH, path))?;
            }
            Call::Unlink(path) => path::path_unlink_file(ctx, mem, base, self.path(PATH, path))?,
            Call::Symlink { contents, path } => {
                let (contents, path) = (self.path(PATH2, contents), self.path(PATH, path));
                path::path_symlink(ctx, mem, contents, base, path)?;
            }
            Call::Link { from, to } => {
                let (from, to) = (self.path(PATH, from), self.path(PATH2, to));
                path::path_link(ctx, mem, base, 0, from, ROOT, to)?;
            }
            Call::Rename { from, to } => {
                let (from, to) = (self.path(PATH, from), self.path(PATH2, to));
                path::path_rename(ctx, mem, base, from, ROOT, to)?;
            }
            Call::Stat { path, follow } => return self.attributes(base, path, *follow),
            Call::Readlink(path) => {
                path::path_readlink(ctx, mem, base, self.path(PATH, path), DATA, 99, RESULT)?;
                let contents = self.bytes(DATA, self.u32_at(RESULT) as usize);
                return Ok(String::from_utf8(contents).unwrap());
            }
            Call::SetTimes { path, follow, time } => {
                let (flags, path) = ((*follow).into(), self.path(PATH, path));
                path::path_filestat_set_times(ctx, mem, base, flags, path, 1, *time, 0b101)?;
            }
        }
        Ok(none)
    }

    /// Opens a file or directory, writes at its end, and reads all of it.
    fn open_and_use(
        &self,
        base: Fd,
        path: &str,
        oflags: Oflags,
        write: bool,
        follow: bool,
        text: &str,
    ) -> Result<String, Errno> {
        let rights = if write { Rights::FILE } else { Rights::FD_READ | Rights::FD_READDIR };
        let path = self.path(PATH, path);
        let (oflags, follow) = (oflags.bits().into(), follow.into());
        let (ctx, mem, all) = (&self.ctx, self.mem(), Rights::all().bits());
        path::path_open(ctx, mem, base, follow, path, oflags, rights.bits(), all, 0, RESULT)?;
        let fd = self.u32_at(RESULT);
        let used = (|| {
            if write {
                self.seek(fd, 0, 2)?;
                self.write(fd, text.as_bytes())?;
                self.seek(fd, 0, 0)?;
            }
            match self.read(fd, 1000) {
                Err(Errno::Isdir) => Ok("directory".to_owned()),
                read => Ok(String::from_utf8(read?).unwrap()),
            }
        })();
        fd::fd_close(&self.ctx, fd)?;
        used
    }

    /// Type, links, size and time of a file; of a directory only the type, since the rest is up to the file system.
    fn attributes(&self, base: Fd, path: &str, follow: bool) -> Result<String, Errno> {
        let (ctx, mem, path) = (&self.ctx, self.mem(), self.path(PATH, path));
        path::path_filestat_get(ctx, mem, Abi::Preview1, base, follow.into(), path, RESULT)?;
        let filetype = self.bytes(RESULT + 16, 1)[0];
        if filetype == DIRECTORY {
            return Ok("directory".to_owned());
        }
        let [links, size, time] = [24, 32, 48].map(|at| self.u64_at(RESULT + at));
        // Times that were not set are those of the run.
        let time = if time < 1 << 32 { time } else { u64::MAX };
        Ok(format!("type {filetype}, {links} links, {size} bytes, {time}"))
    }

    /// All files with their contents.
    pub(super) fn snapshot(&self) -> String {
        let (mut found, mut pending) = (String::new(), vec![".".to_owned()]);
        while let Some(path) = pending.pop() {
            let fd = self.open_at(ROOT, &path, Oflags::DIRECTORY, Rights::DIRECTORY).unwrap();
            let descriptor = self.ctx.fds.get(fd).unwrap();
            let mut names = Vec::new();
            let directory = descriptor.file().as_directory().unwrap();
            let list = directory.read_dir(0, &mut |entry| {
                names.push((String::from_utf8(entry.name.to_vec()).unwrap(), entry.filetype as u8));
                ControlFlow::Continue(())
            });
            list.unwrap();
            fd::fd_close(&self.ctx, fd).unwrap();
            names.sort();
            for (name, filetype) in names {
                let path = format!("{path}/{name}");
                let attributes = self.attributes(ROOT, &path, false);
                let _ = write!(found, "{path} {filetype}: {attributes:?}");
                if filetype == DIRECTORY && !matches!(name.as_str(), "." | "..") {
                    pending.push(path);
                } else if filetype == FILE {
                    let contents =
                        self.open_and_use(ROOT, &path, Oflags::empty(), false, false, "");
                    let _ = write!(found, " {:?}", contents.unwrap());
                } else if filetype == SYMLINK {
                    let _ = write!(found, " {:?}", self.readlink(&path, 99).unwrap());
                }
                found.push('\n');
            }
        }
        found
    }
}

/// Makes the same random calls in all lanes.
fn run(lanes: &Lanes, random: &mut Random, steps: std::ops::Range<usize>, links: bool) {
    for (_, guest) in lanes {
        assert_eq!(guest.open_dir("."), Ok(INSIDE));
    }
    for step in steps {
        let call = Call::any(random, step, links);
        let base = random.of(&[ROOT, ROOT, INSIDE]);
        let results: Vec<_> = lanes.iter().map(|(_, guest)| guest.make(&call, base)).collect();
        for ((kind, guest), result) in lanes.iter().zip(&results) {
            // Of a directory that was removed, an overlay has nothing, other file systems what it was.
            let gone = || guest.attributes(INSIDE, ".", false) == Err(Errno::Noent);
            let same = match (result, &results[0]) {
                (Err(_), Err(_)) if !call.has_one_reason() || base == INSIDE => true,
                (Err(Errno::Noent), Ok(_)) if base == INSIDE && gone() => true,
                (result, first) => result == first,
            };
            assert!(
                same,
                "step {step}, {kind}: {call:?} from {base}: {result:?}, elsewhere {:?}",
                results[0]
            );
        }
        if step % 25 == 0 {
            compare(lanes, step);
        }
    }
    compare(lanes, 0);
}

fn compare(lanes: &Lanes, step: usize) {
    let first = lanes[0].1.snapshot();
    for (kind, guest) in &lanes[1..] {
        let found = guest.snapshot();
        assert!(found == first, "after step {step}, {kind}:\n{found}instead of\n{first}");
    }
}

/// A guest with a root.
fn on(root: Arc<dyn Directory>) -> Guest {
    Guest::with_root(|_| root.clone())
}

#[test]
fn file_systems_agree() {
    let seeds = match std::env::var("WASMER_LOCKSTEP_SEED") {
        Ok(seed) => seed.parse().map(|seed| seed..seed + 1).unwrap(),
        Err(_) => 1..16,
    };
    for seed in seeds {
        eprintln!("seed {seed}");
        let mut random = Random(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        let [plain, below, above] = &[(); 3].map(|()| tempfile::tempdir().unwrap());
        let host =
            |dir: &TempDir| Arc::new(HostDir::open_ambient(dir).unwrap()) as Arc<dyn Directory>;
        let memory = || Arc::new(MemoryDir::new()) as Arc<dyn Directory>;
        let [in_memory, lower_memory, upper_memory] = [(); 3].map(|()| memory());
        let mut lanes = vec![
            ("host", on(host(plain))),
            ("memory", on(in_memory)),
            ("host, later below", on(host(below))),
            ("memory, later below", on(lower_memory.clone())),
        ];
        // A file has one name in the lower layer: another one would be another file once it is written.
        run(&lanes, &mut random, 0..150, false);
        let overlays = || {
            [
                (
                    "overlay in memory",
                    on(Arc::new(OverlayDir::new(host(below), upper_memory.clone()))),
                ),
                (
                    "overlay of the host",
                    on(Arc::new(OverlayDir::new(lower_memory.clone(), host(above)))),
                ),
            ]
        };
        lanes.truncate(2);
        for (_, guest) in &lanes {
            fd::fd_close(&guest.ctx, INSIDE).unwrap();
        }
        lanes.extend(overlays());
        run(&lanes, &mut random, 150..600, true);
        // Nothing is known of an overlay but its layers.
        lanes.truncate(2);
        lanes.extend(overlays());
        compare(&lanes, 600);
    }
}
