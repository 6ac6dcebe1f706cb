//! The context file in virtual time: the processes that have it open, and those that queue for it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::scenario::context::{Contexts, Domain};

/// How a process opens the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// To read it once; others may read it too.
    Shared,
    /// To read it and write it; no other process may have it open.
    Exclusive,
}

/// The file and its locks in virtual time. A process that opens the file is known by its session's number;
/// a waiter in the queue of a mutex is a `W`.
#[derive(Debug)]
pub(crate) struct Store<W> {
    text: String,
    readers: BTreeSet<u32>,
    writer: Option<u32>,
    /// The process that has the file of the module's settings open.
    settings: Option<u32>,
    /// Those mutexes that are held, with the queue for each.
    queues: BTreeMap<Domain, VecDeque<W>>,
    /// The most processes that ever waited for one mutex.
    longest_queue: usize,
}

impl<W> Store<W> {
    /// A file of this text; an empty one stands for none.
    #[must_use]
    pub(crate) fn new(text: String) -> Self {
        Self {
            text,
            readers: BTreeSet::new(),
            writer: None,
            settings: None,
            queues: BTreeMap::new(),
            longest_queue: 0,
        }
    }

    /// Takes the mutex and gives the waiter back, or queues it until the mutex is free.
    pub(crate) fn enter(&mut self, domain: Domain, waiter: W) -> Option<W> {
        let Some(queue) = self.queues.get_mut(&domain) else {
            self.queues.insert(domain, VecDeque::new());
            return Some(waiter);
        };
        queue.push_back(waiter);
        self.longest_queue = self.longest_queue.max(queue.len());
        None
    }

    /// Gives the mutex back; the waiter that holds it now.
    pub(crate) fn leave(&mut self, domain: Domain) -> Option<W> {
        let next = self.queues.get_mut(&domain)?.pop_front();
        if next.is_none() {
            self.queues.remove(&domain);
        }
        next
    }

    /// Opens the file, if its lock is free; its text.
    pub(crate) fn open(&mut self, process: u32, access: Access) -> Option<&str> {
        if self.writer.is_some() {
            return None;
        }
        match access {
            Access::Shared => drop(self.readers.insert(process)),
            Access::Exclusive if self.readers.is_empty() => self.writer = Some(process),
            Access::Exclusive => return None,
        }
        Some(&self.text)
    }

    /// Closes it, with what is to be written if anything is.
    pub(crate) fn close(&mut self, process: u32, write: Option<&Contexts>) {
        if self.writer == Some(process) {
            self.writer = None;
            if let Some(contexts) = write {
                self.text = contexts.to_json();
            }
        }
        self.readers.remove(&process);
    }

    /// Opens the file of the module's settings for this process alone; whether no other has it open.
    pub(crate) fn open_settings(&mut self, process: u32) -> bool {
        let free = self.settings.is_none();
        if free {
            self.settings = Some(process);
        }
        free
    }

    /// Closes it.
    pub(crate) fn close_settings(&mut self, process: u32) {
        self.settings = self.settings.filter(|holder| *holder != process);
    }

    /// The most processes that ever waited for one mutex.
    #[must_use]
    pub(crate) fn longest_queue(&self) -> usize {
        self.longest_queue
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_writer_is_alone_and_readers_are_not() {
        let mut store = Store::<u32>::new(String::new());
        assert!(store.open(1, Access::Shared).is_some());
        assert!(store.open(2, Access::Shared).is_some());
        assert!(store.open(3, Access::Exclusive).is_none());
        store.close(1, None);
        store.close(2, None);
        assert!(store.open(3, Access::Exclusive).is_some());
        assert!(store.open(1, Access::Shared).is_none());
    }

    #[test]
    fn a_mutex_is_handed_on_in_order_and_domains_do_not_know_each_other() {
        let mut store = Store::new(String::new());
        assert_eq!(store.enter(0, 1), Some(1));
        assert_eq!((store.enter(0, 2), store.enter(0, 3)), (None, None));
        assert_eq!(store.enter(7, 4), Some(4));
        assert_eq!(
            (store.leave(0), store.leave(0), store.leave(0)),
            (Some(2), Some(3), None)
        );
        assert_eq!(store.enter(0, 5), Some(5));
        assert_eq!(store.longest_queue(), 2);
    }

    #[test]
    fn the_settings_are_one_process_s_and_in_no_way_of_the_contexts() {
        let mut store = Store::<u32>::new(String::new());
        assert!(store.open(1, Access::Exclusive).is_some());
        assert!(store.open_settings(2));
        assert!(!store.open_settings(3));
        store.close_settings(3);
        assert!(!store.open_settings(3), "another's close");
        store.close_settings(2);
        assert!(store.open_settings(3));
    }

    proptest! {
        #[test]
        fn never_are_a_writer_and_another_inside(steps in prop::collection::vec((0_u32..5, 0_u8..3), 0..200)) {
            let mut store = Store::<u32>::new(String::new());
            let (mut readers, mut writer) = (BTreeSet::new(), None);
            for (process, step) in steps {
                let inside = readers.contains(&process) || writer == Some(process);
                match step {
                    0 if inside => {
                        store.close(process, None);
                        readers.remove(&process);
                        writer = writer.filter(|writer| *writer != process);
                    }
                    1 if !inside && store.open(process, Access::Shared).is_some() => {
                        prop_assert_eq!(writer, None);
                        readers.insert(process);
                    }
                    2 if !inside && store.open(process, Access::Exclusive).is_some() => {
                        prop_assert!(writer.is_none() && readers.is_empty());
                        writer = Some(process);
                    }
                    _ => {}
                }
            }
        }
    }
}
