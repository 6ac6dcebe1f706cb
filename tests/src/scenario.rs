//! Runs scenarios in tests: by the command line of the load generator, within this process.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::PathBuf;

use imds_loadgen::{Console, run};
use serde_json::Value;
use tempfile::TempDir;

/// What the load generator did.
pub struct Done {
    /// Its exit code.
    pub code: u8,
    /// What it printed.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

/// Runs the load generator with these arguments.
pub fn loadgen<W: AsRef<OsStr>>(arguments: impl IntoIterator<Item = W>) -> Done {
    let arguments = arguments.into_iter().map(|word| word.as_ref().to_owned());
    let program = std::iter::once(OsString::from("imds-loadgen"));
    let mut console = Console::in_memory();
    let code = run(program.chain(arguments), &mut console);
    Done {
        code,
        stdout: console.stdout().to_owned(),
        stderr: console.stderr().to_owned(),
    }
}

/// A scenario in a file of its own, which is gone with it.
pub struct Scenario {
    _folder: TempDir,
    path: PathBuf,
}

impl Scenario {
    /// Writes the file.
    ///
    /// # Panics
    /// If it cannot be written.
    #[must_use]
    pub fn new(toml: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("test.toml");
        fs::write(&path, toml).expect("the folder can be written");
        Self {
            _folder: folder,
            path,
        }
    }

    /// What `run` or `simulate` prints with these options: a JSON document, unless they say otherwise.
    ///
    /// # Panics
    /// If the scenario has mistakes, or could not be run.
    #[must_use]
    pub fn printed(&self, verb: &str, options: &[&str]) -> String {
        let words = [verb, "--format", "json"].map(OsStr::new);
        let options = options.iter().map(OsStr::new);
        let done = loadgen(
            words
                .into_iter()
                .chain([self.path.as_os_str()])
                .chain(options),
        );
        assert!(done.code <= 1, "{}", done.stderr);
        done.stdout
    }

    /// Runs it in virtual time. No traces of sessions are kept unless the options say so.
    ///
    /// # Panics
    /// If it has mistakes, or its policies hardly wait.
    #[must_use]
    pub fn simulated(&self, options: &[&str]) -> Document {
        Document::of(&self.printed("simulate", &quiet(options)))
    }

    /// Runs it in real time, against an embedded emulator, until `proves` says that the result proves
    /// something, or five times at most. If a herd is not the one that was planned (see
    /// [`Document::is_as_planned`]), what comes of it proves nothing.
    ///
    /// # Panics
    /// If it has mistakes, or there is no free port on loopback.
    pub fn run_until(&self, proves: impl Fn(&Document) -> bool) -> Document {
        let mut result = self.run_live();
        for _ in 1..5 {
            if proves(&result) {
                break;
            }
            result = self.run_live();
        }
        result
    }

    fn run_live(&self) -> Document {
        Document::of(&self.printed("run", &quiet(&[])))
    }
}

/// Runs a scenario in virtual time.
///
/// # Panics
/// If it has mistakes, or its policies hardly wait.
#[must_use]
pub fn simulated(toml: &str) -> Document {
    Scenario::new(toml).simulated(&[])
}

fn quiet<'o>(options: &[&'o str]) -> Vec<&'o str> {
    if options.contains(&"--traces") || options.contains(&"--runs") {
        options.to_vec()
    } else {
        [&["--traces", "0"], options].concat()
    }
}

/// A result or a summary. Its values are found by their paths, such as `sessions.by_group.all.total`.
#[derive(Clone, Debug, PartialEq)]
pub struct Document(Value);

impl Document {
    /// Reads it from JSON.
    ///
    /// # Panics
    /// If the text is none.
    #[must_use]
    pub fn of(json: &str) -> Self {
        Self(serde_json::from_str(json).unwrap_or_else(|_| panic!("JSON: {json}")))
    }

    /// All of it.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The value at a path; none: it is not there.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Value> {
        self.0.pointer(&format!("/{}", path.replace('.', "/")))
    }

    /// The value at a path.
    ///
    /// # Panics
    /// If it is not there.
    #[must_use]
    #[track_caller]
    pub fn at(&self, path: &str) -> &Value {
        self.find(path)
            .unwrap_or_else(|| panic!("no {path} in {:#}", self.0))
    }

    /// The count at a path.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    #[track_caller]
    pub fn count(&self, path: &str) -> u64 {
        let value = self.at(path);
        let count = value.as_u64();
        count.unwrap_or_else(|| panic!("a count at {path}, not {value}"))
    }

    /// The figure at a path; none: it is null, which stands for "never" or for nothing.
    ///
    /// # Panics
    /// If there is something else.
    #[must_use]
    #[track_caller]
    pub fn figure(&self, path: &str) -> Option<f64> {
        let value = self.at(path);
        assert!(value.is_number() || value.is_null(), "{path}: {value}");
        value.as_f64()
    }

    /// Whether it is so, by the value at a path.
    ///
    /// # Panics
    /// If there is something else.
    #[must_use]
    #[track_caller]
    pub fn is(&self, path: &str) -> bool {
        let value = self.at(path);
        let is = value.as_bool();
        is.unwrap_or_else(|| panic!("true or false at {path}, not {value}"))
    }

    /// Whether the herd of a run was the one that was planned: the machine was not so busy that sessions started
    /// late, and the system dropped no connection, as far as that is known.
    ///
    /// # Panics
    /// If it is no result of a run.
    #[must_use]
    #[track_caller]
    pub fn is_as_planned(&self) -> bool {
        !self.is("generator_late") && self.figure("connections_dropped").unwrap_or(0.0) == 0.0
    }

    /// The list at a path.
    ///
    /// # Panics
    /// If there is something else.
    #[must_use]
    #[track_caller]
    pub fn list(&self, path: &str) -> &[Value] {
        self.at(path).as_array().expect("a list")
    }

    /// The names and values of the object at a path, in the order of the names.
    ///
    /// # Panics
    /// If there is something else.
    #[track_caller]
    pub fn object(&self, path: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.at(path).as_object().expect("an object").iter()
    }
}
