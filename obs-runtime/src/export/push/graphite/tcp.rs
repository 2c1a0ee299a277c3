//! Lines over TCP.
//!
//! Carbon answers nothing. What the system took is delivered as far as anybody can tell; what was under way when a
//! connection broke may be lost. Before it is written to, a connection is asked whether the other end has closed it,
//! so that nothing is written to one that is known to be gone.

use std::io::ErrorKind;
use std::sync::Arc;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::super::TAKEN;
use super::NAME;
use crate::export::delivery::{Answer, Batch, Sink};

#[derive(Debug)]
pub(super) struct Tcp {
    address: String,
    /// The connection, while nothing is being written: what was broken off leaves half a line behind.
    idle: Option<TcpStream>,
}

impl Tcp {
    pub(super) fn new(address: String) -> Self {
        Self {
            address,
            idle: None,
        }
    }

    async fn write(&mut self, lines: &[u8]) -> std::io::Result<()> {
        let mut stream = match self.idle.take().filter(is_open) {
            Some(stream) => stream,
            None => TcpStream::connect(&self.address).await?,
        };
        stream.write_all(lines).await?;
        stream.flush().await?;
        self.idle = Some(stream);
        Ok(())
    }
}

impl Sink for Tcp {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Nothing: samples carry their time and all their labels.
    fn origin(&self) -> Option<Arc<[u8]>> {
        Some(Arc::default())
    }

    async fn send(&mut self, batch: &Batch) -> Answer {
        match self.write(batch.bytes()).await {
            Ok(()) => TAKEN,
            Err(error) => super::super::later(&error),
        }
    }
}

/// Whether the other end has not closed the connection. It never says anything, so there is nothing to read.
fn is_open(stream: &TcpStream) -> bool {
    let mut byte = [0; 64];
    loop {
        match stream.try_read(&mut byte) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == ErrorKind::WouldBlock,
        }
    }
}
