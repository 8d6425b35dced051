//! What is set for one store: limits, a handler of signals, and the size of the stack.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wasmer::sys::{BaseTunables, NativeEngineExt, Tunables, VMConfig};
use wasmer::vm::{
    MemoryStyle, TableStyle, VMMemory, VMMemoryDefinition, VMTable, VMTableDefinition,
};
use wasmer::{
    AsStoreRef, Engine, Function, Instance, Memory, MemoryError, MemoryType, Module, Pages, Store,
    StoreLimits, Table, TableType, TrapCode, Type, TypedFunction, Value, imports,
};

use crate::{failure, instance, instance_with};

fn limited(limits: StoreLimits) -> Store {
    let mut store = Store::default();
    store.set_limits(limits);
    store
}

fn error(store: &mut Store, wat: &str) -> String {
    let module = Module::new(&*store, wat).unwrap();
    Instance::new(store, &module, &imports! {}).unwrap_err().to_string()
}

#[test]
fn sizes_of_memories() {
    let mut store = limited(StoreLimits::new().memory_size(3 << 16));
    assert_eq!(store.limits(), &StoreLimits::new().memory_size(3 << 16));
    let wat = r#"(module (memory (export "memory") 2) (func (export "grow") (param i32) (result i32)
        (memory.grow (local.get 0))))"#;
    let instance = instance(&mut store, wat);
    let grow: TypedFunction<i32, i32> =
        instance.exports.get_typed_function(&store, "grow").unwrap();
    let memory = instance.exports.get_memory("memory").unwrap();
    assert_eq!(grow.call(&mut store, 2).unwrap(), -1);
    assert_eq!(
        memory.grow(&mut store, 2).unwrap_err().to_string(),
        "The memory could not grow: current size 2 pages, requested increase: 2 pages"
    );
    assert_eq!(grow.call(&mut store, 1).unwrap(), 2);
    assert!(memory.grow_at_least(&mut store, (3 << 16) + 1).is_err());
    memory.grow_at_least(&mut store, 3 << 16).unwrap();
    assert_eq!((grow.call(&mut store, 0).unwrap(), grow.call(&mut store, 1).unwrap()), (3, -1));

    let text = "The minimum requested (4 pages) memory is larger than the maximum allowed memory (3 pages)";
    let host = Memory::new(&mut store, MemoryType::new(4, None, false)).unwrap_err();
    assert_eq!(host.to_string(), text);
    assert_eq!(error(&mut store, "(module (memory 4))"), format!("Insufficient resources: {text}"));

    // Another limit applies at once; what is there already stays.
    store.set_limits(StoreLimits::new().memory_size(1 << 16));
    assert_eq!(grow.call(&mut store, 0).unwrap(), 3);
    assert_eq!(grow.call(&mut store, 1).unwrap(), -1);
    store.set_limits(StoreLimits::new());
    assert_eq!(grow.call(&mut store, 5).unwrap(), 3);
}

#[test]
fn sizes_of_tables() {
    let mut store = limited(StoreLimits::new().table_elements(10));
    let wat = r#"(module (table (export "table") 5 funcref)
        (func (export "grow") (param i32) (result i32)
            (table.grow (ref.null func) (local.get 0))))"#;
    let instance = instance(&mut store, wat);
    let grow: TypedFunction<i32, i32> =
        instance.exports.get_typed_function(&store, "grow").unwrap();
    let table = instance.exports.get_table("table").unwrap();
    assert_eq!(grow.call(&mut store, 6).unwrap(), -1);
    assert_eq!(grow.call(&mut store, 4).unwrap(), 5);
    let error_of_grow = table.grow(&mut store, 2, Value::FuncRef(None)).unwrap_err();
    assert_eq!(error_of_grow.message(), "failed to grow table by `2`");
    assert_eq!(table.grow(&mut store, 1, Value::FuncRef(None)).unwrap(), 9);
    let text = "Table minimum (11) is larger than this store's limit (10)!";
    let ty = TableType::new(Type::FuncRef, 11, None);
    let host = Table::new(&mut store, ty, Value::FuncRef(None)).unwrap_err();
    assert_eq!(host.message(), text);
    let module = "(module (table 11 funcref))";
    assert_eq!(error(&mut store, module), format!("Insufficient resources: {text}"));
}

