//! The configuration that holds for a running VM, and reading it again.

use std::sync::PoisonError;

use super::Fleet;
use crate::config::reload::{Reload, ReloadFailure};
use crate::config::{Config, FIRST, VmSettings};
use crate::serve::service::Service;

impl Fleet {
    /// What holds now for a VM: its own settings and address, and what it shares with the others.
    pub(crate) fn config_of(&self, vm: &Service) -> Config {
        let addresses = vm.addresses();
        Config {
            vm: VmSettings::clone(&vm.config()),
            listen: addresses.imds,
            admin_listen: addresses.admin,
            admin_hosts: self.admin_hosts(),
            resource_manager: self.resource_manager.effective(),
            fleet: self.settings.clone(),
            vms: Vec::new(),
        }
    }

    /// The names of the administration port, beside `localhost` and addresses, as they are set now.
    pub(crate) fn admin_hosts(&self) -> Vec<String> {
        let hosts = self.admin_hosts.read();
        hosts.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the configuration again and makes it hold for that VM from now on; with the first VM also what
    /// all share. It may block.
    ///
    /// # Errors
    /// When it cannot be read, is wrong, or differs in what only a new start can change; nothing has
    /// changed then.
    pub(crate) fn reload(&self, vm: &Service) -> Result<Config, ReloadFailure> {
        let reload = self.reload_of(vm).ok_or(ReloadFailure::NoSource)?;
        let read = reload.read()?;
        if vm.name() == FIRST {
            self.take_over(read)?;
        } else {
            let (wanted, read) = read.vm_called(vm.name())?;
            let checked = vm.config().check_reload(vm.addresses(), &read, wanted);
            checked.map_err(ReloadFailure::NeedsStart)?;
            vm.reconfigure(read);
        }
        Ok(self.config_of(vm))
    }

    fn take_over(&self, read: Config) -> Result<(), ReloadFailure> {
        let checked = self.config_of(&self.first).check_reload(&read);
        checked.map_err(ReloadFailure::NeedsStart)?;
        let hosts = self.admin_hosts.write();
        *hosts.unwrap_or_else(PoisonError::into_inner) = read.admin_hosts;
        let entries = read.vm.journal.entries;
        self.first.reconfigure(read.vm);
        drop(self.resource_manager.observer().resize(entries));
        self.resource_manager
            .replace_answers(read.resource_manager.answers);
        Ok(())
    }

    /// What reads a VM's settings again: nothing for one that is not of the file.
    fn reload_of(&self, vm: &Service) -> Option<&Reload> {
        let members = self.members();
        let member = members.by_name.get(vm.name())?;
        member.is_of_file(vm).then_some(self.reload.as_ref()?)
    }
}
