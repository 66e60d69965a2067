//! Invalidating from outside of an action: a webhook, a background job.

use std::{sync::Arc, time::Duration};

use crate::{
    effects::Stale,
    store::{Store, StoreError},
};

/// What actions do with `update_tag`, `revalidate_tag` and `revalidate_path`, for the rest of the
/// application; cheap to clone. [`Site::revalidate`](crate::Site::revalidate) makes one.
///
/// ```ignore
/// let router = site
///     .pages(App)
///     .route("/hooks/stock", post(stock_changed))
///     .layer(Extension(site.revalidate()));
///
/// async fn stock_changed(Extension(revalidate): Extension<Revalidate>) -> Result<(), StatusCode> {
///     revalidate.update_tag("stock").await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
/// }
/// ```
///
/// Each is done when it returns. The error says that the store of the application can't be reached:
/// then what is cached may be served for as long as it lives, so try again.
#[derive(Clone)]
pub struct Revalidate(Arc<dyn Store>);

impl Revalidate {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Revalidate(store)
    }

    /// Everything that was read with this tag is out of date: nobody is served it any more.
    ///
    /// # Errors
    /// If the store can't be reached.
    pub async fn update_tag(&self, tag: impl Into<String>) -> Result<(), StoreError> {
        self.apply(|stale| stale.update_tag(tag)).await
    }

    /// Everything that was read with this tag is stale: it may be served for as long as `life` from
    /// now on, while it is read anew in the background.
    ///
    /// # Errors
    /// If the store can't be reached.
    pub async fn revalidate_tag(
        &self,
        tag: impl Into<String>,
        life: Duration,
    ) -> Result<(), StoreError> {
        self.apply(|stale| stale.revalidate_tag(tag, life)).await
    }

    /// These pages, and the queries on them, are out of date: `/tickets/7`, `/tickets/*` or
    /// `/tickets/{id}`, as in [`ActionCx::revalidate_path`](crate::ActionCx::revalidate_path).
    ///
    /// # Errors
    /// If the store can't be reached.
    pub async fn revalidate_path(&self, path: impl AsRef<str>) -> Result<(), StoreError> {
        self.apply(|stale| stale.revalidate_path(path.as_ref())).await
    }

    async fn apply(&self, change: impl FnOnce(&mut Stale)) -> Result<(), StoreError> {
        let mut stale = Stale::default();
        change(&mut stale);
        self.0.invalidate(&stale.invalidation()).await
    }
}

impl std::fmt::Debug for Revalidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Revalidate")
    }
}
