//! What waits to be sent to other systems.

use crate::ascii;
use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;

/// How exporters reach other systems, and how the service keeps what they have not delivered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export {
    /// The directory in which it waits; empty for none, so that it waits in memory.
    pub spool: &'static str,
    /// How many bytes of each exporter may wait there.
    pub spool_size: u64,
    /// The proxy through which exporters over HTTP go: `http://HOST:PORT`, or [`Export::PROXY_OF_ENVIRONMENT`]; empty for
    /// none.
    pub proxy: &'static str,
}

impl Export {
    /// The smallest spool: room for a few batches of the largest size.
    pub const MIN_SPOOL: u64 = 16 << 20;

    /// The proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name.
    pub const PROXY_OF_ENVIRONMENT: &'static str = "environment";

    /// In memory, and through no proxy.
    pub const DEFAULT: Self = Self {
        spool: "",
        spool_size: 256 << 20,
        proxy: "",
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and(self.small())
            .and(self.size_of_nothing())
            .and(self.no_proxy())
    }

    /// [`Export::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn small(&self) -> Option<Finding> {
        if self.spool_size >= Self::MIN_SPOOL {
            return None;
        }
        Some(Finding::new(
            "size.range",
            "export.spool_size",
            Message::new().str("`export.spool_size` must be at least `16MiB`"),
            "leave `spool_size` out for the default",
        ))
    }

    const fn size_of_nothing(&self) -> Option<Finding> {
        if !self.spool.is_empty() || self.spool_size == Self::DEFAULT.spool_size {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "export.spool_size",
            Message::new().str("`export.spool_size` is set but `export.spool` is not"),
            "name a directory in `spool` or leave `spool_size` out",
        ))
    }
}

impl Export {
    const fn no_proxy(&self) -> Option<Finding> {
        if self.proxy.is_empty()
            || ascii::eq(self.proxy, Self::PROXY_OF_ENVIRONMENT)
            || is_address(self.proxy)
        {
            return None;
        }
        Some(Finding::new(
            "address.syntax",
            "export.proxy",
            Message::new().str("`export.proxy` is not the address of a proxy"),
            "write `http://HOST:PORT`, or `environment` for `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, where a name and a \
             password may be",
        ))
    }
}

/// Whether a text is `http://` with a host and maybe a port and a `/`.
const fn is_address(text: &str) -> bool {
    let Some(host) = ascii::strip_prefix(text, "http://") else {
        return false;
    };
    let host = match ascii::strip_suffix(host, "/") {
        Some(host) => host,
        None => host,
    };
    let bytes = host.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !(bytes[i].is_ascii_alphanumeric()
            || matches!(bytes[i], b'.' | b'-' | b'_' | b':' | b'[' | b']'))
        {
            return false;
        }
        i += 1;
    }
    !host.is_empty()
}

impl Default for Export {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(proxy: &'static str) -> usize {
        let export = Export {
            proxy,
            ..Export::DEFAULT
        };
        export.check().len()
    }

    #[test]
    fn a_proxy_is_a_word_or_an_address_without_credentials() {
        for proxy in [
            "",
            "environment",
            "http://proxy:3128",
            "http://10.0.0.1/",
            "http://[::1]:80",
        ] {
            assert_eq!(findings(proxy), 0, "{proxy}");
        }
        for proxy in [
            "proxy:3128",
            "http://",
            "https://proxy",
            "socks5://proxy",
            "http://me:secret@proxy",
            "http://proxy/path",
        ] {
            assert_eq!(findings(proxy), 1, "{proxy}");
        }
    }
}
