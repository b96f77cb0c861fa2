//! Pointers that git LFS keeps in place of a file's content: telling a diff of nothing else. Pure. Not here: bringing the
//! content.

use super::patch::{On, hunks};

/// How a pointer begins. Source: the Git LFS specification, "The Pointer".
const FIRST: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Whether each side of that diff that is there is a pointer: its lines tell nobody what has changed.
#[must_use]
pub fn only_pointers(diff: &[u8]) -> bool {
    let Some(hunks) = hunks(diff) else { return false };
    let [hunk] = hunks.as_slice() else { return false };
    let is_pointer = |other: On| {
        let mut lines = hunk.lines.iter().filter(|line| line.on != other).map(|line| &line.text);
        let Some(first) = lines.next() else { return true };
        first.starts_with(FIRST) && lines.all(|line| is_key(line))
    };
    is_pointer(On::New) && is_pointer(On::Old)
}

fn is_key(line: &[u8]) -> bool {
    [&b"oid "[..], b"size ", b"ext-"].iter().any(|key| line.starts_with(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: &str = "version https://git-lfs.github.com/spec/v1";

    #[test]
    fn a_diff_of_pointers_is_told_from_one_of_text() {
        let oid = "oid sha256:12\n";
        let made = format!("@@ -0,0 +1,3 @@\n+{VERSION}\n+{oid}+size 5\n");
        let changed = format!("@@ -1,3 +1,3 @@\n {VERSION}\n-{oid}-size 5\n+{oid}+size 6\n");
        assert!(only_pointers(made.as_bytes()) && only_pointers(changed.as_bytes()));
        let left = format!("@@ -1,3 +1,1 @@\n-{VERSION}\n-{oid}-size 5\n+now text\n");
        let text = "@@ -1 +1 @@\n-oid x\n+oid y\n";
        let longer = format!("@@ -0,0 +1,2 @@\n+{VERSION}\n+and more\n");
        for other in [&left, text, &longer, ""] {
            assert!(!only_pointers(other.as_bytes()), "{other}");
        }
    }
}
