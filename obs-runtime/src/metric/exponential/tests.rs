//! Counting finely against counting twice.

use proptest::prelude::*;

use super::*;

pub(crate) const DECLARED: &[f64] = &[-2.5, 0.001, 0.25, 0.3, 10.0];

/// What values counted in fine buckets say.
pub(crate) fn counted(unit: &str, values: &[f64]) -> (Vec<u64>, Exponential) {
    let grid: &'static Grid = if unit == "seconds" {
        &DURATIONS
    } else {
        &VALUES
    };
    let fine = Fine::new(grid, DECLARED);
    let mut counts = vec![0; fine.bounds().len() + 1];
    for value in values {
        counts[fine.bounds().partition_point(|bound| bound < value)] += 1;
    }
    fine.split(&counts)
}

/// Whether a value is in a cell, as the data model has it.
fn is_in(cell: Cell, grid: &Grid, value: f64) -> bool {
    let between = |power: Power, value: f64| {
        let above = Power {
            index: power.index + 1,
            ..power
        };
        value > power.low() && (value <= above.low() || above.low().is_infinite())
    };
    match cell {
        Cell::Zero => value.abs() <= grid.zero_threshold,
        Cell::Positive(power) => between(power, value),
        Cell::Negative(power) => between(power, -value),
    }
}

/// Values of all sizes, and those that are bounds.
pub(crate) fn values() -> impl Strategy<Value = f64> {
    let power = (-30..40_i32, prop::bool::ANY);
    prop_oneof![
        (-30.0..45.0_f64).prop_map(f64::exp2),
        (-30.0..45.0_f64).prop_map(|exponent| -exponent.exp2()),
        power.prop_map(|(exponent, sign)| 2.0_f64.powi(exponent) * if sign { 1.0 } else { -1.0 }),
        prop::num::f64::NORMAL,
        Just(0.0),
    ]
}

proptest! {
    #[test]
    fn every_value_is_in_its_declared_bucket_and_in_its_cell(values in prop::collection::vec(values(), 0..40)) {
        let (declared, exponential) = counted("bytes", &values);
        let mut expected = vec![0; DECLARED.len() + 1];
        let mut cells = vec![0; VALUES.cells.len()];
        for value in &values {
            expected[DECLARED.partition_point(|bound| bound < value)] += 1;
            let cell = |cell: &Cell| is_in(*cell, &VALUES, *value);
            prop_assert_eq!(VALUES.cells.iter().filter(|one| cell(one)).count(), 1);
            cells[VALUES.cells.iter().position(cell).unwrap()] += 1;
        }
        prop_assert_eq!(declared, expected);
        prop_assert_eq!(exponential.counts, cells);
    }

    #[test]
    fn what_is_added_can_be_taken_away(
        one in prop::collection::vec(values(), 0..20),
        other in prop::collection::vec(values(), 0..20),
    ) {
        let of = |values: &[f64]| counted("bytes", values).1;
        let both = of(&one).plus(&of(&other)).unwrap();
        prop_assert_eq!(&both, &of(&[one.clone(), other.clone()].concat()));
        #[cfg(feature = "otlp")]
        prop_assert_eq!(both.since(&of(&one)).unwrap(), of(&other));
    }
}

#[test]
fn the_bounds_of_a_scale_are_its_powers() {
    let low = |scale, index| Power { scale, index }.low();
    assert_eq!([low(0, -3), low(0, 0), low(0, 5)], [0.125, 1.0, 32.0]);
    assert_eq!([low(-4, 4), low(-2, -1)], [2.0_f64.powi(64), 0.0625]);
    assert_eq!([low(3, 8), low(3, -8), low(3, 0)], [2.0, 0.5, 1.0]);
    assert!((low(3, -3) - 2.0_f64.powf(-0.375)).abs() < 1e-15);
    for grid in [&DURATIONS, &VALUES] {
        assert!(grid.bounds.is_sorted_by(|a, b| a < b));
        assert_eq!(grid.cells.len(), grid.bounds.len() + 1);
    }
}

#[test]
fn grids_that_differ_are_not_added() {
    let (_, durations) = counted("seconds", &[1.0]);
    let (_, values) = counted("bytes", &[1.0]);
    assert_eq!(durations.plus(&values), None);
}
