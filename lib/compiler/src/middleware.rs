//! Middlewares: code of the embedder that sees and may change every operator before it is compiled.
//!
//! A middleware adds to the module's description what its code needs ([`ModuleMiddleware::transform_module_info`];
//! globals, for example), and then gets the operators of each function body one by one and hands on what shall be
//! compiled. What the last one hands on is validated like the input, so a middleware can make a module
//! wrong, but not unsafe.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::mem;
use std::sync::Arc;

use wasmer_types::{GlobalIndex, LocalFunctionIndex, MiddlewareError, ModuleInfo};
use wasmparser::{Operator, ValType};

use crate::compiler::Compiler;

/// Sees the operators of one function.
pub trait FunctionMiddleware: Debug {
    /// Takes the types of the locals that the function declares, without its parameters; before the first operator.
    fn locals_info(&mut self, _locals: &[ValType]) {}

    /// Takes the next operator, the last being the `end` of the body, and gives what shall stand in its place to
    /// `state`. Unchanged unless implemented.
    ///
    /// # Errors
    ///
    /// As the middleware likes; it fails the compilation.
    fn feed<'a>(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        state.push_operator(operator);
        Ok(())
    }

    /// Own mutable globals of the module that what it hands on reads and writes all over the function, a counter for
    /// example. A backend may keep their values in registers between calls; nothing else depends on this.
    fn frequent_globals(&self) -> &[GlobalIndex] {
        &[]
    }
}

/// Makes the [`FunctionMiddleware`] of each function of a module.
///
/// Middlewares are added to the settings of a compiler, by
/// [`CompilerConfig::push_middleware`](crate::CompilerConfig::push_middleware). Each gets what the one before it
/// hands on.
///
/// # Example
///
/// ```
/// use std::sync::Arc;
///
/// use wasmer_compiler::wasmparser::Operator;
/// use wasmer_compiler::{
///     FunctionMiddleware, MiddlewareReaderState, ModuleMiddleware, ModuleMiddlewareChain,
/// };
/// use wasmer_types::{LocalFunctionIndex, MiddlewareError, ModuleInfo};
///
/// /// Makes every addition of `i32`s a multiplication.
/// #[derive(Debug)]
/// struct Multiply;
///
/// impl ModuleMiddleware for Multiply {
///     fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
///         Box::new(Self)
///     }
/// }
///
/// impl FunctionMiddleware for Multiply {
///     fn feed<'a>(
///         &mut self,
///         operator: Operator<'a>,
///         state: &mut MiddlewareReaderState<'a>,
///     ) -> Result<(), MiddlewareError> {
///         state.push_operator(match operator {
///             Operator::I32Add => Operator::I32Mul,
///             other => other,
///         });
///         Ok(())
///     }
/// }
///
/// let chain: [Arc<dyn ModuleMiddleware>; 2] = [Arc::new(Multiply), Arc::new(Multiply)];
/// let function = LocalFunctionIndex::from_u32(0);
/// assert_eq!(chain.generate_function_middleware_chain(function).len(), 2);
/// chain.apply_on_module_info(&mut ModuleInfo::new())?;
/// # Ok::<(), MiddlewareError>(())
/// ```
pub trait ModuleMiddleware: Debug + Send + Sync {
    /// The middleware for one function.
    fn generate_function_middleware(
        &self,
        local_function_index: LocalFunctionIndex,
    ) -> Box<dyn FunctionMiddleware>;

    /// The middleware for one function of `module`, which is as the middlewares left it. The compilers ask for this
    /// one. With it, a middleware that needs to know the module can serve several modules, also at the same time.
    fn generate_function_middleware_of(
        &self,
        _module: &ModuleInfo,
        local_function_index: LocalFunctionIndex,
    ) -> Box<dyn FunctionMiddleware> {
        self.generate_function_middleware(local_function_index)
    }

    /// What the middleware makes of modules, as a text: two middlewares with equal texts make the same of every module,
    /// also in other processes and at other times. It has a name that nobody else uses, a number that changes with the
    /// code of the middleware, and all its parameters. `None`, unless implemented, when there is no such text.
    ///
    /// It becomes a part of the engine's `deterministic_id`, and so of what caches keep compiled modules under. With a
    /// middleware that has none, each engine has an id of its own: then caches find nothing that another engine has
    /// compiled, because it could have been made without the middleware, or with other parameters. A text that is wrong
    /// has a module answered from a cache that was not compiled as it should be.
    fn deterministic_id(&self) -> Option<String> {
        None
    }

    /// Changes the description of the module before functions are compiled. Types, memories, tables, globals
    /// and exports may be added behind the existing ones; functions may not.
    ///
    /// # Errors
    ///
    /// As the middleware likes; it fails the compilation.
    fn transform_module_info(&self, _: &mut ModuleInfo) -> Result<(), MiddlewareError> {
        Ok(())
    }
}

/// An operator, and the byte offset in the module of the one in the place of which it stands.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    pub(crate) operator: Operator<'a>,
    pub(crate) offset: u64,
}

