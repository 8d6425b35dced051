//! Modules that were made for another host, told by what they import.

use wasmer::{ImportType, Module};

/// Who makes such modules, and how one of them is run.
pub(crate) struct Host {
    /// For the sentence "it looks made for …".
    pub(crate) name: &'static str,
    /// What to do.
    pub(crate) help: &'static str,
}

/// How an import tells the host.
enum Sign {
    /// By the name of its module.
    Module(&'static str),
    /// By the beginning of the name of its module.
    ModulePrefix(&'static str),
    /// By the end of the name of its module.
    ModuleSuffix(&'static str),
    /// By the beginning of its own name, in the module `env`.
    Env(&'static str),
}

use Sign::{Env, Module as In, ModulePrefix, ModuleSuffix};

/// The hosts; the first of which an import has a sign is it.
const HOSTS: &[(&[Sign], Host)] = &[
    (
        &[In("wbg"), ModulePrefix("__wbindgen_"), ModuleSuffix("_bg.js")],
        Host {
            name: "wasm-bindgen, which needs its JavaScript glue",
            help: "run it in a browser or with Node.js as `wasm-pack build --target nodejs` makes it; \
                   to run it here, build it without wasm-bindgen for wasm32-wasip1",
        },
    ),
    (
        &[In("gojs"), In("go")],
        Host {
            name: "Go for JavaScript",
            help: "build it with GOOS=wasip1 GOARCH=wasm to run it here, or run it with Node.js and the \
                   `wasm_exec_node.js` of Go",
        },
    ),
    (
        &[ModulePrefix("wasi:"), ModulePrefix("cm32p2")],
        Host {
            name: "the component model",
            help: "it is the core module of a component: build the program for wasm32-wasip1 instead of wasm32-wasip2",
        },
    ),
    (
        &[ModulePrefix("wasix_")],
        Host {
            name: "WASIX, of which there is only what WASI preview 1 has, too",
            help: "build it for wasm32-wasip1",
        },
    ),
    (
        &[Env("proxy_")],
        Host {
            name: "Proxy-Wasm",
            help: "it is a filter for a proxy such as Envoy, which loads it",
        },
    ),
    (
        &[In("napi"), Env("napi_")],
        Host { name: "Node-API", help: "run it with Node.js and the package that it comes from" },
    ),
    (
        &[Env("ext_"), Env("seal"), In("seal0")],
        Host { name: "a blockchain (Substrate)", help: "its node runs it" },
    ),
    (
        &[Env("db_"), Env("addr_")],
        Host { name: "a blockchain (CosmWasm)", help: "its node runs it" },
    ),
    (
        &[
            Env("emscripten_"),
            Env("_emscripten_"),
            Env("__syscall_"),
            Env("invoke_"),
            Env("__cxa_"),
            Env("_abort_js"),
            Env("__table_base"),
            Env("__memory_base"),
            In("GOT.mem"),
            In("GOT.func"),
        ],
        Host {
            name: "Emscripten with its JavaScript glue",
            help: "run its `.js` file with Node.js; to run it here, link it with -sSTANDALONE_WASM, or build it for \
                   wasm32-wasip1 with wasi-sdk",
        },
    ),
    (
        &[Env("abort"), Env("seed"), Env("trace"), Env("console."), Env("Date.")],
        Host {
            name: "AssemblyScript with its JavaScript glue",
            help: "run it with Node.js and the `.js` that `asc --bindings esm` writes; to run it here, compile it with \
                   `--use abort=` or with `@assemblyscript/wasi-shim`",
        },
    ),
    (
        &[In("env")],
        Host {
            name: "Emscripten or another embedder",
            help: "with Emscripten, link with -sSTANDALONE_WASM; else a program that embeds wasmer has to provide what \
                   it imports (`wasmer inspect` shows it)",
        },
    ),
];

/// The host that `module` looks made for. Not WASI, which has its own names.
pub(crate) fn host_of(module: &Module) -> Option<&'static Host> {
    let imports: Vec<ImportType> = module.imports().collect();
    let found = HOSTS
        .iter()
        .find(|(signs, _)| imports.iter().any(|import| signs.iter().any(|sign| sign.fits(import))));
    found.map(|(_, host)| host).or_else(|| is_minified(&imports).then_some(&MINIFIED))
}

impl Sign {
    fn fits(&self, import: &ImportType) -> bool {
        match self {
            In(module) => import.module() == *module,
            ModulePrefix(start) => import.module().starts_with(start),
            ModuleSuffix(end) => import.module().ends_with(end),
            Env(start) => import.module() == "env" && import.name().starts_with(start),
        }
    }
}

/// Emscripten with optimizations gives everything names of one or two letters.
const MINIFIED: Host = Host {
    name: "Emscripten with its JavaScript glue",
    help: "run its `.js` file with Node.js; to run it here, link it with -sSTANDALONE_WASM",
};

fn is_minified(imports: &[ImportType]) -> bool {
    !imports.is_empty()
        && imports.iter().all(|import| import.module() == "a" && import.name().len() <= 2)
}
