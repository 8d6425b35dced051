//! The `name` custom section (WebAssembly 3.0, appendix *Custom Sections*).

use wasmer_types::{FunctionIndex, ModuleInfo};
use wasmparser::{BinaryReader, Name, NameSectionReader};

/// Takes the names of the module and its functions from the contents of a `name` section. What comes behind an
/// error is ignored: a damaged custom section does not make a module invalid.
pub(super) fn read(info: &mut ModuleInfo, section: BinaryReader<'_>) {
    for subsection in NameSectionReader::new(section) {
        match subsection {
            Ok(Name::Module { name, .. }) => info.name = Some(name.to_owned()),
            Ok(Name::Function(names)) => {
                for naming in names {
                    let Ok(naming) = naming else { break };
                    if (naming.index as usize) < info.functions.len() {
                        let function = FunctionIndex::from_u32(naming.index);
                        info.function_names.push(function, naming.name);
                    }
                }
            }
            Ok(_) => {}
            Err(_) => return,
        }
    }
}
