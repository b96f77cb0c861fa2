//! Paths as text: the page and the command name files by strings, and a file's name is bytes. Not here: which files
//! there are.

/// The path as text. One that is not UTF-8 is quoted as git quotes (git-config(1), `core.quotePath`), and so is one that
/// begins with a quotation mark, so that no two paths have one text.
#[must_use]
pub fn to_text(path: &[u8]) -> String {
    match std::str::from_utf8(path) {
        Ok(text) if !text.starts_with('"') => text.to_owned(),
        _ => quoted(path),
    }
}

/// The path that the text stands for; none where it is quoted and the quotation is not whole.
#[must_use]
pub fn from_text(text: &str) -> Option<Vec<u8>> {
    let Some(rest) = text.strip_prefix('"') else { return Some(text.as_bytes().to_vec()) };
    let inside = rest.strip_suffix('"')?;
    let mut path = Vec::with_capacity(inside.len());
    let mut bytes = inside.bytes();
    while let Some(byte) = bytes.next() {
        path.push(match byte {
            b'\\' => match bytes.next()? {
                b'a' => 7,
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                same @ (b'"' | b'\\') => same,
                first @ b'0'..=b'3' => {
                    let mut value = first - b'0';
                    for _ in 0..2 {
                        let digit = bytes.next().filter(|digit| (b'0'..=b'7').contains(digit))?;
                        value = value * 8 + (digit - b'0');
                    }
                    value
                }
                _ => return None,
            },
            b'"' => return None,
            plain => plain,
        });
    }
    Some(path)
}

/// The path in quotation marks, as git reads it anywhere, in a patch too: ASCII only.
#[must_use]
pub fn quoted(path: &[u8]) -> String {
    let mut text = String::with_capacity(path.len() + 2);
    text.push('"');
    for byte in path {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b' '..=b'~' => text.push(char::from(*byte)),
            other => {
                text.push('\\');
                for shift in [6, 3, 0] {
                    text.push(char::from(b'0' + ((other >> shift) & 7)));
                }
            }
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_utf_8_stays_as_it_is() {
        for text in ["a/b.txt", "한글\n.txt", "cafe\u{301}", "in \"the\" middle", "back\\slash"] {
            assert_eq!(to_text(text.as_bytes()), text);
        }
        assert_eq!(to_text(b"caf\xe9"), "\"caf\\351\"");
        assert_eq!(to_text(b"\"x\""), "\"\\\"x\\\"\"");
        assert_eq!(from_text("\"broken"), None);
        assert_eq!(from_text("\"\\400\""), None);
        assert_eq!(from_text("\"a\"b\""), None);
    }

    proptest! {
        #[test]
        fn every_path_comes_back(path in prop::collection::vec(1_u8.., 1..40)) {
            prop_assert_eq!(from_text(&to_text(&path)), Some(path.clone()));
            prop_assert_eq!(from_text(&quoted(&path)), Some(path));
        }

        #[test]
        fn two_paths_never_have_one_text(
            one in prop::collection::vec(prop::sample::select(b"\"\\351n\xe9".to_vec()), 1..8),
            other in prop::collection::vec(prop::sample::select(b"\"\\351n\xe9".to_vec()), 1..8),
        ) {
            prop_assert_eq!(to_text(&one) == to_text(&other), one == other);
        }
    }
}
