//! The files with credentials.

use super::credentials::Credentials;
use super::error::CredentialsError;
use super::file::Watched;
use super::rules::Rules;

/// The files that the rules name.
#[derive(Debug, Default)]
pub(super) struct Files {
    tokens: Option<Watched>,
    metrics: Option<(String, Watched)>,
    pub(super) has_certificates: bool,
}

impl Files {
    pub(super) fn new(rules: &Rules) -> Self {
        Self {
            tokens: rules.tokens.clone().map(Watched::new),
            metrics: rules
                .metrics
                .clone()
                .map(|(user, place)| (user, Watched::new(place))),
            has_certificates: rules.has_certificates,
        }
    }

    pub(super) fn changed(&self) -> bool {
        let metrics = self.metrics.as_ref().map(|(_, file)| file);
        // Each is asked, so that each remembers what it saw.
        let changed = self
            .tokens
            .iter()
            .chain(metrics)
            .filter(|file| file.changed());
        changed.count() > 0
    }

    pub(super) fn read(&self) -> Result<Credentials, CredentialsError> {
        let mut credentials = Credentials::default();
        if let Some(file) = &self.tokens {
            credentials.add_lines(&file.read()?, file.place())?;
        }
        if let Some((user, file)) = &self.metrics {
            credentials.set_metrics(user, &file.read()?, file.place())?;
        }
        Ok(credentials)
    }
}
