use obs_runtime::trace_request;

#[trace_request("place")]
async fn place(user: u64) -> Result<u64, String> {
    if user > 1 {
        return user.to_string();
    }
    Ok(user)
}

fn main() {
    drop(place(1));
}
