//! The files of the repository that tests go through.
#![expect(clippy::expect_used, reason = "a test fails where it stands")]

use std::fs;
use std::path::{Path, PathBuf};

/// Every TOML file below a folder of the repository, in order.
pub(super) fn toml(folder: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the repository") {
            let path = entry.expect("an entry of it").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
