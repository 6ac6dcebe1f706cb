//! The files that sessions share in virtual time: the context file, and that of the settings.

use std::time::Duration;

use super::simulation::World;
use super::turn::Turn;
use crate::record::SessionId;
use crate::record::recorder::Recorder;
use crate::scenario::context::Contexts;
use crate::session::lock::Access;
use crate::session::question::Suspended;

impl<R: Recorder> World<'_, R> {
    /// Opens the context file, unless another has it open; what the session does next.
    pub(super) fn open(
        &mut self,
        id: SessionId,
        now: Duration,
        access: Access,
        script: Suspended<Option<String>>,
    ) -> Turn {
        let text = self.store.open(id.session, access).map(str::to_owned);
        Turn::asks(script.resume(now, text))
    }

    /// Closes it, with what is written if anything is.
    pub(super) fn close(
        &mut self,
        id: SessionId,
        now: Duration,
        write: Option<&Contexts>,
        script: Suspended<()>,
    ) -> Turn {
        self.store.close(id.session, write);
        Turn::asks(script.resume(now, ()))
    }

    /// Opens the file of the settings, unless another has it open.
    pub(super) fn open_settings(
        &mut self,
        id: SessionId,
        now: Duration,
        script: Suspended<bool>,
    ) -> Turn {
        let opened = self.store.open_settings(id.session);
        Turn::asks(script.resume(now, opened))
    }

    /// Closes it.
    pub(super) fn close_settings(
        &mut self,
        id: SessionId,
        now: Duration,
        script: Suspended<()>,
    ) -> Turn {
        self.store.close_settings(id.session);
        Turn::asks(script.resume(now, ()))
    }
}
