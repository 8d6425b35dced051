//! The section `.wasmer.data`.
//!
//! Where it does not make the file much larger, the segments that a memory of the module's own begins with are written
//! as an *image*: as they lie in the memory, with zeros between them, from a page boundary on. So the loader maps them
//! from the file. All other segments lie before the images, one after the other.
//!
//! Segments in images are read from there, too. Where one overlaps another, both have the bytes of the later one, so
//! that writing them in order gives the same memory.

use std::borrow::Cow;
use std::ops::Range;

use cranelift_entity::PrimaryMap;

use crate::indices::LocalMemoryIndex;
use crate::module::ModuleInfo;

/// Zeros in an image, and before it for its alignment, that are always fine; more than these only if there is as much
/// in segments.
const SPARE: usize = 4 << 10;

/// Bytes that an image has at most.
const MAX_IMAGE: usize = 1 << 30;

/// Where the initial contents of a memory lie in the section of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryImageExtent {
    /// Where they begin in the memory: a multiple of the largest page of the machine, as is `data.start`.
    pub address: u64,
    /// Where they are in the section. The rest of the last page is zeros, or not in the file.
    pub data: Range<usize>,
}

/// That of each own memory.
pub(super) type MemoryImages = PrimaryMap<LocalMemoryIndex, Option<MemoryImageExtent>>;

/// Where everything goes in the section.
pub(super) struct DataLayout<'a> {
    /// The description of the module, in which segments are where they are in the section.
    pub(super) info: Cow<'a, ModuleInfo>,
    pub(super) images: MemoryImages,
    /// Bytes of the section.
    pub(super) len: usize,
    /// What is copied, in this order: from where in the present data, to where in the section.
    copies: Vec<(Range<usize>, usize)>,
}

impl<'a> DataLayout<'a> {
    /// Lays out the segments of a module, of which the data has `len` bytes, for a machine with pages of `page` bytes.
    pub(super) fn new(info: &'a ModuleInfo, len: usize, page: u64) -> Self {
        Self::with_images(info, len, page as usize).unwrap_or_else(|| {
            let own = info.memories.len() - info.num_imported_memories;
            Self {
                info: Cow::Borrowed(info),
                images: (0..own).map(|_| None).collect(),
                len,
                copies: vec![(0..len, 0)],
            }
        })
    }

    /// `None` when there are no images.
    fn with_images(info: &'a ModuleInfo, len: usize, page: usize) -> Option<Self> {
        let mut images = images(info, page);
        let is_imaged = |memory: LocalMemoryIndex| images[memory].is_some();
        let imaged: Vec<_> = info.initial_data().filter(|it| is_imaged(it.1)).collect();
        if imaged.is_empty() {
            return None;
        }
        let mut changed = info.clone();
        let mut copies = Vec::new();
        let mut end = 0;
        let mut next = imaged.iter().peekable();
        for (index, segment) in changed.data_segments.iter_mut() {
            if next.next_if(|(imaged, ..)| *imaged == index).is_none() {
                copies.push((segment.data.clone(), end));
                segment.data = end..end + segment.data.len();
                end = segment.data.end;
            }
        }
        // Segments of an artifact that overlap are not written twice.
        if end > len {
            return None;
        }
        for image in images.values_mut().flatten() {
            let start = end.next_multiple_of(page);
            end = start + image.data.len();
            image.data = start..end;
        }
        for &(index, memory, offset) in &imaged {
            let image = images[memory].as_ref()?;
            let segment = &mut changed.data_segments[index].data;
            let len = segment.len();
            let place = if len == 0 { 0 } else { offset - image.address as usize };
            let start = image.data.start + place;
            copies.push((segment.clone(), start));
            *segment = start..start + len;
        }
        // So that writing images never takes much more than what there is.
        let fits = end <= 2 * len + images.len() * (SPARE + page);
        fits.then_some(Self { info: Cow::Owned(changed), images, len: end, copies })
    }

    /// Appends the section, of which the contents are in `data` now.
    pub(super) fn write(&self, data: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + self.len, 0);
        for (from, to) in &self.copies {
            out[start + to..][..from.len()].copy_from_slice(&data[from.clone()]);
        }
    }
}

