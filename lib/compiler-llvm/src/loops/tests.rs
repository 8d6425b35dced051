//! Which loops have a second version.

use enumset::EnumSet;
use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::module::Module;
use wasmer_types::{CpuFeature, Target};

use super::recurrence::has_streams;
use super::shape::{Shape, is_candidate};
use super::vectorize;
use crate::config::LLVM;
use crate::types::Types;

/// A function with a loop, of which `%i` begins at 0 and is increased by `%step`, and `%p` and `%q` are indices from
/// elsewhere. It goes on while `%more`.
fn function(body: &str) -> String {
    format!(
        "declare void @llvm.fake.use(...)
         declare void @elsewhere()
         define void @f(ptr %vm, i32 %n, i64 %m, i32 %p, i32 %q) {{
           %base = load ptr addrspace(1), ptr %vm
           br label %loop
         loop:
           %i = phi i32 [ 0, %0 ], [ %next, %loop ]
           {body}
           br i1 %more, label %loop, label %end
         end:
           ret void
         }}"
    )
}

/// Stores to elements of four bytes at `%p`, and the usual end.
const STORE: &str = "
    %scaled = shl i32 %i, 2
    %index = add i32 %scaled, %p
    %wide = zext i32 %index to i64
    %address = getelementptr inbounds i8, ptr addrspace(1) %base, i64 %wide
    store volatile i32 %i, ptr addrspace(1) %address, align 1";
const END: &str = "%next = add i32 %i, 1 %more = icmp ne i32 %next, %n";

fn parse<'c>(context: &'c Context, body: &str) -> Module<'c> {
    let text = function(&body.replace(" %more =", "\n%more ="));
    let buffer = MemoryBuffer::create_from_memory_range_copy(text.as_bytes(), "f");
    let module =
        context.create_module_from_ir(buffer).unwrap_or_else(|error| panic!("{error}\n{text}"));
    module.verify().unwrap();
    module
}

/// The step of the exit, those of groups with how many bytes each has, and the number of conditions on indices.
type Summary = (i64, Vec<(i64, i64)>, usize);

fn shape(body: &str) -> Option<Summary> {
    let context = Context::create();
    let module = parse(&context, body);
    let function = module.get_function("f").unwrap();
    let block = function.get_basic_block_iter().find(|block| is_candidate(*block))?;
    let shape = Shape::of(block)?;
    let groups = shape.groups.iter().map(|group| (group.step, group.end - group.start)).collect();
    Some((shape.exit.step, groups, shape.unwrapped.len()))
}

#[test]
fn steps_of_loops() {
    assert_eq!(shape(&format!("{STORE}\n{END}")), Some((1, vec![(4, 4)], 1)));
    // Downwards, with what LLVM makes of multiples.
    let down = STORE.replace("shl i32 %i, 2", "mul i32 %i, 12");
    let end = "%next = add i32 %i, -2 %more = icmp sgt i32 %next, %n";
    assert_eq!(shape(&format!("{down}\n{end}")), Some((-2, vec![(-24, 4)], 1)));
    // A counter of 64 bits, of which the lower half is an index with two known bits.
    let wide = "%w = phi i64 [ 4294901760, %0 ], [ %u, %loop ]
        %sum = add i64 %w, 70000
        %index = and i64 %sum, 4294967292
        %address = getelementptr i8, ptr addrspace(1) %base, i64 %index
        store volatile i32 %i, ptr addrspace(1) %address
        %next = add i32 %i, 1
        %u = add i64 %w, 4
        %low = and i64 %u, 4294967292 %more = icmp ne i64 %low, 0";
    assert_eq!(shape(wide), Some((4, vec![(4, 4)], 1)));
    // Neighbours are one group, also if the sum is made before it is extended, and another place is another.
    let second = |index: &str| {
        format!(
            "{STORE}
             {index}
             %wide2 = zext i32 %index2 to i64
             %address2 = getelementptr i8, ptr addrspace(1) %base, i64 %wide2
             %value = load i32, ptr addrspace(1) %address2
             call void (...) @llvm.fake.use(i32 %value)
             {END}"
        )
    };
    let near = second("%index2 = add i32 %index, 16");
    assert_eq!(shape(&near), Some((1, vec![(4, 20)], 2)));
    assert_eq!(shape(&second("%index2 = add i32 %scaled, %q")), Some((1, vec![(4, 4), (4, 4)], 2)));
    assert_eq!(shape(&second("%index2 = add i32 %q, 16")), Some((1, vec![(4, 4), (0, 4)], 1)));
}

