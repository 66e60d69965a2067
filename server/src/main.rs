//! Starts the help desk's server.
//!
//! Settings come from `Leptos.toml` and the environment; `HELPDESK_DATA` names the folder for the
//! database, `data` in the working folder unless it is set.

use std::{error::Error, path::PathBuf, process::ExitCode};

use formwork::Site;
use tracing_subscriber::EnvFilter;

/// A page is made of many small pieces: the system's allocator would take a quarter of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("helpdesk: {}", in_one_line(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    if formwork::command(std::env::args().skip(1))? {
        return Ok(());
    }
    // guide: serve
    let data = std::env::var_os("HELPDESK_DATA").map_or_else(|| "data".into(), PathBuf::from);
    let (site, router) = server::open(Site::new(app::shell)?, &data).await?;
    site.serve(router).await?;
    // guide: end
    Ok(())
}

/// The error and what caused it, from the outside in.
fn in_one_line(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
