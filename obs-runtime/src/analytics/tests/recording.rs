//! Events of the whole program. Other tests record as well, so each has names of its own.

use super::super::{Entry, RETENTION, summary};
use crate::context::RequestContext;
use crate::metric::Registry;
use crate::metric::encode::Format;

fn exposition() -> String {
    String::from_utf8(Registry::global().scrape(Format::TEXT)).unwrap()
}

#[test]
fn an_event_is_in_the_summary_and_a_model_in_the_metrics() {
    let entry = Entry {
        user: Some("ada"),
        model: Some("analytics-recording-model"),
        tokens_in: 1_200,
        tokens_out: 300,
        ..Entry::of("analytics_recording")
    };
    entry.record();
    entry.record();
    let seen = summary(RETENTION);
    let event = seen
        .by_event
        .iter()
        .find(|one| one.name == "analytics_recording");
    assert_eq!(event.unwrap().count, 2);
    assert!(seen.users.count >= 1);
    let text = exposition();
    for line in [
        "analytics_model_requests_total{model=\"analytics-recording-model\"} 2\n",
        "analytics_model_tokens_total{model=\"analytics-recording-model\",direction=\"in\"} 2400\n",
        "analytics_model_tokens_total{model=\"analytics-recording-model\",direction=\"out\"} 600\n",
        "\nanalytics_users ",
        "\nobs_analytics_bytes ",
        "\nobs_analytics_dropped_total{reason=\"names\"} ",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[test]
fn the_user_of_the_request_is_the_user_of_the_event() {
    const USERS: u64 = 400;
    let before = summary(RETENTION).users.count;
    for n in 0..USERS {
        let _inside = RequestContext::new()
            .with_user_id(format!("grace {n}"))
            .enter();
        Entry::of("analytics_by_request").record();
    }
    assert!(summary(RETENTION).users.count >= before + USERS);
}
