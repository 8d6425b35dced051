//! What compiling a module takes, counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use wasmer_compiler::Compiler;
use wasmer_types::Target;

use crate::compile;
use crate::hostile::Shape;

/// The allocator of the system, with counters. A test program that counts has it as its `#[global_allocator]`.
#[derive(Debug)]
pub struct CountingAllocator;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn count(added: usize, removed: usize) {
    ALLOCATED.fetch_add(added, Ordering::Relaxed);
    let live = LIVE.fetch_add(added, Ordering::Relaxed).wrapping_add(added);
    PEAK.fetch_max(live, Ordering::Relaxed);
    LIVE.fetch_sub(removed, Ordering::Relaxed);
}

// SAFETY: all is done by `System`, with the arguments as they are; counting allocates nothing.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller promises what `System` wants.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: the caller promises what `System` wants; `block` is from `System`.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        // SAFETY: the caller promises what `System` wants; `block` is from `System`.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// What compiling a module took.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Bytes of code.
    pub code: usize,
    /// Bytes allocated, all taken together; the content is written, so it is a measure of what was done.
    pub allocated: usize,
    /// Bytes allocated at one time, at most.
    pub peak: usize,
    /// Bytes of the module.
    pub module: usize,
}

/// Compiles the module. Nothing else must run in this process.
///
/// # Panics
///
/// When it can't be compiled, or [`CountingAllocator`] is not in use.
pub fn compile(compiler: &dyn Compiler, target: &Target, module: &[u8]) -> Work {
    let before = (ALLOCATED.load(Ordering::Relaxed), LIVE.load(Ordering::Relaxed));
    PEAK.store(before.1, Ordering::Relaxed);
    let image =
        compile::compile(compiler, target, module).expect("the module is within the limits");
    let work = Work {
        code: image.code.text.len(),
        allocated: ALLOCATED.load(Ordering::Relaxed) - before.0,
        peak: PEAK.load(Ordering::Relaxed) - before.1,
        module: module.len(),
    };
    assert!(work.allocated > 0, "a test that counts has `CountingAllocator` as its allocator");
    work
}

/// Whether the work doubles with the size of the module, from the size of the shape to four times as much.
///
/// # Errors
///
/// What grows faster.
pub fn doubles(compiler: &dyn Compiler, target: &Target, shape: &Shape) -> Result<(), String> {
    /// Lists that grow double their room, and tables of pages have a least size.
    const TOLERANCE: f64 = 1.35;
    let works =
        [1, 2, 4].map(|factor| compile(compiler, target, &(shape.make)(factor * shape.size)));
    let [first, _, last] = works;
    let module = last.module as f64 / first.module as f64;
    let ratio = |number: fn(&Work) -> usize| number(&last) as f64 / number(&first) as f64;
    for (what, ratio) in [
        ("bytes of code", ratio(|work| work.code)),
        ("bytes allocated", ratio(|work| work.allocated)),
        ("bytes at one time", ratio(|work| work.peak)),
    ] {
        if ratio > module * TOLERANCE {
            return Err(format!(
                "{}: a module that is {module:.2} times as large takes {ratio:.2} times as many {what}: {works:?}",
                shape.name
            ));
        }
    }
    Ok(())
}
