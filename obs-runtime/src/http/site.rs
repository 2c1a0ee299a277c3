//! From a request to its answer, whoever received it.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::SystemTime;

use ::http::header::{ALLOW, RETRY_AFTER};
use ::http::request::Parts;
use ::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use axum::extract::{ConnectInfo, OriginalUri};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Bytes;
use obs_schema::suggest;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot, watch};

use super::accept;
use super::access::{Caller, From, Gate, Need, Peer};
use super::answer::Answer;
use super::audit::{self, Entry};
use super::endpoint::{self, ENDPOINTS, Endpoint};
use super::guard::{self, Access, Hosts};
use super::live::Closing;
use super::pages::Call;
use super::params::Params;
use super::paths::Paths;
use super::problem::Problem;
use super::stream::Content;

/// Bytes of a request's body.
const MAX_BODY: usize = 64 * 1024;
/// Heavy answers that are made at the same time.
const MAX_AT_WORK: usize = 4;
/// Requests for such answers that are made or wait for their turn; further ones are told to come back.
const MAX_ASKED: usize = 64;

/// The endpoints at their paths.
#[derive(Debug)]
pub(super) struct Site {
    paths: Paths,
    /// The names under which it may be asked; `None` leaves that to the program's own server.
    hosts: Option<Hosts>,
    gate: Arc<Gate>,
    /// Which of the endpoints it has: those for which this access is enough.
    scope: Access,
    at_work: Arc<Semaphore>,
    asked: Semaphore,
    /// Ends when the listener stops.
    closing: watch::Sender<bool>,
}

/// A request that has passed every check.
#[derive(Debug)]
struct Job {
    site: Arc<Site>,
    endpoint: &'static Endpoint,
    base: String,
    id: String,
    params: Params,
    headers: HeaderMap,
    caller: Caller,
    peer: Option<Peer>,
}

impl Site {
    /// Every endpoint.
    pub(super) fn new(paths: Paths, hosts: Option<Hosts>, gate: Arc<Gate>) -> Arc<Self> {
        Self::with_scope(paths, hosts, gate, Access::Write)
    }

    /// The probes and the metrics.
    pub(super) fn of_probes(paths: Paths, hosts: Option<Hosts>, gate: Arc<Gate>) -> Arc<Self> {
        Self::with_scope(paths, hosts, gate, Access::Open)
    }

    fn with_scope(paths: Paths, hosts: Option<Hosts>, gate: Arc<Gate>, scope: Access) -> Arc<Self> {
        Arc::new(Self {
            paths,
            hosts,
            gate,
            scope,
            at_work: Arc::new(Semaphore::new(MAX_AT_WORK)),
            asked: Semaphore::new(MAX_ASKED),
            closing: watch::Sender::new(false),
        })
    }

    /// Ends what would go on for ever.
    pub(super) fn close(&self) {
        self.closing.send_replace(true);
    }

    fn closing(&self) -> Closing {
        let mut closing = self.closing.subscribe();
        Box::pin(async move {
            // An error means that the site is gone: then this ends too.
            let _ = closing.wait_for(|is_closing| *is_closing).await;
        })
    }

    /// Answers a request. Never fails: what goes wrong is an answer too.
    pub(super) async fn answer<B>(self: Arc<Self>, request: Request<B>) -> Response<Content>
    where
        B: Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
    {
        let (mut head, body) = request.into_parts();
        note_peer(&mut head);
        let is_head = head.method == Method::HEAD;
        let site = self.clone();
        let answer = match self.job(&head, body).await {
            Ok(job) => job.run().await,
            Err(problem) => problem.into(),
        };
        answer.until(|| site.closing()).into_response(is_head)
    }

    async fn job<B>(self: Arc<Self>, head: &Parts, body: B) -> Result<Job, Problem>
    where
        B: Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
    {
        if let Some(hosts) = &self.hosts {
            hosts.check(head)?;
        }
        let (endpoint, id) = self.route(head)?;
        let access = endpoint.access();
        guard::same_site(access, head)?;
        let need = Need {
            access,
            is_metrics: endpoint.shows_metrics(),
        };
        let caller = self.gate.admit(need, head).await?;
        if access == Access::Write {
            guard::deliberate(head)?;
        }
        let query = head.uri.query().unwrap_or("");
        let mut params = Params::of_query(query, endpoint.params())?;
        if endpoint.takes_body() {
            params.add_body(&read(body).await?, endpoint.params())?;
        }
        Ok(Job {
            endpoint,
            base: base(head).to_owned(),
            id: id.to_owned(),
            params,
            headers: head.headers.clone(),
            caller,
            peer: head.extensions.get::<From>().map(|from| from.peer),
            site: self,
        })
    }

