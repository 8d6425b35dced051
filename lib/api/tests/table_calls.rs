//! Calls through tables, of whatever has written the elements: segments, each operator, the host, code of other
//! compilers.

use wasmer::{
    Engine, Function, Instance, Module, Store, Table, TableType, TrapCode, Type, Value, imports,
};

use crate::{instance, stores};

/// A module with all operators on a table, which it imports or has.
fn module(number: usize, table: &str) -> String {
    format!(
        r#"(module
        (type $number (func (result i32)))
        {table}
        (func $own (export "own") (result i32) i32.const {number})
        (func $wrong (export "wrong") (result i64) i64.const {number})
        (elem $items funcref (ref.func $own) (ref.null func) (ref.func $wrong))
        (func (export "call") (param i32) (result i32) (call_indirect (type $number) (local.get 0)))
        (func (export "get") (param i32) (result funcref) (table.get (local.get 0)))
        (func (export "set") (param i32 funcref) (table.set (local.get 0) (local.get 1)))
        (func (export "grow") (param i32 funcref) (result i32) (table.grow (local.get 1) (local.get 0)))
        (func (export "fill") (param i32 i32 funcref)
            (table.fill (local.get 0) (local.get 2) (local.get 1)))
        (func (export "copy") (param i32 i32 i32)
            (table.copy (local.get 0) (local.get 1) (local.get 2)))
        (func (export "init") (param i32 i32 i32)
            (table.init $items (local.get 0) (local.get 1) (local.get 2))))"#
    )
}

/// What a call through an element gives.
type Outcome = Result<i32, TrapCode>;

/// A table, all that writes it and calls through it, and what it should hold.
struct World {
    store: Store,
    table: Table,
    maximum: usize,
    instances: Vec<Instance>,
    /// Null first; then those of the host; then `own` and `wrong` of each instance.
    functions: Vec<(Option<Function>, Outcome)>,
    /// The elements, as indices of `functions`.
    expected: Vec<usize>,
    random: u32,
}

/// How many of the functions belong to no instance.
const COMMON: usize = 4;

