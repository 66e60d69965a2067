//! Where the keys come from: `FORMWORK_KEYS`, or in development a file that outlives restarts.

use std::{fmt, fs, io, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::Keys;

/// The environment variable: base64 keys of 32 bytes, separated by commas; the first one seals.
const VARIABLE: &str = "FORMWORK_KEYS";

/// Why there are no keys. It never contains one.
#[derive(Debug)]
pub(crate) enum KeyError {
    Missing,
    Malformed { position: usize },
    DevFile(io::Error),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::Missing => write!(
                f,
                "{VARIABLE} is not set: in production it must hold at least one key of 32 bytes in \
                 base64, the same on every instance; make one with the server's `keygen` subcommand"
            ),
            KeyError::Malformed { position } => write!(
                f,
                "key {position} of {VARIABLE} is not 32 bytes in base64; make one with the \
                 server's `keygen` subcommand, and separate several by commas"
            ),
            KeyError::DevFile(error) => write!(f, "the development key can't be kept: {error}"),
        }
    }
}

/// The key ring from the environment's value; in development, from a file that is made when it is
/// missing, so that a restart leaves open pages valid.
pub(crate) fn load(
    value: Option<&str>,
    production: bool,
    dev_file: &Path,
) -> Result<Keys, KeyError> {
    match value.map(str::trim).filter(|value| !value.is_empty()) {
        Some(value) => parse(value),
        None if production => Err(KeyError::Missing),
        None => {
            let text = dev_key(dev_file).map_err(KeyError::DevFile)?;
            parse(text.trim())
        }
    }
}

/// A new random key in base64.
pub(crate) fn make() -> String {
    let mut key = Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *key).expect("the operating system has randomness");
    STANDARD.encode(*key)
}

fn parse(value: &str) -> Result<Keys, KeyError> {
    let keys = value.split(',').enumerate().map(|(at, key)| {
        let bytes = STANDARD.decode(key.trim()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| KeyError::Malformed { position: at + 1 })?;
        let key: [u8; 32] =
            bytes.as_slice().try_into().map_err(|_| KeyError::Malformed { position: at + 1 })?;
        Ok(Zeroizing::new(key))
    });
    keys.collect::<Result<_, _>>().map(Keys)
}

fn dev_key(file: &Path) -> io::Result<String> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            // Renamed into place: a server that starts at the same moment must not find half a key.
            let whole = file.with_extension(crate::failure::random_hex::<8>());
            fs::write(&whole, make())?;
            fs::rename(&whole, file)?;
            fs::read_to_string(file)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_refuses_to_start_without_a_sound_key() {
        let nowhere = Path::new("/nonexistent/key");
        let missing = load(None, true, nowhere).unwrap_err();
        assert!(missing.to_string().contains("keygen"));
        for bad in ["c2hvcnQ=", "not base64", &format!("{},", make())] {
            let error = load(Some(bad), true, nowhere).unwrap_err();
            assert!(matches!(error, KeyError::Malformed { .. }), "{bad}");
            assert!(!error.to_string().contains(bad), "the message shows no key");
        }
        assert!(load(Some(&format!("{}, {}", make(), make())), true, nowhere).is_ok());
    }

    #[test]
    fn a_development_key_outlives_a_restart() {
        let folder = std::env::temp_dir().join(format!("formwork-{}", std::process::id()));
        let file = folder.join("key");
        let first = load(None, false, &file).unwrap();
        let second = load(None, false, &file).unwrap();
        assert_eq!(*first.0[0], *second.0[0]);
        fs::remove_dir_all(folder).unwrap();
    }
}
