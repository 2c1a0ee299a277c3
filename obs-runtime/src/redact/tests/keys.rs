//! Names.

use super::*;

#[test]
fn names_of_secrets_in_every_spelling() {
    for key in [
        "password",
        "Password",
        "PASSWORD",
        "db_password",
        "db.password",
        "dbPassword",
        "DBPassword",
        "dbpassword",
        "password2",
        "password_hash",
        "user-password-old",
        "passwd",
        "DB_PASS",
        "smtp_pass",
        "dbPass",
        "mysql-root-pass",
        "pwd",
        "passphrase",
        "secret",
        "client_secret",
        "clientSecret",
        "secrets",
        "token",
        "Token",
        "access_token",
        "accessToken",
        "accesstoken",
        "csrf-token",
        "refresh_tokens",
        "api_key",
        "api-key",
        "apiKey",
        "APIKey",
        "apikey",
        "X-Api-Key",
        "x_api_key_2",
        "authorization",
        "Proxy-Authorization",
        "cookie",
        "Set-Cookie",
        "credential",
        "aws_credentials",
        "private_key",
        "privateKeyPem",
        "ssh_private_key",
        "secret_access_key",
        "session",
        "session_id",
        "sessionid",
        "jwt",
        "card_number",
        "cardNumber",
        "credit_card",
        "cvv",
    ] {
        assert!(Redaction::new().hides_key(key), "{key}");
    }
}

#[test]
fn names_that_only_look_like_them() {
    for key in [
        "",
        "_",
        "token_count",
        "max_tokens",
        "tokens",
        "tokenizer",
        "token_type",
        "tokenLength",
        "max_token",
        "author",
        "authority",
        "authorized",
        "authors",
        "has_password",
        "is_secret",
        "password_length",
        "password_changed_at",
        "secretary",
        "secret_name",
        "cookie_count",
        "key",
        "cache_key",
        "primary_key",
        "public_key",
        "keyboard",
        "monkey",
        "passenger",
        "pass",
        "compass",
        "passed",
        "session_count",
        "session_duration",
        "card",
        "discard_number_of",
        "credit",
        "message",
        "order",
        "user_id",
        "request_id",
        "trace_id",
        "http.request.method",
        "url.path",
        "größe",
    ] {
        assert!(!Redaction::new().hides_key(key), "{key}");
    }
}

#[test]
fn a_name_of_any_length_is_read() {
    let long = format!("{}password", "a_".repeat(1000));
    assert!(Redaction::new().hides_key(&long));
    assert!(!Redaction::new().hides_key(&"a_".repeat(100_000)));
}
