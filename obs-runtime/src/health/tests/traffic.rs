//! What calls of a dependency say, against a plain description of it.

use proptest::prelude::*;

use super::*;
use crate::health::status::Status;
use crate::health::traffic::Calls;

const HALF_A_MINUTE: Duration = Duration::from_secs(30);

fn judged(good: u64, bad: u64) -> Option<Status> {
    let calls = Calls { good, bad };
    calls
        .judged("payments", HALF_A_MINUTE)
        .map(|health| health.status())
}

#[test]
fn what_calls_say() {
    let (works, fails) = (Some(Status::Healthy), Some(Status::Unhealthy));
    let degraded = Some(Status::Degraded);
    for (good, bad, expected) in [
        (0, 0, None),
        (4, 0, None),
        (5, 0, works),
        (1_000, 0, works),
        (1_000, 1, None),
        (0, 4, None),
        (0, 5, fails),
        (3, 3, degraded),
        (1, 1_000, degraded),
        (4, 3, None),
        (u64::MAX, u64::MAX, degraded),
    ] {
        assert_eq!(judged(good, bad), expected, "{good} good, {bad} bad");
    }
}

#[test]
fn the_message_has_the_numbers() {
    let calls = Calls { good: 2, bad: 7 };
    let message = |within| calls.judged("payments", within).unwrap();
    assert_eq!(
        message(HALF_A_MINUTE + Duration::from_millis(7)).message(),
        "7 of 9 calls of `payments` failed in the last 30s"
    );
    assert_eq!(
        message(Duration::from_millis(100)).message(),
        "7 of 9 calls of `payments` failed in the last 1s"
    );
}

proptest! {
    #[test]
    fn more_failures_never_make_it_better(good in 0u64..40, bad in 0u64..40) {
        let rank = |found: Option<Status>| match found {
            Some(Status::Healthy) => 0,
            None => 1,
            Some(Status::Degraded) => 2,
            Some(Status::Unhealthy) => 3,
        };
        // Below that the first failure may be what makes them enough to be judged.
        prop_assume!(good + bad >= 5);
        prop_assert!(rank(judged(good, bad)) <= rank(judged(good, bad + 1)));
        prop_assert!(rank(judged(good + 1, bad)) <= rank(judged(good, bad)));
    }
}
