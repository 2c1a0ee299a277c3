//! Files that somebody else moves, deletes or empties, and how they are opened.

use std::os::unix::fs::PermissionsExt;

use nix::sys::signal::{Signal, raise};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn directories_and_files_are_made_for_the_owner_and_the_group() {
    let place = Place::new();
    let path = place.directory.path().join("var/log/shop.log");
    let mut sink = FileSink::new(&path);
    sink.begin();
    write(&mut sink, &["line"]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    // The umask may take more away.
    assert_eq!(mode(&path) & !0o640, 0);
    assert_eq!(mode(&path) & 0o600, 0o600);
    assert_eq!(mode(path.parent().unwrap()) & !0o750, 0);
}

#[test]
fn lines_go_behind_those_of_the_process_before() {
    let place = Place::new();
    for line in ["one", "two"] {
        write(&mut place.sink(), &[line]);
    }
    assert_eq!(place.read("shop.log"), "one\ntwo\n");
}

#[test]
fn a_line_that_a_killed_process_began_stays_apart() {
    let place = Place::new();
    fs::write(place.path(), "whole\nbegu").unwrap();
    write(&mut place.sink(), &["next"]);
    assert_eq!(place.read("shop.log"), "whole\nbegu\nnext\n");
}

#[test]
fn a_file_that_was_moved_away_is_begun_anew() {
    let frozen = Frozen::new();
    let place = Place::new();
    let mut sink = place.sink();
    write(&mut sink, &["before"]);
    let moved = place.directory.path().join("moved");
    fs::rename(place.path(), &moved).unwrap();
    write(&mut sink, &["not noticed yet"]);
    frozen.advance(SECOND);
    write(&mut sink, &["after"]);
    assert_eq!(place.read("moved"), "before\nnot noticed yet\n");
    assert_eq!(place.read("shop.log"), "after\n");
}

#[test]
fn a_file_that_was_replaced_is_noticed_too() {
    let frozen = Frozen::new();
    let place = Place::new();
    let mut sink = place.sink();
    write(&mut sink, &["before"]);
    fs::rename(place.path(), place.directory.path().join("moved")).unwrap();
    fs::write(place.path(), "").unwrap();
    frozen.advance(SECOND);
    write(&mut sink, &["after"]);
    assert_eq!(place.read("shop.log"), "after\n");
}

#[test]
fn a_file_that_was_deleted_is_begun_anew() {
    let frozen = Frozen::new();
    let place = Place::new();
    let mut sink = place.sink().with_rotation(Rotation::Hourly);
    write(&mut sink, &["before"]);
    fs::remove_file(place.path()).unwrap();
    frozen.advance(SECOND);
    write(&mut sink, &["after"]);
    assert_eq!(place.read("shop.log"), "after\n");

    // Also when it is its turn to give way.
    fs::remove_file(place.path()).unwrap();
    frozen.advance(Duration::from_secs(3600));
    write(&mut sink, &["an hour later"]);
    assert_eq!(place.read("shop.log"), "an hour later\n");
    assert!(place.former().is_empty());
}

#[test]
fn a_deleted_directory_is_made_again() {
    let frozen = Frozen::new();
    let place = Place::new();
    let path = place.directory.path().join("log/shop.log");
    let mut sink = FileSink::new(&path);
    write(&mut sink, &["before"]);
    fs::remove_dir_all(path.parent().unwrap()).unwrap();
    frozen.advance(SECOND);
    write(&mut sink, &["after"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "after\n");
}

#[test]
fn a_file_that_was_emptied_is_filled_from_the_start() {
    let frozen = Frozen::new();
    let place = Place::new();
    let mut sink = place.sink().with_max_file_size(20);
    write(&mut sink, &["123456789"]);
    fs::File::options()
        .write(true)
        .open(place.path())
        .unwrap()
        .set_len(0)
        .unwrap();
    frozen.advance(SECOND);
    write(&mut sink, &["123456789", "123456789"]);
    assert_eq!(place.read("shop.log"), "123456789\n123456789\n");
    assert!(
        place.former().is_empty(),
        "the size is that of the file now"
    );
}

#[test]
fn a_hangup_opens_the_file_anew_at_once() {
    let place = Place::new();
    let mut sink = place.sink();
    sink.begin();
    // What the program itself does at the signal still happens.
    let own = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGHUP, own.clone()).unwrap();
    write(&mut sink, &["before"]);
    fs::rename(place.path(), place.directory.path().join("moved")).unwrap();
    raise(Signal::SIGHUP).unwrap();
    write(&mut sink, &["after"]);
    assert_eq!(place.read("moved"), "before\n");
    assert_eq!(place.read("shop.log"), "after\n");
    assert!(own.load(std::sync::atomic::Ordering::Relaxed));
}

#[test]
fn behind_a_link_the_file_itself_gives_way() {
    let place = Place::new();
    let real = place.directory.path().join("real");
    fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(real.join("today.log"), place.path()).unwrap();
    let mut sink = place.sink().with_max_file_size(1);
    write(&mut sink, &["one", "two"]);
    assert!(place.path().is_symlink());
    assert_eq!(place.read("shop.log"), "two\n");
    let names = fs::read_dir(&real).unwrap().count();
    assert_eq!(names, 2, "the former file is beside the real one");
}

#[test]
fn a_file_that_cannot_be_opened_is_tried_again_with_the_next_lines() {
    let place = Place::new();
    // A directory is in its place.
    fs::create_dir(place.path()).unwrap();
    let mut sink = place.sink();
    sink.begin();
    let error = sink.write(&batch(&["lost", "lost"])).unwrap_err();
    assert_eq!(error.written, 0);
    fs::remove_dir(place.path()).unwrap();
    write(&mut sink, &["written"]);
    assert_eq!(place.read("shop.log"), "written\n");
}

#[test]
fn the_file_of_a_service_has_its_name() {
    let path = |service, file| {
        let logging = Logging {
            file,
            ..Logging::DEFAULT
        };
        let sink = FileSink::of_service(&logging, service);
        let here = std::env::current_dir().unwrap();
        sink.path.strip_prefix(here).unwrap().to_owned()
    };
    assert_eq!(path("shop", ""), Path::new("shop.log"));
    assert_eq!(path("shop/eu", ""), Path::new("shop_eu.log"));
    assert_eq!(path("", ""), Path::new("service.log"));
    assert_eq!(path("shop", "a/b.log"), Path::new("a/b.log"));
}
