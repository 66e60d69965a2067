//! The server's side of an action: what `#[action]` registers, and the table of all of them.

use std::{any::Any, collections::HashMap, sync::Arc, sync::Mutex};

use formwork_core::{
    Action, ActionError, ActionResult, Entries, FieldSpec, Form, Issues, Lookup, Order, Shape,
    Steps,
};
use futures::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{
    bound::{self, Unsealed},
    cx::ActionCx,
    effects::Effects,
    guard::{Guard, GuardCx},
    limits::Limits,
    query::RequestQueries,
    reports::Queue,
    seal::Keys,
};

/// What `#[action]` writes for the server.
pub trait ServerAction: Action {
    /// Who may run it.
    type Guard: Guard;
    /// The values that the server binds to it, in the order of its parameters; `()` for none.
    type Bound: Serialize + DeserializeOwned + Send + 'static;
    /// The names of those values, in the same order.
    const BOUND: &'static [&'static str] = &[];
    /// Their types, as they are written.
    const BOUND_TYPES: &'static [&'static str] = &[];
    /// What it accepts of one visitor.
    const LIMITS: Limits = Limits::NONE;
    /// The function that stands around the handler, as it is written.
    const WRAP: Option<&'static str> = None;
    /// Whether running it twice is as running it once: then each submission of it runs.
    const IDEMPOTENT: bool = false;
    /// Whether it reports while it runs, and is stopped when its visitor goes away.
    const STREAMS: bool = false;
    /// Runs the handler.
    fn run(
        cx: ActionCx<Self::Guard>,
        bound: Self::Bound,
        form: Self::Form,
    ) -> impl Future<Output = ActionResult<Self::Output>> + Send;
}

/// Where an action or query is declared, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The source file.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
    /// `public`, or the guard as it is written.
    pub guard: &'static str,
}

/// What a guard proved, on its way from one step to the next.
pub(crate) type Erased = Arc<dyn Any + Send + Sync>;
/// A parsed form; it need not be shared between threads.
pub(crate) type ErasedForm = Box<dyn Any + Send>;

/// What a run is given besides its guard and form.
pub(crate) struct RunCx {
    pub(crate) request: RequestQueries,
    pub(crate) params: Arc<[(String, String)]>,
    /// See [`ActionCx::submission_id`].
    pub(crate) submission: Option<String>,
    pub(crate) effects: Arc<Mutex<Effects>>,
    /// Who looks on; see [`Reports`](crate::Reports).
    pub(crate) reports: Option<Arc<Queue>>,
}

type CheckFn = for<'a> fn(&'a GuardCx) -> BoxFuture<'a, Result<Erased, ActionError>>;
type UnsealFn = fn(&Keys, Option<&str>, &Erased) -> Result<Unsealed<ErasedForm>, ActionError>;
type OpenFn = fn(&Keys, Option<&str>) -> Result<serde_json::Value, ActionError>;
type ParseFn = fn(&Entries) -> Result<ErasedForm, Issues>;
type UnreadFn = fn(&Entries) -> Issues;
type SameFormFn = fn(&Keys, &str, &str, &str) -> Option<String>;
type RunFn =
    fn(RunCx, Erased, ErasedForm, ErasedForm) -> BoxFuture<'static, ActionResult<Box<RawValue>>>;

