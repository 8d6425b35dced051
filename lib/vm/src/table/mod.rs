//! Tables (WebAssembly 3.0, §4.2.8 and §4.6.7).
//!
//! Elements are references as wide as a pointer; those of function tables begin with one and go on with what calls
//! need of the function ([`VMFunctionElement`]). They are resolved when they are first read: until then they are 0,
//! and what belongs there follows from the element segments of the module that made the table (its *table image*).
//! From then on the reference has [`FUNC_TABLE_RESOLVED`] set. The rest is filled in by the first call, and 0 again when
//! the element is written.

mod storage;

use std::cell::Cell;
use std::ptr::NonNull;

use wasmer_types::layout::{FUNC_TABLE_RESOLVED, Layouts};
use wasmer_types::{FunctionIndex, IndexType, TableStyle, TableType, TrapCode, Type};

use self::storage::Storage;
use crate::definition::Definition;
use crate::exception::VMExceptionObj;
use crate::extern_ref::VMExternObj;
use crate::instance::VMInstance;
use crate::trap::Trap;
use crate::vmcontext::{VMFuncRef, VMFunctionElement, VMTableDefinition};

/// Elements that a table can have at most.
pub const MAX_TABLE_ELEMENTS: u32 = 1 << 27;

/// Resolved elements that are remembered, so that only these are cleared in the end.
const REMEMBERED: usize = 16;

/// An element of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableElement {
    /// Of a table of functions.
    FuncRef(Option<NonNull<VMFuncRef>>),
    /// Of a table of references to values of the host.
    ExternRef(Option<NonNull<VMExternObj>>),
    /// Of a table of references to exceptions.
    ExceptionRef(Option<NonNull<VMExceptionObj>>),
}

impl TableElement {
    /// Whether it refers to nothing.
    pub fn is_null(self) -> bool {
        self.to_raw() == 0
    }

    /// The reference as compiled code has it.
    fn to_raw(self) -> usize {
        match self {
            Self::FuncRef(reference) => reference.map_or(0, |at| at.as_ptr().expose_provenance()),
            Self::ExternRef(reference) => reference.map_or(0, |at| at.as_ptr().expose_provenance()),
            Self::ExceptionRef(reference) => {
                reference.map_or(0, |at| at.as_ptr().expose_provenance())
            }
        }
    }

    /// # Safety
    ///
    /// `raw` is a reference of type `ty` of a live store.
    unsafe fn from_raw(ty: Type, raw: usize) -> Self {
        match ty {
            Type::FuncRef => {
                Self::FuncRef(NonNull::new(std::ptr::with_exposed_provenance_mut(raw)))
            }
            Type::ExceptionRef => {
                Self::ExceptionRef(NonNull::new(std::ptr::with_exposed_provenance_mut(raw)))
            }
            _ => Self::ExternRef(NonNull::new(std::ptr::with_exposed_provenance_mut(raw))),
        }
    }

    fn has_type(self, ty: Type) -> bool {
        matches!(
            (self, ty),
            (Self::FuncRef(_), Type::FuncRef)
                | (Self::ExternRef(_), Type::ExternRef)
                | (Self::ExceptionRef(_), Type::ExceptionRef)
        )
    }
}

/// What the elements of a new function table are.
pub(crate) type TableImage = [Option<FunctionIndex>];

/// Where the elements of a function table come from that were not read yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Initial {
    /// The instance that the functions belong to, and the table.
    pub(crate) instance: NonNull<VMInstance>,
    /// Functions by index. It lives as long as the instance.
    pub(crate) image: NonNull<TableImage>,
}

/// Which elements are not 0.
#[derive(Debug)]
struct Touched {
    elements: [Cell<u32>; REMEMBERED],
    count: Cell<u32>,
}

impl Touched {
    /// Any.
    const ALL: u32 = u32::MAX;

    fn none() -> Self {
        Self { elements: [const { Cell::new(0) }; REMEMBERED], count: Cell::new(0) }
    }

