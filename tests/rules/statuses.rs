//! Which status an answer of the emulator has is said where its bytes are written, in `wire`. The
//! administration port is a protocol of its own and says its own statuses.
//!
//! A status is a constant of `StatusCode`, or an integer literal that is a status of HTTP.

use crate::modules::Modules;
use crate::packages::EMULATOR;
use crate::source::Source;
use crate::violation::Violation;
use crate::workspace::{Workspace, is_in};

const RULE: &str = "statuses only in wire";

/// Where statuses are named.
const FOLDERS: [&str; 2] = ["emulator/src/wire", "emulator/src/admin"];

/// Files that name statuses all the same, each with the reason.
const EXCEPT: &[(&str, &str)] = &[
    (
        "emulator/src/model/fault/effect.rs",
        "lists the statuses that a fault may be configured with",
    ),
    (
        "emulator/src/model/fault/preset.rs",
        "is configuration: the statuses of its faults are data",
    ),
    (
        "emulator/src/model/resource_manager/custom/answer.rs",
        "lists the statuses that an answer of the user's own may be configured with",
    ),
    (
        "emulator/src/model/resource_manager/refusal.rs",
        "is of Resource Manager, whose refusals simulations count by status, too",
    ),
    (
        "emulator/src/model/resource_manager/tally.rs",
        "is of Resource Manager, whose stub counts answers by status",
    ),
    (
        "emulator/src/model/resource_manager/verdict.rs",
        "is of Resource Manager, whose verdicts simulations count by status, too",
    ),
    (
        "emulator/src/observe/verify/client_errors.rs",
        "judges a client by which refusals it retried",
    ),
    (
        "emulator/src/observe/verify/waves.rs",
        "judges a client by when it retried which refusals",
    ),
];

/// The statuses that files of the emulator name, except where they may.
fn violations(workspace: &Workspace, except: &[(&str, &str)]) -> Vec<Violation> {
    let modules = Modules::of(workspace, &EMULATOR);
    let may = |path: &str| {
        FOLDERS
            .iter()
            .any(|folder| is_in(path.trim_end_matches(".rs"), folder))
            || except.iter().any(|(file, _)| *file == path)
    };
    let files = modules.sources().filter(|(path, _)| !may(path));
    files
        .flat_map(|(path, source)| named(path, source))
        .collect()
}

fn named(path: &str, source: &Source) -> Vec<Violation> {
    let names = source.names.iter().filter(|name| !name.test);
    let names = names.filter_map(|name| constant(&name.path).map(|told| (name.line, told)));
    let integers = source.integers.iter().filter(|integer| !integer.test);
    let integers = integers.filter(|integer| is_status(integer.what));
    let integers = integers.map(|integer| (integer.line, integer.what.to_string()));
    let violation = |(line, told): (usize, String)| Violation {
        file: path.to_owned(),
        line,
        rule: RULE,
        found: format!("`{told}` is named outside `wire`"),
        instead: "decide on a reason, and give the reason its status in `wire`".to_owned(),
    };
    names.chain(integers).map(violation).collect()
}

/// `StatusCode::GONE` of any path that ends so.
fn constant(path: &[String]) -> Option<String> {
    let [.., of, name] = path else {
        return None;
    };
    let is_constant = name
        .chars()
        .all(|letter| letter.is_ascii_uppercase() || letter == '_');
    (of == "StatusCode" && is_constant).then(|| format!("{of}::{name}"))
}

/// Whether it is a status that servers answer with. Round lengths and sizes, such as 300, are more often
/// something else.
fn is_status(number: u64) -> bool {
    matches!(number, 200..=206 | 301..=308 | 400..=431 | 451 | 500..=511)
}

mod tests {
    use super::{EXCEPT, violations};
    use crate::violation::{Violation, lines, none};
    use crate::workspace::Workspace;

    fn planted(files: &[(&str, &str)]) -> Vec<Violation> {
        violations(
            &Workspace::of(files),
            &[("emulator/src/model/known.rs", "is known")],
        )
    }

    #[test]
    fn statuses_are_named_in_wire() {
        none(violations(Workspace::here(), EXCEPT));
    }

    #[test]
    fn each_exception_is_needed() {
        let found = violations(Workspace::here(), &[]);
        for (file, reason) in EXCEPT {
            let needed = found.iter().any(|violation| violation.file == *file);
            assert!(
                needed,
                "{file} names no status. Instead: leave out that it {reason}."
            );
        }
    }

    #[test]
    fn constants_and_numbers_are_found() {
        let vm = "use http::StatusCode;\n\
            fn f() -> StatusCode { StatusCode::GONE }\n\
            fn g() -> u16 { 429 }\n\
            fn h() { reply!(http::StatusCode::TOO_MANY_REQUESTS, 404) }";
        let found = planted(&[("emulator/src/model/vm.rs", vm)]);
        let expected = [2, 3, 4, 4].map(|line| format!("emulator/src/model/vm.rs:{line}"));
        assert_eq!(lines(&found), expected);
        let told = found[0].to_string();
        assert!(
            told.contains("`StatusCode::GONE` is named outside `wire`. Instead: decide on"),
            "{told}"
        );
    }

    #[test]
    fn wire_and_the_administration_port_name_statuses_and_other_numbers_are_none() {
        let found = planted(&[
            ("emulator/src/wire/reply.rs", "const A: u16 = 429;"),
            ("emulator/src/admin.rs", "const A: S = StatusCode::OK;"),
            ("emulator/src/model/known.rs", "const A: u16 = 410;"),
            (
                "emulator/src/model/vm.rs",
                "fn f() { StatusCode::from_u16(60 * 1000) }",
            ),
            (
                "emulator/src/model/limit.rs",
                "#[cfg(test)] mod tests { const A: u16 = 429; }",
            ),
            ("loadgen/src/record.rs", "const A: u16 = 429;"),
        ]);
        assert_eq!(found, []);
    }
}
