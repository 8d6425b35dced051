//! Functions become one text with its tables.
//!
//! First every function gets its place ([`layout`]); then the bodies are copied there one after the other and the
//! places that depend on where others lie are filled in. The text holds no absolute address, so it
//! runs wherever it is mapped.

mod layout;
mod positions;
mod unwind;

use wasmer_types::image::{AddressMap, CodeImage, FunctionExtent, InlinedBody};
use wasmer_types::target::Architecture;
use wasmer_types::{CompileError, LocalFunctionIndex};

use self::layout::{Island, Layout, Reach};
use self::positions::Positions;
use self::unwind::EhFrame;
use crate::function::{CompiledFunction, Relocation, RelocationKind, RelocationTarget};

/// Puts compiled functions, all those of a module, into one text. `wasm_offset` gives the byte offset of a
/// function's body in the wasm module.
///
/// # Errors
///
/// [`CompileError::Resource`] when the text would be larger than [`TEXT_SIZE`](crate::limits::TEXT_SIZE), and
/// [`CompileError::Codegen`] when a function is not as [`CompiledFunction`] says or a relocation does not reach its
/// target.
pub fn link(
    architecture: Architecture,
    functions: Vec<CompiledFunction>,
    wasm_offset: impl Fn(LocalFunctionIndex) -> u32,
) -> Result<CodeImage, CompileError> {
    link_within(architecture, functions, wasm_offset, Reach::of_branches())
}

/// [`link`] for instructions that reach as far as `reach` says.
fn link_within(
    architecture: Architecture,
    functions: Vec<CompiledFunction>,
    wasm_offset: impl Fn(LocalFunctionIndex) -> u32,
    reach: Reach,
) -> Result<CodeImage, CompileError> {
    let layout = Layout::new(&functions, &reach)?;
    let mut image = CodeImage::default();
    image.text.reserve_exact(layout.size);
    image.functions.reserve_exact(functions.len());
    image.traps.reserve(functions.iter().map(|function| function.traps.len()).sum());
    image.addresses.reserve(functions.iter().map(|function| function.addresses.len() + 1).sum());
    let mut eh_frame = EhFrame::new(architecture, CodeImage::eh_frame_offset(layout.size));
    let mut positions = Positions::default();
    let mut islands = layout.islands.iter().peekable();
    for (number, function) in functions.into_iter().enumerate() {
        while let Some(island) = islands.next_if(|island| island.before as usize == number) {
            island.emit(&layout, &mut image.text)?;
        }
        let index = LocalFunctionIndex::from_u32(number as u32);
        let at = layout.offsets[number];
        let context = |what: String| CompileError::Codegen(format!("{index:?}: {what}"));
        pad(architecture, &mut image.text, at);
        image.text.extend_from_slice(&function.body);
        image.functions.push(FunctionExtent {
            offset: at,
            length: function.body.len() as u32,
            wasm_offset: wasm_offset(index),
        });
        append_tables(&mut image, at, &function, &mut positions).map_err(context)?;
        let island = islands.peek().copied();
        for relocation in &function.relocations {
            resolve(&mut image.text, &layout, island, &reach, at, relocation).map_err(context)?;
        }
        if let Some(info) = &function.unwind {
            eh_frame.add(at, info).map_err(context)?;
        }
    }
    for island in islands {
        island.emit(&layout, &mut image.text)?;
    }
    image.eh_frame = eh_frame.finish()?.into();
    Ok(image)
}

/// Fills the text up to offset `until` with instructions that trap.
fn pad(architecture: Architecture, text: &mut Vec<u8>, until: u32) {
    let filler = match architecture {
        Architecture::X86_64 | Architecture::X86_32(_) => 0xcc, // int3
        _ => 0,                                                 // udf #0 on AArch64
    };
    text.resize(until as usize, filler);
}

