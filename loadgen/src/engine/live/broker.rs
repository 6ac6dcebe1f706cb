//! The broker of a live run: that of `imds-client serve`, in this process.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use imds_client::broker::listen;
use imds_client::{
    Answer as ImdsAnswer, Broker, BrokerSettings, Endpoint, HttpTransport, Identity, Paced, Policy,
    Request, SingleConnections, TokenRequest, Transport, TransportFailure,
};
use rand::rngs::ChaCha8Rng;
use tokio::sync::oneshot;

use super::answer;
use super::failure::LiveError;
use super::shared::Shared;
use super::watch::Watch;
use crate::engine::streams::Streams;
use crate::record::{Answer, Attempt, RequestKind};
use crate::scenario::definition::Scenario;

/// A broker that serves until this is dropped.
#[derive(Debug)]
pub(super) struct LiveBroker {
    /// Those that ask it.
    pub(super) connections: SingleConnections,
    /// The clock of the run, once that has begun.
    watch: Arc<OnceLock<Watch>>,
    _stops_when_dropped: oneshot::Sender<()>,
}

impl LiveBroker {
    /// Starts a broker before the service, if sessions of the scenario ask one.
    pub(super) fn start(
        scenario: &Scenario,
        service: &Endpoint,
        record: &Shared,
        streams: &Streams,
    ) -> Result<Option<Self>, LiveError> {
        let policy = scenario.groups.iter().find_map(|group| group.broker());
        let rng = streams.broker().into_generator();
        let start = |policy| Self::before(service, policy, record.clone(), rng);
        policy.map(start).transpose()
    }

    /// The run begins, by this clock.
    pub(super) fn begin(&self, watch: Watch) {
        self.watch.get_or_init(|| watch);
    }

    fn before(
        service: &Endpoint,
        policy: &Arc<Policy>,
        record: Shared,
        rng: ChaCha8Rng,
    ) -> Result<Self, LiveError> {
        let transport = HttpTransport::new(service.clone());
        let transport = transport.map_err(|error| LiveError::Client(error.to_string()))?;
        let watch = Arc::default();
        let transport = Counted {
            transport,
            record,
            watch: Arc::clone(&watch),
        };
        let listener = listen(([127, 0, 0, 1], 0).into())?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let endpoint: Endpoint = endpoint.parse().map_err(io::Error::other)?;
        let (sender, stop) = oneshot::channel();
        let broker = Broker::new(Paced::new(transport), policy, settings(), rng);
        tokio::spawn(broker.serve(listener, async { drop(stop.await) }));
        Ok(Self {
            connections: SingleConnections::to(&endpoint),
            watch,
            _stops_when_dropped: sender,
        })
    }
}

/// As of `imds-client serve` without options.
fn settings() -> BrokerSettings {
    BrokerSettings {
        max_clients: BrokerSettings::MAX_CLIENTS,
        max_wait: BrokerSettings::MAX_WAIT,
        identity_header: "imds-loadgen".to_owned(),
        allowed_hosts: vec![],
    }
}

/// Counts the requests to IMDS.
#[derive(Debug)]
struct Counted {
    transport: HttpTransport,
    record: Shared,
    watch: Arc<OnceLock<Watch>>,
}

impl Counted {
    fn now(&self) -> Duration {
        self.watch.get().map_or(Duration::ZERO, Watch::now)
    }
}

impl Transport for Counted {
    async fn send(&self, request: &Request) -> Result<ImdsAnswer, TransportFailure> {
        let mut sent = Sent::now(self);
        let result = self.transport.send(request).await;
        sent.answer = counted(&result);
        result
    }
}

/// A request to IMDS, counted when it is sent and when this is dropped: that is before its answer if it takes too long.
struct Sent<'c> {
    counted: &'c Counted,
    at: Duration,
    answer: Answer,
}

impl<'c> Sent<'c> {
    fn now(counted: &'c Counted) -> Self {
        let at = counted.now();
        counted.record.lock().relays(at);
        Self {
            counted,
            at,
            answer: Answer::None(TransportFailure::Timeout),
        }
    }
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        let attempt = Attempt {
            kind: RequestKind::Token,
            retry_index: 0,
            sent: self.at,
            ended: self.counted.now(),
            answer: self.answer,
        };
        self.counted.record.lock().relayed(&attempt);
    }
}

fn counted(result: &Result<ImdsAnswer, TransportFailure>) -> Answer {
    match result {
        Ok(read) => answer::of(&read.read(&any_token()).0, Some(read)),
        Err(failure) => Answer::None(*failure),
    }
}

/// A request for a token: the answers to all of them are read alike.
fn any_token() -> TokenRequest {
    TokenRequest {
        identity: Identity::SystemAssigned,
        resource: String::new(),
    }
}
