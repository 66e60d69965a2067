//! What the pages say in German: of a mistake, and of the rest as far as the tests look at it.

use std::borrow::Cow;

use formwork::Mistake;

/// Taken by both sides before anything is shown.
pub fn words(mistake: &Mistake, language: &str) -> Option<Cow<'static, str>> {
    if !language.starts_with("de") {
        return None;
    }
    Some(match mistake {
        Mistake::TooLong { max } => format!("Höchstens {max} Zeichen").into(),
        Mistake::Told(english) => match english.as_ref() {
            "Some fields need your attention." => "Einige Felder stimmen nicht.".into(),
            "There is no page at this address." => "Hier ist keine Seite.".into(),
            "You are offline. What you sent is kept here, and is sent by itself when you are online again." => {
                "Keine Verbindung. Was Sie gesendet haben, wird später gesendet.".into()
            }
            "What you have entered on this page has not been sent. Leave it all the same?" => {
                "Die Eingaben sind nicht gesendet. Trotzdem verlassen?".into()
            }
            _ => return None,
        },
        _ => return None,
    })
}
