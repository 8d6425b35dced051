//! `memory.copy` and `memory.fill` (WebAssembly 3.0, §4.6.8).
//!
//! Programs call them with few bytes most of the time, for which a call of the runtime costs more than the bytes. So
//! up to [`SMALL`] bytes are moved here, after a check that all of them are inside; the rest, traps too, is the
//! runtime's. A range of *n* bytes is two pieces of *w* bytes, one at its start and one at its end, where *w* is the
//! power of two with *w* ≤ *n* ≤ 2*w*: they meet or overlap. All pieces are loaded before the first is stored.

use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{InstructionOpcode, InstructionValue, PointerValue};
use smallvec::SmallVec;
use wasmer_types::{BuiltinFunction, MemoryIndex};

use super::Translator;
use super::alias::Region;
use crate::builder::Value;
use crate::types::Lanes;

/// The most bytes that are moved here: two pieces of the largest size.
const SMALL: u64 = 2 * SIZES[0];
/// The same if the number of bytes is known.
const SMALL_KNOWN: u64 = 2 * SMALL;
/// Sizes of pieces.
const SIZES: [u64; 5] = [16, 8, 4, 2, 1];

/// Offsets of pieces in a range.
type Offsets<'c> = SmallVec<[Value<'c>; 4]>;

/// What becomes of a range.
#[derive(Clone, Copy)]
enum Source<'c> {
    /// It is a copy of one that begins there.
    Bytes(MemoryIndex, Value<'c>),
    /// All of its bytes become the lowest of this i32.
    Byte(Value<'c>),
}

impl<'c> Translator<'_, '_, 'c> {
    pub(super) fn memory_fill(&mut self, memory: MemoryIndex) {
        let (start, value, len) = self.pop3();
        let (start, len) = (self.builder().widen(start), self.builder().widen(len));
        let number = self.builder().i32(memory.as_u32());
        let args = [number, start, value, len];
        self.bulk(BuiltinFunction::memory_fill, &args, (memory, start), Source::Byte(value), len);
    }

    pub(super) fn memory_copy(&mut self, to: MemoryIndex, from: MemoryIndex) {
        let (start, source, len) = self.pop3();
        let [start, source, len] = [start, source, len].map(|value| self.builder().widen(value));
        let [to_number, from_number] = [to, from].map(|memory| self.builder().i32(memory.as_u32()));
        let args = [to_number, from_number, start, source, len];
        let bytes = Source::Bytes(from, source);
        self.bulk(BuiltinFunction::memory_copy, &args, (to, start), bytes, len);
    }

    /// Writes `len` bytes at `to`, here if there are few, or else by `builtin`.
    fn bulk(
        &mut self,
        builtin: BuiltinFunction,
        args: &[Value<'c>],
        to: (MemoryIndex, Value<'c>),
        source: Source<'c>,
        len: Value<'c>,
    ) {
        let known = len.into_int_value().get_zero_extended_constant();
        let mut ranges: SmallVec<[_; 2]> = SmallVec::from_slice(&[to]);
        if let Source::Bytes(memory, start) = source {
            ranges.push((memory, start));
        }
        // Sums of larger indices may wrap. What other threads see of a shared memory is the runtime's matter.
        let is_simple = ranges.iter().all(|(memory, _)| {
            !self.environ().bounds[*memory].index_64()
                && !self.environ().module.memories[*memory].shared
        });
        if !is_simple || known.is_some_and(|len| len > SMALL_KNOWN) {
            self.builtin(builtin, args);
            return;
        }
        let [small, large, end] = [(); 3].map(|()| self.builder().append_block(self.function));
        let builder = self.builder();
        if known.is_none() {
            let is_large = builder.icmp(IntPredicate::UGT, len, builder.i64(SMALL));
            self.leave_if(is_large, large);
        }
        for (memory, start) in ranges {
            let behind = builder.binary(InstructionOpcode::Add, start, len);
            let length = self.memory_length(memory);
            let is_outside = builder.icmp(IntPredicate::UGT, behind, length);
            self.leave_if(is_outside, large)
                .set_metadata(self.unit.unlikely, self.unit.kinds.prof)
                .expect("a branch takes metadata");
        }
        builder.jump(small);
        self.enter(large);
        self.builtin(builtin, args);
        builder.jump(end);
        self.enter(small);
        match known {
            Some(len) => self.move_known(to, source, len),
            None => self.move_some(to, source, len),
        }
        builder.jump(end);
        self.enter(end);
    }

    /// Goes to `target` if the condition holds, else on in a new block.
    fn leave_if(&mut self, condition: Value<'c>, target: BasicBlock<'c>) -> InstructionValue<'c> {
        let next = self.builder().append_block(self.function);
        let branch = self.builder().branch(condition, target, next);
        self.enter(next);
        branch
    }

    /// Writes a known number of bytes.
    fn move_known(&mut self, to: (MemoryIndex, Value<'c>), source: Source<'c>, len: u64) {
        let Some(size) = SIZES.into_iter().find(|size| *size <= len) else { return };
        let builder = self.builder();
        let last = len - size;
        let offsets = (0..last).step_by(size as usize).chain([last]).map(|at| builder.i64(at));
        self.move_pieces(to, source, size, &offsets.collect::<Offsets<'c>>());
    }

    /// Writes up to [`SMALL`] bytes.
    fn move_some(&mut self, to: (MemoryIndex, Value<'c>), source: Source<'c>, len: Value<'c>) {
        let builder = self.builder();
        let end = builder.append_block(self.function);
        for size in SIZES {
            let smaller = builder.append_block(self.function);
            let is_smaller = builder.icmp(IntPredicate::ULT, len, builder.i64(size));
            self.leave_if(is_smaller, smaller);
            let mut offsets = Offsets::from_slice(&[builder.i64(0)]);
            if size > 1 {
                offsets.push(builder.binary(InstructionOpcode::Sub, len, builder.i64(size)));
            }
            self.move_pieces(to, source, size, &offsets);
            builder.jump(end);
            self.enter(smaller);
        }
        builder.jump(end);
        self.enter(end);
    }

    /// Writes pieces of `size` bytes. They are inside, so that nothing here faults.
    fn move_pieces(
        &mut self,
        (memory, start): (MemoryIndex, Value<'c>),
        source: Source<'c>,
        size: u64,
        offsets: &[Value<'c>],
    ) {
        let ty: BasicTypeEnum<'c> = match size {
            16 => self.types().vector(Lanes::I8X16).into(),
            _ => self.types().int(size as u32 * 8).into(),
        };
        let builder = self.builder();
        let values: Offsets<'c> = match source {
            Source::Bytes(from, start) => {
                let first = self.byte_at(from, start);
                let load = |at: &Value<'c>| {
                    let (value, load) = builder.load(ty, builder.add_offset(first, *at), 1);
                    self.in_region(load, Region::Memory(from));
                    value
                };
                offsets.iter().map(load).collect()
            }
            Source::Byte(byte) => {
                let byte = builder.cast(InstructionOpcode::Trunc, byte, self.types().int(8));
                let ones = builder.i64(u64::from_le_bytes([1; 8]));
                let word = builder.binary(InstructionOpcode::Mul, builder.widen(byte), ones);
                let value = match size {
                    16 => builder.lanes(builder.splat(2, word), Lanes::I8X16),
                    8 => word,
                    _ => builder.cast(InstructionOpcode::Trunc, word, ty),
                };
                offsets.iter().map(|_| value).collect()
            }
        };
        let first = self.byte_at(memory, start);
        for (value, at) in values.into_iter().zip(offsets) {
            let store = builder.store(value, builder.add_offset(first, *at), 1);
            self.in_region(store, Region::Memory(memory));
            store.set_volatile(true).expect("stores can be volatile");
        }
    }

    /// The address of a byte of a memory.
    fn byte_at(&mut self, memory: MemoryIndex, index: Value<'c>) -> PointerValue<'c> {
        let base = self.memory_base(memory);
        self.locate();
        self.builder().add_offset(base, index)
    }
}
