//! The guard that is declared and the one of the context have other parameters.

use formwork::prelude::*;

struct Moderate;
struct Publish;
struct Has<P>(std::marker::PhantomData<P>);

impl<P: Send + Sync + 'static> Guard for Has<P> {
    async fn check(_: &GuardCx) -> ActionResult<Self> {
        Ok(Has(std::marker::PhantomData))
    }
}

#[action(guard = Has<Publish>)]
async fn release(_cx: ActionCx<Has<Moderate>>) -> ActionResult<()> {
    Ok(())
}

fn main() {}
