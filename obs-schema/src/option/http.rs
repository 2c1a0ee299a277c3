//! Options of the listener of the monitoring endpoints.

use super::service::COUNT;
use super::{OptionDef, ValueKind};
use crate::monitoring::{Anonymous, ClientAccess, SocketAccess};

pub(super) const HTTP: &[OptionDef] = &[
    OptionDef::new(
        "enabled",
        ValueKind::Bool,
        "`true`",
        "Whether obs opens a listener of its own. The routes can be mounted in a server of the program either way.",
    )
    .former(&["enable", "on"]),
    OptionDef::new(
        "listen",
        ValueKind::Address,
        "`\"127.0.0.1:9464\"`",
        "The address of the listener; port 0 for any free one. Or a Unix socket, such as `unix:/run/shop/obs.sock`.",
    )
    .former(&["address", "addr", "bind", "port"])
    .env(&["OBS_LISTEN"]),
    OptionDef::new(
        "probes_listen",
        ValueKind::Address,
        "none",
        "The address of a second listener, which other machines may reach: it has the probes and the metrics alone.",
    )
    .former(&["probe_listen", "health_listen", "probes"]),
    OptionDef::new(
        "socket",
        ValueKind::Choice(SocketAccess::WORDS),
        "`\"owner\"`",
        "Who may connect to a Unix socket: the user of the program, its group, or everyone on the machine.",
    )
    .former(&["socket_mode", "mode", "socket_access"]),
    OptionDef::new(
        "prefix",
        ValueKind::UrlPath,
        "`\"/monitoring\"`",
        "The path before every endpoint but the probes and the metrics.",
    )
    .former(&["base", "path"]),
    OptionDef::new(
        "hosts",
        ValueKind::Text,
        "none",
        "Names beside `localhost` under which the listener may be asked, separated by commas. Requests for another name are turned away, so that a web page cannot ask.",
    )
    .former(&["host", "hostname", "allowed_hosts"]),
    OptionDef::new(
        "anonymous",
        ValueKind::Choice(Anonymous::WORDS),
        "`\"auto\"`",
        "What callers without credentials may do. `auto`: read as long as no credentials are configured, otherwise only the probes and the metrics; everything on a Unix socket of the owner alone.",
    )
    .former(&["access", "guest", "unauthenticated", "anonymous_access"]),
    OptionDef::new(
        "allow_unauthenticated",
        ValueKind::Bool,
        "`false`",
        "The first half of letting other machines read without credentials; the second is `allow_remote`.",
    )
    .former(&["insecure", "no_auth"]),
    OptionDef::new(
        "allow_remote",
        ValueKind::Bool,
        "`false`",
        "The second half: both are needed where other machines can reach the listener and may read without credentials.",
    )
    .former(&["public", "remote"]),
    OptionDef::new(
        "token_file",
        ValueKind::Text,
        "none",
        "The file of bearer tokens and of users with hashed passwords, one a line: `write TOKEN`. It is read again when it changes.",
    )
    .former(&["auth_token_file", "token", "auth", "tokens", "users"])
    .env(&["OBS_AUTH_TOKEN_FILE"]),
    OptionDef::new(
        "metrics_username",
        ValueKind::Text,
        "none, so everybody",
        "The user who may fetch the metrics.",
    )
    .former(&["metrics_user", "username", "user"])
    .env(&["OBS_METRICS_USERNAME"]),
    OptionDef::new(
        "metrics_password_file",
        ValueKind::Text,
        "none",
        "The file with this user's password, or with its hash by Argon2 or bcrypt. It is read again when it changes.",
    )
    .former(&["metrics_password", "password_file", "password"])
    .env(&["OBS_METRICS_PASSWORD_FILE"]),
    OptionDef::new(
        "tls_certificate",
        ValueKind::Text,
        "none, so no TLS",
        "The file with the certificates of the listener, in PEM. It is read again when it changes.",
    )
    .former(&["tls_cert", "certificate", "cert", "cert_file"]),
    OptionDef::new("tls_key", ValueKind::Text, "none", "The file with the key of the certificate, in PEM.")
        .former(&["key", "private_key", "key_file"]),
    OptionDef::new(
        "client_ca",
        ValueKind::Text,
        "none",
        "The file with the authorities that sign the certificates of clients, in PEM.",
    )
    .former(&["tls_client_ca", "ca", "mtls"]),
    OptionDef::new(
        "client_access",
        ValueKind::Choice(ClientAccess::WORDS),
        "`\"read\"`",
        "What clients with such a certificate may do.",
    )
    .former(&["mtls_access"]),
    OptionDef::new(
        "max_connections",
        COUNT,
        "`256`",
        "Connections at the same time. A further one takes the place of the one that has been silent for longest.",
    )
    .former(&["connections", "connection_limit"]),
    OptionDef::new(
        "max_connections_per_address",
        COUNT,
        "`64`",
        "Connections of one address at the same time.",
    )
    .former(&["per_address", "connections_per_address"]),
];
