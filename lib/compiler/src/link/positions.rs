//! Positions of operators in function bodies that stand in place of calls.

use wasmer_types::image::{AddressMap, InlinedBody};

use crate::function::CompiledFunction;

/// Gives out positions: each function has counted its own from the same number on.
#[derive(Debug, Default)]
pub(super) struct Positions {
    /// The first that is free.
    next: u32,
}

impl Positions {
    /// Where the positions of a function come to lie, in the module's address map.
    pub(super) fn of(
        &mut self,
        function: &CompiledFunction,
    ) -> Result<impl Fn(u32) -> Result<u32, String> + use<>, String> {
        let first = function.inlined.first().map_or(AddressMap::NONE, |body| body.start);
        let mut behind = 0;
        for &InlinedBody { start, call, .. } in &function.inlined {
            if start < behind || call >= start {
                return Err(format!(
                    "inlined body at {start} is out of order, or called at {call}"
                ));
            }
            behind = start.saturating_add(1);
        }
        let moved = self.next.saturating_sub(first);
        let place = move |position: u32| match position < first || position == AddressMap::NONE {
            true => Ok(position),
            false => {
                let place = position.checked_add(moved).filter(|&at| at != AddressMap::NONE);
                place.ok_or_else(|| "there are more than 2^32 operators".to_owned())
            }
        };
        let own = function.addresses.iter().map(|address| address.1);
        let own = own.chain(function.inlined.iter().map(|body| body.start));
        for position in own.filter(|&position| position != AddressMap::NONE && position >= first) {
            self.next = self.next.max(place(position)? + 1);
        }
        Ok(place)
    }
}
