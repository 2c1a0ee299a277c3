#[inline]
fn place() -> u64 {
    #[allow(unused_imports)]
    use obs_runtime::counted as _;
    1
}
::core::compile_error! {
    "the duration `1` has no unit; write `\"1ms\"` or `\"1s\"`"
}
