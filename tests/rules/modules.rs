//! Which file imports which.
//!
//! A path leads to the file of the longest module that it begins with. What it names below that module is
//! an item of that file, whether the file defines it or hands it on: `pub use child::Item` makes the parent
//! import the child, and code that names `parent::Item` imports the parent. A `mod child;` alone imports
//! nothing. What is only for tests does not count.

use std::collections::{BTreeMap, BTreeSet};

use crate::packages::Package;
use crate::source::{Name, Source, Written};
use crate::workspace::Workspace;

/// The modules of a package that are not only for tests: those of its library and of its program.
pub(crate) struct Modules<'a> {
    package: &'a Package,
    /// The file of each module.
    files: BTreeMap<Vec<String>, &'a str>,
    sources: BTreeMap<&'a str, &'a Source>,
}

/// That a file names something of another file of its package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Import {
    pub(crate) from: String,
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) to: String,
    /// The path as it is written.
    pub(crate) path: String,
}

/// How many imports may stand between a name and what it means.
const DEPTH: usize = 8;

impl<'a> Modules<'a> {
    /// The modules of a package.
    pub(crate) fn of(workspace: &'a Workspace, package: &'a Package) -> Self {
        let sources: Vec<_> = workspace
            .sources(&[&format!("{}/src", package.folder)])
            .collect();
        let tests = only_for_tests(package, &sources);
        let mut modules = Self {
            package,
            files: BTreeMap::new(),
            sources: BTreeMap::new(),
        };
        for (path, source) in sources {
            let module = package.module(path);
            if !tests.iter().any(|test| module.starts_with(test)) {
                modules.add(path, source, module);
            }
        }
        modules
    }

    fn add(&mut self, path: &'a str, source: &'a Source, module: Vec<String>) {
        self.sources.insert(path, source);
        let within = source.modules.iter().filter(|within| !within.what.is_file);
        for within in within.filter(|within| !within.test) {
            self.files
                .insert([&module[..], &within.what.path[..]].concat(), path);
        }
        if !module.is_empty() {
            self.files.insert(module, path);
        }
    }

    /// The files.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&'a str, &'a Source)> {
        self.sources.iter().map(|(path, source)| (*path, *source))
    }

    /// The module on top of that of a file: none for a root.
    pub(crate) fn top(&self, path: &str) -> Option<String> {
        self.package.module(path).into_iter().next()
    }

    /// What the files import of each other.
    pub(crate) fn imports(&self) -> BTreeSet<Import> {
        let names = self.sources().flat_map(|(path, source)| {
            let names = source.names.iter().filter(|name| !name.test);
            names.map(move |name| (path, source, name))
        });
        names
            .filter_map(|(path, source, name)| self.import(path, source, name))
            .collect()
    }

    /// None for names of other packages, of the same file, and for those that an import names already.
    fn import(&self, path: &str, source: &Source, name: &Name) -> Option<Import> {
        let to = self.target(path, source, name)?;
        let brought = brought_in(source, name, name.path.first()?);
        let told =
            brought.is_some_and(|import| self.target(path, source, import) == Some(to.clone()));
        (to != path && !told).then(|| Import {
            from: path.to_owned(),
            line: name.line,
            to,
            path: name.path.join("::"),
        })
    }

    /// What a name means with its imports put in: `std::fs::read` for `fs::read`.
    pub(crate) fn meaning(&self, path: &str, source: &Source, name: &Name) -> Vec<String> {
        let here = self.here(path, name);
        let mut meant = name.path.clone();
        for _ in 0..DEPTH {
            if self.longest_module(&here, &meant).is_some() {
                break;
            }
            let Some(import) = brought_in(source, name, &meant[0]) else {
                break;
            };
            meant.splice(..1, import.path.iter().cloned());
        }
        meant
    }

    /// The file that a name leads to, if it is one of the package.
    fn target(&self, path: &str, source: &Source, name: &Name) -> Option<String> {
        let meant = self.meaning(path, source, name);
        let module = self.longest_module(&self.here(path, name), &meant)?;
        if module.is_empty() {
            return Some(self.root(path, meant[0] == self.package.library));
        }
        self.files.get(&module).map(|&file| file.to_owned())
    }

    fn here(&self, path: &str, name: &Name) -> Vec<String> {
        [self.package.module(path), name.inside.clone()].concat()
    }

    /// The longest module that a path begins with, seen from another. None if it leads out of the package.
    fn longest_module(&self, here: &[String], path: &[String]) -> Option<Vec<String>> {
        let mut module = here.to_vec();
        let mut rest = path.iter().peekable();
        match rest.peek()?.as_str() {
            "self" => drop(rest.next()),
            "super" => {
                while rest.next_if(|next| *next == "super").is_some() {
                    module.pop();
                }
            }
            first if first == "crate" || first == self.package.library => {
                rest.next();
                module.clear();
            }
            first if !self.is_module(&module, first) => return None,
            _ => {}
        }
        while let Some(next) = rest.next_if(|next| self.is_module(&module, next)) {
            module.push(next.clone());
        }
        Some(module)
    }

    fn is_module(&self, parent: &[String], name: &str) -> bool {
        let module = [parent, &[name.to_owned()]].concat();
        self.files.contains_key(&module)
    }

    /// The root of the crate that a file belongs to: a program names its library as another crate.
    fn root(&self, path: &str, by_library: bool) -> String {
        let main = format!("{}/src/main.rs", self.package.folder);
        let top = self.top(path);
        let program = self.sources.get(main.as_str());
        let mut programs = program.into_iter().flat_map(|program| &program.modules);
        let in_program =
            path == main || programs.any(|module| module.what.path.first() == top.as_ref());
        if in_program && !by_library {
            main
        } else {
            format!("{}/src/lib.rs", self.package.folder)
        }
    }
}

