//! Function bodies: validated, run through the middlewares and translated in one pass.

use std::iter;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use wasmer_types::{CompileError, FunctionIndex, LocalFunctionIndex, ModuleInfo};
use wasmparser::{
    BlockType, BrTable, FrameKind, FrameStack, FuncToValidate, FuncValidator,
    FuncValidatorAllocations, FunctionBody, ModuleArity, TryTable, ValidatorResources,
    VisitOperator, VisitSimdOperator, WasmModuleResources, for_each_visit_operator,
    for_each_visit_simd_operator,
};

use crate::compiler::FunctionTranslator;
use crate::limits;
use crate::middleware::{ModuleMiddleware, Placed, Stages};
use crate::proposals::Proposals;
use crate::translate::hints::{BranchHints, FunctionHints};
use crate::translate::transformed::TransformedResources;
use crate::translate::types::value_type;

/// A function body of a module, not yet validated.
#[derive(Debug, Clone)]
pub struct FunctionInput<'a> {
    index: LocalFunctionIndex,
    /// Index of its type in the module as it was read.
    ty: u32,
    body: FunctionBody<'a>,
    module: Arc<Validated>,
}

/// What all functions of a module share.
#[derive(Debug)]
pub(crate) struct Validated {
    /// The module as it was read.
    pub(crate) resources: ValidatorResources,
    pub(crate) proposals: Proposals,
    pub(crate) num_imported_functions: u32,
    /// How many types the module declares itself.
    pub(crate) num_types: u32,
    pub(crate) hints: BranchHints,
    /// Function bodies translated to the end, however often.
    pub(crate) translated: AtomicUsize,
    /// Whether one of them has `table.set`.
    pub(crate) sets_tables: AtomicBool,
}

/// Buffers that translations one after the other use again.
#[derive(Default)]
pub struct ValidationScratch {
    input: FuncValidatorAllocations,
    output: FuncValidatorAllocations,
}

impl std::fmt::Debug for ValidationScratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ValidationScratch").finish_non_exhaustive()
    }
}

impl<'a> FunctionInput<'a> {
    pub(crate) fn new(
        index: LocalFunctionIndex,
        ty: u32,
        body: FunctionBody<'a>,
        module: Arc<Validated>,
    ) -> Self {
        Self { index, ty, body, module }
    }

    /// Which function of the module it is.
    pub fn index(&self) -> LocalFunctionIndex {
        self.index
    }

    /// Its place in the index space of all functions.
    pub fn function_index(&self) -> FunctionIndex {
        FunctionIndex::from_u32(self.module.num_imported_functions + self.index.as_u32())
    }

    /// Byte offset of the body (of its local declarations) in the module.
    pub fn offset(&self) -> u32 {
        // A module has at most `limits::MODULE_SIZE` bytes.
        self.body.range().start as u32
    }

    /// Length of the body in bytes.
    pub fn size(&self) -> usize {
        self.bytes().len()
    }

