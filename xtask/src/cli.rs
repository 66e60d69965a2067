//! What may be typed after `cargo xtask`.

use std::ffi::OsString;
use std::{net::SocketAddr, path::PathBuf};

use lexopt::prelude::*;

use crate::app::App;
use crate::bench::{self, Peer};
use crate::size;
use crate::soak;
use crate::test::STEPS;

/// One parsed command line.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    Help,
    Serve(Serve),
    /// Empty: every step.
    Test {
        only: Vec<String>,
    },
    Template,
    Setup,
    Actions {
        against: Option<PathBuf>,
    },
    Keygen,
    Fuzz {
        minutes: u64,
    },
    Bench(bench::Options),
    Size(size::Options),
    Soak(soak::Options),
    Tidy,
}

/// What `serve` was asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct Serve {
    pub(crate) app: App,
    pub(crate) release: bool,
    pub(crate) addr: SocketAddr,
}

/// Parses a command line; its first word is the program's own name.
pub(crate) fn parse(
    args: impl IntoIterator<Item = impl Into<OsString>>,
) -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_iter(args);
    let command = match parser.next()? {
        None | Some(Short('h') | Long("help")) => return Ok(Command::Help),
        Some(Value(word)) => word.string()?,
        Some(arg) => return Err(arg.unexpected()),
    };
    match command.as_str() {
        "serve" => serve(&mut parser),
        "test" => test(&mut parser),
        "template" => plain(&mut parser, Command::Template),
        "setup" => plain(&mut parser, Command::Setup),
        "actions" => actions(&mut parser),
        "keygen" => plain(&mut parser, Command::Keygen),
        "fuzz" => fuzz(&mut parser),
        "bench" => bench(&mut parser),
        "size" => size(&mut parser),
        "soak" => soak(&mut parser),
        "tidy" => plain(&mut parser, Command::Tidy),
        "help" => plain(&mut parser, Command::Help),
        other => Err(format!("there is no command `{other}`").into()),
    }
}

/// The text of `--help`; the steps come from the table that runs them.
pub(crate) fn help() -> String {
    let steps: String = STEPS
        .iter()
        .map(|step| format!("    {:<9} {} ({})\n", step.name, step.what, step.about))
        .collect();
    format!(
        "\
cargo xtask <COMMAND>      each installs what it is missing, and says so

  serve [helpdesk|guestbook] [--release] [--addr IP:PORT]
      build an application and run it; the help desk on 127.0.0.1:3000 unless told otherwise
  test [--only STEP…]
      check everything, or only the steps named; all run, also after one failed:
{steps}  template
      scaffold an application from templates/starter into a temporary folder, build and test it;
      the same as `test --only template`
  actions
      write actions.lock: what a client of the help desk may run and read
  actions --against OLD.lock
      what has become of each action since that file was written, for pages that are open:
      unchanged, compatible, migratable or breaking; fails if something breaks and actions.lock
      does not say, by a line `breaking ID (why)`, that it is meant
  keygen
      make a key for FORMWORK_KEYS, or for the file that `keys-file` names
  fuzz [--minutes N]
      run each fuzz target for N minutes; 10 unless told otherwise
  bench [--seconds N] [--rounds N] [--peers NAME…] [--only-ours]
      the guestbook beside a hand-written one and those in Next.js, SvelteKit and plain Leptos
      (next, sveltekit, leptos), under load and in Chromium; all built for production, half an hour
  size [--only helpdesk|guestbook]
      how large the clients are, built for release, raw and compressed, and what they are made of;
      fails if one is over its budget
  soak [--submissions N] [--release] [-- OPTION…]
      two builds of the help desk behind a proxy, rolled over and back, killed and hung up on, while
      visitors submit: what is lost, what is written twice; after `--` its own options
  tidy
      only the conventions a machine can check
  setup
      install what the other commands need, and nothing else"
    )
}

