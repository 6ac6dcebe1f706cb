//! The protocols in which managed identities are asked for: IMDS's own and those of other services.
//!
//! All are served on the IMDS port, and all draw tokens from the same VM. The others have paths of their own:
//! a library that cannot be pointed at another IMDS can be pointed at one of these.

mod app_service;
mod arc;
mod arc_key;
mod azure_ml;
mod cloud_shell;
mod contract;
mod failure;
mod imds;

use crate::wire::protocol_name::ProtocolName;

pub(crate) use arc_key::ArcKey;
pub(crate) use contract::{Protocol, Setup};
pub(crate) use failure::Failure;

use app_service::AppService;
use arc::Arc;
use azure_ml::AzureMl;
use cloud_shell::CloudShell;
use imds::Imds;

/// The protocol of that name.
pub(crate) fn named(name: ProtocolName) -> &'static dyn Protocol {
    match name {
        ProtocolName::Imds => &Imds,
        ProtocolName::Appservice => &AppService::New,
        ProtocolName::Appservice2017 => &AppService::Old,
        ProtocolName::Azureml => &AzureMl,
        ProtocolName::Arc => &Arc,
        ProtocolName::Cloudshell => &CloudShell,
    }
}
