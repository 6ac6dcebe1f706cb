//! Runs a herd of real processes: a driver, which starts an emulator and each process at its time, and reads
//! the requests from the journals.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it shows progress while processes run"
)]

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use imds_emulator::config::JournalSettings;
use imds_emulator::environment::Way;
use imds_emulator::{Config, Emulator, StartError};
use thiserror::Error;
use tokio::task::JoinSet;

use super::seen::{HerdSeen, ProcessSeen};
use crate::command::check::output::Outputs;
use crate::command::check::place::{CannotStart, NoPlace, Place, Program};
use crate::command::check::process::allow_files;
use crate::command::check::seen::CommandRun;
use crate::engine::live::watch::Watch;
use crate::engine::netstat::listen_drops;
use crate::engine::schedule::{self, Start, schedule};
use crate::engine::streams::Streams;
use crate::record::Ended;
use crate::scenario::definition::Scenario;

/// Time for the set-up before the first process starts.
const LEAD: Duration = Duration::from_millis(100);
/// How often `progress` is called.
const TICK: Duration = Duration::from_millis(100);
/// What the files of the processes' output are called.
const OUTPUT: &str = "process";
/// As many requests as the emulator can keep.
const JOURNAL: usize = 1_000_000;

/// Everything that a herd needs.
#[derive(Debug)]
pub(crate) struct HerdRunner<'a> {
    /// When processes start, and the VM.
    pub scenario: &'a Scenario,
    /// What they run.
    pub program: Program,
    /// How long the run may last, if not as long as the scenario says: processes that run then are ended.
    pub time_limit: Option<Duration>,
}

