//! A compiler may put the body of a function in place of a call of it. Nobody can tell.

use wasmer::{
    Function, FunctionEnv, FunctionEnvMut, Instance, Module, RuntimeError, Store, TrapCode, Value,
    imports,
};

use crate::{instance, stores};

/// What `name` gives or fails with.
fn outcome(store: &mut Store, instance: &Instance, name: &str, arguments: &[Value]) -> Outcome {
    let function = instance.exports.get_function(name).unwrap();
    match function.call(store, arguments) {
        Ok(values) => Ok(values.into_vec()),
        Err(error) => Err((error.message(), places(&error))),
    }
}

/// Function and offset in it.
type Place = (String, usize);

/// The results of a call, or the message of its error and where that was, innermost first.
type Outcome = Result<Vec<Value>, (String, Vec<Place>)>;

fn places(error: &RuntimeError) -> Vec<Place> {
    let place = |frame: &wasmer::FrameInfo| {
        let name = frame.function_name().unwrap_or_default().to_owned();
        assert!(frame.module_offset() > frame.func_offset());
        (name, frame.func_offset())
    };
    error.trace().iter().map(place).collect()
}

/// Calls of an export of `wat` with these arguments; the outcomes must be those of the first compiler, which
/// are returned.
fn alike(wat: &str, name: &str, calls: &[i32]) -> Vec<Outcome> {
    let mut first = None;
    for mut store in stores() {
        let instance = instance(&mut store, wat);
        let outcomes: Vec<_> = calls
            .iter()
            .map(|argument| outcome(&mut store, &instance, name, &[Value::I32(*argument)]))
            .collect();
        let expected = first.get_or_insert_with(|| outcomes.clone());
        assert_eq!(&outcomes, expected, "{}", store.engine().name());
    }
    first.expect("there is a compiler")
}

fn names(outcome: &Outcome) -> Vec<&str> {
    let (_, places) = outcome.as_ref().unwrap_err();
    places.iter().map(|(name, _)| name.as_str()).collect()
}

const NESTED: &str = r#"(module
    (import "host" "observe" (func $observe))
    (memory 1)
    (func $fail (export "fail") unreachable)
    (func $see (param i32) (result i32)
        (if (i32.eq (local.get 0) (i32.const 16)) (then (call $observe)))
        (i32.load (local.get 0)))
    (func $check (param i32) (result i32) (local i32)
        (if (i32.eq (local.get 0) (i32.const 7))
            (then (i32.store (i32.const 0) (i32.const 0)) unreachable))
        (if (i32.eq (local.get 0) (i32.const 9))
            (then (local.set 1 (i32.div_u (local.get 0) (local.get 1)))))
        (call $see (i32.mul (local.get 0) (i32.const 2))))
    (func $wrap (param i32) (result i32) (call $check (local.get 0)))
    (func $twice (param i32) (result i32) (i32.add (call $wrap (local.get 0)) (i32.const 5)))
    (func $outer (export "outer") (param i32) (result i32) (local $i i32) (local $sum i32)
        (loop $next
            (local.set $sum (i32.add (local.get $sum)
                (i32.sub (call $twice (i32.const 3)) (call $twice (local.get 0)))))
            (br_if $next (i32.lt_u
                (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 2))))
        (local.get $sum)))"#;

#[test]
fn traces_have_the_functions_whose_bodies_stand_in_place_of_calls() {
    let wat = NESTED.replace(r#"(import "host" "observe" (func $observe))"#, "(func $observe)");
    let outcomes = alike(&wat, "outer", &[1, 7, 8, 9, 40000]);
    assert_eq!(outcomes[0], Ok(vec![Value::I32(0)]));
    let callers = ["check", "wrap", "twice", "outer"];
    for (outcome, message) in [(1, "unreachable"), (3, "integer divide by zero")] {
        assert_eq!(outcomes[outcome].as_ref().unwrap_err().0, message);
        assert_eq!(names(&outcomes[outcome]), callers);
    }
    assert_eq!(names(&outcomes[4]), ["see", "check", "wrap", "twice", "outer"]);
}

/// They are there when a function of the host that they call calls one that traps.
#[test]
fn traces_through_the_host_have_them() {
    let mut first = None;
    for mut store in stores() {
        let fail = FunctionEnv::new(&mut store, None::<Function>);
        let observe = |mut env: FunctionEnvMut<'_, Option<Function>>| {
            let (fail, mut store) = env.data_and_store_mut();
            fail.clone().expect("it is known").call(&mut store, &[]).map(drop)
        };
        let observe = Function::new_typed_with_env(&mut store, &fail, observe);
        let module = Module::new(&store, NESTED).unwrap();
        let imports = imports! { "host" => { "observe" => observe } };
        let instance = Instance::new(&mut store, &module, &imports).unwrap();
        *fail.as_mut(&mut store) = Some(instance.exports.get_function("fail").unwrap().clone());
        let seen = outcome(&mut store, &instance, "outer", &[Value::I32(8)]);
        assert_eq!(names(&seen), ["fail", "see", "check", "wrap", "twice", "outer"]);
        let expected = first.get_or_insert_with(|| seen.clone());
        assert_eq!(&seen, expected, "{}", store.engine().name());
    }
}

