use obs_runtime::health_check;

#[health_check("database")]
fn database<T: Default + PartialEq>() -> bool {
    T::default() == T::default()
}

fn main() {}
