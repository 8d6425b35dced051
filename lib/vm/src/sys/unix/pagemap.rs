//! Which pages of a range were written to.
//!
//! Linux 6.7 and later answers this (`PAGEMAP_SCAN`, Documentation/admin-guide/mm/pagemap.rst). Where it
//! can't be answered the caller has to assume all of them.

#[cfg(target_os = "linux")]
mod imp {
    use std::ops::Range;
    use std::os::fd::{AsRawFd, OwnedFd};
    use std::ptr;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    use rustix::fs::{Mode, OFlags};
    use rustix::mm::Advice;

    use crate::shard::{SHARDS, shard_of_thread};
    use crate::sys::mmap::{Mmap, page_size};

    /// A run of pages: `struct page_region`.
    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    struct Region {
        start: u64,
        end: u64,
        categories: u64,
    }

    /// The argument of the request: `struct pm_scan_arg`.
    #[repr(C)]
    #[derive(Default)]
    struct ScanArg {
        size: u64,
        flags: u64,
        start: u64,
        end: u64,
        walk_end: u64,
        vec: u64,
        vec_len: u64,
        max_pages: u64,
        category_inverted: u64,
        category_mask: u64,
        category_anyof_mask: u64,
        return_mask: u64,
    }

    const IS_FILE: u64 = 1 << 2;
    const IS_PRESENT: u64 = 1 << 3;
    const IS_SWAPPED: u64 = 1 << 4;
    const IS_ZERO: u64 = 1 << 5;

    /// `_IOWR('f', 16, struct pm_scan_arg)`
    const PAGEMAP_SCAN: u32 =
        3 << 30 | (size_of::<ScanArg>() as u32) << 16 | (b'f' as u32) << 8 | 16;

    /// Runs that are fetched with one request.
    const BATCH: usize = 32;

    /// The file that is asked. It answers for the process that opened it, whoever asks.
    struct Pagemap {
        file: OwnedFd,
        /// 1 in the process that opened the file, 0 in its forked children.
        ours: Mmap,
    }

    impl Pagemap {
        fn open() -> Option<Self> {
            let flags = OFlags::RDONLY | OFlags::CLOEXEC;
            let file = rustix::fs::open("/proc/self/pagemap", flags, Mode::empty()).ok()?;
            let ours = Mmap::zeroed(page_size()).ok()?;
            // SAFETY: the advice changes what a forked child finds in the page, which is for this.
            unsafe {
                rustix::mm::madvise(
                    ours.start().as_ptr().cast(),
                    ours.len(),
                    Advice::LinuxWipeOnFork,
                )
            }
            .ok()?;
            let map = Self { file, ours };
            map.flag().store(1, Ordering::Relaxed);
            map.works().then_some(map)
        }

        fn flag(&self) -> &AtomicU32 {
            // SAFETY: the page is ours, zeroed, aligned, and lives as long as `self`.
            unsafe { self.ours.start().cast::<AtomicU32>().as_ref() }
        }

        /// Whether an answer to a question of which the answer is known is right (there are emulators).
        fn works(&self) -> bool {
            let page = page_size();
            let Ok(pages) = Mmap::zeroed(3 * page) else { return false };
            // SAFETY: the page in the middle is ours.
            unsafe { pages.start().add(page).write_volatile(1) };
            let start = pages.addresses().start;
            let mut found = Vec::new();
            let all = self.scan(start, start + 3 * page, &mut |range| found.push(range));
            all && found.len() == 1 && found[0] == (start + page..start + 2 * page)
        }

        fn scan(&self, start: usize, end: usize, each: &mut dyn FnMut(Range<usize>)) -> bool {
            let mut regions = [Region::default(); BATCH];
            let mut arg = ScanArg {
                size: size_of::<ScanArg>() as u64,
                start: start as u64,
                end: end as u64,
                vec: regions.as_mut_ptr().expose_provenance() as u64,
                vec_len: BATCH as u64,
                // Pages that are there, but are neither the file's nor the shared page of zeros.
                category_inverted: IS_FILE | IS_ZERO,
                category_mask: IS_FILE | IS_ZERO,
                category_anyof_mask: IS_PRESENT | IS_SWAPPED,
                return_mask: IS_PRESENT,
                ..ScanArg::default()
            };
            while arg.start < arg.end {
                // SAFETY: the request reads and writes `arg`, and writes at most `vec_len` regions.
                let found = unsafe {
                    libc::ioctl(self.file.as_raw_fd(), PAGEMAP_SCAN as _, ptr::from_mut(&mut arg))
                };
                let Some(found) = usize::try_from(found).ok().filter(|&n| n <= BATCH) else {
                    return false;
                };
                // SAFETY: the kernel has written that many entries of the array.
                let found = unsafe {
                    std::slice::from_raw_parts(
                        ptr::with_exposed_provenance(arg.vec as usize),
                        found,
                    )
                };
                for &Region { start, end, .. } in found {
                    each(start as usize..end as usize);
                }
                if arg.walk_end <= arg.start {
                    return false;
                }
                arg.start = arg.walk_end;
            }
            true
        }
    }

    /// Calls `each` with the addresses of each run of pages between `start` and `end`, multiples of the page
    /// size, that have contents of their own: not those of the file that is mapped there, and not the zeros
    /// of a page that was never written.
    ///
    /// False if the system does not say, or not for all of them.
    pub(crate) fn written_pages(
        start: usize,
        end: usize,
        each: &mut dyn FnMut(Range<usize>),
    ) -> bool {
        // Several, as each request counts a reference to its file.
        static PAGEMAPS: [OnceLock<Option<Pagemap>>; SHARDS] = [const { OnceLock::new() }; SHARDS];
        match PAGEMAPS[shard_of_thread()].get_or_init(Pagemap::open) {
            Some(map) if map.flag().load(Ordering::Relaxed) == 1 => map.scan(start, end, each),
            _ => false,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn finds_what_was_written_and_nothing_else() {
            let page = page_size();
            let map = Mmap::zeroed(200 * page).unwrap();
            let start = map.addresses().start;
            let touched: Vec<usize> = (0..100).map(|n| 2 * n).collect();
            for &n in &touched {
                // SAFETY: the page is ours.
                unsafe { map.start().add(n * page).write_volatile(9) };
            }
            // SAFETY: as above. Reading alone leaves the page as it was.
            unsafe { map.start().add(101 * page).read_volatile() };
            let mut found = Vec::new();
            if !written_pages(start, start + map.len(), &mut |range| found.push(range)) {
                // Kernels before 6.7.
                return;
            }
            let expected: Vec<_> =
                touched.iter().map(|n| start + n * page..start + (n + 1) * page).collect();
            assert_eq!(found, expected, "more runs than fit in one batch");
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod imp {
    use std::ops::Range;

    /// The system does not say.
    pub(crate) fn written_pages(
        _start: usize,
        _end: usize,
        _each: &mut dyn FnMut(Range<usize>),
    ) -> bool {
        false
    }
}

pub(crate) use self::imp::written_pages;
