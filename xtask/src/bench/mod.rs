//! `cargo xtask bench`: the guestbook here, in other frameworks and written by hand, under load and in the
//! browser, side by side.

mod browser;
mod guestbook;
mod load;
mod memory;
mod peer;
mod report;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use self::browser::Visit;
use self::guestbook::Guestbook;
use self::load::Load;
pub(crate) use self::peer::Peer;
use self::report::Figures;
use crate::app::App;
use crate::tools::{CHROMIUM, NODE, PEERS_NODE, PLAYWRIGHT, Toolbox, WRK};
use crate::{http, paths};

/// What `bench` was asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    /// How long each load lasts, in seconds.
    pub(crate) seconds: u32,
    /// How often everything is repeated; the medians count.
    pub(crate) rounds: usize,
    /// Who is compared with ours and with the one by hand.
    pub(crate) peers: Vec<Peer>,
}

/// Code that was not compiled for its machine yet is not what is compared.
const WARM_UP_SECONDS: u32 = 2;

/// How often a page is loaded on a slow line in each round.
const SLOW_LOADS: usize = 3;

/// Builds all for production, starts all, and measures one after the other, round by round; then prints
/// the medians as a table. Only ratios within one run mean something.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut toolbox = Toolbox::default();
    toolbox.ensure(App::tools(true))?;
    toolbox.ensure(&[WRK, NODE, PLAYWRIGHT, CHROMIUM])?;
    if options.peers.iter().any(|peer| peer.is_on_node()) {
        toolbox.ensure(&[PEERS_NODE])?;
    }
    guestbook::build(&toolbox, &options.peers)?;
    let mut guestbooks = guestbook::start(&toolbox, &options.peers)?;
    let mut measured: Vec<Figures> = guestbooks.iter().map(|_| Figures::default()).collect();
    let mut loads = Vec::new();
    for (guestbook, figures) in guestbooks.iter().zip(&mut measured) {
        loads.push(prepare(&toolbox, guestbook, figures, options.seconds.min(WARM_UP_SECONDS))?);
    }
    for round in 1..=options.rounds {
        println!("Round {round} of {}.", options.rounds);
        for key in Load::KEYS {
            for (loads, figures) in loads.iter().zip(&mut measured) {
                if let Some(load) = loads.iter().find(|load| load.key == key) {
                    figures.add_load(key, load.run(&toolbox, options.seconds)?);
                }
            }
        }
        for (guestbook, figures) in guestbooks.iter().zip(&mut measured) {
            figures.extend(Visit::to(guestbook).slowly(&toolbox, SLOW_LOADS)?);
        }
    }
    for (guestbook, figures) in guestbooks.iter_mut().zip(&mut measured) {
        guestbook.still_runs()?;
        figures.extend(memory::of_tree(guestbook.pid()).map(|bytes| ("memory".into(), bytes)));
    }
    let columns: Vec<_> = guestbooks.iter().map(Guestbook::title).zip(&measured).collect();
    println!("\n{}\n{}", report::versions(&toolbox, &options.peers)?, report::table(&columns));
    Ok(())
}

/// Has a browser use a guestbook once, which tells what its forms send, and sends that until it is warm.
fn prepare(
    toolbox: &Toolbox,
    guestbook: &Guestbook,
    figures: &mut Figures,
    seconds: u32,
) -> Result<Vec<Load>> {
    println!("{} is visited and warmed up.", guestbook.title());
    let folder = folder(guestbook)?;
    let told = Visit::to(guestbook).recording(toolbox, &folder)?;
    let requests = |key: &str| {
        let told = told.iter().find(|(told, _)| told == key);
        told.map_or(0, |(_, count)| *count as usize)
    };
    let loads = Load::all(guestbook, &folder, &requests);
    figures.extend(told);
    for load in &loads {
        load.run(toolbox, seconds)?;
        if load.writes() {
            let page = http::page(guestbook.addr(), "/")?;
            load::ensure_written(&page)
                .with_context(|| format!("{} was sent `{}`", guestbook.title(), load.key))?;
        }
    }
    Ok(loads)
}

/// Where what belongs to a guestbook is kept during a run.
fn folder(guestbook: &Guestbook) -> Result<PathBuf> {
    let folder = paths::target().join("bench").join(guestbook.name());
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    Ok(folder)
}
