use proptest::prelude::*;

use super::*;

/// A reading of a counter of that rate at a moment; the counter is read `off` ticks late or early, which the
/// width has to allow.
fn reading(rate: u64, nanos: u64, width: u64, off: f64) -> Paired<Duration> {
    let exact = u128::from(nanos) * u128::from(rate) / u128::from(NANOS);
    let late = (width as f64 / 2.0 * off) as i64;
    Paired {
        counter: (exact as u64 + 1_000_000).saturating_add_signed(late),
        reference: Duration::from_nanos(nanos),
        width,
    }
}

proptest! {
    #[test]
    fn an_estimate_is_off_by_no_more_than_it_says(
        rate in 500_000_000_u64..6_000_000_000,
        nanos in 100_000_u64..1_000_000_000,
        widths in (0_u64..100_000, 0_u64..100_000),
        offs in (-1.0_f64..1.0, -1.0_f64..1.0),
    ) {
        let start = reading(rate, 0, widths.0, offs.0);
        let end = reading(rate, nanos, widths.1, offs.1);
        let Some(estimate) = Estimate::between(&start, &end) else {
            // Then the readings overlap.
            prop_assert!(u128::from(nanos) * u128::from(rate) / u128::from(NANOS) <= u128::from(widths.0 + widths.1));
            return Ok(());
        };
        let off = estimate.rate.per_second().abs_diff(rate);
        // Rounding to kilohertz and to whole ticks adds its own.
        let rounding = 500 + rate / (nanos * rate / NANOS).max(1);
        let allowed = u128::from(estimate.rate.per_second()) * u128::from(estimate.error_ppm) / 1_000_000;
        prop_assert!(u128::from(off) <= allowed + u128::from(rounding), "{off} of {rate}: {estimate:?}");
    }
}

#[test]
fn readings_at_the_same_time_tell_nothing() {
    let one = reading(3_000_000_000, 500, 80, 0.0);
    assert!(Estimate::between(&one, &one).is_none());
    let earlier = reading(3_000_000_000, 100, 80, 0.0);
    assert!(Estimate::between(&one, &earlier).is_none());
}

#[test]
fn the_rate_of_this_machine_is_the_same_over_a_longer_time() {
    let rate = measure().expect("no steady reading in ten milliseconds");
    let start = paired(counter::read, reference);
    std::thread::sleep(Duration::from_millis(200));
    let longer = Estimate::between(&start, &paired(counter::read, reference)).unwrap();
    let off = longer.rate.per_second().abs_diff(rate.per_second());
    let ppm = off * 1_000_000 / rate.per_second();
    assert!(
        ppm <= ACCEPTED_PPM + longer.error_ppm,
        "{rate:?} against {longer:?}"
    );
}