/// Where a middleware puts operators, one by one or as a sequence ([`Extend`]).
#[derive(Debug, Default)]
pub struct MiddlewareReaderState<'a> {
    pending: VecDeque<Placed<'a>>,
    /// What was handed on since [`Self::hold`].
    held: Option<Vec<Placed<'a>>>,
    /// Byte offset of the operator that the middleware has got.
    offset: u64,
}

impl<'a> MiddlewareReaderState<'a> {
    /// Hands an operator on.
    pub fn push_operator(&mut self, operator: Operator<'a>) {
        let placed = Placed { operator, offset: self.offset };
        match &mut self.held {
            Some(held) => held.push(placed),
            None => self.pending.push_back(placed),
        }
    }

    /// Makes the operators that are handed on from now on wait until [`Self::release`].
    ///
    /// Without effect when operators are waiting already. What waits is lost when the function ends, which is
    /// an error, as its `end` is then missing.
    pub fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Hands on `first`, and behind it the operators that wait; later ones don't wait. In errors and
    /// backtraces, `first` has the place of the first one that waited.
    pub fn release(&mut self, first: impl IntoIterator<Item = Operator<'a>>) {
        let held = self.held.take().unwrap_or_default();
        let offset = held.first().map_or(self.offset, |placed| placed.offset);
        self.pending.extend(first.into_iter().map(|operator| Placed { operator, offset }));
        self.pending.extend(held);
    }
}

impl<'a> Extend<Operator<'a>> for MiddlewareReaderState<'a> {
    fn extend<I: IntoIterator<Item = Operator<'a>>>(&mut self, operators: I) {
        operators.into_iter().for_each(|operator| self.push_operator(operator));
    }
}

impl<'a: 'b, 'b> Extend<&'b Operator<'a>> for MiddlewareReaderState<'a> {
    fn extend<I: IntoIterator<Item = &'b Operator<'a>>>(&mut self, operators: I) {
        self.extend(operators.into_iter().cloned());
    }
}

/// Middlewares of which each gets what the one before hands on.
pub trait ModuleMiddlewareChain {
    /// The middlewares for one function.
    fn generate_function_middleware_chain(
        &self,
        local_function_index: LocalFunctionIndex,
    ) -> Vec<Box<dyn FunctionMiddleware>>;

    /// Lets each of them change the description of the module.
    ///
    /// # Errors
    ///
    /// That of the first that fails.
    fn apply_on_module_info(&self, module_info: &mut ModuleInfo) -> Result<(), MiddlewareError>;
}

impl ModuleMiddlewareChain for [Arc<dyn ModuleMiddleware>] {
    fn generate_function_middleware_chain(
        &self,
        local_function_index: LocalFunctionIndex,
    ) -> Vec<Box<dyn FunctionMiddleware>> {
        let make = |stage: &Arc<dyn ModuleMiddleware>| {
            stage.generate_function_middleware(local_function_index)
        };
        self.iter().map(make).collect()
    }

    fn apply_on_module_info(&self, module_info: &mut ModuleInfo) -> Result<(), MiddlewareError> {
        self.iter().try_for_each(|stage| stage.transform_module_info(module_info))
    }
}

/// The id of a compiler and of its middlewares, in order. `None` when one of them has none.
pub fn compiler_id(compiler: &dyn Compiler) -> Option<String> {
    let mut id = compiler.deterministic_id();
    for middleware in compiler.middlewares() {
        // In quotes, so that no two lists give the same text.
        id.push_str(&format!("+{:?}", middleware.deterministic_id()?));
    }
    Some(id)
}

/// What an artifact says about the compiler that has made it: [`compiler_id`], or which middlewares have none.
pub(crate) fn compiler_description(compiler: &dyn Compiler) -> String {
    compiler_id(compiler).unwrap_or_else(|| {
        let unknown = |middleware: &Arc<dyn ModuleMiddleware>| match middleware.deterministic_id() {
            Some(id) => format!("+{id:?}"),
            None => "+?".to_owned(),
        };
        let middlewares: String = compiler.middlewares().iter().map(unknown).collect();
        compiler.deterministic_id() + &middlewares
    })
}

/// The middlewares of one function at work.
pub(crate) struct Stages<'a> {
    stages: Vec<Stage<'a>>,
    /// Input of the next stage, and the output of the last.
    between: VecDeque<Placed<'a>>,
}

struct Stage<'a> {
    middleware: Box<dyn FunctionMiddleware>,
    output: MiddlewareReaderState<'a>,
}

impl<'a> Stages<'a> {
    pub(crate) fn new(middlewares: impl Iterator<Item = Box<dyn FunctionMiddleware>>) -> Self {
        let stage = |middleware| Stage { middleware, output: MiddlewareReaderState::default() };
        Self { stages: middlewares.map(stage).collect(), between: VecDeque::new() }
    }

    /// Tells all of them the declared locals.
    pub(crate) fn locals_info(&mut self, locals: &[ValType]) {
        self.stages.iter_mut().for_each(|stage| stage.middleware.locals_info(locals));
    }

    /// What the middlewares say of globals.
    pub(crate) fn frequent_globals(&self) -> impl Iterator<Item = GlobalIndex> {
        self.stages.iter().flat_map(|stage| stage.middleware.frequent_globals()).copied()
    }

