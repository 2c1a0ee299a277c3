//! The option reference as Markdown, printed from the option table.

use std::fmt::Write;

use crate::option::{
    ENV_ELASTIC, ENV_PUSH, Key, OptionDef, Section, Target, ValueKind, options_of,
};

/// `docs/reference/options.md`: every attribute and derive with its options.
#[must_use]
pub fn options() -> String {
    let mut out = String::from(
        "# Options of attributes and derives\n\n\
         Printed from the option table of `obs-schema`; `OBS_BLESS=1 cargo test -p obs-schema` rewrites it.\n\
         An argument without a name is shown by its place. Every name that another library or an earlier version\n\
         uses for an option is answered with the option's name.\n",
    );
    for &target in Target::ALL {
        let item = target.item();
        let _ = write!(out, "\n## `{}`", target.as_str());
        if !item.is_empty() {
            let _ = write!(out, " on {item}");
        }
        out.push_str("\n\n");
        match options_of(target) {
            [] => out.push_str("No options.\n"),
            options => table(
                &mut out,
                options,
                &["Option", "Takes", "Default", "Meaning"],
                |option| {
                    vec![
                        name(option),
                        takes(option.kind),
                        default(option),
                        meaning(option),
                    ]
                },
            ),
        }
    }
    out
}

/// `docs/reference/configuration.md`: every key of a configuration file with its variables.
#[must_use]
pub fn configuration() -> String {
    let mut out = String::from(
        "# Keys of the configuration\n\n\
         Printed from the option table of `obs-schema`; `OBS_BLESS=1 cargo test -p obs-schema` rewrites it.\n\
         A value comes from the attribute or constant in the program, the YAML file that `OBS_CONFIG` names, and the\n\
         environment; the later one wins. Of several variables of a key, the first wins. In a variable,\n\
         a list is written `console,file`, and keys with text `region=eu,team=till%2Cfloor`. Empty means not set.\n",
    );
    for section in Section::ALL {
        let _ = write!(out, "\n## `{}`\n\n", section.as_str());
        table(
            &mut out,
            section.options(),
            &["Key", "Variable", "Takes", "Default", "Meaning"],
            |option| {
                let key = Key {
                    section: *section,
                    option,
                };
                vec![
                    format!("`{}`", option.name),
                    format!("`{}`", key.variables().join("`, `")),
                    takes(option.kind),
                    default(option),
                    option.doc.to_owned(),
                ]
            },
        );
    }
    out.push_str("\n## Variables without a key\n\n");
    out.push_str("`OBS_CONFIG` names the file. `OTEL_TRACES_SAMPLER_ARG` is the share for `OTEL_TRACES_SAMPLER`.\n\n");
    let _ = writeln!(
        out,
        "The exporters that [push metrics](../guide/exporters.md#metrics-that-are-pushed) read {}.\n",
        names(ENV_PUSH)
    );
    let _ = writeln!(
        out,
        "The output to [Elasticsearch](../guide/exporters.md#log-records-to-elasticsearch-or-opensearch) reads {}.\n",
        names(ENV_ELASTIC)
    );
    out.push_str(
        "`OBS_REDIS_URL` says where the program's [caches](../guide/caches.md) are. The program connects, obs does not.\n",
    );
    out
}

fn names(variables: &[&str]) -> String {
    let quoted: Vec<String> = variables.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

fn table(
    out: &mut String,
    options: &'static [OptionDef],
    heads: &[&str],
    row: impl Fn(&'static OptionDef) -> Vec<String>,
) {
    let _ = writeln!(out, "| {} |", heads.join(" | "));
    let _ = writeln!(out, "|{}", "---|".repeat(heads.len()));
    for option in options {
        let cells: Vec<String> = row(option)
            .iter()
            .map(|cell| cell.replace('|', "\\|"))
            .collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

fn name(option: &OptionDef) -> String {
    match option.position {
        Some(0) => format!("first: {}", option.name),
        Some(_) => format!("second: {}", option.name),
        None => format!("`{}`", option.name),
    }
}

fn default(option: &OptionDef) -> String {
    match option.default {
        "" if option.required => "required".to_owned(),
        "" => "off".to_owned(),
        default => default.to_owned(),
    }
}

fn meaning(option: &OptionDef) -> String {
    let others: Vec<String> = option
        .excludes
        .iter()
        .filter(|other| **other != option.name)
        .map(|other| format!("`{other}`"))
        .collect();
    if others.is_empty() {
        return option.doc.to_owned();
    }
    format!("{} Not together with {}.", option.doc, others.join(", "))
}

fn takes(kind: ValueKind) -> String {
    match kind {
        ValueKind::Word(words) => format!("`{}`", words.join("`, `")),
        ValueKind::Choice(words) => format!("`\"{}\"`", words.join("\"`, `\"")),
        ValueKind::ChoiceList(words) => format!("a list of `\"{}\"`", words.join("\"`, `\"")),
        ValueKind::Int { min, max } => format!("a whole number from {min} to {max}"),
        ValueKind::Group(target) => format!("`{}`", target.as_str()),
        kind => kind.expects().to_owned(),
    }
}
