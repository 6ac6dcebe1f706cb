//! What decides names no clock, no socket, no file and no thread: it is given what it needs. `clippy.toml`
//! bans the clocks and the chance everywhere; this rule bans all I/O, and whole crates, from some modules.

use crate::modules::Modules;
use crate::packages::{CLIENT, EMULATOR, LOADGEN, Package};
use crate::source::{Fact, Name, Source, Written};
use crate::violation::Violation;
use crate::workspace::is_in;

const RULE: &str = "pure modules";

/// Modules of a package that only decide, by their paths in its sources.
struct Pure {
    package: &'static Package,
    modules: &'static [&'static str],
    /// Files of them that do I/O all the same, each with the reason.
    except: &'static [(&'static str, &'static str)],
}

const PURE: [Pure; 3] = [
    Pure {
        package: &EMULATOR,
        modules: &["document", "model", "config"],
        except: &[(
            "config/resource_manager/answers/body.rs",
            "reads the files that a configuration names, so that a missing one is a problem with its place",
        )],
    },
    Pure {
        package: &LOADGEN,
        modules: &[
            "scenario",
            "session",
            "record",
            "engine/schedule",
            "engine/simulate",
            "engine/streams",
            "engine/succession",
            "result",
            "report",
        ],
        except: &[
            (
                "scenario/files.rs",
                "reads a scenario and the files that it names",
            ),
            (
                "result/stored.rs",
                "reads a result that an earlier run wrote",
            ),
            ("report/files.rs", "writes the documents of a run"),
            (
                "report/console.rs",
                "writes to the standard streams of the process",
            ),
        ],
    },
    Pure {
        package: &CLIENT,
        modules: &[
            "outcome",
            "advice",
            "wire",
            "endpoint",
            "policy",
            "acquire",
            "error",
            "pace/limits",
            "pace/pacer",
            "cache/entry",
            "cache/life",
            "shared/decision",
            "shared/failure",
            "shared/hold",
            "shared/lease",
            "shared/queue/position",
            "shared/record",
            "broker/guard",
            "broker/head",
            "broker/route",
        ],
        except: &[],
    },
];

/// What pure modules do not name, nor anything below it.
const BANNED: [&str; 24] = [
    "axum",
    "hyper",
    "hyper_util",
    "reqwest",
    "rsa",
    "rustls",
    "tokio",
    "tokio_rustls",
    "std::env",
    "std::fs",
    "std::io::stderr",
    "std::io::stdin",
    "std::io::stdout",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::ToSocketAddrs",
    "std::net::UdpSocket",
    "std::os::fd",
    "std::os::unix::fs",
    "std::os::unix::net",
    "std::process",
    "std::thread",
    "std::time::Instant::now",
    "std::time::SystemTime",
];

/// Types of banned crates that hold values and do nothing.
const VALUES: [&str; 1] = ["reqwest::Url"];

/// Methods of paths and addresses that ask the system.
const METHODS: [&str; 9] = [
    "canonicalize",
    "exists",
    "is_dir",
    "is_file",
    "metadata",
    "read_dir",
    "symlink_metadata",
    "to_socket_addrs",
    "try_exists",
];

/// What the pure modules of a package name that is banned. What is only for tests may name anything.
fn violations(pure: &Pure, modules: &Modules) -> Vec<Violation> {
    let files = modules.sources().filter(|(path, _)| pure.holds(path));
    files
        .flat_map(|(path, source)| banned(modules, path, source))
        .collect()
}

impl Pure {
    fn holds(&self, path: &str) -> bool {
        let place = |module: &str| format!("{}/src/{module}", self.package.folder);
        let mut modules = self.modules.iter().map(|module| place(module));
        let mut except = self.except.iter().map(|(file, _)| place(file));
        let module = path.strip_suffix(".rs").unwrap_or(path);
        modules.any(|pure| is_in(module, &pure)) && !except.any(|file| file == path)
    }
}

fn banned(modules: &Modules, path: &str, source: &Source) -> Vec<Violation> {
    let names = source.names.iter().filter(|name| !name.test);
    let names = names.filter_map(|name| {
        let meant = modules.meaning(path, source, name).join("::");
        let banned = is_banned(&meant, name);
        banned.then(|| violation(path, name.line, &meant))
    });
    let methods = source.methods.iter().filter(|method| !method.test);
    let methods = methods.filter(|method| METHODS.contains(&method.what.as_str()));
    let methods =
        methods.map(|Fact { what, line, .. }| violation(path, *line, &format!(".{what}()")));
    names.chain(methods).collect()
}

