//! The rules of the tree that a tool can check.

use imds_tests::tree;

/// The files that read clocks and entropy: the drivers, and nothing else.
const DRIVERS: &[&str] = &[
    "client/src/broker/port.rs",
    "client/src/broker/waiting.rs",
    "client/src/cache.rs",
    "client/src/cli/connection.rs",
    "client/src/cli/exec.rs",
    "client/src/cli/serve.rs",
    "client/src/cli/source.rs",
    "client/src/client/operation.rs",
    "client/src/client/replays.rs",
    "client/src/client/watch.rs",
    "client/src/clock.rs",
    "client/src/pace/gate.rs",
    "client/src/shared/client.rs",
    "client/src/shared/gate.rs",
    "client/src/shared/leading.rs",
    "client/src/shared/lock.rs",
    "client/src/shared/queue.rs",
    "emulator/src/connection.rs",
    "emulator/src/damage.rs",
    "emulator/src/fleet.rs",
    "emulator/src/http.rs",
    "emulator/src/resource_manager/port.rs",
    "emulator/src/service.rs",
    "emulator/src/service/serving.rs",
    "loadgen/src/command/check/process.rs",
    "loadgen/src/engine/live.rs",
    "loadgen/src/engine/live/session.rs",
    "loadgen/src/engine/live/watch.rs",
];

/// The folders of test binaries.
const BINARIES: [&str; 2] = ["tests/live", "tests/suite"];

#[test]
fn only_drivers_read_clocks_and_entropy() {
    let packages = ["client/src", "emulator/src", "loadgen/src"].into_iter();
    let sources = packages.flat_map(|package| tree::files(package, ".rs"));
    let lifts = sources.filter(|path| tree::read(path).contains("clippy::disallowed_"));
    let mut lifts: Vec<String> = lifts.map(|path| relative(&path)).collect();
    lifts.sort();
    assert_eq!(lifts, DRIVERS);
}

#[test]
fn client_and_emulator_do_not_know_each_other() {
    for (package, stranger) in [("client", "imds-emulator"), ("emulator", "imds-client")] {
        let manifest: toml::Table = tree::read(&tree::root().join(package).join("Cargo.toml"))
            .parse()
            .expect("TOML");
        let targets = manifest.get("target").and_then(toml::Value::as_table);
        let targets = targets.into_iter().flat_map(toml::Table::values);
        for table in targets.filter_map(toml::Value::as_table).chain([&manifest]) {
            for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
                let known = table.get(section).and_then(|section| section.get(stranger));
                assert!(known.is_none(), "{package} depends on {stranger}");
            }
        }
    }
}

#[test]
fn no_test_file_is_forgotten() {
    for binary in BINARIES {
        let main = tree::read(&tree::root().join(binary).join("main.rs"));
        for path in tree::files(binary, ".rs") {
            let module = path.file_stem().expect("a name").to_string_lossy();
            let known = module == "main" || main.contains(&format!("mod {module};"));
            assert!(known, "{} is not part of its binary", path.display());
        }
    }
    let strays = tree::files("tests", ".rs")
        .into_iter()
        .map(|path| relative(&path));
    let strays: Vec<String> = strays
        .filter(|path| !path.starts_with("tests/src/"))
        .filter(|path| !path.starts_with("tests/clients/rust/")) // a package of its own
        .filter(|path| !BINARIES.iter().any(|binary| path.starts_with(binary)))
        .collect();
    assert_eq!(strays, [""; 0], "cargo does not run these");
}

#[test]
fn files_stay_short() {
    let folders = ["client", "emulator", "loadgen", "tests"].into_iter();
    for path in folders.flat_map(|folder| tree::files(folder, ".rs")) {
        let lines = tree::read(&path).lines().count();
        assert!(
            lines <= 400,
            "{} has {lines} lines: it usually holds two ideas",
            path.display()
        );
    }
}

#[test]
fn nothing_is_left_open() {
    let marks = [
        "todo!(",
        "unimplemented!(",
        "#[ignore",
        "FIXME",
        "XXX",
        "#[allow(",
    ];
    let folders = ["client", "emulator", "loadgen"].into_iter();
    for path in folders.flat_map(|folder| tree::files(folder, ".rs")) {
        let text = tree::read(&path);
        let found: Vec<_> = marks.iter().filter(|mark| text.contains(**mark)).collect();
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
}

#[test]
fn every_scenario_is_in_the_readme() {
    let readme = tree::read(&tree::root().join("README.md"));
    for path in tree::files("scenarios", ".toml") {
        let name = relative(&path);
        assert!(readme.contains(&name), "{name}");
    }
}

fn relative(path: &std::path::Path) -> String {
    let path = path
        .strip_prefix(tree::root())
        .expect("a file of the workspace");
    path.to_string_lossy().replace('\\', "/")
}
