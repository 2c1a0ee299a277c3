//! What comes out of a run: tables on the terminal, a file for programs, a chart.

pub mod chart;
pub mod json;
pub mod model;
pub mod table;
