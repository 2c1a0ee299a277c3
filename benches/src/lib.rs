//! What an annotated call costs: obs beside its peers, measured in one run.
//!
//! The program prints the floor (what a clock read, a call and an addition cost here), then a table
//! for each scenario. Each contender runs in a process of its own, because what a telemetry library
//! installs in a process cannot be taken out again; the processes take turns, so that noise of the
//! machine hits them alike.

pub mod alloc;
pub mod background;
pub mod body;
pub mod case;
pub mod child;
pub mod cli;
pub mod compile;
pub mod contender;
pub mod driver;
pub mod exposition;
pub mod figures;
pub mod floor;
pub mod http;
pub mod instructions;
pub mod interference;
pub mod lines;
pub mod machine;
pub mod paired;
pub mod polls;
pub mod protocol;
pub mod report;
pub mod scenario;
pub mod scrape;
pub mod shape;
pub mod statistics;
pub mod terminal;
pub mod threads;
