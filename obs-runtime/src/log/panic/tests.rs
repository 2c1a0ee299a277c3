use super::without_machinery;

const TRACE: &str = "   0: std::backtrace::Backtrace::capture
   1: obs_runtime::log::panic::describe
             at ./obs-runtime/src/log/panic.rs:90:17
   2: std::sys::backtrace::__rust_end_short_backtrace
             at /rustc/1/library/std/src/sys/backtrace.rs:174:18
   3: __rustc::rust_begin_unwind
   4: core::panicking::panic_fmt
   5: shop::charge
             at ./src/shop.rs:7:5
";

#[test]
fn a_trace_begins_where_the_program_panicked() {
    let (_, expected) = TRACE.split_at(TRACE.find("   3: ").unwrap());
    assert_eq!(without_machinery(TRACE), expected);
}

#[test]
fn a_trace_of_another_form_stays_whole() {
    let cut = TRACE.find("   3: ").unwrap();
    for trace in [
        "",
        "   0: main\n",
        "<unknown>",
        "   2: __rust_end_short_backtrace",
        &TRACE[..cut],
    ] {
        assert_eq!(without_machinery(trace), trace);
    }
}
