use obs_runtime::{Counter, Family, Label, Labels, Metrics, counted};

#[derive(Label)]
enum Never {}

#[derive(Labels)]
struct Calls {
    never: Never,
}

#[derive(Metrics)]
struct Shop {
    /// Requests.
    requests_total: Family<Counter, Calls>,
}

#[counted(labels(never = never))]
fn call(never: &Never) -> Calls {
    match *never {}
}

fn main() {
    let _ = (call, &Shop::get().requests_total, |calls: Calls| calls.never);
}
