//! Random forms that the server takes, for a browser to send: the half of the property test that judges.

use std::fmt::Write as _;

use formwork::{Entries, Form};
use proptest::{
    prelude::*,
    sample::{Index, select},
    strategy::ValueTree,
    string::string_regex,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};

use super::form::Zoo;

/// Forms of each kind.
const FORMS: usize = 40;
/// How many values of a field may be refused in a row.
const PATIENCE: usize = 20_000;

/// Names and values as a form sends them.
type Sent = Vec<(String, String)>;

/// Forms with nothing in them but what the server takes, each with what it reads of it, as JSON.
///
/// `typed` are for the form's own controls, which hold no line break where there is one line and have
/// two rows; `written` is then what the handler would write, for what a control can't hold as it was
/// sent. `plain` are any.
pub fn accepted(seed: u64) -> String {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let units = units();
    let typed = forms(&mut runner, &units, true);
    let plain = forms(&mut runner, &units, false);
    json!({ "typed": typed, "plain": plain }).to_string()
}

/// What was read, a line an entry, as Rust's `{:?}` shows it.
pub(super) fn told(form: &Zoo) -> String {
    let mut told = String::new();
    for (name, value) in written(form) {
        let _ = writeln!(told, "{name}={value:?}");
    }
    if let Some(file) = &form.picture {
        told += &told_of_file("picture", file.file_name(), file.size());
    }
    for file in &form.files {
        told += &told_of_file("files", file.file_name(), file.size());
    }
    told
}

fn told_of_file(name: &str, file_name: &str, size: u64) -> String {
    format!("{name}={file_name:?} of {size} bytes\n")
}

