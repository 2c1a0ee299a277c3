//! Texts.

use super::*;

const JWT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

#[test]
fn secrets_are_hidden() {
    for (text, shown) in [
        // Names and values.
        ("password=hunter2", "password=[redacted]"),
        (
            "DB_PASS=hunter2 DB_USER=shop",
            "DB_PASS=[redacted] DB_USER=shop",
        ),
        (
            "password = hunter2 user=ada",
            "password = [redacted] user=ada",
        ),
        (
            "user=ada password=hunter2, attempt=3",
            "user=ada password=[redacted], attempt=3",
        ),
        ("Password: hunter2", "Password: [redacted]"),
        ("PGPASSWORD=hunter2 psql", "PGPASSWORD=[redacted] psql"),
        ("api key: 17", "api key: [redacted]"),
        ("the private key = abc", "the private key = [redacted]"),
        (
            "Server=db;User Id=app;Password=hun,ter2;Timeout=3",
            "Server=db;User Id=app;Password=[redacted];Timeout=3",
        ),
        ("(token=abc)", "(token=[redacted])"),
        ("token=a)b(c}d x", "token=[redacted] x"),
        ("password=hun'ter\"2 x", "password=[redacted] x"),
        (
            r#"{"password":"hunter2","user":"ada"}"#,
            r#"{"password":"[redacted]","user":"ada"}"#,
        ),
        (
            r#"{"password": "hun\"ter2 x", "a": 1}"#,
            r#"{"password": "[redacted]", "a": 1}"#,
        ),
        (
            r#"{"pin": 1, "password": "hunter2\\", "a": 1}"#,
            r#"{"pin": 1, "password": "[redacted]", "a": 1}"#,
        ),
        (r#"{"password" : 12345}"#, r#"{"password" : [redacted]}"#),
        (
            r#""{\"password\":\"hunter2\",\"user\":\"ada\"}""#,
            r#""{\"password\":\"[redacted]\",\"user\":\"ada\"}""#,
        ),
        // A text of JSON in a text of JSON in a text.
        (
            r#"got "{\"body\":\"{\\\"password\\\":\\\"hun\\\\\\\"ter2\\\",\\\"a\\\":1}\"}" back"#,
            r#"got "{\"body\":\"{\\\"password\\\":\\\"[redacted]\\\",\\\"a\\\":1}\"}" back"#,
        ),
        (
            r#"{"user":{"name":"ada","secrets":["a","b"],"api_key":{"id":1}},"n":1}"#,
            r#"{"user":{"name":"ada","secrets":[redacted],"api_key":[redacted]},"n":1}"#,
        ),
        (
            "{\n  \"password\": \"hunter2\",\n  \"user\": \"ada\"\n}",
            "{\n  \"password\": \"[redacted]\",\n  \"user\": \"ada\"\n}",
        ),
        (
            r#"User { name: "ada", password: "hunter2" }"#,
            r#"User { name: "ada", password: "[redacted]" }"#,
        ),
        (
            r#"User { password: Some("hunter 2"), id: 3 }"#,
            "User { password: [redacted], id: 3 }",
        ),
        (
            r#"User { token: Token { text: "a)b" }, id: 3 }"#,
            "User { token: [redacted], id: 3 }",
        ),
        (
            "Key { secret: [1, 2, 3], id: 3 }",
            "Key { secret: [redacted], id: 3 }",
        ),
        (
            r#"[("authorization", "Bearer x"), ("accept", "*/*")]"#,
            r#"[("authorization", "[redacted]"), ("accept", "*/*")]"#,
        ),
        ("'secret': 'a b'", "'secret': '[redacted]'"),
        ("password: 'open to the end", "password: '[redacted]"),
        ("password=", "password="),
        (
            "mysql --user app --password hunter2 shop",
            "mysql --user app --password [redacted] shop",
        ),
        ("--api-key 'a b'", "--api-key '[redacted]'"),
        // Headers.
        (
            "authorization: Basic YWRhOmh1bnRlcjI=\r\nAccept: */*",
            "authorization: [redacted]\r\nAccept: */*",
        ),
        (
            "Cookie: sid=1; theme=dark\nHost: a",
            "Cookie: [redacted]\nHost: a",
        ),
        ("token: Bearer abc", "token: [redacted]"),
        (
            r#"Request { authorization: Some("Bearer x y"), status: 2 }"#,
            "Request { authorization: [redacted], status: 2 }",
        ),
        // Addresses.
        (
            "postgres://app:hunter2@db/shop",
            "postgres://app:[redacted]@db/shop",
        ),
        (
            "at redis://:hunter2@cache:6379, gone",
            "at redis://:[redacted]@cache:6379, gone",
        ),
        (
            "amqp://a:p@ss@b:5672/x?y=z",
            "amqp://a:[redacted]@b:5672/x?y=z",
        ),
        ("mysql://a:p/s?s@b:3306/x", "mysql://a:[redacted]@b:3306/x"),
        (
            "https://0123456789abcdef0123@github.com/a/b",
            "https://[redacted]@github.com/a/b",
        ),
        (
            "GET https://h/p?token=abc&x=1",
            "GET https://h/p?token=[redacted]&x=1",
        ),
        (
            "https://b.s3/x?X-Amz-Credential=A%2F1&X-Amz-Signature=ab12&z=1",
            "https://b.s3/x?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]&z=1",
        ),
        (
            "https://h/x?sv=2&sig=a%3D",
            "https://h/x?sv=2&sig=[redacted]",
        ),
        (
            "error sending request for url (https://ada:hunter2@pay/v1): connection refused",
            "error sending request for url (https://ada:[redacted]@pay/v1): connection refused",
        ),
        (
            "mongodb+srv://app:p%40ss@c1.example,c2.example/x failed, postgresql://u:hunter2@[::1]:5432/d",
            "mongodb+srv://app:[redacted]@c1.example,c2.example/x failed, postgresql://u:[redacted]@[::1]:5432/d",
        ),
        (
            "jdbc:postgresql://db/shop?user=app&password=hunter2&ssl=1",
            "jdbc:postgresql://db/shop?user=app&password=[redacted]&ssl=1",
        ),
        // Tokens.
        (
            "sent Bearer abcDEF123._~+/= to them",
            "sent Bearer [redacted] to them",
        ),
        ("BEARER 0123456789", "BEARER [redacted]"),
        ("with Basic YWRhOmh1bnRlcjI=.", "with Basic [redacted]."),
        ("key sk-proj-abc123DEF456ghi, no", "key [redacted], no"),
        ("(ghp_0123456789abcdefghijABCDEFGHIJ012345)", "([redacted])"),
        ("github_pat_11ABCDEFG0123456789_abcdef", "[redacted]"),
        ("gho_0123456789abcdefghijABCDEFGHIJ012345", "[redacted]"),
        ("id AKIAIOSFODNN7EXAMPLE", "id [redacted]"),
        ("id ASIAIOSFODNN7EXAMPLE.", "id [redacted]."),
        ("xoxb-123456789012-abcdefABCDEF", "[redacted]"),
        ("AIzaSyA1234567890abcdefghijklmnopqrstuv", "[redacted]"),
        ("glpat-abcdEFGH1234_5678-ij", "[redacted]"),
        ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "[redacted]"),
        ("npm_0123456789abcdefghijABCDEFGHIJ012345", "[redacted]"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nx==\n-----END RSA PRIVATE KEY-----\nnext",
            "[redacted]\nnext",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIE cut…", "[redacted]"),
        // Cards.
        ("card 4111111111111111 declined", "card [redacted] declined"),
        ("4111 1111 1111 1111", "[redacted]"),
        ("4111-1111-1111-1111.", "[redacted]."),
        ("amex 3782 822463 10005", "amex [redacted]"),
        ("378282246310005", "[redacted]"),
        ("5555555555554444,30569309025904", "[redacted],[redacted]"),
        ("12 4111 1111 1111 1111 2027", "12 [redacted] 2027"),
        (
            "12345678901234567890 4111111111111111 and more text, more than is read at once or so",
            "12345678901234567890 [redacted] and more text, more than is read at once or so",
        ),
        ("\"card\":4222222222222", "\"card\":[redacted]"),
        ("6011111111111117/3530111333300000", "[redacted]/[redacted]"),
    ] {
        assert_eq!(hidden(text), shown, "{text}");
    }
    assert_eq!(hidden(&format!("got {JWT}, ok")), "got [redacted], ok");
    assert_eq!(hidden(&format!("a={JWT}.")), "a=[redacted].");
}

#[test]
fn a_name_counts_in_any_case() {
    for name in ["PassWord", "pASSWORD", "aPi-KeY", "ToKeN", "SeCreT", "cVV"] {
        assert_eq!(
            hidden(&format!("it said {name}=17 to them")),
            format!("it said {name}=[redacted] to them")
        );
    }
}

#[test]
fn an_address_that_was_cut_is_hidden_to_its_end() {
    assert_eq!(
        hidden("postgres://app:hunter2…"),
        "postgres://app:[redacted]"
    );
    assert_eq!(hidden("http://host:80…"), "http://host:[redacted]");
    assert_eq!(hidden("http://host:8080"), "http://host:8080");
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        "",
        "delivered order 17 to ada@example.com",
        "2026-08-06T12:00:00.123456Z INFO shop::payment: took 12:30:59",
        "module a::token::Kind = b::Secret::new",
        "unexpected token: }",
        "invalid token: expected `;`",
        "token: expired",
        "password is wrong, password must have 8 characters",
        "password: missing",
        "token_count=17 max_tokens: 4096 tokens=3",
        "at src/token.rs:17:5 and secret.rs:3",
        "--token <TOKEN> --password --force --secret is missing",
        "call +4915112345678",
        "author=ada authority: a.b",
        "the secret of success",
        "{\"password\":null,\"token\":\"\",\"cookie\":false}",
        "User { password: [redacted], card: [redacted]4242 }",
        "password=***",
        "Login { password: [redacted]4242 }",
        // Addresses.
        "http://localhost:8080/a@b",
        "https://git@github.com/a/b ssh://git@host",
        "http://[::1]:80/x@y and http://a/b?mail=a@b",
        "postgres://app:[redacted]@db",
        "https://h/x?signature_version=4 signature=abc",
        // Words.
        "bearer token missing, Bearer authentication required",
        "WWW-Authenticate: Bearer realm=\"shop\"",
        "basic authentication, Basic knowledge",
        "a risk-free task-force asks disk-0123456789abcdef",
        "sk-learn sk-some-css-class-name",
        "https://xoxb.example/glpat",
        "AKIA and AIza and eyJ",
        "eyJhbGciOiJIUzI1NiJ9",
        "ASIAN CUISINE AKIAIOSFODNN7EXAMPLEX",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "--- a/b\n+++ b/b -- ------",
        // Numbers.
        "4111111111111112 and 4111 1111 1111 1112",
        "0123456789 1786017600123 1786017600123456 1786017600123456789",
        "550e8400-e29b-41d4-a716-446655440000",
        "abcdefab-cdef-4abc-8123-456789012345",
        "0af7651916cd43dd8448eb211c80319c",
        "a4111111111111111 4111111111111111b",
        "ratio 0.4111111111111111",
        "41111111111111111111111111111111",
        "4111-1111-1111-1111-1111",
        "+49 1511 1111 1111",
        "2026-08-06 12 30 4111",
        "ä4ö: ü=",
    ] {
        assert_eq!(hidden(text), text);
    }
}

#[test]
fn long_texts_are_read_in_time() {
    let started = std::time::Instant::now();
    for part in [
        "password:",
        "=",
        ":",
        "\"",
        "(\"a\", ",
        "://",
        "-----BEGIN ",
        "4111 ",
        "4",
        "eyJ.",
        "a:{",
        "'\\",
        "Bearer ",
        "token: [",
    ] {
        let text = part.repeat(16 * 1024 / part.len());
        assert!(hidden(&text).len() <= 2 * text.len() + 16);
    }
    assert!(
        started.elapsed() < std::time::Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}
