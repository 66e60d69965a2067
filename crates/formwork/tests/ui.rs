//! What the likeliest mistakes look like to the person who makes them: `ui/*.rs` and, beside each,
//! what rustc prints. `TRYBUILD=overwrite cargo test -p formwork --features ssr --test ui` writes
//! the latter anew.

// Cargo.toml asks for `ssr`: what an action wants of its guard and body shows on the server's side.
// What must not compile in the browser's half stands in `client/mistakes`.

use std::{env, fs, path::Path, process::Command};

/// The compiler whose words stand in `ui/*.stderr`; another version says the same differently.
const RUSTC: &str = "1.95";

#[test]
fn mistakes_say_how_to_mend_them() {
    let rustc = Command::new("rustc").arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&rustc.stdout).into_owned();
    if version.contains(&format!(" {RUSTC}.")) {
        trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
        return;
    }
    eprintln!("the words are those of rustc {RUSTC}; by {version} nothing is asked but a refusal");
    let alone = ["--ignored", "--exact", "mistakes_do_not_compile"];
    let program = env::current_exe().expect("a test knows where it is");
    // Overwritten are the copies that this test makes.
    let run = Command::new(program).args(alone).env("TRYBUILD", "overwrite").status();
    assert!(run.expect("a test can be started").success());
}

/// What is asked of every compiler; started by the test above.
#[test]
#[ignore = "a part of the other one"]
fn mistakes_do_not_compile() {
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
    fs::create_dir_all(&copies).unwrap();
    for file in fs::read_dir("tests/ui").unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "rs") {
            fs::copy(&file, copies.join(file.file_name().unwrap())).unwrap();
        }
    }
    trybuild::TestCases::new().compile_fail(copies.join("*.rs"));
}
