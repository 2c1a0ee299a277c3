//! A call of a function whose flag is on.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use obs_schema::def::CallOutcome;
use pin_project_lite::pin_project;

use super::site::{DebugSite, writing};
use crate::hot::clock;
use crate::outcome::Verdict;

/// A call: one record at its end, if the flag was on when it began.
#[derive(Debug)]
#[must_use = "the call ends when this is dropped"]
pub struct DebugCall {
    noted: Option<Box<Noted>>,
}

/// What is known of a call before its end.
#[derive(Debug)]
struct Noted {
    site: &'static DebugSite,
    began: u64,
    arguments: DebugArguments,
    result: Option<String>,
    /// Whether this thread runs in the body: if it unwinds then, that is what panicked.
    inside: bool,
}

/// The arguments of a call.
#[derive(Debug, Default)]
pub struct DebugArguments(Vec<(&'static str, String)>);

impl DebugArguments {
    /// Adds an argument, unless it cannot be shown.
    pub fn add(&mut self, key: &'static str, value: Option<String>) {
        writing(|| self.0.extend(value.map(|value| (key, value))));
    }
}

impl DebugCall {
    /// Begins a call.
    #[inline(always)]
    pub fn new(site: &'static DebugSite) -> Self {
        let noted = match site.is_on() {
            false => None,
            true => Some(Noted::new(site)),
        };
        Self { noted }
    }

    /// Takes the arguments, if somebody wants to know them.
    #[inline(always)]
    pub fn arguments(&mut self) -> Option<&mut DebugArguments> {
        self.noted.as_mut().map(|noted| &mut noted.arguments)
    }

    /// Whether somebody wants to know how the call ends.
    #[inline(always)]
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.noted.is_some()
    }

    /// Ends the call with what it returns.
    #[cold]
    pub fn finish(&mut self, verdict: &Verdict<'_>, result: Option<String>) {
        if let Some(mut noted) = self.noted.take() {
            noted.result = result;
            noted.end(verdict.outcome);
        }
    }

    /// The future of the body, with the end of the call at its end.
    #[inline]
    pub fn watch<F, E>(self, future: F, end: E) -> DebuggedFuture<F, E>
    where
        F: Future,
        E: FnOnce(&mut Self, &F::Output),
    {
        let mut call = self;
        call.set_inside(false);
        DebuggedFuture {
            call,
            future,
            begun: false,
            end: Some(end),
        }
    }

    fn set_inside(&mut self, inside: bool) {
        if let Some(noted) = &mut self.noted {
            noted.inside = inside;
        }
    }

    fn set_begin(&mut self) {
        if let Some(noted) = &mut self.noted {
            noted.began = clock::ticks();
        }
    }
}

impl Drop for DebugCall {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(noted) = self.noted.take() {
            noted.end_unjudged();
        }
    }
}

impl Noted {
    #[cold]
    fn new(site: &'static DebugSite) -> Box<Self> {
        // The clock allocates when it is first read.
        writing(|| {
            Box::new(Self {
                site,
                began: clock::ticks(),
                arguments: DebugArguments::default(),
                result: None,
                inside: true,
            })
        })
    }

    /// The body unwound, or its future was given up.
    #[cold]
    fn end_unjudged(self: Box<Self>) {
        let outcome = match self.inside && std::thread::panicking() {
            true => CallOutcome::Panic,
            false => CallOutcome::Cancelled,
        };
        self.end(outcome);
    }

    /// Logs the call and gives its memory back.
    fn end(self: Box<Self>, outcome: CallOutcome) {
        writing(move || self.say(outcome));
    }

    fn say(&self, outcome: CallOutcome) {
        #[cfg(feature = "log")]
        {
            let nanos = clock::to_nanos(clock::ticks().saturating_sub(self.began));
            let call = crate::log::DebuggedCall {
                flag: self.site.flag,
                function: self.site.function,
                source: &self.site.source,
                arguments: &self.arguments.0,
                outcome,
                result: self.result.as_deref(),
                nanos,
            };
            crate::log::say_call(&call);
        }
        // Without a log there is nothing to write it to.
        let _ = (outcome, self.site.source, self.began, &self.result);
    }
}

pin_project! {
    /// The future of [`DebugCall::watch`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct DebuggedFuture<F, E> {
        call: DebugCall,
        #[pin]
        future: F,
        begun: bool,
        end: Option<E>,
    }
}

impl<F, E> Future for DebuggedFuture<F, E>
where
    F: Future,
    E: FnOnce(&mut DebugCall, &F::Output),
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if !std::mem::replace(this.begun, true) {
            this.call.set_begin();
        }
        this.call.set_inside(true);
        let polled = this.future.poll(cx);
        this.call.set_inside(false);
        if let Poll::Ready(value) = &polled
            && let Some(end) = this.end.take()
            && this.call.is_on()
        {
            end(this.call, value);
        }
        polled
    }
}
