//! As much of HTTP as a receiver of telemetry needs.

use std::io::{self, BufRead};

/// Reads a request, and returns the bytes of its body; `None` at the end of the connection.
///
/// # Errors
///
/// If the connection breaks, or a length is none.
pub fn read_request(reader: &mut impl BufRead) -> io::Result<Option<usize>> {
    let Some(length) = read_head(reader)? else {
        return Ok(None);
    };
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(length))
}

/// Reads a request up to its body, and returns the bytes of that; `None` at the end of the connection.
///
/// # Errors
///
/// If the connection breaks, or a length is none.
pub fn read_head(reader: &mut impl BufRead) -> io::Result<Option<usize>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(text) = line.strip_prefix("content-length: ") {
            length = text.parse().map_err(io::Error::other)?;
        }
        if line.is_empty() {
            return Ok(Some(length));
        }
    }
}
