use obs_runtime::{timed, trace_request, track_db_query};

#[trace_request("place ", slow = "1", labels(user = user, le = id), attributes(order = odrer), colour = "red")]
#[timed(buckets = [2.0, 1.0])]
#[track_db_query]
const fn place(user: &str, id: u64, order: u64) -> u64 {
    id + order + user.len() as u64
}

fn main() {
    let _: u64 = place("ada", 1, 2);
}
