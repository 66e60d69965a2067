//! Rows of a list that wait for nothing, written in one go.
//!
//! Leptos writes each element of a document into a buffer of its own, because one of its children may
//! have to be waited for. For a list of a hundred rows that is a sixth of the page's time. A row whose
//! type says that there is nothing in it but elements and texts is written as one that is complete.

use std::{cell::RefCell, collections::HashMap};

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        ssr::StreamBuilder,
        view::{Position, PositionState, add_attr::AddAnyAttr},
    },
};

/// A row; in every other respect it is the view in it.
pub struct Row<V> {
    view: V,
    is_plain: bool,
}

impl<V: RenderHtml> Row<V> {
    /// One row of a list of rows of this type.
    pub fn new(view: V, is_plain: bool) -> Self {
        Row { view, is_plain }
    }
}

/// Whether nothing in a view of this type can be waited for. Where in doubt it is not: then it is written
/// as Leptos would.
pub fn is_plain<V>() -> bool {
    thread_local! {
        /// By where the name lies, as to read it takes as long as to write three rows.
        static KNOWN: RefCell<HashMap<(*const u8, usize), bool>> = RefCell::default();
    }
    let name = std::any::type_name::<V>();
    let place = (name.as_ptr(), name.len());
    KNOWN.with_borrow_mut(|known| {
        *known.entry(place).or_insert_with(|| consists_of_plain_types(name))
    })
}

/// Elements and what is in them, by the paths of their types.
const PLAIN: [&str; 7] = [
    "tachys::html::element::",
    "tachys::html::attribute::",
    "tachys::html::class::",
    "tachys::html::InertElement",
    "leptos::into_view::View",
    "alloc::string::String",
    "core::option::Option",
];

/// Shared and borrowed texts; what else may be shared is not known to be plain.
const TEXTS: [&str; 2] = ["alloc::sync::Arc<str>", "alloc::borrow::Cow<str>"];

fn consists_of_plain_types(name: &str) -> bool {
    let name = TEXTS.iter().fold(name.to_owned(), |name, text| name.replace(text, "str"));
    let paths = name.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    // What is named without a path is a primitive type: a text or a number.
    paths
        .into_iter()
        .all(|path| !path.contains("::") || PLAIN.iter().any(|plain| path.starts_with(plain)))
        && !name.contains(['{', '['])
        && !name.contains("dyn ")
}

impl<V: Render> Render for Row<V> {
    type State = V::State;

    fn build(self) -> Self::State {
        self.view.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.view.rebuild(state);
    }
}

impl<V: RenderHtml> AddAnyAttr for Row<V> {
    type Output<A: Attribute> = V::Output<A>;

    fn add_any_attr<A: Attribute>(self, attribute: A) -> Self::Output<A>
    where
        Self::Output<A>: RenderHtml,
    {
        self.view.add_any_attr(attribute)
    }
}

impl<V: RenderHtml> RenderHtml for Row<V> {
    type AsyncOutput = V::AsyncOutput;
    type Owned = V::Owned;

    const MIN_LENGTH: usize = V::MIN_LENGTH;
    const EXISTS: bool = V::EXISTS;

    fn dry_resolve(&mut self) {
        self.view.dry_resolve();
    }

    fn resolve(self) -> impl Future<Output = Self::AsyncOutput> + Send {
        self.view.resolve()
    }

    fn html_len(&self) -> usize {
        self.view.html_len()
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra: Vec<AnyAttribute>,
    ) {
        self.view.to_html_with_buf(html, position, escape, mark_branches, extra);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        html: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra: Vec<AnyAttribute>,
    ) {
        if self.is_plain {
            html.with_buf(|html| {
                self.view.to_html_with_buf(html, position, escape, mark_branches, extra);
            });
        } else {
            self.view.to_html_async_with_buf::<OUT_OF_ORDER>(
                html,
                position,
                escape,
                mark_branches,
                extra,
            );
        }
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        self.view.hydrate::<FROM_SERVER>(cursor, position)
    }

    fn into_owned(self) -> Self::Owned {
        self.view.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use leptos::tachys::ssr::StreamChunk;

    use super::*;

    fn plain<V>(_: &V) -> bool {
        is_plain::<V>()
    }

    #[test]
    fn elements_and_texts_are_plain() {
        let (id, title, note) = (7_u64, Arc::<str>::from("<b>"), Some("note".to_owned()));
        let row = view! {
            <li data-id=id class="row" title="of the row">
                <h2 class="title">{title}</h2>
                <hr/>
                "text" {id} {note.map(|note| view! { <em>{note}</em> })}
            </li>
        };
        assert!(plain(&row), "{}", std::any::type_name_of_val(&row));
    }

    #[test]
    fn both_ways_write_the_same() {
        let html = |is_plain: bool| {
            let row = |id: u64| {
                let view = view! {
                    <li data-id=id class="row">"a<b" {id} <p title="\"x\"">"text"</p> "" <hr/> "end"</li>
                };
                Row::new(view, is_plain)
            };
            let mut html = StreamBuilder::with_capacity(0, None);
            let at = &mut Position::FirstChild;
            for id in [1, 2] {
                row(id).to_html_async_with_buf::<false>(&mut html, at, true, false, Vec::new());
            }
            let mut pieces = html.take_chunks();
            match (pieces.pop_front(), pieces.len()) {
                (Some(StreamChunk::Sync(html)), 0) => html,
                _ => panic!("nothing is waited for"),
            }
        };
        assert_eq!(html(true), html(false));
        assert!(html(true).contains("a&lt;b"));
    }

    #[test]
    fn what_may_be_waited_for_is_not() {
        let suspended = view! { <li>{Suspend::new(async { "late" })}</li> };
        assert!(!plain(&suspended));
        let erased = view! { <li>{view! { <b>"x"</b> }.into_any()}</li> };
        assert!(!plain(&erased));
        let closure = view! { <li>{move || "x"}</li> };
        assert!(!plain(&closure));
        let shared = view! { <li>{ArcRwSignal::new(Arc::<str>::from("x"))}</li> };
        assert!(!plain(&shared));
        let nested = view! { <li><Suspense><b>"x"</b></Suspense></li> };
        assert!(!plain(&nested));
    }
}
