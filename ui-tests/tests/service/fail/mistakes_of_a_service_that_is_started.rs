use obs_runtime::service;

#[service(nmae = "shop", monitoring(tracing(sampler = 2), logging(correlation = true)))]
struct Shop;

#[service(monitoring = "default")]
struct Stock<T>(T);

#[service(name = "payment")]
enum Payment {
    Open,
}

#[service]
impl Shop {
    fn open(&self) {}
}

fn main() {
    Shop.open();
    let _ = (Stock(1), Payment::Open);
    let _ = obs_runtime::start::<Shop>();
    let _ = obs_runtime::start::<Stock<u8>>();
    let _ = obs_runtime::start::<Payment>();
}
