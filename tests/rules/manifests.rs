//! Which packages know each other, and which documents know all scenarios.

use crate::violation::Violation;
use crate::workspace::{Workspace, extension};

/// Packages, each with one that it must not depend on: they meet on the wire only.
const STRANGERS: [(&str, &str); 2] = [("client", "imds-emulator"), ("emulator", "imds-client")];

/// The page that lists all scenarios.
const PAGE: &str = "docs/scenarios.md";

const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// The manifests that name a package which theirs must not know, for any system or use.
fn acquainted(workspace: &Workspace) -> Vec<Violation> {
    let known = STRANGERS.iter().filter_map(|(package, stranger)| {
        let file = format!("{package}/Cargo.toml");
        let text = workspace.texts.get(&file)?;
        let line = text.lines().position(|line| line.contains(stranger));
        depends(text, stranger).then(|| Violation {
            file,
            line: line.unwrap_or_default() + 1,
            rule: "client and emulator are strangers",
            found: format!("{package} depends on {stranger}"),
            instead: "test them together in `tests/`, by what is on the wire".to_owned(),
        })
    });
    known.collect()
}

fn depends(manifest: &str, package: &str) -> bool {
    let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let targets = targets.into_iter().flat_map(toml::Table::values);
    let tables = targets.filter_map(toml::Value::as_table).chain([&manifest]);
    let mut sections =
        tables.flat_map(|table| SECTIONS.iter().filter_map(|section| table.get(*section)));
    sections.any(|section| section.get(package).is_some())
}

/// The scenarios that the page of scenarios does not name.
fn untold(workspace: &Workspace) -> Vec<Violation> {
    let page = workspace.texts.get(PAGE).map_or("", String::as_str);
    let paths = workspace.paths.iter();
    let scenarios =
        paths.filter(|path| path.starts_with("scenarios/") && extension(path) == Some("toml"));
    let untold = scenarios.filter(|path| !page.contains(path.as_str()));
    let violation = |path: &String| Violation {
        file: path.clone(),
        line: 1,
        rule: "docs/scenarios.md names every scenario",
        found: format!("{PAGE} does not name this scenario"),
        instead: "add it to the library there".to_owned(),
    };
    untold.map(violation).collect()
}

mod tests {
    use super::{acquainted, untold};
    use crate::violation::{lines, none};
    use crate::workspace::Workspace;

    #[test]
    fn client_and_emulator_do_not_know_each_other() {
        none(acquainted(Workspace::here()));
    }

    #[test]
    fn every_scenario_is_on_their_page() {
        none(untold(Workspace::here()));
    }

    #[test]
    fn a_dependency_of_one_on_the_other_is_found_in_any_section() {
        let workspace = Workspace::of(&[
            (
                "client/Cargo.toml",
                "[target.'cfg(unix)'.dev-dependencies]\nimds-emulator.workspace = true",
            ),
            (
                "emulator/Cargo.toml",
                "[package]\nname = \"imds-client-to-be\"\n[dependencies]\nhttp = \"1\"",
            ),
        ]);
        assert_eq!(lines(&acquainted(&workspace)), ["client/Cargo.toml:2"]);
    }

    #[test]
    fn a_scenario_that_is_not_told_is_found() {
        let workspace = Workspace::of(&[
            ("docs/scenarios.md", "[herd](../scenarios/herd.toml)"),
            ("scenarios/herd.toml", ""),
            ("scenarios/new.toml", ""),
            ("scenarios/new.csv", ""),
        ]);
        assert_eq!(lines(&untold(&workspace)), ["scenarios/new.toml:1"]);
    }
}
