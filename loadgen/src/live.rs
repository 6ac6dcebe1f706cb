//! Plays a scenario in real time, over sockets: a driver, which reads the clock and waits.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it starts sessions when they are due"
)]

mod cast;
mod context;
mod manager;
mod profile;
mod session;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use imds_client::Endpoint;
use imds_emulator::{Emulator, StartError, Tally};
use thiserror::Error;
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::cast::Cast;
use self::profile::LiveProfile;
use crate::record::traces::Traces;
use crate::record::{Ended, Record};
use crate::result::{self, Mode, Raw};
use crate::sample::sample;
use crate::scenario::Scenario;
use crate::schedule::schedule;
use crate::streams::Streams;
use crate::succession::Successions;

/// Why a scenario could not be played in real time.
#[derive(Debug, Error)]
pub enum LiveError {
    /// The embedded emulator did not start.
    #[error(transparent)]
    Emulator(#[from] StartError),
    /// There is no folder for the profile that sessions share.
    #[error("cannot set up a profile: {0}")]
    Profile(#[from] std::io::Error),
    /// The target is somebody else's.
    #[error(
        "sessions with an Azure context ask the embedded emulator's Resource Manager: leave --target out"
    )]
    NoManager,
    /// A session's HTTP client could not be set up.
    #[error("cannot set up an HTTP client: {0}")]
    Client(String),
    /// The system allows too few open files for so many sessions.
    #[error(
        "{sessions} sessions at once need {needed} open files, and the system allows {allowed}: raise the limit (ulimit -n)"
    )]
    Files {
        /// Sessions of the scenario that there can be at once.
        sessions: u32,
        /// Files that they need.
        needed: u64,
        /// Files that the system allows.
        allowed: u64,
    },
}

/// Time for all sessions to get ready in before the first may start.
const LEAD: Duration = Duration::from_millis(100);

/// How often progress is told.
const TICK: Duration = Duration::from_millis(100);

/// Plays the scenario against `target`, or against an embedded emulator on a free loopback port.
/// `progress` is told now and then how many sessions have ended. Ends when the sessions have, at the
/// scenario's `max_duration`, or when `stop` completes.
///
/// # Errors
/// If nothing could be played.
pub async fn run(
    scenario: &Scenario,
    target: Option<Endpoint>,
    progress: impl FnMut(Ended),
    stop: impl Future<Output = ()>,
) -> Result<Raw, LiveError> {
    allow_files(scenario, target.is_none())?;
    match target {
        Some(target) => {
            if has_context(scenario) {
                return Err(LiveError::NoManager);
            }
            let url = target.to_string();
            let service = Service {
                endpoint: target,
                manager: None,
                embedded: false,
            };
            let record = play(scenario, service, progress, stop).await?;
            Ok(Raw {
                target: Some(url),
                ..finish(scenario, record, None)
            })
        }
        None => against_embedded(scenario, progress, stop).await,
    }
}

async fn against_embedded(
    scenario: &Scenario,
    progress: impl FnMut(Ended),
    stop: impl Future<Output = ()>,
) -> Result<Raw, LiveError> {
    let emulator = Emulator::start(embedded(scenario)).await?;
    emulator.ready().await;
    let endpoint = emulator.imds_url().parse();
    let service = Service {
        endpoint: endpoint.map_err(|error| LiveError::Client(format!("{error}")))?,
        manager: emulator.resource_manager_url(),
        embedded: true,
    };
    let record = play(scenario, service, progress, stop).await?;
    let tally = emulator.tally();
    let Ended { succeeded, failed } = record.ended();
    if succeeded + failed == u64::from(scenario.awaited()) {
        emulator.stop().await;
    } else {
        // Answers on their way, for which no session waits any more, would delay the stop by a second.
        drop(emulator);
    }
    Ok(finish(scenario, record, Some(&tally)))
}

fn finish(scenario: &Scenario, mut record: Record, tally: Option<&Tally>) -> Raw {
    let service_time = tally.and_then(|tally| result::service_time(&record, tally));
    let cut_short = record.end(scenario.sizes(&record));
    Raw {
        mode: Mode::Live,
        target: None,
        record,
        service_time,
        cut_short,
    }
}

/// The scenario's VM, on free loopback ports, naming the limiter in each refusal.
fn embedded(scenario: &Scenario) -> imds_emulator::Config {
    let mut config = scenario.imds.clone();
    let free = ([127, 0, 0, 1], 0).into();
    (config.listen, config.admin_listen) = (free, free);
    config.wire.name_limiter = true;
    config.seed = scenario.seed;
    config.resource_manager.listen = free;
    config.resource_manager.enabled |= has_context(scenario);
    config
}

fn has_context(scenario: &Scenario) -> bool {
    scenario.groups.iter().any(|group| group.profile.is_some())
}

