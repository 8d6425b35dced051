//! What is in a module in the binary format: its sections, functions, and the proposals that it uses.

use std::collections::HashMap;
use std::io::Write;

use anyhow::Context;
use serde_json::{Value, json};
use wasmer::sys::Features;
use wasmer::wasmparser::types::{CoreTypeId, EntityType, TypesRef};
use wasmer::wasmparser::{
    self as wp, KnownCustom, Name, Parser, Payload, RefType, ValType, Validator, WasmFeatures,
};
use wasmer::{
    ExternType, FunctionType, GlobalType, MemoryType, Mutability, Pages, TableType, TagKind,
    TagType, Type,
};

use super::{Item, human_size, items_json, write_items};

/// What is in a module.
pub(crate) struct Description {
    size: usize,
    imports: Vec<Item>,
    exports: Vec<Item>,
    sections: Vec<Section>,
    /// Those that are defined, in their order.
    functions: Vec<Function>,
    imported_functions: u32,
    has_start: bool,
    /// The proposals that it needs.
    features: Vec<String>,
}

struct Section {
    name: String,
    offset: usize,
    size: usize,
    /// How many items it has, if it is a list.
    items: Option<u32>,
}

struct Function {
    index: u32,
    name: Option<String>,
    offset: usize,
    /// Bytes of its body.
    size: usize,
}

/// Proposals that our compilers do not have may be used, too: the module is only looked at.
fn all_features() -> WasmFeatures {
    WasmFeatures::all()
}

impl Description {
    /// Reads a module.
    ///
    /// # Errors
    ///
    /// When it is not valid.
    pub(crate) fn read(module: &[u8]) -> anyhow::Result<Self> {
        let types = Validator::new_with_features(all_features())
            .validate_all(module)
            .context("the module is not valid")?;
        let types = types.as_ref();
        let mut description = Self {
            size: module.len(),
            imports: imports(types),
            exports: exports(types),
            sections: Vec::new(),
            functions: Vec::new(),
            imported_functions: 0,
            has_start: false,
            features: features(module),
        };
        let mut names = HashMap::new();
        let mut parser = Parser::new(0);
        parser.set_features(all_features());
        for payload in parser.parse_all(module) {
            description.add(&payload?, module, &mut names)?;
        }
        for function in &mut description.functions {
            function.name = names.remove(&function.index);
        }
        Ok(description)
    }

