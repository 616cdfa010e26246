//! The chat, from its door to its end: two guests, and the signal that a service manager sends.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Message, WebSocket};

use crate::cargo_run;

/// Ends the program with the test, however that goes.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

struct Guest(WebSocket<TcpStream>);

impl Guest {
    fn enter(address: &str, name: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the door is open");
        // Where nothing comes, the test fails, and does not hang.
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("it can be set");
        let url = format!("ws://{address}/chat/{name}");
        Self(tungstenite::client(url, stream).expect("it is a websocket").0)
    }

    fn hears(&mut self, line: &str) {
        assert_eq!(self.0.read().expect("it is open"), Message::text(line));
    }

    /// The server says goodbye.
    fn is_sent_away(&mut self) {
        match self.0.read().expect("it is open") {
            Message::Close(Some(goodbye)) => {
                assert_eq!((goodbye.code, goodbye.reason.as_str()), (CloseCode::Away, "shutdown"));
            }
            other => panic!("no goodbye: {other:?}"),
        }
    }
}

fn open() -> Program {
    let program = cargo_run("chat").arg("127.0.0.1:0").stdout(Stdio::piped()).spawn();
    Program(program.expect("cargo can be run"))
}

#[test]
fn what_one_guest_says_the_others_hear_and_sigterm_sends_all_of_them_home() {
    // On unix cargo becomes the program that it runs.
    let mut chat = open();
    let mut said = BufReader::new(chat.0.stdout.take().expect("it is piped"));
    let mut line = String::new();
    said.read_line(&mut line).expect("it speaks text");
    let address = line.trim_end().strip_prefix("listening on ").expect("it says where");

    let mut ada = Guest::enter(address, "Ada");
    ada.hears("Ada is here");
    let mut bob = Guest::enter(address, "Bob");
    bob.hears("Bob is here");
    ada.hears("Bob is here");
    bob.0.send(Message::text("hello")).expect("it is open");
    ada.hears("Bob: hello");
    bob.hears("Bob: hello");

    let process = chat.0.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &process]).status();
    assert!(sent.expect("`kill` is there").success());
    ada.is_sent_away();
    bob.is_sent_away();
    assert!(chat.0.wait().expect("it ran").success());
    let mut end = String::new();
    said.read_to_string(&mut end).expect("it speaks text");
    assert!(end.starts_with("stopped by SIGTERM, in "), "{end}");
    assert!(!end.contains("did not stop"), "{end}");
}
