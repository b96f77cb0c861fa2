//! How long what was put away is kept, and which snapshots may go: never one that a session, a worktree or something in
//! the trash still needs. Not here: deleting.

use std::collections::BTreeSet;

use crate::SessionId;

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// How long things are kept: days, and for ever where there is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Folders in the trash.
    pub archives_days: Option<u32>,
    /// Snapshots that nothing needs.
    pub snapshots_days: Option<u32>,
}

impl Keep {
    /// When the folder of what was put away at that time goes from the trash.
    #[must_use]
    pub fn folder_goes_at(&self, at: i64) -> Option<i64> {
        self.archives_days.map(|days| after(at, days))
    }

    /// When it goes altogether, and cannot be restored any more.
    #[must_use]
    pub fn archive_goes_at(&self, at: i64) -> Option<i64> {
        Some(after(at, self.archives_days?.max(self.snapshots_days?)))
    }

    fn snapshot_goes_at(&self, since: i64) -> Option<i64> {
        self.snapshots_days.map(|days| after(since, days))
    }
}

fn after(at: i64, days: u32) -> i64 {
    at.saturating_add(i64::from(days).saturating_mul(DAY))
}

/// A snapshot that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The reference: `refs/bosk/<session>/…`.
    pub reference: String,
    /// The commit.
    pub commit: String,
    /// Since when at least: milliseconds since 1970.
    pub since: i64,
}

impl Kept {
    /// The session whose it is.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        SessionId::parse(self.reference.strip_prefix("refs/bosk/")?.split('/').next()?).ok()
    }
}

/// What may not go, whatever its age, and what is not ours to judge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needed {
    /// The sessions that this Bosk has, or had: another one may keep its snapshots in the same repository.
    pub ours: BTreeSet<SessionId>,
    /// All snapshots of these: they live, have a worktree, or lie in the trash with it.
    pub sessions: BTreeSet<SessionId>,
    /// These commits.
    pub commits: BTreeSet<String>,
}

impl Needed {
    /// Whether the session is this Bosk's, or was: only then it is known whether its snapshots are needed.
    #[must_use]
    pub fn knows(&self, session: &SessionId) -> bool {
        self.sessions.contains(session) || self.ours.contains(session)
    }
}

/// Those that may go. A name that Bosk did not make is left alone.
#[must_use]
pub fn expired<'a>(kept: &'a [Kept], needed: &Needed, keep: Keep, now: i64) -> Vec<&'a Kept> {
    let may_go = |one: &&Kept| {
        let is_old = keep.snapshot_goes_at(one.since).is_some_and(|at| at <= now);
        let is_needed = one.session().is_none_or(|session| {
            needed.sessions.contains(&session) || !needed.ours.contains(&session)
        }) || needed.commits.contains(&one.commit);
        is_old && !is_needed
    };
    kept.iter().filter(may_go).collect()
}

/// What went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expired {
    /// Where the worktrees had been whose folders went from the trash.
    pub folders: Vec<String>,
    /// Snapshots.
    pub snapshots: u32,
    /// The room that the folders took, in bytes.
    pub bytes: u64,
}

impl Expired {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.folders.extend(other.folders);
        self.snapshots += other.snapshots;
        self.bytes += other.bytes;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn kept(reference: &str, since: i64) -> Kept {
        Kept { reference: reference.to_owned(), commit: "c".to_owned(), since }
    }

    #[test]
    fn what_is_needed_stays_and_what_is_old_goes() {
        let all = [
            kept(&format!("refs/bosk/{ID}/snap/1"), 0),
            kept(&format!("refs/bosk/{ID}/at/m"), 10 * DAY),
            kept("refs/bosk/by-hand", 0),
        ];
        let keep = Keep { archives_days: Some(30), snapshots_days: Some(90) };
        let ours: BTreeSet<_> = [SessionId::parse(ID).unwrap()].into();
        let nothing = Needed { ours: ours.clone(), ..Needed::default() };
        assert!(expired(&all, &nothing, keep, 90 * DAY - 1).is_empty());
        assert_eq!(expired(&all, &nothing, keep, 90 * DAY), [&all[0]]);
        assert_eq!(expired(&all, &nothing, keep, 1000 * DAY), [&all[0], &all[1]]);
        let session = Needed { sessions: ours, ..nothing.clone() };
        assert!(expired(&all, &session, keep, 1000 * DAY).is_empty());
        let commit = Needed { commits: ["c".to_owned()].into(), ..nothing.clone() };
        assert!(expired(&all, &commit, keep, 1000 * DAY).is_empty());
        let anothers = Needed::default();
        assert!(expired(&all, &anothers, keep, 1000 * DAY).is_empty());
        let for_ever = Keep { snapshots_days: None, ..keep };
        assert!(expired(&all, &nothing, for_ever, i64::MAX).is_empty());
    }

    #[test]
    fn an_archive_can_be_restored_as_long_as_anything_of_it_is_there() {
        let keep = |archives_days, snapshots_days| Keep { archives_days, snapshots_days };
        assert_eq!(keep(Some(30), Some(90)).archive_goes_at(5), Some(5 + 90 * DAY));
        assert_eq!(keep(Some(30), Some(90)).folder_goes_at(5), Some(5 + 30 * DAY));
        assert_eq!(keep(Some(90), Some(30)).archive_goes_at(0), Some(90 * DAY));
        assert_eq!(keep(None, Some(30)).archive_goes_at(0), None);
        assert_eq!(keep(Some(30), None).archive_goes_at(0), None);
        assert_eq!(keep(Some(u32::MAX), Some(0)).archive_goes_at(i64::MAX), Some(i64::MAX));
    }
}
