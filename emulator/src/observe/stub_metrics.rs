//! The metrics of Resource Manager's stub. A process has one stub: they stand among those of its first VM.

use std::fmt;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::observe::journal::{Fate, Outcome};

/// Counted as requests end; a reset leaves them as they are.
#[derive(Debug)]
pub(crate) struct StubMetrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
}

/// The status is empty unless there was an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    verdict: Option<Fate>,
    status: Option<u16>,
}

impl StubMetrics {
    pub(crate) fn new() -> StubMetrics {
        let requests = Family::default();
        let mut registry = Registry::with_prefix("imds_emulator_resource_manager");
        let help = "Requests to Resource Manager that ended";
        registry.register("requests", help, requests.clone());
        StubMetrics { registry, requests }
    }

    /// Counts a request that has ended.
    pub(crate) fn count(&self, outcome: &Outcome) {
        let labels = Labels {
            verdict: outcome.verdict,
            status: outcome.status,
        };
        self.requests.get_or_create(&labels).inc();
    }

    /// Appends the text, without its end.
    pub(crate) fn append_to(&self, text: &mut String) -> fmt::Result {
        text::encode_registry(text, &self.registry)
    }
}