    #[inline]
    fn add(&self, index: usize) {
        let count = self.count.get();
        match self.elements.get(count as usize) {
            Some(element) => {
                element.set(index as u32);
                self.count.set(count + 1);
            }
            None => self.count.set(Self::ALL),
        }
    }
}

/// Words of an element of a table of references of type `ty`.
const fn words(ty: Type) -> usize {
    Layouts::new(size_of::<usize>() as u8).element_size(ty) as usize / size_of::<usize>()
}

const _: () = {
    assert!(words(Type::FuncRef) * size_of::<usize>() == size_of::<VMFunctionElement>());
    assert!(words(Type::ExternRef) == 1 && words(Type::ExceptionRef) == 1);
    assert!((MAX_TABLE_ELEMENTS as usize).checked_mul(size_of::<VMFunctionElement>()).is_some());
};

/// A table of a store.
///
/// # Example
///
/// ```
/// use wasmer_types::{TableStyle, TableType, TrapCode, Type};
/// use wasmer_vm::{TableElement, VMTable};
///
/// let style = TableStyle::CallerChecksSignature;
/// let mut table = VMTable::new(&TableType::new(Type::ExternRef, 2, Some(4)), &style)?;
/// let null = TableElement::ExternRef(None);
/// assert_eq!(table.get(1), Some(null));
/// assert_eq!((table.grow(2, null), table.size()), (Some(2), 4));
/// assert_eq!(table.grow(1, null), None);
/// table.copy_within(0, 2, 2).unwrap();
/// let error = table.set(4, null).unwrap_err();
/// assert_eq!(error.to_trap(), Some(TrapCode::TableAccessOutOfBounds));
/// assert_eq!(table.copy_on_write()?.size(), 4);
/// # Ok::<(), String>(())
/// ```
#[derive(Debug)]
pub struct VMTable {
    definition: Definition<VMTableDefinition>,
    storage: Option<Storage>,
    initial: Option<Initial>,
    touched: Touched,
    ty: TableType,
    style: TableStyle,
    index_type: IndexType,
    /// 1 + its place in the list of its store; 0 before it has one.
    pub(crate) number: Cell<u32>,
}

// SAFETY: what a table points to belongs to its store, with which it moves from thread to thread.
unsafe impl Send for VMTable {}

impl VMTable {
    /// A table of nulls.
    ///
    /// # Errors
    ///
    /// When the type makes no sense or memory runs out.
    pub fn new(table: &TableType, style: &TableStyle) -> Result<Self, String> {
        let definition = Definition::owned(VMTableDefinition {
            base: std::ptr::null_mut(),
            current_elements: 0,
        });
        Self::make(table, style, definition)
    }

    /// As [`VMTable::new`], for an instance whose code finds the definition at `vm_table_location`.
    ///
    /// # Errors
    ///
    /// As for [`VMTable::new`].
    ///
    /// # Safety
    ///
    /// The location can be written, and stays valid for as long as the table is used.
    pub unsafe fn from_definition(
        table: &TableType,
        style: &TableStyle,
        vm_table_location: NonNull<VMTableDefinition>,
    ) -> Result<Self, String> {
        let nothing = VMTableDefinition { base: std::ptr::null_mut(), current_elements: 0 };
        // SAFETY: as for the caller.
        Self::make(table, style, unsafe { Definition::within(vm_table_location, nothing) })
    }

    fn make(
        ty: &TableType,
        style: &TableStyle,
        definition: Definition<VMTableDefinition>,
    ) -> Result<Self, String> {
        let minimum = ty.minimum;
        if let Some(maximum) = ty.maximum.filter(|&maximum| maximum < minimum) {
            return Err(format!("Table minimum ({minimum}) is larger than maximum ({maximum})!"));
        }
        if minimum > MAX_TABLE_ELEMENTS {
            return Err(format!(
                "Table minimum ({minimum}) is larger than the limit ({MAX_TABLE_ELEMENTS})!"
            ));
        }
        if !ty.ty.is_ref() {
            return Err(format!("Table elements of type {} are not references", ty.ty));
        }
        let storage = Storage::zeroed(words(ty.ty) * minimum as usize)
            .ok_or_else(|| format!("out of memory for a table of {minimum} elements"))?;
        let mut table = Self {
            definition,
            storage: None,
            initial: None,
            touched: Touched::none(),
            ty: *ty,
            style: *style,
            index_type: IndexType::I32,
            number: Cell::new(0),
        };
        // What is not a function is written by compiled code without notice.
        if ty.ty != Type::FuncRef {
            table.touched.count.set(Touched::ALL);
        }
        table.publish(storage, minimum as usize);
        Ok(table)
    }

