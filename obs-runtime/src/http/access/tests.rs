//! What the files may say, and what the answers are to what they may not.

use ::http::header::AUTHORIZATION;
use ::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::config::Origin;

/// `correct horse` by Argon2id with little memory, and by bcrypt with few rounds.
fn hashes() -> [String; 2] {
    use argon2::password_hash::PasswordHasher;
    use argon2::{Algorithm, Argon2, Params, Version};
    let params = Params::new(64, 1, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password_with_salt(b"correct horse", b"a salt of bytes.");
    let bcrypt = bcrypt::hash_with_salt("correct horse", 4, *b"sixteen bytes ok");
    [hash.unwrap().to_string(), bcrypt.unwrap().to_string()]
}

fn place() -> Place {
    Place::new("http.token_file", "/etc/tokens", Origin::Default).unwrap()
}

fn lines(text: &str) -> Result<Credentials, String> {
    let mut credentials = Credentials::default();
    let added = credentials.add_lines(text, &place());
    added.map_err(|error| error.to_string())?;
    Ok(credentials)
}

fn gate(credentials: Credentials) -> Gate {
    Gate {
        anonymous: Access::Open,
        credentials: RwLock::new(Arc::new(credentials)),
        ..Gate::without_files(&Rules::default())
    }
}

fn head(authorization: &str) -> Parts {
    let request = Request::get("/").header(AUTHORIZATION, authorization);
    request.body(()).unwrap().into_parts().0
}

fn bearer(token: &str) -> Parts {
    head(&format!("Bearer {token}"))
}

fn basic(user: &str, password: &str) -> Parts {
    head(&format!(
        "Basic {}",
        STANDARD.encode(format!("{user}:{password}"))
    ))
}

async fn ask(gate: &Gate, access: Access, head: &Parts) -> Result<String, u16> {
    let need = Need {
        access,
        is_metrics: false,
    };
    let caller = gate.admit(need, head).await;
    caller
        .map(|caller| caller.who)
        .map_err(|problem| problem.status.as_u16())
}

const READER: &str = "0123456789abcdef0123456789abcdef";
const WRITER: &str = "fedcba9876543210fedcba9876543210";

fn two_tokens() -> Credentials {
    lines(&format!(
        "# tokens\n\nread {READER}\n  write\t{WRITER} deployer\n"
    ))
    .unwrap()
}

#[test]
fn mistakes_are_named_by_line_and_never_quoted() {
    let secret = "hunter2hunter2hunter2";
    for (text, expected) in [
        (
            "",
            "`http.token_file`: `/etc/tokens` has no token; add a line `write` and the output of `openssl rand -hex 32`",
        ),
        (
            "# nothing\n",
            "`http.token_file`: `/etc/tokens` has no token; add a line `write` and the output of `openssl rand -hex 32`",
        ),
        (
            secret,
            "`http.token_file`: `/etc/tokens` line 1 begins with neither `read` nor `write`",
        ),
        (
            "\nread",
            "`http.token_file`: `/etc/tokens` line 2 has a level but no token; write `read TOKEN`",
        ),
        (
            "read short",
            "`http.token_file`: `/etc/tokens` line 1 has a token of fewer than 16 characters; make one with `openssl rand -hex 32`",
        ),
        (
            "read hunter2hunter2hunter2!",
            "`http.token_file`: `/etc/tokens` line 1 has `!` in its token; make one with `openssl rand -hex 32`",
        ),
        (
            "read hunter2hunter2hunter2\nwrite hunter2hunter2hunter2",
            "`http.token_file`: `/etc/tokens` line 2 has the token of another line; remove one",
        ),
        (
            "read hunter2hunter2hunter2 a b",
            "`http.token_file`: `/etc/tokens` line 1 has more than a level, a token and a name; write `read TOKEN`",
        ),
        (
            "read ann:hunter2hunter2hunter2",
            "`http.token_file`: `/etc/tokens` line 1 has a password of `ann` that is not hashed; write the output of `htpasswd -nB ann`",
        ),
        (
            "read :$2b$hunter2hunter2hunter2",
            "`http.token_file`: `/etc/tokens` line 1 has no name before the `:`; write `read NAME:HASH`",
        ),
    ] {
        let message = lines(text).unwrap_err();
        assert_eq!(message, expected);
        assert!(!message.contains("hunter2"), "{message}");
    }
    for broken in [
        "$argon2id$v=19$hunter2",
        "$argon2id$v=19$m=64,t=1,p=1",
        "$2b$hunter2",
    ] {
        let message = lines(&format!("read ann:{broken}")).unwrap_err();
        assert!(
            message.contains("has a hash of `ann` that cannot be used: "),
            "{message}"
        );
    }
}

#[test]
fn nothing_of_a_secret_shows() {
    let [argon2, _] = hashes();
    let credentials = lines(&format!("read {READER}\nwrite ann:{argon2}")).unwrap();
    let given = [bearer(READER), basic("ann", "correct horse")];
    for head in &given {
        let shown = format!("{:?}", Given::of(&head.headers));
        assert!(
            !shown.contains("0123") && !shown.contains("horse"),
            "{shown}"
        );
    }
    assert!(!format!("{credentials:?}").contains(READER));
}

#[tokio::test]
async fn each_token_has_its_level() {
    let gate = gate(two_tokens());
    let (reader, writer) = (bearer(READER), bearer(WRITER));
    let named = "token of line 3".to_owned();
    assert_eq!(ask(&gate, Access::Read, &reader).await, Ok(named));
    assert_eq!(ask(&gate, Access::Write, &reader).await, Err(403));
    for access in [Access::Read, Access::Write] {
        assert_eq!(ask(&gate, access, &writer).await, Ok("deployer".to_owned()));
    }
}

#[tokio::test]
async fn what_is_no_credentials_is_refused() {
    let gate = gate(two_tokens());
    for value in [
        "",
        "Bearer",
        "Bearer ",
        READER,
        &format!("Digest {READER}"),
        &format!("Bearer {READER}x"),
        &format!("Bearer {}", &READER[1..]),
        "Basic !!!",
    ] {
        assert_eq!(
            ask(&gate, Access::Read, &head(value)).await,
            Err(401),
            "{value}"
        );
        gate.failures.forget();
    }
    let long = head(&format!("Bearer {}", "x".repeat(10_000)));
    assert_eq!(ask(&gate, Access::Read, &long).await, Err(401));
    let mut twice = bearer(READER);
    twice
        .headers
        .append(AUTHORIZATION, format!("Bearer {WRITER}").parse().unwrap());
    assert_eq!(ask(&gate, Access::Read, &twice).await, Err(401));
}

#[tokio::test]
async fn users_have_hashed_passwords() {
    for hash in hashes() {
        let gate = gate(lines(&format!("read ann:{hash}")).unwrap());
        let right = basic("ann", "correct horse");
        for _ in 0..2 {
            assert_eq!(
                ask(&gate, Access::Read, &right).await,
                Ok("user ann".to_owned())
            );
        }
        assert_eq!(ask(&gate, Access::Write, &right).await, Err(403));
        for (user, password) in [
            ("ann", "wrong"),
            ("ann", ""),
            ("bob", "correct horse"),
            ("", ""),
        ] {
            let wrong = basic(user, password);
            assert_eq!(
                ask(&gate, Access::Read, &wrong).await,
                Err(401),
                "{user} {password}"
            );
        }
    }
}

#[tokio::test]
async fn guessing_is_stopped_and_honest_callers_notice_nothing() {
    let gate = gate(two_tokens());
    let honest = bearer(READER);
    assert!(ask(&gate, Access::Read, &honest).await.is_ok());
    let guess = bearer("guessguessguessguess");
    let mut answers = Vec::new();
    for _ in 0..50 {
        answers.push(ask(&gate, Access::Read, &guess).await.unwrap_err());
    }
    let refused = answers.iter().filter(|status| **status == 401).count();
    assert_eq!(refused, failures::ALLOWED as usize - 1);
    assert!(answers.iter().skip(refused).all(|status| *status == 429));
    assert!(ask(&gate, Access::Read, &honest).await.is_ok());
    // A right guess tells no more than a wrong one.
    for _ in 0..3 {
        assert_eq!(ask(&gate, Access::Read, &bearer(WRITER)).await, Err(429));
    }
}

#[tokio::test]
async fn the_user_of_the_metrics_may_do_nothing_else() {
    let mut credentials = Credentials::default();
    let at = Place::new("http.metrics_password_file", "p", Origin::Default).unwrap();
    credentials.set_metrics("scraper", "s3cret\n", &at).unwrap();
    let gate = gate(credentials);
    let metrics = Need {
        access: Access::Open,
        is_metrics: true,
    };
    let scraper = basic("scraper", "s3cret");
    assert_eq!(
        gate.admit(metrics, &scraper).await.unwrap().who,
        "user scraper"
    );
    let nobody = Request::get("/").body(()).unwrap().into_parts().0;
    let problem = gate.admit(metrics, &nobody).await.unwrap_err();
    assert_eq!(problem.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&gate, Access::Read, &scraper).await, Err(403));
    assert_eq!(
        ask(&gate, Access::Open, &nobody).await.unwrap(),
        "anonymous",
        "the probes"
    );
}

