use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;
use cranelift_entity::EntityRef;

use super::*;
use crate::image::{CodeImage, FunctionExtent, InlinedBody, ModuleImage, ReturnAddress};
use crate::indices::{
    DataIndex, ElemIndex, ExportIndex, FunctionIndex, GlobalIndex, ImportIndex, LocalGlobalIndex,
    MemoryIndex, SignatureIndex, TableIndex, TagIndex,
};
use crate::init::{
    DataPlacement, DataSegment, ElementItems, ElementPlacement, ElementSegment, GlobalInit,
    InitExpr, InitExprOp,
};
use crate::module::{ImportKey, ModuleInfo};
use crate::style::{MemoryStyle, TableStyle};
use crate::target::{CpuFeature, Target, Triple};
use crate::trap::TrapCode;
use crate::types::{
    FunctionType, GlobalType, IndexType, MemoryFormat, MemoryType, Mutability, TableType, Type,
};
use crate::units::Pages;

fn import(info: &mut ModuleInfo, index: ImportIndex) {
    let number = info.imports.len() as u32;
    info.imports.insert(ImportKey::from(("m".to_owned(), format!("i{number}"), number)), index);
}

/// A module with something of everything.
fn info() -> ModuleInfo {
    use Type::{ExternRef, F32, F64, FuncRef, I32, I64, V128};
    let mut info = ModuleInfo::new();
    info.name = Some("sample".to_owned());
    info.signatures.push(FunctionType::new([], []));
    info.signatures.push(FunctionType::new([I32, V128, FuncRef], [I64, F64]));
    info.functions.push(SignatureIndex::new(1));
    info.num_imported_functions = 1;
    import(&mut info, ImportIndex::Function(FunctionIndex::new(0)));
    info.globals.push(GlobalType::new(I32, Mutability::Const));
    info.num_imported_globals = 1;
    import(&mut info, ImportIndex::Global(GlobalIndex::new(0)));
    info.tags.push(SignatureIndex::new(0));
    info.num_imported_tags = 1;
    import(&mut info, ImportIndex::Tag(TagIndex::new(0)));
    for _ in 0..3 {
        info.functions.push(SignatureIndex::new(0));
    }
    info.tables.push(TableType::new(FuncRef, 4, Some(9)));
    let memory = info.memories.push(MemoryType::new(1, Some(70), false));
    info.memory_formats[memory].index = IndexType::I64;
    let function = FunctionIndex::new(2);
    info.escape(function);
    let get = InitExprOp::GlobalGet(GlobalIndex::new(0));
    let sum = InitExpr::new([get, InitExprOp::I32Const(-7), InitExprOp::I32Mul]);
    let globals = [
        (I32, GlobalInit::Expr(sum.clone())),
        (I64, GlobalInit::I64Const(i64::MIN)),
        (F32, GlobalInit::F32Const(f32::INFINITY)),
        (F64, GlobalInit::F64Const(-0.5)),
        (V128, GlobalInit::V128Const([7; 16].into())),
        (ExternRef, GlobalInit::RefNullConst),
        (FuncRef, GlobalInit::RefFunc(function)),
        (I32, GlobalInit::GetGlobal(GlobalIndex::new(0))),
    ];
    for (ty, init) in globals {
        info.globals.push(GlobalType::new(ty, Mutability::Var));
        info.global_initializers.push(init);
    }
    let offset = InitExpr::new([InitExprOp::I64Const(5)]);
    let placement = DataPlacement::Active { memory: MemoryIndex::new(0), offset };
    info.data_segments.push(DataSegment { placement, data: 0..4 });
    info.data_segments.push(DataSegment { placement: DataPlacement::Passive, data: 4..6 });
    let items = ElementItems::Functions([function, FunctionIndex::new(0)].into());
    let placement = ElementPlacement::Active { table: TableIndex::new(0), offset: sum };
    info.element_segments.push(ElementSegment { placement, ty: FuncRef, items });
    let items = ElementItems::Expressions([InitExpr::new([InitExprOp::RefNull(ExternRef)])].into());
    let placement = ElementPlacement::Declared;
    info.element_segments.push(ElementSegment { placement, ty: ExternRef, items });
    info.exports.insert("f".to_owned(), ExportIndex::Function(function));
    info.exports.insert("memory".to_owned(), ExportIndex::Memory(MemoryIndex::new(0)));
    info.start_function = Some(FunctionIndex::new(1));
    info.function_names.push(FunctionIndex::new(0), "host");
    info.function_names.push(function, "named");
    for (name, contents) in [("a", &b"one"[..]), ("b", b"")] {
        let index = info.custom_sections_data.push(Bytes::copy_from_slice(contents));
        info.custom_sections.insert(name.to_owned(), index);
    }
    info
}

