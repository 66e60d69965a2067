//! `#[query]`: the handle with its arguments for both sides, and the server's half.

use proc_macro2::TokenStream;

use crate::{errors::Errors, function, guarded::Kind};

mod cache;
mod expand;
mod model;
mod tags;

/// Expands `#[query(options)] item`.
pub(crate) fn query(options: TokenStream, item: TokenStream) -> TokenStream {
    let function = match function::parse(Kind::Query, item) {
        Ok(function) => function,
        Err(refused) => return refused,
    };
    let mut errors = Errors::default();
    let query = model::Query::new(options, function, &mut errors);
    expand::expand(query, &errors)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::query;
    use crate::testing::{check_contains, check_messages};

    #[test]
    fn a_query_with_arguments() {
        let output = query(
            quote!(public, tags("tickets", "ticket:{id}")),
            quote! {
                /// A ticket.
                pub async fn ticket(id: i64) -> QueryResult<Ticket> { todo() }
            },
        );
        check_messages(&output, &[]);
        check_contains(&output, quote!(pub struct TicketQuery));
        check_contains(&output, quote!(pub id: i64));
        check_contains(&output, quote!(pub fn ticket(id: i64) -> TicketQuery));
        check_contains(
            &output,
            quote!(
                type Output = Ticket;
            ),
        );
        check_contains(&output, quote!(::std::string::String::from("tickets")));
        check_contains(&output, quote!(::std::format!("ticket:{}", &self.id)));
        check_contains(&output, quote!(__formwork_ticket(self.id).await));
    }

    #[test]
    fn a_query_with_a_context_only() {
        let output = query(
            quote!(guard = Member, id = "inbox"),
            quote!(
                async fn inbox(cx: QueryCx<Member>) -> QueryResult<Vec<Ticket>> {}
            ),
        );
        check_messages(&output, &[]);
        check_contains(
            &output,
            quote!(
                struct InboxQuery {}
            ),
        );
        check_contains(&output, quote!(fn inbox() -> InboxQuery));
        check_contains(
            &output,
            quote!(
                const ID: &'static str = "inbox";
            ),
        );
        check_contains(&output, quote!(__formwork_inbox(cx).await));
    }

    #[test]
    fn all_mistakes_at_once_and_still_a_handle() {
        let output = query(
            quote!(tag("x")),
            quote!(
                fn ticket((a, b): (u8, u8), id: &str, cx: QueryCx, _: u8) {}
            ),
        );
        check_messages(
            &output,
            &[
                "has no option `tag`: did you mean `tags`?",
                "declare who may read this query",
                "write `async fn ticket`",
                "write `-> QueryResult<()>`",
                "give this argument a name",
                "an argument travels from the browser, so it owns its value: write `id: String`",
                "the context comes first",
                "give this argument a name",
            ],
        );
        check_contains(&output, quote!(fn ticket(id: String) -> TicketQuery));
    }

    #[track_caller]
    fn check(
        options: proc_macro2::TokenStream,
        parameters: proc_macro2::TokenStream,
        expect: &[&str],
    ) {
        let output = query(options, quote!(async fn posts(#parameters) -> QueryResult<()> {}));
        check_messages(&output, expect);
    }

    #[test]
    fn the_context_belongs_to_the_guard() {
        let cx = "this query is guarded by `Member`: write `cx: QueryCx<Member>`";
        check(quote!(guard = Member), quote!(cx: QueryCx), &[cx]);
        check(quote!(guard = Member), quote!(id: u8), &[]);
        check(quote!(public), quote!(cx: ActionCx), &["a query's context is `QueryCx`"]);
    }

    #[test]
    fn tags_name_arguments() {
        let nothing = ["`{slug}` names no argument of this query: it has `id` and `page`"];
        check(quote!(public, tags("post:{slug}")), quote!(id: u8, page: u8), &nothing);
        check(quote!(public, tags("post:{idd}")), quote!(id: u8), &["did you mean `{id}`?"]);
        check(quote!(public, tags("post:{id}")), quote!(), &["this query has no arguments"]);
        check(quote!(public, tags("post:{id")), quote!(id: u8), &["`{` without `}`"]);
        check(quote!(public, tags("post:id}")), quote!(id: u8), &["`}` without `{`"]);
        check(quote!(public, tags("{id:?}")), quote!(id: u8), &["just the argument's name"]);
        check(quote!(public, tags("")), quote!(id: u8), &["can't be empty"]);
        check(quote!(public, tags("a{{b}}")), quote!(id: u8), &[]);
        check(quote!(public, tags = "a"), quote!(), &["write `tags(\"posts\", \"post:{id}\")`"]);
    }

    #[track_caller]
    fn check_options(options: proc_macro2::TokenStream, expect: &[&str]) {
        check_messages(
            &query(
                options,
                quote!(
                    async fn posts() -> QueryResult<()> {}
                ),
            ),
            expect,
        );
    }

    #[test]
    fn a_life_in_plain_words() {
        let output = query(
            quote!(public, live, cache(minutes = 5, stale = "10 minutes", expire = "1 day")),
            quote!(
                async fn posts() -> QueryResult<()> {}
            ),
        );
        check_messages(&output, &[]);
        check_contains(
            &output,
            quote!(
                ::formwork::__private::Life::seconds(300u64)
                    .stale(::core::time::Duration::from_secs(600u64))
                    .expire(::core::time::Duration::from_secs(86400u64))
            ),
        );
        check_contains(
            &output,
            quote!(
                const LIVE: bool = true;
            ),
        );
    }

    #[test]
    fn lives_that_make_no_sense() {
        let example = "write `cache(minutes = 5)`";
        check_options(quote!(public, cache), &[example]);
        check_options(quote!(public, cache = 5), &[example]);
        check_options(quote!(public, cache(stale = "1 hour")), &[example]);
        check_options(quote!(public, cache(minutes = 0)), &["never fresh"]);
        check_options(quote!(public, cache(minutes = "5")), &["write `minutes = 5`"]);
        check_options(quote!(public, cache(minutes = 5, hours = 1)), &["keep one of them"]);
        check_options(quote!(public, cache(minuts = 5)), &["did you mean `minutes`?"]);
        let unit = "a number and its unit: \"10 minutes\"";
        check_options(quote!(public, cache(minutes = 5, stale = "10")), &[unit]);
        check_options(quote!(public, cache(minutes = 5, stale = "10 years")), &[unit]);
        let expire = quote!(public, cache(minutes = 5, stale = "1 hour", expire = "1 hour"));
        check_options(expire, &["make `expire` longer"]);
        check_options(quote!(public, cache(minutes = 5), cache(hours = 1)), &["declared twice"]);
        check_options(quote!(guard = Member, cache(minutes = 5)), &[]);
        check_options(quote!(public, live = true), &["write just `live`"]);
    }
}
