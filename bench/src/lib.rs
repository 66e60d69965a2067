//! What is measured. `cargo xtask bench` runs it; the figures stand in `docs/BENCHMARKS.md`.

/// The most memory that this process ever had, in bytes.
#[cfg(target_os = "linux")]
pub fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("Linux tells this");
    let kilobytes = line.split_whitespace().nth(1).and_then(|number| number.parse::<usize>().ok());
    kilobytes.expect("a number") * 1024
}