    /// The body: local declarations and operators.
    pub fn bytes(&self) -> &'a [u8] {
        self.body.as_bytes()
    }

    /// Validates the body, lets `middlewares` change it, and drives `translator` with what comes out.
    ///
    /// `module` is the module's description as the middlewares left it.
    ///
    /// # Errors
    ///
    /// [`CompileError::Validate`] with the byte offset when the body is not valid or a middleware made it invalid,
    /// [`CompileError::UnsupportedFeature`] when it uses a proposal that the compiler does not have,
    /// [`CompileError::Resource`] when it passes one of the [`limits`], the error of a middleware or of `translator`.
    /// The translator is then in the middle of the function and must be reset.
    pub fn translate<T: FunctionTranslator<'a>>(
        &self,
        module: &ModuleInfo,
        middlewares: &[Arc<dyn ModuleMiddleware>],
        scratch: &mut ValidationScratch,
        translator: &mut T,
    ) -> Result<(), CompileError> {
        let mut validator =
            self.validator(self.module.resources.clone(), mem::take(&mut scratch.input));
        match middlewares {
            [] => self.translate_unchanged(module, &mut validator, translator)?,
            _ => {
                let resources = TransformedResources::new(&self.module, module);
                let mut output = self.validator(resources, mem::take(&mut scratch.output));
                let stages = Stages::new(middlewares.iter().map(|middleware| {
                    middleware.generate_function_middleware_of(module, self.index)
                }));
                self.translate_changed(module, &mut validator, stages, &mut output, translator)?;
                scratch.output = output.into_allocations();
            }
        }
        scratch.input = validator.into_allocations();
        self.module.translated.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Whether `count` bodies of its module were translated, and none of them had `table.set`.
    pub(crate) fn module_sets_no_table(&self, count: usize) -> bool {
        self.module.translated.load(Ordering::Relaxed) >= count
            && !self.module.sets_tables.load(Ordering::Relaxed)
    }

    fn hints(&self) -> FunctionHints<'_> {
        self.module.hints.of(self.function_index().as_u32())
    }

    fn validator<R: WasmModuleResources>(
        &self,
        resources: R,
        allocations: FuncValidatorAllocations,
    ) -> FuncValidator<R> {
        let function = FuncToValidate {
            resources,
            index: self.function_index().as_u32(),
            ty: self.ty,
            features: self.module.proposals.flags(),
        };
        function.into_validator(allocations)
    }

    /// Each operator is decoded once and goes to the validator and then to the translator.
    fn translate_unchanged<T: FunctionTranslator<'a>>(
        &self,
        module: &ModuleInfo,
        validator: &mut FuncValidator<ValidatorResources>,
        translator: &mut T,
    ) -> Result<(), CompileError> {
        let error = |error: wasmparser::Error| self.module.proposals.error(&error);
        let mut reader = self.body.get_binary_reader();
        reader.set_features(self.module.proposals.flags());
        for _ in 0..reader.read_var_u32().map_err(error)? {
            let offset = reader.original_position();
            let count = reader.read_var_u32().map_err(error)?;
            let ty = reader.read().map_err(error)?;
            validator.define_locals(offset, count, ty).map_err(error)?;
            translator.declare_locals(count, value_type(ty, offset)?)?;
        }
        translator.begin()?;
        let mut budget = Budget::new(module, &self.module);
        let hints = self.hints();
        while !reader.eof() {
            budget.offset = reader.original_position();
            budget.check_nesting(validator.control_stack_height())?;
            translator.position(budget.offset as u32);
            let mut pair = Pair {
                validator: validator.visitor(budget.offset),
                translator: &mut *translator,
                budget: &mut budget,
                body: &self.body,
                hints,
            };
            reader.visit_operator(&mut pair).map_err(error)??;
        }
        reader.finish_expression(&validator.visitor(reader.original_position())).map_err(error)
    }

    /// The operators are validated as they are in the module, go through the middlewares, and are validated again.
    fn translate_changed<T: FunctionTranslator<'a>>(
        &self,
        module: &ModuleInfo,
        input: &mut FuncValidator<ValidatorResources>,
        mut stages: Stages<'a>,
        output: &mut FuncValidator<TransformedResources<'_>>,
        translator: &mut T,
    ) -> Result<(), CompileError> {
        let error = |error: wasmparser::Error| self.module.proposals.error(&error);
        let mut locals = self.body.get_locals_reader().map_err(error)?;
        let mut types = Vec::new();
        for _ in 0..locals.get_count() {
            let offset = locals.original_position();
            let (count, ty) = locals.read().map_err(error)?;
            input.define_locals(offset, count, ty).map_err(error)?;
            output.define_locals(offset, count, ty).map_err(error)?;
            translator.declare_locals(count, value_type(ty, offset)?)?;
            // The validator has limited how many there are.
            types.extend(iter::repeat_n(ty, count as usize));
        }
        stages.locals_info(&types);
        drop(types);
        for global in stages.frequent_globals() {
            let own = module.local_global_index(global).is_some();
            if own && module.globals.get(global).is_some_and(|ty| ty.mutability.is_mutable()) {
                translator.frequent_global(global)?;
            }
        }
        translator.begin()?;
        let mut reader = locals.get_binary_reader();
        reader.set_features(self.module.proposals.flags());
        let mut reader = wasmparser::OperatorsReader::new(reader);
        let mut budget = Budget::new(module, &self.module);
        let all_hints = self.hints();
        while !reader.eof() {
            let read_at = reader.original_position();
            budget.offset = read_at;
            let operator = reader.read().map_err(error)?;
            input.op(read_at, &operator).map_err(error)?;
            let rest = stages.feed(operator, read_at)?;
            while let Some(Placed { operator, offset }) = rest.pop_front() {
                budget.offset = offset;
                translator.position(offset as u32);
                budget.check_nesting(output.control_stack_height())?;
                let frame = output.get_control_frame(0).map(|frame| frame.kind);
                check_syntax(frame, &operator, budget.offset)?;
                // What a middleware puts before an operator has its offset.
                let kind = mem::discriminant(&operator);
                let is_repeated = !all_hints.is_empty()
                    && rest
                        .iter()
                        .take_while(|next| next.offset == offset)
                        .any(|next| mem::discriminant(&next.operator) == kind);
                let hints = if is_repeated { FunctionHints::NONE } else { all_hints };
                let mut pair = Pair {
                    validator: output.visitor(budget.offset),
                    translator: &mut *translator,
                    budget: &mut budget,
                    body: &self.body,
                    hints,
                };
                pair.visit_operator(&operator).map_err(changed)?;
            }
        }
        reader.finish().map_err(error)?;
        match output.control_stack_height() {
            0 => Ok(()),
            _ => Err(broken("the end of the function is missing", budget.offset)),
        }
    }
}

