//! The files of one token.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::decision::Seen;
use super::folder::{Folder, SharedCacheError};
use super::hold::Hold;
use super::lease::Lease;
use super::lock::Lock;
use super::record::{self, TokenRecord};
use super::{SharedCache, file_name};
use crate::wire::TokenRequest;

/// Where processes put down what they know of one token, and of its endpoint.
#[derive(Debug)]
pub(super) struct Place<'a> {
    folder: &'a Folder,
    key: String,
    name: String,
    common_key: String,
    common_name: String,
}

impl<'a> Place<'a> {
    pub(super) fn of(cache: &'a SharedCache, request: &TokenRequest) -> Self {
        let (key, common_key) = (cache.key(request), cache.common_key());
        Self {
            folder: &cache.folder,
            name: file_name(&key),
            common_name: file_name(&common_key),
            key,
            common_key,
        }
    }

    /// Takes the lock that a lease is written under, unless another process holds it.
    pub(super) fn lock(&self) -> Result<Option<Lock>, SharedCacheError> {
        Lock::take(self.folder, &self.lock_name())
    }

    /// The lock has been held by another for longer than it can be.
    pub(super) fn locked(&self) -> SharedCacheError {
        let path = self.folder.path(&self.lock_name());
        SharedCacheError::Locked { path }
    }

    pub(super) fn seen(&self) -> Result<Seen, SharedCacheError> {
        Ok(Seen {
            token: self.read(&self.key, &format!("{}.token", self.name))?,
            lease: self.lease()?,
            hold: self.read(&self.common_key, &format!("{}.hold", self.common_name))?,
        })
    }

    pub(super) fn lease(&self) -> Result<Option<Lease>, SharedCacheError> {
        self.read(&self.key, &self.lease_name())
    }

    pub(super) fn write_lease(&self, lease: Option<&Lease>) -> Result<(), SharedCacheError> {
        self.write(&self.key, &self.lease_name(), &lease)
    }

    pub(super) fn write_token(&self, token: &TokenRecord) -> Result<(), SharedCacheError> {
        self.write(&self.key, &format!("{}.token", self.name), token)
    }

    pub(super) fn write_hold(&self, hold: &Hold) -> Result<(), SharedCacheError> {
        let name = format!("{}.hold", self.common_name);
        self.write(&self.common_key, &name, hold)
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
