//! Types of modules as JSON and back.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasmer_types::*;

fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
    text
}

#[test]
fn small_types_survive() {
    assert_eq!(there_and_back(&Type::I32), "\"I32\"");
    assert_eq!(there_and_back(&LocalFunctionIndex::from_u32(7)), "7");
    assert_eq!(there_and_back(&Pages(3)), "3");
    there_and_back(&FunctionType::new([Type::I32, Type::V128], [Type::ExternRef]));
    let global = GlobalType::new(Type::F64, Mutability::Var);
    there_and_back(&ImportType::new("env", "f", ExternType::Global(global)));
    there_and_back(&ExportType::new("m", MemoryType::new(1, Some(2), true)));
    there_and_back(&TagType::new(TagKind::Exception, [Type::I64]));
    there_and_back(&V128::from([9; 16]));
    there_and_back(&Features::all());
    there_and_back(&ModuleHash::xxhash(b"x"));
    there_and_back(&TrapCode::ALL.to_vec());
    there_and_back(&MemoryStyle::Static { bound: Pages(9), offset_guard_size: 1 << 31 });
    there_and_back(&TableStyle::CallerChecksSignature);
    let sum = [InitExprOp::I32Const(1), InitExprOp::I32Const(2), InitExprOp::I32Add];
    there_and_back(&GlobalInit::Expr(InitExpr::new(sum)));
}

#[test]
fn a_module_survives() {
    let mut info = ModuleInfo::new();
    info.name = Some("m".to_owned());
    info.hash = Some(ModuleHash::new(b"m"));
    let signature = info.signatures.push(FunctionType::new([Type::I32], []));
    let function = info.functions.push(signature);
    info.functions.push(signature);
    info.num_imported_functions = 1;
    let key = ImportKey::from(("env".to_owned(), "f".to_owned(), 0));
    info.imports.insert(key, ImportIndex::Function(function));
    info.exports.insert("g".to_owned(), ExportIndex::Function(FunctionIndex::from_u32(1)));
    info.function_names.push(function, "imported");
    info.escape(FunctionIndex::from_u32(1));
    info.memories.push(MemoryType::new(1, None, false));
    info.data_segments.push(DataSegment {
        placement: DataPlacement::Active {
            memory: MemoryIndex::from_u32(0),
            offset: InitExpr::new([InitExprOp::I32Const(8)]),
        },
        data: 0..4,
    });
    let section = info.custom_sections_data.push(vec![1, 2, 3].into());
    info.custom_sections.insert("notes".to_owned(), section);
    there_and_back(&info);
}

#[test]
fn names_out_of_order_are_left_out() {
    let text = r#"[[4, "four"], [1, "one"], [5, "five"]]"#;
    let names: FunctionNames = serde_json::from_str(text).unwrap();
    assert_eq!(names.len(), 2);
    assert_eq!(serde_json::to_string(&names).unwrap(), r#"[[4,"four"],[5,"five"]]"#);
}
