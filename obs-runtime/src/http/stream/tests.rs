//! Readers that go, stall or are slow, and bodies that are too long.

use std::sync::mpsc;
use std::thread;

use http_body_util::BodyExt;

use super::*;

const LONG: Patience = Patience {
    piece: Duration::from_secs(20),
    whole: Duration::from_secs(20),
    bytes: usize::MAX,
};

fn stream(made: Made) -> Stream {
    match made {
        Made::Long(stream) => stream,
        other => panic!("{other:?}"),
    }
}

/// The other end of a body that a thread writes.
fn written(
    patience: Patience,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static,
) -> (Stream, thread::JoinHandle<io::Result<()>>) {
    let (begin, begun) = mpsc::channel();
    let writer = thread::spawn(move || {
        let mut pieces = Pieces::new(patience, move |made| begin.send(stream(made)).unwrap());
        let result = write(&mut pieces);
        pieces.end(result.is_ok());
        result
    });
    (begun.recv().unwrap(), writer)
}

fn lines(count: u32) -> impl FnOnce(&mut dyn Write) -> io::Result<()> {
    move |out| (0..count).try_for_each(|n| writeln!(out, "line {n}"))
}

#[test]
fn one_piece_is_no_stream() {
    for count in [100, 100_000] {
        let mut sent = None;
        let mut pieces = Pieces::new(LONG, |made| sent = Some(made));
        if count > 100 {
            pieces = pieces.at_once();
        }
        lines(count)(&mut pieces).unwrap();
        pieces.end(true);
        let mut expected = Vec::new();
        lines(count)(&mut expected).unwrap();
        assert!(matches!(sent, Some(Made::Whole(whole)) if whole == expected));
    }
}

#[test]
fn what_fails_at_once_is_nothing() {
    let mut sent = None;
    let mut pieces = Pieces::new(LONG, |made| sent = Some(made));
    lines(100)(&mut pieces).unwrap();
    pieces.end(false);
    assert!(matches!(sent, Some(Made::Nothing)));
}

#[tokio::test]
async fn everything_arrives_in_order() {
    let (stream, writer) = written(LONG, lines(200_000));
    let all = Content::Stream(stream).collect().await.unwrap().to_bytes();
    let mut expected = Vec::new();
    lines(200_000)(&mut expected).unwrap();
    assert!(all == expected);
    writer.join().unwrap().unwrap();
}

#[test]
fn a_reader_that_stalls_is_given_up() {
    let short = Patience {
        piece: Duration::from_millis(50),
        ..LONG
    };
    let (stream, writer) = written(short, lines(200_000));
    let result = writer.join().unwrap();
    assert_eq!(result.unwrap_err().kind(), io::ErrorKind::TimedOut);
    let mut read = Content::Stream(stream);
    let rest = futures::executor::block_on(async {
        let first = read.frame().await.unwrap();
        assert!(first.is_ok(), "what waited is still there");
        read.frame().await.unwrap()
    });
    assert!(rest.is_err(), "and nobody takes it for the whole");
}

#[test]
fn a_reader_that_is_slow_all_along_is_given_up_as_well() {
    let short = Patience {
        whole: Duration::from_millis(100),
        ..LONG
    };
    let (stream, writer) = written(short, lines(2_000_000));
    let mut body = Content::Stream(stream);
    let slow = futures::executor::block_on(async {
        while let Some(Ok(_)) = body.frame().await {
            thread::sleep(Duration::from_millis(20));
        }
        writer.join().unwrap()
    });
    assert_eq!(slow.unwrap_err().kind(), io::ErrorKind::TimedOut);
}

#[test]
fn a_body_that_is_too_long_is_broken_off() {
    let short = Patience {
        bytes: 1000,
        ..LONG
    };
    let mut sent = None;
    let mut pieces = Pieces::new(short, |made| sent = Some(made));
    let error = lines(1000)(&mut pieces).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    pieces.end(false);
    assert!(matches!(sent, Some(Made::Nothing)));
}

#[test]
fn a_reader_that_goes_ends_the_writer() {
    let (stream, writer) = written(LONG, lines(200_000));
    drop(stream);
    let result = writer.join().unwrap();
    assert_eq!(result.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
}
