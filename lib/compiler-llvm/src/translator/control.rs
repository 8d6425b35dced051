//! Structured control (WebAssembly 3.0, §4.6.5): blocks, branches, `return`, `unreachable`, `select`.
//!
//! A [`Frame`] stands for each block that is open and can be reached. What follows a branch is not translated: no
//! frames are made for blocks that begin there, they are only counted. The block behind a wasm block is made when a
//! branch first leads there, so that blocks that nothing leaves cost nothing.

use std::collections::HashMap;

use inkwell::basic_block::BasicBlock;
use inkwell::values::PhiValue;
use smallvec::SmallVec;
use wasmer_compiler::operators::block_types;
use wasmer_types::layout::VALUE_SLOT_SIZE;
use wasmer_types::{CompileError, TrapCode, Type};
use wasmparser::{BlockType, BrTable};

use super::alias::Region;
use super::{Translator, align_of};
use crate::builder::Value;

/// A block, loop, `if` or function that is open.
pub(super) struct Frame<'e, 'c> {
    kind: FrameKind<'e, 'c>,
    ty: BlockType,
    /// Height of the stack of values without the block's parameters and results.
    height: usize,
    /// What is behind it, once something jumps there.
    end: Option<Join<'c>>,
    /// Blocks that branch to its end, or to its beginning if it is a loop; the last of them.
    edges: usize,
    last_edge: Option<BasicBlock<'c>>,
    /// The locals that are set in it, in the blocks that have ended so far.
    sets: LocalSet,
}

enum FrameKind<'e, 'c> {
    Function,
    /// A function body in place of a call, which has these results.
    Body(&'e [Type]),
    Block,
    Loop(Join<'c>),
    /// Where it goes when its condition does not hold, and its parameters.
    If(BasicBlock<'c>, Values<'c>),
    Else,
}

/// For so many pairs of open blocks and locals it is noted at most whether the one sets the other, one bit for each.
const MOST_NOTES: usize = 1 << 25;

/// Locals, one bit for each.
#[derive(Default)]
struct LocalSet(Vec<u64>);

impl LocalSet {
    fn insert(&mut self, local: u32) {
        let word = local as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (local % 64);
    }

    /// Adds all of `other`.
    fn add(&mut self, mut other: Self) {
        if self.0.len() < other.0.len() {
            std::mem::swap(&mut self.0, &mut other.0);
        }
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// A block with parameters.
#[derive(Clone)]
struct Join<'c> {
    block: BasicBlock<'c>,
    params: SmallVec<[PhiValue<'c>; 1]>,
}

/// Block arguments; most blocks have few.
type Values<'c> = SmallVec<[Value<'c>; 4]>;

impl<'e, 'c> Translator<'_, 'e, 'c> {
    pub(super) fn push_function_frame(&mut self) {
        self.push_frame(FrameKind::Function, BlockType::Empty, 0);
    }

    /// Opens a function body in place of a call, whose arguments are gone.
    pub(super) fn push_body_frame(&mut self, results: &'e [Type]) {
        self.push_frame(FrameKind::Body(results), BlockType::Empty, self.values.len());
    }

    /// Whether a loop is open.
    pub(super) fn is_in_loop(&self) -> bool {
        self.open_loops > 0
    }

    fn push_frame(&mut self, kind: FrameKind<'e, 'c>, ty: BlockType, height: usize) {
        self.frames.push(Frame {
            kind,
            ty,
            height,
            end: None,
            edges: 0,
            last_edge: None,
            sets: LocalSet::default(),
        });
    }

    /// Parameters and results of a block.
    fn block_types(&self, ty: BlockType) -> (&'e [Type], &'e [Type]) {
        block_types(self.environ().module, ty)
    }

    fn results_of(&self, frame: &Frame<'e, 'c>) -> &'e [Type] {
        match frame.kind {
            FrameKind::Function => self.ty.results(),
            FrameKind::Body(results) => results,
            _ => self.block_types(frame.ty).1,
        }
    }

    /// A block with parameters of these types.
    fn join(&self, types: &[Type]) -> Join<'c> {
        let builder = self.builder();
        let block = builder.append_block(self.function);
        let here = builder.block();
        builder.enter(block);
        let params = types.iter().map(|ty| builder.phi(self.types().value(*ty))).collect();
        builder.enter(here);
        Join { block, params }
    }