/// Why the herd could not be run.
#[derive(Debug, Error)]
pub(crate) enum HerdError {
    /// The emulator did not start.
    #[error(transparent)]
    Emulator(#[from] StartError),
    /// A process has no port, or no network.
    #[error(transparent)]
    Place(#[from] NoPlace),
    /// The command did not start.
    #[error(transparent)]
    Command(#[from] CannotStart),
    /// The system does not say how a command ended.
    #[error("cannot wait for the command")]
    Wait(#[source] io::Error),
}

/// Runs the herd until all processes have ended, the time is over or `stop` completes. All that the processes
/// have started is ended then. `progress` is called at intervals with the number of processes that have ended.
///
/// # Errors
/// If it cannot be run.
///
/// # Panics
/// Never: an emulator has its first VM.
pub(crate) async fn run(
    herd: &HerdRunner<'_>,
    outputs: &Outputs,
    progress: impl FnMut(Ended),
    stop: impl Future<Output = ()>,
) -> Result<HerdSeen, HerdError> {
    let emulator = Emulator::start(herd.config(outputs)).await?;
    emulator.ready().await;
    let (shared, processes) = herd.processes(&emulator, outputs)?;
    let vm = emulator.vm("default").expect("the first VM");
    let dropped_before = listen_drops();
    let watch = Watch::starting_in(LEAD);
    let origin = vm.time() + LEAD;
    let mut running = JoinSet::new();
    for process in processes {
        running.spawn(process.run(watch));
    }
    attend(running, &shared, progress, stop).await?;
    let seen = HerdSeen {
        identities: herd.scenario.imds.vm.identities.clone(),
        ended_at: watch.now(),
        processes: shared.in_order(),
        forgotten: vm.forgotten() + emulator.resource_manager_forgotten(),
        requests: vm.journal(),
        manager: emulator.resource_manager_journal(),
        origin,
        dropped: herd.dropped(dropped_before),
        tally: vm.tally(),
    };
    emulator.stop().await;
    Ok(seen)
}

/// Waits for the processes to end, or ends them when `stop` completes.
async fn attend(
    mut running: JoinSet<Result<(), HerdError>>,
    shared: &Shared,
    mut progress: impl FnMut(Ended),
    stop: impl Future<Output = ()>,
) -> Result<(), HerdError> {
    let mut tick = tokio::time::interval(TICK);
    tokio::pin!(stop);
    loop {
        tokio::select! {
            joined = running.join_next() => match joined {
                None => break,
                Some(ended) => ended.map_err(|error| HerdError::Wait(io::Error::other(error)))??,
            },
            _ = tick.tick() => progress(shared.ended()),
            () = &mut stop => break,
        }
    }
    running.shutdown().await;
    Ok(())
}

impl HerdRunner<'_> {
    /// Connections that the system dropped before and since; in networks of their own it does not say.
    fn dropped(&self, before: Option<u64>) -> (Option<u64>, Option<u64>) {
        match self.program.way {
            Way::AtMetadataAddress => (None, None),
            _ => (before, listen_drops()),
        }
    }

    /// The scenario's VM, on free loopback ports.
    fn config(&self, outputs: &Outputs) -> Config {
        let mut config = self.scenario.imds.clone().with_free_ports();
        config.vm.seed = self.scenario.seed;
        config.vm.journal = JournalSettings { entries: JOURNAL };
        self.program.manager.apply(&mut config, outputs.folder());
        config
    }

    /// The processes that are to be run, each with ports of its own, and what they report to.
    fn processes(
        &self,
        emulator: &Emulator,
        outputs: &Outputs,
    ) -> Result<(Shared, Vec<Process>), NoPlace> {
        let starts = schedule(self.scenario, &Streams::new(self.scenario.seed));
        let end = schedule::end(self.scenario, &starts);
        let time_limit = self.time_limit.unwrap_or(end);
        allow_files(starts.len());
        let shared = Shared::new(&starts);
        let settings = &self.scenario.imds.vm;
        let vm = emulator.vm("default").expect("the first VM");
        let mut processes = Vec::new();
        for start in starts {
            let session = start.session.to_string();
            let (at, folder) = ((emulator, &vm), outputs.folder());
            processes.push(Process {
                place: self.program.place(at, settings, &session, folder)?,
                files: outputs.of(OUTPUT, start.session),
                time_limit,
                seen: shared.clone(),
                start,
            });
        }
        Ok((shared, processes))
    }
}

/// One process that is to be run.
struct Process {
    start: Start,
    place: Place,
    files: (PathBuf, PathBuf),
    time_limit: Duration,
    seen: Shared,
}

impl Process {
    async fn run(self, watch: Watch) -> Result<(), HerdError> {
        watch.until(self.start.at).await;
        let started = watch.now();
        let running = self.place.start(&self.files)?;
        self.seen
            .note(&self.start, |seen| seen.started = Some(started));
        let left = self.time_limit.saturating_sub(started);
        let run = running.end(left).await.map_err(HerdError::Wait)?;
        self.seen.note(&self.start, |seen| seen.run = Some(run));
        Ok(())
    }
}

/// What is seen of the processes so far, which they report to.
#[derive(Clone)]
struct Shared(Arc<Mutex<Vec<ProcessSeen>>>);

impl Shared {
    fn new(starts: &[Start]) -> Shared {
        let waiting = |start: &Start| ProcessSeen {
            start: *start,
            started: None,
            run: None,
        };
        Shared(Arc::new(Mutex::new(starts.iter().map(waiting).collect())))
    }

    fn note(&self, start: &Start, note: impl FnOnce(&mut ProcessSeen)) {
        let mut all = self.lock();
        let own = |seen: &&mut ProcessSeen| seen.start.session == start.session;
        if let Some(seen) = all.iter_mut().find(own) {
            note(seen);
        }
    }

    fn in_order(&self) -> Vec<ProcessSeen> {
        let mut all = self.lock().clone();
        all.sort_by_key(|process| process.start.session);
        all
    }

    fn ended(&self) -> Ended {
        let all = self.lock();
        let ended = all.iter().filter_map(|process| process.run);
        let (succeeded, failed): (Vec<CommandRun>, _) = ended.partition(|run| run.end.is_success());
        let count = |runs: &[CommandRun]| u64::try_from(runs.len()).unwrap_or(u64::MAX);
        Ended {
            succeeded: count(&succeeded),
            failed: count(&failed),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<ProcessSeen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
