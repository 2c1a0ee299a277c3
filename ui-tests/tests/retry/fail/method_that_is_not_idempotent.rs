use obs_runtime::{Rejected, retry, track_external_api};

#[track_external_api("payments", method = "POST")]
#[retry]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
