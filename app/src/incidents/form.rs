//! The page on which an incident is reported, step by step.

use formwork::{Choice, Field, prelude::*};
use leptos::prelude::*;
use leptos_meta::Title;

use super::report::{
    ContactFields, ExposureFields, ImpactFields, Kind, Report, ReportIncident, ReportStep,
    WhatFields,
};
use crate::session::SignedIn;

type Fields = <Report as formwork::FormFields>::Fields;

/// The page with the form.
#[component]
pub(crate) fn ReportPage() -> impl IntoView {
    view! {
        <SignedIn>
            <Title text="Report an incident"/>
            <h1>"Report an incident"</h1>
            <ReportForm/>
        </SignedIn>
    }
}

// guide: view
#[component]
fn ReportForm() -> impl IntoView {
    let form = use_action_state(ReportIncident);
    let fields = form.fields();
    let step = move || match form.step() {
        ReportStep::What => what(fields.what),
        ReportStep::Exposure => exposure(fields.exposure),
        ReportStep::Impact => impact(fields.impact),
        ReportStep::Contact => contact(form, fields),
    };
    let on = move || {
        let (label, pending) = match form.is_at_last_step() {
            true => ("Report it", "Reporting…"),
            false => ("Continue", "Checking…"),
        };
        view! { <SubmitButton pending>{label}</SubmitButton> }
    };
    view! {
        <StepList state=form label="Steps of the report"/>
        <Form state=form attr:class="card">
            <StepHeading state=form/>
            {step}
            <div class="actions">
                <BackButton attr:class="secondary">"Back"</BackButton>
                {on}
            </div>
        </Form>
    }
    .into_any()
}
// guide: end

fn what(fields: WhatFields) -> AnyView {
    view! {
        {radio(fields.kind)}
        <div class="field">
            <label for=fields.summary.id()>{fields.summary.label()}</label>
            <input {..fields.summary.input()}/>
            <FieldIssues field=fields.summary/>
        </div>
        <div class="field">
            <label for=fields.story.id()>{fields.story.label()}</label>
            <textarea rows="6" {..fields.story.textarea()}></textarea>
            <FieldIssues field=fields.story/>
        </div>
        <div class="field">
            <label for=fields.since.id()>{fields.since.label()}</label>
            <input {..fields.since.input()}/>
            <FieldIssues field=fields.since/>
        </div>
    }
    .into_any()
}

fn exposure(fields: ExposureFields) -> AnyView {
    view! {
        <div class="field">
            <label for=fields.data.id()>{fields.data.label()}</label>
            <textarea rows="3" {..fields.data.hinted().textarea()}></textarea>
            <p class="hint" id=fields.data.hint_id()>"Name no passwords: tickets can be read by all members."</p>
            <FieldIssues field=fields.data/>
        </div>
        <label class="choice"><input {..fields.ongoing.checkbox()}/> {fields.ongoing.label()}</label>
    }
    .into_any()
}

fn impact(fields: ImpactFields) -> AnyView {
    view! {
        {radio(fields.reach)}
        <div class="field">
            <label for=fields.people.id()>{fields.people.label()}</label>
            <input {..fields.people.input()}/>
            <FieldIssues field=fields.people/>
        </div>
        <div class="field">
            <label for=fields.workaround.id()>{fields.workaround.label()}</label>
            <textarea rows="3" {..fields.workaround.textarea()}></textarea>
            <FieldIssues field=fields.workaround/>
        </div>
    }
    .into_any()
}

fn contact(form: ActionState<ReportIncident>, fields: Fields) -> AnyView {
    let of_contact: ContactFields = fields.contact;
    view! {
        {review(form, fields)}
        <div class="field">
            <label for=of_contact.phone.id()>{of_contact.phone.label()}</label>
            <input {..of_contact.phone.input()}/>
            <FieldIssues field=of_contact.phone/>
        </div>
        <div class="field">
            <label class="choice">
                <input {..of_contact.reviewed.checkbox()}/> {of_contact.reviewed.label()}
            </label>
            <FieldIssues field=of_contact.reviewed/>
        </div>
    }
    .into_any()
}

/// What was answered in the steps before, each with a button to change it.
fn review(form: ActionState<ReportIncident>, fields: Fields) -> AnyView {
    let Fields { what, exposure, impact, .. } = fields;
    let kind = what.kind.entered();
    let about_what = vec![
        ("What is it?", kind.map(|kind| kind.label().to_owned())),
        ("In one line", Some(what.summary.value())),
        ("What you saw", Some(what.story.value())),
        ("Since", Some(what.since.value().replace('T', " "))),
    ];
    let about_exposure = vec![
        ("Which data or accounts", Some(exposure.data.value())),
        ("Still going on", exposure.ongoing.entered().map(yes_or_no)),
    ];
    let about_impact = vec![
        ("Who can't work", impact.reach.entered().map(|reach| reach.label().to_owned())),
        ("How many", Some(impact.people.value())),
        ("Way around it", Some(impact.workaround.value())),
    ];
    view! {
        {answers(form, ReportStep::What, "What happened", about_what)}
        {(kind == Some(Kind::Security))
            .then(|| answers(form, ReportStep::Exposure, "What was exposed", about_exposure))}
        {answers(form, ReportStep::Impact, "Who is affected", about_impact)}
    }
    .into_any()
}

fn answers(
    form: ActionState<ReportIncident>,
    step: ReportStep,
    title: &'static str,
    answers: Vec<(&'static str, Option<String>)>,
) -> AnyView {
    let told = answers.into_iter().filter_map(|(label, value)| {
        let value = value.filter(|value| !value.trim().is_empty())?;
        Some(view! { <div><dt>{label}</dt><dd>{value}</dd></div> })
    });
    view! {
        <section class="review">
            <h3>{title}</h3>
            <StepButton state=form to=step attr:class="secondary">
                "Change" <span class="visually-hidden">" " {title}</span>
            </StepButton>
            <dl>{told.collect_view()}</dl>
        </section>
    }
    .into_any()
}

fn yes_or_no(yes: bool) -> String {
    if yes { "Yes" } else { "No" }.to_owned()
}

/// Radio buttons for all choices.
fn radio<T: Choice>(field: Field<T>) -> AnyView {
    view! {
        <fieldset {..field.group()}>
            <legend>{field.label()}</legend>
            {field.choices().map(|choice| view! {
                <label class="choice"><input {..choice.input()}/> {choice.label()}</label>
            }).collect_view()}
            <FieldIssues field/>
        </fieldset>
    }
    .into_any()
}
