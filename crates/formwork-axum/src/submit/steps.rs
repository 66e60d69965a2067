//! A form in steps: what was answered before travels sealed in the page, and is put together here.
//!
//! 1. After the body was read, the answers of the other steps are opened ([`open`]): whatever becomes
//!    of the submission, nothing of them is lost.
//! 2. Between the guard and the throttle ([`go_on`]) a step is left. Forward, it must be sound (422);
//!    back, it may be as it is. Nothing is run; the page shows the next step, and everything entered
//!    so far is sealed for it.
//! 3. When the last step is left forward, the steps are one form, and the submission goes on as any
//!    other: its rules are checked once more, as a whole.
//!
//! What is sealed opens for the same action and form alone, and, where the guard names the visitor, for
//! that visitor. Secrets and files are never in it: they stand in the last step only.
//!
//! All that is sent on the way from the first step to the last has one submission id, the first one's,
//! so that the form is one submission however often its last step is sent.

use formwork_core::{
    ActionError, FieldSpec, Issues, step_of,
    wire::{self, AtStep, Button},
};
use serde::{Deserialize, Serialize};

use super::{Ended, Submission, answer, parse, unseal};
use crate::{
    refusal::Refusal,
    seal::{Opened, Purpose},
};

/// Where a submission of a form in steps is.
pub(crate) struct Steps {
    /// The step's name.
    at: String,
    /// Whether the page is to show another step than it did.
    moved: bool,
    came: Came,
    /// The submission's id, by that of the first step.
    id: Option<String>,
    /// Who alone may go on with it.
    owner: Option<String>,
}

/// How what was answered before has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    /// Not at all: it is the first step.
    Nothing,
    Sealed,
    /// It did not open.
    Refused(Refusal),
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    #[serde(rename = "s")]
    at: String,
    #[serde(rename = "e")]
    entries: Vec<(String, String)>,
    #[serde(rename = "i", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
}

/// Opens what was answered before. A button that brings an action of its own does not send the steps.
pub(super) fn open(submission: &mut Submission) {
    if is_brought(submission) {
        return;
    }
    let entries = &submission.entries;
    let Some(text) = entries.last(wire::STEPS).filter(|text| !text.is_empty()) else { return };
    let last = |name| entries.last(name).unwrap_or_default();
    let context = context(last(wire::ACTION), last(wire::SHAPE));
    let refused = match submission.site.keys().open(Purpose::Steps, &context, text) {
        Opened::Text(json) => match serde_json::from_slice::<Sealed>(&json) {
            Ok(sealed) => return put_together(submission, sealed),
            Err(_) => Refusal::StepsForged,
        },
        Opened::UnknownKey => Refusal::StepsKeyGone,
        Opened::Forged => Refusal::StepsForged,
    };
    // What was typed says which step it was.
    let typed = entries.iter().find(|(name, _)| !wire::is_reserved(name));
    let at = typed.map(|(name, _)| step_of(name).to_owned()).unwrap_or_default();
    let (came, id, owner) = (Came::Refused(refused), None, None);
    submission.steps = Some(Steps { at, moved: false, came, id, owner });
}

fn put_together(submission: &mut Submission, sealed: Sealed) {
    let Sealed { at, entries, id, owner } = sealed;
    let sent = std::mem::take(&mut submission.entries);
    // A page that was loaded anew asks for the step that it showed, without sending any of it.
    let resumed = sent.last(wire::STEP).and_then(|step| step.strip_prefix(wire::AS_ANSWERED));
    let at = resumed.map_or(at, str::to_owned);
    let stays = resumed.is_some() && !sent.iter().any(|(name, _)| step_of(name) == at);
    submission.entries = sent.with_steps(&entries, if stays { "" } else { &at });
    submission.entries.note_step(&at);
    submission.steps = Some(Steps { at, moved: false, came: Came::Sealed, id, owner });
}