#[test]
fn numbers() {
    let mut store = limited(StoreLimits::new().memories(3).tables(2).instances(3));
    let memory_type = MemoryType::new(0, None, false);
    let table_type = TableType::new(Type::FuncRef, 0, None);
    Memory::new(&mut store, memory_type).unwrap();
    instance(&mut store, "(module (memory 0) (table 1 funcref))");
    let too_many = |most: u32, what: &str| {
        format!("Insufficient resources: this store may have at most {most} {what}")
    };
    assert_eq!(error(&mut store, "(module (memory 0) (memory 0))"), too_many(3, "memories"));
    let two_tables = "(module (table 1 funcref) (table 1 externref))";
    assert_eq!(error(&mut store, two_tables), too_many(2, "tables"));
    let memory = Memory::new(&mut store, memory_type).unwrap();
    let one_more = Memory::new(&mut store, memory_type).unwrap_err();
    let text = "this store may have at most 3 memories".to_owned();
    assert_eq!(one_more, MemoryError::Generic(text));
    Table::new(&mut store, table_type, Value::FuncRef(None)).unwrap();
    let one_more = Table::new(&mut store, table_type, Value::FuncRef(None)).unwrap_err();
    assert_eq!(one_more.message(), "this store may have at most 2 tables");

    // What is imported is there already, and what failed is not.
    let imports = imports! { "m" => { "n" => memory } };
    instance_with(&mut store, r#"(module (import "m" "n" (memory 0)))"#, &imports);
    instance(&mut store, "(module)");
    assert_eq!(error(&mut store, "(module)"), too_many(3, "instances"));
    // Other stores are not affected.
    instance(&mut Store::default(), two_tables);
}

/// Base tunables with a size of stack.
struct WithStack(BaseTunables, VMConfig);

impl Tunables for WithStack {
    fn memory_style(&self, memory: &MemoryType) -> MemoryStyle {
        self.0.memory_style(memory)
    }

    fn table_style(&self, table: &TableType) -> TableStyle {
        self.0.table_style(table)
    }

    fn create_host_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
    ) -> Result<VMMemory, MemoryError> {
        self.0.create_host_memory(ty, style)
    }

    unsafe fn create_vm_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
        location: std::ptr::NonNull<VMMemoryDefinition>,
    ) -> Result<VMMemory, MemoryError> {
        // SAFETY: as for the caller.
        unsafe { self.0.create_vm_memory(ty, style, location) }
    }

    fn create_host_table(&self, ty: &TableType, style: &TableStyle) -> Result<VMTable, String> {
        self.0.create_host_table(ty, style)
    }

    unsafe fn create_vm_table(
        &self,
        ty: &TableType,
        style: &TableStyle,
        location: std::ptr::NonNull<VMTableDefinition>,
    ) -> Result<VMTable, String> {
        // SAFETY: as for the caller.
        unsafe { self.0.create_vm_table(ty, style, location) }
    }

    fn vmconfig(&self) -> &VMConfig {
        &self.1
    }
}

fn with_stack(size: usize) -> WithStack {
    WithStack(BaseTunables::new(), VMConfig { wasm_stack_size: Some(size) })
}

/// How deep a recursion goes in the store.
fn depth(store: &mut Store) -> i32 {
    let wat = r#"(module (global (export "depth") (mut i32) (i32.const 0))
        (func $f (export "f") (global.set 0 (i32.add (global.get 0) (i32.const 1))) (call $f)))"#;
    let instance = instance(store, wat);
    let error = failure(store, &instance, "f");
    assert_eq!(error.to_trap(), Some(TrapCode::StackOverflow));
    instance.exports.get_global("depth").unwrap().get(store).unwrap_i32()
}