    fn route<'a>(&self, head: &'a Parts) -> Result<(&'static Endpoint, &'a str), Problem> {
        let mut found = endpoint::find(head.uri.path(), &self.paths);
        found
            .endpoints
            .retain(|endpoint| endpoint.access() <= self.scope);
        if found.endpoints.is_empty() {
            return Err(self.no_endpoint(head.uri.path()));
        }
        let fits = |endpoint: &&&'static Endpoint| endpoint.allows(&head.method);
        match found.endpoints.iter().find(fits) {
            Some(endpoint) => Ok((endpoint, found.id)),
            None => Err(wrong_method(&head.method, &found.endpoints)),
        }
    }

    fn no_endpoint(&self, path: &str) -> Problem {
        let mut known: Vec<String> = ENDPOINTS
            .iter()
            .filter(|one| one.access() <= self.scope)
            .map(|one| one.path_at(&self.paths))
            .collect();
        known.dedup();
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let help = match suggest(path, &names) {
            Some(meant) => format!("; did you mean `{meant}`?"),
            None if self.scope < Access::Read => String::new(),
            None => format!("; `{}` lists them all", self.paths.prefix),
        };
        Problem::not_found(format!("no endpoint `{path}`{help}")).with_known(known)
    }
}

impl Job {
    async fn run(self) -> Answer {
        if !self.endpoint.page().heavy {
            return self.finish_here();
        }
        let site = self.site.clone();
        let Ok(_asked) = site.asked.try_acquire() else {
            return busy().into();
        };
        let Ok(permit) = site.at_work.clone().acquire_owned().await else {
            return busy().into();
        };
        // The program's own server may run on another runtime than tokio's.
        let Ok(runtime) = Handle::try_current() else {
            return self.finish_here();
        };
        let (send, sent) = oneshot::channel();
        runtime.spawn_blocking(move || {
            let _permit = permit;
            // Fails if the client is gone: then nobody reads what follows either.
            self.finish(true, |answer| drop(send.send(answer)));
        });
        let stopped = || Problem::internal("the runtime is shutting down").into();
        sent.await.unwrap_or_else(|_| stopped())
    }

    fn finish_here(self) -> Answer {
        let mut made = None;
        self.finish(false, |answer| made = Some(answer));
        made.unwrap_or_else(|| Problem::internal("the endpoint panicked").into())
    }

    /// Collectors of the program run in there, so a panic is possible and costs one answer.
    fn finish(self, read_meanwhile: bool, send: impl FnOnce(Answer)) {
        let answer = catch_unwind(AssertUnwindSafe(|| self.ask()));
        let answer = answer.unwrap_or_else(|_| Err(Problem::internal("the endpoint panicked")));
        let mut answer = answer.unwrap_or_else(Answer::from);
        if self.endpoint.access() == Access::Write {
            self.note(&mut answer);
        }
        answer.deliver(accept::gzip(&self.headers), read_meanwhile, send);
    }

    /// Writes into the audit trail what was asked for and what came of it.
    fn note(&self, answer: &mut Answer) {
        let from = self
            .peer
            .map_or_else(|| "unknown".to_owned(), |peer| peer.to_string());
        let change = answer.take_change();
        let (before, after) = change.map(|change| (change.before, change.after)).unzip();
        audit::record(Entry {
            at: SystemTime::now(),
            who: self.caller.who.clone(),
            from,
            method: self.endpoint.method(),
            path: self.endpoint.path_of(&self.site.paths, &self.id),
            params: self.params.all().to_vec(),
            status: answer.status.as_u16(),
            before,
            after,
        });
    }

    fn ask(&self) -> Result<Answer, Problem> {
        (self.endpoint.page().run)(&Call {
            paths: &self.site.paths,
            base: &self.base,
            id: &self.id,
            params: &self.params,
            headers: &self.headers,
            sees_details: self.caller.access >= Access::Read,
        })
    }
}

/// Notes who asks a server of the program, if that says it. The listener knows by itself.
fn note_peer(head: &mut Parts) {
    if head.extensions.get::<From>().is_some() {
        return;
    }
    if let Some(ConnectInfo(address)) = head.extensions.get::<ConnectInfo<SocketAddr>>() {
        let peer = Peer::Machine(*address);
        head.extensions.insert(From {
            peer,
            certificate: None,
        });
    }
}

/// What the program's router has taken off the front of the path.
fn base(head: &Parts) -> &str {
    head.extensions
        .get::<OriginalUri>()
        .and_then(|original| original.path().strip_suffix(head.uri.path()))
        .unwrap_or("")
}

async fn read<B>(body: B) -> Result<Bytes, Problem>
where
    B: Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let message = format!("the body has more than {MAX_BODY} bytes");
            Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                message,
            ))
        }
        Err(error) => Err(Problem::bad(
            "bad_body",
            format!("the body broke off: {error}"),
        )),
    }
}

fn wrong_method(method: &Method, endpoints: &[&Endpoint]) -> Problem {
    let mut allowed: Vec<&str> = Vec::new();
    for endpoint in endpoints {
        allowed.push(endpoint.method());
        if endpoint.method() == "GET" {
            allowed.push("HEAD");
        }
    }
    let allowed = allowed.join(", ");
    let message = format!("`{method}` is not possible here; use {allowed}");
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        message,
    );
    match HeaderValue::from_str(&allowed) {
        Ok(allowed) => problem.with_header(ALLOW, allowed),
        Err(_) => problem,
    }
}

fn busy() -> Problem {
    let message = format!("{MAX_ASKED} answers are being made already; ask again in a second");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message)
        .with_header(RETRY_AFTER, HeaderValue::from_static("1"))
}

#[cfg(test)]
mod tests;
