//! Tunables and memories of the embedder, as programs for `wasmer` 4 write them.

use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wasmer::vm::{
    LinearMemory, MemoryError, MemoryStyle, TableStyle, VMMemory, VMMemoryDefinition, VMTable,
    VMTableDefinition,
};
use wasmer::{
    BaseTunables, Cranelift, Engine, EngineBuilder, IndexType, Instance, Memory, MemoryType,
    Module, NativeEngineExt, Pages, Store, TableType, Target, Tunables, Type, imports,
};

/// Limits the size of memories.
struct LimitingTunables<T: Tunables> {
    limit: Pages,
    base: T,
}

impl<T: Tunables> LimitingTunables<T> {
    fn new(base: T, limit: Pages) -> Self {
        Self { limit, base }
    }

    fn adjust_memory(&self, requested: &MemoryType) -> MemoryType {
        let mut adjusted = *requested;
        if requested.maximum.is_none() {
            adjusted.maximum = Some(self.limit);
        }
        adjusted
    }

    fn validate_memory(&self, ty: &MemoryType) -> Result<(), MemoryError> {
        if ty.minimum > self.limit {
            return Err(MemoryError::Generic(
                "Minimum exceeds the allowed memory limit".to_owned(),
            ));
        }
        match ty.maximum {
            Some(maximum) if maximum > self.limit => {
                Err(MemoryError::Generic("Maximum exceeds the allowed memory limit".to_owned()))
            }
            Some(_) => Ok(()),
            None => Err(MemoryError::Generic("Maximum unset".to_owned())),
        }
    }
}

impl<T: Tunables> Tunables for LimitingTunables<T> {
    fn memory_style(&self, memory: &MemoryType) -> MemoryStyle {
        self.base.memory_style(&self.adjust_memory(memory))
    }

    fn table_style(&self, table: &TableType) -> TableStyle {
        self.base.table_style(table)
    }

    fn create_host_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
    ) -> Result<VMMemory, MemoryError> {
        let adjusted = self.adjust_memory(ty);
        self.validate_memory(&adjusted)?;
        self.base.create_host_memory(&adjusted, style)
    }

    unsafe fn create_vm_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
        location: NonNull<VMMemoryDefinition>,
    ) -> Result<VMMemory, MemoryError> {
        let adjusted = self.adjust_memory(ty);
        self.validate_memory(&adjusted)?;
        // SAFETY: as for the caller.
        unsafe { self.base.create_vm_memory(&adjusted, style, location) }
    }

    fn create_host_table(&self, ty: &TableType, style: &TableStyle) -> Result<VMTable, String> {
        self.base.create_host_table(ty, style)
    }

    unsafe fn create_vm_table(
        &self,
        ty: &TableType,
        style: &TableStyle,
        location: NonNull<VMTableDefinition>,
    ) -> Result<VMTable, String> {
        // SAFETY: as for the caller.
        unsafe { self.base.create_vm_table(ty, style, location) }
    }
}

