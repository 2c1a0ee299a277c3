//! Functions that would have to wait, with a runtime of obs that has no feature `tokio`.
//!
//! After a change of a message: `TRYBUILD=overwrite cargo test -p ui-tests-without-tokio`, then read each `.stderr`.

#[test]
fn the_compiler_says_which_feature_is_missing() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/pass/*.rs");
    cases.compile_fail("tests/fail/*.rs");
}