/// What the sessions of a run ask.
#[derive(Clone, Debug)]
struct Service {
    endpoint: Endpoint,
    /// Where Resource Manager is, if there is one.
    manager: Option<String>,
    /// Whether it is the run's own emulator, which gets a header that no other service is to see.
    embedded: bool,
}

/// Sets all sessions up, and only then begins.
async fn play(
    scenario: &Scenario,
    service: Service,
    progress: impl FnMut(Ended),
    stop: impl Future<Output = ()>,
) -> Result<Record, LiveError> {
    let streams = Streams::new(scenario.seed);
    let starts = schedule(scenario, &streams);
    let record = Shared::new(scenario, sample(scenario, &starts, &streams));
    let profile = Arc::new(LiveProfile::new(scenario)?);
    let cast = Arc::new(Cast {
        groups: scenario.groups.clone(),
        service,
        streams,
        record: record.clone(),
        profile: Arc::clone(&profile),
        sharing: Mutex::default(),
        successions: Mutex::new(Successions::new(scenario, &starts)),
    });
    let sessions = starts.into_iter().map(|start| cast.session(start));
    let sessions = sessions.collect::<Result<Vec<_>, LiveError>>()?;
    let watch = Watch::starting_in(LEAD);
    let end = watch.until(scenario.max_duration);
    let (leave, _) = broadcast::channel::<()>(1);
    let (mut awaited, mut background) = (JoinSet::new(), JoinSet::new());
    for session in sessions {
        let group = if session.is_background() {
            &mut background
        } else {
            &mut awaited
        };
        group.spawn(cast::play_on(
            Arc::clone(&cast),
            session,
            watch,
            leave.subscribe(),
        ));
    }
    attend(awaited, &record, progress, async {
        tokio::select! { () = end => {}, () = stop => {} }
    })
    .await?;
    drop(leave);
    let left = background.join_all().await;
    left.into_iter().collect::<Result<(), LiveError>>()?;
    let mut record = record.lock();
    record.context.longest_queue = profile.longest_queue();
    record.ended_at = watch.now();
    Ok(record.clone())
}

/// Waits for the sessions to end, or ends them when `stop` completes.
async fn attend(
    mut sessions: JoinSet<Result<(), LiveError>>,
    record: &Shared,
    mut progress: impl FnMut(Ended),
    stop: impl Future<Output = ()>,
) -> Result<(), LiveError> {
    let mut tick = tokio::time::interval(TICK);
    tokio::pin!(stop);
    loop {
        tokio::select! {
            joined = sessions.join_next() => match joined {
                None => break,
                Some(ended) => ended.expect("no session panics or is aborted before the end")?,
            },
            _ = tick.tick() => progress(record.lock().ended()),
            () = &mut stop => break,
        }
    }
    sessions.shutdown().await;
    progress(record.lock().ended());
    Ok(())
}

/// The time of a run: zero at its start, and before.
#[derive(Clone, Copy, Debug)]
struct Watch {
    origin: Instant,
}

impl Watch {
    fn starting_in(lead: Duration) -> Self {
        Self {
            origin: Instant::now() + lead,
        }
    }

    fn now(&self) -> Duration {
        Instant::now().saturating_duration_since(self.origin)
    }

    fn until(self, at: Duration) -> impl Future<Output = ()> {
        tokio::time::sleep_until(self.origin + at)
    }
}

/// The record that all sessions of a run report to.
#[derive(Clone, Debug)]
struct Shared(Arc<Mutex<Record>>);

impl Shared {
    fn new(scenario: &Scenario, traces: Traces) -> Self {
        let mut record = Record::new(scenario.groups.iter().map(|group| group.background));
        record.traces = traces;
        Self(Arc::new(Mutex::new(record)))
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("no session panics while it reports")
    }
}

/// Raises the limit of open files as far as the sessions need and the system lets it.
fn allow_files(scenario: &Scenario, embedded: bool) -> Result<(), LiveError> {
    // One connection a session, twice where its other end is in this process too; with a context
    // another connection and the profile's file; and some to spare.
    let each = if embedded { 2 } else { 1 } + if has_context(scenario) { 3 } else { 0 };
    let sessions = scenario.most_at_once();
    let needed = u64::from(sessions) * each + 64;
    match rlimit::increase_nofile_limit(needed) {
        Ok(allowed) if allowed < needed && !lift(needed) => Err(LiveError::Files {
            sessions,
            needed,
            allowed,
        }),
        _ => Ok(()),
    }
}

/// Raises the hard limit too, which the system lets the privileged do.
#[cfg(unix)]
fn lift(needed: u64) -> bool {
    rlimit::setrlimit(rlimit::Resource::NOFILE, needed, needed).is_ok()
}

#[cfg(not(unix))]
fn lift(_needed: u64) -> bool {
    false
}
