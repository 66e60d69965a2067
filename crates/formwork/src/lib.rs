//! Formwork: forms that work without JavaScript, and better with it.
//!
//! A component renders a real `<form>`. Without JavaScript it posts to the page's own URL and the
//! page comes back; with WASM the same submission becomes a transition, and one response carries
//! its outcome and the data that it made stale.
//!
//! An application depends on this crate alone, with the feature `ssr` on its server and `hydrate`
//! in its client.

// `cfg(feature = …)` stands in this file and nowhere else: the rest of the crate speaks to
// whichever half is there through the same names.

#[cfg(not(any(feature = "ssr", feature = "hydrate")))]
compile_error!(
    "formwork needs one of its features: `ssr` for the package that is the server, `hydrate` for \
     the package that becomes WASM"
);

mod components;
mod erased;
mod field;
#[cfg_attr(not(feature = "router"), allow(unused))]
mod hooks;
#[cfg(feature = "hydrate")]
mod hydrate;
mod root;
mod words;

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
#[cfg_attr(not(feature = "router"), allow(unused))]
#[path = "half_client.rs"]
mod half;
#[cfg(feature = "ssr")]
#[cfg_attr(not(feature = "router"), allow(unused))]
#[path = "half_server.rs"]
mod half;

#[cfg(feature = "router")]
mod router;
#[cfg(feature = "router")]
mod search;

pub use components::{
    BackButton, BackButtonProps, ClientScripts, ClientScriptsProps, Each, EachProps, EachRow,
    EachRowProps, EachSignal, EachSignalProps, FieldIssues, FieldIssuesProps, Form, FormIssues,
    FormIssuesProps, FormProps, Guarded, GuardedProps, Loaded, LoadedProps, PageBoundary,
    PageBoundaryProps, StepButton, StepButtonProps, StepHeading, StepHeadingProps, StepList,
    StepListProps, SubmitButton, SubmitButtonProps,
};
pub use erased::{ErasedChildren, ErasedChildrenFn};
pub use field::{ControlAttributes, Field, FieldScope, FormFields, IssuesOf, OneChoice, Row, Rows};
pub use formwork_core::{
    Action, ActionError, ActionResult, BoundAction, Choice, Choices, Color, Constraints, Date,
    Decimal, Email, Entries, ErrorKind, FieldName, FieldSpec, Form, FormField, FormNames,
    FormValue, Issue, Issues, Limit, LocalDateTime, Lookup, Mistake, Month, Order, Progress,
    PublicError, Query, QueryKey, QueryResult, RowNames, Shape, Streaming, Structure, Target, Time,
    Upload, WebAddress, Wizard, Words, path,
};
#[doc = include_str!("../../../docs/STEPS.md")]
pub use formwork_macros::Wizard;
pub use formwork_macros::{Form, FormChoice, action, query};
pub use hooks::{
    ActionState, FormStatus, NewBuild, Optimistic, StepMark, StepPlace, TemporaryId, UseQuery,
    use_action_state, use_form_status, use_new_build, use_optimistic, use_query,
};
pub use root::provide_formwork;
#[cfg(feature = "router")]
pub use router::connect_router;
#[cfg(feature = "router")]
pub use search::{Search, SearchForm, SearchFormProps, use_search};
pub use words::set_words;

#[cfg(feature = "ssr")]
#[doc(inline)]
pub use formwork_axum::{
    ActionCx, Binding, Bound, Config, Failure, Guard, GuardCx, Life, Next, PageCache, Public,
    QueryCx, RefusedSubmission, Reports, RequestBoundary, RequestView, Revalidate, Site,
    StartError, StoreError, UploadFile, command, cookie, http, is_local_path,
};
#[cfg(feature = "testing")]
#[doc(inline)]
pub use formwork_testing as testing;
#[cfg(feature = "hydrate")]
pub use hydrate::hydrate;

/// What a component or an action usually needs: `use formwork::prelude::*;`.
pub mod prelude {
    pub use garde::Validate;

    #[cfg(feature = "ssr")]
    pub use crate::{ActionCx, Bound, Guard, GuardCx, Next, QueryCx, Reports, UploadFile as _};
    pub use crate::{
        ActionError, ActionResult, ActionState, BackButton, BoundAction, Choice as _,
        ClientScripts, Each, EachRow, EachSignal, ErasedChildren, ErasedChildrenFn, FieldIssues,
        Form, FormChoice, FormIssues, FormNames as _, Guarded, Loaded, PageBoundary, PublicError,
        QueryResult, StepButton, StepHeading, StepList, SubmitButton, Upload, UseQuery, Wizard,
        action, provide_formwork, query, use_action_state, use_form_status, use_new_build,
        use_optimistic, use_query,
    };
    #[cfg(feature = "router")]
    pub use crate::{SearchForm, use_search};
}

/// What the macros write; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use formwork_core::{
        Action, ActionResult, Broken, Choice, Constraints, Entries, FieldName, FieldSpec, Form,
        FormField, FormNames, FormValue, IntoActionError, Issues, Limit, ListItem, Lookup, Mistake,
        Order, Query, QueryResult, RowNames, Shape, Steps, Streaming, Structure, Unbound, Wizard,
        action_id, check_step, garde_issues, has_files, has_secrets, path::within,
        row_items as rows,
    };
    pub use serde;

    pub use crate::field::{Field, FieldScope, FormFields, Rows};
    #[cfg(feature = "ssr")]
    pub use formwork_axum::{
        ActionCx, ActionDef, Binding, Declared, Life, Limits, Next, Public, QueryCx, QueryDef,
        Reports, ServerAction, ServerQuery, Throttle, inventory, opened,
    };

    pub use crate::__formwork_server_only as server_only;
}

/// Its content on the server; nothing in the browser, so that a body never reaches the WASM.
#[cfg(feature = "ssr")]
#[doc(hidden)]
#[macro_export]
macro_rules! __formwork_server_only {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// Its content on the server; nothing in the browser, so that a body never reaches the WASM.
#[cfg(not(feature = "ssr"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __formwork_server_only {
    ($($tokens:tt)*) => {};
}
