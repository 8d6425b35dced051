//! Where functions lie in the text.
//!
//! Those of a *unit*, a function and the joined ones behind it, lie one right behind the other: they were placed by the
//! compiler, and the linker must not come between.
//!
//! On AArch64 a branch reaches 128 MiB. A text that is larger is cut into groups of functions of about half that
//! size. Behind each group lies an *island* of veneers, one for each function of another group that it calls;
//! a veneer is a jump that reaches everything.
//!
//! ```text
//! │ functions of group 0 │ island 0 │ functions of group 1 │ island 1 │ …
//! ```

use wasmer_types::{CompileError, LocalFunctionIndex};

use crate::function::{CODE_PAGE, CompiledFunction, RelocationKind, RelocationTarget};
use crate::limits;

/// How far branches with a 26-bit distance reach.
pub(super) struct Reach {
    /// Distances from `-branch` up to `branch`, without the latter.
    pub(super) branch: usize,
    /// Bytes of functions in a group.
    pub(super) group: usize,
}

impl Reach {
    /// That of `b` and `bl`: a signed number of words with 26 bits.
    pub(super) fn of_branches() -> Self {
        Self { branch: 1 << 27, group: 1 << 26 }
    }

    pub(super) fn covers(&self, distance: i64) -> bool {
        (-(self.branch as i64)..self.branch as i64).contains(&distance)
    }
}

/// Where everything lies.
pub(super) struct Layout {
    /// Offset of each function.
    pub(super) offsets: Vec<u32>,
    /// Veneers, in the order of the text.
    pub(super) islands: Vec<Island>,
    /// Bytes of the text.
    pub(super) size: usize,
}

/// The veneers of a group.
pub(super) struct Island {
    /// Number of the function before which it lies: the first of the next group.
    pub(super) before: u32,
    /// Offset of its first veneer.
    offset: u32,
    /// Target of each veneer, increasing.
    targets: Vec<LocalFunctionIndex>,
}

/// Instructions of a veneer. `x16` and `x17` are the registers that the procedure call standard for the Arm 64-bit
/// architecture (§6.1.1) sets aside for this. The distance from the first instruction follows.
const VENEER: [u32; 4] = [
    0x1000_0010, // adr   x16, .
    0x9800_0071, // ldrsw x17, .+12
    0x8b11_0210, // add   x16, x16, x17
    0xd61f_0200, // br    x16
];
/// Bytes of a veneer.
const VENEER_SIZE: usize = size_of_val(&VENEER) + 4;
/// Alignment of an island.
const ISLAND_ALIGN: usize = 4;

impl Layout {
    pub(super) fn new(functions: &[CompiledFunction], reach: &Reach) -> Result<Self, CompileError> {
        let mut layout = Self { offsets: Vec::new(), islands: Vec::new(), size: 0 };
        layout.offsets.reserve_exact(functions.len());
        let branches = |function: &CompiledFunction| {
            let kinds = function.relocations.iter().map(|relocation| relocation.kind);
            kinds.into_iter().any(|kind| kind == RelocationKind::Aarch64Call26)
        };
        let size: usize = functions.iter().map(|f| f.body.len() + most_padding(f)).sum();
        let grouped = size > reach.branch && functions.iter().any(branches);
        let mut group = 0..0;
        for (number, function) in functions.iter().enumerate() {
            check_shape(number, function)?;
            if function.joined {
                check_joined(number, function, layout.size)?;
            } else if grouped
                && !group.is_empty()
                && layout.size - layout.start_of(group.start) + unit_size(&functions[number..])
                    > reach.group
            {
                layout.close_group(functions, group)?;
                group = number..number;
            }
            layout.size = start_of_function(layout.size, function);
            layout.offsets.push(offset(layout.size)?);
            layout.size += function.body.len();
            group.end = number + 1;
        }
        if grouped {
            layout.close_group(functions, group)?;
        }
        offset(layout.size)?;
        Ok(layout)
    }

    /// The offset of function `number`, or the end if it has no place yet.
    fn start_of(&self, number: usize) -> usize {
        self.offsets.get(number).map_or(self.size, |&offset| offset as usize)
    }

    /// Puts the island of the functions `group` at the end.
    fn close_group(
        &mut self,
        functions: &[CompiledFunction],
        group: std::ops::Range<usize>,
    ) -> Result<(), CompileError> {
        let relocations = functions[group.clone()].iter().flat_map(|f| &f.relocations);
        let mut targets: Vec<_> = relocations
            .filter(|relocation| relocation.kind == RelocationKind::Aarch64Call26)
            .map(|relocation| {
                let RelocationTarget::Function(callee) = relocation.target;
                callee
            })
            .filter(|callee| !group.contains(&(callee.as_u32() as usize)))
            .collect();
        targets.sort_unstable();
        targets.dedup();
        self.size = self.size.next_multiple_of(ISLAND_ALIGN);
        let island = Island { before: group.end as u32, offset: offset(self.size)?, targets };
        self.size += island.targets.len() * VENEER_SIZE;
        self.islands.push(island);
        Ok(())
    }
}

