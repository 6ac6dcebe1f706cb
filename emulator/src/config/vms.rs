//! Many VMs in one configuration: each table of `vms` is laid over the settings of its file.
//!
//! VMs that are made at run time are read by the same code: what is asked for becomes the only table
//! of a document that has the file's other settings.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use toml::de::{DeString, DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::draft::Draft;
use super::settings::{Config, FleetSettings, NamedVm, Overrides, VmSettings};
use super::{ports, vm_name};
use crate::document::{Problems, Section};
use crate::model::fault::Fault;
use crate::model::identity::derived_guid;

/// What only the top of a file may have, for all VMs share it. Resource Manager is one service for all of
/// Azure: it takes the tokens of every VM.
const SHARED: [&str; 5] = [
    "admin_listen",
    "admin_hosts",
    "fleet",
    "resource_manager",
    "vms",
];

/// Those of [`SHARED`] that a problem with an unknown key of a VM's table lists among the known ones, so
/// that a misspelt one is corrected first and then refused with its reason.
const NAMED_AS_KNOWN: [&str; 3] = ["admin_hosts", "admin_listen", "resource_manager"];

impl FleetSettings {
    const MOST: usize = 10_000;

    /// `None` and a problem noted when it is wrong.
    pub(super) fn read(section: &mut Section) -> Option<FleetSettings> {
        let mut table = section.section("fleet")?;
        let most = table.required("most")?;
        if !(1..=FleetSettings::MOST).contains(&most) {
            table.refuse("most", format!("expected 1 to {}", FleetSettings::MOST));
            return None;
        }
        Some(FleetSettings {
            most,
            ..FleetSettings::default()
        })
    }

    /// Keeps what VMs made at run time are to have: all of the document but what is for it alone.
    pub(super) fn keep(&mut self, text: &str, chosen: Option<&str>) {
        let mut template: Table = text.parse().expect("it was read");
        for key in SHARED.into_iter().chain(["listen"]) {
            template.remove(key);
        }
        if let Some(profile) = chosen {
            template.insert("profile".to_owned(), profile.into());
        }
        self.template = template;
    }

    /// Reads what one table of `vms` would hold, over the file's settings; `name` is used when it
    /// names none.
    ///
    /// # Errors
    /// All that is wrong with it, each with its path in that table.
    pub(crate) fn vm(&self, name: String, mut asked: Table) -> Result<NamedVm, Problems> {
        let own_seed = asked.contains_key("seed");
        asked.entry("name").or_insert(Value::String(name));
        let mut document = self.template.clone();
        document.insert("vms".to_owned(), Value::Array(vec![asked.into()]));
        let read = Config::from_toml("vms", &document.to_string());
        let read = read.map_err(|problems| problems.beneath("vms[0]"));
        let mut vm = read?.vms.pop().expect("it was put there");
        let Overrides { seed, faults } = &self.overrides;
        let settings = &mut vm.settings;
        settings.seed = seed.filter(|_| !own_seed).unwrap_or(settings.seed);
        settings.faults.extend_from_slice(faults);
        Ok(vm)
    }
}

/// The tables of `vms`, and what they have when they do not say otherwise. Taken before the rest of
/// the document is read.
pub(super) struct Unread<'t> {
    tables: Vec<Section<'t>>,
    inherited: DeTable<'t>,
    /// A profile that wins over all that the document names.
    chosen: Option<String>,
}

impl<'t> Unread<'t> {
    pub(super) fn take(section: &mut Section<'t>, chosen: Option<&str>) -> Unread<'t> {
        let tables = section.sections("vms");
        let Inherited(inherited) = Inherited::of(section);
        Unread {
            tables,
            inherited,
            chosen: chosen.map(str::to_owned),
        }
    }

    /// Each VM that can be read. `first` is what the rest of the document says, if it can be read.
    pub(super) fn read(self, first: Option<&Config>, section: &Section) -> Vec<NamedVm> {
        let mut taken = Taken::by(first);
        let most = first.map_or(FleetSettings::MOST, |first| first.fleet.most);
        let is_too_many = self.tables.len() >= most;
        let mut tables = self.tables.into_iter();
        let mut vms = Vec::new();
        for mut table in tables.by_ref().take(most) {
            let profile = profile(&table, &self.inherited, self.chosen.as_deref());
            let name = taken.name(&mut table);
            let listen = taken.listen(&mut table);
            let inherited = self.inherited.clone();
            let settings = vm(&mut table, name.as_deref(), inherited, profile.as_deref());
            if let (Some(name), Some(settings)) = (name, settings) {
                vms.push(NamedVm {
                    name,
                    listen,
                    settings,
                });
            }
        }
        // Those beyond it would take their time, and are refused anyway.
        tables.for_each(Section::leave);
        if is_too_many {
            let expected = "expected fewer: with the first VM they are more than `fleet.most`";
            section.refuse("vms", expected);
        }
        vms
    }
}

/// The settings of one VM that others of its document have beneath their own.
#[derive(Clone)]
pub struct Inherited<'t>(DeTable<'t>);

