//! Receivers that are away, slow or wrong.

use std::io::{self, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use obs_benches::http::{read_head, read_request};

use crate::clock::Clock;
use crate::disk::Disk;

const TAKEN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const FAILS: &str = "HTTP/1.1 500 Error\r\ncontent-length: 0\r\n\r\n";
const AWAY: &str = "HTTP/1.1 503 Away\r\ncontent-length: 0\r\n\r\n";
const BUSY: &str = "HTTP/1.1 429 Busy\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
const REFUSES: &str = "HTTP/1.1 400 No\r\ncontent-length: 0\r\n\r\n";
const TOO_LARGE: &str = "HTTP/1.1 413 Large\r\ncontent-length: 0\r\n\r\n";
/// A partial success in which 1,000 items were rejected.
const LIES: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n\x0a\x03\x08\x68\x07";

/// What is wrong with a receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    Refused,
    Silent,
    Reset,
    Dawdles,
    Fails,
    Away,
    Busy,
    Refuses,
    TooLarge,
    Lies,
    NoTls,
    NoName,
    Slow,
    /// It is away for every other second.
    Returns,
    /// It is away, and what waits on disk has its bound.
    SpoolFull,
    /// It is away, and the disk on which it would wait is full.
    DiskFull,
    /// It does not answer, and the program shuts down.
    ShutDown,
    /// It takes everything, and the wall clock is set forward and back.
    ClockSet,
}

/// Where a receiver is.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) endpoint: String,
    /// Where callers keep what is not delivered.
    pub(crate) disk: Option<Disk>,
    /// Whether the caller is told to shut down in the middle.
    pub(crate) ends_midway: bool,
    /// Clocks for this caller and for the one with a sound receiver.
    pub(crate) clock: Option<Clock>,
}

impl Fault {
    pub(crate) const ALL: [Self; 19] = [
        Self::None,
        Self::Refused,
        Self::Silent,
        Self::Reset,
        Self::Dawdles,
        Self::Fails,
        Self::Away,
        Self::Busy,
        Self::Refuses,
        Self::TooLarge,
        Self::Lies,
        Self::NoTls,
        Self::NoName,
        Self::Slow,
        Self::Returns,
        Self::SpoolFull,
        Self::DiskFull,
        Self::ShutDown,
        Self::ClockSet,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::Reset => "reset",
            Self::Dawdles => "byte-a-second",
            Self::Fails => "500",
            Self::Away => "503",
            Self::Busy => "429",
            Self::Refuses => "400",
            Self::TooLarge => "413",
            Self::Lies => "lies",
            Self::NoTls => "no-tls",
            Self::NoName => "no-name",
            Self::Slow => "slow",
            Self::Returns => "returns",
            Self::SpoolFull => "spool-full",
            Self::DiskFull => "disk-full",
            Self::ShutDown => "shut-down",
            Self::ClockSet => "clock-set",
        }
    }

    /// Starts a receiver that has it.
    ///
    /// # Errors
    ///
    /// If there is no port, no disk that could be full, or no clock that could be set.
    pub(crate) fn begin(self) -> io::Result<Place> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let endpoint = match self {
            Self::NoTls => format!("https://{address}"),
            Self::NoName => "http://receiver.invalid:4318".to_owned(),
            _ => format!("http://{address}"),
        };
        if self != Self::Refused {
            let begun = Instant::now();
            thread::spawn(move || {
                for connection in listener.incoming().flatten() {
                    thread::spawn(move || self.serve(&connection, begun));
                }
            });
        }
        Ok(Place {
            endpoint,
            disk: match self {
                Self::SpoolFull => Some(Disk::with_room(self.name())?),
                Self::DiskFull => Some(Disk::without_room(self.name())?),
                _ => None,
            },
            ends_midway: self == Self::ShutDown,
            clock: match self {
                Self::ClockSet => Some(Clock::begin()?),
                _ => None,
            },
        })
    }

    fn serve(self, mut connection: &TcpStream, begun: Instant) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(64 * 1024, connection);
        if self == Self::Reset {
            // What was not read makes the system say that it was a reset.
            return read_head(&mut reader).map(drop);
        }
        while read_request(&mut reader)?.is_some() {
            match self {
                Self::Silent | Self::ShutDown => thread::sleep(Duration::from_secs(60)),
                Self::Dawdles => {
                    for byte in TAKEN.bytes() {
                        connection.write_all(&[byte])?;
                        thread::sleep(Duration::from_secs(1));
                    }
                }
                Self::Slow => {
                    thread::sleep(Duration::from_secs(1));
                    connection.write_all(TAKEN.as_bytes())?;
                }
                _ => connection.write_all(self.answer(begun).as_bytes())?,
            }
        }
        Ok(())
    }

    fn answer(self, since: Instant) -> &'static str {
        match self {
            Self::Fails => FAILS,
            Self::Away | Self::SpoolFull | Self::DiskFull => AWAY,
            Self::Returns if since.elapsed().as_secs().is_multiple_of(2) => AWAY,
            Self::Busy => BUSY,
            Self::Refuses => REFUSES,
            Self::TooLarge => TOO_LARGE,
            Self::Lies => LIES,
            _ => TAKEN,
        }
    }
}
