use super::*;

const _: () = assert!(matches!(parse_duration("1m30s"), Ok(d) if d.as_secs() == 90));
const _: () = assert!(parse_duration("5").is_err());

fn error(text: &str) -> String {
    parse_duration(text).unwrap_err().to_string()
}

#[test]
fn every_unit() {
    for (text, nanos) in [
        ("7ns", 7),
        ("7us", 7_000),
        ("7µs", 7_000),
        ("250ms", 250_000_000),
        ("1.5s", 1_500_000_000),
        ("2m", 120_000_000_000),
        ("2h", 7_200_000_000_000),
        ("1d", 86_400_000_000_000),
        ("1m30s", 90_000_000_000),
        ("1h1.5m", 3_690_000_000_000),
        ("0s", 0),
        ("0.000000001s", 1),
    ] {
        assert_eq!(
            parse_duration(text),
            Ok(Duration::from_nanos(nanos)),
            "{text}"
        );
    }
}

#[test]
fn a_unit_is_needed() {
    assert_eq!(
        error("250"),
        r#"the duration `250` has no unit; write `"250ms"` or `"250s"`"#
    );
    assert_eq!(
        error("1m30"),
        r#"the duration `1m30` has no unit; write `"30ms"` or `"30s"`"#
    );
    assert_eq!(
        error("5 parsecs"),
        "unknown unit `parsecs` in `5 parsecs`; the units are `ns`, `us`, `µs`, `ms`, `s`, `m`, `h`, `d`",
    );
    assert_eq!(
        error("5sec"),
        "unknown unit `sec` in `5sec`; write `s`, the units are `ns`, `us`, `µs`, `ms`, `s`, `m`, `h`, `d`",
    );
}

#[test]
fn what_is_not_a_duration() {
    assert_eq!(
        error(""),
        r#"the duration is empty; write a number and a unit, such as `"250ms"`"#
    );
    for text in ["fast", ".5s", "1.s", " 1s", "s", "+1s", "1..5s"] {
        assert!(parse_duration(text).is_err(), "{text}");
    }
    assert_eq!(
        error("-1s"),
        "the duration `-1s` is negative; remove the `-`"
    );
    assert_eq!(
        error("0.5ns"),
        r#"the duration `0.5ns` is finer than a nanosecond; the smallest is `"1ns"`"#
    );
    let tiny = format!("0.{}1s", "0".repeat(100));
    assert_eq!(
        parse_duration(&tiny).unwrap_err().problem,
        DurationProblem::TooFine
    );
    assert_eq!(
        error("30s1m"),
        r#"the units of `30s1m` do not get smaller; write the largest first, such as `"1m30s"`"#
    );
    assert_eq!(
        error("1s1s"),
        r#"the units of `1s1s` do not get smaller; write the largest first, such as `"1m30s"`"#
    );
}

#[test]
fn too_long() {
    assert_eq!(
        parse_duration("213503d"),
        Ok(Duration::from_secs(213_503 * 86_400))
    );
    for text in [
        "213504d",
        "99999999999999999999999999999999999999999999s",
        "213503d99h99999999m",
        "340282366920938463463374607431768211459s",
    ] {
        assert_eq!(
            parse_duration(text).unwrap_err().problem,
            DurationProblem::Overflow,
            "{text}"
        );
    }
}

#[test]
fn ranges() {
    let check = |d| check_duration_range("x", d, Duration::from_millis(1), Duration::from_secs(90));
    assert_eq!(check(Duration::from_secs(90)), Ok(()));
    assert_eq!(
        check(Duration::ZERO).unwrap_err().to_string(),
        "the duration `x` is too short; write at least `\"1ms\"`"
    );
    assert_eq!(
        check(Duration::from_secs(91)).unwrap_err().to_string(),
        "the duration `x` is too long; write at most `\"1m30s\"`"
    );
}

#[test]
fn what_is_written_is_read_back() {
    let mut nanos = 1u64;
    for step in 0..20_000u64 {
        // A multiplicative walk through all magnitudes.
        nanos = nanos
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let duration = Duration::from_nanos(nanos >> (step % 64));
        assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
    }
}
