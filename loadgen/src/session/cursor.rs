//! How far a session has come in its script.

use crate::scenario::script::{Retry, Step, Task};

/// A place in a script, within as many repeats as there are around it.
#[derive(Clone, Debug, Default)]
pub(super) struct Cursor {
    /// Which task of the script is next.
    next: usize,
    /// The repeats around the place, the innermost last.
    repeats: Vec<Frame>,
}

#[derive(Clone, Debug)]
struct Frame {
    /// Which task of the repeat is next.
    next: usize,
    /// How often they are still to be done, this time included.
    left: u32,
}

impl Cursor {
    /// Goes back to the beginning.
    pub(super) fn restart(&mut self) {
        self.next = 0;
        self.repeats.clear();
    }

    /// Goes on to the next step of the script, which is always the same; none at its end.
    pub(super) fn advance<'s>(&mut self, script: &'s [Task]) -> Option<(&'s Step, &'s Retry)> {
        loop {
            let tasks = self.innermost(script);
            let repeat = self.repeats.last_mut();
            let next = repeat.map_or(&mut self.next, |repeat| &mut repeat.next);
            let Some(task) = tasks.get(*next) else {
                self.end_frame()?;
                continue;
            };
            *next += 1;
            match task {
                Task::Step(step, retry) => return Some((step, retry)),
                Task::Repeat { times, .. } => self.repeats.push(Frame {
                    next: 0,
                    left: *times,
                }),
            }
        }
    }

    /// The tasks of the innermost repeat. The task before the next one is the repeat inside.
    fn innermost<'s>(&self, script: &'s [Task]) -> &'s [Task] {
        let (mut tasks, mut next) = (script, self.next);
        for repeat in &self.repeats {
            if let Some(Task::Repeat { tasks: inside, .. }) = tasks.get(next - 1) {
                tasks = inside;
            }
            next = repeat.next;
        }
        tasks
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

    fn seconds(mut cursor: Cursor, script: &[Task]) -> Vec<u64> {
        let steps = std::iter::from_fn(|| cursor.advance(script));
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
        assert_eq!(
            seconds(Cursor::default(), &script),
            [1, 2, 2, 3, 2, 2, 3, 4]
        );
    }

    #[test]
    fn a_script_can_begin_again() {
        let script = [think(1), think(2)];
        let mut cursor = Cursor::default();
        cursor.advance(&script);
        cursor.restart();
        assert_eq!(seconds(cursor, &script), [1, 2]);
    }
}
