use obs_runtime::service;

struct Shop;

impl Shop {
    #[service(skip)]
    fn open(&self) {}
}

fn main() {
    Shop.open();
}
