//! Machines and memory styles that the tests compile for.

use wasmer_types::{CpuFeature, Features, MemoryFormat, MemoryStyle, MemoryType, Pages, Target};

/// A machine to compile for.
#[derive(Debug)]
pub struct Machine {
    /// Its name in files of expected code.
    pub name: &'static str,
    /// As compilers call it.
    pub triple: &'static str,
    /// What a common one has.
    pub common: &'static [CpuFeature],
}

/// A PC or server of Intel's or AMD's.
pub const X86_64: Machine = Machine {
    name: "x86_64",
    triple: "x86_64-unknown-linux-gnu",
    common: &[
        CpuFeature::SSE3,
        CpuFeature::SSSE3,
        CpuFeature::SSE41,
        CpuFeature::SSE42,
        CpuFeature::POPCNT,
        CpuFeature::AVX,
        CpuFeature::AVX2,
        CpuFeature::BMI1,
        CpuFeature::BMI2,
        CpuFeature::LZCNT,
        CpuFeature::FMA,
    ],
};

/// One of Arm's.
pub const AARCH64: Machine =
    Machine { name: "aarch64", triple: "aarch64-unknown-linux-gnu", common: &[CpuFeature::LSE] };

/// Every one.
pub const ALL: [Machine; 2] = [X86_64, AARCH64];

impl Machine {
    /// With these CPU features, or with all of them.
    pub fn target(&self, features: Option<&[CpuFeature]>) -> Target {
        let features = match features {
            Some(features) => features.iter().copied().collect(),
            None => CpuFeature::all(),
        };
        Target::new(self.triple.parse().expect("the name of a machine"), features)
    }
}

/// The proposals that every compiler has.
pub fn features() -> Features {
    let mut features = Features::all();
    features.tail_call(false).exceptions(false).function_references(false).gc(false);
    features.module_linking(false);
    features
}

/// Address space for the largest size, and a guard of 2 GiB.
pub fn reserved(ty: &MemoryType) -> MemoryStyle {
    MemoryStyle::Static {
        bound: Pages(MemoryFormat::default().limit_pages(ty).min(0x1_0000)),
        offset_guard_size: 2 << 30,
    }
}

/// A memory that moves, with a guard of one page.
pub fn moving(_: &MemoryType) -> MemoryStyle {
    MemoryStyle::Dynamic { offset_guard_size: 0x1_0000 }
}
