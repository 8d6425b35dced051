//! What files are that can't be used, and what to do with them.

use std::io;
use std::path::Path;

use crate::report::Advice;

/// The first bytes of files, what they are, and what to do.
const KINDS: &[(&[u8], &str, &str)] = &[
    (b"\x7fELF", "a native program or library (ELF)", "start it without wasmer"),
    (b"MZ", "a program for Windows", "build it for wasm32-wasip1"),
    (b"\xfe\xed\xfa", "a program for macOS", "build it for wasm32-wasip1"),
    (b"\xcf\xfa\xed\xfe", "a program for macOS", "build it for wasm32-wasip1"),
    (b"\xca\xfe\xba\xbe", "a Java class or a program for macOS", "build it for wasm32-wasip1"),
    (
        b"!<arch>\n",
        "a library of object files",
        "link it to a module first, for example with `wasm-ld`",
    ),
    (
        b"BC\xc0\xde",
        "LLVM bitcode",
        "compile and link it first, for example with `clang --target=wasm32-wasip1`",
    ),
    (b"#!", "a script", "start it without wasmer, or run its interpreter with wasmer"),
    (b"\x1f\x8b", "compressed (gzip)", "unpack it first, for example with `gunzip`"),
    (b"PK\x03\x04", "an archive (zip)", "unpack it first, for example with `unzip`"),
    (b"\x28\xb5\x2f\xfd", "compressed (zstd)", "unpack it first, for example with `zstd -d`"),
    (b"\xfd7zXZ", "compressed (xz)", "unpack it first, for example with `xz -d`"),
    (b"\0webc", "a package (WebC)", "take the module out of it: packages can't be run"),
    (b"<!DOCTYPE", "a web page", "look whether the download failed"),
    (b"<!doctype", "a web page", "look whether the download failed"),
    (b"<html", "a web page", "look whether the download failed"),
    (
        b"version https://git-lfs",
        "a pointer to a file that Git LFS keeps",
        "get the file with `git lfs pull`",
    ),
];

/// Why a file that begins with `bytes` can't be used, which is neither text nor begins with `\0asm`.
pub(crate) fn unknown_content(name: &str, bytes: &[u8]) -> Advice {
    match known(bytes) {
        Some((what, help)) => {
            Advice::new(format!("unable to determine how to execute `{name}`: it is {what}"), help)
        }
        None => Advice::new(
            format!(
                "unable to determine how to execute `{name}`: it is neither a WebAssembly module (which begins with \
                 `\\0asm`) nor text nor what `wasmer compile` writes"
            ),
            "if it is a download, look whether it is whole and unpacked",
        ),
    }
}

/// What the text `bytes` is if it is not that of a module.
pub(crate) fn foreign_text(name: &str, bytes: &[u8]) -> Option<Advice> {
    let message = |what| format!("unable to determine how to execute `{name}`: it is {what}");
    if let Some((what, help)) = known(bytes) {
        return Some(Advice::new(message(what), help));
    }
    let is_module = match bytes.trim_ascii_start() {
        // Comments, a module, or its fields.
        [b';', b';', ..] | [b'(', ..] => true,
        // An annotation, or the end of the file.
        [b'@', ..] | [] => true,
        _ => false,
    };
    let help = "the text format of modules begins with `(module`; a program in a language has to be compiled to \
                WebAssembly first";
    (!is_module).then(|| Advice::new(message("text, but not that of a module"), help))
}

fn known(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let found = KINDS.iter().find(|(start, ..)| bytes.starts_with(start));
    found.map(|(_, what, help)| (*what, *help))
}

/// The field behind the magic number: 0 for modules, 1 for components.
const MODULE_LAYER: u16 = 0;
const COMPONENT_LAYER: u16 = 1;

/// What is wrong with the header of a file that begins with `\0asm`, if something is.
pub(crate) fn wrong_header(name: &str, bytes: &[u8]) -> Option<Advice> {
    let Some(&[v0, v1, l0, l1]) = bytes.get(4..8) else {
        return Some(cut_off(
            name,
            &format!("its header has 8 bytes, and there are {}", bytes.len()),
        ));
    };
    match (u16::from_le_bytes([v0, v1]), u16::from_le_bytes([l0, l1])) {
        (1, MODULE_LAYER) => None,
        (_, COMPONENT_LAYER) => Some(Advice::new(
            format!("`{name}` is a component, and only core modules can be used"),
            "build the program for wasm32-wasip1 instead of wasm32-wasip2, or take a core module out of the \
             component with `wasm-tools component unbundle`",
        )),
        (version, MODULE_LAYER) => Some(Advice::new(
            format!("`{name}` is a module of version {version}, and there is only version 1"),
            "build it again with tools that are not older than WebAssembly 1.0, or look whether it is damaged",
        )),
        (_, layer) => Some(Advice::new(
            format!("`{name}` begins like a module, but is of an unknown kind ({layer})"),
            "look whether it is damaged, or made for a newer version",
        )),
    }
}

