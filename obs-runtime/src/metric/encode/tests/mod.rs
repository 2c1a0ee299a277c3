mod goldens;
mod model;
mod negotiation;
mod numbers;

use super::{Format, encode};
use crate::metric::snapshot::{Family, Kind, Label, Series, Snapshot, Value};

fn labels(pairs: &[(&str, &str)]) -> Vec<Label> {
    let own = |&(name, value): &(&str, &str)| (name.to_owned().into(), value.to_owned().into());
    pairs.iter().map(own).collect()
}

fn series(pairs: &[(&str, &str)], value: Value) -> Series {
    Series {
        labels: labels(pairs),
        value,
    }
}

fn family(name: &str, kind: Kind, unit: &str, series: Vec<Series>) -> Family {
    Family {
        name: name.to_owned().into(),
        help: "Help.".into(),
        kind,
        unit: unit.to_owned().into(),
        series,
    }
}

fn text(snapshot: &Snapshot, format: Format) -> String {
    String::from_utf8(encode(snapshot, format)).unwrap()
}
