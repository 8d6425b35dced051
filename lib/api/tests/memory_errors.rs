//! Every error of memories and of access to their contents: what provokes it, and its text.
//!
//! The enumerations can grow; that each variant has a known text is tested where they are defined, and what is
//! not provoked here is listed in [`NOT_PROVOKED`].

use std::ptr::NonNull;
use std::time::Duration;

use wasmer::sys::{BaseTunables, NativeEngineExt, Tunables};
use wasmer::vm::{
    LinearMemory, MemoryStyle, TableStyle, VMMemory, VMMemoryDefinition, VMOwnedMemory, VMTable,
    VMTableDefinition,
};
use wasmer::{
    AtomicsError, Engine, IndexType, Memory, MemoryAccessError, MemoryError, MemoryFormat,
    MemoryLocation, MemoryType, Module, Pages, Store, TableType, WasmPtr, WasmPtr64, WasmSlice,
    imports,
};

/// Variants that nothing of ours makes, and why.
const NOT_PROVOKED: &[(&str, &str)] = &[
    ("MemoryError::AtomicsNotSupported", "memories without atomics have no `SharedMemory`"),
    ("MemoryError::AtomicOperationFailed", "atomic operations return the `AtomicsError` itself"),
    ("AtomicsError::Unimplemented", "every `SharedMemory` has atomic operations"),
    ("AtomicsError::TooManyWaiters", "a million threads are needed"),
    ("AtomicsError::MemoryDropped", "a `SharedMemory` keeps its memory"),
    ("MemoryAccessError::UnalignedPointerRead", "accesses copy, so that none is misaligned"),
];

#[test]
fn reasons_are_given() {
    for (variant, reason) in NOT_PROVOKED {
        assert!(variant.contains("Error::") && !reason.is_empty());
    }
}

fn new(ty: MemoryType) -> MemoryError {
    Memory::new(&mut Store::default(), ty).unwrap_err()
}

#[test]
fn types_that_make_no_sense() {
    let error = new(MemoryType::new(10, Some(5), false));
    let reason = "the maximum (5 pages) is less than the minimum (10 pages)".to_owned();
    assert_eq!(error, MemoryError::InvalidMemory { reason });
    assert_eq!(
        error.to_string(),
        "The memory is invalid because the maximum (5 pages) is less than the minimum (10 pages)"
    );

    let error = new(MemoryType::new(65_537, None, false));
    let (min_requested, max_allowed) = (Pages(65_537), Pages(65_536));
    assert_eq!(error, MemoryError::MinimumMemoryTooLarge { min_requested, max_allowed });
    assert_eq!(
        error.to_string(),
        "The minimum requested (65537 pages) memory is larger than the maximum allowed memory (65536 pages)"
    );

    let error = new(MemoryType::new(1, Some(65_537), false));
    let max_requested = Pages(65_537);
    assert_eq!(error, MemoryError::MaximumMemoryTooLarge { max_requested, max_allowed });
    assert_eq!(
        error.to_string(),
        "The maximum requested memory (65537 pages) is larger than the maximum allowed memory (65536 pages)"
    );
    // Some hosts share memories without saying how large they may become.
    Memory::new(&mut Store::default(), MemoryType::new(1, None, true)).unwrap();
}

#[test]
fn the_system_can_refuse() {
    let mut store = Store::default();
    let ty = MemoryType::new(u32::MAX - 1, None, false);
    let wide = MemoryFormat { index: IndexType::I64, ..MemoryFormat::default() };
    let error = Memory::new_with_format(&mut store, ty, wide).unwrap_err();
    assert!(matches!(error, MemoryError::Region(_)), "{error:?}");
    assert!(error.to_string().starts_with("Error when allocating memory: "), "{error}");
}

#[test]
fn at_the_limit() {
    let mut store = Store::default();
    let memory = Memory::new(&mut store, MemoryType::new(2, Some(5), false)).unwrap();
    let error = memory.grow(&mut store, 70_000).unwrap_err();
    let (current, attempted_delta) = (Pages(2), Pages(70_000));
    assert_eq!(error, MemoryError::CouldNotGrow { current, attempted_delta });
    assert_eq!(
        error.to_string(),
        "The memory could not grow: current size 2 pages, requested increase: 70000 pages"
    );
    for min_size in [5 * 65_536 + 1, u64::MAX] {
        let error = memory.grow_at_least(&mut store, min_size).unwrap_err();
        assert!(matches!(error, MemoryError::CouldNotGrow { current: Pages(2), .. }), "{error:?}");
    }
    assert_eq!(memory.size(&store), Pages(2));
}

