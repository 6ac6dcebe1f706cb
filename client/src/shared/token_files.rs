//! The files of one token.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::decision::Snapshot;
use super::failure::Failure;
use super::folder::{Folder, SharedCacheError};
use super::hold::Hold;
use super::lease::Lease;
use super::lock::Lock;
use super::record::{self, TokenRecord, file_name};
use super::shared_cache::SharedCache;
use crate::wire::TokenQuery;

/// What the files of one token contain.
pub(super) type Contents = Snapshot<TokenRecord, Failure>;

/// The files in which processes share the state of one token, and of its endpoint.
#[derive(Debug)]
pub(super) struct TokenFiles<'a> {
    folder: &'a Folder,
    key: String,
    name: String,
    common_key: String,
    common_name: String,
    failure_key: String,
    failure_name: String,
}

impl<'a> TokenFiles<'a> {
    /// Failures are for the policy of this name only: another policy might have retried.
    pub(super) fn of(cache: &'a SharedCache, request: &impl TokenQuery, policy: &str) -> Self {
        let (key, common_key) = (cache.key(request), cache.common_key());
        let failure_key = format!("{key} {policy:?}");
        Self {
            folder: &cache.folder,
            failure_name: file_name(&failure_key),
            failure_key,
            name: file_name(&key),
            common_name: file_name(&common_key),
            key,
            common_key,
        }
    }

    /// Takes the lock for writing a lease, unless another process holds it.
    pub(super) fn lock(&self) -> Result<Option<Lock>, SharedCacheError> {
        Lock::take(self.folder, &self.lock_name())
    }

    /// The error if another process has held the lock for too long.
    pub(super) fn locked(&self) -> SharedCacheError {
        let path = self.folder.path(&self.lock_name());
        SharedCacheError::Locked { path }
    }

    pub(super) fn snapshot(&self) -> Result<Contents, SharedCacheError> {
        let token = self.token()?;
        let failure: Option<Failure> = self.read(&self.failure_key, &self.failure_file())?;
        Ok(Contents {
            token: token.map(|token| (token.life, token)),
            lease: self.lease()?,
            hold: self.hold()?,
            failure: failure.map(|failure| (failure.life, failure)),
        })
    }

    fn token(&self) -> Result<Option<TokenRecord>, SharedCacheError> {
        let token: Option<TokenRecord> = self.read(&self.key, &self.token_file())?;
        Ok(token.filter(TokenRecord::has_secret))
    }

    pub(super) fn hold(&self) -> Result<Option<Hold>, SharedCacheError> {
        self.read(&self.common_key, &format!("{}.hold", self.common_name))
    }

    pub(super) fn lease(&self) -> Result<Option<Lease>, SharedCacheError> {
        self.read(&self.key, &self.lease_name())
    }

    pub(super) fn write_lease(&self, lease: Option<&Lease>) -> Result<(), SharedCacheError> {
        self.write(&self.key, &self.lease_name(), &lease)
    }

    /// Writes a token, unless there is one that lives longer: this process may have been stopped for a
    /// while, or the service may have answered with the token that is there, whose expiry in whole seconds
    /// can seem a little earlier. If it was time for that one's refresh, the next is when the other's is. Other
    /// processes do not write meanwhile, unless the lock stays taken.
    pub(super) fn write_token(
        &self,
        token: &TokenRecord,
        now: Duration,
    ) -> Result<(), SharedCacheError> {
        let _lock = Lock::take_soon(self.folder, &self.lock_name())?;
        let name = self.token_file();
        let known = self.token()?;
        let kept = known.and_then(|known| Some((known.life.kept_beside(&token.life, now)?, known)));
        match kept {
            None => self.write(&self.key, &name, token),
            Some((life, known)) if life == known.life => Ok(()),
            Some((life, known)) => self.write(&self.key, &name, &known.with_life(life)),
        }
    }

    pub(super) fn write_hold(&self, hold: &Hold) -> Result<(), SharedCacheError> {
        let name = format!("{}.hold", self.common_name);
        self.write(&self.common_key, &name, hold)
    }

    pub(super) fn write_failure(&self, failure: &Failure) -> Result<(), SharedCacheError> {
        self.write(&self.failure_key, &self.failure_file(), failure)
    }

    fn token_file(&self) -> String {
        format!("{}.token", self.name)
    }

    fn failure_file(&self) -> String {
        format!("{}.failure", self.failure_name)
    }

    fn lock_name(&self) -> String {
        format!("{}.lock", self.name)
    }

    fn lease_name(&self) -> String {
        format!("{}.lease", self.name)
    }

    fn read<R: DeserializeOwned>(
        &self,
        key: &str,
        name: &str,
    ) -> Result<Option<R>, SharedCacheError> {
        let content = self.folder.read(name)?;
        Ok(content.and_then(|content| record::read(key, &content)))
    }

    fn write<R: Serialize>(
        &self,
        key: &str,
        name: &str,
        record: &R,
    ) -> Result<(), SharedCacheError> {
        self.folder.write(name, &record::written(key, record))
    }
}
