//! Structured control (WebAssembly 3.0, §4.6.5): blocks, branches, `return`, `unreachable`, `select`.
//!
//! A [`Frame`] stands for each block that is open and can be reached. What follows a branch is not translated: no
//! frames are made for blocks that begin there, they are only counted. The block behind a wasm block is made when a
//! branch first leads there, so that blocks that nothing leaves cost nothing.
//!
//! What a hint says is hardly ever run is *cold*, and moved out of the way of the rest: the part of an `if`, what follows
//! a `br_if` that is mostly taken up to the end of the block that it leaves, and what follows a block that is only left by
//! branches that are hardly ever taken. Branches to loops are left alone, because what follows the loop is not cold.

use cranelift_codegen::ir::{Block, BlockArg, BlockCall, Inst, InstBuilder, JumpTableData, Value};
use cranelift_codegen::packed_option::PackedOption;
use smallvec::SmallVec;
use wasmer_compiler::operators::block_types;
use wasmer_types::layout::VALUE_SLOT_SIZE;
use wasmer_types::{CompileError, TrapCode, Type};
use wasmparser::{BlockType, BrTable};

use super::alias::Region;
use super::{Depth, Translator};
use crate::environ::ir_type;
use crate::traps;

/// A block, loop, `if` or function that is open.
pub(super) struct Frame {
    kind: FrameKind,
    ty: BlockType,
    /// Height of the stack of values without the block's parameters and results.
    height: usize,
    /// The block behind it, once there is one.
    end: PackedOption<Block>,
    /// Whether something jumps to `end`.
    branched: bool,
    /// Whether a branch to `end` has no hint that it is hardly ever taken.
    warm: bool,
}

enum FrameKind {
    Function,
    Block,
    Loop {
        header: Block,
    },
    /// With the hint for it.
    If(Otherwise, Option<bool>),
    Else,
}

/// Where an `if` goes when its condition does not hold.
enum Otherwise {
    /// To the end, by this branch, unless an `else` comes.
    End(Inst),
    /// To this block, where the parameters are as they were: they are on the stack twice until then.
    Else(Block),
}

/// Block arguments; most blocks have few.
type Args = SmallVec<[BlockArg; 4]>;