#[test]
fn limiting() {
    let base = BaseTunables::for_target(&Target::default());
    let mut engine: Engine = EngineBuilder::new(Cranelift::default()).into();
    engine.set_tunables(LimitingTunables::new(base, Pages(24)));
    let mut store = Store::new(engine);
    let module =
        Module::new(&store, r#"(module (memory 7) (export "memory" (memory 0)))"#).unwrap();
    let instance = Instance::new(&mut store, &module, &imports! {}).unwrap();
    let mut memories: Vec<Memory> =
        instance.exports.iter().memories().map(|(_, memory)| memory.clone()).collect();
    assert_eq!(memories.len(), 1);
    let memory = memories.pop().unwrap();
    assert_eq!(memory.ty(&store), MemoryType::new(7, Some(24), false));
    assert!(memory.grow(&mut store, 18).is_err());
    assert_eq!(memory.grow(&mut store, 17), Ok(Pages(7)));

    let refused = |store: &mut Store, wat: &str| {
        let module = Module::new(&*store, wat).unwrap();
        Instance::new(store, &module, &imports! {}).unwrap_err().to_string()
    };
    let start = "Insufficient resources: A user-defined error occurred: ";
    assert_eq!(
        refused(&mut store, "(module (memory 25))"),
        format!("{start}Minimum exceeds the allowed memory limit")
    );
    assert_eq!(
        refused(&mut store, "(module (memory 1 25))"),
        format!("{start}Maximum exceeds the allowed memory limit")
    );
    assert!(Memory::new(&mut store, MemoryType::new(25, None, false)).is_err());
    // Data segments are applied to what the tunables have made.
    let wat = r#"(module (memory (export "memory") 1) (data (i32.const 65532) "data"))"#;
    let instance = crate::instance(&mut store, wat);
    let memory = instance.exports.get_memory("memory").unwrap();
    assert_eq!(memory.view(&store).copy_range_to_vec(65_530..65_536).unwrap(), b"\0\0data");
}

/// Tunables that know nothing of them limit memories with 64-bit addresses and with small pages too.
#[test]
fn formats_travel_with_the_style() {
    let mut engine: Engine = EngineBuilder::new(Cranelift::default())
        .set_features(Some(wasmer::Features { memory64: true, ..Default::default() }))
        .into();
    engine.set_tunables(LimitingTunables::new(BaseTunables::new(), Pages(24)));
    let mut store = Store::new(engine);
    let wat = r#"(module (memory (export "memory") i64 7)
        (data (i64.const 65536) "data")
        (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
        (func (export "load") (param i64) (result i32) (i32.load (local.get 0))))"#;
    let instance = crate::instance(&mut store, wat);
    let memory = instance.exports.get_memory("memory").unwrap().clone();
    assert_eq!(memory.ty(&store), MemoryType::new(7, Some(24), false));
    assert_eq!(memory.format(&store).index, IndexType::I64);
    let grow = instance.exports.get_typed_function::<i64, i64>(&store, "grow").unwrap();
    assert_eq!(grow.call(&mut store, 18).unwrap(), -1);
    assert_eq!(grow.call(&mut store, 17).unwrap(), 7);
    let load = instance.exports.get_typed_function::<i64, u32>(&store, "load").unwrap();
    assert_eq!(load.call(&mut store, 65_536).unwrap(), u32::from_le_bytes(*b"data"));
    assert!(load.call(&mut store, 24 << 16).is_err());
    assert!(load.call(&mut store, 1 << 40).is_err());
    let module = Module::new(&store, "(module (memory i64 25))").unwrap();
    assert!(Instance::new(&mut store, &module, &imports! {}).is_err());

    // What a module imports has the format that its code was compiled for.
    let module = Module::new(&store, r#"(module (import "m" "memory" (memory i64 1)))"#).unwrap();
    assert_eq!(
        module.info().memory_formats[wasmer_types::MemoryIndex::from_u32(0)].index,
        IndexType::I64
    );
    Instance::new(&mut store, &module, &imports! { "m" => { "memory" => memory } }).unwrap();
    let narrow = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap();
    let imports = imports! { "m" => { "memory" => narrow } };
    let error = Instance::new(&mut store, &module, &imports).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Error while importing \"m\".\"memory\": memory error. incompatible import type: the memory \
         has 32-bit addresses and pages of 2^16 bytes, expected 64-bit addresses and pages of 2^16 bytes"
    );
}

/// Types are literals of the fields that they have in `wasmer` 4.
#[test]
fn literals_of_types() {
    let memory = MemoryType { minimum: Pages(1), maximum: None, shared: false };
    assert_eq!(memory, MemoryType::new(1, None, false));
    let MemoryType { minimum, maximum, shared } = memory;
    assert_eq!((minimum, maximum, shared), (Pages(1), None, false));
    let table = TableType { ty: Type::FuncRef, minimum: 1, maximum: Some(1) };
    assert!(table.is_fixed_funcref_table());
    let TableType { ty, minimum: 1, maximum: Some(1) } = table else { panic!() };
    assert_eq!(ty, Type::FuncRef);
}

#[test]
fn pointers_to_tunables_are_tunables() {
    let boxed: Box<dyn Tunables + Send + Sync> =
        Box::new(LimitingTunables::new(BaseTunables::new(), Pages(3)));
    let shared: Arc<dyn Tunables + Send + Sync> = Arc::new(boxed);
    let mut engine = Engine::default();
    engine.set_tunables(LimitingTunables::new(shared, Pages(5)));
    let ty = MemoryType::new(1, None, false);
    let style = engine.tunables().memory_style(&ty);
    assert_eq!(style, BaseTunables::new().memory_style(&ty));
    // The outer one sets the maximum of 5, which the inner one refuses.
    let error = engine.tunables().create_host_memory(&ty, &style).unwrap_err();
    assert!(error.to_string().contains("Maximum exceeds"), "{error}");
}

/// A memory that counts how often it grows, in a definition of its own.
#[derive(Debug)]
struct CountingMemory {
    memory: VMMemory,
    growths: Arc<AtomicUsize>,
}

impl LinearMemory for CountingMemory {
    fn ty(&self) -> MemoryType {
        self.memory.ty()
    }

    fn size(&self) -> Pages {
        self.memory.size()
    }

    fn style(&self) -> MemoryStyle {
        self.memory.style()
    }

    fn grow(&mut self, delta: Pages) -> Result<Pages, MemoryError> {
        self.growths.fetch_add(1, Ordering::Relaxed);
        self.memory.grow(delta)
    }

    fn reset(&mut self) -> Result<(), MemoryError> {
        self.memory.reset()
    }

    fn vmmemory(&self) -> NonNull<VMMemoryDefinition> {
        self.memory.vmmemory()
    }

    fn try_clone(&self) -> Result<Box<dyn LinearMemory>, MemoryError> {
        self.memory.try_clone()
    }

    fn copy(&mut self) -> Result<Box<dyn LinearMemory>, MemoryError> {
        self.memory.copy()
    }
}

/// Makes [`CountingMemory`]s.
struct Counting {
    base: BaseTunables,
    growths: Arc<AtomicUsize>,
}

impl Counting {
    fn counted(&self, memory: VMMemory) -> VMMemory {
        let memory = CountingMemory { memory, growths: self.growths.clone() };
        VMMemory::from_custom(Box::new(memory) as Box<dyn LinearMemory>)
    }
}

impl Tunables for Counting {
    fn memory_style(&self, memory: &MemoryType) -> MemoryStyle {
        self.base.memory_style(memory)
    }

    fn table_style(&self, table: &TableType) -> TableStyle {
        self.base.table_style(table)
    }

    fn create_host_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
    ) -> Result<VMMemory, MemoryError> {
        self.base.create_host_memory(ty, style).map(|memory| self.counted(memory))
    }

    unsafe fn create_vm_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
        location: NonNull<VMMemoryDefinition>,
    ) -> Result<VMMemory, MemoryError> {
        // SAFETY: as for the caller.
        let memory = unsafe { self.base.create_vm_memory(ty, style, location)? };
        Ok(self.counted(memory))
    }

    fn create_host_table(&self, ty: &TableType, style: &TableStyle) -> Result<VMTable, String> {
        self.base.create_host_table(ty, style)
    }

    unsafe fn create_vm_table(
        &self,
        ty: &TableType,
        style: &TableStyle,
        location: NonNull<VMTableDefinition>,
    ) -> Result<VMTable, String> {
        // SAFETY: as for the caller.
        unsafe { self.base.create_vm_table(ty, style, location) }
    }
}

