//! Instances of modules that are made by hand; their functions are not called.

use std::sync::Mutex;

use wasmer_types::image::{CodeImage, FunctionExtent, ModuleImage};
use wasmer_types::layout::FUNC_TABLE_RESOLVED;
use wasmer_types::{
    DataIndex, DataPlacement, DataSegment, ElemIndex, ElementItems, ElementPlacement,
    ElementSegment, ExternType, FunctionType, GlobalInit, GlobalType, ImportError, ImportIndex,
    ImportKey, InitExpr, InitExprOp, MemoryType, ModuleInfo, Mutability, Pages, TableType, TagKind,
    Target, TrapCode, Type,
};

use super::*;
use crate::enter::enter;
use crate::memory::{LinearMemory, VMOwnedMemory, VMSharedMemory};
use crate::module::LoadedModule;
use crate::process;
use crate::store::StoreHandle;
use crate::table::TableElement;
use crate::trap::Trap;
use crate::tunables::{BaseTunables, Tunables};
use crate::vmcontext::VMFunctionElement;

const TUNABLES: BaseTunables = BaseTunables {
    static_memory_bound: Pages(65536),
    static_memory_offset_guard_size: 2 << 30,
    dynamic_memory_offset_guard_size: 1 << 16,
};

/// A module description that grows.
#[derive(Default)]
struct Builder {
    info: ModuleInfo,
    data: Vec<u8>,
}

fn i32_const(value: i32) -> InitExpr {
    InitExpr::new([InitExprOp::I32Const(value)])
}

impl Builder {
    fn import(&mut self, index: ImportIndex) {
        let key = ImportKey::from((String::new(), String::new(), self.info.imports.len() as u32));
        self.info.imports.insert(key, index);
    }

    fn import_memory(&mut self, ty: MemoryType) -> MemoryIndex {
        let index = self.info.memories.push(ty);
        self.info.num_imported_memories += 1;
        self.import(ImportIndex::Memory(index));
        index
    }

    fn import_table(&mut self, ty: TableType) -> TableIndex {
        let index = self.info.tables.push(ty);
        self.info.num_imported_tables += 1;
        self.import(ImportIndex::Table(index));
        index
    }

    fn import_global(&mut self, ty: GlobalType) -> GlobalIndex {
        let index = self.info.globals.push(ty);
        self.info.num_imported_globals += 1;
        self.import(ImportIndex::Global(index));
        index
    }

    fn memory(&mut self, pages: u32, max: Option<u32>) -> MemoryIndex {
        self.info.memories.push(MemoryType::new(pages, max, false))
    }

    fn function(&mut self) -> FunctionIndex {
        if self.info.signatures.is_empty() {
            self.info.signatures.push(FunctionType::new([Type::I32], []));
        }
        let function = self.info.functions.push(SignatureIndex::new(0));
        self.info.escape(function);
        function
    }

    fn global(&mut self, ty: Type, init: GlobalInit) -> GlobalIndex {
        self.info.global_initializers.push(init);
        self.info.globals.push(GlobalType::new(ty, Mutability::Var))
    }

    fn data(&mut self, at: Option<(MemoryIndex, InitExpr)>, bytes: &[u8]) -> DataIndex {
        let placement = match at {
            Some((memory, offset)) => DataPlacement::Active { memory, offset },
            None => DataPlacement::Passive,
        };
        let start = self.data.len();
        self.data.extend(bytes);
        self.info.data_segments.push(DataSegment { placement, data: start..self.data.len() })
    }

    fn elements(
        &mut self,
        at: Option<(TableIndex, InitExpr)>,
        functions: &[FunctionIndex],
    ) -> ElemIndex {
        let placement = match at {
            Some((table, offset)) => ElementPlacement::Active { table, offset },
            None => ElementPlacement::Passive,
        };
        let items = ElementItems::Functions(functions.into());
        self.info.element_segments.push(ElementSegment { placement, ty: Type::FuncRef, items })
    }

    fn load(self) -> Arc<LoadedModule> {
        let count = self.info.local_func_count();
        let functions = (0..count as u32)
            .map(|n| FunctionExtent { offset: n, length: 1, wasm_offset: 0 })
            .collect();
        let image = ModuleImage {
            memory_styles: self
                .info
                .memories
                .values()
                .map(|ty| TUNABLES.memory_style(ty))
                .collect(),
            table_styles: self.info.tables.values().map(|ty| TUNABLES.table_style(ty)).collect(),
            info: Arc::new(self.info),
            target: Target::default(),
            compiler: String::new(),
            code: CodeImage { text: vec![0xc3; count], functions, ..CodeImage::default() },
            data: self.data.into(),
        };
        // SAFETY: nobody runs the code.
        unsafe { LoadedModule::new(image) }.unwrap()
    }
}

/// A store.
struct Store {
    objects: StoreObjects,
    context: Box<VMStoreContext>,
}

impl Store {
    fn new() -> Self {
        Self { objects: StoreObjects::default(), context: Box::default() }
    }

