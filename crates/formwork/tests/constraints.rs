//! Whatever the server takes, a browser does not hold back: random texts, judged by the rules of a form
//! and, typed into the controls that the form's fields make, by Chromium.
//!
//! `CHROMIUM` names the browser, `/usr/bin/chromium` otherwise; without one the test says so and is
//! skipped. `SEED` repeats a run.

use std::{
    fmt::Write as _,
    path::PathBuf,
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use formwork::{
    Color, Date, Decimal, Email, Entries, LocalDateTime, Month, Time, WebAddress, prelude::*,
};
use leptos::prelude::*;

const FOUR: usize = 4;

/// A field for every rule that becomes a constraint, and for those that must not.
#[derive(Form, Validate, Clone, Debug)]
struct Zoo {
    #[garde(length(chars, min = 2, max = 5))]
    chars: String,
    #[garde(length(chars, min = 1, max = FOUR))]
    #[field(type = "search")]
    chars_of_const: String,
    #[garde(length(bytes, min = 4, max = 9))]
    #[field(type = "tel")]
    bytes: String,
    #[garde(length(min = 4, max = 9))]
    simple: String,
    #[garde(length(utf16, min = 2, max = 4))]
    utf16: String,
    #[garde(length(chars, min = 3, max = 6))]
    optional: Option<String>,
    #[garde(length(chars, min = 1, max = 6))]
    #[field(secret)]
    secret: String,
    #[garde(ascii)]
    ascii: String,
    #[garde(alphanumeric)]
    alphanumeric: String,
    #[garde(prefix("a.*"))]
    prefix: String,
    #[garde(suffix("]é"))]
    suffix: String,
    #[garde(contains("&&"))]
    contains: String,
    #[garde(length(max = 30))]
    email: Email,
    #[garde(skip)]
    address: WebAddress,
    #[garde(skip)]
    color: Color,
    #[garde(range(min = 3, max = 200))]
    small: u8,
    #[garde(range(min = -5))]
    signed: i32,
    #[garde(inner(range(max = 9)))]
    some: Option<u32>,
    #[garde(range(max = 18_446_744_073_709_551_610))]
    wide: u64,
    #[garde(range(min = 0.1, max = 2.5))]
    float: f64,
    #[garde(range(min = 0.1))]
    single: f32,
    #[garde(range(min = Decimal::from(-2)))]
    decimal: Decimal,
    #[garde(range(min = Date::new(1999, 12, 31).unwrap(), max = Date::new(2028, 2, 29).unwrap()))]
    date: Date,
    #[garde(skip)]
    month: Month,
    #[garde(range(max = Time::new(22, 0, 0, 0).unwrap()))]
    time: Time,
    #[garde(skip)]
    moment: LocalDateTime,
    #[garde(length(chars, min = 2, max = 5))]
    text: String,
    #[garde(length(bytes, max = 12))]
    bytes_of_text: String,
}

#[action(public)]
async fn visit(_cx: ActionCx, _form: Zoo) -> ActionResult<()> {
    Ok(())
}

/// The controls, and a text that each takes.
fn controls() -> (String, Vec<(&'static str, &'static str)>) {
    let fields = use_action_state(Visit).fields();
    macro_rules! controls {
        ($($name:ident $sound:literal)*; $($area:ident $text:literal)*) => {(
            [
                $(view! { <input {..fields.$name.input()}/> }.to_html(),)*
                $(view! { <textarea {..fields.$area.textarea()}></textarea> }.to_html(),)*
            ].concat(),
            vec![$((stringify!($name), $sound),)* $((stringify!($area), $text)),*],
        )};
    }
    controls! {
        chars "ab" chars_of_const "a" bytes "abcd" simple "abcd" utf16 "ab" optional "abc" secret "s"
        ascii "a" alphanumeric "a" prefix "a.*" suffix "]é" contains "&&" email "a@b.example"
        address "https://a.example" color "#000000" small "3" signed "1" some "9" wide "7" float "1"
        single "1" decimal "1.5" date "2000-01-01" month "2026-11" time "09:30"
        moment "2026-11-21T09:30";
        text "ab" bytes_of_text "ab"
    }
}

/// Numbers that look random and are the same for the same seed (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below
    }

    /// A text near one that is sound.
    fn text(&mut self, sound: &str) -> String {
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
            "٣",
            "中",
            "🙂",
            "𝒳",
            "👩‍👩‍👧",
            "\u{301}",
            "\n",
            "\"",
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
        let mut text = match self.next(4) {
            0 => String::new(),
            1 => return self.number(),
            _ => sound.to_owned(),
        };
        for _ in 0..self.next(6) {
            let mut at = self.next(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            match self.next(3) {
                0 if at < text.len() => drop(text.remove(at)),
                _ => text.insert_str(at, LETTERS[self.next(LETTERS.len())]),
            }
        }
        text
    }

    fn number(&mut self) -> String {
        let digits = |random: &mut Self, count: usize| -> String {
            (0..count).map(|_| char::from(b'0' + random.next(10) as u8)).collect()
        };
        let count = 1 + self.next(20);
        match self.next(9) {
            0 => format!(
                "{}-{:02}-{:02}",
                1998 + self.next(32),
                1 + self.next(12),
                1 + self.next(31)
            ),
            1 => format!("{}-{:02}", 1 + self.next(9_999), 1 + self.next(12)),
            2 => format!("{:02}:{:02}", self.next(24), self.next(60)),
            3 => format!(
                "{:02}:{:02}:{:02}.{}",
                self.next(24),
                self.next(60),
                self.next(60),
                digits(self, 1 + count % 3)
            ),
            4 => format!(
                "2026-11-{:02}T{:02}:{:02}:{:02}",
                1 + self.next(30),
                self.next(24),
                self.next(60),
                self.next(60)
            ),
            5 => format!("0.0{}", "9".repeat(count)),
            6 => format!("{}.{}", self.next(3), digits(self, count)),
            7 => format!("-{}", digits(self, 1 + count % 3)),
            _ => digits(self, count),
        }
    }
}