impl World {
    /// The table belongs to the instance number `owner`, and to the host if there is none.
    fn new(engines: &[Engine], owner: usize, fixed: bool) -> Self {
        let mut store = Store::default();
        let maximum = if fixed { 6 } else { 20 };
        let host = Function::new_typed(&mut store, || 42);
        let ty = ([], [Type::I32]);
        let dynamic = Function::new(&mut store, ty, |_| Ok(vec![Value::I32(43)]));
        let wrong = Function::new_typed(&mut store, || {});
        let mut functions = vec![
            (None, Err(TrapCode::IndirectCallToNull)),
            (Some(host), Ok(42)),
            (Some(dynamic), Ok(43)),
            (Some(wrong), Err(TrapCode::BadSignature)),
        ];
        let mut expected = vec![0; 6];
        let mut table = (owner == engines.len()).then(|| {
            let ty = TableType::new(Type::FuncRef, 6, Some(maximum));
            Table::new(&mut store, ty, Value::FuncRef(None)).unwrap()
        });
        let mut instances: Vec<Option<Instance>> = vec![None; engines.len()];
        for at in [owner].into_iter().chain(0..engines.len()).filter(|at| *at < engines.len()) {
            if instances[at].is_some() {
                continue;
            }
            let (text, imports) = match &table {
                Some(table) => {
                    let text = format!(r#"(import "m" "t" (table 6 {maximum} funcref))"#);
                    (text, imports! { "m" => { "t" => table.clone() } })
                }
                None => {
                    expected[1..4].copy_from_slice(&[own(at), own(at) + 1, own(at)]);
                    let items = "(elem (i32.const 1) func $own $wrong $own)";
                    let text = format!(r#"(table (export "t") 6 {maximum} funcref) {items}"#);
                    (text, imports! {})
                }
            };
            let module = Module::new(&engines[at], module(at, &text)).unwrap();
            let instance = Instance::new(&mut store, &module, &imports).unwrap();
            table = table.or_else(|| instance.exports.get_table("t").ok().cloned());
            instances[at] = Some(instance);
        }
        let instances: Vec<_> = instances.into_iter().flatten().collect();
        for (number, instance) in instances.iter().enumerate() {
            let function = |name| instance.exports.get_function(name).unwrap().clone();
            functions.push((Some(function("own")), Ok(number as i32)));
            functions.push((Some(function("wrong")), Err(TrapCode::BadSignature)));
        }
        let (maximum, random) = (maximum as usize, 1 + 2 * owner as u32 + u32::from(fixed));
        Self { store, table: table.unwrap(), maximum, instances, functions, expected, random }
    }

    /// A random number below `end`.
    fn below(&mut self, end: usize) -> usize {
        for shift in [13, -17, 5] {
            self.random ^= if shift < 0 { self.random >> -shift } else { self.random << shift };
        }
        self.random as usize % end
    }

    fn value(&self, function: usize) -> Value {
        Value::FuncRef(self.functions[function].0.clone())
    }

    /// Calls a function of an instance that has numbers as arguments, and maybe a reference.
    fn call(
        &mut self,
        actor: usize,
        name: &str,
        numbers: &[usize],
        function: Option<usize>,
    ) -> Result<Option<Value>, TrapCode> {
        let mut args: Vec<_> = numbers.iter().map(|number| Value::I32(*number as i32)).collect();
        args.extend(function.map(|function| self.value(function)));
        let called = self.instances[actor].exports.get_function(name).unwrap().clone();
        let results = called.call(&mut self.store, &args);
        results.map(|results| results.first().cloned()).map_err(|error| error.to_trap().unwrap())
    }

    fn check_call(&mut self, actor: usize, index: usize) {
        let outside = Err(TrapCode::TableAccessOutOfBounds);
        let expected = self.expected.get(index).map_or(outside, |at| self.functions[*at].1);
        let found =
            self.call(actor, "call", &[index], None).map(|value| value.unwrap().unwrap_i32());
        assert_eq!(found, expected, "element {index} for instance {actor}");
    }

    fn check_get(&mut self, actor: usize, index: usize) {
        let expected = match self.expected.get(index) {
            Some(function) => Ok(self.functions[*function].0.clone()),
            None => Err(TrapCode::TableAccessOutOfBounds),
        };
        let found = match actor < self.instances.len() {
            true => self.call(actor, "get", &[index], None).map(Option::unwrap),
            false => {
                let found = self.table.get(&mut self.store, index as u32);
                found.ok_or(TrapCode::TableAccessOutOfBounds)
            }
        };
        assert_eq!(found.map(|value| value.unwrap_funcref().clone()), expected, "element {index}");
    }

    /// Sets elements of the model, if they exist, and checks that the table has done as much.
    fn write(&mut self, start: usize, new: Option<Vec<usize>>, found: Result<(), TrapCode>) {
        let fits = new.filter(|new| start + new.len() <= self.expected.len());
        let expected = fits.as_ref().map(|_| ()).ok_or(TrapCode::TableAccessOutOfBounds);
        assert_eq!(found, expected);
        if let Some(new) = fits {
            self.expected[start..start + new.len()].copy_from_slice(&new);
        }
    }

    fn grow(&mut self, actor: usize, delta: usize, function: usize) {
        let fits = self.expected.len() + delta <= self.maximum;
        let expected = fits.then_some(self.expected.len() as i32);
        let found = match actor < self.instances.len() {
            true => {
                let before = self.call(actor, "grow", &[delta], Some(function)).unwrap().unwrap();
                Some(before.unwrap_i32()).filter(|before| *before != -1)
            }
            false => {
                let value = self.value(function);
                let before = self.table.grow(&mut self.store, delta as u32, value);
                before.ok().map(|before| before as i32)
            }
        };
        assert_eq!(found, expected);
        if fits {
            self.expected.resize(self.expected.len() + delta, function);
        }
    }

    /// Lets somebody do something at random.
    fn step(&mut self) {
        let actor = self.below(self.instances.len() + 1);
        let is_host = actor == self.instances.len();
        let size = self.expected.len();
        let (start, from) = (self.below(size + 1), self.below(size + 1));
        let (len, function) = (self.below(4), self.below(self.functions.len()));
        match self.below(7) {
            0 => self.grow(actor, len, function),
            1 if !is_host => {
                let done = self.call(actor, "fill", &[start, len], Some(function));
                self.write(start, Some(vec![function; len]), done.map(|_| ()));
            }
            2 => {
                let done = match is_host {
                    false => self.call(actor, "copy", &[start, from, len], None).map(|_| ()),
                    true => {
                        let (to, from, len) = (start as u32, from as u32, len as u32);
                        let table = &self.table;
                        let done = Table::copy(&mut self.store, table, to, table, from, len);
                        done.map_err(|error| error.to_trap().unwrap())
                    }
                };
                let new = self.expected.get(from..from + len).map(<[_]>::to_vec);
                self.write(start, new, done);
            }
            3 if !is_host => {
                let (own, from) = (own(actor), from % 4);
                let done = self.call(actor, "init", &[start, from, len], None);
                let items = [own, 0, own + 1].get(from..from + len).map(<[_]>::to_vec);
                self.write(start, items, done.map(|_| ()));
            }
            4 => self.check_get(actor, start),
            5 if !is_host => self.check_call(actor, start),
            _ => {
                let done = match is_host {
                    false => self.call(actor, "set", &[start], Some(function)).map(|_| ()),
                    true => {
                        let value = self.value(function);
                        let done = self.table.set(&mut self.store, start as u32, value);
                        done.map_err(|error| error.to_trap().unwrap())
                    }
                };
                self.write(start, Some(vec![function]), done);
            }
        }
    }
}

/// The function `own` of an instance, behind which is `wrong`.
fn own(instance: usize) -> usize {
    COMMON + 2 * instance
}

#[test]
fn elements_are_called_whoever_wrote_them() {
    let engines: Vec<_> = stores().map(|store| store.engine().clone()).collect();
    for owner in 0..=engines.len() {
        for (fixed, rounds) in [(false, 40), (true, 40)] {
            for steps in 0..rounds {
                let mut world = World::new(&engines, owner, fixed);
                world.random += 100 * steps;
                // Few steps leave elements that were never read.
                (0..5 * steps).for_each(|_| world.step());
                for actor in 0..engines.len() {
                    (0..=world.expected.len()).for_each(|index| world.check_call(actor, index));
                    (0..=world.expected.len()).for_each(|index| world.check_get(actor, index));
                }
            }
        }
    }
}

#[test]
fn an_empty_table_has_no_elements() {
    for mut store in stores() {
        for limits in ["0 0", "0", "0 1"] {
            let text = module(7, &format!(r#"(table (export "t") {limits} funcref)"#));
            let instance = instance(&mut store, &text);
            let call = instance.exports.get_typed_function::<i32, i32>(&store, "call").unwrap();
            let outside = Some(TrapCode::TableAccessOutOfBounds);
            for index in [0, 1, i32::MAX, i32::MIN, -1] {
                assert_eq!(call.call(&mut store, index).unwrap_err().to_trap(), outside);
            }
            let own = instance.exports.get_function("own").unwrap().clone();
            let table = instance.exports.get_table("t").unwrap();
            let grown = table.grow(&mut store, 1, Value::FuncRef(Some(own)));
            let expected = if limits == "0 0" { Err(outside) } else { Ok(7) };
            assert_eq!(grown.is_ok(), expected.is_ok());
            let found = call.call(&mut store, 0);
            assert_eq!(found.map_err(|error| error.to_trap()), expected);
        }
    }
}

#[test]
fn a_call_of_an_unresolved_element_keeps_all_operands() {
    let sum = "(i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const";
    for mut store in stores() {
        let operands: String = (0..12).map(|n| format!("{sum} {n}))\n")).collect();
        let sums = "i32.add\n".repeat(5);
        let wat = format!(
            r#"(module
            (type $eight (func (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
            (table $t 4 funcref)
            (elem (table $t) (i32.const 1) func $weigh $weigh)
            (func $weigh (type $eight)
                (i32.sub (i32.mul (local.get 0) (i32.const 5)) (local.get 7)))
            (func (export "call") (param i32 i32) (result i32)
                {operands}
                (call_indirect $t (type $eight) (i32.add (local.get 1) (i32.const 1)))
                i32.add i32.add i32.add i32.add)
            (func (export "set") (param i32 i32) (result i32)
                {operands}
                (table.set $t (i32.add (local.get 1) (i32.const 1))
                    (table.get $t (i32.add (local.get 1) (i32.const 2))))
                drop drop drop drop drop drop {sums}))"#
        );
        let instance = instance(&mut store, &wat);
        let function = |name| instance.exports.get_typed_function::<(i32, i32), i32>(&store, name);
        let (call, set) = (function("call").unwrap(), function("set").unwrap());
        let operand = |n: i32| 100 * 3 + n;
        let called = (0..4).map(operand).sum::<i32>() + operand(4) * 5 - operand(11);
        let summed = (0..6).map(operand).sum::<i32>();
        // The first time the element is filled in.
        for _ in 0..2 {
            assert_eq!(call.call(&mut store, 100, 0).unwrap(), called);
        }
        assert_eq!(set.call(&mut store, 100, 0).unwrap(), summed);
        assert_eq!(call.call(&mut store, 100, 0).unwrap(), called);
        assert_eq!(set.call(&mut store, 100, 1).unwrap(), summed);
        let null = call.call(&mut store, 100, 1).unwrap_err();
        assert_eq!(null.to_trap(), Some(TrapCode::IndirectCallToNull));
    }
}
