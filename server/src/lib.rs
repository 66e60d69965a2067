//! The help desk's server, all of it but its `main`: what tests run in process is what is served.

mod attachments;
mod sessions;

use std::{error::Error, path::Path};

use app::{App, store};
use axum::{Extension, Router, routing::get};
use formwork::Site;

// guide: routes
/// The help desk with its data in this folder: the site, and its routes behind their layers.
///
/// # Errors
/// The folder can't be used.
pub async fn open(site: Site, data: &Path) -> Result<(Site, Router), Box<dyn Error>> {
    let pool = store::open(data).await?;
    let folder = store::attachments::Folder::in_data(data)?;
    let site = site.state(pool.clone()).state(folder.clone());
    let sessions = sessions::layer(&pool, site.is_https()).await?;
    let router = site
        .pages(App)
        .route("/attachments/{id}", get(attachments::serve))
        .route("/attachments/{id}/small", get(attachments::serve_small))
        .layer(Extension(folder))
        .layer(Extension(pool))
        .layer(sessions);
    Ok((site, router))
}
// guide: end
