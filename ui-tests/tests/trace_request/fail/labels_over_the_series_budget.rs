use obs_runtime::trace_request;

#[trace_request("place", labels(user = user, tenant = tenant, max_series = 50))]
fn place(user: &str, tenant: &str) -> Result<usize, ()> {
    Ok(user.len() + tenant.len())
}

fn main() {
    let _ = place("", "");
}
