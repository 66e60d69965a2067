//! The steps that are cargo's own commands, each a table of what runs where.
//!
//! `cargo … --workspace` alone would compile leptos once for both sides, with `ssr` and `hydrate`
//! on, which no application ever is. So the browser's half stays out of what is built for this
//! machine, and each leaf is linted alone as well, with the features it ships with; where they
//! are the same as in the line before, cargo has nothing to do.

use anyhow::{Result, bail};

use crate::app::App;
use crate::run;
use crate::tools::Toolbox;

const SERVER_SIDE: &[&str] = &["--workspace", "--exclude", "client"];
const WASM: &[&str] = &["--target", "wasm32-unknown-unknown"];
/// An application that is a workspace of its own has both halves in one package.
const OWN_SERVER: &[&str] = &["--no-default-features", "--features", "ssr"];
const OWN_CLIENT: &[&str] = &["--lib", "--no-default-features", "--features", "hydrate"];

/// What ours is measured beside is no application of ours, and only its formatting is checked.
const LEPTOS_PEER: &str = "bench/peers/leptos/Cargo.toml";

/// The formatting of all workspaces.
pub(super) fn fmt(toolbox: &Toolbox) -> Result<()> {
    all(
        toolbox,
        &[
            (App::HelpDesk, &[&["fmt", "--all", "--check"]]),
            (App::Guestbook, &[&["fmt", "--check"]]),
            (App::Probe, &[&["fmt", "--check"]]),
            (App::Starter, &[&["fmt", "--check"]]),
            (App::HelpDesk, &[&["fmt", "--check", "--manifest-path", LEPTOS_PEER]]),
        ],
    )
}

/// Clippy, which also proves that everything compiles on the target it is for.
pub(super) fn lint(toolbox: &Toolbox) -> Result<()> {
    const STRICT: &[&str] = &["--", "-D", "warnings"];
    const CLIPPY: &[&str] = &["clippy"];
    const WITH_TESTS: &[&str] = &["clippy", "--all-targets"];
    all(
        toolbox,
        &[
            (App::HelpDesk, &[WITH_TESTS, SERVER_SIDE, STRICT]),
            (App::HelpDesk, &[CLIPPY, &["-p", "server"], STRICT]),
            (App::HelpDesk, &[CLIPPY, &["-p", "client"], WASM, STRICT]),
            (App::Guestbook, &[WITH_TESTS, OWN_SERVER, STRICT]),
            (App::Guestbook, &[CLIPPY, OWN_CLIENT, WASM, STRICT]),
            (App::Probe, &[CLIPPY, OWN_SERVER, STRICT]),
            (App::Probe, &[CLIPPY, OWN_CLIENT, WASM, STRICT]),
            (App::Starter, &[WITH_TESTS, OWN_SERVER, STRICT]),
            (App::Starter, &[CLIPPY, OWN_CLIENT, WASM, STRICT]),
        ],
    )
}

/// Unit, doc and HTTP tests.
pub(super) fn unit(toolbox: &Toolbox) -> Result<()> {
    const TEST: &[&str] = &["test", "--no-fail-fast"];
    all(
        toolbox,
        &[
            (App::HelpDesk, &[TEST, SERVER_SIDE]),
            (App::Guestbook, &[TEST, OWN_SERVER]),
            (App::Starter, &[TEST, OWN_SERVER]),
        ],
    )
}

/// One command of cargo: the application in whose folder it runs, and its arguments in parts.
type Line<'a> = (App, &'a [&'a [&'a str]]);

/// Runs all of them, also after one failed, and fails when any did.
fn all(toolbox: &Toolbox, lines: &[Line]) -> Result<()> {
    let mut errors = Vec::new();
    for (app, parts) in lines {
        let mut command = toolbox.command("cargo");
        command.args(parts.concat()).current_dir(app.folder());
        errors.extend(run::run(&mut command).err().map(|error| format!("{error:#}")));
    }
    if !errors.is_empty() {
        bail!(errors.join("; "));
    }
    Ok(())
}
