//! One line every few seconds, and a summary at the end.

use std::fmt;
use std::time::{Duration, Instant};

use super::output::say;
use super::traffic::{Counts, Traffic};

/// The time between two lines.
pub const INTERVAL: Duration = Duration::from_secs(5);

/// Prints a line every [`INTERVAL`], for as long as it is polled.
pub async fn report(traffic: &Traffic, start: Instant) {
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + INTERVAL, INTERVAL);
    loop {
        ticks.tick().await;
        let window = traffic.take_window();
        say(line(start.elapsed(), &window, INTERVAL));
    }
}

/// A line about the requests of a window.
pub fn line<'a>(at: Duration, window: &'a Counts, length: Duration) -> impl fmt::Display + 'a {
    fmt::from_fn(move |f| {
        write!(
            f,
            "{:>6} s  {:>7} requests  {:>7.1}/s  {:>5} refused  {:>4} failed   p50 {:>7}  p95 {:>7}  p99 {:>7}",
            at.as_secs(),
            window.requests,
            window.requests as f64 / length.as_secs_f64(),
            window.refused,
            window.failed,
            millis(window.quantile(0.5)),
            millis(window.quantile(0.95)),
            millis(window.quantile(0.99)),
        )
    })
}

/// What the whole run came to.
pub fn summary(total: &Counts, ran: Duration) -> impl fmt::Display + '_ {
    fmt::from_fn(move |f| {
        let share = |part: u64| 100.0 * part as f64 / (total.requests.max(1)) as f64;
        writeln!(f, "ran for    {:.1} s", ran.as_secs_f64())?;
        writeln!(
            f,
            "requests   {} ({:.1}/s)",
            total.requests,
            total.requests as f64 / ran.as_secs_f64().max(f64::MIN_POSITIVE)
        )?;
        writeln!(
            f,
            "refused    {} ({:.1} %)",
            total.refused,
            share(total.refused)
        )?;
        writeln!(
            f,
            "failed     {} ({:.1} %)",
            total.failed,
            share(total.failed)
        )?;
        write!(
            f,
            "durations  p50 {}, p95 {}, p99 {}",
            millis(total.quantile(0.5)),
            millis(total.quantile(0.95)),
            millis(total.quantile(0.99)),
        )
    })
}

fn millis(duration: Option<Duration>) -> String {
    match duration.map(|duration| duration.as_secs_f64() * 1e3) {
        None => "-".to_owned(),
        Some(ms) if ms < 10.0 => format!("{ms:.1} ms"),
        Some(ms) => format!("{ms:.0} ms"),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    fn traffic() -> Traffic {
        let traffic = Traffic::default();
        for status in [
            StatusCode::CREATED,
            StatusCode::CONFLICT,
            StatusCode::BAD_GATEWAY,
        ] {
            traffic.add(status, Duration::from_millis(20));
        }
        traffic
    }

    #[test]
    fn a_line_tells_the_window() {
        let window = traffic().take_window();
        let line = line(Duration::from_secs(15), &window, INTERVAL).to_string();
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(
            words[..9],
            [
                "15", "s", "3", "requests", "0.6/s", "1", "refused", "1", "failed"
            ]
        );
    }

    #[test]
    fn an_idle_window_has_no_durations() {
        let line = line(INTERVAL, &Counts::default(), INTERVAL).to_string();
        assert!(line.contains("0 requests"), "{line}");
        assert!(line.ends_with('-'), "{line}");
    }

    #[test]
    fn the_summary_tells_the_run() {
        let summary = summary(&traffic().total(), Duration::from_secs(2)).to_string();
        assert!(summary.contains("requests   3 (1.5/s)"), "{summary}");
        assert!(summary.contains("failed     1 (33.3 %)"), "{summary}");
    }
}
