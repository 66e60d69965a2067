//! Files that come with a form.

use std::{any::Any, fmt, sync::Arc};

use crate::{
    Constraints, Entries, FieldSpec, FormField, Issues, ListItem, Lookup, Mistake, Shape, Structure,
};

/// A file that a visitor chose.
///
/// A form has one as `Upload`, `Option<Upload>` or `Vec<Upload>`. `#[field(accept = "image/png, .csv",
/// max_size = "5 MB", max_files = 3, max_total = "12 MB")]` says what is taken: a browser checks it
/// before it sends anything, the server while the file arrives. On the server its content lies in an unnamed temporary
/// file, which is gone when the last handle is; `UploadFile` copies it to where it should stay.
#[derive(Clone)]
pub struct Upload {
    file_name: String,
    content_type: String,
    size: u64,
    content: Option<Content>,
}

/// What the server's half keeps of a file: its own type.
#[doc(hidden)]
pub type Content = Arc<dyn Any + Send + Sync>;

impl Upload {
    /// A file by this name; `content_type` is what it is, or what its sender says it is.
    #[doc(hidden)]
    pub fn new(
        file_name: &str,
        content_type: impl Into<String>,
        size: u64,
        content: Option<Content>,
    ) -> Self {
        let (file_name, content_type) = (plain_name(file_name), content_type.into());
        Upload { file_name, content_type, size, content }
    }

    /// Its name on the visitor's device, without folders and control characters. It may be anything:
    /// show it, and don't make a path of it.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// What its first bytes say that it is; where they say nothing, as of a text, what the browser said.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    #[doc(hidden)]
    pub fn content(&self) -> Option<&Content> {
        self.content.as_ref()
    }
}

/// Without its content.
impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({:?}, {}, {} bytes)", self.file_name, self.content_type, self.size)
    }
}

/// Two are equal if nothing but their content tells them apart.
impl PartialEq for Upload {
    fn eq(&self, other: &Self) -> bool {
        (&self.file_name, &self.content_type, self.size)
            == (&other.file_name, &other.content_type, other.size)
    }
}

impl Eq for Upload {}

/// Old browsers send a path, and anyone can send anything.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    match plain.trim() {
        "" | "." | ".." => "file".to_owned(),
        plain => plain.to_owned(),
    }
}

const LONGEST_NAME: usize = 255;

/// A file of a submission, and why it was not kept, if it was not.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub upload: Upload,
    pub refused: Option<Mistake>,
}

impl FormField for Upload {
    const SHAPE: Shape = Shape::new("file");
    const REQUIRED: bool = true;
    const STRUCTURE: Structure = Structure::One;
    const CONSTRAINTS: Constraints = Constraints::FILE;

    fn placeholder() -> Self {
        Upload::new("", "", 0, None)
    }

    fn read(entries: &Lookup<'_>, name: &str, issues: &mut Issues) -> Self {
        let found = Upload::read_list(entries, name, issues).pop();
        if found.is_none() && entries.files(name).next().is_none() {
            issues.push(name, Mistake::NoFile.sentence());
        }
        found.unwrap_or_else(Self::placeholder)
    }

    /// A page can't choose a file for its visitor.
    fn write(&self, _: &str, _: &mut Entries) {}

    fn is_blank(entries: &Lookup<'_>, name: &str) -> bool {
        entries.files(name).next().is_none()
    }
}

impl ListItem for Upload {
    const LIST_SHAPE: Shape = Shape::new("several").field("", Shape::new("file"), false);
    const LIST_STRUCTURE: Structure = Structure::Many;
    const LIST_CONSTRAINTS: Constraints =
        Constraints { multiple: true, max_files: 10, required: false, ..Constraints::FILE };

    fn read_list(entries: &Lookup<'_>, name: &str, issues: &mut Issues) -> Vec<Self> {
        let (mut files, mut refused) = (Vec::new(), Vec::new());
        for arrived in entries.files(name) {
            match &arrived.refused {
                None => files.push(arrived.upload.clone()),
                Some(mistake) if refused.contains(&mistake) => {}
                Some(mistake) => refused.push(mistake),
            }
        }
        for mistake in refused {
            issues.push(name, mistake.clone().sentence());
        }
        files
    }

