//! Functions behind policies whose names and bodies get in the way of what is written around them.

use std::cell::Cell;

use obs_runtime::{
    Outcome, Rejected, bulkhead, circuit_breaker, rate_limit, retry, service, trace_request,
};

use crate::counts::ok;

#[derive(Debug, PartialEq, Outcome)]
enum Failed {
    #[outcome(retryable)]
    Once,
    #[outcome(failure)]
    Rejected(Rejected),
}

impl From<Rejected> for Failed {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

/// Fails the first time.
fn once(asked: &Cell<u32>) -> Result<(), Failed> {
    match asked.replace(asked.get() + 1) {
        0 => Err(Failed::Once),
        _ => Ok(()),
    }
}

/// Parameters with the names of what is written, a body that breaks and continues loops of its own, and a raw name.
#[trace_request("policies-names", attributes(value = value, r#type = r#type.as_str()))]
#[retry("policies-names", idempotent, delay = "1ms")]
#[circuit_breaker("policies-names", key = r#type)]
#[rate_limit("policies-names")]
#[bulkhead("policies-names")]
fn names(
    attempts: &Cell<u32>,
    mut value: u64,
    r#type: String,
    fate: Option<String>,
    delay: [u8; 2],
) -> Result<(u64, String), Failed> {
    'attempt: loop {
        for limit in delay {
            if limit == 0 {
                continue;
            }
            value += u64::from(limit);
            break 'attempt;
        }
        if value < 100 {
            break;
        }
    }
    once(attempts)?;
    let Some(slot) = fate else {
        return Ok((value, r#type));
    };
    Ok((value, slot))
}

#[test]
fn names_of_the_expansion_are_not_those_of_the_function() {
    let asked = Cell::new(0);
    let text = |text: &str| text.to_owned();
    assert_eq!(
        names(&asked, 1, text("a"), Some(text("b")), [0, 2]),
        Ok((3, text("b")))
    );
    assert_eq!(
        names(&asked, 1, text("a"), None, [0, 0]),
        Ok((1, text("a")))
    );
    assert_eq!(ok("policies-names"), 2);
}

macro_rules! guarded {
    ($name:ident($parameter:ident: $ty:ty) -> $result:ty $body:block) => {
        #[retry(idempotent, delay = "1ms", retry_if = |error| *error == Failed::Once)]
        #[bulkhead("policies-fragment")]
        fn $name($parameter: $ty, asked: &Cell<u32>) -> $result {
            once(asked)?;
            $body
        }
    };
}

guarded!(fragment(words: Vec<String>) -> Result<usize, Failed> {
    let count = words.into_iter().map(|word| word.len() + 1).sum();
    Ok(count)
});

#[test]
fn a_body_of_fragments_is_repeated() {
    assert_eq!(fragment(vec![String::new(); 3], &Cell::new(0)), Ok(3));
}

struct Shelf<'a, T, const N: usize>(&'a [T; N], Cell<u32>);

#[service]
impl<'a, T: Clone, const N: usize> Shelf<'a, T, N> {
    /// Returns what its parameters do not own.
    #[retry(idempotent, delay = "1ms")]
    #[rate_limit("policies-shelf")]
    fn first<'b>(&self, otherwise: &'b T, _unused: Box<dyn Fn() -> T>) -> Result<&'b T, Failed>
    where
        'a: 'b,
    {
        once(&self.1)?;
        Ok(self.0.first().unwrap_or(otherwise))
    }

    #[retry(idempotent, delay = "1ms")]
    fn all(&self, more: impl IntoIterator<Item = T> + Clone) -> Result<Vec<T>, Failed> {
        once(&self.1)?;
        Ok(self.0.iter().cloned().chain(more).collect())
    }
}

#[test]
fn what_is_generic_and_borrowed_is_repeated() {
    let shelf = Shelf(&["tea", "mug"], Cell::new(0));
    assert_eq!(shelf.first(&"none", Box::new(|| "")), Ok(&"tea"));
    shelf.1.set(0);
    assert_eq!(shelf.all(["kettle"]), Ok(vec!["tea", "mug", "kettle"]));
}

/// Notes its end.
struct Noted<'a>(&'a Cell<u32>);

impl Clone for Noted<'_> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[retry(idempotent, delay = "1ms")]
fn taken(noted: Noted<'_>, ended: &Cell<u32>, asked: &Cell<u32>) -> Result<(), Failed> {
    let before = ended.get();
    drop(noted);
    assert_eq!(ended.get(), before + 1, "the attempt has one of its own");
    once(asked)
}

#[test]
fn each_attempt_ends_what_it_was_given_and_the_call_the_rest() {
    let ended = Cell::new(0);
    assert_eq!(taken(Noted(&ended), &ended, &Cell::new(0)), Ok(()));
    assert_eq!(ended.get(), 3);
}
