//! From what Cranelift emits to a [`CompiledFunction`].

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::{ExternalName, Function};
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::isa::unwind::UnwindInst;
use cranelift_codegen::{CompiledCode, FinalizedMachReloc, FinalizedRelocTarget};
use wasmer_compiler::{
    CompiledFunction, FrameRule, Relocation, RelocationKind, RelocationTarget, UnwindInfo,
};
use wasmer_types::image::AddressMap;
use wasmer_types::target::Architecture;
use wasmer_types::{CompileError, LocalFunctionIndex, TrapCode};

use crate::traps;

/// Takes machine code and its tables out of `code`, which was generated from `function`.
///
/// # Errors
///
/// [`CompileError::Codegen`] when the code refers to anything but functions of the module, for example to functions
/// of a C library: there is nothing in the text to resolve these.
pub(crate) fn compiled_function(
    isa: &dyn TargetIsa,
    function: &Function,
    code: &CompiledCode,
    want_unwind: bool,
) -> Result<CompiledFunction, CompileError> {
    let buffer = &code.buffer;
    let relocations = buffer
        .relocs()
        .iter()
        .map(|reloc| relocation(function, reloc))
        .collect::<Result<Vec<_>, _>>()?;
    let traps = trap_sites(code)?;
    let mut body = buffer.data().to_vec();
    if isa.triple().architecture == Architecture::X86_64 {
        replace_invalid_instructions(&mut body, &traps);
    }
    Ok(CompiledFunction {
        body,
        alignment: buffer.alignment.max(isa.function_alignment().preferred),
        has_jump_tables: !function.dfg.jump_tables.is_empty(),
        relocations,
        traps,
        addresses: addresses(code),
        unwind: want_unwind.then(|| unwind_info(isa, code)).transpose()?,
        ..CompiledFunction::default()
    })
}

fn relocation(function: &Function, reloc: &FinalizedMachReloc) -> Result<Relocation, CompileError> {
    let kind = match reloc.kind {
        Reloc::X86CallPCRel4 | Reloc::X86PCRel4 => RelocationKind::X86PcRel4,
        Reloc::Arm64Call => RelocationKind::Aarch64Call26,
        other => return Err(unexpected(&format!("a relocation of kind {other:?}"))),
    };
    let target = match &reloc.target {
        FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => {
            let name = &function.params.user_named_funcs()[*name];
            RelocationTarget::Function(LocalFunctionIndex::from_u32(name.index))
        }
        other => return Err(unexpected(&format!("a reference to {other:?}"))),
    };
    Ok(Relocation { offset: reloc.offset, kind, target, addend: reloc.addend })
}

#[cold]
fn unexpected(what: &str) -> CompileError {
    CompileError::Codegen(format!(
        "generated code has {what}, which position-independent code can't have"
    ))
}

/// Replaces the `ud2` of each trap site by `hlt; nop`, which has the same length.
///
/// Both fault in user mode. But a hypervisor such as KVM intercepts every invalid instruction, to see whether it
/// has to emulate it: there, `ud2` took four times as long as `hlt`, which is a protection fault, does (9.4 against
/// 2.4 µs, with the signal that follows).
fn replace_invalid_instructions(body: &mut [u8], traps: &[(u32, TrapCode)]) {
    const UD2: [u8; 2] = [0x0f, 0x0b];
    const HLT_NOP: [u8; 2] = [0xf4, 0x90];
    for &(offset, _) in traps {
        let offset = offset as usize;
        if let Some(site) = body.get_mut(offset..offset + UD2.len())
            && *site == UD2
        {
            site.copy_from_slice(&HLT_NOP);
        }
    }
}

