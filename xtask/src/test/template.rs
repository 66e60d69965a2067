//! The step that walks the path of someone who begins: it makes an application of the starter, builds
//! it and runs its tests, with the commands that `templates/README.md` and the starter's own name.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::browser::FreshFolder;
use crate::app::App;
use crate::tools::Toolbox;
use crate::{paths, ports, run};

/// Of the application that is made.
const NAME: &str = "scaffolded-starter";

/// What holds for every `cargo leptos new`: nothing is left that should have been filled in, and what
/// was made builds and passes its own tests.
pub(super) fn run(toolbox: &Toolbox) -> Result<()> {
    let folder = FreshFolder::named(&always_here())?;
    let application = folder.path().join(NAME);
    scaffold(toolbox, folder.path())?;
    let files = files(&application)?;
    let left = left_over(&files)?;
    if !left.is_empty() {
        bail!("of the template itself there is left: {}", left.join(", "));
    }
    println!("The application has {} files.", files.len());

    let mut npm = toolbox.command("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--prefer-offline"]);
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run::run(npm.current_dir(application.join("end2end")))?;
    end_to_end(toolbox, &application)
}

/// The same name each time, another for each clone: a new one would fill the target folder with one
/// more build of the application in every run.
fn always_here() -> String {
    let mut hasher = DefaultHasher::new();
    paths::root().hash(&mut hasher);
    format!("formwork-template-{:x}", hasher.finish())
}

fn scaffold(toolbox: &Toolbox, folder: &Path) -> Result<()> {
    let mut new = toolbox.command("cargo-leptos");
    new.args(["leptos", "new", "--name", NAME, "--path"]).arg(App::Starter.folder());
    new.env("CARGO_GENERATE_VALUE_FORMWORK", paths::root());
    // cargo-generate asks who it works for, though the starter does not say.
    new.env("CARGO_NAME", "xtask");
    run::run(new.current_dir(folder))
}

/// Built where the others are: what it shares with the guestbook is there already.
fn end_to_end(toolbox: &Toolbox, application: &Path) -> Result<()> {
    let [addr, reload] = ports::free()?;
    let mut command = toolbox.command("cargo-leptos");
    command.args(["leptos", "end-to-end"]).current_dir(application);
    command.env("CARGO_TARGET_DIR", paths::target());
    command.env("LEPTOS_SITE_ADDR", addr.to_string());
    command.env("LEPTOS_RELOAD_PORT", reload.port().to_string());
    run::run(&mut command)
}

/// Files that no application should have, and placeholders that nothing was put in place of.
fn left_over(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut left = Vec::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let text =
            fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        let of_template = name == CONFIG || name.ends_with(".rhai");
        if of_template || ["{{", "{%"].iter().any(|mark| text.contains(mark)) {
            left.push(name.into_owned());
        }
    }
    Ok(left)
}

/// Makes a folder a template; cargo-generate looks for it in all folders of a repository.
const CONFIG: &str = "cargo-generate.toml";

/// All files below the folder, but for what git, cargo and npm keep there.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?
        {
            let entry = entry?;
            if !entry.file_type()?.is_dir() {
                files.push(entry.path());
            } else if ![".git", "target", "node_modules"]
                .iter()
                .any(|own| entry.file_name() == *own)
            {
                folders.push(entry.path());
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_is_the_only_template() {
        let files = files(&paths::root()).unwrap();
        let templates: Vec<_> = files.iter().filter(|file| file.ends_with(CONFIG)).collect();
        assert_eq!(templates, [&App::Starter.folder().join(CONFIG)]);
    }

    #[test]
    fn what_is_the_templates_own_is_found_in_an_application() {
        let starter = App::Starter.folder();
        let names = ["Cargo.toml", CONFIG, "scaffold.rhai", "README.md", "src/main.rs"];
        let left = left_over(&names.map(|name| starter.join(name))).unwrap();
        assert_eq!(left, ["Cargo.toml", CONFIG, "scaffold.rhai", "README.md"]);
    }
}
