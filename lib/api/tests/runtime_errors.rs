//! `RuntimeError`: how it is made, what it says, and how the cause is got back.

use std::error::Error;
use std::fmt;

use wasmer::vm::Trap;
use wasmer::{
    FrameInfo, Function, MemoryAccessError, RuntimeError, SourceLoc, Store, TrapCode, Type, Value,
    imports,
};

use crate::{failure, instance_with};

#[derive(Debug, PartialEq)]
struct Refused(u32);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused {}", self.0)
    }
}

impl Error for Refused {}

fn frames() -> Vec<FrameInfo> {
    let name = |text: &str| Some(text.to_owned());
    let (start, instr) = (SourceLoc::new(0x20), SourceLoc::new(0x2a));
    vec![
        FrameInfo::new("m".to_owned(), 3, name("f"), start, instr),
        FrameInfo::new("m".to_owned(), 0, None, SourceLoc::new(1), SourceLoc::new(2)),
    ]
}

const TRACE: &str = "\n    at f (m[3]:0x2a)\n    at <unnamed> (m[0]:0x2)";

#[test]
fn constructors() {
    let message = RuntimeError::new("a message");
    let user = RuntimeError::user(Box::new(Refused(1)));
    let boxed = RuntimeError::from(Box::<dyn Error + Send + Sync>::from(Refused(2)));
    let access = RuntimeError::from(MemoryAccessError::Overflow);
    let wasm = RuntimeError::from(Trap::wasm(TrapCode::BadSignature));
    let of_user = RuntimeError::from(Trap::user(Refused(3)));
    let unreachable = Some(TrapCode::UnreachableCodeReached);
    let traced = RuntimeError::new_from_source(
        Trap::wasm(TrapCode::UnreachableCodeReached),
        frames(),
        unreachable,
    );
    let user_traced = RuntimeError::new_from_source(Trap::user(Refused(4)), frames(), None);
    let cases = [
        (&message, "a message", None, ""),
        (&user, "refused 1", None, ""),
        (&boxed, "refused 2", None, ""),
        (&access, "address calculation overflow", None, ""),
        (&wasm, "indirect call type mismatch", Some(TrapCode::BadSignature), ""),
        (&of_user, "refused 3", None, ""),
        (&traced, "unreachable", unreachable, TRACE),
        (&user_traced, "refused 4", None, TRACE),
    ];
    for (error, message, code, trace) in cases {
        assert_eq!(error.message(), message);
        assert_eq!(error.to_string(), format!("RuntimeError: {message}{trace}"));
        assert_eq!(error.clone().to_trap(), code);
        assert_eq!(error.trace().is_empty(), trace.is_empty());
        assert!(format!("{error:?}").starts_with("RuntimeError { source: "), "{error:?}");
    }
    assert!(message.source().is_none());
    assert_eq!(user.source().unwrap().to_string(), "refused 1");
    assert_eq!(wasm.source().unwrap().to_string(), "bad_sig");
    assert!(access.is::<MemoryAccessError>());
}

#[test]
fn frames_and_traces() {
    let frames = frames();
    assert_eq!((frames[0].module_offset(), frames[0].func_offset()), (0x2a, 0xa));
    assert_eq!((frames[0].func_index(), frames[0].function_name()), (3, Some("f")));
    assert_eq!((frames[1].module_name(), frames[1].function_name()), ("m", None));
    struct Trace(Vec<FrameInfo>);
    impl fmt::Display for Trace {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            RuntimeError::write_trace(&self.0, f)
        }
    }
    assert_eq!(Trace(frames).to_string(), TRACE);
}

#[test]
fn the_cause_is_got_back() {
    let error = RuntimeError::user(Box::new(Refused(1)));
    assert!(error.is::<Refused>() && !error.is::<fmt::Error>() && !error.is::<RuntimeError>());
    assert_eq!(error.downcast_ref::<Refused>(), Some(&Refused(1)));
    assert!(error.downcast_ref::<fmt::Error>().is_none());
    // Neither as another type, nor as long as somebody else has it too.
    let error = error.downcast::<fmt::Error>().unwrap_err();
    let clone = error.clone();
    let error = error.downcast::<Refused>().unwrap_err();
    drop(clone);
    assert_eq!(error.downcast::<Refused>().unwrap(), Refused(1));

    for without in [RuntimeError::new("no"), Trap::wasm(TrapCode::BadSignature).into()] {
        assert!(!without.is::<Refused>());
        assert!(without.downcast::<Refused>().is_err());
    }
    // A `RuntimeError` stays what it is.
    let inner = RuntimeError::new("inner");
    assert_eq!(RuntimeError::user(Box::new(inner)).to_string(), "RuntimeError: inner");
}

