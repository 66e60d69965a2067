//! What the help desk is about: the plain data that travels between server and browser.

mod content;
mod date;

use std::{error::Error, fmt, str::FromStr};

use formwork::FormChoice;
use serde::{Deserialize, Serialize};

pub use self::{
    content::{Content, Edit, Part, Version},
    date::{format_date, iso_date},
};

/// Someone with an account.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct User {
    /// Primary key.
    pub id: i64,
    /// The name others see.
    pub name: String,
    /// The address to sign in with; unique without regard to ASCII case.
    pub email: String,
    /// What the account may do.
    pub role: Role,
}

/// A ticket as the list shows it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct TicketSummary {
    /// Primary key, also the number people quote.
    pub id: i64,
    /// One line that says what is wrong.
    pub subject: String,
    /// Whether it still needs work.
    pub status: TicketStatus,
    /// How soon it needs work.
    pub priority: Priority,
    /// Name of the user who opened it.
    pub requester: String,
    /// Last change of the ticket or its comments, in unix seconds.
    pub updated_at: i64,
    /// How many comments it has.
    pub comment_count: i64,
}

/// A ticket as its own page shows it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct TicketDetail {
    /// Primary key, also the number people quote.
    pub id: i64,
    /// One line that says what is wrong.
    pub subject: String,
    /// The whole story; plain text with line breaks.
    pub body: String,
    /// Whether it still needs work.
    pub status: TicketStatus,
    /// How soon it needs work.
    pub priority: Priority,
    /// How many people can't work because of it, if that is known.
    pub affected: Option<u32>,
    /// Name of the user who opened it.
    pub requester: String,
    /// When it was opened, in unix seconds.
    pub created_at: i64,
    /// Last change of the ticket or its comments, in unix seconds.
    pub updated_at: i64,
    /// Oldest first.
    pub comments: Vec<Comment>,
    /// Files that came with it.
    pub attachments: Vec<Attachment>,
}

impl TicketDetail {
    /// What can be edited of it.
    #[must_use]
    pub fn content(&self) -> Content {
        Content {
            subject: self.subject.clone(),
            body: self.body.clone(),
            priority: self.priority,
            affected: self.affected,
        }
    }
}

/// One remark on a ticket.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Comment {
    /// Primary key.
    pub id: i64,
    /// The user who wrote it.
    pub author_id: i64,
    /// That user's name.
    pub author: String,
    /// Plain text with line breaks.
    pub body: String,
    /// When it was written, in unix seconds.
    pub created_at: i64,
    /// Files that came with it.
    pub attachments: Vec<Attachment>,
}

/// A file of a ticket or of a comment; its content is at `/attachments/ID`.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Attachment {
    /// Primary key.
    pub id: i64,
    /// As whoever sent it named it.
    pub file_name: String,
    /// What it is.
    pub content_type: String,
    /// In bytes.
    pub size: i64,
}

/// How many tickets there are of each status.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TicketCounts {
    /// Tickets that need work.
    pub open: i64,
    /// Tickets that are done.
    pub closed: i64,
}

/// Whether a ticket still needs work; its names in forms and for people come from [`FormChoice`].
#[derive(FormChoice, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum TicketStatus {
    /// It does.
    Open,
    /// It doesn't.
    Closed,
}

impl TicketStatus {
    /// Every status, in the order people expect.
    pub const ALL: [Self; 2] = [Self::Open, Self::Closed];

    /// The name in the database and in class names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl FromStr for TicketStatus {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        by_name(&Self::ALL, |status| status.as_str(), name)
    }
}

/// How soon a ticket needs work; its names in forms and for people come from [`FormChoice`].
#[derive(FormChoice, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// When there is nothing else to do.
    Low,
    /// In its turn.
    #[default]
    Normal,
    /// Today.
    High,
    /// Now.
    Urgent,
}

impl Priority {
    /// Every priority, from the calmest to the most pressing.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The name in the database and in class names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

impl FromStr for Priority {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        by_name(&Self::ALL, |priority| priority.as_str(), name)
    }
}

/// What an account may do.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Open, discuss and close tickets.
    Member,
    /// All that, and run the desk.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 2] = [Self::Member, Self::Admin];

    /// The name in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        by_name(&Self::ALL, |role| role.as_str(), name)
    }
}

/// A status, priority or role of that name doesn't exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName(String);

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown name {:?}", self.0)
    }
}

impl Error for UnknownName {}

fn by_name<T: Copy>(
    all: &[T],
    as_str: fn(T) -> &'static str,
    name: &str,
) -> Result<T, UnknownName> {
    all.iter()
        .copied()
        .find(|&value| as_str(value) == name)
        .ok_or_else(|| UnknownName(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_as_what_they_name() {
        for status in TicketStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        for priority in Priority::ALL {
            assert_eq!(priority.as_str().parse(), Ok(priority));
        }
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
    }

    #[test]
    fn other_names_are_refused() {
        for name in ["", "Open", " open", "open\0", "opened", "ＯＰＥＮ"] {
            assert_eq!(name.parse::<TicketStatus>(), Err(UnknownName(name.to_owned())));
        }
    }
}
