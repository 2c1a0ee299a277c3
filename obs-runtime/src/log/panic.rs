//! Panics, counted and logged.

use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use tracing::Level;

use super::record::{Record, set};
use super::suppress::is_suppressed;
use super::{bounded, count, handle, here};
use crate::hot::clock;
use crate::trace::Value;

/// The target of the records of panics.
const TARGET: &str = "panic";

/// From now on every panic is counted in `panics_total` and logged at level `error` with the place,
/// the message, and the ids of the trace it happened in. The hook that was there before is called
/// afterwards. Calling this again changes nothing.
pub fn install_panic_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            count::panic();
            log(info);
            former(info);
        }));
    });
}

fn log(info: &PanicHookInfo<'_>) {
    let Some(log) = handle::current().filter(|_| !is_suppressed()) else {
        return;
    };
    if !log.levels().allow(TARGET, Level::ERROR) {
        return;
    }
    let mut record = Record {
        time_unix_ns: clock::now_unix_nanos(),
        target: TARGET.into(),
        message: match info.payload_as_str() {
            Some(text) => bounded::kept(text),
            None => "panic with a payload that is not text".to_owned(),
        },
        thread: here::thread(),
        ..Record::empty(Level::ERROR)
    };
    if let Some(location) = info.location() {
        record.file = Some(location.file().to_owned().into());
        record.line = Some(location.line());
        let column = Value::from(location.column());
        set(&mut record.fields, "column".into(), column);
    }
    here::locate(&mut record, None);
    log.emit(record);
    if cfg!(panic = "abort") {
        // Nobody comes to flush the log later.
        let _ = log.flush(std::time::Duration::from_secs(1));
    }
}