fn serve(parser: &mut lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = Serve {
        app: App::HelpDesk,
        release: false,
        addr: SocketAddr::from(([127, 0, 0, 1], 3000)),
    };
    while let Some(arg) = parser.next()? {
        match arg {
            Value(name) => {
                options.app = name.parse_with(|name| {
                    App::named(name).ok_or("the applications are `helpdesk` and `guestbook`")
                })?;
            }
            Long("release") => options.release = true,
            Long("addr") => options.addr = parser.value()?.parse()?,
            Short('h') | Long("help") => return Ok(Command::Help),
            _ => return Err(arg.unexpected()),
        }
    }
    Ok(Command::Serve(options))
}

fn actions(parser: &mut lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut against = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Long("against") => against = Some(PathBuf::from(parser.value()?)),
            Short('h') | Long("help") => return Ok(Command::Help),
            _ => return Err(arg.unexpected()),
        }
    }
    Ok(Command::Actions { against })
}

fn test(parser: &mut lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut only = Vec::new();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("only") => {
                for value in parser.values()? {
                    only.extend(value.string()?.split(',').map(str::to_owned));
                }
            }
            Short('h') | Long("help") => return Ok(Command::Help),
            _ => return Err(arg.unexpected()),
        }
    }
    if let Some(unknown) = only.iter().find(|name| !STEPS.iter().any(|step| step.name == *name)) {
        return Err(format!("there is no step `{unknown}`").into());
    }
    Ok(Command::Test { only })
}

fn bench(parser: &mut lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = bench::Options { seconds: 5, rounds: 3, peers: Peer::ALL.to_vec() };
    while let Some(arg) = parser.next()? {
        match arg {
            Long("seconds") => options.seconds = parser.value()?.parse()?,
            Long("rounds") => options.rounds = parser.value()?.parse()?,
            Long("only-ours") => options.peers.clear(),
            Long("peers") => options.peers = peers(&parser.value()?.string()?)?,
            Short('h') | Long("help") => return Ok(Command::Help),
            _ => return Err(arg.unexpected()),
        }
    }
    if options.seconds == 0 || options.rounds == 0 {
        return Err("there is nothing to measure in 0 seconds or rounds".into());
    }
    Ok(Command::Bench(options))
}

fn peers(names: &str) -> Result<Vec<Peer>, lexopt::Error> {
    let peer = |name| Peer::named(name).ok_or_else(|| format!("there is no peer `{name}`").into());
    names.split(',').map(peer).collect()
}

fn size(parser: &mut lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut only = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Long("only") => {
                only = Some(parser.value()?.parse_with(|name| {
                    size::measured(name).ok_or("measured are `helpdesk` and `guestbook`")
                })?);
            }
            Short('h') | Long("help") => return Ok(Command::Help),
            _ => return Err(arg.unexpected()),
        }
    }
    Ok(Command::Size(size::Options { only }))
}

fn soak(parser: &mut lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = soak::Options { submissions: 1_000, release: false, more: Vec::new() };
    while let Some(arg) = parser.next()? {
        match arg {
            Long("submissions") => options.submissions = parser.value()?.parse()?,
            Long("release") => options.release = true,
            // What stands after `--`.
            Value(first) => {
                options.more.push(first.string()?);
                for more in parser.raw_args()? {
                    options.more.push(more.string()?);
                }
            }
            Short('h') | Long("help") => return Ok(Command::Help),
            _ => return Err(arg.unexpected()),
        }
    }
    Ok(Command::Soak(options))
}

fn fuzz(parser: &mut lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut minutes = 10;
    while let Some(arg) = parser.next()? {
        match arg {
            Long("minutes") => minutes = parser.value()?.parse()?,
            Short('h') | Long("help") => return Ok(Command::Help),
            _ => return Err(arg.unexpected()),
        }
    }
    Ok(Command::Fuzz { minutes })
}

