//! An event, as it is counted.

use std::borrow::Cow;

use crate::context;

/// An event that happened, with what it is counted by. Texts are cut at 128 bytes.
///
/// See the [module](super) for an example.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry<'a> {
    /// What happened: a name in snake case, such as `order_placed`.
    pub event: &'a str,
    /// Who did it. `None` for the user of the [request at hand](crate::context), if there is one.
    pub user: Option<&'a str>,
    /// The feature of the program that was used.
    pub feature: Option<&'a str>,
    /// What went wrong, in as few different words as possible.
    pub error: Option<&'a str>,
    /// The model that was asked.
    pub model: Option<&'a str>,
    /// Tokens that it was given. They count only with a model.
    pub tokens_in: u64,
    /// Tokens that it answered with. They count only with a model.
    pub tokens_out: u64,
}

impl<'a> Entry<'a> {
    /// An event with nothing but its name.
    #[must_use]
    pub fn of(event: &'a str) -> Self {
        Self {
            event,
            ..Self::default()
        }
    }

    /// Counts it. Neither fails nor waits for a reader.
    pub fn record(&self) {
        super::recording(|| self.count());
    }

    /// The same inside a turn.
    pub(crate) fn count(&self) {
        let user = match self.user {
            Some(user) => Some(Cow::Borrowed(user)),
            None => context::user_id().map(Cow::Owned),
        };
        super::record(&Entry {
            user: user.as_deref(),
            ..*self
        });
    }
}