fn written(form: &Zoo) -> Sent {
    let mut written = Entries::default();
    Form::write(form, "", &mut written);
    written.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A field, or fields that are read together: entries that are taken, and others, taken or not.
struct Unit {
    sound: Sent,
    any: BoxedStrategy<Sent>,
    /// Whether the form's controls can hold them, perhaps as the handler would write them.
    fits: fn(&Sent) -> bool,
}

fn forms(runner: &mut TestRunner, units: &[Unit], for_controls: bool) -> Vec<Value> {
    let taken: Vec<Vec<Sent>> = (0..units.len())
        .map(|at| {
            let taken = |sent: &Sent| {
                let others = units.iter().enumerate().filter(|(other, _)| *other != at);
                let others = others.flat_map(|(_, unit)| unit.sound.clone());
                Zoo::parse(&others.chain(sent.clone()).collect()).is_ok()
            };
            let mut some = || {
                let mut any = || units[at].any.new_tree(runner).ok().map(|tree| tree.current());
                (0..PATIENCE)
                    .filter_map(|_| any())
                    .find(|sent| (!for_controls || (units[at].fits)(sent)) && taken(sent))
            };
            let found: Option<Vec<Sent>> = (0..FORMS).map(|_| some()).collect();
            found.unwrap_or_else(|| panic!("too few are taken like {:?}", units[at].sound))
        })
        .collect();
    let form = |at: usize| {
        // Only a control holds files.
        let files = for_controls.then(|| files().new_tree(runner).ok()).flatten();
        let files = files.map(|tree| tree.current()).unwrap_or_default();
        let files_told = |(name, file_name, _, size): &File| told_of_file(name, file_name, *size);
        let told_of_files: String = files.iter().map(files_told).collect();
        let sent: Sent = taken.iter().flat_map(|of_unit| of_unit[at].clone()).collect();
        let form = Zoo::parse(&sent.iter().cloned().collect());
        let form = form.unwrap_or_else(|issues| panic!("{sent:?}: {issues:?}"));
        json!({
            "entries": sent,
            "written": written(&form),
            "files": files,
            "read": told(&form) + &told_of_files,
        })
    };
    (0..FORMS).map(form).collect()
}

/// What an `<input>` can hold of a text.
fn one_line(sent: &Sent) -> bool {
    sent.iter().all(|(_, value)| !value.contains(['\r', '\n']))
}

/// Where a slider stands: Chromium knows 15 digits of it, and no negative zero.
fn few_digits(sent: &Sent) -> bool {
    let text = sent.last().map_or("", |(_, text)| text.trim());
    text.len() < 15 && text.parse().is_ok_and(|number: f64| number != 0.0 || !text.contains('-'))
}

/// As boxes are sent that are ticked: each once, in order.
fn in_order(sent: &Sent) -> bool {
    sent.is_sorted_by(|(name, before), (other, after)| name != other || before < after)
}

/// The test adds two of them.
fn two_rows(sent: &Sent) -> bool {
    let rows = sent.iter().filter(|(name, _)| name.ends_with(']')).count();
    rows == 2 && one_line(sent) && in_order(sent)
}

fn units() -> Vec<Unit> {
    const TEXTS: &[(&str, &str, &str)] = &[
        ("chars", "ab", TEXT),
        ("chars_of_const", "a", TEXT),
        ("bytes", "abcd", TEXT),
        ("simple", "abcd", TEXT),
        ("utf16", "ab", TEXT),
        ("optional", "abc", TEXT),
        ("secret", "s", TEXT),
        ("ascii", "a", TEXT),
        ("alphanumeric", "a", TEXT),
        ("prefix", "a.*", TEXT),
        ("suffix", "]é", TEXT),
        ("contains", "&&", TEXT),
        ("email", "a@b.example", TEXT),
        ("email_as_text", "a@b.example", TEXT),
        ("address", "https://a.example", TEXT),
        ("color", "#00ffAA", TEXT),
        ("nick", "ab", TEXT),
        ("score", "7", WHOLE),
        ("small", "3", WHOLE),
        ("slider", "200", WHOLE),
        ("fine_slider", "0.5", NUMBER),
        ("signed", "1", WHOLE),
        ("number_as_text", "9", WHOLE),
        ("some", "9", WHOLE),
        ("wide", "7", WHOLE),
        ("signed_wide", "-7", WHOLE),
        ("widest", "7", WHOLE),
        ("size", "7", WHOLE),
        ("float", "1", NUMBER),
        ("single", "1", NUMBER),
        ("decimal", "1.5", NUMBER),
        ("date", "2000-01-01", DATE),
        ("month", "2026-11", MONTH),
        ("time", "09:30", TIME),
        ("moment", "2026-11-21T09:30", MOMENT),
        ("hidden", "a", TEXT),
        ("text", "ab", TEXT),
        ("units_of_text", "a\r\nb", TEXT),
        ("bytes_of_text", "ab", TEXT),
    ];
    const CHOICES: &[&str] = &["radio", "perhaps_radio", "select", "perhaps_select", "tick"];
    let of_text = |&(name, sound, like): &(&'static str, &'static str, &str)| Unit {
        sound: vec![(name.to_owned(), sound.to_owned())],
        any: under(name, near(sound, like), 0..3),
        fits: match name {
            "text" | "units_of_text" | "bytes_of_text" => |_| true,
            "fine_slider" => few_digits,
            _ => one_line,
        },
    };
    let of_choice = |name: &&'static str| Unit {
        sound: vec![((*name).to_owned(), if *name == "tick" { "on" } else { "bee" }.to_owned())],
        any: under(name, choice(), 0..3),
        fits: one_line,
    };
    let of_several = |name: &'static str| Unit {
        sound: vec![(name.to_owned(), "ant".to_owned())],
        any: under(name, choice(), 0..4),
        fits: in_order,
    };
    let mut units: Vec<Unit> = TEXTS.iter().map(of_text).collect();
    units.extend(CHOICES.iter().map(of_choice));
    units.extend([of_several("ticks"), of_several("selects")]);
    units.extend([cage("cage", true), cage("perhaps_cage", false), animals()]);
    units
}

/// So many entries of this name.
fn under(
    name: &str,
    value: impl Strategy<Value = String> + 'static,
    count: std::ops::Range<usize>,
) -> BoxedStrategy<Sent> {
    let name = name.to_owned();
    let named = value.prop_map(move |value| (name.clone(), value));
    prop::collection::vec(named, count).boxed()
}

fn cage(name: &'static str, needed: bool) -> Unit {
    let fields = (
        under(&format!("{name}.name"), near("big", TEXT), 0..2),
        under(&format!("{name}.floor"), near("-3", WHOLE), 0..2),
    );
    let sound = vec![(format!("{name}.name"), "a".into()), (format!("{name}.floor"), "1".into())];
    let any = fields.prop_map(|(name, floor)| [name, floor].concat()).boxed();
    Unit { sound: if needed { sound } else { Sent::new() }, any, fits: one_line }
}

fn animals() -> Unit {
    // Most of them sound: a list with one that isn't is refused.
    let name = prop_oneof![2 => Just("🙂é".to_owned()), 1 => near("cow", TEXT)];
    let legs = prop_oneof![2 => Just("+8".to_owned()), 1 => near("4", WHOLE)];
    let kind = select(&["ant", "bee", "c & d", ""][..]).prop_map_into();
    let row = (name, legs, prop::collection::vec(kind, 0..3));
    let rows = prop::collection::vec(row, 0..4).prop_map(|rows| {
        let mut sent = Sent::new();
        for (at, (name, legs, kinds)) in rows.into_iter().enumerate() {
            let row = format!("animals[k{at}]");
            sent.push((format!("{row}.name"), name));
            sent.push((format!("{row}.legs"), legs));
            sent.extend(kinds.into_iter().map(|kind| (format!("{row}.kinds"), kind)));
            sent.push((row, String::new()));
        }
        sent
    });
    Unit { sound: Sent::new(), any: rows.boxed(), fits: two_rows }
}

