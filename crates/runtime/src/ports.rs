//! Ports that a session's servers can listen on: some in a row, which no other session that lives has. Each row is a
//! file whose lock the session's keeper holds for its life, so the system tells who is alive. Not here: when the
//! session is told.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use bosk_core::SessionId;
use bosk_core::session::PORTS;

use crate::files;
use crate::home::Home;

/// Where rows begin and end: above what programs use by custom, below what systems hand out by themselves (Linux from
/// 32768, the others from 49152).
const FIRST: u16 = 20_000;
const END: u16 = 32_000;

/// A row of ports, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    first: u16,
    _lock: File,
}

impl Held {
    /// The first of them.
    pub(crate) const fn first(&self) -> u16 {
        self.first
    }
}

/// How a row is told to what runs in a session, by its first port.
pub(crate) fn variables(first: Option<u16>) -> Vec<(OsString, OsString)> {
    let Some(first) = first else { return Vec::new() };
    let variable = |name: &str, value: u16| (name.into(), value.to_string().into());
    vec![variable("BOSK_PORT", first), variable("BOSK_PORTS", PORTS)]
}

/// Holds the row that the session had before, or else one that nobody has and on which nothing listens. None where
/// there is none. It blocks for some milliseconds.
pub(crate) fn hold(home: &Home, id: &SessionId, before: Option<u16>) -> Option<Held> {
    let folder = home.ports();
    if let Err(error) = files::create_private_folder(&folder) {
        tracing::warn!(%error, "no ports");
        return None;
    }
    let rows = usize::from((END - FIRST) / PORTS);
    // Where a session begins to look is its own, so that few meet.
    let begin = id
        .as_str()
        .bytes()
        .fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
    let all = (0..rows).filter_map(|step| {
        let row = u16::try_from((begin.wrapping_add(step)) % rows).ok()?;
        Some(FIRST + row * PORTS)
    });
    let known = |first: &u16| (FIRST..END).contains(first) && (first - FIRST).is_multiple_of(PORTS);
    let before = before.filter(known);
    // A session that does not run keeps its row while there are others.
    let take = |first: u16, all: bool| take(home, &folder, id, first, all).ok().flatten();
    before
        .and_then(|first| take(first, false))
        .or_else(|| all.clone().find_map(|first| take(first, false)))
        .or_else(|| all.clone().find_map(|first| take(first, true)))
}

fn take(
    home: &Home,
    folder: &Path,
    id: &SessionId,
    first: u16,
    also_resting: bool,
) -> io::Result<Option<Held>> {
    let path = folder.join(first.to_string());
    let mut file =
        File::options().create(true).truncate(false).read(true).write(true).open(path)?;
    if file.try_lock().is_err() {
        return Ok(None);
    }
    let mut owner = String::new();
    file.read_to_string(&mut owner)?;
    let rests =
        SessionId::parse(&owner).is_ok_and(|owner| owner != *id && home.session(&owner).exists());
    if (rests && !also_resting) || !(first..first + PORTS).all(is_free) {
        return Ok(None);
    }
    if owner != id.as_str() {
        file.rewind()?;
        file.set_len(0)?;
        file.write_all(id.as_str().as_bytes())?;
    }
    Ok(Some(Held { first, _lock: file }))
}

/// Nothing listens there, on this machine alone or for all others.
fn is_free(port: u16) -> bool {
    let bind = |address: Ipv4Addr| TcpListener::bind((address, port)).is_ok();
    // On Windows the second would have the firewall ask the person.
    bind(Ipv4Addr::LOCALHOST) && (cfg!(windows) || bind(Ipv4Addr::UNSPECIFIED))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn session(number: u32) -> SessionId {
        SessionId::parse(&format!("00000000-0000-4000-8000-{number:012x}")).unwrap()
    }

    #[test]
    fn no_two_that_live_have_a_row_in_common_and_each_gets_its_own_again() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        let held: Vec<Held> = (1..=40).map(|n| hold(&home, &session(n), None).unwrap()).collect();
        let rows: BTreeSet<u16> = held.iter().map(Held::first).collect();
        assert_eq!(rows.len(), held.len());
        let firsts: Vec<u16> = rows.iter().copied().collect();
        assert!(firsts.windows(2).all(|two| two[1] - two[0] >= PORTS), "{firsts:?}");
        // One that rests, and still is there, keeps its own.
        let resting = held[0].first();
        std::fs::create_dir(home.session(&session(1))).unwrap();
        drop(held);
        for number in 2..=60 {
            let other = hold(&home, &session(number), Some(resting)).unwrap();
            assert_ne!(other.first(), resting);
        }
        assert_eq!(hold(&home, &session(1), Some(resting)).unwrap().first(), resting);
        // One that was removed does not.
        std::fs::remove_dir(home.session(&session(1))).unwrap();
        assert_eq!(hold(&home, &session(2), Some(resting)).unwrap().first(), resting);
    }

    #[test]
    fn where_something_listens_nothing_is_given() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        let first = hold(&home, &session(1), None).unwrap().first();
        let _server = TcpListener::bind((Ipv4Addr::UNSPECIFIED, first + 4)).unwrap();
        assert_ne!(hold(&home, &session(1), Some(first)).unwrap().first(), first);
        for strange in [0, 80, first + 1, 65_535] {
            let held = hold(&home, &session(2), Some(strange)).unwrap();
            assert_ne!(held.first(), strange);
        }
    }
}
