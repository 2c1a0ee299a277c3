//! Bodies in gzip.
//!
//! Source: RFC 1952.

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// What stands before what is compressed: no name, no time, compressed fast, on an unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
/// Room for what is compressed that there is at least.
const ROOM: usize = 32 * 1024;

/// Compresses one body after the other. It has some 300 KB of memory, which would be taken from the system for each and
/// cleared.
#[derive(Debug)]
pub(crate) struct Packer(Compress);

impl Default for Packer {
    fn default() -> Self {
        Self(Compress::new(Compression::fast(), false))
    }
}

impl Packer {
    /// Appends a body in gzip. False if that did not succeed.
    pub(crate) fn pack(&mut self, body: &[u8], out: &mut Vec<u8>) -> bool {
        out.reserve(body.len() / 8);
        out.extend_from_slice(&HEADER);
        if !self.deflate(body, out) {
            return false;
        }
        let mut crc = Crc::new();
        crc.update(body);
        out.extend_from_slice(&crc.sum().to_le_bytes());
        out.extend_from_slice(&crc.amount().to_le_bytes());
        true
    }

    fn deflate(&mut self, body: &[u8], out: &mut Vec<u8>) -> bool {
        let Self(state) = self;
        state.reset();
        loop {
            out.reserve(ROOM);
            let before = (state.total_in(), state.total_out());
            let rest = body.get(before.0 as usize..).unwrap_or_default();
            match state.compress_vec(rest, out, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => return true,
                Ok(_) if before != (state.total_in(), state.total_out()) => {}
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_can_be_read_whatever_came_before(
            bodies in proptest::collection::vec(
                (proptest::collection::vec(any::<u8>(), 0..200), 0..3_000_usize),
                1..4,
            ),
        ) {
            let mut packer = Packer::default();
            for (piece, times) in bodies {
                let body = piece.repeat(times);
                let mut packed = Vec::from(*b"before");
                prop_assert!(packer.pack(&body, &mut packed));
                let mut read = Vec::new();
                GzDecoder::new(&packed[6..]).read_to_end(&mut read).unwrap();
                prop_assert!(read == body);
            }
        }
    }

    #[test]
    fn what_cannot_be_made_smaller_is_packed_as_well() {
        let mut random = 7_u64;
        let mut next = || {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (random >> 56) as u8
        };
        let body: Vec<u8> = (0..300_000).map(|_| next()).collect();
        let mut packed = Vec::new();
        assert!(Packer::default().pack(&body, &mut packed));
        let mut read = Vec::new();
        GzDecoder::new(&*packed).read_to_end(&mut read).unwrap();
        assert!(read == body);
    }
}
