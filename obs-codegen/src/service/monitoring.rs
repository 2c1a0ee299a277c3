//! `monitoring(..)`: from options to the configuration they describe.

use obs_schema::Issue;
use obs_schema::monitoring::{
    Analytics, Anonymous, ClientAccess, Collector, Export, Health, HistogramForm, Http, LogFormat,
    LogOutput, Logging, Metrics, MetricsExporter, Monitoring, Profiling, Propagator, Rotation,
    Sampler, SocketAccess, TraceExporter, Tracing, parse_log_filter,
};
use obs_schema::option::Target;
use proc_macro2::{Span, TokenStream, TokenTree};

use crate::diag::Diag;
use crate::options::{Argument, Given, Options, Value};

/// The configuration that the options of `monitoring(..)` describe, over the defaults.
pub(super) fn read(group: &Options) -> Monitoring {
    let section = |name, target| match group.group(name) {
        Some(given) => given.value.clone(),
        None => Options::none(target),
    };
    Monitoring {
        logging: logging(&section("logging", Target::Logging)),
        metrics: metrics(&section("metrics", Target::Metrics)),
        tracing: tracing(&section("tracing", Target::Tracing)),
        profiling: profiling(&section("profiling", Target::Profiling)),
        health: health(&section("health", Target::Health)),
        analytics: analytics(&section("analytics", Target::Analytics)),
        http: http(&section("http", Target::Http)),
        export: export(&section("export", Target::Export)),
    }
}

/// Reports what contradicts itself, at the option that the rule names, or at its group if only the
/// default of that option is in the way.
pub(super) fn check(monitoring: &Monitoring, group: &Options, diag: &mut Diag) {
    for issue in monitoring.check() {
        diag.issue(span_of(&issue, group), &issue);
    }
}

fn span_of(issue: &Issue, group: &Options) -> Span {
    let Some((section, option)) = issue.path.split_once('.') else {
        return Span::call_site();
    };
    let Some(section) = group.get(section) else {
        let first = group.all().first();
        return first.map_or_else(Span::call_site, |argument| argument.key);
    };
    match &section.value {
        Value::Group(options) => options
            .get(option)
            .map_or(section.key, |given| element(given, issue)),
        _ => section.key,
    }
}

/// The element of a list or a map that the issue is about: the last one that its message names.
fn element(given: &Argument, issue: &Issue) -> Span {
    let elements = match given.value {
        Value::Words(_) | Value::Texts(_) | Value::Ratios(_) => leaves(&given.tokens),
        _ => Vec::new(),
    };
    let is_named = |text: &str| {
        issue
            .message
            .contains(&format!("`{}`", text.trim_matches('"')))
    };
    let named = elements.iter().rev();
    let mut named = named.filter(|token| is_named(&token.to_string()));
    named.next().map_or(given.key, TokenTree::span)
}

/// Every word and literal, in all groups.
fn leaves(tokens: &TokenStream) -> Vec<TokenTree> {
    let inner = |token| match token {
        TokenTree::Group(group) => leaves(&group.stream()),
        TokenTree::Punct(_) => Vec::new(),
        other => vec![other],
    };
    tokens.clone().into_iter().flat_map(inner).collect()
}

fn logging(given: &Options) -> Logging {
    let default = Logging::DEFAULT;
    let filter = given.text("level").map(|text| leaked(text.value));
    let filter = filter.and_then(|text| parse_log_filter(text).ok());
    Logging {
        level: filter.as_ref().map_or(default.level, |filter| filter.level),
        targets: filter.map_or(default.targets, |filter| filter.targets.leak()),
        format: choice(given.text("format"), LogFormat::WORDS, LogFormat::ALL)
            .unwrap_or(default.format),
        outputs: choices(given.words("outputs"), LogOutput::WORDS, LogOutput::ALL)
            .unwrap_or(default.outputs),
        file: text(given.text("file"), default.file),
        rotation: choice(given.text("rotation"), Rotation::WORDS, Rotation::ALL)
            .unwrap_or(default.rotation),
        max_file_size: or(given.size("max_file_size"), default.max_file_size),
        max_files: number(given.int("max_files")).unwrap_or(default.max_files),
        max_age: or(given.duration("max_age"), default.max_age),
        max_total_size: or(given.size("max_total_size"), default.max_total_size),
        compress: or(given.bool("compress"), default.compress),
        correlation: given.bool("correlation").map(|given| given.value),
        redact: or(given.bool("redact"), default.redact),
        redact_keys: text(given.text("redact_keys"), default.redact_keys),
        rate_limit: number(given.int("rate_limit")),
    }
}

fn metrics(given: &Options) -> Metrics {
    let default = Metrics::DEFAULT;
    Metrics {
        collectors: choices(given.words("collectors"), Collector::WORDS, Collector::ALL)
            .unwrap_or(default.collectors),
        interval: or(given.duration("interval"), default.interval),
        exporters: choices(
            given.words("exporters"),
            MetricsExporter::WORDS,
            MetricsExporter::ALL,
        )
        .unwrap_or(default.exporters),
        path: text(given.text("path"), default.path),
        prefix: text(given.text("prefix"), default.prefix),
        histograms: choice(
            given.text("histograms"),
            HistogramForm::WORDS,
            HistogramForm::ALL,
        )
        .unwrap_or(default.histograms),
        labels: texts(given, "labels").unwrap_or(default.labels),
    }
}

