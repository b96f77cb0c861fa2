//! Addresses of remotes: what may be shown of one, who serves it, and where a browser compares branches. Not here: asking
//! anybody.

use super::forge::ForgeKind;

/// An address without what may be secret in it: name and password, query, fragment.
#[must_use]
pub fn shown(url: &str) -> String {
    let plain: String = url.chars().filter(|c| !c.is_control()).collect();
    let Some((scheme, rest)) = plain.split_once("://") else {
        // `me@host:path` names no secret, and a path is no address.
        return plain;
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
    let host = host.rsplit('@').next().unwrap_or_default();
    match path {
        Some(path) => format!("{scheme}://{host}/{path}"),
        None => format!("{scheme}://{host}"),
    }
}

/// A repository as a forge names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosted {
    /// Who serves it.
    pub kind: ForgeKind,
    /// The host, without a port.
    pub host: String,
    /// `owner/name`; GitLab has groups within groups.
    pub path: String,
}

/// What a remote's address tells of its forge; none where it is of none that is known.
#[must_use]
pub fn hosted(url: &str) -> Option<Hosted> {
    let (host, path) = match url.split_once("://") {
        Some(("file", _)) => return None,
        Some((_, rest)) => rest.split_once('/')?,
        // Source of the form: git-clone(1), "an alternative scp-like syntax".
        None => url.split_once(':').filter(|(host, _)| !host.contains('/'))?,
    };
    let host = host.rsplit('@').next()?.split(':').next()?.to_ascii_lowercase();
    let path = path.split(['?', '#']).next()?.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let is_plain = |one: &str| {
        !one.is_empty()
            && !one.starts_with(['-', '.'])
            && one.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    if !is_plain(&host) || !path.contains('/') || !path.split('/').all(is_plain) {
        return None;
    }
    let parts: Vec<&str> = host.split('.').collect();
    let kind = if parts.contains(&"github") {
        ForgeKind::Github
    } else if parts.contains(&"gitlab") {
        ForgeKind::Gitlab
    } else {
        return None;
    };
    if kind == ForgeKind::Github && path.matches('/').count() != 1 {
        return None;
    }
    Some(Hosted { kind, host, path: path.to_owned() })
}

impl Hosted {
    /// Where a browser compares a branch with its base.
    #[must_use]
    pub fn compare_url(&self, base: &str, branch: &str) -> String {
        let (host, path) = (&self.host, &self.path);
        let (base, branch) = (escaped(base), escaped(branch));
        match self.kind {
            ForgeKind::Github => {
                format!("https://{host}/{path}/compare/{base}...{branch}?expand=1")
            }
            ForgeKind::Gitlab => format!("https://{host}/{path}/-/compare/{base}...{branch}"),
        }
    }
}

/// A name as a part of an address's path. Source: RFC 3986, section 2.3; a slash is a part of a branch's name.
#[must_use]
pub fn escaped(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown() {
        for (url, plain) in [
            ("https://me:hunter2@example.org/a/b.git?key=hunter2#x", "https://example.org/a/b.git"),
            ("https://hunter2@github.com/a/b", "https://github.com/a/b"),
            ("git@github.com:a/b.git", "git@github.com:a/b.git"),
            ("../other", "../other"),
            ("https://hunter2@host", "https://host"),
        ] {
            assert_eq!(shown(url), plain);
        }
    }

    #[test]
    fn an_address_tells_its_forge() {
        let told = |url| hosted(url).map(|one| (one.kind, one.host, one.path));
        let github = Some((ForgeKind::Github, "github.com".to_owned(), "a/b".to_owned()));
        for url in [
            "https://github.com/a/b.git",
            "https://x:y@github.com/a/b",
            "git@github.com:a/b.git",
            "ssh://git@github.com:22/a/b/",
            "ssh://git@GitHub.com/a/b.git",
        ] {
            assert_eq!(told(url), github, "{url}");
        }
        let nested = told("https://gitlab.example.org/group/sub/name.git").unwrap();
        assert_eq!((nested.0, nested.2.as_str()), (ForgeKind::Gitlab, "group/sub/name"));
        for url in [
            "/srv/github.com/a/b",
            "file:///github.com/a/b",
            "https://example.org/a/b",
            "https://github.com/a",
            "https://github.com/a/b/c",
            "https://github.com/a/--flag",
            "git@github.com:a b/c",
            "https://github.com.evil.org/../x",
        ] {
            assert_eq!(told(url), None, "{url}");
        }
    }

    #[test]
    fn branches_are_compared_under_escaped_names() {
        let github = hosted("https://github.com/a/b").unwrap();
        assert_eq!(
            github.compare_url("main", "fix/ü #1"),
            "https://github.com/a/b/compare/main...fix/%C3%BC%20%231?expand=1"
        );
        let gitlab = hosted("https://gitlab.com/a/b").unwrap();
        assert_eq!(
            gitlab.compare_url("main", "fix"),
            "https://gitlab.com/a/b/-/compare/main...fix"
        );
    }
}
