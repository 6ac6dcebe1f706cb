//! The endpoints of IMDS beside that of tokens.

use super::{attested, instance, scheduled_events};
use crate::model::limit::Category;
use crate::model::load_balancer::LoadBalancer;

/// What is asked of an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Endpoint<'a> {
    IdentityInfo,
    Instance(instance::Part),
    LoadBalancer(&'a LoadBalancer),
    Versions,
    Attested(attested::Document<'a>),
    Events(scheduled_events::Action<'a>),
}

impl Endpoint<'_> {
    /// Which limits a request to it meets.
    pub(super) fn category(&self) -> Category {
        match self {
            Endpoint::IdentityInfo => Category::Identity,
            Endpoint::Instance(_)
            | Endpoint::LoadBalancer(_)
            | Endpoint::Versions
            | Endpoint::Attested(_)
            | Endpoint::Events(_) => Category::Other,
        }
    }
}