/// Name of the field, name of the file, type, size.
type File = (&'static str, &'static str, &'static str, u64);

/// Files within the limits of their fields, up to these.
fn files() -> impl Strategy<Value = Vec<File>> {
    let sizes = |most: u64| prop_oneof![3 => 8..=most, 1 => Just(most)];
    let names = || select(&["a.png", "🙂 é.PNG", "picture"][..]);
    let picture =
        (names(), sizes(2_000)).prop_map(|(name, size)| ("picture", name, "image/png", size));
    let table = (select(&["a.csv", "Ä.CSV"][..]), select(&["text/csv", ""][..]), 0..=1_000_u64);
    let table = table.prop_map(|(name, kind, size)| ("files", name, kind, size));
    let image = (names(), sizes(1_000)).prop_map(|(name, size)| ("files", name, "image/png", size));
    let several = prop::collection::vec(prop_oneof![table, image], 0..=3);
    let together = several.prop_map(|mut files| {
        while files.iter().map(|(_, _, _, size)| size).sum::<u64>() > 2_000 {
            files.pop();
        }
        files
    });
    (prop::option::of(picture), together)
        .prop_map(|(picture, files)| picture.into_iter().chain(files).collect())
}

fn choice() -> impl Strategy<Value = String> {
    select(&["ant", "bee", "c & d", "", "on", "1", "off", "Ant", "dog"][..]).prop_map_into()
}

/// How values of a kind are written, and some that are none.
const TEXT: &str = "[a-z]{0,2}[🙂é中0-9 ]{0,3}|[0-9]{1,9}|&&|true|NaN";
const WHOLE: &str = "[ \t\n]?[+-]?[0-9]{1,3}[ \n]?|[0-9]{1,2}|-?[0-9]{4,20}|-?[0-9]{1,3}e[0-9]";
const NUMBER: &str = "[ \t\n]?[+-]?[0-9]{1,3}[ \n]?|[0-2]\\.[0-9]{1,20}|-?[0-9]{1,3}\\.[0-9]{1,18}|\
                      -?[0-9]{1,3}e-?[0-9]|-?0\\.0{1,9}[1-9]{1,9}|\\.[0-9]{1,3}|[01]e-?[0-3]";
const DATE: &str = " ?(1999|20[0-2][0-9])-(0[1-9]|1[0-3])-([0-2][0-9]|3[01]) ?";
const MONTH: &str = " ?(19[0-9]{2}|[0-9]{4})-(0[0-9]|1[0-3]) ?";
const TIME: &str = " ?[01][0-9]:[0-5][0-9](:[0-6][0-9](\\.[0-9]{1,3})?)? ?|2[0-4]:[0-6]0";
const MOMENT: &str =
    " ?[0-9]{4}-1[0-2]-[0-2][0-9][T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,3})?)? ?";

/// This text with some letters more or less, and texts of a kind.
fn near(sound: &'static str, like: &str) -> BoxedStrategy<String> {
    const LETTERS: &[&str] = &[
        "a",
        "b",
        "Z",
        "0",
        "9",
        " ",
        "-",
        ".",
        "@",
        "é",
        "ß",
        "İ",
        "٣",
        "中",
        "🙂",
        "𝒳",
        "👩‍👩‍👧",
        "\u{301}",
        "\u{a0}",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "\"",
        "'",
        "<",
        "\\",
        "]",
        "[",
        "(",
        "&",
        "&&",
        "+",
        "*",
        "a.*",
        "]é",
        "#",
        "/",
        ":",
        "T",
        "e",
        "x",
    ];
    let edit = (any::<Index>(), prop::option::weighted(0.7, select(LETTERS)));
    let edited = prop::collection::vec(edit, 0..5).prop_map(move |edits| {
        let mut chars: Vec<char> = sound.chars().collect();
        for (at, letters) in edits {
            let at = at.index(chars.len() + 1);
            match letters {
                Some(letters) => drop(chars.splice(at..at, letters.chars())),
                None if at < chars.len() => drop(chars.remove(at)),
                None => {}
            }
        }
        chars.into_iter().collect()
    });
    let like = string_regex(like).expect("a pattern");
    prop_oneof![1 => Just(String::new()), 4 => edited, 4 => like].boxed()
}
