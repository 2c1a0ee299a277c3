//! Breakers with keys.

use obs_schema::resilience::BreakerSettings;

use crate::breaker::{self, Breakers, CallResult, State};

const SETTINGS: BreakerSettings = BreakerSettings {
    failure_threshold: 1,
    ..BreakerSettings::DEFAULT
};

fn result(name: &str, result: CallResult) -> u64 {
    breaker::find(name).unwrap().machine().counts()[result as usize]
}

#[test]
fn each_key_has_its_own_state() {
    let hosts = Breakers::named("each_key", SETTINGS, 10).unwrap();
    hosts.get("a").enter().unwrap().failure();
    assert_eq!(hosts.get("a").state(), State::Open);
    assert_eq!(hosts.get("b").state(), State::Closed);
    assert_eq!(breaker::find("each_key:a").unwrap().state(), State::Open);
}

#[test]
fn the_closed_one_that_was_not_used_for_longest_makes_room() {
    let hosts = Breakers::named("makes_room", SETTINGS, 3).unwrap();
    for key in ["open", "old", "new"] {
        let permit = hosts.get(key);
        let permit = permit.enter().unwrap();
        match key {
            "open" => permit.failure(),
            _ => permit.success(),
        }
    }
    hosts.get("old").enter().unwrap().success();
    let _ = hosts.get("more");
    assert!(breaker::find("makes_room:new").is_err());
    assert_eq!(
        hosts.get("open").state(),
        State::Open,
        "what it knows is not lost"
    );
    assert_eq!(result("makes_room:old", CallResult::Success), 2);
    assert_eq!(
        result("makes_room:more", CallResult::Success),
        0,
        "counts begin at 0"
    );
}

#[test]
fn keys_beyond_those_share_one_if_none_is_closed() {
    let hosts = Breakers::named("all_open", SETTINGS, 2).unwrap();
    for key in ["a", "b"] {
        hosts.get(key).enter().unwrap().failure();
    }
    assert_eq!(hosts.get("c").name(), "all_open:__overflow__");
    assert_eq!(hosts.get("d").name(), "all_open:__overflow__");
    let listed = breaker::all();
    let own = listed
        .iter()
        .filter(|one| one.name().starts_with("all_open:"));
    assert_eq!(own.count(), 3);
}

#[test]
fn settings_are_changed_for_all_keys_and_those_to_come() {
    let hosts = Breakers::named("changed_keys", SETTINGS, 10).unwrap();
    hosts.get("open").enter().unwrap().failure();
    let patient = BreakerSettings {
        failure_threshold: 3,
        ..SETTINGS
    };
    hosts.update(patient).unwrap();
    assert_eq!(hosts.settings(), patient);
    assert_eq!(hosts.get("open").state(), State::Open);
    for key in ["open", "new"] {
        assert_eq!(hosts.get(key).settings(), patient, "{key}");
    }
    let wrong = BreakerSettings {
        failure_threshold: 0,
        ..SETTINGS
    };
    assert!(hosts.update(wrong).is_err());
    assert_eq!(hosts.get("new").settings(), patient);
}
