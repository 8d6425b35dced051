//! Programs as they are written for wasmer 4 and 7: signatures and traits that they rely on.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use wasmer::sys::{EngineBuilder, NativeEngineExt};
use wasmer::{
    AsEngineRef, AsStoreMut, AsStoreRef, CompileError, Engine, EngineRef, ExportError, ExportType,
    Exports, ExportsIterator, Extern, ExternType, Function, FunctionEnv, FunctionEnvMut,
    FunctionType, HostFunction, ImportType, Imports, Instance, InstantiationError, IntoBytes,
    IoCompileError, LinkError, Memory, MemoryType, Module, OnCalledAction, OnCalledHandler,
    RuntimeError, Store, StoreId, StoreMut, StoreObjects, StoreRef, Type, TypedFunction, Value,
    WasmPtr, WasmTypeList, WithEnv, WithoutEnv, imports, namespace,
};

use crate::instance;

fn send_sync<T: Send + Sync>() {}
fn error<T: Error + std::fmt::Debug>() {}

#[test]
fn what_threads_share() {
    send_sync::<(Engine, Store, Module, Instance, Exports, Imports, Extern)>();
    send_sync::<(Function, FunctionType, TypedFunction<*const u8, std::rc::Rc<()>>)>();
    send_sync::<(EngineRef<'_>, ExportError, IoCompileError, OnCalledAction)>();
    error::<CompileError>();
    error::<IoCompileError>();
    error::<ExportError>();
    error::<LinkError>();
    error::<InstantiationError>();
    error::<RuntimeError>();
}

/// A library that is handed whatever leads to a store.
struct Plugin<S> {
    store: S,
    instance: Instance,
}

impl<S: AsStoreMut> Plugin<S> {
    fn load(mut store: S, wat: &str) -> Result<Self, Box<dyn Error>> {
        let module = Module::new(&store.as_store_ref(), wat)?;
        let instance = Instance::new(&mut store, &module, &Imports::default())?;
        Ok(Self { store, instance })
    }

    fn call<Args, Rets>(&mut self, name: &str) -> Result<TypedFunction<Args, Rets>, ExportError>
    where
        Args: WasmTypeList,
        Rets: WasmTypeList,
    {
        self.instance.exports.get_typed_function(&self.store, name)
    }
}

#[test]
fn stores_behind_pointers() {
    let wat = r#"(module (func (export "inc") (param i32) (result i32)
        (i32.add (local.get 0) (i32.const 1))))"#;
    let mut plugin = Plugin::load(Box::new(Store::default()), wat).unwrap();
    let inc = plugin.call::<i32, i32>("inc").unwrap();
    assert_eq!(inc.call(&mut plugin.store, 1).unwrap(), 2);
    let mut store = Store::default();
    let mut plugin = Plugin::load(&mut store, wat).unwrap();
    assert!(plugin.call::<i64, i64>("inc").is_err());
    let mut handle = store.as_store_mut();
    let plugin = Plugin::load(&mut handle, wat).unwrap();
    assert_eq!(plugin.instance.exports.len(), 1);
    let shared = Arc::new(store);
    let id: StoreId = shared.as_store_ref().id();
    assert_eq!(id.to_string(), id.as_raw().to_string());
    assert!(Module::new(&shared, wat).is_ok());
    assert_ne!(StoreId::default(), id);
}

#[test]
fn engines_from_everything() {
    let builder = || EngineBuilder::new(wasmer::Cranelift::default());
    let engine: Engine = builder().into();
    for store in [
        Store::new(wasmer::Cranelift::default()),
        Store::new(builder()),
        Store::new(engine.clone()),
        Store::new(&engine),
        Store::default(),
    ] {
        assert_eq!(store.engine().deterministic_id(), engine.deterministic_id());
    }
    // Each store of `default` has an engine of its own.
    assert_ne!(Store::default().engine().id(), Store::default().engine().id());
    let reference: EngineRef<'_> = engine.as_engine_ref();
    assert!(reference.engine().target().is_native());
    let store = Store::default();
    assert!(store == store && store != Store::default());
    assert!(format!("{store:?}").starts_with("Store"));
}

#[test]
fn signatures_of_stores() {
    let mut store = Store::default();
    let same: fn(&Store, &Store) -> bool = Store::same;
    assert!(same(&store, &store));
    let (one, two): (StoreRef<'_>, StoreRef<'_>) = (store.as_store_ref(), store.as_store_ref());
    assert!(StoreRef::same(&one, &two) && one.signal_handler().is_none());
    let objects: &mut StoreObjects = store.objects_mut();
    let id = objects.id();
    let mut handle: StoreMut<'_> = store.as_store_mut();
    assert_eq!(handle.objects_mut().id(), id);
    assert_eq!(handle.as_store_mut().as_store_ref().as_store_ref().id(), id);
    let calls = std::rc::Rc::new(std::cell::Cell::new(0));
    let seen = calls.clone();
    let handler: OnCalledHandler = Box::new(move |_| {
        seen.set(seen.get() + 1);
        Ok(OnCalledAction::Finish)
    });
    assert!(matches!(handler(handle), Ok(OnCalledAction::Finish)) && calls.get() == 1);
}

