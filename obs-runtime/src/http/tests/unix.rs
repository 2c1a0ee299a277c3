//! The listener on a Unix socket.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use obs_schema::monitoring::SocketAccess;
use tempfile::TempDir;

use super::*;
use crate::http::ListenError;

fn at(path: &Path, socket: SocketAccess) -> Result<Listener, ListenError> {
    let mut monitoring = Monitoring::DEFAULT;
    monitoring.http.listen = String::leak(format!("unix:{}", path.display()));
    monitoring.http.socket = socket;
    Listener::start(&Settings::from(&monitoring))
}

fn ask(path: &Path, request: &str) -> String {
    let mut stream = UnixStream::connect(path).unwrap();
    let request = format!("{request}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn directory() -> TempDir {
    tempfile::tempdir().unwrap()
}

const CLEANUP: &str =
    "POST /monitoring/traces/cleanup?max_age=36500d HTTP/1.1\r\nhost: x\r\nx-obs-request: 1";

#[test]
fn the_owner_of_a_socket_may_do_everything() {
    let directory = directory();
    let path = directory.path().join("obs.sock");
    let listener = at(&path, SocketAccess::Owner).unwrap();
    assert_eq!(listener.address(), None);
    let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    assert_eq!(status(&ask(&path, CLEANUP)), "HTTP/1.1 200 OK");
    let trail = ask(&path, "GET /monitoring/audit HTTP/1.1\r\nhost: whatever");
    assert!(trail.contains("unix socket, user "), "{trail}");
    listener.stop(Duration::from_secs(5));
    assert!(!path.exists(), "its file goes with it");
    assert_eq!(
        fs::read_dir(directory.path()).unwrap().count(),
        0,
        "nothing else stays"
    );
}

#[test]
fn others_at_a_socket_read() {
    let directory = directory();
    for (access, expected) in [
        (SocketAccess::Group, 0o660),
        (SocketAccess::Everyone, 0o666),
    ] {
        let path = directory.path().join("obs.sock");
        let listener = at(&path, access).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, expected);
        assert_eq!(status(&ask(&path, CLEANUP)), "HTTP/1.1 403 Forbidden");
        let read = ask(&path, "GET /monitoring HTTP/1.1\r\nhost: x");
        assert_eq!(status(&read), "HTTP/1.1 200 OK");
        listener.stop(Duration::from_secs(5));
    }
}

#[test]
fn what_a_dead_process_left_is_replaced() {
    let directory = directory();
    let path = directory.path().join("obs.sock");
    drop(UnixListener::bind(&path).unwrap());
    assert!(fs::symlink_metadata(&path).unwrap().file_type().is_socket());
    let _listener = at(&path, SocketAccess::Owner).unwrap();
    assert_eq!(status(&ask(&path, CLEANUP)), "HTTP/1.1 200 OK");
}

#[test]
fn nothing_that_is_of_use_is_removed() {
    let directory = directory();
    let taken = directory.path().join("taken.sock");
    let _holder = UnixListener::bind(&taken).unwrap();
    let error = at(&taken, SocketAccess::Owner).unwrap_err().to_string();
    let expected = format!(
        "`unix:{}` is in use by another listener; set `http.listen` or `OBS_LISTEN` to another path",
        taken.display()
    );
    assert_eq!(error, expected);

    let file = directory.path().join("file");
    fs::write(&file, "precious").unwrap();
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    for path in [&file, &link] {
        let error = at(path, SocketAccess::Owner).unwrap_err().to_string();
        assert!(
            error.contains("there is a file of this name that is no socket"),
            "{error}"
        );
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 3);

    let nowhere = directory.path().join("no/such/directory.sock");
    let error = at(&nowhere, SocketAccess::Owner).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("cannot listen on `unix:{}`: ", nowhere.display())),
        "{error}"
    );
}

#[test]
fn the_file_of_a_successor_is_left_alone() {
    let directory = directory();
    let path = directory.path().join("obs.sock");
    let former = at(&path, SocketAccess::Owner).unwrap();
    fs::remove_file(&path).unwrap();
    let _successor = at(&path, SocketAccess::Owner).unwrap();
    former.stop(Duration::from_secs(5));
    assert_eq!(status(&ask(&path, CLEANUP)), "HTTP/1.1 200 OK");
}
