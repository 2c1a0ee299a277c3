//! What happens when: parameters live as long, and end in the same order, as without the attribute.

use std::cell::RefCell;
use std::rc::Rc;

use obs_runtime::{timed, trace_request};

type Log = Rc<RefCell<Vec<&'static str>>>;

struct Noted(&'static str, Log);

impl Noted {
    fn touch(&self) {
        self.1.borrow_mut().push("touched");
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

fn noted(run: impl FnOnce(Noted, Noted, Noted)) -> Vec<&'static str> {
    let log = Log::default();
    let [a, b, c] = ["a", "b", "c"].map(|name| Noted(name, Rc::clone(&log)));
    run(a, b, c);
    log.take()
}

macro_rules! functions {
    ($($attribute:meta, $name:ident, $guarded:ident, $later:ident;)+) => {$(
        #[$attribute]
        fn $name(first: Noted, second: Noted, third: Noted) -> Result<(), String> {
            let _local = Noted("local", Rc::clone(&first.1));
            first.touch();
            third.touch();
            drop(second);
            Ok(())
        }

        #[$attribute]
        fn $guarded(first: Noted, _guard: Noted, third: Noted) -> Result<(), String> {
            first.touch();
            third.touch();
            Ok(())
        }

        #[$attribute]
        async fn $later(first: Noted, second: Noted, third: Noted) -> Result<(), String> {
            let _local = Noted("local", Rc::clone(&first.1));
            tokio::task::yield_now().await;
            second.touch();
            third.touch();
            Ok(())
        }
    )+};
}

functions! {
    allow(unused), bare, bare_guarded, bare_later;
    trace_request("drops", labels(a = true)), traced, traced_guarded, traced_later;
    timed("drops", ok_if = Result::is_ok), timed_as_well, timed_guarded, timed_later;
}

#[test]
fn parameters_of_a_function() {
    let run = |function: fn(Noted, Noted, Noted) -> Result<(), String>| {
        noted(|a, b, c| function(a, b, c).unwrap())
    };
    assert_eq!(run(traced), run(bare));
    assert_eq!(run(timed_as_well), run(bare));
    assert_eq!(run(traced_guarded), run(bare_guarded));
    assert_eq!(run(timed_guarded), run(bare_guarded));
}

#[tokio::test]
async fn parameters_of_an_async_function() {
    let expected = order(bare_later).await;
    assert_eq!(order(traced_later).await, expected);
    assert_eq!(order(timed_later).await, expected);
}

async fn order(
    function: impl AsyncFnOnce(Noted, Noted, Noted) -> Result<(), String>,
) -> Vec<&'static str> {
    let log = Log::default();
    let [a, b, c] = ["a", "b", "c"].map(|name| Noted(name, Rc::clone(&log)));
    function(a, b, c).await.unwrap();
    log.take()
}
