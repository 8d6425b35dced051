//! Tests of the whole way from bytes to an image.

mod damage;
mod determinism;
mod limits;
mod middlewares;
