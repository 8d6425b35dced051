//! A module of LLVM on its way: what the translations of several functions share.

use std::cell::RefCell;
use std::collections::HashMap;

use inkwell::GlobalVisibility;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::debug_info::{
    AsDIScope, DICompileUnit, DIFlags, DIFlagsConstants, DILocation, DIScope, DISubroutineType,
    DWARFEmissionKind, DWARFSourceLanguage, DebugInfoBuilder,
};
use inkwell::module::{FlagBehavior, Module};
use inkwell::types::{BasicMetadataTypeEnum, BasicType, FunctionType};
use inkwell::values::{FunctionValue, MetadataValue};
use wasmer_types::{BuiltinFunction, FunctionType as WasmFunctionType, LocalFunctionIndex};

use crate::builder::Builder;
use crate::environ::Environ;
use crate::passes::UNWIND_ANYWHERE;
use crate::translator::ClassName;
use crate::types::Types;

/// Numbers of kinds of metadata.
pub(crate) struct Kinds {
    pub(crate) tbaa: u32,
    pub(crate) invariant_load: u32,
    pub(crate) prof: u32,
}

/// Where operators come from: the line of an instruction is the offset of its operator in the module.
struct Debug<'c> {
    builder: DebugInfoBuilder<'c>,
    unit: DICompileUnit<'c>,
    ty: DISubroutineType<'c>,
}

/// Functions that are compiled together.
pub(crate) struct Unit<'e, 'c> {
    pub(crate) environ: &'e Environ<'e>,
    pub(crate) module: Module<'c>,
    pub(crate) builder: Builder<'c>,
    pub(crate) types: Types<'c>,
    pub(crate) kinds: Kinds,
    /// Metadata without contents.
    pub(crate) empty: MetadataValue<'c>,
    /// Weights of a branch that is hardly ever taken.
    pub(crate) unlikely: MetadataValue<'c>,
    /// Weights of a branch with a hint: that its condition mostly does not hold, and that it does.
    pub(crate) hinted: [MetadataValue<'c>; 2],
    /// That of calls that must stay apart, because each stands for a place in the program.
    pub(crate) no_merge: Attribute,
    /// The classes of memory of type-based alias analysis that were made so far.
    pub(crate) regions: RefCell<HashMap<ClassName, MetadataValue<'c>>>,
    functions: RefCell<HashMap<LocalFunctionIndex, FunctionValue<'c>>>,
    attributes: Vec<Attribute>,
    debug: Debug<'c>,
}

/// How many times as likely the one way of a branch is as the other, if there is a hint. It is what `clang` takes it
/// for where C says that something is expected. Traps are much less likely.
const HINTED_WEIGHT: u64 = 2_000;

/// Attributes of all functions, without and with a value.
///
/// LLVM does not inline ([`crate::inline`] does), nor does a call become a jump: traces have a frame for each call, and
/// recursion without end has to find the end of the stack. [`choose_frames`](crate::passes::choose_frames) lets some
/// functions go without a frame. Larger frames than a page touch all of their pages. Nothing is a
/// function of a C library. Null may be read, which faults.
const FLAGS: [&str; 3] = ["nounwind", "noinline", "null_pointer_is_valid"];
const SETTINGS: [(&str, &str); 5] = [
    ("frame-pointer", "all"),
    ("probe-stack", "inline-asm"),
    ("stack-probe-size", "4096"),
    ("disable-tail-calls", "true"),
    ("no-builtins", ""),
];

fn debug<'c>(module: &Module<'c>) -> Debug<'c> {
    let (builder, unit) = module.create_debug_info_builder(
        true,
        DWARFSourceLanguage::C,
        "module.wasm",
        "",
        "wasmer",
        true,
        "",
        0,
        "",
        DWARFEmissionKind::LineTablesOnly,
        0,
        false,
        false,
        "",
        "",
    );
    let ty = builder.create_subroutine_type(unit.get_file(), None, &[], DIFlags::ZERO);
    Debug { builder, unit, ty }
}

impl<'e, 'c> Unit<'e, 'c> {
    pub(crate) fn new(environ: &'e Environ<'e>, types: Types<'c>) -> Self {
        let context = types.context();
        let module = context.create_module("wasm");
        let version = types.i32.const_int(5, false);
        module.add_basic_value_flag("Dwarf Version", FlagBehavior::Warning, version);
        let version = u64::from(inkwell::debug_info::debug_metadata_version());
        let version = types.i32.const_int(version, false);
        module.add_basic_value_flag("Debug Info Version", FlagBehavior::Warning, version);
        let flag = |name| context.create_enum_attribute(Attribute::get_named_enum_kind_id(name), 0);
        let mut attributes: Vec<_> = FLAGS.iter().map(|name| flag(name)).collect();
        attributes.extend(
            SETTINGS.iter().map(|(name, value)| context.create_string_attribute(name, value)),
        );
        if environ.unwind_info {
            let kind = Attribute::get_named_enum_kind_id("uwtable");
            attributes.push(context.create_enum_attribute(kind, UNWIND_ANYWHERE));
        }
        let weights = |then, otherwise| {
            let weights = [then, otherwise].map(|weight| types.i32.const_int(weight, false).into());
            let name = context.metadata_string("branch_weights").into();
            context.metadata_node(&[name, weights[0], weights[1]])
        };
        Self {
            environ,
            debug: debug(&module),
            module,
            builder: Builder::new(types),
            types,
            kinds: Kinds {
                tbaa: context.get_kind_id("tbaa"),
                invariant_load: context.get_kind_id("invariant.load"),
                prof: context.get_kind_id("prof"),
            },
            empty: context.metadata_node(&[]),
            unlikely: weights(1, 1 << 20),
            hinted: [weights(1, HINTED_WEIGHT), weights(HINTED_WEIGHT, 1)],
            no_merge: flag("nomerge"),
            regions: RefCell::default(),
            functions: RefCell::default(),
            attributes,
        }
    }

