//! Where control goes from each operator.
//!
//! [`Flow`] is read from one table over wasmparser's list of operators. Proposals that are finished have no other
//! operators of control than the ones that are named. In the others every operator is named; a new operator, like one
//! of a new proposal or one with operands of its own kind, does not compile until it has a row.

use wasmer::wasmparser::{Catch, Handle, Operator, for_each_operator};

/// Where control goes from an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// To the next operator, or to the host with an error.
    On,
    /// Into a block.
    Open(Opens),
    /// Out of an arm of a block; behind it, the next arm begins.
    NextArm,
    /// Out of a block.
    Close,
    /// To the next operator, but not always or not at once: branches with a condition, calls.
    Cut,
    /// Not to the next operator.
    Stop,
}

/// A kind of block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opens {
    /// Control comes to its beginning from above, and to its end from above and by branches.
    Block,
    /// Control comes to its beginning from above and by branches, and to its end from above.
    Loop,
    /// It has arms, of which the first one is not always taken.
    If,
    /// It has arms, of which the first one is always taken.
    Try,
}

/// The rows. Those with a name stand before those for the rest of a proposal.
macro_rules! flow_of {
    (mvp Unreachable $($rest:tt)*) => {
        Flow::Stop
    };
    (mvp Block $($rest:tt)*) => {
        Flow::Open(Opens::Block)
    };
    (mvp Loop $($rest:tt)*) => {
        Flow::Open(Opens::Loop)
    };
    (mvp If $($rest:tt)*) => {
        Flow::Open(Opens::If)
    };
    (mvp Else $($rest:tt)*) => {
        Flow::NextArm
    };
    (mvp End $($rest:tt)*) => {
        Flow::Close
    };
    (mvp Br $($rest:tt)*) => {
        Flow::Stop
    };
    (mvp BrIf $($rest:tt)*) => {
        Flow::Cut
    };
    (mvp BrTable $($rest:tt)*) => {
        Flow::Stop
    };
    (mvp Return $($rest:tt)*) => {
        Flow::Stop
    };
    (mvp Call $($rest:tt)*) => {
        Flow::Cut
    };
    (mvp CallIndirect $($rest:tt)*) => {
        Flow::Cut
    };

    (tail_call ReturnCall $($rest:tt)*) => {
        Flow::Stop
    };
    (tail_call ReturnCallIndirect $($rest:tt)*) => {
        Flow::Stop
    };

    (exceptions TryTable $($rest:tt)*) => {
        Flow::Open(Opens::Block)
    };
    (exceptions Throw $($rest:tt)*) => {
        Flow::Stop
    };
    (exceptions ThrowRef $($rest:tt)*) => {
        Flow::Stop
    };

    (legacy_exceptions Try $($rest:tt)*) => {
        Flow::Open(Opens::Try)
    };
    (legacy_exceptions Catch $($rest:tt)*) => {
        Flow::NextArm
    };
    (legacy_exceptions CatchAll $($rest:tt)*) => {
        Flow::NextArm
    };
    (legacy_exceptions Delegate $($rest:tt)*) => {
        Flow::Close
    };
    (legacy_exceptions Rethrow $($rest:tt)*) => {
        Flow::Stop
    };

    (function_references CallRef $($rest:tt)*) => {
        Flow::Cut
    };
    (function_references ReturnCallRef $($rest:tt)*) => {
        Flow::Stop
    };
    (function_references BrOnNull $($rest:tt)*) => {
        Flow::Cut
    };
    (function_references BrOnNonNull $($rest:tt)*) => {
        Flow::Cut
    };
    (function_references RefAsNonNull $($rest:tt)*) => {
        Flow::On
    };

    (gc BrOnCast $($rest:tt)*) => {
        Flow::Cut
    };
    (gc BrOnCastFail $($rest:tt)*) => {
        Flow::Cut
    };
    (gc StructNew $($rest:tt)*) => {
        Flow::On
    };
    (gc ArrayNewFixed $($rest:tt)*) => {
        Flow::On
    };

    (custom_descriptors BrOnCastDescEq $($rest:tt)*) => {
        Flow::Cut
    };
    (custom_descriptors BrOnCastDescEqFail $($rest:tt)*) => {
        Flow::Cut
    };
    (custom_descriptors StructNewDesc $($rest:tt)*) => {
        Flow::On
    };
    (custom_descriptors StructNewDefaultDesc $($rest:tt)*) => {
        Flow::On
    };
    (custom_descriptors RefGetDesc $($rest:tt)*) => {
        Flow::On
    };
    (custom_descriptors RefCastDescEqNonNull $($rest:tt)*) => {
        Flow::On
    };
    (custom_descriptors RefCastDescEqNullable $($rest:tt)*) => {
        Flow::On
    };

    (stack_switching ContNew $($rest:tt)*) => {
        Flow::On
    };
    (stack_switching ContBind $($rest:tt)*) => {
        Flow::On
    };
    (stack_switching Suspend $($rest:tt)*) => {
        Flow::Cut
    };
    (stack_switching Resume $($rest:tt)*) => {
        Flow::Cut
    };
    (stack_switching ResumeThrow $($rest:tt)*) => {
        Flow::Cut
    };
    (stack_switching ResumeThrowRef $($rest:tt)*) => {
        Flow::Cut
    };
    (stack_switching Switch $($rest:tt)*) => {
        Flow::Cut
    };

    (reference_types TypedSelectMulti $($rest:tt)*) => {
        Flow::On
    };

    // wasmparser does not know the stack effect of an operator like this; it may be one of control.
    ($proposal:ident $op:ident (arity custom)) => {
        compile_error!(concat!("where does control go from ", stringify!($op), "?"))
    };
    (mvp $($rest:tt)*) => {
        Flow::On
    };
    (sign_extension $($rest:tt)*) => {
        Flow::On
    };
    (saturating_float_to_int $($rest:tt)*) => {
        Flow::On
    };
    (bulk_memory $($rest:tt)*) => {
        Flow::On
    };
    (reference_types $($rest:tt)*) => {
        Flow::On
    };
    (simd $($rest:tt)*) => {
        Flow::On
    };
    (relaxed_simd $($rest:tt)*) => {
        Flow::On
    };
    (threads $($rest:tt)*) => {
        Flow::On
    };
    (gc $($rest:tt)*) => {
        Flow::On
    };
    (wide_arithmetic $($rest:tt)*) => {
        Flow::On
    };
    (memory_control $($rest:tt)*) => {
        Flow::On
    };
    (shared_everything_threads $($rest:tt)*) => {
        Flow::On
    };
    (acquire_release_atomics $($rest:tt)*) => {
        Flow::On
    };
}

