//! A form in steps of which nothing has to be entered.

use formwork::prelude::*;
use leptos::prelude::*;

use super::Desk;

/// What everybody is asked, what those are who eat meat, what may be left blank, and the end.
#[derive(Wizard, Validate, Clone, Debug)]
pub struct Survey {
    #[garde(dive)]
    pub diet: Diet,
    /// Whoever ticks nothing is asked.
    #[garde(dive)]
    #[step(when = eats_meat)]
    pub meat: Option<Meat>,
    #[garde(dive)]
    pub wishes: Option<Wishes>,
    #[garde(dive)]
    pub end: End,
}

fn eats_meat(survey: &Survey) -> bool {
    !survey.diet.vegan
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Diet {
    #[garde(skip)]
    pub vegan: bool,
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Meat {
    #[garde(skip)]
    pub raw: bool,
    #[garde(length(chars, max = 10))]
    pub sauce: Option<String>,
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Wishes {
    #[garde(skip)]
    pub quiet: bool,
}

#[derive(Form, Validate, Clone, Debug)]
pub struct End {
    #[garde(length(chars, max = 10))]
    pub comment: Option<String>,
}

/// Says what has come.
#[action(public)]
pub async fn ask(cx: ActionCx, form: Survey) -> ActionResult<String> {
    cx.state::<Desk>().record("ask");
    let Survey { diet, meat, wishes, end } = form;
    let meat = meat.map(|meat| (meat.raw, meat.sauce));
    let quiet = wishes.map(|wishes| wishes.quiet);
    Ok(format!("{} {meat:?} {quiet:?} {:?}", diet.vegan, end.comment))
}

/// Two boxes are ticked at first.
#[component]
pub fn Surveys() -> impl IntoView {
    let state = use_action_state(Ask);
    let fields = state.fields_from(&Survey {
        diet: Diet { vegan: false },
        meat: Some(Meat { raw: true, sauce: None }),
        wishes: Some(Wishes { quiet: true }),
        end: End { comment: None },
    });
    let step = move || {
        match state.step() {
        SurveyStep::Diet => view! { <input {..fields.diet.vegan.checkbox()}/> }.into_any(),
        SurveyStep::Meat => view! {
            <input {..fields.meat.raw.checkbox()}/>
            <input {..fields.meat.sauce.input()}/>
        }
        .into_any(),
        SurveyStep::Wishes => view! { <input {..fields.wishes.quiet.checkbox()}/> }.into_any(),
        SurveyStep::End => view! {
            <p class="review">{move || format!("{:?} {:?}", fields.meat.raw.entered(), fields.wishes.quiet.entered())}</p>
            <input {..fields.end.comment.input()}/>
        }
        .into_any(),
    }
    };
    view! {
        <StepList state attr:id="ask-steps"/>
        <Form state attr:id="ask">
            <StepHeading state/>
            {step}
            <BackButton attr:class="back">"Back"</BackButton>
            <SubmitButton>"On"</SubmitButton>
        </Form>
        <p id="asked">{move || state.value()}</p>
    }
}
