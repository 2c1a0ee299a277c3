//! What a check may return, and what the builder refuses.

use crate::health::status::{Health, Status};
use crate::health::{HealthError, IntoHealth, Registered, Signal, blocking};

use super::*;

fn status(value: impl IntoHealth) -> Status {
    value.into_health().status()
}

#[test]
fn every_value_says_what_it_looks_like() {
    use Status::{Degraded, Healthy, Unhealthy};
    assert_eq!([true, false].map(status), [Healthy, Unhealthy]);
    assert_eq!(status(Degraded), Degraded);
    assert_eq!(status(Ok::<_, String>(42)), Healthy);
    assert_eq!(status(Ok::<_, String>("text")), Healthy);
    assert_eq!(status(Ok::<_, String>(false)), Unhealthy);
    assert_eq!(status(Ok::<_, String>(Degraded)), Degraded);
    assert_eq!(status(Ok::<_, String>(Health::degraded("slow"))), Degraded);
    assert_eq!(
        Err::<(), _>("refused").into_health(),
        Health::unhealthy("refused")
    );
}

fn refused(added: Result<Registered, HealthError>) -> String {
    added.unwrap_err().to_string()
}

#[test]
fn the_builder_refuses_what_the_attribute_refuses() {
    let service = Service::start();
    let build = |name: &str| blocking(name.to_owned(), || true);
    let error = refused(build("a b").group("startup").register_in(service.registry));
    assert_eq!(
        error,
        "health check `a b`: `a b` contains ` ` at position 2; write `a-b`: \
         `startup` is reserved for the checks of that kind; choose another name"
    );
    let second = Duration::from_secs(1);
    let error = refused(
        build("slow")
            .timeout(second)
            .interval(second)
            .register_in(service.registry),
    );
    assert!(
        error.contains("`timeout` 1s is not below `interval` 1s"),
        "{error}"
    );
    build("same").register_in(service.registry).unwrap();
    let error = refused(build("same").register_in(service.registry));
    assert_eq!(
        error,
        "there is a health check `same` already; choose another name"
    );
}

#[test]
fn there_is_a_bound_for_names_that_come_from_outside() {
    let service = Service::start();
    for host in 0..2_000 {
        Signal::in_registry(service.registry, &format!("host-{host}")).set(Health::healthy());
    }
    assert_eq!(all(service.registry).len(), 1_000);
    let error = refused(blocking("late", || true).register_in(service.registry));
    assert_eq!(error, "there are 1000 health checks already; remove one");
}
