//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// A small online shop that measures, traces and logs itself.
///
/// It serves the shop, the payment API that the shop calls and the monitoring endpoints, sends itself
/// customers, and prints what to open.
#[derive(Debug, Clone, Parser)]
#[command(name = "shop", version, after_help = AFTER_HELP)]
pub struct Cli {
    /// Port of the shop on loopback; 0 for any free one
    #[arg(long, default_value_t = 8080, value_name = "PORT")]
    pub port: u16,

    /// Port of the payment API on loopback; 0 for any free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    pub payment_port: u16,

    /// Requests per second of the built-in load, up to 10000
    #[arg(long, default_value_t = 50.0, value_name = "N", value_parser = parse_rate, allow_negative_numbers = true)]
    pub rate: f64,

    /// Serve only, without the built-in load
    #[arg(long, conflicts_with = "rate")]
    pub no_load: bool,

    /// Stop after this long, such as 20s or 5m, instead of on Ctrl-C
    #[arg(
        long = "for",
        value_name = "DURATION",
        value_parser = humantime::parse_duration,
        allow_hyphen_values = true
    )]
    pub run_for: Option<Duration>,

    /// SQLite database to keep orders in; one in memory without it
    #[arg(long, value_name = "FILE")]
    pub database: Option<PathBuf>,

    /// Redis to keep answers in; memory without it
    #[arg(
        long,
        value_name = "URL",
        env = "OBS_REDIS_URL",
        hide_env_values = true
    )]
    pub redis: Option<String>,

    /// Seed of the customers' choices and of the payment API's moods
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
}

const AFTER_HELP: &str = "\
The monitoring is configured as in any service that uses obs: OBS_LISTEN=127.0.0.1:9464, OBS_LOG=info,
OBS_LOG_FORMAT=json, OBS_SAMPLER=0.1, or a file that OBS_CONFIG names.";

/// Requests per second that the load may be asked for.
const MAX_RATE: f64 = 10_000.0;

fn parse_rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= MAX_RATE => Ok(rate),
        Ok(_) => Err(format!(
            "must be above 0 and at most {MAX_RATE}; use --no-load for none"
        )),
        Err(_) => Err("not a number; write one such as 50".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(args: &[&str]) -> Result<Cli, clap::Error> {
        Cli::try_parse_from([&["shop"], args].concat())
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_arguments_the_load_runs_until_it_is_stopped() {
        let cli = parse(&[]).unwrap();
        assert_eq!((cli.port, cli.rate, cli.no_load), (8080, 50.0, false));
        assert_eq!((cli.run_for, cli.database), (None, None));
    }

    #[test]
    fn durations_carry_a_unit() {
        let cli = parse(&["--for", "1m30s"]).unwrap();
        assert_eq!(cli.run_for, Some(Duration::from_secs(90)));
        for wrong in ["20", "-1s", "soon"] {
            let error = parse(&["--for", wrong]).unwrap_err();
            assert!(error.to_string().contains("--for"), "{error}");
        }
    }

    #[test]
    fn a_rate_is_a_positive_number() {
        for wrong in ["0", "-1", "NaN", "inf", "10001", "fast"] {
            let error = parse(&["--rate", wrong]).unwrap_err();
            assert!(error.to_string().contains("--rate"), "{error}");
        }
        assert_eq!(parse(&["--rate", "0.5"]).unwrap().rate, 0.5);
    }

    #[test]
    fn a_rate_without_load_is_refused() {
        assert!(parse(&["--no-load", "--rate", "5"]).is_err());
    }
}
