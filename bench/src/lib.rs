//! What is measured. `cargo xtask bench` runs it; the figures stand in `docs/BENCHMARKS.md`.
