//! The policies of the program, by kind and name.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::rejected::Name;
use crate::diagnostics;
use crate::fork::{self, Renewed};

/// How many names of a kind there can be. Policies beyond work, but are shown nowhere and shared by nobody.
const MAX_NAMES: usize = 1_000;

/// What several functions share by its name.
pub trait Policy: Sized + Send + Sync + 'static {
    /// How it is set up.
    type Settings: Copy + PartialEq + Send + Sync;

    /// What it is called in messages.
    const WHAT: &'static str;

    /// Makes one. The settings have been checked.
    fn create(name: Name, settings: Self::Settings) -> Self;

    /// How it was set up.
    fn its_settings(&self) -> Self::Settings;

    /// Those that there are.
    fn registry() -> &'static Registry<Self>;

    /// Every function that has one, where the linker can list them.
    fn sites() -> &'static [&'static Site<Self>];
}

/// All policies of a kind.
#[derive(Debug)]
pub struct Registry<P: 'static>(Renewed<ByName<P>>);

type ByName<P> = Mutex<BTreeMap<&'static str, Arc<P>>>;

impl<P: Policy> Registry<P> {
    pub(super) const fn new() -> Self {
        Self(Renewed::from_the_start(Mutex::new(BTreeMap::new())))
    }

    /// The one of this name, which is made if there is none. The settings have been checked.
    pub(super) fn named(&self, name: &str, settings: P::Settings) -> Arc<P> {
        let mut policies = self.lock();
        if let Some(policy) = policies.get(name) {
            let policy = policy.clone();
            drop(policies);
            if policy.its_settings() != settings {
                diagnostics::report(&format!(
                    "the {} `{name}` is declared with different settings; those of the first place hold",
                    P::WHAT
                ));
            }
            return policy;
        }
        if policies.len() == MAX_NAMES {
            drop(policies);
            diagnostics::report(&format!(
                "the {} `{name}` is shown nowhere: there are {MAX_NAMES} already",
                P::WHAT
            ));
            return Arc::new(P::create(Name::Shared(name.into()), settings));
        }
        // As many as there are names are leaked at the most.
        let name: &'static str = String::leak(name.to_owned());
        let policy = Arc::new(P::create(Name::Static(name), settings));
        policies.insert(name, policy.clone());
        policy
    }

    /// That of a function which gives it no name: that of the function, unless one with other settings has it.
    fn of_function(&self, name: &str, place: &str, settings: P::Settings) -> Arc<P> {
        let found = self.lock().get(name).cloned();
        if found.is_none_or(|policy| policy.its_settings() == settings) {
            return self.named(name, settings);
        }
        let own = format!("{name} ({place})");
        diagnostics::report(&format!(
            "the {} at {place} is called `{own}`, because there is another `{name}`; give it a name",
            P::WHAT
        ));
        self.named(&own, settings)
    }

    /// Every policy of this kind, by name.
    pub(crate) fn all(&self) -> Vec<(&'static str, Arc<P>)> {
        P::sites().iter().for_each(|site| {
            site.get();
        });
        let policies = self.lock();
        let all = policies.iter();
        all.map(|(name, policy)| (*name, policy.clone())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Arc<P>>> {
        let policies = self.0.get(fork::copied);
        policies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The policy of a function, which it may share with others.
pub struct Site<P: Policy> {
    name: &'static str,
    /// Where the function is that has the name, if nobody gave one.
    place: Option<&'static str>,
    settings: P::Settings,
    policy: OnceLock<Arc<P>>,
}

impl<P: Policy> Site<P> {
    /// One that nobody has used. The expansion has checked the settings.
    #[must_use]
    pub const fn new(name: &'static str, settings: P::Settings) -> Self {
        Self {
            name,
            place: None,
            settings,
            policy: OnceLock::new(),
        }
    }

    /// The same of a function that gives it no name, but has one itself, as others may have.
    #[must_use]
    pub const fn of_function(
        name: &'static str,
        place: &'static str,
        settings: P::Settings,
    ) -> Self {
        Self {
            name,
            place: Some(place),
            settings,
            policy: OnceLock::new(),
        }
    }

    /// The policy.
    #[inline(always)]
    pub fn get(&'static self) -> &'static P {
        match self.policy.get() {
            Some(policy) => policy,
            None => self.register(),
        }
    }

    #[cold]
    fn register(&'static self) -> &'static P {
        let all = P::registry();
        self.policy.get_or_init(|| match self.place {
            None => all.named(self.name, self.settings),
            Some(place) => all.of_function(self.name, place, self.settings),
        })
    }
}

impl<P: Policy> fmt::Debug for Site<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Site").field(&self.name).finish()
    }
}

/// Implements [`Policy`] for a type with the fields `name` and `settings` and a function `create`.
macro_rules! policy {
    ($ty:ident, $settings:ty, $what:literal, $sites:ident) => {
        /// Every function that has one, where the linker can list them. Others are noted at their first call.
        #[linkme::distributed_slice]
        pub static $sites: [&'static $crate::policy::registry::Site<$ty>];

        impl $crate::policy::registry::Policy for $ty {
            type Settings = $settings;

            const WHAT: &'static str = $what;

            fn create(name: $crate::policy::Name, settings: $settings) -> Self {
                Self::create(name, settings)
            }

            fn its_settings(&self) -> $settings {
                self.settings
            }

            fn registry() -> &'static $crate::policy::registry::Registry<Self> {
                static ALL: $crate::policy::registry::Registry<$ty> =
                    $crate::policy::registry::Registry::new();
                &ALL
            }

            fn sites() -> &'static [&'static $crate::policy::registry::Site<Self>] {
                &$sites
            }
        }
    };
}
pub(super) use policy;
