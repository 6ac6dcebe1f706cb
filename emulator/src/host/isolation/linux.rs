//! Network namespaces of Linux.

use std::fs::{self, File};
use std::io;
use std::panic::resume_unwind;
use std::thread;

use nix::sched::{CloneFlags, setns, unshare};
use nix::unistd::{getegid, geteuid};

use super::loopback::configure;
use super::refused::Refused;

/// Puts this process into a network of its own. Where the system does not let it, it does so within a user namespace of
/// its own, in which the user stays who they are.
///
/// Call it before any thread is started: threads that are there already stay in the old network, and a process
/// with threads gets no user namespace.
///
/// # Errors
/// Where the system refuses, with what to do.
pub fn enter() -> Result<(), Refused> {
    let alone = unshare(CloneFlags::CLONE_NEWNET).map_err(io::Error::from);
    if alone.and_then(|()| configure()).is_ok() {
        return Ok(());
    }
    let (user, group) = (geteuid(), getegid());
    let both = CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET;
    at(
        "making the namespaces",
        unshare(both).map_err(io::Error::from),
    )?;
    let mapped = fs::write("/proc/self/setgroups", "deny")
        .and_then(|()| fs::write("/proc/self/uid_map", format!("{user} {user} 1")))
        .and_then(|()| fs::write("/proc/self/gid_map", format!("{group} {group} 1")));
    at("mapping the user", mapped)?;
    at("bringing up its loopback", configure())
}

/// A further network, beside that of this process. It lasts as long as this or a process in it.
#[derive(Debug)]
pub struct Network {
    namespace: File,
}

impl Network {
    /// Makes one; the process has [entered](enter) its own before, or may make networks in the first place.
    ///
    /// # Errors
    /// Where the system refuses, with what to do.
    pub fn new() -> Result<Network, Refused> {
        let namespace = on_a_thread(|| {
            unshare(CloneFlags::CLONE_NEWNET)?;
            configure()?;
            File::open("/proc/thread-self/ns/net")
        });
        let namespace = at("making a further namespace", namespace)?;
        Ok(Network { namespace })
    }

    /// Does something in it, on a thread of its own: sockets that are opened and processes that are started then
    /// stay in it.
    ///
    /// # Errors
    /// If the thread cannot enter it.
    pub fn run<T: Send>(&self, does: impl FnOnce() -> T + Send) -> io::Result<T> {
        on_a_thread(|| {
            setns(&self.namespace, CloneFlags::CLONE_NEWNET)?;
            Ok(does())
        })
    }
}

fn on_a_thread<T: Send>(does: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    thread::scope(|scope| scope.spawn(does).join()).unwrap_or_else(|panic| resume_unwind(panic))
}

fn at<T>(step: &'static str, result: io::Result<T>) -> Result<T, Refused> {
    result.map_err(|source| Refused {
        step,
        source,
        advice: advice(),
    })
}

/// A switch of the kernel, the value that forbids such namespaces, and how it is changed.
const SWITCHES: [(&str, &str, &str); 4] = [
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0   (Ubuntu from 23.10 on)",
    ),
    (
        "kernel/unprivileged_userns_clone",
        "0",
        "sudo sysctl -w kernel.unprivileged_userns_clone=1",
    ),
    (
        "user/max_user_namespaces",
        "0",
        "sudo sysctl -w user.max_user_namespaces=10000",
    ),
    (
        "user/max_net_namespaces",
        "0",
        "sudo sysctl -w user.max_net_namespaces=10000",
    ),
];

/// What to do: the switches that stand against it come first.
fn advice() -> String {
    let is_off = |name: &str, off: &str| {
        let value = fs::read_to_string(format!("/proc/sys/{name}")).unwrap_or_default();
        value.trim() == off
    };
    let switches = SWITCHES.iter().filter(|(name, off, _)| is_off(name, off));
    let mut ways: Vec<&str> = switches.map(|(_, _, way)| *way).collect();
    ways.push("as root: sudo -E imds-emulator …");
    ways.push(
        "in a container: docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN …, or --privileged",
    );
    format!(
        "Where the system forbids it, one of these helps:\n  {}",
        ways.join("\n  ")
    )
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    use super::*;
    use crate::host::isolation::address::METADATA_ADDRESS;

    /// The tests' own network is left as it is. Where no network can be made, the refusal has to say what to do.
    #[test]
    fn in_a_further_network_the_metadata_address_is_the_only_one_that_answers() {
        let network = match Network::new() {
            Ok(network) => network,
            Err(refused) => {
                assert!(refused.to_string().contains("--cap-add SYS_ADMIN"));
                // Without root this process, which has threads, can make none; `tests/exec.rs` has one that can.
                let must = geteuid().is_root() && env::var_os("CI").is_some_and(|it| it == "true");
                assert!(!must, "cannot be skipped in CI: {refused}");
                // Not captured, as what the test prints is.
                let _ = writeln!(io::stderr(), "skipped: {refused}");
                return;
            }
        };
        let outside = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let outside = outside.local_addr().expect("an address");
        let reached = network.run(|| {
            let _served = TcpListener::bind(METADATA_ADDRESS).expect("the address is there");
            let reach = |at| TcpStream::connect_timeout(at, Duration::from_secs(1)).is_ok();
            let elsewhere = "192.0.2.1:80".parse().expect("an address");
            (reach(&METADATA_ADDRESS), reach(&outside), reach(&elsewhere))
        });
        assert_eq!(reached.expect("it is entered"), (true, false, false));
    }
}
