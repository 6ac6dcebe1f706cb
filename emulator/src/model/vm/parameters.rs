//! The parameters of a VM.

use std::time::Duration;

use crate::model::audience::Audience;
use crate::model::event::{Event, EventService};
use crate::model::fault::Fault;
use crate::model::identity::Identities;
use crate::model::latency::Latency;
use crate::model::limit::Limits;

/// The settings of a VM that decide about its requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameters<'a> {
    /// How requests are limited.
    pub(crate) limits: &'a Limits,
    /// How long answers take.
    pub(crate) latency: Latency,
    /// The identities that tokens are granted to.
    pub(crate) identities: &'a Identities,
    /// Resources that the tenant does not have.
    pub(crate) unknown_resources: &'a [Audience],
    /// From a token's issue to its expiry.
    pub(crate) token_lifetime: Duration,
    /// The planned faults.
    pub(crate) faults: &'a [Fault],
    /// When the service of scheduled events is on.
    pub(crate) scheduled_events: EventService,
    /// The planned events.
    pub(crate) events: &'a [Event],
}
