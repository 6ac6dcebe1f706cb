//! Runs a scenario in real time, over sockets: a driver, which reads the clock and waits.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it starts sessions when they are due"
)]

mod answer;
mod broker;
mod client;
mod context;
mod context_file;
mod factory;
pub(crate) mod failure;
mod files;
mod gates;
mod identities;
mod manager;
mod processor;
mod service;
mod session;
mod shared;
pub(crate) mod watch;

use std::mem;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use imds_client::{Endpoint, SingleConnections};
use imds_emulator::isolation::METADATA_ADDRESS;
use imds_emulator::{Emulator, Tally};
use tokio::sync::broadcast;
use tokio::task::JoinSet;

use self::broker::LiveBroker;
use self::client::CacheFolder;
use self::context_file::LiveContextFile;
use self::factory::SessionFactory;
use self::failure::LiveError;
use self::files::allow_files;
use self::gates::GateFolder;
use self::processor::LiveProcessor;
use self::service::Service;
use self::shared::Shared;
use self::watch::Watch;
use crate::engine::netstat;
use crate::engine::sample::sample;
use crate::engine::schedule::schedule;
use crate::engine::streams::Streams;
use crate::engine::succession::Successions;
use crate::engine::target::{self, Asked};
use crate::record::raw::{Mode, Raw, service_time};
use crate::record::{Ended, Record};
use crate::scenario::definition::Scenario;

/// Time for the set-up of all sessions before the first starts.
const LEAD: Duration = Duration::from_millis(100);

/// How long a target may take to say whether it knows the identities.
const LOOK: Duration = Duration::from_secs(5);

/// The interval of calls of `progress`.
const TICK: Duration = Duration::from_millis(100);

/// Runs the scenario against what is asked.
/// `progress` is called at intervals with the number of sessions that have ended. Ends when the sessions have, at the
/// scenario's `max_duration`, or when `stop` completes.
///
/// # Errors
/// If the run could not start.
pub(crate) async fn run(
    scenario: &Scenario,
    asked: Asked,
    progress: impl FnMut(Ended),
    stop: impl Future<Output = ()>,
) -> Result<Raw, LiveError> {
    debug_assert!(!scenario.is_fleet(), "a live run has one VM");
    allow_files(scenario, !matches!(asked, Asked::Target(_)))?;
    match asked {
        Asked::Target(target) => {
            if scenario.has_context() {
                return Err(LiveError::NoManager);
            }
            let url = target.to_string();
            let service = Service {
                endpoint: target.clone(),
                manager: None,
                embedded: false,
            };
            let record = run_sessions(scenario, service, progress, stop).await?;
            let unknown_identities = if identities::all_refused(&record) {
                look_again(scenario, &target).await?
            } else {
                vec![]
            };
            Ok(Raw {
                target: Some(url),
                unknown_identities,
                ..finish(scenario, record, None)
            })
        }
        Asked::Embedded => against(embedded(scenario), scenario, progress, stop).await,
        Asked::AtMetadataAddress => {
            let mut config = embedded(scenario);
            config.listen = METADATA_ADDRESS;
            against(config, scenario, progress, stop).await
        }
    }
}

/// Runs it against an emulator of this configuration.
async fn against(
    config: imds_emulator::Config,
    scenario: &Scenario,
    progress: impl FnMut(Ended),
    stop: impl Future<Output = ()>,
) -> Result<Raw, LiveError> {
    let emulator = Emulator::start(config).await?;
    emulator.ready().await;
    let endpoint = emulator.imds_url().parse();
    let service = Service {
        endpoint: endpoint.map_err(|error| LiveError::Client(format!("{error}")))?,
        manager: emulator.resource_manager_url(),
        embedded: true,
    };
    let record = run_sessions(scenario, service, progress, stop).await?;
    let tally = emulator.tally();
    let Ended { succeeded, failed } = record.ended();
    if succeeded + failed == u64::from(scenario.awaited()) {
        emulator.stop().await;
    } else {
        // Answers in flight, for which no session waits, would delay the stop by a second.
        drop(emulator);
    }
    Ok(finish(scenario, record, Some(&tally)))
}

