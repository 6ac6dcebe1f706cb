//! Files that import each other in a circle can only be understood all at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::modules::{Import, Modules};
use crate::violation::Violation;

const RULE: &str = "no circle of modules";

/// What each file imports.
type Graph<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// One for each circle, with all imports that tie it.
pub(crate) fn violations(modules: &Modules) -> Vec<Violation> {
    let imports = modules.imports();
    let circles = circles(&imports);
    let violations = circles
        .iter()
        .filter_map(|circle| violation(circle, &imports));
    violations.collect()
}

fn violation(circle: &BTreeSet<&str>, imports: &BTreeSet<Import>) -> Option<Violation> {
    let within = |import: &&Import| {
        circle.contains(import.from.as_str()) && circle.contains(import.to.as_str())
    };
    let ties: Vec<&Import> = imports.iter().filter(within).collect();
    let list = ties.iter().map(|tie| {
        let Import {
            from,
            line,
            to,
            path,
        } = tie;
        format!("\n    {from}:{line} imports {to} (`{path}`)")
    });
    let list: String = list.collect();
    ties.first().map(|first| Violation {
        file: first.from.clone(),
        line: first.line,
        rule: RULE,
        found: format!("{} files import each other{list}\n   ", circle.len()),
        instead: "move what they share into a file that imports none of them".to_owned(),
    })
}

/// The sets of files, two or more, of which each imports each other one, if by way of others.
fn circles(imports: &BTreeSet<Import>) -> BTreeSet<BTreeSet<&str>> {
    let mut graph = Graph::new();
    for import in imports {
        graph.entry(&import.from).or_default().insert(&import.to);
    }
    let reached: Graph = graph
        .keys()
        .map(|from| (*from, reached(&graph, from)))
        .collect();
    let circles = reached.iter().map(|(from, to)| {
        let returns = |to: &&str| reached.get(to).is_some_and(|back| back.contains(from));
        to.iter().copied().filter(returns).collect()
    });
    circles
        .filter(|circle: &BTreeSet<&str>| !circle.is_empty())
        .collect()
}

/// All files that one imports, itself or by way of others.
fn reached<'a>(graph: &Graph<'a>, from: &'a str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(next) = open.pop() {
        let imported = graph.get(next).into_iter().flatten();
        open.extend(imported.filter(|file| reached.insert(**file)));
    }
    reached
}

mod tests {
    use super::violations;
    use crate::modules::Modules;
    use crate::packages::{PACKAGES, PLANTED};
    use crate::violation::{Violation, none};
    use crate::workspace::Workspace;

    fn planted(files: &[(&str, &str)]) -> Vec<Violation> {
        violations(&Modules::of(&Workspace::planted(files), &PLANTED))
    }

    #[test]
    fn no_package_has_a_circle() {
        let here = Workspace::here();
        let packages = PACKAGES.iter();
        none(
            packages
                .flat_map(|package| violations(&Modules::of(here, package)))
                .collect(),
        );
    }

    #[test]
    fn a_circle_of_three_is_told_once_with_all_its_imports() {
        let found = planted(&[
            ("lib.rs", "mod low; mod middle; mod high;"),
            ("low.rs", "\nuse crate::high::A;"),
            ("middle.rs", "fn f() { crate::low::b() }"),
            ("high.rs", "pub use crate::middle::C;"),
        ]);
        assert_eq!(found.len(), 1);
        let told = found[0].to_string();
        assert!(
            told.starts_with("planted/src/high.rs:1: no circle of modules: 3 files"),
            "{told}"
        );
        assert!(
            told.contains("planted/src/low.rs:2 imports planted/src/high.rs (`crate::high::A`)")
        );
        assert!(
            told.contains("planted/src/middle.rs:1 imports planted/src/low.rs (`crate::low::b`)")
        );
    }

    #[test]
    fn a_parent_that_hands_on_an_item_of_a_child_must_not_be_imported_by_it() {
        let parent = (
            "low.rs",
            "mod child;\npub use child::Item;\npub struct Other;",
        );
        let lib = ("lib.rs", "mod low;");
        let found = planted(&[
            lib,
            parent,
            ("low/child.rs", "use super::Other;\npub struct Item;"),
        ]);
        assert_eq!(found.len(), 1);
        let found = planted(&[lib, parent, ("low/child.rs", "pub struct Item;")]);
        assert_eq!(found, []);
    }

    #[test]
    fn tests_may_import_what_imports_them() {
        let found = planted(&[
            ("lib.rs", "mod low; mod high;"),
            ("low.rs", "#[cfg(test)]\nmod tests { use crate::high::A; }"),
            ("high.rs", "use crate::low::B;"),
        ]);
        assert_eq!(found, []);
    }
}
