//! Names of branches and of the folders they are checked out in, proposed from what a person wrote.
//! Not here: whether a name is taken, and git's own verdict on a name that a person typed.

/// The longest proposed name, in bytes. Shorter than an object id (40 digits), so that a proposal is
/// never read as one.
const LONGEST: usize = 38;

/// What is proposed when the text has nothing that can be written in ASCII.
const NAMELESS: &str = "session";

/// Proposes a branch name for a prompt: its first line that has any, in lower-case ASCII words with
/// hyphens between them. Hangul is romanised; other scripts are left out.
#[must_use]
pub fn slug(prompt: &str) -> String {
    let slug = prompt.lines().map(line_slug).find(|slug| !slug.is_empty());
    match slug {
        None => NAMELESS.to_owned(),
        Some(slug) if reserved(&slug) => format!("{NAMELESS}-{slug}"),
        Some(slug) => slug,
    }
}

/// Returns `name`, or `name-2`, `name-3`, … : the first that is not taken. A name is also taken
/// where a branch `name/…` exists, and where another differs in case only (one file on some disks).
pub fn unique<'a>(name: &str, taken: impl IntoIterator<Item = &'a str>) -> String {
    let name = name.trim_end_matches('/');
    let taken: Vec<String> = taken.into_iter().map(str::to_ascii_lowercase).collect();
    let is_free = |wanted: &str| {
        let wanted = wanted.to_ascii_lowercase();
        !taken.iter().any(|other| {
            other.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    let numbered = (2_u32..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|wanted| is_free(wanted))
        .unwrap_or_else(|| name.to_owned())
}

/// The folders, outermost first, that a branch (or a repository's name) is given on disk: what some
/// platform refuses in a file name becomes `_`.
/// Source of the refused names: Microsoft, "Naming Files, Paths, and Namespaces".
#[must_use]
pub fn folders(name: &str) -> Vec<String> {
    name.split('/').filter(|part| !part.is_empty()).map(folder).collect()
}

fn folder(part: &str) -> String {
    let refused = |c: char| c.is_control() || r#"<>:"\|?*"#.contains(c);
    let mut folder: String = part.chars().map(|c| if refused(c) { '_' } else { c }).collect();
    if folder.ends_with(['.', ' ']) {
        folder.pop();
        folder.push('_');
    }
    let stem = folder.split('.').next().unwrap_or_default().to_ascii_lowercase();
    if reserved(&stem) || folder.starts_with(['-', '.']) || folder.eq_ignore_ascii_case(".git") {
        folder.insert(0, '_');
    }
    folder
}

/// Names that git (`HEAD`) or Windows (devices) keeps for itself.
fn reserved(name: &str) -> bool {
    let numbered = |device: &str| {
        name.strip_prefix(device).is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit())
    };
    matches!(name, "head" | "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

fn line_slug(line: &str) -> String {
    let mut words: Vec<String> = vec![String::new()];
    for c in line.chars() {
        let Some(word) = words.last_mut() else { break };
        match c {
            'a'..='z' | '0'..='9' => word.push(c),
            'A'..='Z' => word.push(c.to_ascii_lowercase()),
            '가'..='힣' => romanise(c, word),
            // "don't" is one word.
            '\'' | '’' => {}
            _ => match latin(c) {
                Some(letters) => word.push_str(letters),
                None if word.is_empty() => {}
                None => words.push(String::new()),
            },
        }
    }
    let mut slug = String::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        let joined = slug.len() + usize::from(!slug.is_empty()) + word.len();
        if joined > LONGEST {
            // A first word that is too long by itself is cut; a later one is left out whole.
            if slug.is_empty() {
                slug.push_str(&word[..LONGEST]);
            }
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    slug
}

/// Appends one Hangul syllable letter by letter, as the Revised Romanization of Korean (2000) spells
/// the parts; sounds that change between syllables are not followed.
/// Source of the arithmetic: The Unicode Standard, 3.12, "Conjoining Jamo Behavior".
fn romanise(syllable: char, word: &mut String) {
    const INITIALS: [&str; 19] = [
        "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t",
        "p", "h",
    ];
    const VOWELS: [&str; 21] = [
        "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo",
        "we", "wi", "yu", "eu", "ui", "i",
    ];
    const FINALS: [&str; 28] = [
        "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p",
        "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t",
    ];
    let index = syllable as usize - '가' as usize;
    word.push_str(INITIALS[index / (21 * 28)]);
    word.push_str(VOWELS[index / 28 % 21]);
    word.push_str(FINALS[index % 28]);
}

/// The plain letters of an accented one, for the languages of western Europe.
fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'À'..='Å' | 'à'..='å' => "a",
        'Æ' | 'æ' => "ae",
        'Ç' | 'ç' => "c",
        'È'..='Ë' | 'è'..='ë' => "e",
        'Ì'..='Ï' | 'ì'..='ï' => "i",
        'Ñ' | 'ñ' => "n",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' => "o",
        'Œ' | 'œ' => "oe",
        'Ù'..='Ü' | 'ù'..='ü' => "u",
        'Ý' | 'ý' | 'ÿ' => "y",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_prompt_becomes_words() {
        for (prompt, wanted) in [
            ("Fix the login bug", "fix-the-login-bug"),
            ("\n\n  # Don't crash: on *empty* input!\nmore", "dont-crash-on-empty-input"),
            ("로그인 버그 수정", "rogeuin-beogeu-sujeong"),
            ("Größe ändern, s'il te plaît", "grosse-andern-sil-te-plait"),
            ("修复登录", "session"),
            ("修复登录\nfix login", "fix-login"),
            ("", "session"),
            ("HEAD", "session-head"),
            ("con", "session-con"),
            ("../../etc/passwd; rm -rf ~", "etc-passwd-rm-rf"),
            (
                "one two three four five six seven eight nine ten",
                "one-two-three-four-five-six-seven",
            ),
        ] {
            assert_eq!(slug(prompt), wanted, "{prompt:?}");
        }
        assert_eq!(slug(&"a".repeat(40)).len(), LONGEST);
    }

    #[test]
    fn a_taken_name_is_numbered() {
        assert_eq!(unique("fix", []), "fix");
        assert_eq!(unique("fix", ["fix", "fix-2", "other"]), "fix-3");
        assert_eq!(unique("fix", ["fix/deeper"]), "fix-2");
        assert_eq!(unique("fix", ["FIX", "fixes"]), "fix-2");
    }

    #[test]
    fn a_folder_is_one_that_every_platform_takes() {
        assert_eq!(folders("feature/한글 x"), ["feature", "한글 x"]);
        assert_eq!(folders("a<b>/nul/.git/x."), ["a_b_", "_nul", "_.git", "x_"]);
        assert_eq!(folders("-x//con.txt"), ["_-x", "_con.txt"]);
    }

    /// The rules of git-check-ref-format(1), as far as one component of plain ASCII can break them.
    fn git_accepts(name: &str) -> bool {
        !name.is_empty()
            && name != "head"
            && !name.starts_with(['-', '.'])
            && !name.ends_with(['.', '-'])
            && !name.ends_with(".lock")
            && !name.contains("--")
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    }

    proptest! {
        #[test]
        fn any_text_gives_a_name_that_git_accepts(prompt in any::<String>()) {
            let name = slug(&prompt);
            prop_assert!(git_accepts(&name), "{name:?}");
            prop_assert!(name.len() <= LONGEST + NAMELESS.len() + 1);
        }

        #[test]
        fn any_hangul_gives_a_name_that_git_accepts(prompt in "[가-힣A-Za-z .'/-]{0,80}") {
            prop_assert!(git_accepts(&slug(&prompt)));
        }

        #[test]
        fn a_unique_name_is_not_taken(name in "[a-c]{1,2}", taken in prop::collection::vec("[a-c]{1,2}(-[23])?(/x)?", 0..8)) {
            let unique = unique(&name, taken.iter().map(String::as_str));
            let below = format!("{unique}/");
            prop_assert!(!taken.iter().any(|other| *other == unique || other.starts_with(&below)));
        }

        #[test]
        fn folders_never_lead_out(name in any::<String>()) {
            for folder in folders(&name) {
                prop_assert!(!folder.is_empty() && folder != "." && folder != "..");
                prop_assert!(!folder.contains(['/', '\\', '\0']));
            }
        }
    }
}
