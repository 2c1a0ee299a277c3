//! Types of the standard library that a macro knows by their last segment, whatever is imported.

/// Text and whole numbers: types with any number of values that print as they are.
const TEXT_AND_NUMBERS: &[&str] = &[
    "str", "String", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize",
];

/// Whether a type is text or a whole number.
pub(crate) fn is_text_or_number(name: &str) -> bool {
    TEXT_AND_NUMBERS.contains(&name)
}
