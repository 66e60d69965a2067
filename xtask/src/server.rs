//! A server that runs as long as a test step: started, waited for, and always stopped.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const READY_WITHIN: Duration = Duration::from_secs(30);

/// A child process that serves HTTP, with its output in a file. Dropping it stops it.
pub(crate) struct Server {
    name: &'static str,
    child: Child,
    addr: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// Starts `command` and waits until `addr` answers HTTP.
    pub(crate) fn start(
        name: &'static str,
        mut command: Command,
        addr: SocketAddr,
        log: &Path,
    ) -> Result<Self> {
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::create(log).with_context(|| format!("creating {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child =
            command.spawn().with_context(|| format!("the {name}'s server did not start"))?;
        let mut server = Self { name, child, addr, log: log.to_path_buf() };
        server.wait_until_ready()?;
        println!("The {name} runs at {}, its log is {}.", server.url(), log.display());
        Ok(server)
    }

    /// Where it is reached, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Fails when the server ended by itself, with the last it had to say.
    pub(crate) fn still_runs(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the {}'s server ended by itself ({status}):\n{}", self.name, self.last_words());
        }
        Ok(())
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let begun = Instant::now();
        while !answers(self.addr) {
            self.still_runs()?;
            if begun.elapsed() > READY_WITHIN {
                bail!(
                    "the {}'s server did not answer at {} within {} s:\n{}",
                    self.name,
                    self.url(),
                    READY_WITHIN.as_secs(),
                    self.last_words()
                );
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        // Someone else may have taken the port first and answered in its place.
        self.still_runs()
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether anything that speaks HTTP answers a request, with whatever status.
fn answers(addr: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&addr, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        // Made first and written at once: `write!` would send it in pieces.
        let request = format!("GET / HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut start = [0; 5];
        stream.read_exact(&mut start)?;
        Ok(start == *b"HTTP/")
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_ends_at_once_is_reported_with_its_output() {
        let log = std::env::temp_dir().join(format!("xtask-server-{}.log", std::process::id()));
        let [addr] = crate::ports::free().unwrap();
        let mut command = Command::new("cargo");
        command.arg("no-such-command");
        let error = Server::start("helpdesk", command, addr, &log).err().unwrap();
        assert!(error.to_string().contains("no such command"), "{error}");
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn an_answer_is_http_or_it_is_none() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            for answer in ["HTTP/1.1 404 Not Found\r\n\r\n", "SSH-2.0\r\n"] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 512];
                let _ = stream.read(&mut request).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        assert!(answers(addr));
        assert!(!answers(addr));
        server.join().unwrap();
        assert!(!answers(addr));
    }
}