    /// Makes `storage` that of the table and returns the one before.
    fn publish(&mut self, storage: Storage, elements: usize) -> Option<Storage> {
        let definition =
            VMTableDefinition { base: storage.start().as_ptr(), current_elements: elements };
        // SAFETY: whoever has made the definition keeps it valid, and only this thread uses the table.
        unsafe { self.definition.as_ptr().write(definition) };
        self.storage.replace(storage)
    }

    /// Says what the elements of a new function table are.
    ///
    /// # Safety
    ///
    /// Instance and image live as long as the table is used, all functions of the image escape, and the
    /// table was not used yet.
    pub(crate) unsafe fn set_initial(&mut self, initial: Initial) {
        debug_assert!(self.ty.ty == Type::FuncRef && self.touched.count.get() == 0);
        self.initial = Some(initial);
    }

    /// Says that compiled code, of whatever module, may write elements without notice.
    #[inline]
    pub(crate) fn set_written(&self) {
        self.touched.count.set(Touched::ALL);
    }

    /// Its type, as it was made.
    pub fn ty(&self) -> &TableType {
        &self.ty
    }

    /// Type of its indices: `I32`, unless [`Self::set_index_type`] was called.
    pub fn index_type(&self) -> IndexType {
        self.index_type
    }

    /// Says of which type the indices of a new table are. Modules import it as one of that type only.
    pub fn set_index_type(&mut self, index_type: IndexType) {
        self.index_type = index_type;
    }

    /// How compiled code calls through it.
    pub fn style(&self) -> &TableStyle {
        &self.style
    }

    /// Where compiled code finds it. The definition does not move.
    #[inline]
    pub fn vmtable(&self) -> NonNull<VMTableDefinition> {
        self.definition.as_ptr()
    }

    /// Present number of elements.
    pub fn size(&self) -> u32 {
        // At most `MAX_TABLE_ELEMENTS`.
        self.len() as u32
    }

    /// Present number of elements.
    pub fn get_runtime_size(&self) -> u32 {
        self.size()
    }

    #[inline]
    fn len(&self) -> usize {
        // SAFETY: the definition is valid, and only this thread uses the table.
        unsafe { (*self.definition.as_ptr().as_ptr()).current_elements }
    }

    fn base(&self) -> *mut usize {
        // SAFETY: as above.
        unsafe { (*self.definition.as_ptr().as_ptr()).base }
    }

    /// The place of an element: that of the reference, or of a [`VMFunctionElement`], which begins with it.
    #[inline]
    fn element(&self, index: usize) -> *mut usize {
        assert!(index < self.len(), "table index {index} is not below {}", self.len());
        // SAFETY: the storage has an element for each index below the length.
        unsafe { self.base().add(words(self.ty.ty) * index) }
    }

    /// The bits in which an element differs from the reference.
    fn mark(&self) -> usize {
        match self.ty.ty {
            Type::FuncRef => FUNC_TABLE_RESOLVED,
            _ => 0,
        }
    }

    /// The reference in an element, which must exist.
    #[inline]
    pub(crate) fn read(&self, index: usize) -> usize {
        let element = self.element(index);
        // SAFETY: the element exists, and only this thread uses the table.
        let value = unsafe { element.read() };
        match (self.ty.ty, value) {
            (Type::FuncRef, 0) => self.resolve(index, element),
            (Type::FuncRef, value) => value & !FUNC_TABLE_RESOLVED,
            (_, value) => value,
        }
    }

