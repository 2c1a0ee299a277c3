//! The breaker of a function.

use std::fmt;
use std::sync::{Arc, OnceLock};

use obs_schema::resilience::BreakerSettings;

use super::circuit::Breaker;
use super::keyed::Breakers;
use super::registry;

/// Every breaker that a function has, where the linker can list them. Others are noted at their first call.
#[linkme::distributed_slice]
pub static BREAKER_SITES: [&'static BreakerSite];

/// The same of those that have keys.
#[linkme::distributed_slice]
pub static KEYED_SITES: [&'static KeyedSite];

/// The breaker of a function, which it may share with others.
pub struct BreakerSite {
    name: &'static str,
    settings: BreakerSettings,
    breaker: OnceLock<Arc<Breaker>>,
}

/// The breakers of a function that has one for each key.
pub struct KeyedSite {
    name: &'static str,
    settings: BreakerSettings,
    max_keys: u32,
    breakers: OnceLock<Arc<Breakers>>,
}

impl BreakerSite {
    /// One that nobody has used. The expansion has checked the settings.
    #[must_use]
    pub const fn new(name: &'static str, settings: BreakerSettings) -> Self {
        Self {
            name,
            settings,
            breaker: OnceLock::new(),
        }
    }

    /// The breaker.
    #[inline(always)]
    pub fn get(&'static self) -> &'static Breaker {
        match self.breaker.get() {
            Some(breaker) => breaker,
            None => self.register(),
        }
    }

    #[cold]
    fn register(&'static self) -> &'static Breaker {
        self.breaker
            .get_or_init(|| registry::named(self.name, self.settings))
    }
}

impl KeyedSite {
    /// One that nobody has used.
    #[must_use]
    pub const fn new(name: &'static str, settings: BreakerSettings, max_keys: u32) -> Self {
        Self {
            name,
            settings,
            max_keys,
            breakers: OnceLock::new(),
        }
    }

    /// The breaker of a key.
    pub fn get(&'static self, key: impl AsRef<str>) -> Arc<Breaker> {
        self.breakers().get(key.as_ref())
    }

    fn breakers(&'static self) -> &'static Breakers {
        self.breakers
            .get_or_init(|| registry::keyed(self.name, self.settings, self.max_keys as usize))
    }
}

/// Makes every breaker that the linker lists.
pub(super) fn register_all() {
    BREAKER_SITES.iter().for_each(|site| {
        site.get();
    });
    KEYED_SITES.iter().for_each(|site| {
        site.breakers();
    });
}

impl fmt::Debug for BreakerSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BreakerSite").field(&self.name).finish()
    }
}

impl fmt::Debug for KeyedSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyedSite").field(&self.name).finish()
    }
}
