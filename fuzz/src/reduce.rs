//! Makes a module that shows a difference small, by leaving things out as long as it still shows it.

use std::time::{Duration, Instant};

use anyhow::Result;
use wasm_encoder::{CodeSection, RawSection};
use wasmparser::{Operator, Parser, Payload};

use crate::case::{Case, places};

/// How long it is worth it.
const TIME: Duration = Duration::from_secs(300);

/// The operators `unreachable` and `end`.
const TRAP: [[u8; 1]; 2] = [[0x00], [0x0b]];

/// What a piece of a body is replaced by, besides nothing: a constant of each type.
const CONSTANTS: [&[u8]; 4] =
    [&[0x41, 0], &[0x42, 0], &[0x43, 0, 0, 0, 0], &[0x44, 0, 0, 0, 0, 0, 0, 0, 0]];

/// A body, its operators one by one.
#[derive(Clone, Debug)]
struct Body {
    /// As they are declared.
    locals: Vec<u8>,
    operators: Vec<Piece>,
}

#[derive(Clone, Debug)]
struct Piece {
    bytes: Vec<u8>,
    /// It takes fuel, without which the module might not end.
    stays: bool,
}

/// Operators that the generator puts at the begin of each function and loop, from the first that reads the fuel.
const FUEL_OPERATORS: usize = 9;

/// A smaller case for which `shows` still holds; it holds for `case`.
pub fn reduce(case: &Case, shows: impl Fn(&Case) -> bool) -> Case {
    match bodies(&case.wasm, case.fuel) {
        Ok(bodies) => {
            let mut reduction =
                Reduction { case: case.clone(), bodies, shows, end: Instant::now() + TIME };
            reduction.run();
            reduction.calls()
        }
        Err(_) => case.clone(),
    }
}

struct Reduction<F> {
    case: Case,
    bodies: Vec<Body>,
    shows: F,
    end: Instant,
}

impl<F: Fn(&Case) -> bool> Reduction<F> {
    fn run(&mut self) {
        for index in 0..self.bodies.len() {
            let operators = TRAP.map(|bytes| Piece { bytes: bytes.into(), stays: false }).to_vec();
            self.try_body(index, operators);
        }
        loop {
            let before = self.size();
            for index in 0..self.bodies.len() {
                self.body(index);
            }
            if self.size() == before || Instant::now() > self.end {
                return;
            }
        }
    }

    /// Leaves pieces of a body out, large ones first.
    fn body(&mut self, index: usize) {
        let mut piece = self.bodies[index].operators.len() / 2;
        while piece > 0 && Instant::now() < self.end {
            let mut at = 0;
            // The last `end` stays.
            while at + piece < self.bodies[index].operators.len() {
                if self.bodies[index].operators[at..at + piece].iter().any(|piece| piece.stays) {
                    at += 1;
                    continue;
                }
                let mut shorter = self.bodies[index].operators.clone();
                shorter.drain(at..at + piece);
                if self.try_body(index, shorter) || (piece > 1 && self.constant(index, at, piece)) {
                    continue;
                }
                at += 1;
            }
            // Small pieces all, since a piece must take as many operands as it leaves.
            piece = if piece > 16 { piece / 2 } else { piece - 1 };
        }
    }

    fn constant(&mut self, index: usize, at: usize, piece: usize) -> bool {
        CONSTANTS.iter().any(|constant| {
            let mut shorter = self.bodies[index].operators.clone();
            shorter.splice(at..at + piece, [Piece { bytes: constant.to_vec(), stays: false }]);
            self.try_body(index, shorter)
        })
    }

    fn try_body(&mut self, index: usize, operators: Vec<Piece>) -> bool {
        let old = std::mem::replace(&mut self.bodies[index].operators, operators);
        if let Ok(case) = self.assemble()
            && (self.shows)(&case)
        {
            self.case = case;
            return true;
        }
        self.bodies[index].operators = old;
        false
    }

    fn assemble(&self) -> Result<Case> {
        let Case { seed, nans, ours_only, .. } = self.case;
        Case::with_module(seed, with_bodies(&self.case.wasm, &self.bodies)?, nans, ours_only)
    }

    fn size(&self) -> usize {
        self.bodies.iter().map(|body| body.operators.len()).sum()
    }

    /// Leaves calls out, from the last.
    fn calls(self) -> Case {
        let mut case = self.case;
        for at in (0..case.calls.len()).rev() {
            let mut fewer = case.clone();
            fewer.calls.remove(at);
            if (self.shows)(&fewer) {
                case = fewer;
            }
        }
        case
    }
}

fn bodies(wasm: &[u8], fuel: Option<u32>) -> Result<Vec<Body>> {
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CodeSectionEntry(body) = payload? else { continue };
        let mut reader = body.get_operators_reader()?;
        let locals = wasm[places(body.range().start..reader.original_position())].to_vec();
        let (mut operators, mut staying) = (Vec::new(), 0_usize);
        while !reader.eof() {
            let start = reader.original_position();
            let reads_fuel = matches!(reader.read()?, Operator::GlobalGet { global_index } if Some(global_index) == fuel);
            if reads_fuel && staying == 0 {
                staying = FUEL_OPERATORS;
            }
            let bytes = wasm[places(start..reader.original_position())].to_vec();
            operators.push(Piece { bytes, stays: staying > 0 });
            staying = staying.saturating_sub(1);
        }
        bodies.push(Body { locals, operators });
    }
    Ok(bodies)
}

/// The same module with other bodies.
fn with_bodies(wasm: &[u8], bodies: &[Body]) -> Result<Vec<u8>> {
    let mut code = CodeSection::new();
    for body in bodies {
        let operators = body.operators.iter().flat_map(|piece| &piece.bytes);
        code.raw(&body.locals.iter().chain(operators).copied().collect::<Vec<_>>());
    }
    let mut module = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match payload.as_section() {
            Some(_) if matches!(payload, Payload::CodeSectionStart { .. }) => {
                module.section(&code);
            }
            Some((id, range)) => {
                module.section(&RawSection { id, data: &wasm[places(range)] });
            }
            None => {}
        }
    }
    Ok(module.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Nans;

    #[test]
    fn what_matters_stays() {
        let text = r#"(module
            (func (export "a") (result i32) i32.const 1 i32.const 2 i32.add)
            (func (export "b") (param i32) (result i32)
                (local i64)
                (block (br_if 0 (local.get 0)) (local.set 1 (i64.const 5)))
                (i32.mul (i32.popcnt (local.get 0)) (i32.const 9))))"#;
        let wasm = wat::parse_str(text).unwrap();
        let case = Case::with_module(1, wasm, Nans::InModule, false).unwrap();
        let reduced = reduce(&case, |case| case.text().contains("i32.popcnt"));
        let text = reduced.text();
        assert!(text.contains("i32.popcnt") && !text.contains("i32.mul"), "{text}");
        assert!(!text.contains("i32.add") && !text.contains("block"), "{text}");
        assert!(reduced.calls.is_empty());
    }
}
