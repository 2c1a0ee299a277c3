//! The monitoring of the parent, and that of a child.

use std::time::{Duration, Instant};

use obs_runtime::metric::snapshot::Value;
use obs_runtime::{debug, trace};

use crate::child::{in_child, split};
#[cfg(feature = "http")]
use crate::http::get;
use crate::service::{inner, outer, start, start_to_fork, value, work};

const LONG: Duration = Duration::from_secs(5);

/// What a child has of the parent's monitoring can be asked and ended, and the parent does not notice.
pub(crate) fn ends() {
    let running = start_to_fork();
    for shut_down in [false, true] {
        let side = split();
        if side.is_child() {
            let begun = Instant::now();
            assert!(!running.flush(LONG));
            assert_eq!(running.config().service.name, "fork-test");
            match shut_down {
                true => running.shutdown().wait(),
                false => drop(running),
            }
            assert!(begun.elapsed() < Duration::from_secs(1));
            outer(|| assert!(trace::current().is_none(), "nothing is recorded any more"));
            side.join();
            return;
        }
        side.join();
    }
    assert!(running.is_accepting());
    assert!(running.flush(LONG));
    #[cfg(feature = "http")]
    assert!(get(running.address().unwrap(), "/health").contains(" 200 "));
    outer(|| assert!(trace::current().is_some()));
    running.shutdown().wait();
}

/// After a fork the child starts for itself, with the parent's monitoring or without.
pub(crate) fn starts() {
    in_child(monitor);
    let running = start_to_fork();
    outer(|| ());
    assert!(running.flush(LONG));
    assert_ne!(trace::store().stats().traces, 0);
    in_child(|| {
        assert_eq!(trace::store().stats().traces, 0);
        // The address is the parent's.
        #[cfg(feature = "http")]
        {
            let address = running.address().unwrap().to_string();
            let error = crate::service::start_with(&[("OBS_LISTEN", &address)]).unwrap_err();
            assert!(
                matches!(error, obs_runtime::StartError::Listen(_)),
                "{error}"
            );
        }
        monitor();
        drop(running);
        monitor();
    });
}

/// What a started process can do.
fn monitor() {
    let running = start().unwrap();
    let mut id = None;
    outer(|| {
        work();
        id = trace::current_trace_id();
    });
    assert!(running.flush(LONG));
    let stored = trace::store().get(id.unwrap()).unwrap();
    assert_eq!(stored.name(), "fork.outer");
    let own = [("collector", "process")];
    assert_eq!(value("obs_collector_errors_total", &own), Value::Counter(0));
    #[cfg(feature = "http")]
    {
        let address = running.address().unwrap();
        let metrics = get(address, "/metrics");
        let line = format!(
            "operation_calls_total{{service=\"fork-test\",operation=\"fork.work\",outcome=\"ok\"}} {}\n",
            crate::service::calls("fork.work")
        );
        assert!(metrics.contains(&line), "{metrics}");
    }
    running.shutdown().wait();
    outer(|| assert!(trace::current().is_none()));
}

/// The trace that the forking thread is in is the parent's alone. The child begins traces of its own.
pub(crate) fn traces() {
    let running = start_to_fork();
    let mut parents = None;
    let side = outer(|| {
        parents = trace::current_trace_id();
        let side = inner(|| {
            let side = split();
            if side.is_child() {
                assert!(trace::current().is_none());
                assert!(trace::active().is_empty());
                let mut own = None;
                inner(|| own = trace::current_trace_id());
                assert!(own.is_some() && own != parents);
            }
            side
        });
        trace::set_error("kept for sure");
        side
    });
    let running = match side.is_child() {
        true => {
            drop(running);
            start().unwrap()
        }
        false => running,
    };
    assert!(running.flush(LONG));
    let stored = trace::store().get(parents.unwrap());
    assert_eq!(stored.is_some(), !side.is_child());
    side.join();
    running.shutdown().wait();
}

/// What was to hold for a while in the parent holds no longer in a child that starts.
pub(crate) fn takes_back() {
    let is_on = || {
        debug::flags()
            .iter()
            .any(|flag| flag.name == "fork" && flag.on)
    };
    debug::set_for("fork", true, Duration::from_millis(300)).unwrap();
    in_child(|| {
        assert!(is_on());
        let running = start().unwrap();
        let begun = Instant::now();
        while is_on() {
            assert!(begun.elapsed() < LONG, "nobody takes it back");
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(running);
    });
    debug::set("fork", false).unwrap();
}
