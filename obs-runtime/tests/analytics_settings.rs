//! What a start says about business events.

use obs_runtime::Starter;
use obs_runtime::analytics::{self, Entry, ModelUsage, RETENTION};
use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::metric::snapshot::Value;

fn start(settings: &[(&'static str, &'static str)]) -> obs_runtime::Running {
    let common = [
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS__LOGGING__LEVEL", "off"),
    ];
    let settings = common.into_iter().chain(settings.iter().copied());
    Starter::new(Layers::default().variables(settings))
        .start()
        .unwrap()
}

fn ask(model: &str, tokens_in: u64, tokens_out: u64) {
    Entry {
        model: Some(model),
        tokens_in,
        tokens_out,
        ..Entry::of("asked")
    }
    .record();
}

fn model(name: &str) -> ModelUsage {
    let day = analytics::summary(RETENTION);
    let mut models = day.by_model.into_iter();
    models.find(|model| model.name == name).unwrap()
}

fn cost_in_metrics(model: &str) -> Option<f64> {
    let snapshot = Registry::global().snapshot();
    let family = snapshot.family("analytics_model_cost_total")?;
    match family.with(&[("model", model), ("currency", "EUR")])?.value {
        Value::FloatCounter(cost) => Some(cost),
        _ => None,
    }
}

/// One test, because a program has one configuration at a time.
#[test]
fn prices_currency_and_switch_are_those_of_the_start() {
    let running = start(&[
        ("OBS__ANALYTICS__PRICES", "large*=2.5/10,large-2=1/4"),
        ("OBS__ANALYTICS__CURRENCY", "EUR"),
    ]);
    ask("large-1", 400_000, 100_000);
    ask("large-2", 1_000_000, 1_000_000);
    ask("unheard-of", 7, 7);
    assert_eq!(model("large-1").cost, Some(2.0));
    assert_eq!(model("large-2").cost, Some(5.0));
    assert_eq!(model("unheard-of").cost, None);
    let day = analytics::summary(RETENTION);
    assert_eq!((day.cost, day.currency), (7.0, "EUR"));
    assert_eq!(cost_in_metrics("large-1"), Some(2.0));
    assert_eq!(cost_in_metrics("unheard-of"), None);
    running.shutdown().wait();

    let running = start(&[("OBS__ANALYTICS__ENABLED", "false")]);
    ask("large-1", 400_000, 100_000);
    assert_eq!(model("large-1").requests, 1);
    assert_eq!(cost_in_metrics("large-1"), Some(2.0));
    running.shutdown().wait();
}

#[test]
fn a_price_that_is_none_does_not_start() {
    let layers = Layers::default().variables([("OBS__ANALYTICS__PRICES", "large=2.5")]);
    let error = layers.load().unwrap_err().to_string();
    assert!(
        error.contains(
            "the price of `large`: `2.5` is no price of tokens; write what a million tokens in"
        ),
        "{error}"
    );
    assert!(error.contains("OBS__ANALYTICS__PRICES"), "{error}");
}