    fn try_instantiate(
        &mut self,
        module: &Arc<LoadedModule>,
        imports: &[VMExtern],
    ) -> Result<InternalStoreHandle<VMInstance>, InstantiationError> {
        let context = NonNull::from(&mut *self.context);
        // SAFETY: the context is that of this store and boxed; imports come from it.
        unsafe { instantiate(&mut self.objects, context, module, imports, &TUNABLES) }
    }

    fn instantiate(&mut self, module: &Arc<LoadedModule>) -> InternalStoreHandle<VMInstance> {
        self.try_instantiate(module, &[]).unwrap()
    }

    fn add_memory(&mut self, memory: impl Into<VMMemory>) -> InternalStoreHandle<VMMemory> {
        StoreHandle::new(&mut self.objects, memory.into()).internal_handle()
    }

    fn add_table(&mut self, ty: TableType) -> InternalStoreHandle<VMTable> {
        let table = VMTable::new(&ty, &TUNABLES.table_style(&ty)).unwrap();
        StoreHandle::new(&mut self.objects, table).internal_handle()
    }

    fn bytes(&self, memory: InternalStoreHandle<VMMemory>) -> &[u8] {
        let definition = memory.get(&self.objects).vmmemory();
        // SAFETY: the memory is alive, and not written while the store is borrowed.
        unsafe {
            let definition = &*definition.as_ptr();
            std::slice::from_raw_parts(definition.base, definition.current_length)
        }
    }

    fn memory(
        &mut self,
        instance: InternalStoreHandle<VMInstance>,
        index: MemoryIndex,
    ) -> InternalStoreHandle<VMMemory> {
        match VMInstance::export(instance, ExportIndex::Memory(index), &mut self.objects) {
            VMExtern::Memory(memory) => memory,
            other => panic!("{other:?} is no memory"),
        }
    }

    /// Numbers of the functions in a table: the place of their code in `instance`.
    fn functions(
        &self,
        table: InternalStoreHandle<VMTable>,
        instance: InternalStoreHandle<VMInstance>,
    ) -> Vec<Option<usize>> {
        let start = instance.get(&self.objects).module.code.addresses().start;
        let table = table.get(&self.objects);
        let function = |index| match table.get(index) {
            // SAFETY: the store is alive.
            Some(TableElement::FuncRef(Some(function))) => unsafe {
                Some((*function.as_ptr()).code.addr() - start)
            },
            _ => None,
        };
        (0..table.size()).map(function).collect()
    }

    fn table(
        &mut self,
        instance: InternalStoreHandle<VMInstance>,
        index: TableIndex,
    ) -> InternalStoreHandle<VMTable> {
        match VMInstance::export(instance, ExportIndex::Table(index), &mut self.objects) {
            VMExtern::Table(table) => table,
            other => panic!("{other:?} is no table"),
        }
    }
}

/// Calls a builtin of an instance as its code would.
macro_rules! call {
    ($store:ident, $instance:ident, $name:ident($($arg:expr => $ty:ty),*) -> $result:ty) => {{
        let vmctx = $instance.get(&$store.objects).vmctx();
        let index = wasmer_types::BuiltinFunction::$name.index() as usize;
        let context = NonNull::from(&mut *$store.context);
        // SAFETY: the types are those of the list; the store is alive and used by this thread alone.
        let result: Result<$result, Trap> = unsafe {
            let table = (*vmctx.as_ptr()).builtins.cast::<*const ()>();
            let entry: unsafe extern "C" fn(NonNull<VMContext>, $($ty),*) -> $result =
                std::mem::transmute(*table.add(index));
            enter(context, || entry(vmctx, $($arg),*))
        };
        result.map_err(|trap| trap.code().expect("a trap of wasm"))
    }};
}

#[test]
fn exports_are_resolved_once() {
    let mut module = Builder::default();
    let memory = module.memory(1, None);
    let global = module.global(Type::I64, GlobalInit::I64Const(-5));
    let function = module.function();
    module.info.tables.push(TableType::new(Type::FuncRef, 1, None));
    let tag = module.info.tags.push(SignatureIndex::new(0));
    let module = module.load();
    let mut store = Store::new();
    let instance = store.instantiate(&module);
    let other = store.instantiate(&module);
    for index in [
        ExportIndex::Memory(memory),
        ExportIndex::Global(global),
        ExportIndex::Table(TableIndex::new(0)),
        ExportIndex::Tag(tag),
        ExportIndex::Function(function),
    ] {
        let one = VMInstance::export(instance, index, &mut store.objects);
        let again = VMInstance::export(instance, index, &mut store.objects);
        let different = VMInstance::export(other, index, &mut store.objects);
        assert_eq!(format!("{one:?}"), format!("{again:?}"));
        assert_ne!(format!("{one:?}"), format!("{different:?}"));
        match one {
            VMExtern::Function(function) => {
                // SAFETY: the store is alive.
                let function = unsafe { function.as_ref() };
                assert_eq!(function.vmctx.cast(), instance.get(&store.objects).vmctx().as_ptr());
                assert_eq!(
                    function.type_id,
                    module.data().unwrap().type_id(SignatureIndex::new(0))
                );
                assert_eq!(function.code.addr(), module.code().addresses().start);
            }
            VMExtern::Global(global) => {
                // SAFETY: the store is alive.
                let value = unsafe { global.get(&store.objects).vmglobal().read() };
                assert_eq!(value.as_i64(), -5);
            }
            VMExtern::Tag(tag) => {
                let tag = tag.get(&store.objects);
                assert_eq!(tag.ty().params(), [Type::I32]);
                // SAFETY: the store is alive.
                let definition = unsafe { tag.vmtag().read() };
                assert_eq!(definition.type_id, tag.function_type().id());
            }
            VMExtern::Memory(_) | VMExtern::Table(_) => {}
        }
    }
}

