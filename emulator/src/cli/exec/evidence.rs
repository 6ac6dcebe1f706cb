//! What is kept of the requests when the command has ended.

use std::io::{self, Write};

use imds_emulator::document::visible::visible;
use imds_emulator::journal::{Entry, Unmatched};
use imds_emulator::verify::Report;
use imds_emulator::{EmulatedVm, Emulator};
use serde::Serialize;

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

    /// The first VM's requests, as `/journal` has them.
    pub(crate) fn journal(&self) -> String {
        let first = self.vms.first();
        let entries = first.map(|vm| &vm.journal);
        let forgotten = first.map(|vm| vm.forgotten);
        let document = serde_json::json!({ "forgotten": forgotten, "entries": entries });
        document.to_string() + "\n"
    }

    /// The first VM's requests as an HTTP archive.
    pub(crate) fn archive(&self) -> &str {
        self.vms.first().map_or("", |vm| &vm.archive)
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

impl OfVm {
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