#[test]
fn traps_of_the_virtual_machine() {
    let user = Trap::user(Refused(1));
    assert!(user.is::<Refused>() && !user.is::<fmt::Error>());
    assert_eq!(user.downcast_ref::<Refused>(), Some(&Refused(1)));
    assert_eq!(user.code(), None);
    let user = user.downcast::<fmt::Error>().unwrap_err();
    assert_eq!(user.downcast::<Refused>().unwrap(), Refused(1));
    let trap = Trap::lib(TrapCode::BadSignature);
    assert!(!trap.is::<Refused>());
    let trap = trap.downcast::<Refused>().unwrap_err();
    assert_eq!(trap.to_string(), "indirect call type mismatch");
    assert_eq!(trap.to_trap(), Some(TrapCode::BadSignature));
}

#[test]
fn errors_of_host_functions() {
    let mut store = Store::default();
    let imports = imports! {
        "host" => {
            "typed" => Function::new_typed(&mut store, || -> Result<(), Refused> { Err(Refused(5)) }),
            "dynamic" => Function::new(&mut store, ([], []), |_| {
                Err(RuntimeError::user(Box::new(Refused(5))))
            }),
        },
    };
    let wat = r#"(module $m
        (import "host" "typed" (func $typed)) (import "host" "dynamic" (func $dynamic))
        (func $typed_ (export "typed") call $typed)
        (func $dynamic_ (export "dynamic") call $dynamic))"#;
    let instance = instance_with(&mut store, wat, &imports);
    for name in ["typed", "dynamic"] {
        let error = failure(&mut store, &instance, name);
        assert_eq!(error.to_string(), "RuntimeError: refused 5", "{name}");
        assert_eq!(error.clone().to_trap(), None);
        assert_eq!(error.downcast::<Refused>().unwrap(), Refused(5));
    }
}

#[test]
fn calls_with_wrong_arguments() {
    let (mut store, mut other) = (Store::default(), Store::default());
    let f = Function::new_typed(&mut store, |a: i32, _: Option<Function>| a);
    let foreign = Function::new_typed(&mut other, || {});
    let null = || Value::FuncRef(None);
    let cases: [(&[Value], &str); 5] = [
        (&[], "Parameters of type [] did not match signature [I32, FuncRef] -> [I32]"),
        (
            &[Value::I32(1)],
            "Parameters of type [I32] did not match signature [I32, FuncRef] -> [I32]",
        ),
        (
            &[Value::I32(1), null(), null()],
            "Parameters of type [I32, FuncRef, FuncRef] did not match signature [I32, FuncRef] -> [I32]",
        ),
        (
            &[Value::F32(1.0), null()],
            "Parameters of type [F32, FuncRef] did not match signature [I32, FuncRef] -> [I32]",
        ),
        (&[Value::I32(1), foreign.clone().into()], "cross-`Store` values are not supported"),
    ];
    for (args, message) in cases {
        assert_eq!(f.call(&mut store, args).unwrap_err().message(), message);
    }
    let typed = f.typed::<(i32, Option<Function>), i32>(&store).unwrap();
    let error = typed.call(&mut store, 1, Some(foreign)).unwrap_err();
    assert_eq!(error.message(), "cross-`Store` values are not supported");
    let error = f.call_raw(&mut store, vec![]).unwrap_err();
    assert_eq!(
        error.message(),
        "Parameters of type [] did not match signature [I32, FuncRef] -> [I32]"
    );
    let error = typed.call_raw(&mut store, vec![]).unwrap_err();
    assert_eq!(
        error.message(),
        "Parameters of type [] did not match signature [I32, FuncRef] -> [I32]"
    );
    assert_eq!(
        f.typed::<i32, i32>(&store).unwrap_err().message(),
        "given types (`[I32]`) for the function arguments don't match the actual types (`[I32, FuncRef]`)"
    );
    assert_eq!(
        f.typed::<(i32, Option<Function>), ()>(&store).unwrap_err().message(),
        "given types (`[]`) for the function results don't match the actual types (`[I32]`)"
    );
}

#[test]
fn host_functions_with_wrong_results() {
    let mut store = Store::default();
    let foreign = Function::new_typed(&mut Store::default(), || {});
    let wrong = "Dynamic function returned wrong signature. Expected [FuncRef] but got ";
    let cases: [(Vec<Value>, String); 4] = [
        (vec![], format!("{wrong}[]")),
        (vec![Value::I64(1)], format!("{wrong}[I64]")),
        (vec![Value::FuncRef(None); 2], format!("{wrong}[FuncRef, FuncRef]")),
        (vec![foreign.clone().into()], "cross-`Store` values are not supported".to_owned()),
    ];
    for (results, message) in cases {
        let f = Function::new(&mut store, ([], [Type::FuncRef]), move |_| Ok(results.clone()));
        assert_eq!(f.call(&mut store, &[]).unwrap_err().message(), message);
    }
    let typed = Function::new_typed(&mut store, move || Some(foreign.clone()));
    let error = typed.call(&mut store, &[]).unwrap_err();
    assert_eq!(error.message(), "cross-`Store` values are not supported");
}
