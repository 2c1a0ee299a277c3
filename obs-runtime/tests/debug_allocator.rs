//! An allocator with a debug flag: what writes a record allocates, and must not begin the next one.

#![cfg(all(feature = "log", feature = "macros"))]
#![allow(unsafe_code, reason = "an allocator cannot be without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::mpsc;
use std::time::Duration;

use obs_runtime::log::{self, LogConfig, Query};
use obs_runtime::{debug, debug_trace};

struct Traced;

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Traced {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocated(layout.size());
        // SAFETY: the caller keeps the rules of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        freed(layout.size());
        // SAFETY: the pointer comes from `alloc`, which is that of `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Traced = Traced;

#[debug_trace("memory")]
fn allocated(bytes: usize) -> usize {
    bytes
}

#[debug_trace("memory")]
fn freed(bytes: usize) {}

#[test]
fn each_allocation_of_the_program_is_one_record() {
    let (send, sent) = mpsc::channel();
    std::thread::spawn(move || {
        let _log = log::init(LogConfig::new()).unwrap();
        debug::set("memory", true).unwrap();
        drop(std::hint::black_box(Vec::<u8>::with_capacity(77_777)));
        debug::set("memory", false).unwrap();
        let found = log::recent(&Query::new().text("77777"));
        let messages: Vec<_> = found
            .iter()
            .rev()
            .map(|found| found.message.clone())
            .collect();
        send.send(messages).unwrap();
    });
    let messages = sent.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(
        messages,
        [
            "debug_allocator::allocated: ok",
            "debug_allocator::freed: ok"
        ]
    );
}
