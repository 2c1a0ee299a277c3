//! Whose series they are: what is added to the labels that a series has.
//!
//! Who scrapes adds the labels `job` and `instance`. Who pushes does so itself, or the processes of a
//! service would overwrite each other's series. A label of the program that has such a name is renamed as
//! Prometheus does it: `instance` becomes `exported_instance`.

use std::borrow::Cow;

use crate::collect::SystemInfo;
use crate::config::Config;
use crate::metric::snapshot::{Label, Series};

/// A label that every series gets.
pub(super) type Added = (String, String);

/// A label as it is sent.
pub(super) type Sent<'a> = (Cow<'a, str>, &'a str);

/// `job`: the name of the service.
pub(super) fn job(config: &Config) -> Added {
    let name = match config.service.name {
        "" => "unknown_service",
        name => name,
    };
    ("job".to_owned(), name.to_owned())
}

/// `instance`: the attribute `service.instance.id` of the resource, or else the host with the port of the endpoints,
/// which no other process on it has.
pub(super) fn instance(config: &Config) -> Added {
    let attributes = config.service.attributes.iter();
    let mut ids = attributes.filter(|(name, _)| *name == "service.instance.id");
    let instance = match ids.next() {
        Some((_, id)) => (*id).to_owned(),
        None => host(config),
    };
    ("instance".to_owned(), instance)
}

fn host(config: &Config) -> String {
    let name = SystemInfo::read().host_name;
    let name = name.unwrap_or_else(|| "localhost".to_owned());
    let http = &config.monitoring.http;
    match http.listen.rsplit_once(':') {
        Some((_, port)) if http.enabled && port != "0" => format!("{name}:{port}"),
        _ => name,
    }
}

/// What is done to the labels of every series.
#[derive(Debug)]
pub(super) struct Rules {
    /// The labels that it gets.
    pub(super) added: Vec<Added>,
    /// A name that means something else to the receiver, or empty.
    pub(super) reserved: &'static str,
}

impl Rules {
    /// Puts the labels of a series into `into`, sorted by name. What is empty is as good as missing, and left out.
    pub(super) fn apply<'a>(
        &'a self,
        series: &'a Series,
        common: &'a [Label],
        into: &mut Vec<Sent<'a>>,
    ) {
        into.clear();
        let has = |name: &str| series.label(name).is_some();
        let of_all = common.iter().filter(|(name, _)| !has(name));
        let own = series.labels.iter().chain(of_all);
        for (name, value) in own.filter(|(_, value)| !value.is_empty()) {
            into.push((self.free(name, has), value));
        }
        for (name, value) in self.added.iter().filter(|(_, value)| !value.is_empty()) {
            into.push((Cow::Borrowed(name), value));
        }
        into.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    }

    /// The name, with `exported_` before it if it is taken. `is_own` says which names the series has.
    pub(super) fn free<'a>(&self, name: &'a str, is_own: impl Fn(&str) -> bool) -> Cow<'a, str> {
        if !self.takes(name) {
            return Cow::Borrowed(name);
        }
        let mut free = format!("exported_{name}");
        while self.takes(&free) || is_own(&free) {
            free.insert_str(0, "exported_");
        }
        Cow::Owned(free)
    }

    /// Whether no label of a series may have the name.
    pub(super) fn takes(&self, name: &str) -> bool {
        name == self.reserved || self.added.iter().any(|(taken, _)| taken == name)
    }
}
