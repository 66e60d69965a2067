//! Visitors of a help desk behind a proxy, while its instances die, hang up, and are replaced by those
//! of another build and by those of the one before.
//!
//! It counts what must be zero: submissions that were lost, submissions that were written twice,
//! writes that nobody was told of, and input that a visitor had to type again.
#![expect(clippy::print_stdout, reason = "a command-line tool answers on standard output")]

mod browsers;
mod chance;
mod expected;
mod fleet;
mod options;
mod page;
mod proxy;
mod staleness;
mod tally;
mod visitor;
mod written;

use std::{
    process::ExitCode,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use anyhow::Result;
use expected::Trouble;
use fleet::Fleet;
use options::Options;
use proxy::Proxy;
use tally::Tally;
use written::Written;

/// What the help desk logs when a handler runs for a submission that its database has already: without
/// trouble that is a second run of it.
const RAN_BEFORE: &str = "its transaction had been committed";

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os()) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("error: {error}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    match run(&options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing was lost and nothing was written twice.
async fn run(options: &Options) -> Result<bool> {
    let began = Instant::now();
    let folder = tempfile::tempdir()?;
    let fleet = Arc::new(Fleet::start(options, folder.path()).await?);
    let database = folder.path().join("helpdesk.sqlite");
    written::follow(&database).await?;
    let proxy = Proxy::start(Arc::clone(&fleet), options.hang_up).await?;
    let tally = Arc::new(Tally::new(Trouble::of(options, Arc::clone(&fleet.rotations))));

    let trouble = [
        tokio::spawn(fleet::kill(Arc::clone(&fleet))),
        tokio::spawn(fleet::roll(Arc::clone(&fleet))),
        tokio::spawn(fleet::rotate(Arc::clone(&fleet))),
        tokio::spawn(fleet::pause(Arc::clone(&fleet))),
    ];
    let in_chromium =
        tokio::spawn(browsers::visit(options.clone(), proxy.origin(), Arc::clone(&tally)));
    let each = options.submissions.div_ceil(options.visitors);
    let twice = options.twice;
    all(options.visitors, |number| {
        let (origin, tally) = (proxy.origin(), Arc::clone(&tally));
        async move { visitor::visit(number, each, twice, &origin, tally).await }
    })
    .await?;
    in_chromium.await??;
    for trouble in trouble {
        if trouble.is_finished() {
            trouble.await??;
        } else {
            trouble.abort();
            let _ = trouble.await;
        }
    }

    fleet.calm().await?;
    tally.expect_no_trouble();

    let took = began.elapsed();
    let found_done = fleet.logged(RAN_BEFORE)?;
    let mut ran_twice = 0;
    if let ([one, other, ..], 1..) = (fleet.addresses(), options.hostile) {
        let (began, before) = (Instant::now(), fleet.logged(RAN_BEFORE)?);
        let origins = [one, other].map(|address| format!("http://{address}"));
        let each = options.hostile.div_ceil(options.visitors);
        all(options.visitors, |number| {
            let (origins, tally) = (origins.clone(), Arc::clone(&tally));
            async move {
                let [one, other] = &origins;
                visitor::hammer(number, each, [one, other], tally).await
            }
        })
        .await?;
        ran_twice = fleet.logged(RAN_BEFORE)? - before;
        println!(
            "{} submissions were sent twice at the same time, to two instances, {:.0} s; handlers that ran \
             for what was done: {ran_twice}",
            options.hostile,
            began.elapsed().as_secs_f64()
        );
    }

    let report = tally.report(&Written::read(&database).await?);
    println!("{report}");
    let count = |counter: &std::sync::atomic::AtomicUsize| counter.load(Ordering::Relaxed);
    println!(
        "{} kills, {} instances of another build, {} keys, {} pauses of Redis, {:.0} s; of the requests {}; \
         {} handlers found it done by a run that was killed",
        count(&fleet.kills),
        count(&fleet.rolls),
        count(&fleet.rotations),
        count(&fleet.pauses),
        took.as_secs_f64(),
        proxy.unanswered,
        found_done
    );
    if options.staleness > 0 && fleet.addresses().len() > 1 {
        println!("{}", staleness::measure(&fleet, options.staleness).await?);
    }
    fleet.stop().await;
    Ok(report.is_clean() && ran_twice == 0)
}

/// Waits for so many visitors.
async fn all<F>(visitors: u64, visit: impl Fn(u64) -> F) -> Result<()>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let visitors: Vec<_> = (0..visitors).map(|number| tokio::spawn(visit(number))).collect();
    for visitor in visitors {
        visitor.await??;
    }
    Ok(())
}
