//! The derives name everything from the root: they work where nothing is in scope.

#![no_implicit_prelude]
#![deny(warnings)]
#![forbid(unsafe_code)]

#[derive(::obs_runtime::Label)]
enum Region {
    Eu,
    #[label(rename = "us")]
    America,
}

#[derive(::obs_runtime::Labels)]
struct Request<'a> {
    region: Region,
    #[label(max_series = 10)]
    host: &'a str,
}

#[derive(::obs_runtime::Labels)]
struct Finite {
    region: Region,
    cached: bool,
}

#[derive(::obs_runtime::Metrics)]
#[metrics(prefix = "shop_")]
struct Shop {
    /// Requests.
    requests_total: ::obs_runtime::Family<::obs_runtime::Counter, Request<'static>>,
    /// Requests by region.
    regional_total: ::obs_runtime::Family<::obs_runtime::Counter, Finite>,
    /// Time.
    #[metric(buckets = [0.1, 1.0])]
    latency_seconds: ::obs_runtime::Histogram,
    /// Waiting time.
    #[metric(objectives = [(0.5, 0.05)], max_age = "1m")]
    wait_seconds: ::obs_runtime::Summary,
}

#[derive(::obs_runtime::Outcome)]
enum Error {
    #[outcome(retryable)]
    Busy,
    #[outcome(transparent)]
    Inner(Inner),
}

#[derive(::obs_runtime::Outcome)]
#[outcome(failure)]
struct Inner;

#[derive(::obs_runtime::Redact)]
struct Login<T> {
    user: T,
    #[redact]
    password: T,
    #[redact(last = 2)]
    card: T,
}

/// Orders that were placed.
#[derive(::obs_runtime::Event)]
struct OrderPlaced<'a> {
    #[event(label)]
    region: Region,
    #[event(feature, label, max_series = 10)]
    host: &'a str,
    #[event(user)]
    user: u64,
    #[event(error)]
    error: ::core::option::Option<&'a str>,
    #[event(model)]
    model: &'a str,
    #[event(tokens_in)]
    prompt: u32,
    #[event(display)]
    shown: u8,
    #[event(debug)]
    debugged: (u8, u8),
}

/// Carts that were emptied.
#[derive(::obs_runtime::Event)]
struct CartEmptied {}

fn main() {
    ::obs_runtime::Event::record(&OrderPlaced {
        region: Region::Eu,
        host: "a",
        user: 1,
        error: ::core::option::Option::None,
        model: "m",
        prompt: 1,
        shown: 2,
        debugged: (3, 4),
    });
    ::obs_runtime::Event::record(&CartEmptied {});
    let shop = Shop::get();
    shop.requests_total
        .with(&Request { region: Region::Eu, host: "a" })
        .inc();
    shop.regional_total
        .with(&Finite { region: Region::America, cached: true })
        .inc();
    shop.latency_seconds.observe(0.2);
    shop.wait_seconds.observe(0.2);
    for error in [Error::Busy, Error::Inner(Inner)] {
        ::std::assert_eq!(
            ::obs_runtime::Outcome::class(&error).outcome(),
            ::obs_runtime::CallOutcome::Error
        );
    }
    let login = Login { user: 1, password: 2, card: 123_456 };
    let shown = ::std::format!("{login:?}");
    ::std::assert!(!shown.contains("password: 2") && !shown.contains("1234"), "{shown}");
    let _ = (login.user, login.password, login.card);
}
