//! How long a query's value is shared: `cache(minutes = 5, stale = "10 minutes", expire = "1 day")`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitInt;

use crate::{errors::Errors, options::Opt};

/// A declared life, in seconds.
pub(crate) struct Cache {
    fresh: u64,
    stale: u64,
    expire: Option<u64>,
}

const EXAMPLE: &str = "cache(minutes = 5)";
const UNITS: [(&str, u64); 4] =
    [("seconds", 1), ("minutes", 60), ("hours", 3_600), ("days", 86_400)];
const OPTIONS: &[&str] = &["seconds", "minutes", "hours", "days", "stale", "expire"];

impl Cache {
    /// Reads the option; a mistake is reported where it stands.
    pub(crate) fn parse(option: &Opt, errors: &mut Errors) -> Option<Self> {
        let (mut fresh, mut stale, mut expire) = (None, None, None);
        for inner in option.options(EXAMPLE, errors)? {
            let key = inner.key.to_string();
            let unit = UNITS.iter().find(|(name, _)| *name == key);
            match (key.as_str(), unit) {
                (_, Some(_)) if fresh.is_some() => {
                    errors.at(&inner, "a value is fresh for one time: keep one of them");
                }
                (_, Some((_, seconds))) => fresh = amount(&inner, *seconds, errors),
                ("stale", _) if stale.is_some() => inner.twice(errors),
                ("expire", _) if expire.is_some() => inner.twice(errors),
                ("stale", _) => stale = time(&inner, errors),
                ("expire", _) => expire = time(&inner, errors),
                _ => {
                    inner.unknown("query(cache)", OPTIONS, errors);
                }
            }
        }
        let Some(fresh) = fresh else {
            if errors.is_empty() {
                errors.at(option, format!("say how long a value is fresh: write `{EXAMPLE}`"));
            }
            return None;
        };
        let stale = stale.unwrap_or_default();
        if expire.is_some_and(|expire| expire < fresh + stale) {
            let message = "a value expires after it was fresh and stale: make `expire` longer than \
                           both together, or take it away";
            errors.at(option, message);
        }
        Some(Cache { fresh, stale, expire })
    }

    /// The constant for the server.
    pub(crate) fn expand(&self) -> TokenStream {
        let Cache { fresh, stale, expire } = self;
        let stale = (*stale > 0).then(|| quote!(.stale(::core::time::Duration::from_secs(#stale))));
        let expire =
            expire.map(|expire| quote!(.expire(::core::time::Duration::from_secs(#expire))));
        quote! {
            const CACHE: ::core::option::Option<::formwork::__private::Life> =
                ::core::option::Option::Some(
                    ::formwork::__private::Life::seconds(#fresh) #stale #expire
                );
        }
    }
}

/// `minutes = 5`
fn amount(option: &Opt, unit: u64, errors: &mut Errors) -> Option<u64> {
    let number = option.integer("5", errors)?;
    match number.base10_parse::<u32>() {
        Ok(0) => {
            let message = "a value that is never fresh is not cached: take `cache` away";
            errors.at(&number, message);
            None
        }
        Ok(number) => Some(u64::from(number) * unit),
        Err(_) => {
            errors.at(&number, "write a whole number");
            None
        }
    }
}

/// `stale = "10 minutes"`
fn time(option: &Opt, errors: &mut Errors) -> Option<u64> {
    let text = option.string(errors)?;
    let value = text.value();
    let parsed = value.trim().split_once(' ').and_then(|(number, unit)| {
        let unit = unit.trim();
        let found =
            UNITS.iter().find(|(name, _)| *name == unit || name.strip_suffix('s') == Some(unit));
        Some(u64::from(number.parse::<u32>().ok()?) * found?.1)
    });
    if parsed.is_none() {
        errors.at(
            &text,
            "write a number and its unit: \"10 minutes\" (seconds, minutes, hours or days)",
        );
    }
    parsed
}

impl Opt {
    /// The whole number after `=`.
    fn integer(&self, example: &str, errors: &mut Errors) -> Option<LitInt> {
        let value = self.assigned();
        if value.is_none() {
            errors.at(self, format!("write `{} = {example}`", self.key));
        }
        value
    }
}
