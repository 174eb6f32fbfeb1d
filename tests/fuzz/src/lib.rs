//! What libFuzzer runs: the bodies of the targets are those of `tests/it/fuzz`, which are tests of the
//! package too; what stands below this folder is none of it.

#[path = "../../it/exact.rs"]
mod exact;
#[path = "../../it/fuzz/targets.rs"]
mod targets;

/// Runs the target of this name.
pub fn run(name: &str, bytes: &[u8]) {
    let target = targets::ALL.iter().find(|(known, _)| *known == name);
    target.expect("a target").1(bytes);
}