#[test]
fn loops_that_stay_alone() {
    let with = |more: &str| format!("{STORE}\n{more}\n{END}");
    for body in [
        // Nothing is known of an index, or of the end.
        STORE.replace("shl i32 %i, 2", "mul i32 %i, %q") + "\n" + END,
        STORE.replace("shl i32 %i, 2", "mul i32 %i, %i") + "\n" + END,
        format!("{STORE}\n%next = add i32 %i, %q %more = icmp ne i32 %next, %n"),
        format!("{STORE}\n%next = add i32 %i, 1 %more = icmp eq i32 %next, %n"),
        format!("{STORE}\n%next = add i32 %i, 1 %more = icmp sgt i32 %next, %n"),
        format!("{STORE}\n%next = add i32 %i, 1 %more = icmp ult i32 %p, %n"),
        // A multiple that is not one of what is cleared.
        format!(
            "{STORE}\n%low = and i32 %i, -8\n%z = zext i32 %low to i64
             %a = getelementptr i8, ptr addrspace(1) %base, i64 %z
             store volatile i8 1, ptr addrspace(1) %a\n{END}"
        ),
        // Numbers of more than 64 bits.
        format!(
            "%w = phi i128 [ 0, %0 ], [ %u, %loop ]\n%u = add i128 %w, 1\n%t = trunc i128 %u to i64
             %a = getelementptr i8, ptr addrspace(1) %base, i64 %t
             store volatile i8 1, ptr addrspace(1) %a\n{END}"
        ),
        // Something else can be seen.
        with("call void @elsewhere()"),
        with("store volatile i32 1, ptr %vm"),
        with("fence seq_cst"),
        with("%l = load atomic i32, ptr addrspace(1) %address seq_cst, align 4"),
        with("%l = load <4 x i32>, ptr addrspace(1) %address"),
        // No memory.
        END.to_owned(),
        // A value that is made of itself, and used otherwise.
        format!("{STATE}\n{STORE}\n%x = mul i32 %s, %s\n%t = add i32 %x, %s\n{END}"),
    ] {
        assert_eq!(shape(&body), None, "{body}");
    }
}

/// A value that is `%s` in one iteration and `%t` in the next.
const STATE: &str = "%s = phi i32 [ 1, %0 ], [ %t, %loop ]";

#[test]
fn values_of_the_iteration_before() {
    let with = |next: &str| shape(&format!("{STATE}\n{STORE}\n{next}\n{END}")).is_some();
    // A sum, a minimum, and what was made last.
    assert!(with("%t = add i32 %s, %i"));
    assert!(with("%c = icmp ult i32 %s, %i\n%t = select i1 %c, i32 %s, i32 %i"));
    assert!(with("%t = mul i32 %i, 5\n%u = mul i32 %s, %s\n%v = add i32 %u, %s"));
    assert!(!with("%u = mul i32 %s, %s\n%t = add i32 %u, %s"));
}

/// Whether a loop is one of streams that begins with as many values, of which each is made of the one before by an
/// operation.
fn is_of_streams(number: usize, operation: &str) -> bool {
    let all = |line: &dyn Fn(usize) -> String| (0..number).map(line).collect::<String>();
    let context = Context::create();
    let module = parse(
        &context,
        &format!(
            "{} {} {END}",
            all(&|n| format!("%s{n} = phi i64 [ {n}, %0 ], [ %t{n}, %loop ]\n")),
            all(&|n| format!("%t{n} = {}\n", operation.replace('#', &format!("%s{n}"))))
        ),
    );
    let function = module.get_function("f").unwrap();
    function.get_basic_block_iter().any(has_streams)
}

#[test]
fn streams() {
    assert!(is_of_streams(4, "mul i64 #, 48271"));
    assert!(!is_of_streams(3, "mul i64 #, 48271"));
    assert!(!is_of_streams(9, "add i64 #, 8"));
    assert!(!is_of_streams(9, "select i1 false, i64 #, i64 %m"));
}

/// The module as text, when loops have their second versions.
fn vectorized(body: &str) -> String {
    let context = Context::create();
    let module = parse(&context, body);
    let features: EnumSet<CpuFeature> = CpuFeature::set();
    let target = Target::new("x86_64-unknown-linux-gnu".parse().unwrap(), features);
    let machine = LLVM::new().target_machine(&target).unwrap();
    module.set_triple(&machine.get_triple());
    module.set_data_layout(&machine.get_target_data().get_data_layout());
    vectorize(&module, Types::new(&context), Some(8), &machine, true).unwrap();
    module.verify().unwrap();
    module.print_to_string().to_string()
}

#[test]
fn proved_loops_have_vectors_and_a_barrier() {
    let text = vectorized(&format!("{STORE}\n{END}"));
    assert!(
        text.contains("store <4 x i32>") && text.contains("asm sideeffect \"\", \"~{memory}\"")
    );
    // The loop is still there as it was, and no vector is stored where something may trap.
    assert!(text.contains("store volatile i32"), "{text}");
    assert!(!text.contains("x i32>, ptr addrspace(1)"), "{text}");
}

#[test]
fn what_is_not_vectorized_is_as_before() {
    // Each iteration needs the one before.
    let chain = STORE.replace(
        "store volatile i32 %i,",
        "%old = load i32, ptr addrspace(1) %address
         call void (...) @llvm.fake.use(i32 %old)
         %before = getelementptr i8, ptr addrspace(1) %address, i64 4
         store volatile i32 %old, ptr addrspace(1) %before, align 1
         store volatile i32 %i,",
    );
    let text = vectorized(&format!("{chain}\n{END}"));
    assert!(!text.contains(" x i32>") && !text.contains("sideeffect"), "{text}");
    assert_eq!(text.matches("br i1").count(), 1, "{text}");
}
