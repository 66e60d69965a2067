//! Who looks at the page, as far as the page shows it.

use formwork::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::guard::{Member, current_user};
#[cfg(feature = "ssr")]
use crate::model::User;

/// Someone who has signed in, as pages need to know them.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub(crate) struct Viewer {
    /// The user's id.
    pub(crate) id: i64,
    /// The name others see.
    pub(crate) name: String,
}

#[cfg(feature = "ssr")]
impl Viewer {
    fn of(user: &User) -> Self {
        Self { id: user.id, name: user.name.clone() }
    }
}

// guide: queries
/// The visitor, if they have signed in.
#[query(public, tags("session"))]
pub(crate) async fn viewer(cx: QueryCx) -> QueryResult<Option<Viewer>> {
    let user = current_user(cx.parts()).await?;
    Ok(user.as_ref().map(Viewer::of))
}
// guide: end

// guide: queries
/// The visitor, who has to have signed in.
#[query(guard = Member, tags("session"))]
pub(crate) async fn member(cx: QueryCx<Member>) -> QueryResult<Viewer> {
    Ok(Viewer::of(cx.guard().user()))
}
// guide: end
