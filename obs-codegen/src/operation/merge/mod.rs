//! From the options of all attributes on a function to one operation.

mod metrics;
mod shared;

use obs_schema::def::SpanKind;
use proc_macro2::Span;

use self::metrics::system;
use super::argument::check_names;
use super::kind::{Kind, Part};
use super::label::labels;
use super::outer::Outer;
use super::{Attribute, Judgement, Operation, Place, RateLimit, SpanModel};
use crate::crate_path::CratePath;
use crate::diag::Diag;
use crate::func::Func;
use crate::options::Entry;
use crate::params::Params;

/// Resolves the parts of one function. `None` if there are none.
pub fn operation(
    func: &Func,
    params: &Params,
    parts: Vec<Part>,
    place: &Place,
    default_krate: Option<&CratePath>,
    outer: &Outer,
    diag: &mut Diag,
) -> Option<Operation> {
    let merge = Merge {
        func,
        parts,
        place,
        default_krate,
        outer,
    };
    let first = merge.parts.first()?;
    merge.check_shared(diag);
    let krate = merge.krate(diag);
    let label_entries = merge.entries("labels", diag);
    let attribute_entries = merge.entries("attributes", diag);
    merge.check_names(params, diag);
    let (name, name_span) = merge.operation_name(diag);
    merge.check_buckets(&name, diag);
    Some(Operation {
        krate,
        name: merge.span_name().unwrap_or_else(|| name.clone()),
        name_span: name_span.unwrap_or(first.span),
        service: place.owner.clone(),
        function: merge.path(),
        span: merge.span(),
        blocks: merge.blocks(&name),
        labels: labels(&label_entries, params, diag),
        labels_span: merge.first(|part| part.options.get("labels").map(|labels| labels.key)),
        attributes: attributes(attribute_entries, params, diag),
        judgement: merge.judgement(),
        rate_limit: merge.rate_limit(),
        counted: Vec::new(),
        is_guarded: false,
        taken: merge
            .parts
            .iter()
            .filter_map(|part| part.path.clone())
            .collect(),
        service_ty: place.self_ty.clone(),
    })
}

struct Merge<'a> {
    func: &'a Func,
    parts: Vec<Part>,
    place: &'a Place,
    /// The runtime, unless an attribute says otherwise.
    default_krate: Option<&'a CratePath>,
    outer: &'a Outer,
}

