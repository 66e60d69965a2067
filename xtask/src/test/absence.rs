//! The step that looks for the server's code in what the browser gets (T10).

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::browser::FreshFolder;
use crate::app::App;
use crate::server::Server;
use crate::tools::Toolbox;
use crate::{paths, ports};

/// Planted in the help desk: in the body of an action, and in a module of the server alone.
const PLANTED: &[&str] = &["t10-planted-in-an-action", "t10-planted-in-a-server-only-module"];
/// What the client does have: a search that does not find this would find nothing.
const CONTROL: &str = "Your comment, edited";
/// Pages for everyone: what they answer with is looked through as well.
const PAGES: &[&str] = &["/sign-in", "/tickets", "/tickets/1", "/nowhere", "/sign-in?_action=x"];

/// T10: nothing that was planted is in any artefact of the client, nor in any page.
pub(super) fn run(toolbox: &Toolbox) -> Result<()> {
    App::HelpDesk.build(toolbox, false)?;
    let site = paths::root().join("target/site/helpdesk");
    let mut artefacts = Vec::new();
    files(&site, &mut artefacts)?;
    let data = FreshFolder::create()?;
    let [addr] = ports::free()?;
    let mut command = App::HelpDesk.server(false, addr);
    command.env("HELPDESK_DATA", data.path());
    let log = paths::target().join("browser").join("absence.log");
    let server = Server::start("helpdesk", command, addr, &log)?;
    for page in PAGES {
        artefacts.push((PathBuf::from(page), get(addr, page)?));
    }
    drop(server);

    let program = format!("server{}", std::env::consts::EXE_SUFFIX);
    let program = fs::read(paths::target().join("debug").join(program))?;
    for planted in PLANTED {
        if !contains(&program, planted) {
            bail!("`{planted}` is not even in the server: the search would prove nothing");
        }
    }
    if !artefacts.iter().any(|(path, bytes)| is_wasm(path) && contains(bytes, CONTROL)) {
        bail!("`{CONTROL}` is not in the client's WASM: the search would prove nothing");
    }
    let found = found(&artefacts);
    if !found.is_empty() {
        bail!("code of the server is in what the browser gets: {}", found.join("; "));
    }
    println!("{} files and pages have nothing of the server's code.", artefacts.len());
    Ok(())
}

type Artefact = (PathBuf, Vec<u8>);

fn found(artefacts: &[Artefact]) -> Vec<String> {
    let planted = |(path, bytes): &Artefact| {
        let planted = PLANTED.iter().find(|planted| contains(bytes, planted))?;
        Some(format!("`{planted}` in {}", path.display()))
    };
    artefacts.iter().filter_map(planted).collect()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn is_wasm(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "wasm")
}

fn files(folder: &Path, all: &mut Vec<Artefact>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, all)?;
        } else {
            let bytes = fs::read(&path)?;
            all.push((path, bytes));
        }
    }
    Ok(())
}

/// A page as it comes, its headers included.
fn get(addr: SocketAddr, path: &str) -> Result<Vec<u8>> {
    let mut stream = TcpStream::connect(addr)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {addr}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t10_what_is_planted_is_found_wherever_it_is() {
        let artefact = |name: &str, text: &str| (PathBuf::from(name), text.as_bytes().to_vec());
        let clean = [artefact("app.js", "t10-planted"), artefact("app.wasm", CONTROL)];
        assert!(found(&clean).is_empty());
        for name in ["app.wasm", "app.js", "app.js.map", "/sign-in"] {
            let leaks = format!("…{}…", PLANTED[1]);
            let found = found(&[artefact("a", ""), artefact(name, &leaks)]);
            assert_eq!(found, [format!("`{}` in {name}", PLANTED[1])]);
        }
    }
}
