//! The `[formwork]` table of `Leptos.toml`, each key overridable from the environment.

mod setting;

use std::{fmt, time::Duration};

use ipnet::IpNet;

use setting::Setting;

macro_rules! settings {
    ($($(#[doc = $doc:literal])* $name:ident: $kind:ty = $default:expr;)*) => {
        /// Run-time settings: the `[formwork]` table of `Leptos.toml`.
        ///
        /// A field `body_limit` is the key `body-limit`, and `FORMWORK_BODY_LIMIT` in the
        /// environment, which lies over the file; lists are separated by commas there. Unknown keys
        /// and values of the wrong type stop the start.
        ///
        /// ```
        /// use formwork_axum::Config;
        /// let toml = "[formwork]\nbody-limit = 65536";
        /// let config = Config::load(Some(toml), [("FORMWORK_MAX_FIELDS", "100")])?;
        /// assert_eq!((config.body_limit, config.max_fields), (65_536, 100));
        ///
        /// let unknown = Config::load(Some("[formwork]\nbody-limits = 1"), [("", ""); 0]);
        /// assert!(unknown.unwrap_err().to_string().contains("did you mean `body-limit`?"));
        /// # Ok::<(), formwork_axum::ConfigError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq)]
        pub struct Config {
            $($(#[doc = $doc])* pub $name: $kind,)*
        }

        impl Default for Config {
            fn default() -> Self {
                Config { $($name: $default,)* }
            }
        }

        /// The keys as they stand in the file.
        fn keys() -> Vec<String> {
            vec![$(key(stringify!($name)),)*]
        }

        impl Config {
            fn set_from_file(&mut self, name: &str, value: &toml::Value) -> Result<(), &'static str> {
                $(if name == key(stringify!($name)) {
                    self.$name = <$kind as Setting>::from_toml(value).ok_or(<$kind>::EXPECTED)?;
                })*
                Ok(())
            }

            fn set_from_environment(&mut self, name: &str, text: &str) -> Result<(), &'static str> {
                $(if name == key(stringify!($name)) {
                    self.$name = <$kind as Setting>::from_text(text).ok_or(<$kind>::EXPECTED)?;
                })*
                Ok(())
            }
        }

        impl fmt::Display for Config {
            /// Every key and its value, as the file would have them. No secret is among them: keys
            /// come from the environment alone.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                writeln!(f, "[formwork]")?;
                $(writeln!(f, "{} = {}", key(stringify!($name)), self.$name.to_toml())?;)*
                Ok(())
            }
        }
    };
}

settings! {
    /// The origins under which visitors reach the application, such as
    /// `https://desk.example.org` or `https://*.example.org`. Set them behind a proxy that changes
    /// `Host`.
    public_origins: Vec<String> = Vec::new();
    /// The addresses of proxies in front, such as `10.0.0.0/8`: from these alone
    /// `X-Forwarded-For` and `X-Forwarded-Host` are believed.
    trusted_proxies: Vec<IpNet> = Vec::new();
    /// Paths on which a request that changes something need not come from this site: a webhook.
    /// A path that ends in `*` stands for everything below it.
    cross_origin_paths: Vec<String> = Vec::new();
    /// The most bytes of a submission. Default 1 MiB.
    body_limit: usize = 1024 * 1024;
    /// The most fields of a submission. Default 1,000.
    max_fields: usize = 1_000;
    /// The most queries in one request. Default 50.
    max_queries: usize = 50;
    /// How many submissions one client may have under way. Default 64.
    max_concurrent: usize = 64;
    /// How long an action may take, in seconds, unless it declares a `time_limit`. Default 30.
    action_timeout: u64 = 30;
    /// How long a page may take, in seconds. Default 30.
    render_timeout: u64 = 30;
    /// The policy of every page; `{nonce}` stands for the nonce of the response. Empty for none.
    content_security_policy: String = "default-src 'self'; script-src 'self' 'nonce-{nonce}' \
        'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
        object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'".to_owned();
    /// The `Referrer-Policy` of every response. Empty for none.
    referrer_policy: String = "strict-origin-when-cross-origin".to_owned();
    /// The `X-Frame-Options` of every response. Empty for none.
    frame_options: String = "DENY".to_owned();
}

/// Settings that can't be used, with what to change.
#[derive(Debug)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

/// What the environment has under our prefix besides settings.
const NOT_SETTINGS: &[&str] = &["FORMWORK_KEYS", "FORMWORK_KEYS_FILE"];
const PREFIX: &str = "FORMWORK_";

impl Config {
    /// Reads the `[formwork]` table of a `Leptos.toml`, then lays the environment over it.
    ///
    /// # Errors
    /// If a key is unknown or has a value of the wrong type; the message names it and what it
    /// should be.
    pub fn load<N: AsRef<str>, V: AsRef<str>>(
        toml: Option<&str>,
        environment: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, ConfigError> {
        let mut config = Config::default();
        let file: toml::Table = toml::from_str(toml.unwrap_or_default())
            .map_err(|error| ConfigError(format!("Leptos.toml: {error}")))?;
        let table = file.get("formwork").and_then(toml::Value::as_table);
        for (name, value) in table.into_iter().flatten() {
            known(name, |name| format!("`{name}` in [formwork] of Leptos.toml"))?;
            config.set_from_file(name, value).map_err(|expected| {
                ConfigError(format!(
                    "`{name}` in [formwork] of Leptos.toml must be {expected}, not {value}"
                ))
            })?;
        }
        for (variable, text) in environment {
            let (variable, text) = (variable.as_ref(), text.as_ref());
            let Some(name) = variable.strip_prefix(PREFIX) else { continue };
            if NOT_SETTINGS.contains(&variable) {
                continue;
            }
            let name = name.to_ascii_lowercase().replace('_', "-");
            known(&name, |name| format!("{PREFIX}{}", name.to_uppercase().replace('-', "_")))?;
            config.set_from_environment(&name, text).map_err(|expected| {
                ConfigError(format!("{variable} must be {expected}, not {text:?}"))
            })?;
        }
        Ok(config)
    }

    /// Reads `Leptos.toml` in the working folder, if it is there, and the environment.
    pub(crate) fn read() -> Result<Self, ConfigError> {
        let toml = std::fs::read_to_string("Leptos.toml").ok();
        Config::load(toml.as_deref(), std::env::vars())
    }

    pub(crate) fn render_timeout(&self) -> Duration {
        Duration::from_secs(self.render_timeout)
    }
}

/// Refuses a key that doesn't exist, with the one that was probably meant; `spelt` writes a key as
/// its source does.
fn known(name: &str, spelt: impl Fn(&str) -> String) -> Result<(), ConfigError> {
    let keys = keys();
    if keys.iter().any(|key| key == name) {
        return Ok(());
    }
    let near = keys
        .iter()
        .map(|key| (strsim::levenshtein(key, name), key))
        .filter(|(distance, key)| *distance <= key.len().div_ceil(2))
        .min();
    let hint = match near {
        Some((_, key)) => format!("did you mean `{key}`?"),
        None => format!("the keys are {}", keys.join(", ")),
    };
    Err(ConfigError(format!("{} is not a setting of Formwork: {hint}", spelt(name))))
}

fn key(field: &str) -> String {
    field.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: [(&str, &str); 0] = [];

    #[test]
    fn the_environment_lies_over_the_file() {
        let toml = "[package.metadata.leptos]\noutput-name = \"x\"\n[formwork]\nbody-limit = 10\nmax-fields = 5\n";
        let environment =
            [("FORMWORK_BODY_LIMIT", "20"), ("FORMWORK_KEYS", "secret"), ("PATH", "/")];
        let config = Config::load(Some(toml), environment).unwrap();
        assert_eq!((config.body_limit, config.max_fields), (20, 5));
    }

    #[test]
    fn lists() {
        let config = Config::load(
            Some("[formwork]\npublic-origins = [\"https://a.example\"]"),
            [("FORMWORK_TRUSTED_PROXIES", "10.0.0.0/8, ::1")],
        );
        let config = config.unwrap();
        assert_eq!(config.public_origins, ["https://a.example"]);
        assert_eq!(config.trusted_proxies.len(), 2);
    }

    #[test]
    fn unknown_and_ill_typed_keys_are_refused_by_name() {
        #[track_caller]
        fn check(toml: &str, environment: &[(&str, &str)], parts: &[&str]) {
            let environment = environment.iter().copied();
            let error = Config::load(Some(toml), environment).unwrap_err().to_string();
            for part in parts {
                assert!(error.contains(part), "{error}");
            }
        }
        check("[formwork]\nbody-limits = 1", &[], &["`body-limits`", "did you mean `body-limit`?"]);
        check("[formwork]\nxyz = 1", &[], &["the keys are public-origins, "]);
        check("[formwork]\nbody-limit = \"1\"", &[], &["must be a whole number", "not \"1\""]);
        check("[formwork]\nbody-limit = -1", &[], &["must be a whole number"]);
        check("[formwork]\npublic-origins = \"x\"", &[], &["must be a list of texts"]);
        check("", &[("FORMWORK_BODY_LIMT", "1")], &["FORMWORK_BODY_LIMT", "`body-limit`?"]);
        check("", &[("FORMWORK_MAX_FIELDS", "many")], &["FORMWORK_MAX_FIELDS must be", "\"many\""]);
        check("", &[("FORMWORK_TRUSTED_PROXIES", "proxy")], &["must be a list of addresses"]);
    }

    #[test]
    fn what_is_printed_reads_back_the_same() {
        let mut config = Config { body_limit: 7, ..Config::default() };
        config.public_origins.push("https://a.example".into());
        config.trusted_proxies.push("10.0.0.0/8".parse().unwrap());
        assert_eq!(Config::load(Some(&config.to_string()), NOTHING).unwrap(), config);
    }
}
