use wasmer_types::TrapCode;
use wasmer_types::target::Aarch64Architecture;

use super::*;
use crate::function::{FrameRule, UnwindInfo};

const ARM: Architecture = Architecture::Aarch64(Aarch64Architecture::Aarch64);
const BL: [u8; 4] = 0x9400_0000u32.to_le_bytes();

fn function(body: &[u8]) -> CompiledFunction {
    CompiledFunction { body: body.to_vec(), alignment: 16, ..Default::default() }
}

fn call(kind: RelocationKind, offset: u32, callee: u32, addend: i64) -> Relocation {
    let target = RelocationTarget::Function(LocalFunctionIndex::from_u32(callee));
    Relocation { offset, kind, target, addend }
}

fn link_x86(functions: Vec<CompiledFunction>) -> Result<CodeImage, CompileError> {
    link(Architecture::X86_64, functions, |index| 100 + index.as_u32())
}

fn word(text: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(text[at..at + 4].try_into().unwrap())
}

#[test]
fn functions_are_aligned_and_tables_merged() {
    let mut one = function(&[1; 5]);
    one.traps = vec![(0, TrapCode::IntegerOverflow), (4, TrapCode::HeapMisaligned)];
    one.addresses = vec![(1, 10), (2, 11), (2, 12), (4, AddressMap::NONE)];
    let mut two = function(&[2; 3]);
    two.alignment = 64;
    two.traps = vec![(2, TrapCode::BadSignature)];
    two.addresses = vec![(0, 20)];
    let image = link_x86(vec![one, two, function(&[3])]).unwrap();
    let extent = |offset, length, wasm_offset| FunctionExtent { offset, length, wasm_offset };
    assert_eq!(
        image.functions.iter().map(|(_, extent)| extent).collect::<Vec<_>>(),
        [extent(0, 5, 100), extent(64, 3, 101), extent(80, 1, 102)]
    );
    assert_eq!(image.text.len(), 81);
    assert!(image.text[5..64].iter().all(|&byte| byte == 0xcc));
    let traps: Vec<_> = image.traps.iter().collect();
    let expected = [
        (0, TrapCode::IntegerOverflow),
        (4, TrapCode::HeapMisaligned),
        (66, TrapCode::BadSignature),
    ];
    assert_eq!(traps, expected);
    let at = |offset| image.addresses.lookup(offset);
    assert_eq!((at(0), at(1), at(2), at(4)), (None, Some(10), Some(12), None));
    assert_eq!((at(64), at(66), at(80)), (Some(20), Some(20), None));
    assert!(image.eh_frame.is_empty());
}

#[test]
fn bodies_in_place_of_calls_have_positions_of_their_own() {
    let body = |start, function, call| InlinedBody {
        start,
        function: LocalFunctionIndex::from_u32(function),
        call,
    };
    let mut one = function(&[1; 8]);
    one.addresses = vec![(0, 101), (1, 503), (2, 511), (3, AddressMap::NONE), (4, 102)];
    one.inlined = vec![body(500, 1, 101), body(510, 2, 502)];
    let mut two = one.clone();
    two.addresses = vec![(1, 502), (2, 512)];
    let image = link_x86(vec![one.clone(), function(&[2; 2]), two]).unwrap();
    let at = |offset| {
        let operators = image.operators_at(offset);
        operators.map(|(function, at)| (function.as_u32(), at)).collect::<Vec<_>>()
    };
    assert_eq!(
        (at(0), at(3), at(4)),
        (vec![(0, Some(101))], vec![(0, None)], vec![(0, Some(102))])
    );
    assert_eq!(at(1), [(1, Some(104)), (0, Some(101))]);
    assert_eq!(at(2), [(2, Some(103)), (1, Some(103)), (0, Some(101))]);
    assert_eq!((at(16), at(32)), (vec![(1, None)], vec![(2, None)]));
    assert_eq!(at(33), [(1, Some(103)), (2, Some(101))]);
    assert_eq!(at(34), [(2, Some(104)), (1, Some(103)), (2, Some(101))]);

    for inlined in [vec![body(500, 1, 500)], vec![body(500, 1, 7), body(500, 1, 7)]] {
        let damaged = CompiledFunction { inlined, ..function(&[1; 8]) };
        let error = link_x86(vec![damaged]).unwrap_err().to_string();
        assert!(error.contains("inlined body at 500"), "{error}");
    }
    let large = |at| CompiledFunction {
        addresses: vec![(0, at)],
        inlined: vec![body(500, 1, 7)],
        ..function(&[1; 8])
    };
    assert!(link_x86(vec![large(u32::MAX - 1)]).is_ok());
    let error = link_x86(vec![large(u32::MAX - 9), large(600)]).unwrap_err().to_string();
    assert!(error.contains("2^32 operators"), "{error}");
}

