use super::*;
use obs_schema::option::Target::*;

fn read(target: Target, arguments: &str) -> (Options, Vec<String>) {
    let mut diag = Diag::new();
    let options = Options::parse(target, arguments.parse().unwrap(), &mut diag);
    (options, diag.messages())
}

fn ok(target: Target, arguments: &str) -> Options {
    let (options, messages) = read(target, arguments);
    assert_eq!(messages, Vec::<String>::new(), "{arguments}");
    options
}

fn errors(target: Target, arguments: &str) -> Vec<String> {
    read(target, arguments).1
}

#[test]
fn every_kind_of_value() {
    let options = ok(
        TraceRequest,
        r#""place_order", kind = server, slow = "1m30s", buckets = [0.1, 1, 2.5e0],
           ok_if = |value, | value.len() > 1, root, crate = ::obs"#,
    );
    assert_eq!(options.text("name").unwrap().value, "place_order");
    assert_eq!(options.text("kind").unwrap().value, "server");
    assert!(options.flag("root"));
    let slow = options.duration("slow").unwrap();
    assert_eq!(slow.value, Duration::from_secs(90));
    assert_eq!(slow.tokens.to_string(), "\"1m30s\"");
    assert_eq!(options.numbers("buckets").unwrap().value, [0.1, 1.0, 2.5]);
    assert!(matches!(
        options.expr("ok_if").unwrap().value,
        Expr::Closure(_)
    ));
    assert!(options.path("crate").unwrap().value.leading_colon.is_some());
    assert_eq!(options.all().len(), 7);
    assert!(!options.flag("error_if"));
}

#[test]
fn keys_with_expressions() {
    let options = ok(
        TraceRequest,
        r#"labels(region = region, tier: Tier = user.tier(1, 2), r#type = kind, max_series = 5),
           attributes(http.route = "/x", "user.id" = id)"#,
    );
    let labels = options.exprs("labels").unwrap().value;
    let keys: Vec<&str> = labels.iter().map(|entry| entry.key.text.as_str()).collect();
    assert_eq!(keys, ["region", "tier", "type", "max_series"]);
    assert!(labels[0].ty.is_none() && labels[1].ty.is_some());
    let attributes = options.exprs("attributes").unwrap().value;
    let keys: Vec<&str> = attributes
        .iter()
        .map(|entry| entry.key.text.as_str())
        .collect();
    assert_eq!(keys, ["http.route", "user.id"]);
}

#[test]
fn groups_in_groups() {
    let options = ok(
        Service,
        r#"monitoring(logging(level = "info", outputs = ["console", "file"]), tracing(sampler = 1, store = "1MiB"),
           metrics(labels(team = "pay"), collectors = []))"#,
    );
    let monitoring = options.group("monitoring").unwrap().value;
    let logging = monitoring.group("logging").unwrap().value;
    assert_eq!(logging.words("outputs").unwrap().value, ["console", "file"]);
    let tracing = monitoring.group("tracing").unwrap().value;
    assert_eq!(tracing.float("sampler").unwrap().value, 1.0);
    assert_eq!(tracing.size("store").unwrap().value, 1 << 20);
    let metrics = monitoring.group("metrics").unwrap().value;
    let labels = metrics.texts("labels").unwrap().value;
    assert_eq!(
        (labels[0].0.text.as_str(), labels[0].1.as_str()),
        ("team", "pay")
    );
}

#[test]
fn a_constant_instead_of_a_group() {
    let options = ok(Service, "monitoring = config::MONITORING");
    assert_eq!(
        options.path("monitoring").unwrap().tokens.to_string(),
        "config :: MONITORING"
    );
    assert_eq!(
        errors(Service, "monitoring = \"fast\""),
        ["`monitoring` takes options in parentheses, or `=` and the path of a `const`"]
    );
}

#[test]
fn several_attributes_are_read_as_one() {
    let item: syn::ItemStruct = syn::parse_quote!(
        #[metric(name = "a")]
        #[other]
        #[metric(unit = "bytes", name = "b")]
        struct S;
    );
    let mut diag = Diag::new();
    let options = Options::of(MetricField, "metric", &item.attrs, &mut diag);
    assert_eq!(diag.messages(), ["duplicate option `name`; remove one"]);
    assert_eq!(options.text("unit").unwrap().value, "bytes");
}

#[test]
fn an_attribute_without_parentheses() {
    let item: syn::ItemStruct = syn::parse_quote!(
        #[metric = "a"]
        #[metric]
        struct S;
    );
    let mut diag = Diag::new();
    Options::of(MetricField, "metric", &item.attrs, &mut diag);
    assert_eq!(
        diag.messages(),
        ["write the options in parentheses: `#[metric(..)]`"]
    );
}

