//! What the program was built for.

use std::env::consts::{ARCH, OS};

/// The processor, the system and the C library, such as `x86_64-linux-gnu`.
pub(super) fn platform() -> String {
    let libraries = [
        ("gnu", cfg!(target_env = "gnu")),
        ("musl", cfg!(target_env = "musl")),
        ("msvc", cfg!(target_env = "msvc")),
    ];
    let libraries = libraries.iter().filter(|(_, is_it)| *is_it);
    let parts = [ARCH, OS].into_iter();
    let parts = parts.chain(libraries.map(|(name, _)| *name));
    parts.collect::<Vec<_>>().join("-")
}
