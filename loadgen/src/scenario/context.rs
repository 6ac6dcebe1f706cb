//! The context of Azure PowerShell: the account that is signed in, its subscription, and where that is kept.
//!
//! A session imports what the user's profile holds when it starts, and never looks again. What it does
//! it keeps in its memory and, unless the command says otherwise, merges into the file in the profile under an
//! exclusive lock. So a running session is never changed by another; but a session whose own connect
//! failed continues with the account that the file had at its start. (Read in source; `docs/context.md` says
//! what is read, what is reported and what is inferred.)
//!
//! Here is what is written: in the scenario and in the file. The memory of a process and the operations are
//! in [`crate::session`], the same in virtual and in real time; a driver holds the file and its lock.

pub(crate) mod account;
mod autosave;
mod brought;
mod contexts;
mod generation;
mod measured;
mod settings;

pub(crate) use self::brought::Brought;
pub(crate) use self::contexts::{Contexts, Entry};
pub(crate) use self::generation::{Generation, Naming};
pub(crate) use self::measured::{Lookup, TokenUse};
pub(crate) use self::settings::{AzureContext, Domain, Settings};
