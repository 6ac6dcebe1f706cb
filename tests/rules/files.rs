//! What holds of each Rust file.

use std::collections::BTreeSet;

use crate::source::Source;
use crate::violation::Violation;
use crate::workspace::{Workspace, is_in};

/// A file has no more lines than this.
const MOST: usize = 400;

/// Files of the workspace that are packages of their own.
const OTHER_PACKAGES: [&str; 2] = ["tests/clients/rust", "tests/fuzz"];

/// Marks of work that is not done.
const MARKS: [&str; 6] = [
    "todo!(",
    "unimplemented!(",
    "#[ignore",
    "FIXME",
    "XXX",
    "#[allow(",
];

/// Files that are too long.
fn long(workspace: &Workspace) -> Vec<Violation> {
    let files = rust(workspace).map(|(path, text)| (path, text.lines().count()));
    let long = files.filter(|(_, lines)| *lines > MOST);
    let violation = |(path, lines): (&str, usize)| Violation {
        file: path.to_owned(),
        line: MOST + 1,
        rule: "length of files",
        found: format!("the file has {lines} lines, more than {MOST}"),
        instead: "split it: it usually holds two ideas".to_owned(),
    };
    long.map(violation).collect()
}

/// Marks of work that is not done, but for this file, which lists them.
fn open(workspace: &Workspace) -> Vec<Violation> {
    let files = rust(workspace).filter(|(path, _)| *path != "tests/rules/files.rs");
    let lines = files.flat_map(|(path, text)| {
        let lines = text.lines().enumerate();
        lines.map(move |(index, line)| (path, index + 1, line))
    });
    let marked = lines.filter_map(|(path, line, text)| {
        let mark = MARKS.iter().find(|mark| text.contains(**mark))?;
        Some(Violation {
            file: path.to_owned(),
            line,
            rule: "nothing is left open",
            found: format!("`{mark}` stands here"),
            instead: "do the work; where a lint errs, `expect` it with a reason".to_owned(),
        })
    });
    marked.collect()
}

/// Files that Cargo does not compile, since no module declares them.
fn forgotten(workspace: &Workspace) -> Vec<Violation> {
    let sources = workspace.sources.iter();
    let sources =
        sources.filter(|(path, _)| !OTHER_PACKAGES.iter().any(|folder| is_in(path, folder)));
    let declared: BTreeSet<String> = sources
        .clone()
        .flat_map(|(path, source)| declared(path, source))
        .collect();
    let forgotten =
        sources.filter(|(path, _)| !is_root(workspace, path) && !declared.contains(*path));
    let violation = |(path, _): (&String, &Source)| Violation {
        file: path.clone(),
        line: 1,
        rule: "no file is forgotten",
        found: "no `mod` declares the file: Cargo does not compile it".to_owned(),
        instead: "declare it in the module above it".to_owned(),
    };
    forgotten.map(violation).collect()
}

/// The files of the modules that a file declares: beside it if it is a root, else in its folder.
fn declared(path: &str, source: &Source) -> Vec<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.trim_end_matches(".rs");
    let folder = match stem {
        "main" | "lib" => folder.to_owned(),
        stem => format!("{folder}/{stem}"),
    };
    let modules = source.modules.iter().filter(|module| module.what.is_file);
    modules
        .map(|module| format!("{folder}/{}.rs", module.what.path.join("/")))
        .collect()
}

/// Whether Cargo compiles a file by itself: a library, a program, or a test binary.
fn is_root(workspace: &Workspace, path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').collect();
    let is_package = |folder: &[&str]| {
        let manifest = format!("{}/Cargo.toml", folder.join("/"));
        workspace.paths.contains(&manifest)
    };
    match &segments[..] {
        [package @ .., "tests", _] if is_package(package) => true,
        [package @ .., "tests", _, "main.rs"] if is_package(package) => true,
        [package @ .., _, "main.rs" | "lib.rs"] => is_package(package),
        _ => false,
    }
}

fn rust(workspace: &Workspace) -> impl Iterator<Item = (&str, &str)> {
    let files = workspace.sources.keys();
    files.map(|path| (path.as_str(), workspace.texts[path].as_str()))
}

mod tests {
    use super::{forgotten, long, open};
    use crate::violation::{lines, none};
    use crate::workspace::Workspace;

    #[test]
    fn files_stay_short() {
        none(long(Workspace::here()));
    }

    #[test]
    fn nothing_is_left_open() {
        none(open(Workspace::here()));
    }

    #[test]
    fn no_file_is_forgotten() {
        none(forgotten(Workspace::here()));
    }

    #[test]
    fn a_file_of_401_lines_is_found() {
        let (fits, too_long) = ("\n".repeat(400), "\n".repeat(401));
        let workspace =
            Workspace::of(&[("client/src/a.rs", &fits), ("client/src/b.rs", &too_long)]);
        assert_eq!(lines(&long(&workspace)), ["client/src/b.rs:401"]);
    }

    #[test]
    fn marks_of_open_work_are_found() {
        let text = "fn f() { todo!() }\n#[allow(dead_code)]\nfn g() {} // FIXME\n#[expect(dead_code)]\nfn todo() {}";
        let workspace = Workspace::of(&[("client/src/a.rs", text)]);
        assert_eq!(
            lines(&open(&workspace)),
            [1, 2, 3].map(|line| format!("client/src/a.rs:{line}"))
        );
    }

    #[test]
    fn a_file_that_no_module_declares_is_found() {
        let workspace = Workspace::of(&[
            ("client/Cargo.toml", ""),
            ("client/src/lib.rs", "mod a; #[cfg(test)] mod tests;"),
            ("client/src/a.rs", "mod b { mod d; } mod c {}"),
            ("client/src/a/b/d.rs", ""),
            ("client/src/a/c.rs", ""),
            ("client/src/tests.rs", ""),
            ("client/src/stray.rs", ""),
            (
                "client/tests/robust.rs",
                "#[path = \"robust/part.rs\"] mod part;",
            ),
            ("client/tests/robust/part.rs", ""),
            ("client/tests/command/main.rs", "mod part;"),
            ("client/tests/command/part.rs", ""),
            ("tests/Cargo.toml", ""),
            ("tests/suite/main.rs", "mod part;"),
            ("tests/suite/part.rs", ""),
            ("tests/suite/stray.rs", ""),
        ]);
        let found = lines(&forgotten(&workspace));
        assert_eq!(
            found,
            [
                "client/src/a/c.rs:1",
                "client/src/stray.rs:1",
                "tests/suite/stray.rs:1"
            ]
        );
    }
}
