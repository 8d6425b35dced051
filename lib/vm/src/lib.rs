//! What runs compiled WebAssembly: memories, tables, globals, instances, stacks and traps.
//!
//! The crate has two halves. *Execution*: code is loaded ([`LoadedCode`]), entered on a stack of its own
//! ([`enter`]), left by returning, trapping or being interrupted, and calls the host through small stubs.
//! *Data*: a module ([`LoadedModule`]) is instantiated ([`instantiate`]) in a store ([`StoreObjects`]), which
//! owns memories, tables and globals. What compiled code reads of all this is laid out as
//! [`wasmer_types::layout`] says, and each `repr(C)` structure here proves at compile time that it agrees.
