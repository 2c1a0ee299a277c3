use obs_runtime::timed;

#[timed]
union Bits {
    a: u32,
}

fn main() {
    let _ = Bits { a: 1 };
}
