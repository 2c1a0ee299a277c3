//! Graphite: lines of a path with tags, a number and a time.
//!
//! Sources: <https://graphite.readthedocs.io/en/stable/feeding-carbon.html> and
//! <https://graphite.readthedocs.io/en/stable/tags.html>

mod line;
mod tcp;
mod udp;

use super::labels::{self, Rules};
use crate::config::Config;
use crate::export::ExportError;
use crate::export::delivery::Dispatch;
use crate::export::interval::Outlet;
use crate::export::settings::Variables;

const NAME: &str = "graphite";
const EXAMPLE: &str = "localhost:2003";

/// Begins to send lines.
pub(super) fn open(config: &Config, dispatch: &Dispatch) -> Result<Outlet, ExportError> {
    let variables = Variables::of_metrics(config, "OBS_GRAPHITE");
    let text = variables.required("ADDR", EXAMPLE)?;
    let (way, address) = address(text).ok_or_else(|| {
        variables.mistake(
            "ADDR",
            "not an address; write for example `localhost:2003`, or `udp://localhost:2003`",
        )
    })?;
    let queue = match way {
        Way::Tcp => dispatch.open(tcp::Tcp::new(address), super::timed(10_000)),
        Way::Udp => dispatch.open(udp::Udp::new(address), super::timed(10_000)),
    };
    let rules = Rules {
        added: vec![labels::instance(config)],
        // The path, whatever a line says.
        reserved: "name",
    };
    Ok(Outlet::new(line::Lines::new(rules), queue))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Tcp,
    Udp,
}

/// Host and port, behind `tcp://`, `udp://` or nothing, which is the first.
fn address(text: &str) -> Option<(Way, String)> {
    let (way, place) = match text.split_once("://") {
        None | Some(("tcp", _)) => (Way::Tcp, text.trim_start_matches("tcp://")),
        Some(("udp", place)) => (Way::Udp, place),
        Some(_) => return None,
    };
    let (host, port) = place.rsplit_once(':')?;
    let is_open = host.contains(':') && !host.starts_with('[');
    let is_usable = !host.is_empty() && !is_open && !host.contains(['/', '@', ' ']);
    let port: u16 = port.parse().ok()?;
    (is_usable && port != 0).then(|| (way, place.to_owned()))
}

#[cfg(test)]
mod tests;
