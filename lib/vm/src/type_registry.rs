//! Canonical numbers for function types.
//!
//! Compiled code compares the number in a `VMFuncRef` with the one that it expects. Equal types have equal
//! numbers in the whole process, for as long as somebody holds them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use wasmer_types::FunctionType;

use crate::dynamic::CallShape;

/// A function type with its number. Keep it for as long as the number is in use.
#[derive(Debug)]
pub struct RegisteredType {
    id: u32,
    ty: FunctionType,
    shape: CallShape,
}

impl RegisteredType {
    /// Its number, never 0.
    #[inline]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The type.
    #[inline]
    pub fn ty(&self) -> &FunctionType {
        &self.ty
    }

    /// How the C ABI passes its values.
    #[inline]
    pub fn shape(&self) -> &CallShape {
        &self.shape
    }
}

/// All registered types of the process.
#[derive(Default)]
struct Types {
    by_type: HashMap<FunctionType, u32>,
    /// Number `n` is entry `n - 1`. An entry is dead between the end of the last reference and its removal.
    by_id: Vec<Weak<RegisteredType>>,
    free: Vec<u32>,
}

impl Types {
    fn get(&self, id: u32) -> Option<Arc<RegisteredType>> {
        self.by_id.get(id.checked_sub(1)? as usize)?.upgrade()
    }

    fn find(&self, ty: &FunctionType) -> Option<Arc<RegisteredType>> {
        self.get(*self.by_type.get(ty)?)
    }
}

static TYPES: LazyLock<RwLock<Types>> = LazyLock::new(RwLock::default);

fn read() -> RwLockReadGuard<'static, Types> {
    TYPES.read().unwrap_or_else(PoisonError::into_inner)
}

fn write() -> RwLockWriteGuard<'static, Types> {
    TYPES.write().unwrap_or_else(PoisonError::into_inner)
}

/// Gives `ty` its number.
pub fn register(ty: &FunctionType) -> Arc<RegisteredType> {
    // A statement of its own, so that the lock is free again for `write`.
    let known = read().find(ty);
    if let Some(known) = known {
        return known;
    }
    let shape = CallShape::new(ty);
    let mut types = write();
    if let Some(known) = types.find(ty) {
        return known;
    }
    let id = types.free.pop().unwrap_or_else(|| {
        types.by_id.push(Weak::new());
        u32::try_from(types.by_id.len()).expect("fewer than 2^32 types are in use")
    });
    let registered = Arc::new(RegisteredType { id, ty: ty.clone(), shape });
    types.by_id[id as usize - 1] = Arc::downgrade(&registered);
    types.by_type.insert(ty.clone(), id);
    registered
}

/// The type with a number, if it is in use.
pub fn lookup(id: u32) -> Option<Arc<RegisteredType>> {
    read().get(id)
}

/// How many types a thread remembers.
const REMEMBERED: usize = 16;

thread_local! {
    /// Types that this thread looked up lately, by number modulo the length: it finds them again without writing
    /// to memory that other threads use. They stay registered for as long as they are here.
    static RECENT: RefCell<[Option<Arc<RegisteredType>>; REMEMBERED]> =
        const { RefCell::new([const { None }; REMEMBERED]) };
}

/// Calls `f` with the type with a number, if it is in use. For types that are looked up again and again.
pub fn with_type<R>(id: u32, f: impl FnOnce(&RegisteredType) -> R) -> Option<R> {
    let mut f = Some(f);
    let mut call = |ty: &RegisteredType| f.take().map(|f| f(ty));
    let found = RECENT.try_with(|recent| {
        // Busy when `f` looks up types itself.
        let mut recent = recent.try_borrow_mut().ok()?;
        let place = &mut recent[id as usize % REMEMBERED];
        if place.as_ref().is_none_or(|ty| ty.id != id) {
            *place = Some(lookup(id)?);
        }
        call(place.as_ref()?)
    });
    // There is no memory of a thread that is ending.
    found.ok().flatten().or_else(|| call(&*lookup(id)?))
}

impl Drop for RegisteredType {
    fn drop(&mut self) {
        let mut types = write();
        // Meanwhile the type may have been registered again, under another number.
        if types.by_type.get(&self.ty) == Some(&self.id) {
            types.by_type.remove(&self.ty);
        }
        types.free.push(self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use wasmer_types::Type;

    use super::*;

    #[test]
    fn equal_types_have_equal_numbers() {
        let ty = FunctionType::new([Type::I32, Type::ExternRef], [Type::F32, Type::F32, Type::F32]);
        let (one, two) = (register(&ty), register(&ty.clone()));
        assert_eq!(one.id(), two.id());
        assert_ne!(one.id(), 0);
        assert_ne!(one.id(), register(&FunctionType::default()).id());
        assert_eq!(lookup(one.id()).unwrap().ty(), &ty);
        let id = one.id();
        drop((one, two));
        assert!(lookup(id).is_none_or(|other| other.ty() != &ty));
        assert!(lookup(0).is_none() && lookup(u32::MAX).is_none());
    }

    #[test]
    fn types_are_remembered() {
        let ty = FunctionType::new([Type::F64; 3], [Type::V128, Type::F32]);
        let registered = register(&ty);
        for _ in 0..2 {
            let found = with_type(registered.id(), |found| {
                let inner = with_type(registered.id(), |inner| inner.ty().clone());
                (found.ty().clone(), inner)
            });
            assert_eq!(found, Some((ty.clone(), Some(ty.clone()))));
        }
        assert_eq!(with_type(0, |_| ()), None);
        assert_eq!(with_type(u32::MAX, |_| ()), None);
    }

    #[test]
    fn threads_agree() {
        let types: Vec<_> =
            (0..8).map(|n| FunctionType::new(vec![Type::V128; n], vec![Type::I64; 9])).collect();
        let run = || {
            for round in 0..5000 {
                let ty = &types[round % types.len()];
                let (one, two) = (register(ty), register(ty));
                assert_eq!((one.id(), one.ty()), (two.id(), ty));
            }
        };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(run);
            }
        });
        assert!(types.iter().all(|ty| read().find(ty).is_none()));
    }
}
