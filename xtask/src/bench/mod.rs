//! `cargo xtask bench`: the guestbook under load, beside what a hand-written server does.

mod load;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use self::load::{Figure, Load};
use crate::app::App;
use crate::server::Server;
use crate::tools::{Toolbox, WRK};
use crate::{http, paths, ports, run};

/// What `bench` was asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    /// How long each load lasts, in seconds.
    pub(crate) seconds: u32,
    /// How often each load is repeated; the median counts.
    pub(crate) rounds: usize,
}

/// Builds both servers for release, loads one after the other, round by round, and prints the
/// medians and their ratios. Only ratios within one run mean something.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut toolbox = Toolbox::default();
    toolbox.ensure(App::tools(true))?;
    toolbox.ensure(&[WRK])?;
    App::Guestbook.build(&toolbox, true)?;
    let mut cargo = Command::new("cargo");
    run::run(cargo.args(["build", "--release", "--package", "bench", "--bins"]))?;

    let log = |name: &str| paths::target().join("bench").join(format!("{name}.log"));
    let [guestbook_addr, cached_addr, floor_addr] = ports::free()?;
    let mut command = App::Guestbook.server(true, guestbook_addr);
    command.env("RUST_LOG", "warn");
    let guestbook = Server::start("guestbook", command, guestbook_addr, &log("guestbook"))?;
    let mut command = App::Guestbook.server(true, cached_addr);
    command.env("RUST_LOG", "warn").env("GUESTBOOK_CACHED", "1");
    let cached = Server::start("guestbook", command, cached_addr, &log("cached"))?;
    let page = http::page(guestbook_addr, "/")?;
    let bytes = paths::target().join("bench").join("page.html");
    std::fs::write(&bytes, http::page(cached_addr, "/")?)
        .with_context(|| format!("writing {}", bytes.display()))?;
    let mut command = Command::new(program("floor"));
    command.env("FLOOR_ADDR", floor_addr.to_string()).env("FLOOR_BYTES", &bytes);
    let floor = Server::start("floor", command, floor_addr, &log("floor"))?;

    let fields = hidden_fields(&page);
    let queries = query_keys(&page);
    // Those by hand are what the ones after them are compared with.
    let loads = [
        Load::read("page, by hand", &floor, "/"),
        Load::read("page", &guestbook, "/"),
        Load::read("cached page's bytes, by hand", &floor, "/bytes"),
        Load::read("cached page", &cached, "/"),
        Load::post("native post, by hand", &floor, "x=1", None),
        Load::post("native post", &guestbook, &fields, None),
        Load::post("enhanced post, one query", &guestbook, &fields, Some(&queries)),
    ];
    let mut rounds: Vec<Vec<Figure>> = loads.iter().map(|_| Vec::new()).collect();
    for round in 1..=options.rounds {
        println!("Round {round} of {}.", options.rounds);
        for (load, figures) in loads.iter().zip(&mut rounds) {
            figures.push(load.run(&toolbox, options.seconds)?);
        }
    }
    println!("\n{:<28} {:>12} {:>12} {:>12}", "", "requests/s", "by hand", "p99 in ms");
    let mut by_hand = 0.0;
    for (load, figures) in loads.iter().zip(&mut rounds) {
        figures.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
        let median = &figures[figures.len() / 2];
        if load.name.ends_with("by hand") {
            by_hand = median.per_second;
        }
        let ratio = format!("{:.0} %", 100.0 * median.per_second / by_hand);
        let (name, p99) = (load.name, median.p99_ms);
        println!("{name:<28} {:>12.0} {ratio:>12} {p99:>12.2}", median.per_second);
    }
    Ok(())
}

fn program(name: &str) -> PathBuf {
    let release: &Path = &paths::target().join("release");
    release.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The hidden fields that name the action, as a form would send them.
fn hidden_fields(page: &str) -> String {
    let mut fields = http::hidden(page);
    fields.retain(|(name, _)| ["_action", "_shape"].contains(name));
    http::form(&fields)
}

/// The keys of the page's queries, as the browser names them.
fn query_keys(page: &str) -> String {
    let keys = page.split("\"key\":\"").skip(1).filter_map(|rest| rest.split_once('"'));
    keys.map(|(key, _)| http::encoded(key)).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_what_its_form_sends() {
        let page = r#"<input type="hidden" name="_action" value="posts::add"><input type="hidden" name="_shape" value="ab">
            {"queries":[{"key":"posts::posts?{}","value":[]}]}"#;
        assert_eq!(hidden_fields(page), "_action=posts%3A%3Aadd&_shape=ab");
        assert_eq!(query_keys(page), "posts%3A%3Aposts%3F%7B%7D");
    }
}
