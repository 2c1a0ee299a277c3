//! What is added to every name and every series.

use std::sync::Arc;

use obs_schema::name::{check_metric_label, check_prefix};

use super::super::snapshot::{Family, Label};
use super::{Registry, lock};
use crate::diagnostics;

/// The prefix of every name, and the labels of every series.
#[derive(Debug, Clone, Default)]
pub(super) struct Naming {
    pub(super) prefix: String,
    pub(super) common: Vec<Label>,
}

impl Naming {
    /// The name with which a metric is shown.
    pub(super) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    pub(super) fn rename(&self, family: &mut Family) {
        if !self.prefix.is_empty() {
            family.name = self.name(&family.name).into();
        }
    }
}

impl Registry {
    /// Puts `prefix` in front of every name; it ends in `_`. One that breaks the rules for names is
    /// reported and left out.
    pub fn set_prefix(&self, prefix: &str) {
        match check_prefix(prefix) {
            Ok(()) => self.rename(|naming| prefix.clone_into(&mut naming.prefix)),
            Err(error) => diagnostics::report(&error.to_string()),
        }
    }

    /// Puts labels on every series that has none of that name itself. One whose name cannot be used
    /// is reported and left out.
    pub fn set_common_labels<N, V>(&self, labels: impl IntoIterator<Item = (N, V)>)
    where
        N: Into<String>,
        V: Into<String>,
    {
        let mut common: Vec<Label> = Vec::new();
        for (name, value) in labels {
            let name = name.into();
            match check_common_label(&name) {
                Ok(()) => common.push((name.into(), value.into().into())),
                Err(error) => diagnostics::report(&format!("a common label: {error}")),
            }
        }
        common.sort();
        common.dedup_by(|a, b| a.0 == b.0);
        self.rename(|naming| naming.common = common);
    }

    pub(super) fn naming(&self) -> Arc<Naming> {
        lock(&self.naming).get_or_insert_default().clone()
    }

    fn rename(&self, change: impl FnOnce(&mut Naming)) {
        change(Arc::make_mut(lock(&self.naming).get_or_insert_default()));
    }

    /// The name with which a metric is shown.
    #[cfg(feature = "interop")]
    pub(crate) fn prefixed(&self, name: &str) -> String {
        self.naming().name(name)
    }
}

/// `service` is common to all series; programs may not use it for one of their own.
fn check_common_label(name: &str) -> Result<(), String> {
    if name == "service" {
        return Ok(());
    }
    check_metric_label(name).map_err(|error| error.to_string())
}
