//! From the bytes of a module to [`ModuleInfo`] and function bodies (WebAssembly 3.0, §5).
//!
//! One pass over the sections. Everything but the function bodies is validated on the way; the bodies are only
//! located, and validated when they are compiled ([`FunctionInput::translate`]).

mod body;
mod changes;
mod hints;
mod init;
mod names;
mod sections;
mod transformed;
mod types;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use wasmer_types::{
    CompileError, ElementItems, ExportIndex, FunctionIndex, GlobalInit, InitExprOp,
    LocalFunctionIndex, ModuleInfo,
};
use wasmparser::{FunctionBody, Parser, Payload, Validator};

use self::body::Validated;
pub use self::body::{FunctionInput, ValidationScratch};
use self::hints::BranchHints;
use crate::limits;
use crate::middleware::{ModuleMiddleware, ModuleMiddlewareChain};
use crate::proposals::Proposals;

/// A module that was read: what is known about it, and the bodies of its functions.
#[derive(Debug)]
pub struct ModuleTranslation<'a> {
    /// Types, imports, exports, segments and names.
    pub info: ModuleInfo,
    /// Bodies of the module's own functions, in order.
    pub functions: Vec<FunctionInput<'a>>,
    /// Bytes of each data segment.
    data: Vec<&'a [u8]>,
}

impl<'a> ModuleTranslation<'a> {
    /// Reads the module `bytes`, which may use `proposals`.
    ///
    /// # Errors
    ///
    /// [`CompileError::Validate`] with the byte offset when the bytes are no module, when something outside of
    /// function bodies is not valid, or when a proposal is used that is off;
    /// [`CompileError::UnsupportedFeature`] when it is on but not supported, and [`CompileError::Resource`] when a
    /// limit is passed.
    pub fn new(bytes: &'a [u8], proposals: Proposals) -> Result<Self, CompileError> {
        if bytes.len() > limits::MODULE_SIZE {
            return Err(limits::passed("bytes of the module", limits::MODULE_SIZE, 0));
        }
        let mut reading = Reading {
            proposals,
            validator: Validator::new_with_features(proposals.flags()),
            module: Self { info: ModuleInfo::new(), functions: Vec::new(), data: Vec::new() },
            hints: BranchHints::default(),
            validated: None,
        };
        let mut parser = Parser::new(0);
        parser.set_features(proposals.flags());
        for payload in parser.parse_all(bytes) {
            reading.payload(payload.map_err(|error| proposals.error(&error))?)?;
        }
        let mut module = reading.module;
        escape_functions(&mut module.info);
        Ok(module)
    }

    /// Lets `middlewares` change what is known about the module, and checks that it still makes sense.
    ///
    /// # Errors
    ///
    /// [`CompileError::MiddlewareError`] when a middleware fails or makes a change that it may not make.
    pub fn apply_middlewares(
        &mut self,
        middlewares: &[Arc<dyn ModuleMiddleware>],
    ) -> Result<(), CompileError> {
        if middlewares.is_empty() {
            return Ok(());
        }
        let before = self.info.clone();
        middlewares.apply_on_module_info(&mut self.info)?;
        let data = self.data.iter().map(|segment| segment.len()).sum();
        changes::check(&before, &self.info, data)?;
        escape_functions(&mut self.info);
        Ok(())
    }

    /// The bytes of all data segments, one after the other.
    pub fn data(&self) -> Box<[u8]> {
        self.data.concat().into_boxed_slice()
    }
}

/// A module that is being read.
struct Reading<'a> {
    proposals: Proposals,
    validator: Validator,
    module: ModuleTranslation<'a>,
    hints: BranchHints,
    /// Set at the first function body.
    validated: Option<Arc<Validated>>,
}

