use std::time::Duration;

use super::*;
use crate::model::fault::Preset;
use crate::model::latency::ServiceTime;

fn read(text: &str) -> Config {
    Config::from_toml("c", text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn problems(text: &str) -> String {
    Config::from_toml("c", text).unwrap_err().to_string()
}

fn vm(config: &FleetSettings, asked: &str) -> Result<VmSettings, Problems> {
    let vm = config.vm("vm-1".to_owned(), asked.parse().expect("TOML"))?;
    Ok(vm.settings)
}

#[test]
fn a_vm_has_what_its_file_has_unless_it_says_otherwise() {
    let config = read(
        "seed = 7\nlatency.other = '1s'\nlimits.identity.concurrent = 3\n\
         [[vms]]\nname = 'a'\nlatency.token_cold = '3s'\nlimits.identity.rate = false\n\
         [[vms]]\nname = 'b'\nlisten = '127.0.0.1:7'\nseed = 8\n",
    );
    let [a, b] = config.vms.as_slice() else {
        panic!("two VMs")
    };
    assert_eq!((a.name.as_str(), a.listen), ("a", None));
    assert_eq!((a.settings.seed, b.settings.seed), (7, 8));
    assert_eq!(b.listen, Some(([127, 0, 0, 1], 7).into()));
    let seconds = |seconds| ServiceTime::Fixed(Duration::from_secs(seconds));
    assert_eq!(a.settings.latency.token_cold, seconds(3));
    assert_eq!(a.settings.latency.other, seconds(1));
    assert_eq!(a.settings.limits.identity.concurrent, Some(3));
    assert_eq!(a.settings.limits.identity.rate, None);
    assert_eq!(b.settings.limits, config.vm.limits);
}

#[test]
fn a_profile_of_its_own_comes_without_the_limits_of_the_file() {
    let config = read(
        "profile = 'azure-2017'\nlimits.identity.concurrent = 3\n\
         [[vms]]\nname = 'a'\n[[vms]]\nname = 'b'\nprofile = 'azure'\n",
    );
    let profiles = config.vms.iter().map(|vm| vm.settings.profile.as_str());
    assert!(profiles.eq(["azure-2017", "azure"]));
    assert_eq!(config.vms[0].settings.limits, config.vm.limits);
    assert_eq!(config.vms[1].settings.limits, Config::default().vm.limits);
}

#[test]
fn a_list_of_its_own_replaces_that_of_the_file() {
    let config = read(
        "faults = [{ effect = 'close' }, { effect = 'hang' }]\n\
         vms = [{ name = 'a' }, { name = 'b', faults = [] }]\n",
    );
    let counts = config.vms.iter().map(|vm| vm.settings.faults.len());
    assert!(counts.eq([2, 0]));
}

#[test]
fn each_vm_is_another_virtual_machine() {
    let config = read(
        "instance.compute.name = 'top'\n\
         vms = [{ name = 'a' }, { name = 'b', instance.compute.name = 'mine' }]\n",
    );
    let a = &config.vms[0].settings.instance;
    assert_eq!(a.text("/compute/name"), "a");
    assert_eq!(
        config.vms[1].settings.instance.text("/compute/name"),
        "mine"
    );
    assert!(a.text("/compute/resourceId").ends_with("/a"));
    assert_ne!(
        a.text("/compute/vmId"),
        config.vm.instance.text("/compute/vmId")
    );
}

#[test]
fn all_problems_are_told_once_and_where_they_are() {
    let text = "latency.other = 'soon'\nsede = 1\nfaults = [{ effect = 'bang' }]\n\
        [[vms]]\nname = 'a/b'\nlatency.token_cold = 'late'\n\
        [[vms]]\nlatncy = 1\n\
        [[vms]]\nname = 'x'\nfleet.most = 3\nlisten = '[::1]:9'\n\
        [[vms]]\nname = 'x'\nlisten = '[::1]:9'\n";
    let found = problems(text);
    let places = found.lines().map(|line| line.split(": ").take(2).collect());
    let places: Vec<Vec<&str>> = places.collect();
    let expected = [
        ["c:1:17", "latency.other"],
        ["c:2:1", "sede"],
        ["c:3:22", "faults[0].effect"],
        ["c:5:8", "vms[0].name"],
        ["c:6:22", "vms[0].latency.token_cold"],
        ["c:7:1", "vms[1].name"],
        ["c:8:1", "vms[1].latncy"],
        ["c:11:1", "vms[2].fleet"],
        ["c:14:8", "vms[3].name"],
        ["c:15:10", "vms[3].listen"],
    ];
    assert_eq!(places, expected, "{found}");
}

#[test]
fn a_misspelt_setting_of_the_process_is_told_with_the_one_that_was_meant() {
    for meant in NAMED_AS_KNOWN {
        let found = problems(&format!("vms = [{{ name = 'a', {meant}s = 1 }}]\n"));
        let expected = format!("unknown key, did you mean `{meant}`?");
        assert!(found.contains(&expected), "{found}");
        let found = problems(&format!("vms = [{{ name = 'a', {meant} = 1 }}]\n"));
        let expected = format!("vms[0].{meant}: expected only at the top of a file");
        assert!(found.contains(&expected), "{found}");
    }
}

#[test]
fn no_more_vms_than_may_be() {
    let found = problems("fleet.most = 2\nvms = [{ name = 'a' }, { name = 'b' }]\n");
    assert!(found.starts_with("c:2:7: vms: expected fewer"), "{found}");
    let many = format!(
        "fleet.most = 2\nvms = [{}]\n",
        "{ nam = 'a' }, ".repeat(20_000)
    );
    let found = problems(&many);
    assert!(found.contains("vms[1].nam: unknown key"), "{}", found.len());
    assert!(
        !found.contains("vms[2]"),
        "those that are too many are not read"
    );
    for most in ["0", "10001", "-1", "'x'"] {
        assert!(problems(&format!("fleet.most = {most}")).contains("fleet.most: "));
    }
}

#[test]
fn a_scenario_has_one_vm() {
    let read = crate::document::read("s", "[imds]\nvms = []\n", |root| {
        Some(Config::read(&mut root.section("imds")?))
    });
    assert!(read.unwrap_err().to_string().contains("vms: unknown key"));
}

#[test]
fn a_vm_made_later_is_read_as_one_of_the_file() {
    let mut config =
        Config::from_toml_as("c", "latency.other = '1s'\nlisten = '[::1]:1'", "unlimited").unwrap();
    config.override_seed(u64::MAX);
    config.add_faults(&Preset::Update.faults());
    let made = vm(&config.fleet, "latency.token_cold = '2s'").unwrap();
    assert_eq!((made.profile.as_str(), made.seed), ("unlimited", u64::MAX));
    assert_eq!(made.latency.other, config.vm.latency.other);
    assert_eq!(made.faults, config.vm.faults);
    assert_eq!(made.instance.text("/compute/name"), "vm-1");
    assert_eq!(vm(&config.fleet, "seed = 3").unwrap().seed, 3);
    let wrong = vm(&config.fleet, "name = ''\nlimits.identity.concurrent = 0").unwrap_err();
    let paths: Vec<&str> = wrong.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["name", "limits.identity.concurrent"]);
}