    /// The type of compiled functions of type `ty`: context, return area when there are two or more results,
    /// parameters.
    pub(crate) fn function_type(&self, ty: &WasmFunctionType) -> FunctionType<'c> {
        let types = &self.types;
        let mut params: Vec<BasicMetadataTypeEnum<'c>> = vec![types.pointer.into()];
        if ty.results().len() >= 2 {
            params.push(types.pointer.into());
        }
        params.extend(ty.params().iter().map(|ty| BasicMetadataTypeEnum::from(types.value(*ty))));
        match ty.results() {
            [result] => types.value(*result).fn_type(&params, false),
            _ => types.context().void_type().fn_type(&params, false),
        }
    }

    /// The type of a builtin.
    pub(crate) fn builtin_type(&self, builtin: BuiltinFunction) -> FunctionType<'c> {
        let types = &self.types;
        let mut params: Vec<BasicMetadataTypeEnum<'c>> = vec![types.pointer.into()];
        params.extend(
            builtin.params().iter().map(|ty| BasicMetadataTypeEnum::from(types.builtin(*ty))),
        );
        match builtin.result() {
            Some(result) => types.builtin(result).fn_type(&params, false),
            None => types.context().void_type().fn_type(&params, false),
        }
    }

    /// A function of the module, declared.
    pub(crate) fn function(&self, index: LocalFunctionIndex) -> FunctionValue<'c> {
        if let Some(function) = self.functions.borrow().get(&index) {
            return *function;
        }
        let module = self.environ.module;
        let ty = self.function_type(module.function_type(module.func_index(index)));
        let function = self.module.add_function(&symbol(index), ty, None);
        function.as_global_value().set_visibility(GlobalVisibility::Hidden);
        for attribute in &self.attributes {
            function.add_attribute(AttributeLoc::Function, *attribute);
        }
        let context = self.types.context();
        let size = u64::from(self.environ.offsets.size());
        for (name, value) in [("nonnull", 0), ("align", 16), ("dereferenceable", size)] {
            let kind = Attribute::get_named_enum_kind_id(name);
            let attribute = context.create_enum_attribute(kind, value);
            function.add_attribute(AttributeLoc::Param(0), attribute);
        }
        // Values of programs are defined.
        let kind = Attribute::get_named_enum_kind_id("noundef");
        let defined = context.create_enum_attribute(kind, 0);
        let has_result = ty.get_return_type().is_some();
        for place in (0..ty.count_param_types())
            .map(AttributeLoc::Param)
            .chain(has_result.then_some(AttributeLoc::Return))
        {
            function.add_attribute(place, defined);
        }
        self.functions.borrow_mut().insert(index, function);
        function
    }

    /// Gives a function that is defined here its place in the object file and in the debug information.
    pub(crate) fn define(
        &self,
        function: FunctionValue<'c>,
        index: LocalFunctionIndex,
    ) -> DIScope<'c> {
        let Debug { builder, unit, ty } = &self.debug;
        let (scope, file) = (unit.as_debug_info_scope(), unit.get_file());
        let flags = DIFlags::ZERO;
        let name = symbol(index);
        function.set_section(Some(&section(index)));
        let program =
            builder.create_function(scope, &name, None, file, 0, *ty, false, true, 0, flags, true);
        function.set_subprogram(program);
        program.as_debug_info_scope()
    }

    /// The place of an instruction: an offset in the module, and a column, which is 0 for instructions that do not
    /// trap by themselves.
    pub(crate) fn location(&self, offset: u32, column: u32, scope: DIScope<'c>) -> DILocation<'c> {
        self.debug.builder.create_debug_location(self.types.context(), offset, column, scope, None)
    }

    /// Ends the module.
    pub(crate) fn finish(self) -> Module<'c> {
        self.debug.builder.finalize();
        self.module
    }
}

/// The section of a function in object files. It has a name, so that LLVM does not choose one.
pub(crate) fn section(function: LocalFunctionIndex) -> String {
    format!(".text.{}", symbol(function))
}

/// The name of a function in object files.
pub(crate) fn symbol(function: LocalFunctionIndex) -> String {
    format!("f{}", function.as_u32())
}
