use obs_runtime::track_db_query;

#[track_db_query("select", labels(db_system_name = fast))]
fn place(fast: bool) {
    let _ = fast;
}

fn main() {
    place(true);
}
