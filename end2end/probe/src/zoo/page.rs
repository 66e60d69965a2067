//! The page: the form with its controls, and the form with whatever a test puts into it.

use formwork::{Choices, Field, prelude::*};
use leptos::prelude::*;

use super::form::{Animal, Beast, Zoo};
#[cfg(feature = "ssr")]
use super::values::told;

/// Takes the form, and says what it has read.
#[action(public)]
pub(crate) async fn visit_zoo(_cx: ActionCx, form: Zoo) -> ActionResult<String> {
    Ok(told(&form))
}

/// The page.
#[component]
pub(crate) fn ZooPage() -> impl IntoView {
    let form = use_action_state(VisitZoo);
    let plain = form.keyed("plain");
    view! {
        <h1>"Zoo"</h1>
        <Form state=form reset=false attr:id="controls">
            <FormIssues/>
            {controls(form.fields())}
            <SubmitButton>"Visit"</SubmitButton>
        </Form>
        <pre id="controls-read">{move || form.value()}</pre>
        <h2>"By hand"</h2>
        // What stands in here a test writes: controls of no field, which hold any text.
        <Form state=plain reset=false attr:id="plain">
            <FormIssues/>
            <div data-fields></div>
            <SubmitButton>"Visit by hand"</SubmitButton>
        </Form>
        <pre id="plain-read">{move || plain.value()}</pre>
    }
}

fn controls(fields: ZooFieldsOf) -> impl IntoView {
    macro_rules! inputs {
        ($($name:ident)*) => { vec![$(input(fields.$name)),*] };
    }
    let inputs = inputs! {
        chars chars_of_const bytes simple utf16 optional secret ascii alphanumeric prefix suffix
        contains email email_as_text address color nick score small slider fine_slider signed
        number_as_text some wide signed_wide widest size float single decimal date month time moment
        picture files
    };
    let mut texts = vec![textarea(fields.text), textarea(fields.units_of_text)];
    texts.push(textarea(fields.bytes_of_text));
    view! {
        {inputs}
        {texts}
        <input {..fields.hidden.input()}/>
        <label><input {..fields.tick.checkbox()}/> {fields.tick.label()}</label>
        {group(fields.radio)}
        {group(fields.perhaps_radio)}
        {select(fields.select, fields.select.options(Beast::Bee).into_any())}
        {select(fields.perhaps_select, fields.perhaps_select.options_or("None").into_any())}
        {group(fields.ticks)}
        {select(fields.selects, fields.selects.options_or("").into_any())}
        {vec![input(fields.cage.name), input(fields.cage.floor)]}
        {vec![input(fields.perhaps_cage.name), input(fields.perhaps_cage.floor)]}
        <EachRow rows=fields.animals let:animal>{row(animal.fields)}</EachRow>
        <FieldIssues field=fields.animals/>
        <button {..fields.animals.add()}>"Add an animal"</button>
    }
    .into_any()
}

type ZooFieldsOf = <Zoo as formwork::FormFields>::Fields;

fn row(animal: <Animal as formwork::FormFields>::Fields) -> impl IntoView {
    vec![input(animal.name), input(animal.legs), group(animal.kinds)]
}

fn line<T: 'static>(field: Field<T>, control: AnyView) -> AnyView {
    view! {
        <p><label for=field.id()>{field.label()}</label> {control}</p>
        <FieldIssues field/>
    }
    .into_any()
}

fn input<T: 'static>(field: Field<T>) -> AnyView {
    line(field, view! { <input {..field.input()}/> }.into_any())
}

fn textarea<T: 'static>(field: Field<T>) -> AnyView {
    line(field, view! { <textarea {..field.textarea()}></textarea> }.into_any())
}

fn select<T: 'static>(field: Field<T>, options: AnyView) -> AnyView {
    line(field, view! { <select {..field.select()}>{options}</select> }.into_any())
}

fn group<T: Choices + 'static>(field: Field<T>) -> AnyView {
    let choice = |one: formwork::OneChoice<T>| {
        view! { <label><input {..one.input()}/> {one.label()}</label> }
    };
    view! {
        <fieldset {..field.group()}>
            <legend>{field.label()}</legend>
            {field.choices().map(choice).collect_view()}
            <FieldIssues field/>
        </fieldset>
    }
    .into_any()
}
