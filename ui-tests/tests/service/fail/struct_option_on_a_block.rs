use obs_runtime::service;

struct Shop;

#[service(name = "shop")]
impl Shop {
    fn open(&self) {}
}

fn main() {
    Shop.open();
}
