//! The emulator's configuration for a check: a VM of its own for each case, with the user's settings beneath.

use imds_emulator::{Config, Problems};
use toml::{Table, Value};

use super::case::CheckCase;
use super::manager::Manager;
use super::settings::{self, Refused};

/// What cases and driver decide, so that a user's file cannot.
const DECIDED: [Refused; 7] = [
    ("listen", PORTS),
    ("admin_listen", PORTS),
    ("admin_hosts", PORTS),
    ("vms", VMS),
    ("fleet", VMS),
    ("faults", "not in a check: its cases decide what goes wrong"),
    ("journal", "not in a check, which keeps all requests"),
];
const PORTS: &str = "not in a check, which serves free ports of loopback";
const VMS: &str = "not in a check: each of its cases has a VM of its own";

/// As many requests as the emulator can keep.
const JOURNAL: i64 = 1_000_000;

/// An emulator on free ports of loopback with a VM for each of the cases, called as the case is. All have the
/// name, the id and so the identities of one VM. `text` is a configuration of the user's; `name` is what problems
/// call it.
///
/// # Errors
/// All that is wrong with it.
pub(crate) fn config(
    name: &str,
    text: &str,
    cases: &[CheckCase],
    manager: Manager,
) -> Result<Config, Problems> {
    let refused = [&DECIDED, manager.refuses()].concat();
    let own = settings::read(name, text, &refused)?;
    let mut document = table(text);
    let vms = cases.iter().map(|case| Value::Table(vm(case, &own)));
    document.insert("vms".to_owned(), Value::Array(vms.collect()));
    let entries = Table::from_iter([("entries".to_owned(), JOURNAL.into())]);
    document.insert("journal".to_owned(), Value::Table(entries));
    Ok(Config::from_toml(name, &document.to_string())?.with_free_ports())
}

/// Of a text that was read before.
fn table(text: &str) -> Table {
    text.parse().unwrap_or_default()
}

fn vm(case: &CheckCase, own: &Config) -> Table {
    let mut vm = table(case.vm);
    vm.insert("name".to_owned(), case.name.into());
    let text = |key: &str| {
        let text = own.vm.instance.text(&format!("/compute/{key}"));
        (key.to_owned(), Value::from(text))
    };
    let compute = Table::from_iter(["name", "vmId"].map(text));
    let instance = Table::from_iter([("compute".to_owned(), Value::Table(compute))]);
    vm.insert("instance".to_owned(), Value::Table(instance));
    vm
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::check::case;

    fn of(text: &str, manager: Manager) -> Result<Config, Problems> {
        config("c.toml", text, &case::all(), manager)
    }

    #[test]
    fn every_case_has_a_vm_with_the_user_s_settings_beneath_its_own() {
        let text = "instance.compute.name = 'worker'\n\
            [[identities]]\nname = 'jobs'\nclient_id = '5a1f0c9e-0000-4000-8000-000000000001'\n";
        let config = of(text, Manager::Http).unwrap_or_else(|problems| panic!("{problems}"));
        let names: Vec<_> = config.vms.iter().map(|vm| vm.name.as_str()).collect();
        let cases = case::all();
        let expected: Vec<_> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names, expected);
        let system = |identities: &imds_emulator::identity::Identities| {
            identities.named("system").map(|it| it.object_id.clone())
        };
        for vm in &config.vms {
            let known = vm.settings.identities.named("jobs").is_some();
            assert_eq!(known, vm.name != "unknown-identity", "{}", vm.name);
            assert_eq!(vm.settings.instance.text("/compute/name"), "worker");
            let own = system(&vm.settings.identities);
            assert!(own.is_none() || own == system(&config.vm.identities));
        }
    }

    #[test]
    fn mistakes_are_told_with_their_places() {
        let wrong = |text| of(text, Manager::Http).expect_err("wrong").to_string();
        assert!(wrong("seed = 'x'\n").starts_with("c.toml:1:8: seed"));
        assert_eq!(
            wrong(
                "listen = '127.0.0.1:1'\n[[faults]]\npreset = 'update'\n[resource_manager]\nca_file = 'a'\n"
            ),
            "c.toml:1:10: listen: not in a check, which serves free ports of loopback\n\
             c.toml:2:1: faults: not in a check: its cases decide what goes wrong\n\
             c.toml:5:11: resource_manager.ca_file: not here: --resource-manager says whether and how it is \
             served, on a free port of loopback"
        );
    }

    #[test]
    fn settings_of_a_stub_that_is_not_served_are_refused() {
        let text = "[resource_manager]\npage = 5\n";
        assert!(of(text, Manager::Https).is_ok());
        let problems = of(text, Manager::Off).expect_err("wrong").to_string();
        let expected =
            "c.toml:1:1: resource_manager: not with --resource-manager off: it is not served";
        assert_eq!(problems, expected);
    }
}
