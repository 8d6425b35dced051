//! scratch
use wasmer_compiler::*; use wasmer_compiler_cranelift::*; use wasmer_types::*;
fn main(){
 let a: Vec<String> = std::env::args().collect();
 let bytes = wat::parse_file(&a[1]).unwrap();
 let mut c = Cranelift::new(); c.opt_level(match &*a[2] {"none"=>CraneliftOptLevel::None,_=>CraneliftOptLevel::Speed});
 let mut f = Features::all(); f.tail_call(false).exceptions(false).function_references(false).gc(false);
 let o = CompileOptions{memory_style:&|ty|MemoryStyle::Static{bound:Pages(ty.limit_pages().min(0x10000)),offset_guard_size:2<<30},table_style:&|_|TableStyle::CallerChecksSignature,call_mode:CallMode::Direct};
 let c=Box::new(c).compiler();
 let t=std::time::Instant::now();
 let m=compile_module(&*c,&f,&Target::default(),&o,&bytes);
 println!("{:?} {:?}", t.elapsed(), m.map(|m|m.code.text.len()));
}
