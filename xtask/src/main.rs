//! `cargo xtask`: the commands that set up, run and check the project.
#![expect(clippy::print_stdout, reason = "a command-line tool answers on standard output")]

mod actions;
mod app;
mod bench;
mod cli;
mod fuzz;
mod http;
mod paths;
mod ports;
mod run;
mod serve;
mod server;
mod size;
mod soak;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

use cli::Command;
use tools::Toolbox;

fn main() -> ExitCode {
    let command = match cli::parse(std::env::args_os()) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("error: {error}\n\n{}", cli::help());
            return ExitCode::from(2);
        }
    };
    let done = match command {
        Command::Help => {
            println!("{}", cli::help());
            Ok(true)
        }
        Command::Serve(options) => serve::run(&options).map(|()| true),
        Command::Test { only } => test::run(&only),
        Command::Template => test::run(&["template".to_owned()]),
        Command::Setup => Toolbox::default().ensure(tools::ALL).map(|()| {
            println!("Everything is installed.");
            true
        }),
        Command::Actions { against: None } => actions::write().map(|()| true),
        Command::Actions { against: Some(old) } => actions::against(&old).map(|()| true),
        Command::Keygen => actions::keygen().map(|()| true),
        Command::Fuzz { minutes } => fuzz::run(minutes).map(|()| true),
        Command::Bench(options) => bench::run(&options).map(|()| true),
        Command::Size(options) => size::run(&options),
        Command::Soak(options) => soak::run(&options),
        Command::Tidy => tidy::run().map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
