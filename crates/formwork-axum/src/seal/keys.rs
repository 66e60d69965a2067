//! Where the keys come from: `FORMWORK_KEYS`, a file that `keys-file` names, or in development a file
//! that outlives restarts.

use std::{
    fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use zeroize::Zeroizing;

use super::{Key, Keys};

/// The environment variable: base64 keys of 32 bytes, separated by commas; the first one seals.
const VARIABLE: &str = "FORMWORK_KEYS";

/// Why there are no keys. It never contains one.
pub(crate) enum KeyError {
    Missing,
    Malformed { position: usize },
    Twice,
    File(PathBuf, io::Error),
    DevFile(io::Error),
}

/// As it is shown: a derived one would print a key that stands where the file's path should.
impl fmt::Debug for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::Missing => write!(
                f,
                "there is no key: in production {VARIABLE}, or the file that `keys-file` names, must \
                 hold at least one of 32 bytes in base64, the same on every instance; make one with \
                 the server's `keygen` subcommand (in this repository: `cargo xtask keygen`)"
            ),
            KeyError::Malformed { position } => write!(
                f,
                "key {position} of {VARIABLE} or of the file that `keys-file` names is not 32 bytes in \
                 base64; make one with the server's `keygen` subcommand (in this repository: `cargo \
                 xtask keygen`), and separate several by commas or line breaks"
            ),
            KeyError::Twice => {
                write!(f, "{VARIABLE} and `keys-file` are both set: take one of them away")
            }
            KeyError::File(path, _) if holds_keys(&path.to_string_lossy()) => write!(
                f,
                "`keys-file` holds a key: put the key into {VARIABLE}, or into a file, and the path \
                 of that file into `keys-file`"
            ),
            KeyError::File(path, error) => {
                write!(f, "the keys in {} can't be read: {error}", path.display())
            }
            KeyError::DevFile(error) => write!(f, "the development key can't be kept: {error}"),
        }
    }
}

/// What is set: the environment's own keys, or those in the file; `None` if neither is.
pub(crate) fn configured(file: &str) -> Result<Option<Zeroizing<String>>, KeyError> {
    let variable = match std::env::var(VARIABLE) {
        Ok(value) => Some(Zeroizing::new(value)),
        Err(std::env::VarError::NotPresent) => None,
        Err(std::env::VarError::NotUnicode(_)) => return Err(KeyError::Malformed { position: 1 }),
    };
    read_configured(variable.filter(|value| !value.trim().is_empty()), file)
}

fn read_configured(
    variable: Option<Zeroizing<String>>,
    file: &str,
) -> Result<Option<Zeroizing<String>>, KeyError> {
    match (variable, file) {
        (variable, "") => Ok(variable),
        (Some(_), _) => Err(KeyError::Twice),
        (None, file) => match fs::read_to_string(file) {
            // An empty file is a mistake, also where no key would be needed.
            Ok(text) if text.trim().is_empty() => Err(KeyError::Malformed { position: 1 }),
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(error) => Err(KeyError::File(file.into(), error)),
        },
    }
}

/// The key ring from what is set; in development, from a file that is made when it is missing, so
/// that a restart leaves open pages valid.
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
pub(crate) fn make() -> Zeroizing<String> {
    let mut key = Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *key).expect("the operating system has randomness");
    Zeroizing::new(STANDARD.encode(&key[..]))
}

fn parse(value: &str) -> Result<Keys, KeyError> {
    let keys = value.split([',', '\n']).enumerate().map(|(at, text)| {
        let malformed = || KeyError::Malformed { position: at + 1 };
        let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new).map_err(|_| malformed())?;
        let mut key = Zeroizing::new([0_u8; 32]);
        if bytes.len() != key.len() {
            return Err(malformed());
        }
        key.copy_from_slice(&bytes);
        Ok(Key::new(&key))
    });
    keys.collect::<Result<_, _>>().map(Keys)
}

/// Whether a text has a key in it, with padding or without: then it must not be shown.
pub(crate) fn holds_keys(text: &str) -> bool {
    text.split([',', '\n']).any(|text| {
        let bare = text.trim().trim_end_matches('=').replace('-', "+").replace('_', "/");
        STANDARD_NO_PAD.decode(bare).map(Zeroizing::new).is_ok_and(|bytes| bytes.len() == 32)
    })
}

fn dev_key(file: &Path) -> io::Result<Zeroizing<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            // Renamed into place: a server that starts at the same moment must not find half a key.
            let whole = file.with_extension(crate::failure::random_hex::<8>());
            owners_file(&whole)?.write_all(make().as_bytes())?;
            fs::rename(&whole, file)?;
            fs::read_to_string(file).map(Zeroizing::new)
        }
        Err(error) => Err(error),
    }
}

/// A new file that nobody but its owner reads.
fn owners_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_refuses_to_start_without_a_sound_key() {
        let nowhere = Path::new("/nonexistent/key");
        let missing = load(None, true, nowhere).unwrap_err();
        assert!(missing.to_string().contains("keygen"));
        for bad in ["c2hvcnQ=", "not base64", &format!("{},", *make())] {
            let error = load(Some(bad), true, nowhere).unwrap_err();
            assert!(matches!(error, KeyError::Malformed { .. }), "{bad}");
            assert!(!error.to_string().contains(bad), "the message shows no key");
        }
        assert!(load(Some(&format!("{}, {}", *make(), *make())), true, nowhere).is_ok());
    }

    #[test]
    fn keys_may_stand_in_a_file_of_a_secret_mount() {
        let folder = std::env::temp_dir().join(format!("formwork-keys-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("keys");
        let path = file.to_str().unwrap();
        let none = || None::<Zeroizing<String>>;
        assert!(matches!(read_configured(none(), path), Err(KeyError::File(..))));
        let (first, second) = (make(), make());
        for mistaken in [(*first).clone(), format!("{},{}", *first, *second)] {
            let error = read_configured(none(), &mistaken).unwrap_err().to_string();
            assert!(error.contains("`keys-file` holds a key") && !error.contains(&**first));
            let debug = format!("{:?}", read_configured(none(), &mistaken).unwrap_err());
            assert!(!debug.contains(&**first));
        }
        fs::write(&file, format!("{}\n{}\n", *first, *second)).unwrap();
        let text = read_configured(none(), path).unwrap().unwrap();
        let ring = load(Some(&text), true, Path::new("")).unwrap();
        assert_eq!(ring.0.len(), 2);
        assert_eq!(
            ring.0[0].fingerprint,
            parse(&first).unwrap().0[0].fingerprint,
            "the first line seals"
        );
        let both = read_configured(Some(make()), path).unwrap_err();
        assert!(both.to_string().contains("take one of them away"));
        fs::write(&file, "\n").unwrap();
        assert!(matches!(read_configured(none(), path), Err(KeyError::Malformed { .. })));
        assert!(read_configured(Some(make()), "").unwrap().is_some());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_development_key_outlives_a_restart() {
        let folder = std::env::temp_dir().join(format!("formwork-{}", std::process::id()));
        let file = folder.join("key");
        let first = load(None, false, &file).unwrap();
        let second = load(None, false, &file).unwrap();
        assert_eq!(first.0[0].fingerprint, second.0[0].fingerprint);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "the owner's alone");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
