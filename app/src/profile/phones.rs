//! The phones of a profile: rows that are added, taken away and moved.

use formwork::{Rows, prelude::*};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

// guide: row
/// A phone.
#[derive(Form, Validate, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phone {
    /// Where it rings.
    #[garde(skip)]
    pub kind: PhoneKind,
    /// As it is dialled.
    #[garde(length(chars, min = 3, max = 30))]
    #[field(type = "tel", autocomplete = "tel")]
    pub number: String,
}
// guide: end

/// Where a phone rings.
#[derive(FormChoice, Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum PhoneKind {
    /// In a pocket.
    Mobile,
    /// On a desk.
    Desk,
}

// guide: rows
/// The rows, and a button for another.
#[component]
pub(super) fn Phones(
    /// The list.
    phones: Rows<Phone>,
) -> impl IntoView {
    view! {
        <fieldset class="stack">
            <legend>{phones.label()}</legend>
            <EachRow rows=phones let:phone>
                <div class="row">
                    <div class="field">
                        <label for=phone.fields.kind.id()>{phone.fields.kind.label()}</label>
                        <select {..phone.fields.kind.select()}>
                            {phone.fields.kind.options(PhoneKind::Mobile)}
                        </select>
                    </div>
                    <div class="field">
                        <label for=phone.fields.number.id()>{phone.fields.number.label()}</label>
                        <input {..phone.fields.number.input()}/>
                        <FieldIssues field=phone.fields.number/>
                    </div>
                    <button class="secondary" {..phone.up()}>"Move up"</button>
                    <button class="secondary" {..phone.remove()}>"Remove"</button>
                </div>
            </EachRow>
            <FieldIssues field=phones/>
            <div class="actions"><button class="secondary" {..phones.add()}>"Add a phone"</button></div>
        </fieldset>
    }
}
// guide: end
