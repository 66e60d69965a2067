//! The server.

use std::{error::Error, process::ExitCode};

use app::{shelf::Shelf, shell};
use formwork::Site;
use tracing_subscriber::EnvFilter;

/// A page is made of many small pieces: the system's allocator would take a quarter of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // `RUST_LOG=debug` says more.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    // `keygen`, `actions` and `--print-config` answer and end.
    if formwork::command(std::env::args().skip(1))? {
        return Ok(());
    }
    // What `state` is given, every query and action can ask for: here the books, one day a database.
    let site = Site::new(shell)?.state(Shelf::default());
    // An axum router: add routes of your own, and layers, before it is served.
    let router = site.routes(["/"]);
    site.serve(router).await?;
    Ok(())
}
