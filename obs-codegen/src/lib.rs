//! Parses, checks and expands the attributes and derives of obs.
//!
//! A plain library behind the two proc-macro crates, so that its parts can be
//! tested as functions. Every macro goes the same way: *parse* what was typed into
//! [`options::Options`] against the table of `obs-schema`, build a *model* of
//! resolved values with the spans they came from, *check* it, *expand* it. Mistakes
//! are collected in a [`diag::Diag`] over all of these stages and reported together.

// The syntax tree has no `Debug` without syn's feature `extra-traits`, which every user would compile.
#![allow(missing_debug_implementations)]

mod case;
mod constant;
pub mod crate_path;
mod derive;
pub mod diag;
pub mod docs;
pub mod event;
pub mod fallback;
pub mod func;
pub mod health_check;
mod known;
pub mod label;
pub mod label_set;
mod leaving;
pub mod metric_set;
pub mod operation;
pub mod options;
pub mod outcome;
pub mod params;
mod place;
pub mod redact;
pub mod respan;
pub mod return_ty;
pub mod service;
mod shape;
