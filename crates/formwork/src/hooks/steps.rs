//! Where a visitor is in a form in steps.

use formwork_core::{Action, Entries, FieldSpec, Form, Wizard, step_of, wire::AtStep};
use leptos::prelude::*;

use super::{ActionState, Scope};
use crate::half;

/// The state of a form in steps, beside that of its action: the steps by their positions.
pub(crate) struct StepState {
    fields: &'static [FieldSpec],
    at: ArcRwSignal<usize>,
    asked: ArcRwSignal<Vec<usize>>,
    /// What was answered so far, as the server sealed it.
    sealed: ArcRwSignal<String>,
}

impl StepState {
    /// As the page begins: at the first step, or where the submission that it answers has come to.
    pub(super) fn new(
        fields: &'static [FieldSpec],
        steps: formwork_core::Steps,
        posted: Option<&AtStep>,
    ) -> Self {
        let asked = ArcRwSignal::new(steps.asked(&Entries::default()));
        let (at, sealed) = (ArcRwSignal::new(0), ArcRwSignal::new(String::new()));
        let state = StepState { fields, at, asked, sealed };
        if let Some(posted) = posted {
            state.take(posted);
        }
        state
    }

    /// As the server says. The step before, if that is another one.
    pub(super) fn take(&self, told: &AtStep) -> Option<&'static str> {
        let before = self.name();
        let position = |name: &String| self.fields.iter().position(|field| field.name == *name);
        self.sealed.set(told.sealed.clone());
        self.asked.set(told.asked.iter().filter_map(position).collect());
        let at = position(&told.at).unwrap_or_default();
        let moved = self.at.get_untracked() != at;
        if moved {
            // What is typed in a step stays while it is shown.
            self.at.set(at);
        }
        moved.then_some(before)
    }

    /// At the first step again, with nothing answered.
    pub(super) fn restart(&self, steps: formwork_core::Steps) {
        let names = |at: usize| self.fields[at].name.to_owned();
        let asked = steps.asked(&Entries::default()).into_iter().map(names).collect();
        self.take(&AtStep { at: names(0), asked, ..AtStep::default() });
    }

    pub(super) fn name(&self) -> &'static str {
        self.fields[self.at.get_untracked()].name
    }

    pub(super) fn sealed(&self) -> String {
        self.sealed.get_untracked()
    }

    /// In the browser's history, the step that a page shows is an entry of its own.
    pub(super) fn note_in_history(&self, action: &str, form: &str, before: Option<&str>) {
        half::step_shown(action, form, self.name(), &self.sealed(), before);
    }
}

/// What was entered, if it is of the step that a field of this name is in; of a form without steps,
/// everything, and be it nothing.
pub(super) fn known<'a>(
    in_steps: bool,
    kept: Option<&'a [(String, String)]>,
    name: &str,
) -> Option<&'a [(String, String)]> {
    let of_its_step = |kept: &&[(String, String)]| {
        !in_steps || kept.iter().any(|(kept, _)| step_of(kept) == step_of(name))
    };
    kept.filter(of_its_step)
}

/// A step on the way through a form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepMark<S> {
    /// Which one.
    pub step: S,
    /// What a visitor knows it by: its field's label.
    pub label: &'static str,
    /// Where it is as seen from the step that is shown.
    pub place: StepPlace,
}

/// Where a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepPlace {
    /// It was answered before.
    Before,
    /// It is shown.
    Current,
    /// It comes later.
    Ahead,
}

impl<A: Action> ActionState<A>
where
    A::Form: Wizard,
{
    /// The step to show; reactive.
    pub fn step(self) -> <A::Form as Wizard>::Step {
        <A::Form as Wizard>::ALL[self.scope().step()]
    }

    /// The steps that this visitor is asked, by what is answered so far; reactive.
    pub fn steps(self) -> Vec<StepMark<<A::Form as Wizard>::Step>> {
        let at = self.scope().step();
        let mark = |step: usize| StepMark {
            step: <A::Form as Wizard>::ALL[step],
            label: <A::Form as Form>::FIELDS[step].label,
            place: match step.cmp(&at) {
                std::cmp::Ordering::Less => StepPlace::Before,
                std::cmp::Ordering::Equal => StepPlace::Current,
                std::cmp::Ordering::Greater => StepPlace::Ahead,
            },
        };
        self.scope().steps().into_iter().map(mark).collect()
    }

    /// Whether the step that is shown is the last one, so that its button sends the form; reactive.
    pub fn is_at_last_step(self) -> bool {
        self.scope().step() + 1 == <A::Form as Form>::FIELDS.len()
    }

    /// The name of a step's field, for a button that goes there.
    pub(crate) fn name_of(step: <A::Form as Wizard>::Step) -> &'static str {
        let at = <A::Form as Wizard>::ALL.iter().position(|other| *other == step);
        <A::Form as Form>::FIELDS[at.unwrap_or_default()].name
    }
}

impl Scope {
    pub(crate) fn step(self) -> usize {
        self.read(|cell| cell.steps.as_ref().map(|steps| steps.at.get()).unwrap_or_default())
    }

    pub(crate) fn step_untracked(self) -> usize {
        untrack(|| self.step())
    }

    pub(crate) fn steps(self) -> Vec<usize> {
        self.read(|cell| cell.steps.as_ref().map(|steps| steps.asked.get()).unwrap_or_default())
    }

    /// What was answered so far, sealed.
    pub(crate) fn sealed_steps(self) -> String {
        self.read(|cell| cell.steps.as_ref().map(|steps| steps.sealed.get()).unwrap_or_default())
    }

    /// The step that is shown: its name.
    pub(crate) fn step_shown(self) -> Option<&'static str> {
        let at = self.step();
        self.read(|cell| cell.steps.as_ref().map(|steps| steps.fields[at].name))
    }

    /// The step before the one that is shown: its name.
    pub(crate) fn step_before(self) -> Option<&'static str> {
        let at = self.step();
        let before = self.steps().into_iter().rfind(|step| *step < at)?;
        self.read(|cell| cell.steps.as_ref().map(|steps| steps.fields[before].name))
    }
}