#[test]
fn what_needs_a_shared_memory() {
    let (mut store, mut other) = (Store::default(), Store::default());
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(1), false)).unwrap();
    let reason = "memory is not a shared memory type".to_owned();
    let expected = MemoryError::InvalidMemory { reason };
    assert_eq!(memory.share_in_store(&store, &mut other).unwrap_err(), expected);
    assert_eq!(memory.copy_to_store(&store, &mut other).unwrap_err(), expected);
    assert_eq!(memory.copy(&store).unwrap_err(), expected);
    assert_eq!(memory.try_clone(&store).unwrap_err(), expected);
    assert!(memory.as_shared(&store).is_none());

    let style = BaseTunables::new().memory_style(&MemoryType::new(1, None, false));
    let owned = VMOwnedMemory::new(&MemoryType::new(1, None, false), &style).unwrap();
    let error = owned.try_clone().unwrap_err();
    assert_eq!(error, MemoryError::MemoryNotShared);
    assert_eq!(error.to_string(), "The memory is not shared");
}

#[test]
fn atomics_that_are_disabled() {
    let mut store = Store::default();
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(1), true)).unwrap();
    let shared = memory.as_shared(&store).unwrap();
    shared.disable_atomics().unwrap();
    let place = MemoryLocation::new_32(0);
    let now = Some(Duration::ZERO);
    let errors = [
        shared.wait(place, now).unwrap_err(),
        shared.notify(place, 1).unwrap_err(),
        shared.ops().wait(place, now).unwrap_err(),
        shared.ops().notify(place, 1).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error, AtomicsError::AtomicsDisabled);
        assert_eq!(error.to_string(), "Atomic operations are disabled");
    }
    // Wasm that waits gets the same error.
    let wat = r#"(module (import "m" "memory" (memory 1 1 shared))
        (func (export "wait")
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0))))
        (func (export "notify") (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))))"#;
    let imports = imports! { "m" => { "memory" => memory } };
    let instance = crate::instance_with(&mut store, wat, &imports);
    for name in ["wait", "notify"] {
        let error = crate::failure(&mut store, &instance, name);
        assert_eq!(error.downcast_ref(), Some(&AtomicsError::AtomicsDisabled), "{name}");
    }
}

/// A memory that can do nothing beyond what it must.
#[derive(Debug)]
struct Plain(VMMemory);

impl LinearMemory for Plain {
    fn ty(&self) -> MemoryType {
        self.0.ty()
    }

    fn size(&self) -> Pages {
        self.0.size()
    }

    fn style(&self) -> MemoryStyle {
        self.0.style()
    }

    fn grow(&mut self, _: Pages) -> Result<Pages, MemoryError> {
        Err(MemoryError::Generic("not today".to_owned()))
    }

    fn vmmemory(&self) -> NonNull<VMMemoryDefinition> {
        self.0.vmmemory()
    }

    fn try_clone(&self) -> Result<Box<dyn LinearMemory>, MemoryError> {
        Err(MemoryError::MemoryNotShared)
    }

    fn copy(&mut self) -> Result<Box<dyn LinearMemory>, MemoryError> {
        self.0.copy()
    }
}

#[test]
fn memories_of_the_embedder() {
    let mut store = Store::default();
    let ty = MemoryType::new(1, None, false);
    let style = store.engine().tunables().memory_style(&ty);
    let plain: Box<dyn LinearMemory> = Box::new(Plain(VMMemory::new(&ty, &style).unwrap()));
    let memory = Memory::new_from_existing(&mut store, VMMemory::from_custom(plain));
    memory.view(&store).write(65_532, b"last").unwrap();
    let error = memory.reset(&mut store).unwrap_err();
    let message = "this memory can't be reset".to_owned();
    assert_eq!(error, MemoryError::UnsupportedOperation { message });
    assert_eq!(error.to_string(), "This operation is not supported: this memory can't be reset");
    let error = memory.grow(&mut store, 1).unwrap_err();
    assert_eq!(error.to_string(), "A user-defined error occurred: not today");
    // Wasm uses it as any other.
    let imports = imports! { "m" => { "memory" => memory } };
    let wat = r#"(module (import "m" "memory" (memory 1))
        (func (export "f") (result i32 i32)
            (i32.load (i32.const 65532)) (memory.grow (i32.const 1))))"#;
    let instance = crate::instance_with(&mut store, wat, &imports);
    let f = instance.exports.get_typed_function::<(), (u32, i32)>(&store, "f").unwrap();
    assert_eq!(f.call(&mut store).unwrap(), (u32::from_le_bytes(*b"last"), -1));
}

/// Refuses everything.
struct Refusing(BaseTunables);

impl Tunables for Refusing {
    fn memory_style(&self, memory: &MemoryType) -> MemoryStyle {
        self.0.memory_style(memory)
    }

    fn table_style(&self, table: &TableType) -> TableStyle {
        self.0.table_style(table)
    }

    fn create_host_memory(&self, _: &MemoryType, _: &MemoryStyle) -> Result<VMMemory, MemoryError> {
        Err(MemoryError::Generic("no memory".to_owned()))
    }

