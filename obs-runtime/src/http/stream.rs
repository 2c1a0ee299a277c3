//! A body that is written while it is read, and never whole in memory.
//!
//! One thread writes, the connection reads. Between them waits one piece; the
//! writer waits for the reader, but not for ever. What fits in one piece is no
//! stream at all: its length is known before it is sent.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use hyper::body::Bytes;

use super::live::Live;
use crate::metric::PIECE;

/// Pieces that wait for the reader.
const WAITING: usize = 1;
/// Pieces that are kept to be filled again: one is written while one waits and one is being sent.
const SPARE: usize = 2;

/// How long a writer waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For room for one piece.
    pub(super) piece: Duration,
    /// For the whole body.
    pub(super) whole: Duration,
    /// How many bytes that may have. More is broken off, and nobody takes it for the whole.
    pub(super) bytes: usize,
}

/// A body that can be sent.
#[derive(Debug)]
pub(super) enum Made {
    Whole(Vec<u8>),
    /// The rest of it comes while it is sent.
    Long(Stream),
    /// Writing it failed before there was anything to send.
    Nothing,
}

/// The end at which a body is written. `send` takes the body as soon as there is more than one piece of it.
pub(super) struct Pieces<F> {
    piece: Vec<u8>,
    /// Bytes of a piece.
    size: usize,
    pipe: Option<Arc<Pipe>>,
    send: Option<F>,
    patience: Patience,
    deadline: Instant,
    written: usize,
}

/// The body of a response.
#[derive(Debug)]
pub(super) enum Content {
    Whole(Full<Bytes>),
    Stream(Stream),
    Live(Live),
}

/// The end at which a body is read.
#[derive(Debug)]
pub(super) struct Stream(Arc<Pipe>);

#[derive(Debug, Default)]
struct Pipe {
    state: Mutex<State>,
    room: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Vec<u8>>,
    spare: Vec<Vec<u8>>,
    end: Option<End>,
    /// Nobody reads any more.
    is_closed: bool,
    reader: Option<Waker>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Complete,
    /// The reader must not take what it has for the whole.
    BrokenOff,
}

/// A piece that is being sent. Its memory goes back when that is done.
struct Sent {
    bytes: Vec<u8>,
    home: Arc<Pipe>,
}

impl<F: FnOnce(Made)> Pieces<F> {
    pub(super) fn new(patience: Patience, send: F) -> Self {
        Self {
            piece: Vec::new(),
            size: PIECE,
            pipe: None,
            send: Some(send),
            patience,
            deadline: Instant::now() + patience.whole,
            written: 0,
        }
    }

    /// The same, but all is one piece: where nobody reads while this is written.
    pub(super) fn at_once(self) -> Self {
        Self {
            size: usize::MAX,
            ..self
        }
    }

    /// Ends the body. What was not complete is not taken for the whole.
    pub(super) fn end(mut self, is_complete: bool) {
        if let Some(send) = self.send.take() {
            let whole = std::mem::take(&mut self.piece);
            return send(if is_complete {
                Made::Whole(whole)
            } else {
                Made::Nothing
            });
        }
        let is_complete = is_complete && self.hand_on().is_ok();
        if let Some(pipe) = &self.pipe {
            pipe.end(if is_complete {
                End::Complete
            } else {
                End::BrokenOff
            });
        }
    }

    fn hand_on(&mut self) -> io::Result<()> {
        if let Some(send) = self.send.take() {
            let pipe = Arc::new(Pipe::default());
            self.pipe = Some(pipe.clone());
            send(Made::Long(Stream(pipe)));
        }
        let Some(pipe) = &self.pipe else {
            return Ok(());
        };
        let limit = self.deadline.min(Instant::now() + self.patience.piece);
        self.piece = pipe.send(std::mem::take(&mut self.piece), limit)?;
        Ok(())
    }
}

impl<F: FnOnce(Made)> Write for Pieces<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written = self.written.saturating_add(bytes.len());
        if self.written > self.patience.bytes {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if !self.piece.is_empty() && self.piece.len() + bytes.len() > self.size {
            self.hand_on()?;
        }
        self.piece.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a piece to the reader as soon as there is room, and returns an empty one.
    fn send(&self, piece: Vec<u8>, limit: Instant) -> io::Result<Vec<u8>> {
        let mut state = self.lock();
        while state.waiting.len() >= WAITING && !state.is_closed {
            let left = limit.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let waited = self.room.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if state.is_closed {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        state.waiting.push_back(piece);
        let spare = state.spare.pop().unwrap_or_default();
        wake(state);
        Ok(spare)
    }

    fn end(&self, end: End) {
        let mut state = self.lock();
        state.end = Some(end);
        wake(state);
    }
}

/// Wakes the reader, without the lock.
fn wake(mut state: MutexGuard<'_, State>) {
    let reader = state.reader.take();
    drop(state);
    if let Some(reader) = reader {
        reader.wake();
    }
}

impl Stream {
    fn poll(&self, context: &Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let mut state = self.0.lock();
        if let Some(bytes) = state.waiting.pop_front() {
            drop(state);
            self.0.room.notify_one();
            let home = self.0.clone();
            return Poll::Ready(Some(Ok(Bytes::from_owner(Sent { bytes, home }))));
        }
        match state.end {
            Some(End::Complete) => Poll::Ready(None),
            Some(End::BrokenOff) => Poll::Ready(Some(Err(io::ErrorKind::Interrupted.into()))),
            None => {
                state.reader = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.is_closed = true;
        state.waiting.clear();
        drop(state);
        self.0.room.notify_one();
    }
}

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        let mut state = self.home.lock();
        if state.spare.len() < SPARE && !state.is_closed {
            state.spare.push(bytes);
        }
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Whole(whole) => {
                let frame = Pin::new(whole).poll_frame(context);
                frame.map(|frame| frame.map(|frame| frame.map_err(|never| match never {})))
            }
            Self::Stream(stream) => {
                let bytes = stream.poll(context);
                bytes.map(|bytes| bytes.map(|bytes| bytes.map(Frame::data)))
            }
            Self::Live(events) => events.poll(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(whole) => whole.is_end_stream(),
            Self::Stream(_) | Self::Live(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(whole) => whole.size_hint(),
            Self::Stream(_) | Self::Live(_) => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests;