#[test]
fn signatures_of_modules() {
    let store = Store::default();
    let wat: &[u8] = br#"(module $m
        (import "a" "f" (func (param i32))) (import "a" "m" (memory 1))
        (table (export "t") 1 funcref) (global (export "g") i32 (i32.const 0)))"#;
    let module = Module::new(&store, wat).unwrap();
    let imports: Vec<ImportType> = module.imports().collect();
    assert_eq!((imports[0].module(), imports[0].name()), ("a", "f"));
    let functions: Vec<ImportType<FunctionType>> = module.imports().functions().collect();
    assert_eq!(functions[0], ImportType::new("a", "f", ([Type::I32], []).into()));
    let memories: Vec<ImportType<MemoryType>> = module.imports().memories().collect();
    assert_eq!(memories[0].ty().minimum.0, 1);
    let exports: Vec<ExportType<ExternType>> = module.exports().collect();
    assert_eq!(exports.len(), module.exports().len());
    assert_eq!(module.exports().tables().count() + module.exports().globals().count(), 2);
    assert_eq!(module.info().name.as_deref(), module.name());

    let bytes: bytes::Bytes = module.serialize().unwrap();
    // SAFETY: they were just made.
    let copy = unsafe { Module::deserialize(&store, bytes.clone()) }.unwrap();
    assert_eq!(copy.name(), Some("m"));
    assert_ne!(copy, module, "a copy is another module");
    // SAFETY: as above.
    let copy = unsafe { Module::deserialize_unchecked(&store, Cow::Borrowed(&bytes[..])) };
    assert_eq!(copy.unwrap().exports().count(), 2);
    assert_eq!(bytes.to_vec().into_bytes(), bytes);
}

