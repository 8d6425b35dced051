//! Calls with types that are only known at run time.
#![allow(
    improper_ctypes_definitions,
    reason = "the vectors of the standard library are not declared as such, but are those of C"
)]

use std::sync::{Arc, Mutex};

use wasmer_types::{RawValue, TrapCode, Type};

use super::*;
use crate::{CallShape, call_dynamic};

#[cfg(target_arch = "x86_64")]
type Vector = std::arch::x86_64::__m128i;
#[cfg(target_arch = "aarch64")]
type Vector = std::arch::aarch64::uint8x16_t;

const TYPES: [Type; 8] = [
    Type::I32,
    Type::F64,
    Type::V128,
    Type::I64,
    Type::F32,
    Type::ExternRef,
    Type::V128,
    Type::FuncRef,
];

/// A small generator, for repeatable variety.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn types(&mut self, count: usize) -> Vec<Type> {
        (0..count).map(|_| TYPES[self.next() as usize % TYPES.len()]).collect()
    }

    fn value(&mut self, ty: Type) -> RawValue {
        let (low, high) = (self.next(), self.next());
        match ty {
            Type::I32 | Type::F32 => (low as u32).into(),
            Type::V128 => (u128::from(low) << 64 | u128::from(high)).into(),
            _ => low.into(),
        }
    }
}

/// Both stubs together: what goes in comes out, for all mixes of types.
#[test]
fn both_directions() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut store = TestStore::new();
    for round in 0..1000 {
        let (params, results) = (random.types(round % 41), random.types(round / 41 % 10));
        let ty = register_type(&FunctionType::new(params.clone(), results.clone()));
        let args: Vec<_> = params.iter().map(|&ty| random.value(ty)).collect();
        let returned: Vec<_> = results.iter().map(|&ty| random.value(ty)).collect();
        let (want_args, give) = (args.clone(), returned.clone());
        let host = store.dynamic_host(ty.clone(), move |_, values| {
            assert_eq!(values.len(), want_args.len().max(give.len()));
            assert_eq!(values[..want_args.len()], want_args[..]);
            assert!(values[want_args.len()..].iter().all(|value| value.as_u128() == 0));
            // What is not part of a result must not get out.
            values[..give.len()].copy_from_slice(&give);
            Ok(())
        });
        let func = func_ref(host);
        let mut values = args;
        values.resize(ty.shape().values(), RawValue::from(u128::MAX));
        let slice = &mut values[..];
        // SAFETY: the function is of this type.
        store.enter(|| unsafe { call_dynamic(NonNull::from(&func), ty.shape(), slice) }).unwrap();
        assert_eq!(values[..returned.len()], returned[..], "{}", ty.ty());
    }
}

#[test]
fn wasm_is_called() {
    let mut store = TestStore::new();
    let ty = register_type(&FunctionType::new([Type::I32, Type::I32], [Type::I32]));
    let func = func_ref((store.code.function("add") as usize, 0));
    let mut values = [RawValue::from(-3i32), RawValue::from(2i32)];
    // SAFETY: the function is of this type.
    store.enter(|| unsafe { call_dynamic(NonNull::from(&func), ty.shape(), &mut values) }).unwrap();
    assert_eq!(values[0], RawValue::from(-1i32), "the upper bits are zero");
    let trap = func_ref((store.code.function("trap") as usize, 0));
    // SAFETY: as above.
    let trap =
        store.enter(|| unsafe { call_dynamic(NonNull::from(&trap), ty.shape(), &mut values) });
    assert_eq!(trap.unwrap_err().code(), Some(TrapCode::UnreachableCodeReached));
}

#[test]
#[should_panic(expected = "too few values")]
fn values_are_counted() {
    let shape = CallShape::new(&FunctionType::new([], [Type::I32, Type::I32]));
    let func = func_ref((0, 0));
    // SAFETY: it panics before it calls.
    unsafe { call_dynamic(NonNull::from(&func), &shape, &mut [RawValue::default()]) };
}

