//! What is kept of the requests when the command has ended.

use std::io::{self, Write};

use imds_emulator::document::visible::visible;
use imds_emulator::journal::{Entry, Unmatched};
use imds_emulator::verify::Report;
use imds_emulator::{EmulatedVm, Emulator};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// The requests to every VM, and what was found of the clients.
pub(crate) struct Evidence {
    vms: Vec<OfVm>,
    manager: Option<Lacking>,
}

struct OfVm {
    name: String,
    journal: Vec<Entry>,
    forgotten: u64,
    archive: String,
    report: Report,
}

/// A request in the journal; `vm` where there are several.
#[derive(Serialize)]
struct Kept<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    vm: Option<&'a str>,
    #[serde(flatten)]
    entry: &'a Entry,
}

/// What the stub of Resource Manager lacked.
#[derive(Serialize)]
struct Lacking {
    unmatched: Vec<Unmatched>,
}

/// As `/verify` of the administration port has it; `vm` where there are several.
#[derive(Serialize)]
struct Judgement<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    vm: Option<&'a str>,
    #[serde(flatten)]
    report: &'a Report,
    resource_manager: Option<&'a Lacking>,
}

impl Evidence {
    pub(crate) fn of(emulator: &Emulator) -> Evidence {
        let manager = emulator.resource_manager_url().map(|_| Lacking {
            unmatched: emulator.resource_manager_unmatched(),
        });
        Evidence {
            vms: emulator.vms().iter().map(OfVm::new).collect(),
            manager,
        }
    }

    /// Whether nothing was found of any client.
    pub(crate) fn is_clean(&self) -> bool {
        self.vms.iter().all(|vm| vm.report.clean)
    }

    /// The requests to all VMs, as `/journal` has them, in the order in which they came; with the VM's name where there
    /// are several.
    pub(crate) fn journal(&self) -> String {
        let many = self.vms.len() > 1;
        let entries = self.vms.iter().flat_map(|vm| {
            let name = many.then_some(vm.name.as_str());
            vm.journal.iter().map(move |entry| Kept { vm: name, entry })
        });
        let mut entries: Vec<Kept<'_>> = entries.collect();
        entries.sort_by_key(|kept| kept.entry.time);
        let forgotten: u64 = self.vms.iter().map(|vm| vm.forgotten).sum();
        let document = serde_json::json!({ "forgotten": forgotten, "entries": entries });
        document.to_string() + "\n"
    }

    /// The requests to all VMs as one HTTP archive, in the same order. The name of the VM is each one's key `_vm`.
    ///
    /// # Panics
    /// Never: archives are JSON of one form.
    pub(crate) fn archive(&self) -> String {
        if let [only] = &self.vms[..] {
            return only.archive.clone();
        }
        let mut archives = self.vms.iter().map(OfVm::named_archive);
        let mut whole = archives.next().expect("an emulator has a VM");
        let entries = whole["log"]["entries"].as_array_mut().expect(HAR);
        for mut other in archives {
            entries.append(other["log"]["entries"].as_array_mut().expect(HAR));
        }
        entries.sort_by_cached_key(started);
        whole.to_string()
    }

    /// Writes what was found to standard error; if that is closed, there is nowhere to report it.
    pub(crate) fn print(&self) {
        let many = self.vms.len() > 1;
        for vm in &self.vms {
            let judgement = Judgement {
                vm: many.then_some(vm.name.as_str()),
                report: &vm.report,
                resource_manager: self.manager.as_ref(),
            };
            let text = serde_json::to_string_pretty(&judgement).expect("a report is always JSON");
            let _ = writeln!(io::stderr(), "{}", visible(&text));
        }
    }
}

/// When the request of an entry came. Fractions of seconds have as many digits as they need, so text is in another order.
fn started(entry: &Value) -> Option<Timestamp> {
    entry["startedDateTime"].as_str()?.parse().ok()
}

const HAR: &str = "an archive has a list of entries";

impl OfVm {
    /// The archive with the name of the VM in each entry.
    fn named_archive(&self) -> Value {
        let mut archive: Value = serde_json::from_str(&self.archive).expect("an archive is JSON");
        let entries = archive["log"]["entries"].as_array_mut();
        for entry in entries.expect(HAR) {
            entry["_vm"] = self.name.as_str().into();
        }
        archive
    }

    fn new(vm: &EmulatedVm) -> OfVm {
        OfVm {
            name: vm.name().to_owned(),
            journal: vm.journal(),
            forgotten: vm.forgotten(),
            archive: vm.archive(),
            report: vm.verify(),
        }
    }
}
