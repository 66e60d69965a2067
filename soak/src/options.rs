//! What a run is told.

use std::{ffi::OsString, path::PathBuf};

use lexopt::prelude::*;

/// See [`HELP`].
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The server's program, and that of the build after it.
    pub(crate) server: PathBuf,
    pub(crate) next: Option<PathBuf>,
    /// The site folders of both, with what browsers load.
    pub(crate) site: Option<PathBuf>,
    pub(crate) next_site: Option<PathBuf>,
    /// The folder that they run in.
    pub(crate) folder: PathBuf,
    /// How many submissions in all, by how many visitors at a time.
    pub(crate) submissions: u64,
    pub(crate) visitors: u64,
    /// How many more visitors in Chromium; each sends a fiftieth of all submissions.
    pub(crate) browsers: u64,
    /// How many instances.
    pub(crate) instances: usize,
    /// Of a hundred answers so many never arrive.
    pub(crate) hang_up: u64,
    /// Of a hundred submissions so many are sent twice at once.
    pub(crate) twice: u64,
    /// Every so many milliseconds an instance is killed; 0 for never.
    pub(crate) kill_every: u64,
    /// Every so many milliseconds an instance is replaced by one of the other build; 0 for never.
    pub(crate) roll_every: u64,
    /// Every so many milliseconds the key ring changes; 0 for never.
    pub(crate) rotate_every: u64,
    /// Every so many milliseconds Redis answers nothing for a while; 0 for never.
    pub(crate) pause_every: u64,
    /// How often it is measured how long one instance serves what another has changed.
    pub(crate) staleness: u64,
    /// How many submissions are sent twice at the same time, at the end and without any other trouble.
    pub(crate) hostile: u64,
}

/// The text of a wrong command line.
pub(crate) const HELP: &str = "\
soak --server PROGRAM --folder FOLDER [OPTION…]

  --submissions N   how many in all (1000)
  --visitors N      at a time (8)
  --browsers N      more visitors in Chromium, with JavaScript, each with a fiftieth of the submissions
                    (2 if there is a site folder)
  --site FOLDER     what browsers load
  --instances N     behind the proxy (2)
  --hang-up N       of a hundred answers so many never arrive (5)
  --twice N         of a hundred submissions so many are sent twice at once (10)
  --kill-every MS   an instance is killed, and started again (2000; 0: never)
  --next PROGRAM    the server of the build after it
  --next-site FOLDER what browsers load of that
  --roll-every MS   an instance is replaced by one of the other build: all go over to the next one,
                    and back again (5000; 0: never)
  --rotate-every MS the key ring gets another first key (20000; 0: never)
  --pause-every MS  Redis answers nothing for four seconds (30000; 0: never)
  --staleness N     at the end, measure so often how long one instance serves what another has
                    changed (100)
  --hostile N       at the end, without any other trouble, send so many submissions twice at the same
                    time, each to two instances (1000)";

impl Options {
    pub(crate) fn parse(
        args: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<Self, lexopt::Error> {
        let mut parser = lexopt::Parser::from_iter(args);
        let (mut server, mut next, mut folder) = (None, None, None);
        let mut options = Options {
            server: PathBuf::new(),
            next: None,
            site: None,
            next_site: None,
            folder: PathBuf::new(),
            submissions: 1_000,
            visitors: 8,
            browsers: 2,
            instances: 2,
            hang_up: 5,
            twice: 10,
            kill_every: 2_000,
            roll_every: 5_000,
            rotate_every: 20_000,
            pause_every: 30_000,
            staleness: 100,
            hostile: 1_000,
        };
        while let Some(arg) = parser.next()? {
            match arg {
                Long("server") => server = Some(PathBuf::from(parser.value()?)),
                Long("next") => next = Some(PathBuf::from(parser.value()?)),
                Long("folder") => folder = Some(PathBuf::from(parser.value()?)),
                Long("submissions") => options.submissions = parser.value()?.parse()?,
                Long("visitors") => options.visitors = parser.value()?.parse()?,
                Long("browsers") => options.browsers = parser.value()?.parse()?,
                Long("site") => options.site = Some(PathBuf::from(parser.value()?)),
                Long("next-site") => options.next_site = Some(PathBuf::from(parser.value()?)),
                Long("instances") => options.instances = parser.value()?.parse()?,
                Long("hang-up") => options.hang_up = parser.value()?.parse()?,
                Long("twice") => options.twice = parser.value()?.parse()?,
                Long("kill-every") => options.kill_every = parser.value()?.parse()?,
                Long("roll-every") => options.roll_every = parser.value()?.parse()?,
                Long("rotate-every") => options.rotate_every = parser.value()?.parse()?,
                Long("pause-every") => options.pause_every = parser.value()?.parse()?,
                Long("hostile") => options.hostile = parser.value()?.parse()?,
                Long("staleness") => options.staleness = parser.value()?.parse()?,
                _ => return Err(arg.unexpected()),
            }
        }
        options.server = server.ok_or("--server is missing")?;
        options.next = next;
        options.folder = folder.ok_or("--folder is missing")?;
        if options.site.is_none() {
            options.browsers = 0;
        }
        if options.visitors == 0 || options.instances == 0 {
            return Err("there must be a visitor, and an instance".into());
        }
        Ok(options)
    }
}