#[test]
fn each_engine_has_its_size_of_stack() {
    let store = |size| {
        let mut engine = Engine::default();
        engine.set_tunables(with_stack(size));
        Store::new(engine)
    };
    let (mut small, mut large) = (store(64 << 10), store(4 << 20));
    // What host functions have below does not change, and wasm without host functions may use it.
    let (few, usual, many) = (depth(&mut small), depth(&mut Store::default()), depth(&mut large));
    let bytes_per_call = f64::from((4 << 20) - (64 << 10)) / f64::from(many - few);
    let between = (f64::from(usual - few) * bytes_per_call).round() as i32;
    assert!((between - ((1 << 20) - (64 << 10))).abs() < 4096, "{few} {usual} {many}");
    // In whatever order.
    assert_eq!(depth(&mut small), few);
    assert_eq!(depth(&mut Store::default()), usual);

    // An engine that changes: what is instantiated from now on.
    let mut changing = Store::default();
    changing.engine_mut().set_tunables(with_stack(64 << 10));
    assert_eq!(depth(&mut changing), few);
    changing.engine_mut().set_tunables(BaseTunables::new());
    assert_eq!(depth(&mut changing), usual);
    changing.engine_mut().set_tunables(with_stack(usize::MAX));
    let imports = imports! {};
    let module = Module::new(&changing, r#"(module (func (export "f")))"#).unwrap();
    let instance = Instance::new(&mut changing, &module, &imports).unwrap();
    let error = failure(&mut changing, &instance, "f");
    assert!(error.message().starts_with("no stack for WebAssembly: "), "{error}");
}

/// What `set_stack_size` says: how much wasm is sure of, and the most that it gets.
#[test]
fn a_size_of_stack_is_exact_and_a_lower_bound() {
    /// How deep it goes with this size, with and without host functions.
    fn depths(size: usize) -> [usize; 2] {
        let mut engine = Engine::default();
        engine.set_tunables(with_stack(size));
        let mut store = Store::new(engine);
        let plain = depth(&mut store);
        let nop = Function::new_typed(&mut store, || {});
        let wat = r#"(module (import "host" "nop" (func $nop))
            (global (export "depth") (mut i32) (i32.const 0))
            (func $f (export "f")
                call $nop (global.set 0 (i32.add (global.get 0) (i32.const 1))) call $f))"#;
        let instance = instance_with(&mut store, wat, &imports! { "host" => { "nop" => nop } });
        let error = failure(&mut store, &instance, "f");
        assert_eq!(error.to_trap(), Some(TrapCode::StackOverflow));
        let hosted = instance.exports.get_global("depth").unwrap().get(&mut store).unwrap_i32();
        [plain, hosted].map(|depth| usize::try_from(depth).unwrap())
    }
    /// What host functions have for themselves.
    const HOST_ROOM: usize = 1 << 20;
    const LARGE: usize = 64 << 20;
    let (large, small) = (depths(LARGE), depths(32 << 10));
    // Frames are multiples of 16 bytes.
    let frames = [0, 1].map(|at| {
        let bytes = (LARGE - (32 << 10)) / (large[at] - small[at]);
        (bytes + 8) / 16 * 16
    });
    assert!(frames.iter().all(|&bytes| bytes >= 16), "{frames:?}");
    /// More than the way into wasm takes.
    const WAY_IN: usize = 1024;
    for size in [1, 4096, 32 << 10, (32 << 10) + 8, 1 << 20, LARGE] {
        let found = depths(size);
        for (at, all) in [(0, size + HOST_ROOM), (1, size)] {
            let used = found[at] * frames[at];
            let rest = (all.next_multiple_of(16)).checked_sub(used);
            assert!(
                rest.is_some_and(|rest| rest <= WAY_IN),
                "{size}: {used} of {all} {rest:?} {frames:?}"
            );
        }
    }
}

const TOUCH: &str = r#"(module (memory 1) (func (export "f") (param i32) (result i32)
    (i32.load (local.get 0))))"#;

#[test]
fn trap_handlers_see_signals_first() {
    let calls = Arc::new(AtomicUsize::new(0));
    let mut store = Store::default();
    let other = &mut Store::default();
    let counter = calls.clone();
    assert!(store.as_store_ref().signal_handler().is_none());
    store.set_trap_handler(Some(Box::new(move |signal, info, context| {
        let known = [libc::SIGSEGV, libc::SIGBUS].contains(&signal);
        counter.fetch_add(
            usize::from(known && !info.is_null() && !context.is_null()),
            Ordering::Relaxed,
        );
        false
    })));
    assert!(store.as_store_ref().signal_handler().is_some());
    let f: TypedFunction<u32, u32> =
        instance(&mut store, TOUCH).exports.get_typed_function(&store, "f").unwrap();
    let g: TypedFunction<u32, u32> =
        instance(other, TOUCH).exports.get_typed_function(&*other, "f").unwrap();
    for n in 1..4 {
        f.call(&mut store, 0).unwrap();
        let error = f.call(&mut store, 1 << 16).unwrap_err();
        assert_eq!(error.to_trap(), Some(TrapCode::HeapAccessOutOfBounds));
        g.call(other, 1 << 16).unwrap_err();
        assert_eq!(calls.load(Ordering::Relaxed), n, "its own signals, and each once");
    }
    store.set_trap_handler(None);
    f.call(&mut store, 1 << 16).unwrap_err();
    assert_eq!(calls.load(Ordering::Relaxed), 3);
    assert_eq!(Arc::strong_count(&calls), 1, "the handler was dropped");
}

