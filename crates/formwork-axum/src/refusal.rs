//! Every refusal of the pipeline, in one table: what it is called, its kind, and what the visitor
//! reads.

use formwork_core::{ActionError, ErrorKind};

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident, $kind:ident, $text:literal;)*) => {
        /// Why the pipeline did not run an action.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Refusal {
            $($(#[$doc])* $name,)*
        }

        impl Refusal {
            pub(crate) const fn kind(self) -> ErrorKind {
                match self { $(Refusal::$name => ErrorKind::$kind,)* }
            }

            pub(crate) const fn text(self) -> &'static str {
                match self { $(Refusal::$name => $text,)* }
            }
        }

        #[cfg(test)]
        const ALL: &[Refusal] = &[$(Refusal::$name,)*];
    };
}

refusals! {
    /// The browser says that another site sent it.
    CrossSite, Forbidden, "This form was sent from another site, so it was not accepted. Open the page on this site and send it from there.";
    /// Neither `Sec-Fetch-Site` nor `Origin`, or an origin that can't be read.
    UnknownOrigin, Forbidden, "Your browser did not say where this form was sent from, so it was not accepted. Open the page on this site and send it from there.";
    /// No form that a browser sends.
    NotAForm, UnsupportedMediaType, "This is not a form. Send application/x-www-form-urlencoded or multipart/form-data.";
    /// A body that ends early or isn't what its type says.
    BrokenBody, BadRequest, "The form did not arrive in one piece. Go back and send it again.";
    /// A body that takes longer to arrive than it should.
    BodyTooSlow, BadRequest, "The form took too long to arrive. Go back and send it again.";
    /// Bytes that are no text.
    NotUtf8, BadRequest, "The form contains characters that can't be read as UTF-8. Go back, mend them and send it again.";
    /// More bytes than the limit.
    BodyTooLarge, TooLarge, "That is more than this form accepts. Go back and send less.";
    /// More fields than the limit.
    TooManyFields, TooLarge, "The form has more fields than this page accepts. Go back and send fewer.";
    /// More files than the limit.
    TooManyFiles, TooLarge, "The form has more files than this page accepts. Go back and send fewer.";
    /// A name that nests deeper than those of any form.
    TooDeep, TooLarge, "The form has fields within fields, more deeply than this page accepts. Reload the page and send its own form.";
    /// A button for the rows of a list that the form does not have.
    NoSuchList, BadRequest, "This form has no such list. Reload the page and send it again.";
    /// A post without `_action`.
    NoAction, BadRequest, "The form did not say what it is for. Reload the page and send it again.";
    /// An action that this build does not have.
    UnknownAction, Gone, "This page has changed since you opened it, and the form you sent is no longer part of it. What you entered is shown here to copy, passwords and files excepted.";
    /// An action that this build does not have, and the submission ran before the deploy.
    DoneAndGone, Gone, "What you sent was done before this page changed: there is nothing to send again. It is shown here in case you need it.";
    /// What the form held is not what it was sent in place of, and that was done.
    DoneBefore, Conflict, "What you had sent before was done after all. What stands here is not quite the same, and was not done: send it once more if it is to be done as well.";
    /// A submission of another build's page that was begun by a server that is gone.
    MayBeDone, Unavailable, "The server that took this is gone, and we can't tell whether it was done. Look before you send it again.";
    /// Sealed values that can't be opened, of a submission of which the store can't say whether it ran.
    CanNotTell, Unavailable, "We can't find out right now whether this was done before. Look before you send it again.";
    /// An action whose form has changed.
    ChangedShape, Stale, "This form has changed since you opened the page. What you entered is filled in again, passwords and files excepted: check it and send it once more.";
    /// Sealed values that this server did not hand out for this action and visitor.
    Forged, BadRequest, "This form does not belong to this page. Reload the page and send it again.";
    /// Sealed values whose key is no longer listed.
    KeyGone, Stale, "This page has been open for too long. Check what you entered and send it once more.";
    /// Sealed values that were handed out for a while only.
    Expired, Stale, "The time for this form is over. What you entered is filled in again: check it and send it once more.";
    /// A button for a step that the form does not have.
    NoSuchStep, BadRequest, "This form has no such step. Reload the page and begin again.";
    /// Answers of earlier steps that this server did not seal for this form and visitor.
    StepsForged, BadRequest, "What you answered in the other steps of this form is not yours to go on with, or was changed on its way. What you entered in this step is kept; fill in the others again.";
    /// Answers of earlier steps whose key is no longer listed.
    StepsKeyGone, Stale, "This page has been open for too long, and what you answered in the other steps can't be read any more. What you entered in this step is kept; fill in the others again.";
    /// Answers that together are more than the page can carry.
    StepsTooLarge, TooLarge, "Together with what you answered before, that is more than this form accepts. Enter less.";
    /// An action asked for by GET.
    NotPosted, MethodNotAllowed, "Forms are sent with POST. Open the page and use its form.";
    /// A method that pages don't have.
    NoSuchMethod, MethodNotAllowed, "This page can be read and its forms can be sent; there is nothing else to do with it.";
    /// A path without a page.
    NoSuchPage, NotFound, "There is no page at this address.";
    /// A read of more queries than one request names, or of a query that doesn't exist.
    BadQuery, BadRequest, "The page asked for data that can't be read. Reload it.";
    /// More submissions of one client under way than the limit.
    TooManyAtOnce, TooMany, "Too many forms are being sent from your address at once. Wait a moment, go back and send it again.";
    /// The store that makes a submission run once can't be reached.
    CanNotRecord, Unavailable, "We can't make sure right now that this is done just once, so it was not done. Send it again in a moment.";
    /// A file can't be written to the folder for uploads.
    CanNotKeepFile, Unavailable, "The file you sent can't be taken right now, so nothing was done. Send it again in a moment.";
    /// A guard that took too long.
    GuardTimeout, Unavailable, "It took too long to find out whether you may do that, so it was not done. Send it again in a moment.";
    /// A handler that took too long.
    HandlerTimeout, Unavailable, "That took too long, and we can't tell whether it was done. Look before you send it again.";
    /// A streaming action whose visitor went away.
    VisitorLeft, Unavailable, "Who sent this went away, so it was stopped, and we can't tell how far it came. Look before you send it again.";
    /// A page that took too long.
    Timeout, Unavailable, "The page took too long to prepare. Try again in a moment.";
}

impl From<Refusal> for ActionError {
    fn from(refusal: Refusal) -> Self {
        ActionError::refused(refusal.kind(), refusal.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_a_client_error_or_unavailable_and_says_something() {
        for refusal in ALL {
            let status = refusal.kind().status();
            assert!((400..500).contains(&status) || status == 503, "{refusal:?}");
            assert!(refusal.text().ends_with('.'), "{refusal:?}");
        }
    }
}
