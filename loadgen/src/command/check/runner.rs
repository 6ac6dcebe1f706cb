//! Runs cases: a driver, which starts an emulator and the command, and reads the requests from the journal.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::time::Duration;

use imds_emulator::config::VmSettings;
use imds_emulator::environment::{Access, Protocol};
use imds_emulator::identity::Selector;
use imds_emulator::{Config, EmulatedVm, Emulator, StartError};
use thiserror::Error;
use tokio::task::JoinSet;

use super::case::{self, CheckCase};
use super::environment::{self, Changes};
use super::manager::{Manager, ManagerAccess};
use super::output::Outputs;
use super::process::{Running, Start};
use super::rule::manager::successes;
use super::seen::{CommandRun, Seen};

/// Everything that a run of the cases needs.
#[derive(Debug)]
pub(crate) struct CaseRunner {
    /// The cases, in this order.
    pub cases: Vec<CheckCase>,
    /// The emulator, with a VM for each of them.
    pub config: Config,
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// The protocol that its environment selects.
    pub protocol: Protocol,
    /// How Resource Manager's stub is served to it.
    pub manager: Manager,
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
    /// The command did not start.
    #[error("cannot start {command}")]
    Command { command: String, source: io::Error },
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
    let (mut runs, mut usual) = (Vec::new(), BTreeSet::new());
    let failed = {
        let all = async {
            for case in &runner.cases {
                let mut seen = runner.run(case, &emulator, outputs).await?;
                match case.name {
                    case::ALONE => usual = successes(&seen).map(|it| it.command.clone()).collect(),
                    _ => seen.usual.clone_from(&usual),
                }
                runs.push(CaseRun {
                    case: case.clone(),
                    seen,
                });
                done();
            }
            Ok(())
        };
        tokio::select! { ended = all => ended.err(), () = stop => None }
    };
    emulator.stop().await;
    failed.map_or(Ok(runs), Err)
}

impl CaseRunner {
    async fn run(
        &self,
        case: &CheckCase,
        emulator: &Emulator,
        outputs: &Outputs,
    ) -> Result<Seen, RunnerError> {
        let vm = vm_of(case, emulator);
        let copies = if case.herd { self.copies } else { 1 };
        // With the first VM the stub of Resource Manager begins anew: its limits, and what it has seen.
        emulator.reset();
        for fault in &case.faults {
            vm.inject(fault.clone());
        }
        let limit = self.time_limit + case.away;
        let mut places = Vec::new();
        for copy in 0..copies {
            places.push(self.place(case, copy, emulator, outputs).await?);
        }
        let mut running = JoinSet::new();
        for (copy, place) in (0..).zip(places) {
            let command = self.start(case, copy, &place, outputs)?;
            running.spawn(async move { (copy, command.end(limit).await) });
        }
        let runs = ends(running).await.map_err(RunnerError::Wait)?;
        Ok(self.seen(case, emulator, runs))
    }

    /// Each copy has ports of its own, so that its requests are known to be its.
    async fn place(
        &self,
        case: &CheckCase,
        copy: u32,
        emulator: &Emulator,
        outputs: &Outputs,
    ) -> Result<Place, StartError> {
        let vm = vm_of(case, emulator);
        let ports = emulator.open_ports(&vm, &copy.to_string())?;
        let settings = self.settings(case);
        let identity = settings.identities.select(Selector::Default).ok();
        let endpoint = ports.imds_url;
        let access = Access {
            endpoint: &endpoint,
            secret: &settings.protocols.secret,
            client_id: identity.map(|identity| identity.client_id.as_str()),
        };
        let manager = self
            .manager
            .access(ports.resource_manager_url, outputs.folder());
        let own = |name: &str| std::env::var_os(name);
        Ok(Place {
            environment: environment::changes(self.protocol, &access, manager.as_ref(), own),
            endpoint,
            manager,
        })
    }

    fn start(
        &self,
        case: &CheckCase,
        copy: u32,
        place: &Place,
        outputs: &Outputs,
    ) -> Result<Running, RunnerError> {
        let words = self.command.iter();
        let mut words = words.map(|word| place.argument(word));
        let program = words.next().expect("the command line asks for one");
        let (stdout, stderr) = outputs.of(case.name, copy);
        let start = Start {
            arguments: words.collect(),
            environment: &place.environment,
            stdout: &stdout,
            stderr: &stderr,
            program,
        };
        start.start().map_err(|source| RunnerError::Command {
            command: start.program.display().to_string(),
            source,
        })
    }

    fn settings(&self, case: &CheckCase) -> &VmSettings {
        let mut vms = self.config.vms.iter();
        let vm = vms.find(|vm| vm.name == case.name);
        &vm.expect("each case has a VM").settings
    }

    fn seen(&self, case: &CheckCase, emulator: &Emulator, runs: Vec<CommandRun>) -> Seen {
        let vm = vm_of(case, emulator);
        Seen {
            limits: self.settings(case).limits.clone(),
            runs,
            requests: vm.journal(),
            manager: emulator.resource_manager_journal(),
            identities: self.settings(case).identities.clone(),
            usual: BTreeSet::new(),
            struck: vm.faults().iter().map(|fault| fault.struck).sum(),
        }
    }
}

fn vm_of(case: &CheckCase, emulator: &Emulator) -> EmulatedVm {
    emulator.vm(case.name).expect("each case has a VM")
}

/// Where a copy of the command finds what it asks.
struct Place {
    environment: Changes,
    endpoint: String,
    manager: Option<ManagerAccess>,
}

impl Place {
    fn argument(&self, word: &OsStr) -> OsString {
        environment::argument(word, &self.endpoint, self.manager.as_ref())
    }
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
