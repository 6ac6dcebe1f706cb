//! Paths that code names.

use syn::UseTree;

/// A path of two segments or more, or any that is imported.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// Its segments, without generic arguments.
    pub(crate) path: Vec<String>,
    /// Counted from 1.
    pub(crate) line: usize,
    /// The modules within the file that it stands in.
    pub(crate) inside: Vec<String>,
    pub(crate) written: Written,
    /// Whether it is compiled for tests only.
    pub(crate) test: bool,
}

/// How a path is named.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// In `use` or `pub use`, under this name.
    Import(String),
    /// In `use` or `pub use`, with everything below it.
    Glob,
    /// Where it is used.
    Inline,
}

/// One of the paths of a `use`.
pub(super) struct Leaf {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    pub(super) written: Written,
}

/// The paths of a `use`, each from its beginning.
pub(super) fn leaves(tree: &UseTree) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(tree, &mut Vec::new(), &mut found);
    found
}

fn collect(tree: &UseTree, before: &mut Vec<String>, found: &mut Vec<Leaf>) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            collect(&path.tree, before, found);
            before.pop();
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                collect(tree, before, found);
            }
        }
        UseTree::Name(name) => found.push(leaf(before, &name.ident, None)),
        UseTree::Rename(name) => found.push(leaf(before, &name.ident, Some(&name.rename))),
        UseTree::Glob(glob) => found.push(Leaf {
            path: before.clone(),
            line: glob.star_token.spans[0].start().line,
            written: Written::Glob,
        }),
    }
}

fn leaf(before: &[String], name: &syn::Ident, rename: Option<&syn::Ident>) -> Leaf {
    let mut path = before.to_vec();
    if name != "self" || path.is_empty() {
        path.push(name.to_string());
    }
    let rename = rename.map(ToString::to_string);
    let known = rename.or_else(|| path.last().cloned()).unwrap_or_default();
    Leaf {
        path,
        line: name.span().start().line,
        written: Written::Import(known),
    }
}
