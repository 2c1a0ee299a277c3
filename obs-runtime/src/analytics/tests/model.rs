//! A window says the same as a list of everything that happened.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use obs_schema::monitoring::Analytics;
use proptest::prelude::*;

use super::super::settings::Settings;
use super::super::store::Store;
use super::super::{Entry, RETENTION, SLOT, Summary};

#[derive(Debug, Clone)]
struct Happened {
    /// Since the one before.
    after: Duration,
    event: &'static str,
    user: Option<String>,
    feature: Option<&'static str>,
    error: Option<&'static str>,
    model: Option<&'static str>,
    tokens: (u64, u64),
}

fn happened() -> impl Strategy<Value = Happened> {
    let after = prop_oneof![
        8 => 0..200_u64,
        2 => 200..4_000_u64,
        1 => 4_000..100_000_u64,
    ];
    let word = |words: &'static [&'static str]| prop::option::of(prop::sample::select(words));
    (
        after,
        prop::sample::select(&["placed", "paid", "sent"][..]),
        prop::option::of("[a-f]"),
        word(&["search", "cart"]),
        word(&["declined", "timeout"]),
        word(&["small", "large", "large-2"]),
        (0..5_000_u64, 0..5_000_u64),
    )
        .prop_map(
            |(after, event, user, feature, error, model, tokens)| Happened {
                after: Duration::from_secs(after),
                event,
                user,
                feature,
                error,
                model,
                tokens,
            },
        )
}

/// The names of what happened with their number, those with the greatest first.
fn by<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    names.for_each(|name| *counts.entry(name).or_default() += 1);
    let mut counts: Vec<_> = counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
    counts
}

proptest! {
    #[test]
    fn a_window_agrees_with_a_list(
        all in prop::collection::vec(happened(), 0..120),
        window in 300..90_000_u64,
        read_between in 0..120_usize,
    ) {
        let settings = Settings::new(&Analytics {
            prices: &[("large*", "2/8"), ("large-2", "1/4")],
            ..Analytics::DEFAULT
        });
        let mut now = Duration::from_secs(1_000_000);
        let mut store = Store::new(now);
        let mut times = Vec::new();
        let mut reader = None;
        for (at, one) in all.iter().enumerate() {
            now += one.after;
            times.push(now);
            let entry = Entry {
                user: one.user.as_deref(),
                feature: one.feature,
                error: one.error,
                model: one.model,
                tokens_in: one.tokens.0,
                tokens_out: one.tokens.1,
                ..Entry::of(one.event)
            };
            prop_assert_eq!(store.record(now, &entry, settings.budget), Default::default());
            if at == read_between {
                // Whoever reads meanwhile goes on to see what there was.
                reader = Some(store.excerpt(now, RETENTION));
            }
        }
        let window = Duration::from_secs(window);
        let seen = Summary::new(&store.excerpt(now, window), &settings);

        let slot = |time: Duration| time.as_secs() / SLOT.as_secs();
        let first = slot(now - window.min(RETENTION));
        let inside: Vec<&Happened> = all
            .iter()
            .zip(&times)
            .filter(|(_, time)| slot(**time) >= first)
            .map(|(one, _)| one)
            .collect();
        let users: BTreeSet<&str> = inside.iter().filter_map(|one| one.user.as_deref()).collect();
        prop_assert_eq!(seen.events, inside.len() as u64);
        prop_assert_eq!(seen.errors, inside.iter().filter(|one| one.error.is_some()).count() as u64);
        prop_assert_eq!(seen.anonymous_events, inside.iter().filter(|one| one.user.is_none()).count() as u64);
        prop_assert_eq!((seen.users.count, seen.users.is_exact), (users.len() as u64, true));
        let names = |list: &[super::super::Activity]| -> Vec<(String, u64)> {
            list.iter().map(|one| (one.name.clone(), one.count)).collect()
        };
        prop_assert_eq!(names(&seen.by_event), by(inside.iter().map(|one| one.event)));
        prop_assert_eq!(names(&seen.by_feature), by(inside.iter().filter_map(|one| one.feature)));
        let errors: Vec<_> = seen.by_error.iter().map(|one| (one.name.clone(), one.count)).collect();
        prop_assert_eq!(errors, by(inside.iter().filter_map(|one| one.error)));
        let models: Vec<_> = seen.by_model.iter().map(|one| (one.name.clone(), one.requests)).collect();
        prop_assert_eq!(models, by(inside.iter().filter_map(|one| one.model)));
        prop_assert!(!seen.cost.is_sign_negative(), "nothing costs 0, not -0");
        for model in &seen.by_model {
            let of: Vec<_> = inside.iter().filter(|one| one.model == Some(&*model.name)).collect();
            let tokens_in: u64 = of.iter().map(|one| one.tokens.0).sum();
            let tokens_out: u64 = of.iter().map(|one| one.tokens.1).sum();
            prop_assert_eq!((model.tokens_in, model.tokens_out), (tokens_in, tokens_out));
            let millionths = |price_in: u64, price_out: u64| (tokens_in * price_in + tokens_out * price_out) as f64 / 1e6;
            let cost = match &*model.name {
                "large" => Some(millionths(2, 8)),
                "large-2" => Some(millionths(1, 4)),
                _ => None,
            };
            prop_assert_eq!(model.cost, cost);
        }
        prop_assert!(seen.covered <= window.min(RETENTION) + SLOT);
        if let Some(reader) = reader {
            let seen = Summary::new(&reader, &settings);
            let then = times[read_between];
            let first = slot(then - RETENTION);
            let inside = times[..=read_between].iter().filter(|time| slot(**time) >= first);
            prop_assert_eq!(seen.events, inside.count() as u64);
        }
    }
}