/// An action without its types: what the pipeline needs of it.
pub struct ActionDef {
    pub(crate) id: &'static str,
    /// The ids that it had in older builds.
    pub(crate) was: &'static [&'static str],
    pub(crate) shape: Shape,
    pub(crate) fields: &'static [FieldSpec],
    /// Of a form in steps.
    pub(crate) steps: Option<Steps>,
    pub(crate) declared: Declared,
    pub(crate) limits: Limits,
    pub(crate) wrap: Option<&'static str>,
    pub(crate) idempotent: bool,
    pub(crate) streams: bool,
    pub(crate) order: Order,
    /// Who the visitor is, by what the guard proved.
    pub(crate) subject: fn(&Erased) -> Option<String>,
    pub(crate) check: CheckFn,
    /// The names of the bound values, and how a guard reads them; none for an action without.
    pub(crate) bound: &'static [&'static str],
    /// Their types.
    pub(crate) bound_types: &'static [&'static str],
    pub(crate) open: OpenFn,
    /// `None` for an action without bound values.
    pub(crate) unseal: Option<UnsealFn>,
    pub(crate) parse: ParseFn,
    /// What its form can't read, whatever its rules say.
    pub(crate) unread: UnreadFn,
    /// Which form of this build stands for one of another build: by the keys, the id, the shape and
    /// the sealed values that it sent.
    pub(crate) same_form: SameFormFn,
    pub(crate) run: RunFn,
}

inventory::collect!(ActionDef);

impl ActionDef {
    /// The definition of an action, for the registry.
    pub const fn of<A: ServerAction>(declared: Declared) -> Self {
        ActionDef {
            id: A::ID,
            was: A::WAS,
            shape: A::SHAPE,
            fields: <A::Form as Form>::FIELDS,
            steps: <A::Form as Form>::STEPS,
            declared,
            limits: A::LIMITS,
            wrap: A::WRAP,
            idempotent: A::IDEMPOTENT,
            streams: A::STREAMS,
            order: A::ORDER,
            subject: |guard| guard.downcast_ref::<A::Guard>().and_then(Guard::subject),
            check: |cx| Box::pin(async { Ok(Arc::new(A::Guard::check(cx).await?) as Erased) }),
            bound: A::BOUND,
            bound_types: A::BOUND_TYPES,
            open: bound::open::<A>,
            unseal: if A::BOUND.is_empty() { None } else { Some(unseal::<A>) },
            parse: |entries| Ok(Box::new(A::Form::parse(entries)?)),
            unread: |entries| {
                let mut issues = Issues::default();
                A::Form::read(&Lookup::new(entries), "", &mut issues);
                issues
            },
            same_form: bound::same_form::<A>,
            run: run::<A>,
        }
    }
}

fn unseal<A: ServerAction>(
    keys: &Keys,
    sealed: Option<&str>,
    guard: &Erased,
) -> Result<Unsealed<ErasedForm>, ActionError> {
    let subject = guard.downcast_ref::<A::Guard>().and_then(Guard::subject);
    let Unsealed { values, form } = bound::unseal::<A>(keys, sealed, subject)?;
    Ok(Unsealed { values: Box::new(values), form })
}

pub(crate) fn run<A: ServerAction>(
    cx: RunCx,
    guard: Erased,
    bound: ErasedForm,
    form: ErasedForm,
) -> BoxFuture<'static, ActionResult<Box<RawValue>>> {
    // All were made by this definition's own `check`, `unseal` and `parse`.
    let guard = guard.downcast::<A::Guard>().expect("the guard's own proof");
    let bound = *bound.downcast::<A::Bound>().expect("the action's own values");
    let form = *form.downcast::<A::Form>().expect("the action's own form");
    let cx = ActionCx::new(guard, cx);
    Box::pin(async move {
        let value = A::run(cx, bound, form).await?;
        Ok(serde_json::value::to_raw_value(&value)?)
    })
}

/// Something registered under an id that must be its own.
pub(crate) trait Registered: 'static {
    const WHAT: &'static str;
    fn id(&self) -> &'static str;
    fn declared(&self) -> &Declared;
}

impl Registered for ActionDef {
    const WHAT: &'static str = "actions";

    fn id(&self) -> &'static str {
        self.id
    }

    fn declared(&self) -> &Declared {
        &self.declared
    }
}

/// A table by id.
pub(crate) type Registry<T> = HashMap<&'static str, &'static T>;