/// The name of the field and a text for it that the server takes.
fn accepted(
    random: &mut Random,
    sound: &[(&'static str, &'static str)],
) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (name, text) in sound {
        for _ in 0..300 {
            let text = random.text(text);
            let entries: Entries = sound
                .iter()
                .map(|(n, sound)| {
                    ((*n).to_owned(), if n == name { text.clone() } else { (*sound).to_owned() })
                })
                .collect();
            match Zoo::parse(&entries) {
                Ok(zoo) => {
                    // As the handler would write it: what a control can hold, whatever it is given.
                    let mut written = Entries::default();
                    zoo.write("", &mut written);
                    let canonical = written.last(name).unwrap_or_default().to_owned();
                    found.push((*name, canonical));
                    found.push((*name, text));
                }
                Err(issues) => assert!(issues.has(name), "{name}: {issues:?}"),
            }
        }
    }
    found
}

#[test]
fn what_the_server_takes_no_browser_holds_back() {
    let chromium = PathBuf::from(std::env::var("CHROMIUM").unwrap_or("/usr/bin/chromium".into()));
    if !chromium.exists() {
        eprintln!("skipped: no browser at {}; CHROMIUM names another", chromium.display());
        return;
    }
    let now =
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d: Duration| d.as_nanos() as u64);
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(now | 1);
    eprintln!("SEED={seed}");

    let owner = Owner::new();
    let (html, sound) = owner.with(controls);
    let texts = accepted(&mut Random(seed), &sound);
    for (name, _) in &sound {
        let count = texts.iter().filter(|(n, _)| n == name).count();
        assert!(count >= 20, "{name}: only {count} texts were taken");
    }

    let json = serde_json::to_string(&texts).expect("texts").replace('<', "\\u003c");
    let mut page = String::from("<!DOCTYPE html><meta charset=utf-8><form>");
    let _ = write!(
        page,
        "{html}</form><pre id=result></pre><script>const texts = {json};{JUDGE}</script>"
    );
    let folder = std::env::temp_dir().join(format!("formwork-constraints-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("zoo.html");
    std::fs::write(&file, page).expect("a file");
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("the browser runs");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let _ = std::fs::remove_dir_all(&folder);
    let result =
        dom.split("<pre id=\"result\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let result = result.unwrap_or_else(|| panic!("no result: {dom}"));
    let (judged, refused) = result.split_once('\n').expect("a count");
    let judged: usize = judged.parse().expect("a count");
    assert!(judged > texts.len() / 2, "of {} texts only {judged} were judged", texts.len());
    assert!(refused.is_empty(), "SEED={seed}, held back:\n{refused}");
}

/// Types each text into its control, and asks whether the form could be sent with it.
///
/// A text that a control can't hold at all (letters in a number, a line break in a line) can't be typed;
/// what the handler would write must be. `insertText` is typing: only then lengths are judged.
const JUDGE: &str = r#"
const lines = [];
let judged = 0;
texts.forEach(([name, text], at) => {
  const control = document.querySelector(`[name="${name}"]`);
  const canonical = at % 2 === 0;
  const typed = control.tagName === 'TEXTAREA' || /^(text|search|tel|password|email|url|number)$/.test(control.type);
  if (control.tagName === 'INPUT' && /[\r\n]/.test(text)) return;
  control.value = '';
  if (typed) {
    control.focus();
    control.select();
    if (text !== '') document.execCommand('insertText', false, text);
  } else {
    control.value = text;
  }
  const held = control.type === 'email' || control.type === 'url' ? control.value !== '' || text === '' : control.value === text;
  if (!held && !canonical && !/^(text|search|tel|password|textarea)$/.test(control.type)) return;
  judged += 1;
  if (!held || !control.checkValidity()) {
    const why = Object.keys(ValidityState.prototype).filter((key) => control.validity[key]);
    lines.push(JSON.stringify([name, text, control.value, why.join()]));
  }
});
document.getElementById('result').textContent = judged + '\n' + lines.slice(0, 40).join('\n');
"#;
