//! Getting the text of the configuration file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use obs_schema::Issue;
use obs_schema::value::format_size;

/// Larger files are no configuration.
pub(super) const MAX_BYTES: u64 = 1 << 20;

/// Why there is no text.
#[derive(Debug)]
pub(super) enum NoText {
    /// The file could not be read.
    File(Issue),
    /// Its content is no text: the line and column of the first byte that is not.
    Content(u32, u32, Issue),
}

/// The text of a file, without a byte order mark.
pub(super) fn read(path: &Path) -> Result<String, NoText> {
    let bytes = bytes(path).map_err(|error| NoText::File(unreadable(path, &error)))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(NoText::File(Issue::new(
            "file.size",
            "",
            format!(
                "`{}` is larger than {}",
                path.display(),
                format_size(MAX_BYTES)
            ),
            "name a configuration file",
        )));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        }),
        Err(error) => Err(not_utf8(error.as_bytes(), error.utf8_error().valid_up_to())),
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(path: &Path, error: &io::Error) -> Issue {
    let path = path.display();
    let (message, help) = match error.kind() {
        io::ErrorKind::NotFound => (
            format!("there is no file `{path}`"),
            "correct the path or leave it out",
        ),
        io::ErrorKind::PermissionDenied => (
            format!("this process may not read `{path}`"),
            "change the permissions of the file or the user of the process",
        ),
        kind => (format!("`{path}` cannot be read: {kind}"), ""),
    };
    Issue::new("file.unreadable", "", message, help)
}

fn not_utf8(bytes: &[u8], at: usize) -> NoText {
    let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    let issue = Issue::new(
        "file.encoding",
        "",
        "the file is not UTF-8",
        "save it as UTF-8",
    );
    NoText::Content(line as u32, column as u32, issue)
}
