//! What can be a label.

use std::borrow::Cow;

use obs_schema::def::LabelDef;

use crate::series::SeriesKey;

/// A type with a closed set of values, fit for a label: derive it for a fieldless enum.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use obs_runtime::Label;
///
/// #[derive(Label, Clone, Copy)]
/// enum Payment {
///     Card,
///     #[label(rename = "sepa")]
///     DirectDebit,
/// }
///
/// assert_eq!(Payment::VALUES, ["card", "sepa"]);
/// assert_eq!(Payment::DirectDebit.as_str(), "sepa");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a closed set of label values",
    label = "this type can have any number of values",
    note = "derive `obs_runtime::Label` for a fieldless enum, or cap free text with `max_series = N`"
)]
pub trait Label {
    /// Every value, in the order of [`index`](Self::index).
    const VALUES: &'static [&'static str];

    /// The position of this value in [`VALUES`](Self::VALUES).
    fn index(&self) -> usize;

    /// This value.
    fn as_str(&self) -> &'static str {
        Self::VALUES.get(self.index()).copied().unwrap_or("")
    }
}

impl Label for bool {
    const VALUES: &'static [&'static str] = &["false", "true"];

    fn index(&self) -> usize {
        usize::from(*self)
    }
}

impl<L: Label + ?Sized> Label for &L {
    const VALUES: &'static [&'static str] = L::VALUES;

    fn index(&self) -> usize {
        (**self).index()
    }
}

/// A type that can be printed as a label value, finite or not. With such a label the number of
/// series is capped.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a label",
    label = "not a label value",
    note = "labels are strings, whole numbers, `bool`, and enums that derive `obs_runtime::Label`"
)]
pub trait LabelText {
    /// The value of the label.
    fn label_text(&self) -> Cow<'_, str>;
}

impl<L: Label> LabelText for L {
    fn label_text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.as_str())
    }
}

macro_rules! text_labels {
    ($($type:ty => |$value:ident| $text:expr;)+) => {$(
        impl LabelText for $type {
            fn label_text(&self) -> Cow<'_, str> {
                let $value = self;
                $text
            }
        }
    )+};
}

text_labels! {
    str => |value| Cow::Borrowed(value);
    &str => |value| Cow::Borrowed(value);
    String => |value| Cow::Borrowed(value);
    &String => |value| Cow::Borrowed(value);
    Box<str> => |value| Cow::Borrowed(value);
    std::sync::Arc<str> => |value| Cow::Borrowed(value);
    Cow<'_, str> => |value| Cow::Borrowed(value);
    u8 => |value| Cow::Owned(value.to_string());
    u16 => |value| Cow::Owned(value.to_string());
    u32 => |value| Cow::Owned(value.to_string());
    u64 => |value| Cow::Owned(value.to_string());
    usize => |value| Cow::Owned(value.to_string());
    i8 => |value| Cow::Owned(value.to_string());
    i16 => |value| Cow::Owned(value.to_string());
    i32 => |value| Cow::Owned(value.to_string());
    i64 => |value| Cow::Owned(value.to_string());
    isize => |value| Cow::Owned(value.to_string());
}

/// A set of labels of a metric family: derive it for a struct.
///
/// A field whose type implements [`Label`] has a closed set of values. Free text needs
/// `max_series`: that many values get series of their own, the rest share `__overflow__`.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use obs_runtime::{Counter, Family, Label, Labels, Metrics};
///
/// #[derive(Label)]
/// enum Status { Sent, Bounced }
///
/// #[derive(Labels)]
/// struct Mail {
///     status: Status,
///     #[label(rename = "recipient_domain", max_series = 200)]
///     domain: String,
/// }
///
/// #[derive(Metrics)]
/// struct MailMetrics {
///     /// Mails by status and domain of the recipient.
///     mails_total: Family<Counter, Mail>,
/// }
///
/// let mail = Mail { status: Status::Sent, domain: "example.org".to_owned() };
/// MailMetrics::get().mails_total.with(&mail).inc();
/// assert_eq!(Mail::LABELS[1].name, "recipient_domain");
/// # let _ = Status::Bounced;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of labels",
    note = "derive `obs_runtime::Labels` for a struct with one field per label"
)]
pub trait Labels {
    /// The labels in the order of the fields.
    const LABELS: &'static [LabelDef];

    /// Calls `use_key` with the key of the series that these values name.
    fn with_key<R>(&self, use_key: impl FnOnce(SeriesKey<'_>) -> R) -> R;
}
