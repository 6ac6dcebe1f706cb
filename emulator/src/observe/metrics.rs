//! The metrics for a Prometheus server, in the `OpenMetrics` text format.
//!
//! Each emulator has a registry of its own, so that two in one process do not meet. Counters are
//! counted as requests end; gauges are read off when the text is written.

use std::fmt;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::config::FIRST;
use crate::model::limit::{Category, CategoryLimits, Left, Limiter, Limits};
use crate::model::tally::Tally;
use crate::observe::journal::{Fate, Outcome};
use crate::observe::stub_metrics::StubMetrics;
use crate::observe::version::VERSION;

/// The content type of the text.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the service time's buckets in seconds.
const BUCKETS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// All metrics of one VM.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    gone: Family<CategoryLabel, Counter>,
    service_time: Family<CategoryLabel, Histogram, fn() -> Histogram>,
    in_use: Family<CategoryLabel, Gauge>,
    concurrent: Family<CategoryLabel, Gauge>,
    rate: Family<CategoryLabel, Gauge<f64, AtomicU64>>,
    slots_free: Family<CategoryLabel, Gauge>,
    rate_left: Family<CategoryLabel, Gauge>,
    journal: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CategoryLabel {
    category: Category,
}

/// The limiter is empty unless one refused, the status unless there was an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    category: Category,
    verdict: Option<Fate>,
    limiter: Option<Limiter>,
    status: Option<u16>,
}

impl EncodeLabelValue for Category {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.name().encode(encoder)
    }
}

impl EncodeLabelValue for Fate {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.name().encode(encoder)
    }
}

impl EncodeLabelValue for Limiter {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.name().encode(encoder)
    }
}

impl Metrics {
    /// Every sample says which VM it is of, unless it is of the first.
    pub(crate) fn new(vm: &str) -> Metrics {
        let label = (vm != FIRST).then(|| ("vm".into(), vm.to_owned().into()));
        let labels = label.into_iter();
        let mut metrics = Metrics {
            registry: Registry::with_prefix_and_labels("imds_emulator", labels),
            requests: Family::default(),
            gone: Family::default(),
            service_time: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            in_use: Family::default(),
            concurrent: Family::default(),
            rate: Family::default(),
            slots_free: Family::default(),
            rate_left: Family::default(),
            journal: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        let info = Info::new([("version", VERSION)]);
        registry.register("build", "The program", info);
        registry.register("requests", "Requests that ended", self.requests.clone());
        let help = "Requests whose client had gone before the answer";
        registry.register("clients_gone", help, self.gone.clone());
        let help = "From admission to departure, as drawn";
        let service_time = self.service_time.clone();
        registry.register_with_unit("service_time", help, Unit::Seconds, service_time);
        registry.register("slots_in_use", "Requests being served", self.in_use.clone());
        let help = "How many requests may be served at once; absent without a limit";
        registry.register("slots_limit", help, self.concurrent.clone());
        let help = "How many requests a second the rate allows; absent without a limit";
        registry.register("rate_limit_per_second", help, self.rate.clone());
        let help = "Slots that are free now; absent without a limit";
        registry.register("slots_free", help, self.slots_free.clone());
        let help = "Requests that the rate would admit now; absent without a limit";
        registry.register("rate_left", help, self.rate_left.clone());
        let help = "Requests in the journal";
        registry.register("journal_entries", help, self.journal.clone());
    }

    /// Counts a request that has ended.
    pub(crate) fn count(&self, category: Category, outcome: &Outcome) {
        let labels = RequestLabels {
            category,
            verdict: outcome.verdict,
            limiter: outcome.limiter,
            status: outcome.status,
        };
        self.requests.get_or_create(&labels).inc();
        let label = CategoryLabel { category };
        if outcome.client_gone {
            self.gone.get_or_create(&label).inc();
        }
        if let Some(time) = outcome.service_time {
            let histogram = self.service_time.get_or_create(&label);
            histogram.observe(time.as_secs_f64());
        }
    }

    /// The text, with the gauges as these say; `left` is by category, identities first. Those of `stub` follow.
    pub(crate) fn text(
        &self,
        tally: &Tally,
        limits: &Limits,
        left: [Left; 2],
        journal: usize,
        stub: Option<&StubMetrics>,
    ) -> Result<String, fmt::Error> {
        let [identity, other] = left;
        self.set_left(Category::Identity, identity);
        self.set_left(Category::Other, other);
        self.gauge(Category::Identity, tally.identity.in_use, &limits.identity);
        self.gauge(Category::Other, tally.other.in_use, &limits.other);
        self.journal.set(i64::try_from(journal).unwrap_or(i64::MAX));
        let mut text = String::new();
        text::encode_registry(&mut text, &self.registry)?;
        stub.map_or(Ok(()), |stub| stub.append_to(&mut text))?;
        text::encode_eof(&mut text)?;
        Ok(text)
    }

    fn set_left(&self, category: Category, left: Left) {
        let label = CategoryLabel { category };
        set_or_remove(&self.slots_free, &label, left.slots);
        set_or_remove(&self.rate_left, &label, left.requests);
    }

    fn gauge(&self, category: Category, in_use: u32, limits: &CategoryLimits) {
        let label = CategoryLabel { category };
        self.in_use.get_or_create(&label).set(i64::from(in_use));
        set_or_remove(&self.concurrent, &label, limits.concurrent);
        match &limits.rate {
            Some(rate) => {
                let per_second = f64::from(rate.requests) / rate.window.as_secs_f64();
                self.rate.get_or_create(&label).set(per_second);
            }
            None => drop(self.rate.remove(&label)),
        }
    }
}

fn set_or_remove(family: &Family<CategoryLabel, Gauge>, label: &CategoryLabel, value: Option<u32>) {
    match value {
        Some(value) => drop(family.get_or_create(label).set(i64::from(value))),
        None => drop(family.remove(label)),
    }
}

#[cfg(test)]
mod tests;
