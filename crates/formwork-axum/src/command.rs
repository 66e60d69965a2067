//! The subcommands that every server has: they answer and end, without serving anything.

use std::io::Write;

use crate::{
    config::Config,
    manifest, seal,
    site::{self, StartError},
};

/// Carries out a subcommand of the server's command line; `false` if there is none, and the server
/// should start.
///
/// | subcommand | prints |
/// |---|---|
/// | `keygen` | a new key for `FORMWORK_KEYS` |
/// | `actions` | `actions.lock`: every action and query with its guard and limits |
/// | `build` | the build: the name of the folder in which the next one finds this one's client files |
/// | `--print-config` | every setting with the value in force; no secret is among them |
///
/// ```no_run
/// # fn main() -> Result<(), formwork_axum::StartError> {
/// if formwork_axum::command(std::env::args().skip(1))? {
///     return Ok(());
/// }
/// // … start the server
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// If the word is none of these, a setting is wrong, or two actions share an id.
pub fn command(mut arguments: impl Iterator<Item = String>) -> Result<bool, StartError> {
    let Some(word) = arguments.next() else { return Ok(false) };
    let text = match word.as_str() {
        "keygen" => format!("{}\n", *seal::make()),
        "actions" => manifest::manifest().map_err(StartError::new)?,
        "build" => format!("{}\n", site::build_of(&site::options()?)),
        "--print-config" => Config::read()?.to_string(),
        other => {
            return Err(StartError::new(format!(
                "there is no subcommand `{other}`: the server takes `keygen`, `actions`, \
                 `build`, `--print-config`, or nothing to start"
            )));
        }
    };
    // A reader that has seen enough is no error.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(true)
}
