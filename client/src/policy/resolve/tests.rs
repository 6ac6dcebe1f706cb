use super::*;
use crate::policy::Evidence;

fn rests_on(name: &str) -> (String, RestsOn) {
    let release = resolve(name).expect("a policy").release.expect("a release");
    (release.generation.policy.name.clone(), release.rests_on)
}

fn version(text: &str) -> Version {
    text.parse().expect("a version")
}

#[test]
fn a_measured_release_is_of_its_generation() {
    let expected = ("az-accounts-2.8.0".to_owned(), RestsOn::Measured);
    assert_eq!(rests_on("az-accounts-2.12.1"), expected);
}

#[test]
fn a_release_between_two_that_are_alike_is_as_they_are() {
    let same = RestsOn::SameGeneration {
        before: version("2.8.0"),
        after: version("2.10.1"),
    };
    assert_eq!(
        rests_on("az-accounts-2.9.1"),
        ("az-accounts-2.8.0".to_owned(), same)
    );
}

#[test]
fn a_release_between_two_generations_is_as_the_older() {
    let between = RestsOn::Between {
        older: version("4.0.0"),
        newer: version("4.0.2"),
    };
    assert_eq!(
        rests_on("az-accounts-4.0.1"),
        ("az-accounts-3.0.4".to_owned(), between)
    );
}

#[test]
fn a_release_outside_the_measured_ones_is_refused_with_their_range() {
    for name in [
        "az-accounts-1.2.0",
        "az-accounts-5.5.1",
        "az-accounts-10.0.0",
    ] {
        let error = resolve(name).expect_err("not measured").to_string();
        assert!(
            error.ends_with("expected a release from 1.2.1 to 5.5.0"),
            "{error}"
        );
    }
}

#[test]
fn a_name_of_a_library_needs_a_version() {
    for name in [
        "az-accounts",
        "az-accounts-",
        "az-accounts-2.12",
        "az-accounts-latest",
    ] {
        let error = resolve(name).expect_err("no version");
        assert!(
            matches!(error, ResolveError::Version { .. }),
            "{name}: {error}"
        );
    }
}

#[test]
fn any_other_name_is_unknown() {
    for name in [
        "no-such",
        "az-accounts2.12.1",
        "azure-powershell-latest",
        "",
    ] {
        let error = resolve(name).expect_err("no such preset");
        assert_eq!(error, ResolveError::Unknown(name.to_owned()));
    }
}

#[test]
fn a_preset_with_a_version_is_led_to_the_name_of_its_releases() {
    let error = resolve("azure-powershell-2.12.1").expect_err("no such name");
    assert!(
        error.to_string().ends_with("are named az-accounts-2.12.1"),
        "{error}"
    );
}

#[test]
fn the_name_without_a_version_is_the_newest_generation() {
    for library in libraries().values() {
        let unversioned = library.newest.as_ref().unwrap_or(&library.name);
        let resolved = resolve(unversioned).expect("a policy");
        let (version, generation) = library.last();
        let named = resolve(&format!("{}-{version}", library.name)).expect("a release");
        assert_eq!(resolved.policy.name, *unversioned);
        if library.newest.is_none() && presets().contains_key(unversioned) {
            assert_ne!(resolved.policy.evidence, Evidence::Measured);
            assert_eq!(resolved.release, None);
            continue;
        }
        assert_eq!(resolved.release, named.release);
        assert_eq!(resolved.policy.layers, generation.policy.layers);
    }
}

#[test]
fn a_library_whose_releases_have_two_numbers_is_asked_for_with_two() {
    assert!(resolve("librdkafka-2.16").is_ok());
    let error = resolve("librdkafka-2.16.0").expect_err("three numbers");
    let expected = "expected a version of two numbers such as 2026.8, found \"2.16.0\"";
    assert!(error.to_string().ends_with(expected), "{error}");
}

#[test]
fn all_clients_that_behave_alike_have_the_retries_of_one_policy_under_their_own_names() {
    let (one, other) = (resolve("pymongo"), resolve("telegraf"));
    let (one, other) = (one.expect("a policy"), other.expect("a policy"));
    let preset = resolve("one-attempt").expect("a preset").policy;
    let names = [&one.policy.name, &other.policy.name];
    assert_eq!(names, ["pymongo", "telegraf"]);
    for policy in [one.policy, other.policy] {
        assert_eq!(Policy::clone(&policy).named("one-attempt"), *preset);
    }
}

#[test]
fn a_preset_of_a_client_without_measured_releases_is_no_release() {
    assert_eq!(resolve("py-msal").expect("a preset").release, None);
}
