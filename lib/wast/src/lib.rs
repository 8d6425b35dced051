//! Runs `.wast` scripts, the form in which the WebAssembly specification's tests are written, with `wasmer`.
//!
//! A script is a list of directives: modules to instantiate, calls to make, and what must come of them. The
//! grammar is described in the [reference interpreter's manual][scripts].
//!
//! ```
//! use std::path::Path;
//! use wasmer::Store;
//! use wasmer_wast::Wast;
//!
//! let mut wast = Wast::new_with_spectest(Store::default());
//! let script = r#"
//!     (module (func (export "double") (param i32) (result i32)
//!       (i32.add (local.get 0) (local.get 0))))
//!     (assert_return (invoke "double" (i32.const 21)) (i32.const 42))
//! "#;
//! wast.run_buffer(Path::new("double.wast"), script.as_bytes())?;
//! # anyhow::Ok(())
//! ```
//!
//! [scripts]: https://github.com/WebAssembly/spec/tree/main/interpreter#scripts
#![forbid(unsafe_code)]

mod error;
mod link;
mod script;
mod spectest;
mod trap;
mod values;

pub use crate::error::{DirectiveError, DirectiveErrors};
pub use crate::script::{LeftOut, Wast};
pub use crate::spectest::spectest_importobject;
