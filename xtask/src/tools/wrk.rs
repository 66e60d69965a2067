//! wrk, which loads a server with requests.

use super::{Found, Tool, path, system};

/// Small enough to leave the processor to the server that it measures.
pub(crate) const WRK: Tool = Tool {
    name: "wrk",
    why: "it measures how many requests a server answers",
    about: "some seconds",
    find: |_| Ok(path::which("wrk", &path::join(&[])).map(|_| Found::AsItIs)),
    install: |_| {
        system::package(
            "wrk",
            "please install wrk by your system's packages (Fedora: `dnf install wrk`, macOS: \
             `brew install wrk`), then run this again",
        )
    },
};