/// Checks what the binary reader checks of an operator that comes from a module: `frame` is the innermost open block.
fn check_syntax(
    frame: Option<FrameKind>,
    operator: &wasmparser::Operator<'_>,
    offset: u64,
) -> Result<(), CompileError> {
    match (frame, operator) {
        (None, _) => Err(broken("there are operators behind the end of the function", offset)),
        (Some(frame), wasmparser::Operator::Else) if frame != FrameKind::If => {
            Err(broken("`else` stands outside of an `if`", offset))
        }
        _ => Ok(()),
    }
}

/// Error for a body that was valid before the middlewares changed it.
#[cold]
fn broken(what: &str, offset: u64) -> CompileError {
    changed(CompileError::Validate(format!("{what} (at offset 0x{offset:x})")))
}

/// Says of a validation error that it is a middleware's.
#[cold]
fn changed(error: CompileError) -> CompileError {
    match error {
        CompileError::Validate(reason) => CompileError::MiddlewareError(format!(
            "the operators that come out of the middlewares are not valid: {reason}"
        )),
        other => other,
    }
}

/// Counts what could make a small function expensive.
struct Budget<'m> {
    module: &'m ModuleInfo,
    proposals: &'m Proposals,
    sets_tables: &'m AtomicBool,
    /// Byte offset of the present operator.
    offset: u64,
    /// Operands passed on by calls, branches and blocks so far.
    passed: usize,
}

impl<'m> Budget<'m> {
    fn new(module: &'m ModuleInfo, shared: &'m Validated) -> Self {
        let Validated { proposals, sets_tables, .. } = shared;
        Self { module, proposals, sets_tables, offset: 0, passed: 0 }
    }

    fn check_nesting(&self, depth: u32) -> Result<(), CompileError> {
        match depth as usize > limits::NESTING {
            true => Err(limits::passed("nesting of blocks", limits::NESTING, self.offset)),
            false => Ok(()),
        }
    }

    fn pass(&mut self, values: usize) -> Result<(), CompileError> {
        self.passed = self.passed.saturating_add(values);
        match self.passed > limits::PASSED_VALUES {
            true => {
                let what = "operands passed on by calls, branches and blocks";
                Err(limits::passed(what, limits::PASSED_VALUES, self.offset))
            }
            false => Ok(()),
        }
    }

    /// A call of a function of type number `ty`, or a block of that type.
    fn pass_signature(&mut self, ty: u32) -> Result<(), CompileError> {
        let signature = self.module.signatures.as_values_slice().get(ty as usize);
        self.pass(signature.map_or(0, |ty| ty.params().len() + ty.results().len()))
    }

    fn call(&mut self, function: u32) -> Result<(), CompileError> {
        match self.module.functions.as_values_slice().get(function as usize) {
            Some(ty) => self.pass_signature(ty.as_u32()),
            None => Ok(()),
        }
    }

    fn block(&mut self, ty: BlockType) -> Result<(), CompileError> {
        match ty {
            BlockType::FuncType(ty) => self.pass_signature(ty),
            BlockType::Empty | BlockType::Type(_) => Ok(()),
        }
    }

    /// A branch to the block at `depth`, of which `validator` knows the type.
    fn branch(&mut self, validator: &impl ModuleArity, depth: u32) -> Result<(), CompileError> {
        match validator.label_block(depth) {
            Some((ty, _)) => self.block(ty),
            None => Ok(()),
        }
    }

    fn branch_table(
        &mut self,
        validator: &impl ModuleArity,
        table: &BrTable<'_>,
    ) -> Result<(), CompileError> {
        if table.len() as usize > limits::BRANCH_TABLE {
            let what = "labels of a branch table";
            return Err(limits::passed(what, limits::BRANCH_TABLE, self.offset));
        }
        for depth in table.targets() {
            self.branch(validator, depth.map_err(|error| self.proposals.error(&error))?)?;
        }
        self.branch(validator, table.default())
    }
}

/// Gives each operator to the validator and then to the translator.
struct Pair<'p, 'm, V, T> {
    validator: V,
    translator: &'p mut T,
    budget: &'p mut Budget<'m>,
    body: &'p FunctionBody<'p>,
    hints: FunctionHints<'p>,
}

/// Codes of the operators that may have hints (WebAssembly 3.0, §5.4.1).
const IF: u8 = 0x04;
const BR_IF: u8 = 0x0d;