#[test]
fn signatures_of_exports_and_imports() {
    let mut store = Store::default();
    let instance = instance(&mut store, r#"(module (memory (export "m") 1) (func (export "f")))"#);
    let exports = &instance.exports;
    let (first, _): (&String, &Extern) = exports.iter().next().unwrap();
    assert_eq!(first, "m");
    let each: Vec<(&String, &Extern)> = exports.into_iter().collect();
    assert_eq!(each.len(), exports.iter().len());
    fn count<'a, I: Iterator<Item = (&'a String, &'a Extern)>>(
        iter: ExportsIterator<'a, I>,
    ) -> usize {
        iter.globals().count()
    }
    assert_eq!(count(exports.iter()), 0);
    let memory: &Memory = exports.get("m").unwrap();
    let item: Extern = memory.clone().into();
    assert_eq!(&item, exports.get::<Extern>("m").unwrap());

    let namespace: Exports = namespace! { "m" => memory.clone(), "f" => item.clone() };
    let key = String::from("computed");
    let mut all: Imports = imports! {
        "given" => namespace,
        &key => { &format!("{key}_name") => item, },
        "empty" => {},
    };
    assert!(all.exists("computed", "computed_name") && !all.contains_namespace("none"));
    let owned: Vec<((String, String), Extern)> = (&all).into_iter().collect();
    assert_eq!(owned.len(), 3);
    all.extend(owned);
    assert_eq!(all.iter().count(), 3);
    let module = Module::new(&store, r#"(module (import "given" "m" (memory 1)))"#).unwrap();
    assert_eq!(all.imports_for_module(&module).unwrap().len(), 1);
    let missing: LinkError = imports! {}.imports_for_module(&module).unwrap_err();
    assert!(matches!(missing, LinkError::Import(..)));
}

/// A host function by its name and not as a closure.
fn read(
    env: FunctionEnvMut<'_, Option<Memory>>,
    at: WasmPtr<u8>,
    len: u32,
) -> Result<u64, RuntimeError> {
    let memory = env.data().as_ref().ok_or_else(|| RuntimeError::new("no memory"))?;
    let view = memory.view(&env);
    Ok(at.slice(&view, len)?.read_to_vec()?.iter().map(|&b| u64::from(b)).sum())
}

fn define<T, F, Args, Rets>(store: &mut Store, env: &FunctionEnv<T>, f: F) -> Function
where
    T: Send + 'static,
    F: HostFunction<T, Args, Rets, WithEnv> + 'static + Send + Sync,
    Args: WasmTypeList,
    Rets: WasmTypeList,
{
    Function::new_typed_with_env(store, env, f)
}

fn define_plain<F, Args, Rets>(store: &mut Store, f: F) -> Function
where
    F: HostFunction<(), Args, Rets, WithoutEnv> + 'static + Send + Sync,
    Args: WasmTypeList,
    Rets: WasmTypeList,
{
    Function::new_typed(store, f)
}

#[test]
fn signatures_of_functions() {
    let mut store = Store::default();
    let env = FunctionEnv::new(&mut store, None::<Memory>);
    let read = define(&mut store, &env, read);
    assert_eq!(read.ty(&store), FunctionType::new([Type::I32, Type::I32], [Type::I64]));
    assert_eq!(
        read.call(&mut store, &[Value::I32(0), Value::I32(3)]).unwrap_err().message(),
        "no memory"
    );
    let memory = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap();
    memory.view(&store).write(0, &[1, 2, 3]).unwrap();
    *env.as_mut(&mut store) = Some(memory);
    let results: Box<[Value]> = read.call(&mut store, &[Value::I32(0), Value::I32(3)]).unwrap();
    assert_eq!(*results, [Value::I64(6)]);

    // One parameter stands alone; errors of any type; no result, several, or never.
    let typed: TypedFunction<u8, (u16, i8)> =
        define_plain(&mut store, |n: u8| (u16::from(n) + 1, -1i8)).typed(&store).unwrap();
    assert_eq!(typed.clone().call(&mut store, 255).unwrap(), (256, -1));
    let back: Function = typed.into();
    assert_eq!(back.result_arity(&store), 2);
    define_plain(&mut store, || -> Result<(), std::io::Error> { Ok(()) });
    define_plain(&mut store, || -> Result<std::convert::Infallible, RuntimeError> {
        Err(RuntimeError::new("never"))
    });
    let value = Value::from(back.clone());
    assert_eq!(value.ty(), Type::FuncRef);
    let ty: FunctionType = (&FunctionType::new(vec![Type::F32], vec![])).into();
    assert_eq!(FunctionType::default(), FunctionType::new([], []));
    assert_eq!(ty.to_string(), "[F32] -> []");
    let f = Function::new(&mut store, &ty, |_: &[Value]| Ok(vec![]));
    assert_eq!(f.param_arity(&store), 1);

    // Values in an array, which can't be references.
    let raw = |n: i32| wasmer::RawValue::from(n);
    assert_eq!(*read.call_raw(&mut store, vec![raw(1), raw(2)]).unwrap(), [Value::I64(5)]);
    let typed: TypedFunction<(i32, i32), i64> = read.typed(&store).unwrap();
    assert_eq!(typed.call_raw(&mut store, vec![raw(0), raw(2)]).unwrap(), 3);
    let takes = Function::new_typed(&mut store, |f: Option<Function>| f.is_none() as i32);
    assert_eq!(*takes.call_raw(&mut store, vec![raw(0)]).unwrap(), [Value::I32(1)]);
    let forged = takes.call_raw(&mut store, vec![raw(8)]).unwrap_err();
    assert_eq!(forged.message(), "references can't be made of numbers");
}

#[test]
fn environments_are_keys() {
    let mut store = Store::default();
    let (one, two) = (FunctionEnv::new(&mut store, 1), FunctionEnv::new(&mut store, 1));
    let set: std::collections::HashSet<FunctionEnv<i32>> = [one.clone(), one.clone(), two].into();
    assert!(set.len() == 2 && set.contains(&one));
    let mut env: FunctionEnvMut<'_, i32> = one.into_mut(&mut store);
    assert!(env.as_store_async().is_none());
    let (value, store) = env.data_and_store_mut();
    *value += 1;
    assert!(store.signal_handler().is_none());
    assert_eq!((*env.as_mut().data(), *env.data_mut()), (2, 2));
    assert!(format!("{env:?}").starts_with("FunctionEnvMut"));
}

#[test]
fn raw_items() {
    use wasmer::VMExternToExtern;
    let mut store = Store::default();
    let instance = instance(
        &mut store,
        r#"(module (memory (export "m") 1) (func (export "f"))
        (table (export "t") 1 funcref) (global (export "g") i32 (i32.const 0)))"#,
    );
    for (_, item) in &instance.exports {
        assert_eq!(&item.to_vm_extern().to_extern(&mut store), item);
        assert_eq!(&Extern::from_vm_extern(&mut store, item.to_vm_extern()), item);
    }
    let raw = instance.exports.get_extern("f").unwrap().to_vm_extern();
    let mut other = Store::default();
    let message = crate::panic_message(|| raw.to_extern(&mut other));
    assert_eq!(message, "object used with the wrong context");
}

/// What a program for wasmer 7 does with several backends in mind.
#[test]
#[expect(unused_qualifications, reason = "the path is what is tested")]
fn backend_handles() {
    let mut store = Store::default();
    let instance = instance(&mut store, r#"(module (memory (export "m") 1))"#);
    let memory: &wasmer::sys::memory::Memory = instance.exports.get_memory("m").unwrap().as_sys();
    assert!(memory.is_from_store(&store));
    let module: wasmer::sys::module::Module = instance.module().clone().into_sys();
    assert_eq!(&module, instance.module());
    assert!(store.as_sys_mut().engine().is_sys() && store.engine().supports_async());
}
