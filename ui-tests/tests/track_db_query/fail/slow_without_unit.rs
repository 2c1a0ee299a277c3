use obs_runtime::track_db_query;

#[track_db_query("select", slow = "5")]
fn place() {}

fn main() {
    place();
}
