//! The numbers of payment cards: 13 to 19 digits of a known issuer that satisfy Luhn's formula.
//!
//! One long number in ten satisfies the formula by chance. What an issuer's numbers begin with and how long they are
//! leaves most of those alone, times and counters among them.
//!
//! Source: ISO/IEC 7812-1, and the issuers' ranges as they publish them.

use std::ops::Range;

/// First and last prefix of four digits, and the least and greatest number of digits.
const ISSUERS: &[(u32, u32, usize, usize)] = &[
    (2200, 2204, 16, 19), // Mir
    (2221, 2720, 16, 16), // Mastercard
    (3000, 3059, 14, 19), // Diners Club
    (3095, 3095, 14, 19),
    (3400, 3499, 15, 15), // American Express
    (3528, 3589, 16, 19), // JCB
    (3600, 3699, 14, 19), // Diners Club
    (3700, 3799, 15, 15), // American Express
    (3800, 3999, 14, 19), // Diners Club
    (4000, 4999, 13, 13), // Visa
    (4000, 4999, 16, 16),
    (4000, 4999, 19, 19),
    (5000, 5099, 13, 19), // Maestro, RuPay
    (5100, 5599, 16, 16), // Mastercard
    (5600, 5899, 13, 19), // Maestro
    (6000, 6999, 13, 19), // Discover, UnionPay, Maestro, RuPay
    (8100, 8299, 16, 16), // UnionPay, RuPay
    (9792, 9792, 16, 16), // Troy
];

/// How the digits are grouped on a card; a number in one piece is not grouped.
const GROUPINGS: &[&[usize]] = &[
    &[4, 4, 4, 4, 3],
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4, 1],
];

const MAX_DIGITS: usize = 19;
pub(super) const MIN_DIGITS: usize = 13;
/// The longest number with what separates its groups.
const MAX_NUMBER: usize = MAX_DIGITS + 4;

/// Numbers below have fewer digits than a card's.
const MIN_NUMBER: u64 = 1_000_000_000_000;

/// Whether a number is that of a card.
pub(super) fn is_card(number: u64) -> bool {
    if number < MIN_NUMBER {
        return false;
    }
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number).bytes();
    let mut card = Digits::default();
    digits.for_each(|digit| card.push(digit));
    card.is_card()
}

/// Bytes between two that are looked at: of a row as long as a card's number there are three.
const STRIDE: usize = 4;

/// What a card's number is made of.
static IN_NUMBER: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = is_in_number(byte as u8);
        byte += 1;
    }
    table
};

const fn is_in_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b' ' | b'-')
}

/// `false` if no card's number is in these bytes for certain.
pub(super) fn may_be_in(bytes: &[u8]) -> bool {
    let mut last = 0_u32;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        last = (last << 1) | u32::from(IN_NUMBER[usize::from(*byte)]);
        if last & 0b111 == 0b111 && goes_over(bytes, at) {
            return true;
        }
        at += STRIDE;
    }
    false
}

/// Whether a card's number goes over `at`.
#[cold]
fn goes_over(bytes: &[u8], at: usize) -> bool {
    let (before, after) = bytes.split_at_checked(at).unwrap_or_default();
    let before = before.iter().rev().take(MAX_NUMBER);
    let before = before.take_while(|byte| is_in_number(**byte));
    let after = after.iter().take(MAX_NUMBER);
    let after = after.take_while(|byte| is_in_number(**byte));
    let digits =
        |row: &mut dyn Iterator<Item = &u8>| row.filter(|byte| byte.is_ascii_digit()).count();
    if digits(&mut before.clone()) + digits(&mut after.clone()) < MIN_DIGITS {
        return false;
    }
    // In the middle of a number that is too long.
    if before
        .clone()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
        > MAX_DIGITS
    {
        return false;
    }
    let mut from = at - before.count();
    while from <= at {
        match bytes.get(from) {
            Some(byte) if byte.is_ascii_digit() => match find(bytes, from) {
                Ok(_) => return true,
                Err(end) => from = end,
            },
            _ => from += 1,
        }
    }
    false
}

/// Looks at the digits that begin at `at`. The number of a card there; otherwise, where they end.
pub(super) fn find(bytes: &[u8], at: usize) -> Result<Range<usize>, usize> {
    let end = group_end(bytes, at);
    let whole = end - at >= MIN_DIGITS;
    if !(whole || end - at == 4) || is_inside_word(bytes, at) {
        return Err(end);
    }
    let found = if whole {
        in_one_piece(bytes, at, end)
    } else {
        GROUPINGS
            .iter()
            .find_map(|groups| grouped(bytes, at, groups))
    };
    found.ok_or(end)
}

fn in_one_piece(bytes: &[u8], at: usize, end: usize) -> Option<Range<usize>> {
    let mut card = Digits::default();
    card.extend(bytes.get(at..end)?);
    (card.is_card() && !is_word(bytes, end)).then_some(at..end)
}

fn grouped(bytes: &[u8], at: usize, groups: &[usize]) -> Option<Range<usize>> {
    let mut card = Digits::default();
    let mut end = at;
    for (index, len) in groups.iter().enumerate() {
        if index > 0 {
            matches!(bytes.get(end)?, b' ' | b'-').then_some(())?;
            end += 1;
        }
        let group = bytes.get(end..end + len)?;
        group.iter().all(u8::is_ascii_digit).then_some(())?;
        card.extend(group);
        end += len;
    }
    // A group more makes it another number.
    let goes_on = is_word(bytes, end) || (bytes.get(end) == Some(&b'-') && is_word(bytes, end + 1));
    let began_before = at > 1 && bytes.get(at - 1) == Some(&b'-') && is_word(bytes, at - 2);
    (!goes_on && !began_before && card.is_card()).then_some(at..end)
}

fn group_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Whether the digits at `at` belong to what is before them: a word, the whole part of a fraction, or the `+` of a
/// telephone number.
fn is_inside_word(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return false;
    };
    let fraction = at > 1
        && bytes.get(before) == Some(&b'.')
        && bytes.get(at - 2).is_some_and(u8::is_ascii_digit);
    fraction || bytes.get(before) == Some(&b'+') || is_word(bytes, before)
}

fn is_word(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(u8::is_ascii_alphanumeric)
}

/// The digits of a number, if it has no more than a card's.
#[derive(Default)]
struct Digits {
    digits: [u8; MAX_DIGITS],
    len: usize,
}

impl Digits {
    fn extend(&mut self, digits: &[u8]) {
        digits.iter().for_each(|digit| self.push(*digit));
    }

    fn push(&mut self, digit: u8) {
        if let Some(place) = self.digits.get_mut(self.len) {
            *place = digit.wrapping_sub(b'0');
        }
        self.len += 1;
    }

    fn is_card(&self) -> bool {
        let Some(digits) = self.digits.get(..self.len) else {
            return false;
        };
        let prefix = digits
            .iter()
            .take(4)
            .fold(0, |prefix, digit| prefix * 10 + u32::from(*digit));
        let issued = ISSUERS.iter().any(|&(first, last, min, max)| {
            (first..=last).contains(&prefix) && (min..=max).contains(&self.len)
        });
        issued && satisfies_luhn(digits)
    }
}

/// From the last digit on, every second one is doubled, and the sum of all their digits ends in 0.
fn satisfies_luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u8| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let values = digits.iter().rev().enumerate();
    let sum: u32 = values
        .map(|(place, digit)| {
            u32::from(if place % 2 == 1 {
                doubled(*digit)
            } else {
                *digit
            })
        })
        .sum();
    sum.is_multiple_of(10)
}
