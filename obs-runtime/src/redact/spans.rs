//! Redaction in spans, on the thread that stores and exports them.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use obs_schema::monitoring::Logging;

use super::{Finders, Redaction, Rewrite};
use crate::hot::body::{Item, Raw, Text, What};
use crate::trace::collector::packed::Packed;

/// What is hidden in spans; nothing without rules.
static RULES: LazyLock<RwLock<Option<Arc<Redaction>>>> =
    LazyLock::new(|| RwLock::new(Some(Arc::new(Redaction::new()))));

/// From now on spans are rid of what these rules name; of nothing without rules.
pub(crate) fn set(rules: Option<Arc<Redaction>>) {
    let former = std::mem::replace(
        &mut *RULES.write().unwrap_or_else(PoisonError::into_inner),
        rules,
    );
    drop(former);
}

/// From now on spans are rid of what a service's configuration names, unless the program has a log: that says
/// itself what is hidden.
pub(crate) fn follow(logging: &Logging) {
    #[cfg(feature = "log")]
    if crate::log::handle().is_some() {
        return;
    }
    set(Redaction::of(logging).map(Arc::new));
}

/// Hides what is secret in the spans of a trace: in attributes, events, names given at run time, descriptions and the
/// keys of requests.
pub(crate) fn hide(packed: &mut Packed) {
    if packed.text.is_empty() && packed.items.is_empty() {
        return;
    }
    let rules = RULES.read().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(rules) = rules else { return };
    let mut rewrite = Rewrite::new(&rules, Finders::Run, &packed.text);
    for span in &mut packed.spans {
        if let What::Named(name, _) = &mut span.what {
            put(name, rewrite.by_content(*name));
        }
    }
    for item in &mut packed.items {
        hide_item(&mut rewrite, item);
    }
    for inherited in &mut packed.inherited {
        let value = inherited.value;
        put(&mut inherited.value, rewrite.named(inherited.key, value));
    }
    if let Some(changes) = rewrite.finish() {
        let text = std::mem::take(&mut packed.text);
        packed.text = changes.apply(text.into()).into();
    }
}

fn hide_item(rewrite: &mut Rewrite<'_>, item: &mut Item) {
    match item {
        Item::Attribute { key, value, .. } | Item::EventAttribute { key, value } => {
            if let Some(hidden) = hide_value(rewrite, *key, *value) {
                *value = Raw::Text(hidden);
            }
        }
        Item::Event { name: text, .. } | Item::Status { message: text, .. } => {
            put(text, rewrite.by_content(*text));
        }
        Item::Link { .. } | Item::Fine { .. } => {}
    }
}

fn hide_value(rewrite: &mut Rewrite<'_>, key: Text, value: Raw) -> Option<Text> {
    match value {
        Raw::Text(text) => rewrite.named(key, text),
        Raw::Int(number) => rewrite.number(key, u64::try_from(number).unwrap_or(0)),
        Raw::Float(_) => rewrite.by_key(key),
        Raw::Bool(_) => None,
    }
}

fn put(place: &mut Text, new: Option<Text>) {
    *place = new.unwrap_or(*place);
}
