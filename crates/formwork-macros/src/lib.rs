//! Formwork's macros. Each is a small compiler: parse → model → check → expand.
//!
//! - `model.rs` parses and checks: it reports every mistake at once, each at its place and with
//!   what to write instead, and keeps what it could understand.
//! - `expand.rs` turns the model into code. After a mistake it still emits the items that other
//!   code refers to, so that one error doesn't bring fifty.
//!
//! The output names nothing but `::formwork::__private::*`.

use proc_macro::TokenStream;

mod action;
mod choice;
mod errors;
mod form;
mod function;
mod guarded;
mod names;
mod options;
mod query;
#[cfg(test)]
mod testing;

/// Makes an async function an action: what a form is submitted to.
///
/// ```ignore
/// /// Adds a comment to the conversation.
/// #[action(guard = Member)]
/// pub async fn add_comment(cx: ActionCx<Member>, form: NewComment) -> ActionResult<CommentId> {
///     Ok(db(&cx).insert_comment(cx.guard().id, form).await?)
/// }
/// ```
///
/// This makes `AddComment`, the handle that a component names: `use_action_state(AddComment)`. The
/// function itself exists on the server only; neither its body nor what it imports reaches the
/// browser.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `public` | anyone may run it; the context is `ActionCx` |
/// | `guard = Type` | whoever passes the guard `Type` may run it; the context is `ActionCx<Type>` |
/// | `id = "…"` | the action's id, instead of its path in the source |
/// | `was = "…"` | an id that it had in an older build: what a page of that build sends is not run, but filled in again; may stand there several times |
/// | `throttle = "10/minute"` | how often one visitor may run it: by the guard's `subject`, else by address |
/// | `body_limit = 5 * 1024 * 1024` | the most bytes of a submission, instead of the setting |
/// | `idempotent` | running it twice is as running it once, so that its outcome is not recorded: signing in, say |
/// | `order = latest` | a submission takes the place of those of this action that still wait to be sent |
/// | `order = parallel` | a submission is sent at once, whatever else is under way |
/// | `time_limit = 60` | how many seconds it may take, instead of the setting |
/// | `wrap = function` | a function that is given the context and the handler (`Next`): a transaction, a measurement |
///
/// One of `public` and `guard` must be declared. The form parameter may be left out for an action
/// that needs no fields.
///
/// With a parameter `reports: Reports<T>` it is a streaming action: what it reports while it runs shows
/// on the page as it comes, and it is stopped when its visitor goes away.
#[proc_macro_attribute]
pub fn action(options: TokenStream, item: TokenStream) -> TokenStream {
    action::action(options.into(), item.into()).into()
}

/// Makes an async function a query: what a component reads.
///
/// ```ignore
/// /// A ticket with its comments.
/// #[query(public, tags("tickets", "ticket:{id}"))]
/// pub async fn ticket(id: i64) -> QueryResult<TicketPage> {
///     Ok(db().ticket(id).await?)
/// }
/// ```
///
/// Called by its name, `ticket(42)`, the query is a value, `TicketQuery { id: 42 }`, that a
/// component reads with `use_query`. The body exists on the server only. It may take a
/// `cx: QueryCx<Guard>` before its arguments.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `public` | anyone may read it; the context is `QueryCx` |
/// | `guard = Type` | whoever passes the guard `Type` may read it; the context is `QueryCx<Type>` |
/// | `tags("…", …)` | what it depends on; `{argument}` stands for an argument's value |
/// | `id = "…"` | the query's id, instead of its path in the source |
/// | `cache(minutes = 5)` | its value is kept and shared by everyone who may read it; see below |
/// | `live` | a component that shows it follows what others change |
///
/// One of `public` and `guard` must be declared.
///
/// # `cache(…)`
///
/// The query's value is computed once for all who ask at a time, and kept until one of its tags is
/// invalidated, or its life is over. Its guard is asked at every read, so that only those share the
/// value whom it lets pass. A query that looks at its visitor (a cookie, a header, what the guard
/// proved) is not cached, and the log says so.
///
/// | option | meaning |
/// |---|---|
/// | `seconds = n`, `minutes = n`, `hours = n`, `days = n` | so long it is fresh: served as it is |
/// | `stale = "10 minutes"` | so long after that it is served while it is computed anew in the background; not at all unless declared |
/// | `expire = "1 day"` | so long in all it is kept, to be served if computing it anew fails |
///
/// ```ignore
/// #[query(public, tags("tickets"), cache(minutes = 5, stale = "10 minutes", expire = "1 day"))]
/// pub async fn open_tickets(cx: QueryCx) -> QueryResult<u64> { … }
/// ```
#[proc_macro_attribute]
pub fn query(options: TokenStream, item: TokenStream) -> TokenStream {
    query::query(options.into(), item.into()).into()
}

