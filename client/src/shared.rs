//! Tokens shared by the processes of one user, through files.
//!
//! A hundred processes that start at once need one token. With a [`SharedCache`] one of them asks, and
//! the others take what it writes down: [`SharingClient`] is a [`TokenSource`](crate::TokenSource)
//! above another. A VM's identity is the same for all of its processes, so nobody gets a token that it
//! could not have had by asking.
//!
//! **Tokens on disk are secrets.** Whoever can read the files is the VM's identity until the tokens
//! expire: the user himself, an administrator, a backup of the folder. The folder is for its owner
//! alone (mode 0700, files 0600); symbolic links, and what others own or can read, are refused. On
//! Windows the folder has the permissions of the user's profile, which are not checked. The folders
//! above it are trusted.
//!
//! How processes keep out of each other's way:
//! - A token is written to a file of its own and then renamed, so that it is there wholly or not at
//!   all. It is read without a lock.
//! - Who asks holds a *lease*: a line in a file that says until when, renewed while it asks. It is over
//!   [`LEASE`] after its holder was killed or stopped. The operating system's lock on the file beside
//!   it is held only while the lease is read and written, never while anything is awaited.
//! - Whoever finds that lock taken for longer than it can be (its holder was stopped) asks by itself.
//! - Who was refused (429) writes down until when, and nobody asks before.
//! - Who was refused for good (400 and the like) writes that down, and who wants the same token by the
//!   same policy within a second takes it for an answer.
//!
//! Processes share no clock but that of the wall. A token is no longer taken from the cache when it
//! has expired, nor when it seems to be from the future; leases and refusals that lie further ahead
//! than they can are void. So a clock that is set back can at most lengthen a token's life by the time
//! by which it was set back, and never beyond twice its life.

mod client;
mod decision;
mod failure;
mod folder;
mod gate;
mod hold;
mod leading;
mod lease;
mod lock;
mod machine;
mod paced;
mod place;
mod queue;
mod record;
mod shared_cache;

pub use client::SharingClient;
pub use folder::SharedCacheError;
pub use lease::LEASE;
pub use queue::{Admission, CommandQueue};
pub use shared_cache::SharedCache;

#[cfg(test)]
mod tests;
