use obs_runtime::{trace_request, track_db_query};

#[trace_request("place")]
#[track_db_query(system = "sqlite")]
fn place() {}

fn main() {
    place();
}