    fn add(
        &mut self,
        payload: &Payload<'_>,
        module: &[u8],
        names: &mut HashMap<u32, String>,
    ) -> anyhow::Result<()> {
        let items = match payload {
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                let index = self.imported_functions + self.functions.len() as u32;
                let (offset, size) = (range.start as usize, (range.end - range.start) as usize);
                self.functions.push(Function { index, name: None, offset, size });
                return Ok(());
            }
            Payload::ImportSection(_) => {
                let functions = self.imports.iter().filter(|item| item.kind == 0);
                self.imported_functions = functions.count() as u32;
                Some(self.imports.len() as u32)
            }
            Payload::StartSection { .. } => {
                self.has_start = true;
                None
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(reader) = section.as_known() {
                    // A part that can't be read ends the names, as everywhere.
                    for part in reader.into_iter().map_while(Result::ok) {
                        let Name::Function(list) = part else { continue };
                        let known = list.into_iter().map_while(Result::ok);
                        names.extend(known.map(|naming| (naming.index, naming.name.to_owned())));
                    }
                }
                None
            }
            Payload::TypeSection(reader) => Some(reader.count()),
            Payload::FunctionSection(reader) => Some(reader.count()),
            Payload::TableSection(reader) => Some(reader.count()),
            Payload::MemorySection(reader) => Some(reader.count()),
            Payload::GlobalSection(reader) => Some(reader.count()),
            Payload::ExportSection(reader) => Some(reader.count()),
            Payload::ElementSection(reader) => Some(reader.count()),
            Payload::DataSection(reader) => Some(reader.count()),
            Payload::TagSection(reader) => Some(reader.count()),
            Payload::CodeSectionStart { count, .. } => Some(*count),
            _ => None,
        };
        let Some((id, range)) = payload.as_section() else {
            return Ok(());
        };
        let (offset, size) = (range.start as usize, (range.end - range.start) as usize);
        debug_assert!(offset + size <= module.len());
        let name = match payload {
            Payload::CustomSection(section) => format!("custom \"{}\"", section.name()),
            _ => section_name(id).to_owned(),
        };
        self.sections.push(Section { name, offset, size, items });
        Ok(())
    }

    /// What the module can be used as.
    fn role(&self) -> &'static str {
        let exports =
            |name: &str| self.exports.iter().any(|item| item.kind == 0 && item.name == name);
        let is_wasi = self
            .imports
            .iter()
            .any(|item| item.module.as_deref().is_some_and(|it| it.starts_with("wasi_")));
        match (exports("_start"), exports("_initialize")) {
            (true, _) if is_wasi => "WASI command: `wasmer run` starts it",
            (true, _) => "program: `wasmer run` starts it",
            (false, true) => "WASI reactor: `wasmer run --invoke` calls its functions",
            (false, false) if self.imports.is_empty() => {
                "library: `wasmer run --invoke` calls its functions"
            }
            (false, false) => "library, which needs what it imports",
        }
    }

    /// Prints all of it for people, with the `functions` largest functions.
    pub(crate) fn write(
        &self,
        out: &mut impl Write,
        ty: &str,
        functions: usize,
    ) -> anyhow::Result<()> {
        writeln!(out, "Type: {ty}")?;
        writeln!(out, "Size: {}", human_size(self.size as u64))?;
        write_items(out, &self.imports, &self.exports)?;
        writeln!(out, "Use: {}", self.role())?;
        if self.has_start {
            writeln!(out, "Start function: yes")?;
        }
        let features =
            if self.features.is_empty() { "none".to_owned() } else { self.features.join(", ") };
        writeln!(out, "Proposals: {features}")?;
        writeln!(out, "Sections:")?;
        writeln!(out, "  {:>10}  {:>6}  {:>8}  {:>9}  name", "size", "part", "items", "offset")?;
        for Section { name, offset, size, items } in &self.sections {
            let (size, part) = (human_size(*size as u64), percent(*size, self.size));
            let items = items.map(|items| items.to_string()).unwrap_or_default();
            writeln!(out, "  {size:>10}  {part:>6}  {items:>8}  {offset:>#9x}  {name}")?;
        }
        self.write_functions(out, functions)
    }

    fn write_functions(&self, out: &mut impl Write, most: usize) -> anyhow::Result<()> {
        let code: usize = self.functions.iter().map(|function| function.size).sum();
        let (count, size) = (self.functions.len(), human_size(code as u64));
        writeln!(out, "Code: {count} functions, {size}; {} are imported", self.imported_functions)?;
        let mut largest: Vec<&Function> = self.functions.iter().collect();
        largest.sort_by_key(|function| std::cmp::Reverse(function.size));
        largest.truncate(most);
        if largest.is_empty() {
            return Ok(());
        }
        writeln!(out, "Largest functions:")?;
        writeln!(out, "  {:>10}  {:>6}  {:>8}  {:>9}  name", "size", "part", "index", "offset")?;
        for Function { index, name, offset, size } in largest {
            let part = percent(*size, code);
            let size = human_size(*size as u64);
            let name = name.as_deref().unwrap_or("<unnamed>");
            writeln!(
                out,
                "  {size:>10}  {part:>6}  {index:>8}  {offset:>#9x}  {}",
                printable(name)
            )?;
        }
        Ok(())
    }

    /// All of it for tools.
    pub(crate) fn json(&self, ty: &str) -> Value {
        let section = |section: &Section| {
            let Section { name, offset, size, items } = section;
            json!({ "name": name, "offset": offset, "size": size, "items": items })
        };
        let function = |function: &Function| {
            let Function { index, name, offset, size } = function;
            json!({ "index": index, "name": name, "offset": offset, "size": size })
        };
        json!({
            "type": ty,
            "size": self.size,
            "imports": items_json(&self.imports),
            "exports": items_json(&self.exports),
            "start": self.has_start,
            "proposals": self.features,
            "sections": self.sections.iter().map(section).collect::<Vec<_>>(),
            "functions": self.functions.iter().map(function).collect::<Vec<_>>(),
        })
    }
}