/// Functions with the C ABI as the compiler of Rust sees it, against the stubs.
macro_rules! typed_functions {
    ($($test:ident ($($param:ident: $ty:ident = $wasm:ident),*) -> ($($result:ident = $wasm_result:ident)?);)*) => {$(
        #[test]
        fn $test() {
            type Values = Arc<Mutex<Vec<RawValue>>>;
            type Function = unsafe extern "C" fn(*const (), $($ty),*) $(-> $result)?;

            let params = vec![$(Type::$wasm),*];
            let results = vec![$(Type::$wasm_result)?];
            let ty = register_type(&FunctionType::new(params.clone(), results.clone()));
            let mut random = Random(77);
            let args: Vec<_> = params.iter().map(|&ty| random.value(ty)).collect();
            let result: Vec<_> = results.iter().map(|&ty| random.value(ty)).collect();

            // Out: the stub calls a function of Rust.
            extern "C" fn callee(context: &(Values, Values), $($param: $ty),*) $(-> $result)? {
                *context.0.lock().unwrap() = vec![$(bits($param)),*];
                $(value::<$result>(context.1.lock().unwrap()[0]))?
            }
            let context: (Values, Values) = (Default::default(), Arc::new(Mutex::new(result.clone())));
            let func = func_ref((callee as *const () as usize, ptr::from_ref(&context) as usize));
            let mut store = TestStore::new();
            let mut values = args.clone();
            values.resize(ty.shape().values(), RawValue::default());
            let slice = &mut values[..];
            // SAFETY: the function is of this type.
            store.enter(|| unsafe { call_dynamic(NonNull::from(&func), ty.shape(), slice) }).unwrap();
            assert_eq!(*context.0.lock().unwrap(), args);
            assert_eq!(values[..result.len()], result[..]);

            // In: a function of Rust calls the stub.
            let (want, give) = (args.clone(), result.clone());
            let (code, context) = store.dynamic_host(ty, move |_, values| {
                assert_eq!(values[..want.len()], want[..]);
                values[..give.len()].copy_from_slice(&give);
                Ok(())
            });
            let returned = store.enter(|| {
                let mut args = args.iter().copied();
                // SAFETY: the stub takes arguments of the registered type.
                unsafe {
                    let function = std::mem::transmute::<usize, Function>(code);
                    let returned = function(context as *const (), $({
                        let _ = stringify!($param);
                        value::<$ty>(args.next().unwrap())
                    }),*);
                    bits(returned)
                }
            });
            assert_eq!(returned.unwrap(), result.first().copied().unwrap_or_default());
        }
    )*};
}

/// The bits of a value that is not larger than a [`RawValue`].
fn bits<T: Copy>(value: T) -> RawValue {
    let mut bytes = [0; 16];
    // SAFETY: values of the types used here have as many bytes, none of them padding.
    unsafe {
        ptr::copy_nonoverlapping((&raw const value).cast(), bytes.as_mut_ptr(), size_of::<T>())
    };
    RawValue::from_bytes(bytes)
}

/// The value with these bits.
fn value<T: Copy>(bits: RawValue) -> T {
    assert!(size_of::<T>() <= size_of_val(&bits));
    // SAFETY: there are enough bytes, and the types used here take all bits.
    unsafe { (&raw const bits).cast::<T>().read_unaligned() }
}

typed_functions! {
    one_vector(a: Vector = V128) -> (Vector = V128);
    floats(a: f32 = F32, b: f64 = F64) -> (f32 = F32);
    stack_integers(
        a: i32 = I32, b: i64 = I64, c: i32 = I32, d: i32 = I32, e: i64 = I64, f: i32 = I32,
        g: i32 = I32, h: i64 = I64, i: i32 = I32, j: i64 = I64
    ) -> (i32 = I32);
    stack_everything(
        a: f32 = F32, b: f64 = F64, c: Vector = V128, d: f32 = F32, e: f64 = F64, f: Vector = V128,
        g: f32 = F32, h: f64 = F64, i: i64 = I64, j: f32 = F32, k: Vector = V128, l: f64 = F64,
        m: Vector = V128, n: i32 = I32, o: i64 = I64, p: i32 = I32, q: usize = ExternRef,
        r: i32 = I32, s: usize = FuncRef, t: i32 = I32, u: i32 = I32, v: Vector = V128, w: f32 = F32
    ) -> (f64 = F64);
    vectors_between(
        a: i64 = I64, b: i64 = I64, c: i64 = I64, d: i64 = I64, e: i64 = I64, f: i64 = I64,
        g: i64 = I64, h: Vector = V128, i: i64 = I64, j: Vector = V128, k: Vector = V128,
        l: Vector = V128, m: Vector = V128, n: Vector = V128, o: Vector = V128, p: Vector = V128,
        q: Vector = V128, r: i32 = I32, s: Vector = V128
    ) -> (i64 = I64);
}

#[test]
fn errors_and_panics_of_dynamic_functions() {
    let mut store = TestStore::new();
    let ty = register_type(&FunctionType::new(vec![Type::I64; 30], vec![Type::I64; 20]));
    let kept = Arc::new(());
    let clone = kept.clone();
    let host = store.dynamic_host(ty.clone(), move |_, values| {
        let _kept = clone.clone();
        match values[0].as_i64() {
            0 => Err(Trap::user("wrong")),
            _ => panic!("worse"),
        }
    });
    let func = func_ref(host);
    let mut call = |first: i64| {
        let mut values = [RawValue::from(first); 30];
        // SAFETY: the function is of this type.
        store.enter(|| unsafe { call_dynamic(NonNull::from(&func), ty.shape(), &mut values) })
    };
    assert_eq!(call(0).unwrap_err().to_string(), "wrong");
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| call(1))).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"worse"));
    assert_eq!(Arc::strong_count(&kept), 2);
}
