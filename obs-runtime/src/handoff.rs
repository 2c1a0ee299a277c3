//! Taking the trace and the request context along to other tasks and threads.
//!
//! Calls that are awaited belong to the caller's trace by themselves. A task or
//! thread of its own starts with nothing; what it is to inherit is captured
//! where it is started.
//!
//! ```
//! use obs_runtime::handoff::{Handoff, InheritExt};
//!
//! # async fn work() {}
//! let place = Handoff::capture();
//! std::thread::spawn(move || {
//!     let _inside = place.enter(); // spans and log lines here belong to the caller's trace
//! })
//! .join()
//! .unwrap();
//!
//! let future = work().inherit(); // for any executor's `spawn`
//! # drop(future);
//! ```

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::context::{self, ContextGuard, RequestContext};
use crate::hot::local::Current;
use crate::span::{Branch, OpenBranch};

/// The trace and the request context of the place where it was captured.
#[derive(Debug, Clone, Default)]
pub struct Handoff {
    branch: Option<Branch>,
    request: Option<Arc<RequestContext>>,
}

impl Handoff {
    /// Captures what the calling code is in. Empty outside of everything.
    #[must_use]
    pub fn capture() -> Self {
        Self {
            branch: Branch::capture(),
            request: context::current(),
        }
    }

    /// Puts this thread there until the guard is dropped.
    pub fn enter(self) -> HandoffGuard {
        let request = context::enter_shared(self.request);
        let branch = self.branch.and_then(|branch| branch.open());
        HandoffGuard {
            former: branch.as_ref().map(OpenBranch::enter),
            branch,
            request,
            stays_on_thread: PhantomData,
        }
    }

    /// Runs a future there.
    pub fn run<F: Future>(self, future: F) -> Inherited<F> {
        Inherited {
            future: Some(future),
            handoff: Some(self),
            branch: None,
            request: None,
        }
    }
}

/// Ends the stay of [`Handoff::enter`] when dropped.
#[must_use = "the thread leaves the trace when the guard is dropped"]
pub struct HandoffGuard {
    branch: Option<OpenBranch>,
    /// Where the thread was before.
    former: Option<Current>,
    request: ContextGuard,
    stays_on_thread: PhantomData<*const ()>,
}

impl std::fmt::Debug for HandoffGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandoffGuard")
            .field("in_trace", &self.branch.is_some())
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

impl Drop for HandoffGuard {
    fn drop(&mut self) {
        if let (Some(branch), Some(former)) = (&self.branch, self.former) {
            branch.leave(former);
        }
    }
}

/// Makes a future inherit the caller's trace and request context.
pub trait InheritExt: Future + Sized {
    /// Captures the caller's place; the future runs there wherever it is spawned.
    fn inherit(self) -> Inherited<Self> {
        Handoff::capture().run(self)
    }
}

impl<F: Future> InheritExt for F {}

pin_project! {
    /// The future of [`InheritExt::inherit`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Inherited<F> {
        #[pin]
        future: Option<F>,
        handoff: Option<Handoff>,
        branch: Option<OpenBranch>,
        request: Option<Arc<RequestContext>>,
    }

    impl<F> PinnedDrop for Inherited<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _request = context::enter_shared(this.request.take());
            let _active = this.branch.as_ref().map(OpenBranch::activate);
            this.future.set(None);
        }
    }
}

impl<F: Future> Future for Inherited<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let handoff = this.handoff.take();
        if let Some(request) = handoff.as_ref().map(|handoff| handoff.request.clone()) {
            *this.request = request;
        }
        let _request = context::enter_shared(this.request.clone());
        if let Some(branch) = handoff.and_then(|handoff| handoff.branch) {
            *this.branch = branch.open();
        }
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let active = this.branch.as_ref().map(OpenBranch::activate);
        let polled = future.poll(cx);
        if polled.is_ready() {
            this.future.set(None);
            drop(active);
            *this.branch = None;
        }
        polled
    }
}

/// Spawns a task that inherits the caller's trace and request context.
///
/// # Panics
///
/// Outside a tokio runtime, as [`tokio::spawn`] does.
#[cfg(feature = "tokio")]
#[track_caller]
pub fn spawn<F>(future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(future.inherit())
}

/// Runs a blocking function on tokio's blocking threads, inside the caller's trace and request context.
///
/// # Panics
///
/// Outside a tokio runtime, as [`tokio::task::spawn_blocking`] does.
#[cfg(feature = "tokio")]
#[track_caller]
pub fn spawn_blocking<F, R>(function: F) -> tokio::task::JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    let place = Handoff::capture();
    tokio::task::spawn_blocking(move || {
        let _inside = place.enter();
        function()
    })
}
