//! Files beside other fields (F1–F5): while they arrive, when they are refused, and afterwards.

use std::{fs, path::PathBuf, time::Duration};

use formwork::Config;

use crate::{
    app::{Hang, Lend},
    harness::{Page, Raw, Request, Server, hidden, soon},
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";

/// A part of a body: a field, or a file with its type.
#[derive(Clone, Copy)]
enum Part<'a> {
    Field(&'a str, &'a str),
    File(&'a str, &'a str, &'a str, &'a [u8]),
}
use Part::{Field, File};

fn body(own: &[(String, String)], parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    let own: Vec<Part<'_>> = own.iter().map(|(name, value)| Field(name, value)).collect();
    for part in own.iter().chain(parts) {
        let (head, content) = match part {
            Field(name, value) => (format!("name=\"{name}\""), value.as_bytes()),
            File(name, file, kind, content) => {
                (format!("name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {kind}"), *content)
            }
        };
        body.extend(format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes());
        body.extend(content.iter().chain(b"\r\n"));
    }
    body.extend(b"--b--\r\n");
    body
}

fn post(body: Vec<u8>) -> Request {
    Request::form("/gallery", body).with("content-type", "multipart/form-data; boundary=b")
}

async fn hang(server: &Server, parts: &[Part<'_>]) -> Page {
    server.send(&post(body(&hidden(Hang), parts))).await
}

/// What the handler saw.
async fn hung(server: &Server, parts: &[Part<'_>]) -> Vec<String> {
    let request = post(body(&hidden(Hang), parts)).with("accept", "application/x-ndjson");
    let answer = server.send(&request).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    let line = answer.html.lines().next().expect("an outcome");
    let line: serde_json::Value = serde_json::from_str(line).expect("a line");
    serde_json::from_value(line["outcome"]["value"].clone()).expect("texts")
}

#[tokio::test]
async fn f1_a_form_with_files_says_how_it_is_sent_and_what_it_takes() {
    let server = Server::start().await;
    let page = server.browser().get("/gallery").await;
    let attribute = |selector: &str, name: &str| page.attribute(selector, name);
    assert_eq!(attribute("#hang", "enctype").as_deref(), Some("multipart/form-data"));
    assert_eq!(attribute("[name=picture]", "type").as_deref(), Some("file"));
    assert_eq!(attribute("[name=picture]", "accept").as_deref(), Some("image/png, text/plain"));
    assert_eq!(attribute("[name=notes]", "multiple").as_deref(), Some(""));
    for (selector, name) in [
        ("[name=picture]", "value"),
        ("[name=picture]", "multiple"),
        ("[name=frame]", "required"),
        ("[name=notes]", "required"),
    ] {
        assert_eq!(attribute(selector, name), None, "{selector} {name}");
    }
    assert_eq!(attribute("[name=picture]", "required").as_deref(), Some(""));
    let others = server.browser().get("/").await;
    assert_eq!(others.attribute("#open", "enctype"), None);
}

#[tokio::test]
async fn f1_files_arrive_beside_other_fields() {
    let server = Server::start().await;
    let parts = [
        File("picture", "C:\\fakepath\\a.png", "image/png", PNG),
        File("notes", "1.txt", "text/plain", b"one"),
        File("notes", "2.txt", "text/plain", b"two\r\n-- b, --b"),
        File("frame", "", "application/octet-stream", b""),
        Field("title", "after the files"),
    ];
    let seen = hung(&server, &parts).await;
    assert!(seen[0].starts_with("a.png image/png 26 "), "{seen:?}");
    assert_eq!(seen[1..], ["1.txt text/plain 3 one", "2.txt text/plain 14 two\r\n-- b, --b"]);
}

/// A control that belongs to the form by its `form` attribute may stand before it in the document.
#[tokio::test]
async fn f1_a_file_before_the_forms_own_fields_is_taken_like_any_other() {
    let server = Server::start().await;
    let own = hidden(Hang);
    let text = |size| vec![b'x'; size];
    let (small, large) = (text(900), text(90_000));
    let send = |early: &[Part<'_>], late: &[Part<'_>]| {
        let own = own.iter().map(|(name, value)| Field(name, value));
        let parts: Vec<_> = early.iter().copied().chain(own).chain(late.iter().copied()).collect();
        post(body(&[], &parts)).with("accept", "application/x-ndjson")
    };
    let outcome = async |early: &[Part<'_>], late: &[Part<'_>]| {
        let answer = server.send(&send(early, late)).await;
        let line = answer.html.lines().next().expect("an outcome");
        serde_json::from_str::<serde_json::Value>(line).expect("a line")["outcome"].clone()
    };
    let picture = File("picture", "a.txt", "text/plain", &large);
    let none = File("frame", "", "application/octet-stream", b"");
    let note = |name| File("notes", name, "text/plain", &small);
    let title = Field("title", "x");

    let late = File("notes", "late", "", b"y");
    let three = outcome(&[none, note("early"), picture], &[title, late]).await;
    let seen = three["value"].clone();
    assert!(seen[0].as_str().unwrap().starts_with("a.txt text/plain 90000 xxx"), "{seen}");
    assert!(seen[1].as_str().unwrap().starts_with("early text/plain 900 "), "{seen}");
    assert!(seen[2].as_str().unwrap().starts_with("late application/octet-stream 1 y"), "{seen}");
    assert_eq!(seen.as_array().unwrap().len(), 3);
    // With nothing of files behind them.
    let last = outcome(&[picture], &[Field("_submission", "2"), title]).await;
    assert_eq!((&last["status"], server.desk.ran("hang")), (&200.into(), 2), "{last}");

    // Judged as all others are, and counted with them.
    let zip = File("picture", "a.txt", "text/plain", b"PK\x03\x04 and so on");
    let issues = outcome(&[zip, note("1")], &[note("2"), title]).await["issues"].clone();
    assert_eq!((&issues[0]["path"], &issues[1]["path"]), (&"picture".into(), &"notes".into()));
    assert_eq!(issues[1]["message"], "Choose files of at most 1.5 kB together");

    // Until it is known whose it is, it is in memory, and no larger than any body.
    let huge = text(3_000_000);
    let early = File("picture", "a.txt", "text/plain", &huge);
    assert_eq!(server.send(&send(&[early], &[title])).await.status, 413);
    assert_eq!(server.desk.ran("hang"), 2);
    server.is_well().await;
}

#[tokio::test]
async fn f5_no_file_is_none_and_an_empty_one_is_a_file() {
    let server = Server::start().await;
    let picture = || File("picture", "a.png", "image/png", PNG);
    let title = || Field("title", "x");
    let none = File("frame", "", "application/octet-stream", b"");
    assert_eq!(hung(&server, &[title(), picture(), none]).await.len(), 1);
    assert_eq!(hung(&server, &[title(), picture()]).await.len(), 1, "not even its name");
    let empty = File("frame", "empty.bin", "application/x-thing", b"");
    let seen = hung(&server, &[title(), picture(), empty]).await;
    assert_eq!(seen[1], "empty.bin application/x-thing 0 ");

    let missing = hang(&server, &[title(), File("picture", "", "", b"")]).await;
    assert_eq!(missing.status, 422);
    assert_eq!(missing.text("#picture-error"), "Choose a file");
}

#[tokio::test]
async fn f2_what_is_not_taken_is_an_issue_and_the_rest_is_kept() {
    let server = Server::start().await;
    let large = vec![b'x'; 150_000];
    let png = || File("picture", "a.png", "image/png", PNG);
    let note = || File("notes", "n.txt", "text/plain", b"x");
    let sized = |name, size| File("notes", name, "text/plain", &large[..size]);
    for (name, files, field, issue) in [
        (
            "too large",
            vec![File("picture", "a.txt", "text/plain", &large)],
            "picture",
            "Choose a file of at most 100 kB",
        ),
        (
            "another type, as it says itself",
            vec![File("picture", "a.gif", "image/gif", b"GIF89a")],
            "picture",
            "Choose a file of one of these types: PNG, text files",
        ),
        (
            "another type, in disguise",
            vec![File("picture", "a.png", "image/png", b"GIF89a and so on")],
            "picture",
            "Choose a file of one of these types: PNG, text files",
        ),
        ("too many", vec![png(), note(), note(), note()], "notes", "Choose at most 2 files"),
        ("two of one", vec![png(), png()], "picture", "Choose one file"),
        (
            "too large together",
            vec![png(), sized("1", 1_000), sized("2", 501)],
            "notes",
            "Choose files of at most 1.5 kB together",
        ),
        (
            "too large by itself, after another",
            vec![png(), sized("1", 499), sized("2", 1_001)],
            "notes",
            "Choose a file of at most 1 kB",
        ),
    ] {
        let parts: Vec<_> =
            files.into_iter().chain([Field("title", "kept"), Field("_submission", name)]).collect();
        let page = hang(&server, &parts).await;
        assert_eq!(page.status, 422, "{name}");
        assert_eq!(page.text(&format!("#{field}-error")), issue, "{name}");
        assert_eq!(page.form("#hang").value("title"), Some("kept"), "{name}");
    }
    assert_eq!(server.desk.ran("hang"), 0);
    server.is_well().await;
}

#[tokio::test]
async fn f2_as_many_bytes_as_several_files_may_have_together_are_taken_and_no_more() {
    let server = Server::start().await;
    let large = vec![b'x'; 1_000];
    let send = |sizes: [usize; 2]| {
        let [one, two] = sizes.map(|size| File("notes", "n.txt", "text/plain", &large[..size]));
        let picture = File("picture", "a.png", "image/png", PNG);
        let body = body(&hidden(Hang), &[picture, one, two, Field("title", "x")]);
        post(body).with("accept", "application/x-ndjson")
    };
    let answer = server.send(&send([1_000, 500])).await;
    assert_eq!((answer.status, server.desk.ran("hang")), (200, 1), "{}", answer.html);
    for sizes in [[1_000, 501], [501, 1_000]] {
        let stream = server.send(&send(sizes)).await.html;
        let line: serde_json::Value = serde_json::from_str(stream.lines().next().unwrap()).unwrap();
        let told = "Choose files of at most 1.5 kB together";
        let issues = serde_json::json!([{ "path": "notes", "message": told }]);
        assert_eq!(line["outcome"]["issues"], issues, "{stream}");
    }
    assert_eq!(server.desk.ran("hang"), 1);
}

#[tokio::test]
async fn f2_a_file_that_was_taken_has_to_be_chosen_again_and_that_is_said() {
    let server = Server::start().await;
    let parts = || [File("picture", "a.png", "image/png", PNG), Field("title", "")];
    let page = hang(&server, &parts()).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.text("#picture-error"), "Choose the file again: it was not kept");
    // In the enhanced gear the control still has it.
    let request = post(body(&hidden(Hang), &parts())).with("accept", "application/x-ndjson");
    let stream = server.send(&request).await.html;
    assert!(stream.contains("\"title\"") && !stream.contains("not kept"), "{stream}");
}

#[tokio::test]
async fn a_file_of_nobody_is_read_past() {
    let server = Server::start().await;
    let large = vec![b'x'; 3_000_000];
    let parts = [
        Field("title", "x"),
        File("elsewhere", "x.bin", "text/plain", &large),
        File("title", "x.bin", "text/plain", b"a text field takes no file"),
        File("picture", "a.png", "image/png", PNG),
    ];
    assert_eq!(hung(&server, &parts).await.len(), 1);
}

#[tokio::test]
async fn o1_the_same_form_with_other_files_is_another_submission() {
    let server = Server::start().await;
    let own = hidden(Hang);
    let send = |text: &'static [u8]| {
        let file = File("picture", "a.txt", "text/plain", text);
        post(body(&own, &[Field("title", "x"), file]))
    };
    for (text, ran) in [(&b"one"[..], 1), (b"one", 1), (b"two", 2)] {
        assert_eq!(server.send(&send(text)).await.status, 303);
        assert_eq!(server.desk.ran("hang"), ran);
    }
}