/// Calls `$see` with the labels that an operand of this name holds.
macro_rules! labels_of {
    (relative_depth $value:ident $see:ident) => {
        $see(*$value)
    };
    (targets $value:ident $see:ident) => {{
        $value.targets().flatten().for_each(&mut $see);
        $see($value.default());
    }};
    (try_table $value:ident $see:ident) => {
        for catch in &$value.catches {
            let (Catch::One { label, .. }
            | Catch::OneRef { label, .. }
            | Catch::All { label }
            | Catch::AllRef { label }) = catch;
            $see(*label);
        }
    };
    (resume_table $value:ident $see:ident) => {
        for handle in &$value.handlers {
            match handle {
                Handle::OnLabel { label, .. } => $see(*label),
                Handle::OnSwitch { .. } => {}
            }
        }
    };
    ($other:ident $value:ident $see:ident) => {
        let _ = $value;
    };
}

macro_rules! flow_function {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        /// Where control goes from `operator`.
        pub(super) fn flow(operator: &Operator<'_>) -> Flow {
            match operator {
                $(Operator::$op $({ $($arg: _),* })? => flow_of!($proposal $op ($($ann)*)),)*
                // The type says that there could be more operators than in the list, but there are not.
                _ => Flow::Cut,
            }
        }

        /// Calls `see` with the label of each block that control may leave by `operator`, or while it is in
        /// the block that `operator` begins.
        pub(super) fn labels(operator: &Operator<'_>, mut see: impl FnMut(u32)) {
            match operator {
                $(Operator::$op $({ $($arg),* })? => { $($(labels_of!($arg $arg see);)*)? })*
                _ => {}
            }
        }
    };
}
for_each_operator!(flow_function);