#[test]
fn leaves_end_where_functions_with_frames_begin() {
    use wasmer_types::image::ReturnAddress::{Link, Stack};
    let leaf = |leaf: &[(u32, _)]| CompiledFunction { leaf: leaf.to_vec(), ..function(&[1; 8]) };
    let called = (0, Some(Stack(0)));
    let functions = vec![
        function(&[1; 8]),
        leaf(&[called]),
        leaf(&[called, (1, Some(Stack(8))), (7, None)]),
        leaf(&[(2, Some(Link))]),
        function(&[1; 8]),
        leaf(&[]),
    ];
    let image = link_x86(functions).unwrap();
    let expected =
        [(16, Some(Stack(0))), (33, Some(Stack(8))), (39, None), (50, Some(Link)), (64, None)];
    assert!(image.leaves.iter().eq(expected), "{:?}", image.leaves);

    for damaged in [leaf(&[(4, None), (4, Some(Link))]), leaf(&[(8, Some(Link))])] {
        let error = link_x86(vec![damaged]).unwrap_err().to_string();
        assert!(error.contains("out of order or behind the end"), "{error}");
    }
}

#[test]
fn x86_calls_forwards_and_backwards() {
    let mut first = function(&[0xe8, 0, 0, 0, 0]);
    first.relocations = vec![call(RelocationKind::X86PcRel4, 1, 1, -4)];
    let mut second = function(&[0xe8, 0, 0, 0, 0]);
    second.relocations = vec![call(RelocationKind::X86PcRel4, 1, 0, -4)];
    let image = link_x86(vec![first, second]).unwrap();
    // `call` counts from the end of the instruction.
    assert_eq!(word(&image.text, 1) as i32, 16 - 5);
    assert_eq!(word(&image.text, 17) as i32, -(16 + 5));
}

#[test]
fn arm_calls_in_reach_are_direct() {
    let mut first = function(&BL);
    first.relocations = vec![call(RelocationKind::Aarch64Call26, 0, 1, 0)];
    let mut second = function(&[BL, 0x1400_0000u32.to_le_bytes()].concat());
    second.relocations = vec![
        call(RelocationKind::Aarch64Call26, 0, 0, 0),
        call(RelocationKind::Aarch64Call26, 4, 1, 0),
    ];
    let image = link(ARM, vec![first, second], |_| 0).unwrap();
    assert_eq!(word(&image.text, 0), 0x9400_0004);
    assert_eq!(word(&image.text, 16), 0x97ff_fffc);
    assert_eq!(word(&image.text, 20), 0x17ff_ffff);
}

/// Follows the branch at `place` and the veneer that it may lead to. The address reached and whether by a veneer.
fn follow(text: &[u8], place: usize) -> (usize, bool) {
    let words = ((word(text, place) << 6) as i32) >> 6;
    let target = (place as i64 + i64::from(words) * 4) as usize;
    if word(text, target) != 0x1000_0010 {
        return (target, false);
    }
    let veneer: Vec<u32> = (0..4).map(|at| word(text, target + 4 * at)).collect();
    assert_eq!(veneer, [0x1000_0010, 0x9800_0071, 0x8b11_0210, 0xd61f_0200]);
    ((target as i64 + i64::from(word(text, target + 16) as i32)) as usize, true)
}

