//! autometrics: an attribute that measures calls.

use autometrics::autometrics;
use autometrics::prometheus_exporter::encode_to_string;
use autometrics::settings::AutometricsSettings;

use super::{BOUNDS, Entry};
use crate::body::{FAILING, Failed, body, each};
use crate::case::{Case, equal};
use crate::exposition;
use crate::paired::Paired;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    contender: "autometrics",
    scenario: "red",
    how: "#[autometrics(track_concurrency)], its default backend",
    set_up: red,
}];

#[inline(never)]
#[autometrics(track_concurrency)]
fn measured(input: u64) -> Result<u64, Failed> {
    body(input)
}

fn red() -> Box<dyn Case> {
    AutometricsSettings::builder()
        .histogram_buckets(BOUNDS.to_vec())
        .init();
    assert!(measured(FAILING).is_err());
    Paired::new(
        |inputs| each(inputs, measured),
        |given| {
            let text = encode_to_string().map_err(|error| error.to_string())?;
            let calls = |result| exposition::sum(&text, "function_calls_total", &[result]) as u64;
            let durations =
                exposition::sum(&text, "function_calls_duration_seconds_count", &[]) as u64;
            Ok(equal("calls ok", given.with, calls("result=\"ok\""))?
                .and(equal("calls error", 1, calls("result=\"error\""))?)
                .and(equal("durations", given.with + 1, durations)?))
        },
    )
    .boxed()
}
