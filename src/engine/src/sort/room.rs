//! Memory for many keys that is written once. Touching fresh memory page by page takes the system longer than the sort
//! needs to fill it, so large rooms ask for large pages.

use memmap2::MmapMut;

use super::key::Key;

/// Room for a number of keys, all zero at first, and at the begin of a cache line where it is large.
pub(super) struct Room<K> {
    memory: Memory<K>,
    len: usize,
}

enum Memory<K> {
    Mapped(MmapMut),
    Heap(Vec<K>),
}

impl<K: Key> Room<K> {
    /// Below this many bytes the allocator's memory is likely to have been touched already.
    const MAPPED_BYTES: usize = 1 << 21;

    /// Room for `len` keys.
    pub(super) fn of(len: usize) -> Room<K> {
        let bytes = len.saturating_mul(size_of::<K>());
        let memory = (bytes >= Self::MAPPED_BYTES)
            .then(|| map(bytes))
            .flatten()
            .map_or_else(|| Memory::Heap(vec![K::default(); len]), Memory::Mapped);
        Room { memory, len }
    }

    /// The keys.
    pub(super) fn keys(&mut self) -> &mut [K] {
        match &mut self.memory {
            // A mapping begins at a page, so that all of it are keys.
            Memory::Mapped(map) => &mut bytemuck::cast_slice_mut(map)[..self.len],
            Memory::Heap(keys) => keys,
        }
    }
}

fn map(bytes: usize) -> Option<MmapMut> {
    let map = MmapMut::map_anon(bytes).ok()?;
    // Without large pages it works as well, only slower.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    Some(map)
}
