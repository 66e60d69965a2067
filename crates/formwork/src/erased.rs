//! Views without their types: as Leptos' `into_any`, without the code that a view hydrates by in pieces.
//!
//! `AnyView` has that code for every type which is erased, whether it is ever called or not: it is for
//! routes whose code is loaded later, and was a tenth of a small client. A page here is hydrated at once.

use std::sync::Arc;

use leptos::{
    children::{ChildrenOptContainer, ToChildren},
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        ssr::StreamBuilder,
        view::{Position, PositionState, add_attr::AddAnyAttr},
    },
};

/// The view without its type.
pub(crate) fn erased(view: impl IntoView + 'static) -> AnyView {
    AtOnce(view).into_any()
}

/// What stands in a component, built once: of any type, which is no part of the component's own.
pub struct ErasedChildren(Box<dyn FnOnce() -> AnyView + Send>);

impl ErasedChildren {
    pub(crate) fn build(self) -> AnyView {
        (self.0)()
    }
}

impl<F, V> ToChildren<F> for ErasedChildren
where
    F: FnOnce() -> V + Send + 'static,
    V: IntoView + 'static,
{
    fn to_children(children: F) -> Self {
        ErasedChildren(Box::new(|| erased(children())))
    }
}

/// `view!` gives a text that never changes as it is.
impl<V: IntoView + 'static> ToChildren<ChildrenOptContainer<V>> for ErasedChildren {
    fn to_children(children: ChildrenOptContainer<V>) -> Self {
        ErasedChildren(Box::new(|| erased(children.0)))
    }
}

/// As [`ErasedChildren`], built as often as it is shown.
#[derive(Clone)]
pub struct ErasedChildrenFn(Arc<dyn Fn() -> AnyView + Send + Sync>);

impl ErasedChildrenFn {
    pub(crate) fn build(&self) -> AnyView {
        (self.0)()
    }
}

impl<F, V> ToChildren<F> for ErasedChildrenFn
where
    F: Fn() -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    fn to_children(children: F) -> Self {
        ErasedChildrenFn(Arc::new(move || erased(children())))
    }
}

impl<V: IntoView + Clone + Sync + 'static> ToChildren<ChildrenOptContainer<V>>
    for ErasedChildrenFn
{
    fn to_children(children: ChildrenOptContainer<V>) -> Self {
        ErasedChildrenFn(Arc::new(move || erased(children.0.clone())))
    }
}

/// What its view does, but for `hydrate_async`: that is the trait's own, which hydrates at once.
struct AtOnce<V>(V);

impl<V: Render> Render for AtOnce<V> {
    type State = V::State;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.0.rebuild(state);
    }
}

impl<V: AddAnyAttr> AddAnyAttr for AtOnce<V> {
    type Output<A: Attribute> = AtOnce<V::Output<A>>;

    fn add_any_attr<A: Attribute>(self, attribute: A) -> Self::Output<A>
    where
        Self::Output<A>: RenderHtml,
    {
        AtOnce(self.0.add_any_attr(attribute))
    }
}

impl<V: RenderHtml> RenderHtml for AtOnce<V> {
    type AsyncOutput = V::AsyncOutput;
    type Owned = AtOnce<V::Owned>;

    const MIN_LENGTH: usize = V::MIN_LENGTH;
    const EXISTS: bool = V::EXISTS;

    fn dry_resolve(&mut self) {
        self.0.dry_resolve();
    }

    fn resolve(self) -> impl Future<Output = Self::AsyncOutput> + Send {
        self.0.resolve()
    }

    fn html_len(&self) -> usize {
        self.0.html_len()
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_async_with_buf::<OUT_OF_ORDER>(
            buf,
            position,
            escape,
            mark_branches,
            extra_attrs,
        );
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        self.0.hydrate::<FROM_SERVER>(cursor, position)
    }

    fn into_owned(self) -> Self::Owned {
        AtOnce(self.0.into_owned())
    }
}
