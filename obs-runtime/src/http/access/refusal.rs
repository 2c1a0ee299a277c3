//! How callers are turned away.

use std::time::Duration;

use ::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use ::http::{HeaderValue, StatusCode};

use super::credentials::Credentials;
use super::{Access, Caller};
use crate::http::count;
use crate::http::problem::Problem;

pub(super) const MISSING: &str =
    "this needs credentials; send the header `Authorization: Bearer TOKEN`";
pub(super) const WRONG: &str =
    "nobody has these credentials; they are in the file that `http.token_file` names";

pub(super) fn unauthorized(
    credentials: &Credentials,
    code: &'static str,
    message: &'static str,
) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, message)
        .with_header(WWW_AUTHENTICATE, credentials.challenge())
}

pub(super) fn not_enough(caller: &Caller, needed: Access) -> Problem {
    let (who, level) = (&caller.who, needed.as_str());
    let message = format!(
        "`{who}` may not do this; use a token whose line in the file of `http.token_file` begins with `{level}`"
    );
    Problem::new(StatusCode::FORBIDDEN, "forbidden", message)
}

pub(super) fn nobody_may(needed: Access) -> Problem {
    let verb = match needed {
        Access::Write => "change anything",
        Access::Open | Access::Read => "read this",
    };
    let level = needed.as_str();
    let message = format!(
        "nobody may {verb} here because no credentials are configured; \
         write a line `{level} TOKEN` into a file and name it by `OBS_AUTH_TOKEN_FILE`"
    );
    Problem::new(StatusCode::FORBIDDEN, "no_credentials_configured", message)
}

pub(super) fn too_many(wait: Duration) -> Problem {
    count::locked();
    let wait = wait.as_secs().max(1);
    let message =
        format!("too many wrong credentials came from this address; try again in {wait} s");
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_failures", message);
    problem.with_header(RETRY_AFTER, HeaderValue::from(wait))
}
