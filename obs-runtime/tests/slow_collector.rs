//! A collector of the program that does not return. In a process of its own: it is there when the
//! monitoring of the process starts for the first time.

use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::{Starter, trace};

#[test]
fn traces_are_stored_while_a_collector_waits() {
    let (release, released) = channel::<()>();
    let (begin, begun) = channel();
    let ends = Mutex::new((begin, released));
    Registry::global().register_gauge("waiting", "Waits.", "", &[], move || {
        let (begin, released) = &*ends.lock().unwrap();
        let _ = begin.send(());
        let _ = released.recv();
        1.0
    });
    let settings = [("OBS_LISTEN", "127.0.0.1:0"), ("OBS_LOG", "off")];
    let running = Starter::new(Layers::default().variables(settings))
        .start()
        .unwrap();
    begun.recv_timeout(Duration::from_secs(5)).unwrap();

    drop(trace::span("meanwhile").enter());
    let stored = running.flush(Duration::from_secs(5));
    drop(release);
    assert!(stored);
    running.shutdown().wait();
}
