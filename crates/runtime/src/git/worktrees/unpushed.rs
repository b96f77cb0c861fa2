//! How many commits of each worktree no remote has: one walk for all of them.

use std::collections::{HashMap, HashSet};

use bosk_core::{Problem, ProblemCode};

use crate::git::Repository;

/// Most commits that are looked at: of more, at least so many are told.
const MOST: usize = 20_000;

/// Of each head; none where the repository has no remote.
pub(super) async fn counts(
    repository: &Repository,
    heads: &[&str],
) -> Result<Option<HashMap<String, u32>>, Problem> {
    let look = || repository.git.look(&repository.root);
    if look().arg("remote").run().await?.text().is_empty() {
        return Ok(None);
    }
    if heads.is_empty() {
        return Ok(Some(HashMap::new()));
    }
    let call = look().args(["rev-list", "--parents", "--ignore-missing", "--stdin"]);
    let call = call.arg(format!("--max-count={MOST}")).args(["--not", "--remotes"]);
    let text = call.input(heads.join("\n").into_bytes()).run().await?.text();
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let counting = tokio::task::spawn_blocking(move || count(&text, heads));
    let counted = counting.await.map_err(|e| Problem::new(ProblemCode::Internal, e.to_string()))?;
    Ok(Some(counted))
}

fn count(text: &str, heads: Vec<String>) -> HashMap<String, u32> {
    let parents: HashMap<&str, Vec<&str>> = text
        .lines()
        .filter_map(|line| {
            let mut ids = line.split(' ');
            Some((ids.next()?, ids.collect()))
        })
        .collect();
    let of = |head: &str| {
        let (mut open, mut seen) = (vec![head], HashSet::new());
        while let Some(id) = open.pop() {
            // What is not in the list, a remote has.
            if let Some((id, parents)) = parents.get_key_value(id)
                && seen.insert(*id)
            {
                open.extend(parents);
            }
        }
        u32::try_from(seen.len()).unwrap_or(u32::MAX)
    };
    heads
        .into_iter()
        .map(|head| {
            let count = of(&head);
            (head, count)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_head_counts_what_leads_to_it_once() {
        let text = "d b c\nc a\nb a\na root\ne a";
        let heads = ["d", "e", "b", "root"].map(str::to_owned).to_vec();
        let counted = count(text, heads);
        assert_eq!(["d", "e", "b", "root"].map(|head| counted[head]), [4, 2, 2, 0]);
    }
}
