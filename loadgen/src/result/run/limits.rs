//! The part of the result on limits: those in force, what they allow, what was reached.

use imds_emulator::Config;
use imds_emulator::config::VmSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::Record;
use crate::record::distribution::ms;
use crate::result::bounds::Bounds;

/// The limits of identity requests.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LimitsInForce {
    /// The name of the set of limits.
    pub profile: String,
    /// Requests admitted per window; null: no limit.
    pub requests: Option<u32>,
    /// The length of the window; null: no limit.
    pub window_ms: Option<f64>,
    /// Requests admitted at once; null: no limit.
    pub concurrent: Option<u32>,
}

/// Lower bounds on the makespan. Those by limits are of the tokens received: what a schedule would take that sends each
/// request as soon as the limits admit it, and in which every service takes as long as the shortest one, or all together
/// as long as they did. Where the window is fixed, its boundary lies where it is best.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LowerBounds {
    /// By the limit of requests per window alone, with the service of the last token; 0 where there is no such limit.
    pub rate: f64,
    /// By the limit of requests at once alone; 0 where there is no such limit, or service times are not known.
    pub concurrency: f64,
    /// By both together, which can be more than either.
    pub limits: f64,
    /// By the sessions' own starts, pauses, work and service times.
    pub session: f64,
    /// By the cores that the sessions share; left out: nothing cost processor time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor: Option<f64>,
    /// Which of them is the largest: `rate`, `concurrency`, `limits` (more than either alone), `processor` or `session`.
    pub binding: String,
}

/// The most requests for tokens that IMDS was sent at once: attempts of sessions that ask no broker, and the broker's.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Peak {
    /// Sent in one second of the clock.
    pub requests_per_s: u64,
    /// On their way at once. In a simulation a refusal takes no time, so it counts those that are being served or
    /// wait in a queue, and the one that is sent; live it counts those too that are being refused.
    pub concurrent: u32,
}

impl LimitsInForce {
    pub(super) fn new(imds: &Config) -> Self {
        Self::of_vm(&imds.vm)
    }

    pub(super) fn of_vm(vm: &VmSettings) -> Self {
        let limits = &vm.limits.identity;
        Self {
            profile: vm.profile.clone(),
            requests: limits.rate.as_ref().map(|rate| rate.requests),
            window_ms: limits.rate.as_ref().map(|rate| ms(rate.window)),
            concurrent: limits.concurrent,
        }
    }
}

impl LowerBounds {
    pub(super) fn new(bounds: &Bounds, has_cores: bool) -> Self {
        Self {
            rate: ms(bounds.rate),
            concurrency: ms(bounds.concurrency),
            limits: ms(bounds.limits),
            session: ms(bounds.session),
            processor: has_cores.then(|| ms(bounds.processor)),
            binding: bounds.binding().to_owned(),
        }
    }
}

impl LowerBounds {
    /// What binds, as reports name it.
    #[must_use]
    pub(crate) fn binding_words(&self) -> &str {
        match self.binding.as_str() {
            "limits" => "rate and concurrency",
            other => other,
        }
    }
}

impl Peak {
    pub(super) fn new(record: &Record) -> Self {
        Self {
            requests_per_s: record.load.peak_sent(),
            concurrent: record.load.peak_in_flight(),
        }
    }
}
