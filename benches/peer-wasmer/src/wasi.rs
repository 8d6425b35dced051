//! As much of `wasi_snapshot_preview1` as the programs of the benchmarks need: arguments, no environment, and what is
//! written to standard output is kept.

use wasmer::{
    AsStoreMut, ExternType, Function, FunctionEnv, FunctionEnvMut, Imports, Instance, Memory,
    MemoryAccessError, MemoryView, Module, RuntimeError, Value,
};

const MODULE: &str = "wasi_snapshot_preview1";

/// Error numbers of WASI.
const SUCCESS: i32 = 0;
const BADF: i32 = 8;
const FAULT: i32 = 21;
const NOSYS: i32 = 52;
const SPIPE: i32 = 70;

/// The program has called `proc_exit`.
#[derive(Debug)]
pub struct Exit(pub i32);

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit with {}", self.0)
    }
}

impl std::error::Error for Exit {}

/// What the host functions know.
pub struct Wasi {
    memory: Option<Memory>,
    /// Each with its terminating zero.
    arguments: Vec<Vec<u8>>,
    stdout: Vec<u8>,
}

type Env<'a> = FunctionEnvMut<'a, Wasi>;
type Access<T> = Result<T, MemoryAccessError>;

/// An instance of a command that gets these arguments, the first of which is the name of the program.
///
/// # Errors
///
/// When it imports what is not of WASI, or has no memory.
pub fn instantiate(
    store: &mut impl AsStoreMut,
    module: &Module,
    arguments: &[String],
) -> anyhow::Result<(Instance, FunctionEnv<Wasi>)> {
    let arguments = arguments.iter().map(|a| [a.as_bytes(), b"\0"].concat()).collect();
    let env = FunctionEnv::new(store, Wasi { memory: None, arguments, stdout: Vec::new() });
    let imports = imports(store, module, &env);
    let instance = Instance::new(store, module, &imports)?;
    let memory = instance.exports.get_memory("memory")?.clone();
    env.as_mut(store).memory = Some(memory);
    Ok((instance, env))
}

impl Wasi {
    /// What the program has printed.
    pub fn stdout(&self) -> &[u8] {
        &self.stdout
    }
}

/// A function for each import of WASI; those that are not needed fail.
fn imports(store: &mut impl AsStoreMut, module: &Module, env: &FunctionEnv<Wasi>) -> Imports {
    let mut imports = Imports::new();
    for import in module.imports().filter(|i| i.module() == MODULE) {
        let ExternType::Function(ty) = import.ty() else { continue };
        macro_rules! typed {
            ($function:expr) => {
                Function::new_typed_with_env(store, env, $function)
            };
        }
        let function = match import.name() {
            "args_get" => typed!(args_get),
            "args_sizes_get" => typed!(args_sizes_get),
            "environ_get" => typed!(|_: Env<'_>, _: u32, _: u32| SUCCESS),
            "environ_sizes_get" => typed!(environ_sizes_get),
            "fd_close" => typed!(|_: Env<'_>, _: i32| SUCCESS),
            "fd_fdstat_get" => typed!(fd_fdstat_get),
            "fd_prestat_get" => typed!(|_: Env<'_>, _: i32, _: u32| BADF),
            "fd_seek" => typed!(|_: Env<'_>, _: i32, _: i64, _: i32, _: u32| SPIPE),
            "fd_write" => typed!(fd_write),
            "proc_exit" => typed!(proc_exit),
            _ => Function::new(store, ty.clone(), |_| Ok(vec![Value::I32(NOSYS)])),
        };
        imports.define(MODULE, import.name(), function);
    }
    imports
}

/// Calls `body` with the memory of the program; an access out of its bounds is a fault.
fn with_memory(
    mut env: Env<'_>,
    body: impl FnOnce(&MemoryView<'_>, &mut Wasi) -> Access<i32>,
) -> i32 {
    let (wasi, store) = env.data_and_store_mut();
    let Some(memory) = wasi.memory.clone() else { return FAULT };
    body(&memory.view(&store), wasi).unwrap_or(FAULT)
}

fn write_u32(memory: &MemoryView<'_>, at: u32, value: u32) -> Access<()> {
    memory.write(at.into(), &value.to_le_bytes())
}

fn read_u32(memory: &MemoryView<'_>, at: u32) -> Access<u32> {
    let mut bytes = [0; 4];
    memory.read(at.into(), &mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn args_get(env: Env<'_>, mut pointers: u32, mut text: u32) -> i32 {
    with_memory(env, |memory, wasi| {
        for argument in &wasi.arguments {
            write_u32(memory, pointers, text)?;
            memory.write(text.into(), argument)?;
            pointers = pointers.wrapping_add(4);
            text = text.wrapping_add(argument.len() as u32);
        }
        Ok(SUCCESS)
    })
}

fn args_sizes_get(env: Env<'_>, count: u32, size: u32) -> i32 {
    with_memory(env, |memory, wasi| {
        write_u32(memory, count, wasi.arguments.len() as u32)?;
        write_u32(memory, size, wasi.arguments.iter().map(Vec::len).sum::<usize>() as u32)?;
        Ok(SUCCESS)
    })
}

fn environ_sizes_get(env: Env<'_>, count: u32, size: u32) -> i32 {
    with_memory(env, |memory, _| {
        write_u32(memory, count, 0)?;
        write_u32(memory, size, 0)?;
        Ok(SUCCESS)
    })
}

/// Of unknown type and with all rights, as what a pipe is.
fn fd_fdstat_get(env: Env<'_>, _fd: i32, to: u32) -> i32 {
    with_memory(env, |memory, _| {
        let mut stat = [0; 24];
        stat[8..].fill(0xff);
        memory.write(to.into(), &stat)?;
        Ok(SUCCESS)
    })
}

fn fd_write(env: Env<'_>, fd: i32, vectors: u32, count: u32, written: u32) -> i32 {
    with_memory(env, |memory, wasi| {
        let mut total = 0_u32;
        for index in 0..count {
            let vector = vectors.wrapping_add(index.wrapping_mul(8));
            let start = read_u32(memory, vector)?;
            let length = read_u32(memory, vector.wrapping_add(4))?;
            let end = u64::from(start) + u64::from(length);
            let bytes = memory.copy_range_to_vec(start.into()..end)?;
            match fd {
                1 => wasi.stdout.extend(bytes),
                2 => eprint!("{}", String::from_utf8_lossy(&bytes)),
                _ => return Ok(BADF),
            }
            total = total.wrapping_add(length);
        }
        write_u32(memory, written, total)?;
        Ok(SUCCESS)
    })
}

fn proc_exit(_: Env<'_>, code: i32) -> Result<(), RuntimeError> {
    Err(RuntimeError::user(Box::new(Exit(code))))
}
