//! A form with files of every kind.

use formwork::prelude::*;
use leptos::prelude::*;

use super::{Desk, Member};

#[derive(Form, Validate, Clone, Debug)]
pub struct NewPicture {
    #[garde(length(chars, min = 1, max = 20))]
    pub title: String,
    #[garde(skip)]
    #[field(accept = "image/png, text/plain", max_size = "100 kB")]
    pub picture: Upload,
    #[garde(skip)]
    pub frame: Option<Upload>,
    #[garde(skip)]
    #[field(max_size = "1 kB", max_files = 2, max_total = "1500 B")]
    pub notes: Vec<Upload>,
}

/// Says what has come.
#[action(public)]
pub async fn hang(cx: ActionCx, form: NewPicture) -> ActionResult<Vec<String>> {
    let desk = cx.state::<Desk>();
    desk.record("hang");
    desk.gate().pass().await;
    let mut seen = Vec::new();
    for file in [form.picture].iter().chain(&form.frame).chain(&form.notes) {
        let mut copied = Vec::new();
        file.copy_to(&mut copied).await?;
        assert_eq!(copied, file.bytes().await?, "it can be read again");
        let text = String::from_utf8_lossy(&copied[..copied.len().min(20)]).into_owned();
        let (name, kind, size) = (file.file_name(), file.content_type(), file.size());
        seen.push(format!("{name} {kind} {size} {text}"));
    }
    Ok(seen)
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Loan {
    #[garde(skip)]
    #[field(max_size = "300 MB")]
    pub contract: Upload,
}

/// For members, with a large file; it is saved where `x-save-to` says.
#[action(guard = Member)]
pub async fn lend(cx: ActionCx<Member>, form: Loan) -> ActionResult<u64> {
    cx.state::<Desk>().record("lend");
    if let Some(path) = cx.parts().headers.get("x-save-to").and_then(|path| path.to_str().ok()) {
        form.contract.save_to(path).await?;
    }
    Ok(form.contract.size())
}

#[component]
pub fn Gallery() -> impl IntoView {
    let hang = use_action_state(Hang);
    let lend = use_action_state(Lend);
    let fields = hang.fields();
    view! {
        <Form state=hang attr:id="hang">
            <input {..fields.title.input()}/>
            <FieldIssues field=fields.title/>
            <input {..fields.picture.input()}/>
            <FieldIssues field=fields.picture/>
            <input {..fields.frame.input()}/>
            <FieldIssues field=fields.frame/>
            <input {..fields.notes.input()}/>
            <FieldIssues field=fields.notes/>
            <SubmitButton>"Hang"</SubmitButton>
        </Form>
        <ul id="hung">
            {move || hang.value().unwrap_or_default().into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}
        </ul>
        <Form state=lend attr:id="lend">
            <input {..lend.fields().contract.input()}/>
            <FieldIssues field=lend.fields().contract/>
            <SubmitButton>"Lend"</SubmitButton>
        </Form>
    }
}
