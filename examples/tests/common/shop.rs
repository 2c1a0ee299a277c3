//! The shop as a process of its own, on free ports.

use std::io::{BufRead, BufReader, Lines, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::Value;

/// The program on a free port for its endpoints, without the settings of whoever runs the test.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("OBS_") || text.starts_with("OTEL_") {
            command.env_remove(&name);
        }
    }
    command.env("OBS_LISTEN", "127.0.0.1:0");
    command
}

/// A running shop. It is killed when this is dropped.
pub struct Shop {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    banner: Vec<(String, String)>,
}

/// What a shop left behind.
pub struct End {
    pub status: ExitStatus,
    /// What it printed after the addresses.
    pub stdout: Vec<String>,
    pub stderr: String,
}

impl Shop {
    /// Starts it and waits until it has printed what to open.
    pub fn start(args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = command();
        command
            .args(["--port", "0"])
            .args(args)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the shop starts");
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut banner = Vec::new();
        while let Some(line) = stdout.next().transpose().unwrap() {
            match line.split_once("  http://") {
                Some((word, rest)) => {
                    banner.push((word.trim().to_owned(), format!("http://{rest}")));
                }
                None if banner.is_empty() => {}
                None => break,
            }
        }
        let shop = Self {
            child,
            stdout,
            banner,
        };
        if shop.banner.is_empty() {
            panic!("the shop does not start: {}", shop.wait().stderr);
        }
        shop
    }

    /// The URL that is printed behind this word.
    pub fn url(&self, word: &str) -> &str {
        let found = self.banner.iter().find(|(name, _)| name == word);
        &found
            .unwrap_or_else(|| panic!("no `{word}` among {:?}", self.banner))
            .1
    }

    /// Where the orders go.
    pub fn orders(&self) -> String {
        self.url("shop").replace("/products", "/orders")
    }

    /// Where the monitoring endpoints are, without a path.
    pub fn monitoring(&self) -> &str {
        self.url("metrics").strip_suffix("/metrics").unwrap()
    }

    /// The answer of a monitoring endpoint.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        let request = reqwest::Client::new().get(format!("{}{path}", self.monitoring()));
        request
            .send()
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The answer of a monitoring endpoint that has to be JSON, with status 200.
    pub async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response
            .json()
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The metrics in the format that `accept` asks for, and their content type.
    pub async fn metrics(&self, accept: &str) -> (String, String) {
        let request = reqwest::Client::new().get(self.url("metrics"));
        let response = request.header("accept", accept).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let content_type = response.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        (content_type, response.text().await.unwrap())
    }

    /// Sends a signal; `INT` is Ctrl-C.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let (option, pid) = (format!("-{name}"), self.child.id().to_string());
        let sent = Command::new("kill").args([option, pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end.
    pub fn wait(mut self) -> End {
        let stdout = self.stdout.by_ref().map(Result::unwrap).collect();
        let mut stderr = String::new();
        let mut pipe = self.child.stderr.take().unwrap();
        pipe.read_to_string(&mut stderr).unwrap();
        End {
            status: self.child.wait().unwrap(),
            stdout,
            stderr,
        }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // It has ended already, or is of no more use.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
