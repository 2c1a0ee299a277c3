use obs_runtime::service;

struct Shop;

#[service]
impl Shop {
    #[service(ignore)]
    fn open(&self) {}
}

fn main() {
    Shop.open();
}
