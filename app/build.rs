//! `sqlx::migrate!` reads a folder that the compiler doesn't know about.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
