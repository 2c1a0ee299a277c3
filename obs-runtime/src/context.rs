//! What is known of the request at hand: its id, its user, keys of one's own.
//!
//! A request context is inherited by everything that runs inside it: each log
//! line, each span and each nested call carries it, over `.await` too. One inside
//! another starts with the keys of the outer one.
//!
//! ```
//! use obs_runtime::context::{self, RequestContext};
//!
//! let request = RequestContext::new().with_request_id("r-17").with("tenant", "acme");
//! let _inside = request.enter();
//! context::set_user_id("ada"); // known only after the login
//! assert_eq!(context::get("tenant").as_deref(), Some("acme"));
//! assert_eq!(context::request_id().as_deref(), Some("r-17"));
//! ```
//!
//! Services that are called are told the keys that `tracing.forward` lists, by default only the request id,
//! each in a header of its own. What all services further on are to know as well is [`Baggage`], which a
//! context carries beside its keys.

use std::borrow::Cow;
use std::cell::RefCell;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::hot::local::Current;
use crate::hot::{body, segment};
use crate::propagate::{Baggage, BaggageError};
use crate::trace::SpanContext;

mod visit;

pub(crate) use visit::Visits;

/// Keys that a context holds at most; further ones are left out.
pub const MAX_KEYS: usize = 32;
/// Bytes of one value; the rest is cut off.
pub const MAX_VALUE_BYTES: usize = 1024;

/// The key of the request id in logs and spans.
pub const REQUEST_ID: &str = "request.id";
/// The key of the user id in logs and spans.
pub const USER_ID: &str = "user.id";

thread_local! {
    static CURRENT: RefCell<Option<Arc<RequestContext>>> = const { RefCell::new(None) };
}

/// See the [module](self).
#[derive(Debug, Default)]
pub struct RequestContext {
    entries: Mutex<Vec<(Cow<'static, str>, String)>>,
    /// `None` until it is set here: that of the outer context counts.
    baggage: Mutex<Option<Baggage>>,
    /// The caller's span, where this process has none of its own below it.
    caller: Option<SpanContext>,
}

impl RequestContext {
    /// An empty context.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the request id.
    #[must_use]
    pub fn with_request_id(self, id: impl Into<String>) -> Self {
        self.with(REQUEST_ID, id)
    }

    /// Sets the user id.
    #[must_use]
    pub fn with_user_id(self, id: impl Into<String>) -> Self {
        self.with(USER_ID, id)
    }

    /// Sets a key of one's own.
    #[must_use]
    pub fn with(self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.set(key.into(), value.into());
        self
    }

    /// Sets the baggage, in the place of that of an outer context.
    #[must_use]
    pub fn with_baggage(self, baggage: Baggage) -> Self {
        *self.own_baggage() = Some(baggage);
        self
    }

    /// Sets the caller's span, which is told to those who are called where there is no other.
    pub(crate) fn with_caller(mut self, caller: Option<SpanContext>) -> Self {
        self.caller = caller;
        self
    }

    /// Makes this the context of the thread until the returned guard is dropped. Inside another
    /// context it takes over the keys that it has not set itself.
    pub fn enter(self) -> ContextGuard {
        enter_shared(Some(Arc::new(self.inside(current().as_deref()))))
    }

    /// Makes this the context of a future and everything that it awaits. Inside another context it
    /// takes over the keys that it has not set itself.
    pub fn scope<F: Future>(self, future: F) -> Scoped<F> {
        Scoped {
            context: Arc::new(self.inside(current().as_deref())),
            future: Some(future),
        }
    }

    /// Takes over what `outer` has and this has not.
    fn inside(mut self, outer: Option<&Self>) -> Self {
        let Some(outer) = outer else { return self };
        self.caller = self.caller.or_else(|| outer.caller.clone());
        let baggage = outer.own_baggage().clone();
        {
            let mut own = self.own_baggage();
            if own.is_none() {
                *own = baggage;
            }
        }
        let inherited = outer.entries().clone();
        for (key, value) in inherited {
            if self.get(&key).is_none() {
                self.set(key, value);
            }
        }
        self
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        self.entries()
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.clone())
    }

    /// Calls `visit` with every key and value, in the order in which they were set. The context is
    /// locked meanwhile: `visit` must not use it.
    pub(crate) fn each(&self, mut visit: impl FnMut(&str, &str)) {
        for (key, value) in self.entries().iter() {
            visit(key, value);
        }
    }