    fn write_list<'a>(_: impl Iterator<Item = &'a Self>, _: &str, _: &mut Entries)
    where
        Self: 'a,
    {
    }

    fn is_list_blank(entries: &Lookup<'_>, name: &str) -> bool {
        entries.files(name).next().is_none()
    }
}

impl Constraints {
    /// A file of at most 10 MB.
    pub const FILE: Self = Constraints {
        input_type: "file",
        required: true,
        max_size: 10_000_000,
        max_files: 1,
        max_total: u64::MAX,
        ..Self::ANY
    };

    /// Whether it is about files.
    pub const fn is_file(&self) -> bool {
        self.max_files > 0
    }

    /// As `#[field(accept = "…")]` says: media types, `image/*`, and endings such as `.csv`.
    #[must_use]
    pub const fn accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    /// As `#[field(max_size = "…")]` says: bytes of each file.
    #[must_use]
    pub const fn max_size(mut self, bytes: u64) -> Self {
        self.max_size = bytes;
        self
    }

    /// As `#[field(max_files = …)]` says.
    #[must_use]
    pub const fn max_files(mut self, files: usize) -> Self {
        self.max_files = files;
        self
    }

    /// As `#[field(max_total = "…")]` says: bytes of all files of the field together.
    #[must_use]
    pub const fn max_total(mut self, bytes: u64) -> Self {
        self.max_total = bytes;
        self
    }

    /// Whether a file is one too many after so many others under its name.
    pub fn refuses_another(&self, before: usize) -> Option<Mistake> {
        (before >= self.max_files)
            .then(|| Mistake::TooManyFiles { max: self.max_files.to_string() })
    }

    /// Whether a file has too many bytes, after so many of the others under its name that are taken.
    ///
    /// Of both limits the one that it reaches first is told, so that it is the same whether its size is
    /// known or it is still arriving.
    pub fn refuses_size(&self, bytes: u64, before: u64) -> Option<Mistake> {
        let rest = self.max_total.saturating_sub(before);
        if rest < self.max_size {
            let mistake = || Mistake::FilesTooLarge { max: in_words(self.max_total) };
            return (bytes > rest).then(mistake);
        }
        (bytes > self.max_size).then(|| Mistake::FileTooLarge { max: in_words(self.max_size) })
    }

    /// Whether a file is of none of the accepted types, by what is said of it.
    pub fn refuses_type(&self, content_type: &str, file_name: &str) -> Option<Mistake> {
        let name = file_name.to_ascii_lowercase();
        let takes = |accepted: &str| match accepted.strip_suffix("/*") {
            Some(family) => {
                content_type.split_once('/').is_some_and(|(of, _)| of.eq_ignore_ascii_case(family))
            }
            None if accepted.starts_with('.') => name.ends_with(&accepted.to_ascii_lowercase()),
            None => accepted.eq_ignore_ascii_case(content_type),
        };
        (!self.accept.is_empty() && !self.accepted().any(takes)).then(|| self.wrong_type())
    }

    /// The accepted types and endings; none where all are.
    pub fn accepted(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.accept.split(',').map(str::trim).filter(|accepted| !accepted.is_empty())
    }

    /// What a visitor is told of a file of another type.
    pub fn wrong_type(&self) -> Mistake {
        let kinds: Vec<String> = self.accepted().map(kind_in_words).collect();
        Mistake::WrongFileType { accept: kinds.join(", ") }
    }
}

/// `image/*` → `images`, `image/png` → `PNG`, `.csv` → `CSV`.
fn kind_in_words(accepted: &str) -> String {
    match accepted.rsplit_once('/') {
        Some(("image", "*")) => "images".to_owned(),
        Some(("video", "*")) => "videos".to_owned(),
        Some(("audio", "*")) => "sound files".to_owned(),
        Some(("text", "plain")) => "text files".to_owned(),
        Some((_, kind)) => kind.split(['+', '.']).next().unwrap_or(kind).to_ascii_uppercase(),
        None => accepted.trim_start_matches('.').to_ascii_uppercase(),
    }
}

