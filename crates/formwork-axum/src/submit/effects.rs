//! Step 11: what was recorded can be carried out.

use formwork_core::ActionError;

use super::Ran;

/// A redirect that would leave the application is a failure of the action's author: refused, and
/// logged with its target.
pub(super) fn check(ran: &Ran) -> Result<(), ActionError> {
    ran.effects.location().map(|_| ())
}
