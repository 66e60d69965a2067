//! A Redis of a test's own, on a free port.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use formwork::Config;

/// It ends with the test.
pub struct Redis {
    child: Child,
    port: u16,
}

impl Redis {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        Redis { child: spawn(port), port }
    }

    /// The default settings, with this as the store.
    pub fn config(&self) -> Config {
        Config { store: format!("redis://127.0.0.1:{}", self.port), ..Config::default() }
    }

    pub fn stop(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// After [`stop`](Redis::stop), without anything that it knew.
    pub fn start_again(&mut self) {
        self.child = spawn(self.port);
    }

    /// It takes connections, and answers nothing.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    /// How many submissions it knows of.
    pub fn submissions(&self) -> usize {
        let mut client = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        client.write_all(b"KEYS *:submission:*\r\n").expect("it reads");
        let mut count = String::new();
        BufReader::new(client).read_line(&mut count).expect("it answers");
        count.trim_start_matches('*').trim_end().parse().expect("a list")
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill").success());
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(port: u16) -> Child {
    let start = |program: &str| {
        Command::new(program)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--appendonly", "no", "--dir", &std::env::temp_dir().to_string_lossy()])
            .stdout(Stdio::null())
            .spawn()
    };
    let child = start("redis-server").or_else(|_| start("valkey-server"));
    let child = child.expect("a Redis or Valkey: `cargo xtask setup` installs it");
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "redis-server does not listen");
        std::thread::sleep(Duration::from_millis(10));
    }
    child
}
