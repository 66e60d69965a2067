//! The guestbook's server.

use std::process::ExitCode;

use formwork::{Life, Site};
use guestbook::{shell, store::Store};

/// A page is made of many small pieces: the system's allocator would take a quarter of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guestbook: {error}");
            ExitCode::FAILURE
        }
    }
}

// guide: serve
async fn run() -> Result<(), Box<dyn std::error::Error>> {
    if formwork::command(std::env::args().skip(1))? {
        return Ok(());
    }
    let mut site = Site::new(shell)?.state(Store::seeded());
    // For benchmarks, which compare both.
    if std::env::var_os("GUESTBOOK_CACHED").is_some() {
        site = site.cache_page("/", Life::minutes(5));
    }
    let router = site.routes(["/"]);
    site.serve(router).await?;
    Ok(())
}
// guide: end
