use super::*;
use quote::ToTokens as _;

fn returned(sig: &str) -> (How, String) {
    let sig: Signature = syn::parse_str(sig).unwrap();
    let returned = Returned::of(&sig);
    let value = match &returned.value {
        Value::Never => "never".to_owned(),
        Value::Plain(ty) => format!("plain {}", ty.to_token_stream()),
        Value::Fallible(ty) => format!("fallible {}", ty.to_token_stream()),
    };
    (returned.how, value.replace(' ', ""))
}

#[test]
fn values_that_cannot_fail() {
    for sig in [
        "fn f()",
        "fn f() -> u32",
        "fn f() -> Option<Result<u8, E>>",
        "fn f<T>() -> T",
        "fn f() -> &'static Order",
        "fn f() -> impl Iterator<Item = u8>",
        "fn f() -> std::string::String",
        "fn f() -> (A, B)",
        "fn f(&self) -> Self",
    ] {
        assert!(returned(sig).1.starts_with("plain"), "{sig}");
    }
    assert_eq!(returned("fn f() -> !").1, "never");
}

#[test]
fn values_that_can_fail() {
    for sig in [
        "fn f() -> Result<(), E>",
        "fn f() -> io::Result<()>",
        "fn f() -> anyhow::Result<impl Debug>",
        "fn f() -> Reply",
        "fn f() -> Self::Out",
        "fn f() -> <T as Trait>::Out",
    ] {
        assert!(returned(sig).1.starts_with("fallible"), "{sig}");
    }
}

#[test]
fn futures() {
    use How::{Async, BoxedFuture, Directly, Future};
    for (sig, expected) in [
        ("async fn f() -> u8", (Async, "plainu8")),
        (
            "fn f() -> impl Future<Output = Result<u8, E>> + Send + '_",
            (Future, "fallibleResult<u8,E>"),
        ),
        (
            "fn f() -> impl Send + std::future::Future<Output = u8>",
            (Future, "plainu8"),
        ),
        (
            "fn f() -> Pin<Box<dyn Future<Output = u8> + Send + 'a>>",
            (BoxedFuture, "plainu8"),
        ),
        (
            "fn f() -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = ()>>>",
            (BoxedFuture, "plain()"),
        ),
        (
            "fn f() -> BoxFuture<'_, Result<(), E>>",
            (BoxedFuture, "fallibleResult<(),E>"),
        ),
        (
            "fn f() -> LocalBoxFuture<'static, u8>",
            (BoxedFuture, "plainu8"),
        ),
        (
            "fn f() -> Pin<Box<Thing>>",
            (Directly, "falliblePin<Box<Thing>>"),
        ),
    ] {
        assert_eq!(returned(sig), (expected.0, expected.1.to_owned()), "{sig}");
    }
}

#[test]
fn impl_trait_is_left_to_inference() {
    let ty: Type = syn::parse_str("Result<impl Iterator<Item = u8>, E>").unwrap();
    let shown = inferable(&ty).unwrap().to_token_stream().to_string();
    assert_eq!(shown, "Result < _ , E >");
    assert!(inferable(&syn::parse_str("impl Send").unwrap()).is_none());
}
