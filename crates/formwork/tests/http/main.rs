//! The framework over real HTTP: a small application on a port of its own, a browser without
//! JavaScript, the enhanced gear's requests, and raw bytes where bytes matter.
//!
//! Test names carry the number of the scenario that they prove. Every test runs server and visitor
//! on one thread, so that whatever would leak from one request into another does.

mod app;
mod attacks;
mod bound;
mod boundary;
mod cache;
mod enhanced;
mod fields;
mod files;
mod guards;
mod harness;
mod headers;
mod limits;
mod lists;
mod live;
mod native;
mod observed;
mod once;
mod pages;
mod pages_kept;
mod redirect;
mod refusals;
mod resume;
mod seals;
mod shared;
mod stale;
mod streaming;
mod uploads;
mod wizard;
