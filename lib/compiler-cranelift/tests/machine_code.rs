//! The bytes of the code, read back by a disassembler: every one is part of an instruction or of data, and calls and
//! traps are where they are said to be.

use wasmer_compiler_cranelift::Cranelift;
use wasmer_compiler_testing::snapshot::Snapshots;

#[test]
fn code_can_be_read_back() {
    let snapshots = Snapshots::<Cranelift> {
        folder: "cranelift",
        machines: &["x86_64", "aarch64"],
        setting: |config, setting| {
            if setting == "no-spectre" {
                config.spectre_mitigations(false);
            }
            setting == "no-spectre"
        },
    };
    let codes = snapshots.codes();
    let count = |text: &str| codes.iter().map(|code| code.matches(text).count()).sum::<usize>();
    // The files have more than this.
    for (text, least) in [
        ("call add_one", 2),
        ("bl add_one", 2),
        ("; heap_get_oob", 50),
        ("; int_divz", 4),
        (".table ", 2),
    ] {
        assert!(count(text) >= least, "{text}: {}", count(text));
    }
    for code in codes {
        // Data that is not known to be data comes out one by one; zeros are padding.
        let strange = code.lines().find(|line| {
            let bytes = line.split_once(".bytes ").map_or("", |(_, bytes)| bytes);
            bytes.len() < "00 00 00 00".len() && bytes.contains(|c| !"0 ".contains(c))
        });
        assert_eq!(strange, None, "{code}");
    }
}