impl<'t> Inherited<'t> {
    /// Those of a table of settings that was not read yet.
    #[must_use]
    pub fn of(section: &Section<'t>) -> Inherited<'t> {
        let mut inherited = section.own();
        for key in SHARED.into_iter().chain(["listen"]) {
            inherited.remove(key);
        }
        Inherited(inherited)
    }

    /// None: each VM lies over the defaults.
    #[must_use]
    pub fn nothing() -> Inherited<'t> {
        Inherited(DeTable::new())
    }

    /// The settings of the VM of this name, with those of the table above the inherited ones, as a table of `vms` has
    /// them; `None`, and the problems noted, if anything is wrong.
    pub fn vm(&self, table: &mut Section<'t>, name: &str) -> Option<VmSettings> {
        let profile = profile(table, &self.0, None);
        vm(table, Some(name), self.0.clone(), profile.as_deref())
    }
}

/// What no other VM may have.
struct Taken {
    names: BTreeSet<String>,
    addresses: BTreeSet<SocketAddr>,
}

impl Taken {
    fn by(first: Option<&Config>) -> Taken {
        let served = first.into_iter().flat_map(ports::served);
        Taken {
            names: BTreeSet::new(),
            addresses: served.map(|(_, address)| address).collect(),
        }
    }

    fn name(&mut self, table: &mut Section) -> Option<String> {
        let name: String = table.required("name")?;
        if let Err(expected) = vm_name::check_further(&name) {
            table.refuse("name", expected);
            return None;
        }
        if !self.names.insert(name.clone()) {
            table.refuse("name", format!("`{name}` is taken"));
        }
        Some(name)
    }

    fn listen(&mut self, table: &mut Section) -> Option<SocketAddr> {
        let listen: SocketAddr = table.optional("listen")?;
        if listen.port() != 0 && !self.addresses.insert(listen) {
            table.refuse("listen", "taken: each VM has an address of its own");
        }
        Some(listen)
    }
}

/// The profile that a VM has whatever its table says, if it has one so.
fn profile(table: &Section, inherited: &DeTable, chosen: Option<&str>) -> Option<String> {
    if let Some(chosen) = chosen {
        return Some(chosen.to_owned());
    }
    let inherited = inherited.get("profile").map(Spanned::get_ref);
    let named = inherited.and_then(DeValue::as_str).map(str::to_owned);
    named.filter(|name| !table.states("profile") && Config::profiles().contains(name))
}

fn vm<'t>(
    table: &mut Section<'t>,
    name: Option<&str>,
    mut inherited: DeTable<'t>,
    profile: Option<&str>,
) -> Option<VmSettings> {
    for key in SHARED {
        if table.states(key) {
            table.forbid(key, "expected only at the top of a file: all VMs share it");
        }
    }
    for key in NAMED_AS_KNOWN {
        table.offers(key);
    }
    if table.states("profile") {
        inherited.remove("limits");
    }
    inherited.remove("profile");
    let beneath = [Some(inherited), name.map(called)];
    Draft::begin(table, profile, beneath.into_iter().flatten()).finish(table)
}

/// The settings that make a VM another one than the first: its name and its id.
fn called(name: &str) -> DeTable<'static> {
    let id = derived_guid(&["imds-emulator", "vm", name]);
    let text = |text: String| DeValue::String(text.into());
    let compute = table([("name", text(name.to_owned())), ("vmId", text(id))]);
    let instance = table([("compute", DeValue::Table(compute))]);
    table([("instance", DeValue::Table(instance))])
}

fn table<const N: usize>(pairs: [(&'static str, DeValue<'static>); N]) -> DeTable<'static> {
    let spanned = |(key, value): (&'static str, _)| {
        let key: DeString<'static> = key.into();
        (Spanned::new(0..0, key), Spanned::new(0..0, value))
    };
    pairs.into_iter().map(spanned).collect()
}

impl Config {
    /// Makes this the seed of every VM. Those that are made at run time may still name another.
    pub fn override_seed(&mut self, seed: u64) {
        self.fleet.overrides.seed = Some(seed);
        self.all_vms(|vm| vm.seed = seed);
    }

    /// Plans these faults in every VM, behind those that it has, also in those made at run time.
    pub fn add_faults(&mut self, faults: &[Fault]) {
        self.fleet.overrides.faults.extend_from_slice(faults);
        self.all_vms(|vm| vm.faults.extend_from_slice(faults));
    }

    fn all_vms(&mut self, change: impl Fn(&mut VmSettings)) {
        change(&mut self.vm);
        for vm in &mut self.vms {
            change(&mut vm.settings);
        }
    }
}

#[cfg(test)]
mod tests;
