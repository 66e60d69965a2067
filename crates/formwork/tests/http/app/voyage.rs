//! A form in steps, for anyone and for those who have signed in.

use formwork::{Action, StepPlace, prelude::*};
use leptos::prelude::*;

use super::{Desk, signing::Guest};

/// Where to, the papers for it if it is abroad, what else, and who.
#[derive(Wizard, Validate, Clone, Debug)]
pub struct Voyage {
    #[garde(dive)]
    #[field(label = "Where to")]
    pub trip: Trip,
    /// Only for a trip abroad.
    #[garde(dive)]
    #[step(when = is_abroad)]
    pub papers: Option<Papers>,
    /// May be left blank.
    #[garde(dive)]
    pub extras: Option<Extras>,
    #[garde(dive)]
    pub person: Person,
}

fn is_abroad(voyage: &Voyage) -> bool {
    voyage.trip.abroad
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Trip {
    #[garde(length(chars, min = 2, max = 200_000))]
    pub city: String,
    #[garde(skip)]
    pub abroad: bool,
    #[garde(dive)]
    pub bags: Vec<Bag>,
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Bag {
    #[garde(range(max = 30))]
    pub kilos: u8,
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Papers {
    #[garde(length(chars, min = 4))]
    pub passport: String,
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Extras {
    #[garde(length(chars, min = 3))]
    pub meal: String,
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Person {
    #[garde(length(chars, min = 2))]
    pub name: String,
    #[garde(skip)]
    #[field(secret)]
    pub pin: String,
}

/// Whoever has signed in, by name.
pub struct Traveller(String);

impl Guard for Traveller {
    async fn check(cx: &GuardCx) -> ActionResult<Self> {
        Ok(Traveller(Guest::check(cx).await?.0))
    }

    fn subject(&self) -> Option<String> {
        Some(self.0.clone())
    }
}

/// Refuses what only it knows, at the field of an earlier step.
#[action(public, throttle = "6/minute")]
pub async fn book(cx: ActionCx, form: Voyage) -> ActionResult<String> {
    if form.trip.city == "Atlantis" {
        return Err(ActionError::invalid(Voyage::names().trip.city, "It is under water"));
    }
    cx.state::<Desk>().record("book");
    Ok(told(form))
}

#[action(guard = Traveller)]
pub async fn book_as(cx: ActionCx<Traveller>, form: Voyage) -> ActionResult<String> {
    cx.state::<Desk>().record("book_as");
    Ok(format!("{} for {}", told(form), cx.guard().0))
}

#[action(public, body_limit = 4096)]
pub async fn book_briefly(cx: ActionCx, form: Voyage) -> ActionResult<String> {
    cx.state::<Desk>().record("book_briefly");
    Ok(told(form))
}

fn told(form: Voyage) -> String {
    let Voyage { trip, papers, extras, person } = form;
    let kilos: Vec<u8> = trip.bags.iter().map(|bag| bag.kilos).collect();
    let (papers, extras) = (papers.map(|it| it.passport), extras.map(|it| it.meal));
    format!("{} {kilos:?} {papers:?} {extras:?} {} {}", trip.city, person.name, person.pin)
}

/// The form of each.
#[component]
pub fn Voyages() -> impl IntoView {
    view! {
        <VoyageForm id="book" state=use_action_state(Book)/>
        <VoyageForm id="book-as" state=use_action_state(BookAs)/>
        <VoyageForm id="book-briefly" state=use_action_state(BookBriefly)/>
    }
}

#[component]
fn VoyageForm<A>(id: &'static str, state: ActionState<A>) -> impl IntoView
where
    A: Action<Form = Voyage, Output = String>,
{
    let form = state.keyed(id);
    let fields = form.fields();
    let step = move || match form.step() {
        VoyageStep::Trip => view! {
            <input {..fields.trip.city.input()}/>
            <FieldIssues field=fields.trip.city/>
            <input {..fields.trip.abroad.checkbox()}/>
            <EachRow rows=fields.trip.bags let:bag>
                <input {..bag.fields.kilos.input()}/>
            </EachRow>
            <button class="add" {..fields.trip.bags.add()}>"Add a bag"</button>
        }
        .into_any(),
        VoyageStep::Papers => view! {
            <input {..fields.papers.passport.input()}/>
            <FieldIssues field=fields.papers.passport/>
        }
        .into_any(),
        VoyageStep::Extras => view! {
            <input {..fields.extras.meal.input_with("soup")}/>
            <FieldIssues field=fields.extras.meal/>
        }
        .into_any(),
        VoyageStep::Person => view! {
            <p class="review">{fields.trip.city.value()}</p>
            <StepButton state=form to=VoyageStep::Trip attr:class="change">"Change"</StepButton>
            <input {..fields.person.name.input()}/>
            <FieldIssues field=fields.person.name/>
            <input {..fields.person.pin.input()}/>
        }
        .into_any(),
    };
    let current = move || {
        let steps = form.steps();
        steps.iter().filter(|mark| mark.place == StepPlace::Current).count()
    };
    view! {
        <StepList state=form attr:id=format!("{id}-steps")/>
        <Form state=form attr:id=id attr:data-current=current>
            <StepHeading state=form/>
            {step}
            <BackButton attr:class="back">"Back"</BackButton>
            <SubmitButton attr:class="on">{move || if form.is_at_last_step() { "Book" } else { "On" }}</SubmitButton>
        </Form>
        <p id=format!("{id}-done")>{move || form.value()}</p>
    }
}
