//! Under `crates/`, only the facade's `lib.rs` chooses by feature; elsewhere a platform's
//! difference is a whole file.

use super::{Finding, Source};

const FACADE: &str = "crates/formwork/src/lib.rs";

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let is_meant = source.path.starts_with("crates/") && source.path.ends_with(".rs");
    if !is_meant || source.path == FACADE {
        return Vec::new();
    }
    let lines = source.text.lines().enumerate();
    lines
        .filter(|(_, line)| chooses_by_feature(line))
        .map(|(index, _)| Finding {
            path: source.path.clone().into(),
            line: index + 1,
            what: "`cfg(feature …)` outside of the facade".into(),
            mend: format!("choose in {FACADE}, between whole files or crates"),
        })
        .collect()
}

fn chooses_by_feature(line: &str) -> bool {
    let code = line.trim_start();
    let is_comment = code.starts_with("//");
    let cfg = ["cfg(", "cfg!(", "cfg_attr("].iter().find_map(|cfg| code.find(cfg));
    !is_comment && cfg.is_some_and(|at| code[at..].contains("feature"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let (path, text) = (path.into(), text.into());
        let findings = check(&Source { path, text });
        findings.iter().map(|finding| finding.line).collect()
    }

    const TEXT: &str = r#"//! Text about cfg(feature = "ssr").
#[cfg(feature = "ssr")]
#[cfg(test)]
#[cfg(all(unix, feature = "ssr"))]
    if cfg!(feature = "ssr") {}
#[cfg_attr(feature = "ssr", allow(x))]
#[cfg(target_arch = "wasm32")]
"#;

    #[test]
    fn each_choice_by_feature_is_found() {
        assert_eq!(lines("crates/formwork-core/src/wire.rs", TEXT), [2, 4, 5, 6]);
        assert_eq!(lines("crates/formwork/src/hooks.rs", TEXT), [2, 4, 5, 6]);
    }

    #[test]
    fn the_facade_and_the_applications_may_choose() {
        assert_eq!(lines(FACADE, TEXT), []);
        assert_eq!(lines("app/src/lib.rs", TEXT), []);
    }
}