/// An artifact has the frames, too.
#[test]
fn traces_of_artifacts_have_them() {
    let wat = NESTED.replace(r#"(import "host" "observe" (func $observe))"#, "(func $observe)");
    for mut store in stores() {
        let compiled = Module::new(&store, &wat).unwrap();
        let bytes = compiled.serialize().unwrap();
        // SAFETY: it was just compiled.
        let loaded = unsafe { Module::deserialize(&store, bytes) }.unwrap();
        let [expected, found] = [compiled, loaded].map(|module| {
            let instance = Instance::new(&mut store, &module, &imports! {}).unwrap();
            outcome(&mut store, &instance, "outer", &[Value::I32(40000)]).unwrap_err()
        });
        assert_eq!(expected, found);
        assert_eq!(found.1.len(), 5, "{found:?}");
    }
}

/// Locals of a body are zero each time, parameters can be written, and all ways out of it lead behind the call.
#[test]
fn bodies_begin_and_end_as_calls_do() {
    let wat = r#"(module
        (memory 1)
        (func $fresh (result i32) (local i32)
            (local.set 0 (i32.add (local.get 0) (i32.const 1))) (local.get 0))
        (func $write (param i32) (result i32)
            (local.set 0 (i32.mul (local.get 0) (i32.const 3))) (local.get 0))
        (func $leave (param i32) (result i32)
            (block (block (br_table 0 1 1 (local.get 0))) (return (i32.const 10)))
            (if (i32.eq (local.get 0) (i32.const 1)) (then (br 1 (i32.const 20))))
            (loop (result i32) (i32.const 30)))
        (func $pair (param i32 i64) (result i64 i32)
            (if (result i64) (local.get 0)
                (then (return (local.get 1) (i32.const 5)))
                (else (i64.const 9)))
            (local.get 0))
        (func $count (param i32) (result i32) (local $sum i32)
            (loop $next
                (local.set $sum (i32.add (local.get $sum) (local.get 0)))
                (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get $sum))
        (func $never (param i32) (if (i32.eq (local.get 0) (i32.const 6))
            (then (i32.store (i32.const 0) (i32.const 0)) unreachable)))
        (func $stop (result f64) unreachable)
        (func $lanes (param v128) (result v128) (i32x4.add (local.get 0) (local.get 0)))
        (func $main (export "main") (param $x i32) (result i32) (local $i i32) (local $sum i32)
            (loop $next
                (local.set $sum (i32.add (local.get $sum) (call $fresh)))
                (local.set $sum (i32.add (local.get $sum) (call $write (local.get $i))))
                (local.set $sum (i32.add (local.get $sum) (call $leave (local.get $i))))
                (call $pair (local.get $i) (i64.extend_i32_u (local.get $sum)))
                (local.set $sum (i32.add (local.get $sum)))
                (local.set $sum (i32.add (i32.wrap_i64) (local.get $sum)))
                (local.set $sum (i32.add (local.get $sum)
                    (call $count (i32.add (local.get $i) (i32.const 1)))))
                (local.set $sum (i32.add (local.get $sum) (i32x4.extract_lane 1
                    (call $lanes (call $lanes (i8x16.splat (local.get $i)))))))
                (call $never (local.get $i))
                (if (i32.eq (local.get $i) (i32.const 9)) (then (drop (f64.neg (call $stop)))))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $next (i32.lt_u (local.get $i) (local.get $x))))
            (local.get $sum)))"#;
    let outcomes = alike(wat, "main", &[0, 1, 2, 3, 6, 7, 20]);
    assert!(outcomes[..5].iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(names(&outcomes[5]), ["never", "main"]);
}

/// Recursion without end finds the end of the stack, however short the functions are.
#[test]
fn endless_recursion_traps() {
    for wat in [
        r#"(module (func $f (export "f") (param i32) (result i32) (call $f (local.get 0))))"#,
        r#"(module (func $f (export "f") (param i32) (result i32)
                (i32.add (call $g (local.get 0)) (i32.const 1)))
            (func $g (param i32) (result i32) (i32.mul (call $h (local.get 0)) (i32.const 3)))
            (func $h (param i32) (result i32) (i32.sub (call $f (local.get 0)) (i32.const 3))))"#,
        r#"(module (func $f (export "f") (param i32) (result i32)
                (loop (result i32) (call $g (local.get 0)) (br_if 0 (local.get 0))))
            (func $g (param i32) (result i32) (call $h (local.get 0)))
            (func $h (param i32) (result i32) (i32.add (call $g (local.get 0)) (i32.const 1))))"#,
    ] {
        for mut store in stores() {
            let instance = instance(&mut store, wat);
            let function = instance.exports.get_function("f").unwrap();
            let error = function.call(&mut store, &[Value::I32(1)]).unwrap_err();
            assert_eq!(error.clone().to_trap(), Some(TrapCode::StackOverflow), "{error}");
            assert!(error.trace().len() <= 128, "{}", error.trace().len());
        }
    }
}