fn image() -> ModuleImage {
    let mut code = CodeImage { text: vec![0x90; 40], ..CodeImage::default() };
    for offset in [0, 16, 32] {
        code.functions.push(FunctionExtent { offset, length: 8, wasm_offset: 100 + offset });
    }
    code.traps.push(3, TrapCode::IntegerOverflow);
    code.traps.push_range(16, Some(TrapCode::HeapAccessOutOfBounds), None);
    code.traps.push_range(32, None, None);
    code.traps.push(33, TrapCode::BadSignature);
    code.addresses.push(0, 100);
    code.addresses.push(20, 117);
    code.addresses.push(24, 1002);
    let function = crate::indices::LocalFunctionIndex::new(2);
    code.inlined.push(InlinedBody { start: 1000, function, call: 117 });
    code.leaves.push(16, Some(ReturnAddress::Stack(8)));
    code.leaves.push(24, None);
    code.eh_frame = Bytes::from_static(&[0; 4]);
    let format = MemoryFormat { index: IndexType::I64, ..MemoryFormat::default() };
    let style = MemoryStyle::Extended { offset_guard_size: 1 << 16, format };
    let triple = Triple::from_str("x86_64-unknown-linux-gnu").unwrap();
    ModuleImage {
        info: Arc::new(info()),
        target: Target::new(triple, CpuFeature::SSE2 | CpuFeature::AVX),
        compiler: "test".to_owned(),
        memory_styles: [style].into_iter().collect(),
        table_styles: [TableStyle::CallerChecksSignature].into_iter().collect(),
        code,
        data: b"abcdef"[..].into(),
    }
}

fn read(bytes: &[u8]) -> Result<(Artifact, DecodedModule, CodeImage), ArtifactError> {
    let artifact = Artifact::new(Bytes::copy_from_slice(bytes))?;
    let module = artifact.decode(Depth::Everything)?;
    let code = artifact.code()?;
    Ok((artifact, module, code))
}

#[test]
fn modules_survive() {
    let image = image();
    let bytes = image.contents().write().unwrap();
    let (artifact, module, code) = read(&bytes).unwrap();
    let mut expected = ModuleInfo::clone(&image.info);
    expected.data_segments[DataIndex::new(0)].data = 4101..4105;
    expected.data_segments[DataIndex::new(1)].data = 0..2;
    assert_eq!(module.info, expected);
    let extent = MemoryImageExtent { address: 0, data: 4096..4105 };
    assert_eq!(module.memory_images.values().as_slice(), [Some(extent)]);
    let data = artifact.section(Section::Data);
    assert_eq!((&data[..2], &data[4096..]), (&b"ef"[..], &b"\0\0\0\0\0abcd"[..]));
    assert_eq!(module.memory_styles, image.memory_styles);
    assert_eq!(module.table_styles, image.table_styles);
    assert_eq!(code.functions, image.code.functions);
    assert_eq!(code.traps, image.code.traps);
    let faults = [15, 16, 31, 32, 33].map(|offset| code.traps.lookup_memory_fault(offset));
    let heap = Some(TrapCode::HeapAccessOutOfBounds);
    assert_eq!(faults, [None, heap, heap, None, Some(TrapCode::BadSignature)]);
    assert_eq!(code.addresses, image.code.addresses);
    assert_eq!(code.inlined, image.code.inlined);
    assert_eq!(code.leaves, image.code.leaves);
    assert_eq!(artifact.section(Section::Text), image.code.text);
    assert_eq!(artifact.header().target, image.target);
    assert_eq!(artifact.header().compiler, "test");
    let text = artifact.range(Section::Text);
    assert_eq!(text.start % 4096, 0);
    assert_eq!(artifact.range(Section::EhFrame).start, CodeImage::eh_frame_offset(text.end));
    let (text, data) = (artifact.section(Section::Text), artifact.section(Section::Data));
    assert_eq!(artifact.contents(&module, &code, &text, &data).write().unwrap(), bytes);
}

