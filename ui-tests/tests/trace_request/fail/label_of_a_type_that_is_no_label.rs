use obs_runtime::trace_request;

#[derive(Clone, Copy)]
enum Kind {
    Card,
}

#[trace_request("place", labels(kind = kind))]
fn place(kind: Kind) -> u8 {
    kind as u8
}

fn main() {
    let _ = place(Kind::Card);
}