#[test]
fn the_user_of_the_metrics_has_a_name_of_its_own() {
    let [_, hash] = hashes();
    let mut credentials = Credentials::default();
    let tokens = Place::new("http.token_file", "t", Origin::Default).unwrap();
    let line = format!("read scraper:{hash}");
    credentials.add_lines(&line, &tokens).unwrap();
    let at = Place::new("http.metrics_password_file", "p", Origin::Default).unwrap();
    for (name, wanted) in [
        ("scraper", "who is in the file of tokens as well"),
        ("scra:per", "cannot be logged in with"),
    ] {
        let error = credentials.set_metrics(name, "other", &at).unwrap_err();
        assert!(error.to_string().contains(wanted), "{error}");
    }
    credentials.set_metrics("prometheus", "other", &at).unwrap();
}

#[test]
fn callers_without_credentials_get_as_little_as_needed() {
    let rules = |anonymous, tokens| Rules {
        anonymous,
        tokens,
        ..Rules::default()
    };
    use Access::{Open, Read, Write};
    for (rules, reach, may, sees) in [
        (rules(None, None), Reach::Machine, Read, Read),
        (rules(None, None), Reach::World, Read, Open),
        (rules(None, Some(place())), Reach::Machine, Open, Open),
        (rules(None, Some(place())), Reach::Owner, Write, Write),
        (rules(Some(Write), None), Reach::World, Write, Write),
        (rules(Some(Open), None), Reach::Owner, Open, Open),
    ] {
        assert_eq!(rules.anonymous(reach), may, "{rules:?}");
        assert_eq!(rules.glimpse(reach), sees, "{rules:?}");
    }
}
