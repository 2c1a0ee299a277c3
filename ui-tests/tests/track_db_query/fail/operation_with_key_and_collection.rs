use obs_runtime::track_db_query;

#[track_db_query(operation = "select", "events")]
fn place() {}

fn main() {
    place();
}
