//! The other protocols in which Azure's libraries ask for managed identities.
//!
//! They are served on the IMDS port under paths of their own. A library that cannot be pointed at
//! another IMDS can be pointed at one of these. All draw tokens from the same VM.

mod app_service;
mod arc;
mod arc_key;
mod azure_ml;
mod cloud_shell;
mod exchange;
mod mistake;

use std::borrow::Cow;

use crate::wire::head::Head;

pub(crate) use arc_key::ArcKey;
pub(crate) use exchange::{Protocol, Setup, Want};
pub(crate) use mistake::Mistake;

use app_service::AppService;
use arc::Arc;
use azure_ml::AzureMl;
use cloud_shell::CloudShell;

/// The protocol of a request, if it is not for IMDS.
pub(crate) fn of(head: &Head) -> Option<&'static dyn Protocol> {
    match head.path() {
        app_service::PATH if head.parameter("api-version") == Some(app_service::OLD) => {
            Some(&AppService::Old)
        }
        app_service::PATH => Some(&AppService::New),
        arc::PATH => Some(&Arc),
        azure_ml::PATH => Some(&AzureMl),
        cloud_shell::PATH => Some(&CloudShell),
        _ => None,
    }
}

/// The audience of the token that a request asks for, in any protocol.
pub(crate) fn asked_resource(head: &Head) -> Option<Cow<'_, str>> {
    match head.path() {
        cloud_shell::PATH => cloud_shell::resource(head),
        _ => head.parameter("resource").map(Cow::Borrowed),
    }
}