    /// Fills in an element that is read for the first time.
    fn resolve(&self, index: usize, element: *mut usize) -> usize {
        let reference = self.initial.map_or(0, |initial| {
            // SAFETY: whoever has set it keeps both alive.
            let (image, instance) = unsafe { (initial.image.as_ref(), initial.instance.as_ref()) };
            let function = image.get(index).copied().flatten();
            function.map_or(0, |function| instance.func_ref(function).as_ptr().expose_provenance())
        });
        self.touched.add(index);
        // SAFETY: `read` has found the element.
        unsafe { element.write(reference | FUNC_TABLE_RESOLVED) };
        reference
    }

    /// Fills in an element of a function table, which must exist, for calls of functions whose type has the id
    /// `type_id`, and returns its address.
    ///
    /// # Errors
    ///
    /// [`TrapCode::IndirectCallToNull`], and [`TrapCode::BadSignature`] for functions of other types.
    ///
    /// # Safety
    ///
    /// What the table refers to is alive.
    pub(crate) unsafe fn callee(&self, index: usize, type_id: u32) -> Result<usize, TrapCode> {
        assert!(self.ty.ty == Type::FuncRef, "calls through a table of {}", self.ty.ty);
        let reference = self.read(index);
        let function = NonNull::new(std::ptr::with_exposed_provenance_mut::<VMFuncRef>(reference));
        let function = function.ok_or(TrapCode::IndirectCallToNull)?;
        // SAFETY: as for the caller, and functions do not change.
        let VMFuncRef { code, vmctx, type_id: found, .. } = unsafe { function.read() };
        if found != type_id {
            return Err(TrapCode::BadSignature);
        }
        let reference = reference | FUNC_TABLE_RESOLVED;
        let element = self.element(index).cast::<VMFunctionElement>();
        // SAFETY: the element exists, has been resolved, and only this thread uses the table.
        unsafe {
            element.write(VMFunctionElement { reference, code, vmctx, type_id, reserved: 0 })
        };
        Ok(element.expose_provenance())
    }

    /// Writes a reference to an element, which must exist.
    #[inline]
    pub(crate) fn write(&self, index: usize, reference: usize) {
        let element = self.element(index);
        self.touched.add(index);
        // SAFETY: the element exists and has so many words, and only this thread uses the table.
        unsafe {
            element.write_bytes(0, words(self.ty.ty));
            element.write(reference | self.mark());
        }
    }

    /// Checks that the elements from `start` exist, `len` of them.
    pub(crate) fn check_range(&self, start: u64, len: u64) -> Result<(), TrapCode> {
        match start.checked_add(len) {
            Some(end) if end <= self.len() as u64 => Ok(()),
            _ => Err(TrapCode::TableAccessOutOfBounds),
        }
    }

    /// Element number `index`, or `None` past the end.
    pub fn get(&self, index: u32) -> Option<TableElement> {
        if index >= self.size() {
            return None;
        }
        // SAFETY: a table holds references of its type and store.
        Some(unsafe { TableElement::from_raw(self.ty.ty, self.read(index as usize)) })
    }

    /// Writes element number `index`.
    ///
    /// # Errors
    ///
    /// [`TrapCode::TableAccessOutOfBounds`] past the end.
    ///
    /// # Panics
    ///
    /// When `reference` is not of the table's type.
    pub fn set(&mut self, index: u32, reference: TableElement) -> Result<(), Trap> {
        assert!(reference.has_type(self.ty.ty), "an element of another type than the table's");
        self.check_range(index.into(), 1)?;
        self.write(index as usize, reference.to_raw());
        Ok(())
    }

    /// `table.grow`: adds `delta` elements and returns how many there were before, or `None` when the type
    /// does not allow it or memory runs out.
    ///
    /// # Panics
    ///
    /// When `init_value` is not of the table's type.
    pub fn grow(&mut self, delta: u32, init_value: TableElement) -> Option<u32> {
        assert!(init_value.has_type(self.ty.ty), "an element of another type than the table's");
        self.grow_raw(delta.into(), init_value.to_raw())
    }

