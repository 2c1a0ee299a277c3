//! Tokens and users, and which of them a request names.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use ::http::HeaderValue;

use super::error::CredentialsError;
use super::file::Place;
use super::given::Given;
use super::password::{Password, PasswordError};
use super::secret::Digest;
use super::{Access, Caller};

/// The fewest characters of a token: what is shorter can be guessed.
const MIN_TOKEN: usize = 16;

/// Everybody who has credentials.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    tokens: Vec<Arc<Token>>,
    users: Vec<Arc<User>>,
    metrics: Option<Arc<User>>,
}

#[derive(Debug)]
pub(super) struct Token {
    digest: Digest,
    caller: Caller,
    /// Whether somebody has come with it since the file was read.
    is_known: AtomicBool,
}

#[derive(Debug)]
struct User {
    name: String,
    access: Access,
    password: Password,
}

/// What is known of what a request gives.
pub(super) enum Proof {
    /// It is right, as it was before.
    Known(Caller),
    /// It is a token that nobody has come with before.
    Token(Arc<Token>),
    /// It takes a while to find out.
    Password(Check),
    Wrong,
}

/// A password that is to be checked.
pub(super) struct Check {
    user: Arc<User>,
    /// There is no such user: the check takes its time all the same.
    is_stranger: bool,
    password: String,
}

impl Credentials {
    pub(super) fn is_empty(&self) -> bool {
        self.tokens.is_empty() && self.users.is_empty() && self.metrics.is_none()
    }

    pub(super) fn metrics_have_a_user(&self) -> bool {
        self.metrics.is_some()
    }

