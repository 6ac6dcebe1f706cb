//! Each path that a document names exists.
//!
//! A link leads from the document's folder. Other paths lead from the root, from a folder above the
//! document, or are the end of a path, as `vm.rs` is.

mod named;

use std::collections::BTreeSet;

use crate::violation::Violation;
use crate::workspace::Workspace;
use named::Named;

const RULE: &str = "paths in documents";

/// Paths that lead nowhere by intention, each with its file and the reason.
const EXCEPT: &[(&str, &str, &str)] = &[
    ("ARCHITECTURE.md", "foo.rs", "stands for any module"),
    ("ARCHITECTURE.md", "foo/", "stands for any module"),
];

/// The paths in documents, in comments of Rust, and in comments of manifests and scripts that lead nowhere.
fn violations(workspace: &Workspace) -> Vec<Violation> {
    let texts = workspace.texts.iter();
    let named = texts.flat_map(|(file, text)| {
        let paths = named::paths(file, text);
        paths.into_iter().map(move |named| (file.as_str(), named))
    });
    let lost = named.filter(|(file, named)| {
        !exists(&workspace.paths, file, named) && !is_excepted(file, named)
    });
    // A target of a link may look like a path in code, too.
    let found: BTreeSet<_> = lost.map(|(file, named)| violation(file, &named)).collect();
    found.into_iter().collect()
}

fn is_excepted(file: &str, named: &Named) -> bool {
    EXCEPT
        .iter()
        .any(|(in_file, path, _)| *in_file == file && *path == named.path)
}

fn violation(file: &str, named: &Named) -> Violation {
    Violation {
        file: file.to_owned(),
        line: named.line,
        rule: RULE,
        found: format!("`{}` does not exist", named.path),
        instead: "name the place where it is now, or say it without a path".to_owned(),
    }
}

/// Whether what a file names is there.
fn exists(paths: &BTreeSet<String>, file: &str, named: &Named) -> bool {
    let folder = folder(file);
    let is_there = |place: &String| {
        let linked = is_in(paths, &joined(folder, place));
        linked || !named.is_link && (leads(paths, folder, place) || is_end(paths, place))
    };
    expanded(&named.path).iter().all(is_there)
}

/// Whether a path leads somewhere from a folder, or from one above it.
fn leads(paths: &BTreeSet<String>, from: &str, place: &str) -> bool {
    is_in(paths, &joined(from, place)) || !from.is_empty() && leads(paths, folder(from), place)
}

/// Whether a path is the end of another.
fn is_end(paths: &BTreeSet<String>, place: &str) -> bool {
    let end = format!("/{place}");
    paths.iter().any(|path| path.ends_with(&end))
}

/// Whether there is such a path, or one that matches.
fn is_in(paths: &BTreeSet<String>, pattern: &str) -> bool {
    if !pattern.contains('*') {
        return pattern.is_empty() || paths.contains(pattern);
    }
    let pattern: Vec<&str> = pattern.split('/').collect();
    let mut paths = paths.iter().map(|path| path.split('/').collect::<Vec<_>>());
    paths.any(|path| is_match(&path, &pattern))
}

fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path that leads from a folder, without `.` and `..`.
fn joined(folder: &str, place: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in folder.split('/').chain(place.split('/')) {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    segments.join("/")
}

/// A path with a choice in braces as all paths that it stands for, without an ellipsis at its end.
fn expanded(path: &str) -> Vec<String> {
    let path = path.split('…').next().unwrap_or(path).trim_end_matches('/');
    let Some((before, rest)) = path.split_once('{') else {
        return vec![path.to_owned()];
    };
    let (choices, after) = rest.split_once('}').unwrap_or((rest, ""));
    let choices = choices.split(',');
    choices
        .flat_map(|choice| expanded(&format!("{before}{choice}{after}")))
        .collect()
}

/// Whether a path's segments match those of a pattern: `*` is any letters, `**` any segments.
fn is_match(path: &[&str], pattern: &[&str]) -> bool {
    match (path, pattern) {
        ([], []) => true,
        (_, ["**", rest @ ..]) => (0..=path.len()).any(|skipped| is_match(&path[skipped..], rest)),
        ([segment, path @ ..], [wanted, rest @ ..]) => {
            is_segment(segment, wanted) && is_match(path, rest)
        }
        _ => false,
    }
}

fn is_segment(segment: &str, wanted: &str) -> bool {
    match wanted.split_once('*') {
        None => segment == wanted,
        Some((start, end)) => {
            let rest = segment.strip_prefix(start);
            rest.is_some_and(|rest| rest.ends_with(end))
        }
    }
}

mod tests {
    use super::{EXCEPT, named, violations};
    use crate::violation::{Violation, lines, none};
    use crate::workspace::Workspace;

    /// With these files besides: `docs/policies.md`, `client/src/pace/gate.rs`, `client/src/pace.rs`.
    fn planted(file: &str, text: &str) -> Vec<Violation> {
        violations(&Workspace::of(&[
            ("docs/policies.md", ""),
            ("client/src/pace/gate.rs", ""),
            ("client/src/pace.rs", ""),
            (file, text),
        ]))
    }

    #[test]
    fn documents_name_paths_that_exist() {
        none(violations(Workspace::here()));
    }

    #[test]
    fn each_exception_is_needed() {
        for (file, path, reason) in EXCEPT {
            let text = Workspace::here()
                .texts
                .get(*file)
                .map_or("", String::as_str);
            let named = named::paths(file, text);
            let needed = named.iter().any(|named| named.path == *path);
            assert!(
                needed,
                "{file} does not name `{path}`. Instead: leave out that it {reason}."
            );
        }
    }

    #[test]
    fn paths_that_lead_nowhere_are_found() {
        let text = "See `client/src/pace/lost.rs`, [policies](docs/lost.md) and\n\
            client/src/{pace,lost}.rs.\n\
            Run `tests/lost --all`:\n    scenarios/lost.toml\n\
            `gates.rs`, `paces/`, docs/*.txt, client/**/lost.rs, docs/lost/…\n";
        let found = planted("README.md", text);
        let expected = [1, 1, 2, 3, 4, 5, 5, 5, 5, 5].map(|line| format!("README.md:{line}"));
        assert_eq!(lines(&found), expected);
        let told = found[0].to_string();
        assert!(
            told.contains(
                "`client/src/pace/lost.rs` does not exist. Instead: name the place where it is now"
            ),
            "{told}"
        );
    }

    #[test]
    fn paths_of_all_kinds_that_exist_are_innocent() {
        let text = "`client/src/pace/gate.rs`, [policies](docs/policies.md#words), client/src/{pace,pace/gate}.rs,\n\
            `gate.rs`, `pace/`, docs/*.md, client/**/*.rs, `client/src/…`, [RFC](https://rfc/lost.md).\n\
            and/or, http://imds/tests/lost, /docs/lost, $HOME/docs/lost, out/report.html, `/`, `n/a`, client/.";
        assert_eq!(planted("README.md", text), []);
    }

    #[test]
    fn a_link_leads_from_its_folder_and_a_path_also_from_those_above() {
        let text = "[a](../src/pace.rs) `src/pace.rs` `client/src/pace.rs`\n[b](src/pace.rs) `src/lost.rs`";
        let found = planted("client/notes/README.md", text);
        assert_eq!(lines(&found), ["client/notes/README.md:2"; 2]);
    }

    #[test]
    fn comments_of_rust_manifests_and_scripts_are_documents() {
        let rust = "//! See docs/lost.md.\nconst A: &str = \"docs/lost.md\"; // docs/policies.md\n    // docs/lost.md";
        assert_eq!(
            lines(&planted("client/src/lib.rs", rust)),
            ["client/src/lib.rs:1", "client/src/lib.rs:3"]
        );
        assert_eq!(
            lines(&planted("Cargo.toml", "# docs/lost.md\na = 1 # docs/lost")),
            ["Cargo.toml:1"]
        );
        assert_eq!(
            lines(&planted(".ci/run", "#!/bin/sh\ntests/lost/run")),
            [".ci/run:2"]
        );
    }
}
