//! What an action accepts of one visitor: `throttle = "10/minute"`, `body_limit`, `time_limit`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, LitStr};

use crate::{errors::Errors, options::Opt};

/// The names of the options.
pub(crate) const OPTIONS: &[&str] = &["throttle", "body_limit", "time_limit", "idempotent"];

/// The declared limits; the settings of the application stand in for the others.
#[derive(Default)]
pub(crate) struct Limits {
    throttle: Option<(u32, u32)>,
    body: Option<Expr>,
    time: Option<Expr>,
    idempotent: bool,
}

impl Limits {
    pub(crate) fn parse(options: &[Opt], errors: &mut Errors) -> Self {
        let mut limits = Limits::default();
        for option in options {
            match option.key.to_string().as_str() {
                "throttle" => {
                    limits.throttle =
                        option.string(errors).and_then(|rate| parse_rate(&rate, errors));
                }
                "body_limit" => limits.body = option.expression("5 * 1024 * 1024", errors),
                "time_limit" => limits.time = option.expression("60", errors),
                "idempotent" => limits.idempotent = option.word(errors),
                _ => {}
            }
        }
        limits
    }

    /// Whether its outcome is not recorded.
    pub(crate) fn is_idempotent(&self) -> bool {
        self.idempotent
    }

    /// The constants for the server; nothing if nothing is declared.
    pub(crate) fn expand(&self) -> Option<TokenStream> {
        let Limits { throttle, body, time, idempotent } = self;
        let idempotent = idempotent.then(|| {
            quote!(
                const IDEMPOTENT: bool = true;
            )
        });
        if throttle.is_none() && body.is_none() && time.is_none() {
            return idempotent;
        }
        let throttle = option(throttle.map(|(times, seconds)| {
            quote!(::formwork::__private::Throttle { times: #times, seconds: #seconds })
        }));
        let (body, time) = (option(body.as_ref()), option(time.as_ref()));
        Some(quote! {
            const LIMITS: ::formwork::__private::Limits = ::formwork::__private::Limits {
                throttle: #throttle,
                body: #body,
                time: #time,
            };
            #idempotent
        })
    }
}

fn option<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// `10/minute` as ten in sixty seconds.
fn parse_rate(rate: &LitStr, errors: &mut Errors) -> Option<(u32, u32)> {
    let text = rate.value();
    let parsed = text.split_once('/').and_then(|(times, unit)| {
        let seconds = match unit.trim() {
            "second" => 1,
            "minute" => 60,
            "hour" => 3_600,
            "day" => 86_400,
            _ => return None,
        };
        let times: u32 = times.trim().parse().ok()?;
        (times > 0).then_some((times, seconds))
    });
    if parsed.is_none() {
        errors.at(rate, "write how many in which time: `throttle = \"10/minute\"` (second, minute, hour or day)");
    }
    parsed
}