fn plain(parser: &mut lexopt::Parser, command: Command) -> Result<Command, lexopt::Error> {
    match parser.next()? {
        None => Ok(command),
        Some(Short('h') | Long("help")) => Ok(Command::Help),
        Some(arg) => Err(arg.unexpected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> Result<Command, String> {
        parse(["xtask"].into_iter().chain(line.split_whitespace()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn serve_has_defaults_and_takes_options_in_any_order() {
        let default = Serve {
            app: App::HelpDesk,
            release: false,
            addr: SocketAddr::from(([127, 0, 0, 1], 3000)),
        };
        assert_eq!(check("serve"), Ok(Command::Serve(default)));
        let told = Serve {
            app: App::Guestbook,
            release: true,
            addr: SocketAddr::from(([0, 0, 0, 0], 8080)),
        };
        assert_eq!(
            check("serve --addr 0.0.0.0:8080 guestbook --release"),
            Ok(Command::Serve(told))
        );
    }

    #[test]
    fn only_takes_several_steps() {
        let expected = Ok(Command::Test { only: vec!["fmt".into(), "lint".into(), "unit".into()] });
        assert_eq!(check("test --only fmt lint,unit"), expected);
        assert_eq!(check("test --only fmt --only lint --only unit"), expected);
    }

    #[test]
    fn fuzzing_takes_its_time() {
        assert_eq!(check("fuzz"), Ok(Command::Fuzz { minutes: 10 }));
        assert_eq!(check("fuzz --minutes 3"), Ok(Command::Fuzz { minutes: 3 }));
        assert_eq!(check("keygen"), Ok(Command::Keygen));
    }

    #[test]
    fn actions_may_be_compared_with_those_of_another_build() {
        assert_eq!(check("actions"), Ok(Command::Actions { against: None }));
        let against = Some(PathBuf::from("old.lock"));
        assert_eq!(check("actions --against old.lock"), Ok(Command::Actions { against }));
        assert!(check("actions old.lock").is_err());
    }

    #[test]
    fn the_soak_has_options_of_its_own() {
        let options = |submissions, more: &[&str]| {
            let more = more.iter().map(|text| (*text).to_owned()).collect();
            Ok(Command::Soak(soak::Options { submissions, release: false, more }))
        };
        assert_eq!(check("soak"), options(1_000, &[]));
        assert_eq!(check("soak --submissions 9 -- --twice 100"), options(9, &["--twice", "100"]));
    }

    #[test]
    fn peers_are_all_some_or_none() {
        let bench = |seconds, peers: &[Peer]| {
            Ok(Command::Bench(bench::Options { seconds, rounds: 3, peers: peers.to_vec() }))
        };
        assert_eq!(check("bench"), bench(5, &Peer::ALL));
        assert_eq!(check("bench --only-ours --seconds 1"), bench(1, &[]));
        assert_eq!(check("bench --peers leptos,next"), bench(5, &[Peer::Leptos, Peer::Next]));
    }

    #[test]
    fn one_client_may_be_measured_alone() {
        let size = |only| Ok(Command::Size(size::Options { only }));
        assert_eq!(check("size"), size(None));
        assert_eq!(check("size --only guestbook"), size(Some(App::Guestbook)));
        assert!(check("size --only probe").unwrap_err().contains("`helpdesk`"));
    }

    #[test]
    fn mistakes_are_named() {
        assert!(check("test --only speed").unwrap_err().contains("`speed`"));
        assert!(check("serve shop").unwrap_err().contains("`guestbook`"));
        assert!(check("serve --addr here").unwrap_err().contains("here"));
        assert!(check("bake").unwrap_err().contains("`bake`"));
        assert!(check("bench --rounds 0").unwrap_err().contains("nothing to measure"));
        assert!(check("bench --peers rails").unwrap_err().contains("`rails`"));
        assert!(check("tidy --fast").unwrap_err().contains("--fast"));
    }
}
