//! One load on one server, by wrk.

use anyhow::{Context, Result, ensure};

use crate::server::Server;
use crate::tools::Toolbox;
use crate::{paths, run};

/// As many as the figures in the issues of this project were taken with.
const CONNECTIONS: &str = "16";

/// A kind of request, sent again and again.
pub(super) struct Load {
    pub(super) name: &'static str,
    url: String,
    script: &'static str,
    args: Vec<String>,
}

/// What came of one round.
pub(super) struct Figure {
    pub(super) per_second: f64,
    pub(super) p99_ms: f64,
}

impl Load {
    /// Reading a page.
    pub(super) fn read(name: &'static str, server: &Server, path: &str) -> Self {
        let url = format!("{}{path}", server.url());
        Load { name, url, script: "read.lua", args: Vec::new() }
    }

    /// Posting a form; with queries on screen as the enhanced gear does.
    pub(super) fn post(
        name: &'static str,
        server: &Server,
        fields: &str,
        queries: Option<&str>,
    ) -> Self {
        let mut args = vec![fields.to_owned()];
        args.extend(queries.map(str::to_owned));
        Load { name, url: format!("{}/", server.url()), script: "post.lua", args }
    }

    /// Loads the server for so many seconds; an answer that is an error is a failure.
    pub(super) fn run(&self, toolbox: &Toolbox, seconds: u32) -> Result<Figure> {
        let script = paths::root().join("bench").join("http").join(self.script);
        let mut command = toolbox.command("wrk");
        command.args(["-t1", "-c", CONNECTIONS, "-d"]).arg(format!("{seconds}s"));
        command.arg("-s").arg(script).arg(&self.url).arg("--").args(&self.args);
        let output =
            run::output(&mut command).with_context(|| format!("`{}` failed", self.name))?;
        let result = output.lines().find_map(|line| line.strip_prefix("RESULT "));
        let numbers: Vec<f64> = result
            .unwrap_or_default()
            .split(' ')
            .filter_map(|number| number.parse().ok())
            .collect();
        let [requests, microseconds, p99, errors] = numbers[..] else {
            anyhow::bail!("wrk said nothing of `{}`:\n{output}", self.name);
        };
        ensure!(errors == 0.0, "`{}`: {errors} answers were errors", self.name);
        Ok(Figure { per_second: requests / microseconds * 1e6, p99_ms: p99 / 1e3 })
    }
}
