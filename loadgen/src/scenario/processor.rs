//! What the steps of sessions cost the processor that they share.

mod cores;
mod costs;

pub(crate) use self::cores::Cores;
pub(crate) use self::costs::{Cost, Costs, PowerShell, Source, Work};