#[test]
fn an_empty_module_survives() {
    let empty = ModuleImage {
        info: Arc::default(),
        memory_styles: Default::default(),
        table_styles: Default::default(),
        code: CodeImage::default(),
        data: Box::default(),
        ..image()
    };
    let bytes = empty.contents().write().unwrap();
    assert!(bytes.len() < 4096, "{} bytes: nothing is aligned to pages", bytes.len());
    assert_eq!(read(&bytes).unwrap().1.info, ModuleInfo::new());
}

#[test]
fn only_known_machines_have_artifacts() {
    let mut image = image();
    image.target =
        Target::new(Triple::from_str("riscv64gc-unknown-linux-gnu").unwrap(), CpuFeature::set());
    assert!(matches!(image.contents().write(), Err(ArtifactError::Target(_))));
    image.target =
        Target::new(Triple::from_str("aarch64-unknown-linux-gnu").unwrap(), CpuFeature::set());
    let (artifact, ..) = read(&image.contents().write().unwrap()).unwrap();
    assert_eq!(artifact.range(Section::Text).start % 65536, 0);
}

/// Whatever happens to a byte, reading ends, and what it gives can be looked through.
#[test]
fn every_byte_may_be_wrong() {
    let bytes = image().contents().write().unwrap();
    let (artifact, ..) = read(&bytes).unwrap();
    let text = artifact.range(Section::Text);
    let front = artifact.range(Section::Info).start;
    for at in 0..bytes.len() {
        for change in [0xff, 0x01, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= change;
            let result = read(&damaged);
            if at < front && !KEYED_HASH.contains(&at) {
                let may_differ = result.as_ref().is_ok_and(|(other, ..)| {
                    // Another known CPU feature, environment or id of a compiler; or a section that begins or ends in
                    // what was padding.
                    other.header() != artifact.header()
                        || Section::ALL.iter().any(|&s| other.range(s) != artifact.range(s))
                });
                assert!(result.is_err() || may_differ, "byte {at} of the headers");
            }
            let Ok((_, module, code)) = result else { continue };
            assert!(module.info.function_names.iter().count() <= 2);
            assert_eq!(module.info.exports().count(), 2);
            assert_eq!(module.info.imports().count(), 3);
            let _ = (code.traps.lookup(3), code.operators_at(25).count(), code.function_at(17));
        }
    }
    assert_eq!(text.len(), 40);
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = image().contents().write().unwrap();
    for len in 0..bytes.len() {
        let error = Artifact::new(Bytes::copy_from_slice(&bytes[..len])).unwrap_err();
        let is_told = matches!(error, ArtifactError::NotAnArtifact { .. }) == (len < 72)
            && matches!(error, ArtifactError::Length { .. }) == (len >= 72);
        assert!(is_told, "{len} bytes: {error}");
    }
    let longer = [&bytes[..], &[0]].concat();
    let expected = ArtifactError::Length { expected: bytes.len() as u64, got: longer.len() as u64 };
    assert_eq!(Artifact::new(longer.into()).unwrap_err(), expected);
}

/// What a change of the sample does to [`check`].
fn checked(change: impl FnOnce(&mut ModuleInfo, &mut ModuleImage)) -> Result<(), ArtifactError> {
    let mut image = image();
    let mut info = ModuleInfo::clone(&image.info);
    change(&mut info, &mut image);
    image.info = Arc::new(info);
    check(&image.contents(), Depth::Everything)
}