fn cut_off(name: &str, detail: &str) -> Advice {
    let help = "copy or download it again, and look whether the disk is full";
    Advice::new(format!("`{name}` is cut off: {detail}"), help)
}

/// What is missing of a module in the binary format, if its last section is not whole.
#[cfg(feature = "compiler")]
pub(crate) fn truncation(name: &str, module: &[u8]) -> Option<Advice> {
    let mut at = 8;
    while at < module.len() {
        let (size, content) = match leb128(module.get(at + 1..)?) {
            Some((size, length)) => (size as usize, at + 1 + length),
            None if module.len() - at < 6 => {
                return Some(cut_off(
                    name,
                    &format!("it ends in the header of the section at offset {at:#x}"),
                ));
            }
            None => return None,
        };
        let end = content.checked_add(size)?;
        if end > module.len() {
            let present = module.len() - content;
            let detail = format!(
                "the section at offset {at:#x} has {size} bytes, and {present} of them are there"
            );
            return Some(cut_off(name, &detail));
        }
        at = end;
    }
    None
}

/// A number of up to 32 bits, and how many bytes it takes.
#[cfg(feature = "compiler")]
fn leb128(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((u32::try_from(value).ok()?, index + 1));
        }
    }
    None
}

/// What to do when `path` can't be read; `commands` are those of the command line, one of which may be meant.
pub(crate) fn unreadable(
    path: &Path,
    error: &io::Error,
    commands: fn() -> Vec<String>,
) -> Option<String> {
    match error.kind() {
        io::ErrorKind::NotFound => missing(path, &commands()),
        io::ErrorKind::IsADirectory => directory(path),
        io::ErrorKind::PermissionDenied => {
            Some("you may not read it: see its permissions with `ls -l`".to_owned())
        }
        _ => None,
    }
}

fn missing(path: &Path, commands: &[String]) -> Option<String> {
    let text = path.to_str()?;
    if let Some(command) = commands.iter().find(|command| is_typo(text, command)) {
        return Some(format!("there is no command `{text}` either; a similar one is `{command}`"));
    }
    if text.contains("://") {
        return Some("programs are run from files: download it first".to_owned());
    }
    for extension in ["wasm", "wat", "wasmu"] {
        let other = path.with_extension(extension);
        if other != path && other.is_file() {
            return Some(format!("there is a file `{}`", other.display()));
        }
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => Some(format!(
            "there is no directory `{}` either; packages of the registry can't be run",
            folder.display()
        )),
        _ => Some("name a file; packages of the registry can't be run".to_owned()),
    }
}

fn directory(path: &Path) -> Option<String> {
    let mut modules: Vec<_> = std::fs::read_dir(path)
        .ok()?
        // A directory can have any number of files, and this is only a hint.
        .take(1000)
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|file| file.extension().is_some_and(|it| it == "wasm" || it == "wasmu"))
        .collect();
    modules.sort();
    Some(match modules.first() {
        Some(module) => format!("name a file in it, for example `{}`", module.display()),
        None => "name the file of a module; packages in directories can't be run".to_owned(),
    })
}

/// Whether `word` may be meant to be `command`: one letter is wrong, missing or too many, or two are exchanged.
fn is_typo(word: &str, command: &str) -> bool {
    let (word, command) = (word.as_bytes(), command.as_bytes());
    let same_start = word.iter().zip(command).take_while(|(a, b)| a == b).count();
    let (word, command) = (&word[same_start..], &command[same_start..]);
    match (word, command) {
        ([a, b, rest @ ..], [c, d, other @ ..]) if a == d && b == c => rest == other,
        ([_, rest @ ..], other) if rest == other => true,
        (rest, [_, other @ ..]) if rest == other => true,
        ([_, rest @ ..], [_, other @ ..]) => rest == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos() {
        for word in ["rnu", "runn", "rn", "ruk", "un"] {
            assert!(is_typo(word, "run"), "{word}");
        }
        for word in ["app.wasm", "rum2", "", "nur"] {
            assert!(!is_typo(word, "run"), "{word}");
        }
    }

    #[cfg(feature = "compiler")]
    #[test]
    fn truncated_modules() {
        let module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0";
        assert!(truncation("x", module).is_none());
        for length in 9..module.len() {
            let cut = truncation("x", &module[..length]);
            // Between sections nothing is missing.
            assert_eq!(cut.is_none(), length == 14, "{length}");
        }
        assert!(wrong_header("x", &module[..6]).unwrap().to_string().contains("is cut off"));
        assert!(truncation("x", b"\0asm\x01\0\0\0\x01\xff\xff\xff\xff\xff\x01").is_none());
    }
}