/// Builds the table, or names every pair that shares an id.
pub(crate) fn registry<T: Registered>(
    all: impl IntoIterator<Item = &'static T>,
) -> Result<Registry<T>, String> {
    let mut table: Registry<T> = HashMap::new();
    let mut clashes = Vec::new();
    for def in all {
        if let Some(other) = table.insert(def.id(), def) {
            let (a, b) = (other.declared(), def.declared());
            clashes.push(format!(
                "two {} have the id `{}`: {}:{} and {}:{}; give one of them `id = \"…\"`",
                T::WHAT,
                def.id(),
                a.file,
                a.line,
                b.file,
                b.line
            ));
        }
    }
    if clashes.is_empty() { Ok(table) } else { Err(clashes.join("\n")) }
}

/// The actions that had another id in an older build, by that id.
pub(crate) fn renamed(actions: &Registry<ActionDef>) -> Result<Registry<ActionDef>, String> {
    let old = actions.values().map(|action| (action.id, action.was, action.declared));
    let old = by_old_id(old, |id| actions.contains_key(id))?;
    Ok(old.into_iter().map(|(old, id)| (old, actions[id])).collect())
}

/// The id of today for each old one, or every old one that is not one action's.
fn by_old_id<'a>(
    actions: impl Iterator<Item = (&'a str, &'a [&'a str], Declared)>,
    is_id: impl Fn(&str) -> bool,
) -> Result<HashMap<&'a str, &'a str>, String> {
    let mut table: HashMap<&str, (&str, Declared)> = HashMap::new();
    let mut clashes = Vec::new();
    for (id, was, at) in actions {
        let here = format!("`was` of the action `{id}` ({}:{})", at.file, at.line);
        for old in was {
            if is_id(old) {
                clashes.push(format!("{here} names `{old}`, which is an action: take it away"));
            } else if let Some((other, there)) = table.insert(old, (id, at)) {
                clashes.push(format!(
                    "{here} names `{old}`, and so does that of `{other}` ({}:{}): one of them was it",
                    there.file, there.line
                ));
            }
        }
    }
    if clashes.is_empty() {
        return Ok(table.into_iter().map(|(old, (id, _))| (old, id)).collect());
    }
    clashes.sort();
    Err(clashes.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named(&'static str, Declared);

    impl Registered for Named {
        const WHAT: &'static str = "actions";

        fn id(&self) -> &'static str {
            self.0
        }

        fn declared(&self) -> &Declared {
            &self.1
        }
    }

    const fn at(line: u32) -> Declared {
        Declared { file: "src/a.rs", line, guard: "public" }
    }

    #[test]
    fn duplicates_stop_the_start_and_both_are_named() {
        static ALL: [Named; 3] = [Named("a", at(1)), Named("b", at(2)), Named("a", at(3))];
        let error = registry(&ALL).err().unwrap();
        assert_eq!(
            error,
            "two actions have the id `a`: src/a.rs:1 and src/a.rs:3; give one of them `id = \"…\"`"
        );
        assert_eq!(registry(&ALL[..2]).unwrap().len(), 2);
    }

    #[test]
    fn an_old_id_stands_for_one_action() {
        let all: [(&str, &[&str], Declared); 3] =
            [("a", &["x", "y"], at(1)), ("b", &[], at(2)), ("c", &["z"], at(3))];
        let is_id = |id: &str| all.iter().any(|(own, ..)| *own == id);
        let table = by_old_id(all.into_iter(), is_id).unwrap();
        assert_eq!((table["x"], table["y"], table["z"], table.len()), ("a", "a", "c", 3));

        let all: [(&str, &[&str], Declared); 2] = [("a", &["x", "b"], at(1)), ("b", &["x"], at(2))];
        let error = by_old_id(all.into_iter(), is_id).unwrap_err();
        assert_eq!(
            error,
            "`was` of the action `a` (src/a.rs:1) names `b`, which is an action: take it away\n\
             `was` of the action `b` (src/a.rs:2) names `x`, and so does that of `a` (src/a.rs:1): \
             one of them was it"
        );
    }
}
