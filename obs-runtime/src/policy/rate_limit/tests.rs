use std::time::Duration;

use proptest::prelude::*;

use super::bucket::Bucket;
use super::*;
use crate::testing::virtual_clock;

/// A bucket that is filled drop by drop, as it is in the textbook: what it holds is counted in parts of a permit, one for
/// each tick of the interval.
struct Model {
    level: i128,
    at: u64,
    interval: i128,
    most: i128,
}

impl Model {
    fn new(interval: u64, burst: u32) -> Self {
        let interval = i128::from(interval);
        let most = interval * i128::from(burst);
        Self {
            level: most,
            at: 0,
            interval,
            most,
        }
    }

    /// How long a call has to wait, if it is let through.
    fn take(&mut self, now: u64, patience: u64) -> Option<u64> {
        self.level = (self.level + i128::from(now - self.at)).min(self.most);
        self.at = now;
        let missing = (self.interval - self.level).max(0) as u64;
        if missing > patience {
            return None;
        }
        self.level -= self.interval;
        Some(missing)
    }

    fn available(&self) -> u64 {
        (self.level.max(0) / self.interval) as u64
    }
}

proptest! {
    #[test]
    fn a_bucket_does_what_the_textbook_says(
        interval in 1u64..50,
        burst in 1u32..6,
        steps in prop::collection::vec((0u64..60, prop::sample::select(vec![0u64, 1, 30, 200])), 1..200),
    ) {
        let bucket = Bucket::new(interval, burst);
        let mut model = Model::new(interval, burst);
        let mut now = 0;
        for (later, patience) in steps {
            now += later;
            let got = bucket.take(now, patience);
            prop_assert_eq!(got.ok().map(|turn| turn.wait), model.take(now, patience));
            prop_assert_eq!(bucket.available(now), model.available());
            if let Err(left) = got {
                // Whoever comes back as it was told is let through, if nobody else comes meanwhile.
                let Ok(turn) = bucket.take(now + left, patience) else {
                    return Err(TestCaseError::fail("it came back in time"));
                };
                prop_assert!(bucket.give_back(turn));
                prop_assert_eq!(bucket.take(now + left - 1, patience), Err(1));
            }
        }
    }

    #[test]
    fn no_time_has_more_calls_than_a_burst_and_the_rate_allow(
        interval in 1u64..50,
        burst in 1u32..6,
        steps in prop::collection::vec((0u64..20, any::<bool>()), 1..200),
    ) {
        let bucket = Bucket::new(interval, burst);
        let mut begun: Vec<u64> = Vec::new();
        let mut now = 0;
        for (later, is_given_back) in steps {
            now += later;
            let Ok(turn) = bucket.take(now, 40) else { continue };
            if !(is_given_back && bucket.give_back(turn)) {
                begun.push(now + turn.wait);
            }
        }
        begun.sort_unstable();
        for (at, from) in begun.iter().enumerate() {
            for (calls, to) in (1u64..).zip(&begun[at..]) {
                prop_assert!(calls <= u64::from(burst) + (to - from) / interval, "{begun:?}");
            }
        }
    }
}

#[test]
fn what_is_given_back_is_there_again_unless_others_came_since() {
    let bucket = Bucket::new(10, 1);
    let first = bucket.take(100, 0).unwrap();
    assert!(bucket.give_back(first));
    let first = bucket.take(100, 0).unwrap();
    let second = bucket.take(100, 50).unwrap();
    assert_eq!(second.wait, 10);
    assert!(
        !bucket.give_back(first),
        "the second was told when to begin"
    );
    assert!(bucket.give_back(second));
    assert_eq!(bucket.take(100, 0), Err(10));
}

fn limit(calls: u32, burst: u32, wait: Duration) -> RateLimit {
    let settings = RateLimitSettings {
        calls,
        burst,
        wait,
        ..RateLimitSettings::DEFAULT
    };
    assert_eq!(settings.check(), []);
    RateLimit::create(Name::Static("test"), settings)
}

fn told(limit: &RateLimit, admission: Admission) -> u64 {
    let admissions = limit.admissions();
    admissions
        .iter()
        .find(|(one, _)| *one == admission)
        .unwrap()
        .1
}

#[test]
fn calls_beyond_the_rate_are_told_when_to_come_back() {
    let clock = virtual_clock();
    let limit = limit(10, 2, Duration::ZERO);
    assert_eq!(limit.available(), 2);
    limit.enter().unwrap();
    limit.try_enter().unwrap();
    let rejected = limit.enter().unwrap_err();
    assert_eq!(
        (rejected.name(), rejected.reason()),
        ("test", Reason::RateLimited)
    );
    let after = rejected.retry_after().unwrap();
    assert!((99..=100).contains(&after.as_millis()), "{after:?}");
    assert_eq!(
        rejected.to_string(),
        format!("the rate limit `test` is reached; retry in {after:.1?}")
    );
    clock.advance(Duration::from_millis(101));
    limit.enter().unwrap();
    assert_eq!(told(&limit, Admission::Permitted), 3);
    assert_eq!(told(&limit, Admission::Rejected), 1);
}

#[test]
fn a_call_that_may_wait_blocks_its_thread_until_its_turn() {
    let limit = limit(50, 1, Duration::from_secs(1));
    let begun = std::time::Instant::now();
    for _ in 0..3 {
        limit.enter().unwrap();
    }
    assert!(begun.elapsed() >= Duration::from_millis(39));
    assert_eq!(
        (told(&limit, Admission::Permitted), limit.waiting()),
        (3, 0)
    );
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_leaves_its_turn_to_the_next() {
    let _clock = virtual_clock();
    let limit = limit(10, 1, Duration::from_millis(150));
    limit.enter_async().await.unwrap();
    {
        let mut given_up = Box::pin(limit.enter_async());
        assert!(futures::poll!(&mut given_up).is_pending());
        assert_eq!(limit.waiting(), 1);
        // Two tenths of a second are too long.
        assert!(limit.enter_async().await.is_err());
    }
    assert_eq!(
        (told(&limit, Admission::Cancelled), limit.waiting()),
        (1, 0)
    );
    limit.enter_async().await.unwrap();
    assert_eq!(told(&limit, Admission::Permitted), 2);
}

#[test]
fn threads_together_are_let_through_as_often_as_one() {
    let _clock = virtual_clock();
    let limit = limit(1, 1_000, Duration::ZERO);
    let passed = std::sync::atomic::AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    passed.fetch_add(u64::from(limit.enter().is_ok()), Relaxed);
                }
            });
        }
    });
    assert_eq!(passed.into_inner(), 1_000);
}
