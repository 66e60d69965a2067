//! Reporting an incident: what is asked, step by step, and the ticket that comes of it.

use formwork::{LocalDateTime, prelude::*};

use crate::tickets::not_blank;
#[cfg(feature = "ssr")]
use crate::{model::Priority, session::Member, store};

// guide: form
/// What somebody says of an incident.
#[derive(Wizard, Validate, Clone, Debug)]
pub(crate) struct Report {
    /// What happened.
    #[garde(dive)]
    #[field(label = "What happened")]
    pub(crate) what: What,
    /// What strangers may have seen.
    #[garde(dive)]
    #[field(label = "What was exposed")]
    #[step(when = is_about_security)]
    pub(crate) exposure: Option<Exposure>,
    /// Whom it keeps from working.
    #[garde(dive)]
    #[field(label = "Who is affected")]
    pub(crate) impact: Impact,
    /// How to ask back, below a review of all this.
    #[garde(dive)]
    #[field(label = "Contact and review")]
    pub(crate) contact: Contact,
}
// guide: end

// guide: form
fn is_about_security(report: &Report) -> bool {
    report.what.kind == Kind::Security
}
// guide: end

/// What happened.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct What {
    /// What it looks like.
    #[garde(skip)]
    #[field(label = "What is it?")]
    pub(crate) kind: Kind,
    /// In a line.
    #[garde(length(chars, min = 3, max = 120), custom(not_blank))]
    #[field(label = "In one line", autocomplete = "off")]
    pub(crate) summary: String,
    /// The whole story.
    #[garde(length(chars, min = 1, max = 8_000), custom(not_blank))]
    #[field(label = "What did you see?")]
    pub(crate) story: String,
    /// As far as it is known.
    #[garde(skip)]
    #[field(label = "Since when? (optional)")]
    pub(crate) since: Option<LocalDateTime>,
}

/// What an incident looks like.
#[derive(FormChoice, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// It is gone.
    #[choice(label = "Something does not work at all")]
    Outage,
    /// It is there.
    #[choice(label = "Something works badly or slowly")]
    Trouble,
    /// Somebody saw what they should not have.
    #[choice(label = "Somebody got at data or accounts")]
    Security,
}

/// What strangers may have seen.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Exposure {
    /// Whose data.
    #[garde(length(chars, min = 3, max = 1_000), custom(not_blank))]
    #[field(label = "Which data or accounts?")]
    pub(crate) data: String,
    /// Whether it is over.
    #[garde(skip)]
    #[field(label = "It is still going on")]
    pub(crate) ongoing: bool,
}

/// Whom it keeps from working.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Impact {
    /// Roughly.
    #[garde(skip)]
    #[field(label = "Who can't work as usual?")]
    pub(crate) reach: Reach,
    /// Their number, if it is known.
    #[garde(range(min = 1, max = 100_000))]
    #[field(
        type = "text",
        inputmode = "numeric",
        autocomplete = "off",
        label = "How many people? (optional)"
    )]
    pub(crate) people: Option<u32>,
    /// What they do instead.
    #[garde(length(chars, max = 2_000))]
    #[field(label = "Is there a way around it? (optional)")]
    pub(crate) workaround: String,
}

/// How many people it is about.
#[derive(FormChoice, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reach {
    /// The one who says so.
    #[choice(label = "Just me")]
    Me,
    /// Some.
    #[choice(label = "My team")]
    Team,
    /// All.
    Everybody,
}

/// How to ask back.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Contact {
    /// A phone.
    #[garde(inner(length(chars, min = 3, max = 30)))]
    #[field(type = "tel", autocomplete = "tel", label = "Phone, for questions (optional)")]
    pub(crate) phone: Option<String>,
    /// Whether what was answered has been looked over.
    #[garde(custom(is_ticked))]
    #[field(label = "I have looked over what I answered")]
    pub(crate) reviewed: bool,
}

fn is_ticked(ticked: &bool, _: &()) -> garde::Result {
    if *ticked { Ok(()) } else { Err(garde::Error::new("Look it over, then tick this")) }
}

// guide: action
/// Opens a ticket that says all of it, and goes to its page.
#[action(guard = Member)]
pub(crate) async fn report_incident(cx: ActionCx<Member>, form: Report) -> ActionResult<()> {
    let new = store::tickets::NewTicketRow {
        subject: form.what.summary.clone(),
        body: story(&form),
        priority: priority(&form),
        affected: form.impact.people,
        submission: cx.submission_id().map(str::to_owned),
        files: store::attachments::NewFiles::default(),
    };
    let id = store::tickets::create(&cx.state(), cx.guard().user().id, new).await?;
    cx.update_tag("tickets");
    cx.redirect(format!("/tickets/{id}"));
    Ok(())
}
// guide: end

/// How soon it needs work.
#[cfg(feature = "ssr")]
fn priority(report: &Report) -> Priority {
    let ongoing = report.exposure.as_ref().is_some_and(|exposure| exposure.ongoing);
    match (report.what.kind, report.impact.reach) {
        _ if ongoing => Priority::Urgent,
        (Kind::Outage, Reach::Everybody) => Priority::Urgent,
        (Kind::Security, _) | (Kind::Outage, Reach::Team) | (_, Reach::Everybody) => Priority::High,
        _ => Priority::Normal,
    }
}

/// The text of the ticket.
#[cfg(feature = "ssr")]
fn story(report: &Report) -> String {
    let Report { what, exposure, impact, contact } = report;
    let mut lines = vec![what.kind.label().to_owned()];
    lines.extend(what.since.map(|since| format!("Since {}", since.to_string().replace('T', " "))));
    lines.extend([String::new(), what.story.trim().to_owned(), String::new()]);
    if let Some(Exposure { data, ongoing }) = exposure {
        let end = if *ongoing { "still going on" } else { "over, as far as is known" };
        lines.push(format!("Exposed ({end}): {}", data.trim()));
    }
    lines.push(format!("Affected: {}", impact.reach.label()));
    if !impact.workaround.trim().is_empty() {
        lines.push(format!("Way around it: {}", impact.workaround.trim()));
    }
    lines.extend(contact.phone.as_ref().map(|phone| format!("Phone: {phone}")));
    lines.join("\n")
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn report(kind: Kind, reach: Reach) -> Report {
        let (summary, story) = ("Mail is down".to_owned(), " It bounces.\n".to_owned());
        Report {
            what: What { kind, summary, story, since: None },
            exposure: None,
            impact: Impact { reach, people: None, workaround: String::new() },
            contact: Contact { phone: Some("112".to_owned()), reviewed: true },
        }
    }

    #[test]
    fn the_more_cannot_work_the_sooner() {
        let of = |kind, reach| priority(&report(kind, reach));
        assert_eq!(of(Kind::Outage, Reach::Everybody), Priority::Urgent);
        assert_eq!(of(Kind::Outage, Reach::Team), Priority::High);
        assert_eq!(of(Kind::Trouble, Reach::Me), Priority::Normal);
        assert_eq!(of(Kind::Security, Reach::Me), Priority::High);
        let exposure = Some(Exposure { data: "Mail".to_owned(), ongoing: true });
        let ongoing = Report { exposure, ..report(Kind::Security, Reach::Me) };
        assert_eq!(priority(&ongoing), Priority::Urgent);
    }

    #[test]
    fn the_ticket_says_what_was_answered() {
        let text = story(&report(Kind::Outage, Reach::Team));
        assert_eq!(
            text,
            "Something does not work at all\n\nIt bounces.\n\nAffected: My team\nPhone: 112"
        );
    }
}