    /// Sends the operator at byte `offset` through all stages. Returns what comes out, which is for the caller to take.
    pub(crate) fn feed(
        &mut self,
        operator: Operator<'a>,
        offset: u64,
    ) -> Result<&mut VecDeque<Placed<'a>>, MiddlewareError> {
        self.between.clear();
        self.between.push_back(Placed { operator, offset });
        for Stage { middleware, output } in &mut self.stages {
            for Placed { operator, offset } in self.between.drain(..) {
                output.offset = offset;
                middleware.feed(operator, output)?;
            }
            mem::swap(&mut self.between, &mut output.pending);
        }
        Ok(&mut self.between)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Scribe;

    /// Hands every `nop` on twice, and drops `unreachable`.
    #[derive(Debug)]
    struct Twice;

    impl FunctionMiddleware for Twice {
        fn feed<'a>(
            &mut self,
            operator: Operator<'a>,
            state: &mut MiddlewareReaderState<'a>,
        ) -> Result<(), MiddlewareError> {
            match operator {
                Operator::Nop => state.extend(&[Operator::Nop, Operator::Nop]),
                Operator::Unreachable => {}
                Operator::Return => return Err(MiddlewareError::new("twice", "no return")),
                other => state.extend([other]),
            }
            Ok(())
        }
    }

    /// Holds operators back until the next `nop`, and hands that on first.
    #[derive(Debug)]
    struct NopFirst;

    impl FunctionMiddleware for NopFirst {
        fn feed<'a>(
            &mut self,
            operator: Operator<'a>,
            state: &mut MiddlewareReaderState<'a>,
        ) -> Result<(), MiddlewareError> {
            match operator {
                Operator::Nop => state.release([Operator::Nop]),
                other => {
                    state.hold();
                    state.push_operator(other);
                }
            }
            Ok(())
        }
    }

    fn stages<'a, const N: usize>(stages: [Box<dyn FunctionMiddleware>; N]) -> Stages<'a> {
        Stages::new(stages.into_iter())
    }

    /// A middleware that changes nothing, with an id.
    #[derive(Debug)]
    struct Named(Option<&'static str>);

    impl ModuleMiddleware for Named {
        fn generate_function_middleware(
            &self,
            _: LocalFunctionIndex,
        ) -> Box<dyn FunctionMiddleware> {
            Box::new(Twice)
        }

        fn deterministic_id(&self) -> Option<String> {
            self.0.map(str::to_owned)
        }
    }

    #[test]
    fn ids_of_middlewares() {
        let scribe = |ids: &[Option<&'static str>]| {
            let named = |&id| Arc::new(Named(id)) as Arc<dyn ModuleMiddleware>;
            Scribe { middlewares: ids.iter().map(named).collect(), supported: None }
        };
        let id = |ids: &[_]| compiler_id(&scribe(ids));
        assert_eq!(id(&[]).unwrap(), "scribe-1");
        assert_eq!(id(&[Some("a 1"), Some("b")]).unwrap(), r#"scribe-1+"a 1"+"b""#);
        let lists: [&[_]; 6] = [
            &[Some("a"), Some("b")],
            &[Some("b"), Some("a")],
            &[Some("a+b")],
            &[Some(r#"a"+"b"#)],
            &[Some("")],
            &[],
        ];
        let ids: std::collections::HashSet<_> = lists.iter().map(|list| id(list)).collect();
        assert_eq!(ids.len(), lists.len());
        assert_eq!(id(&[Some("a"), None]), None);
        let description = compiler_description(&scribe(&[Some("a"), None]));
        assert_eq!(description, r#"scribe-1+"a"+?"#);
        assert_eq!(compiler_description(&scribe(&[Some("?")])), r#"scribe-1+"?""#);
    }

    #[test]
    fn what_waits_keeps_its_place() {
        let mut stages = stages([Box::new(NopFirst), Box::new(Twice)]);
        let mut feed = |operator, offset| {
            let out = stages.feed(operator, offset).unwrap();
            out.iter()
                .map(|placed| (placed.operator == Operator::Nop, placed.offset))
                .collect::<Vec<_>>()
        };
        assert_eq!(feed(Operator::Drop, 5), []);
        assert_eq!(feed(Operator::Drop, 6), []);
        assert_eq!(feed(Operator::Nop, 7), [(true, 5), (true, 5), (false, 5), (false, 6)]);
        // Nothing waits any more.
        assert_eq!(feed(Operator::Nop, 8), [(true, 8), (true, 8)]);
    }

    #[test]
    fn output_of_one_is_input_of_the_next() {
        let mut stages = stages([Box::new(Twice), Box::new(Twice)]);
        let mut feed = |op| stages.feed(op, 0).map(|out| out.len());
        assert_eq!(feed(Operator::Nop).unwrap(), 4);
        assert_eq!(feed(Operator::Drop).unwrap(), 1);
        assert_eq!(feed(Operator::Unreachable).unwrap(), 0);
        assert_eq!(feed(Operator::Return).unwrap_err().message, "no return");
        assert_eq!(feed(Operator::Nop).unwrap(), 4);
    }
}
