//! A configuration as the constant expression that makes it.

use obs_schema::monitoring::{
    Analytics, Export, Health, Http, Logging, Metrics, Monitoring, Profiling, Tracing,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::constant::{duration, option};

/// `Monitoring { .. }` with every field; `schema` is the path of obs-schema.
pub(super) fn monitoring(value: &Monitoring, schema: &TokenStream) -> TokenStream {
    let at = quote!(#schema::monitoring);
    let logging = logging(&value.logging, &at);
    let metrics = metrics(&value.metrics, &at);
    let tracing = tracing(&value.tracing, &at);
    let profiling = profiling(&value.profiling, &at);
    let health = health(&value.health, &at);
    let export = export(&value.export, &at);
    let analytics = analytics(&value.analytics, &at);
    let http = http(&value.http, &at);
    quote! {
        #at::Monitoring {
            logging: #logging,
            metrics: #metrics,
            tracing: #tracing,
            profiling: #profiling,
            health: #health,
            export: #export,
            analytics: #analytics,
            http: #http,
        }
    }
}

fn logging(value: &Logging, at: &TokenStream) -> TokenStream {
    let level = variant(value.level);
    let targets = value.targets.iter().map(|(target, level)| {
        let level = variant(level);
        quote!((#target, #at::Level::#level))
    });
    let format = variant(value.format);
    let outputs = value.outputs.iter().map(variant);
    let Logging {
        file,
        max_file_size,
        max_files,
        max_total_size,
        compress,
        ..
    } = value;
    let rotation = variant(value.rotation);
    let max_age = duration(value.max_age);
    let correlation = option(value.correlation);
    let (redact, redact_keys) = (value.redact, value.redact_keys);
    let rate_limit = option(value.rate_limit);
    quote! {
        #at::Logging {
            level: #at::Level::#level,
            targets: &[#(#targets),*],
            format: #at::LogFormat::#format,
            outputs: &[#(#at::LogOutput::#outputs),*],
            file: #file,
            rotation: #at::Rotation::#rotation,
            max_file_size: #max_file_size,
            max_files: #max_files,
            max_age: #max_age,
            max_total_size: #max_total_size,
            compress: #compress,
            correlation: #correlation,
            redact: #redact,
            redact_keys: #redact_keys,
            rate_limit: #rate_limit,
        }
    }
}

fn metrics(value: &Metrics, at: &TokenStream) -> TokenStream {
    let collectors = value.collectors.iter().map(variant);
    let interval = duration(value.interval);
    let exporters = value.exporters.iter().map(variant);
    let (path, prefix) = (value.path, value.prefix);
    let histograms = variant(value.histograms);
    let labels = pairs(value.labels);
    quote! {
        #at::Metrics {
            collectors: &[#(#at::Collector::#collectors),*],
            interval: #interval,
            exporters: &[#(#at::MetricsExporter::#exporters),*],
            path: #path,
            prefix: #prefix,
            histograms: #at::HistogramForm::#histograms,
            labels: #labels,
        }
    }
}

fn tracing(value: &Tracing, at: &TokenStream) -> TokenStream {
    let Tracing {
        enabled,
        kept_per_second,
        store,
        max_active,
        max_spans,
        ..
    } = value;
    let (ratio, parent_based) = (value.sampler.ratio, value.sampler.parent_based);
    let exporter = variant(value.exporter);
    let propagators = value.propagators.iter().map(variant);
    let forward = pairs(value.forward);
    let target_per_second = option(value.target_per_second);
    let rate_limit = option(value.rate_limit);
    let operations = pairs(value.operations);
    let slow = duration(value.slow);
    let max_age = duration(value.max_age);
    quote! {
        #at::Tracing {
            enabled: #enabled,
            sampler: #at::Sampler { ratio: #ratio, parent_based: #parent_based },
            exporter: #at::TraceExporter::#exporter,
            propagators: &[#(#at::Propagator::#propagators),*],
            forward: #forward,
            target_per_second: #target_per_second,
            operations: #operations,
            rate_limit: #rate_limit,
            kept_per_second: #kept_per_second,
            slow: #slow,
            store: #store,
            max_age: #max_age,
            max_active: #max_active,
            max_spans: #max_spans,
        }
    }
}

fn profiling(value: &Profiling, at: &TokenStream) -> TokenStream {
    let Profiling { enabled, sample } = value;
    quote!(#at::Profiling { enabled: #enabled, sample: #sample })
}

fn export(value: &Export, at: &TokenStream) -> TokenStream {
    let Export {
        spool,
        spool_size,
        proxy,
    } = value;
    quote!(#at::Export { spool: #spool, spool_size: #spool_size, proxy: #proxy })
}

fn health(value: &Health, at: &TokenStream) -> TokenStream {
    let enabled = value.enabled;
    let interval = duration(value.interval);
    let timeout = duration(value.timeout);
    let shutdown_delay = duration(value.shutdown_delay);
    quote! {
        #at::Health {
            enabled: #enabled,
            interval: #interval,
            timeout: #timeout,
            shutdown_delay: #shutdown_delay,
        }
    }
}

fn analytics(value: &Analytics, at: &TokenStream) -> TokenStream {
    let Analytics {
        enabled,
        store,
        currency,
        ..
    } = value;
    let prices = pairs(value.prices);
    quote! {
        #at::Analytics {
            enabled: #enabled,
            store: #store,
            prices: #prices,
            currency: #currency,
        }
    }
}

fn http(value: &Http, at: &TokenStream) -> TokenStream {
    let Http {
        enabled,
        listen,
        probes_listen,
        socket,
        prefix,
        hosts,
        anonymous,
        allow_unauthenticated,
        allow_remote,
        token_file,
        metrics_username,
        metrics_password_file,
        tls_certificate,
        tls_key,
        client_ca,
        client_access,
        max_connections,
        max_connections_per_address,
    } = value;
    let socket = variant(socket);
    let anonymous = variant(anonymous);
    let client_access = variant(client_access);
    quote! {
        #at::Http {
            enabled: #enabled,
            listen: #listen,
            probes_listen: #probes_listen,
            socket: #at::SocketAccess::#socket,
            prefix: #prefix,
            hosts: #hosts,
            anonymous: #at::Anonymous::#anonymous,
            allow_unauthenticated: #allow_unauthenticated,
            allow_remote: #allow_remote,
            token_file: #token_file,
            metrics_username: #metrics_username,
            metrics_password_file: #metrics_password_file,
            tls_certificate: #tls_certificate,
            tls_key: #tls_key,
            client_ca: #client_ca,
            client_access: #at::ClientAccess::#client_access,
            max_connections: #max_connections,
            max_connections_per_address: #max_connections_per_address,
        }
    }
}

/// The variant of an enum without fields, as its `Debug` writes it.
fn variant(value: impl std::fmt::Debug) -> Ident {
    Ident::new(&format!("{value:?}"), Span::call_site())
}

fn pairs(list: &[(&str, impl quote::ToTokens)]) -> TokenStream {
    let pairs = list.iter().map(|(name, value)| quote!((#name, #value)));
    quote!(&[#(#pairs),*])
}
