//! The help desk in process: each scenario in every way that a visitor may come, on a real database.

mod import;
mod incident;
mod profile;
mod session;
mod ticket;

use formwork::testing::{self, App, Page, Visitor, Way};
use sqlx::SqlitePool;
use tempfile::TempDir;

// guide: desk
/// A help desk of its own: the whole server but for its port, on a data folder that goes with it.
struct HelpDesk {
    app: App,
    pool: SqlitePool,
    _data: TempDir,
}

impl HelpDesk {
    async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let (site, router) = server::open(testing::site(app::shell), data.path()).await.unwrap();
        let pool = app::store::open(data.path()).await.unwrap();
        HelpDesk { app: App::new(&site, router), pool, _data: data }
    }

    /// Somebody who has signed in.
    async fn member(&self, way: &Way) -> Visitor {
        let visitor = way.visitor(&self.app);
        let page = visitor.open("/sign-in").await;
        let page = sign_in(page).await;
        assert_eq!(page.path(), "/tickets");
        visitor
    }
}

async fn sign_in(page: Page) -> Page {
    page.fill("E-mail address", "demo@example.org")
        .fill("Password", "correct horse battery")
        .press("Sign in")
        .await
}
// guide: end

impl HelpDesk {
    async fn count(&self, query: &str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.pool).await.unwrap()
    }
}
