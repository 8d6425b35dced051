//! Machines and memory styles that the tests compile for.

use wasmer_types::{CpuFeature, Features, MemoryFormat, MemoryStyle, MemoryType, Pages, Target};

/// The proposals that the compiler has.
pub(crate) fn features() -> Features {
    let mut features = Features::all();
    features.tail_call(false).exceptions(false).function_references(false).gc(false);
    features.module_linking(false);
    features
}

/// A machine with these CPU features, or with all of them.
pub(crate) fn machine(triple: &str, features: Option<&[CpuFeature]>) -> Target {
    let features = match features {
        Some(features) => features.iter().copied().collect(),
        None => CpuFeature::all(),
    };
    Target::new(triple.parse().expect("the name of a machine"), features)
}

/// Address space for the largest size, and a guard of 2 GiB.
pub(crate) fn reserved(ty: &MemoryType) -> MemoryStyle {
    MemoryStyle::Static {
        bound: Pages(MemoryFormat::default().limit_pages(ty).min(0x1_0000)),
        offset_guard_size: 2 << 30,
    }
}

/// A memory that moves, with a guard of one page.
pub(crate) fn moving(_: &MemoryType) -> MemoryStyle {
    MemoryStyle::Dynamic { offset_guard_size: 0x1_0000 }
}
