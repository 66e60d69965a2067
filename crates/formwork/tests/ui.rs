//! What the likeliest mistakes look like to the person who makes them: `ui/*.rs` and, beside each,
//! what rustc prints. `TRYBUILD=overwrite cargo test -p formwork --features ssr --test ui` writes
//! the latter anew.

// Cargo.toml asks for `ssr`: what an action wants of its guard and body shows on the server's side.

#[test]
fn mistakes_say_how_to_mend_them() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