    /// `table.grow`
    pub(crate) fn grow_raw(&mut self, delta: u64, value: usize) -> Option<u32> {
        let old = self.len();
        let maximum = self.ty.maximum.unwrap_or(u32::MAX).min(MAX_TABLE_ELEMENTS);
        let new =
            (old as u64).checked_add(delta).filter(|&new| new <= u64::from(maximum))? as usize;
        if delta == 0 {
            return Some(old as u32);
        }
        let words = |elements| words(self.ty.ty) * elements;
        let capacity = self.storage.as_ref().map_or(0, Storage::capacity);
        if words(new) > capacity {
            let roomy = words(new).max(2 * capacity).min(words(maximum as usize));
            let storage = Storage::zeroed(roomy).or_else(|| Storage::zeroed(words(new)))?;
            // SAFETY: the old storage has `old` elements and the new one more; they do not overlap.
            unsafe { self.base().copy_to_nonoverlapping(storage.start().as_ptr(), words(old)) };
            self.publish(storage, new);
        } else {
            // SAFETY: the definition is valid, and only this thread uses the table.
            unsafe { (*self.definition.as_ptr().as_ptr()).current_elements = new };
        }
        // Elements behind the end are 0, and no image covers them; so nulls of functions are there already.
        if value != 0 {
            self.set_written();
            (old..new).for_each(|index| self.write(index, value));
        }
        Some(old as u32)
    }

    /// `table.fill`
    pub(crate) fn fill(&self, start: u64, value: usize, len: u64) -> Result<(), TrapCode> {
        self.check_range(start, len)?;
        (start..start + len).for_each(|index| self.write(index as usize, value));
        Ok(())
    }

    /// `table.copy`, to this table from `source`, which may be the same.
    pub(crate) fn copy_from(
        &self,
        dst: u64,
        source: &Self,
        src: u64,
        len: u64,
    ) -> Result<(), TrapCode> {
        source.check_range(src, len)?;
        self.check_range(dst, len)?;
        let copy = |n: u64| self.write((dst + n) as usize, source.read((src + n) as usize));
        match dst <= src {
            true => (0..len).for_each(copy),
            false => (0..len).rev().for_each(copy),
        }
        Ok(())
    }

    /// Copies elements from another table of the same type.
    ///
    /// # Errors
    ///
    /// [`TrapCode::TableAccessOutOfBounds`] when not all of them exist in both.
    ///
    /// # Panics
    ///
    /// When the types of the elements differ.
    pub fn copy(
        &mut self,
        src_table: &Self,
        dst_index: u32,
        src_index: u32,
        len: u32,
    ) -> Result<(), Trap> {
        assert!(self.ty.ty == src_table.ty.ty, "elements of another type than the table's");
        Ok(self.copy_from(dst_index.into(), src_table, src_index.into(), len.into())?)
    }

    /// Copies elements within the table.
    ///
    /// # Errors
    ///
    /// As for [`VMTable::copy`].
    pub fn copy_within(&mut self, dst_index: u32, src_index: u32, len: u32) -> Result<(), Trap> {
        Ok(self.copy_from(dst_index.into(), self, src_index.into(), len.into())?)
    }

    /// A table of its own with the same type and elements.
    ///
    /// # Errors
    ///
    /// When memory runs out.
    pub fn copy_on_write(&self) -> Result<Self, String> {
        let mut copy = Self::new(&TableType { minimum: self.size(), ..self.ty }, &self.style)?;
        (copy.ty, copy.index_type) = (self.ty, self.index_type);
        let copied = copy.copy_from(0, self, 0, self.len() as u64);
        debug_assert_eq!(copied, Ok(()));
        Ok(copy)
    }
}

