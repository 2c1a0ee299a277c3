//! Compiles every file of `<macro>/pass` and `<macro>/fail` and compares what the compiler says.
//!
//! After a change of a message: `TRYBUILD=overwrite cargo test -p ui-tests`, then read each `.stderr`.

#[test]
fn the_compiler_says_what_to_type() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/*/pass/*.rs");
    cases.compile_fail("tests/*/fail/*.rs");
}
