//! A socket in the file system: nobody may connect before its mode says who may, and none that is in use, or
//! no socket at all, is removed for it.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use obs_schema::monitoring::SocketAccess;

/// A bound socket. Its file goes when this is dropped, if it is still this one.
#[derive(Debug)]
pub(super) struct UnixSocket {
    listener: Option<UnixListener>,
    path: PathBuf,
    inode: u64,
    process: u32,
}

/// Binds `path`. The file is made in a directory of its own that only the owner can enter, gets its mode, and then
/// takes the place of what was left over by a process that is gone.
pub(super) fn bind(path: &Path, access: SocketAccess) -> io::Result<UnixSocket> {
    check_place(path)?;
    let (directory, hidden) = hidden_place(path)?;
    DirBuilder::new().mode(0o700).create(&directory)?;
    let made = bind_hidden(&hidden, access).and_then(|(listener, inode)| {
        fs::rename(&hidden, path)?;
        Ok((listener, inode))
    });
    if made.is_err() {
        // Maybe it was never made.
        let _ = fs::remove_file(&hidden);
    }
    let _ = fs::remove_dir(&directory);
    let (listener, inode) = made?;
    Ok(UnixSocket {
        listener: Some(listener),
        path: path.to_owned(),
        inode,
        process: std::process::id(),
    })
}

fn bind_hidden(path: &Path, access: SocketAccess) -> io::Result<(UnixListener, u64)> {
    let listener = UnixListener::bind(path)?;
    listener.set_nonblocking(true)?;
    fs::set_permissions(path, Permissions::from_mode(mode(access)))?;
    Ok((listener, fs::symlink_metadata(path)?.ino()))
}

/// Beside the path, as a file can only be renamed within its file system.
fn hidden_place(path: &Path) -> io::Result<(PathBuf, PathBuf)> {
    let (Some(parent), Some(_)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "this is a directory",
        ));
    };
    let name = OsString::from(format!(".obs-{}", std::process::id()));
    let directory = parent.join(name);
    let hidden = directory.join("s");
    Ok((directory, hidden))
}

/// Nothing may be there but a socket on which nobody listens.
fn check_place(path: &Path) -> io::Result<()> {
    let there = match fs::symlink_metadata(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !there.file_type().is_socket() {
        let message = "there is a file of this name that is no socket";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Err(io::ErrorKind::AddrInUse.into()),
    }
}

const fn mode(access: SocketAccess) -> u32 {
    match access {
        SocketAccess::Owner => 0o600,
        SocketAccess::Group => 0o660,
        SocketAccess::Everyone => 0o666,
    }
}

impl UnixSocket {
    /// The listener, once.
    pub(super) fn take(&mut self) -> io::Result<UnixListener> {
        self.listener
            .take()
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        let is_ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|there| there.file_type().is_socket() && there.ino() == self.inode);
        if is_ours && self.process == std::process::id() {
            let _ = fs::remove_file(&self.path);
        }
    }
}
