//! Herds in real time. They run apart from the other tests, which would slow them.

use std::sync::RwLock;

mod parity;
mod stories;

/// Small herds are played side by side, under a shared lock. A great herd is played alone: it takes all the cores at
/// its start, which would make the others late.
static CORES: RwLock<()> = RwLock::new(());