    /// Adds the lines of a file: `LEVEL TOKEN`, `LEVEL TOKEN NAME` or `LEVEL USER:HASH`.
    pub(super) fn add_lines(&mut self, text: &str, at: &Place) -> Result<(), CredentialsError> {
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let number = index + 1;
            self.add_line(line, number)
                .map_err(|message| CredentialsError::line(at, number, message))?;
        }
        if self.tokens.is_empty() && self.users.is_empty() {
            return Err(CredentialsError::whole(
                at,
                "has no token; add a line `write` and the output of `openssl rand -hex 32`",
            ));
        }
        Ok(())
    }

    fn add_line(&mut self, line: &str, number: usize) -> Result<(), String> {
        let mut words = line.split_whitespace();
        let access = match words.next() {
            Some("read") => Access::Read,
            Some("write") => Access::Write,
            // The word may be a secret.
            _ => return Err("begins with neither `read` nor `write`".to_owned()),
        };
        let Some(secret) = words.next() else {
            return Err("has a level but no token; write `read TOKEN`".to_owned());
        };
        let name = words.next();
        if words.next().is_some() {
            return Err("has more than a level, a token and a name; write `read TOKEN`".to_owned());
        }
        match secret.split_once(':') {
            Some((user, hash)) => self.add_user(access, user, hash),
            None => self.add_token(access, secret, name, number),
        }
    }

    fn add_user(&mut self, access: Access, name: &str, hash: &str) -> Result<(), String> {
        if name.is_empty() {
            return Err("has no name before the `:`; write `read NAME:HASH`".to_owned());
        }
        if self.users.iter().any(|user| user.name == name) {
            return Err(format!("names the user `{name}` again; remove one line"));
        }
        let password = Password::hashed(hash).map_err(|error| match error {
            PasswordError::NotHashed => format!(
                "has a password of `{name}` that is not hashed; write the output of `htpasswd -nB {name}`"
            ),
            PasswordError::Malformed(why) => format!("has a hash of `{name}` that cannot be used: {why}"),
        })?;
        self.users.push(Arc::new(User {
            name: name.to_owned(),
            access,
            password,
        }));
        Ok(())
    }

    fn add_token(
        &mut self,
        access: Access,
        token: &str,
        name: Option<&str>,
        number: usize,
    ) -> Result<(), String> {
        if token.len() < MIN_TOKEN {
            return Err(format!(
                "has a token of fewer than {MIN_TOKEN} characters; make one with `openssl rand -hex 32`"
            ));
        }
        let is_ok = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        if let Some(odd) = token.chars().find(|&c| !is_ok(c)) {
            return Err(format!(
                "has `{}` in its token; make one with `openssl rand -hex 32`",
                odd.escape_default()
            ));
        }
        let digest = Digest::of(&[token.as_bytes()]);
        if self.tokens.iter().any(|known| known.digest.is(&digest)) {
            return Err("has the token of another line; remove one".to_owned());
        }
        let who = name.map_or_else(|| format!("token of line {number}"), str::to_owned);
        self.tokens.push(Arc::new(Token {
            digest,
            caller: Caller { who, access },
            is_known: AtomicBool::new(false),
        }));
        Ok(())
    }

    /// Sets the user who may fetch the metrics.
    pub(super) fn set_metrics(
        &mut self,
        name: &str,
        text: &str,
        at: &Place,
    ) -> Result<(), CredentialsError> {
        if name.contains(':') {
            let message = format!(
                "is for `{name}`, and a name with `:` cannot be logged in with; choose another `OBS_METRICS_USERNAME`"
            );
            return Err(CredentialsError::whole(at, message));
        }
        if self.users.iter().any(|user| user.name == name) {
            let message = format!(
                "is for `{name}`, who is in the file of tokens as well; choose another `OBS_METRICS_USERNAME`"
            );
            return Err(CredentialsError::whole(at, message));
        }
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err(CredentialsError::whole(
                at,
                "has no password; write one into it",
            ));
        }
        let password = match Password::hashed(text) {
            Err(PasswordError::NotHashed) => Password::plain(text),
            Ok(password) => password,
            Err(PasswordError::Malformed(why)) => {
                return Err(CredentialsError::whole(
                    at,
                    format!("has a hash that cannot be used: {why}"),
                ));
            }
        };
        self.metrics = Some(Arc::new(User {
            name: name.to_owned(),
            access: Access::Open,
            password,
        }));
        Ok(())
    }

    /// Whose credentials these are. Every token is compared, and each in constant time.
    pub(super) fn look_up(&self, given: &Given) -> Proof {
        match given {
            Given::Nonsense => Proof::Wrong,
            Given::Token(digest) => match self.token(digest) {
                Some(token) if token.is_known.load(Relaxed) => Proof::Known(token.caller.clone()),
                Some(token) => Proof::Token(token.clone()),
                None => Proof::Wrong,
            },
            Given::Password { user, password } => self.look_up_user(user, password),
        }
    }

    /// Looks at all of them, so that the time does not tell which one it is.
    fn token(&self, digest: &Digest) -> Option<&Arc<Token>> {
        let mut found = None;
        for token in &self.tokens {
            if token.digest.is(digest) {
                found = Some(token);
            }
        }
        found
    }

    fn look_up_user(&self, name: &str, password: &str) -> Proof {
        let all = || self.users.iter().chain(&self.metrics);
        let named = all().find(|user| user.name == name);
        let Some(user) = named.or_else(|| all().next()) else {
            return Proof::Wrong;
        };
        if named.is_some() && user.password.is_known(password) {
            return Proof::Known(user.caller());
        }
        Proof::Password(Check {
            user: user.clone(),
            is_stranger: named.is_none(),
            password: password.to_owned(),
        })
    }

    /// What a caller can come with: `WWW-Authenticate`.
    pub(super) fn challenge(&self) -> HeaderValue {
        let has_users = !self.users.is_empty() || self.metrics.is_some();
        HeaderValue::from_static(match (has_users, self.tokens.is_empty()) {
            (true, true) => r#"Basic realm="obs", charset="UTF-8""#,
            (true, false) => r#"Basic realm="obs", charset="UTF-8", Bearer realm="obs""#,
            (false, _) => r#"Bearer realm="obs""#,
        })
    }
}

impl Token {
    /// Whose it is. From now on it is known.
    pub(super) fn accept(&self) -> Caller {
        self.is_known.store(true, Relaxed);
        self.caller.clone()
    }
}

impl User {
    fn caller(&self) -> Caller {
        Caller {
            who: format!("user {}", self.name),
            access: self.access,
        }
    }
}

impl Check {
    /// Who has the password. It costs some milliseconds of a core, so not on the thread that answers.
    pub(super) async fn run(self) -> Option<Caller> {
        let Self {
            user,
            is_stranger,
            password,
        } = self;
        let caller = user.caller();
        let check = move || user.password.check(&password);
        let is_right = match tokio::runtime::Handle::try_current() {
            Ok(runtime) => runtime.spawn_blocking(check).await.unwrap_or(false),
            Err(_) => check(),
        };
        (is_right && !is_stranger).then_some(caller)
    }
}