fn tracing(given: &Options) -> Tracing {
    let default = Tracing::DEFAULT;
    let operations = given.ratios("operations").map(|operations| {
        let pairs = operations.value.iter();
        let pairs = pairs.map(|(key, ratio)| (leaked(&key.text), *ratio));
        &*pairs.collect::<Vec<_>>().leak()
    });
    Tracing {
        enabled: or(given.bool("enabled"), default.enabled),
        sampler: sampler(given).unwrap_or(default.sampler),
        exporter: choice(
            given.text("exporter"),
            TraceExporter::WORDS,
            TraceExporter::ALL,
        )
        .unwrap_or(default.exporter),
        propagators: choices(
            given.words("propagators"),
            Propagator::WORDS,
            Propagator::ALL,
        )
        .unwrap_or(default.propagators),
        forward: texts(given, "forward").unwrap_or(default.forward),
        target_per_second: number(given.int("target_per_second")),
        operations: operations.unwrap_or(default.operations),
        rate_limit: number(given.int("rate_limit")),
        kept_per_second: number(given.int("kept_per_second")).unwrap_or(default.kept_per_second),
        slow: or(given.duration("slow"), default.slow),
        store: or(given.size("store"), default.store),
        max_age: or(given.duration("max_age"), default.max_age),
        max_active: number(given.int("max_active")).unwrap_or(default.max_active),
        max_spans: number(given.int("max_spans")).unwrap_or(default.max_spans),
    }
}

fn profiling(given: &Options) -> Profiling {
    Profiling {
        enabled: or(given.bool("enabled"), Profiling::DEFAULT.enabled),
        sample: or(given.float("sample"), Profiling::DEFAULT.sample),
    }
}

fn export(given: &Options) -> Export {
    Export {
        spool: text(given.text("spool"), Export::DEFAULT.spool),
        spool_size: or(given.size("spool_size"), Export::DEFAULT.spool_size),
        proxy: text(given.text("proxy"), Export::DEFAULT.proxy),
    }
}

fn health(given: &Options) -> Health {
    Health {
        enabled: or(given.bool("enabled"), Health::DEFAULT.enabled),
        interval: or(given.duration("interval"), Health::DEFAULT.interval),
        timeout: or(given.duration("timeout"), Health::DEFAULT.timeout),
        shutdown_delay: or(
            given.duration("shutdown_delay"),
            Health::DEFAULT.shutdown_delay,
        ),
    }
}

fn analytics(given: &Options) -> Analytics {
    let default = Analytics::DEFAULT;
    Analytics {
        enabled: or(given.bool("enabled"), default.enabled),
        store: or(given.size("store"), default.store),
        prices: texts(given, "prices").unwrap_or(default.prices),
        currency: text(given.text("currency"), default.currency),
    }
}

fn http(given: &Options) -> Http {
    let default = Http::DEFAULT;
    let text = |name, default| text(given.text(name), default);
    let number = |name, default| number(given.int(name)).unwrap_or(default);
    let yes = |name, default| or(given.bool(name), default);
    Http {
        enabled: yes("enabled", default.enabled),
        listen: text("listen", default.listen),
        probes_listen: text("probes_listen", default.probes_listen),
        socket: choice(given.text("socket"), SocketAccess::WORDS, SocketAccess::ALL)
            .unwrap_or(default.socket),
        prefix: text("prefix", default.prefix),
        hosts: text("hosts", default.hosts),
        anonymous: choice(given.text("anonymous"), Anonymous::WORDS, Anonymous::ALL)
            .unwrap_or(default.anonymous),
        allow_unauthenticated: yes("allow_unauthenticated", default.allow_unauthenticated),
        allow_remote: yes("allow_remote", default.allow_remote),
        token_file: text("token_file", default.token_file),
        metrics_username: text("metrics_username", default.metrics_username),
        metrics_password_file: text("metrics_password_file", default.metrics_password_file),
        tls_certificate: text("tls_certificate", default.tls_certificate),
        tls_key: text("tls_key", default.tls_key),
        client_ca: text("client_ca", default.client_ca),
        client_access: choice(
            given.text("client_access"),
            ClientAccess::WORDS,
            ClientAccess::ALL,
        )
        .unwrap_or(default.client_access),
        max_connections: number("max_connections", default.max_connections),
        max_connections_per_address: number(
            "max_connections_per_address",
            default.max_connections_per_address,
        ),
    }
}

/// A ratio, or the name of a sampler.
fn sampler(given: &Options) -> Option<Sampler> {
    if let Some(ratio) = given.float("sampler") {
        return Some(Sampler::ratio(ratio.value));
    }
    Sampler::parse(given.text("sampler")?.value).ok()
}

fn or<T>(given: Option<Given<'_, T>>, default: T) -> T {
    given.map_or(default, |given| given.value)
}

fn number(given: Option<Given<'_, u64>>) -> Option<u32> {
    u32::try_from(given?.value).ok()
}

fn text(given: Option<Given<'_, &str>>, default: &'static str) -> &'static str {
    given.map_or(default, |given| leaked(given.value))
}

fn texts(given: &Options, option: &str) -> Option<&'static [(&'static str, &'static str)]> {
    let pairs = given.texts(option)?.value.iter();
    let pairs = pairs.map(|(key, value)| (leaked(&key.text), leaked(value)));
    Some(pairs.collect::<Vec<_>>().leak())
}

fn choice<T: Copy>(given: Option<Given<'_, &str>>, words: &[&str], all: &[T]) -> Option<T> {
    let word = given?.value;
    let at = words.iter().position(|known| *known == word)?;
    all.get(at).copied()
}

fn choices<T: Copy>(
    given: Option<Given<'_, &[String]>>,
    words: &[&str],
    all: &[T],
) -> Option<&'static [T]> {
    let chosen = given?.value.iter().filter_map(|chosen| {
        let at = words.iter().position(|word| word == chosen)?;
        all.get(at).copied()
    });
    Some(chosen.collect::<Vec<T>>().leak())
}

/// A configuration is made of constants, so its texts live as long as the compiler.
fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}
