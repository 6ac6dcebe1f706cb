//! The emulator's configuration for a check: a VM of its own for each case, with the user's settings beneath.

use imds_emulator::{Config, Problems, Section, document};
use toml::{Table, Value};

use super::case::CheckCase;

/// What cases and driver decide, so that a user's file cannot.
const OURS: [&str; 3] = ["vms", "faults", "fleet"];

/// An emulator on free ports of loopback with a VM for each of the cases, called as the case is. `text` is
/// a configuration of the user's; `name` is what problems call it.
///
/// # Errors
/// All that is wrong with it.
pub(crate) fn config(name: &str, text: &str, cases: &[CheckCase]) -> Result<Config, Problems> {
    Config::from_toml(name, text)?;
    forbid_ours(name, text)?;
    let mut document = table(text);
    let vms = cases.iter().map(|case| Value::Table(vm(case)));
    document.insert("vms".to_owned(), Value::Array(vms.collect()));
    Ok(Config::from_toml(name, &document.to_string())?.with_free_ports())
}

fn forbid_ours(name: &str, text: &str) -> Result<(), Problems> {
    let table = table(text);
    let Some(key) = OURS.into_iter().find(|key| table.contains_key(*key)) else {
        return Ok(());
    };
    document::read(name, text, |section: &mut Section| {
        for other in table.keys() {
            let _: Option<Value> = section.optional(other);
        }
        section.refuse(key, "expected only without a check, whose cases decide it");
        Some(())
    })
}

/// Of a text that was read before.
fn table(text: &str) -> Table {
    text.parse().unwrap_or_default()
}

fn vm(case: &CheckCase) -> Table {
    let mut vm = table(case.vm);
    vm.insert("name".to_owned(), case.name.into());
    vm
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::check::case;

    #[test]
    fn every_case_has_a_vm_with_the_user_s_settings_beneath_its_own() {
        let text =
            "[[identities]]\nname = 'jobs'\nclient_id = '5a1f0c9e-0000-4000-8000-000000000001'\n";
        let cases = case::all();
        let config = config("c.toml", text, &cases).unwrap_or_else(|problems| panic!("{problems}"));
        let names: Vec<_> = config.vms.iter().map(|vm| vm.name.as_str()).collect();
        let expected: Vec<_> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names, expected);
        for vm in &config.vms {
            let known = vm.settings.identities.named("jobs").is_some();
            assert_eq!(known, vm.name != "unknown-identity", "{}", vm.name);
        }
    }

    #[test]
    fn mistakes_are_told_with_their_places() {
        let wrong = |text| {
            config("c.toml", text, &case::all())
                .expect_err("wrong")
                .to_string()
        };
        assert!(wrong("seed = 'x'\n").starts_with("c.toml:1:8: seed"));
        assert_eq!(
            wrong("seed = 1\n[[faults]]\npreset = 'update'\n"),
            "c.toml:2:1: faults: expected only without a check, whose cases decide it"
        );
    }
}
