//! Visitors in Chromium, with JavaScript: `end2end/soak/visitors.mjs` drives them, and tells line by line what
//! they mean and what they are told.

use std::{process::Stdio, sync::Arc};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use crate::{options::Options, tally::Tally};

/// Lets them visit to their end.
pub(crate) async fn visit(options: Options, origin: String, tally: Arc<Tally>) -> Result<()> {
    if options.browsers == 0 {
        return Ok(());
    }
    let mut child = Command::new("node")
        .arg("soak/visitors.mjs")
        .current_dir(options.folder.join("end2end"))
        .env("SOAK_ORIGIN", origin)
        .env("SOAK_VISITORS", options.browsers.to_string())
        .env("SOAK_TEXTS", options.submissions.div_ceil(50).to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("starting node")?;
    let output = child.stdout.take().context("its output is ours")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        let (what, rest) = line.split_once(' ').unwrap_or((&*line, ""));
        let (text, more) = rest.split_once(' ').unwrap_or((rest, ""));
        match what {
            "meant" => tally.meant(text),
            "told" => tally.told(text),
            "refused" => tally.refused(text),
            "lost" => tally.lost_input(text),
            "wrong" => tally.wrong(text, more),
            "note" => tally.note(text, more),
            _ => bail!("a visitor in Chromium says {line:?}"),
        }
    }
    let status = child.wait().await?;
    if !status.success() {
        bail!("the visitors in Chromium ended with {status}");
    }
    Ok(())
}
