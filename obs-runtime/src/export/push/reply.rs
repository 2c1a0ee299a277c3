//! What receivers of metrics say when something is wrong.

use http::StatusCode;

use crate::export::client::Reply;
use crate::export::delivery::Answer;

/// Characters of an explanation that are shown.
const SHOWN: usize = 200;

/// What a reply means that is no success: 429 and everything from 500 on are worth another attempt.
pub(super) fn failure(reply: &Reply) -> Option<Answer> {
    let again =
        |status: StatusCode| status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
    let failure = reply.failure(again)?;
    Some(match failure {
        Answer::Refused { .. } => Answer::Refused { why: reason(reply) },
        other => other,
    })
}

/// The status and the beginning of what the receiver says about it, on one line.
pub(super) fn reason(reply: &Reply) -> String {
    let text = String::from_utf8_lossy(&reply.body);
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let line: String = words.join(" ").chars().take(SHOWN).collect();
    if line.is_empty() {
        reply.status.to_string()
    } else {
        format!("{}: {line}", reply.status)
    }
}
