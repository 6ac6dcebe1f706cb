//! Work shared by the machine's cores; the order of results is that of the work.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does `work` for 0, 1, … below `count`, on all cores; `done` is called after each piece. What comes
/// of it is in order, whichever thread did it.
pub(super) fn share<T: Send>(
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
        let workers: Vec<_> = (0..cores().min(count))
            .map(|_| scope.spawn(worker))
            .collect();
        let joined = workers
            .into_iter()
            .map(|worker| worker.join().expect("work does not panic"));
        joined.flatten().collect::<Vec<_>>()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_work_and_each_is_told_of() {
        let render = AtomicUsize::new(0);
        let squares = share(
            100,
            |n| n * n,
            || {
                render.fetch_add(1, Ordering::Relaxed);
            },
        );
        assert_eq!(squares, (0..100).map(|n| n * n).collect::<Vec<_>>());
        assert_eq!(render.into_inner(), 100);
        assert_eq!(share(0, |n| n, || ()), [0; 0]);
    }
}
