//! Progress of a live run, on stderr and only on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

use crate::record::Ended;

/// A bar of the sessions that have ended.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar of this title, which may be empty, for so many sessions; nothing is shown if stderr is no terminal.
    #[must_use]
    pub(crate) fn new(title: &str, sessions: u32) -> Self {
        let bar = ProgressBar::new(sessions.into());
        bar.set_style(style());
        bar.set_prefix(title.to_owned());
        Self { bar }
    }

    pub(crate) fn show(&self, ended: Ended) {
        let all = ended.succeeded + ended.failed;
        // How many sessions begin by time is not known before they have.
        let known = self.bar.length().unwrap_or_default();
        self.bar.set_length(known.max(all));
        self.bar.set_position(all);
        self.bar
            .set_message(format!("{} ok, {} failed", ended.succeeded, ended.failed));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A bar of steps of work, all of them alike.
pub(crate) struct Steps {
    bar: ProgressBar,
}

impl Steps {
    /// A bar for so many steps; nothing is shown if stderr is no terminal.
    #[must_use]
    pub(crate) fn new(steps: usize) -> Self {
        let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
        bar.set_style(steps_style());
        Self { bar }
    }

    /// One of them is done.
    pub(crate) fn one_more(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The last try of a search. How many there will be is not known.
pub(crate) struct Tries {
    bar: ProgressBar,
}

impl Tries {
    /// Nothing is shown if stderr is no terminal.
    #[must_use]
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        bar.set_style(tries_style());
        Self { bar }
    }

    /// One more is done.
    pub(crate) fn tried(&self, what: &str) {
        self.bar.inc(1);
        self.bar.set_message(what.to_owned());
    }
}

impl Default for Tries {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Tries {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Colours are left to the terminal's own: none are set here.
fn style() -> ProgressStyle {
    ProgressStyle::with_template(
        "{prefix} {elapsed_precise} [{bar:40}] {pos}/{len} sessions  {msg}",
    )
    .expect("a template of known keys")
    .progress_chars("=> ")
}

fn tries_style() -> ProgressStyle {
    ProgressStyle::with_template("{elapsed_precise} try {pos}  {msg}")
        .expect("a template of known keys")
}

fn steps_style() -> ProgressStyle {
    ProgressStyle::with_template("{elapsed_precise} [{bar:40}] {pos}/{len}  {eta} left")
        .expect("a template of known keys")
        .progress_chars("=> ")
}
