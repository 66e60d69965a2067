//! The test kit against a small application: that it does what a browser does, and that it can fail.

mod app;
mod pages;
mod plain;
mod runs;
mod ways;
