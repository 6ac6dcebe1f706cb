//! What `check` and `herd` have started when they are ended from outside.
#![expect(
    clippy::disallowed_methods,
    reason = "it waits for processes to start and to end"
)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::program::folder;

/// As long as a slow machine may take.
const LONG: Duration = Duration::from_secs(30);

/// It writes its number and those of two processes that it started, of which one was started by the other.
const SCRIPT: &str = "sh -c 'echo $$; sleep 300 & echo $!; wait' >> pids & echo $$ >> pids; wait";

#[test]
fn what_a_command_started_ends_with_check_however_that_ends() {
    let signals = [Signal::SIGKILL, Signal::SIGHUP, Signal::SIGTERM];
    for signal in signals.into_iter().filter(|signal| !is_ignored(*signal)) {
        ends_with(
            &["check", "--case", "alone", "--timeout", "5m", "--quiet"],
            signal,
        );
    }
}

#[test]
fn what_a_process_started_ends_with_herd() {
    ends_with(&["herd", "--count", "1", "--quiet"], Signal::SIGKILL);
}

/// Whether this test was started so that this signal ends nothing, as `nohup` does with SIGHUP: what it starts inherits that.
fn is_ignored(signal: Signal) -> bool {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has it");
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = u64::from_str_radix(ignored.expect("it is told").trim(), 16).expect("a mask");
    ignored >> (signal as i32 - 1) & 1 == 1
}

fn ends_with(arguments: &[&str], signal: Signal) {
    let folder = folder(&format!("killed/{}-{signal}", arguments[0]));
    let mut program = start(&folder, arguments);
    let pids = pids(&folder);
    let running = pids.iter().filter(|pid| is_alive(**pid)).count();
    assert_eq!(running, 3, "{pids:?}");
    let pid = i32::try_from(program.id()).expect("a number of a process");
    kill(Pid::from_raw(pid), signal).expect("the program runs");
    program.wait().expect("it ends");
    let began = Instant::now();
    while pids.iter().any(|pid| is_alive(*pid)) {
        assert!(began.elapsed() < LONG, "{arguments:?} {signal}: {pids:?}");
        sleep(Duration::from_millis(10));
    }
}

fn start(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imds-loadgen"));
    command
        .current_dir(folder)
        .args(arguments)
        .args(["--", "sh", "-c", SCRIPT]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the binary runs")
}

/// The numbers that the script wrote.
fn pids(folder: &Path) -> Vec<i32> {
    let began = Instant::now();
    loop {
        let text = fs::read_to_string(folder.join("pids")).unwrap_or_default();
        let pids: Vec<i32> = text.lines().filter_map(|line| line.parse().ok()).collect();
        if pids.len() == 3 && text.ends_with('\n') {
            return pids;
        }
        assert!(began.elapsed() < LONG, "{text}");
        sleep(Duration::from_millis(10));
    }
}

/// Whether it runs; one that has ended and that no process has waited for does not.
fn is_alive(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}