#[test]
fn data_segments_are_applied_in_order() {
    let mut module = Builder::default();
    let memory = module.memory(1, None);
    module.data(Some((memory, i32_const(10))), b"abcdef");
    module.data(Some((memory, i32_const(12))), b"XY");
    module.data(Some((memory, i32_const(65535))), b"!");
    module.data(Some((memory, i32_const(65536))), b"");
    module.data(None, b"passive");
    let module = module.load();
    // Twice, as the second time the memory is a used one.
    for _ in 0..2 {
        let mut store = Store::new();
        let instance = store.instantiate(&module);
        let memory = store.memory(instance, memory);
        assert_eq!(&store.bytes(memory)[9..17], b"\0abXYef\0");
        assert_eq!((store.bytes(memory)[65535], store.bytes(memory).len()), (b'!', 65536));
        assert!(memory.get_mut(&mut store.objects).grow(Pages(1)).is_ok());
        assert!(store.bytes(memory)[65536..].iter().all(|&byte| byte == 0));
        let place = memory.get(&store.objects).vmmemory();
        // SAFETY: the memory is alive.
        unsafe { (*place.as_ptr()).base.write_bytes(0xff, 2 * 65536) };
    }
}

#[test]
fn a_segment_that_does_not_fit_ends_it() {
    let mut module = Builder::default();
    let memory = module.import_memory(MemoryType::new(1, None, false));
    let own = module.memory(1, None);
    let table = module.info.tables.push(TableType::new(Type::FuncRef, 1, None));
    let function = module.function();
    module.elements(Some((table, i32_const(0))), &[function]);
    module.data(Some((own, i32_const(0))), b"own");
    module.data(Some((memory, i32_const(1))), b"first");
    module.data(Some((memory, i32_const(65535))), b"too long");
    module.data(Some((memory, i32_const(1))), b"never");
    let module = module.load();
    let mut store = Store::new();
    let ty = MemoryType::new(1, None, false);
    let imported = VMOwnedMemory::new(&ty, &TUNABLES.memory_style(&ty)).unwrap();
    let imported = store.add_memory(imported);
    match store.try_instantiate(&module, &[VMExtern::Memory(imported)]) {
        Err(InstantiationError::Trap(trap)) => {
            assert_eq!(trap.code(), Some(TrapCode::HeapAccessOutOfBounds));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(&store.bytes(imported)[..7], b"\0first\0");
    assert_eq!(store.bytes(imported)[65535], 0);
}

#[test]
fn negative_offsets_do_not_fit() {
    for (offset, fits) in [(-1, false), (65533, true), (65534, false)] {
        let mut module = Builder::default();
        let memory = module.memory(1, None);
        module.data(Some((memory, i32_const(offset))), b"abc");
        let result = Store::new().try_instantiate(&module.load(), &[]);
        assert_eq!(result.is_ok(), fits, "{offset}");
    }
}

#[test]
fn tables_are_filled_lazily_and_in_order() {
    let mut module = Builder::default();
    let functions: Vec<_> = (0..6).map(|_| module.function()).collect();
    let table = module.info.tables.push(TableType::new(Type::FuncRef, 8, None));
    module.elements(Some((table, i32_const(1))), &functions[0..4]);
    module.elements(Some((table, i32_const(2))), &functions[4..6]);
    let module = module.load();
    assert!(module.data().unwrap().active_elements.is_empty());
    let mut store = Store::new();
    let instance = store.instantiate(&module);
    let handle = store.table(instance, table);
    let base = || {
        // SAFETY: the table is alive.
        let definition = unsafe { handle.get(&store.objects).vmtable().read() };
        let base = definition.base.cast::<VMFunctionElement>();
        // SAFETY: as above.
        let elements = unsafe { std::slice::from_raw_parts(base, definition.current_elements) };
        assert!(elements.iter().all(|element| element.type_id == 0), "nothing is called");
        elements.iter().map(|element| element.reference).collect::<Vec<_>>()
    };
    assert_eq!(base(), [0; 8], "nothing is resolved");
    let expected = [None, Some(0), Some(4), Some(5), Some(3), None, None, None];
    assert_eq!(store.functions(handle, instance), expected);
    let resolved = base();
    assert!(resolved.iter().all(|element| element & 1 == 1), "everything is resolved");
    assert_eq!(store.functions(handle, instance), expected);

    let mut store = Store::new();
    let instance = store.instantiate(&module);
    let resolve = |store: &mut Store, index: u64| call!(store, instance, table_resolve(0 => u32, index => u64) -> usize);
    let one = resolve(&mut store, 1).unwrap();
    let function =
        VMInstance::export(instance, ExportIndex::Function(functions[0]), &mut store.objects);
    assert!(matches!(function, VMExtern::Function(f) if f.as_ptr().addr() == one));
    assert_eq!(call!(store, instance, ref_func(0 => u32) -> usize), Ok(one));
    assert_eq!(resolve(&mut store, 0), Ok(0));
    assert_eq!(resolve(&mut store, 8), Err(TrapCode::TableAccessOutOfBounds));
    let callee = |store: &mut Store, index: u64| call!(store, instance, table_callee(0 => u32, 0 => u32, index => u64) -> usize);
    let element =
        std::ptr::with_exposed_provenance::<VMFunctionElement>(callee(&mut store, 4).unwrap());
    // SAFETY: the table is alive, and so is the function.
    let (element, function) = unsafe {
        let element = element.read();
        let function = element.reference - FUNC_TABLE_RESOLVED;
        (element, std::ptr::with_exposed_provenance::<VMFuncRef>(function).read())
    };
    assert_eq!(Ok(element.reference), resolve(&mut store, 4).map(|at| at + FUNC_TABLE_RESOLVED));
    assert_eq!((element.code, element.vmctx), (function.code, function.vmctx));
    assert_eq!((element.type_id, element.type_id == 0), (function.type_id, false));
    assert_eq!(callee(&mut store, 0), Err(TrapCode::IndirectCallToNull));
    assert_eq!(callee(&mut store, 8), Err(TrapCode::TableAccessOutOfBounds));
}

#[test]
fn segments_that_depend_on_imports_come_in_their_turn() {
    let mut module = Builder::default();
    let ty = GlobalType::new(Type::I32, Mutability::Const);
    let offset = module.import_global(ty);
    let functions: Vec<_> = (0..3).map(|_| module.function()).collect();
    let table = module.info.tables.push(TableType::new(Type::FuncRef, 4, None));
    let by_global = || InitExpr::new([InitExprOp::GlobalGet(offset)]);
    module.elements(Some((table, i32_const(0))), &[functions[0]; 4]);
    module.elements(Some((table, by_global())), &[functions[1]; 2]);
    module.elements(Some((table, i32_const(2))), &[functions[2]]);
    let memory = module.memory(1, None);
    let sum = [InitExprOp::GlobalGet(offset), InitExprOp::I32Const(10), InitExprOp::I32Add];
    module.data(Some((memory, InitExpr::new(sum))), b"1234");
    module.data(Some((memory, i32_const(13))), b"5");
    let module = module.load();
    let mut store = Store::new();
    let mut with_offset = |value: i32| {
        let global = VMGlobal::new(ty);
        // SAFETY: the global is alive.
        unsafe { global.vmglobal().write(value.into()) };
        let global = StoreHandle::new(&mut store.objects, global).internal_handle();
        let result = store.try_instantiate(&module, &[VMExtern::Global(global)]);
        result.map(|instance| {
            let (table, memory) = (store.table(instance, table), store.memory(instance, memory));
            (store.functions(table, instance), store.bytes(memory)[10..16].to_vec())
        })
    };
    let (functions, bytes) = with_offset(1).unwrap();
    assert_eq!(functions, [Some(0), Some(1), Some(2), Some(0)]);
    assert_eq!(bytes, [0, b'1', b'2', b'5', b'4', 0]);
    assert!(matches!(with_offset(3), Err(InstantiationError::Trap(_))));
    assert!(matches!(with_offset(-1), Err(InstantiationError::Trap(_))));
}

#[test]
fn elements_that_do_not_fit_come_before_data() {
    let mut module = Builder::default();
    let table = module.import_table(TableType::new(Type::FuncRef, 2, None));
    let function = module.function();
    let memory = module.memory(1, None);
    module.elements(Some((table, i32_const(1))), &[function]);
    module.elements(Some((table, i32_const(1))), &[function; 2]);
    module.data(Some((memory, i32_const(0))), b"data");
    let module = module.load();
    let mut store = Store::new();
    let imported = store.add_table(TableType::new(Type::FuncRef, 2, None));
    match store.try_instantiate(&module, &[VMExtern::Table(imported)]) {
        Err(InstantiationError::Trap(trap)) => {
            assert_eq!(trap.code(), Some(TrapCode::TableAccessOutOfBounds));
        }
        other => panic!("{other:?}"),
    }
    // The function in the table is alive, and its memory empty.
    let Some(TableElement::FuncRef(Some(function))) = imported.get(&store.objects).get(1) else {
        panic!("the first segment was not applied");
    };
    // SAFETY: the store is alive, and keeps the instance.
    let instance =
        unsafe { VMInstance::of(NonNull::new((*function.as_ptr()).vmctx.cast()).unwrap()) };
    // SAFETY: as above.
    let definition = unsafe { instance.memory(memory).as_ref().vmmemory().read() };
    // SAFETY: as above.
    assert_eq!(unsafe { std::slice::from_raw_parts(definition.base, 4) }, [0; 4]);
}

#[test]
fn globals() {
    let mut module = Builder::default();
    let imported = module.import_global(GlobalType::new(Type::I32, Mutability::Const));
    let function = module.function();
    let expr = InitExpr::new([
        InitExprOp::GlobalGet(imported),
        InitExprOp::I32Const(5),
        InitExprOp::I32Mul,
        InitExprOp::I32Const(1),
        InitExprOp::I32Sub,
    ]);
    let all = [
        module.global(Type::F32, GlobalInit::F32Const(1.5)),
        module.global(Type::I32, GlobalInit::GetGlobal(imported)),
        module.global(Type::I32, GlobalInit::Expr(expr)),
        module.global(Type::FuncRef, GlobalInit::RefFunc(function)),
        module.global(Type::V128, GlobalInit::V128Const([7; 16].into())),
        module.global(Type::FuncRef, GlobalInit::RefNullConst),
    ];
    let module = module.load();
    let mut store = Store::new();
    let global = VMGlobal::new(GlobalType::new(Type::I32, Mutability::Const));
    // SAFETY: the global is alive.
    unsafe { global.vmglobal().write(RawValue::from(20i32)) };
    let global = StoreHandle::new(&mut store.objects, global).internal_handle();
    let instance = store.try_instantiate(&module, &[VMExtern::Global(global)]).unwrap();
    let value = |index: GlobalIndex| {
        // SAFETY: the store is alive.
        unsafe { instance.get(&store.objects).global(index).read() }
    };
    assert_eq!(value(all[0]).as_f32(), 1.5);
    assert_eq!((value(all[1]).as_i32(), value(all[2]).as_i32()), (20, 99));
    let func_ref = instance.get(&store.objects).func_ref(function);
    assert_eq!(value(all[3]).as_usize(), func_ref.as_ptr().addr());
    assert_eq!((value(all[4]).bytes(), value(all[5]).as_u128()), ([7; 16], 0));
    let export = VMInstance::export(instance, ExportIndex::Global(imported), &mut store.objects);
    assert!(matches!(export, VMExtern::Global(handle) if handle == global));
}

#[test]
fn passive_segments() {
    let mut module = Builder::default();
    let memory = module.memory(1, None);
    let functions = [module.function(), module.function()];
    let table = module.info.tables.push(TableType::new(Type::FuncRef, 3, None));
    module.data(None, b"hello");
    module.data(Some((memory, i32_const(100))), b"active");
    module.elements(None, &functions);
    let module = module.load();
    let mut store = Store::new();
    let instance = store.instantiate(&module);
    let memory = store.memory(instance, memory);
    let out = Err(TrapCode::HeapAccessOutOfBounds);
    macro_rules! init {
        ($segment:expr, $to:expr, $from:expr, $len:expr) => {
            call!(store, instance, memory_init(0 => u32, $segment => u32, $to => u64, $from => u32, $len => u32) -> ())
        };
    }
    assert_eq!(init!(0, 8, 1, 4), Ok(()));
    assert_eq!(&store.bytes(memory)[7..13], b"\0ello\0");
    assert_eq!(
        (init!(0, 0, 2, 4), init!(0, 65533, 0, 4), init!(0, 0, u32::MAX, u32::MAX)),
        (out, out, out)
    );
    assert_eq!(
        (init!(0, 65536, 5, 0), init!(0, 65537, 0, 0), init!(0, 0, 6, 0)),
        (Ok(()), out, out)
    );
    assert_eq!(
        (init!(1, 0, 0, 0), init!(1, 0, 0, 1)),
        (Ok(()), out),
        "active segments are dropped"
    );
    assert_eq!(call!(store, instance, data_drop(0 => u32) -> ()), Ok(()));
    assert_eq!((init!(0, 0, 0, 0), init!(0, 0, 0, 1)), (Ok(()), out));

    let out = Err(TrapCode::TableAccessOutOfBounds);
    macro_rules! init_table {
        ($to:expr, $from:expr, $len:expr) => {
            call!(store, instance, table_init(0 => u32, 0 => u32, $to => u64, $from => u32, $len => u32) -> ())
        };
    }
    assert_eq!(init_table!(1, 0, 2), Ok(()));
    let table = store.table(instance, table);
    assert_eq!(store.functions(table, instance), [None, Some(0), Some(1)]);
    assert_eq!(
        (init_table!(2, 0, 2), init_table!(0, 1, 2), init_table!(u64::MAX, 0, 1)),
        (out, out, out)
    );
    assert_eq!((init_table!(3, 2, 0), init_table!(4, 0, 0)), (Ok(()), out));
    assert_eq!(call!(store, instance, elem_drop(0 => u32) -> ()), Ok(()));
    assert_eq!((init_table!(0, 0, 0), init_table!(0, 0, 1)), (Ok(()), out));
}

#[test]
fn builtins_on_memories_and_tables() {
    let mut module = Builder::default();
    module.memory(1, Some(3));
    module.memory(1, None);
    module.info.tables.push(TableType::new(Type::ExternRef, 2, Some(5)));
    let module = module.load();
    let mut store = Store::new();
    let instance = store.instantiate(&module);
    macro_rules! grow {
        ($delta:expr) => { call!(store, instance, memory_grow(0 => u32, $delta => u64) -> u64) };
    }
    assert_eq!(
        (grow!(0), grow!(1), grow!(2), grow!(1), grow!(1)),
        (Ok(1), Ok(1), Ok(u64::MAX), Ok(2), Ok(u64::MAX))
    );
    assert_eq!((grow!(1 << 32), grow!(u64::MAX)), (Ok(u64::MAX), Ok(u64::MAX)));
    let memories = [0, 1].map(|index| store.memory(instance, MemoryIndex::new(index)));
    let fill = call!(store, instance, memory_fill(0 => u32, 65536 => u64, 0x1ee => u32, 131072 => u64) -> ());
    assert_eq!(fill, Ok(()));
    assert_eq!((store.bytes(memories[0])[65535], store.bytes(memories[0])[65536]), (0, 0xee));
    macro_rules! copy {
        ($to:expr, $from:expr, $len:expr) => {
            call!(store, instance, memory_copy(1 => u32, 0 => u32, $to => u64, $from => u64, $len => u64) -> ())
        };
    }
    assert_eq!(copy!(0, 65530, 10), Ok(()));
    assert_eq!(&store.bytes(memories[1])[4..12], [0, 0, 0xee, 0xee, 0xee, 0xee, 0, 0]);
    assert_eq!(copy!(65530, 0, 7), Err(TrapCode::HeapAccessOutOfBounds));

    macro_rules! grow_table {
        ($delta:expr) => { call!(store, instance, table_grow(0 => u32, $delta => u64, 48 => usize) -> u64) };
    }
    assert_eq!(
        (grow_table!(4), grow_table!(1), grow_table!(u64::MAX)),
        (Ok(u64::MAX), Ok(2), Ok(u64::MAX))
    );
    let fill = call!(store, instance, table_fill(0 => u32, 0 => u64, 32 => usize, 2 => u64) -> ());
    assert_eq!(fill, Ok(()));
    let fill = call!(store, instance, table_fill(0 => u32, 2 => u64, 32 => usize, 2 => u64) -> ());
    assert_eq!(fill, Err(TrapCode::TableAccessOutOfBounds));
    let copy =
        call!(store, instance, table_copy(0 => u32, 0 => u32, 0 => u64, 1 => u64, 2 => u64) -> ());
    assert_eq!(copy, Ok(()));
    let table = store.table(instance, TableIndex::new(0)).get(&store.objects);
    let elements: Vec<_> = (0..3).map(|index| table.read(index)).collect();
    assert_eq!(elements, [32, 48, 48]);

    let raise = call!(store, instance, raise_trap(TrapCode::NullReference as u32 => u32) -> ());
    assert_eq!(raise, Err(TrapCode::NullReference));
    let wait =
        call!(store, instance, memory_atomic_wait32(0 => u32, 0 => u64, 0 => u32, 0 => u64) -> u32);
    assert_eq!(wait, Err(TrapCode::ExpectedSharedMemory));
    let notify = call!(store, instance, memory_atomic_notify(0 => u32, 0 => u64, 1 => u32) -> u32);
    assert_eq!(notify, Ok(0));
}

#[test]
fn rounding() {
    let mut store = Store::new();
    let instance = store.instantiate(&Builder::default().load());
    let nearest = |store: &mut Store, x: f64| call!(store, instance, f64_nearest(x => f64) -> f64);
    assert_eq!([2.5, -0.5, 1e300].map(|x| nearest(&mut store, x).unwrap()), [2.0, -0.0, 1e300]);
    let signalling = f32::from_bits(0x7fa0_0001);
    let quiet = call!(store, instance, f32_ceil(signalling => f32) -> f32).unwrap();
    assert_eq!(quiet.to_bits(), 0x7fe0_0001);
    let fused =
        call!(store, instance, f64_fma(1e308 => f64, 10.0 => f64, f64::NEG_INFINITY => f64) -> f64);
    assert_eq!(fused, Ok(f64::NEG_INFINITY));
}

#[test]
fn imports_are_checked() {
    let mut module = Builder::default();
    module.import_memory(MemoryType::new(2, Some(3), false));
    let module = module.load();
    let mut store = Store::new();
    let fails =
        |store: &mut Store, imports: &[VMExtern]| match store.try_instantiate(&module, imports) {
            Err(InstantiationError::Import(0, error)) => error,
            other => panic!("{other:?}"),
        };
    assert!(matches!(fails(&mut store, &[]), ImportError::UnknownImport(ExternType::Memory(_))));
    let mut memory = |min, max, shared| {
        let ty = MemoryType::new(min, max, shared);
        VMExtern::Memory(store.add_memory(VMMemory::new(&ty, &TUNABLES.memory_style(&ty)).unwrap()))
    };
    let (small, open) = (memory(1, Some(3), false), memory(2, None, false));
    let (shared, right) = (memory(2, Some(3), true), memory(2, Some(2), false));
    for wrong in [small, open, shared] {
        assert!(matches!(fails(&mut store, &[wrong]), ImportError::IncompatibleType(..)));
    }
    store.try_instantiate(&module, &[right, small]).unwrap();
    let VMExtern::Memory(small) = small else { panic!() };
    small.get_mut(&mut store.objects).grow(Pages(1)).unwrap();
    store.try_instantiate(&module, &[VMExtern::Memory(small)]).unwrap();

    let ty = MemoryType::new(2, Some(3), false);
    let style = wasmer_types::MemoryStyle::Dynamic { offset_guard_size: 65536 };
    let moving = store.add_memory(VMMemory::new(&ty, &style).unwrap());
    let error = fails(&mut store, &[VMExtern::Memory(moving)]);
    assert!(matches!(&error, ImportError::MemoryError(text) if text.contains("style")), "{error}");

    let table = store.add_table(TableType::new(Type::FuncRef, 1, None));
    let error = fails(&mut store, &[VMExtern::Table(table)]);
    assert!(matches!(
        error,
        ImportError::IncompatibleType(ExternType::Memory(_), ExternType::Table(_))
    ));
}

#[test]
fn imported_functions_globals_and_tags() {
    let mut exporter = Builder::default();
    exporter.info.signatures.push(FunctionType::default());
    let function = exporter.function();
    let tag = exporter.info.tags.push(SignatureIndex::new(0));
    let exporter = exporter.load();
    let mut store = Store::new();
    let source = store.instantiate(&exporter);
    let function = VMInstance::export(source, ExportIndex::Function(function), &mut store.objects);
    let tag = VMInstance::export(source, ExportIndex::Tag(tag), &mut store.objects);

    let importer = |params: &[Type]| {
        let mut module = Builder::default();
        module.info.signatures.push(FunctionType::new(params, []));
        let function = module.info.functions.push(SignatureIndex::new(0));
        module.info.num_imported_functions = 1;
        module.import(ImportIndex::Function(function));
        let tag = module.info.tags.push(SignatureIndex::new(0));
        module.info.num_imported_tags = 1;
        module.import(ImportIndex::Tag(tag));
        module.info.start_function = params.is_empty().then_some(function);
        module.load()
    };
    let right = store.try_instantiate(&importer(&[]), &[function, tag]).unwrap();
    let VMExtern::Function(func_ref) = function else { panic!() };
    assert_eq!(right.get(&store.objects).start_function(), Some(func_ref));
    for index in [ExportIndex::Function(FunctionIndex::new(0)), ExportIndex::Tag(TagIndex::new(0))]
    {
        let export = VMInstance::export(right, index, &mut store.objects);
        let original = if matches!(index, ExportIndex::Tag(_)) { tag } else { function };
        assert_eq!(format!("{export:?}"), format!("{original:?}"));
    }
    let wrong = importer(&[Type::I64]);
    let error = store.try_instantiate(&wrong, &[function, tag]).unwrap_err();
    assert!(matches!(
        error,
        InstantiationError::Import(
            0,
            ImportError::IncompatibleType(ExternType::Function(_), ExternType::Function(_))
        )
    ));
    let other_tag = VMTag::new(TagKind::Exception, &FunctionType::new([Type::F64], []));
    let other_tag = StoreHandle::new(&mut store.objects, other_tag).internal_handle();
    let error = store.try_instantiate(&importer(&[]), &[function, VMExtern::Tag(other_tag)]);
    assert!(matches!(error, Err(InstantiationError::Import(1, ImportError::IncompatibleType(..)))));
}

#[test]
fn start_functions_that_do_not_escape() {
    let mut module = Builder::default();
    module.info.signatures.push(FunctionType::default());
    module.info.functions.push(SignatureIndex::new(0));
    module.info.start_function = Some(FunctionIndex::new(0));
    let module = module.load();
    let mut store = Store::new();
    let instance = store.instantiate(&module).get(&store.objects);
    let start = instance.start_function().unwrap();
    assert_eq!(instance.start_function(), Some(start));
    // SAFETY: the store is alive.
    assert_eq!(unsafe { start.as_ref() }.vmctx.cast(), instance.vmctx().as_ptr());
}

/// A module with a shared memory.
fn sharing_module() -> Arc<LoadedModule> {
    let mut module = Builder::default();
    module.import_memory(MemoryType::new(1, Some(4), true));
    module.load()
}

fn shared_memory() -> VMSharedMemory {
    let ty = MemoryType::new(1, Some(4), true);
    VMSharedMemory::new(&ty, &TUNABLES.memory_style(&ty)).unwrap()
}

#[test]
fn threads_wait_and_notify() {
    let (module, memory) = (sharing_module(), shared_memory());
    let run = |action: &dyn Fn(&mut Store, InternalStoreHandle<VMInstance>)| {
        let mut store = Store::new();
        let import = store.add_memory(memory.clone());
        let instance = store.try_instantiate(&module, &[VMExtern::Memory(import)]).unwrap();
        action(&mut store, instance);
    };
    const SECOND: u64 = 1_000_000_000;
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                run(&|store, instance| {
                    let woken = call!(store, instance,
                        memory_atomic_wait64(0 => u32, 8 => u64, 0 => u64, 60 * SECOND => u64) -> u32);
                    assert_eq!(woken, Ok(0));
                });
            });
        }
        run(&|store, instance| {
            let mut woken = 0;
            while woken < 2 {
                woken += call!(store, instance,
                    memory_atomic_notify(0 => u32, 8 => u64, 1 => u32) -> u32)
                .unwrap();
                std::thread::yield_now();
            }
            let wait = call!(store, instance,
                memory_atomic_wait32(0 => u32, 8 => u64, 1 => u32, u64::MAX => u64) -> u32);
            assert_eq!(wait, Ok(1), "the value is another");
            let wait = call!(store, instance,
                memory_atomic_wait32(0 => u32, 8 => u64, 0 => u32, 1_000_000 => u64) -> u32);
            assert_eq!(wait, Ok(2), "the time is over");
            let wait = call!(store, instance,
                memory_atomic_wait64(0 => u32, 65529 => u64, 0 => u64, 0 => u64) -> u32);
            assert_eq!(wait, Err(TrapCode::HeapAccessOutOfBounds));
            let grow = call!(store, instance, memory_grow(0 => u32, 1 => u64) -> u64);
            assert_eq!(grow, Ok(1));
        });
    });
    assert_eq!(memory.size(), Pages(2), "all see that it has grown");
}

