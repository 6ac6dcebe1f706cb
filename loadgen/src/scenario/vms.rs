//! The kinds of VMs of a fleet, and the places of VMs among them.

use imds_emulator::config::VmSettings;

/// The most VMs that a scenario may have.
pub(crate) const MOST_VMS: u32 = 10_000;

/// VMs that are alike.
#[derive(Clone, Debug)]
pub(crate) struct VmKind {
    /// The name of the kind; VMs of it are called so, with their number behind it if they are several.
    pub name: String,
    /// How many there are, 1 to [`MOST_VMS`].
    pub count: u32,
    /// What these VMs have in the place of `[imds]`; none: they are as it says.
    pub settings: Option<VmSettings>,
}

/// One VM of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The index of its kind.
    pub kind: usize,
    /// Its number among those of its kind, from 1.
    pub number: u32,
    /// The number of its first session, counted through all VMs.
    pub first: u32,
}

impl VmKind {
    /// The name of its VM of this number.
    #[must_use]
    pub(crate) fn vm(&self, number: u32) -> String {
        match self.count {
            1 => self.name.clone(),
            _ => format!("{}-{number}", self.name),
        }
    }
}
