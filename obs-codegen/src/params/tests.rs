use super::*;

fn params(sig: &str) -> Params {
    Params::of(&syn::parse_str(sig).unwrap())
}

fn shown(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

fn nameable(sig: &str, ty: &str) -> Option<String> {
    params(sig)
        .nameable(&syn::parse_str(ty).unwrap())
        .map(shown)
}

#[test]
fn names_of_all_patterns() {
    let params = params(
        "fn f(&self, a: u8, mut b: u8, Path(c): Path<u8>, Pair { d, e: (e, _) }: Pair, r#type: u8)",
    );
    let names: Vec<&str> = params.names().collect();
    assert_eq!(names, ["self", "a", "b", "c", "d", "e", "type"]);
    assert!(params.has("c") && !params.has("x"));
}

#[test]
fn a_parameter_has_the_type_of_the_signature() {
    let params = params("fn f(mut kind: &Kind, Path(id): Path<u8>)");
    assert_eq!(
        params.type_of(&format_ident!("kind")).map(shown),
        Some("&Kind".into())
    );
    assert!(params.type_of(&format_ident!("id")).is_none());
}

#[test]
fn types_outside_of_the_function() {
    assert_eq!(
        nameable("fn f()", "&'a Order<'b>"),
        Some("&Order<'_>".into())
    );
    assert_eq!(nameable("fn f()", "&mut [u8]"), Some("&mut[u8]".into()));
    for ty in ["Self", "Vec<Item>", "impl Into<u8>", "T", "[u8; N]", "_"] {
        assert_eq!(nameable("fn f<Item, const N: usize>()", ty), None, "{ty}");
    }
}

#[test]
fn parameters_of_an_expression() {
    let sig = "fn f(order: &Order, Path(id): Path<u8>, other: impl Debug)";
    let (patterns, types) = params(sig)
        .named_in(&"order.other(id)".parse().unwrap())
        .unwrap();
    assert_eq!(
        (
            patterns.iter().map(shown).collect(),
            types.iter().map(shown).collect()
        ),
        (
            vec!["order".to_owned(), "Path(id)".to_owned()],
            vec!["&Order".to_owned(), "Path<u8>".to_owned()]
        )
    );
    assert!(params(sig).named_in(&"other".parse().unwrap()).is_none());
}

#[test]
fn self_of_a_known_type() {
    let mut params = params("fn f(&mut self)");
    assert!(params.named_in(&"self.region".parse().unwrap()).is_none());
    params.self_is(&syn::parse_str("Shop").unwrap());
    let (patterns, types) = params.named_in(&"self.region".parse().unwrap()).unwrap();
    assert_eq!(shown(&patterns[0]), "__obs_self");
    assert_eq!(shown(&types[0]), "&mutShop");
    assert_eq!(
        rename_self("(self.a)".parse().unwrap()).to_string(),
        "(__obs_self . a)"
    );
}

#[test]
fn a_name_after_two_dots_is_no_field() {
    let (patterns, _) = params("fn f(n: usize, m: usize)")
        .named_in(&"(0..n).len() == x.m".parse().unwrap())
        .unwrap();
    assert_eq!(patterns.iter().map(shown).collect::<Vec<_>>(), ["n"]);
}