impl<'a> Reading<'a> {
    /// Validates and takes in the next piece of the module.
    fn payload(&mut self, payload: Payload<'a>) -> Result<(), CompileError> {
        let proposals = self.proposals;
        let error = |error: wasmparser::Error| proposals.error(&error);
        if let Payload::CodeSectionEntry(body) = payload {
            return self.body(body);
        }
        self.validator.payload(&payload).map_err(error)?;
        let info = &mut self.module.info;
        // What is read here was validated just now, so counts are right.
        match payload {
            Payload::TypeSection(section) => sections::types(info, section, &error),
            Payload::ImportSection(section) => sections::imports(info, section, &error),
            Payload::FunctionSection(section) => sections::functions(info, section, &error),
            Payload::TableSection(section) => sections::tables(info, section, &error),
            Payload::MemorySection(section) => sections::memories(info, section, &error),
            Payload::TagSection(section) => sections::tags(info, section, &error),
            Payload::GlobalSection(section) => sections::globals(info, section, &error),
            Payload::ExportSection(section) => sections::exports(info, section, &error),
            Payload::ElementSection(section) => sections::elements(info, section, &error),
            Payload::DataSection(section) => {
                self.module.data = sections::data(info, section, &error)?;
                Ok(())
            }
            Payload::StartSection { func, .. } => {
                info.start_function = Some(FunctionIndex::from_u32(func));
                Ok(())
            }
            Payload::CodeSectionStart { count, .. } => {
                self.module.functions.reserve_exact(count as usize);
                Ok(())
            }
            Payload::CustomSection(section) => {
                if section.name() == hints::SECTION {
                    self.hints = BranchHints::read(section.data_reader()).unwrap_or_default();
                }
                sections::custom(info, &section);
                Ok(())
            }
            // Those without contents, and those that the validator refuses.
            _ => Ok(()),
        }
    }

    fn body(&mut self, body: FunctionBody<'a>) -> Result<(), CompileError> {
        let function = self
            .validator
            .code_section_entry(&body)
            .map_err(|error| self.proposals.error(&error))?;
        let info = &self.module.info;
        let validated = self.validated.get_or_insert_with(|| {
            Arc::new(Validated {
                resources: function.resources,
                proposals: self.proposals,
                num_imported_functions: info.num_imported_functions as u32,
                num_types: info.signatures.len() as u32,
                hints: std::mem::take(&mut self.hints),
                translated: AtomicUsize::new(0),
                sets_tables: AtomicBool::new(false),
            })
        });
        let index = LocalFunctionIndex::from_u32(self.module.functions.len() as u32);
        let validated = Arc::clone(validated);
        self.module.functions.push(FunctionInput::new(index, function.ty, body, validated));
        Ok(())
    }
}

/// Marks the functions whose address can leave the module: those that are exported, then those in element
/// segments, then those in the initial values of globals. Bodies can take the address of no other (WebAssembly 3.0,
/// §3.4 *undeclared function reference*).
fn escape_functions(info: &mut ModuleInfo) {
    fn named(ops: &[InitExprOp]) -> impl Iterator<Item = FunctionIndex> {
        ops.iter().filter_map(|op| match op {
            InitExprOp::RefFunc(function) => Some(*function),
            _ => None,
        })
    }
    let mut escaping: Vec<FunctionIndex> = Vec::new();
    escaping.extend(info.exports.values().filter_map(|export| match export {
        ExportIndex::Function(function) => Some(*function),
        _ => None,
    }));
    for segment in info.element_segments.values() {
        match &segment.items {
            ElementItems::Functions(functions) => escaping.extend(functions),
            ElementItems::Expressions(items) => {
                escaping.extend(items.iter().flat_map(|item| named(item.ops())));
            }
        }
    }
    for init in info.global_initializers.values() {
        match init {
            GlobalInit::RefFunc(function) => escaping.push(*function),
            GlobalInit::Expr(expr) => escaping.extend(named(expr.ops())),
            _ => {}
        }
    }
    for function in escaping {
        info.escape(function);
    }
}

#[cfg(test)]
mod tests;
