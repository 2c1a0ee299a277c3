//! The words that [names](super::key) of secrets are made of.

/// Words that name a secret.
pub(super) const SECRETS: &[&str] = &[
    "password",
    "passwords",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "secret",
    "secrets",
    "token",
    "apikey",
    "apikeys",
    "authorization",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "creds",
    "jwt",
    "privatekey",
    "accesskey",
    "secretkey",
    "sessionid",
    "cvv",
    "cvc",
];

/// How words end that name a secret when they are written as one: `dbpassword`, `accesstoken`.
pub(super) const ENDINGS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "privatekey",
    "accesskey",
    "secretkey",
    "cookie",
    "credential",
    "credentials",
];

/// Two words in a row that name a secret.
pub(super) const PAIRS: &[(&str, &str)] = &[
    ("api", "key"),
    ("api", "keys"),
    ("api", "tokens"),
    ("access", "key"),
    ("access", "keys"),
    ("access", "tokens"),
    ("refresh", "tokens"),
    ("auth", "tokens"),
    ("auth", "key"),
    ("account", "key"),
    ("shared", "key"),
    ("private", "key"),
    ("private", "keys"),
    ("signing", "key"),
    ("encryption", "key"),
    ("session", "id"),
    ("session", "key"),
    ("admin", "pass"),
    ("auth", "pass"),
    ("database", "pass"),
    ("db", "pass"),
    ("ftp", "pass"),
    ("http", "pass"),
    ("ldap", "pass"),
    ("login", "pass"),
    ("mail", "pass"),
    ("mysql", "pass"),
    ("pg", "pass"),
    ("postgres", "pass"),
    ("redis", "pass"),
    ("root", "pass"),
    ("smtp", "pass"),
    ("user", "pass"),
    ("card", "number"),
    ("credit", "card"),
];

/// Last words of names that are about a secret.
#[rustfmt::skip]
pub(super) const ABOUT: &[&str] = &[
    "age", "alg", "algorithm", "at", "attempts", "bucket", "budget", "changed", "count", "counts", "created",
    "date", "disabled", "duration", "enabled", "endpoint", "error", "errors", "expiration", "expired",
    "expires", "expiry", "file", "format", "id", "ids", "in", "index", "issuer", "kind", "len", "length",
    "limit", "manager", "max", "min", "missing", "ms", "name", "names", "path", "policy", "position",
    "present", "provider", "rate", "refreshed", "required", "reset", "retries", "rotation", "scope",
    "scopes", "seconds", "secs", "service", "size", "source", "state", "status", "store", "strength", "time",
    "total", "ttl", "type", "updated", "uri", "url", "usage", "used", "valid", "validity", "version",
    // Files of source: `src/token.rs:17`.
    "go", "js", "py", "rs", "ts",
];

/// First words of names that count or ask.
pub(super) const ASKING: &[&str] = &[
    "has", "is", "max", "min", "needs", "no", "num", "requires", "total", "with",
];
