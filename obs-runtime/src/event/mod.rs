//! Business events: what happens in the program that its owner asks about.
//!
//! A type that derives [`Event`] is one. Each time it is [recorded](Event::record), it becomes a counter, a log record, and
//! a line in the [summary of all events](crate::analytics).

mod field;
mod shown;
mod site;
mod tokens;

pub use obs_schema::event::{EventDef, EventField, Role};

pub use field::FieldValue;
pub(crate) use shown::Shown;
pub use site::EventSite;
pub use tokens::TokenCount;

/// Something that happens in the program, with what is to be known of it: derive it for a struct.
///
/// The name of the struct in snake case is the event, its doc comment the help text of its counter. A field
///
/// * with `#[event(label)]` is a label of the counter, bounded as the labels of every metric are;
/// * with a role is what events are counted by: `#[event(user)]`, `feature`, `error`, `model`, `tokens_in`, `tokens_out`;
/// * with neither is a field of the log record, as all others are too.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use obs_runtime::{Event, Label};
///
/// #[derive(Label, Clone, Copy)]
/// enum Outlet { Web, Phone }
///
/// /// Questions that the assistant answered.
/// #[derive(Event)]
/// struct QuestionAnswered<'a> {
///     #[event(label)]
///     outlet: Outlet,
///     #[event(user)]
///     customer: &'a str,
///     #[event(model, label, max_series = 20)]
///     model: &'a str,
///     #[event(tokens_in)]
///     prompt: u64,
///     #[event(tokens_out)]
///     answer: u64,
///     question_bytes: usize,
/// }
///
/// let event = QuestionAnswered {
///     outlet: Outlet::Web,
///     customer: "ada",
///     model: "large",
///     prompt: 1_200,
///     answer: 300,
///     question_bytes: 5_000,
/// };
/// event.record();
///
/// // question_answered_total{outlet="web",model="large"} 1
/// assert_eq!(QuestionAnswered::DEF.counter.name, "question_answered_total");
/// # let _ = Outlet::Phone;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a business event",
    note = "derive `obs_runtime::Event` for a struct"
)]
pub trait Event {
    /// What is known of the event while compiling.
    const DEF: &'static EventDef;

    /// Counts it, logs it, and adds it to the summary. Neither fails nor blocks; a `Display` or `Debug` of a field that
    /// panics ends that field.
    ///
    /// An event that is recorded while the same thread records another, by the `Display` of a field or by the program's
    /// allocator, is counted by its counter alone, and in `obs_reentrant_skips_total`.
    fn record(&self);
}
