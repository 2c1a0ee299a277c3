//! The settings in force.

use std::sync::LazyLock;

use obs_schema::monitoring::Analytics;

use super::prices::Prices;
use crate::hot::published::Published;

/// What `analytics` of the configuration says.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) enabled: bool,
    /// Bytes for the counts.
    pub(super) budget: usize,
    pub(super) prices: Prices,
    pub(super) currency: &'static str,
}

static CURRENT: Published<Settings> = Published::nothing();
/// Before a start.
static DEFAULT: LazyLock<Settings> = LazyLock::new(|| Settings::new(&Analytics::DEFAULT));

impl Settings {
    pub(super) fn new(analytics: &Analytics) -> Self {
        Self {
            enabled: analytics.enabled,
            budget: usize::try_from(analytics.store).unwrap_or(usize::MAX),
            prices: Prices::new(analytics.prices),
            currency: analytics.currency,
        }
    }
}

/// Puts the settings in force.
pub(super) fn set(analytics: &Analytics) {
    CURRENT.set(Some(Settings::new(analytics)));
}

pub(super) fn current() -> &'static Settings {
    CURRENT.get().unwrap_or_else(|| &DEFAULT)
}