/// Adds the traps and addresses of a function that lies at offset `at`.
fn append_tables(
    image: &mut CodeImage,
    at: u32,
    function: &CompiledFunction,
    positions: &mut Positions,
) -> Result<(), String> {
    let length = function.body.len() as u32;
    let mut behind = 0;
    for &(offset, _) in &function.traps {
        if offset < behind || offset >= length {
            return Err(format!("trap at {offset} is out of order or of the {length} bytes"));
        }
        behind = offset + 1;
    }
    let mut sites = function.traps.iter().peekable();
    // Padding and veneers behind a function access no memory, so its range may go on over them.
    if image.traps.range() != function.memory_faults {
        let first = sites.next_if(|site| site.0 == 0).map(|site| site.1);
        image.traps.push_range(at, function.memory_faults, first);
    }
    for &(offset, code) in sites {
        image.traps.push(at + offset, code);
    }
    // What lies before the first entry belongs to no operator, and not to those of the function before.
    let first = function.addresses.first().map_or(length, |&(offset, _)| offset);
    if first > 0 {
        image.addresses.push(at, AddressMap::NONE);
    }
    append_leaf(image, at, function)?;
    let place = positions.of(function)?;
    for &InlinedBody { start, function, call } in &function.inlined {
        image.inlined.push(InlinedBody { start: place(start)?, function, call: place(call)? });
    }
    let mut addresses = function.addresses.iter().peekable();
    while let Some(&(offset, position)) = addresses.next() {
        let next = addresses.peek().map_or(length, |&&(next, _)| next);
        if next < offset || offset > length {
            return Err(format!("address {offset} is out of order or of the {length} bytes"));
        }
        // Of entries for the same place the last holds.
        if next > offset {
            image.addresses.push(at + offset, place(position)?);
        }
    }
    Ok(())
}

/// Says where a function that lies at offset `at` has no frame.
fn append_leaf(image: &mut CodeImage, at: u32, function: &CompiledFunction) -> Result<(), String> {
    let mut behind = 0;
    for &(offset, _) in &function.leaf {
        if offset < behind || offset as usize >= function.body.len() {
            return Err(format!("leaf at {offset} is out of order or behind the end"));
        }
        behind = offset + 1;
    }
    // What lies before the first place has a frame, as the function before may not.
    if function.leaf.first().is_none_or(|first| first.0 > 0) {
        image.leaves.push(at, None);
    }
    for &(offset, place) in &function.leaf {
        image.leaves.push(at + offset, place);
    }
    Ok(())
}

/// Fills in the place of a relocation of the function at offset `at`. `island` is that of the function's group.
fn resolve(
    text: &mut [u8],
    layout: &Layout,
    island: Option<&Island>,
    reach: &Reach,
    at: u32,
    relocation: &Relocation,
) -> Result<(), String> {
    let RelocationTarget::Function(callee) = relocation.target;
    let target = layout.offsets.get(callee.as_u32() as usize);
    let target = *target.ok_or_else(|| format!("relocation refers to {callee:?}"))?;
    let place = at as usize + relocation.offset as usize;
    // The place may not lie in a function behind: the text ends where this one ends.
    let bytes = text.get_mut(place..).and_then(<[u8]>::first_chunk_mut::<4>);
    let bytes =
        bytes.ok_or_else(|| format!("relocation at {} is behind the end", relocation.offset))?;
    let to = |target: u32, addend: i64| {
        let distance = i64::from(target) - place as i64;
        distance.checked_add(addend)
    };
    let too_far = || format!("relocation at {} does not reach {callee:?}", relocation.offset);
    match relocation.kind {
        RelocationKind::X86PcRel4 => {
            let distance = to(target, relocation.addend);
            let distance = distance.and_then(|distance| i32::try_from(distance).ok());
            *bytes = distance.ok_or_else(too_far)?.to_le_bytes();
        }
        RelocationKind::Aarch64Call26 => {
            let direct = to(target, relocation.addend).filter(|&way| reach.covers(way));
            let veneer = || match relocation.addend {
                0 => to(island?.veneer(callee)?, 0).filter(|&way| reach.covers(way)),
                _ => None,
            };
            let distance = direct.or_else(veneer).ok_or_else(too_far)?;
            let instruction = u32::from_le_bytes(*bytes);
            if instruction & 0x7c00_0000 != 0x1400_0000 || distance % 4 != 0 {
                return Err(format!("there is no aligned branch at {}", relocation.offset));
            }
            let words = (distance >> 2) as u32 & 0x03ff_ffff;
            *bytes = (instruction & 0xfc00_0000 | words).to_le_bytes();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
