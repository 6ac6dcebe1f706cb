//! The packages, and the order of their wings.

/// A package with a library, and perhaps a program.
pub(crate) struct Package {
    /// In the workspace.
    pub(crate) folder: &'static str,
    /// The name of its library in code.
    pub(crate) library: &'static str,
    /// Its modules on top: each imports from itself and from those before it only.
    pub(crate) wings: &'static [&'static str],
}

pub(crate) const EMULATOR: Package = Package {
    folder: "emulator",
    library: "imds_emulator",
    wings: &[
        "document",
        "model",
        "config",
        "credentials",
        "wire",
        "observe",
        "serve",
        "admin",
        "host",
        "cli",
    ],
};

pub(crate) const CLIENT: Package = Package {
    folder: "client",
    library: "imds_client",
    wings: &[
        "outcome",
        "advice",
        "clock",
        "program",
        "room",
        "user_file",
        "wire",
        "endpoint",
        "policy",
        "acquire",
        "error",
        "transport",
        "pace",
        "client",
        "cache",
        "shared",
        "broker",
        "cli",
    ],
};

pub(crate) const LOADGEN: Package = Package {
    folder: "loadgen",
    library: "imds_loadgen",
    wings: &[
        "scenario", "session", "record", "engine", "result", "report", "command", "cli",
    ],
};

/// Where `Workspace::planted` puts files.
pub(crate) const PLANTED: Package = Package {
    folder: "planted",
    library: "planted",
    wings: &["low", "middle", "high"],
};

/// Those of the workspace that have wings.
pub(crate) const PACKAGES: [&Package; 3] = [&EMULATOR, &CLIENT, &LOADGEN];

/// The folders of their sources.
pub(crate) const SOURCES: [&str; 3] = ["emulator/src", "client/src", "loadgen/src"];

impl Package {
    /// The module that a file is: none for a root.
    pub(crate) fn module(&self, path: &str) -> Vec<String> {
        let name = path.strip_prefix(self.folder).unwrap_or(path);
        let name = name.strip_prefix("/src/").unwrap_or(name);
        match name.strip_suffix(".rs").unwrap_or(name) {
            "lib" | "main" => vec![],
            name => name.split('/').map(str::to_owned).collect(),
        }
    }
}