#[test]
fn far_arm_calls_take_a_veneer() {
    // Forty functions of 32 bytes; each calls every fifth one. Branches reach 512 bytes.
    let count = 40;
    let functions = || {
        let make = |_| {
            let mut made = function(&BL.repeat(8));
            let calls = (0..8).map(|n| call(RelocationKind::Aarch64Call26, n * 4, n * 5, 0));
            made.relocations = calls.collect();
            made
        };
        (0..count).map(make).collect::<Vec<_>>()
    };
    let reach = Reach { branch: 512, group: 96 };
    let image = link_within(ARM, functions(), |_| 0, reach).unwrap();
    let mut by_veneer = 0;
    for (_, extent) in image.functions.iter() {
        for n in 0..8 {
            let (target, veneer) = follow(&image.text, extent.offset as usize + n * 4);
            let callee = LocalFunctionIndex::from_u32(n as u32 * 5);
            assert_eq!(target, image.functions.get(callee).unwrap().offset as usize);
            by_veneer += usize::from(veneer);
        }
    }
    assert!(by_veneer > 50 && by_veneer < 8 * count, "{by_veneer} of {} calls", 8 * count);
    // The same functions need none when branches reach.
    let image = link(ARM, functions(), |_| 0).unwrap();
    assert_eq!(image.text.len(), 32 * count);

    // A group that is larger than what a branch reaches.
    let reach = Reach { branch: 64, group: 1024 };
    let error = link_within(ARM, functions(), |_| 0, reach).unwrap_err();
    assert!(error.to_string().contains("does not reach"), "{error}");
}

/// Islands lie between units, not in them.
#[test]
fn veneers_do_not_cut_units() {
    let count = 60;
    let functions: Vec<_> = (0..count)
        .map(|number| {
            let mut made = function(&BL.repeat(8));
            // Without one of them, a unit would begin wherever a group of 96 bytes ends.
            (made.joined, made.alignment) = (number % 5 != 0, 4);
            made.relocations =
                (0..8).map(|n| call(RelocationKind::Aarch64Call26, n * 4, n * 7, 0)).collect();
            made
        })
        .collect();
    let reach = Reach { branch: 1024, group: 256 };
    let image = link_within(ARM, functions, |_| 0, reach).unwrap();
    let extents: Vec<_> = image.functions.iter().map(|(_, extent)| extent).collect();
    let mut islands = 0;
    for (number, pair) in extents.windows(2).enumerate() {
        let gap = pair[1].offset as usize - pair[0].range().end;
        assert!(gap == 0 || number % 5 == 4, "{gap} bytes behind function {number}");
        islands += usize::from(gap > 0);
    }
    assert!(islands > 5, "{islands} islands between functions");
    for extent in &extents {
        for n in 0..8 {
            let (target, _) = follow(&image.text, extent.offset as usize + n * 4);
            assert_eq!(target, extents[n * 7].offset as usize);
        }
    }
}

#[test]
fn memory_faults_hold_for_functions() {
    use TrapCode::{HeapAccessOutOfBounds as Heap, IntegerOverflow};
    let with = |memory_faults, traps: &[(u32, TrapCode)]| {
        let mut made = function(&[0; 8]);
        (made.memory_faults, made.traps) = (memory_faults, traps.to_vec());
        made
    };
    let functions = vec![
        with(None, &[(3, IntegerOverflow)]),
        with(Some(Heap), &[(0, IntegerOverflow), (4, IntegerOverflow)]),
        with(Some(Heap), &[]),
        with(None, &[(5, IntegerOverflow)]),
        with(None, &[]),
    ];
    let traps = link_x86(functions).unwrap().traps;
    let sites = [3, 16, 20, 53].map(|offset| (offset, IntegerOverflow));
    assert!(traps.iter().eq(sites));
    // One entry begins with a site; two are at no site.
    assert_eq!(traps.len(), 5);
    for offset in 0..80 {
        let range = (16..48).contains(&offset).then_some(Heap);
        let site = traps.lookup(offset);
        assert_eq!(traps.lookup_memory_fault(offset), site.or(range), "at {offset}");
    }
}

