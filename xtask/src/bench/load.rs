//! Loads on one server, by wrk.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::guestbook::Guestbook;
use crate::tools::Toolbox;
use crate::{paths, run};

/// As many as the figures in the issues of this project were taken with.
const CONNECTIONS: &str = "16";

/// How long one answer may take before it counts as an error.
const PATIENCE: &str = "10s";

/// What replayed posts say before their numbers: `end2end/bench/measure.mjs` and `bench/http/replay.lua` agree on it.
const WRITTEN: &str = "A new post number 0000";

/// Requests that are sent again and again.
pub(super) struct Load {
    /// Which row of the report it is.
    pub(super) key: &'static str,
    url: String,
    script: &'static str,
    args: Vec<String>,
    /// How many requests are one of what is counted.
    requests: usize,
}

/// What came of one round.
pub(super) struct Figure {
    pub(super) per_second: f64,
    pub(super) p99_ms: f64,
}

impl Load {
    /// All that there are, in the order in which they are run.
    pub(super) const KEYS: [&str; 5] =
        ["page", "kept-page", "native-post", "native-mutation", "enhanced-mutation"];

    /// Those of a guestbook, of whose forms a browser has left in the folder what they send; `requests` says
    /// how many requests that is.
    pub(super) fn all(
        guestbook: &Guestbook,
        folder: &Path,
        requests: &dyn Fn(&str) -> usize,
    ) -> Vec<Self> {
        let origin = guestbook.origin();
        let read = |key, url| Load { key, url, script: "read.lua", args: Vec::new(), requests: 1 };
        let replay = |key, file: &str, requests: usize| {
            let file = folder.join(file).display().to_string();
            let args = vec![file, requests.to_string()];
            Load { key, url: origin.clone(), script: "replay.lua", args, requests }
        };
        let mut loads = vec![read("page", format!("{origin}/"))];
        loads.extend(guestbook.kept().map(|url| read("kept-page", url.to_owned())));
        loads.push(replay("native-post", "native.lua", 1));
        loads.push(replay("native-mutation", "native.lua", requests("native-requests")));
        if guestbook.enhances() {
            let requests = requests("mutation-requests");
            loads.push(replay("enhanced-mutation", "enhanced.lua", requests));
        }
        loads
    }

    /// Whether there are other posts after it.
    pub(super) fn writes(&self) -> bool {
        self.script == "replay.lua"
    }

    /// Loads the server for so many seconds; an answer that is an error is a failure.
    pub(super) fn run(&self, toolbox: &Toolbox, seconds: u32) -> Result<Figure> {
        let script = paths::root().join("bench").join("http").join(self.script);
        let mut command = toolbox.command("wrk");
        command
            .args(["-t1", "-c", CONNECTIONS, "--timeout", PATIENCE, "-d"])
            .arg(format!("{seconds}s"));
        command.arg("-s").arg(script).arg(&self.url).arg("--").args(&self.args);
        let output = run::output(&mut command).with_context(|| format!("`{}` failed", self.key))?;
        let result = output.lines().find_map(|line| line.strip_prefix("RESULT "));
        let numbers: Vec<f64> = result
            .unwrap_or_default()
            .split(' ')
            .filter_map(|number| number.parse().ok())
            .collect();
        let [requests, microseconds, p99, errors] = numbers[..] else {
            anyhow::bail!("wrk said nothing of `{}`:\n{output}", self.key);
        };
        ensure!(errors == 0.0, "`{}`: {errors} answers were errors", self.key);
        let per_second = requests / microseconds * 1e6 / self.requests as f64;
        Ok(Figure { per_second, p99_ms: p99 / 1e3 })
    }
}

/// Fails unless the page shows what the load has posted: an answer without an error need not be a success.
pub(super) fn ensure_written(page: &str) -> Result<()> {
    ensure!(page.contains(WRITTEN), "but its page doesn't show what was posted");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_the_posts_of_a_load_is_told() {
        assert!(ensure_written("<p>A new post number 0000004711</p>").is_ok());
        assert!(ensure_written("<p>A new post number 4242424242</p>").is_err());
    }
}
