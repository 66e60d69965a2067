//! Values that have the right type and would do nothing: they stop the start.

use http::HeaderValue;

use super::{Config, ConfigError};
use crate::{headers::NONCE, origin};

impl Config {
    /// Refuses origins that name none, opened paths that no request has, and what can't be sent as a
    /// header.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if let Some(bad) = self.public_origins.iter().find(|text| !origin::is_origin(text)) {
            return Err(ConfigError(format!(
                "`public-origins` has {bad:?}, which is no origin: write scheme and host, without a \
                 path, such as \"https://desk.example.org\" or \"https://*.example.org\""
            )));
        }
        if let Some(bad) = self.cross_origin_paths.iter().find(|path| !path.starts_with('/')) {
            return Err(ConfigError(format!(
                "`cross-origin-paths` has {bad:?}, which is no path: begin it with \"/\", such as \
                 \"/hooks/*\""
            )));
        }
        let policy = self.content_security_policy.replace(NONCE, "0");
        for (key, value) in [
            ("content-security-policy", &policy),
            ("referrer-policy", &self.referrer_policy),
            ("frame-options", &self.frame_options),
        ] {
            if HeaderValue::from_str(value).is_err() {
                return Err(ConfigError(format!(
                    "`{key}` can't be sent as a header: write it on one line, without control \
                     characters"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_do_nothing_stops_the_start() {
        #[track_caller]
        fn refused(config: Config, parts: &[&str]) {
            let error = config.check().unwrap_err().to_string();
            assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        }
        let base = Config::default;
        assert!(base().check().is_ok());
        for bad in ["desk.example", "https://desk.example/app", "ftp://desk.example", "*", ""] {
            let config = Config { public_origins: vec![bad.to_owned()], ..base() };
            refused(config, &["`public-origins`", "https://desk.example.org"]);
        }
        for good in ["https://desk.example", "https://*.desk.example", "http://localhost:3000"] {
            assert!(Config { public_origins: vec![good.to_owned()], ..base() }.check().is_ok());
        }
        let config = Config { cross_origin_paths: vec!["hooks/*".to_owned()], ..base() };
        refused(config, &["`cross-origin-paths`", "begin it with \"/\""]);
        let config = Config { frame_options: "DENY\n".to_owned(), ..base() };
        refused(config, &["`frame-options`", "on one line"]);
        let config = Config { content_security_policy: "a;\nb".to_owned(), ..base() };
        refused(config, &["`content-security-policy`"]);
    }
}
