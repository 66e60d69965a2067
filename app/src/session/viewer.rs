//! Who looks at the page, as far as the page shows it.

use formwork::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::guard::{Member, current_user};

/// Someone who has signed in, as the header shows them.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub(crate) struct Viewer {
    /// The name others see.
    pub(crate) name: String,
}

/// The visitor, if they have signed in.
#[query(public, tags("session"))]
pub(crate) async fn viewer(cx: QueryCx) -> QueryResult<Option<Viewer>> {
    let user = current_user(cx.parts()).await?;
    Ok(user.map(|user| Viewer { name: user.name }))
}

/// The visitor, who has to have signed in.
#[query(guard = Member, tags("session"))]
pub(crate) async fn member(cx: QueryCx<Member>) -> QueryResult<Viewer> {
    Ok(Viewer { name: cx.guard().user().name.clone() })
}
