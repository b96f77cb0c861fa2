//! Files that git keeps in another form than they lie in the folder: line ends, filters, encodings. What is not
//! committed is kept as it lies, too, so that putting it back gives the same bytes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bosk_core::{Problem, ProblemCode};

use super::super::{Git, paths};

/// The tree of those files, among the ones that differ from the tree `head` (empty for none); none where each is kept
/// as it lies.
pub(super) async fn raw(
    git: &Git,
    worktree: &Path,
    head: &str,
    tree: &str,
) -> Result<Option<String>, Problem> {
    let call = git.look(worktree);
    let call = match head {
        "" => call.args(["ls-tree", "-r", "-z", "--end-of-options", tree]),
        head => {
            let what = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--diff-filter=d"];
            call.args(what).args(["--end-of-options", head, tree])
        }
    };
    let listed = call.limit(super::MOST_LISTED).run().await?;
    if listed.truncated {
        return Err(super::too_many());
    }
    let files: Vec<File<'_>> = if head.is_empty() {
        listed.fields().filter_map(of_tree).collect()
    } else {
        let fields: Vec<&[u8]> = listed.fields().collect();
        fields.chunks_exact(2).filter_map(|pair| of_difference(pair[0], pair[1])).collect()
    };
    let files: Vec<File<'_>> =
        files.into_iter().filter(|file| file.mode.starts_with(b"100")).collect();
    if files.is_empty() {
        return Ok(None);
    }
    let hash = async |write: bool, files: &[&File<'_>]| {
        let input: Vec<u8> = files.iter().flat_map(|file| quoted(file.path)).collect();
        let call = git.change(worktree).args(["hash-object", "--no-filters", "--stdin-paths"]);
        call.args(write.then_some("-w")).input(input).limit(super::MOST_LISTED).run().await
    };
    let all: Vec<&File<'_>> = files.iter().collect();
    let hashed = async { Ok::<_, Problem>(hash(false, &all).await?.text()) };
    let (as_they_lie, converted) = tokio::try_join!(hashed, converted(git, worktree, &all))?;
    let differ = all.into_iter().zip(as_they_lie.lines());
    let differ: Vec<&File<'_>> = differ
        .filter(|(file, id)| file.object != id.as_bytes() || converted.contains(file.path))
        .map(|(file, _)| file)
        .collect();
    if differ.is_empty() {
        return Ok(None);
    }
    let kept = hash(true, &differ).await?.text();
    let mut input = Vec::new();
    for (file, id) in differ.iter().zip(kept.lines()) {
        input
            .extend_from_slice(&[file.mode, b" ", id.as_bytes(), b"\t", file.path, b"\0"].concat());
    }
    let folder = tempfile::tempdir().map_err(super::unwritten)?;
    let index = folder.path().join("index");
    let with_index = || git.change(worktree).env("GIT_INDEX_FILE", &index);
    with_index().args(["update-index", "-z", "--index-info"]).input(input).run().await?;
    Ok(Some(with_index().args(["write-tree", "--missing-ok"]).run().await?.text()))
}

