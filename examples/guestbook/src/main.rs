//! The guestbook's server.

use std::process::ExitCode;

use axum::Extension;
use formwork::Site;
use guestbook::{shell, store::Store};

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

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    if formwork::command(std::env::args().skip(1))? {
        return Ok(());
    }
    let site = Site::new(shell)?;
    let router = site.routes(["/"]).layer(Extension(Store::seeded()));
    site.serve(router).await?;
    Ok(())
}