/// Bytes of the unit that begins with the first of `functions`.
fn unit_size(functions: &[CompiledFunction]) -> usize {
    let joined = functions.iter().skip(1).take_while(|function| function.joined);
    functions.iter().take(1).chain(joined).map(|function| function.body.len()).sum()
}

/// What [`start_of_function`] may leave out.
fn most_padding(function: &CompiledFunction) -> usize {
    match function {
        CompiledFunction { joined: true, .. } => 0,
        CompiledFunction { has_jump_tables: true, .. } => CODE_PAGE,
        _ => function.alignment as usize,
    }
}

/// Where a function lies behind `size` bytes of text.
fn start_of_function(size: usize, function: &CompiledFunction) -> usize {
    if function.joined {
        return size;
    }
    let start = size.next_multiple_of(function.alignment as usize);
    let length = function.body.len();
    let leaves_page = start % CODE_PAGE + length > CODE_PAGE;
    match function.has_jump_tables && length <= CODE_PAGE && leaves_page {
        true => start.next_multiple_of(CODE_PAGE),
        false => start,
    }
}

/// An offset in the text.
fn offset(size: usize) -> Result<u32, CompileError> {
    match size <= limits::TEXT_SIZE {
        true => Ok(size as u32),
        false => {
            let limit = limits::TEXT_SIZE;
            Err(CompileError::Resource(format!("machine code of more than {limit} bytes")))
        }
    }
}

fn check_shape(number: usize, function: &CompiledFunction) -> Result<(), CompileError> {
    let alignment = function.alignment;
    if !alignment.is_power_of_two() || alignment > 4096 || function.body.is_empty() {
        let size = function.body.len();
        return Err(CompileError::Codegen(format!(
            "function {number} has {size} bytes of code with alignment {alignment}"
        )));
    }
    Ok(())
}

/// Checks that joined function `number` may lie right behind `size` bytes of text.
fn check_joined(
    number: usize,
    function: &CompiledFunction,
    size: usize,
) -> Result<(), CompileError> {
    let problem = match size.is_multiple_of(function.alignment as usize) {
        _ if number == 0 => "has none before it".to_owned(),
        true => return Ok(()),
        false => format!("would lie at {size:#x}, with alignment {}", function.alignment),
    };
    Err(CompileError::Codegen(format!("joined function {number} {problem}")))
}

impl Island {
    /// Offset of the veneer for `callee`.
    pub(super) fn veneer(&self, callee: LocalFunctionIndex) -> Option<u32> {
        let number = self.targets.binary_search(&callee).ok()?;
        Some(self.offset + (number * VENEER_SIZE) as u32)
    }

    /// Appends the veneers to the text.
    pub(super) fn emit(&self, layout: &Layout, text: &mut Vec<u8>) -> Result<(), CompileError> {
        text.resize(self.offset as usize, 0);
        for callee in &self.targets {
            let target = layout.offsets.get(callee.as_u32() as usize);
            let target = *target
                .ok_or_else(|| CompileError::Codegen(format!("relocation refers to {callee:?}")))?;
            // Both are below 2^31.
            let distance = target as i32 - text.len() as i32;
            text.extend(VENEER.iter().flat_map(|word| word.to_le_bytes()));
            text.extend(distance.to_le_bytes());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jump_tables_stay_in_a_page() {
        let function = |length: usize, has_jump_tables: bool| CompiledFunction {
            body: vec![0; length],
            alignment: 16,
            has_jump_tables,
            ..Default::default()
        };
        let starts = |functions: &[CompiledFunction]| {
            Layout::new(functions, &Reach::of_branches()).unwrap().offsets
        };
        let first = function(4001, false);
        assert_eq!(starts(&[first.clone(), function(100, false)]), [0, 4016]);
        assert_eq!(starts(&[first.clone(), function(80, true)]), [0, 4016]);
        assert_eq!(
            starts(&[first.clone(), function(81, true), function(1, true)]),
            [0, 4096, 4192]
        );
        assert_eq!(starts(&[first.clone(), function(4096, true)]), [0, 4096]);
        assert_eq!(starts(&[first, function(4097, true)]), [0, 4016]);
    }
    #[test]
    fn units_stay_together() {
        let function = |length: usize, alignment: u32, joined: bool| CompiledFunction {
            body: vec![0; length],
            alignment,
            joined,
            has_jump_tables: joined,
            ..Default::default()
        };
        let place = |functions: &[CompiledFunction]| {
            Layout::new(functions, &Reach::of_branches()).map(|layout| layout.offsets)
        };
        let unit = [
            function(5, 16, false),
            function(4092, 4096, false),
            function(60, 4, true),
            function(7, 8, true),
            function(1, 16, false),
        ];
        // Neither moved to a page of their own nor padded.
        assert_eq!(place(&unit).unwrap(), [0, 4096, 8188, 8248, 8256]);
        let error = place(&unit[2..]).unwrap_err().to_string();
        assert!(error.contains("joined function 0 has none before it"), "{error}");
        let odd = [function(5, 16, false), function(4, 4, true)];
        let error = place(&odd).unwrap_err().to_string();
        assert!(error.contains("joined function 1 would lie at 0x5, with alignment 4"), "{error}");
        let zero = [function(5, 16, false), function(4, 0, true)];
        assert!(place(&zero).is_err());
    }
}