impl<'e> Translator<'e, '_> {
    pub(super) fn push_function_frame(&mut self) {
        self.buffers.frames.push(Frame {
            kind: FrameKind::Function,
            ty: BlockType::Empty,
            height: 0,
            end: None.into(),
            branched: false,
            warm: false,
        });
    }

    /// Parameters and results of a block.
    fn block_types(&self, ty: BlockType) -> (&'e [Type], &'e [Type]) {
        block_types(self.environ.module, ty)
    }

    fn results_of(&self, frame: &Frame) -> &'e [Type] {
        match frame.kind {
            FrameKind::Function => self.ty.results(),
            _ => self.block_types(frame.ty).1,
        }
    }

    /// A block with parameters of these types.
    fn block_with_params(&mut self, types: &[Type]) -> Block {
        let block = self.builder.create_block();
        for ty in types {
            self.builder.append_block_param(block, ir_type(*ty));
        }
        block
    }

    fn enter(&mut self, block: Block) {
        self.builder.switch_to_block(block);
        self.reachable = true;
        if self.cold.is_some() {
            self.builder.set_cold_block(block);
        }
    }

    /// What follows is cold as long as `frames` blocks are open at least.
    fn begin_cold(&mut self, frames: usize) {
        self.cold = Some(self.cold.map_or(frames, |outer| outer.min(frames)));
    }

    /// A block of which so many are open has come to its end or its `else`.
    fn end_cold(&mut self, frames: usize) {
        self.cold = self.cold.filter(|outermost| *outermost < frames);
    }

    fn push_params(&mut self, block: Block) {
        self.buffers.values.extend_from_slice(self.builder.block_params(block));
    }

    /// The topmost `count` values as block arguments.
    fn top_args(&mut self, count: usize) -> Args {
        let first = self.buffers.values.len() - count;
        (first..first + count)
            .map(|at| {
                let value = self.buffers.values[at];
                BlockArg::from(self.canonical(value))
            })
            .collect()
    }

    /// The target of a branch out of `depth` blocks, and how many values it takes.
    fn branch_target(&mut self, depth: u32) -> (Block, usize) {
        let at = self.buffers.frames.len() - 1 - depth as usize;
        let frame = &self.buffers.frames[at];
        if let FrameKind::Loop { header } = frame.kind {
            return (header, self.block_types(frame.ty).0.len());
        }
        let results = self.results_of(frame);
        let end = match frame.end.expand() {
            Some(end) => end,
            None => self.block_with_params(results),
        };
        let frame = &mut self.buffers.frames[at];
        frame.end = end.into();
        (frame.branched, frame.warm) = (true, true);
        (end, results.len())
    }

    fn push_frame(&mut self, kind: FrameKind, ty: BlockType, height: usize) {
        let end = None.into();
        self.buffers.frames.push(Frame { kind, ty, height, end, branched: false, warm: false });
    }

    pub(super) fn block(&mut self, ty: BlockType) {
        if !self.reachable {
            self.dead_depth += 1;
            return;
        }
        let params = self.block_types(ty).0.len();
        self.push_frame(FrameKind::Block, ty, self.buffers.values.len() - params);
    }

    pub(super) fn loop_(&mut self, ty: BlockType) {
        if !self.reachable {
            self.dead_depth += 1;
            return;
        }
        let params = self.block_types(ty).0;
        let header = self.block_with_params(params);
        let args = self.top_args(params.len());
        self.builder.ins().jump(header, &args);
        let height = self.buffers.values.len() - params.len();
        self.buffers.values.truncate(height);
        self.enter(header);
        self.push_params(header);
        self.push_frame(FrameKind::Loop { header }, ty, height);
        self.enter_loop();
    }

    pub(super) fn if_(&mut self, ty: BlockType) {
        if !self.reachable {
            self.dead_depth += 1;
            return;
        }
        let condition = self.pop();
        let condition = self.condition(condition);
        let hint = self.hint.take();
        let (params, results) = self.block_types(ty);
        let then = self.builder.create_block();
        let otherwise = self.builder.create_block();
        let branch = self.builder.ins().brif(condition, then, &[], otherwise, &[]);
        self.builder.seal_block(then);
        match (params, results) {
            ([], []) => {
                let height = self.buffers.values.len();
                self.push_frame(FrameKind::If(Otherwise::End(branch), hint), ty, height);
                self.buffers.frames.last_mut().expect("just pushed").end = otherwise.into();
            }
            _ => {
                self.builder.seal_block(otherwise);
                let height = self.buffers.values.len();
                self.buffers.values.extend_from_within(height - params.len()..);
                self.push_frame(FrameKind::If(Otherwise::Else(otherwise), hint), ty, height);
            }
        }
        if hint == Some(false) {
            self.begin_cold(self.buffers.frames.len());
        }
        self.enter(then);
    }

    pub(super) fn else_(&mut self) {
        if self.dead_depth > 0 {
            return;
        }
        if self.reachable {
            let (end, results) = self.branch_target(0);
            let args = self.top_args(results);
            self.builder.ins().jump(end, &args);
        }
        let frame = self.buffers.frames.last().expect("`else` is in an `if`");
        let (height, ty, end, branched) = (frame.height, frame.ty, frame.end, frame.branched);
        let (block, hint) = match frame.kind {
            FrameKind::If(Otherwise::Else(block), hint) => (block, hint),
            FrameKind::If(Otherwise::End(branch), hint) => {
                let end = end.expect("the branch goes there");
                let block = self.builder.create_block();
                self.builder.change_jump_destination(branch, end, block);
                self.builder.seal_block(block);
                (block, hint)
            }
            _ => unreachable!("`else` is in an `if`"),
        };
        // What was the copy of the parameters is now the parameters themselves.
        self.buffers.values.truncate(height);
        let height = height - self.block_types(ty).0.len();
        let frame = self.buffers.frames.last_mut().expect("`else` is in an `if`");
        (frame.kind, frame.height, frame.branched) = (FrameKind::Else, height, branched);
        let frames = self.buffers.frames.len();
        self.end_cold(frames);
        if hint == Some(true) {
            self.begin_cold(frames);
        }
        self.enter(block);
    }

    pub(super) fn end(&mut self) -> Result<(), CompileError> {
        if self.dead_depth > 0 {
            self.dead_depth -= 1;
            return Ok(());
        }
        let last = self.buffers.frames.last_mut().expect("a block is open");
        match last.kind {
            FrameKind::If(Otherwise::End(_), _) => (last.branched, last.warm) = (true, true),
            // Without an `else`, the parameters are the results.
            FrameKind::If(Otherwise::Else(_), _) => self.else_(),
            _ => {}
        }
        self.end_cold(self.buffers.frames.len());
        let frame = self.buffers.frames.pop().expect("a block is open");
        let results = self.results_of(&frame).len();
        match frame.kind {
            FrameKind::Loop { header } => self.leave_loop(header)?,
            _ if frame.branched => {
                let end = frame.end.expect("something jumps there");
                if self.reachable {
                    let args = self.top_args(results);
                    self.builder.ins().jump(end, &args);
                } else if !frame.warm {
                    self.begin_cold(self.buffers.frames.len());
                }
                self.buffers.values.truncate(frame.height);
                self.enter(end);
                self.builder.seal_block(end);
                self.push_params(end);
            }
            _ => {}
        }
        if matches!(frame.kind, FrameKind::Function) && self.reachable {
            self.emit_return();
        }
        Ok(())
    }

    pub(super) fn br(&mut self, depth: u32) {
        let (target, count) = self.branch_target(depth);
        let args = self.top_args(count);
        self.builder.ins().jump(target, &args);
        self.reachable = false;
    }

    pub(super) fn br_if(&mut self, depth: u32) {
        let condition = self.pop();
        let condition = self.condition(condition);
        let at = self.buffers.frames.len() - 1 - depth as usize;
        let was_warm = self.buffers.frames[at].warm;
        let (target, count) = self.branch_target(depth);
        let args = self.top_args(count);
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, target, &args, next, &[]);
        self.builder.seal_block(next);
        let frame = &mut self.buffers.frames[at];
        match (self.hint.take(), &frame.kind) {
            (_, FrameKind::Loop { .. }) | (None, _) => {}
            (Some(false), _) => frame.warm = was_warm,
            (Some(true), _) => self.begin_cold(at + 1),
        }
        self.enter(next);
    }

    /// Jump tables of Cranelift pass no arguments. Where there are any, each target has a block of its own that
    /// passes them on.
    pub(super) fn br_table(&mut self, targets: BrTable<'_>) -> Result<(), CompileError> {
        let index = self.pop();
        let default = targets.default();
        let count = self.branch_target(default).1;
        let mut calls: Vec<BlockCall> = Vec::with_capacity(targets.len() as usize);
        let mut split: SmallVec<[(u32, Block); 8]> = SmallVec::new();
        self.buffers.branch_blocks.clear();
        for depth in targets.targets() {
            let depth = depth.map_err(|error| CompileError::Validate(error.to_string()))?;
            let block = self.table_block(depth, count, &mut split);
            calls.push(self.builder.func.dfg.block_call(block, &[]));
        }
        let block = self.table_block(default, count, &mut split);
        let default = self.builder.func.dfg.block_call(block, &[]);
        let table = self.builder.create_jump_table(JumpTableData::new(default, &calls));
        self.builder.ins().br_table(index, table);
        for (depth, block) in split {
            self.enter(block);
            self.builder.seal_block(block);
            let (target, count) = self.branch_target(depth);
            let args = self.top_args(count);
            self.builder.ins().jump(target, &args);
        }
        self.reachable = false;
        Ok(())
    }

    /// Where an entry of a jump table leads. Blocks that must still be filled are added to `split`.
    fn table_block(
        &mut self,
        depth: u32,
        args: usize,
        split: &mut SmallVec<[(u32, Block); 8]>,
    ) -> Block {
        if args == 0 {
            return self.branch_target(depth).0;
        }
        if let Some(block) = self.buffers.branch_blocks.get(Depth(depth)) {
            return block;
        }
        let block = self.builder.create_block();
        self.buffers.branch_blocks.set(Depth(depth), block);
        split.push((depth, block));
        block
    }

    pub(super) fn return_(&mut self) {
        self.emit_return();
    }

    /// Returns the topmost values.
    fn emit_return(&mut self) {
        let results = self.ty.results().len();
        let first = self.buffers.values.len() - results;
        let mut values: SmallVec<[Value; 1]> = SmallVec::new();
        for at in 0..results {
            let value = self.buffers.values[first + at];
            let value = self.canonical(value);
            match self.return_area {
                None => values.push(value),
                Some(area) => {
                    let flags = self.trusted(Region::Results);
                    let offset = at as i32 * VALUE_SLOT_SIZE as i32;
                    self.builder.ins().store(flags, value, area, offset);
                }
            }
        }
        self.builder.ins().return_(&values);
        self.reachable = false;
    }

    /// What ends in `unreachable` runs once at most, so it is moved out of the way of what runs often.
    pub(super) fn unreachable(&mut self) {
        if let Some(block) = self.builder.current_block().filter(|block| *block != self.entry) {
            self.builder.set_cold_block(block);
        }
        match self.buffers.frames.last_mut() {
            Some(Frame { kind: FrameKind::If(Otherwise::End(_), _), end, branched, .. })
                if !self.mirrors.is_empty() =>
            {
                *branched = true;
                let end = end.expect("the branch goes there");
                self.trap_before(end);
            }
            _ => self.trap(TrapCode::UnreachableCodeReached),
        }
    }

    /// Traps, but so that Cranelift believes that control may go on to the block `end` with other values of the
    /// mirrored globals. A counter is otherwise seen through from check to check, and all differences are
    /// taken from one value, which then needs a second register as long as the loop.
    fn trap_before(&mut self, end: Block) {
        // The address of the context is not zero.
        let code = traps::to_ir(TrapCode::UnreachableCodeReached);
        self.builder.ins().trapnz(self.vmctx, code);
        self.forget_mirrors();
        self.builder.ins().jump(end, &[]);
        self.reachable = false;
    }

    pub(super) fn nop(&mut self) {}

    pub(super) fn drop_(&mut self) {
        self.pop();
    }

    pub(super) fn select(&mut self) {
        let (a, b, condition) = self.pop3();
        let condition = self.condition(condition);
        let (a, b) = (self.canonical(a), self.canonical(b));
        let value = self.builder.ins().select(condition, a, b);
        self.push(value);
    }
}