/// The import in the same module that brings a name in, if it is not that import itself.
fn brought_in<'a>(source: &'a Source, name: &Name, first: &str) -> Option<&'a Name> {
    let written = Written::Import(first.to_owned());
    let mut imports = source.names.iter();
    imports
        .find(|import| import.written == written && import.inside == name.inside && *import != name)
}

/// The modules with files of their own that are only for tests.
fn only_for_tests(package: &Package, sources: &[(&str, &Source)]) -> Vec<Vec<String>> {
    let declared = sources.iter().flat_map(|(path, source)| {
        let modules = source.modules.iter();
        modules.map(|module| (package.module(path), module))
    });
    let tests = declared.filter(|(_, module)| module.test && module.what.is_file);
    tests
        .map(|(parent, module)| [parent, module.what.path.clone()].concat())
        .collect()
}

mod tests {
    use super::{Import, Modules};
    use crate::packages::PLANTED;
    use crate::workspace::Workspace;

    /// Each import as `from:line -> to`, without the folder.
    fn imports(files: &[(&str, &str)]) -> Vec<String> {
        let workspace = Workspace::planted(files);
        let imports = Modules::of(&workspace, &PLANTED).imports();
        let told = |Import { from, line, to, .. }: Import| format!("{from}:{line} -> {to}");
        imports
            .into_iter()
            .map(|import| told(import).replace("planted/src/", ""))
            .collect()
    }

    #[test]
    fn a_path_leads_to_the_longest_module_it_begins_with() {
        let found = imports(&[
            ("lib.rs", "mod a; mod b;"),
            (
                "a.rs",
                "use crate::b::c::{self, Item};\nuse crate::b::{Other, c::d::*};\nuse super::b;",
            ),
            ("b.rs", "mod c;"),
            ("b/c.rs", "mod d;"),
            ("b/c/d.rs", "use super::super::Item;"),
        ]);
        let expected = [
            "a.rs:1 -> b/c.rs",
            "a.rs:1 -> b/c.rs",
            "a.rs:2 -> b.rs",
            "a.rs:2 -> b/c/d.rs",
        ];
        assert_eq!(found[..4], expected);
        assert_eq!(found[4..], ["a.rs:3 -> b.rs", "b/c/d.rs:1 -> b.rs"]);
    }

    #[test]
    fn a_parent_imports_the_child_whose_item_it_hands_on_and_is_imported_for_it() {
        let found = imports(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "mod child;\n\npub use child::Item;"),
            ("a/child.rs", "pub struct Item;"),
            ("b.rs", "use crate::a::Item;"),
        ]);
        assert_eq!(found, ["a.rs:3 -> a/child.rs", "b.rs:1 -> a.rs"]);
    }

    #[test]
    fn inline_paths_are_imports_wherever_they_stand() {
        let found = imports(&[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("b.rs", "mod deep;"),
            ("b/deep.rs", ""),
            ("c.rs", ""),
            (
                "a.rs",
                "use crate::b;\n\
                 fn f(x: crate::c::T) {}\n\
                 fn g() { println!(\"{}\", [b::deep::h(super::c::X)]) }\n\
                 #[serde(with = \"crate::c::friendly\")] struct S;\n\
                 fn h() { b::item() }",
            ),
        ]);
        let expected = [
            "a.rs:1 -> b.rs",
            "a.rs:2 -> c.rs",
            "a.rs:3 -> b/deep.rs",
            "a.rs:3 -> c.rs",
        ];
        assert_eq!(found[..4], expected);
        assert_eq!(
            found[4..],
            ["a.rs:4 -> c.rs"],
            "line 5 names what line 1 imports"
        );
    }

    #[test]
    fn tests_import_nothing_and_neither_does_a_module_that_is_declared() {
        let found = imports(&[
            ("lib.rs", "mod a; mod b;"),
            (
                "a.rs",
                "#[cfg(test)]\nmod tests;\n#[cfg(test)]\nuse crate::b::X;\npub(in crate::b) struct Y;",
            ),
            ("a/tests.rs", "use crate::b::X; mod deeper;"),
            ("a/tests/deeper.rs", "use crate::b::X;"),
            ("b.rs", "#[cfg(test)] mod tests { use crate::a::X; }"),
        ]);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn a_program_names_its_library_as_another_crate() {
        let found = imports(&[
            ("lib.rs", "mod a;"),
            ("a.rs", "use crate::X;"),
            ("main.rs", "mod cli; struct Y;\nuse planted::X;"),
            ("cli.rs", "use planted::X;\nuse crate::Y;"),
        ]);
        let expected = [
            "a.rs:1 -> lib.rs",
            "cli.rs:1 -> lib.rs",
            "cli.rs:2 -> main.rs",
        ];
        assert_eq!(found[..3], expected);
        assert_eq!(found[3..], ["main.rs:2 -> lib.rs"]);
    }
}
