//! The remedies for one scenario, each played in virtual time: what it takes, what it does, and on what that depends.
//!
//! Each remedy has a [`ladder`] of settings, the one that delays least first. The first with which all sessions succeed in
//! as many runs as are wanted is told, or else the best one. Then the same is played with each other value of each
//! undocumented setting of the VM, as plans do.

pub(crate) mod arguments;
mod ladder;
mod played;
mod setting;

pub(super) use self::played::Wanted;
use crate::result::remedies::Kind;
use crate::scenario::definition::Group;

/// Why a remedy cannot be applied to a group, if it cannot.
pub(super) fn left_out(remedy: Kind, group: &Group) -> Option<String> {
    ladder::ladder(remedy, None)[0].problem(group)
}
