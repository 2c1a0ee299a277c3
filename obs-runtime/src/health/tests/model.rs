//! The thresholds and the aggregate against plain descriptions of them.

use obs_schema::health::CheckSettings;
use proptest::prelude::*;

use super::*;
use crate::health::Overall;
use crate::health::status::{Health, Status};
use crate::health::tracker::{Run, Tracker};

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![
        Just(Status::Healthy),
        Just(Status::Degraded),
        Just(Status::Unhealthy)
    ]
}

fn run(status: Status) -> Run {
    use crate::health::IntoHealth as _;
    Run {
        health: status.into_health(),
        ended: Instant::now(),
        took: Duration::ZERO,
    }
}

/// The status after all results: whoever reads the documentation would say so.
fn expected(results: &[Status], unhealthy_after: usize, healthy_after: usize) -> Option<Status> {
    let mut status = *results.first()?;
    for end in 2..=results.len() {
        let so_far = &results[..end];
        let last = so_far[end - 1];
        let in_a_row = |count: usize, bad: bool| {
            let rows = so_far
                .iter()
                .rev()
                .take_while(|one| (**one == Status::Unhealthy) == bad);
            rows.count() >= count
        };
        status = match (last, status) {
            (Status::Unhealthy, _) if in_a_row(unhealthy_after, true) => Status::Unhealthy,
            (Status::Unhealthy, before) => before,
            (good, Status::Unhealthy) if in_a_row(healthy_after, false) => good,
            (_, Status::Unhealthy) => Status::Unhealthy,
            (good, _) => good,
        };
    }
    Some(status)
}

proptest! {
    #[test]
    fn thresholds(
        results in prop::collection::vec(status(), 0..40),
        unhealthy_threshold in 1u32..5,
        healthy_threshold in 1u32..5,
    ) {
        let settings = CheckSettings { unhealthy_threshold, healthy_threshold, ..CheckSettings::DEFAULT };
        let mut tracker = Tracker::default();
        for (at, result) in results.iter().enumerate() {
            let before = tracker.status();
            let change = tracker.note(run(*result), &settings);
            let now = expected(&results[..=at], unhealthy_threshold as usize, healthy_threshold as usize);
            prop_assert_eq!(tracker.status(), now);
            prop_assert_eq!(change.is_some(), before != now);
        }
        prop_assert_eq!(tracker.runs, results.len() as u64);
    }

    #[test]
    fn the_aggregate_is_never_better_than_a_part(
        checks in prop::collection::vec((prop::option::of(status()), any::<bool>()), 0..20)
    ) {
        let parts = checks.iter().map(|(status, critical)| Overall::of_check(*status, *critical));
        let whole = Overall::worst(parts.clone());
        prop_assert!(parts.clone().all(|part| part <= whole));
        prop_assert!(checks.is_empty() || parts.into_iter().any(|part| part == whole));
        let fails = |(status, critical): &(Option<Status>, bool)| {
            *critical && !matches!(status, Some(Status::Healthy | Status::Degraded))
        };
        prop_assert_eq!(whole == Overall::Unhealthy, checks.iter().any(fails));
    }
}

#[test]
fn the_table() {
    use Overall::{Critical, Healthy, Unhealthy, Warning};
    let all = [
        Some(Status::Healthy),
        Some(Status::Degraded),
        Some(Status::Unhealthy),
        None,
    ];
    let row = |critical| all.map(|status| Overall::of_check(status, critical));
    assert_eq!(row(true), [Healthy, Critical, Unhealthy, Unhealthy]);
    assert_eq!(row(false), [Healthy, Warning, Warning, Healthy]);
}

#[test]
fn a_result_has_bounds() {
    let mut health = Health::unhealthy("é".repeat(2_000));
    for number in 0..100 {
        health = health.with(format!("n{number}"), "x".repeat(5_000));
    }
    let health = health.tidied(None);
    assert!(health.message().len() <= 1_024);
    assert_eq!(health.details().len(), 32);
    assert!(
        health
            .details()
            .iter()
            .all(|(_, value)| value.to_string().len() <= 1_024)
    );
}