/// A folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("formwork-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn config(&self) -> Config {
        Config { upload_dir: self.0.to_str().unwrap().to_owned(), ..Config::default() }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Bytes of deleted files that this process still holds open in the folder.
#[cfg(target_os = "linux")]
fn held(folder: &Folder) -> u64 {
    let links = fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| {
        let path = entry.ok()?.path();
        let target = fs::read_link(&path).ok()?;
        target.starts_with(&folder.0).then(|| fs::metadata(path).ok())?
    });
    links.map(|file| file.len()).sum()
}

/// The guard is asked before a byte is written; and what is written is gone with its submission.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn f3_files_are_kept_for_whom_they_may_be_and_no_longer_than_their_submission() {
    let folder = Folder::new("uploads");
    let server = Server::with(folder.config()).await;
    let large = vec![b'x'; 2_000_000];
    let whole = body(&hidden(Lend), &[File("contract", "c.txt", "text/plain", &large)]);
    let (start, rest) = whole.split_at(whole.len() - 100);
    for (member, kept, status) in [(None, false, 401), (Some("ada"), true, 303)] {
        let request = post(whole.clone());
        let request = member.map_or(request.clone(), |name| request.with("x-member", name));
        let bytes = request.bytes(&server);
        let mut connection = Raw::connect(&server).await;
        connection.write(&bytes[..bytes.len() - rest.len()]).await;
        if kept {
            soon(async {
                while held(&folder) < 1_000_000 {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            })
            .await;
        } else {
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert_eq!(held(&folder), 0, "nothing is written for a stranger");
        }
        connection.write(rest).await;
        assert_eq!(connection.answer().await.status, status);
        soon(async {
            while held(&folder) > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }
    assert_eq!(server.desk.ran("lend"), 1);

    // Broken off in the middle: the server stops reading, and nothing is left.
    let bytes = post(whole.clone()).with("x-member", "ada").with("_", start.len().to_string());
    let bytes = bytes.bytes(&server);
    let mut connection = Raw::connect(&server).await;
    connection.write(&bytes[..1_500_000]).await;
    soon(async {
        while held(&folder) < 1_000_000 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    drop(connection);
    soon(async {
        while held(&folder) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!(server.desk.ran("lend"), 1);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0, "no file ever has a name there");
    server.is_well().await;
}

#[tokio::test]
async fn a_file_is_saved_once_and_over_no_other() {
    let folder = Folder::new("saved");
    let server = Server::start().await;
    let path = folder.0.join("kept");
    let content = vec![7; 300_000];
    let save = |id: &'static str| {
        let contract = File("contract", "../../c.bin", "", &content);
        let body = body(&hidden(Lend), &[contract, Field("_submission", id)]);
        post(body).with("x-member", "ada").with("x-save-to", path.to_str().unwrap())
    };
    assert_eq!(server.send(&save("1")).await.status, 303);
    assert_eq!(fs::read(&path).unwrap(), content);
    assert_eq!(server.send(&save("2")).await.status, 500, "there is one already");
    assert_eq!(fs::read(&path).unwrap(), content);
}
