//! What to open, printed at the start.

use std::fmt;
use std::io::IsTerminal;
use std::net::SocketAddr;

use super::output::say;

/// Where everything listens.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    /// The shop.
    pub shop: SocketAddr,
    /// The payment API.
    pub payments: SocketAddr,
    /// The monitoring endpoints.
    pub monitoring: Option<SocketAddr>,
}

impl Addresses {
    /// What to open: a word and a URL each.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let mut rows = vec![
            ("shop", format!("http://{}/products", self.shop)),
            ("payment API", format!("http://{}", self.payments)),
        ];
        if let Some(monitoring) = self.monitoring {
            let below = |path: &str| format!("http://{monitoring}{path}");
            rows.extend([
                ("metrics", below("/metrics")),
                ("traces", below("/monitoring/traces")),
                (
                    "slow traces",
                    below("/monitoring/traces?min_duration=250ms"),
                ),
                ("health", below("/health")),
                ("everything", below("/monitoring")),
            ]);
        }
        rows
    }
}

/// Prints `rows` in two columns, the first one bold on a terminal, and how to stop.
pub fn print(rows: &[(&str, String)]) {
    let colour = std::io::stdout().is_terminal();
    say(format_args!("{}\nCtrl-C ends it.\n", table(rows, colour)));
}

fn table<'a>(rows: &'a [(&str, String)], colour: bool) -> impl fmt::Display + 'a {
    let width = rows.iter().map(|(word, _)| word.len()).max().unwrap_or(0);
    let (bold, plain) = if colour {
        ("\x1b[1m", "\x1b[0m")
    } else {
        ("", "")
    };
    fmt::from_fn(move |f| {
        for (word, url) in rows {
            writeln!(f, "  {bold}{word:<width$}{plain}  {url}")?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<(&'static str, String)> {
        vec![
            ("shop", "http://a".to_owned()),
            ("metrics", "http://b".to_owned()),
        ]
    }

    #[test]
    fn the_columns_are_aligned() {
        let text = table(&rows(), false).to_string();
        assert_eq!(text, "  shop     http://a\n  metrics  http://b\n");
    }

    #[test]
    fn colours_are_for_terminals() {
        assert!(table(&rows(), true).to_string().contains('\x1b'));
        assert!(!table(&rows(), false).to_string().contains('\x1b'));
    }
}