/// The images that pay, of which only addresses and lengths are right yet.
fn images(info: &ModuleInfo, page: usize) -> MemoryImages {
    #[derive(Clone)]
    struct Span {
        addresses: Range<usize>,
        filled: usize,
    }
    let own = info.memories.len() - info.num_imported_memories;
    let mut spans: PrimaryMap<LocalMemoryIndex, Option<Span>> = (0..own).map(|_| None).collect();
    let mut in_images = 0;
    for (index, memory, offset) in info.initial_data() {
        let len = info.data_segments[index].data.len();
        if len == 0 {
            continue;
        }
        let added = offset..offset + len;
        let span = spans[memory].get_or_insert(Span { addresses: added.clone(), filled: 0 });
        span.addresses.start = span.addresses.start.min(added.start);
        span.addresses.end = span.addresses.end.max(added.end);
        span.filled = span.filled.saturating_add(len);
        in_images += len;
    }
    let all: usize = info.data_segments.values().map(|segment| segment.data.len()).sum();
    // What stands before the first image.
    let mut before = all - in_images;
    let image = |span: &Option<Span>| {
        let Span { addresses, filled } = span.as_ref()?;
        let start = addresses.start & !(page - 1);
        let len = addresses.end - start;
        let padding = before.next_multiple_of(page) - before;
        let zeros = len.saturating_sub(*filled) + padding;
        if len > MAX_IMAGE || zeros > filled.saturating_add(SPARE) {
            before += filled;
            return None;
        }
        before = len;
        Some(MemoryImageExtent { address: start as u64, data: 0..len })
    };
    spans.values().map(image).collect()
}

#[cfg(test)]
mod tests {
    use cranelift_entity::EntityRef;

    use super::*;
    use crate::indices::{DataIndex, MemoryIndex};
    use crate::init::{DataPlacement, DataSegment, InitExpr, InitExprOp};
    use crate::types::MemoryType;

    const PAGE: usize = 4096;

    /// A module with a memory of three pages and another of one, with segments for memories at addresses, or passive
    /// ones, with so many bytes.
    fn module(segments: &[(Option<(u32, i32)>, usize)]) -> (ModuleInfo, Vec<u8>) {
        let (mut info, mut data) = (ModuleInfo::new(), Vec::new());
        info.memories.push(MemoryType::new(3, None, false));
        info.memories.push(MemoryType::new(1, None, false));
        for (number, &(place, len)) in segments.iter().enumerate() {
            let placement = match place {
                Some((memory, offset)) => DataPlacement::Active {
                    memory: MemoryIndex::from_u32(memory),
                    offset: InitExpr::new([InitExprOp::I32Const(offset)]),
                },
                None => DataPlacement::Passive,
            };
            let start = data.len();
            data.resize(start + len, number as u8 + 1);
            info.data_segments.push(DataSegment { placement, data: start..data.len() });
        }
        (info, data)
    }

    /// The memories after writing their segments.
    fn memories(info: &ModuleInfo, data: &[u8]) -> [Vec<u8>; 2] {
        let mut memories = [vec![0; 3 << 16], vec![0; 1 << 16]];
        for (index, memory, offset) in info.initial_data() {
            let contents = &data[info.data_segments[index].data.clone()];
            memories[memory.index()][offset..][..contents.len()].copy_from_slice(contents);
        }
        memories
    }

    /// Addresses and places of images.
    type Images = [Option<(u64, Range<usize>)>; 2];