/// A name without what a terminal would take for a command.
fn printable(name: &str) -> String {
    name.replace(char::is_control, "?")
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.1}%", part as f64 * 100.0 / whole.max(1) as f64)
}

/// The name of the section with this number in the specification.
fn section_name(id: u8) -> &'static str {
    const NAMES: [&str; 14] = [
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "data count",
        "tag",
    ];
    NAMES.get(usize::from(id)).copied().unwrap_or("unknown")
}

/// The proposals that a module needs beyond WebAssembly 1.0.
fn features(module: &[u8]) -> Vec<String> {
    let Ok(features) = Features::detect_from_wasm(module) else {
        // It needs one that has no name here.
        return vec!["others".to_owned()];
    };
    let used = features.iter().filter(|(_, is_needed)| *is_needed);
    used.map(|(name, _)| name.replace('_', "-")).collect()
}

fn imports(types: TypesRef<'_>) -> Vec<Item> {
    let imports = types.core_imports().into_iter().flatten();
    imports
        .map(|(module, name, ty)| Item::new(Some(module), name, &extern_type(types, ty)))
        .collect()
}

fn exports(types: TypesRef<'_>) -> Vec<Item> {
    let exports = types.core_exports().into_iter().flatten();
    exports.map(|(name, ty)| Item::new(None, name, &extern_type(types, ty))).collect()
}

fn extern_type(types: TypesRef<'_>, ty: EntityType) -> ExternType {
    match ty {
        EntityType::Func(id) | EntityType::FuncExact(id) => {
            ExternType::Function(function_type(types, id))
        }
        EntityType::Tag(id) => {
            ExternType::Tag(TagType::new(TagKind::Exception, function_type(types, id).params()))
        }
        EntityType::Table(ty) => {
            let pages = |elements: u64| u32::try_from(elements).unwrap_or(u32::MAX);
            let element = reference_type(ty.element_type);
            ExternType::Table(TableType::new(element, pages(ty.initial), ty.maximum.map(pages)))
        }
        EntityType::Memory(ty) => {
            let pages = |pages: u64| Pages(u32::try_from(pages).unwrap_or(u32::MAX));
            ExternType::Memory(MemoryType::new(pages(ty.initial), ty.maximum.map(pages), ty.shared))
        }
        EntityType::Global(ty) => {
            let mutability = if ty.mutable { Mutability::Var } else { Mutability::Const };
            ExternType::Global(GlobalType::new(value_type(ty.content_type), mutability))
        }
    }
}

fn function_type(types: TypesRef<'_>, id: CoreTypeId) -> FunctionType {
    let convert = |types: &[ValType]| types.iter().copied().map(value_type).collect::<Vec<_>>();
    match &types[id].composite_type.inner {
        wp::CompositeInnerType::Func(ty) => {
            FunctionType::new(convert(ty.params()), convert(ty.results()))
        }
        _ => FunctionType::new([], []),
    }
}

fn value_type(ty: ValType) -> Type {
    match ty {
        ValType::I32 => Type::I32,
        ValType::I64 => Type::I64,
        ValType::F32 => Type::F32,
        ValType::F64 => Type::F64,
        ValType::V128 => Type::V128,
        ValType::Ref(ty) => reference_type(ty),
    }
}

/// The nearest type that there is here: those of garbage collection are shown as what they could be passed as.
fn reference_type(ty: RefType) -> Type {
    match ty {
        _ if ty.is_func_ref() || ty.is_concrete_type_ref() => Type::FuncRef,
        _ if ty == RefType::EXNREF || ty == RefType::EXN => Type::ExceptionRef,
        _ => Type::ExternRef,
    }
}
