//! Where a project's file is: in the working folder, or above it in the same repository.
//!
//! Outside a repository it is in the working folder or nowhere: what somebody left further up, in a
//! folder for everybody's files, is no project's.

use std::path::{Path, PathBuf};

use super::PROJECT;

/// The nearest file of a project, seen from a working folder so many folders below the root.
///
/// It is named from the working folder: `kms-cost.toml`, `../kms-cost.toml`.
pub fn project_file(folders: usize, exists: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let mut here = PathBuf::new();
    let mut found = None;
    for _ in 0..=folders {
        if found.is_none() {
            let file = here.join(PROJECT);
            found = exists(&file).then_some(file);
            if here.as_os_str().is_empty() && found.is_some() {
                return found;
            }
        }
        if exists(&here.join(".git")) {
            return found;
        }
        here.push("..");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen from a folder three below the root.
    fn found(files: &[&str]) -> Option<String> {
        let file = project_file(3, |path| files.iter().any(|file| Path::new(file) == path));
        file.map(|file| file.display().to_string())
    }

    #[test]
    fn the_nearest_file_of_the_repository_is_found() {
        assert_eq!(found(&["kms-cost.toml"]).as_deref(), Some("kms-cost.toml"));
        assert_eq!(
            found(&["kms-cost.toml", "../kms-cost.toml", "../.git"]).as_deref(),
            Some("kms-cost.toml")
        );
        assert_eq!(found(&["../kms-cost.toml", "../.git"]).as_deref(), Some("../kms-cost.toml"));
        assert_eq!(found(&["../kms-cost.toml", "../../.git"]).as_deref(), Some("../kms-cost.toml"));
    }

    #[test]
    fn nothing_beyond_the_repository_is() {
        assert_eq!(found(&["../kms-cost.toml", ".git"]), None);
        assert_eq!(found(&["../../kms-cost.toml", "../.git"]), None);
        assert_eq!(found(&["../kms-cost.toml"]), None);
        assert_eq!(found(&[]), None);
    }
}
