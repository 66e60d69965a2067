//! `<PageBoundary>`: where the application's error page stands instead of a page that can't be
//! shown, and the notice for a submission that no form on the page can show.

use std::sync::Arc;

use formwork_core::{Posted, PublicError};
use leptos::{context::Provider, either::Either, prelude::*};

use super::Copies;
use crate::{
    erased::{ErasedChildrenFn, erased},
    root::{Notices, PageError},
    words::told,
};

const LEFT: &str = "This page has changed. What you had typed in a form that is no longer part of it is \
     shown here to copy.";

/// Shows its children, or `fallback` for an error that replaces the page: not found, forbidden, and
/// every refusal that came before a form could be read.
///
/// ```ignore
/// <PageBoundary fallback=|error| view! { <ErrorPage error/> }>
///     <Routes fallback=|| ()> … </Routes>
/// </PageBoundary>
/// ```
#[component]
pub fn PageBoundary<F, V>(
    /// The application's error page.
    fallback: F,
    /// The page.
    children: ErasedChildrenFn,
) -> impl IntoView
where
    F: Fn(PublicError) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let PageError(error) =
        use_context().expect("`<PageBoundary>` needs `provide_formwork()` in the root component");
    let error_page = ErrorPage(Arc::new(move |error| erased(fallback(error))));
    let notices: Notices =
        use_context().expect("`<PageBoundary>` needs `provide_formwork()` in the root component");
    move || match error.get() {
        Some(error) => Either::Left(error_page.show(error)),
        None => {
            let children = children.clone();
            Either::Right(view! {
                {shown(notices.clone())}
                <Provider value=error_page.clone()>{children.build()}</Provider>
            })
        }
    }
}

/// The application's error page, for whatever stands inside of the boundary.
#[derive(Clone)]
pub(crate) struct ErrorPage(Arc<dyn Fn(PublicError) -> AnyView + Send + Sync>);

impl ErrorPage {
    pub(crate) fn show(&self, error: PublicError) -> AnyView {
        let page = self.0.clone();
        let error = PublicError { message: told(error.message).into_owned(), ..error };
        erased(view! { <Provider value=OnErrorPage>{page(error)}</Provider> })
    }
}

/// What stands on the error page knows it.
#[derive(Clone, Copy)]
pub(crate) struct OnErrorPage;

/// A form that the page may no longer have: told plainly, and what was entered is there to copy.
#[component]
fn GoneNotice(posted: Posted) -> impl IntoView {
    let message = posted.outcome.error.map(|error| told(error.message));
    let entries = posted.kept.into_iter().flatten().chain(posted.left).collect();
    view! {
        <section class="notice warning" role="alert">
            <p>{message}</p>
            <Copies entries/>
        </section>
    }
}

/// The notices. Erased, as is all that an application has around its pages: types that deep exceed the
/// compiler's recursion limit.
fn shown(notices: Notices) -> AnyView {
    let Notices { gone, left, said } = notices;
    let left = move || {
        let entries = left.get();
        (!entries.is_empty()).then(|| {
            view! {
                <section class="notice warning" role="status">
                    <p>{told(LEFT)}</p>
                    <Copies entries/>
                </section>
            }
        })
    };
    let said = move || {
        let said = said.get();
        (!said.is_empty()).then(|| {
            let said = said.into_iter().map(|text| view! { <p>{told(text)}</p> }).collect_view();
            view! { <section class="notice warning" role="status">{said}</section> }
        })
    };
    let gone = move || gone.get().map(|posted| view! { <GoneNotice posted/> });
    erased(view! {
        {said}
        {left}
        {gone}
    })
}