/// Bytes as a visitor reads them: `5 MB`, in powers of ten as browsers and systems show sizes.
fn in_words(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    let unit = units.into_iter().find(|(_, of)| bytes >= *of);
    let Some((unit, of)) = unit else { return format!("{bytes} bytes") };
    match (bytes / of, bytes % of * 10 / of) {
        (whole, 0) => format!("{whole} {unit}"),
        (whole, tenths) => format!("{whole}.{tenths} {unit}"),
    }
}

/// Whether a form sends files.
pub const fn has_files(fields: &[FieldSpec]) -> bool {
    let mut at = 0;
    while at < fields.len() {
        let within = match fields[at].structure {
            Structure::Rows(fields) | Structure::Group(fields) => has_files(fields),
            Structure::One | Structure::Many => fields[at].constraints.is_file(),
        };
        if within {
            return true;
        }
        at += 1;
    }
    false
}

/// The most bytes that the files of a form can have; `files` is how many a submission may have.
pub fn most_bytes_of_files(fields: &[FieldSpec], files: u64) -> u64 {
    let of = |spec: &FieldSpec| match spec.structure {
        Structure::Group(fields) => most_bytes_of_files(fields, files),
        Structure::Rows(fields) => most_bytes_of_files(fields, files).saturating_mul(files),
        Structure::One | Structure::Many if spec.constraints.is_file() => {
            let count = files.min(spec.constraints.max_files as u64);
            spec.constraints.max_size.saturating_mul(count).min(spec.constraints.max_total)
        }
        Structure::One | Structure::Many => 0,
    };
    fields.iter().map(of).fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for (sent, plain) in [
            ("photo.png", "photo.png"),
            ("C:\\fakepath\\photo.png", "photo.png"),
            ("../../etc/passwd", "passwd"),
            ("a\0b\r\n.txt", "ab.txt"),
            ("..", "file"),
            ("", "file"),
            ("x/", "file"),
        ] {
            assert_eq!(plain_name(sent), plain, "{sent:?}");
        }
        assert_eq!(plain_name(&"é".repeat(1_000)).chars().count(), LONGEST_NAME);
    }

    #[test]
    fn types_are_accepted_by_family_name_or_ending() {
        let check = |accept: &'static str, content_type: &str, name: &str| {
            Constraints::FILE.accept(accept).refuses_type(content_type, name).is_none()
        };
        assert!(check("", "anything/at-all", "x"));
        assert!(check("image/*, .csv", "image/PNG", "x") && check("image/*, .csv", "", "A.CSV"));
        assert!(check("image/png", "image/png", "x"));
        assert!(!check("image/png", "image/jpeg", "x.png"));
        assert!(!check("image/*", "text/html", "image.png") && !check(".csv", "", "csv"));
    }

    #[test]
    fn of_the_size_of_one_and_of_all_the_nearer_limit_is_told() {
        let constraints = Constraints::FILE.max_size(10).max_total(25);
        let told = |bytes, before| constraints.refuses_size(bytes, before).map(Mistake::sentence);
        let (one, all) =
            ("Choose a file of at most 10 bytes", "Choose files of at most 25 bytes together");
        for (bytes, before, expect) in [
            (10, 0, None),
            (11, 0, Some(one)),
            (10, 15, None),
            (11, 15, Some(one)),
            (9, 16, None),
            (10, 16, Some(all)),
            (11, 16, Some(all)),
            (0, 25, None),
            (1, 25, Some(all)),
        ] {
            assert_eq!(told(bytes, before).as_deref(), expect, "{bytes} after {before}");
        }
        assert_eq!(Constraints::FILE.refuses_size(10_000_000, u64::MAX - 10_000_000), None);
    }

    #[test]
    fn sizes_and_types_in_words() {
        for (bytes, words) in
            [(999, "999 bytes"), (1_000, "1 kB"), (2_500_000, "2.5 MB"), (1_073_741_824, "1 GB")]
        {
            assert_eq!(in_words(bytes), words);
        }
        let accept = Constraints::FILE.accept("image/*, application/pdf, .csv, image/svg+xml");
        let told = accept.wrong_type().sentence();
        assert_eq!(told, "Choose a file of one of these types: images, PDF, CSV, SVG");
    }
}
