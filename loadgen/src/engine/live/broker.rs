//! The broker of a live run: that of `imds-client serve`, in this process.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use imds_client::broker::listen;
use imds_client::{
    Answer as ImdsAnswer, Broker, BrokerSettings, Endpoint, HttpTransport, Paced, Policy, Request,
    Transport, TransportFailure,
};
use rand::rngs::ChaCha8Rng;
use tokio::sync::oneshot;

use super::failure::LiveError;
use super::shared::Shared;
use super::watch::Watch;
use crate::engine::streams::Streams;
use crate::record::{Answer, Attempt, RequestKind};
use crate::scenario::definition::Scenario;

/// A broker that serves until this is dropped.
#[derive(Debug)]
pub(super) struct LiveBroker {
    pub(super) endpoint: Endpoint,
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

    fn before(
        service: &Endpoint,
        policy: &Arc<Policy>,
        record: Shared,
        rng: ChaCha8Rng,
    ) -> Result<Self, LiveError> {
        let transport = HttpTransport::new(service.clone());
        let transport = transport.map_err(|error| LiveError::Client(error.to_string()))?;
        let transport = Counted { transport, record };
        let listener = listen(([127, 0, 0, 1], 0).into())?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let endpoint = endpoint.parse().map_err(io::Error::other)?;
        let (sender, stop) = oneshot::channel();
        let broker = Broker::new(Paced::new(transport), policy, settings(), rng);
        tokio::spawn(broker.serve(listener, async { drop(stop.await) }));
        Ok(Self {
            endpoint,
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
}

impl Transport for Counted {
    async fn send(&self, request: &Request) -> Result<ImdsAnswer, TransportFailure> {
        let watch = Watch::starting_in(Duration::ZERO);
        let result = self.transport.send(request).await;
        let attempt = Attempt {
            kind: RequestKind::Token,
            retry_index: 0,
            sent: Duration::ZERO,
            ended: watch.now(),
            answer: counted(&result),
        };
        self.record.lock().broker.made(&attempt);
        result
    }
}

fn counted(result: &Result<ImdsAnswer, TransportFailure>) -> Answer {
    match result {
        Ok(answer) if answer.status == 200 => Answer::Granted,
        Ok(answer) if answer.status == 429 => Answer::Refused(None),
        Ok(answer) => Answer::Status(answer.status),
        Err(failure) => Answer::None(*failure),
    }
}
