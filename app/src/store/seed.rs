//! What an empty help desk starts with: two accounts and a believable week.

use sqlx::{Sqlite, SqlitePool, Transaction};

use super::{Result, now, password};
use crate::model::{
    Priority::{self, High, Low, Normal, Urgent},
    Role,
    TicketStatus::{self, Closed, Open},
};

const PASSWORD: &str = "correct horse battery";

const DANA: i64 = 1;
const ADA: i64 = 2;
const MIRA: i64 = 3;
const TOMAS: i64 = 4;
const YUKI: i64 = 5;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

struct SeedTicket {
    requester: i64,
    subject: &'static str,
    body: &'static str,
    status: TicketStatus,
    priority: Priority,
    /// Seconds before now.
    opened: i64,
    /// When the status last changed, in seconds before now; the time of opening if it never did.
    changed: i64,
    comments: &'static [SeedComment],
}

struct SeedComment {
    author: i64,
    /// Seconds before now.
    written: i64,
    body: &'static str,
}

/// Fills a store that has no users.
pub(super) async fn when_empty(pool: &SqlitePool) -> Result<()> {
    let has_users: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users)").fetch_one(pool).await?;
    if has_users {
        return Ok(());
    }

    let hash = password::hash(PASSWORD).await?;
    let now = now();
    let mut transaction = pool.begin().await?;
    insert_user(&mut transaction, DANA, "Dana Demo", "demo@example.org", Role::Member, Some(&hash))
        .await?;
    insert_user(&mut transaction, ADA, "Ada Admin", "admin@example.org", Role::Admin, Some(&hash))
        .await?;
    for (id, name, email) in [
        (MIRA, "Mira Okafor", "mira.okafor@example.org"),
        (TOMAS, "Tomas Lindqvist", "tomas.lindqvist@example.org"),
        (YUKI, "Yuki Tanabe", "yuki.tanabe@example.org"),
    ] {
        insert_user(&mut transaction, id, name, email, Role::Member, None).await?;
    }
    for ticket in TICKETS {
        insert_ticket(&mut transaction, now, ticket).await?;
    }
    transaction.commit().await?;
    Ok(())
}

