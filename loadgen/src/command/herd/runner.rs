//! Runs a herd of real processes: a driver, which starts an emulator and each process at its time, and reads
//! the requests from the journals.

use std::ffi::{OsStr, OsString};
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use imds_emulator::config::{JournalSettings, VmSettings};
use imds_emulator::environment::{Access, Protocol};
use imds_emulator::identity::Selector;
use imds_emulator::{Emulator, SessionPorts, StartError};
use thiserror::Error;
use tokio::task::JoinSet;

use super::seen::{HerdSeen, ProcessSeen};
use crate::command::check::environment;
use crate::command::check::manager::Manager;
use crate::command::check::output::Outputs;
use crate::command::check::process::Start as Process;
use crate::command::check::seen::{CommandRun, End};
use crate::engine::live::watch::Watch;
use crate::engine::netstat::listen_drops;
use crate::engine::schedule::{Start, schedule};
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
    /// The program and its arguments.
    pub command: &'a [OsString],
    /// The protocol that its environment selects.
    pub protocol: Protocol,
    /// How Resource Manager's stub is served.
    pub manager: Manager,
    /// How long the run may last: processes that run then are ended.
    pub time_limit: Duration,
}

/// Why the herd could not be run.
#[derive(Debug, Error)]
pub(crate) enum HerdError {
    /// The emulator did not start, or has no port for a process.
    #[error(transparent)]
    Emulator(#[from] StartError),
    /// The command did not start.
    #[error("cannot start {command}")]
    Command { command: String, source: io::Error },
    /// The system does not say how a command ended.
    #[error("cannot wait for the command")]
    Wait(#[source] io::Error),
}

/// Runs the herd until all processes have ended, the time is over or `stop` completes. All that the processes
/// have started is ended then. `progress` is called at intervals with the number of processes that have ended.
///
/// # Errors
/// If it cannot be run.
pub(crate) async fn run(
    herd: &HerdRunner<'_>,
    outputs: &Outputs,
    progress: impl FnMut(Ended),
    stop: impl Future<Output = ()>,
) -> Result<HerdSeen, HerdError> {
    let emulator = Emulator::start(herd.config(outputs)).await?;
    emulator.ready().await;
    let starts = schedule(herd.scenario, &Streams::new(herd.scenario.seed));
    let vm = emulator
        .vm("default")
        .expect("the first VM is always there");
    let mut processes = Vec::new();
    for start in starts {
        let ports = emulator.open_ports(&vm, &start.session.to_string())?;
        processes.push((start, herd.place(ports, outputs)));
    }
    let dropped_before = listen_drops();
    let watch = Watch::starting_in(LEAD);
    let origin = vm.time() + LEAD;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut running = JoinSet::new();
    for (start, place) in processes {
        let process = OneProcess {
            start,
            place,
            files: outputs.of(OUTPUT, start.session),
            time_limit: herd.time_limit,
            seen: Arc::clone(&seen),
        };
        lock(&seen).push(ProcessSeen {
            start,
            started: None,
            run: None,
        });
        running.spawn(process.run(watch));
    }
    attend(running, &seen, progress, stop).await?;
    let ended_at = watch.now();
    let mut processes = lock(&seen).clone();
    processes.sort_by_key(|process| process.start.session);
    let seen = HerdSeen {
        identities: herd.scenario.imds.vm.identities.clone(),
        processes,
        requests: vm.journal(),
        manager: emulator.resource_manager_journal(),
        origin,
        ended_at,
        dropped: (dropped_before, listen_drops()),
        tally: vm.tally(),
    };
    emulator.stop().await;
    Ok(seen)
}

/// Waits for the processes to end, or ends them when `stop` completes.
async fn attend(
    mut running: JoinSet<Result<(), HerdError>>,
    seen: &Mutex<Vec<ProcessSeen>>,
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
            _ = tick.tick() => progress(ended(&lock(seen))),
            () = &mut stop => break,
        }
    }
    running.shutdown().await;
    Ok(())
}

