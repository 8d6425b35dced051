//! Modules that are built to be expensive. Each kind can be made in any size, so that a test can see how the work grows
//! with the size.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, Function, FunctionSection, GlobalSection, GlobalType,
    InstructionSink, MemArg, MemorySection, MemoryType, Module, TypeSection, ValType,
};

/// A kind of modules.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// What there is much of.
    pub name: &'static str,
    /// A size at which a compiler has something to do, and a test does not take long.
    pub size: usize,
    /// The largest size that is within the limits; at most this much.
    pub largest: usize,
    /// Makes one. The number of its bytes is proportional to the size.
    pub make: fn(usize) -> Vec<u8>,
}

const I32: ValType = ValType::I32;
const I64: ValType = ValType::I64;
const F64: ValType = ValType::F64;

/// Every kind.
pub const SHAPES: &[Shape] = &[
    Shape { name: "labels of a br_table", size: 10_000, largest: 1_000_000, make: branch_table },
    Shape {
        name: "labels of a br_table with values",
        size: 10_000,
        largest: 500_000,
        make: branch_table_values,
    },
    Shape {
        name: "locals, unused",
        size: 10_000,
        largest: 49_000,
        make: |size| locals(size, false),
    },
    Shape {
        name: "locals, each used",
        size: 10_000,
        largest: 49_000,
        make: |size| locals(size, true),
    },
    Shape {
        name: "nested blocks",
        size: 5_000,
        largest: 49_000,
        make: |size| nested(size, Nest::Block),
    },
    Shape {
        name: "nested loops",
        size: 5_000,
        largest: 49_000,
        make: |size| nested(size, Nest::Loop),
    },
    Shape { name: "nested ifs", size: 5_000, largest: 49_000, make: |size| nested(size, Nest::If) },
    Shape { name: "blocks in a row", size: 5_000, largest: 400_000, make: row_of_blocks },
    Shape {
        name: "blocks that a br_table leaves",
        size: 1_000,
        largest: 40_000,
        make: left_blocks,
    },
    Shape {
        name: "blocks with ten values",
        size: 2_000,
        largest: 200_000,
        make: multi_value_blocks,
    },
    Shape {
        name: "locals times branches",
        size: 1_000,
        largest: 20_000,
        make: locals_times_branches,
    },
    Shape {
        name: "one function",
        size: 10_000,
        largest: 500_000,
        make: one_function_of_statements,
    },
    Shape {
        name: "functions that do nothing",
        size: 5_000,
        largest: 900_000,
        make: tiny_functions,
    },
    Shape { name: "operands on the stack", size: 5_000, largest: 1_000_000, make: deep_stack },
    Shape {
        name: "operands on the stack across blocks",
        size: 2_000,
        largest: 500_000,
        make: deep_stack_blocks,
    },
    Shape {
        name: "operands on the stack across calls",
        size: 2_000,
        largest: 500_000,
        make: deep_stack_calls,
    },
    Shape { name: "constants", size: 5_000, largest: 300_000, make: constants },
    Shape { name: "constants of vectors", size: 5_000, largest: 300_000, make: vector_constants },
    Shape { name: "memory accesses", size: 5_000, largest: 600_000, make: memory_accesses },
    Shape {
        name: "code that is not reached",
        size: 10_000,
        largest: 1_000_000,
        make: unreachable_code,
    },
];