/// Whether a path leads to something banned, or to everything beside something banned.
fn is_banned(meant: &str, name: &Name) -> bool {
    let below = |path: &str, parent: &str| {
        let rest = path.strip_prefix(parent);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let is_value = VALUES.iter().any(|value| below(meant, value));
    let is_glob = name.written == Written::Glob;
    let names = |banned: &str| below(meant, banned) || is_glob && below(banned, meant);
    !is_value && BANNED.iter().any(|banned| names(banned))
}

fn violation(path: &str, line: usize, named: &str) -> Violation {
    Violation {
        file: path.to_owned(),
        line,
        rule: RULE,
        found: format!("`{named}` is named in a module that decides"),
        instead:
            "take the time, the chance, the text or the answer as a parameter, and have a driver \
            get it"
                .to_owned(),
    }
}

mod tests {
    use super::{PURE, Pure, violations};
    use crate::modules::Modules;
    use crate::packages::PLANTED;
    use crate::violation::{Violation, lines, none};
    use crate::workspace::Workspace;

    const LOW: Pure = Pure {
        package: &PLANTED,
        modules: &["low"],
        except: &[("low/files.rs", "reads files")],
    };

    fn planted(files: &[(&str, &str)]) -> Vec<Violation> {
        violations(&LOW, &Modules::of(&Workspace::planted(files), &PLANTED))
    }

    #[test]
    fn what_decides_is_pure() {
        let here = Workspace::here();
        let found = PURE
            .iter()
            .flat_map(|pure| violations(pure, &Modules::of(here, pure.package)));
        none(found.collect());
    }

    #[test]
    fn each_exception_is_needed() {
        for pure in &PURE {
            let modules = Modules::of(Workspace::here(), pure.package);
            let all = Pure {
                except: &[],
                ..*pure
            };
            let found = violations(&all, &modules);
            for (file, reason) in pure.except {
                let path = format!("{}/src/{file}", pure.package.folder);
                let needed = found.iter().any(|violation| violation.file == path);
                assert!(
                    needed,
                    "{path} is pure. Instead: leave out that it {reason}."
                );
            }
        }
    }

    #[test]
    fn each_pure_module_has_a_file() {
        for pure in &PURE {
            for module in pure.modules {
                let path = format!("{}/src/{module}.rs", pure.package.folder);
                let exists = Workspace::here().sources.contains_key(&path);
                assert!(
                    exists,
                    "{path} does not exist. Instead: name the module as it is called now."
                );
            }
        }
    }

    #[test]
    fn io_is_found_however_it_is_named() {
        let text = "use std::fs;\n\
            use std::{io, net::{IpAddr, TcpStream}};\n\
            use std::net;\n\
            use std::time::{Duration, Instant};\n\
            use tokio::sync::Mutex as Queue;\n\
            fn f() { fs::read(\"x\"); }\n\
            fn g() { net::UdpSocket::bind(\"x\"); }\n\
            fn h(at: Instant) { Instant::now(); }\n\
            fn i(file: &Path) { file.exists(); }\n\
            fn j() { io::stdout(); format!(\"{}\", [std::process::id()]); }\n\
            use std::net::*;";
        let found = planted(&[
            ("low.rs", text),
            ("low/deep.rs", "fn f() { axum::serve() }"),
        ]);
        let expected = [1, 2, 5, 6, 7, 8, 9, 10, 10, 11].map(|line| format!("low.rs:{line}"));
        let mut expected: Vec<String> = expected.into();
        expected.push("low/deep.rs:1".to_owned());
        let found = lines(&found);
        let found = found.iter().map(|line| line.replace("planted/src/", ""));
        expected.sort();
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn addresses_and_lengths_of_time_are_no_io_and_tests_may_do_anything() {
        let low = "use std::net::{IpAddr, SocketAddr};\n\
            use std::time::{Duration, Instant};\n\
            use std::io::{self, Read};\n\
            use reqwest::Url;\n\
            fn f(now: Instant) { crate::tokio::g(); fs::read(); }\n\
            #[cfg(test)] mod tests { use std::fs; fn f() { std::thread::sleep(x) } }";
        let found = planted(&[
            ("low.rs", low),
            ("low/files.rs", "use std::fs;"),
            ("lower.rs", "use std::fs;"),
            ("high.rs", "use std::fs;"),
        ]);
        assert_eq!(found, []);
    }

    #[test]
    fn the_message_says_what_to_do() {
        let found = planted(&[("low.rs", "\nuse std::fs::read;")]);
        let told = found[0].to_string();
        assert!(
            told.starts_with("planted/src/low.rs:2: pure modules: `std::fs::read` is named"),
            "{told}"
        );
        assert!(
            told.contains("Instead: take the time, the chance, the text"),
            "{told}"
        );
    }
}