/// Those that git may write otherwise than it has them: what lies there in git's own form would not come back so.
async fn converted(
    git: &Git,
    worktree: &Path,
    files: &[&File<'_>],
) -> Result<HashSet<Vec<u8>>, Problem> {
    let settings = git.look(worktree).args(["config", "--get-regexp", r"^core\.(autocrlf|eol)$"]);
    let input = files.iter().flat_map(|file| [file.path, b"\0".as_slice()].concat()).collect();
    let attributes = git.look(worktree).args(["check-attr", "-z", "--stdin"]);
    let attributes = attributes.args(["filter", "ident", "working-tree-encoding", "text", "eol"]);
    let attributes = attributes.input(input).limit(super::MOST_LISTED);
    let (settings, attributes) = tokio::try_join!(settings.ask(), attributes.run())?;
    if attributes.truncated {
        return Err(super::too_many());
    }
    let (mut carriage, mut eol) = (false, cfg!(windows));
    for line in settings.text().to_ascii_lowercase().lines() {
        match line.split_once(' ') {
            Some(("core.autocrlf", value)) => carriage = value == "true",
            Some(("core.eol", value)) => {
                eol = value == "crlf" || (cfg!(windows) && value == "native");
            }
            _ => {}
        }
    }
    let mut found = HashSet::new();
    let fields: Vec<&[u8]> = attributes.fields().collect();
    // Source of the format: git-check-attr(1), `-z`: path, attribute, value; of the meanings: gitattributes(5).
    for told in fields.chunks_exact(15) {
        let value = |at: usize| told[at * 3 + 2];
        let is_set = |at: usize| !matches!(value(at), b"unspecified" | b"unset");
        let is_text = match value(3) {
            b"unset" => false,
            b"unspecified" => carriage || is_set(4),
            _ => true,
        };
        let ends = match value(4) {
            b"crlf" => true,
            b"lf" => false,
            _ => carriage || eol,
        };
        if is_set(0) || is_set(1) || is_set(2) || (is_text && ends) {
            found.insert(told[0].to_vec());
        }
    }
    Ok(found)
}

/// Puts the files of such a tree into the folder, as they are in it.
pub(crate) async fn lay(git: &Git, root: &Path, folder: &Path, tree: &str) -> Result<(), Problem> {
    let listed = git.look(root).args(["ls-tree", "-r", "-z", "--end-of-options", tree]);
    let listed = listed.limit(super::MOST_LISTED).run().await?;
    for file in listed.fields().filter_map(of_tree) {
        let id = String::from_utf8_lossy(file.object).into_owned();
        let to = folder.join(paths::from_git(file.path));
        // Git's own way to write a file without any conversion; it chooses the name.
        let made = git.change(folder).env("GIT_DIR", git_dir(git, root).await?);
        let made = made.env("GIT_WORK_TREE", folder).args(["unpack-file", &id]).run().await?;
        let made = folder.join(paths::from_git(made.stdout.trim_ascii_end()));
        place(&made, &to, file.mode == b"100755").map_err(|error| {
            let _ = std::fs::remove_file(&made);
            Problem::new(
                ProblemCode::WorktreeFailed,
                format!("`{}` could not be written: {error}.", to.display()),
            )
        })?;
    }
    Ok(())
}

async fn git_dir(git: &Git, root: &Path) -> Result<PathBuf, Problem> {
    let call = git.look(root).args(["rev-parse", "--absolute-git-dir"]).run().await?;
    Ok(paths::from_git(call.stdout.trim_ascii_end()))
}

/// The new file takes the place and the permissions of the one that git wrote.
fn place(made: &Path, to: &Path, is_executable: bool) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = match to.symlink_metadata() {
            Ok(there) => there.permissions().mode() & 0o777,
            Err(_) if is_executable => 0o755,
            Err(_) => 0o644,
        };
        std::fs::set_permissions(made, std::fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = is_executable;
    std::fs::rename(made, to)
}

struct File<'a> {
    mode: &'a [u8],
    object: &'a [u8],
    path: &'a [u8],
}

/// `<mode> <type> <object>\t<path>`.
fn of_tree(entry: &[u8]) -> Option<File<'_>> {
    let tab = entry.iter().position(|byte| *byte == b'\t')?;
    let mut words = entry[..tab].split(|byte| *byte == b' ');
    Some(File { mode: words.next()?, object: words.nth(1)?, path: &entry[tab + 1..] })
}

/// `:<old mode> <mode> <old object> <object> <status>`, then the path.
fn of_difference<'a>(about: &'a [u8], path: &'a [u8]) -> Option<File<'a>> {
    let mut words = about.split(|byte| *byte == b' ').skip(1);
    Some(File { mode: words.next()?, object: words.nth(1)?, path })
}

/// The path in a line of its own, as C would write it: git reads names by lines, and unquotes them.
fn quoted(path: &[u8]) -> Vec<u8> {
    let mut line = vec![b'"'];
    for byte in path {
        match byte {
            b'"' | b'\\' => line.extend_from_slice(&[b'\\', *byte]),
            0..0x20 | 0x7f.. => line.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
            _ => line.push(*byte),
        }
    }
    line.extend_from_slice(b"\"\n");
    line
}
