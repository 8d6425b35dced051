//! Constant expressions (WebAssembly 3.0, §3.4.14).

use wasmer_types::{GlobalInit, InitExpr, InitExprOp, RawValue};

use super::VMInstance;

impl VMInstance {
    /// The value of `expr`, which is valid.
    pub(super) fn evaluate(&self, expr: &InitExpr) -> RawValue {
        if let [op] = *expr.ops {
            return self.operand(op);
        }
        let mut stack: Vec<RawValue> = Vec::with_capacity(4);
        for &op in expr.ops() {
            let mut pop =
                || stack.pop().expect("a valid expression has operands for its operators");
            macro_rules! binary {
                ($view:ident $op:ident) => {{
                    let (right, left) = (pop(), pop());
                    left.$view().$op(right.$view()).into()
                }};
            }
            let value = match op {
                InitExprOp::I32Add => binary!(as_i32 wrapping_add),
                InitExprOp::I32Sub => binary!(as_i32 wrapping_sub),
                InitExprOp::I32Mul => binary!(as_i32 wrapping_mul),
                InitExprOp::I64Add => binary!(as_i64 wrapping_add),
                InitExprOp::I64Sub => binary!(as_i64 wrapping_sub),
                InitExprOp::I64Mul => binary!(as_i64 wrapping_mul),
                op => self.operand(op),
            };
            stack.push(value);
        }
        stack.pop().expect("a valid expression has a value")
    }

    /// The value of an operator without operands.
    fn operand(&self, op: InitExprOp) -> RawValue {
        match op {
            InitExprOp::I32Const(value) => value.into(),
            InitExprOp::I64Const(value) => value.into(),
            InitExprOp::F32Const(bits) => bits.into(),
            InitExprOp::F64Const(bits) => bits.into(),
            InitExprOp::V128Const(value) => RawValue::from_bytes(*value.bytes()),
            // SAFETY: a valid expression uses globals that are imported or come before its own.
            InitExprOp::GlobalGet(global) => unsafe { self.global(global).read() },
            InitExprOp::RefNull(_) => RawValue::default(),
            InitExprOp::RefFunc(function) => {
                self.func_ref(function).as_ptr().expose_provenance().into()
            }
            InitExprOp::I32Add
            | InitExprOp::I32Sub
            | InitExprOp::I32Mul
            | InitExprOp::I64Add
            | InitExprOp::I64Sub
            | InitExprOp::I64Mul => {
                unreachable!("a valid expression has operands for its operators")
            }
        }
    }

    /// Writes the globals of which the value depends on the instance.
    pub(super) fn compute_globals(&self) {
        let info = self.module.info();
        for &local in &self.module.computed_globals {
            let value = match &info.global_initializers[local] {
                &GlobalInit::GetGlobal(global) => self.operand(InitExprOp::GlobalGet(global)),
                &GlobalInit::RefFunc(function) => self.operand(InitExprOp::RefFunc(function)),
                GlobalInit::Expr(expr) => self.evaluate(expr),
                // Constants are in the template.
                _ => continue,
            };
            // SAFETY: the place is that of an own global, and nobody uses the instance yet.
            unsafe { self.global(info.global_index(local)).write(value) };
        }
    }
}
