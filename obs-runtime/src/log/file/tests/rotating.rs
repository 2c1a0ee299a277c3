//! When a file gives way, and that no line is lost by that.

use proptest::prelude::*;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_file_gives_way_before_it_is_too_large() {
    let place = Place::new();
    let mut sink = place.sink().with_max_file_size(20);
    write(&mut sink, &["123456789", "123456789", "next"]);
    write(&mut sink, &["a line of more than twenty bytes", "last"]);
    let former = place.former();
    let texts: Vec<String> = former.iter().map(|name| place.read(name)).collect();
    assert_eq!(
        texts,
        [
            "123456789\n123456789\n",
            "next\n",
            "a line of more than twenty bytes\n"
        ]
    );
    assert_eq!(place.read("shop.log"), "last\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Every line is in the files exactly once and in order, whatever the sizes and however often the process
    /// ends; and no file is larger than allowed unless it has one line alone.
    #[test]
    fn the_files_together_are_the_log(
        max in 1..200_u64,
        batches in proptest::collection::vec(
            (proptest::collection::vec(0..90_usize, 1..12), any::<bool>()),
            1..12,
        ),
    ) {
        let place = Place::new();
        let open = || place.sink().with_max_file_size(max);
        let mut sink = open();
        let mut expected = String::new();
        for (number, (lengths, restart)) in batches.into_iter().enumerate() {
            let lines: Vec<String> = lengths
                .iter()
                .map(|length| format!("{number}{}", "x".repeat(*length)))
                .collect();
            write(&mut sink, &lines);
            expected.extend(lines.iter().map(|line| format!("{line}\n")));
            if restart {
                sink = open();
            }
        }
        prop_assert_eq!(place.all(), expected);
        for name in place.former().into_iter().chain(["shop.log".to_owned()]) {
            let text = place.read(&name);
            prop_assert!(text.len() as u64 <= max || text.lines().count() == 1, "{}", name);
        }
    }
}

#[test]
fn a_file_gives_way_when_its_hour_is_over() {
    let frozen = Frozen::new();
    let place = Place::new();
    let mut sink = place.sink().with_rotation(Rotation::Hourly);
    write(&mut sink, &["first hour"]);
    frozen.advance(HOUR);
    assert!(
        place.former().is_empty(),
        "an hour without lines has no file"
    );
    write(&mut sink, &["second hour", "again"]);
    frozen.advance(3 * HOUR);
    write(&mut sink, &["fifth hour"]);
    let former = place.former();
    assert_eq!(former.len(), 2, "{former:?}");
    assert_eq!(place.read(&former[0]), "first hour\n");
    assert_eq!(place.read(&former[1]), "second hour\nagain\n");
    assert_eq!(place.read("shop.log"), "fifth hour\n");
}

#[test]
fn what_was_written_on_another_day_gives_way_at_the_start() {
    let place = Place::new();
    fs::write(place.path(), "yesterday\n").unwrap();
    let file = fs::File::options().append(true).open(place.path()).unwrap();
    let yesterday = std::time::SystemTime::now() - 24 * HOUR;
    file.set_modified(yesterday).unwrap();
    let mut sink = place.sink().with_rotation(Rotation::Daily);
    write(&mut sink, &["today"]);
    assert_eq!(place.read(&place.former()[0]), "yesterday\n");
    assert_eq!(place.read("shop.log"), "today\n");
}

#[test]
fn names_go_on_from_the_newest_one() {
    let place = Place::new();
    // The clock was once ahead.
    let ahead = "shop.log.2499-12-31T23-59-59.999Z";
    fs::write(place.directory.path().join(ahead), "earlier\n").unwrap();
    let mut sink = place.sink().with_max_file_size(1);
    write(&mut sink, &["one", "two", "three"]);
    assert_eq!(
        place.former(),
        [
            ahead,
            "shop.log.2500-01-01T00-00-00.000Z",
            "shop.log.2500-01-01T00-00-00.001Z"
        ]
    );
    assert_eq!(place.all(), "earlier\none\ntwo\nthree\n");
}

#[test]
fn a_file_that_cannot_be_put_aside_is_written_on() {
    let place = Place::new();
    // With the time behind it, this name is longer than a name can be.
    let path = place.directory.path().join("x".repeat(250));
    let mut sink = FileSink::new(&path).with_max_file_size(10);
    let lines: Vec<String> = (0..100).map(|n| format!("line {n}")).collect();
    write(&mut sink, &lines);
    write(&mut sink, &["last"]);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text, format!("{}\nlast\n", lines.join("\n")));
}

#[test]
fn sinks_that_share_a_file_lose_nothing() {
    const SINKS: usize = 3;
    const LINES: usize = 400;
    let place = Place::new();
    std::thread::scope(|scope| {
        for writer in 0..SINKS {
            let mut sink = place.sink().with_max_file_size(500);
            scope.spawn(move || {
                for line in 0..LINES {
                    write(&mut sink, &[format!("{writer} {line:03}")]);
                }
            });
        }
    });
    let mut lines: Vec<String> = place.all().lines().map(str::to_owned).collect();
    lines.sort();
    let numbers = |writer| (0..LINES).map(move |line| format!("{writer} {line:03}"));
    let expected: Vec<String> = (0..SINKS).flat_map(numbers).collect();
    assert_eq!(lines, expected);
}

#[test]
fn a_device_is_never_put_aside() {
    let mut sink = FileSink::new("/dev/null").with_max_file_size(1);
    write(&mut sink, &["one", "two"]);
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn lines_for_a_full_device_are_lost_and_the_error_names_it() {
    let mut sink = FileSink::new("/dev/full");
    let error = sink.write(&batch(&["one", "two"])).unwrap_err();
    assert_eq!(error.written, 0);
    assert_eq!(error.source.kind(), io::ErrorKind::StorageFull);
    assert!(error.source.to_string().starts_with("`/dev/full`: "));
}
