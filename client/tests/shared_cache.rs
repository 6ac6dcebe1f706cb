//! Many processes at once that share a cache, some of which are killed or stopped, against a service
//! on loopback that counts.
#![cfg(feature = "cli")]
#![expect(
    clippy::disallowed_methods,
    reason = "processes of their own go on in real time"
)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// A service that grants every request a token, after a while.
struct Service {
    endpoint: String,
    asked: Arc<AtomicUsize>,
}

impl Service {
    /// The first so many requests are never answered.
    fn start(silent: usize) -> Self {
        let body = format!(
            r#"{{"access_token":"{}","expires_in":"86400"}}"#,
            "a".repeat(2000)
        );
        Self::answering(silent, "200 OK", body)
    }

    /// Every request is refused for good.
    fn refusing() -> Self {
        let body = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
        Self::answering(0, "400 Bad Request", body.to_owned())
    }

    fn answering(silent: usize, status: &'static str, body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let body = body.clone();
                thread::spawn(move || answer(connection, number < silent, status, &body));
            }
        });
        Self { endpoint, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// A process that wants a token.
    fn client(&self, cache: &Path, more: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imds-client"));
        command.args(["token", "--resource", "r", "--format", "text"]);
        command.args([
            "--endpoint",
            &self.endpoint,
            "--shared-cache",
            "--cache-dir",
        ]);
        command.arg(cache).args(more);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the program runs")
    }
}

/// A client that disconnects before its answer is no failure of the service.
fn answer(mut connection: TcpStream, silent: bool, status: &str, body: &str) {
    let head = BufReader::new(&connection).lines().map_while(Result::ok);
    head.take_while(|line| !line.is_empty()).for_each(drop);
    if silent {
        thread::park();
    }
    thread::sleep(Duration::from_millis(100));
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close");
    let _ = write!(connection, "{head}\r\n\r\n{body}");
}

fn granted(output: &Output) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_eq!(output.stdout, format!("{}\n", "a".repeat(2000)).as_bytes());
}

fn ended(child: Child) -> Output {
    child.wait_with_output().expect("it ends")
}

/// The files of the cache whose names end so.
fn files(cache: &Path, ending: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(cache).into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect()
}

#[test]
fn a_hundred_processes_need_fewer_than_ten_requests() {
    let (service, cache) = (Service::start(0), TempDir::new().expect("a folder"));
    let cache = cache.path().join("cache");
    let herd: Vec<Child> = (0..100).map(|_| service.client(&cache, &[])).collect();
    for child in herd {
        granted(&ended(child));
    }
    assert!(service.asked() < 10, "{}", service.asked());
}

#[test]
fn killed_processes_leave_the_others_their_token_and_no_torn_file() {
    for round in 0..5 {
        let (service, cache) = (Service::start(0), TempDir::new().expect("a folder"));
        let cache = cache.path().join("cache");
        let mut herd: Vec<Child> = (0..12)
            .map(|_| service.client(&cache, &["--pace"]))
            .collect();
        for child in herd.iter_mut().step_by(2) {
            thread::sleep(Duration::from_millis(8 * round));
            child.kill().expect("it is ours");
        }
        for (index, child) in herd.into_iter().enumerate() {
            let output = ended(child);
            if index % 2 == 1 {
                granted(&output);
            }
        }
        for path in files(&cache, ".token") {
            let content = fs::read(&path).expect("it can be read");
            serde_json::from_slice::<Value>(&content).expect("it is whole");
        }
    }
}

/// Sends a signal to a process of ours.
#[cfg(unix)]
fn signal(name: &str, child: &Child) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args([name, &pid]).status();
    assert!(sent.expect("kill runs").success());
}

#[cfg(unix)]
#[test]
fn one_that_is_stopped_while_it_asks_does_not_stop_the_others() {
    let (service, cache) = (Service::start(1), TempDir::new().expect("a folder"));
    let cache = cache.path().join("cache");
    let mut leader = service.client(&cache, &[]);
    while service.asked() == 0 {
        thread::sleep(Duration::from_millis(5));
    }
    signal("-STOP", &leader);
    let herd: Vec<Child> = (0..10).map(|_| service.client(&cache, &[])).collect();
    for child in herd {
        granted(&ended(child));
    }
    assert!(
        leader.try_wait().expect("its state").is_none(),
        "it was stopped all the time"
    );
    leader.kill().expect("it is ours");
    leader.wait().expect("it ends");
    assert!(service.asked() < 5, "{}", service.asked());
}

#[test]
fn a_lock_that_is_never_given_back_does_not_keep_a_process_from_its_token() {
    let (service, cache) = (Service::start(0), TempDir::new().expect("a folder"));
    let cache = cache.path().join("cache");
    granted(&ended(service.client(&cache, &[])));
    let locks: Vec<File> = files(&cache, ".lock")
        .into_iter()
        .map(|path| File::open(path).expect("a lock"))
        .inspect(|lock| lock.lock().expect("it is free"))
        .collect();
    assert!(!locks.is_empty());
    fs::remove_file(&files(&cache, ".token")[0]).expect("the token is there");
    let output = ended(service.client(&cache, &[]));
    granted(&output);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("another process has held"), "{told}");
}

#[test]
fn a_time_limit_holds_over_the_wait_for_another_process() {
    let (service, cache) = (Service::start(1), TempDir::new().expect("a folder"));
    let cache = cache.path().join("cache");
    let mut leader = service.client(&cache, &[]);
    while service.asked() == 0 {
        thread::sleep(Duration::from_millis(5));
    }
    let output = ended(service.client(&cache, &["--timeout", "500ms", "--verbose"]));
    leader.kill().expect("it is ours");
    leader.wait().expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    for part in [
        "shared cache: another process asks",
        "no token after 0 attempts",
        "the time was over before it could ask",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(service.asked(), 1);
}

#[test]
fn a_refusal_for_good_is_shared_as_a_token_is() {
    let (service, cache) = (Service::refusing(), TempDir::new().expect("a folder"));
    let cache = cache.path().join("cache");
    let herd: Vec<Child> = (0..20).map(|_| service.client(&cache, &[])).collect();
    for child in herd {
        let output = ended(child);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("Identity not found"), "{told}");
    }
    assert!(service.asked() < 10, "{}", service.asked());
}

#[test]
fn a_damaged_token_is_replaced() {
    let (service, cache) = (Service::start(0), TempDir::new().expect("a folder"));
    let cache = cache.path().join("cache");
    granted(&ended(service.client(&cache, &[])));
    let token = files(&cache, ".token").remove(0);
    let whole = fs::read(&token).expect("it can be read");
    fs::write(&token, &whole[..whole.len() / 2]).expect("it can be written");
    granted(&ended(service.client(&cache, &[])));
    granted(&ended(service.client(&cache, &[])));
    assert_eq!(service.asked(), 2);
}

#[cfg(unix)]
#[test]
fn where_the_folder_cannot_be_trusted_it_warns_and_asks_by_itself() {
    use std::os::unix::fs::PermissionsExt;
    let (service, cache) = (Service::start(0), TempDir::new().expect("a folder"));
    fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let output = ended(service.client(cache.path(), &[]));
    granted(&output);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("is open to other users"), "{told}");
    assert_eq!(files(cache.path(), ".token").len(), 0);
}
