//! `cargo xtask serve`: builds an application and becomes its server.

use std::process::Command;

use anyhow::Result;

use crate::app::App;
use crate::cli::Serve;
use crate::tools::Toolbox;

/// Builds and serves in the foreground, until the server ends.
pub(crate) fn run(options: &Serve) -> Result<()> {
    let mut toolbox = Toolbox::default();
    toolbox.ensure(App::tools(options.release))?;
    let name = options.app.name();
    println!("Building the {name}: some minutes the first time, seconds after that.");
    options.app.build(&toolbox, options.release)?;
    println!("Serving the {name} at http://{} (Ctrl-C ends it).", options.addr);
    become_server(options.app.server(options.release, options.addr))
}

/// Not `cargo leptos serve`: with the server in our place there is one process, so that whoever
/// started us and ends us, by whichever signal, ends the server.
#[cfg(unix)]
fn become_server(mut server: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = server.exec();
    Err(anyhow::Error::new(error).context(format!("`{}` did not start", crate::run::line(&server))))
}

#[cfg(not(unix))]
fn become_server(mut server: Command) -> Result<()> {
    crate::run::run(&mut server)
}