#[test]
fn memories_of_the_embedder() {
    let growths = Arc::new(AtomicUsize::new(0));
    // Also with memories that move when they grow.
    for bound in [Pages(65_536), Pages(0)] {
        let base = BaseTunables { static_memory_bound: bound, ..BaseTunables::new() };
        let mut engine = Engine::default();
        engine.set_tunables(Counting { base, growths: growths.clone() });
        let mut store = Store::new(engine);
        let wat = r#"(module (memory (export "memory") 1 4) (data (i32.const 3) "abc")
            (func (export "grow") (result i32)
                (i32.store (i32.const 8) (i32.load (i32.const 3)))
                (drop (memory.grow (i32.const 1)))
                (i32.load (i32.const 131068))))"#;
        let instance = crate::instance(&mut store, wat);
        let memory = instance.exports.get_memory("memory").unwrap();
        let grow = instance.exports.get_typed_function::<(), i32>(&store, "grow").unwrap();
        growths.store(0, Ordering::Relaxed);
        assert_eq!(grow.call(&mut store).unwrap(), 0);
        assert_eq!(memory.grow(&mut store, 1), Ok(Pages(2)));
        assert!(memory.grow(&mut store, 2).is_err());
        assert_eq!(growths.load(Ordering::Relaxed), 3);
        assert_eq!(memory.view(&store).copy_range_to_vec(0..12).unwrap(), b"\0\0\0abc\0\0abc\0");
        memory.reset(&mut store).unwrap();
        assert_eq!(memory.view(&store).copy_range_to_vec(0..6).unwrap(), [0; 6]);

        let host = Memory::new(&mut store, MemoryType::new(1, Some(2), false)).unwrap();
        host.grow(&mut store, 1).unwrap();
        assert_eq!(growths.load(Ordering::Relaxed), 4);
    }
}