fn finish(scenario: &Scenario, mut record: Record, tally: Option<&Tally>) -> Raw {
    let service_time = tally.and_then(|tally| service_time(&record, tally));
    let cut_short = record.end(scenario.planned());
    Raw {
        mode: Mode::Live,
        target: None,
        record,
        service_time,
        unknown_identities: vec![],
        vms: vec![],
        cut_short,
    }
}

/// The scenario's identities that the target does not know. It is asked after the run, so that the run has all of its
/// limits and faults. A target that does not answer is for the result to show.
async fn look_again(scenario: &Scenario, target: &Endpoint) -> Result<Vec<String>, LiveError> {
    let looked = tokio::time::timeout(LOOK, identities::unknown(scenario, target)).await;
    looked.unwrap_or(Ok(vec![]))
}

/// The scenario's VM, on free loopback ports, naming the limiter in each refusal.
fn embedded(scenario: &Scenario) -> imds_emulator::Config {
    let mut config = scenario.imds.clone();
    let free = ([127, 0, 0, 1], 0).into();
    (config.listen, config.admin_listen) = (free, free);
    config.vm.wire.name_limiter = true;
    config.vm.seed = scenario.seed;
    config.resource_manager.listen = free;
    config.resource_manager.enabled |= scenario.has_context();
    config
}

/// Sets all sessions up, then starts them.
async fn run_sessions(
    scenario: &Scenario,
    service: Service,
    progress: impl FnMut(Ended),
    stop: impl Future<Output = ()>,
) -> Result<Record, LiveError> {
    let streams = Streams::new(scenario.seed);
    let starts = schedule(scenario, &streams);
    let record = Shared::new(scenario, sample(scenario, &starts, &streams));
    let context_file = Arc::new(LiveContextFile::new(scenario)?);
    let processor = scenario.cores.map(LiveProcessor::new).map(Arc::new);
    let broker = LiveBroker::start(scenario, &service.endpoint, &record, &streams)?;
    let factory = Arc::new(SessionFactory {
        groups: scenario.groups.clone(),
        connections: SingleConnections::to(&service.endpoint),
        service,
        streams,
        record: record.clone(),
        context_file: Arc::clone(&context_file),
        processor: processor.clone(),
        gates: GateFolder::of(scenario)?,
        cache: CacheFolder::of(scenario)?,
        broker,
        sharing: Mutex::default(),
        successions: Mutex::new(Successions::new(scenario, &starts)),
    });
    let sessions = starts.into_iter().map(|start| factory.session(start));
    let sessions: Vec<_> = sessions.collect::<Result<_, LiveError>>()?;
    let counted = target::is_loopback(&factory.service.endpoint);
    let dropped = || netstat::listen_drops().filter(|_| counted);
    let before = dropped();
    let watch = Watch::starting_in(LEAD);
    if let Some(broker) = &factory.broker {
        broker.begin(watch);
    }
    let _running = processor.map(|processor| processor.start(watch));
    let end = watch.until_end(|| factory.end());
    let (leave, _) = broadcast::channel::<()>(1);
    let (mut awaited, mut background) = (JoinSet::new(), JoinSet::new());
    for session in sessions {
        let group = if session.is_background() {
            &mut background
        } else {
            &mut awaited
        };
        let (factory, leave) = (Arc::clone(&factory), leave.subscribe());
        group.spawn(factory::run_sessions(factory, session, watch, leave));
    }
    attend(awaited, &record, progress, async {
        tokio::select! { () = end => {}, () = stop => {} }
    })
    .await?;
    drop(leave);
    let left = background.join_all().await;
    left.into_iter().collect::<Result<(), LiveError>>()?;
    record.lock().context.longest_queue = context_file.longest_queue();
    Ok(ended(&record, watch, [before, dropped()]))
}

/// The record of a run that has ended now, with how many connections the system had dropped before it and has by now.
fn ended(record: &Shared, watch: Watch, [before, now]: [Option<u64>; 2]) -> Record {
    let mut record = record.lock();
    record.connections.counted(before, now);
    record.ended_at = watch.now();
    // They are most of it, and need not be there twice.
    let stories = mem::take(&mut record.traces);
    let mut ended = record.clone();
    ended.traces = stories;
    ended
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
