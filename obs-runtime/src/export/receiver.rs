//! A receiver over HTTP that does as it was told.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What a receiver does with a request.
#[derive(Clone)]
pub(super) enum Manner {
    /// Answers so, word for word.
    Says(String),
    /// Answers so after a while.
    Takes(Duration, String),
    /// Answers nothing.
    Keeps,
    /// Answers a byte a second.
    Dawdles,
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
            Manner::Takes(time, answer) => {
                thread::sleep(time);
                let _ = connection.write_all(answer.as_bytes());
            }
            Manner::Keeps => thread::sleep(Duration::from_secs(20)),
            Manner::Dawdles => dawdle(connection),
            Manner::BreaksOff => {
                let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
                return;
            }
            // What was not read makes the system say that it was a reset.
            Manner::Resets | Manner::Asks(_) => return,
        }
    }
}

fn dawdle(connection: &mut TcpStream) {
    for byte in answer(200, "", "").bytes() {
        if connection.write_all(&[byte]).is_err() {
            return;
        }
        thread::sleep(Duration::from_secs(1));
    }
}

pub(super) fn read_head(connection: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        connection.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    Some(String::from_utf8(head).unwrap())
}

/// An answer with headers, each with its line break, and a body.
fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} Status\r\n{headers}content-length: {length}\r\n\r\n{body}")
}

pub(super) fn answers(status: u16, headers: &str, body: &str) -> Manner {
    Manner::Says(answer(status, headers, body))
}

pub(super) fn says(status: u16) -> Manner {
    answers(status, "", "")
}

/// The same after a while.
pub(super) fn answers_after(time: Duration, body: &str) -> Manner {
    Manner::Takes(time, answer(200, "", body))
}

/// A place where connections are neither made nor refused: as many wait as may, and nobody accepts them.
pub(super) fn black_hole() -> (TcpListener, Vec<TcpStream>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let listener = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        socket.listen(1).unwrap().into_std().unwrap()
    });
    let address = listener.local_addr().unwrap();
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200));
    let waiting: Vec<_> = std::iter::from_fn(|| connect().ok()).take(64).collect();
    assert!(waiting.len() < 64, "the place is never full");
    (listener, waiting)
}