    /// Lays out, and checks that nothing is lost. Returns the images and the length.
    fn laid_out(segments: &[(Option<(u32, i32)>, usize)]) -> (Images, usize) {
        let (info, data) = module(segments);
        let layout = DataLayout::new(&info, data.len(), PAGE as u64);
        let mut section = Vec::new();
        layout.write(&data, &mut section);
        assert_eq!(section.len(), layout.len);
        let expected = memories(&info, &data);
        assert!(memories(&layout.info, &section) == expected, "the same memories");
        for (index, segment) in info.data_segments.iter() {
            let moved = &layout.info.data_segments[index];
            assert_eq!(moved.data.len(), segment.data.len());
            if segment.placement == DataPlacement::Passive {
                assert_eq!(section[moved.data.clone()], data[segment.data.clone()]);
            }
        }
        for (memory, image) in layout.images.iter() {
            let Some(MemoryImageExtent { address, data }) = image else { continue };
            assert_eq!((*address as usize % PAGE, data.start % PAGE), (0, 0));
            let mut mapped = section[data.start..].to_vec();
            mapped.resize(data.len().next_multiple_of(PAGE), 0);
            let expected = &expected[memory.index()];
            assert!(mapped == expected[*address as usize..][..mapped.len()], "as if mapped");
            let outside = (0..expected.len())
                .filter(|at| !(*address as usize..*address as usize + mapped.len()).contains(at));
            assert!(outside.map(|at| expected[at]).all(|byte| byte == 0));
        }
        super::super::check::check_images(&layout.info, section.len(), PAGE as u64, &layout.images)
            .unwrap();
        let again = DataLayout::new(&layout.info, section.len(), PAGE as u64);
        let mut rewritten = Vec::new();
        again.write(&section, &mut rewritten);
        assert!(rewritten == section && *again.info == *layout.info, "the same again");
        let extents = layout.images.values().cloned();
        let extents: Vec<_> = extents.map(|it| it.map(|it| (it.address, it.data))).collect();
        (extents.try_into().unwrap(), layout.len)
    }

    #[test]
    fn dense_segments_become_an_image() {
        let at = |address| Some((0, address));
        assert_eq!(laid_out(&[(at(1024), 9000)]), ([Some((0, 0..10024)), None], 10024));
        assert_eq!(
            laid_out(&[(at(5000), 1000), (at(6200), 50), (None, 3000), (at(8000), 1)]),
            ([Some((4096, 4096..8001)), None], 8001)
        );
        let two = laid_out(&[(at(0), 5000), (Some((1, 4096)), 4096), (at(5000), 1)]);
        assert_eq!(two, ([Some((0, 0..5001)), Some((4096, 8192..12288))], 12288));
        // The end of the memory.
        let end = laid_out(&[(at((3 << 16) - 4096), 4096)]);
        assert_eq!(end.0[0], Some((0x2f000, 0..4096)));
    }

    #[test]
    fn sparse_segments_stay_as_they_are() {
        let sparse = [(Some((0, 0)), 10), (Some((0, 100_000)), 10), (None, 5)];
        assert_eq!(laid_out(&sparse), ([None, None], 25));
        assert_eq!(laid_out(&[(Some((0, 1024)), 10), (None, 1)]), ([None, None], 11));
        assert_eq!(laid_out(&[(Some((0, 0)), 0)]), ([None, None], 0));
        assert_eq!(laid_out(&[]), ([None, None], 0));
        // One memory with an image and one without.
        let both = [(Some((1, 9)), 1), (Some((1, 60_000)), 1), (Some((0, 1)), 5000)];
        assert_eq!(laid_out(&both), ([Some((0, 4096..9097)), None], 9097));
    }

    #[test]
    fn what_does_not_fit_ends_the_images() {
        let behind = [(Some((0, 0)), 5000), (Some((1, 65_000)), 5000), (Some((0, 5000)), 50)];
        let (images, len) = laid_out(&behind);
        assert_eq!(images, [Some((0, 8192..13192)), None]);
        assert_eq!(len, 13192, "the second and third lie before it");
    }

    #[test]
    fn the_later_segment_wins() {
        let segments = [(Some((0, 0)), 5000), (Some((0, 100)), 9), (Some((0, 104)), 9)];
        let (info, data) = module(&segments);
        let layout = DataLayout::new(&info, data.len(), PAGE as u64);
        let mut section = Vec::new();
        layout.write(&data, &mut section);
        assert_eq!(section[98..115], [1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 1]);
        assert_eq!(memories(&layout.info, &section), memories(&info, &data));
        assert_eq!(layout.info.data_segments[DataIndex::new(1)].data, 100..109);
    }

    /// An artifact in which all segments are the same bytes does not become larger than these.
    #[test]
    fn shared_bytes_are_not_multiplied() {
        let (mut info, data) = module(&[(Some((0, 0)), 5000), (None, 5000)]);
        for _ in 0..1000 {
            let placement = DataPlacement::Passive;
            info.data_segments.push(DataSegment { placement, data: 0..10_000 });
        }
        let layout = DataLayout::new(&info, data.len(), PAGE as u64);
        assert_eq!(layout.len, data.len());
        assert!(layout.images.values().all(Option::is_none));
    }
}
