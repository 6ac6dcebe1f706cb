//! A Rust file, read once into plain facts.

mod names;
mod reading;

pub(crate) use names::{Name, Written};

/// What the rules know of a Rust file.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// The paths that its code names, as they are written.
    pub(crate) names: Vec<Name>,
    /// The methods that its code calls.
    pub(crate) methods: Vec<Fact<String>>,
    /// Its modules, whether they stand in it or in files of their own.
    pub(crate) modules: Vec<Fact<Module>>,
    /// Its functions, methods among them.
    pub(crate) functions: Vec<Fact<Function>>,
    /// Its string literals; doc comments are none.
    pub(crate) strings: Vec<Fact<String>>,
    /// Its integer literals.
    pub(crate) integers: Vec<Fact<u64>>,
}

/// Something that stands in a line.
#[derive(Debug)]
pub(crate) struct Fact<T> {
    pub(crate) what: T,
    /// Counted from 1.
    pub(crate) line: usize,
    /// Whether it is compiled for tests only.
    pub(crate) test: bool,
}

/// A `mod` item.
#[derive(Debug)]
pub(crate) struct Module {
    /// Below the module that the file is.
    pub(crate) path: Vec<String>,
    /// Whether it has a file of its own.
    pub(crate) is_file: bool,
}

/// A function that has a body.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// From its `fn` to its closing brace, both counted.
    pub(crate) lines: usize,
}

impl Source {
    /// Reads a file's text.
    ///
    /// # Errors
    /// If it is not Rust.
    pub(crate) fn read(text: &str) -> syn::Result<Self> {
        Ok(reading::read(&syn::parse_file(text)?))
    }
}
