//! A server that a test starts, on the loopback, in a directory of its own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything here takes on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, ended when this is dropped.
pub(crate) struct Server {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
    /// Gone with the server.
    pub(crate) directory: tempfile::TempDir,
}

/// A program, ready for arguments; `None`, with a word about it, if this machine does not have it.
pub(crate) fn program(name: &str, probe: &str) -> Option<Command> {
    let works = Command::new(name)
        .arg(probe)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if works {
        return Some(Command::new(name));
    }
    let missing = format!("`{name} {probe}` does not work on this machine");
    assert!(
        std::env::var_os("CHECK_REQUIRE_TOOLS").is_none(),
        "{missing}"
    );
    println!("skipped: {missing}");
    None
}

/// What comes out as soon as there is something.
pub(crate) fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "it did not happen in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A port that nobody uses.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Server {
    /// Starts a program with the arguments that `prepare` returns for a port and an empty directory, and waits until
    /// it takes connections. `probe` is an argument with which the program succeeds at once.
    pub(crate) fn start(
        name: &str,
        probe: &str,
        prepare: impl FnOnce(u16, &Path) -> Vec<String>,
    ) -> Option<Self> {
        Some(Self::run(program(name, probe)?, name, prepare))
    }

    /// A Redis with empty databases.
    pub(crate) fn redis() -> Option<Self> {
        Self::redis_with(&[])
    }

    /// The same with these options.
    pub(crate) fn redis_with(options: &[&str]) -> Option<Self> {
        Self::start("redis-server", "--version", |port, _| {
            let port = port.to_string();
            let own = ["--port", &port, "--bind", "127.0.0.1", "--save", ""];
            let all = own.iter().chain(options);
            all.copied().map(str::to_owned).collect()
        })
    }

    /// The same of a program that is there.
    pub(crate) fn run(
        mut command: Command,
        name: &str,
        prepare: impl FnOnce(u16, &Path) -> Vec<String>,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let port = free_port();
        command.args(prepare(port, directory.path()));
        let log = std::fs::File::create(directory.path().join("log")).unwrap();
        let child = command
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self {
            child,
            address: format!("127.0.0.1:{port}"),
            directory,
        };
        eventually(|| {
            if let Some(status) = server.child.try_wait().unwrap() {
                panic!("{name} ended with {status}: {}", server.log());
            }
            TcpStream::connect(&server.address).ok()
        });
        server
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    /// Status and body of the answer to a request.
    pub(crate) fn request(&self, method: &str, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let host = &self.address;
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nhost: {host}\r\ncontent-length: 0\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    /// The body of a page.
    pub(crate) fn get(&self, path: &str) -> String {
        let (status, body) = self.request("GET", path);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text as it stands in a query.
pub(crate) fn quoted(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
