use super::*;

const _: () = assert!(check_duration_buckets(DEFAULT_DURATION_BUCKETS).is_ok());
const _: () = assert!(check_duration_buckets(HTTP_DURATION_BUCKETS).is_ok());
const _: () = assert!(check_objectives(DEFAULT_OBJECTIVES).is_ok());
const _: () = assert!(check_buckets(&[f64::NAN]).is_err());

fn buckets(bounds: &[f64]) -> String {
    check_duration_buckets(bounds).unwrap_err().to_string()
}

fn objectives(objectives: &[(f64, f64)]) -> String {
    check_objectives(objectives).unwrap_err().to_string()
}

#[test]
fn the_default_covers_the_conventions() {
    assert!(
        HTTP_DURATION_BUCKETS
            .iter()
            .all(|bound| DEFAULT_DURATION_BUCKETS.contains(bound))
    );
}

#[test]
fn bounds_that_are_refused() {
    assert_eq!(
        buckets(&[]),
        "`buckets` is empty; leave it out for the default, or write `buckets = [0.01, 0.1, 1.0]`"
    );
    assert_eq!(
        buckets(&[0.1, f64::NAN]),
        "bucket 2 is not a number; write a finite number"
    );
    assert_eq!(
        buckets(&[0.1, f64::INFINITY]),
        "bucket 2 is infinite; leave it out, `+Inf` is always there"
    );
    assert_eq!(
        buckets(&[1.0, 0.5]),
        "buckets must increase, but 0.5 follows 1; sort them and remove duplicates"
    );
    assert_eq!(
        buckets(&[1.0, 1.0]),
        "buckets must increase, but 1 follows 1; sort them and remove duplicates"
    );
    assert_eq!(
        buckets(&[0.0, 1.0]),
        "a duration bucket must be above 0, got 0; write the bounds in seconds"
    );
    let many: Vec<f64> = (1..=101).map(f64::from).collect();
    assert_eq!(
        buckets(&many),
        "a histogram has at most 100 buckets, this one has 101; use wider steps"
    );
    assert!(check_buckets(&many[..100]).is_ok());
}

#[test]
fn bounds_below_zero_are_fine_for_other_histograms() {
    assert_eq!(check_buckets(&[-10.0, 0.0, 10.0]), Ok(()));
}

#[test]
fn objectives_that_are_refused() {
    assert_eq!(
        objectives(&[]),
        "`objectives` is empty; leave it out for the default, or write `objectives = [(0.5, 0.05), (0.99, 0.001)]`",
    );
    assert_eq!(
        objectives(&[(99.0, 0.1)]),
        "a quantile must be between 0 and 1, got 99; write percentiles as fractions: `0.99` for the 99th",
    );
    assert_eq!(
        objectives(&[(-0.5, 0.1)]),
        "a quantile must be between 0 and 1, got -0.5; write `0.5` for the median"
    );
    assert_eq!(
        objectives(&[(f64::NAN, 0.1)]),
        "a quantile must be between 0 and 1, got NaN; write `0.5` for the median"
    );
    assert_eq!(
        objectives(&[(0.5, 1.0)]),
        "the error of a quantile must be above 0 and below 1, got 1; write `0.01` for one percent of the rank",
    );
    assert_eq!(
        objectives(&[(0.9, 0.01), (0.5, 0.01)]),
        "quantiles must increase, but 0.5 follows 0.9; sort them and remove duplicates",
    );
}

#[test]
fn a_position_is_that_of_the_wrong_element() {
    assert_eq!(
        check_buckets(&[1.0, 2.0, 2.0]).unwrap_err().position(),
        Some(2)
    );
    assert_eq!(check_buckets(&[]).unwrap_err().position(), None);
}
