//! Who asks, and what for: the gate before every endpoint.

mod credentials;
mod error;
mod failures;
mod file;
mod files;
mod given;
mod password;
mod peer;
mod refusal;
mod rules;
mod secret;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use ::http::request::Parts;
use tokio::sync::Semaphore;

use self::credentials::{Credentials, Proof};
use self::failures::Failures;
use self::files::Files;
use self::given::Given;
use self::refusal::{MISSING, WRONG, nobody_may, not_enough, too_many, unauthorized};
use super::count;
use super::guard::Access;
use super::problem::Problem;
use crate::diagnostics;
use crate::fork::PerProcess;

pub use error::CredentialsError;
pub(super) use file::Place;
#[cfg(feature = "tls")]
pub(super) use file::{Stamp, warn_if_others_can_read};
pub(super) use peer::{From, Peer};
pub(super) use rules::{Reach, Rules};

/// Passwords that are checked at the same time: each costs a core for some milliseconds.
const MAX_CHECKS: usize = 1;

/// How often the files are looked at, at most.
const LOOK: Duration = Duration::from_secs(1);

/// The gate of the endpoints in servers of the program.
static MOUNTED: PerProcess<RwLock<Option<Arc<Gate>>>> = PerProcess::new();

/// Whom the endpoints answer.
#[derive(Debug)]
pub(super) struct Gate {
    /// What callers without credentials may do.
    anonymous: Access,
    /// How much they see of what is open to anybody.
    glimpse: Access,
    /// What callers with a certificate of the client CA may do.
    certified: Access,
    files: Files,
    credentials: RwLock<Arc<Credentials>>,
    failures: Failures,
    checks: Semaphore,
    looked: Mutex<Instant>,
}

/// Somebody who may do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    /// The name of the credentials, or `anonymous`.
    pub(super) who: String,
    pub(super) access: Access,
}

/// What an endpoint needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    pub(super) access: Access,
    /// Whether it shows the metrics, which may have a user of their own.
    pub(super) is_metrics: bool,
}

/// What callers need.
#[derive(Debug, Clone, Copy)]
struct Needed {
    /// With credentials.
    named: Access,
    /// Without.
    anonymous: Access,
}

impl Gate {
    /// A gate that lets pass whom the rules name.
    pub(super) fn new(rules: &Rules, reach: Reach) -> Result<Arc<Self>, CredentialsError> {
        let files = Files::new(rules);
        let credentials = files.read()?;
        Ok(Arc::new(Self {
            anonymous: rules.anonymous(reach),
            glimpse: rules.glimpse(reach),
            files,
            credentials: RwLock::new(Arc::new(credentials)),
            ..Self::without_files(rules)
        }))
    }

    fn without_files(rules: &Rules) -> Self {
        Self {
            anonymous: rules.anonymous(Reach::World),
            glimpse: rules.glimpse(Reach::World),
            certified: rules.certified.unwrap_or(Access::Read),
            files: Files::default(),
            credentials: RwLock::default(),
            failures: Failures::default(),
            checks: Semaphore::new(MAX_CHECKS),
            looked: Mutex::new(Instant::now()),
        }
    }

    /// The gate of the endpoints in servers of the program: that of the running service, or else one for a program
    /// without credentials.
    pub(super) fn mounted() -> Arc<Self> {
        let known = MOUNTED.get(RwLock::default);
        let known = known.read().unwrap_or_else(PoisonError::into_inner).clone();
        known.unwrap_or_else(|| Arc::new(Self::without_files(&Rules::default())))
    }

    /// Makes this the gate of the endpoints in servers of the program.
    pub(super) fn mount(self: Arc<Self>) {
        let known = MOUNTED.get(RwLock::default);
        *known.write().unwrap_or_else(PoisonError::into_inner) = Some(self);
    }

    /// Reads the files again if they have changed. What cannot be read leaves what was.
    fn reload(&self) {
        if !self.is_time_to_look() || !self.files.changed() {
            return;
        }
        match self.files.read() {
            Ok(fresh) => {
                let mut credentials = self
                    .credentials
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                *credentials = Arc::new(fresh);
            }
            Err(error) => diagnostics::report(&format!("{error}; the former credentials stay")),
        }
    }

