//! A Redis server, or Valkey, which the tests of the shared store start.

use super::{Found, Tool, path, system};

/// Under either name; the tests look for both.
const NAMES: &[&str] = &["redis-server", "valkey-server"];

/// Started on free ports by the tests themselves; no service is used.
pub(crate) const REDIS: Tool = Tool {
    name: "Redis",
    why: "the store that instances share is tested with a real one",
    about: "some seconds",
    find: |_| {
        let path = path::join(&[]);
        Ok(NAMES.iter().any(|name| path::which(name, &path).is_some()).then_some(Found::AsItIs))
    },
    install: |_| {
        system::package(
            "redis-server",
            "please install Redis 7 or Valkey by your system's packages (Fedora: `dnf install \
             valkey`, macOS: `brew install redis`), then run this again",
        )
    },
};
