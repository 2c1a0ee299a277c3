//! The results for programs.

use std::path::Path;

use super::model::Report;

/// Writes the report to a file.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write(report: &Report, path: &Path) -> std::io::Result<()> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    std::fs::write(path, text)
}