fn ended(processes: &[ProcessSeen]) -> Ended {
    let ended = processes.iter().filter_map(|process| process.run);
    let (succeeded, failed): (Vec<CommandRun>, _) = ended.partition(|run| run.end.is_success());
    let count = |runs: &[CommandRun]| u64::try_from(runs.len()).unwrap_or(u64::MAX);
    Ended {
        succeeded: count(&succeeded),
        failed: count(&failed),
    }
}

fn lock(seen: &Mutex<Vec<ProcessSeen>>) -> std::sync::MutexGuard<'_, Vec<ProcessSeen>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HerdRunner<'_> {
    /// The scenario's VM, on free loopback ports.
    fn config(&self, outputs: &Outputs) -> imds_emulator::Config {
        let mut config = self.scenario.imds.clone().with_free_ports();
        config.vm.seed = self.scenario.seed;
        config.vm.journal = JournalSettings { entries: JOURNAL };
        self.manager.apply(&mut config, outputs.folder());
        config
    }

    /// What a process with these ports is to be run with.
    fn place(&self, ports: SessionPorts, outputs: &Outputs) -> Place {
        let VmSettings {
            identities,
            protocols,
            ..
        } = &self.scenario.imds.vm;
        let identity = identities.select(Selector::Default).ok();
        let access = Access {
            endpoint: &ports.imds_url,
            secret: &protocols.secret,
            client_id: identity.map(|identity| identity.client_id.as_str()),
        };
        let manager = self
            .manager
            .access(ports.resource_manager_url, outputs.folder());
        let own = |name: &str| std::env::var_os(name);
        let changes = environment::changes(self.protocol, &access, manager.as_ref(), own);
        let word = |word: &OsString| environment::argument(word, access.endpoint, manager.as_ref());
        Place {
            words: self.command.iter().map(word).collect(),
            changes,
        }
    }
}

/// A command, as one process is to run it.
struct Place {
    words: Vec<OsString>,
    changes: environment::Changes,
}

/// One process that is to be run.
struct OneProcess {
    start: Start,
    place: Place,
    files: (std::path::PathBuf, std::path::PathBuf),
    time_limit: Duration,
    seen: Arc<Mutex<Vec<ProcessSeen>>>,
}

impl OneProcess {
    async fn run(self, watch: Watch) -> Result<(), HerdError> {
        watch.until(self.start.at).await;
        let started = watch.now();
        let (program, arguments) = self
            .place
            .words
            .split_first()
            .expect("a command has a word");
        let process = Process {
            program: program.clone(),
            arguments: arguments.to_vec(),
            environment: &self.place.changes,
            stdout: &self.files.0,
            stderr: &self.files.1,
        };
        let running = process
            .start()
            .map_err(|source| cannot_start(program, source))?;
        self.note(|seen| seen.started = Some(started));
        let left = self.time_limit.saturating_sub(started);
        let run = running.end(left).await.map_err(HerdError::Wait)?;
        self.note(|seen| seen.run = Some(run));
        Ok(())
    }

    fn note(&self, note: impl FnOnce(&mut ProcessSeen)) {
        let mut all = lock(&self.seen);
        let own = |seen: &&mut ProcessSeen| seen.start.session == self.start.session;
        if let Some(seen) = all.iter_mut().find(own) {
            note(seen);
        }
    }
}

fn cannot_start(program: &OsStr, source: io::Error) -> HerdError {
    HerdError::Command {
        command: program.display().to_string(),
        source,
    }
}

/// The kind of failure of a process that ended so; none: it succeeded, or its time was over, so that it has
/// not ended by itself.
#[must_use]
pub(crate) fn failure(end: End) -> Option<String> {
    match end {
        End::Code(0) | End::TimedOut => None,
        End::Code(code) => Some(format!("exit_code_{code}")),
        End::Signal(number) => Some(format!("signal_{number}")),
    }
}