    /// Lets a request pass, or says why not.
    pub(super) async fn admit(&self, need: Need, head: &Parts) -> Result<Caller, Problem> {
        let credentials = self.credentials();
        let need = need.with(&credentials);
        let from = head.extensions.get::<From>();
        let certified = self.certified(from);
        if let Some(caller) = &certified
            && caller.access >= need.named
        {
            return Ok(caller.clone());
        }
        let given = Given::of(&head.headers);
        let is_anonymous = given.is_none() || credentials.is_empty();
        if need.anonymous == Access::Open {
            return Ok(self.glance(&credentials, given, from.map(|from| from.peer)));
        }
        if is_anonymous && self.anonymous >= need.anonymous {
            return Ok(Caller::anonymous(self.anonymous));
        }
        if credentials.is_empty() && !self.files.has_certificates {
            return Err(nobody_may(need.anonymous));
        }
        let Some(given) = given else {
            if let Some(caller) = certified {
                return Err(not_enough(&caller, need.named));
            }
            return Err(unauthorized(&credentials, "missing_credentials", MISSING));
        };
        let peer = from.map(|from| from.peer);
        let caller = self.identify(&credentials, given, peer).await?;
        if caller.access >= need.named {
            return Ok(caller);
        }
        Err(not_enough(&caller, need.named))
    }

    fn certified(&self, from: Option<&From>) -> Option<Caller> {
        let certificate = from?.certificate.as_ref()?;
        Some(Caller {
            who: format!("certificate {certificate}"),
            access: self.certified,
        })
    }

    /// Who asks for what everybody may see: credentials decide how much of it at most, so none are refused and no
    /// password is looked into. Guesses count all the same.
    fn glance(
        &self,
        credentials: &Credentials,
        given: Option<Given>,
        peer: Option<Peer>,
    ) -> Caller {
        let anonymous = Caller::anonymous(self.glimpse);
        let Some(given) = given.filter(|_| !credentials.is_empty()) else {
            return anonymous;
        };
        match credentials.look_up(&given) {
            Proof::Known(caller) => caller,
            Proof::Token(token) if self.failures.locked(peer).is_none() => token.accept(),
            Proof::Wrong => {
                self.failures.count(peer);
                anonymous
            }
            Proof::Token(_) | Proof::Password(_) => anonymous,
        }
    }

    /// Who has these credentials. Somebody who guessed wrong too often has to wait, unless the credentials
    /// have been right before: those of an honest caller at the same address are.
    async fn identify(
        &self,
        credentials: &Credentials,
        given: Given,
        peer: Option<Peer>,
    ) -> Result<Caller, Problem> {
        let locked = self.failures.locked(peer);
        let proof = match credentials.look_up(&given) {
            Proof::Known(caller) => return Ok(caller),
            _ if locked.is_some() => return Err(too_many(locked.unwrap_or_default())),
            Proof::Password(check) => {
                // Nobody closes the semaphore; without a permit the check is as good, only dearer.
                let _turn = self.checks.acquire().await;
                check.run().await
            }
            Proof::Token(token) => Some(token.accept()),
            Proof::Wrong => None,
        };
        if let Some(caller) = proof {
            return Ok(caller);
        }
        count::wrong();
        match self.failures.count(peer) {
            Some(wait) => Err(too_many(wait)),
            None => Err(unauthorized(credentials, "wrong_credentials", WRONG)),
        }
    }

    fn is_time_to_look(&self) -> bool {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = looked.elapsed() >= LOOK;
        if is_time {
            *looked = Instant::now();
        }
        is_time
    }

    fn credentials(&self) -> Arc<Credentials> {
        self.reload();
        self.credentials
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Need {
    /// Where the metrics have a user, nobody else sees them who may not read anyway.
    fn with(self, credentials: &Credentials) -> Needed {
        let is_restricted = self.is_metrics && credentials.metrics_have_a_user();
        Needed {
            named: self.access,
            anonymous: if is_restricted {
                self.access.max(Access::Read)
            } else {
                self.access
            },
        }
    }
}

impl Caller {
    pub(super) fn anonymous(access: Access) -> Self {
        Self {
            who: "anonymous".to_owned(),
            access,
        }
    }
}
