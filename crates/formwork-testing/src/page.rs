//! A page as its visitor works with it: by labels, by the texts of buttons and links.

use std::{fmt, ops::Range, sync::Arc};

use formwork_core::{Action, PageData};
use http::{HeaderMap, StatusCode, response};
use url::{Position, Url};

use crate::{
    Field, Outcome, Visitor,
    html::{self, Control, Document, File, Kind, text::For},
    send::Submission,
};

/// A page, and what has been entered in it so far.
///
/// Whatever changes it gives it back, so that a scenario reads from top to bottom:
///
/// ```no_run
/// # async fn scenario(visitor: formwork::testing::Visitor) {
/// let page = visitor
///     .open("/tickets/new").await
///     .fill("Subject", "Printer on fire")
///     .choose("Priority", "High")
///     .press("Open ticket").await;
/// assert_eq!(page.field("What happened?").issue(), "Enter at least 1 character");
/// # }
/// ```
///
/// A label, a button or a link is known by its accessible name: a `<label>`, `aria-label`,
/// `aria-labelledby`, a legend for a group, its text; spaces and line breaks don't matter, everything
/// else does. What the document says is hidden is not there; what a `<details>` has folded away is.
///
/// What a browser would hold back by itself (`required`, `maxlength`, …) is sent: it is for the server
/// to judge. No script runs, in no [`Way`](crate::Way).
#[derive(Clone)]
pub struct Page {
    pub(crate) visitor: Visitor,
    pub(crate) url: Url,
    status: StatusCode,
    headers: HeaderMap,
    html: Arc<str>,
    pub(crate) document: Document,
    /// The part of it that is looked at.
    scope: Option<(String, Range<usize>)>,
}

impl Page {
    pub(crate) fn new(visitor: Visitor, url: Url, parts: response::Parts, html: String) -> Self {
        let (status, headers) = (parts.status, parts.headers);
        let document = Document::read(&html);
        Page { visitor, url, status, headers, html: html.into(), document, scope: None }
    }

    /// A page of another site, which nobody asks for.
    pub(crate) fn elsewhere(visitor: Visitor, url: Url) -> Self {
        let parts = http::Response::new(()).into_parts().0;
        Page::new(visitor, url, parts, String::new())
    }

    /// Where the visitor is: path and query string, or the whole address of another site.
    pub fn path(&self) -> &str {
        let is_here = self.url.origin() == self.visitor.app.origin().origin();
        if is_here { &self.url[Position::BeforePath..] } else { self.url.as_str() }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The document as it came.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.document.title
    }

    /// What can be read on it: a line for each paragraph, heading, item, row, label, button.
    pub fn text(&self) -> String {
        html::lines(&self.html, self.places(), For::Reading).join("\n")
    }

    /// Whether this can be read on it, in one of the lines of [`text`](Page::text).
    pub fn shows(&self, text: &str) -> bool {
        let text = html::text::squeezed(text);
        html::lines(&self.html, self.places(), For::Reading).iter().any(|line| line.contains(&text))
    }

    /// The texts of all elements that this CSS selector matches: `all(".comment .text")`.
    ///
    /// # Panics
    /// If it is none.
    #[track_caller]
    pub fn all(&self, selector: &str) -> Vec<String> {
        let texts = html::texts(&self.html, selector, self.places());
        texts.unwrap_or_else(|error| panic!("{error}"))
    }

    /// From now on only the first element that this CSS selector matches, and what is in it, is looked
    /// at: `within("#comment-3")`. The next page is looked at as a whole.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    #[must_use]
    pub fn within(mut self, selector: &str) -> Self {
        match html::range(&self.html, selector) {
            Ok(Some(places)) => self.scope = Some((selector.to_owned(), places)),
            Ok(None) => panic!("no {selector} on {self:?}"),
            Err(error) => panic!("{error}"),
        }
        self
    }

