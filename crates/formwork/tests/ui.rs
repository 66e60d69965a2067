//! What the likeliest mistakes look like to the person who makes them: `ui/*.rs` and, beside each,
//! what rustc prints. `TRYBUILD=overwrite cargo test -p formwork --features ssr --test ui` writes
//! the latter anew.

// Cargo.toml asks for `ssr`: what an action wants of its guard and body shows on the server's side.

use std::process::Command;

/// The compiler whose words stand in `ui/*.stderr`; another version says the same differently.
const RUSTC: &str = "1.95";

#[test]
fn mistakes_say_how_to_mend_them() {
    let rustc = Command::new("rustc").arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&rustc.stdout).into_owned();
    if !version.contains(&format!(" {RUSTC}.")) {
        eprintln!(
            "skipped: the expected messages are those of rustc {RUSTC}, and this is {version}"
        );
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
