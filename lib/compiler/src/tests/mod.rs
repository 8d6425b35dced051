//! Tests of the whole way from bytes to an image.

mod damage;
mod determinism;
mod hints;
mod limits;
mod middlewares;
