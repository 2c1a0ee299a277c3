use obs_runtime::{debug_trace, service};

struct Shop;

#[service]
impl Shop {
    #[service(skip)]
    #[debug_trace("payments")]
    fn pay(&self) {}
}

fn main() {
    Shop.pay();
}
