//! Tokens shared by the processes of one user, through files.
//!
//! A hundred processes that start at once need one token. With a [`SharedCache`] one of them asks IMDS,
//! and the others read what it writes: [`SharingClient`] is a [`TokenSource`](crate::TokenSource) above
//! another. The identities of a VM are available to all of its processes, so a process gets no token
//! that IMDS would not give it.
//!
//! **Tokens on disk are secrets.** A reader of the files has the VM's identity until the tokens expire:
//! the user, an administrator, a backup of the folder. The folder is for its owner alone (mode 0700,
//! files 0600); symbolic links, and files that others own or can read, are refused. On Windows the
//! folder has the permissions of the user's profile, which are not checked. The folders above it are
//! trusted.
//!
//! How the processes coordinate:
//! - A token is written to a temporary file, which is then renamed, so that a reader sees all of it or
//!   nothing. Reading takes no lock.
//! - The process that asks holds a *lease*: a record with its end, renewed while it asks. It ends
//!   [`LEASE`] after its holder was killed or stopped. The operating system's lock on the file beside
//!   it is held only while files are read and written, never across an await.
//! - A process that finds that lock taken for too long (its holder was stopped) asks IMDS by itself.
//! - A process that was refused (429) writes until when, and no process asks before.
//! - A process that was refused for good (400 and the like) writes the failure. For a second, or for
//!   the answer's Retry-After, it is the result of every process that wants the same token by the same
//!   policy.
//!
//! What a process does is decided by values that are given the time ([`Snapshot`], [`Hold`], [`ReadPauses`]
//! and others), so that a simulator can drive them, too.
//!
//! The wall clock is the only one that processes share. A token is not used once it has expired, nor if
//! it was obtained in the future; leases and refusals that lie too far ahead are void. So a clock that
//! is set back by some time lengthens a token's life by at most that time, and never beyond twice its
//! life.

mod client;
mod decision;
mod failure;
mod failure_life;
mod folder;
mod gate;
mod hold;
mod leading;
mod lease;
mod lock;
mod machine;
mod milliseconds;
mod owner;
mod paced;
mod queue;
mod record;
mod shared_cache;
mod token_files;
mod token_life;
mod waiting;

pub use client::SharingClient;
pub use decision::{Decision, Snapshot};
pub use failure_life::FailureLife;
pub use folder::SharedCacheError;
pub use hold::Hold;
pub use lease::{LEASE, Lease};
pub use queue::{CommandPermit, CommandQueue, Position};
pub use shared_cache::SharedCache;
pub use token_life::TokenLife;
pub use waiting::{REFRESH_WAIT, ReadPauses, longest_wait};

#[cfg(test)]
mod tests;