#[test]
fn contradictions_are_found() {
    checked(|_, _| {}).unwrap();
    type Change = fn(&mut ModuleInfo, &mut ModuleImage);
    let function = FunctionIndex::new;
    let cases: &[(Change, &str)] = &[
        (|i, _| i.num_imported_functions = 9, "9 of 4 functions are imported"),
        (|i, _| i.num_imported_functions = 0, "3 compiled functions, expected 4"),
        (|_, m| m.memory_styles = Default::default(), "0 memory styles, expected 1"),
        (|_, m| m.table_styles = Default::default(), "0 table styles, expected 1"),
        (
            |i, _| _ = i.global_initializers.push(GlobalInit::I32Const(0)),
            "initial values of globals",
        ),
        (
            |i, _| i.functions[FunctionIndex::new(3)] = SignatureIndex::new(2),
            "function 3 has no type",
        ),
        (|i, _| i.tags[TagIndex::new(0)] = SignatureIndex::new(2), "tag 0 has no type"),
        (|i, _| i.tables[TableIndex::new(0)].ty = Type::I32, "table 0 has type I32"),
        (|i, _| i.tables[TableIndex::new(0)].minimum = 10, "table 0 has type"),
        (
            |i, _| i.memory_formats[MemoryIndex::new(0)].index = IndexType::I32,
            "code for memory 0 has 64-bit addresses and pages of 2^16 bytes",
        ),
        (
            |i, m| {
                let format = MemoryFormat { page_size_log2: 99, ..MemoryFormat::default() };
                i.memory_formats[MemoryIndex::new(0)] = format;
                let style = &mut m.memory_styles[MemoryIndex::new(0)];
                *style = style.with_format(format);
            },
            "memory 0 has 32-bit addresses and pages of 2^99 bytes",
        ),
        (|i, _| i.memories[MemoryIndex::new(0)].minimum = Pages(99), "memory 0 has type"),
        (|i, _| i.imports[0] = ImportIndex::Function(FunctionIndex::new(1)), "import 0 is"),
        (|i, _| _ = i.imports.pop(), "are imported, expected"),
        (|i, _| i.exports[0] = ExportIndex::Function(FunctionIndex::new(3)), "export \"f\" is"),
        (|i, _| i.exports[1] = ExportIndex::Memory(MemoryIndex::new(1)), "export \"memory\" is"),
        (|i, _| i.start_function = Some(FunctionIndex::new(4)), "start function does not exist"),
        (|i, _| i.start_function = Some(FunctionIndex::new(0)), "start function has type"),
        (|i, _| i.custom_sections[0] = crate::indices::CustomSectionIndex::new(2), "no contents"),
        (|i, _| i.data_segments[DataIndex::new(1)].data = 4..7, "data segment 1: 4..7 of 6 bytes"),
        (|i, _| i.data_segments[DataIndex::new(1)].data.start = 7, "data segment 1: 7..6"),
        (|_, m| m.code.text.truncate(39), "function 2 at 32..40"),
        (|_, m| _ = m.code.functions.push(FunctionExtent::default()), "4 compiled functions"),
        (|_, m| m.code.traps.push(40, TrapCode::BadSignature), "trap at 40"),
        (|_, m| m.code.traps.push_range(40, Some(TrapCode::BadSignature), None), "trap at 40"),
        (|_, m| m.code.addresses.push(41, 1), "address 41"),
        (|_, m| m.code.leaves.push(41, Some(ReturnAddress::Link)), "leaf at 41"),
        (
            |_, m| {
                let again = m.code.inlined.iter().next().unwrap();
                m.code.inlined.push(again);
            },
            "inlined body 1",
        ),
    ];
    for (number, (change, expected)) in cases.iter().enumerate() {
        let error = checked(change).expect_err(&format!("case {number}")).to_string();
        assert!(error.contains(expected), "case {number}: {error:?} should say {expected:?}");
    }
    let overlap = checked(|_, image| {
        image.code.functions = [0, 4, 8]
            .map(|offset| FunctionExtent { offset, length: 8, wasm_offset: 0 })
            .into_iter()
            .collect();
    });
    assert!(overlap.unwrap_err().to_string().contains("function 1 at 4..12"));
    // Function 3 does not escape.
    let items = ElementItems::Functions([function(3)].into());
    let elements = checked(|info, _| info.element_segments[ElemIndex::new(0)].items = items);
    assert!(elements.unwrap_err().to_string().contains("function 3 can't be an item"));
}

