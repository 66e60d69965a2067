//! `#[action]`: the handle for both sides, and the server's half.

use proc_macro2::TokenStream;

use crate::{errors::Errors, function, guarded::Kind};

mod expand;
mod limits;
mod model;
mod order;
mod reports;
mod was;
mod wrap;

/// Expands `#[action(options)] item`.
pub(crate) fn action(options: TokenStream, item: TokenStream) -> TokenStream {
    let function = match function::parse(Kind::Action, item) {
        Ok(function) => function,
        Err(refused) => return refused,
    };
    let mut errors = Errors::default();
    let action = model::Action::new(options, function, &mut errors);
    expand::expand(action, &errors)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::action;
    use crate::testing::{check_contains, check_messages};

    #[test]
    fn a_guarded_action() {
        let output = action(
            quote!(guard = auth::Member),
            quote! {
                /// Adds a comment.
                pub async fn add_comment(cx: ActionCx<Member>, form: NewComment) -> ActionResult<u64> {
                    Ok(1)
                }
            },
        );
        check_messages(&output, &[]);
        check_contains(&output, quote!(#[doc = r" Adds a comment."]));
        check_contains(
            &output,
            quote!(
                pub struct AddComment;
            ),
        );
        check_contains(
            &output,
            quote!(
                type Form = NewComment;
                type Output = u64;
            ),
        );
        check_contains(
            &output,
            quote!(
                type Guard = auth::Member;
            ),
        );
        check_contains(&output, quote!(guard: "auth::Member"));
        check_contains(&output, quote!("add_comment"));
    }

    #[test]
    fn a_function_may_stand_around_the_handler() {
        let action = |options| {
            action(
                options,
                quote!(
                    async fn pay(cx: ActionCx, form: Payment) -> ActionResult<u64> {}
                ),
            )
        };
        let output = action(quote!(public, wrap = db::in_transaction));
        check_messages(&output, &[]);
        check_contains(&output, quote!(db::in_transaction(cx, next)));
        check_contains(&output, quote!(::core::option::Option::Some("db::in_transaction")));
        check_messages(&action(quote!(public, wrap)), &["write `wrap = in_transaction`"]);
        check_messages(&action(quote!(public, wrap = "db")), &["write `wrap = in_transaction`"]);
    }

    #[test]
    fn s1_what_it_reports_is_a_parameter() {
        let action = |options, parameters| {
            action(options, quote!(async fn import(#parameters) -> ActionResult<u64> {}))
        };
        let output = action(
            quote!(public),
            quote!(cx: ActionCx, ticket: Bound<u64>, form: Import, told: formwork::Reports<SoFar>),
        );
        check_messages(&output, &[]);
        check_contains(
            &output,
            quote!(
                type Report = SoFar;
            ),
        );
        check_contains(
            &output,
            quote!(
                const STREAMS: bool = true;
            ),
        );
        check_contains(
            &output,
            quote!(import(cx, ::formwork::__private::opened(bound0), form, reports)),
        );
        let cx = quote!(cx: ActionCx);
        check_messages(&action(quote!(public), quote!(#cx, r: Reports)), &["say what it reports"]);
        check_messages(&action(quote!(public), quote!(#cx, r: &Reports<u8>)), &["by value"]);
        check_messages(
            &action(quote!(public, idempotent), quote!(#cx, a: Reports<u8>, b: Reports<u16>)),
            &["reports one type", "take `idempotent` away"],
        );
    }

    #[test]
    fn an_order_is_one_of_two() {
        let action = |options| {
            action(
                options,
                quote!(
                    async fn search(cx: ActionCx) -> ActionResult<()> {}
                ),
            )
        };
        let output = action(quote!(public, order = latest));
        check_messages(&output, &[]);
        check_contains(
            &output,
            quote!(
                const ORDER: ::formwork::__private::Order = ::formwork::__private::Order::Latest;
            ),
        );
        let message = "write `order = latest` (of those that wait only the latest is sent) or \
                       `order = parallel` (sent at once); without it they are sent one after the \
                       other";
        for options in [quote!(public, order = newest), quote!(public, order)] {
            check_messages(&action(options), &[message]);
        }
    }

    #[test]
    fn an_action_may_have_had_other_ids() {
        let action = |options| {
            action(
                options,
                quote!(
                    async fn pay(cx: ActionCx) -> ActionResult<()> {}
                ),
            )
        };
        let output = action(quote!(public, was = "tickets::pay", was = "shop.pay"));
        check_messages(&output, &[]);
        check_contains(
            &output,
            quote!(
                const WAS: &'static [&'static str] = &["tickets::pay", "shop.pay"];
            ),
        );
        let options =
            quote!(public, id = "pay", was = "pay", was = "a b", was = "x", was = "x", was);
        check_messages(
            &action(options),
            &[
                "`pay` is the action's id now: write the one that it had before",
                "an action's id travels in names and addresses",
                "`was = \"x\"` stands there twice",
                "write `was = \"…\"`",
            ],
        );
    }

    #[test]
    fn a_public_action_without_a_form() {
        let output = action(
            quote!(public, id = "session.end"),
            quote!(
                async fn sign_out(cx: ActionCx) -> Result<(), Error> {}
            ),
        );
        check_messages(&output, &[]);
        check_contains(
            &output,
            quote!(
                const ID: &'static str = "session.end";
            ),
        );
        check_contains(
            &output,
            quote!(
                type Form = ();
                type Output = ();
            ),
        );
        check_contains(&output, quote!(guard: "public"));
    }

    #[test]
    fn bound_values_come_between_the_context_and_the_form() {
        let output = action(
            quote!(guard = Member),
            quote!(
                async fn edit(
                    cx: ActionCx<Member>,
                    id: Bound<CommentId>,
                    form: Edited,
                ) -> ActionResult<()> {
                }
            ),
        );
        check_messages(&output, &[]);
        check_contains(
            &output,
            quote!(
                type Bound = (CommentId,);
            ),
        );
        check_contains(&output, quote!(fn bind(id: CommentId)));
        check_contains(
            &output,
            quote!(.field("", ::formwork::__private::Shape::new("CommentId"), true)),
        );
        assert!(!output.to_string().contains("Unbound"));

        let misplaced = action(
            quote!(public),
            quote!(
                async fn edit(
                    cx: ActionCx,
                    form: Edited,
                    id: Bound<CommentId>,
                ) -> ActionResult<()> {
                }
            ),
        );
        check_messages(&misplaced, &["the context comes first, then the `Bound` values"]);
    }

    #[test]
    fn all_mistakes_at_once_and_still_a_handle() {
        let output = action(
            quote!(id = "", limit = 3),
            quote!(
                pub fn add<T>(form: NewComment, more: T, most: T) -> Option<T> {}
            ),
        );
        check_messages(
            &output,
            &[
                "can't be empty",
                "has no option `limit`: it takes `public`, `guard`, `id`, `throttle`, `body_limit`, `time_limit`, `idempotent`, `wrap`, `order` and `was`",
                "declare who may run this action",
                "write `async fn add`",
                "can't be generic",
                "or `Result<T, E>`",
                "an action takes its context first: write `cx: ActionCx`",
                "an action takes one form",
            ],
        );
        check_contains(
            &output,
            quote!(
                pub struct Add;
            ),
        );
    }

    #[track_caller]
    fn check(
        options: proc_macro2::TokenStream,
        parameters: proc_macro2::TokenStream,
        expect: &[&str],
    ) {
        let output = action(options, quote!(async fn save(#parameters) -> ActionResult<()> {}));
        check_messages(&output, expect);
    }

    #[test]
    fn the_context_belongs_to_the_guard() {
        let cx = "this action is guarded by `Member`: write `cx: ActionCx<Member>`";
        check(quote!(guard = Member), quote!(cx: ActionCx), &[cx]);
        check(quote!(guard = Member), quote!(cx: ActionCx<Admin>), &[cx]);
        check(quote!(guard = Member), quote!(cx: formwork::ActionCx<auth::Member>), &[]);
        check(quote!(guard = Role<Admin, 1>), quote!(cx: ActionCx<Role<Admin, 1>>), &[]);
        check(quote!(public), quote!(cx: ActionCx<Public>), &[]);
        let public = "this action is public: write `cx: ActionCx`";
        check(quote!(public), quote!(cx: ActionCx<Member>), &[public]);
        check(quote!(public), quote!(), &["write `cx: ActionCx`"]);
        check(quote!(public), quote!(form: Form, cx: ActionCx), &["the context comes first"]);
        check(quote!(public), quote!(cx: ActionCx, form: &Form), &["takes its form by value"]);
    }

    #[test]
    fn limits() {
        let output = action(
            quote!(public, throttle = "10/minute", body_limit = 5 * 1024),
            quote!(
                async fn save(cx: ActionCx) -> ActionResult<()> {}
            ),
        );
        check_messages(&output, &[]);
        check_contains(
            &output,
            quote!(::formwork::__private::Throttle { times: 10u32, seconds: 60u32 }),
        );
        check_contains(&output, quote!(body: ::core::option::Option::Some(5 * 1024)));
        let cx = quote!(cx: ActionCx);
        check(quote!(public, throttle = "10"), cx.clone(), &["write how many in which time"]);
        check(quote!(public, throttle = "0/day"), cx.clone(), &["write how many in which time"]);
        check(quote!(public, time_limit), cx, &["write `time_limit = 60`"]);
    }

    #[test]
    fn options() {
        let cx = quote!(cx: ActionCx);
        check(quote!(public, guard = Member), cx.clone(), &["either public or guarded"]);
        check(quote!(public, public), cx.clone(), &["declared twice"]);
        check(quote!(public = true), cx.clone(), &["write just `public`"]);
        check(quote!(guard), quote!(cx: ActionCx<Member>), &["write `guard = Type`"]);
        check(quote!(gaurd = Member), quote!(cx: ActionCx<Member>), &["did you mean `guard`?"]);
        check(quote!(public, id = "a b"), cx.clone(), &["use letters, digits"]);
        check(quote!(public, id = 3), cx, &["write `id = \"…\"`"]);
    }

    #[test]
    fn what_is_no_function_of_its_own_stays_as_it_is() {
        let output = action(
            quote!(public),
            quote!(
                struct Post;
            ),
        );
        check_messages(&output, &["goes on an `async fn`"]);
        let output = action(
            quote!(public),
            quote!(
                async fn f(&self) -> ActionResult<()> {}
            ),
        );
        assert!(!output.to_string().contains("struct"), "an impl can't contain a struct");
    }
}