    fn set(&self, key: Cow<'static, str>, mut value: String) {
        value.truncate(body::cut(&value, MAX_VALUE_BYTES).len());
        let mut entries = self.entries();
        if let Some((_, old)) = entries.iter_mut().find(|(name, _)| *name == key) {
            *old = value;
        } else if entries.len() < MAX_KEYS {
            entries.push((key, value));
        }
    }

    fn own_baggage(&self) -> std::sync::MutexGuard<'_, Option<Baggage>> {
        self.baggage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, Vec<(Cow<'static, str>, String)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the context of [`RequestContext::enter`] when dropped.
#[derive(Debug)]
#[must_use = "the context ends when the guard is dropped"]
pub struct ContextGuard {
    former: Option<Arc<RequestContext>>,
    visit: Option<Visit>,
    stays_on_thread: PhantomData<*const ()>,
}

/// The stay of a trace in a context that it was not in when it began.
#[derive(Debug)]
struct Visit {
    /// The part of the trace that the thread was in.
    place: Current,
    /// The spans that had ended by then.
    ended: usize,
}

impl Drop for ContextGuard {
    fn drop(&mut self) {
        let left = replace(self.former.take());
        if let (Some(visit), Some(left)) = (self.visit.take(), left)
            && segment::is_in(visit.place)
        {
            segment::with_current(|body, _| {
                body.visits.add(left, visit.ended..body.spans.len());
            });
        }
    }
}

pin_project! {
    /// The future of [`RequestContext::scope`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Scoped<F> {
        context: Arc<RequestContext>,
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for Scoped<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _inside = enter_shared(Some(this.context.clone()));
            this.future.set(None);
        }
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            // As after completion of any future: there is nothing left to do.
            return Poll::Pending;
        };
        let _inside = enter_shared(Some(this.context.clone()));
        let polled = future.poll(cx);
        if polled.is_ready() {
            this.future.set(None);
        }
        polled
    }
}

/// The id of the request at hand.
#[must_use]
pub fn request_id() -> Option<String> {
    get(REQUEST_ID)
}

/// The user of the request at hand.
#[must_use]
pub fn user_id() -> Option<String> {
    get(USER_ID)
}

/// The value of a key of the request at hand.
#[must_use]
pub fn get(key: &str) -> Option<String> {
    current()?.get(key)
}

/// Sets the user of the request at hand, for the spans and log lines of the whole request.
/// Does nothing outside a request context.
pub fn set_user_id(id: impl Into<String>) {
    set(USER_ID, id);
}

/// Sets a key of the request at hand. Does nothing outside a request context.
pub fn set(key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
    if let Some(context) = current() {
        context.set(key.into(), value.into());
    }
}

/// The baggage of the request at hand. `None` outside a request context.
#[must_use]
pub fn baggage() -> Option<Baggage> {
    let context = current()?;
    let baggage = context.own_baggage().clone();
    Some(baggage.unwrap_or_default())
}

/// Sets a member of the baggage of the request at hand: see [`Baggage::set`]. Does nothing outside a
/// request context.
///
/// It is sent to every service that is called from now on, so it must not be a secret.
///
/// # Errors
///
/// If `name` is not a token of HTTP, or there is no room.
pub fn set_baggage(name: &str, value: &str) -> Result<(), BaggageError> {
    let Some(context) = current() else {
        return Ok(());
    };
    let mut own = context.own_baggage();
    own.get_or_insert_default().set(name, value)
}

/// The caller's span, where this process records none.
pub(crate) fn caller() -> Option<SpanContext> {
    current()?.caller.clone()
}

/// The context that this thread is in.
pub(crate) fn current() -> Option<Arc<RequestContext>> {
    CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .flatten()
}

/// Makes `context` the thread's, or none.
pub(crate) fn enter_shared(context: Option<Arc<RequestContext>>) -> ContextGuard {
    ContextGuard {
        visit: context.as_ref().and_then(visit),
        former: replace(context),
        stays_on_thread: PhantomData,
    }
}

/// The beginning of a visit, if the thread is in a trace that began in another context.
fn visit(context: &Arc<RequestContext>) -> Option<Visit> {
    segment::with_current(|body, place| {
        let is_same = body
            .request
            .as_ref()
            .is_some_and(|own| Arc::ptr_eq(own, context));
        let ended = body.spans.len();
        (!is_same).then_some(Visit { place, ended })
    })
    .flatten()
}

fn replace(context: Option<Arc<RequestContext>>) -> Option<Arc<RequestContext>> {
    CURRENT
        .try_with(|current| current.replace(context))
        .ok()
        .flatten()
}
