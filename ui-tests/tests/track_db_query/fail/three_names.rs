use obs_runtime::track_db_query;

#[track_db_query("select", "events", "sqlite")]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
