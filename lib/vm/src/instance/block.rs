//! The memory of instances.

use std::alloc::{self, Layout};
use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::ptr::{self, NonNull};

use super::{Dropped, VMInstance};
use crate::memory::VMMemory;
use crate::module::ModuleData;
use crate::shard::Shared;
use crate::table::VMTable;
use crate::vmcontext::{VMContext, VMStoreContext};

/// Blocks that a thread keeps, and the smallest and largest of them in bytes. The allocator is as fast for
/// smaller ones, and may give larger ones back to the system each time.
const KEPT: usize = 4;
const KEPT_BYTES: std::ops::RangeInclusive<usize> = 1 << 10..=1 << 20;

thread_local! {
    static FREE: RefCell<FreeBlocks> = const { RefCell::new(FreeBlocks(Vec::new())) };
}

struct FreeBlocks(Vec<(NonNull<u8>, Layout)>);

impl Drop for FreeBlocks {
    fn drop(&mut self) {
        for &(block, layout) in &self.0 {
            // SAFETY: the block was allocated with this layout, and nobody uses it.
            unsafe { alloc::dealloc(block.as_ptr(), layout) };
        }
    }
}

/// Memory for an instance, not initialised.
fn allocate(layout: Layout) -> NonNull<u8> {
    if KEPT_BYTES.contains(&layout.size()) {
        let kept = FREE.try_with(|free| {
            let blocks = &mut free.borrow_mut().0;
            let at = blocks.iter().rposition(|(_, kept)| *kept == layout)?;
            Some(blocks.swap_remove(at).0)
        });
        if let Ok(Some(block)) = kept {
            return block;
        }
    }
    // SAFETY: an instance has a size.
    let block = unsafe { alloc::alloc(layout) };
    NonNull::new(block).unwrap_or_else(|| alloc::handle_alloc_error(layout))
}

/// Gives memory back.
///
/// # Safety
///
/// It comes from [`allocate`] with this layout, and nobody uses it.
unsafe fn free(block: NonNull<u8>, layout: Layout) {
    if KEPT_BYTES.contains(&layout.size()) {
        let kept = FREE.try_with(|free| {
            let blocks = &mut free.borrow_mut().0;
            let room = blocks.len() < KEPT;
            if room {
                blocks.push((block, layout));
            }
            room
        });
        if let Ok(true) = kept {
            return;
        }
    }
    // SAFETY: as for the caller.
    unsafe { alloc::dealloc(block.as_ptr(), layout) };
}

/// Owns an instance.
pub(crate) struct InstanceBox(NonNull<VMInstance>);

impl InstanceBox {
    /// An instance without memories and tables, of which the imports and computed globals are not written.
    pub(super) fn new(module: Shared<ModuleData>, store: NonNull<VMStoreContext>) -> Self {
        let layout = module.block.layout;
        let block = allocate(layout);
        let at = block.cast::<VMInstance>();
        let instance = VMInstance {
            module,
            store,
            block,
            memories: Cell::new(0),
            tables: Cell::new(0),
            dropped: RefCell::new(Dropped::default()),
            handles: None,
            start: OnceCell::new(),
        };
        // SAFETY: the block is as large as the layout says, which has room for the instance and the context,
        // aligned. The template may be longer than what comes before the func refs, but not than the context.
        unsafe {
            at.write(instance);
            let module = &at.as_ref().module;
            let template = module.template();
            let context = block.add(module.block.context);
            let bytes = (module.offsets.func_refs_begin() as usize).min(size_of_val(template));
            ptr::copy_nonoverlapping(template.as_ptr().cast(), context.as_ptr(), bytes);
            let context = context.cast::<VMContext>().as_ptr();
            (&raw mut (*context).store_context).write(store);
            (&raw mut (*context).instance).write(at);
        }
        Self(at)
    }

    #[inline]
    pub(crate) fn get(&self) -> &VMInstance {
        // SAFETY: the instance is initialised, and owned by this.
        unsafe { self.0.as_ref() }
    }

    #[inline]
    pub(crate) fn get_mut(&mut self) -> &mut VMInstance {
        // SAFETY: as above.
        unsafe { self.0.as_mut() }
    }
}

impl Drop for InstanceBox {
    fn drop(&mut self) {
        let instance = self.get();
        let (block, layout) = (instance.block, instance.module.block.layout);
        let (memories, tables) = (instance.memories.get(), instance.tables.get());
        let first_memory: NonNull<VMMemory> = instance.at(instance.module.block.memories);
        let first_table: NonNull<VMTable> = instance.at(instance.module.block.tables);
        // SAFETY: that many memories and tables were made. They are dropped before the module, to which
        // their images belong. This is the end of the instance.
        unsafe {
            for index in 0..memories {
                first_memory.add(index).drop_in_place();
            }
            for index in 0..tables {
                first_table.add(index).drop_in_place();
            }
            self.0.drop_in_place();
            free(block, layout);
        }
    }
}

impl fmt::Debug for InstanceBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
