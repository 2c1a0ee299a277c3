//! A process that forks while its threads are observed. `fork` and a test harness do not go together, so
//! this has a `main` of its own, and the children say by their end how it went.
#![cfg_attr(
    all(unix, feature = "macros"),
    expect(unsafe_code, reason = "`fork` is unsafe")
)]

#[cfg(all(unix, feature = "macros"))]
mod caches;
#[cfg(all(unix, feature = "macros"))]
mod child;
#[cfg(all(unix, feature = "macros"))]
mod counts;
#[cfg(all(unix, feature = "macros", feature = "http"))]
mod http;
#[cfg(all(unix, feature = "macros"))]
mod ids;
#[cfg(all(unix, feature = "macros", feature = "log"))]
mod lines;
#[cfg(all(unix, feature = "macros"))]
mod monitoring;
#[cfg(all(unix, feature = "macros"))]
mod policies;
#[cfg(all(unix, feature = "macros", feature = "log", feature = "otlp"))]
#[path = "../receiver/logs.rs"]
mod received;
#[cfg(all(unix, feature = "macros", feature = "log", feature = "otlp"))]
#[path = "../receiver/mod.rs"]
mod receiver;
#[cfg(all(unix, feature = "macros", feature = "log", feature = "otlp"))]
mod records;
#[cfg(all(unix, feature = "macros"))]
mod service;

#[cfg(all(unix, feature = "macros"))]
fn main() {
    let tests: &[(&str, fn())] = &[
        // First, because `start` sets a log up where there is none.
        #[cfg(feature = "log")]
        ("a_child_writes_its_own_lines", lines::of_a_child),
        #[cfg(all(feature = "log", feature = "otlp"))]
        ("a_child_sends_its_own_records", records::of_a_child),
        ("a_child_counts_its_own_calls", counts::of_a_child),
        ("a_child_of_a_child_too", counts::of_a_child_of_a_child),
        ("calls_go_on_in_a_child", counts::of_open_calls),
        ("a_future_goes_on_in_a_child", counts::of_an_open_future),
        ("many_forks_under_load", counts::of_many_children),
        ("many_forks_of_traced_calls", counts::of_many_traces),
        ("a_child_may_run_another_program", counts::exec),
        ("no_id_is_given_twice", ids::are_unique),
        ("an_inherited_monitoring_ends_at_once", monitoring::ends),
        ("a_child_has_monitoring_of_its_own", monitoring::starts),
        ("an_open_trace_stays_with_the_parent", monitoring::traces),
        (
            "a_debug_flag_is_taken_back_in_a_child",
            monitoring::takes_back,
        ),
        (
            "caches_are_cleared_in_a_child",
            caches::are_cleared_in_a_child,
        ),
        (
            "places_are_free_in_a_child",
            policies::places_are_free_in_a_child,
        ),
        (
            "a_half_open_breaker_has_its_permits_in_a_child",
            policies::a_half_open_breaker_has_its_permits_in_a_child,
        ),
        (
            "a_window_is_empty_in_a_child",
            policies::a_window_is_empty_in_a_child,
        ),
        (
            "no_child_waits_for_the_locks_of_breakers",
            policies::no_child_waits_for_the_locks_of_breakers,
        ),
        (
            "a_child_has_a_budget_of_its_own",
            policies::a_child_has_a_budget_of_its_own,
        ),
    ];
    service::probe();
    for (name, test) in tests {
        test();
        println!("{name} ... ok");
    }
}

#[cfg(not(all(unix, feature = "macros")))]
fn main() {}
