//! `cargo xtask size`: how large the clients are, what they are made of, and how large they may be.

mod composition;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use self::composition::Composition;
use crate::app::App;
use crate::paths;
use crate::run;
use crate::tools::Toolbox;

/// What `size` was asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    /// Only this application; without it, all that have a budget.
    pub(crate) only: Option<App>,
}

/// How large a client may be, in bytes of brotli. Where the WASM is larger than it is to be, it may be what
/// it was when that was last looked at, and a fiftieth more; `docs/SIZE.md` says why.
struct Budget {
    app: App,
    /// Beyond this the test run fails.
    wasm: u64,
    script: u64,
    /// What the WASM is to be.
    aim: u64,
}

const BUDGETS: &[Budget] = &[
    Budget { app: App::Guestbook, wasm: 230_000, script: 12_000, aim: 60_000 },
    Budget { app: App::HelpDesk, wasm: 525_000, script: 12_000, aim: 200_000 },
];

/// The application of this name, if it has a budget.
pub(crate) fn measured(name: &str) -> Option<App> {
    App::named(name).filter(|app| BUDGETS.iter().any(|budget| budget.app == *app))
}

/// How many of the largest parts are printed.
const PARTS: usize = 25;

/// Builds the clients for release, and prints how large they are and what they are made of. Whether
/// all are within their budgets.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let mut toolbox = Toolbox::default();
    toolbox.ensure(App::tools(true))?;
    let chosen = BUDGETS.iter().filter(|budget| options.only.is_none_or(|app| app == budget.app));
    let mut over = Vec::new();
    for budget in chosen {
        over.extend(measure(&toolbox, budget)?);
        println!("\n{}", composition(&toolbox, budget.app)?.table(PARTS));
    }
    over.iter().for_each(|finding| println!("{finding}"));
    Ok(over.is_empty())
}

/// The step of the test run: the budgets alone.
pub(crate) fn check(toolbox: &Toolbox) -> Result<()> {
    let mut over = Vec::new();
    for budget in BUDGETS {
        over.extend(measure(toolbox, budget)?);
    }
    if !over.is_empty() {
        bail!("{}", over.join("; "));
    }
    Ok(())
}

/// Builds a client, prints the sizes of its files, and answers what is over its budget.
fn measure(toolbox: &Toolbox, budget: &Budget) -> Result<Vec<String>> {
    let name = budget.app.name();
    budget.app.build_client(toolbox)?;
    let pkg = budget.app.site().join("pkg");
    println!("\n{name:<28} {:>10} {:>10} {:>10}", "raw", "gzip", "brotli");
    let mut files = Vec::new();
    for (kind, at_most) in [("wasm", budget.wasm), ("js", budget.script)] {
        let file = Size::of(&pkg.join(format!("{name}.{kind}")))?;
        let Size { raw, gzip, brotli } = file;
        println!("  {:<26} {raw:>10} {gzip:>10} {brotli:>10}", format!("{name}.{kind}"));
        files.push((kind, brotli, at_most));
    }
    println!(
        "  (the WASM may have {}, and is to have {}, both of brotli)",
        budget.wasm, budget.aim
    );
    Ok(over(name, &files))
}

/// What is larger than it may be, as sentences.
fn over(name: &str, files: &[(&str, u64, u64)]) -> Vec<String> {
    let over = files.iter().filter(|(_, is, at_most)| is > at_most);
    over.map(|(kind, is, at_most)| {
        format!("{name}.{kind} has {is} bytes of brotli, and may have {at_most}: see docs/SIZE.md")
    })
    .collect()
}

/// A file, and what cargo-leptos has made of it for those who take it compressed.
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl Size {
    fn of(file: &Path) -> Result<Self> {
        let length = |ending: &str| {
            let path = PathBuf::from(format!("{}{ending}", file.display()));
            let about = fs::metadata(&path);
            about.map(|about| about.len()).with_context(|| format!("reading {}", path.display()))
        };
        Ok(Size { raw: length("")?, gzip: length(".gz")?, brotli: length(".br")? })
    }
}

/// What a client that was just built is made of: made small once more, with the names of its functions
/// kept.
fn composition(toolbox: &Toolbox, app: App) -> Result<Composition> {
    let name = app.name();
    let folder = paths::target().join("size").join(name);
    let mut bindgen = toolbox.command("wasm-bindgen");
    bindgen.args(["--target=web", "--no-typescript", "--out-name", name, "--out-dir"]);
    run::run(bindgen.arg(&folder).arg(app.linked_client()))?;
    let named = folder.join("named.wasm");
    let mut optimize = toolbox.command("wasm-opt");
    optimize.args(["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "-g"]);
    run::run(optimize.arg(folder.join(format!("{name}_bg.wasm"))).arg("-o").arg(&named))?;
    Composition::of(&fs::read(&named)?).with_context(|| format!("reading {}", named.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_its_budget_is_named_with_both_figures() {
        let files = [("wasm", 60_001, 60_000), ("js", 12_000, 12_000)];
        let over = over("guestbook", &files);
        assert_eq!(over.len(), 1);
        assert!(
            over[0].starts_with("guestbook.wasm has 60001 bytes of brotli, and may have 60000")
        );
    }

    #[test]
    fn no_budget_is_below_what_is_aimed_at() {
        assert!(BUDGETS.iter().all(|budget| budget.aim <= budget.wasm));
    }
}
