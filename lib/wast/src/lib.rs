//! Runs `.wast` scripts, the form in which the WebAssembly specification's tests are written, with `wasmer`.
//!
//! A script is a list of directives: modules to instantiate, calls to make, and what must come of them. The
//! grammar is described in the [reference interpreter's manual][scripts].
//!
//! ```
//! use std::path::Path;
//! use wasmer::Store;
//! use wasmer_wast::{DirectiveErrors, Wast};
//!
//! let mut wast = Wast::new_with_spectest(Store::default());
//! let script = r#"
//!     (module (func (export "double") (param i32) (result i32)
//!       (i32.add (local.get 0) (local.get 0))))
//!     (assert_return (invoke "double" (i32.const 21)) (i32.const 42))
//! "#;
//! wast.run_buffer(Path::new("double.wast"), script.as_bytes())?;
//! assert_eq!((wast.ran(), wast.left_out().len()), (2, 0));
//!
//! // What fails is reported with its place, unless it is allowed to.
//! let wrong = "(assert_return (invoke \"double\" (i32.const 1)) (i32.const 3))";
//! let error = wast.run_buffer(Path::new("wrong.wast"), wrong.as_bytes()).unwrap_err();
//! let failures = &error.downcast_ref::<DirectiveErrors>().unwrap().errors;
//! assert_eq!((failures[0].line, failures[0].col), (1, 2));
//! wast.allow_directive_failures_at_line(1);
//! wast.run_buffer(Path::new("wrong.wast"), wrong.as_bytes())?;
//! assert_eq!(wast.left_out()[0].line, 1);
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