impl Merge<'_> {
    fn part(&self, kind: Kind) -> Option<&Part> {
        self.parts.iter().find(|part| part.kind == kind)
    }

    /// The attributes that give every metric of the operation.
    fn wholes(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.kind.is_whole())
    }

    /// What the first attribute that has the option says.
    fn first<'a, T>(&'a self, read: impl Fn(&'a Part) -> Option<T>) -> Option<T> {
        self.parts.iter().find_map(read)
    }

    /// The path of the function below its module, which is also its name when none is given.
    fn path(&self) -> String {
        self.place.path(self.func)
    }

    /// The label `operation`: the first name that an attribute gives, from the outermost on.
    fn operation_name(&self, diag: &mut Diag) -> (String, Option<Span>) {
        let mut given = Kind::NAMING
            .iter()
            .filter_map(|kind| Some((kind, self.part(*kind)?.options.text("name")?)));
        let Some((first, name)) = given.next() else {
            let outer = self.outer.operation().map(str::to_owned);
            return (outer.unwrap_or_else(|| self.path()), None);
        };
        if let Some((_, other)) =
            given.find(|(kind, other)| kind.is_whole() && other.value != name.value)
        {
            diag.error(
                other.key,
                format_args!(
                    "the operation is already called `{}` by `{}`; leave this name out",
                    name.value,
                    first.as_str()
                ),
            );
        }
        (name.value.to_owned(), Some(name.key))
    }

    /// The span's name where it is not that of the operation: a query or a remote call, as the semantic
    /// conventions name them, unless `#[trace_request("..")]` does.
    fn span_name(&self) -> Option<String> {
        if self.wholes().any(|part| part.options.flag("name")) {
            return None;
        }
        if let Some(query) = self.part(Kind::TrackDbQuery) {
            let operation = query.options.text("operation")?.value;
            let collection = query.options.text("collection");
            return Some(match collection {
                Some(collection) => format!("{operation} {}", collection.value),
                None => operation.to_owned(),
            });
        }
        if let Some(call) = self.part(Kind::TrackExternalApi) {
            let api = call.options.text("api")?.value;
            return Some(format!("{api} {}", self.endpoint(call)));
        }
        None
    }

    fn endpoint(&self, call: &Part) -> String {
        match call.options.text("endpoint") {
            Some(endpoint) => endpoint.value.to_owned(),
            None => self.func.name(),
        }
    }

    fn krate(&self, diag: &mut Diag) -> CratePath {
        let given = self
            .first(|part| part.options.flag("crate").then_some(part))
            .map(|part| CratePath::of(&part.options, diag));
        given
            .or_else(|| self.default_krate.cloned())
            .unwrap_or_default()
    }

    fn check_names(&self, params: &Params, diag: &mut Diag) {
        if let Some(parent) = self.first(|part| part.options.expr("parent")) {
            check_names(parent.value, params, diag);
        }
    }

    fn span(&self) -> Option<SpanModel> {
        let remote = [Kind::TrackDbQuery, Kind::TrackExternalApi];
        let is_remote = remote.into_iter().any(|kind| self.part(kind).is_some());
        let request = self.part(Kind::TraceRequest);
        if request.is_none() && !is_remote {
            return None;
        }
        let kind = request.and_then(|part| part.options.text("kind"));
        let kind = match kind.map(|kind| kind.value) {
            Some(word) => span_kind(word),
            None if is_remote => SpanKind::Client,
            None => SpanKind::Internal,
        };
        Some(SpanModel {
            kind,
            parent: self
                .first(|part| part.options.expr("parent"))
                .map(|parent| parent.value.clone()),
            root: request.is_some_and(|part| part.options.flag("root")),
            slow_secs: self
                .first(|part| part.options.duration("slow"))
                .map_or(0.0, |slow| slow.value.as_secs_f64()),
            fixed: self.fixed_attributes(),
        })
    }

    fn fixed_attributes(&self) -> Vec<(&'static str, String)> {
        let mut fixed = Vec::new();
        if let Some(query) = self.part(Kind::TrackDbQuery) {
            fixed.push(("db.system.name", system(query)));
            for (option, key) in [
                ("operation", "db.operation.name"),
                ("collection", "db.collection.name"),
            ] {
                let given = query.options.text(option);
                fixed.extend(given.map(|given| (key, given.value.to_owned())));
            }
        }
        if let Some(call) = self.part(Kind::TrackExternalApi) {
            let api = call.options.text("api");
            fixed.extend(api.map(|api| ("api", api.value.to_owned())));
            fixed.push(("endpoint", self.endpoint(call)));
            let method = call.options.text("method");
            fixed.extend(method.map(|method| ("http.request.method", method.value.to_owned())));
        }
        fixed
    }

    fn judgement(&self) -> Judgement {
        if let Some(test) = self.first(|part| part.options.expr("ok_if")) {
            return Judgement::OkIf(test.value.clone());
        }
        match self.first(|part| part.options.expr("error_if")) {
            Some(test) => Judgement::ErrorIf(test.value.clone()),
            None => Judgement::ByType,
        }
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        let call = self.part(Kind::TrackExternalApi)?;
        let read = call.options.expr("rate_limit_remaining")?;
        Some(RateLimit {
            api: call.options.text("api")?.value.to_owned(),
            endpoint: self.endpoint(call),
            read: read.value.clone(),
        })
    }
}

fn attributes(entries: Vec<Entry>, params: &Params, diag: &mut Diag) -> Vec<Attribute> {
    entries
        .into_iter()
        .map(|entry| {
            if let Some(ty) = &entry.ty {
                diag.error_on(
                    ty,
                    format_args!(
                        "an attribute takes a value of any type; write `{} = ..`",
                        entry.key.text
                    ),
                );
            }
            check_names(&entry.expr, params, diag);
            Attribute {
                key: entry.key,
                form: entry.form,
                expr: entry.expr,
            }
        })
        .collect()
}

fn span_kind(word: &str) -> SpanKind {
    [
        SpanKind::Server,
        SpanKind::Client,
        SpanKind::Producer,
        SpanKind::Consumer,
    ]
    .into_iter()
    .find(|kind| kind.as_str() == word)
    .unwrap_or(SpanKind::Internal)
}
