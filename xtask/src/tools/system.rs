//! The system's own packages: what can be had in no other way.

use std::process::Command;

use anyhow::{Result, bail};

use super::path;
use crate::run;

/// Installs a Debian package; elsewhere says what to do by hand.
pub(super) fn package(name: &str, by_hand: &str) -> Result<()> {
    let path = path::join(&[]);
    if path::which("apt-get", &path).is_none() {
        bail!("{by_hand}");
    }
    let is_root = run::output(Command::new("id").arg("-u")).as_deref() == Some("0");
    if !is_root && path::which("sudo", &path).is_none() {
        bail!("this needs root's rights: {by_hand}");
    }
    let apt = |args: &[&str]| {
        let mut command = if is_root {
            Command::new("apt-get")
        } else {
            let mut sudo = Command::new("sudo");
            sudo.arg("apt-get");
            sudo
        };
        run::run(command.args(args).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update"])?;
    apt(&["install", "-y", name])
}
