//! `cargo xtask test`: every check of the project, one step after another, all of them reported.

mod absence;
mod browser;
mod cargo;
mod deny;
mod mistakes;
mod template;

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::app::App;
use crate::tools::{
    CARGO_DENY, CARGO_FUZZ, CHROMIUM, CLIPPY, NODE, PLAYWRIGHT, REDIS, RUSTFMT, Tool, Toolbox,
    WASM_TARGET,
};

/// One check.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// About how long it takes when only the project's own code has to be compiled.
    pub(crate) about: &'static str,
    tools: &'static [&'static [Tool]],
    run: fn(&Toolbox) -> Result<()>,
}

/// The steps, quickest first. A new check is a new entry.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        what: "the formatting of all workspaces",
        about: "seconds",
        tools: &[&[RUSTFMT]],
        run: cargo::fmt,
    },
    Step {
        name: "tidy",
        what: "the conventions a machine can check",
        about: "seconds",
        tools: &[],
        run: |_| crate::tidy::run(),
    },
    Step {
        name: "lint",
        what: "clippy on each leaf crate, on its own target",
        about: "2 minutes",
        tools: &[&[CLIPPY, WASM_TARGET]],
        run: cargo::lint,
    },
    Step {
        name: "mistakes",
        what: "what must not compile in the browser's half",
        about: "1 minute after `lint`",
        tools: &[&[WASM_TARGET]],
        run: mistakes::run,
    },
    Step {
        name: "unit",
        what: "unit, doc and HTTP tests",
        about: "4 minutes",
        tools: &[&[REDIS, NODE, PLAYWRIGHT, CHROMIUM]],
        run: cargo::unit,
    },
    Step {
        name: "actions",
        what: "actions.lock against the code, here and in another folder",
        about: "3 minutes",
        tools: &[],
        run: crate::actions::check,
    },
    Step {
        name: "browser",
        what: "the applications in Chromium, JavaScript on and off",
        about: "5 minutes",
        tools: &[App::tools(false), &[NODE, PLAYWRIGHT, CHROMIUM, REDIS]],
        run: browser::run,
    },
    Step {
        name: "template",
        what: "an application scaffolded from the starter, built and tested in Chromium",
        about: "1 minute after `browser`",
        tools: &[App::tools(false), &[NODE, PLAYWRIGHT, CHROMIUM]],
        run: template::run,
    },
    Step {
        name: "absence",
        what: "no code of the server in what the browser gets",
        about: "1 minute after `browser`",
        tools: &[App::tools(false)],
        run: absence::run,
    },
    Step {
        name: "size",
        what: "how large the clients are, built for release",
        about: "5 minutes; compiling what they depend on 5 more",
        tools: &[App::tools(true)],
        run: crate::size::check,
    },
    Step {
        name: "deny",
        what: "the dependencies: advisories, licences, sources, bans",
        about: "seconds",
        tools: &[&[CARGO_DENY]],
        run: deny::run,
    },
    Step {
        name: "fuzz",
        what: "each fuzz target for a minute",
        about: "8 minutes; compiling them for the first time 6 more",
        tools: &[&[CARGO_FUZZ]],
        run: crate::fuzz::step,
    },
];

/// Runs the steps named in `only`, or all, and says whether all passed. A failed step doesn't
/// keep the next ones from running: one run reports everything.
pub(crate) fn run(only: &[String]) -> Result<bool> {
    let chosen =
        STEPS.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name));
    let mut done = Vec::new();
    for step in chosen {
        println!("\n=== {}: {} (about {})", step.name, step.what, step.about);
        let begun = Instant::now();
        let mut toolbox = Toolbox::default();
        let result = step
            .tools
            .iter()
            .try_for_each(|tools| toolbox.ensure(tools))
            .and_then(|()| (step.run)(&toolbox));
        if let Err(error) = &result {
            eprintln!("error: {error:#}");
        }
        done.push(Done {
            name: step.name,
            took: begun.elapsed(),
            error: result.err().map(|error| format!("{error:#}")),
        });
    }
    println!("\n{}", summary(&done));
    Ok(done.iter().all(|step| step.error.is_none()))
}

/// A step that has run.
struct Done {
    name: &'static str,
    took: Duration,
    error: Option<String>,
}

/// One line a step, and a last one, `N passed, N failed`, for those who read only that.
fn summary(done: &[Done]) -> String {
    let mut text = String::from("=== summary\n");
    for step in done {
        let (result, error) = match &step.error {
            None => ("passed", ""),
            Some(error) => ("FAILED", error.lines().next().unwrap_or_default()),
        };
        let line =
            format!("{result}  {:<9} {:>7.1} s  {error}", step.name, step.took.as_secs_f64());
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let failed = done.iter().filter(|step| step.error.is_some()).count();
    text.push_str(&format!("{} passed, {failed} failed", done.len() - failed));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_ends_with_the_counts_alone_on_a_line() {
        let done = [
            Done { name: "fmt", took: Duration::from_millis(1234), error: None },
            Done {
                name: "lint",
                took: Duration::from_secs(61),
                error: Some("`cargo clippy` failed\nmore".into()),
            },
        ];
        assert_eq!(
            summary(&done),
            "=== summary\n\
             passed  fmt           1.2 s\n\
             FAILED  lint         61.0 s  `cargo clippy` failed\n\
             1 passed, 1 failed"
        );
    }

    #[test]
    fn steps_have_names_of_their_own() {
        for (index, step) in STEPS.iter().enumerate() {
            assert!(STEPS[..index].iter().all(|other| other.name != step.name));
        }
    }
}