/// A module of one function `[i32] -> [i32]`, a memory and a variable global.
fn one_function(
    locals: &[(u32, ValType)],
    write: impl FnOnce(&mut InstructionSink<'_>),
) -> Vec<u8> {
    let mut function = Function::new(locals.iter().copied());
    write(&mut function.instructions());
    function.instructions().end();
    with_functions(std::slice::from_ref(&function))
}

/// A module of functions `[i32] -> [i32]`. Type 1 has ten values in and out.
fn with_functions(list: &[Function]) -> Vec<u8> {
    let (mut types, mut functions, mut code) =
        (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([I32], [I32]);
    types.ty().function([I64; 10], [I64; 10]);
    for function in list {
        functions.function(0);
        code.function(function);
    }
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    let ty = GlobalType { val_type: I32, mutable: true, shared: false };
    globals.global(ty, &ConstExpr::i32_const(0));
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&globals);
    module.section(&code).clone().finish()
}

fn branch_table(size: usize) -> Vec<u8> {
    one_function(&[(3, I32)], |code| {
        code.block(BlockType::Empty).block(BlockType::Empty).block(BlockType::Empty);
        code.local_get(0).br_table((0..size).map(|label| (label % 3) as u32), 1);
        for local in 1..4 {
            code.end().local_get(local - 1).local_set(local);
        }
        code.local_get(3);
    })
}

fn branch_table_values(size: usize) -> Vec<u8> {
    let result = BlockType::Result(I32);
    one_function(&[], |code| {
        code.block(result).block(result).i32_const(5).local_get(0);
        code.br_table((0..size).map(|label| (label % 3) as u32), 0);
        code.end().i32_const(1).i32_add().end();
    })
}

fn locals(size: usize, used: bool) -> Vec<u8> {
    // One declaration each, so that the module grows with them.
    let declared: Vec<_> = (0..size).map(|local| (1, [I32, I64, F64][local % 3])).collect();
    one_function(&declared, |code| {
        for local in (1..=size as u32).filter(|_| used) {
            code.local_get(local).local_set(local);
        }
        code.local_get(0);
    })
}

#[derive(Clone, Copy)]
enum Nest {
    Block,
    Loop,
    If,
}

fn nested(size: usize, kind: Nest) -> Vec<u8> {
    one_function(&[], |code| {
        for _ in 0..size {
            match kind {
                Nest::Block => code.block(BlockType::Empty),
                Nest::Loop => code.loop_(BlockType::Empty),
                Nest::If => code.local_get(0).if_(BlockType::Empty),
            };
        }
        for _ in 0..size {
            code.local_get(0).br_if(0).end();
        }
        code.local_get(0);
    })
}

fn row_of_blocks(size: usize) -> Vec<u8> {
    one_function(&[(2, I32)], |code| {
        for _ in 0..size {
            code.block(BlockType::Result(I32)).local_get(1).local_get(0).br_if(0);
            code.local_get(2).i32_add().end().local_set(1);
        }
        code.local_get(1);
    })
}

/// Behind each block one more local has been set.
fn left_blocks(size: usize) -> Vec<u8> {
    let declared: Vec<_> = (0..size).map(|_| (1, I32)).collect();
    one_function(&declared, |code| {
        for _ in 0..size {
            code.block(BlockType::Empty);
        }
        code.local_get(0).br_table(0..size as u32, 0);
        for local in 1..=size as u32 {
            code.end().i32_const(local as i32).local_set(local);
        }
        code.local_get(size as u32);
    })
}

fn multi_value_blocks(size: usize) -> Vec<u8> {
    let ten = BlockType::FunctionType(1);
    one_function(&[(1, I64)], |code| {
        for _ in 0..10 {
            code.local_get(1);
        }
        for _ in 0..size {
            code.block(ten).local_get(0).br_if(0).i64_add().local_get(1).end();
        }
        for _ in 0..10 {
            code.drop();
        }
        code.local_get(0);
    })
}

/// As many locals that are in use as there are branches; a compiler that writes all of them at each does too much.
fn locals_times_branches(size: usize) -> Vec<u8> {
    let declared: Vec<_> = (0..size).map(|_| (1, I32)).collect();
    one_function(&declared, |code| {
        for local in 1..=size as u32 {
            code.local_get(0).local_set(local);
        }
        for local in 1..=size as u32 {
            code.local_get(local).if_(BlockType::Empty).local_get(0).local_set(local);
            code.else_().local_get(local).i32_const(1).i32_add().local_set(local).end();
        }
        code.local_get(1);
    })
}

fn one_function_of_statements(size: usize) -> Vec<u8> {
    let mut random = 1_u64;
    one_function(&[(20, I32), (10, F64)], |code| {
        for _ in 0..size {
            random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let local = |place: u32| 1 + (random >> (40 + place)) as u32 % 20;
            match random >> 61 {
                0 => code.local_get(local(0)).local_get(local(5)).i32_mul().local_set(local(9)),
                1 => code.local_get(0).call(0).local_set(local(0)),
                2 => code.local_get(local(0)).i32_load(access()).local_set(local(3)),
                3 => code.local_get(local(0)).local_get(local(3)).i32_store(access()),
                4 => code
                    .local_get(local(0))
                    .f64_convert_i32_s()
                    .local_set(21 + (random >> 44) as u32 % 10),
                5 => code.global_get(0).local_get(local(0)).i32_div_s().global_set(0),
                6 => code
                    .local_get(local(0))
                    .if_(BlockType::Empty)
                    .i32_const(7)
                    .local_set(local(1))
                    .end(),
                _ => code.local_get(local(0)).i32_const(5).i32_shl().local_tee(local(3)).drop(),
            };
        }
        code.local_get(1);
    })
}

fn tiny_functions(size: usize) -> Vec<u8> {
    let mut function = Function::new([]);
    function.instructions().local_get(0).end();
    with_functions(&vec![function; size])
}

fn deep_stack(size: usize) -> Vec<u8> {
    one_function(&[], |code| {
        for _ in 0..size {
            code.local_get(0).i32_load(access());
        }
        for _ in 1..size {
            code.i32_sub();
        }
    })
}

/// Half of the operands lie below blocks, in which nothing may happen to them.
fn deep_stack_blocks(size: usize) -> Vec<u8> {
    one_function(&[], |code| {
        for _ in 0..size {
            code.local_get(0).i32_load(access());
            code.block(BlockType::Empty).local_get(0).br_if(0).end();
        }
        for _ in 1..size {
            code.i32_add();
        }
    })
}

fn deep_stack_calls(size: usize) -> Vec<u8> {
    one_function(&[], |code| {
        for _ in 0..size {
            code.local_get(0).call(0);
        }
        for _ in 1..size {
            code.i32_add();
        }
    })
}

fn constants(size: usize) -> Vec<u8> {
    one_function(&[(1, F64), (1, I64)], |code| {
        for number in 0..size as u64 {
            let bits = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            code.f64_const(f64::from_bits(bits >> 2).into()).local_set(1);
            code.i64_const(bits as i64).local_set(2);
        }
        code.local_get(0);
    })
}

fn vector_constants(size: usize) -> Vec<u8> {
    one_function(&[(1, ValType::V128)], |code| {
        for number in 0..size as u64 {
            let bits = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            code.v128_const((i128::from(bits) << 60) | 1).local_set(1);
        }
        code.local_get(0);
    })
}

fn memory_accesses(size: usize) -> Vec<u8> {
    one_function(&[], |code| {
        for _ in 0..size {
            code.local_get(0).local_get(0).i32_load(access()).i32_store(access());
        }
        code.local_get(0);
    })
}

fn unreachable_code(size: usize) -> Vec<u8> {
    one_function(&[], |code| {
        code.unreachable();
        for _ in 0..size {
            code.block(BlockType::Empty).local_get(0).drop().end();
        }
    })
}

fn access() -> MemArg {
    MemArg { offset: 8, align: 2, target: wasm_encoder::MemArgTarget::Memory(0), ordering: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machines::features;
    use wasmer_compiler::validate_module;

    #[test]
    fn every_shape_is_valid_and_grows_with_its_size() {
        for Shape { name, size, largest, make } in SHAPES.iter().copied() {
            let sizes = [size, 2 * size, 4 * size].map(|size| {
                let module = make(size);
                if let Err(error) = validate_module(&features(), &module) {
                    panic!("{name}, {size}: {error}");
                }
                module.len()
            });
            assert!(4 * size <= largest, "{name}");
            for pair in sizes.windows(2) {
                let ratio = pair[1] as f64 / pair[0] as f64;
                // Numbers get longer.
                assert!((1.8..2.6).contains(&ratio), "{name}: {ratio}");
            }
        }
    }

    #[test]
    fn the_largest_are_valid() {
        for Shape { name, largest, make, .. } in SHAPES {
            let module = make(*largest);
            if let Err(error) = validate_module(&features(), &module) {
                panic!("{name}, {largest}: {error}");
            }
        }
    }
}