#[test]
fn waiting_is_interrupted() {
    let (module, memory) = (sharing_module(), shared_memory());
    let mut store = Store::new();
    let import = store.add_memory(memory);
    let instance = store.try_instantiate(&module, &[VMExtern::Memory(import)]).unwrap();
    let context = NonNull::from(&mut *store.context);
    let calls = crate::suspended::SuspendedCalls::new();
    // SAFETY: the handle is revoked before the store goes.
    let handle =
        unsafe { crate::interrupt::InterruptHandle::new(context, NonNull::from(&calls)) }.unwrap();
    let interrupter = handle.clone();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(20));
        interrupter.interrupt();
    });
    let wait = call!(store, instance,
        memory_atomic_wait32(0 => u32, 0 => u64, 0 => u32, u64::MAX => u64) -> u32);
    assert_eq!(wait, Err(TrapCode::HostInterrupt));
    thread.join().unwrap();
    let wait = call!(store, instance,
        memory_atomic_wait32(0 => u32, 0 => u64, 0 => u32, 1000 => u64) -> u32);
    assert_eq!(wait, Ok(2), "the store can be used again");
    handle.revoke();
}

/// Mappings of this process, and resident bytes (none in an emulator, of which the system counts its own memory too).
fn footprint() -> (usize, usize) {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
    let resident = pages * crate::sys::mmap::page_size();
    (process::mappings(), if process::emulator().is_some() { 0 } else { resident })
}

