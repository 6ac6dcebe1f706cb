//! How far a session has come in its script.

use std::sync::Arc;

use crate::scenario::script::{Retry, Step, Task};

/// A place in a script, within as many repeats as there are around it.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    script: Frame,
    /// The repeats around the place, the innermost last.
    repeats: Vec<Frame>,
}

#[derive(Clone, Debug)]
struct Frame {
    tasks: Arc<[Task]>,
    next: usize,
    /// How often they are still to be done, this time included.
    left: u32,
}

impl Cursor {
    /// At the beginning of a script.
    #[must_use]
    pub(super) fn new(script: Arc<[Task]>) -> Self {
        Self {
            script: Frame {
                tasks: script,
                next: 0,
                left: 1,
            },
            repeats: vec![],
        }
    }

    /// Goes back to the beginning.
    pub(super) fn restart(&mut self) {
        self.script.next = 0;
        self.repeats.clear();
    }

    /// Goes on to the next step; none at the end.
    pub(super) fn advance(&mut self) -> Option<(Step, Retry)> {
        loop {
            let frame = self.repeats.last_mut().unwrap_or(&mut self.script);
            let Some(task) = frame.tasks.get(frame.next).cloned() else {
                self.end_frame()?;
                continue;
            };
            frame.next += 1;
            match task {
                Task::Step(step, retry) => return Some((step, retry)),
                Task::Repeat { times, tasks } => self.repeats.push(Frame {
                    tasks,
                    next: 0,
                    left: times,
                }),
            }
        }
    }

    /// Begins the innermost repeat again, or leaves it; none at the end of the script.
    fn end_frame(&mut self) -> Option<()> {
        let repeat = self.repeats.last_mut()?;
        repeat.left -= 1;
        repeat.next = 0;
        if repeat.left == 0 {
            self.repeats.pop();
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::scenario::script::Pause;

    fn think(seconds: u64) -> Task {
        let pause = Duration::from_secs(seconds);
        let (min, max) = (pause, pause);
        Task::Step(Step::Think(Pause { min, max }), Retry::NONE)
    }

    fn repeat(times: u32, tasks: &[Task]) -> Task {
        let tasks = tasks.into();
        Task::Repeat { times, tasks }
    }

    fn seconds(mut cursor: Cursor) -> Vec<u64> {
        let steps = std::iter::from_fn(|| cursor.advance());
        let seconds = steps.map(|(step, _)| match step {
            Step::Think(pause) => pause.min.as_secs(),
            other => panic!("{other:?}"),
        });
        seconds.collect()
    }

    #[test]
    fn repeats_lie_within_each_other() {
        let inner = repeat(2, &[think(2)]);
        let script = [think(1), repeat(2, &[inner, think(3)]), think(4)];
        let cursor = Cursor::new(script.into());
        assert_eq!(seconds(cursor), [1, 2, 2, 3, 2, 2, 3, 4]);
    }

    #[test]
    fn a_script_can_begin_again() {
        let mut cursor = Cursor::new([think(1), think(2)].into());
        cursor.advance();
        cursor.restart();
        assert_eq!(seconds(cursor), [1, 2]);
    }
}
