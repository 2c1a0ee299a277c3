//! Receivers that are away, slow or wrong.

use std::io::{self, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use obs_benches::http::{read_head, read_request};

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
    /// It is away, and what waits on disk has its bound.
    SpoolFull,
}

/// Where a receiver is.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) endpoint: String,
    spools: bool,
}

impl Fault {
    pub(crate) const ALL: [Self; 15] = [
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
        Self::SpoolFull,
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
            Self::SpoolFull => "spool-full",
        }
    }

    /// Starts a receiver that has it.
    pub(crate) fn begin(self) -> io::Result<Place> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let endpoint = match self {
            Self::NoTls => format!("https://{address}"),
            Self::NoName => "http://receiver.invalid:4318".to_owned(),
            _ => format!("http://{address}"),
        };
        if self != Self::Refused {
            thread::spawn(move || {
                for connection in listener.incoming().flatten() {
                    thread::spawn(move || self.serve(&connection));
                }
            });
        }
        Ok(Place {
            endpoint,
            spools: self == Self::SpoolFull,
        })
    }

    fn serve(self, mut connection: &TcpStream) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(64 * 1024, connection);
        if self == Self::Reset {
            // What was not read makes the system say that it was a reset.
            return read_head(&mut reader).map(drop);
        }
        while read_request(&mut reader)?.is_some() {
            match self {
                Self::Silent => thread::sleep(Duration::from_secs(60)),
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
                _ => connection.write_all(self.answer().as_bytes())?,
            }
        }
        Ok(())
    }

    const fn answer(self) -> &'static str {
        match self {
            Self::Fails => FAILS,
            Self::Away | Self::SpoolFull => AWAY,
            Self::Busy => BUSY,
            Self::Refuses => REFUSES,
            Self::TooLarge => TOO_LARGE,
            Self::Lies => LIES,
            _ => TAKEN,
        }
    }
}

impl Place {
    /// The directory in which a turn keeps what is not delivered; empty for none.
    pub(crate) fn spool(&self) -> String {
        if !self.spools {
            return String::new();
        }
        let name = format!("obs-faults-{}", std::process::id());
        std::env::temp_dir().join(name).display().to_string()
    }
}