#[test]
fn nonsense_from_a_compiler_is_an_error() {
    let x86 = |offset, callee, addend| {
        let mut made = function(&[0; 8]);
        made.relocations = vec![call(RelocationKind::X86PcRel4, offset, callee, addend)];
        made
    };
    let arm = |instruction: u32, addend| {
        let mut made = function(&instruction.to_le_bytes());
        made.relocations = vec![call(RelocationKind::Aarch64Call26, 0, 0, addend)];
        made
    };
    let with = |change: fn(&mut CompiledFunction)| {
        let mut made = function(&[0; 8]);
        change(&mut made);
        made
    };
    let cases = [
        (x86(0, 1, 0), "refers to"),
        (x86(5, 0, 0), "behind the end"),
        (x86(u32::MAX, 0, 0), "behind the end"),
        (x86(0, 0, i64::MAX), "does not reach"),
        (x86(4, 0, i64::MIN), "does not reach"),
        (x86(0, 0, 1 << 31), "does not reach"),
        (arm(0xd503_201f, 0), "no aligned branch"),
        (arm(0x9400_0000, 2), "no aligned branch"),
        (arm(0x9400_0000, 1 << 27), "does not reach"),
        (with(|f| f.alignment = 0), "alignment 0"),
        (with(|f| f.alignment = 24), "alignment 24"),
        (with(|f| f.alignment = 8192), "alignment 8192"),
        (with(|f| f.body.clear()), "0 bytes"),
        (with(|f| f.traps = vec![(8, TrapCode::BadSignature)]), "trap at 8"),
        (with(|f| f.traps = vec![(2, TrapCode::BadSignature); 2]), "trap at 2"),
        (with(|f| f.addresses = vec![(3, 1), (2, 2)]), "address 3"),
        (with(|f| f.addresses = vec![(9, 1)]), "address 9"),
        (
            with(|f| {
                f.unwind = Some(UnwindInfo { length: 8, rules: vec![(9, FrameRule::Same(1))] })
            }),
            "unwind rule at 9",
        ),
    ];
    for (made, expected) in cases {
        let error = link_x86(vec![made]).unwrap_err();
        assert!(matches!(error, CompileError::Codegen(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error} should say {expected}");
    }
}

#[test]
fn unwind_rules_become_frame_descriptions() {
    let rules = vec![
        (1, FrameRule::CfaOffset(16)),
        (1, FrameRule::Saved { register: 6, offset: -16 }),
        (4, FrameRule::CfaRegister(6)),
        (7, FrameRule::Cfa { register: 7, offset: 8 }),
        (7, FrameRule::Same(6)),
    ];
    let mut with = function(&[0x90; 8]);
    with.unwind = Some(UnwindInfo { length: 8, rules });
    let image = link_x86(vec![function(&[0x90]), with, function(&[0x90])]).unwrap();
    // Length of the common entry, then the one frame description, then the end mark.
    let frame = &image.eh_frame;
    let cie = word(frame, 0) as usize + 4;
    let fde = word(frame, cie) as usize + 4;
    assert_eq!(frame.len(), cie + fde + 4);
    assert_eq!(word(frame, cie + fde), 0);
    // The common entry; then the distance to the function, which is at 16 of the 33 bytes before the section that
    // begins at 40, and its length, in 4 bytes each.
    assert_eq!(word(frame, cie + 4) as usize, cie + 4);
    assert_eq!(CodeImage::eh_frame_offset(image.text.len()), 40);
    assert_eq!(word(frame, cie + 8) as i32, 16 - 40 - (cie as i32 + 8));
    assert_eq!(word(frame, cie + 12), 8);
    // No augmentation; advance by 1, CFA offset 16, register 6 at CFA - 16, advance by 3, …
    let expected = [0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6, 0x43, 0x0c, 7, 8, 0x08, 6];
    let instructions = &frame[cie + 16..cie + fde];
    let skip = instructions.len() - instructions.iter().skip_while(|&&byte| byte != 0x41).count();
    assert_eq!(instructions[skip..skip + expected.len()], expected);

    let mut odd = function(&[0; 8]);
    let rules = vec![(2, FrameRule::Saved { register: 29, offset: -16 })];
    odd.unwind = Some(UnwindInfo { length: 8, rules });
    let error = link(ARM, vec![odd], |_| 0).unwrap_err();
    assert!(error.to_string().contains("unwind information"), "{error}");
}

#[test]
fn an_empty_module_links() {
    let image = link_x86(Vec::new()).unwrap();
    assert!(image.text.is_empty() && image.functions.is_empty());
}