#[cfg(test)]
mod tests {
    use wasmer::wasmparser::{BlockType, HeapType, RefType, ResumeTable, TryTable};

    use super::*;

    fn labels_of(operator: &Operator<'_>) -> Vec<u32> {
        let mut found = Vec::new();
        labels(operator, |label| found.push(label));
        found
    }

    #[test]
    fn every_way_to_leave_a_block_is_seen() {
        let (from_ref_type, to_ref_type) = (RefType::ANYREF, RefType::I31REF);
        let catches = vec![
            Catch::One { tag: 9, label: 1 },
            Catch::OneRef { tag: 9, label: 2 },
            Catch::All { label: 3 },
            Catch::AllRef { label: 4 },
        ];
        let handlers = vec![Handle::OnLabel { tag: 9, label: 5 }, Handle::OnSwitch { tag: 9 }];
        let resume_table = ResumeTable { handlers };
        let cases = [
            (Operator::Br { relative_depth: 1 }, Flow::Stop, vec![1]),
            (Operator::BrIf { relative_depth: 2 }, Flow::Cut, vec![2]),
            (Operator::BrOnNull { relative_depth: 3 }, Flow::Cut, vec![3]),
            (Operator::BrOnNonNull { relative_depth: 4 }, Flow::Cut, vec![4]),
            (
                Operator::BrOnCast { relative_depth: 5, from_ref_type, to_ref_type },
                Flow::Cut,
                vec![5],
            ),
            (
                Operator::BrOnCastFail { relative_depth: 6, from_ref_type, to_ref_type },
                Flow::Cut,
                vec![6],
            ),
            (
                Operator::TryTable { try_table: TryTable { ty: BlockType::Empty, catches } },
                Flow::Open(Opens::Block),
                vec![1, 2, 3, 4],
            ),
            (
                Operator::Resume { cont_type_index: 7, resume_table: resume_table.clone() },
                Flow::Cut,
                vec![5],
            ),
            (
                Operator::ResumeThrow { cont_type_index: 7, tag_index: 8, resume_table },
                Flow::Cut,
                vec![5],
            ),
            (Operator::Delegate { relative_depth: 2 }, Flow::Close, vec![2]),
            (Operator::ReturnCall { function_index: 3 }, Flow::Stop, vec![]),
            (Operator::ReturnCallRef { type_index: 3 }, Flow::Stop, vec![]),
            (Operator::Throw { tag_index: 3 }, Flow::Stop, vec![]),
            (Operator::ThrowRef, Flow::Stop, vec![]),
            (Operator::CallRef { type_index: 3 }, Flow::Cut, vec![]),
            (Operator::MemoryGrow { mem: 0 }, Flow::On, vec![]),
            (Operator::RefNull { hty: HeapType::FUNC }, Flow::On, vec![]),
            (Operator::I8x16Splat, Flow::On, vec![]),
        ];
        for (operator, expected, targets) in cases {
            assert_eq!(flow(&operator), expected, "{operator:?}");
            assert_eq!(labels_of(&operator), targets, "{operator:?}");
        }
    }

    #[test]
    fn whatever_branches_cuts() {
        macro_rules! check {
            ($(@$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
                $(
                    let branches = [$($(stringify!($arg)),*)?].iter().any(|arg| {
                        matches!(*arg, "relative_depth" | "targets" | "try_table" | "resume_table")
                    });
                    let flow = flow_of!($proposal $op ($($ann)*));
                    assert!(!branches || flow != Flow::On, stringify!($op));
                )*
            };
        }
        for_each_operator!(check);
    }
}
