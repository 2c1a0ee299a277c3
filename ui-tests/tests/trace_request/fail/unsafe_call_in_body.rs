use obs_runtime::trace_request;

#[trace_request("place")]
fn place(value: &[u8]) -> Result<&str, String> {
    Ok(std::str::from_utf8_unchecked(value))
}

fn main() {
    let _ = place(b"a");
}