fn trap_sites(code: &CompiledCode) -> Result<Vec<(u32, TrapCode)>, CompileError> {
    let mut sites = code
        .buffer
        .traps()
        .iter()
        .map(|trap| match traps::from_ir(trap.code) {
            Some(code) => Ok((trap.offset, code)),
            None => Err(CompileError::Codegen(format!("unknown trap code {}", trap.code))),
        })
        .collect::<Result<Vec<_>, _>>()?;
    // They are sorted but for instructions that Cranelift emits out of line.
    if !sites.is_sorted_by_key(|site| site.0) {
        sites.sort_by_key(|site| site.0);
    }
    sites.dedup_by_key(|site| site.0);
    Ok(sites)
}

/// Merges ranges of the same position; what lies between ranges belongs to no operator.
fn addresses(code: &CompiledCode) -> Vec<(u32, u32)> {
    let locations = code.buffer.get_srclocs_sorted();
    let mut map = Vec::with_capacity(locations.len());
    let (mut end, mut last) = (0, None);
    let mut add = |offset, position| {
        if last != Some(position) {
            map.push((offset, position));
            last = Some(position);
        }
    };
    for location in locations.iter().filter(|location| location.start < location.end) {
        if location.start > end {
            add(end, AddressMap::NONE);
        }
        // The default location of Cranelift is `NONE` as well.
        add(location.start, location.loc.bits());
        end = location.end;
    }
    if (end as usize) < code.buffer.data().len() {
        add(end, AddressMap::NONE);
    }
    map
}

/// DWARF numbers of the registers that every frame saves, and where the caller's stack pointer lies before the frame
/// is set up.
struct FrameRegisters {
    stack_pointer: u16,
    frame_pointer: u16,
    /// The register that holds the return address, where a call does not push it.
    link: Option<u16>,
    /// Bytes that a call pushes.
    pushed_by_call: i32,
}

fn unwind_info(isa: &dyn TargetIsa, code: &CompiledCode) -> Result<UnwindInfo, CompileError> {
    let registers = match isa.triple().architecture {
        Architecture::X86_64 => {
            FrameRegisters { stack_pointer: 7, frame_pointer: 6, link: None, pushed_by_call: 8 }
        }
        _ => FrameRegisters {
            stack_pointer: 31,
            frame_pointer: 29,
            link: Some(30),
            pushed_by_call: 0,
        },
    };
    let mut rules = Vec::new();
    let cfa =
        FrameRule::Cfa { register: registers.stack_pointer, offset: registers.pushed_by_call };
    rules.push((0, cfa));
    let mut clobbers = 0;
    for (offset, instruction) in &code.buffer.unwind_info {
        match *instruction {
            UnwindInst::PushFrameRegs { offset_upward_to_caller_sp } => {
                let up = offset_upward_to_caller_sp as i32;
                rules.push((*offset, FrameRule::CfaOffset(up)));
                let frame_pointer = registers.frame_pointer;
                rules.push((*offset, FrameRule::Saved { register: frame_pointer, offset: -up }));
                if let Some(register) = registers.link {
                    rules.push((*offset, FrameRule::Saved { register, offset: -up + 8 }));
                }
            }
            UnwindInst::DefineNewFrame {
                offset_upward_to_caller_sp,
                offset_downward_to_clobbers,
            } => {
                rules.push((*offset, FrameRule::CfaRegister(registers.frame_pointer)));
                clobbers = (offset_upward_to_caller_sp + offset_downward_to_clobbers) as i32;
            }
            UnwindInst::SaveReg { clobber_offset, reg } => {
                let register = isa.map_regalloc_reg_to_dwarf(reg.into()).map_err(|error| {
                    CompileError::Codegen(format!("a saved register has no DWARF number: {error}"))
                })?;
                let offset_to_cfa = clobber_offset as i32 - clobbers;
                rules.push((*offset, FrameRule::Saved { register, offset: offset_to_cfa }));
            }
            // With a frame pointer, the frame's size says nothing new, and the other two are not used.
            UnwindInst::StackAlloc { .. }
            | UnwindInst::RegStackOffset { .. }
            | UnwindInst::Aarch64SetPointerAuth { .. } => {}
        }
    }
    Ok(UnwindInfo { length: code.buffer.data().len() as u32, rules })
}
