//! The `[formwork]` table of `Leptos.toml`, each key overridable from the environment.

mod check;
mod setting;

use std::{ffi::OsString, fmt, io, time::Duration};

use ipnet::IpNet;

use crate::seal;
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
        #[derive(Clone, PartialEq)]
        pub struct Config {
            $($(#[doc = $doc])* pub $name: $kind,)*
        }

        impl Default for Config {
            fn default() -> Self {
                Config { $($name: $default,)* }
            }
        }

        /// Every key with its default and what it means, for the documentation.
        #[cfg(test)]
        fn documented() -> Vec<(String, String, String)> {
            let default = Config::default();
            vec![$((
                key(stringify!($name)),
                default.$name.to_toml().to_string(),
                [$($doc),*].concat().trim().to_owned(),
            ),)*]
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
            /// Every key and its value, as the file would have them, without secrets: of an address
            /// with a name and a password, `***` stands for these; keys are no settings.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                writeln!(f, "[formwork]")?;
                $(writeln!(f, "{} = {}", key(stringify!($name)), shown(self.$name.to_toml()))?;)*
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
    /// A file with the keys, as a secret is mounted: one a line, or separated by commas. It stands in
    /// for `FORMWORK_KEYS`, which holds the keys themselves and is no setting.
    keys_file: String = String::new();
    /// The most bytes of a submission. Default 1 MiB.
    body_limit: usize = 1024 * 1024;
    /// How long a submission may take to arrive, in seconds, and one more for every 16 KiB of it.
    /// Default 30.
    body_timeout: u64 = 30;
    /// The most fields of a submission. Default 1,000.
    max_fields: usize = 1_000;
    /// The most files of a submission. Default 20.
    max_files: usize = 20;
    /// The folder in which files of forms are kept while they arrive and are handled; they have no name
    /// in it, and are gone when the server is. Default: the system's for temporary files.
    upload_dir: String = String::new();
    /// How many submissions one client may have under way. Default 64.
    max_concurrent: usize = 64;
    /// How many times as often as it declares an action may be run: for tests and measurements.
    /// Default 1.
    throttle_factor: u32 = 1;
    /// How many connections that follow live queries one client may have. Default 16.
    max_live: usize = 16;
    /// How long an action may take, and its guard before it, in seconds, unless it declares a `time_limit`.
    /// Default 30.
    action_timeout: u64 = 30;
    /// How long a page may take, and each query, in seconds. Default 30.
    render_timeout: u64 = 30;
    /// How long what is under way may take to end, in seconds, once the server is asked to: less than
    /// whoever asks waits before it kills. Default 25.
    shutdown_timeout: u64 = 25;
    /// Where the instances keep what they share: cached values, what was invalidated, outcomes of
    /// submissions. `memory` is each instance's own; `redis://host:6379/0` is a Redis 7 or Valkey
    /// that all of them use. What one of them invalidates the others serve no more, normally within milliseconds;
    /// within 7 seconds and a reconnection if the connection has died without a word; and one that can't reach
    /// Redis serves its copies until it can, each for its own life at most.
    store: String = "memory".to_owned();
    /// The most bytes of cached queries and pages in an instance's memory. Default 64 MiB.
    cache_bytes: usize = 64 * 1024 * 1024;
    /// The policy of every page; `{nonce}` stands for the nonce of the response. Empty for none.
    content_security_policy: String = "default-src 'self'; script-src 'self' 'nonce-{nonce}' \
        'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
        object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'".to_owned();
    /// The `Referrer-Policy` of every response. Empty for none.
    referrer_policy: String = "strict-origin-when-cross-origin".to_owned();
    /// The `X-Frame-Options` of every response. Empty for none.
    frame_options: String = "DENY".to_owned();
}

/// Without secrets, as it is printed.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A value without the secrets in it.
fn shown(value: toml::Value) -> toml::Value {
    match value {
        toml::Value::String(text) => toml::Value::String(without_secrets(&text)),
        other => other,
    }
}

/// A text without what stands before the last `@` of an address (a password that isn't encoded may
/// hold any character), and without keys that stand where a path should.
pub(crate) fn without_secrets(text: &str) -> String {
    if seal::holds_keys(text) {
        return "***".to_owned();
    }
    let Some((before, host)) = text.rsplit_once('@') else { return text.to_owned() };
    match before.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://***@{host}"),
        None => format!("***@{host}"),
    }
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
const NOT_SETTINGS: &[&str] = &["FORMWORK_KEYS"];
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
            // Not the error itself: it repeats the line, which may hold a password.
            .map_err(|error| {
                let before = error.span().and_then(|at| toml.unwrap_or_default().get(..at.start));
                let line = before.unwrap_or_default().matches('\n').count() + 1;
                ConfigError(format!("Leptos.toml, line {line}: {}", error.message()))
            })?;
        let table = match file.get("formwork") {
            None => None,
            Some(toml::Value::Table(table)) => Some(table),
            Some(_) => {
                return Err(ConfigError(
                    "`formwork` in Leptos.toml must be one table: write `[formwork]`, and the \
                     settings below it"
                        .to_owned(),
                ));
            }
        };
        for (name, value) in table.into_iter().flatten() {
            known(name, |name| format!("`{name}` in [formwork] of Leptos.toml"))?;
            config.set_from_file(name, value).map_err(|expected| {
                ConfigError(format!(
                    "`{name}` in [formwork] of Leptos.toml must be {expected}, not {}",
                    without_secrets(&value.to_string())
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
                let text = without_secrets(&format!("{text:?}"));
                ConfigError(format!("{variable} must be {expected}, not {text}"))
            })?;
        }
        Ok(config)
    }

    /// Reads `Leptos.toml` in the working folder, if it is there, and the environment.
    pub(crate) fn read() -> Result<Self, ConfigError> {
        let toml = file(std::fs::read_to_string("Leptos.toml"))?;
        Config::load(toml.as_deref(), ours(std::env::vars_os())?)
    }

    pub(crate) fn render_timeout(&self) -> Duration {
        Duration::from_secs(self.render_timeout)
    }
}

/// The text of the file; one that isn't there is none.
fn file(read: io::Result<String>) -> Result<Option<String>, ConfigError> {
    match read {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ConfigError(format!(
            "Leptos.toml is there and can't be read ({error}): make it a file that the server's \
             user may read, in UTF-8"
        ))),
    }
}

/// What the environment has under our prefix. Of a value that isn't text the name alone is told.
fn ours(
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let named = environment.map(|(name, value)| (name.to_string_lossy().into_owned(), value));
    let ours = named
        .filter(|(name, _)| name.starts_with(PREFIX) && !NOT_SETTINGS.contains(&name.as_str()));
    ours.map(|(name, value)| match value.into_string() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(ConfigError(format!("{name} must be UTF-8: set it anew, or take it away"))),
    })
    .collect()
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
    fn every_setting_stands_in_the_documentation() {
        let mut text = String::from(
            "# Configuration\n\n\
             Run-time settings are the `[formwork]` table of `Leptos.toml`. Each key can be set from\n\
             the environment, too, where it lies over the file: `body-limit` is `FORMWORK_BODY_LIMIT`,\n\
             and the items of a list are separated by commas. An unknown key, or a value of the wrong\n\
             type, stops the start with the nearest known name. `--print-config` (a subcommand of\n\
             every server) prints what is in force, without secrets.\n\n\
             The keys that seal are no setting: they stand in `FORMWORK_KEYS`, or in the file that\n\
             `keys-file` names. Make one with the server's `keygen` subcommand.\n\n\
             This table is written by a test: `BLESS=1 cargo test -p formwork-axum every_setting`.\n\n\
             | key | default | meaning |\n|---|---|---|\n",
        );
        for (key, default, meaning) in documented() {
            text.push_str(&format!("| `{key}` | `{default}` | {meaning} |\n"));
        }
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CONFIGURATION.md");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(file, &text).unwrap();
        }
        let written = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            written == text,
            "docs/CONFIGURATION.md is not what the settings say: run this test with BLESS=1"
        );
    }

    #[test]
    fn a_file_that_cannot_be_used_stops_the_start() {
        for toml in ["formwork = 5", "[[formwork]]\nbody-limit = 1"] {
            let error = Config::load(Some(toml), NOTHING).unwrap_err().to_string();
            assert!(error.contains("write `[formwork]`"), "{error}");
        }
        assert_eq!(file(Err(io::ErrorKind::NotFound.into())).unwrap(), None);
        let error = file(Err(io::ErrorKind::PermissionDenied.into())).unwrap_err().to_string();
        assert!(error.contains("can't be read") && error.contains("UTF-8"), "{error}");
        let broken = "[formwork]\nstore = \"redis://:hunter2@host";
        let error = Config::load(Some(broken), NOTHING).unwrap_err().to_string();
        assert!(error.contains("line 2") && !error.contains("hunter2"), "{error}");
        let listed = "[formwork]\nstore = [\"redis://:hunter2@host\"]";
        let error = Config::load(Some(listed), NOTHING).unwrap_err().to_string();
        assert!(error.contains("`store`") && !error.contains("hunter2"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn of_a_variable_that_is_not_text_the_name_alone_is_told() {
        use std::os::unix::ffi::OsStringExt;
        let no_text = || OsString::from_vec(b"hunter2\xff".to_vec());
        let alone = |name: &str| ours([(OsString::from(name), no_text())].into_iter());
        for foreign in ["FORMWORK_KEYS", "LS_COLORS"] {
            assert_eq!(alone(foreign).unwrap(), []);
        }
        let error = alone("FORMWORK_STORE").unwrap_err().to_string();
        assert!(error.contains("FORMWORK_STORE") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn no_secret_is_printed() {
        let key = seal::make();
        let config = Config { keys_file: (*key).clone(), ..Config::default() };
        assert!(!config.to_string().contains(&**key));
        for (address, printed) in [
            ("rediss://:hunter2@host", "rediss://***@host"),
            ("redis://:hun/ter2@host/0", "redis://***@host/0"),
            ("app:hunter2@host", "***@host"),
            ("/run/secrets/keys", "/run/secrets/keys"),
        ] {
            assert_eq!(without_secrets(address), printed);
        }
        let store = "redis://app:hunter2@redis.example:6379/0".to_owned();
        let config = Config { store, ..Config::default() };
        for printed in [config.to_string(), format!("{config:?}")] {
            assert!(printed.contains("store = \"redis://***@redis.example:6379/0\""), "{printed}");
            assert!(!printed.contains("hunter2"));
        }
    }

    #[test]
    fn what_is_printed_reads_back_the_same() {
        let mut config = Config { body_limit: 7, ..Config::default() };
        config.public_origins.push("https://a.example".into());
        config.trusted_proxies.push("10.0.0.0/8".parse().unwrap());
        assert_eq!(Config::load(Some(&config.to_string()), NOTHING).unwrap(), config);
    }
}
