//! Benchmarks.
fn main() { let _ = (wasmtime::Config::new(), wasmtime_wasi::WasiCtxBuilder::new()); }
