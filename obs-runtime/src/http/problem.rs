//! What an endpoint answers when it cannot do what it was asked.

use std::borrow::Cow;

use ::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

/// An answer of the form `{"error": code, "message": text}`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    /// A stable word for programs.
    code: &'static str,
    /// What is wrong, then what to do.
    message: Cow<'static, str>,
    /// The names that would have been right.
    known: Vec<String>,
    header: Option<Box<(HeaderName, HeaderValue)>>,
}

impl Problem {
    pub(super) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            known: Vec::new(),
            header: None,
        }
    }

    /// The input cannot be used.
    pub(super) fn bad(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// There is nothing of this name.
    pub(super) fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// Something that must not happen did.
    pub(super) fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }

    pub(super) fn with_known(self, known: Vec<String>) -> Self {
        Self { known, ..self }
    }

    pub(super) fn with_header(self, name: HeaderName, value: HeaderValue) -> Self {
        Self {
            header: Some(Box::new((name, value))),
            ..self
        }
    }

    /// A header of the answer.
    pub(super) fn take_header(&mut self) -> Option<(HeaderName, HeaderValue)> {
        self.header.take().map(|header| *header)
    }

    /// The body of the answer.
    pub(super) fn body(&self) -> Value {
        let mut body = json!({"error": self.code, "message": self.message});
        if let (Some(fields), false) = (body.as_object_mut(), self.known.is_empty()) {
            fields.insert("known".to_owned(), json!(self.known));
        }
        body
    }
}
