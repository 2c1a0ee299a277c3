use proptest::prelude::*;

use super::super::draft::{Draft, Item, Text};
use super::*;

/// Keys that are sent as others are, and some that are not.
const KEYS: [&str; 13] = [
    "",
    "_",
    " ",
    "a",
    "a.b",
    "a_b",
    "a*b",
    "\\\n",
    "__",
    "größe",
    "\u{2028}",
    "a\"b",
    "a key that is longer than the others",
];

/// What is said: in which part of the record, under which key, whether that is a constant, and a value.
type Said = (u8, usize, bool, Raw);

fn ecs() -> Ecs {
    let service = crate::config::Layers::default().load().unwrap().service;
    Ecs::new(&service, Some("here"), 42)
}

fn any_said() -> impl Strategy<Value = Said> {
    let value = prop_oneof![
        any::<bool>().prop_map(Raw::Bool),
        any::<i64>().prop_map(Raw::I64),
        any::<u64>().prop_map(Raw::U64),
        any::<f64>().prop_map(Raw::F64),
        (0..KEYS.len()).prop_map(|at| Raw::Text(Text::Static(KEYS[at]))),
    ];
    (0..6_u8, 0..KEYS.len(), any::<bool>(), value)
}

fn draft(said: &[Said]) -> Draft {
    let mut draft = Draft::new();
    draft.begin(Level::INFO, 1_786_017_600_123_456_789);
    draft.head.target = Text::Static("shop");
    draft.head.message = draft.keep("added");
    for &(part, key, is_constant, value) in said {
        let key = if is_constant {
            Text::Static(KEYS[key])
        } else {
            draft.append(KEYS[key])
        };
        draft.items.push(match part {
            0 => Item::Field(key, value),
            1 => Item::Attribute(key, value),
            2 => Item::SpanField(key, value),
            3 => Item::Context(key, value),
            4 => Item::Span("span"),
            _ => Item::Error(key),
        });
    }
    draft
}

fn line(ecs: &mut Ecs, draft: &Draft) -> String {
    let mut out = Vec::new();
    ecs.write(&mut out, draft.view());
    String::from_utf8(out).unwrap()
}

/// What the program says, without a look at any other record.
fn plainly(said: &[Said]) -> String {
    let all: Vec<_> = said.iter().filter(|(part, ..)| *part < 4).collect();
    let cleaned = |at: usize| {
        let blank = |c: char| c.is_whitespace() || c.is_control() || ".*\\".contains(c);
        let key = KEYS[all[at].1].replace(blank, "_");
        if key.is_empty() { "_".to_owned() } else { key }
    };
    let is_nearer = |one: usize, other: usize| {
        let (one_part, other_part) = (all[one].0, all[other].0);
        one_part < other_part || one_part == other_part && one > other
    };
    let is_shown = |at: usize| {
        (0..all.len()).all(|other| cleaned(other) != cleaned(at) || !is_nearer(other, at))
    };
    let (mut labels, mut numbers) = (Vec::new(), Vec::new());
    for at in (0..all.len()).filter(|at| is_shown(*at)) {
        let mut key = String::new();
        escape::write_json(&mut key, &cleaned(at));
        let text = |value: &str| {
            let mut text = String::new();
            escape::write_json(&mut text, value);
            format!("\"{key}\":\"{text}\"")
        };
        match all[at].3 {
            Raw::Bool(value) => labels.push(text(&value.to_string())),
            Raw::Text(Text::Static(value)) => labels.push(text(value)),
            Raw::I64(value) => numbers.push(format!("\"{key}\":{value}.0")),
            Raw::U64(value) => numbers.push(format!("\"{key}\":{value}.0")),
            Raw::F64(value) if value.is_finite() => {
                let shown = zmij::Buffer::new().format_finite(value).to_owned();
                numbers.push(format!("\"{key}\":{shown}"));
            }
            Raw::F64(value) if value.is_nan() => labels.push(text("NaN")),
            Raw::F64(value) if value > 0.0 => labels.push(text("Infinity")),
            Raw::F64(_) => labels.push(text("-Infinity")),
            Raw::Text(Text::Part { .. }) => unreachable!("no value is of the draft"),
        }
    }
    let object = |name: &str, members: Vec<String>| match members.join(",") {
        members if members.is_empty() => members,
        members => format!(",\"{name}\":{{{members}}}"),
    };
    object("labels", labels) + &object("numeric_labels", numbers)
}

proptest! {
    /// Whatever came before, and however often.
    #[test]
    fn what_is_remembered_of_keys_is_what_the_record_says(
        records in proptest::collection::vec(proptest::collection::vec(any_said(), 0..8), 1..5),
        order in proptest::collection::vec(any::<proptest::sample::Index>(), 1..12),
    ) {
        let mut used = ecs();
        for at in order {
            let said = at.get(&records);
            let others: Vec<Said> = said.iter().copied().filter(|(part, ..)| *part > 3).collect();
            let without = line(&mut ecs(), &draft(&others));
            let expected = without.strip_suffix('}').unwrap().to_owned() + &plainly(said) + "}";
            prop_assert_eq!(line(&mut used, &draft(said)), expected);
        }
    }
}
