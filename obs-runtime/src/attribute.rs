//! Values of span attributes.

use std::borrow::Cow;
use std::fmt::{Debug, Display, Write};

use crate::hot::body::{self, Body, Item, Raw, Text};
use crate::hot::segment;

/// A value that a span attribute can have.
///
/// Numbers, `bool` and strings are kept as they are, `None` leaves the attribute out, and
/// everything else is written as text by [`display`] or [`debug`] (`%value` and `?value` in an
/// attribute macro).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of an attribute",
    label = "not an attribute value",
    note = "write `%value` for its `Display` form or `?value` for its `Debug` form"
)]
pub trait AttributeValue {
    /// Hands the value over.
    fn attribute_value(&self) -> AttributeRef<'_>;
}

/// A borrowed attribute value.
#[derive(Clone, Copy)]
pub enum AttributeRef<'a> {
    /// Nothing: the attribute is left out.
    None,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number that is not negative. OpenTelemetry has none beyond [`i64::MAX`]: these are text.
    Uint(u64),
    /// A real number.
    Float(f64),
    /// A text.
    Str(&'a str),
    /// A text that has yet to be written, by `Display`.
    Display(&'a dyn Display),
    /// A text that has yet to be written, by `Debug`.
    Debug(&'a dyn Debug),
}

impl Debug for AttributeRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(value) => Debug::fmt(value, f),
            Self::Int(value) => Debug::fmt(value, f),
            Self::Uint(value) => Debug::fmt(value, f),
            Self::Float(value) => Debug::fmt(value, f),
            Self::Str(value) => Debug::fmt(value, f),
            Self::Display(value) => value.fmt(f),
            Self::Debug(value) => value.fmt(f),
        }
    }
}

/// A value written by its `Display`.
#[derive(Debug, Clone, Copy)]
pub struct Displayed<T>(pub T);

/// A value written by its `Debug`.
#[derive(Debug, Clone, Copy)]
pub struct Debugged<T>(pub T);

/// Makes an attribute of anything that implements `Display`.
pub fn display<T: Display>(value: T) -> Displayed<T> {
    Displayed(value)
}

/// Makes an attribute of anything that implements `Debug`.
pub fn debug<T: Debug>(value: T) -> Debugged<T> {
    Debugged(value)
}

impl<T: Display> AttributeValue for Displayed<T> {
    fn attribute_value(&self) -> AttributeRef<'_> {
        AttributeRef::Display(&self.0)
    }
}

impl<T: Debug> AttributeValue for Debugged<T> {
    fn attribute_value(&self) -> AttributeRef<'_> {
        AttributeRef::Debug(&self.0)
    }
}

impl<T: AttributeValue + ?Sized> AttributeValue for &T {
    fn attribute_value(&self) -> AttributeRef<'_> {
        (**self).attribute_value()
    }
}

impl<T: AttributeValue + ?Sized> AttributeValue for &mut T {
    fn attribute_value(&self) -> AttributeRef<'_> {
        (**self).attribute_value()
    }
}

impl<T: AttributeValue + ?Sized> AttributeValue for Box<T> {
    fn attribute_value(&self) -> AttributeRef<'_> {
        (**self).attribute_value()
    }
}

impl<T: AttributeValue + ?Sized> AttributeValue for std::sync::Arc<T> {
    fn attribute_value(&self) -> AttributeRef<'_> {
        (**self).attribute_value()
    }
}

impl<T: AttributeValue> AttributeValue for Option<T> {
    fn attribute_value(&self) -> AttributeRef<'_> {
        self.as_ref().map_or(AttributeRef::None, T::attribute_value)
    }
}

macro_rules! attribute_values {
    ($($type:ty => |$value:ident| $reference:expr;)+) => {$(
        impl AttributeValue for $type {
            #[inline]
            fn attribute_value(&self) -> AttributeRef<'_> {
                let $value = self;
                $reference
            }
        }
    )+};
}

attribute_values! {
    bool => |value| AttributeRef::Bool(*value);
    i8 => |value| AttributeRef::Int(i64::from(*value));
    i16 => |value| AttributeRef::Int(i64::from(*value));
    i32 => |value| AttributeRef::Int(i64::from(*value));
    i64 => |value| AttributeRef::Int(*value);
    isize => |value| AttributeRef::Int(*value as i64);
    u8 => |value| AttributeRef::Int(i64::from(*value));
    u16 => |value| AttributeRef::Int(i64::from(*value));
    u32 => |value| AttributeRef::Int(i64::from(*value));
    u64 => |value| AttributeRef::Uint(*value);
    usize => |value| AttributeRef::Uint(*value as u64);
    u128 => |value| u64::try_from(*value).map_or(AttributeRef::Display(value), AttributeRef::Uint);
    i128 => |value| i64::try_from(*value).map_or(AttributeRef::Display(value), AttributeRef::Int);
    f32 => |value| AttributeRef::Float(f64::from(*value));
    f64 => |value| AttributeRef::Float(*value);
    char => |value| AttributeRef::Display(value);
    str => |value| AttributeRef::Str(value);
    String => |value| AttributeRef::Str(value);
    Cow<'_, str> => |value| AttributeRef::Str(value);
}

/// Adds an attribute to the span `span` of the open trace. Formatting runs the program's code, so
/// it is done before the segment is touched.
pub(crate) fn record(span: u64, key: &str, value: AttributeRef<'_>) {
    with_raw(value, |raw| {
        segment::with_current(|body, _| {
            let key = body.keep(key);
            let value = raw.keep(body);
            if let (Some(key), Some(value)) = (key, value) {
                body.add(Item::Attribute { span, key, value });
            }
        });
    });
}