/// Makes a struct a form: read, validated and written field by field.
///
/// ```ignore
/// #[derive(Form, Validate, Clone, Debug)]
/// pub struct SignIn {
///     #[garde(length(chars, min = 3))]
///     pub email: String,
///     #[garde(skip)]
///     #[field(secret)]
///     pub password: String,
/// }
/// ```
///
/// Every field's type is a `FormField`. The rules come from garde's `Validate`, which is derived
/// beside it. `SignInFields` is made too: one typed handle for each field, as visible as the field.
///
/// # Options of `#[field(…)]`
///
/// | option | meaning |
/// |---|---|
/// | `secret` | never echoed, logged or stored |
/// | `name = "…"` | the name in the form, instead of the field's own |
/// | `was = "…"` | a name that it had in an older build: what a page of that build sends is filled in; may stand there several times |
/// | `label = "…"` | what a visitor knows it by, instead of its name as words |
/// | `type = "…"` | the type of its `<input>`: `search`, `tel`, `password`, `hidden`, `range` or `text` |
/// | `inputmode = "…"` | which keyboard suits: `numeric`, `email` and so on |
/// | `autocomplete = "…"` | what the browser may fill in: `email`, `street-address` and so on |
///
/// The rules of garde become constraints of the control (`required`, `minlength`, `max` and so on),
/// where HTML can say them: never stricter than the rule.
///
/// `#[form(preflight = false)]` at the struct keeps the code of its rules out of the client: then only
/// the server checks them.
#[proc_macro_derive(Form, attributes(field, form))]
pub fn form(item: TokenStream) -> TokenStream {
    form::form(item.into()).into()
}

/// Makes a struct a form in steps, each field of which is a form of its own.
///
/// ```ignore
/// #[derive(Wizard, Validate, Clone, Debug)]
/// pub struct Report {
///     #[garde(dive)]
///     pub what: What,
///     #[garde(dive)]
///     #[step(when = is_outage)]
///     pub outage: Option<Outage>,
///     #[garde(dive)]
///     pub contact: Contact,
/// }
///
/// /// Looks at the steps before it; those behind it are blank.
/// fn is_outage(report: &Report) -> bool {
///     report.what.kind == Kind::Outage
/// }
/// ```
///
/// It takes the place of `Form`: an action receives the struct, and runs when the last step is sent.
/// `ReportStep` is made as well, an enum with a variant for each field, and what `Form` makes.
///
/// # Options of `#[step(…)]`
///
/// | option | meaning |
/// |---|---|
/// | `when = function` | the step is asked if `fn(&Report) -> bool` says so, by the answers before it; the field is an `Option` |
///
/// An `Option` without `when` is a step that may be left blank. `#[field(label = "…")]` and the other
/// options of a field that is a struct are as in `Form`.
#[proc_macro_derive(Wizard, attributes(field, form, step))]
pub fn wizard(item: TokenStream) -> TokenStream {
    form::wizard(item.into()).into()
}

/// Makes an enum the choices of a `<select>` or of radio buttons.
///
/// ```ignore
/// #[derive(FormChoice, Clone, Copy, PartialEq, Debug)]
/// pub enum Priority {
///     Low,
///     #[choice(label = "As usual")]
///     Normal,
///     VeryHigh, // value "very-high", label "Very high"
/// }
/// ```
///
/// # Options of `#[choice(…)]`
///
/// | option | meaning |
/// |---|---|
/// | `value = "…"` | the value in the form, instead of the variant's name in kebab case |
/// | `label = "…"` | what a visitor sees, instead of the variant's name as words |
#[proc_macro_derive(FormChoice, attributes(choice))]
pub fn form_choice(item: TokenStream) -> TokenStream {
    choice::choice(item.into()).into()
}