#[test]
fn images_of_memories_are_checked() {
    let extent = |address, data| Some(MemoryImageExtent { address, data });
    let check = |images: &[Option<MemoryImageExtent>]| {
        let mut info = info();
        info.data_segments[DataIndex::new(0)].data = 4101..4105;
        let images = images.iter().cloned().collect();
        check::check_images(&info, 4105, 4096, &images).map_err(|error| error.to_string())
    };
    check(&[extent(0, 4096..4105)]).unwrap();
    check(&[None]).unwrap();
    let cases = [
        (vec![], "0 images of memories, expected 1"),
        (vec![None; 2], "2 images of memories, expected 1"),
        (vec![extent(0, 4096..4106)], "4096..4106 of 4105 bytes"),
        (vec![extent(0, Range { start: 8192, end: 4105 })], "8192..4105 of 4105 bytes"),
        (vec![extent(0, 4097..4105)], "an image of memory 0 at 0, 4097..4105"),
        (vec![extent(1, 4096..4105)], "an image of memory 0 at 1"),
        (vec![extent(65536, 4096..4105)], "an image of memory 0 at 65536"),
        (vec![extent(!4095, 4096..4105)], "an image of memory 0 at 18446744073709547520"),
        (vec![extent(4096, 4096..4105)], "data segment 0: 4101..4105 for 5 is not where the image"),
        (vec![extent(0, 0..4105)], "data segment 0: 4101..4105 for 5"),
        (vec![extent(0, 4096..4104)], "data segment 0: 4101..4105 for 5"),
    ];
    for (images, expected) in cases {
        let error = check(&images).unwrap_err();
        assert!(error.contains(expected), "{error:?} should say {expected:?}");
    }
}

#[test]
fn constant_expressions_are_checked() {
    use InitExprOp::{GlobalGet, I32Add, I32Const, I64Const, RefFunc, RefNull};
    let own = GlobalIndex::new(1);
    let cases: &[(&[InitExprOp], &str)] = &[
        (&[], "0 values"),
        (&[I32Const(1), I32Const(2)], "2 values"),
        (&[I32Const(1), I32Add], "I32Add of"),
        (&[I32Const(1), I64Const(1), I32Add], "I32Add of"),
        (&[I64Const(1)], "of type I64, expected I32"),
        (&[GlobalGet(own)], "global.get 1"),
        (&[GlobalGet(GlobalIndex::new(99))], "global.get 99"),
        (&[RefNull(Type::I32)], "ref.null I32"),
        (&[RefFunc(FunctionIndex::new(3))], "ref.func 3"),
        (&[RefFunc(FunctionIndex::new(99))], "ref.func 99"),
    ];
    for (ops, expected) in cases {
        let init = GlobalInit::Expr(InitExpr::new(*ops));
        let result = checked(|info, _| info.global_initializers[LocalGlobalIndex::new(0)] = init);
        let error = result.unwrap_err().to_string();
        assert!(error.contains("global 1") && error.contains(expected), "{ops:?}: {error}");
        let offset = InitExpr::new(*ops);
        let placement = ElementPlacement::Active { table: TableIndex::new(0), offset };
        let result =
            checked(|info, _| info.element_segments[ElemIndex::new(0)].placement = placement);
        // Segments may use all globals.
        assert_eq!(result.is_ok(), ops == &[GlobalGet(own)], "{ops:?}: {result:?}");
    }
}
