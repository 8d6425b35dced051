//! Tunables of one's own: every memory of an engine gets a maximum, and who asks for more is refused.

use std::error::Error;
use std::ptr::NonNull;

use wasmer::sys::{BaseTunables, NativeEngineExt, Tunables};
use wasmer::vm::{
    MemoryStyle, TableStyle, VMMemory, VMMemoryDefinition, VMTable, VMTableDefinition,
};
use wasmer::{
    Engine, Instance, Memory, MemoryError, MemoryType, Module, Pages, Store, TableType, imports,
};

/// Limits memories, and leaves the rest to others.
struct LimitingTunables<T> {
    limit: Pages,
    base: T,
}

impl<T> LimitingTunables<T> {
    /// The type to use instead of the one that was asked for.
    ///
    /// # Errors
    ///
    /// When the limit forbids it.
    fn limited(&self, ty: &MemoryType) -> Result<MemoryType, MemoryError> {
        let maximum = ty.maximum.unwrap_or(self.limit);
        if ty.minimum > self.limit || maximum > self.limit {
            let reason = format!("a memory may have at most {:?}", self.limit);
            return Err(MemoryError::Generic(reason));
        }
        Ok(MemoryType { maximum: Some(maximum), ..*ty })
    }
}

/// Memories and tables are made by these functions: for the host, and, with a place for what compiled code reads, for
/// instances.
impl<T: Tunables> Tunables for LimitingTunables<T> {
    fn memory_style(&self, memory: &MemoryType) -> MemoryStyle {
        // Code is compiled for a style before it is known whether the memory is allowed.
        let memory = self.limited(memory).unwrap_or(*memory);
        self.base.memory_style(&memory)
    }

    fn table_style(&self, table: &TableType) -> TableStyle {
        self.base.table_style(table)
    }

    fn create_host_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
    ) -> Result<VMMemory, MemoryError> {
        self.base.create_host_memory(&self.limited(ty)?, style)
    }

    unsafe fn create_vm_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
        location: NonNull<VMMemoryDefinition>,
    ) -> Result<VMMemory, MemoryError> {
        // SAFETY: our caller promises what the base asks for, and the place is passed on as it is.
        unsafe { self.base.create_vm_memory(&self.limited(ty)?, style, location) }
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
        // SAFETY: as above.
        unsafe { self.base.create_vm_table(ty, style, location) }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // Modules compiled from now on follow these tunables.
    let mut engine = Engine::default();
    let base = BaseTunables::for_target(engine.target());
    engine.set_tunables(LimitingTunables { limit: Pages(24), base });
    let mut store = Store::new(engine);

    // This memory has no maximum of its own.
    let module = Module::new(&store, r#"(module (memory (export "memory") 7))"#)?;
    let instance = Instance::new(&mut store, &module, &imports! {})?;
    let memory = instance.exports.get_memory("memory")?;
    println!("the memory is {}", memory.ty(&store));
    assert_eq!(memory.grow(&mut store, 17)?, Pages(7));
    println!("error: {}", memory.grow(&mut store, 1).unwrap_err());

    // Who wants more than there is gets no instance, and no memory.
    let greedy = Module::new(&store, "(module (memory 25))")?;
    let error = Instance::new(&mut store, &greedy, &imports! {}).unwrap_err();
    println!("error: {error}");
    assert!(Memory::new(&mut store, MemoryType::new(1, Some(25), false)).is_err());
    Ok(())
}

// Prints:
// the memory is not shared (7 pages..24 pages)
// error: The memory could not grow: current size 24 pages, requested increase: 1 pages
// error: Insufficient resources: A user-defined error occurred: a memory may have at most 24 pages
