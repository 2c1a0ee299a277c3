use obs_runtime::trace_request;

struct NotPlaced;

#[trace_request("place")]
fn place(user: &str) -> Result<u64, NotPlaced> {
    Ok(user.parse::<u64>()?)
}

fn main() {
    let _ = place("1");
}
