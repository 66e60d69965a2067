//! What the components of a page can ask of the request that renders them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use formwork_core::{Posted, PublicError, Query};
use leptos::prelude::ArcRwSignal;

use crate::{
    query::{RequestQueries, ServerQuery},
    view::languages,
};

/// The page being rendered; the driver provides it as context.
#[derive(Clone)]
pub struct PageContext {
    request: RequestQueries,
    posted: Option<Arc<Posted>>,
    posted_shown: Arc<AtomicBool>,
    error: Option<Arc<PublicError>>,
    resume: Option<Arc<str>>,
    resume_shown: Arc<AtomicBool>,
    shared: bool,
}

impl PageContext {
    pub(crate) fn new(
        request: RequestQueries,
        posted: Option<Posted>,
        error: Option<PublicError>,
        resume: Option<&str>,
    ) -> Self {
        PageContext {
            request,
            posted: posted.map(Arc::new),
            posted_shown: Arc::default(),
            error: error.map(Arc::new),
            resume: resume.map(Arc::from),
            resume_shown: Arc::default(),
            shared: false,
        }
    }

    /// As this, for a page that many visitors will be sent.
    pub(crate) fn shared(self) -> Self {
        PageContext { shared: true, ..self }
    }

    /// Whether many visitors will be sent this very page: then nothing of one submission stands in
    /// it.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// What the visitor reads, the best first; unknown of a page for many.
    pub fn languages(&self) -> Vec<String> {
        match self.shared {
            true => Vec::new(),
            false => languages(&self.request.view().parts().headers),
        }
    }

    /// The sealed form that waits for the visitor to sign in, for a form that they may do it with.
    pub fn resume(&self) -> Option<String> {
        let resume = self.resume.as_deref()?;
        self.resume_shown.store(true, Ordering::Relaxed);
        Some(resume.to_owned())
    }

    pub(crate) fn is_resume_shown(&self) -> bool {
        self.resume_shown.load(Ordering::Relaxed)
    }

    /// The build that renders it.
    pub fn build(&self) -> &str {
        self.request.reads().build()
    }

    /// The submission that this document answers.
    pub fn posted(&self) -> Option<&Posted> {
        self.posted.as_deref()
    }

    /// A form on the page shows what became of that submission.
    pub fn note_posted_shown(&self) {
        self.posted_shown.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_posted_shown(&self) -> bool {
        self.posted_shown.load(Ordering::Relaxed)
    }

    /// Why the document shows an error page instead of the page.
    pub fn error(&self) -> Option<&PublicError> {
        self.error.as_deref()
    }

    /// Reads a query, once per request however often it is asked: all who show it share one signal.
    pub async fn read<Q: ServerQuery>(
        &self,
        query: Q,
    ) -> Result<ArcRwSignal<<Q as Query>::Output>, PublicError> {
        self.request.read_shown(query).await
    }
}
