//! Call frame information of LLVM as rules of [`UnwindInfo`], and where functions have no frames.

use std::collections::BTreeMap;

use gimli::{
    BaseAddresses, CallFrameInstruction, CieOrFde, EhFrame, EndianSlice, LittleEndian, Register,
    UnwindSection,
};
use wasmer_compiler::{FrameRule, UnwindInfo};
use wasmer_types::image::ReturnAddress;

use crate::lines::Machine;

type Bytes<'data> = EndianSlice<'data, LittleEndian>;
type Fde<'data> = gimli::FrameDescriptionEntry<Bytes<'data>>;
type Cie<'data> = gimli::CommonInformationEntry<Bytes<'data>>;

/// What call frame information says of a function.
pub(super) struct Description {
    pub(super) unwind: UnwindInfo,
    /// As [`CompiledFunction::leaf`](wasmer_compiler::CompiledFunction::leaf).
    pub(super) leaf: Vec<(u32, Option<ReturnAddress>)>,
}

/// Decodes an `.eh_frame` section that lies at `base`. The result has the functions that can be described by
/// [`FrameRule`]s, by where they begin; the others, of which there should be none, go without unwind information.
pub(super) fn read(
    section: &[u8],
    base: u64,
    machine: Machine,
) -> Result<BTreeMap<usize, Description>, String> {
    let damaged = |error: gimli::Error| format!(".eh_frame: {error}");
    let frames = EhFrame::new(section, LittleEndian);
    let bases = BaseAddresses::default().set_eh_frame(base);
    let mut entries = frames.entries(&bases);
    let mut found = BTreeMap::new();
    while let Some(entry) = entries.next().map_err(damaged)? {
        let CieOrFde::Fde(partial) = entry else { continue };
        let fde = partial.parse(EhFrame::cie_from_offset).map_err(damaged)?;
        let states = states(&frames, &bases, &fde, machine).map_err(damaged)?;
        let start = usize::try_from(fde.initial_address()).ok();
        let length = u32::try_from(fde.len()).ok();
        if let (Some(states), Some(start), Some(length)) = (states, start, length) {
            let leaf = leaf(&states, machine).map_err(|what| format!("code at {start}: {what}"))?;
            let unwind = UnwindInfo { length, rules: rules(&states, machine) };
            found.insert(start, Description { unwind, leaf });
        }
    }
    Ok(found)
}

/// DWARF numbers of registers that frames are made with.
struct Registers {
    stack: u16,
    frame: u16,
    /// The link register, or a number for what `call` stores.
    return_address: u16,
}

impl Registers {
    fn of(machine: Machine) -> Self {
        use gimli::{AArch64, X86_64};
        let [stack, frame, return_address] = match machine {
            Machine::X86_64 => [X86_64::RSP, X86_64::RBP, X86_64::RA],
            Machine::Aarch64 => [AArch64::SP, AArch64::X29, AArch64::X30],
        }
        .map(|register| register.0);
        Self { stack, frame, return_address }
    }
}

/// How the registers of the caller are found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    /// The register and the offset of which the canonical frame address is the sum.
    cfa: (u16, i32),
    /// Offset from the canonical frame address of each register that is stored.
    saved: BTreeMap<u16, i32>,
}

impl State {
    /// What holds at the start of functions, as the linker writes it.
    fn at_start(machine: Machine) -> Self {
        let Registers { stack, return_address, .. } = Registers::of(machine);
        match machine {
            Machine::X86_64 => {
                Self { cfa: (stack, 8), saved: BTreeMap::from([(return_address, -8)]) }
            }
            Machine::Aarch64 => Self { cfa: (stack, 0), saved: BTreeMap::new() },
        }
    }

    /// Where the return address is if the frame is found by the stack pointer, so that there is none that others could
    /// find. `None` if it is below the stack pointer.
    fn return_address(&self, registers: &Registers) -> Option<ReturnAddress> {
        match self.saved.get(&registers.return_address) {
            None => Some(ReturnAddress::Link),
            Some(offset) => {
                let bytes = u32::try_from(self.cfa.1.checked_add(*offset)?).ok()?;
                Some(ReturnAddress::Stack(bytes))
            }
        }
    }

    /// The rules that lead from here to `next`.
    fn change_to(&self, next: &Self, mut add: impl FnMut(FrameRule)) {
        match (self.cfa, next.cfa) {
            (now, next) if now == next => {}
            (now, (register, offset)) if now.0 == register => add(FrameRule::CfaOffset(offset)),
            (now, (register, offset)) if now.1 == offset => add(FrameRule::CfaRegister(register)),
            (_, (register, offset)) => add(FrameRule::Cfa { register, offset }),
        }
        for register in self.saved.keys().filter(|register| !next.saved.contains_key(register)) {
            add(FrameRule::Same(*register));
        }
        for (&register, &offset) in &next.saved {
            if self.saved.get(&register) != Some(&offset) {
                add(FrameRule::Saved { register, offset });
            }
        }
    }

