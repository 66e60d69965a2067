//! Forms of structs, lists and several values: what a handler gets, where issues stand, and what an
//! attack on the parser comes to.

use std::time::{Duration, Instant};

use formwork::{Config, Form, Issues};

use crate::{
    app::{Profile, SaveProfile},
    harness::{Entries, Server, hidden, urlencoded},
};

const TOO_DEEP: &str = "The form has fields within fields, more deeply than this page accepts.";

fn entries(pairs: &[(&str, &str)]) -> formwork::Entries {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn parse(pairs: &[(&str, &str)]) -> Result<Profile, Issues> {
    Profile::parse(&entries(pairs))
}

const SOUND: &[(&str, &str)] = &[
    ("name", "Ann"),
    ("address.street", "Main Street 1"),
    ("address.town", "Lisbon"),
    ("phones[k2]", ""),
    ("phones[k2].type", "desk"),
    ("phones[k2].number", "222"),
    ("phones[k2].hours[a].from", "9"),
    ("phones[k1].number", "111"),
    ("phones[k1].type", "mobile"),
    ("phones[k2].hours[b].from", "14"),
    ("topics", "outages"),
    ("topics", "news"),
    ("topics", "outages"),
    ("badge", "B-17"),
];

#[track_caller]
fn check_issues(changes: &[(&str, &str)], expect: &[(&str, &str)]) {
    let mut pairs = SOUND.to_vec();
    pairs.extend(changes);
    let issues = parse(&pairs).err().unwrap_or_default();
    let found: Vec<_> = issues.iter().map(|i| (i.path.as_str(), i.message.as_str())).collect();
    assert_eq!(found, expect);
}

#[test]
fn a_handler_gets_structs_lists_and_sets() {
    let profile = parse(SOUND).expect("sound");
    assert_eq!(profile.address.city, "Lisbon");
    assert!(profile.billing.is_none(), "nothing of it was entered");
    let numbers: Vec<_> = profile.phones.iter().map(|phone| phone.number.as_str()).collect();
    assert_eq!(numbers, ["222", "111"], "in the order in which they were sent");
    let hours: Vec<_> = profile.phones[0].hours.iter().map(|hours| hours.from).collect();
    assert_eq!(hours, [9, 14]);
    let topics: Vec<_> = profile.topics.iter().map(|topic| format!("{topic:?}")).collect();
    assert_eq!(topics, ["News", "Outages"]);
}

#[test]
fn what_is_written_reads_the_same() {
    let profile = parse(SOUND).expect("sound");
    let mut written = formwork::Entries::default();
    profile.write("", &mut written);
    let again = Profile::parse(&written).expect("sound as well");
    assert_eq!(format!("{again:?}"), format!("{profile:?}"));
}

#[test]
fn issues_have_whole_paths_and_stand_in_the_order_of_the_fields() {
    check_issues(
        &[
            ("badge", "17"),
            ("phones[k1].hours[z].from", "noon"),
            ("phones[k1].number", "1"),
            ("phones[k2].number", ""),
            ("phones[k2].hours[b].from", "24"),
            ("address.town", ""),
            ("billing.street", "x"),
            ("name", ""),
            ("topics", "billing"),
            ("note", "too long"),
        ],
        &[
            ("name", "Fill this in"),
            ("address.town", "Fill this in"),
            ("billing.town", "Fill this in"),
            ("phones[k2].number", "Enter at least 3 characters"),
            ("phones[k2].hours[b].from", "Enter 23 or less"),
            ("phones[k1].number", "Enter at least 3 characters"),
            ("phones[k1].hours[z].from", "Enter a whole number from 0 to 255"),
            ("topics", "Give at most 2"),
            ("badge", "Enter your badge, such as B-17"),
            ("note", "Enter at most 5 characters"),
        ],
    );
}

#[test]
fn lists_say_how_many() {
    let issues = parse(&SOUND[..3]).expect_err("no phone, no badge");
    let at_phones: Vec<_> = issues.at("phones").map(|issue| issue.message.as_str()).collect();
    assert_eq!(at_phones, ["Give at least 1"]);
    check_issues(&[("topics", "weather")], &[("topics", "Choose one of the options")]);
}

#[tokio::test]
async fn an_issue_of_the_handler_stands_at_the_key_of_its_row_in_both_gears() {
    let server = Server::start().await;
    let mut sent: Entries = hidden(SaveProfile);
    sent.extend(SOUND.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    sent.push(("phones[k1].number".to_owned(), "taken".to_owned()));
    sent.push(("phones[k1].pin".to_owned(), "s3cr3t-pin".to_owned()));
    let browser = server.browser();
    let mut stream = browser.enhanced("/profile", &sent, &[]).await;
    let outcome = stream.outcome().await;
    assert_eq!(outcome["issues"][0]["path"], "phones[k1].number", "{outcome}");
    let page = browser.post("/profile", &sent).await;
    assert_eq!(page.status, 422);
    let row = |name: &str| format!(r#"[name="phones[k1].{name}"]"#);
    assert_eq!(page.attribute(&row("number"), "value").as_deref(), Some("taken"));
    assert_eq!(page.attribute(&row("number"), "aria-invalid").as_deref(), Some("true"));
    assert!(!page.html.contains("s3cr3t-pin"), "a secret in a row is not echoed");
}

#[tokio::test]
async fn mistakes_are_said_in_the_visitors_language_where_the_application_speaks_it() {
    formwork::set_words(|mistake, language| match mistake {
        formwork::Mistake::TooShort { min } if language == "xx" => Some(format!("{min}!").into()),
        _ => None,
    });
    let server = Server::start().await;
    let mut sent: Entries = hidden(SaveProfile);
    sent.extend(SOUND.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    sent.push(("phones[k1].number".to_owned(), "1".to_owned()));
    for (accepts, expect) in [("yy, xx;q=0.1", "3!"), ("en, xx", "Enter at least 3 characters")] {
        let language = [("accept-language", accepts)];
        let page = server.browser().post_with("/profile", &sent, &language).await;
        assert_eq!(page.texts(".issues a"), [format!("Number: {expect}")]);
    }
}

/// Whatever the names, as many entries take about as long, and far less than a second.
#[test]
fn t9_the_parse_of_hostile_names_is_bounded() {
    let deep = |levels: usize| vec!["a"; levels].join(".");
    let attacks: [(&str, Vec<(String, String)>); 7] = [
        ("one key, again and again", (0..10_000).map(|_| ("name".into(), "x".into())).collect()),
        ("a row each", (0..10_000).map(|n| (format!("phones[k{n}].number"), "1".into())).collect()),
        (
            "one row, again and again",
            (0..10_000).map(|_| ("phones[k].number".into(), "1".into())).collect(),
        ),
        (
            "a row in a row each",
            (0..10_000).map(|n| (format!("phones[k{n}].hours[h{n}].from"), "x".into())).collect(),
        ),
        (
            "rows in one row",
            (0..10_000).map(|n| (format!("phones[k].hours[h{n}].from"), "x".into())).collect(),
        ),
        (
            "huge positions",
            (0..10_000_u64)
                .map(|n| (format!("phones[{}].number", u64::MAX - n), "1".into()))
                .collect(),
        ),
        ("deep", (0..1_000).map(|_| (deep(1_000), "x".into())).collect()),
    ];
    for (name, attack) in attacks {
        let entries: formwork::Entries = attack.into_iter().collect();
        let begun = Instant::now();
        let issues = Profile::parse(&entries).expect_err(name);
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(2), "{name}: {took:?}");
        assert!(issues.len() < 10_000, "{name}: {}", issues.len());
    }
}

#[tokio::test]
async fn t9_deep_names_and_ten_thousand_fields_are_refused() {
    let server = Server::start().await;
    let post = |names: Vec<String>| {
        let mut sent: Entries = hidden(SaveProfile);
        sent.extend(names.into_iter().map(|name| (name, "x".to_owned())));
        sent
    };
    let browser = server.browser();
    let deep = browser.post("/profile", &post(vec![vec!["a"; 1_000].join(".")])).await;
    deep.refuses(413, TOO_DEEP);
    let deep = browser.post("/profile", &post(vec!["a[b]".repeat(1_000)])).await;
    deep.refuses(413, TOO_DEEP);
    let wide = post((0..10_000).map(|n| format!("phones[k{n}].number")).collect());
    let refused = browser.post("/profile", &wide).await;
    refused.refuses(413, "The form has more fields than this page accepts.");
    assert_eq!(server.desk.ran("save_profile"), 0);

    // With a limit that lets them through, a list still has an end.
    let config = Config { max_fields: 20_000, ..Config::default() };
    let server = Server::with(config).await;
    let mut stream = server.browser().enhanced("/profile", &wide, &[]).await;
    let outcome = stream.outcome().await;
    let issues = outcome["issues"].as_array().expect("issues");
    assert!(issues.iter().any(|issue| issue["message"] == "Give at most 1000"), "{}", issues.len());
    assert!(urlencoded(&wide).len() > 100_000);
}
