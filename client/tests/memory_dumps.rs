//! Who may see the broker's memory, in which the tokens are.
#![cfg(all(feature = "cli", target_os = "linux"))]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// No user of the system has a process that this would disturb (`nobody`).
const ANOTHER: u32 = 65534;

/// A broker that is ready; it is ended with the test.
struct Broker {
    child: Child,
    user: u32,
}

impl Broker {
    /// By a user but root, whom nothing is hidden from.
    fn start(program: &Path, options: &[&str]) -> Broker {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        command.args(["--upstream", "http://127.0.0.1:1"]);
        command.args(options).stdout(Stdio::piped());
        let own = fs::metadata("/proc/self").expect("Linux has it").uid();
        let user = if own == 0 { ANOTHER } else { own };
        if own == 0 {
            command.uid(user);
        }
        let mut child = command.spawn().expect("the program runs");
        let output = child.stdout.take().expect("it is piped");
        let mut ready = String::new();
        let read = BufReader::new(output).read_line(&mut ready);
        assert!(read.is_ok() && ready.contains("ready"), "{ready}");
        Broker { child, user }
    }

    /// Its soft and hard limit of a core file.
    fn core_limit(&self) -> Vec<String> {
        let limits = fs::read_to_string(self.file("limits")).expect("its limits");
        let line = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"));
        let words = line.expect("the limit").split_whitespace().skip(4).take(2);
        words.map(str::to_owned).collect()
    }

    /// Whether the files of its memory are its user's: those of a process that cannot be dumped are root's (proc(5)).
    fn is_dumpable(&self) -> bool {
        let owner = fs::metadata(self.file("environ")).expect("it runs").uid();
        owner == self.user
    }

    fn file(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.child.id())
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program where any user can run it: the build's folder may be in a home that others cannot enter.
fn reachable(folder: &Path) -> PathBuf {
    let everyone = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder, everyone).expect("it is the test's own");
    let program = folder.join("imds-client");
    fs::copy(env!("CARGO_BIN_EXE_imds-client"), &program).expect("there is room");
    program
}

#[test]
fn the_brokers_memory_is_not_dumped_unless_that_is_asked_for() {
    let folder = TempDir::new().expect("a folder");
    let program = reachable(folder.path());
    let broker = Broker::start(&program, &[]);
    assert_eq!(broker.core_limit(), ["0", "0"]);
    assert!(!broker.is_dumpable());
    let open = Broker::start(&program, &["--allow-memory-dumps"]);
    assert!(open.is_dumpable());
}
