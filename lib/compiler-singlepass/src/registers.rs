//! Machine registers, sets of them, and which values the temporary ones hold.

use std::fmt;

/// A register: the general ones first, then those for floats and vectors.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reg(u8);

/// What a register can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Integers and references.
    General,
    /// Floats and vectors.
    Vector,
}

/// How many registers of a class an architecture has at most.
const PER_CLASS: u8 = 32;

impl Reg {
    /// How many registers there are.
    pub(crate) const COUNT: usize = 2 * PER_CLASS as usize;

    /// The general register that the architecture encodes as `code`.
    pub(crate) const fn general(code: u8) -> Self {
        assert!(code < PER_CLASS);
        Self(code)
    }

    /// The vector register that the architecture encodes as `code`.
    pub(crate) const fn vector(code: u8) -> Self {
        assert!(code < PER_CLASS);
        Self(PER_CLASS + code)
    }

    /// How the architecture encodes it.
    pub(crate) const fn code(self) -> u8 {
        self.0 % PER_CLASS
    }

    pub(crate) const fn class(self) -> Class {
        if self.0 < PER_CLASS { Class::General } else { Class::Vector }
    }

    /// A number below [`Reg::COUNT`].
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for Reg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = if self.class() == Class::General { 'r' } else { 'v' };
        write!(f, "{class}{}", self.code())
    }
}

/// A set of registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RegSet(u64);

impl RegSet {
    pub(crate) const EMPTY: Self = Self(0);

    pub(crate) const fn of(registers: &[Reg]) -> Self {
        let (mut bits, mut i) = (0, 0);
        while i < registers.len() {
            bits |= 1 << registers[i].0;
            i += 1;
        }
        Self(bits)
    }

    /// All registers of a class.
    pub(crate) const fn all_of(class: Class) -> Self {
        match class {
            Class::General => Self(u32::MAX as u64),
            Class::Vector => Self((u32::MAX as u64) << PER_CLASS),
        }
    }

    pub(crate) const fn contains(self, register: Reg) -> bool {
        self.0 >> register.0 & 1 != 0
    }

    pub(crate) fn insert(&mut self, register: Reg) {
        self.0 |= 1 << register.0;
    }

    pub(crate) fn remove(&mut self, register: Reg) {
        self.0 &= !(1 << register.0);
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn first(self) -> Option<Reg> {
        (self.0 != 0).then(|| Reg(self.0.trailing_zeros() as u8))
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Reg> {
        let mut rest = self;
        std::iter::from_fn(move || {
            let first = rest.first()?;
            rest.remove(first);
            Some(first)
        })
    }
}

/// What a temporary register is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Nothing, or the operator that is being translated.
    None,
    /// The operand at this place of the stack; the register is its only place.
    Operand(u32),
    /// A copy of this local, which is in its slot too.
    Local(u32),
}

/// The state of the temporary registers.
#[derive(Debug)]
pub(crate) struct Temporaries {
    /// All that the function has.
    all: RegSet,
    free: RegSet,
    /// Operands that were taken off the stack, and results that are not there yet.
    held: RegSet,
    /// Copies of locals that the present operator uses.
    locked: RegSet,
    owners: [Owner; Reg::COUNT],
}

impl Temporaries {
    pub(crate) fn new(all: RegSet) -> Self {
        Self {
            all,
            free: all,
            held: RegSet::EMPTY,
            locked: RegSet::EMPTY,
            owners: [Owner::None; Reg::COUNT],
        }
    }

    pub(crate) fn all(&self) -> RegSet {
        self.all
    }

    pub(crate) fn owner(&self, register: Reg) -> Owner {
        self.owners[register.index()]
    }

    pub(crate) fn is_free(&self, register: Reg) -> bool {
        self.free.contains(register)
    }

    pub(crate) fn is_held(&self, register: Reg) -> bool {
        self.held.contains(register)
    }

    /// A free register of a class that is none of `avoid`.
    pub(crate) fn free(&self, class: Class, avoid: RegSet) -> Option<Reg> {
        self.free.and(RegSet::all_of(class)).without(avoid).first()
    }

    /// Registers of a class that can be emptied: what they hold is needed later or not at all.
    pub(crate) fn evictable(&self, class: Class) -> RegSet {
        let of_class = self.all.and(RegSet::all_of(class));
        of_class.without(self.free).without(self.held).without(self.locked)
    }

    /// Registers that hold something for longer than the present operator.
    pub(crate) fn owned(&self) -> RegSet {
        self.all.without(self.free).without(self.held)
    }

    /// The present operator uses `register`, and nothing else does.
    pub(crate) fn hold(&mut self, register: Reg) {
        self.owners[register.index()] = Owner::None;
        self.free.remove(register);
        self.locked.remove(register);
        self.held.insert(register);
    }

    /// `register` now belongs to `owner`.
    pub(crate) fn give(&mut self, register: Reg, owner: Owner) {
        self.owners[register.index()] = owner;
        self.free.remove(register);
        self.held.remove(register);
    }

    /// The present operator reads `register`, which belongs to a local.
    pub(crate) fn lock(&mut self, register: Reg) {
        self.locked.insert(register);
    }

    pub(crate) fn release(&mut self, register: Reg) {
        self.owners[register.index()] = Owner::None;
        self.held.remove(register);
        self.locked.remove(register);
        self.free.insert(register);
    }

    /// The present operator is done.
    pub(crate) fn release_held(&mut self) {
        self.free = self.free.or(self.held);
        self.held = RegSet::EMPTY;
        self.locked = RegSet::EMPTY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let (a, b) = (Reg::general(3), Reg::vector(3));
        assert_eq!((a.class(), b.class(), b.code()), (Class::General, Class::Vector, 3));
        let mut set = RegSet::of(&[b, a]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [a, b]);
        assert_eq!(set.and(RegSet::all_of(Class::Vector)).first(), Some(b));
        set.remove(a);
        assert!(!set.contains(a) && set.contains(b));
    }

    #[test]
    fn held_registers_are_free_behind_the_operator() {
        let (a, b) = (Reg::general(0), Reg::general(1));
        let mut temporaries = Temporaries::new(RegSet::of(&[a, b]));
        temporaries.hold(a);
        temporaries.give(b, Owner::Local(7));
        assert_eq!(temporaries.free(Class::General, RegSet::EMPTY), None);
        assert_eq!(temporaries.evictable(Class::General).first(), Some(b));
        temporaries.lock(b);
        assert_eq!(temporaries.evictable(Class::General), RegSet::EMPTY);
        temporaries.release_held();
        assert_eq!(temporaries.free(Class::General, RegSet::EMPTY), Some(a));
        assert_eq!(temporaries.evictable(Class::General).first(), Some(b));
    }
}
