//! What `#[derive(Outcome)]` says of each kind of error.
#![cfg(feature = "macros")]
#![deny(warnings, clippy::pedantic)]

use obs_runtime::{CallOutcome, Class, Outcome};

#[derive(Outcome)]
#[expect(dead_code, reason = "only the class is asked for")]
enum PayError {
    #[outcome(ok)]
    NothingDue,
    #[outcome(failure)]
    Broken { code: u16 },
    #[outcome(ignored)]
    Skipped(u8, u8),
    #[outcome(retryable)]
    Busy,
    #[outcome(caller_fault)]
    Declined,
    #[outcome(transparent)]
    Store(StoreError),
    #[outcome(transparent)]
    Named { source: Box<StoreError> },
}

#[derive(Outcome)]
#[outcome(retryable)]
struct StoreError;

#[derive(Outcome)]
#[expect(dead_code, reason = "only the class is asked for")]
enum Wrapped<'a, E, const N: usize>
where
    E: Clone,
{
    #[outcome(transparent)]
    Inner(E),
    #[outcome(failure)]
    Text(&'a str, [u8; N]),
}

#[derive(Outcome)]
enum Never {}

#[derive(Clone, Outcome)]
#[outcome(transparent)]
struct Outer<E> {
    inner: E,
}

#[test]
fn every_variant_has_its_class() {
    let classes = [
        (PayError::NothingDue, Class::Ok),
        (PayError::Broken { code: 7 }, Class::Failure),
        (PayError::Skipped(1, 2), Class::Ignored),
        (PayError::Busy, Class::Retryable),
        (PayError::Declined, Class::CallerFault),
        (PayError::Store(StoreError), Class::Retryable),
        (
            PayError::Named {
                source: Box::new(StoreError),
            },
            Class::Retryable,
        ),
    ];
    for (error, class) in classes {
        assert_eq!(error.class(), class);
        if let PayError::Broken { code } = error {
            assert_eq!(code, 7);
        }
    }
}

#[test]
fn generic_errors_delegate() {
    #[derive(Clone, Outcome)]
    #[outcome(caller_fault)]
    struct Bad;

    let inner: Wrapped<'_, Bad, 2> = Wrapped::Inner(Bad);
    assert_eq!(inner.class(), Class::CallerFault);
    let text: Wrapped<'_, Bad, 2> = Wrapped::Text("x", [0; 2]);
    assert_eq!(text.class(), Class::Failure);
    assert_eq!(Outer { inner: Bad }.class(), Class::CallerFault);
    assert!(std::mem::size_of::<Never>() == 0);
}

#[test]
fn the_class_decides_the_outcome_of_the_call() {
    assert_eq!(Class::Ok.outcome(), CallOutcome::Ok);
    assert_eq!(Class::Ignored.outcome(), CallOutcome::Ok);
    assert_eq!(Class::CallerFault.outcome(), CallOutcome::Ok);
    assert_eq!(Class::Failure.outcome(), CallOutcome::Error);
    assert_eq!(Class::Retryable.outcome(), CallOutcome::Error);
}