/// The same with a key that is part of the program. Inlined, so that the kind of the value is known; what it
/// calls takes numbers, which need not be put together and taken apart again.
#[inline(always)]
pub(crate) fn record_static(span: u64, key: &'static str, value: AttributeRef<'_>) {
    match value {
        AttributeRef::None => {}
        AttributeRef::Bool(value) => record_bool(span, key, value),
        AttributeRef::Int(value) => record_int(span, key, value),
        AttributeRef::Uint(value) => record_uint(span, key, value),
        AttributeRef::Float(value) => record_float(span, key, value),
        AttributeRef::Str(value) => record_str(span, key, value),
        AttributeRef::Display(value) => record_display(span, key, value),
        AttributeRef::Debug(value) => record_debug(span, key, value),
    }
}

#[inline(never)]
fn record_bool(span: u64, key: &'static str, value: bool) {
    add(span, key, Raw::Bool(value));
}

#[inline(never)]
fn record_int(span: u64, key: &'static str, value: i64) {
    add(span, key, Raw::Int(value));
}

#[inline(never)]
fn record_float(span: u64, key: &'static str, value: f64) {
    add(span, key, Raw::Float(value));
}

#[inline(never)]
fn record_uint(span: u64, key: &'static str, value: u64) {
    match i64::try_from(value) {
        Ok(value) => add(span, key, Raw::Int(value)),
        Err(_) => record_display(span, key, &value),
    }
}

#[inline(never)]
fn record_str(span: u64, key: &'static str, value: &str) {
    record_ready(span, key, Ready::Str(value));
}

#[inline(never)]
fn record_display(span: u64, key: &'static str, value: &dyn Display) {
    record_str(span, key, &written(format_args!("{value}")));
}

#[inline(never)]
fn record_debug(span: u64, key: &'static str, value: &dyn Debug) {
    record_str(span, key, &written(format_args!("{value:?}")));
}

#[inline(always)]
fn add(span: u64, key: &'static str, value: Raw) {
    let key = Text::Static(key);
    segment::add(Item::Attribute { span, key, value });
}

/// The same with a value that needs no formatting.
pub(crate) fn record_ready(span: u64, key: &'static str, value: Ready<'_>) {
    segment::with_current(|body, _| {
        if let Some(value) = value.keep(body) {
            body.add(Item::Attribute {
                span,
                key: Text::Static(key),
                value,
            });
        }
    });
}

/// A value that needs no more of the program's code.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ready<'a> {
    Raw(Raw),
    Str(&'a str),
}

impl Ready<'_> {
    /// Puts the value into a segment.
    pub(crate) fn keep(self, body: &mut Body) -> Option<Raw> {
        match self {
            Ready::Raw(raw) => Some(raw),
            Ready::Str(text) => body.keep(text).map(Raw::Text),
        }
    }
}

/// Makes a value ready and hands it on, unless there is none.
pub(crate) fn with_raw(value: AttributeRef<'_>, use_value: impl FnOnce(Ready<'_>)) {
    match value {
        AttributeRef::None => {}
        AttributeRef::Bool(value) => use_value(Ready::Raw(Raw::Bool(value))),
        AttributeRef::Int(value) => use_value(Ready::Raw(Raw::Int(value))),
        AttributeRef::Uint(value) => match i64::try_from(value) {
            Ok(value) => use_value(Ready::Raw(Raw::Int(value))),
            Err(_) => use_value(Ready::Str(&value.to_string())),
        },
        AttributeRef::Float(value) => use_value(Ready::Raw(Raw::Float(value))),
        AttributeRef::Str(value) => use_value(Ready::Str(value)),
        AttributeRef::Display(value) => use_value(Ready::Str(&written(format_args!("{value}")))),
        AttributeRef::Debug(value) => use_value(Ready::Str(&written(format_args!("{value:?}")))),
    }
}

/// A value that has been formatted and belongs to nobody else.
#[derive(Debug, Clone)]
pub(crate) enum Formatted {
    /// Needs no text of its own.
    Raw(Raw),
    /// A text.
    Text(String),
}

impl Formatted {
    /// The value, ready for a segment.
    pub(crate) fn as_ready(&self) -> Ready<'_> {
        match self {
            Self::Raw(raw) => Ready::Raw(*raw),
            Self::Text(text) => Ready::Str(text),
        }
    }
}

/// Formats a value. `None` if there is none.
pub(crate) fn format(value: AttributeRef<'_>) -> Option<Formatted> {
    let mut formatted = None;
    with_raw(value, |ready| {
        formatted = Some(match ready {
            Ready::Raw(raw) => Formatted::Raw(raw),
            Ready::Str(text) => Formatted::Text(text.to_owned()),
        });
    });
    formatted
}

/// The text of `arguments`, cut at the size that a segment keeps. A `Display` that fails leaves what
/// it has written so far.
pub(crate) fn written(arguments: std::fmt::Arguments<'_>) -> String {
    let mut text = Bounded(String::new());
    let _ = text.write_fmt(arguments);
    text.0
}

/// Takes no more than [`body::MAX_VALUE`] bytes, so that an endless `Display` ends.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, part: &str) -> std::fmt::Result {
        let room = body::MAX_VALUE - self.0.len();
        let kept = body::cut(part, room);
        self.0.push_str(kept);
        if kept.len() < part.len() {
            Err(std::fmt::Error)
        } else {
            Ok(())
        }
    }
}
