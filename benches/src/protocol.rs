//! What the driver and a contender's process say to each other: a line each time, over pipes.
//!
//! Lines of the process begin with a mark, so that nothing that a library prints is taken for an
//! answer.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::case::{Allocations, Finish, Sample};

const MARK: &str = "@bench ";

/// What the driver asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// One round.
    Round(Body),
    /// The allocations per operation.
    Allocations,
    /// The final checks; the process ends.
    Finish,
}

/// What the process answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is warm.
    Ready,
    /// A round.
    Round(Sample),
    /// The allocations.
    Allocations(Allocations),
    /// All checks hold.
    Finish(Finish),
    /// Something is wrong.
    Failed(String),
}

impl Request {
    /// The line for it.
    #[must_use]
    pub fn line(self) -> String {
        match self {
            Self::Round(body) => format!("round {}", body.as_str()),
            Self::Allocations => "allocations".to_owned(),
            Self::Finish => "finish".to_owned(),
        }
    }

    /// What a line asks for.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        match line.trim().split_once(' ') {
            Some(("round", body)) => Some(Self::Round(Body::parse(body)?)),
            None if line.trim() == "allocations" => Some(Self::Allocations),
            None if line.trim() == "finish" => Some(Self::Finish),
            _ => None,
        }
    }
}

/// Answers.
///
/// # Errors
///
/// If the driver has gone away.
pub fn answer(out: &mut impl Write, answer: &Answer) -> std::io::Result<()> {
    let text = serde_json::to_string(answer)?;
    writeln!(out, "{MARK}{text}")?;
    out.flush()
}

/// Reads up to the next answer.
///
/// # Errors
///
/// If the process ended before, or said something else than an answer after the mark.
pub fn read_answer(lines: &mut impl BufRead) -> std::io::Result<Answer> {
    let mut line = String::new();
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(text) = line.strip_prefix(MARK) {
            return Ok(serde_json::from_str(text)?);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Request, answer, read_answer};
    use crate::body::Body;
    use crate::case::Sample;

    #[test]
    fn requests_are_read_as_they_were_written() {
        for request in [
            Request::Round(Body::Long),
            Request::Allocations,
            Request::Finish,
        ] {
            assert_eq!(Request::parse(&request.line()), Some(request));
        }
        assert_eq!(Request::parse("round sideways"), None);
    }

    #[test]
    fn answers_are_found_among_other_lines() {
        let mut pipe = b"a library says hello\n".to_vec();
        let sample = Sample {
            base: 1.5,
            with: 2.25,
        };
        answer(&mut pipe, &Answer::Round(sample)).unwrap();
        let mut lines = pipe.as_slice();
        match read_answer(&mut lines).unwrap() {
            Answer::Round(read) => assert_eq!(read, sample),
            other => panic!("{other:?}"),
        }
        assert!(read_answer(&mut lines).is_err());
    }
}
