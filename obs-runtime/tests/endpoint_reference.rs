//! The reference of the endpoints in `docs/` is what the table says today.
#![cfg(all(feature = "http", feature = "log"))]

use std::path::Path;
use std::{env, fs};

#[test]
fn the_endpoints_are_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/endpoints.md");
    let printed = obs_runtime::http::reference();
    if env::var_os("OBS_BLESS").is_some() {
        fs::write(&path, &printed).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored.replace("\r\n", "\n") == printed,
        "docs/reference/endpoints.md is stale; run `OBS_BLESS=1 cargo test -p obs-runtime --test endpoint_reference`"
    );
}