    /// The field with this label.
    ///
    /// # Panics
    /// If there is none, or there are several.
    #[track_caller]
    pub fn field(&self, label: &str) -> Field<'_> {
        let controls = self.labelled(label);
        Field::new(controls.into_iter().map(|at| &self.document.controls[at]).collect())
    }

    /// Types into a field, in place of what is there.
    ///
    /// # Panics
    /// If there is no field with this label to type in.
    #[track_caller]
    #[must_use]
    pub fn fill(mut self, label: &str, text: &str) -> Self {
        let at = self.one(label);
        let control = self.enterable(at, label);
        match control.kind {
            Kind::Text | Kind::Password => text.clone_into(&mut control.value),
            Kind::Select { .. } | Kind::Radio => panic!("{label:?} has choices: use `choose`"),
            Kind::Checkbox => panic!("{label:?} is a checkbox: use `check`"),
            Kind::File { .. } => panic!("{label:?} takes a file: use `attach`"),
            Kind::Hidden | Kind::Submit | Kind::Button => panic!("{label:?} is a button"),
        }
        self
    }

    /// Chooses an option of a `<select>`, or the radio button or checkbox with this label in the group
    /// with that one: `choose("Priority", "High")`.
    ///
    /// # Panics
    /// If there is no such field, or it has no such option.
    #[track_caller]
    #[must_use]
    pub fn choose(mut self, label: &str, option: &str) -> Self {
        let found = self.labelled(label);
        let controls = &self.document.controls;
        let chosen = found.iter().copied().find(|at| {
            controls[*at].is_one_of_a_group() && controls[*at].label == html::text::squeezed(option)
        });
        if let Some(at) = chosen {
            return self.tick(at, label);
        }
        if let [at] = found[..]
            && let Kind::Select { several } = controls[at].kind
        {
            let choices = &mut self.enterable(at, label).choices;
            let is_it = |label: &str| label == html::text::squeezed(option);
            if choices.iter().any(|choice| is_it(&choice.label) && !choice.is_disabled) {
                for choice in choices {
                    choice.is_chosen = is_it(&choice.label) || (several && choice.is_chosen);
                }
                return self;
            }
        }
        let options = self.field(label).options();
        panic!("{label:?} has no option {option:?}; it has {options:?}")
    }

    /// Ticks a checkbox.
    ///
    /// # Panics
    /// If there is no checkbox with this label.
    #[track_caller]
    #[must_use]
    pub fn check(self, label: &str) -> Self {
        let at = self.one(label);
        let kind = self.document.controls[at].kind;
        assert!(kind == Kind::Checkbox, "{label:?} is no checkbox, it is a {kind:?}");
        self.tick(at, label)
    }

    /// Takes the tick from a checkbox.
    ///
    /// # Panics
    /// If there is no checkbox with this label.
    #[track_caller]
    #[must_use]
    pub fn uncheck(mut self, label: &str) -> Self {
        let at = self.one(label);
        let control = self.enterable(at, label);
        assert!(control.kind == Kind::Checkbox, "{label:?} is no checkbox");
        control.is_checked = false;
        self
    }

    /// Chooses a file, beside those chosen before if the field takes several.
    ///
    /// # Panics
    /// If there is no field for files with this label.
    #[track_caller]
    #[must_use]
    pub fn attach(
        mut self,
        label: &str,
        file_name: &str,
        content_type: &str,
        bytes: impl Into<Vec<u8>>,
    ) -> Self {
        let at = self.one(label);
        let control = self.enterable(at, label);
        let Kind::File { several } = control.kind else { panic!("{label:?} takes no file") };
        if !several {
            control.files.clear();
        }
        let (name, content_type) = (file_name.to_owned(), content_type.to_owned());
        control.files.push(File { name, content_type, bytes: bytes.into().into() });
        self
    }

    /// Presses a button, and waits for the page that comes of it: the answer, or where it sends the
    /// visitor. In the enhanced way, the page with what came over the stream.
    ///
    /// # Panics
    /// If there is no such button, or it sends no form.
    #[track_caller]
    pub fn press(self, button: &str) -> impl Future<Output = Page> + Send + use<> {
        let submission = self.submission(button);
        let what = format!("pressed {button:?}");
        async move {
            let way = submission.page.visitor.way.clone();
            let page = submission.send().await;
            way.saw(what, &page);
            page
        }
    }

    /// Follows a link.
    ///
    /// # Panics
    /// If there is no such link, or it leads to another site.
    #[track_caller]
    pub fn click(self, link: &str) -> impl Future<Output = Page> + Send + use<> {
        let name = html::text::squeezed(link);
        let links = self.document.links.iter().filter(|link| self.is_looked_at(link.at));
        let found: Vec<_> = links.clone().filter(|link| link.name == name).collect();
        let Some(link) = found.first() else {
            let names = quoted(links.map(|link| link.name.as_str()));
            panic!("no link {name:?} on {self:?}; there are {names}");
        };
        let same = found.iter().all(|other| other.href == link.href);
        assert!(same, "several links {name:?} on {self:?}: say which by `within`");
        let to = self.url.join(&link.href).ok();
        let Some(to) = to.filter(|to| to.origin() == self.url.origin()) else {
            panic!("{name:?} leads to another site: {}", link.href);
        };
        let (visitor, what) = (self.visitor, format!("clicked {name:?}"));
        async move {
            let page = visitor.get(to, |_| {}).await;
            visitor.way.saw(what, &page);
            page
        }
    }

    /// What the page says became of a submission of this action: what a form of it on this page knows.
    /// `None` if the page answers none of it, as after a redirect.
    pub fn outcome<A: Action>(&self, _: A) -> Option<Outcome<A>> {
        let posted = self.data()?.posted.filter(|posted| posted.action == A::ID)?;
        Some(Outcome::new(posted.outcome))
    }

    pub(crate) fn data(&self) -> Option<PageData> {
        html::data(&self.html)
    }

    /// The lines that a visitor sees, to be compared.
    pub(crate) fn lines(&self) -> Vec<String> {
        html::lines(&self.html, None, For::Comparing)
    }

    /// The selector that says which part of the page is looked at.
    pub(crate) fn scope(&self) -> Option<&str> {
        self.scope.as_ref().map(|(selector, _)| selector.as_str())
    }

    /// What pressing a button would send.
    #[track_caller]
    pub(crate) fn submission(self, button: &str) -> Submission {
        let name = html::text::squeezed(button);
        let buttons = self.document.controls.iter().enumerate();
        let buttons = buttons.filter(|(_, control)| {
            control.is_button() && control.is_seen && self.is_looked_at(control.at)
        });
        let found: Vec<usize> =
            buttons.clone().filter(|(_, one)| one.label == name).map(|(at, _)| at).collect();
        let at = match found[..] {
            [at] => at,
            [] => {
                let names = quoted(buttons.map(|(_, button)| button.label.as_str()));
                panic!("no button {name:?} on {self:?}; there are {names}");
            }
            _ => panic!("{} buttons {name:?} on {self:?}: say which by `within`", found.len()),
        };
        let button = &self.document.controls[at];
        assert!(!button.is_disabled, "the button {name:?} is disabled");
        assert!(button.kind == Kind::Submit, "the button {name:?} does nothing without a script");
        assert!(button.form.is_some(), "the button {name:?} belongs to no form");
        Submission::new(self, at)
    }

    #[track_caller]
    fn tick(mut self, at: usize, label: &str) -> Self {
        let control = self.enterable(at, label);
        control.is_checked = true;
        if control.kind == Kind::Radio {
            let (form, name) = (control.form, control.name.clone());
            for (other_at, other) in self.document.controls.iter_mut().enumerate() {
                let is_of_it =
                    other.kind == Kind::Radio && other.form == form && other.name == name;
                if is_of_it && other_at != at {
                    other.is_checked = false;
                }
            }
        }
        self
    }

    /// The control, if something can be entered in it.
    #[track_caller]
    fn enterable(&mut self, at: usize, label: &str) -> &mut Control {
        let control = &mut self.document.controls[at];
        assert!(!control.is_disabled, "{label:?} is disabled");
        assert!(!control.is_read_only, "{label:?} can't be changed");
        control
    }

    /// The only control with this label.
    #[track_caller]
    fn one(&self, label: &str) -> usize {
        match self.labelled(label)[..] {
            [at] => at,
            _ => panic!("{label:?} is a group: use `choose`"),
        }
    }

    /// The control with this label, or the radio buttons or checkboxes of the group with it.
    #[track_caller]
    fn labelled(&self, label: &str) -> Vec<usize> {
        let label = html::text::squeezed(label);
        let all = self.document.controls.iter().enumerate();
        let all = all.filter(|(_, control)| {
            !control.is_button() && control.is_seen && self.is_looked_at(control.at)
        });
        let own: Vec<usize> =
            all.clone().filter(|(_, one)| one.label == label).map(|(at, _)| at).collect();
        match own.len() {
            1 => return own,
            0 => {}
            several => panic!("{several} fields {label:?} on {self:?}: say which by `within`"),
        }
        let group: Vec<usize> = all
            .clone()
            .filter(|(_, one)| one.is_one_of_a_group() && one.group == label)
            .map(|(at, _)| at)
            .collect();
        if group.is_empty() {
            let of = |control: &'_ Control| {
                let grouped = control.is_one_of_a_group() && !control.group.is_empty();
                let group = if grouped { format!("{}: ", control.group) } else { String::new() };
                format!("{group}{}", control.label)
            };
            let labels: Vec<String> = all.map(|(_, control)| of(control)).collect();
            let labels = quoted(labels.iter().map(String::as_str));
            panic!("no field {label:?} on {self:?}; there are {labels}");
        }
        group
    }

    fn is_looked_at(&self, at: usize) -> bool {
        self.places().is_none_or(|places| places.contains(&at))
    }

    fn places(&self) -> Option<&Range<usize>> {
        self.scope.as_ref().map(|(_, places)| places)
    }
}

/// Which page it is.
impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {:?}", self.path(), self.status(), self.title())?;
        if let Some(selector) = self.scope() {
            write!(f, ", within {selector}")?;
        }
        write!(f, ")")
    }
}

/// Names as they are told where one is missing.
fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("{name:?}")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