/// Leaves the step that was sent; `None` if it was the last one, or if the form has none.
pub(super) fn go_on(submission: &mut Submission) -> Result<Option<Ended>, ActionError> {
    let action = submission.def();
    let Some(of_form) = action.steps else { return Ok(None) };
    let button = submission.entries.last(wire::STEP).map(str::to_owned);
    if submission.steps.is_none() {
        return Ok(None);
    }
    let at = position(action.fields, &here(submission));
    submission.entries.note_step(action.fields[at].name);
    let asked = of_form.asked(&submission.entries);
    let resumed = button.as_deref().and_then(|name| name.strip_prefix(wire::AS_ANSWERED));
    let to = match resumed.or(button.as_deref()) {
        Some(name) => {
            let named = action.fields.iter().position(|field| field.name == name);
            Some(named.ok_or(Refusal::NoSuchStep)?)
        }
        None => None,
    };
    // Back, or where it is: as it is.
    if let Some(to) = to.filter(|to| *to <= at) {
        // Whoever asks for a step by its name has come past those before it.
        let open =
            |step: &usize| *step < to && !of_form.check(&submission.entries, *step).is_empty();
        let first = asked.into_iter().find(open).filter(|_| resumed.is_some());
        return show(submission, first.unwrap_or(to)).map(Some);
    }
    let ahead = asked.iter().copied().filter(|step| *step > at);
    let until = ahead.clone().find(|step| to.is_none_or(|to| *step >= to));
    // What another build has asked for may not be asked any more.
    let here = asked.contains(&at).then_some(at);
    for step in here.into_iter().chain(ahead.take_while(|step| Some(*step) < until)) {
        let issues = parse::speaking(submission, || of_form.check(&submission.entries, step));
        if !issues.is_empty() {
            stop_at(submission, step);
            return Err(ActionError::from_issues(issues));
        }
    }
    until.map(|next| show(submission, next)).transpose()
}

/// What the page is told of the steps, after anything but a success; `issues` are those that it shows.
pub(super) fn told(submission: &Submission, issues: &Issues, to_client: bool) -> Option<AtStep> {
    let action = submission.action?;
    let steps = action.steps?;
    let at = position(action.fields, &here(submission));
    let first = issues.iter().find(|issue| !issue.path.is_empty());
    let wrong = first.and_then(|issue| find(action.fields, step_of(&issue.path)));
    let show = wrong.unwrap_or(at);
    let moved = show != at || submission.steps.as_ref().is_some_and(|steps| steps.moved);
    let asked = steps.asked(&submission.entries).into_iter();
    Some(AtStep {
        at: action.fields[show].name.to_owned(),
        asked: asked.map(|step| action.fields[step].name.to_owned()).collect(),
        sealed: if moved { None } else { as_it_came(submission) }
            .unwrap_or_else(|| seal(submission, action.fields[show].name)),
        kept: (moved && to_client).then(|| answer::kept(submission)),
    })
}

/// The page shows this step next, if what was entered so far fits into it.
fn show(submission: &mut Submission, to: usize) -> Result<Ended, ActionError> {
    let action = submission.def();
    // Which of several forms it is, the page must know as well.
    unseal::open(submission)?;
    let name = action.fields[to].name;
    let limit = action.limits.body.unwrap_or(submission.site.config().body_limit);
    if seal(submission, name).len() > limit / 2 {
        return Err(Refusal::StepsTooLarge.into());
    }
    stop_at(submission, to);
    if let Some(steps) = &mut submission.steps {
        steps.moved = true;
    }
    Ok(Ended::Step)
}

fn stop_at(submission: &mut Submission, step: usize) {
    let name = submission.def().fields[step].name;
    if let Some(steps) = &mut submission.steps {
        steps.moved |= steps.at != name;
        name.clone_into(&mut steps.at);
    }
}