impl Drop for VMTable {
    fn drop(&mut self) {
        let Some(storage) = self.storage.take() else { return };
        let touched = self.touched.count.get();
        let width = words(self.ty.ty);
        // SAFETY: elements up to the length exist.
        let clear = |first: usize, elements: usize| unsafe {
            storage.start().add(width * first).write_bytes(0, width * elements);
        };
        match self.touched.elements.get(..touched as usize) {
            Some(elements) => elements.iter().for_each(|index| clear(index.get() as usize, 1)),
            None => clear(0, self.len()),
        }
        // SAFETY: what may have been something else than 0 was cleared; elements behind the length were never written.
        unsafe { storage.recycle() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(ty: Type, minimum: u32, maximum: Option<u32>) -> VMTable {
        let style = TableStyle::CallerChecksSignature;
        VMTable::new(&TableType::new(ty, minimum, maximum), &style).unwrap()
    }

    /// An element that nobody looks into.
    fn element(number: usize) -> TableElement {
        TableElement::FuncRef(NonNull::new(std::ptr::without_provenance_mut(number * 16)))
    }

    /// What compiled code sees of an element.
    fn raw(table: &VMTable, index: usize) -> VMFunctionElement {
        // SAFETY: the table is alive, has the element, and is one of functions.
        unsafe { table.element(index).cast::<VMFunctionElement>().read() }
    }

    fn contents(table: &VMTable) -> Vec<usize> {
        (0..table.len()).map(|index| table.read(index) / 16).collect()
    }

    #[test]
    fn elements() {
        let mut table = table(Type::FuncRef, 3, None);
        assert_eq!((table.get(2), table.get(3)), (Some(TableElement::FuncRef(None)), None));
        table.set(1, element(5)).unwrap();
        assert_eq!(table.get(1), Some(element(5)));
        let error = table.set(3, element(1)).unwrap_err();
        assert_eq!(error.code(), Some(TrapCode::TableAccessOutOfBounds));
        // What compiled code sees.
        let seen = [0, 1].map(|index| raw(&table, index).reference);
        assert_eq!(seen, [0, 5 * 16 + FUNC_TABLE_RESOLVED]);
    }

    #[test]
    fn elements_have_what_calls_need_once_they_were_called() {
        let function = |number: usize, type_id| VMFuncRef {
            code: std::ptr::without_provenance(number),
            vmctx: std::ptr::without_provenance_mut(2 * number),
            type_id,
            internal_abi: 0,
            internal_code: std::ptr::null(),
        };
        let functions = [function(1000, 7), function(2000, 8)];
        let element =
            |number: usize| TableElement::FuncRef(Some(NonNull::from(&functions[number])));
        let mut table = table(Type::FuncRef, 4, None);
        table.set(1, element(0)).unwrap();
        table.set(2, element(1)).unwrap();
        // SAFETY: the functions are alive.
        let callee = |table: &VMTable, index, ty| unsafe { table.callee(index, ty) };
        assert_eq!(callee(&table, 0, 7), Err(TrapCode::IndirectCallToNull));
        assert_eq!(callee(&table, 1, 8), Err(TrapCode::BadSignature));
        assert!((0..3).all(|index| raw(&table, index).type_id == 0));
        let address = table.element(1).addr();
        assert_eq!(callee(&table, 1, 7), Ok(address));
        let ready = |table: &VMTable, index| {
            let VMFunctionElement { code, vmctx, type_id, .. } = raw(table, index);
            (code.addr(), vmctx.addr(), type_id)
        };
        assert_eq!([1, 2].map(|index| ready(&table, index)), [(1000, 2000, 7), (0, 0, 0)]);
        assert_eq!(table.get(1), Some(element(0)));
        // It moves with the rest, and is not copied.
        table.grow(100, element(1)).unwrap();
        assert_eq!(ready(&table, 1), (1000, 2000, 7));
        table.copy_within(2, 1, 1).unwrap();
        assert_eq!((table.get(2), ready(&table, 2)), (Some(element(0)), (0, 0, 0)));
        // What is written is another function.
        table.set(1, element(1)).unwrap();
        assert_eq!(
            (ready(&table, 1), callee(&table, 1, 7)),
            ((0, 0, 0), Err(TrapCode::BadSignature))
        );
        assert!(callee(&table, 103, 8).is_ok());
    }

    #[test]
    fn growing() {
        let mut small = table(Type::FuncRef, 1, Some(100));
        small.set(0, element(1)).unwrap();
        assert_eq!(small.grow(0, element(2)), Some(1));
        assert_eq!(small.grow(2, element(2)), Some(1));
        assert_eq!(small.grow(2, TableElement::FuncRef(None)), Some(3));
        assert_eq!(contents(&small), [1, 2, 2, 0, 0]);
        assert_eq!(small.grow(96, element(2)), None);
        assert_eq!(small.grow(u32::MAX, element(2)), None);
        assert_eq!(small.grow_raw(u64::MAX, 0), None);
        assert_eq!(small.grow(95, element(3)), Some(5));
        assert_eq!(contents(&small)[99], 3);
        let mut open = table(Type::ExternRef, 0, None);
        assert_eq!(open.grow_raw(u64::from(MAX_TABLE_ELEMENTS) + 1, 0), None);
        assert_eq!(open.grow_raw(10, 0), Some(0));
        assert_eq!(open.get(9), Some(TableElement::ExternRef(None)));
    }

    #[test]
    fn filling_and_copying() {
        let oob = Err(TrapCode::TableAccessOutOfBounds);
        let table = table(Type::FuncRef, 10, None);
        (0..10).for_each(|n| table.write(n, n * 16));
        for (dst, src, len) in [(2, 0, 5), (0, 2, 5), (3, 3, 4), (10, 10, 0), (0, 5, 5)] {
            let mut expected = contents(&table);
            expected.copy_within(src..src + len, dst);
            table.copy_from(dst as u64, &table, src as u64, len as u64).unwrap();
            assert_eq!(contents(&table), expected);
        }
        let before = contents(&table);
        assert_eq!(table.copy_from(11, &table, 0, 0), oob);
        assert_eq!(table.copy_from(0, &table, 11, 0), oob);
        assert_eq!(table.copy_from(6, &table, 0, 5), oob);
        assert_eq!(table.copy_from(0, &table, u64::MAX, 1), oob);
        assert_eq!(table.fill(10, 16, 1), oob);
        assert_eq!(table.fill(u64::MAX, 16, 2), oob);
        assert_eq!(table.fill(10, 16, 0), Ok(()));
        assert_eq!(contents(&table), before);
        table.fill(8, 7 * 16, 2).unwrap();
        assert_eq!(contents(&table)[7..], [before[7], 7, 7]);
        assert_eq!(contents(&table.copy_on_write().unwrap()), contents(&table));
    }

    #[test]
    fn storage_is_recycled_clean() {
        std::thread::spawn(|| {
            let function = VMFuncRef {
                code: std::ptr::without_provenance(1),
                vmctx: std::ptr::without_provenance_mut(2),
                type_id: 5,
                internal_abi: 0,
                internal_code: std::ptr::null(),
            };
            let called = TableElement::FuncRef(Some(NonNull::from(&function)));
            for writes in [3, REMEMBERED, REMEMBERED + 1, 500] {
                let mut used = table(Type::FuncRef, 1000, None);
                (0..writes).for_each(|n| used.set(2 * n as u32, called).unwrap());
                // SAFETY: the function is alive.
                unsafe { used.callee(4, 5) }.unwrap();
                let base = used.base();
                drop(used);
                let again = table(Type::FuncRef, 1000, None);
                assert_eq!(again.base(), base, "the storage was kept");
                // SAFETY: the table is alive and has so many words.
                let all = unsafe { std::slice::from_raw_parts(base, words(Type::FuncRef) * 1000) };
                assert!(all.iter().all(|&word| word == 0));
            }
        })
        .join()
        .unwrap();
    }

    #[test]
    fn nonsense_is_refused() {
        let style = TableStyle::CallerChecksSignature;
        let error =
            |min, max| VMTable::new(&TableType::new(Type::FuncRef, min, max), &style).unwrap_err();
        assert_eq!(error(5, Some(1)), "Table minimum (5) is larger than maximum (1)!");
        assert!(error(u32::MAX, None).contains("limit"));
        assert!(VMTable::new(&TableType::new(Type::I32, 0, None), &style).is_err());
    }
}
