//! The built program, and what can be asked about it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Nothing takes longer than this, unless the program is stuck.
const STUCK: Duration = Duration::from_secs(30);

/// A program that serves until it is dropped.
pub(crate) struct Program {
    child: Child,
    /// It was told to stop, and did.
    stopped: bool,
    pub(crate) imds: SocketAddr,
    pub(crate) admin: SocketAddr,
}

impl Program {
    /// Starts it without limits, and asks it for one token, whose key is waited for.
    pub(crate) fn start(settings: &str) -> Program {
        Program::begin(Command::new(env!("CARGO_BIN_EXE_imds-emulator")), settings)
    }

    /// The same with so few open files.
    #[cfg(unix)]
    pub(crate) fn start_with_files(files: u32) -> Program {
        let script = format!("ulimit -n {files} && exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_imds-emulator")]);
        Program::begin(command, "")
    }

    /// The same with a log of everything on a pipe that is never read.
    #[cfg(unix)]
    pub(crate) fn start_with_unread_log() -> Program {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imds-emulator"));
        command.args(["--log", "trace"]).stderr(Stdio::piped());
        Program::begin(command, "")
    }

    /// Tells it to stop; its exit code, or `None` if it runs on after that time.
    #[cfg(unix)]
    pub(crate) fn stop(mut self, limit: Duration) -> Option<i32> {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.unwrap().success());
        let tick = Duration::from_millis(20);
        let ticks = limit.as_millis() / tick.as_millis();
        let (_never, pause) = std::sync::mpsc::channel::<()>();
        let ended = (0..ticks).find_map(|_| {
            let _ = pause.recv_timeout(tick);
            self.child.try_wait().unwrap()
        });
        self.stopped = ended.is_some();
        ended?.code()
    }

    fn begin(mut command: Command, settings: &str) -> Program {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        let file = folder.join(format!("robust-{}-{number}.toml", std::process::id()));
        let quick = "latency = { token_cold = '0s', token_warm = '0s', other = '0s' }";
        let text = format!("profile = 'unlimited'\n{settings}{quick}\n");
        std::fs::write(&file, text).unwrap();
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen"])
            .args(["127.0.0.1:0", "--config"])
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        let address = |key: &str| {
            let url = ready[key].as_str().unwrap();
            url.trim_start_matches("http://").parse().unwrap()
        };
        let program = Program {
            imds: address("imds"),
            admin: address("admin"),
            child,
            stopped: false,
        };
        assert_eq!(program.token(), 200);
        program
    }

    /// The status of a request for a token over a connection of its own.
    pub(crate) fn token(&self) -> u16 {
        let target = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r";
        let head =
            format!("GET {target} HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nConnection: close");
        exchange(self.imds, &head)[9..12].parse().unwrap()
    }

    /// The body of an answer of the administration port.
    pub(crate) fn admin(&self, target: &str) -> String {
        let answer = exchange(
            self.admin,
            &format!("GET {target} HTTP/1.0\r\nHost: localhost"),
        );
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// Asks for one more VM; the status of the answer.
    pub(crate) fn make_vm(&self) -> u16 {
        let head = "POST /vms HTTP/1.0\r\nHost: localhost\r\nContent-Length: 0";
        exchange(self.admin, head)[9..12].parse().unwrap()
    }

    /// The most memory it ever had, where the system reports it.
    pub(crate) fn assert_memory_below(&self, most: u64) {
        if !cfg!(target_os = "linux") {
            return;
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.unwrap().trim().trim_end_matches(" kB");
        let bytes = kib.parse::<u64>().unwrap() << 10;
        assert!(bytes < most, "{} MiB", bytes >> 20);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.stopped {
            return;
        }
        let ended = self.child.try_wait().unwrap();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        if !std::thread::panicking() {
            assert!(ended.is_none(), "it has ended by itself: {ended:?}");
        }
    }
}

/// A connection on which nothing blocks for ever.
pub(crate) fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, STUCK)?;
    stream.set_read_timeout(Some(STUCK))?;
    stream.set_write_timeout(Some(STUCK))?;
    Ok(stream)
}

fn exchange(address: SocketAddr, head: &str) -> String {
    let mut stream = connect(address).unwrap();
    write!(stream, "{head}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
