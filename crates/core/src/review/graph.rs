//! The order of a branch's commits. Not here: reading them.

use std::collections::{BinaryHeap, HashMap};

use super::commit::LogCommit;

/// Each commit before its parents, and the newest first where neither comes from the other. Commits are ordered by their
/// time, which may be wrong, so a parent can be given before its child.
#[must_use]
pub fn topological(commits: Vec<LogCommit>) -> Vec<LogCommit> {
    let at: HashMap<&str, usize> =
        commits.iter().enumerate().map(|(at, one)| (one.id.as_str(), at)).collect();
    let parents: Vec<Vec<usize>> = commits
        .iter()
        .map(|one| one.parents.iter().filter_map(|id| at.get(id.as_str()).copied()).collect())
        .collect();
    let mut children = vec![0_usize; commits.len()];
    for parent in parents.iter().flatten() {
        children[*parent] += 1;
    }
    // The newest first; of equally new ones the same one whatever order they were given in.
    let key = |one: usize| (commits[one].at, std::cmp::Reverse(commits[one].id.as_str()), one);
    let mut open: BinaryHeap<_> =
        (0..commits.len()).filter(|one| children[*one] == 0).map(key).collect();
    let mut order = Vec::with_capacity(commits.len());
    while let Some((.., next)) = open.pop() {
        order.push(next);
        for parent in &parents[next] {
            children[*parent] -= 1;
            if children[*parent] == 0 {
                open.push(key(*parent));
            }
        }
    }
    let mut commits: Vec<Option<LogCommit>> = commits.into_iter().map(Some).collect();
    order.into_iter().filter_map(|one| commits[one].take()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn commit(id: usize, parents: &[usize], at: i64) -> LogCommit {
        LogCommit {
            id: format!("{id:04}"),
            parents: parents.iter().map(|id| format!("{id:04}")).collect(),
            subject: String::new(),
            author: String::new(),
            at,
            names: Vec::new(),
            own: false,
            unpushed: false,
        }
    }

    #[test]
    fn a_clock_that_goes_wrong_puts_no_parent_before_its_child() {
        let ordered = topological(vec![commit(0, &[], 9), commit(1, &[0], 5), commit(2, &[1], 7)]);
        assert_eq!(ordered.iter().map(|one| one.at).collect::<Vec<_>>(), [7, 5, 9]);
    }

    proptest! {
        #[test]
        fn children_come_first_and_nothing_is_lost(
            made in prop::collection::vec((any::<[u8; 2]>(), 0_i64..20), 0..40),
            turn in 0_usize..40,
        ) {
            let mut commits: Vec<LogCommit> = made
                .iter()
                .enumerate()
                .map(|(at, (parents, time))| {
                    let mut parents: Vec<usize> = parents.iter().filter(|_| at > 0).map(|one| usize::from(*one) % at).collect();
                    parents.dedup();
                    commit(at, &parents, *time)
                })
                .collect();
            let before = topological(commits.clone());
            let turn = turn.min(commits.len());
            commits.rotate_left(turn);
            let ordered = topological(commits.clone());
            prop_assert_eq!(&before, &ordered, "the order given does not matter");
            prop_assert_eq!(ordered.len(), commits.len());
            for (at, one) in ordered.iter().enumerate() {
                prop_assert!(ordered[..at].iter().all(|earlier| !one.parents.contains(&earlier.id)));
            }
        }
    }
}
