//! The table, and how a path is found in it.

use std::collections::HashSet;

use super::*;

#[test]
fn templates_match_whole_segments() {
    for (template, path, expected) in [
        ("", "", Some("")),
        ("/traces", "/traces", Some("")),
        ("/traces", "/traces/1", None),
        ("/traces/{id}", "/traces/1", Some("1")),
        ("/traces/{id}", "/traces/", None),
        ("/traces/{id}", "/traces", None),
        ("/traces/{id}/waterfall", "/traces/1/waterfall", Some("1")),
        ("/traces/{id}/waterfall", "/traces/1/waterfal", None),
        ("/traces/{id}", "/traces/1/waterfall", None),
        ("/traces", "traces", None),
        ("/health/{group}", "/health/storage", Some("storage")),
    ] {
        assert_eq!(
            matches_template(template, path),
            expected,
            "{template} {path}"
        );
    }
}

#[test]
fn a_constant_wins_over_an_id() {
    let paths = Paths::default();
    let found = find("/monitoring/traces/cleanup", &paths);
    assert_eq!((found.endpoints.len(), found.id), (1, ""));
    assert_eq!(found.endpoints[0].method(), "POST");
    let found = find("/monitoring/traces/1/", &paths);
    assert_eq!((found.endpoints.len(), found.id), (1, "1"));
    assert!(find("/monitoringtraces", &paths).endpoints.is_empty());
    assert!(find("/", &paths).endpoints.is_empty());
    assert!(find("", &paths).endpoints.is_empty());
}

#[test]
fn every_endpoint_is_found_at_its_path() {
    let paths = Paths {
        prefix: "/own/place".into(),
        metrics: "/m".into(),
    };
    for paths in [Paths::default(), paths] {
        for endpoint in ENDPOINTS {
            let path = endpoint
                .path_at(&paths)
                .replace("{id}", "7")
                .replace("{group}", "8");
            let found = find(&path, &paths);
            let methods: HashSet<_> = found.endpoints.iter().map(|one| one.method()).collect();
            assert!(methods.contains(endpoint.method()), "{path}");
            assert_eq!(methods.len(), found.endpoints.len(), "{path}");
        }
    }
}

#[test]
fn whoever_changes_something_needs_write_access() {
    for endpoint in ENDPOINTS {
        assert_eq!(endpoint.takes_body(), endpoint.access() == Access::Write);
        assert!(endpoint.doc().ends_with('.'), "{}", endpoint.doc());
    }
}
