//! Objects that LLVM makes of small modules.

use std::collections::BTreeSet;
use std::sync::Once;

use inkwell::OptimizationLevel;
use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::targets::{
    CodeModel, FileType, InitializationConfig, RelocMode, Target, TargetMachine, TargetTriple,
};
use wasmer_compiler::{FrameRule, RelocationKind};
use wasmer_types::image::ReturnAddress;
use wasmer_types::target::Aarch64Architecture;

use super::*;

const X86_64: Architecture = Architecture::X86_64;
const AARCH64: Architecture = Architecture::Aarch64(Aarch64Architecture::Aarch64);

fn machine(architecture: Architecture) -> TargetMachine {
    static INITIALIZED: Once = Once::new();
    INITIALIZED.call_once(|| {
        Target::initialize_x86(&InitializationConfig::default());
        Target::initialize_aarch64(&InitializationConfig::default());
    });
    let triple = TargetTriple::create(&format!("{architecture}-unknown-linux-gnu"));
    let target = Target::from_triple(&triple).unwrap();
    let level = OptimizationLevel::Default;
    target.create_target_machine(&triple, "", "", level, RelocMode::PIC, CodeModel::Small).unwrap()
}

/// The object of a module of functions `f3`, `f4` and so on, whose text is `functions`; `!3` is the file and
/// `!4` the type of its functions.
fn object(architecture: Architecture, functions: &str) -> Vec<u8> {
    let ir = format!(
        "{functions}
declare hidden i32 @f7(i32)
declare void @llvm.ubsantrap(i8 immarg)
attributes #0 = {{ nounwind uwtable \"frame-pointer\"=\"all\" }}
attributes #1 = {{ noreturn nounwind nomerge }}
!llvm.module.flags = !{{!0, !1}}
!llvm.dbg.cu = !{{!2}}
!0 = !{{i32 7, !\"Dwarf Version\", i32 5}}
!1 = !{{i32 2, !\"Debug Info Version\", i32 3}}
!2 = distinct !DICompileUnit(language: DW_LANG_C, file: !3, isOptimized: true, runtimeVersion: 0, emissionKind: LineTablesOnly)
!3 = !DIFile(filename: \"m\", directory: \"\")
!4 = !DISubroutineType(types: !{{}})
!5 = distinct !DISubprogram(name: \"f3\", file: !3, type: !4, unit: !2, spFlags: DISPFlagDefinition)
!6 = distinct !DISubprogram(name: \"f4\", file: !3, type: !4, unit: !2, spFlags: DISPFlagDefinition)
!7 = distinct !DISubprogram(name: \"f5\", file: !3, type: !4, unit: !2, spFlags: DISPFlagDefinition)
"
    );
    let context = Context::create();
    let buffer = MemoryBuffer::create_from_memory_range_copy(ir.as_bytes(), "unit");
    let module = context.create_module_from_ir(buffer).unwrap();
    for function in module.get_functions().filter(|function| function.count_basic_blocks() > 0) {
        let name = function.get_name().to_str().unwrap();
        function.set_section(Some(&format!(".text.{name}")));
    }
    let made = machine(architecture).write_to_memory_buffer(&module, FileType::Object);
    made.unwrap().as_slice().to_vec()
}

/// Calls in both directions and out, a jump table of distances, traps with the same and with other locations, and
/// constants.
const UNIT: &str = "
define hidden i32 @f3(i32 %x, ptr %p) #0 !dbg !5 {
entry:
  switch i32 %x, label %z [ i32 0, label %a
    i32 1, label %b
    i32 2, label %c
    i32 3, label %d
    i32 4, label %e
    i32 5, label %f
    i32 6, label %g
    i32 7, label %h
    i32 8, label %i
    i32 9, label %j
    i32 10, label %k
    i32 11, label %l
    i32 12, label %m
    i32 13, label %n
    i32 14, label %o ], !dbg !10
a:
  %ra = call i32 @f4(i32 7), !dbg !11
  ret i32 %ra, !dbg !11
b:
  %rb = call i32 @f7(i32 8), !dbg !12
  %rb2 = add i32 %rb, 1, !dbg !12
  ret i32 %rb2, !dbg !12
c:
  call void @llvm.ubsantrap(i8 9) #1, !dbg !13
  unreachable, !dbg !13
d:
  call void @llvm.ubsantrap(i8 9) #1, !dbg !14
  unreachable, !dbg !14
e:
  call void @llvm.ubsantrap(i8 9) #1, !dbg !14
  unreachable, !dbg !14
f:
  store volatile i32 1, ptr %p, !dbg !10
  call void @llvm.ubsantrap(i8 6) #1, !dbg !15
  unreachable, !dbg !15
g:
  store volatile i32 2, ptr %p, !dbg !10
  ret i32 1, !dbg !10
h:
  store volatile i32 3, ptr %p, !dbg !10
  ret i32 2, !dbg !10
i:
  store volatile i32 4, ptr %p, !dbg !10
  ret i32 3, !dbg !10
j:
  store volatile i32 5, ptr %p, !dbg !10
  ret i32 4, !dbg !10
k:
  store volatile i32 6, ptr %p, !dbg !10
  ret i32 5, !dbg !10
l:
  store volatile i32 7, ptr %p, !dbg !10
  ret i32 6, !dbg !10
m:
  store volatile i32 8, ptr %p, !dbg !10
  ret i32 7, !dbg !10
n:
  store volatile i32 9, ptr %p, !dbg !10
  ret i32 8, !dbg !10
o:
  store volatile i32 10, ptr %p, !dbg !10
  ret i32 9, !dbg !10
z:
  ret i32 0, !dbg !10
}
define hidden i32 @f4(i32 %x) #0 !dbg !6 {
  %f = sitofp i32 %x to double, !dbg !16
  %m = fmul double %f, 1.234567, !dbg !16
  %i = fptosi double %m to i32, !dbg !16
  %r = call i32 @f3(i32 %i, ptr null), !dbg !17
  %s = add i32 %r, 1, !dbg !17
  ret i32 %s, !dbg !17
}
define hidden void @f5(ptr %p) #0 !dbg !7 {
  store <4 x i32> <i32 1, i32 2, i32 3, i32 400000>, ptr %p, align 1, !dbg !18
  ret void
}
!10 = !DILocation(line: 100, scope: !5)
!11 = !DILocation(line: 110, scope: !5)
!12 = !DILocation(line: 120, scope: !5)
!13 = !DILocation(line: 130, column: 10, scope: !5)
!14 = !DILocation(line: 140, column: 10, scope: !5)
!15 = !DILocation(line: 150, column: 7, scope: !5)
!16 = !DILocation(line: 200, scope: !6)
!17 = !DILocation(line: 210, scope: !6)
!18 = !DILocation(line: 300, scope: !7)
";

fn indices(numbers: Range<u32>) -> Vec<LocalFunctionIndex> {
    numbers.map(LocalFunctionIndex::from_u32).collect()
}

fn compiled(architecture: Architecture) -> Vec<CompiledFunction> {
    let object = object(architecture, UNIT);
    compiled_functions(&object, architecture, &indices(3..6), true).unwrap()
}

fn error(architecture: Architecture, functions: &str, numbers: Range<u32>) -> String {
    let object = object(architecture, functions);
    match compiled_functions(&object, architecture, &indices(numbers), false) {
        Err(error @ CompileError::Codegen(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// The bytes of a unit, and where each function begins.
fn joined(functions: &[CompiledFunction]) -> (Vec<u8>, Vec<usize>) {
    let mut block = Vec::new();
    let mut starts = Vec::new();
    for function in functions {
        starts.push(block.len());
        block.extend(&function.body);
    }
    (block, starts)
}

fn position(function: &CompiledFunction, at: usize) -> u32 {
    let behind = function.addresses.partition_point(|&(offset, _)| offset as usize <= at);
    behind.checked_sub(1).map_or(AddressMap::NONE, |entry| function.addresses[entry].1)
}

/// What holds on both machines.
fn check_tables(functions: &[CompiledFunction], trap_bytes: impl Fn(TrapCode) -> Vec<u8>) {
    use TrapCode::{IntegerOverflow, UnreachableCodeReached};
    assert_eq!(functions.iter().map(|f| f.joined).collect::<Vec<_>>(), [false, true, true]);
    assert!(functions.iter().all(|f| f.memory_faults == Some(TrapCode::HeapAccessOutOfBounds)));
    let traps: BTreeSet<_> = functions[0]
        .traps
        .iter()
        .map(|&(at, code)| {
            let expected = trap_bytes(code);
            assert_eq!(functions[0].body[at as usize..][..expected.len()], expected);
            (at, code.short_name(), position(&functions[0], at as usize))
        })
        .collect();
    let mut found: Vec<_> = traps.iter().map(|&(_, code, line)| (line, code)).collect();
    found.sort_unstable();
    let unreachable = UnreachableCodeReached.short_name();
    let expected = [
        (130, unreachable),
        (140, unreachable),
        (140, unreachable),
        (150, IntegerOverflow.short_name()),
    ];
    assert_eq!(found, expected);
    assert!(functions[1].traps.is_empty() && functions[2].traps.is_empty());

    let lines = |function: &CompiledFunction| -> BTreeSet<u32> {
        function.addresses.iter().map(|&(_, line)| line).collect()
    };
    let none = AddressMap::NONE;
    for (function, expected) in
        functions.iter().zip([vec![100, 110, 120, 130, 140, 150], vec![200, 210], vec![300]])
    {
        let mut lines = lines(function);
        lines.remove(&none);
        assert!(lines.into_iter().eq(expected), "{:?}", function.addresses);
        assert!(function.addresses.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(position(function, 0), none, "the prologue belongs to no operator");
    }
    assert_eq!(position(&functions[2], functions[2].body.len() - 1), none, "constants do neither");

    // The external call alone is left, with the line of its operator.
    let relocations: Vec<_> = functions.iter().flat_map(|f| &f.relocations).collect();
    assert_eq!(relocations.len(), 1);
    let target = RelocationTarget::Function(LocalFunctionIndex::from_u32(7));
    assert_eq!((relocations[0], relocations[0].target), (&functions[0].relocations[0], target));
    assert_eq!(position(&functions[0], relocations[0].offset as usize), 120);
}

/// The linker takes a unit as it is.
fn check_link(architecture: Architecture, functions: Vec<CompiledFunction>) {
    let (block, starts) = joined(&functions);
    let mut all: Vec<_> = (0..3)
        .map(|_| CompiledFunction { body: vec![0; 20], alignment: 4, ..Default::default() })
        .collect();
    all.extend(functions);
    let filler = CompiledFunction { body: vec![0; 8], alignment: 16, ..Default::default() };
    all.extend([filler.clone(), filler]);
    let image = wasmer_compiler::link(architecture, all, |_| 0).unwrap();
    let at = |number| image.functions.get(LocalFunctionIndex::from_u32(number)).unwrap();
    let base = at(3).offset;
    for (number, start) in starts.iter().enumerate() {
        assert_eq!(at(number as u32 + 3).offset, base + *start as u32);
    }
    let text = &image.text[base as usize..][..block.len()];
    let changed = text.iter().zip(&block).filter(|(linked, own)| linked != own).count();
    assert!((1..=4).contains(&changed), "only the call of f7 changes, not {changed} bytes");
    assert_eq!(image.traps.iter().count(), 4);
    assert_eq!(image.traps.lookup_memory_fault(base), Some(TrapCode::HeapAccessOutOfBounds));
    assert_eq!(image.traps.lookup_memory_fault(at(6).offset), None);
    assert!(!image.eh_frame.is_empty());
}

#[test]
fn x86_64() {
    let functions = compiled(X86_64);
    check_tables(&functions, |_| vec![0xf4, 0x0f, 0x1f, 0x40, 0x00]);
    let (block, starts) = joined(&functions);
    // One of them has a jump table.
    assert_eq!(functions[0].alignment, 4096);
    assert!(functions[1..].iter().all(|f| f.alignment == 1));
    // `call rel32` between the functions.
    let calls = |function: usize| -> BTreeSet<i64> {
        let range = starts[function]..starts.get(function + 1).copied().unwrap_or(block.len());
        range
            .filter(|&at| block[at] == 0xe8)
            .map(|at| at as i64 + 5 + i64::from(word(&block, at + 1) as i32))
            .collect()
    };
    assert!(calls(0).contains(&(starts[1] as i64)));
    assert!(calls(1).contains(&0));
    let relocation = functions[0].relocations[0];
    assert_eq!((relocation.kind, relocation.addend), (RelocationKind::X86PcRel4, -4));
    assert_eq!(block[relocation.offset as usize - 1], 0xe8);

    // `mulsd xmm0, [rip + distance]` and `movaps xmm0, [rip + distance]`.
    let constant = |code: &[u8]| {
        let at = block.windows(code.len()).position(|bytes| bytes == code).unwrap() + code.len();
        (at as i64 + 4 + i64::from(word(&block, at) as i32)) as usize
    };
    let float = constant(&[0xf2, 0x0f, 0x59, 0x05]);
    assert_eq!(block[float..float + 8], 1.234567_f64.to_le_bytes());
    let vector = constant(&[0x0f, 0x28, 0x05]);
    assert_eq!((vector % 16, word(&block, vector + 12)), (0, 400_000));

    // `lea rcx, [rip + distance]` of the table; its 15 distances lead to instructions of `f3` with the right lines.
    let table = constant(&[0x48, 0x8d, 0x0d]);
    let lines = |case: usize| {
        let target = table as i64 + i64::from(word(&block, table + 4 * case) as i32);
        assert!((1..starts[1] as i64).contains(&target), "{target}");
        position(&functions[0], target as usize)
    };
    assert_eq!([0, 1, 2, 3, 4, 6, 14].map(lines), [110, 120, 130, 140, 140, 100, 100]);

    // Each function has a frame pointer: it is pushed, and the frame is found by it.
    for function in &functions {
        let unwind = function.unwind.as_ref().unwrap();
        let start = [
            (1, FrameRule::CfaOffset(16)),
            (1, FrameRule::Saved { register: 6, offset: -16 }),
            (4, FrameRule::CfaRegister(6)),
        ];
        assert_eq!(unwind.rules[..3], start);
        let end = unwind.rules.iter().find(|rule| rule.0 > 4).unwrap();
        assert_eq!(end.1, FrameRule::Cfa { register: 7, offset: 8 });
        assert!(unwind.length as usize <= function.body.len());
    }
    check_link(X86_64, functions);
}

#[test]
fn aarch64() {
    let functions = compiled(AARCH64);
    check_tables(&functions, |code| u32::from(code as u8).to_le_bytes().to_vec());
    let (block, starts) = joined(&functions);
    // Constants are referred to by page.
    assert_eq!(functions[0].alignment, 4096);
    assert!(functions[1..].iter().all(|f| f.alignment == 4));
    let calls: Vec<_> = (0..block.len() / 4)
        .filter(|at| word(&block, 4 * at) >> 26 == 0x25)
        .map(|at| (4 * at, 4 * at as i64 + i64::from((word(&block, 4 * at) << 6) as i32 >> 4)))
        .collect();
    let relocation = functions[0].relocations[0];
    let external = relocation.offset as usize;
    assert_eq!((relocation.kind, relocation.addend), (RelocationKind::Aarch64Call26, 0));
    let targets: Vec<_> =
        calls.iter().filter(|call| call.0 != external).map(|call| call.1).collect();
    assert_eq!((calls.len(), targets), (3, vec![starts[1] as i64, 0]));

    // `adrp`, and behind it `add` or `ldr` of the same register with the offset in the page.
    let addresses: Vec<_> = (0..functions[0].body.len() + functions[1].body.len() + 28)
        .step_by(4)
        .filter(|&at| word(&block, at) & 0x9f00_0000 == 0x9000_0000)
        .map(|at| {
            let adrp = word(&block, at);
            assert_eq!((adrp >> 29 & 3, adrp >> 5 & 0x7_ffff), (0, 0), "the same page at {at}");
            let offset = |user: u32| {
                let scale = match user >> 22 {
                    0b10_0100_0100 => 0,
                    0b11_1111_0101 => 3,
                    0b00_1111_0111 => 4,
                    _ => return None,
                };
                let is_own = user >> 5 & 31 == adrp & 31;
                is_own.then_some(((user >> 10 & 0xfff) as usize) << scale)
            };
            let found = (1..4).find_map(|next| offset(word(&block, at + 4 * next)));
            found.unwrap_or_else(|| panic!("no use of the page at {at}"))
        })
        .collect();
    let [table, float, vector] = addresses[..] else { panic!("{addresses:?}") };
    assert_eq!(block[float..float + 8], 1.234567_f64.to_le_bytes());
    assert_eq!((vector % 16, word(&block, vector + 12)), (0, 400_000));
    // The table has distances in words from an instruction to which `adr` leads.
    let adr = (0..starts[1]).step_by(4).find(|&at| word(&block, at) & 0x9f00_0000 == 0x1000_0000);
    let adr = adr.unwrap();
    let base = adr + (word(&block, adr) >> 5 & 0x7_ffff) as usize * 4;
    let line = |case: usize| {
        let target = base + 4 * usize::from(block[table + case]);
        assert!(target < starts[1], "{target}");
        position(&functions[0], target)
    };
    assert_eq!([0, 1, 2, 3, 4].map(line), [110, 120, 130, 140, 140]);
    // These begin with a number of no operator's.
    assert_eq!([6, 14].map(line), [AddressMap::NONE; 2]);
    let unwind = functions[1].unwind.as_ref().unwrap();
    assert_eq!(
        unwind.rules[..4],
        [
            (4, FrameRule::CfaOffset(16)),
            (8, FrameRule::CfaRegister(29)),
            (8, FrameRule::Saved { register: 29, offset: -16 }),
            (8, FrameRule::Saved { register: 30, offset: -8 }),
        ]
    );
    assert_eq!(unwind.rules.last().unwrap().1, FrameRule::Same(30));
    check_link(AARCH64, functions);
}

/// A leaf that needs nothing, one that keeps registers, one that has a frame for what it has on the stack, and a function
/// that calls.
const LEAVES: &str = "
define hidden i32 @f3(i32 %x) #2 { ret i32 %x }
define hidden i32 @f4(i32 %x) #2 {
  call void asm sideeffect \"\", \"~{rbx},~{r12},~{x19},~{lr}\"()
  ret i32 %x
}
define hidden void @f5(i64 %x) #2 {
  %place = alloca i8, i64 %x
  store volatile i8 1, ptr %place
  ret void
}
define hidden i32 @f6(i32 %x) #2 {
  %r = call i32 @f7(i32 %x)
  %s = add i32 %r, %x
  ret i32 %s
}
attributes #2 = { nounwind uwtable \"frame-pointer\"=\"non-leaf\" }";

#[test]
fn leaves_lead_to_their_callers() {
    for (architecture, called) in
        [(X86_64, ReturnAddress::Stack(0)), (AARCH64, ReturnAddress::Link)]
    {
        let object = object(architecture, LEAVES);
        let indices: Vec<_> = (3..7).map(LocalFunctionIndex::from_u32).collect();
        let read = |want| compiled_functions(&object, architecture, &indices, want).unwrap();
        let [leaf, keeping, dynamic, calling] = &read(false)[..] else { panic!("four functions") };
        assert_eq!(leaf.leaf, [(0, Some(called))]);
        assert!(dynamic.leaf.is_empty() && calling.leaf.is_empty());
        // In the middle, two registers are on the stack; in the end as in the beginning.
        let places: Vec<_> = keeping.leaf.iter().map(|(_, place)| place.unwrap()).collect();
        let middle = places[places.len() / 2];
        assert_eq!((places[0], places.last()), (called, Some(&called)), "{architecture}");
        let stored = ReturnAddress::Stack(if architecture == X86_64 { 16 } else { 0 });
        assert_eq!(middle, stored);
        assert!(keeping.leaf.is_sorted_by(|a, b| a.0 < b.0));
        assert!(read(false).iter().all(|function| function.unwind.is_none()));
        assert!(read(true).iter().all(|function| function.unwind.is_some()));
    }
}

/// Nobody could find the caller of a function that has another value in the frame pointer.
#[test]
fn leaves_leave_the_frame_pointer_alone() {
    let changing = "
define hidden i32 @f3(i32 %x) #2 {
  call void asm sideeffect \"\", \"~{rbp}\"()
  ret i32 %x
}
attributes #2 = { nounwind uwtable \"frame-pointer\"=\"none\" }";
    let error = error(X86_64, changing, 3..4);
    assert!(error.contains("no frame leads to its caller"), "{error}");
}

#[test]
fn what_nothing_resolves_is_an_error() {
    let modulo = "
define hidden float @f3(float %x, float %y) #0 {
  %r = frem float %x, %y
  ret float %r
}";
    for architecture in [X86_64, AARCH64] {
        let error = error(architecture, modulo, 3..4);
        assert!(error.contains("\"fmodf\""), "{error}");
    }
    let variable = "@g = global i32 1\ndefine hidden ptr @f3() #0 { ret ptr @g }";
    let error = error(X86_64, variable, 3..4);
    assert!(error.contains(".data"), "{error}");
}

#[test]
fn functions_must_be_those_asked_for() {
    let two = "
define hidden void @f3() #0 { ret void }
define hidden void @f4() #0 { ret void }";
    for (numbers, expected) in
        [(3..4, "a section .text.f4"), (4..5, "a section .text.f3"), (3..6, "it has no .text.f5")]
    {
        let error = error(X86_64, two, numbers);
        assert!(error.contains(expected), "{error}");
    }
    let object = object(X86_64, two);
    let error = compiled_functions(&object, AARCH64, &indices(3..5), false).unwrap_err();
    assert!(error.to_string().contains("it is for X86_64"), "{error}");
    let gap = [3, 5].map(LocalFunctionIndex::from_u32);
    let error = compiled_functions(&object, X86_64, &gap, false).unwrap_err();
    assert!(error.to_string().contains("it has no .text.f5"), "{error}");
    for (name, index) in [
        ("f7", Some(7)),
        ("f07", None),
        ("f+7", None),
        ("f", None),
        ("g7", None),
        ("f4294967295", None),
    ] {
        assert_eq!(function_of(name).map(|index| index.as_u32()), index, "{name}");
    }
}

#[test]
fn damaged_objects_do_not_panic() {
    for architecture in [X86_64, AARCH64] {
        let object = object(architecture, UNIT);
        let read = |bytes: &[u8]| compiled_functions(bytes, architecture, &indices(3..6), true);
        for at in 0..object.len() {
            for change in [0xff, 0x80, 1] {
                let mut damaged = object.clone();
                damaged[at] ^= change;
                let _ = read(&damaged);
            }
        }
        for length in (0..object.len()).step_by(7) {
            assert!(read(&object[..length]).is_err(), "{length} bytes");
        }
    }
}
