use proptest::prelude::*;

use super::*;

/// From the slowest virtual counter to the fastest TSC.
fn rates() -> impl Strategy<Value = Rate> {
    (1_000_000_u64..6_000_000_000).prop_map(|rate| Rate::new(rate).unwrap())
}

/// Fifty years; the ticks of the fastest counter fit in 64 bits for nearly a hundred.
const LONG: u64 = 50 * 365 * 24 * 3600 * NANOS;

proptest! {
    #[test]
    fn there_and_back_is_within_a_tick(rate in rates(), nanos in 0..LONG) {
        let ticks = rate.ticks_in(Duration::from_nanos(nanos));
        let tick = NANOS.div_ceil(rate.per_second());
        prop_assert!(rate.to_nanos(ticks).abs_diff(nanos) <= tick);
    }

    #[test]
    fn it_is_what_a_division_says(rate in rates(), ticks: u64) {
        let per_second = u128::from(rate.per_second());
        let exact = u128::from(ticks) * u128::from(NANOS);
        let nearest = (exact + per_second / 2) / per_second;
        let nearest = u64::try_from(nearest).unwrap_or(u64::MAX);
        prop_assert!(rate.to_nanos(ticks).abs_diff(nearest) <= 1);
        // For a month and more it is the same but at the very middle between two.
        let short = ticks >> 10;
        let exact = u128::from(short) * u128::from(NANOS);
        let off = (u128::from(rate.to_nanos(short)) * per_second).abs_diff(exact);
        prop_assert!(off <= per_second / 2 + per_second / 512 + 1, "{off} of {per_second}");
    }

    #[test]
    fn longer_is_never_less(rate in rates(), a in 0..LONG, b in 0..LONG) {
        let (shorter, longer) = (a.min(b), a.max(b));
        prop_assert!(rate.to_nanos(shorter) <= rate.to_nanos(longer));
        let ticks = |nanos| rate.ticks_in(Duration::from_nanos(nanos));
        prop_assert!(ticks(shorter) <= ticks(longer));
    }

    #[test]
    fn a_duration_of_a_bound_is_not_above_it(rate in rates(), nanos in 0..10_u64.pow(13)) {
        let bound = rate.ticks_in_seconds(nanos as f64 / NANOS as f64);
        let ticks = rate.ticks_in(Duration::from_nanos(nanos));
        prop_assert!(ticks <= bound, "{ticks} above {bound}");
    }
}

#[test]
fn whole_milliseconds_are_exact_at_a_rate_in_kilohertz() {
    let rate = Rate::new(2_596_144_000).unwrap();
    for millis in [1, 5, 250, 86_400_000] {
        let duration = Duration::from_millis(millis);
        let ticks = rate.ticks_in(duration);
        assert_eq!(ticks, millis * 2_596_144);
        assert_eq!(rate.to_nanos(ticks), millis * 1_000_000);
        assert_eq!(rate.ticks_in_seconds(duration.as_secs_f64()), ticks);
    }
}

#[test]
fn what_does_not_fit_is_the_most_there_is() {
    let rate = Rate::new(3_000_000_000).unwrap();
    assert_eq!(rate.ticks_in(Duration::MAX), u64::MAX);
    assert_eq!(Rate::new(1).unwrap().to_nanos(u64::MAX), u64::MAX);
    assert_eq!(Rate::new(0), None);
}
