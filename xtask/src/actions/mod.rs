//! `cargo xtask actions`: `actions.lock`, the list of what a client may run and read, and what its
//! changes mean to pages that are open; and `cargo xtask keygen`.

mod against;
mod lock;

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::{app::App, paths, run, tools::Toolbox};
use lock::Lock;

/// Writes the file anew; what stands in it as acknowledged stays.
pub(crate) fn write() -> Result<()> {
    let file = paths::root().join("actions.lock");
    fs::write(&file, listed(&Toolbox::default())?).context("writing actions.lock")?;
    println!("Wrote actions.lock.");
    Ok(())
}

/// Compares the file with the code, and with what it was before: a change that breaks open pages is
/// acknowledged.
pub(crate) fn check(toolbox: &Toolbox) -> Result<()> {
    let kept = kept();
    let listed = listed(toolbox)?;
    if kept != listed {
        bail!(
            "actions.lock is not what the code makes public; look at the change, and if it is meant, \
             run `cargo xtask actions`\n{}",
            lock::difference(&Lock::parse(&kept), &Lock::parse(&listed)).join("\n")
        );
    }
    match before(&paths::root()) {
        Some((at, before)) => {
            println!("Compared with actions.lock of {at}:");
            judge(&before, &listed)?;
        }
        None => println!("There is no history here to compare actions.lock with."),
    }
    d4_the_same_source_in_another_folder_is_the_same(toolbox, &listed)
}

/// Builds what git knows of from another folder: ids and shapes must not tell the difference.
fn d4_the_same_source_in_another_folder_is_the_same(toolbox: &Toolbox, expect: &str) -> Result<()> {
    let folder = paths::target().join("elsewhere").join("under another name");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut known = Command::new("git");
    known
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(paths::root());
    let known = run::output(&mut known).context("`git ls-files` failed")?;
    for name in known.lines() {
        let (from, to) = (paths::root().join(name), folder.join(name));
        // One that is removed and not committed is listed all the same.
        if from.is_file() {
            fs::create_dir_all(to.parent().context("a file is in a folder")?)?;
            fs::copy(from, to)?;
        }
    }
    let mut command = toolbox.command("cargo");
    command.args(["run", "--quiet", "--package", "server", "--", "actions"]);
    // The dependencies are compiled once for both.
    command.current_dir(&folder).env("CARGO_TARGET_DIR", paths::target());
    let listed = run::output(&mut command).context("building it in another folder failed")? + "\n";
    let listed = lock::with_acknowledged(&listed, &Lock::parse(expect));
    if listed != expect {
        bail!(
            "built in another folder it is something else:\n{}",
            lock::difference(&Lock::parse(expect), &Lock::parse(&listed)).join("\n")
        );
    }
    Ok(())
}

/// Says what has become of each action since this file was written; fails if an open page would lose
/// something that nobody has acknowledged.
pub(crate) fn against(file: &Path) -> Result<()> {
    let old = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    judge(&old, &listed(&Toolbox::default())?)
}

fn judge(old: &str, new: &str) -> Result<()> {
    let report = against::compare(&Lock::parse(old), &Lock::parse(new));
    println!("{report}");
    let broken = report.unacknowledged();
    if !broken.is_empty() {
        bail!(
            "open pages lose what is entered in them, and actions.lock does not say that it is meant: \
             keep these under their old names by `was = \"…\"`, or write into actions.lock, above the \
             first action (another line than one that was there before),\n{}",
            broken.iter().map(|id| format!("breaking {id} (why)")).collect::<Vec<_>>().join("\n")
        );
    }
    Ok(())
}

/// The file as it was released last, else one commit ago, and where that is; `None` where that is not known, as
/// in a clone of one commit. What is committed last is what is judged: it is no release before this one.
fn before(folder: &Path) -> Option<(String, String)> {
    let git = |args: &[&str]| run::output(Command::new("git").args(args).current_dir(folder));
    let tag = git(&["describe", "--tags", "--abbrev=0", "HEAD^"]);
    let mut candidates = tag.into_iter().chain(["HEAD^".to_owned()]);
    candidates.find_map(|at| git(&["show", &format!("{at}:actions.lock")]).map(|file| (at, file)))
}

/// Prints a new key, as the server's own subcommand does.
pub(crate) fn keygen() -> Result<()> {
    println!("{}", told(&Toolbox::default(), "keygen")?);
    Ok(())
}

fn kept() -> String {
    fs::read_to_string(paths::root().join("actions.lock")).unwrap_or_default()
}

/// What the file should be: what the code makes public, and what stands acknowledged in the file.
fn listed(toolbox: &Toolbox) -> Result<String> {
    let listed = told(toolbox, "actions")? + "\n";
    Ok(lock::with_acknowledged(&listed, &Lock::parse(&kept())))
}

/// What the help desk's server prints for a subcommand.
fn told(toolbox: &Toolbox, subcommand: &str) -> Result<String> {
    let mut command = toolbox.command("cargo");
    command.args(["run", "--quiet", "--package", "server", "--", subcommand]);
    command.current_dir(App::HelpDesk.folder());
    let line = run::line(&command);
    run::output(&mut command).with_context(|| format!("`{line}` failed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_compared_with_what_was_released_or_else_with_the_commit_before() {
        let folder = std::env::temp_dir().join(format!("formwork-before-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let git = |args: &[&str]| {
            let mut git = Command::new("git");
            git.args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "tag.gpgSign=false"]);
            git.args(["-c", "commit.gpgSign=false"]).args(args).current_dir(&folder);
            run::output(&mut git).expect("git does it");
        };
        let commit = |text: &str| {
            fs::write(folder.join("actions.lock"), text).expect("it is written");
            git(&["add", "."]);
            git(&["commit", "--quiet", "-m", text]);
        };
        let is = |at: &str, text: &str| {
            assert_eq!(before(&folder), Some((at.to_owned(), text.to_owned())));
        };
        git(&["init", "--quiet"]);
        assert_eq!(before(&folder), None);
        commit("one");
        assert_eq!(before(&folder), None, "nothing was before it");
        git(&["tag", "v1"]);
        assert_eq!(before(&folder), None, "the release itself is none before it");
        commit("two");
        is("v1", "one");
        commit("three");
        is("v1", "one");
        git(&["tag", "--delete", "v1"]);
        is("HEAD^", "two");
        fs::remove_dir_all(folder).expect("it is removed");
    }

    #[test]
    fn a_break_that_nobody_has_acknowledged_is_refused() {
        let now = kept();
        judge(&now, &now).expect("the same breaks nothing");
        let without = now.replace("\naction tickets::comment::add_comment", "\naction other");
        assert_ne!(without, now);
        let error = judge(&now, &without).unwrap_err().to_string();
        assert!(error.contains("breaking tickets::comment::add_comment"), "{error}");
    }
}
