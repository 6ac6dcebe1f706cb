//! The `[[sessions]]` of a scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use imds_client::policy::Resolved;
use imds_emulator::Config;
use imds_emulator::document::Section;
use imds_emulator::document::visible::is_printable;

use super::checked::checked;
use super::processor::{self, Shared};
use super::vms::{self, Kinds};
use super::{arrivals, contexts, scripts, through};
use crate::scenario::arrival::Arrival;
use crate::scenario::context::{AzureContext, Brought, Settings};
use crate::scenario::definition::{Group, check_size};
use crate::scenario::files::Files;
use crate::scenario::policies::Policies;
use crate::scenario::processor::PowerShell;
use crate::scenario::script::Task;
use crate::scenario::startup::Startup;

/// What groups are read beside: other parts of the scenario, which they name.
pub(super) struct Beside<'s> {
    pub(super) files: &'s Files,
    /// When the run ends.
    pub(super) end: Option<Duration>,
    pub(super) imds: &'s Config,
    /// The kinds of VMs; none: there is no `[[vms]]`.
    pub(super) vms: Option<&'s Kinds>,
    pub(super) policies: &'s Policies,
    pub(super) settings: &'s Arc<Settings>,
}

/// The groups that could be read, and how many there are in the file.
pub(super) fn read(
    root: &mut Section,
    beside: &Beside,
    mut processor: Option<&mut Shared>,
) -> (Vec<Group>, usize) {
    if root.lacks("sessions") {
        root.refuse("sessions", "expected at least one [[sessions]] group");
    }
    let sections = root.sections("sessions");
    let announced = sections.len();
    let mut names = BTreeSet::new();
    let mut processes = BTreeMap::new();
    let mut brokers = BTreeSet::new();
    let groups = sections.into_iter().filter_map(|mut section| {
        let group = read_group(&mut section, beside, processor.as_deref_mut(), &mut brokers)?;
        if !names.insert(group.name.clone()) {
            section.refuse("name", "expected a name that no other group has");
        }
        if !shares_its_process(&group, &mut processes) {
            section.refuse(
                "process",
                "expected the same context, logon and environment in all groups of a process",
            );
        }
        Some(group)
    });
    let groups: Vec<Group> = groups.collect();
    if groups.len() == announced && groups.iter().all(|group| group.background) && announced > 0 {
        root.refuse("sessions", "expected a group that is not background");
    }
    if let Err(expected) = check_size(&groups) {
        root.refuse("sessions", format_args!("expected {expected}"));
    }
    (groups, announced)
}

/// Whether the group is alike those before it that are of its process, if it is of one.
fn shares_its_process(group: &Group, processes: &mut BTreeMap<Arc<str>, AzureContext>) -> bool {
    let azure_context = group.azure_context.as_ref();
    let Some((azure_context, name)) =
        azure_context.and_then(|one| Some((one, one.process.as_ref()?)))
    else {
        return true;
    };
    let first = processes.entry(Arc::clone(name));
    first.or_insert_with(|| azure_context.clone()) == azure_context
}

/// Reads every key before it gives up, so that every problem of a group is found.
fn read_group(
    section: &mut Section,
    beside: &Beside,
    processor: Option<&mut Shared>,
    brokers: &mut BTreeSet<String>,
) -> Option<Group> {
    let Beside {
        files,
        end,
        imds,
        vms,
        policies,
        settings,
    } = *beside;
    let name = checked(section, "name", check_name);
    let vms = vms::of_group(section, vms);
    let arrival = arrivals::read(section, files, end);
    let count = arrivals::count(section, arrival.as_ref());
    let client = checked(section, "client", |name: String| policies.resolve(&name));
    let brought = client.as_ref().map_or(Brought::Nothing, Brought::by);
    let names_context = section.has("context");
    let may_need_context = names_context || brought != Brought::Nothing;
    let script = scripts::read(section, imds, may_need_context);
    let needed = script.as_deref().is_some_and(Task::need_context);
    let azure_context = contexts::of_group(section, &brought, needed, settings);
    let release = release_of(azure_context.as_ref(), client.as_ref());
    let powershell = release.is_some();
    let script = script.map(|tasks| Task::in_context(&tasks, powershell));
    let on_error = section.optional("on_error").unwrap_or_default();
    let costs = processor::of_group(section, processor, release, script.as_deref());
    let startup = read_startup(section);
    let work = through::work(section);
    let script = script.map(|script| through::with_work(script, work));
    let background = section.optional("background").unwrap_or_default();
    let beside = through::Beside::of(startup.is_some(), background, script.as_deref(), powershell);
    let through = through::read(section, policies, &beside, brokers);
    if arrival.as_ref().and_then(Arrival::closed).is_some() {
        refuse_beside_closed(section, startup.is_some(), background);
    }
    check_background(section, background, script.as_deref());
    let Resolved { policy, release } = client?;
    Some(Group {
        name: name?,
        vms,
        count: count?,
        arrival: arrival?,
        policy,
        release,
        script: script?,
        on_error,
        startup,
        work,
        through,
        costs: Arc::new(costs),
        azure_context,
        names_context,
        background,
    })
}

/// What of Azure PowerShell's release the costs of sessions depend on; none: they are of another client.
fn release_of(context: Option<&AzureContext>, client: Option<&Resolved>) -> Option<PowerShell> {
    let modelled = client.and_then(|client| client.release.as_ref());
    Some(PowerShell::of(context?.release(modelled)))
}

/// A script that is repeated takes some time.
fn check_background(section: &Section, background: bool, script: Option<&[Task]>) {
    if background && script.is_some_and(|script| !scripts::takes_time(script)) {
        section.refuse(
            "script",
            "expected a think step of some length, since it is repeated as long as the others are at work",
        );
    }
}

/// Settings that need the starts in advance, and those for sessions that repeat anyway.
fn refuse_beside_closed(section: &Section, startup: bool, background: bool) {
    if startup {
        section.refuse("startup", "expected an open arrival beside it");
    }
    if background {
        let expected =
            "expected an open arrival beside it: such sessions begin their script again anyway";
        section.refuse("background", expected);
    }
}

fn read_startup(section: &mut Section) -> Option<Startup> {
    let startup: Startup = section.optional("startup")?;
    if let Some(expected) = startup.problem() {
        section.refuse("startup", format_args!("expected {expected}"));
    }
    Some(startup)
}

/// Names are printed to terminals.
pub(super) fn check_name(name: String) -> Result<String, String> {
    let printable = !name.is_empty() && is_printable(&name);
    printable
        .then_some(name)
        .ok_or_else(|| "a name of printable characters".to_owned())
}
