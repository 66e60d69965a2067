//! The step that compiles what must not compile: `client/mistakes`, the browser's half reaching for
//! what is the server's. Each line that is refused says by which error (`//~ E0599`).

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::{paths, run, tools::Toolbox};

const FOLDER: &str = "client/mistakes";

/// A line of a file, and the error there.
type Refused = (usize, String);

/// Every file is refused for what it says, and for nothing else.
pub(super) fn run(toolbox: &Toolbox) -> Result<()> {
    let mut wrong = Vec::new();
    let mut files = 0;
    let folder = paths::root().join(FOLDER);
    for entry in fs::read_dir(&folder).with_context(|| format!("reading {FOLDER}"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let expected = expected(&fs::read_to_string(&path)?);
        let (compiles, told) = check(toolbox, &name)?;
        let found = found(&told, &path);
        if found != expected || compiles != expected.is_empty() {
            wrong.push(format!("{name}: expected {expected:?}, found {found:?}\n{told}"));
        }
        files += 1;
    }
    if !wrong.is_empty() {
        bail!("client code is not refused as it should be\n{}", wrong.join("\n"));
    }
    println!("{files} files of {FOLDER} are as they say.");
    Ok(())
}

/// Whether it compiles, and what cargo says.
fn check(toolbox: &Toolbox, name: &str) -> Result<(bool, String)> {
    let mut command = toolbox.command("cargo");
    command.args(["check", "--package", "client", "--features", "mistakes", "--example", name]);
    command.args(["--target", "wasm32-unknown-unknown", "--message-format", "short"]);
    command.current_dir(paths::root());
    println!("$ {}", run::line(&command));
    let output = command.output().context("cargo did not start")?;
    Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

fn expected(source: &str) -> BTreeSet<Refused> {
    let lines = source.lines().enumerate();
    lines.filter_map(|(at, line)| Some((at + 1, line.split_once("//~ ")?.1.to_owned()))).collect()
}

/// The errors of the file: `client/mistakes/mint.rs:11:27: error[E0599]: …`.
fn found(told: &str, path: &Path) -> BTreeSet<Refused> {
    let file = format!("{FOLDER}/{}:", path.file_name().unwrap_or_default().to_string_lossy());
    let error = |line: &str| {
        let (at, error) = line.strip_prefix(&file)?.split_once(": error[")?;
        let line = at.split(':').next()?.parse().ok()?;
        Some((line, error.split_once(']')?.0.to_owned()))
    };
    told.lines().filter_map(error).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_known_by_its_line_and_error() {
        let source = "fn main() {\n    mint(); //~ E0599\n}\n";
        let told = "warning: x\nclient/mistakes/a.rs:2:5: error[E0599]: no function\n\
                    client/mistakes/b.rs:3:5: error[E0001]: of another file\n";
        let wanted = BTreeSet::from([(2, "E0599".to_owned())]);
        assert_eq!(expected(source), wanted);
        assert_eq!(found(told, Path::new("a.rs")), wanted);
        assert_eq!(found("client/mistakes/a.rs:2:5: warning: unused", Path::new("a.rs")).len(), 0);
    }
}
