//! The server of the pages under test.

#![recursion_limit = "256"]

use std::process::ExitCode;

use axum::{extract::Path, routing::get};
use formwork::Site;
use probe::{App, accepted, shell, state::Rooms, words};

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter.unwrap_or_else(|_| "info".into())).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("probe: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    formwork::set_words(words);
    let site = Site::new(shell)?.state(Rooms::default());
    let forms = get(|Path(seed): Path<u64>| async move { accepted(seed) });
    let router = site.pages(App).route("/zoo/{seed}", forms);
    site.serve(router).await?;
    Ok(())
}
