use proptest::prelude::*;

use super::super::number;

fn canonical(value: f64) -> String {
    let mut out = Vec::new();
    number::canonical(value, &mut out);
    String::from_utf8(out).unwrap()
}

fn real(value: f64) -> String {
    let mut out = Vec::new();
    number::real(value, &mut out);
    String::from_utf8(out).unwrap()
}

/// The table of OpenMetrics 1.0, "Considerations: Canonical Numbers".
#[test]
fn bounds_are_written_as_the_specification_wants() {
    for (value, text) in [
        (0.0, "0.0"),
        (0.001, "0.001"),
        (0.002, "0.002"),
        (0.01, "0.01"),
        (0.1, "0.1"),
        (0.9, "0.9"),
        (0.95, "0.95"),
        (0.99, "0.99"),
        (0.999, "0.999"),
        (1.0, "1.0"),
        (1.7, "1.7"),
        (10.0, "10.0"),
        (1e-10, "1e-10"),
        (1e-9, "1e-09"),
        (1e-5, "1e-05"),
        (1e-4, "0.0001"),
        (100_000.0, "100000.0"),
        (1e6, "1e+06"),
        (123_456_789.0, "1.23456789e+08"),
        (1e10, "1e+10"),
        (2.5e-5, "2.5e-05"),
        (-40.0, "-40.0"),
        (f64::INFINITY, "+Inf"),
    ] {
        assert_eq!(canonical(value), text);
    }
}

#[test]
fn values_are_short() {
    for (value, text) in [
        (0.0, "0"),
        (-0.5, "-0.5"),
        (3.0, "3"),
        (1e15, "1000000000000000"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "+Inf"),
        (f64::NEG_INFINITY, "-Inf"),
    ] {
        assert_eq!(real(value), text);
    }
    assert!(real(f64::MAX).len() < 25 && real(f64::MIN_POSITIVE).len() < 25);
}

proptest! {
    #[test]
    fn every_number_reads_back(value: f64) {
        prop_assume!(value.is_finite());
        prop_assert_eq!(canonical(value).parse::<f64>().unwrap(), value);
        prop_assert_eq!(real(value).parse::<f64>().unwrap(), value);
        prop_assert!(canonical(value).contains(['.', 'e']));
    }
}