#[test]
fn instances_leave_nothing_behind() {
    // In a process of its own, as other tests map and unmap meanwhile.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock();
    if std::env::var_os("WASMER_VM_FOOTPRINT").is_none() {
        let test = process::this_program()
            .args(["--exact", "instance::tests::instances_leave_nothing_behind", "--nocapture"])
            .env("WASMER_VM_FOOTPRINT", "1")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&test.stderr).into_owned();
        assert!(test.status.success(), "{text}");
        return;
    }
    let mut module = Builder::default();
    let memory = module.memory(17, None);
    let function = module.function();
    module.info.tables.push(TableType::new(Type::FuncRef, 1000, None));
    module.elements(Some((TableIndex::new(0), i32_const(0))), &[function; 500]);
    module.data(Some((memory, i32_const(0))), &[1; 100_000]);
    let module = module.load();
    let touch = |store: &mut Store| {
        let instance = store.instantiate(&module);
        let vmmemory = instance.get(&store.objects).memory(memory);
        // SAFETY: the store is alive, and the bytes are in the memory.
        unsafe {
            let base = (*vmmemory.as_ref().vmmemory().as_ptr()).base;
            (0..17).for_each(|page| base.add(page * 65536 + 100).write(9));
        }
    };
    // Of each store one instance, or of one store all.
    let one_by_one = || (0..10_000).for_each(|_| touch(&mut Store::new()));
    let at_once = || {
        let mut store = Store::new();
        (0..10_000).for_each(|_| touch(&mut store));
    };
    one_by_one();
    let (maps, resident) = footprint();
    one_by_one();
    let (maps_after, resident_after) = footprint();
    assert!(maps_after <= maps + 4, "{maps} mappings became {maps_after}");
    assert!(resident_after <= resident + (1 << 20), "{resident} bytes became {resident_after}");
    at_once();
    crate::memory::release_unused_memory();
    let (maps_after, resident_after) = footprint();
    assert!(maps_after <= maps + 16, "{maps} mappings became {maps_after}");
    assert!(resident_after <= resident + (16 << 20), "{resident} bytes became {resident_after}");
}
