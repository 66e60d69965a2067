//! The `[formwork]` table of `Leptos.toml`, each key overridable from the environment.

use std::{fmt, time::Duration};

use serde::Deserialize;

/// Run-time settings.
///
/// ```toml
/// [formwork]
/// public-origins = ["https://desk.example.org"]   # FORMWORK_PUBLIC_ORIGINS, comma-separated
/// body-limit = 1048576                            # FORMWORK_BODY_LIMIT, bytes
/// max-fields = 1000                               # FORMWORK_MAX_FIELDS
/// max-queries = 50                                # FORMWORK_MAX_QUERIES, in one request
/// render-timeout = 30                             # FORMWORK_RENDER_TIMEOUT, seconds
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Config {
    /// The origins under which visitors reach the application, such as
    /// `https://desk.example.org`. Behind a proxy that changes `Host`, set them.
    pub public_origins: Vec<String>,
    /// The most bytes of a submission. Default 1 MiB.
    pub body_limit: usize,
    /// The most fields of a submission. Default 1,000.
    pub max_fields: usize,
    /// The most queries in one request. Default 50.
    pub max_queries: usize,
    /// How long a page may take, in seconds. Default 30.
    pub render_timeout: u64,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            public_origins: Vec::new(),
            body_limit: 1024 * 1024,
            max_fields: 1_000,
            max_queries: 50,
            render_timeout: 30,
        }
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

impl Config {
    /// Reads the `[formwork]` table of a `Leptos.toml`, then lays the environment over it.
    ///
    /// # Errors
    /// If a key is unknown or has a value of the wrong type; the message names it.
    pub fn load(
        toml: Option<&str>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct File {
            formwork: Config,
        }
        let file: File = toml::from_str(toml.unwrap_or_default())
            .map_err(|error| ConfigError(format!("Leptos.toml: {error}")))?;
        let mut config = file.formwork;
        if let Some(origins) = environment("FORMWORK_PUBLIC_ORIGINS") {
            config.public_origins =
                origins.split(',').map(|origin| origin.trim().to_owned()).collect();
        }
        number(&environment, "FORMWORK_BODY_LIMIT", &mut config.body_limit)?;
        number(&environment, "FORMWORK_MAX_FIELDS", &mut config.max_fields)?;
        number(&environment, "FORMWORK_MAX_QUERIES", &mut config.max_queries)?;
        number(&environment, "FORMWORK_RENDER_TIMEOUT", &mut config.render_timeout)?;
        Ok(config)
    }

    pub(crate) fn render_timeout(&self) -> Duration {
        Duration::from_secs(self.render_timeout)
    }
}

fn number<T: std::str::FromStr>(
    environment: &impl Fn(&str) -> Option<String>,
    name: &str,
    value: &mut T,
) -> Result<(), ConfigError> {
    if let Some(text) = environment(name) {
        *value = text.trim().parse().map_err(|_| {
            ConfigError(format!("{name} is {text:?}: it must be a whole number, not negative"))
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_lies_over_the_file() {
        let toml = "[package.metadata.leptos]\noutput-name = \"x\"\n[formwork]\nbody-limit = 10\nmax-fields = 5\n";
        let config = Config::load(Some(toml), |name| {
            (name == "FORMWORK_BODY_LIMIT").then(|| "20".to_owned())
        });
        let config = config.unwrap();
        assert_eq!((config.body_limit, config.max_fields), (20, 5));
    }

    #[test]
    fn unknown_and_ill_typed_keys_are_refused_by_name() {
        let unknown = Config::load(Some("[formwork]\nbody-limits = 1"), |_| None).unwrap_err();
        assert!(unknown.to_string().contains("body-limits"), "{unknown}");
        assert!(unknown.to_string().contains("body-limit`"), "{unknown}");
        let typed = Config::load(None, |_| Some("many".to_owned())).unwrap_err();
        assert!(typed.to_string().contains("FORMWORK_BODY_LIMIT"), "{typed}");
    }
}
