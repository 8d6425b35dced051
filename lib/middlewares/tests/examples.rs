//! Runs the examples.

#[path = "../examples/instruction_counter.rs"]
mod instruction_counter;
#[path = "../examples/metering.rs"]
mod metering;

#[test]
fn instruction_counter() {
    instruction_counter::main().unwrap();
}

#[test]
fn metering() {
    metering::main().unwrap();
}
