//! Bytes that are written once and never freed: what every series has of its own.

use std::sync::{Mutex, PoisonError};

/// Bytes that are taken from the allocator at once.
const PIECE: usize = 64 * 1024;

/// What is left of the last piece.
static REST: Mutex<&'static mut [u8]> = Mutex::new(&mut []);

/// Keeps a copy of `bytes` for ever.
pub(super) fn keep(bytes: &[u8]) -> &'static [u8] {
    let mut rest = REST.lock().unwrap_or_else(PoisonError::into_inner);
    if rest.len() < bytes.len() {
        if bytes.len() > PIECE / 8 {
            // What is left is still of use to others.
            return Box::leak(bytes.into());
        }
        *rest = Box::leak(vec![0; PIECE].into_boxed_slice());
    }
    match std::mem::take(&mut *rest).split_at_mut_checked(bytes.len()) {
        Some((kept, left)) => {
            *rest = left;
            kept.copy_from_slice(bytes);
            kept
        }
        None => Box::leak(bytes.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_does_not_change() {
        let texts = (0..20_000).map(|n| format!("{n}").repeat(1 + n % 7).into_bytes());
        let kept: Vec<_> = texts.map(|text| (keep(&text), text)).collect();
        assert!(kept.iter().all(|(kept, text)| *kept == text.as_slice()));
        let long = vec![7; 3 * PIECE];
        assert_eq!(keep(&long), long);
        assert_eq!(keep(&[]), b"");
    }
}
