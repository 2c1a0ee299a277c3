//! A decimal number with a unit behind it, read without floating point.

/// `1.5` of something, exactly: 15 and one decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) digits: u128,
    pub(super) decimals: u32,
}

impl Decimal {
    /// This many of a unit that is `scale` of the smallest unit. The second value says
    /// whether a part below the smallest unit was cut off. `None` on overflow.
    pub(super) const fn times(self, scale: u64) -> Option<(u128, bool)> {
        let Some(scaled) = self.digits.checked_mul(scale as u128) else {
            return None;
        };
        let Some(divisor) = 10u128.checked_pow(self.decimals) else {
            // More decimals than any number has digits: nothing is left of it.
            return Some((0, scaled != 0));
        };
        Some((scaled / divisor, scaled % divisor != 0))
    }
}

/// Reads digits with at most one `.` between them. Gives the number and what follows it.
/// `Err(true)` is an overflow, `Err(false)` no number.
pub(super) const fn read(text: &str) -> Result<(Decimal, &str), bool> {
    let bytes = text.as_bytes();
    let mut number = Decimal {
        digits: 0,
        decimals: 0,
    };
    let mut point = false;
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i].is_ascii_digit() {
            number.digits = match number.digits.checked_mul(10) {
                Some(digits) => digits,
                None => return Err(true),
            };
            number.digits = match number.digits.checked_add((bytes[i] - b'0') as u128) {
                Some(digits) => digits,
                None => return Err(true),
            };
            number.decimals += point as u32;
        } else if bytes[i] == b'.' && !point {
            point = true;
        } else {
            break;
        }
        i += 1;
    }
    let ends_in_digit = i > 0 && bytes[i - 1].is_ascii_digit();
    if !ends_in_digit || bytes[0] == b'.' {
        return Err(false);
    }
    Ok((number, text.split_at(i).1))
}

/// The part of `text` before the next digit, and the rest.
pub(super) const fn unit(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() && !bytes[i].is_ascii_digit() && bytes[i] != b'.' {
        i += 1;
    }
    text.split_at(i)
}
