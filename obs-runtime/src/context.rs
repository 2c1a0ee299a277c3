//! What is known of the request at hand: its id, its user, keys of one's own.
//!
//! A request context is inherited by everything that runs inside it: each log
//! line, each span and each nested call carries it, over `.await` too.
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

use std::borrow::Cow;
use std::cell::RefCell;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::hot::{body, segment};

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

    /// Makes this the context of the thread until the returned guard is dropped.
    pub fn enter(self) -> ContextGuard {
        enter_shared(Some(Arc::new(self)))
    }

    /// Makes this the context of a future and everything that it awaits.
    pub fn scope<F: Future>(self, future: F) -> Scoped<F> {
        Scoped {
            context: Arc::new(self),
            future,
        }
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

    fn entries(&self) -> std::sync::MutexGuard<'_, Vec<(Cow<'static, str>, String)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the context of [`RequestContext::enter`] when dropped.
#[derive(Debug)]
#[must_use = "the context ends when the guard is dropped"]
pub struct ContextGuard {
    former: Option<Arc<RequestContext>>,
    stays_on_thread: PhantomData<*const ()>,
}

impl Drop for ContextGuard {
    fn drop(&mut self) {
        drop(replace(self.former.take()));
    }
}

pin_project! {
    /// The future of [`RequestContext::scope`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Scoped<F> {
        context: Arc<RequestContext>,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let _inside = enter_shared(Some(this.context.clone()));
        this.future.poll(cx)
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

/// The context that this thread is in.
pub(crate) fn current() -> Option<Arc<RequestContext>> {
    CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .flatten()
}

/// Makes `context` the thread's, or none.
pub(crate) fn enter_shared(context: Option<Arc<RequestContext>>) -> ContextGuard {
    if let Some(context) = &context {
        let for_trace = context.clone();
        segment::with_current(|body, _| {
            body.request.get_or_insert(for_trace);
        });
    }
    ContextGuard {
        former: replace(context),
        stays_on_thread: PhantomData,
    }
}

fn replace(context: Option<Arc<RequestContext>>) -> Option<Arc<RequestContext>> {
    CURRENT
        .try_with(|current| current.replace(context))
        .ok()
        .flatten()
}
