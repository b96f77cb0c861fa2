//! How much room there is for Bosk's data, for whoever shows it.

use crate::home::Home;
use crate::keeper::disk;

/// Free and total bytes of the volume that holds Bosk's folder, where that can be told.
#[must_use]
pub fn room(home: &Home) -> Option<(u64, u64)> {
    disk::room(home)
}
