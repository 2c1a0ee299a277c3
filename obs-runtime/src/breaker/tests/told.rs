//! Who is told of events, and may do what it likes then.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use obs_schema::resilience::BreakerSettings;

use crate::breaker::{Breaker, State};

/// Looks at the breaker as soon as it hears of it, and closes it.
struct Closes {
    breaker: Arc<Breaker>,
    found: Mutex<Vec<State>>,
}

impl Wake for Closes {
    fn wake(self: Arc<Self>) {
        let state = self.breaker.status().state;
        self.found.lock().unwrap().push(state);
        self.breaker.reset();
    }
}

#[test]
fn whoever_is_told_may_ask_and_change_the_breaker() {
    let name = "whoever_is_told_may_ask";
    let breaker = Breaker::named(name, BreakerSettings::DEFAULT).unwrap();
    let events = breaker.subscribe();
    let closes = Arc::new(Closes {
        breaker: breaker.clone(),
        found: Mutex::default(),
    });
    let waker = Waker::from(closes.clone());
    assert!(events.poll(&mut Context::from_waker(&waker)).is_pending());
    let (done, is_done) = channel();
    std::thread::spawn(move || {
        breaker.force_open();
        let _ = done.send(breaker.state());
    });
    // Without this the test would wait for ever.
    let after = is_done.recv_timeout(Duration::from_secs(20));
    assert_eq!(after, Ok(State::Closed));
    assert_eq!(*closes.found.lock().unwrap(), [State::ForcedOpen]);
}
