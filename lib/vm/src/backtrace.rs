//! Where in wasm a trap happened.
//!
//! Compiled code keeps frame pointers, so the frames of one activation are a linked list: the word at the
//! frame pointer is the caller's frame pointer, the word behind it the return address. A list ends at the
//! first address that is not compiled code, and the next begins where the activation below called the host.
//!
//! Only the innermost function may have no frame, if it is a leaf. Then the frame pointer is that of its caller, and
//! [`LeafTable`](wasmer_types::image::LeafTable) says where the return address is.

use std::iter;
use std::ptr::NonNull;
use std::sync::Arc;

use wasmer_types::LocalFunctionIndex;
use wasmer_types::image::ReturnAddress;

use crate::code::LoadedCode;
use crate::code_map;
use crate::enter::Activation;
use crate::stack::Stack;

/// How many frames a backtrace has at most: the innermost ones.
pub const MAX_FRAMES: usize = 128;

/// The wasm functions that were active when a trap happened, innermost first.
///
/// It keeps the code that it refers to. Functions and offsets are only looked up when it is read.
#[derive(Clone, Debug, Default)]
pub struct Backtrace {
    inner: Option<Box<Inner>>,
}

#[derive(Clone, Debug)]
struct Inner {
    /// Each code once.
    codes: Vec<Arc<LoadedCode>>,
    /// Index in `codes` and offset in its text of an instruction that was being executed.
    sites: Vec<(u32, u32)>,
}

/// An active function.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// The code that it belongs to.
    pub code: &'a Arc<LoadedCode>,
    /// Offset in the text of the instruction that trapped, or of the last byte of the call.
    pub text_offset: u32,
    /// The function.
    pub function: LocalFunctionIndex,
    /// Byte offset in the wasm module of the operator, when the instruction belongs to one.
    pub wasm_offset: Option<u32>,
}

impl Backtrace {
    /// Looks up the code of instructions that are being executed now.
    ///
    /// # Safety
    ///
    /// Code that contains one of `pcs` stays loaded during the call.
    #[cold]
    pub(crate) unsafe fn new(pcs: &[usize]) -> Self {
        let mut inner = Inner { codes: Vec::new(), sites: Vec::with_capacity(pcs.len()) };
        for &pc in pcs {
            let Some(code) = code_map::lookup(pc) else { continue };
            // SAFETY: the caller keeps the code loaded.
            let code_ref = unsafe { code.as_ref() };
            let Some(offset) = code_ref.offset_of(pc) else { continue };
            let known = inner.codes.iter().rposition(|known| Arc::as_ptr(known) == code.as_ptr());
            let index = known.unwrap_or_else(|| {
                // SAFETY: the map holds pointers that `Arc::into_raw` may have made, and the caller keeps
                // at least one reference alive.
                let code = unsafe {
                    Arc::increment_strong_count(code.as_ptr());
                    Arc::from_raw(code.as_ptr())
                };
                inner.codes.push(code);
                inner.codes.len() - 1
            });
            inner.sites.push((index as u32, offset));
        }
        Self { inner: (!inner.sites.is_empty()).then(|| Box::new(inner)) }
    }

    /// Whether no frame is known.
    pub fn is_empty(&self) -> bool {
        self.inner.is_none()
    }

    /// The active functions, innermost first, at most [`MAX_FRAMES`]. Functions whose bodies stand in place of calls are
    /// among them.
    pub fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        let frames = self.inner.iter().flat_map(|inner| {
            inner.sites.iter().flat_map(|&(code, text_offset)| {
                let code = &inner.codes[code as usize];
                let operators = code.image().operators_at(text_offset);
                operators.map(move |(function, wasm_offset)| Frame {
                    code,
                    text_offset,
                    function,
                    wasm_offset,
                })
            })
        });
        frames.take(MAX_FRAMES)
    }
}

/// A place in wasm code: an instruction that is being executed and the frame pointer there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Address of the instruction, or of the last byte of a call.
    pub(crate) pc: usize,
    /// The frame pointer.
    pub(crate) frame: usize,
    /// What else leads to the caller, unless the instruction is a call.
    pub(crate) leaf: Option<LeafRegisters>,
}

/// Registers of an instruction that is no call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeafRegisters {
    /// The stack pointer.
    pub(crate) stack: usize,
    /// The link register, on processors that have one.
    pub(crate) link: Option<usize>,
}

