//! The metrics of an operation.

use obs_schema::def::OperationFamily;

use super::Merge;
use crate::operation::Block;
use crate::operation::kind::{Kind, Part};

impl Merge<'_> {
    /// The metrics of all attributes, those of the operation as a whole first. They hold what `#[timed]`
    /// and `#[counted]` of the same name would add.
    pub(super) fn blocks(&self, operation: &str) -> Vec<Block> {
        let mut blocks = Vec::new();
        let is_whole = self.wholes().next().is_some();
        if is_whole {
            blocks.push(Block {
                family: OperationFamily::Operation,
                constants: vec![("operation", operation.to_owned())],
                buckets: self.durations(operation).find_map(buckets),
            });
        }
        for (kind, family) in [
            (Kind::Counted, OperationFamily::Calls),
            (Kind::Timed, OperationFamily::Duration),
        ] {
            let Some(part) = self.part(kind) else {
                continue;
            };
            let name = part.options.text("name");
            let name = name.map_or(operation, |name| name.value).to_owned();
            if !is_whole || name != operation {
                blocks.push(Block {
                    family,
                    constants: vec![("operation", name)],
                    buckets: buckets(part),
                });
            }
        }
        blocks.extend(self.database());
        blocks.extend(self.external_api());
        blocks
    }

    /// The attributes that describe the one histogram of the operation as a whole.
    pub(super) fn durations(&self, operation: &str) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| {
            let name = part.options.text("name");
            let is_other = name.is_some_and(|name| name.value != operation);
            part.kind.is_whole() || (part.kind == Kind::Timed && !is_other)
        })
    }

    fn database(&self) -> Option<Block> {
        let query = self.part(Kind::TrackDbQuery)?;
        let mut constants = vec![("db_system_name", system(query))];
        for (option, label) in [
            ("operation", "db_operation_name"),
            ("collection", "db_collection_name"),
        ] {
            let given = query.options.text(option);
            constants.extend(given.map(|given| (label, given.value.to_owned())));
        }
        Some(Block {
            family: OperationFamily::Database,
            constants,
            buckets: buckets(query),
        })
    }

    fn external_api(&self) -> Option<Block> {
        let call = self.part(Kind::TrackExternalApi)?;
        let api = call.options.text("api")?.value.to_owned();
        Some(Block {
            family: OperationFamily::ExternalApi,
            constants: vec![("api", api), ("endpoint", self.endpoint(call))],
            buckets: buckets(call),
        })
    }
}

fn buckets(part: &Part) -> Option<Vec<f64>> {
    let buckets = part.options.numbers("buckets")?;
    Some(buckets.value.to_vec())
}

/// The database product.
pub(super) fn system(query: &Part) -> String {
    let system = query.options.text("system");
    system.map_or("other_sql", |system| system.value).to_owned()
}
