//! Incidents: reported step by step, each a ticket in the end.

mod form;
mod report;

pub(crate) use form::ReportPage;
