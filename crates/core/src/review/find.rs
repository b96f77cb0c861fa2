//! Finding a file by a few letters of its path: which paths have them, and in which order they are offered. Not here:
//! which files there are.

/// The paths that have the letters of `query`, in their order and whatever their case; the best first, at most `most`.
/// Those whose name has them in one piece come before those whose path has, and these before the rest; among the same,
/// the earlier and the shorter. Without letters, the first ones.
#[must_use]
pub fn best<'a>(
    paths: impl IntoIterator<Item = &'a str>,
    query: &str,
    most: usize,
) -> Vec<&'a str> {
    let query = query.to_lowercase();
    let mut found: Vec<_> =
        paths.into_iter().filter_map(|path| Some((rank(path, &query)?, path))).collect();
    if found.len() > most {
        found.select_nth_unstable(most);
        found.truncate(most);
    }
    found.sort_unstable();
    found.into_iter().map(|(_, path)| path).collect()
}

/// How well it fits: kind, place, length; the smaller the better.
fn rank(path: &str, query: &str) -> Option<(u8, usize, usize)> {
    if query.is_empty() {
        return Some((0, 0, 0));
    }
    let lower = path.to_lowercase();
    let name = lower.rfind('/').map_or(0, |at| at + 1);
    if let Some(at) = lower[name..].find(query) {
        return Some((0, at, path.len()));
    }
    if let Some(at) = lower.find(query) {
        return Some((1, at, path.len()));
    }
    let mut left = query.chars().filter(|one| !one.is_whitespace()).peekable();
    for one in lower.chars() {
        left.next_if_eq(&one);
    }
    left.peek().is_none().then_some((2, 0, path.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_named_so_comes_first() {
        let paths = [
            "docs/price-list/index.md",
            "src/pages/rice.ts",
            "src/price.ts",
            "src/other_prices.ts",
            "p/r/i/c/e.ts",
            "README.md",
        ];
        assert_eq!(
            best(paths, "Price", 10),
            [
                "src/price.ts",
                "src/other_prices.ts",
                "docs/price-list/index.md",
                "p/r/i/c/e.ts",
                "src/pages/rice.ts"
            ]
        );
        assert_eq!(best(paths, "price", 2), ["src/price.ts", "src/other_prices.ts"]);
        assert_eq!(best(paths, "pages rice", 1), ["src/pages/rice.ts"]);
        assert_eq!(best(paths, "", 10).len(), 6);
        assert_eq!(best(paths, "zebra", 10), [""; 0]);
    }

    proptest! {
        #[test]
        fn what_is_left_out_is_no_better(paths in prop::collection::vec("[a-dÄ/]{1,8}", 0..40), query in "[a-dA-D]{0,3}", most in 0..9_usize) {
            let all = best(paths.iter().map(String::as_str), &query, usize::MAX);
            let some = best(paths.iter().map(String::as_str), &query, most);
            prop_assert_eq!(&all[..most.min(all.len())], &some[..]);
            let has = |path: &str| {
                let mut left = query.to_lowercase().chars().collect::<Vec<_>>().into_iter().peekable();
                path.to_lowercase().chars().for_each(|one| { left.next_if_eq(&one); });
                left.peek().is_none()
            };
            prop_assert_eq!(all.len(), paths.iter().filter(|path| has(path)).count());
        }
    }
}
