//! A receiver over HTTP that does as it was told.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// What a receiver does with a request.
#[derive(Clone)]
pub(super) enum Manner {
    /// Answers so, word for word.
    Says(String),
    /// Closes in the middle of its answer.
    BreaksOff,
    /// Closes before it has read the body.
    Resets,
    /// Does what is said of the request, or closes if that is nothing.
    #[cfg_attr(
        not(feature = "elastic"),
        allow(dead_code, reason = "records have ids")
    )]
    Asks(Decide),
}

/// What to do with a request.
pub(super) type Decide = Arc<Mutex<dyn FnMut(&Request) -> Option<Manner> + Send>>;

/// What a receiver was sent.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// The first line and the headers as they came.
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    pub(super) at: Instant,
}

impl Request {
    /// Method and path.
    pub(super) fn line(&self) -> &str {
        let line = self.head.lines().next().unwrap();
        line.strip_suffix(" HTTP/1.1").unwrap()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1);
        lines.find_map(|line| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

/// A receiver that treats each request as it was told, the last way for ever.
pub(super) struct Receiver {
    pub(super) address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    pub(super) fn start(manners: impl IntoIterator<Item = Manner>) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), manners)
    }

    pub(super) fn on(listener: TcpListener, manners: impl IntoIterator<Item = Manner>) -> Self {
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let manners: Vec<_> = manners.into_iter().collect();
        let seen = requests.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (manners, seen) = (manners.clone(), seen.clone());
                thread::spawn(move || serve(&mut connection.unwrap(), &manners, &seen));
            }
        });
        Self { address, requests }
    }

    /// An address on it.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(connection: &mut TcpStream, manners: &[Manner], seen: &Mutex<Vec<Request>>) {
    while let Some(head) = read_head(connection) {
        let manner = manners[seen.lock().unwrap().len().min(manners.len() - 1)].clone();
        let mut request = Request {
            head,
            body: Vec::new(),
            at: Instant::now(),
        };
        if !matches!(manner, Manner::Resets) {
            let length = request.header("content-length").unwrap_or("0");
            request.body = vec![0; length.parse().unwrap()];
            if connection.read_exact(&mut request.body).is_err() {
                return;
            }
        }
        let manner = match manner {
            Manner::Asks(decide) => (decide.lock().unwrap())(&request).unwrap_or(Manner::Resets),
            other => other,
        };
        seen.lock().unwrap().push(request);
        match manner {
            Manner::Says(answer) => drop(connection.write_all(answer.as_bytes())),
            Manner::BreaksOff => {
                let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
                return;
            }
            // What was not read makes the system say that it was a reset.
            Manner::Resets | Manner::Asks(_) => return,
        }
    }
}

fn read_head(connection: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        connection.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    Some(String::from_utf8(head).unwrap())
}

/// An answer with headers, each with its line break, and a body.
pub(super) fn answers(status: u16, headers: &str, body: &str) -> Manner {
    let length = body.len();
    Manner::Says(format!(
        "HTTP/1.1 {status} Status\r\n{headers}content-length: {length}\r\n\r\n{body}"
    ))
}

pub(super) fn says(status: u16) -> Manner {
    answers(status, "", "")
}
