//! Lines over UDP: as many as fit, whole, into a datagram that no network takes apart.
//!
//! What the system took is delivered as far as anybody can tell, unless the receiver's host says that nobody listens.

use std::io;
use std::time::Duration;

use tokio::net::{UdpSocket, lookup_host};
use tokio::time::sleep;

use super::super::TAKEN;
use super::NAME;
use crate::export::delivery::{Answer, Batch, Sink};

/// Bytes of a datagram: what an Ethernet frame holds without headers, and some room for tunnels.
const DATAGRAM: usize = 1432;
/// Datagrams that are sent without a [`PAUSE`]: a receiver has room for few, and drops the rest without a word.
const BURST: usize = 32;
const PAUSE: Duration = Duration::from_millis(2);

#[derive(Debug)]
pub(super) struct Udp {
    address: String,
    socket: Option<UdpSocket>,
}

impl Udp {
    pub(super) fn new(address: String) -> Self {
        Self {
            address,
            socket: None,
        }
    }

    async fn connected(&mut self) -> io::Result<&UdpSocket> {
        if self.socket.is_none() {
            let mut places = lookup_host(&self.address).await?;
            let place = places.next().ok_or(io::ErrorKind::NotFound)?;
            let own = if place.is_ipv4() {
                "0.0.0.0:0"
            } else {
                "[::]:0"
            };
            let socket = UdpSocket::bind(own).await?;
            socket.connect(place).await?;
            self.socket = Some(socket);
        }
        self.socket
            .as_ref()
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Sends the lines and returns how many are too long.
    async fn send_all(&mut self, batch: &Batch) -> io::Result<usize> {
        let socket = self.connected().await?;
        let mut datagram: Vec<u8> = Vec::with_capacity(DATAGRAM);
        let (mut too_long, mut sent) = (0, 0);
        for line in batch.items() {
            if line.len() > DATAGRAM {
                too_long += 1;
                continue;
            }
            if datagram.len() + line.len() > DATAGRAM {
                socket.send(&datagram).await?;
                datagram.clear();
                sent += 1;
                if sent % BURST == 0 {
                    sleep(PAUSE).await;
                }
            }
            datagram.extend_from_slice(line);
        }
        if !datagram.is_empty() {
            socket.send(&datagram).await?;
        }
        Ok(too_long)
    }
}

impl Sink for Udp {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn send(&mut self, batch: &Batch) -> Answer {
        match self.send_all(batch).await {
            Ok(0) => TAKEN,
            Ok(rejected) => Answer::Taken {
                rejected,
                why: format!("longer than a datagram of {DATAGRAM} bytes"),
            },
            Err(error) => {
                // The name may stand for another host by now.
                self.socket = None;
                super::super::later(&error)
            }
        }
    }
}