    /// Carries out an instruction other than those that move on, remember and restore. `None` when it means more than
    /// there are rules for.
    fn execute(
        &mut self,
        instruction: &CallFrameInstruction<usize>,
        initial: &Self,
        factor: i64,
    ) -> Option<()> {
        use CallFrameInstruction as I;
        let narrow = |offset: u64| i32::try_from(offset).ok();
        let scaled = |offset: i64| i32::try_from(offset.checked_mul(factor)?).ok();
        match *instruction {
            I::DefCfa { register, offset } => self.cfa = (register.0, narrow(offset)?),
            I::DefCfaSf { register, factored_offset } => {
                self.cfa = (register.0, scaled(factored_offset)?);
            }
            I::DefCfaRegister { register } => self.cfa.0 = register.0,
            I::DefCfaOffset { offset } => self.cfa.1 = narrow(offset)?,
            I::DefCfaOffsetSf { factored_offset } => self.cfa.1 = scaled(factored_offset)?,
            I::Offset { register, factored_offset } => {
                self.save(register, scaled(i64::try_from(factored_offset).ok()?)?);
            }
            I::OffsetExtendedSf { register, factored_offset } => {
                self.save(register, scaled(factored_offset)?);
            }
            I::SameValue { register } => _ = self.saved.remove(&register.0),
            I::Restore { register } => match initial.saved.get(&register.0) {
                Some(&offset) => self.save(register, offset),
                None => _ = self.saved.remove(&register.0),
            },
            I::Nop => {}
            _ => return None,
        }
        Some(())
    }

    fn save(&mut self, register: Register, offset: i32) {
        self.saved.insert(register.0, offset);
    }
}

/// The rules that lead from each state to the next.
fn rules(states: &[(u32, State)], machine: Machine) -> Vec<(u32, FrameRule)> {
    let (mut rules, mut before) = (Vec::new(), &State::at_start(machine));
    for (at, state) in states {
        before.change_to(state, |rule| rules.push((*at, rule)));
        before = state;
    }
    rules
}

/// Where the return address is in a function that never has a frame. Others have one wherever it matters: before all
/// else.
fn leaf(
    states: &[(u32, State)],
    machine: Machine,
) -> Result<Vec<(u32, Option<ReturnAddress>)>, String> {
    let registers = Registers::of(machine);
    if states.iter().any(|(_, state)| state.cfa.0 != registers.stack) {
        return Ok(Vec::new());
    }
    let place = |(at, state): &(u32, State)| {
        let place = state.return_address(&registers);
        match place.filter(|_| !state.saved.contains_key(&registers.frame)) {
            Some(place) => Ok((*at, Some(place))),
            None => Err(format!("no frame leads to its caller at {at}")),
        }
    };
    states.iter().map(place).collect()
}

/// What holds in a function, from the start and from each change on, or `None` when it has other rules than
/// [`FrameRule`] knows.
fn states(
    frames: &EhFrame<Bytes<'_>>,
    bases: &BaseAddresses,
    fde: &Fde<'_>,
    machine: Machine,
) -> gimli::Result<Option<Vec<(u32, State)>>> {
    let cie: &Cie<'_> = fde.cie();
    let factor = cie.data_alignment_factor();
    let initial = State::at_start(machine);
    let mut state = initial.clone();
    let mut common = cie.instructions(frames, bases);
    while let Some(instruction) = common.next()? {
        if state.execute(&instruction, &initial, factor).is_none() {
            return Ok(None);
        }
    }
    if state != initial {
        return Ok(None);
    }
    let (mut states, mut remembered) = (Vec::new(), Vec::new());
    let mut at = 0;
    let mut instructions = fde.instructions(frames, bases);
    loop {
        let instruction = instructions.next()?;
        let known = match &instruction {
            None | Some(CallFrameInstruction::AdvanceLoc { .. }) => {
                states.push((at, state.clone()));
                let Some(CallFrameInstruction::AdvanceLoc { delta }) = instruction else {
                    return Ok(Some(states));
                };
                let factor = u32::try_from(cie.code_alignment_factor()).ok();
                let next = factor.and_then(|factor| at.checked_add(delta.checked_mul(factor)?));
                next.map(|next| at = next)
            }
            Some(CallFrameInstruction::RememberState) => {
                remembered.push(state.clone());
                Some(())
            }
            Some(CallFrameInstruction::RestoreState) => {
                remembered.pop().map(|before| state = before)
            }
            Some(other) => state.execute(other, &initial, factor),
        };
        if known.is_none() {
            return Ok(None);
        }
    }
}
