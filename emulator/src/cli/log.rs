//! The log on standard error, which stops no request: while the program serves, records wait in a queue for a thread
//! that writes them. Where standard error is not read, the queue fills, and further records are lost and counted.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use imds_emulator::document::visible::visible;
use tracing::warn;
use tracing_subscriber::EnvFilter;

use super::arguments::LogFormat;

/// What is the matter where records cannot be queued.
pub(crate) const NO_THREAD: &str = "cannot start the thread that writes the log";
/// So many records wait at most: some megabytes, and more than a herd makes while a reader is busy.
const WAITING: usize = 16_384;
/// How often the end looks for room in the queue, and for how many times in all: a second.
const TICK: Duration = Duration::from_millis(10);
const TICKS: u32 = 100;

/// Set when records are queued. Until then they are written where they are made.
static QUEUE: OnceLock<Queue> = OnceLock::new();

/// Logs from now on.
pub(crate) fn to_stderr(filter: &str, format: LogFormat) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(|| Writer);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// Queues records from now on. Not before what wants the process to have one thread.
///
/// # Errors
/// If the system gives no thread.
pub(crate) fn queue() -> io::Result<()> {
    let (sender, records) = sync_channel(WAITING);
    let writer = thread::Builder::new().name("log".to_owned());
    writer.spawn(move || write_all(&records))?;
    QUEUE.get_or_init(|| Queue {
        sender,
        lost: AtomicU64::new(0),
    });
    Ok(())
}

/// Waits until all records are written, but no longer than a second: standard error may not be read.
pub(crate) fn end() {
    let Some(queue) = QUEUE.get() else { return };
    let (written, done) = sync_channel(1);
    let mut last = Some(Record::End(written));
    for _ in 0..TICKS {
        last = last.take().and_then(|record| queue.returned(record));
        match done.recv_timeout(TICK) {
            Err(RecvTimeoutError::Timeout) => {}
            _ => return,
        }
    }
}

/// What waits to be written.
enum Record {
    Line(Vec<u8>),
    /// All before it is written: said here.
    End(SyncSender<()>),
}

struct Queue {
    sender: SyncSender<Record>,
    lost: AtomicU64,
}

impl Queue {
    /// The record, if there is no room for it.
    fn returned(&self, record: Record) -> Option<Record> {
        match self.sender.try_send(record) {
            Err(TrySendError::Full(record)) => Some(record),
            _ => None,
        }
    }
}

/// Takes one record in each call of `write`.
struct Writer;

impl Write for Writer {
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let line = line(record);
        match QUEUE.get() {
            None => io::stderr().write_all(&line)?,
            Some(queue) => {
                if queue.returned(Record::Line(line)).is_some() {
                    queue.lost.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A record as it is written: it may have text of a client in it.
fn line(record: &[u8]) -> Vec<u8> {
    visible(&String::from_utf8_lossy(record))
        .as_bytes()
        .to_vec()
}

/// Writes records as they come. If standard error cannot be written, there is nowhere to report it.
fn write_all(records: &Receiver<Record>) {
    while let Some(record) = next(records) {
        match record {
            Record::End(written) => {
                note_lost();
                records.try_iter().for_each(write_line);
                // Without an end that waits for it, it is of no use.
                let _ = written.send(());
            }
            line @ Record::Line(_) => write_line(line),
        }
    }
}

/// The next record. How many were lost is a record too, for which there is room when no other waits.
fn next(records: &Receiver<Record>) -> Option<Record> {
    let waiting = records.try_recv();
    waiting.ok().or_else(|| {
        note_lost();
        records.recv().ok()
    })
}

fn write_line(record: Record) {
    if let Record::Line(line) = record {
        drop(io::stderr().write_all(&line));
    }
}

fn note_lost() {
    let lost = QUEUE
        .get()
        .map(|queue| queue.lost.swap(0, Ordering::Relaxed));
    if let Some(lost @ 1..) = lost {
        warn!(
            lost,
            "log records were lost: standard error was not read as fast as they came"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn what_a_client_sent_controls_no_terminal() {
        let record = "WARN refused path=\"/\u{1b}[2J\u{202e}\"\n".as_bytes();
        assert_eq!(line(record), b"WARN refused path=\"/\\u001b[2J\\u202e\"\n");
        assert_eq!(line(b"\xff\x1b"), "\u{fffd}\\u001b".as_bytes());
    }
}