#[test]
fn trap_handlers_can_remove_the_cause() {
    const PAGE: usize = 1 << 16;
    fn protect(address: usize, access: libc::c_int) -> bool {
        let page = address & !(PAGE - 1);
        // SAFETY: the page is in the address space that the memory has reserved.
        unsafe { libc::mprotect(page as *mut libc::c_void, PAGE, access) == 0 }
    }
    let mut store = Store::default();
    let faulting = Arc::new(AtomicUsize::new(0));
    let address = faulting.clone();
    store.set_trap_handler(Some(Box::new(move |_, info, _| {
        // SAFETY: it is a fault of an access, of which the information has the address.
        let at = unsafe { (*info).si_addr() } as usize;
        address.store(at, Ordering::Relaxed);
        protect(at, libc::PROT_READ)
    })));
    let f: TypedFunction<u32, u32> =
        instance(&mut store, TOUCH).exports.get_typed_function(&store, "f").unwrap();
    assert_eq!(f.call(&mut store, 3 << 16).unwrap(), 0, "the load was tried again");
    assert!(protect(faulting.load(Ordering::Relaxed), libc::PROT_NONE));
}

#[test]
fn trap_handlers_see_faults_of_host_functions() {
    // The embedder maps a page when a host function that wasm has called first touches it.
    // SAFETY: a mapping of its own.
    let page = unsafe {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        libc::mmap(std::ptr::null_mut(), 4096, libc::PROT_NONE, flags, -1, 0)
    } as usize;
    let mut store = Store::default();
    store.set_trap_handler(Some(Box::new(move |_, info, _| {
        // SAFETY: as above.
        unsafe {
            (*info).si_addr() as usize == page
                && libc::mprotect(page as *mut libc::c_void, 4096, libc::PROT_READ) == 0
        }
    })));
    let touch = Function::new_typed(&mut store, move || {
        // SAFETY: the page is mapped, and accessible when it is needed.
        i32::from(unsafe { (page as *const u8).read_volatile() })
    });
    let imports = imports! { "m" => { "touch" => touch } };
    let wat = r#"(module (import "m" "touch" (func $touch (result i32)))
        (func (export "f") (result i32) call $touch))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let f: TypedFunction<(), i32> = instance.exports.get_typed_function(&store, "f").unwrap();
    assert_eq!(f.call(&mut store).unwrap(), 0);
}

#[test]
fn pages_of_all_sizes_are_limited_by_bytes() {
    use wasmer::sys::{Cranelift, EngineBuilder, Features};
    let mut features = Features::default();
    features.memory64(true).custom_page_sizes(true);
    let mut store =
        Store::new(EngineBuilder::new(Cranelift::default()).set_features(Some(features)));
    store.set_limits(StoreLimits::new().memory_size(100_000));
    let wat = r#"(module
        (memory $small 99999 (pagesize 1)) (memory $wide i64 1)
        (func (export "small") (param i32) (result i32) (memory.grow $small (local.get 0)))
        (func (export "wide") (param i64) (result i64) (memory.grow $wide (local.get 0))))"#;
    let instance = instance(&mut store, wat);
    let small: TypedFunction<i32, i32> =
        instance.exports.get_typed_function(&store, "small").unwrap();
    let results = [2, 1, 1].map(|delta| small.call(&mut store, delta).unwrap());
    assert_eq!(results, [-1, 99_999, -1]);
    let wide: TypedFunction<i64, i64> =
        instance.exports.get_typed_function(&store, "wide").unwrap();
    assert_eq!(wide.call(&mut store, 1).unwrap(), -1);
    assert!(error(&mut store, "(module (memory 100001 (pagesize 1)))").contains("(100000 pages)"));
    assert_eq!(Pages(1).bytes().0, 1 << 16);
}
