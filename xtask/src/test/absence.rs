//! The step that looks for the server's code in what the browser gets (T10).

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::browser::FreshFolder;
use crate::app::App;
use crate::server::Server;
use crate::tools::Toolbox;
use crate::{http, paths, ports};

/// Planted in the help desk: in the body of an action, and in a module of the server alone.
const PLANTED: &[&str] = &["t10-planted-in-an-action", "t10-planted-in-a-server-only-module"];
/// What the client does have: a search that does not find this would find nothing.
const CONTROL: &str = "Your comment, edited";
/// What is answered to a visitor, and to a member, is looked through as well: pages, and a read of
/// queries as the client asks for it.
const PAGES: &[&str] = &[
    "/sign-in",
    "/tickets",
    "/tickets/1",
    "/tickets/new",
    "/profile",
    "/nowhere",
    "/sign-in?_action=x",
    QUERY,
];
const QUERY: &str = "/_formwork/query?k=session::viewer::viewer%3F%7B%7D";
/// Whom the help desk is seeded with.
const MEMBER: (&str, &str) = ("demo@example.org", "correct horse battery");
/// On a page that is a member's alone.
const MEMBERS_CONTROL: &str = "Dana Demo";

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
    let session = sign_in(addr)?;
    let mut control = false;
    for page in PAGES {
        artefacts.push((PathBuf::from(page), http::get(addr, page, "")?));
        let seen = http::get(addr, page, &session)?;
        if *page == QUERY && !contains(&seen, "HTTP/1.1 200") {
            bail!("{QUERY} does not answer: the search would prove nothing");
        }
        control |= contains(&seen, MEMBERS_CONTROL);
        artefacts.push((PathBuf::from(format!("{page} of a member")), seen));
    }
    drop(server);
    if !control {
        bail!("`{MEMBERS_CONTROL}` is on no page of a member: the search would prove nothing");
    }

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

/// The cookie of a member's session, from the form that everyone signs in with.
fn sign_in(addr: SocketAddr) -> Result<String> {
    let page = http::page(addr, "/sign-in")?;
    let form = page.split_once("<form").and_then(|(_, rest)| rest.split_once("</form>"));
    let (form, _) = form.context("/sign-in has a form")?;
    let mut fields = http::hidden(form);
    fields.extend([("email", MEMBER.0), ("password", MEMBER.1)]);
    let answer = String::from_utf8(http::post(addr, "/sign-in", &fields)?)?;
    let cookies = answer.lines().filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let pair = value.split(';').next()?;
        name.eq_ignore_ascii_case("set-cookie").then(|| pair.to_owned())
    });
    Ok(cookies.collect::<Vec<_>>().join("; "))
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
