//! What the receiver says of each record.

use serde::Deserialize;

use crate::export::delivery::Answer;

/// Characters of the name of an error that are shown.
const SHOWN: usize = 100;

/// The answer to a request that was read.
#[derive(Deserialize)]
struct Bulk {
    errors: bool,
    /// One for each record, in order.
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    create: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    status: u16,
    error: Option<Failure>,
}

/// The answer to a request that was not.
#[derive(Deserialize)]
struct Refusal {
    error: Failure,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// What an answer to so many records means. A record of which it does not say that it is there is worth another
/// attempt: by its id it will not be there twice.
pub(super) fn judge(body: &[u8], sent: usize) -> Answer {
    let Ok(Bulk { errors, items }) = serde_json::from_slice(body) else {
        let why = "the answer is not one of `_bulk`".to_owned();
        return Answer::Later { after: None, why };
    };
    let mut open = Vec::new();
    let mut rejected = 0;
    // Why the first of them was rejected or, if none was, has to wait.
    let (mut refused, mut delayed) = (None, None);
    // Some that speak this protocol leave the list out when everything is well.
    let listed = if errors || !items.is_empty() { sent } else { 0 };
    for at in 0..listed {
        match items.get(at).map(|item| &item.create) {
            // There already: a request before this one brought it.
            Some(Outcome {
                status: 200..=299 | 409,
                ..
            }) => {}
            Some(outcome) if outcome.status == 429 || outcome.status >= 500 => {
                open.push(at);
                delayed.get_or_insert_with(|| outcome.why());
            }
            Some(outcome) => {
                rejected += 1;
                refused.get_or_insert_with(|| outcome.why());
            }
            None => {
                open.push(at);
                delayed.get_or_insert_with(|| "the answer leaves records out".to_owned());
            }
        }
    }
    let why = refused.or(delayed).unwrap_or_default();
    if open.is_empty() {
        Answer::Taken { rejected, why }
    } else if open.len() == sent {
        Answer::Later { after: None, why }
    } else {
        Answer::SomeLater {
            items: open,
            rejected,
            why,
        }
    }
}

/// The name of the error for which a whole request was refused.
pub(super) fn error(body: &[u8]) -> Option<String> {
    let refusal: Refusal = serde_json::from_slice(body).ok()?;
    refusal.error.name()
}

impl Outcome {
    fn why(&self) -> String {
        match self.error.as_ref().and_then(Failure::name) {
            Some(error) => format!("{}: {error}", self.status),
            None => self.status.to_string(),
        }
    }
}

impl Failure {
    /// What kind it is, if that is a name: all else may repeat what was sent.
    fn name(&self) -> Option<String> {
        let kind = self.kind.as_deref()?;
        let is_name = kind.len() <= SHOWN
            && kind
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_name.then(|| kind.to_owned())
    }
}
