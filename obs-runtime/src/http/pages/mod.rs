//! What each endpoint answers.

pub(super) mod analytics;
pub(super) mod audit;
pub(super) mod breakers;
pub(super) mod caches;
pub(super) mod catalog;
pub(super) mod config;
pub(super) mod flags;
pub(super) mod health;
pub(super) mod index;
#[cfg(feature = "log")]
pub(super) mod levels;
#[cfg(feature = "log")]
pub(super) mod logs;
pub(super) mod memory;
pub(super) mod metrics;
pub(super) mod probes;
pub(super) mod process;
mod span;
pub(super) mod summary;
pub(super) mod system;
pub(super) mod traces;
mod values;

use ::http::HeaderMap;

use super::answer::Answer;
use super::params::{Param, Params};
use super::paths::Paths;
use super::problem::Problem;

/// What an endpoint answers, wherever it is and whoever may ask.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// One sentence for people.
    pub(super) doc: &'static str,
    pub(super) params: &'static [Param],
    /// Whether it runs collectors or copies much: not to be done on a thread that others wait for.
    pub(super) heavy: bool,
    pub(super) run: Run,
}

type Run = fn(&Call<'_>) -> Result<Answer, Problem>;

/// What a page is asked.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) paths: &'a Paths,
    /// What stands before every path because the endpoints are nested in another router.
    pub(super) base: &'a str,
    /// The segment for the word in braces, or empty.
    pub(super) id: &'a str,
    pub(super) params: &'a Params,
    pub(super) headers: &'a HeaderMap,
    /// Whether the caller may see what an answer is made of.
    pub(super) sees_details: bool,
}

impl Page {
    /// A page that reads a few words of memory.
    const fn light(doc: &'static str, run: Run) -> Self {
        Self {
            doc,
            params: &[],
            heavy: false,
            run,
        }
    }

    const fn heavy(doc: &'static str, run: Run) -> Self {
        Self {
            heavy: true,
            ..Self::light(doc, run)
        }
    }

    const fn with(self, params: &'static [Param]) -> Self {
        Self { params, ..self }
    }
}
