//! Sessions at work in virtual time: when they begin, and when their work is done.

use std::time::Duration;

use super::event::Event;
use super::event_queue::Class;
use super::failure::SimulateError;
use super::session::Session;
use super::simulation::{Simulation, World};
use super::turn::Turn;
use super::workplace::{Job, Workplace};
use crate::record::recorder::Recorder;
use crate::scenario::processor::Work;
use crate::session::question::Suspended;

impl<R: Recorder> World<'_, R> {
    /// A session keeps one core busy for so long, beside all others that do so.
    pub(super) fn begin_work(
        &mut self,
        session: &mut Session<'_>,
        now: Duration,
        (work, length): (Work, Duration),
        script: Option<Suspended<()>>,
    ) {
        session.path += length;
        let job = Job {
            id: session.id,
            work,
            length,
            began: now,
            script,
        };
        self.workplace().processor.begin(now, length, job);
        self.schedule_end();
    }

    /// Each begin and each end changes when the next job ends.
    fn schedule_end(&mut self) {
        let workplace = self.workplace();
        let (before, at) = (workplace.next_end.take(), workplace.processor.next_end());
        if let Some(before) = before {
            self.event_queue.cancel(before);
        }
        let queue = &mut self.event_queue;
        let event = at.map(|at| queue.put_cancellable(at, Class::Arrival, Event::Worked));
        self.workplace().next_end = event;
    }

    fn workplace(&mut self) -> &mut Workplace {
        let workplace = self.workplace.as_mut();
        workplace.expect("steps cost nothing in a scenario without cores")
    }
}

impl<R: Recorder> Simulation<'_, R> {
    /// Resumes the sessions whose work is done.
    pub(super) fn end_work(&mut self, now: Duration) -> Result<(), SimulateError> {
        let ended = self.world.workplace().processor.take_ended(now);
        self.world.schedule_end();
        for job in ended {
            self.world.record.worked(job.id, &job.done(now));
            let resume = |script: Suspended<()>| Turn::asks(script.resume(now, ()));
            let turn = job.script.map_or(Turn::GoesOn, resume);
            self.on(job.id.session, |world, session| {
                world.advance(session, now, turn)
            })?;
        }
        Ok(())
    }
}
