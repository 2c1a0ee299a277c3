//! Facts as labels.

use std::sync::{Arc, Mutex, PoisonError};

use obs_schema::def::{MetricDef, MetricKind};
use obs_schema::name::check_metric_label;

use super::instrument::{Series, sealed::Sealed};
use super::scan::Scan;
use super::snapshot::{Label, Value};
use crate::diagnostics;
use crate::hot::body::cut;
use crate::series::MAX_LABEL_BYTES;

/// Facts about the program that do not change, or hardly ever: a version, a region, a mode. They
/// are the labels of the constant 1. Nothing is exported until they are set.
///
/// ```
/// use obs_runtime::metric::{Info, Instrument, Registry};
/// use obs_runtime::metric::definition::{MetricDef, MetricKind};
///
/// static DEPLOYMENT: MetricDef =
///     MetricDef::new("deployment_info", "Where the service runs.", MetricKind::Info);
///
/// let registry = Registry::new();
/// let deployment = Info::register_in(&registry, &DEPLOYMENT);
/// assert!(registry.snapshot().families.is_empty());
/// deployment.set(&[("region", "eu-west-1"), ("tier", "canary")]);
/// assert_eq!(registry.snapshot().families[0].series[0].label("tier"), Some("canary"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Info {
    /// `None` keeps nothing.
    facts: Option<&'static Facts>,
}

#[derive(Debug)]
struct Facts {
    def: &'static MetricDef,
    now: Mutex<Option<Arc<Vec<Label>>>>,
}

impl Info {
    /// Replaces the facts. A label whose name cannot be used, or stands there twice, also as one of
    /// the family's, is left out and reported; a value is cut at 256 bytes.
    pub fn set(&self, facts: &[(&str, &str)]) {
        let Some(own) = self.facts else { return };
        let mut labels: Vec<Label> = Vec::with_capacity(facts.len());
        for &(name, value) in facts {
            let is_there = own.def.labels.iter().any(|label| label.name == name)
                || labels.iter().any(|label| label.0 == name);
            match check_metric_label(name) {
                Err(error) => diagnostics::report(&format!("a label of an info: {error}")),
                Ok(()) if is_there => {
                    let info = own.def.name;
                    diagnostics::report(&format!("`{info}` has the label `{name}` twice"));
                }
                Ok(()) => {
                    let value = cut(value, MAX_LABEL_BYTES).to_owned();
                    labels.push((name.to_owned().into(), value.into()));
                }
            }
        }
        *own.now.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(labels));
    }

    /// The facts as labels, if they were set.
    fn get(&self) -> Option<Arc<Vec<Label>>> {
        let facts = self.facts?.now.lock();
        facts.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Series for Info {
    const KIND: MetricKind = MetricKind::Info;
}

impl Sealed for Info {
    fn create(def: &'static MetricDef) -> Option<Self> {
        let now = Mutex::new(None);
        Some(Self {
            facts: Some(Box::leak(Box::new(Facts { def, now }))),
        })
    }

    fn void() -> Self {
        Self { facts: None }
    }

    fn read(&self, _: &'static MetricDef, _: &mut Scan, value: &mut Value) -> bool {
        *value = Value::Info;
        self.get().is_some()
    }

    fn read_untouched(_: &'static MetricDef, _: &mut Value) -> bool {
        false
    }

    fn facts(&self) -> Option<Arc<Vec<Label>>> {
        self.get()
    }
}
