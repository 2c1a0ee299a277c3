//! The memory of this process: what it is, whether it grows, and giving some back.

use std::time::{Duration, Instant};

use ::http::StatusCode;
use serde_json::{Map, Value, json};

use super::values::{number, seconds};
use super::{Call, Page};
use crate::collect::cgroup::CgroupStats;
use crate::collect::process::{self, Growth, LONGEST, Maps, MemoryDetail, Purpose, Use};
use crate::http::answer::Answer;
use crate::http::params::Param;
use crate::http::problem::Problem;
use crate::trace;

pub(in crate::http) const MEMORY: Page = Page::heavy(
    "The memory of the process by kind, and what obs itself holds. What the platform does not tell is `null`.",
    memory,
);
pub(in crate::http) const ANALYSIS: Page = Page::heavy(
    "What the memory is mapped for, by purpose and by file, and how near it is to the limit of the container. Costs the kernel a walk over all pages.",
    analysis,
);
pub(in crate::http) const LEAK_CHECK: Page = Page::heavy(
    "Whether the memory that no file has a copy of grows: `growing`, `steady`, or `unknown` in the first ten minutes; by how much an hour, and when the limit of the container is reached.",
    leak_check,
)
.with(&[Param {
    name: "window",
    doc: "how far to look back, from `10m` to `24h`; `1h` if left out",
}]);
pub(in crate::http) const TRIM: Page = Page::heavy(
    "Has the allocator give back what it keeps, as the program said by `collect::process::trim_with`; 501 if it did not.",
    trim,
);

/// Files that are listed.
const MAX_FILES: usize = 20;
const WINDOW: Duration = Duration::from_secs(60 * 60);
const SHORTEST: Duration = Duration::from_secs(10 * 60);

fn memory(_: &Call<'_>) -> Result<Answer, Problem> {
    let memory = MemoryDetail::read();
    Ok(json!({
        "process": {
            "resident_bytes": memory.resident,
            "peak_resident_bytes": memory.peak_resident,
            "proportional_bytes": memory.proportional,
            "private_dirty_bytes": memory.private_dirty,
            "anonymous_bytes": memory.anonymous,
            "swapped_bytes": memory.swapped,
            "virtual_bytes": memory.virtual_size,
            "main_stack_bytes": memory.main_stack,
        },
        "obs": obs(),
    })
    .into())
}

fn obs() -> Value {
    let store = trace::store().stats();
    json!({"trace_store_bytes": store.bytes, "trace_store_budget_bytes": store.budget_bytes})
}

fn analysis(_: &Call<'_>) -> Result<Answer, Problem> {
    let maps = Maps::read();
    let purposes = maps.as_ref().map(|maps| {
        let uses = Purpose::ALL.iter().zip(&maps.by_purpose);
        let shown = uses.map(|(purpose, sum)| (purpose.as_str().to_owned(), used(sum)));
        Value::Object(shown.map(|(name, sum)| (name, sum.into())).collect())
    });
    let files = maps.as_ref().map(|maps| {
        let largest = maps.files.iter().take(MAX_FILES);
        let shown = largest.map(|(path, sum)| {
            let mut fields = used(sum);
            fields.insert("path".to_owned(), json!(path));
            Value::Object(fields)
        });
        shown.collect::<Vec<_>>()
    });
    let cgroup = CgroupStats::read();
    let ratio = cgroup.memory_usage.zip(cgroup.memory_limit);
    let ratio = ratio.map(|(used, limit)| number(used as f64 / limit as f64));
    Ok(json!({
        "by_purpose": purposes,
        "largest_files": files,
        "is_cut": maps.is_some_and(|maps| maps.is_cut),
        "limit": {
            "memory_limit_bytes": cgroup.memory_limit,
            "memory_usage_bytes": cgroup.memory_usage,
            "used_ratio": ratio,
        },
        "obs": obs(),
    })
    .into())
}

fn used(sum: &Use) -> Map<String, Value> {
    let fields = [
        ("mappings", sum.mappings),
        ("resident_bytes", sum.resident),
        ("proportional_bytes", sum.proportional),
        ("private_dirty_bytes", sum.private_dirty),
        ("swapped_bytes", sum.swapped),
    ];
    let fields = fields.into_iter();
    fields
        .map(|(name, bytes)| (name.to_owned(), json!(bytes)))
        .collect()
}

fn leak_check(call: &Call<'_>) -> Result<Answer, Problem> {
    let asked = call.params.duration_within("window", SHORTEST..=LONGEST)?;
    let window = asked.unwrap_or(WINDOW);
    let growth = process::growth(window);
    let trend = growth.and_then(|growth| growth.trend);
    let verdict = match trend {
        None => "unknown",
        Some(trend) if trend.is_growth => "growing",
        Some(_) => "steady",
    };
    Ok(json!({
        "verdict": verdict,
        "window_seconds": seconds(window),
        "covered_seconds": growth.map(|growth| seconds(growth.covered)),
        "points": growth.map_or(0, |growth| growth.points),
        "first_bytes": growth.map(|growth| growth.first),
        "last_bytes": growth.map(|growth| growth.last),
        "growth_bytes_per_hour": trend.map(|trend| number(trend.bytes_per_hour)),
        "limit_reached_in_seconds": growth.and_then(|growth| time_left(&growth, &CgroupStats::read())),
    })
    .into())
}

/// When the container is full if it goes on like this.
fn time_left(growth: &Growth, cgroup: &CgroupStats) -> Option<Value> {
    let trend = growth.trend.filter(|trend| trend.is_growth)?;
    let left = cgroup.memory_limit?.saturating_sub(cgroup.memory_usage?);
    Some(number(left as f64 / trend.bytes_per_hour * 3600.0))
}

fn trim(_: &Call<'_>) -> Result<Answer, Problem> {
    let Some(trim) = process::trimmer() else {
        let message = "the program has not said how its allocator gives memory back; call `obs_runtime::collect::process::trim_with`";
        let status = StatusCode::NOT_IMPLEMENTED;
        return Err(Problem::new(status, "no_trim", message));
    };
    let before = MemoryDetail::read().resident;
    let begun = Instant::now();
    let released = trim();
    let took = begun.elapsed();
    let after = MemoryDetail::read().resident;
    let answer = json!({
        "released": released,
        "before_bytes": before,
        "after_bytes": after,
        "duration_seconds": seconds(took),
    });
    Ok(Answer::from(answer).changing(before, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::process::Trend;

    #[test]
    fn the_limit_is_reached_when_the_rest_of_it_is_used_up() {
        let growth = |is_growth| Growth {
            covered: WINDOW,
            points: 60,
            first: 100,
            last: 200,
            trend: Some(Trend {
                bytes_per_hour: 100.0,
                is_growth,
            }),
        };
        let mut cgroup = CgroupStats::default();
        assert_eq!(time_left(&growth(true), &cgroup), None);
        cgroup.memory_limit = Some(1000);
        cgroup.memory_usage = Some(800);
        assert_eq!(time_left(&growth(true), &cgroup), Some(json!(7200.0)));
        assert_eq!(time_left(&growth(false), &cgroup), None);
    }
}
