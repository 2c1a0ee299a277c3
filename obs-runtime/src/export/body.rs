//! Bodies of requests, and the memory for them.

use std::sync::{Mutex, PoisonError};

use hyper::body::Bytes;

use super::gzip::Packer;

/// Bytes of memory that are kept from one request to the next.
const MAX_KEPT: usize = 1 << 20;

/// The body of a request.
#[derive(Debug)]
pub(crate) struct Body {
    pub(super) bytes: Bytes,
    pub(super) is_packed: bool,
}

impl Body {
    pub(super) fn plain(bytes: Vec<u8>) -> Self {
        Self {
            bytes: bytes.into(),
            is_packed: false,
        }
    }
}

/// The memory of the last body and of the last in gzip, and what packed that: so large a piece the system would take
/// back each time, and hand out anew page by page.
#[derive(Debug, Default)]
pub(super) struct Memory {
    plain: Mutex<Vec<u8>>,
    packed: Mutex<Vec<u8>>,
    packer: Mutex<Option<Packer>>,
}

impl Memory {
    /// Memory for a body, empty: that of the last one, if it is not in use any more.
    pub(super) fn take(&self) -> Vec<u8> {
        take(&self.plain)
    }

    /// A body with a copy of these bytes.
    #[cfg(any(feature = "push", feature = "elastic"))]
    pub(super) fn copy(&self, body: &[u8]) -> Body {
        let mut copy = self.take();
        copy.extend_from_slice(body);
        Body::plain(copy)
    }

    /// A body in gzip, which `write` makes with what made the last one. `None` if that says that it did not succeed.
    pub(super) fn pack(
        &self,
        write: impl FnOnce(&mut Packer, &mut Vec<u8>) -> bool,
    ) -> Option<Body> {
        let mut packer = take(&self.packer).unwrap_or_default();
        let mut packed = take(&self.packed);
        let is_packed = write(&mut packer, &mut packed);
        put(&self.packer, Some(packer));
        is_packed.then(|| Body {
            bytes: packed.into(),
            is_packed,
        })
    }

    /// Keeps the memory of a body that is not sent as it is.
    pub(super) fn keep_plain(&self, memory: Vec<u8>) {
        keep(&self.plain, memory);
    }

    /// Keeps the memory of a body that has been sent.
    pub(super) fn keep(&self, body: Body) {
        let place = if body.is_packed {
            &self.packed
        } else {
            &self.plain
        };
        // The connection lets go of it when it has sent all.
        if body.bytes.is_unique() {
            keep(place, body.bytes.into());
        }
    }
}

fn take<T: Default>(place: &Mutex<T>) -> T {
    std::mem::take(&mut *place.lock().unwrap_or_else(PoisonError::into_inner))
}

fn put<T>(place: &Mutex<T>, value: T) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

fn keep(place: &Mutex<Vec<u8>>, mut memory: Vec<u8>) {
    if memory.capacity() <= MAX_KEPT {
        memory.clear();
        put(place, memory);
    }
}