#[test]
fn all_mistakes_are_reported() {
    let arguments = r#"slwo = "1s", kind = sever, slow = "10", root = true, root, buckets = [1.0, 0.5], fields(a = 1), "late", labels"#;
    assert_eq!(
        errors(TraceRequest, arguments),
        [
            "unknown option `slwo`; did you mean `slow`?",
            "unknown value `sever`; did you mean `server`?",
            "the duration `10` has no unit; write `\"10ms\"` or `\"10s\"`",
            "`root` takes no value, write `root` alone",
            "duplicate option `root`; remove one",
            "buckets must increase, but 0.5 follows 1; sort them and remove duplicates",
            "unknown option `fields`; it is called `attributes`",
            "`labels` takes keys with an expression each, such as `(region = region)`",
        ]
    );
}

#[test]
fn values_of_another_kind() {
    for (arguments, message) in [
        (
            "slow = 10s",
            "`slow` takes a duration, such as `\"250ms\"`; write `\"10s\"`",
        ),
        ("slow = 250", "`slow` takes a duration, such as `\"250ms\"`"),
        (
            "slow = LIMIT",
            "`slow` takes a duration, such as `\"250ms\"`",
        ),
        ("slow =", "`slow` takes a duration, such as `\"250ms\"`"),
        ("slow", "`slow` takes a duration, such as `\"250ms\"`"),
        ("slow(1)", "`slow` takes a duration, such as `\"250ms\"`"),
        (
            "kind = \"server\"",
            "`kind` takes one of `internal`, `server`, `client`, `producer`, `consumer`, without quotes",
        ),
        (
            "buckets = 0.1",
            "`buckets` takes a list of numbers, such as `[0.01, 0.1, 1.0]`",
        ),
        (
            "buckets = [\"1\"]",
            "`buckets` takes a list of numbers, such as `[0.01, 0.1, 1.0]`",
        ),
        (
            "buckets = [f64::NAN]",
            "bucket 1 is not a number; write a finite number",
        ),
        (
            "buckets = [-1.0, 1.0]",
            "a duration bucket must be above 0, got -1; write the bounds in seconds",
        ),
        (
            "labels(region)",
            "`region` has no value; write `region = ..`",
        ),
        (
            "labels(a = 1, a = 2)",
            "duplicate key `a`; remove one of them",
        ),
        (
            "labels = 1",
            "`labels` takes keys with an expression each, such as `(region = region)`",
        ),
        (
            "1",
            "`name` takes an operation name, such as `\"place_order\"`",
        ),
    ] {
        assert_eq!(errors(TraceRequest, arguments), [message], "{arguments}");
    }
}

#[test]
fn arguments_without_a_name() {
    assert_eq!(
        errors(TraceRequest, r#""a", "b""#),
        ["`#[trace_request]` takes one argument without a name; remove it"]
    );
    assert_eq!(
        errors(Service, r#""shop""#),
        ["`#[service]` takes no argument without a name; write `name = ..`"]
    );
    assert_eq!(
        errors(TrackDbQuery, ""),
        [
            "`#[track_db_query]` needs a fixed label value for `operation`; write `#[track_db_query(\"..\")]`"
        ]
    );
    assert_eq!(
        errors(TraceRequest, r#"name = "a""#),
        ["unknown option `name`; the name is the first argument, write `#[trace_request(\"..\")]`"]
    );
    // A mistake in a required argument is not also its absence.
    assert_eq!(errors(TrackDbQuery, "\"\"").len(), 1);
}

#[test]
fn reading_goes_on_after_what_does_not_parse() {
    let arguments = r#"slow = = , 7 8, parent = , kind = sever"#;
    let found = errors(TraceRequest, arguments);
    assert!(found.len() >= 4, "{found:?}");
    assert_eq!(
        found.last().unwrap(),
        "unknown value `sever`; did you mean `server`?"
    );
}

#[test]
fn options_that_exclude_each_other() {
    assert_eq!(
        errors(TraceRequest, "root, parent = context"),
        ["`parent` cannot be used together with `root`; remove one"]
    );
}

#[test]
fn a_mistyped_option_is_not_also_missing() {
    let (options, messages) = read(LabelsField, "max_serie = 5");
    assert_eq!(messages.len(), 1);
    assert!(options.is_broken("max_series") && !options.is_broken("rename"));
}
