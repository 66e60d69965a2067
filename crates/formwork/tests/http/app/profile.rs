//! A form with everything in it: structs, lists of structs, several values of one name, secrets.

use std::collections::BTreeSet;

use formwork::{Mistake, Shape, WebAddress, prelude::*};

use super::Desk;

#[derive(Form, Validate, Clone, Debug)]
pub struct Profile {
    #[garde(length(chars, min = 1, max = 40))]
    pub name: String,
    #[garde(dive)]
    pub address: Address,
    #[garde(dive)]
    pub billing: Option<Address>,
    #[garde(length(min = 1, max = 4), dive)]
    pub phones: Vec<Phone>,
    #[garde(length(max = 2))]
    pub topics: BTreeSet<Topic>,
    #[garde(skip)]
    pub badge: Badge,
    #[garde(length(chars, max = 5))]
    pub note: String,
    #[garde(length(max = 200))]
    pub site: Option<WebAddress>,
}

impl Profile {
    /// What an edit begins with.
    pub fn example() -> Self {
        let phone = |number: &str| Phone {
            r#type: PhoneType::Desk,
            number: number.to_owned(),
            pin: "s3cr3t-pin".to_owned(),
            hours: Vec::new(),
        };
        Profile {
            name: "Ann".to_owned(),
            address: Address { street: "Main Street 1".to_owned(), city: "Lisbon".to_owned() },
            billing: None,
            phones: vec![phone("111"), phone("222")],
            topics: BTreeSet::from([Topic::Billing]),
            badge: Badge("B-17".to_owned()),
            note: "<b>".to_owned(),
            site: None,
        }
    }
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Address {
    #[garde(length(chars, min = 1, max = 80))]
    pub street: String,
    #[garde(length(chars, min = 1, max = 40))]
    #[field(name = "town")]
    pub city: String,
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Phone {
    #[garde(skip)]
    pub r#type: PhoneType,
    #[garde(length(chars, min = 3, max = 20))]
    pub number: String,
    #[garde(skip)]
    #[field(secret)]
    pub pin: String,
    #[garde(dive)]
    pub hours: Vec<Hours>,
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Hours {
    #[garde(range(max = 23))]
    pub from: u8,
}

/// A form of which nothing at all may be sent.
#[derive(Form, Validate, Clone, Debug)]
pub struct Wishes {
    #[garde(length(min = 1))]
    pub topics: BTreeSet<Topic>,
    #[garde(skip)]
    pub loud: bool,
    #[garde(skip)]
    pub sure: Option<bool>,
    #[garde(dive)]
    pub hours: Vec<Hours>,
}

impl Wishes {
    /// What an edit begins with.
    pub fn example() -> Self {
        let (topics, hours) = (BTreeSet::from([Topic::Billing]), vec![Hours { from: 9 }]);
        Wishes { topics, loud: true, sure: Some(true), hours }
    }
}

#[derive(FormChoice, Clone, Copy, PartialEq, Debug)]
pub enum PhoneType {
    Mobile,
    Desk,
}

#[derive(FormChoice, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Topic {
    News,
    Billing,
    Outages,
}

/// A newtype that says itself how it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Badge(String);

impl formwork::FormValue for Badge {
    const SHAPE: Shape = Shape::new("badge");

    fn placeholder() -> Self {
        Badge("B-0".to_owned())
    }

    fn from_text(text: &str) -> Result<Self, Mistake> {
        match text.strip_prefix("B-") {
            Some(number) if !number.is_empty() => Ok(Badge(text.to_owned())),
            _ => Err(Mistake::said("Enter your badge, such as B-17")),
        }
    }

    fn to_text(&self) -> String {
        self.0.clone()
    }
}

#[action(public)]
pub async fn save_wishes(cx: ActionCx, form: Wishes) -> ActionResult<String> {
    cx.state::<Desk>().record("save_wishes");
    Ok(format!("{form:?}"))
}

#[action(public)]
pub async fn save_profile(cx: ActionCx, form: Profile) -> ActionResult<String> {
    cx.state::<Desk>().record("save_profile");
    // A rule that only the server can check, at the position that the handler sees.
    if let Some(at) = form.phones.iter().position(|phone| phone.number == "taken") {
        return Err(ActionError::invalid(Profile::names().phones.at(at).number, "It is taken"));
    }
    Ok(format!("{form:?}"))
}
