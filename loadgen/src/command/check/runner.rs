//! Runs cases: a driver, which starts an emulator and the command, and reads the requests from the journal.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use imds_emulator::config::VmSettings;
use imds_emulator::environment::{Protocol, Way};
use imds_emulator::fault::Fault;
use imds_emulator::{Config, EmulatedVm, Emulator, StartError};
use thiserror::Error;
use tokio::task::JoinSet;

use super::case::{self, CheckCase};
use super::output::Outputs;
use super::place::{CannotStart, NoPlace, Place, Program};
use super::process::allow_files;
use super::rule::manager::successes;
use super::seen::{CommandRun, Seen};
use crate::engine::netstat::listen_drops;
use crate::record::connections::growth;

/// Everything that a run of the cases needs.
#[derive(Debug)]
pub(crate) struct CaseRunner {
    /// The cases, in this order.
    pub cases: Vec<CheckCase>,
    /// The emulator, with a VM for each of them.
    pub config: Config,
    /// The program.
    pub program: Program,
    /// How long it may run each time.
    pub time_limit: Duration,
    /// How many copies a herd has.
    pub copies: u32,
}

/// Why the cases could not be run.
#[derive(Debug, Error)]
pub(crate) enum RunnerError {
    /// The emulator did not start.
    #[error(transparent)]
    Emulator(#[from] StartError),
    /// A command has no port, or no network.
    #[error(transparent)]
    Place(#[from] NoPlace),
    /// The command did not start.
    #[error(transparent)]
    Command(#[from] CannotStart),
    /// The system does not say how a command ended.
    #[error("cannot wait for the command: {0}")]
    Wait(io::Error),
}

/// A case that was run.
#[derive(Debug)]
pub(crate) struct CaseRun {
    pub case: CheckCase,
    /// The exits and the requests.
    pub seen: Seen,
}

/// Runs the cases one after the other, until all have run or `stop` completes; `done` is called after each.
/// All processes that the command has started are ended with its case.
///
/// # Errors
/// If they cannot be run.
pub(crate) async fn run(
    runner: &CaseRunner,
    outputs: &Outputs,
    done: impl Fn(),
    stop: impl Future<Output = ()>,
) -> Result<Vec<CaseRun>, RunnerError> {
    let emulator = Emulator::start(runner.config.clone()).await?;
    emulator.ready().await;
    let mut runs = Vec::new();
    let failed = {
        let all = async {
            for case in &runner.cases {
                let before = listen_drops();
                let mut seen = runner.run(case, &emulator, outputs).await?;
                seen.dropped = runner.dropped(before);
                runs.push(case_run(case, seen, &runs));
                done();
            }
            Ok(())
        };
        tokio::select! { ended = all => ended.err(), () = stop => None }
    };
    emulator.stop().await;
    share_starts(&mut runs);
    failed.map_or(Ok(runs), Err)
}

/// How long the command takes to start is measured in all cases, and counts in each.
fn share_starts(runs: &mut [CaseRun]) {
    let starts: Vec<_> = runs
        .iter()
        .flat_map(|run| run.seen.starts.clone())
        .collect();
    for run in runs {
        run.seen.starts.clone_from(&starts);
    }
}

impl CaseRunner {
    async fn run(
        &self,
        case: &CheckCase,
        emulator: &Emulator,
        outputs: &Outputs,
    ) -> Result<Seen, RunnerError> {
        let vm = vm_of(case, emulator);
        // With the first VM the stub of Resource Manager begins anew: its limits, and what it has seen.
        emulator.reset();
        for fault in &case.faults {
            vm.inject(self.in_protocol(fault));
        }
        let limit = self.time_limit + case.away;
        let places = self.places(case, emulator, outputs)?;
        let begun = vm.time();
        let mut running = JoinSet::new();
        for (copy, place) in (0..).zip(places) {
            let command = place.start(&outputs.of(case.name, copy))?;
            running.spawn(async move { (copy, command.end(limit).await) });
        }
        let runs = ends(running).await.map_err(RunnerError::Wait)?;
        let mut seen = self.seen(case, emulator, runs);
        let first = seen.requests.first().filter(|_| !case.herd);
        seen.starts = first
            .map(|it| it.at.saturating_sub(begun))
            .into_iter()
            .collect();
        Ok(seen)
    }

    /// Connections that the system dropped since; in networks of their own it does not say.
    fn dropped(&self, before: Option<u64>) -> Option<u64> {
        match self.program.way {
            Way::AtMetadataAddress => None,
            _ => growth(before, listen_drops()),
        }
    }

    /// Only IMDS has a path for tokens and others beside it; the other protocols have tokens only, at paths of their own.
    fn in_protocol(&self, fault: &Fault) -> Fault {
        let mut fault = fault.clone();
        if self.program.way.protocol() != Protocol::Imds {
            fault.matching.path = None;
        }
        fault
    }

    /// Each copy has ports of its own, so that its requests are known to be its.
    fn places(
        &self,
        case: &CheckCase,
        emulator: &Emulator,
        outputs: &Outputs,
    ) -> Result<Vec<Place>, NoPlace> {
        let (vm, settings) = (vm_of(case, emulator), self.settings(case));
        let copies = if case.herd { self.copies } else { 1 };
        allow_files(copies as usize);
        let mut places = Vec::new();
        for copy in 0..copies {
            let (at, session) = ((emulator, &vm), copy.to_string());
            let place = self
                .program
                .place(at, settings, &session, outputs.folder())?;
            places.push(place);
        }
        Ok(places)
    }

    fn settings(&self, case: &CheckCase) -> &VmSettings {
        let mut vms = self.config.vms.iter();
        let vm = vms.find(|vm| vm.name == case.name);
        &vm.expect("each case has a VM").settings
    }

    fn seen(&self, case: &CheckCase, emulator: &Emulator, runs: Vec<CommandRun>) -> Seen {
        let vm = vm_of(case, emulator);
        Seen {
            dropped: None,
            forgotten: vm.forgotten() + emulator.resource_manager_forgotten(),
            limits: self.settings(case).limits.clone(),
            runs,
            requests: vm.journal(),
            manager: emulator.resource_manager_journal(),
            identities: self.settings(case).identities.clone(),
            usual: BTreeSet::new(),
            struck: vm.faults().iter().map(|fault| fault.struck).sum(),
            starts: Vec::new(),
        }
    }
}

/// Judged beside what the command did alone, if that was seen before.
fn case_run(case: &CheckCase, mut seen: Seen, before: &[CaseRun]) -> CaseRun {
    let alone = before.iter().find(|run| run.case.name == case::ALONE);
    let usual = alone.into_iter().flat_map(|run| successes(&run.seen));
    seen.usual = usual.map(|it| it.command.clone()).collect();
    let case = case.clone();
    CaseRun { case, seen }
}

fn vm_of(case: &CheckCase, emulator: &Emulator) -> EmulatedVm {
    emulator.vm(case.name).expect("each case has a VM")
}

/// How all ended, in the order of their start.
async fn ends(mut running: JoinSet<(u32, io::Result<CommandRun>)>) -> io::Result<Vec<CommandRun>> {
    let mut ended = Vec::new();
    while let Some(joined) = running.join_next().await {
        let (copy, run) = joined.map_err(io::Error::other)?;
        ended.push((copy, run?));
    }
    ended.sort_by_key(|(copy, _)| *copy);
    Ok(ended.into_iter().map(|(_, run)| run).collect())
}
