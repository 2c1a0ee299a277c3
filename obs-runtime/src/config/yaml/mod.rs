//! The layer of the configuration file.

mod document;
mod file;
mod mapping;
mod reader;

use std::path::Path;

use self::document::Place;
use self::file::NoText;
use self::reader::Reader;
use super::merge::Merge;
use super::problem::{Origin, Problem};

/// Lays the file at `path` over the settings. `named_by` is what a missing file is blamed on.
pub(super) fn apply_file(merge: &mut Merge, path: &Path, named_by: Origin) {
    let mut reader = Reader::new(merge, &path.display().to_string());
    match file::read(path) {
        Ok(text) => reader.apply(&text),
        Err(NoText::File(issue)) => merge.refuse(named_by, issue),
        Err(NoText::Content(line, column, issue)) => reader.fail(Place { line, column }, issue),
    }
    merge.problems.sort_by_key(line);
}

/// Mistakes of a file are shown in the order of its lines.
fn line(problem: &Problem) -> (u32, u32) {
    match problem.origin {
        Origin::File { line, column, .. } => (line, column),
        _ => (0, 0),
    }
}