impl Place {
    /// The place behind a call of which the return address and the caller's frame pointer are known.
    pub(crate) fn before_return(return_address: usize, frame: usize) -> Self {
        Self { pc: return_address.wrapping_sub(1), frame, leaf: None }
    }

    /// Where the caller goes on, when the place is in a function of `code` that has no frame. `None` when it has one.
    ///
    /// # Safety
    ///
    /// `stack` is live.
    unsafe fn caller_of_leaf(&self, code: &LoadedCode, stack: &Stack) -> Option<Self> {
        let registers = self.leaf?;
        let return_address = match code.image().leaves.lookup(code.offset_of(self.pc)?)? {
            ReturnAddress::Link => registers.link?,
            ReturnAddress::Stack(bytes) => {
                let at = registers.stack.checked_add(bytes as usize)?;
                if !holds_words(stack, at, 1) {
                    return None;
                }
                // SAFETY: the word is in the accessible part of a live stack.
                unsafe { (at as *const usize).read() }
            }
        };
        Some(Self::before_return(return_address, self.frame))
    }
}

/// Whether `words` words at an address are in the accessible part of a stack.
fn holds_words(stack: &Stack, at: usize, words: usize) -> bool {
    let last = at.checked_add(words * size_of::<usize>() - 1);
    at.is_multiple_of(align_of::<usize>())
        && stack.contains(at)
        && last.is_some_and(|last| stack.contains(last))
}

/// Writes the instructions that are being executed to `pcs`, innermost first, and returns how many.
///
/// It does not allocate or lock: it is called in signal handlers.
///
/// # Safety
///
/// `innermost` is the present activation of this thread, and `place` is in the wasm code that it runs, or in
/// no wasm code at all.
pub(crate) unsafe fn walk(
    innermost: NonNull<Activation>,
    place: Place,
    pcs: &mut [usize; MAX_FRAMES],
) -> usize {
    let mut count = 0;
    // SAFETY: activations below the present one stay in place as long as it does.
    let below = |activation: &NonNull<Activation>| unsafe { activation.as_ref() }.previous();
    let activations = iter::successors(Some(innermost), below).take(MAX_FRAMES);
    for (depth, activation) in activations.clone().enumerate() {
        let mut place = match depth {
            0 => place,
            // SAFETY: as above.
            _ => match unsafe { exit_of(activations.clone().take(depth), activation) } {
                Some(place) => place,
                None => continue,
            },
        };
        // SAFETY: as above.
        let stack = unsafe { activation.as_ref() }.stack();
        while count < MAX_FRAMES
            && let Some(code) = code_map::lookup(place.pc)
        {
            pcs[count] = place.pc;
            count += 1;
            if place.leaf.is_some() {
                // SAFETY: only the place that the caller gave has these registers: code that is being executed.
                if let Some(caller) = unsafe { place.caller_of_leaf(code.as_ref(), stack) } {
                    place = caller;
                    continue;
                }
            }
            // A function that is interrupted before it has set up its frame, or after it has removed it, has
            // the frame pointer of its caller, which is any value when that is not compiled code.
            if !holds_words(stack, place.frame, 2) {
                break;
            }
            let words = place.frame as *const usize;
            // SAFETY: the two words are in the accessible part of a live stack.
            let (caller, return_address) = unsafe { (words.read(), words.add(1).read()) };
            if caller <= place.frame && code_map::lookup(return_address.wrapping_sub(1)).is_some() {
                // Callers lie above their callees. Never go round in circles.
                break;
            }
            place = Place::before_return(return_address, caller);
        }
    }
    count
}

/// Where the code of `activation` called the host, given the activations above it.
///
/// The store's context has the last such call. When the store was entered again since, that entry has kept it.
///
/// # Safety
///
/// All activations are live and so are their stores.
unsafe fn exit_of(
    above: impl Iterator<Item = NonNull<Activation>>,
    activation: NonNull<Activation>,
) -> Option<Place> {
    // SAFETY: they are live.
    let store = unsafe { activation.as_ref() }.store();
    let mut exit = None;
    for above in above {
        // SAFETY: they are live.
        let above = unsafe { above.as_ref() };
        if above.store() == store {
            exit = above.outer_exit();
        }
    }
    // SAFETY: the store is live.
    let (frame, pc) = exit.unwrap_or_else(|| unsafe { crate::enter::exit_of_store(store) });
    (pc != 0).then(|| Place::before_return(pc, frame))
}
