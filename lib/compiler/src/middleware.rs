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

use wasmer_types::{LocalFunctionIndex, MiddlewareError, ModuleInfo};
use wasmparser::Operator;

/// Sees the operators of one function.
pub trait FunctionMiddleware: Debug {
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
}

/// Makes the [`FunctionMiddleware`] of each function of a module.
pub trait ModuleMiddleware: Debug + Send + Sync {
    /// The middleware for one function.
    fn generate_function_middleware(
        &self,
        local_function_index: LocalFunctionIndex,
    ) -> Box<dyn FunctionMiddleware>;

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

/// Where a middleware puts operators.
#[derive(Debug, Default)]
pub struct MiddlewareReaderState<'a> {
    pending: VecDeque<Operator<'a>>,
}

impl<'a> MiddlewareReaderState<'a> {
    /// Hands an operator on.
    pub fn push_operator(&mut self, operator: Operator<'a>) {
        self.pending.push_back(operator);
    }
}

impl<'a> Extend<Operator<'a>> for MiddlewareReaderState<'a> {
    fn extend<I: IntoIterator<Item = Operator<'a>>>(&mut self, operators: I) {
        self.pending.extend(operators);
    }
}

impl<'a: 'b, 'b> Extend<&'b Operator<'a>> for MiddlewareReaderState<'a> {
    fn extend<I: IntoIterator<Item = &'b Operator<'a>>>(&mut self, operators: I) {
        self.pending.extend(operators.into_iter().cloned());
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

/// The middlewares of one function at work.
pub(crate) struct Stages<'a> {
    stages: Vec<Box<dyn FunctionMiddleware>>,
    /// Input of the next stage, and the output of the last.
    from: VecDeque<Operator<'a>>,
    into: MiddlewareReaderState<'a>,
}

impl<'a> Stages<'a> {
    pub(crate) fn new(stages: Vec<Box<dyn FunctionMiddleware>>) -> Self {
        Self { stages, from: VecDeque::new(), into: MiddlewareReaderState::default() }
    }

    /// Sends `operator` through all stages. Returns what comes out.
    pub(crate) fn feed(
        &mut self,
        operator: Operator<'a>,
    ) -> Result<impl Iterator<Item = Operator<'a>>, MiddlewareError> {
        self.from.clear();
        self.from.push_back(operator);
        for stage in &mut self.stages {
            for operator in self.from.drain(..) {
                stage.feed(operator, &mut self.into)?;
            }
            mem::swap(&mut self.from, &mut self.into.pending);
        }
        Ok(self.from.drain(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn output_of_one_is_input_of_the_next() {
        let mut stages = Stages::new(vec![Box::new(Twice), Box::new(Twice)]);
        let mut feed = |op| stages.feed(op).map(|out| out.count());
        assert_eq!(feed(Operator::Nop).unwrap(), 4);
        assert_eq!(feed(Operator::Drop).unwrap(), 1);
        assert_eq!(feed(Operator::Unreachable).unwrap(), 0);
        assert_eq!(feed(Operator::Return).unwrap_err().message, "no return");
        assert_eq!(feed(Operator::Nop).unwrap(), 4);
    }
}