    /// Says that control can go from here to `join` with the topmost values.
    fn pass_top(&self, join: &Join<'c>) {
        let here = self.builder().block();
        let first = self.values.len() - join.params.len();
        for (param, value) in join.params.iter().zip(&self.values[first..]) {
            param.add_incoming(&[(&self.canonical(*value), here)]);
        }
    }

    fn jump_to(&mut self, join: &Join<'c>) {
        self.pass_top(join);
        self.builder().jump(join.block);
        self.reachable = false;
    }

    fn enter_join(&mut self, join: &Join<'c>, height: usize) {
        self.values.truncate(height);
        self.enter(join.block);
        self.values.extend(join.params.iter().map(|param| param.as_basic_value()));
    }

    /// The target of a branch out of `depth` blocks.
    fn branch_target(&mut self, depth: u32) -> Join<'c> {
        let at = self.frames.len() - 1 - depth as usize;
        let here = Some(self.builder().block());
        let frame = &mut self.frames[at];
        if frame.last_edge != here {
            frame.edges += 1;
            frame.last_edge = here;
        }
        let frame = &self.frames[at];
        match (&frame.kind, &frame.end) {
            (FrameKind::Loop(header), _) => header.clone(),
            (_, Some(end)) => end.clone(),
            (_, None) => {
                let end = self.join(self.results_of(frame));
                self.frames[at].end = Some(end.clone());
                end
            }
        }
    }

    /// Goes to `then` where the condition holds, else to `otherwise`, and says which is likely if there is a hint.
    fn branch_hinted(
        &mut self,
        condition: Value<'c>,
        then: BasicBlock<'c>,
        otherwise: BasicBlock<'c>,
    ) {
        let branch = self.builder().branch(condition, then, otherwise);
        if let Some(is_taken) = self.hint.take() {
            let weights = self.unit.hinted[usize::from(is_taken)];
            branch.set_metadata(weights, self.unit.kinds.prof).expect("a branch takes metadata");
        }
    }

    /// Counts a block that begins in code that can't be reached.
    fn is_dead_block(&mut self) -> bool {
        self.dead_depth += u32::from(!self.reachable);
        !self.reachable
    }

    pub(super) fn block(&mut self, ty: BlockType) {
        if self.is_dead_block() {
            return;
        }
        let height = self.values.len() - self.block_types(ty).0.len();
        self.push_frame(FrameKind::Block, ty, height);
    }

    pub(super) fn loop_(&mut self, ty: BlockType) {
        if self.is_dead_block() {
            return;
        }
        let params = self.block_types(ty).0;
        let header = self.join(params);
        let height = self.values.len() - params.len();
        self.jump_to(&header);
        self.enter_join(&header, height);
        self.push_frame(FrameKind::Loop(header), ty, height);
        self.open_loops += 1;
    }

    pub(super) fn if_(&mut self, ty: BlockType) {
        if self.is_dead_block() {
            return;
        }
        let condition = self.pop();
        let condition = self.is_not_zero(condition);
        let builder = self.builder();
        let (then, otherwise) =
            (builder.append_block(self.function), builder.append_block(self.function));
        self.branch_hinted(condition, then, otherwise);
        let height = self.values.len() - self.block_types(ty).0.len();
        let params = Values::from_slice(&self.values[height..]);
        self.push_frame(FrameKind::If(otherwise, params), ty, height);
        self.enter(then);
    }

    pub(super) fn else_(&mut self) {
        if self.dead_depth > 0 {
            return;
        }
        if self.reachable {
            let end = self.branch_target(0);
            self.jump_to(&end);
        }
        let frame = self.frames.last_mut().expect("`else` is in an `if`");
        let FrameKind::If(otherwise, params) = std::mem::replace(&mut frame.kind, FrameKind::Else)
        else {
            unreachable!("`else` is in an `if`");
        };
        let height = frame.height;
        self.values.truncate(height);
        self.values.extend(params);
        self.enter(otherwise);
    }

    pub(super) fn end(&mut self) {
        if self.dead_depth > 0 {
            self.dead_depth -= 1;
            return;
        }
        // Without an `else`, the parameters are the results.
        if matches!(self.frames.last(), Some(Frame { kind: FrameKind::If(..), .. })) {
            self.else_();
        }
        let mut frame = self.frames.pop().expect("a block is open");
        self.open_loops -= u32::from(matches!(frame.kind, FrameKind::Loop(_)));
        self.weigh_merges(&mut frame);
        if let Some(end) = &frame.end {
            if self.reachable {
                self.jump_to(end);
            }
            self.enter_join(end, frame.height);
        }
        if matches!(frame.kind, FrameKind::Function) && self.reachable {
            self.return_();
        }
    }

    /// Notes that the innermost block sets a local.
    pub(super) fn note_set(&mut self, local: u32) {
        if self.frames.len().saturating_mul(self.locals.len()) > MOST_NOTES {
            self.weight.merges = usize::MAX;
        } else if let Some(frame) = self.frames.last_mut() {
            frame.sets.insert(self.present.locals as u32 + local);
        }
    }

    /// Counts the locals that may have several values where control comes together, at the end or the head of a block
    /// that ends here: those that it sets. The block around it sets them, too.
    fn weigh_merges(&mut self, frame: &mut Frame<'e, 'c>) {
        let falls_in = matches!(frame.kind, FrameKind::Loop(_)) || self.reachable;
        if frame.edges + usize::from(falls_in) >= 2 {
            self.weight.joins += 1;
            self.weight.merges = self.weight.merges.saturating_add(frame.sets.len());
        }
        // A body in place of a call sets its own locals only, which are gone.
        if matches!(frame.kind, FrameKind::Body(_)) {
            return;
        }
        if let Some(outer) = self.frames.last_mut() {
            outer.sets.add(std::mem::take(&mut frame.sets));
        }
    }

    pub(super) fn br(&mut self, depth: u32) {
        let target = self.branch_target(depth);
        self.jump_to(&target);
    }

    pub(super) fn br_if(&mut self, depth: u32) {
        let condition = self.pop();
        let condition = self.is_not_zero(condition);
        let target = self.branch_target(depth);
        self.pass_top(&target);
        let next = self.builder().append_block(self.function);
        self.branch_hinted(condition, target.block, next);
        self.enter(next);
    }

    /// Where there are arguments, each target has a block of its own that passes them on: a block is told once
    /// where control comes from, however many entries of the table lead there.
    pub(super) fn br_table(&mut self, targets: BrTable<'_>) -> Result<(), CompileError> {
        let index = self.pop();
        let mut split: HashMap<u32, BasicBlock<'c>> = HashMap::new();
        let mut order: Vec<(u32, BasicBlock<'c>)> = Vec::new();
        let mut block_of = |translator: &mut Self, depth| {
            let target = translator.branch_target(depth);
            match target.params.is_empty() {
                true => target.block,
                false => *split.entry(depth).or_insert_with(|| {
                    let block = translator.builder().append_block(translator.function);
                    order.push((depth, block));
                    block
                }),
            }
        };
        let mut cases = Vec::with_capacity(targets.len() as usize);
        for (number, depth) in (0..).zip(targets.targets()) {
            let depth = depth.map_err(|error| CompileError::Validate(error.to_string()))?;
            let block = block_of(self, depth);
            cases.push((self.types().i32.const_int(number, false), block));
        }
        let otherwise = block_of(self, targets.default());
        self.builder().switch(index, otherwise, &cases);
        for (depth, block) in order {
            self.enter(block);
            self.br(depth);
        }
        self.reachable = false;
        Ok(())
    }

    /// Returns the topmost values.
    pub(super) fn return_(&mut self) {
        // A body in place of a call ends.
        if self.is_inlined() {
            return self.br((self.frames.len() - 1 - self.present.frame) as u32);
        }
        let results = self.ty.results().len();
        let first = self.values.len() - results;
        let builder = self.builder();
        match self.return_area {
            None => {
                let result = self.values[first..].first().map(|value| self.canonical(*value));
                builder.ret(result);
            }
            Some(area) => {
                for (slot, value) in (0..).zip(&self.values[first..]) {
                    let value = self.canonical(*value);
                    let place = builder.field(area, slot * VALUE_SLOT_SIZE);
                    let store = builder.store(value, place, align_of(value.get_type()));
                    self.in_region(store, Region::Results);
                }
                builder.ret(None);
            }
        }
        self.reachable = false;
    }

    pub(super) fn unreachable(&mut self) {
        self.trap(TrapCode::UnreachableCodeReached);
    }

    pub(super) fn nop(&mut self) {}

    pub(super) fn drop_(&mut self) {
        self.pop();
    }

    pub(super) fn select(&mut self) {
        let (a, b, condition) = self.pop3();
        let condition = self.is_not_zero(condition);
        let (a, b) = (self.canonical(a), self.canonical(b));
        let value = self.builder().select(condition, a, b);
        self.push(value);
    }
}
