use obs_runtime::service;

#[service]
trait Shop {
    fn open(&self) {}
}

struct Corner;

impl Shop for Corner {}

fn main() {
    Corner.open();
}
