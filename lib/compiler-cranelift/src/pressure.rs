//! How many values a function holds at the same time.
//!
//! Cranelift's better register allocator takes time in proportion to the number of instructions times the number of
//! values that are live at them. For code that compilers make that is little, but a function can be written that holds
//! tens of thousands of values at once, and that would take hours. For these there is a second register allocator,
//! which takes one pass, whatever the function is.

use cranelift_codegen::ir::Function;

/// Functions with fewer instructions are allocated quickly in any case.
const SMALL: usize = 8 << 10;

/// Values that are live at an average instruction of a function that is too expensive for the better
/// allocator. Code of compilers has a few dozen.
const EXTREME: u64 = 400;

/// Block parameters, of which each is passed by every branch to its block, that a function of any size may have.
const PARAMETERS: usize = 64 << 10;

/// Block parameters per instruction of a function that is too expensive for the better allocator, when it has more
/// than [`PARAMETERS`]. Code of compilers has less than one.
const EXTREME_PARAMETERS: usize = 8;

/// Whether registers of `function` should be allocated in one pass.
pub(crate) fn is_extreme(function: &Function) -> bool {
    let instructions = function.dfg.num_insts();
    let parameters: usize =
        function.layout.blocks().map(|block| function.dfg.num_block_params(block)).sum();
    if parameters >= PARAMETERS && parameters / EXTREME_PARAMETERS >= instructions {
        return true;
    }
    instructions >= SMALL && live_area(function) / instructions as u64 >= EXTREME
}

/// The distances from the definition of each value to its last use, added up, in instructions of the layout.
///
/// Values that are live around a loop are counted as far as the jump to its head, to which they are passed, or as
/// far as their last use in the layout.
fn live_area(function: &Function) -> u64 {
    let dfg = &function.dfg;
    let mut last_use = vec![0u32; dfg.num_values()];
    let mut position = dfg.num_insts() as u32 + 1;
    let mut area = 0;
    let mut block = function.layout.last_block();
    while let Some(current) = block {
        for inst in function.layout.block_insts(current).rev() {
            position -= 1;
            for value in dfg.inst_results(inst) {
                area += u64::from(last_use[value.as_u32() as usize].saturating_sub(position));
            }
            for value in dfg.inst_values(inst) {
                let last = &mut last_use[dfg.resolve_aliases(value).as_u32() as usize];
                *last = position.max(*last);
            }
        }
        for value in dfg.block_params(current) {
            area += u64::from(last_use[value.as_u32() as usize].saturating_sub(position));
        }
        block = function.layout.prev_block(current);
    }
    area
}

#[cfg(test)]
mod tests {
    use super::*;
    use cranelift_codegen::ir::{InstBuilder, types};
    use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

    /// A function that makes `count` values and then uses them, each at once or all at the end.
    fn function(count: usize, at_once: bool) -> Function {
        let mut function = Function::new();
        let mut context = FunctionBuilderContext::new();
        let mut builder = FunctionBuilder::new(&mut function, &mut context);
        let block = builder.create_block();
        builder.switch_to_block(block);
        builder.seal_block(block);
        let mut values = Vec::new();
        for i in 0..count {
            let value = builder.ins().iconst(types::I64, i as i64);
            match at_once {
                true => drop(builder.ins().ineg(value)),
                false => values.push(value),
            }
        }
        for value in values {
            builder.ins().ineg(value);
        }
        builder.ins().return_(&[]);
        function
    }

    #[test]
    fn only_values_that_are_held_count() {
        assert_eq!(live_area(&function(3, true)), 3);
        assert_eq!(live_area(&function(3, false)), 9);
        assert!(!is_extreme(&function(SMALL, true)));
        assert!(is_extreme(&function(SMALL, false)));
        assert!(!is_extreme(&function(100, false)));
    }
}
