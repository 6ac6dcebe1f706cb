//! Work shared by the machine's cores; the order of results is that of the work.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Builder};

/// The cores that share work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cores {
    /// All that the machine has.
    All,
    /// The one of the caller: larger pieces of work are shared already.
    One,
}

impl Cores {
    /// Does `work` for 0, 1, … below `count`; `done` is called after each piece. The results are in order, whichever
    /// thread made them.
    pub(crate) fn share<T: Send>(
        self,
        count: usize,
        work: impl Fn(usize) -> T + Sync,
        done: impl Fn() + Sync,
    ) -> Vec<T> {
        match self {
            Self::All => on_all(count, work, done),
            Self::One => (0..count).map(work).inspect(|_| done()).collect(),
        }
    }
}

fn on_all<T: Send>(
    count: usize,
    work: impl Fn(usize) -> T + Sync,
    done: impl Fn() + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return results;
            }
            results.push((index, work(index)));
            done();
        }
    };
    let mut results = thread::scope(|scope| {
        // Without a thread to be had, those that there are do the work, and be it the caller's alone.
        let start = |_| Builder::new().spawn_scoped(scope, worker).ok();
        let others: Vec<_> = (1..cores().min(count)).map_while(start).collect();
        let own = worker();
        let joined = others
            .into_iter()
            .map(|worker| worker.join().expect("work does not panic"));
        own.into_iter().chain(joined.flatten()).collect::<Vec<_>>()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// How many there are.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_work_and_each_is_told_of() {
        for cores in [Cores::All, Cores::One] {
            let told = AtomicUsize::new(0);
            let done = || _ = told.fetch_add(1, Ordering::Relaxed);
            let squares = cores.share(100, |n| n * n, done);
            assert_eq!(squares, (0..100).map(|n| n * n).collect::<Vec<_>>());
            assert_eq!(told.into_inner(), 100);
            assert_eq!(cores.share(0, |n| n, || ()), [0; 0]);
        }
    }
}
