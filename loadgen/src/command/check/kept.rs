//! What one stream of a command prints: read to its end, of which the first and the last bytes are kept in a file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use tokio::io::{AsyncRead, AsyncReadExt};

/// So many bytes of the beginning are kept, and as many of the end: more than is read, and less than fills a disk.
pub(crate) const KEPT: u64 = 1 << 20;
/// As many bytes are read at once: what a pipe holds on Linux.
const CHUNK: usize = 1 << 16;

/// A stream that is read, and the file. The memory that it takes does not depend on how much is printed.
#[derive(Debug)]
pub(super) struct KeptStream<S> {
    /// None: it was read to its end.
    stream: Option<S>,
    kept: Kept,
}

impl<S: AsyncRead + Unpin> KeptStream<S> {
    /// Of this stream, or of none.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub(super) fn new(stream: Option<S>, file: &Path) -> io::Result<KeptStream<S>> {
        let kept = Kept::new(file)?;
        Ok(KeptStream { stream, kept })
    }

    /// Reads to the end. It can be dropped, and called again, without a loss.
    pub(super) async fn read(&mut self) {
        let mut chunk = vec![0; CHUNK];
        while let Some(stream) = &mut self.stream {
            match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => self.stream = None,
                Ok(read) => self.kept.add(&chunk[..read]),
            }
        }
    }

    /// How many bytes of what was read are not in the file.
    pub(super) fn left_out(&self) -> u64 {
        self.kept.left_out()
    }
}

/// The file: the first bytes, and behind them the last ones as a ring, until it is completed when this is dropped.
#[derive(Debug)]
struct Kept {
    file: File,
    printed: u64,
    /// Bytes that the system did not take.
    unwritten: u64,
}

impl Kept {
    fn new(path: &Path) -> io::Result<Kept> {
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(true);
        Ok(Kept {
            file: file.open(path)?,
            printed: 0,
            unwritten: 0,
        })
    }

    /// What cannot be written, as on a full disk, counts as left out: the command and its result are not lost by it.
    fn add(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (at, room) = place(self.printed);
            let taken = usize::try_from(room).map_or(bytes.len(), |room| room.min(bytes.len()));
            let (now, later) = bytes.split_at(taken);
            if self.write(at, now).is_err() {
                self.unwritten += taken as u64;
            }
            self.printed += taken as u64;
            bytes = later;
        }
    }

    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at))?;
        self.file.write_all(bytes)
    }

    fn beyond(&self) -> u64 {
        self.printed.saturating_sub(2 * KEPT)
    }

    fn left_out(&self) -> u64 {
        self.printed.min(self.beyond() + self.unwritten)
    }

    /// Turns the ring so that its oldest byte is its first, behind a line that says how many are missing.
    fn complete(&mut self) -> io::Result<()> {
        let mut last = Vec::new();
        self.file.seek(SeekFrom::Start(KEPT))?;
        self.file.read_to_end(&mut last)?;
        let (oldest, _) = place(self.printed);
        last.rotate_left(usize::try_from(oldest - KEPT).unwrap_or_default());
        let beyond = self.beyond();
        let line = format!("\n[imds-loadgen: {beyond} bytes were printed here and are not kept]\n");
        self.write(KEPT, &[line.as_bytes(), &last].concat())
    }
}

impl Drop for Kept {
    /// A file that cannot be completed has the same bytes in another order.
    fn drop(&mut self) {
        if self.beyond() > 0 {
            let _ = self.complete();
        }
    }
}

/// Where the next byte goes when so many were printed, and how many may follow it there.
fn place(printed: u64) -> (u64, u64) {
    match printed.checked_sub(KEPT) {
        None => (printed, KEPT - printed),
        Some(further) => (KEPT + further % KEPT, KEPT - further % KEPT),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    /// Bytes that tell where they were printed.
    fn printed(length: u64) -> Vec<u8> {
        (0..length).map(|at| (at % 251) as u8).collect()
    }

    fn kept(chunks: &[u64]) -> (Vec<u8>, u64) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("stdout");
        let all = printed(chunks.iter().sum());
        let mut kept = Kept::new(&path).expect("a file");
        let mut from = 0;
        for length in chunks {
            let to = from + usize::try_from(*length).expect("small");
            kept.add(&all[from..to]);
            from = to;
        }
        let left_out = kept.left_out();
        drop(kept);
        (fs::read(&path).expect("the file"), left_out)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn the_first_and_the_last_bytes_are_kept(chunks in prop::collection::vec(0_u64..700_000, 0..10)) {
            let all = printed(chunks.iter().sum());
            let (file, left_out) = kept(&chunks);
            let most = usize::try_from(KEPT).expect("small");
            if all.len() <= 2 * most {
                prop_assert_eq!(left_out, 0);
                prop_assert!(file == all);
            } else {
                prop_assert_eq!(left_out, (all.len() - 2 * most) as u64);
                let line = format!("\n[imds-loadgen: {left_out} bytes were printed here and are not kept]\n");
                let expected = [&all[..most], line.as_bytes(), &all[all.len() - most..]].concat();
                prop_assert!(file == expected);
            }
        }
    }

    /// `/dev/full` takes nothing.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_the_system_does_not_take_counts_as_left_out() {
        let mut kept = Kept::new(Path::new("/dev/full")).expect("Linux has the device");
        kept.add(b"four");
        assert_eq!(kept.left_out(), 4);
    }
}
