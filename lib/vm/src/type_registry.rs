//! Canonical numbers for function types.
//!
//! Compiled code compares the number in a `VMFuncRef` with the one that it expects. Equal types have equal
//! numbers in the whole process, for as long as somebody holds them.

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