async fn insert_user(
    transaction: &mut Transaction<'_, Sqlite>,
    id: i64,
    name: &str,
    email: &str,
    role: Role,
    password_hash: Option<&str>,
) -> Result<()> {
    sqlx::query("INSERT INTO users (id, name, email, role, password_hash) VALUES (?, ?, ?, ?, ?)")
        .bind(id)
        .bind(name)
        .bind(email)
        .bind(role.as_str())
        .bind(password_hash)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn insert_ticket(
    transaction: &mut Transaction<'_, Sqlite>,
    now: i64,
    ticket: &SeedTicket,
) -> Result<()> {
    let last_comment = ticket.comments.last().map_or(i64::MAX, |comment| comment.written);
    let id = sqlx::query(
        "INSERT INTO tickets (requester_id, subject, body, status, priority, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(ticket.requester)
    .bind(ticket.subject)
    .bind(ticket.body)
    .bind(ticket.status.as_str())
    .bind(ticket.priority.as_str())
    .bind(now - ticket.opened)
    .bind(now - ticket.changed.min(last_comment))
    .execute(&mut **transaction)
    .await?
    .last_insert_rowid();

    for comment in ticket.comments {
        sqlx::query(
            "INSERT INTO comments (ticket_id, author_id, body, created_at) VALUES (?, ?, ?, ?)",
        )
        .bind(id)
        .bind(comment.author)
        .bind(comment.body)
        .bind(now - comment.written)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// Oldest first, so that ids rise with time.
const TICKETS: &[SeedTicket] = &[
    SeedTicket {
        requester: TOMAS,
        subject: "New starter on the 1st needs a laptop and accounts",
        body: "Priya Raman joins the finance team on the 1st. She needs:\n\n\
               – a laptop with the standard image\n\
               – mail, calendar and the finance share\n\
               – a door card for floors 2 and 3\n\n\
               Her desk is 2.14, next to mine.",
        status: Closed,
        priority: Normal,
        opened: 9 * DAY + 3 * HOUR,
        changed: 4 * DAY + 2 * HOUR,
        comments: &[
            SeedComment {
                author: DANA,
                written: 9 * DAY,
                body: "Laptop ordered, arriving Thursday. Accounts are ready; I'll hand over the first password in person.",
            },
            SeedComment {
                author: TOMAS,
                written: 4 * DAY + 3 * HOUR,
                body: "All set, she signed in without a hitch. Thank you!",
            },
        ],
    },
    SeedTicket {
        requester: YUKI,
        subject: "Please add a projector adapter to room Birch",
        body: "The only adapter in Birch is the old VGA one. A USB-C to HDMI adapter on a short chain would do.",
        status: Open,
        priority: Low,
        opened: 7 * DAY + 5 * HOUR,
        changed: 7 * DAY + 5 * HOUR,
        comments: &[],
    },
    SeedTicket {
        requester: MIRA,
        subject: "Invoice PDFs come out with the old company address",
        body: "Every invoice printed since Monday has the Harbour Street address in the footer. The preview on screen is right, only the PDF is wrong.\n\n\
               Example: invoice 2291.",
        status: Closed,
        priority: High,
        opened: 6 * DAY,
        changed: 5 * DAY + 4 * HOUR,
        comments: &[SeedComment {
            author: ADA,
            written: 5 * DAY + 4 * HOUR,
            body: "The PDF service still had last year's template cached. Cleared it and printed 2291 again: the address is right now.",
        }],
    },
    SeedTicket {
        requester: TOMAS,
        subject: "Calendar invitations show up an hour late",
        body: "Since the clocks changed, invitations from outside arrive with the right time in the text and an hour late in the calendar. Internal ones are fine.",
        status: Open,
        priority: Normal,
        opened: 3 * DAY + 6 * HOUR,
        changed: 3 * DAY + 6 * HOUR,
        comments: &[
            SeedComment {
                author: DANA,
                written: 3 * DAY,
                body: "Which time zone does Settings → Calendar show for you?",
            },
            SeedComment {
                author: TOMAS,
                written: 2 * DAY + 20 * HOUR,
                body: "It says “GMT (fixed)”. I don't remember ever choosing that.",
            },
        ],
    },
    SeedTicket {
        requester: DANA,
        subject: "Shared drive: “Contracts” folder is read-only for legal",
        body: "Legal can open everything in Contracts but can't save. It worked last week. Three people are affected.",
        status: Open,
        priority: High,
        opened: 2 * DAY,
        changed: 2 * DAY,
        comments: &[SeedComment {
            author: ADA,
            written: DAY + 6 * HOUR,
            body: "The group lost its write permission in Tuesday's clean-up. I'll restore it tonight, after the backup.",
        }],
    },
    SeedTicket {
        requester: YUKI,
        subject: "Second monitor flickers after the last update",
        body: "It goes black for a second every few minutes, mostly while scrolling. I tried another cable and another port; the monitor itself is fine on a colleague's laptop.",
        status: Open,
        priority: Normal,
        opened: DAY + 3 * HOUR,
        changed: DAY + 3 * HOUR,
        comments: &[],
    },
    SeedTicket {
        requester: MIRA,
        subject: "VPN drops every ten minutes from home",
        body: "Steps:\n\
               1. Connect in the morning, works.\n\
               2. After about ten minutes the icon turns grey.\n\
               3. Reconnecting works at once, and the ten minutes begin again.\n\n\
               It has happened since Monday, on Wi-Fi and on a cable.",
        status: Open,
        priority: High,
        opened: 20 * HOUR,
        changed: 20 * HOUR,
        comments: &[
            SeedComment {
                author: DANA,
                written: 18 * HOUR,
                body: "Thank you for the steps. Could you send the log from Help → Collect log the next time it happens?",
            },
            SeedComment {
                author: MIRA,
                written: 3 * HOUR,
                body: "Sent by mail. The last line before the drop is “rekey timeout”.",
            },
        ],
    },
    SeedTicket {
        requester: DANA,
        subject: "Card reader at the front door rejects every card",
        body: "Nobody can get in without reception buzzing them through. The light turns red at once, for every card we tried. The side door works.",
        status: Open,
        priority: Urgent,
        opened: 50 * MINUTE,
        changed: 50 * MINUTE,
        comments: &[SeedComment {
            author: ADA,
            written: 35 * MINUTE,
            body: "On it. The controller restarted at 08:10 and came back without its card list; restoring from last night's copy.",
        }],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::TicketCounts,
        store::{tests::fresh, tickets},
    };

    #[tokio::test]
    async fn eight_tickets_in_a_believable_order() {
        let (_dir, pool) = fresh().await;
        assert_eq!(tickets::counts(&pool).await.unwrap(), TicketCounts { open: 6, closed: 2 });
        for id in 1..=8 {
            let ticket = tickets::by_id(&pool, id).await.unwrap().unwrap();
            let mut last = ticket.created_at;
            for comment in &ticket.comments {
                assert!(comment.created_at > last, "ticket {id}");
                last = comment.created_at;
            }
            assert!(last <= ticket.updated_at && ticket.updated_at < now(), "ticket {id}");
        }
    }

    #[tokio::test]
    async fn a_store_in_use_is_left_alone() {
        let (_dir, pool) = fresh().await;
        sqlx::query("DELETE FROM tickets").execute(&pool).await.unwrap();
        when_empty(&pool).await.unwrap();
        assert_eq!(tickets::list(&pool, &tickets::Filter::default()).await.unwrap(), []);
    }
}
