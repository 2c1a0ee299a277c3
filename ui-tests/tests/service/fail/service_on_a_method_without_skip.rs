use obs_runtime::service;

struct Shop;

#[service]
impl Shop {
    #[service]
    fn open(&self) {}
}

fn main() {
    Shop.open();
}
