//! A wing imports from itself and from those before it; `pub use` counts, and so do inline paths.

use crate::modules::{Import, Modules};
use crate::packages::Package;
use crate::violation::Violation;

const RULE: &str = "order of wings";

/// The imports against the order, those by way of a root, and the files that are in no wing.
pub(crate) fn violations(package: &Package, modules: &Modules) -> Vec<Violation> {
    let files = modules.sources();
    let strays = files.filter_map(|(path, _)| stray(package, modules, path));
    let imports = modules.imports();
    let wrong = imports
        .iter()
        .filter_map(|import| wrong(package, modules, import));
    strays.chain(wrong).collect()
}

fn stray(package: &Package, modules: &Modules, path: &str) -> Option<Violation> {
    let top = modules.top(path)?;
    let known = package.wings.contains(&top.as_str());
    (!known).then(|| Violation {
        file: path.to_owned(),
        line: 1,
        rule: RULE,
        found: format!("`{top}` is no wing"),
        instead: format!("move the file into one of {}", package.wings.join(" < ")),
    })
}

fn wrong(package: &Package, modules: &Modules, import: &Import) -> Option<Violation> {
    let from = modules.top(&import.from)?;
    let Some(to) = modules.top(&import.to) else {
        return through_root(package, import);
    };
    let place = |wing: &str| package.wings.iter().position(|known| *known == wing);
    let path = &import.path;
    (place(&from)? < place(&to)?).then(|| Violation {
        file: import.from.clone(),
        line: import.line,
        rule: RULE,
        found: format!("`{from}` imports `{path}` of `{to}`, a wing after it"),
        instead: format!(
            "move the item into `{from}` or before it, or have `{to}` pass what is needed"
        ),
    })
}

/// A program names its library by way of the root, and nothing else does.
fn through_root(package: &Package, import: &Import) -> Option<Violation> {
    let path = &import.path;
    let by_library = path.split("::").next() == Some(package.library);
    (!by_library).then(|| Violation {
        file: import.from.clone(),
        line: import.line,
        rule: RULE,
        found: format!("`{path}` is named by way of the root of the crate"),
        instead: "name it in the module that defines it".to_owned(),
    })
}

mod tests {
    use super::violations;
    use crate::modules::Modules;
    use crate::packages::{PACKAGES, PLANTED};
    use crate::violation::{Violation, lines, none};
    use crate::workspace::Workspace;

    fn planted(files: &[(&str, &str)]) -> Vec<Violation> {
        violations(&PLANTED, &Modules::of(&Workspace::planted(files), &PLANTED))
    }

    #[test]
    fn wings_import_what_is_before_them() {
        let here = Workspace::here();
        let packages = PACKAGES.iter();
        none(
            packages
                .flat_map(|package| violations(package, &Modules::of(here, package)))
                .collect(),
        );
    }

    #[test]
    fn an_import_against_the_order_is_found_however_it_is_written() {
        let found = planted(&[
            (
                "lib.rs",
                "mod low; mod middle; mod high; pub use high::Item;",
            ),
            ("high.rs", "use crate::low::A;\nuse crate::middle::B;"),
            (
                "middle.rs",
                "mod part;\npub use super::high::Item;\nuse crate::low::A;",
            ),
            (
                "middle/part.rs",
                "use crate::{\n    low::A,\n    high::{self as top},\n};",
            ),
            (
                "low.rs",
                "fn f() -> crate::middle::B { vec![crate::high::c()] }",
            ),
        ]);
        let expected = ["low.rs:1", "low.rs:1", "middle.rs:2", "middle/part.rs:3"];
        assert_eq!(
            lines(&found),
            expected.map(|line| format!("planted/src/{line}"))
        );
        let told = found.last().expect("a violation").to_string();
        assert!(
            told.contains("`middle` imports `crate::high` of `high`"),
            "{told}"
        );
        assert!(
            told.contains("Instead: move the item into `middle` or before it"),
            "{told}"
        );
    }

    #[test]
    fn nothing_in_a_crate_is_named_by_way_of_its_root() {
        let found = planted(&[
            (
                "lib.rs",
                "mod low; pub use low::Item; pub const VERSION: &str = \"1\";",
            ),
            ("low.rs", "mod part; pub struct Item;"),
            (
                "low/part.rs",
                "use crate::Item;\nfn f() { crate::VERSION; crate::low::g() }",
            ),
            ("main.rs", "mod high; use planted::Item;"),
            ("high.rs", "use planted::VERSION;"),
        ]);
        assert_eq!(
            lines(&found),
            ["planted/src/low/part.rs:1", "planted/src/low/part.rs:2"]
        );
    }

    #[test]
    fn a_file_is_in_a_wing() {
        let found = planted(&[
            ("lib.rs", "mod low; mod stray;"),
            ("low.rs", ""),
            ("stray.rs", ""),
        ]);
        assert_eq!(lines(&found), ["planted/src/stray.rs:1"]);
    }

    #[test]
    fn tests_may_import_from_wings_after_them() {
        let found = planted(&[
            ("lib.rs", "mod low; mod high;"),
            ("low.rs", "#[cfg(test)]\nmod tests;"),
            ("low/tests.rs", "use crate::high::A;"),
            ("high.rs", ""),
        ]);
        assert_eq!(found, []);
    }
}