/// What to count of an operator.
macro_rules! count {
    ($self:ident visit_block $ty:ident) => {
        $self.budget.block($ty)
    };
    ($self:ident visit_loop $ty:ident) => {
        $self.budget.block($ty)
    };
    ($self:ident visit_if $ty:ident) => {{
        $self.hint(IF);
        $self.budget.block($ty)
    }};
    ($self:ident visit_try_table $table:ident) => {
        $self.count_try_table(&$table)
    };
    ($self:ident visit_br $depth:ident) => {
        $self.budget.branch(&$self.validator, $depth)
    };
    ($self:ident visit_br_if $depth:ident) => {{
        $self.hint(BR_IF);
        $self.budget.branch(&$self.validator, $depth)
    }};
    ($self:ident visit_br_table $table:ident) => {
        $self.budget.branch_table(&$self.validator, &$table)
    };
    ($self:ident visit_call $function:ident) => {
        $self.budget.call($function)
    };
    ($self:ident visit_return_call $function:ident) => {
        $self.budget.call($function)
    };
    ($self:ident visit_call_indirect $ty:ident $_table:ident) => {
        $self.budget.pass_signature($ty)
    };
    ($self:ident visit_return_call_indirect $ty:ident $_table:ident) => {
        $self.budget.pass_signature($ty)
    };
    ($self:ident visit_table_set $_table:ident) => {{
        $self.budget.sets_tables.store(true, Ordering::Relaxed);
        Ok::<(), CompileError>(())
    }};
    ($self:ident visit_call_ref $ty:ident) => {
        $self.budget.pass_signature($ty)
    };
    ($self:ident visit_return_call_ref $ty:ident) => {
        $self.budget.pass_signature($ty)
    };
    ($self:ident $visit:ident $($arg:ident)*) => {
        Ok::<(), CompileError>(())
    };
}

macro_rules! visit_both {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {$(
        #[inline]
        fn $visit(&mut self $($(, $arg: $argty)*)?) -> Self::Output {
            count!(self $visit $($($arg)*)?)?;
            if let Err(error) = self.validator.$visit($($($arg.clone()),*)?) {
                return Err(self.budget.proposals.error(&error));
            }
            self.translator.$visit($($($arg),*)?)
        }
    )*};
}

macro_rules! visit_both_simd {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {$(
        #[inline]
        fn $visit(&mut self $($(, $arg: $argty)*)?) -> Self::Output {
            let valid = match self.validator.simd_visitor() {
                Some(validator) => validator.$visit($($($arg),*)?),
                None => return Err(CompileError::UnsupportedFeature("simd".to_owned())),
            };
            match valid {
                Ok(()) => self.translator.$visit($($($arg),*)?),
                Err(error) => Err(self.budget.proposals.error(&error)),
            }
        }
    )*};
}

impl<'a, V, T> Pair<'_, '_, V, T>
where
    V: VisitOperator<'a, Output = wasmparser::Result<()>> + ModuleArity,
{
    fn count_try_table(&mut self, table: &TryTable) -> Result<(), CompileError> {
        for catch in &table.catches {
            use wasmparser::Catch::{All, AllRef, One, OneRef};
            let (One { label, .. } | OneRef { label, .. } | All { label } | AllRef { label }) =
                *catch;
            self.budget.branch(&self.validator, label)?;
        }
        self.budget.block(table.ty)
    }
}

impl<'a, V, T: FunctionTranslator<'a>> Pair<'_, '_, V, T> {
    /// Hands on the hint for the present operator, which has this code, if there is one.
    fn hint(&mut self, code: u8) {
        if self.hints.is_empty() {
            return;
        }
        let offset = self.budget.offset - self.body.range().start;
        // A middleware may have made this operator of another one.
        if self.body.as_bytes().get(offset as usize) == Some(&code)
            && let Some(is_taken) = self.hints.at(offset)
        {
            self.translator.branch_hint(is_taken);
        }
    }
}

impl<'a, V, T> VisitOperator<'a> for Pair<'_, '_, V, T>
where
    V: VisitOperator<'a, Output = wasmparser::Result<()>> + ModuleArity,
    T: FunctionTranslator<'a>,
{
    type Output = Result<(), CompileError>;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = Self::Output>> {
        Some(self)
    }

    for_each_visit_operator!(visit_both);
}

impl<'a, V, T> VisitSimdOperator<'a> for Pair<'_, '_, V, T>
where
    V: VisitOperator<'a, Output = wasmparser::Result<()>> + ModuleArity,
    T: FunctionTranslator<'a>,
{
    for_each_visit_simd_operator!(visit_both_simd);
}

impl<V: FrameStack, T> FrameStack for Pair<'_, '_, V, T> {
    fn current_frame(&self) -> Option<FrameKind> {
        self.validator.current_frame()
    }
}
