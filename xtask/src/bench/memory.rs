//! How much memory a server has, with all processes that it has started.

use std::fs;

/// The resident memory of a process and its descendants, in bytes; `None` where there is no `/proc`.
pub(super) fn of_tree(root: u32) -> Option<f64> {
    let pids: Vec<u32> = fs::read_dir("/proc")
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    let parents: Vec<(u32, u32)> =
        pids.into_iter().filter_map(|pid| Some((pid, number(pid, "PPid:")?))).collect();
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(parent) = tree.get(next).copied() {
        tree.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| pid));
        next += 1;
    }
    number(root, "VmRSS:")?;
    let kilobytes: u32 = tree.into_iter().filter_map(|pid| number(pid, "VmRSS:")).sum();
    Some(f64::from(kilobytes) * 1024.0)
}

/// A number in what Linux says of a process.
fn number(pid: u32, name: &str) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_child_counts_with_its_parent() {
        let own = std::process::id();
        let mut child = Command::new("sleep").arg("30").spawn().unwrap();
        let (alone, both) = (number(own, "VmRSS:").unwrap(), of_tree(own).unwrap());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(both > f64::from(alone) * 1024.0, "{both} of {alone} kB");
        assert_eq!(of_tree(u32::MAX), None);
    }
}