/// Whoever began it goes on with it; nothing to be asked of a submission that has all steps at once.
pub(super) fn own(submission: &mut Submission) -> Result<(), ActionError> {
    let whole = submission.entries.last(wire::STEP) == Some(wire::ALL_STEPS);
    if submission.def().steps.is_none() || whole || is_brought(submission) {
        submission.steps = None;
        return Ok(());
    }
    let proof = submission.proof.as_ref().expect("the guard step comes before");
    let subject = (submission.def().subject)(proof);
    let first = here(submission);
    let id = submission.id().map(str::to_owned);
    let steps = submission.steps.get_or_insert_with(|| Steps {
        at: first,
        moved: false,
        came: Came::Nothing,
        id,
        owner: subject.clone(),
    });
    if let Came::Refused(refusal) = steps.came {
        steps.owner = subject;
        return Err(refusal.into());
    }
    if steps.owner.is_some() && steps.owner != subject {
        // Nothing of what was opened is theirs to see.
        let at = std::mem::take(&mut steps.at);
        let (came, id) = (Came::Refused(Refusal::StepsForged), None);
        let entries = std::mem::take(&mut submission.entries);
        let sent = |name: &str| wire::is_reserved(name) || step_of(name) == at;
        submission.entries = entries
            .iter()
            .filter(|(name, _)| sent(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        submission.steps = Some(Steps { at, moved: false, came, id, owner: subject });
        return Err(Refusal::StepsForged.into());
    }
    steps.owner = subject;
    Ok(())
}

/// Whether a button of another form brought the action, and so the fields of that form.
fn is_brought(submission: &Submission) -> bool {
    submission.entries.last(wire::ACTION).and_then(Button::parse).is_some()
}

/// The step that was sent; the first one where nothing says it.
fn here(submission: &Submission) -> String {
    let first = || submission.action.and_then(|action| action.fields.first());
    match &submission.steps {
        Some(steps) => steps.at.clone(),
        None => first().map_or_else(String::new, |first| first.name.to_owned()),
    }
}

fn position(fields: &[FieldSpec], name: &str) -> usize {
    find(fields, name).unwrap_or_default()
}

/// By its old names, too: the page may be of another build.
fn find(fields: &[FieldSpec], name: &str) -> Option<usize> {
    let now = fields.iter().position(|field| field.name == name);
    now.or_else(|| fields.iter().position(|field| field.was.contains(&name)))
}

/// What the page has, where it is still right for what it shows.
fn as_it_came(submission: &Submission) -> Option<String> {
    let action = submission.action?;
    let sent = |name| submission.entries.last(name).unwrap_or_default();
    match submission.steps.as_ref().map_or(Came::Nothing, |steps| steps.came) {
        Came::Refused(_) => None,
        // Answers of other steps can have come from the page of another build only.
        Came::Nothing => {
            let first = here(submission);
            let fields = submission.entries.iter().filter(|(name, _)| !wire::is_reserved(name));
            fields.map(|(name, _)| step_of(name)).all(|step| step == first).then(String::new)
        }
        Came::Sealed => {
            let of_build = context(action.id, &action.shape.to_string());
            let came = context(sent(wire::ACTION), sent(wire::SHAPE));
            (of_build == came).then(|| sent(wire::STEPS).to_owned())
        }
    }
}

fn seal(submission: &Submission, at: &str) -> String {
    let steps = submission.steps.as_ref();
    let sealed = Sealed {
        at: at.to_owned(),
        entries: answer::kept(submission),
        id: steps.and_then(|steps| steps.id.clone()),
        owner: steps.and_then(|steps| steps.owner.clone()),
    };
    let json = serde_json::to_vec(&sealed).expect("names and values are plain data");
    let action = submission.def();
    let context = context(action.id, &action.shape.to_string());
    submission.site.keys().seal(Purpose::Steps, &context, &json)
}

/// The seal is tied to the action and to what its form is.
pub(crate) fn context(action: &str, shape: &str) -> Vec<u8> {
    [action, "@", shape].concat().into_bytes()
}

impl Steps {
    /// The id of the submission that all steps are.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

/// Whether what was answered before did not open.
pub(super) fn is_shut(submission: &Submission) -> bool {
    let came = submission.steps.as_ref().map(|steps| steps.came);
    matches!(came, Some(Came::Refused(_)))
}

/// Whether an entry tells one rendering of the form from another, and nothing of what was entered.
pub(super) fn is_of_rendering(name: &str) -> bool {
    matches!(name, wire::STEPS | wire::SUBMISSION)
}
