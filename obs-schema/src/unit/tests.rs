use super::*;

const _: () = assert!(check_unit_of("sent_bytes_total", "bytes").is_ok());
const _: () = assert!(check_unit_of("latency_ms", "").is_err());

fn unit(unit: &str) -> String {
    check_unit(unit).unwrap_err().to_string()
}

fn name(name: &str, unit: &str) -> String {
    check_unit_of(name, unit).unwrap_err().to_string()
}

#[test]
fn base_units_and_countable_things_are_accepted() {
    for unit in BASE_UNITS {
        assert_eq!(check_unit(unit), Ok(()));
    }
    for unit in ["requests", "orders", "connections", "meters_per_second"] {
        assert_eq!(check_unit(unit), Ok(()), "{unit}");
    }
}

#[test]
fn other_units_are_answered_with_the_base_unit() {
    assert_eq!(
        unit("milliseconds"),
        "`milliseconds` is not a base unit; report `seconds` as a real number"
    );
    assert_eq!(
        unit("percent"),
        "`percent` is not a base unit; report `ratio` from 0 to 1"
    );
    for (other, base) in [
        ("kb", "bytes"),
        ("kilobytes", "bytes"),
        ("megabits", "bytes"),
        ("hours", "seconds"),
        ("milligrams", "grams"),
    ] {
        assert!(unit(other).contains(&format!("report `{base}`")), "{other}");
    }
}

#[test]
fn misspelt_units_are_recognised() {
    assert_eq!(
        unit("secods"),
        "unknown unit `secods`; did you mean `seconds`?"
    );
    assert_eq!(unit("byte"), "unknown unit `byte`; did you mean `bytes`?");
}

#[test]
fn a_unit_is_a_lower_case_word() {
    for text in ["", "Seconds", "s2", "bytes ", "_bytes", "µs"] {
        assert_eq!(
            unit(text),
            format!(
                "the unit `{text}` is not a word of lower-case letters; write a plural such as `seconds`, `bytes` or `requests`"
            ),
        );
    }
}

#[test]
fn a_name_ends_in_its_unit() {
    assert_eq!(
        name("latency", "seconds"),
        "`latency` does not end in its unit `seconds`; write `latency_seconds`"
    );
    assert_eq!(
        name("sent_total", "bytes"),
        "`sent_total` does not end in its unit `bytes`; write `sent_bytes_total`"
    );
    assert_eq!(
        name("latency_seconds", "bytes"),
        "`latency_seconds` ends in `seconds` but its unit is `bytes`; write `unit = \"seconds\"` or change the name",
    );
    assert_eq!(check_unit_of("queue_length_requests", "requests"), Ok(()));
}

#[test]
fn a_name_has_no_other_unit() {
    for word in [
        "latency_ms",
        "latency_milliseconds",
        "sent_kb_total",
        "cpu_percent",
        "uptime_hours",
        "milliseconds_spent",
    ] {
        assert!(
            name(word, "").contains("which is not a base unit"),
            "{word}"
        );
    }
    assert_eq!(
        name("latency_ms", ""),
        "`latency_ms` contains `ms`, which is not a base unit; report `seconds` as a real number",
    );
    for fine in [
        "b_tree_depth",
        "s3_requests_total",
        "orders_total",
        "microscope_images_total",
    ] {
        assert_eq!(check_unit_of(fine, ""), Ok(()), "{fine}");
    }
}

#[test]
fn the_unit_is_read_off_the_name() {
    assert_eq!(unit_in_name("process_cpu_seconds_total"), "seconds");
    assert_eq!(unit_in_name("hit_ratio"), "ratio");
    assert_eq!(unit_in_name("gigabytes"), "");
}