    unsafe fn create_vm_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
        _: NonNull<VMMemoryDefinition>,
    ) -> Result<VMMemory, MemoryError> {
        self.create_host_memory(ty, style)
    }

    fn create_host_table(&self, _: &TableType, _: &TableStyle) -> Result<VMTable, String> {
        Err("no table".to_owned())
    }

    unsafe fn create_vm_table(
        &self,
        ty: &TableType,
        style: &TableStyle,
        _: NonNull<VMTableDefinition>,
    ) -> Result<VMTable, String> {
        self.create_host_table(ty, style)
    }
}

#[test]
fn tunables_that_refuse() {
    let mut engine = Engine::default();
    engine.set_tunables(Refusing(BaseTunables::new()));
    let mut store = Store::new(engine);
    let error = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap_err();
    assert_eq!(error, MemoryError::Generic("no memory".to_owned()));
    let ty = TableType::new(wasmer::Type::FuncRef, 1, None);
    let error = wasmer::Table::new(&mut store, ty, wasmer::Value::FuncRef(None)).unwrap_err();
    assert_eq!(error.message(), "no table");
    let texts = [
        ("(module (memory 1))", "A user-defined error occurred: no memory"),
        ("(module (memory 1 1 shared))", "A user-defined error occurred: no memory"),
        ("(module (table 1 funcref))", "no table"),
    ];
    for (wat, text) in texts {
        let module = Module::new(&store, wat).unwrap();
        let error = wasmer::Instance::new(&mut store, &module, &imports! {}).unwrap_err();
        assert_eq!(error.to_string(), format!("Insufficient resources: {text}"));
    }
}

#[test]
fn accesses_outside() {
    let mut store = Store::default();
    let memory = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap();
    let view = memory.view(&store);
    view.write(0, &[0xff; 65_536]).unwrap();
    let mut bytes = [1; 4];
    let at = WasmPtr::<u32>::new;
    let errors = [
        view.read(65_533, &mut bytes).unwrap_err(),
        view.read_u8(65_536).unwrap_err(),
        view.read_uninit(65_533, &mut [std::mem::MaybeUninit::uninit(); 4]).unwrap_err(),
        view.write(65_533, &[0; 4]).unwrap_err(),
        view.write_u8(65_536, 0).unwrap_err(),
        view.copy_to_memory(65_537, &view).unwrap_err(),
        at(65_533).read(&view).unwrap_err(),
        at(65_533).write(&view, 0).unwrap_err(),
        at(65_533).access(&view).map(drop).unwrap_err(),
        at(0).slice(&view, 16_385).unwrap().read_to_vec().unwrap_err(),
        at(0).slice(&view, 16_385).unwrap().access().map(drop).unwrap_err(),
        at(0).read_until(&view, |_| false).unwrap_err(),
        WasmPtr::<u8>::new(65_535).read_utf8_string(&view, 2).unwrap_err(),
    ];
    for (number, error) in errors.iter().enumerate() {
        assert!(matches!(error, MemoryAccessError::HeapOutOfBounds), "case {number}: {error:?}");
        assert_eq!(error.to_string(), "memory access out of bounds");
    }
    assert_eq!(bytes, [1; 4], "nothing was read");
    assert!(view.copy_to_vec().unwrap().iter().all(|&byte| byte == 0xff), "nothing was written");
}

#[test]
fn addresses_that_do_not_exist() {
    let mut store = Store::default();
    let memory = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap();
    let view = memory.view(&store);
    let errors = [
        view.read(u64::MAX, &mut [0; 2]).unwrap_err(),
        view.write(u64::MAX, b"xy").unwrap_err(),
        WasmPtr::<u32>::new(8).add_offset(u32::MAX).unwrap_err(),
        WasmPtr::<u32>::new(8).sub_offset(3).unwrap_err(),
        WasmPtr64::<u32>::new(u64::MAX - 1).read(&view).unwrap_err(),
        WasmSlice::<u64>::new(&view, 8, u64::MAX / 4).unwrap_err(),
        WasmSlice::<u8>::new(&view, u64::MAX, 1).unwrap_err(),
    ];
    for (number, error) in errors.iter().enumerate() {
        assert!(matches!(error, MemoryAccessError::Overflow), "case {number}: {error:?}");
        assert_eq!(error.to_string(), "address calculation overflow");
    }
}

#[test]
fn strings_that_are_none() {
    let mut store = Store::default();
    let memory = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap();
    let view = memory.view(&store);
    view.write(0, b"\xc3\x28\0").unwrap();
    let text = WasmPtr::<u8>::new(0);
    for error in [
        text.read_utf8_string(&view, 2).unwrap_err(),
        text.read_utf8_string_with_nul(&view).unwrap_err(),
        String::from_utf8(vec![0xff]).unwrap_err().into(),
    ] {
        assert!(matches!(error, MemoryAccessError::NonUtf8String), "{error:?}");
        assert_eq!(error.to_string(), "string is not valid utf-8");
    }
}
