use obs_runtime::counted;

trait Shop {
    #[counted]
    async fn open(&self);
}

impl Shop for u8 {
    async fn open(&self) {}
}

fn main() {
    drop(1u8.open());
}
