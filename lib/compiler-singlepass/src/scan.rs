//! A look at a function body before it is translated: which locals are used most.
//!
//! Registers are given to locals for the whole function, so that there is nothing to reconcile where branches meet.
//! Uses in loops count more. The scan reads the operators once and takes a small part of the time of the translation.
//! Nothing but speed depends on what it finds: the body is not validated yet, and middlewares may change it.

use wasmparser::{
    BinaryReader, BlockType, FrameKind, FrameStack, MemArg, VisitOperator, VisitSimdOperator,
    for_each_visit_operator, for_each_visit_simd_operator,
};

/// How often things are used, weighted by loops.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    /// By local.
    pub(crate) locals: Vec<u32>,
    pub(crate) calls: u32,
    /// Accesses to memory 0.
    pub(crate) memory: u32,
    /// Open blocks.
    blocks: Vec<FrameKind>,
    /// Open loops.
    loops: u32,
}

/// log2 of how much more often the body of a loop is expected to run than what is around it.
const LOOP_WEIGHT_LOG2: u32 = 3;
/// Loops that count.
const LOOPS: u32 = 4;
/// As many as the validator allows.
const MAX_LOCALS: usize = 50_000;

impl Uses {
    /// Scans `body`, declarations of locals and operators, of a function with `params` parameters.
    pub(crate) fn scan(&mut self, body: &[u8], params: usize) {
        self.locals.clear();
        self.locals.resize(params, 0);
        self.blocks.clear();
        self.blocks.push(FrameKind::Block);
        (self.calls, self.memory, self.loops) = (0, 0, 0);
        // What is wrong with the body is found when it is validated.
        let _ = self.read(BinaryReader::new(body, 0));
    }

    fn read(&mut self, mut reader: BinaryReader<'_>) -> wasmparser::Result<()> {
        for _ in 0..reader.read_var_u32()? {
            let locals = self.locals.len() + reader.read_var_u32()? as usize;
            reader.read::<wasmparser::ValType>()?;
            self.locals.resize(locals.min(MAX_LOCALS), 0);
        }
        while !reader.eof() {
            reader.visit_operator(self)?;
        }
        Ok(())
    }

    fn weight(&self) -> u32 {
        1 << (LOOP_WEIGHT_LOG2 * self.loops.min(LOOPS))
    }

    fn local(&mut self, local: u32) {
        let weight = self.weight();
        if let Some(uses) = self.locals.get_mut(local as usize) {
            *uses = uses.saturating_add(weight);
        }
    }

    fn call(&mut self) {
        self.calls = self.calls.saturating_add(self.weight());
    }

    fn access(&mut self, at: &MemArg) {
        if at.target == wasmparser::MemArgTarget::Memory(0) {
            self.memory = self.memory.saturating_add(self.weight());
        }
    }

    fn open(&mut self, kind: FrameKind) {
        self.blocks.push(kind);
        self.loops += u32::from(kind == FrameKind::Loop);
    }

    fn close(&mut self) {
        self.loops -= u32::from(self.blocks.pop() == Some(FrameKind::Loop));
    }
}

impl FrameStack for Uses {
    fn current_frame(&self) -> Option<FrameKind> {
        self.blocks.last().copied()
    }
}

/// What to count of an operator: its method and arguments.
macro_rules! count {
    ($self:ident visit_local_get $local:ident) => { $self.local($local) };
    ($self:ident visit_local_set $local:ident) => { $self.local($local) };
    ($self:ident visit_local_tee $local:ident) => { $self.local($local) };
    ($self:ident visit_block $_ty:ident) => { $self.open(FrameKind::Block) };
    ($self:ident visit_if $_ty:ident) => { $self.open(FrameKind::If) };
    ($self:ident visit_try_table $_ty:ident) => { $self.open(FrameKind::TryTable) };
    ($self:ident visit_loop $_ty:ident) => { $self.open(FrameKind::Loop) };
    ($self:ident visit_end) => { $self.close() };
    ($self:ident visit_call $($_arg:ident)*) => { $self.call() };
    ($self:ident visit_call_indirect $($_arg:ident)*) => { $self.call() };
    ($self:ident visit_call_ref $($_arg:ident)*) => { $self.call() };
    ($self:ident visit_memory_grow $($_arg:ident)*) => { $self.call() };
    ($self:ident visit_memory_fill $($_arg:ident)*) => { $self.call() };
    ($self:ident visit_memory_copy $($_arg:ident)*) => { $self.call() };
    ($self:ident $_visit:ident $($arg:ident)*) => { $($arg.count($self);)* };
}

/// An argument of an operator, which may say that memory is accessed.
trait Argument {
    fn count(&self, _uses: &mut Uses) {}
}

impl Argument for MemArg {
    fn count(&self, uses: &mut Uses) {
        uses.access(self);
    }
}

macro_rules! uncounted {
    ($($ty:ty)*) => { $(impl Argument for $ty {})* };
}
uncounted! {
    u8 u32 i32 i64 [u8; 16] BlockType wasmparser::Ieee32 wasmparser::Ieee64 wasmparser::V128
    wasmparser::BrTable<'_> wasmparser::TryTable wasmparser::HeapType wasmparser::RefType wasmparser::ValType
    Vec<wasmparser::ValType> wasmparser::ResumeTable wasmparser::Ordering
}

macro_rules! scan_operators {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident $arity:tt)*) => {$(
        #[inline]
        #[allow(unused_variables, reason = "most operators are not counted")]
        fn $visit(&mut self $($(, $arg: $ty)*)?) {
            count!(self $visit $($($arg)*)?);
        }
    )*};
}

impl<'a> VisitOperator<'a> for Uses {
    type Output = ();

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = ()>> {
        Some(self)
    }

    for_each_visit_operator!(scan_operators);
}

impl VisitSimdOperator<'_> for Uses {
    for_each_visit_simd_operator!(scan_operators);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_in_loops_count_more() {
        let module = wat::parse_str(
            "(module (memory 1) (func (param i32 i32)
               (drop (local.get 0))
               (loop (call 0 (local.get 1) (i32.load (local.get 1))))))",
        )
        .unwrap();
        let body = wasmparser::Parser::new(0).parse_all(&module).find_map(|payload| match payload
            .unwrap()
        {
            wasmparser::Payload::CodeSectionEntry(body) => Some(body),
            _ => None,
        });
        let mut uses = Uses::default();
        uses.scan(body.unwrap().as_bytes(), 2);
        assert_eq!((&uses.locals[..], uses.calls, uses.memory), (&[1, 16][..], 8, 8));
        // Anything may come.
        uses.scan(&[0xff; 20], 0);
        uses.scan(&[0, 0x0b, 0x0b, 0x20, 0x7f], 1);
    }
}
